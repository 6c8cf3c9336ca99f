//! The HTTP of it: one route for questions, a few for those who run the hub. The handler is our own: what a request
//! is, is settled before anything of it is parsed or executed.

mod admin;
mod answer;
mod handler;
mod request;
mod turns;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_graphql::dynamic::Schema;
use axum::Router;
use axum::routing::{any, get};
use hub::catalogue::keys::Keys;
use hub::query::Query;

use crate::Settings;
use crate::dictionary::Dictionary;
use crate::gate::{Limits, Rules};

use turns::Turns;

/// What all requests share.
pub(crate) struct Shared {
    schema: Schema,
    dictionary: Arc<Dictionary>,
    rules: Rules,
    keys: Arc<Keys>,
    query: Arc<Query>,
    limits: Limits,
    origins: Vec<String>,
    version: String,
    run_id: String,
    n_requests: AtomicU64,
    turns: Turns,
}

impl Shared {
    pub(crate) fn new(settings: Settings, schema: Schema, dictionary: Arc<Dictionary>) -> Shared {
        Shared {
            schema,
            rules: Rules::new(dictionary.clone(), settings.limits),
            dictionary,
            keys: settings.keys,
            query: settings.query,
            limits: settings.limits,
            origins: settings.origins,
            version: settings.version,
            run_id: settings.run_id,
            n_requests: AtomicU64::new(0),
            turns: Turns::new(&settings.limits),
        }
    }

    /// Unique among the requests of all runs, and in order within one.
    fn request_id(&self) -> String {
        format!("{}-{}", self.run_id, self.n_requests.fetch_add(1, Ordering::Relaxed) + 1)
    }
}

/// The route for questions.
pub(crate) fn router(shared: Arc<Shared>) -> Router {
    Router::new().route("/graphql", any(handler::graphql)).with_state(shared)
}

/// The routes for those who run it.
pub(crate) fn admin_router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/livez", get(admin::livez))
        .route("/readyz", get(admin::readyz))
        .route("/version", get(admin::version))
        .with_state(shared)
}
