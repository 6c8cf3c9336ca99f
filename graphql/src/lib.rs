//! The graph over HTTP: a GraphQL schema made from the ontology, a gate before the parser, a handler of our own.
//!
//! Views only: no domain type is defined here, none crosses the wire by itself. Whatever is read is read through
//! [`hub::query`].
//!
//! Invariant: knows no SQL, no driver, no configuration file. Nothing of a request is executed before the gate let it
//! pass, and no text of a client reaches the parser before the lexer has measured it.

mod cursor;
mod dictionary;
mod gate;
mod http;
mod nearest;
mod planning;
mod refusal;
mod schema;
mod text;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use hub::catalogue::Catalogue;
use hub::catalogue::keys::Keys;
use hub::query::Query;

pub use gate::Limits;
pub use refusal::Refusal;
pub use schema::SchemaError;
pub use text::plain;

use cursor::CursorKey;
use dictionary::Dictionary;

/// What the routes need; made once by `server`.
pub struct Settings {
    /// The read path.
    pub query: Arc<Query>,
    /// Who may ask.
    pub keys: Arc<Keys>,
    /// What one request may cost.
    pub limits: Limits,
    /// 32 bytes from the system's generator. Cursors given out under it are refused under another.
    pub cursor_key: [u8; 32],
    /// What request ids begin with, so that those of two runs differ; `[A-Za-z0-9]`, a few characters.
    pub run_id: String,
    /// Other sites that may call from a browser, as `https://console.example`; normally none.
    pub origins: Vec<String>,
    /// What `/version` answers.
    pub version: String,
}

/// The routes, not bound to an address yet.
#[derive(Clone)]
pub struct Api {
    shared: Arc<http::Shared>,
}

impl std::fmt::Debug for Api {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Api").finish_non_exhaustive()
    }
}

impl Api {
    /// Builds the schema from the ontology.
    ///
    /// # Errors
    /// When two names of the ontology meet in one place of the schema.
    pub fn new(settings: Settings) -> Result<Api, SchemaError> {
        let dictionary = Arc::new(Dictionary::new(settings.query.catalogue()));
        let service = schema::Service {
            query: settings.query.clone(),
            dictionary: dictionary.clone(),
            cursor_key: CursorKey::new(settings.cursor_key),
            page: settings.limits.page,
        };
        let schema = schema::build(&dictionary, Some(service))?;
        Ok(Api { shared: Arc::new(http::Shared::new(settings, schema, dictionary)) })
    }

    /// `/graphql`, for departments.
    pub fn router(&self) -> axum::Router {
        http::router(self.shared.clone())
    }

    /// `/livez`, `/readyz`, `/version`, for those who run it; to be bound to an address of its own.
    pub fn admin_router(&self) -> axum::Router {
        http::admin_router(self.shared.clone())
    }
}

/// The schema as SDL, for `tongjian schema`; needs no store.
///
/// # Errors
/// As [`Api::new`].
pub fn sdl(catalogue: &Catalogue) -> Result<String, SchemaError> {
    let dictionary = Arc::new(Dictionary::new(catalogue));
    Ok(schema::build(&dictionary, None)?.sdl())
}
