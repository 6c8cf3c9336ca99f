//! Why a connection to the store was not had.
//!
//! Knows no statement.

use std::time::Duration;

use messages::Message;
use sqlx::{ConnectOptions, PgPool};

use super::StoreError;

/// Why a server's connection was not had. A pool goes on trying while nobody answers, and then knows only that its time is
/// over: one attempt without it tells why.
pub(super) async fn not_had(pool: &PgPool, error: sqlx::Error) -> StoreError {
    const PATIENCE: Duration = Duration::from_secs(2);
    let options = pool.connect_options();
    let place = format!("{}:{}", options.get_host(), options.get_port());
    let mut error = error;
    if matches!(error, sqlx::Error::PoolTimedOut) {
        match tokio::time::timeout(PATIENCE, options.connect()).await {
            Ok(Err(why)) => error = why,
            // Somebody is there: it is our own connections that are all taken.
            Ok(Ok(_)) => {}
            Err(_) => {
                let words = Message::new("TJ-T034").with("place", place).to_string();
                return StoreError::Open { words, source: Box::new(error) };
            }
        }
    }
    if let sqlx::Error::Io(why) = &error {
        return StoreError::Open { words: format!("{place}: {why}"), source: Box::new(error) };
    }
    opening(error)
}

/// The same of an embedded store.
pub(super) fn opening(error: sqlx::Error) -> StoreError {
    if matches!(error, sqlx::Error::PoolTimedOut | sqlx::Error::Io(_) | sqlx::Error::Tls(_)) {
        return StoreError::Open { words: error.to_string(), source: Box::new(error) };
    }
    StoreError::from(error)
}
