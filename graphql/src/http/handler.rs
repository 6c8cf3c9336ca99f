//! A question, from the first byte to the last.

use std::sync::Arc;

use async_graphql::parser::parse_query;
use async_graphql::parser::types::ExecutableDocument;
use async_graphql::{Request, Response, Value, Variables};
use axum::body::Body;
use axum::extract::State;
use axum::http;
use hub::query::Asker;
use messages::Lang;

use super::Shared;
use super::answer::{refused, respond};
use super::request::{Question, body, caller, judge_head, lang, question, wants_graphql_type};
use crate::gate::measure;
use crate::nearest::field_meant;
use crate::refusal::Refusal;

/// The route's handler. When the caller goes away, this future is dropped, and the reading with it.
pub(super) async fn graphql(
    State(shared): State<Arc<Shared>>,
    request: http::Request<Body>,
) -> http::Response<Body> {
    let request_id = shared.request_id();
    let (lang, wants_graphql_type) = (lang(request.headers()), wants_graphql_type(request.headers()));
    let response = match ask(&shared, request, &request_id, lang).await {
        Ok(response) => {
            let meant = |complaint: &str| field_meant(&shared.dictionary, complaint);
            respond(response, &request_id, lang, shared.limits.response_bytes, meant)
        }
        Err(refusal) => {
            tracing::debug!(request = request_id, code = refusal.code, "refused");
            refused(&refusal, &request_id, lang)
        }
    };
    response.finish(&request_id, wants_graphql_type)
}

async fn ask(
    shared: &Shared,
    request: http::Request<Body>,
    request_id: &str,
    lang: Lang,
) -> Result<Response, Refusal> {
    let (head, sent) = request.into_parts();
    judge_head(&head.method, &head.headers, &shared.origins)?;
    let caller = caller(&head.headers, &shared.keys)?;
    let _turn = shared.turns.enter(&caller.key)?;
    let bytes = body(sent, &shared.limits).await?;
    let question = question(&bytes)?;
    measure(&question.query, &shared.limits)?;
    let asker = Asker { caller, request_id: request_id.to_owned() };
    let work = execute(shared, question, asker, lang);
    match tokio::time::timeout(shared.limits.time, work).await {
        Ok(done) => done,
        Err(_) => Err(Refusal::deadline()),
    }
}

async fn execute(shared: &Shared, question: Question, asker: Asker, lang: Lang) -> Result<Response, Refusal> {
    let Question { query, operation_name, variables, .. } = question;
    let operation_name = operation_name.filter(|name| !name.is_empty());
    let document = parsed(query).await?;
    let variables = variables.map(|map| Variables::from_json(map.into())).unwrap_or_default();
    shared.rules.check(&document, operation_name.as_deref(), &variables)?;
    let mut request = Request::new("").variables(variables).data(asker).data(lang);
    request.set_parsed_query(document);
    if let Some(name) = operation_name {
        request = request.operation_name(name);
    }
    Ok(Box::pin(shared.schema.execute(request)).await)
}

/// On a thread of its own: the parser's time is not the other requests' time, and its stack is whole.
async fn parsed(query: String) -> Result<ExecutableDocument, Refusal> {
    match tokio::task::spawn_blocking(move || parse_query(query)).await {
        Ok(Ok(document)) => Ok(document),
        Ok(Err(error)) => Err(Refusal::syntax(&error.to_string())),
        Err(_) => Err(Refusal::syntax(&messages::Message::new("TJ-Q086").to_string())),
    }
}

/// Whether an answer holds anything at all.
pub(super) fn holds_nothing(data: &Value) -> bool {
    match data {
        Value::Null => true,
        Value::Object(fields) => fields.values().all(|value| *value == Value::Null),
        Value::Number(_)
        | Value::String(_)
        | Value::Boolean(_)
        | Value::Binary(_)
        | Value::Enum(_)
        | Value::List(_) => false,
    }
}
