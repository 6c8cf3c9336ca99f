//! Probes: alive, ready, which version.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::Shared;

/// The process answers.
pub(super) async fn livez() -> &'static str {
    "ok\n"
}

/// Questions can be answered: the store can be read and the audit trail written. Sources need not be up.
pub(super) async fn readyz(State(shared): State<Arc<Shared>>) -> (StatusCode, Json<Value>) {
    let readiness = shared.query.readiness().await;
    let word = |is_ready: bool| if is_ready { "ok" } else { "failed" };
    let status = match readiness.store && readiness.audit {
        true => StatusCode::OK,
        false => StatusCode::SERVICE_UNAVAILABLE,
    };
    (status, Json(json!({ "store": word(readiness.store), "audit": word(readiness.audit) })))
}

/// Which program and which ontology.
pub(super) async fn version(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let ontology = &shared.query.catalogue().ontology().version;
    Json(json!({ "version": shared.version, "ontology": ontology }))
}
