//! Probes: alive, ready, which version.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use hub::query::Readiness;
use messages::{Lang, Message};
use serde_json::{Value, json};

use super::Shared;

/// The process answers.
pub(super) async fn livez() -> &'static str {
    "ok\n"
}

/// Questions can be answered: the store can be read and the audit trail written. Sources need not be up. What is not ready
/// is told in both languages, for nobody knows which is the caller's.
pub(super) async fn readyz(State(shared): State<Arc<Shared>>) -> (StatusCode, Json<Value>) {
    let Readiness { store, audit } = shared.query.readiness().await;
    let word = |why: &Option<Message>| if why.is_none() { "ok" } else { "failed" };
    let mut answer = json!({ "store": word(&store), "audit": word(&audit) });
    let reasons: Vec<Value> = [store, audit]
        .into_iter()
        .flatten()
        .map(|why| json!({ "id": why.code, "zh": why.render(Lang::Zh), "en": why.render(Lang::En) }))
        .collect();
    if reasons.is_empty() {
        return (StatusCode::OK, Json(answer));
    }
    answer["reasons"] = Value::Array(reasons);
    (StatusCode::SERVICE_UNAVAILABLE, Json(answer))
}

/// Which program and which ontology.
pub(super) async fn version(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let ontology = &shared.query.catalogue().ontology().version;
    Json(json!({ "version": shared.version, "ontology": ontology }))
}
