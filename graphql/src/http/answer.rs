//! Answers: JSON, capped, with errors that have a code and say nothing of the inside.

use async_graphql::{Response, ServerError, Value as GraphqlValue};
use axum::body::Body;
use axum::http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{self, HeaderValue, StatusCode};
use messages::Lang;
use serde_json::{Value, json};

use super::handler::holds_nothing;
use crate::nearest::Unknown;
use crate::refusal::Refusal;
use crate::schema::failure::ROOT_FIELD;
use crate::text::shortened;

/// Errors of one answer that are told.
const MAX_ERRORS: usize = 20;

/// Codes of questions that were wrong as a whole: when nothing was answered, the request was bad.
const BAD_QUESTIONS: [&str; 14] = [
    "BAD_PAGINATION",
    "BAD_VALUE",
    "PERSONAL_FIELD",
    "NAMES_ONLY_WHOLE",
    "NOT_AN_ORGANISATION",
    "NOT_A_CODE",
    "WHOLE_NUMBERS_ONLY",
    "NO_CODE_BEGINS_SO",
    "NOT_KEY_FIELD",
    "QUERY_TOO_LARGE",
    "TOO_MANY_ROWS",
    "AS_OF_AHEAD",
    "GRAPHQL_VALIDATION_FAILED",
    "AMBIGUOUS",
];

/// An answer, ready but for its headers.
pub(super) struct Answer {
    status: StatusCode,
    body: Vec<u8>,
}

impl Answer {
    pub(super) fn finish(self, request_id: &str, wants_graphql_type: bool) -> http::Response<Body> {
        let content_type = match wants_graphql_type {
            true => "application/graphql-response+json; charset=utf-8",
            false => "application/json; charset=utf-8",
        };
        let mut response = http::Response::new(Body::from(self.body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert("x-content-type-options", HeaderValue::from_static("nosniff"));
        if let Ok(id) = HeaderValue::from_str(request_id) {
            headers.insert("x-request-id", id);
        }
        match self.status {
            StatusCode::METHOD_NOT_ALLOWED => headers.insert(ALLOW, HeaderValue::from_static("POST")),
            StatusCode::UNAUTHORIZED => headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")),
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => {
                headers.insert(RETRY_AFTER, HeaderValue::from_static("1"))
            }
            _ => None,
        };
        response
    }
}

/// A refusal of the gate.
pub(super) fn refused(refusal: &Refusal, request_id: &str, lang: Lang) -> Answer {
    let body = json!({ "errors": [told(refusal, request_id, lang)] });
    Answer { status: refusal.status, body: body.to_string().into_bytes() }
}

/// What the schema answered. `meant` knows which name is near one that is not there.
pub(super) fn respond(
    response: Response,
    request_id: &str,
    lang: Lang,
    limit: usize,
    meant: impl Fn(&str) -> Option<Unknown>,
) -> Answer {
    // An error of a root field has no path; those of our fields have a code, the library's own have none.
    let is_of_field = |error: &ServerError| {
        !error.path.is_empty() || error.extensions.as_ref().is_some_and(|all| all.get("code").is_some())
    };
    let is_executed = response.data != GraphqlValue::Null || response.errors.iter().any(is_of_field);
    if !is_executed {
        let detail = response.errors.first().map_or("", |error| error.message.as_str());
        let refusal = match meant(detail) {
            Some(unknown) => Refusal::unknown_field(&unknown),
            None => Refusal::validation(detail),
        };
        return refused(&refusal, request_id, lang);
    }
    let errors: Vec<Value> =
        response.errors.iter().take(MAX_ERRORS).map(|error| error_view(error, request_id, lang)).collect();
    let codes: Vec<&str> = errors.iter().filter_map(|error| error["extensions"]["code"].as_str()).collect();
    let is_bad = !codes.is_empty()
        && holds_nothing(&response.data)
        && codes.iter().all(|code| BAD_QUESTIONS.contains(code));
    let status = if is_bad { StatusCode::BAD_REQUEST } else { StatusCode::OK };

    let mut body = Capped { bytes: Vec::with_capacity(4 * 1024), limit };
    let written = match errors.is_empty() {
        true => serde_json::to_writer(&mut body, &Data { data: &response.data, errors: None }),
        false => serde_json::to_writer(&mut body, &Data { data: &response.data, errors: Some(&errors) }),
    };
    match written {
        Ok(()) => Answer { status, body: body.bytes },
        Err(_) => refused(&Refusal::response(limit), request_id, lang),
    }
}

#[derive(serde::Serialize)]
struct Data<'a> {
    data: &'a GraphqlValue,
    #[serde(skip_serializing_if = "Option::is_none")]
    errors: Option<&'a [Value]>,
}

/// An error of a field. One without a code of ours is a fault inside: it is logged, and only its place is told.
fn error_view(error: &ServerError, request_id: &str, lang: Lang) -> Value {
    let mut path: Vec<Value> = error
        .path
        .iter()
        .map(|part| match part {
            async_graphql::PathSegment::Field(name) => Value::from(name.as_str()),
            async_graphql::PathSegment::Index(index) => Value::from(*index),
        })
        .collect();
    let locations: Vec<Value> =
        error.locations.iter().map(|at| json!({ "line": at.line, "column": at.column })).collect();
    let extension = |name: &str| error.extensions.as_ref().and_then(|all| all.get(name)).cloned();
    if path.is_empty()
        && let Some(GraphqlValue::String(field)) = extension(ROOT_FIELD)
    {
        path.push(Value::from(field));
    }
    let mut view = match extension("code") {
        Some(code) => json!({
            "message": shortened(&error.message),
            "extensions": {
                "code": code,
                "id": extension("id"),
                "retryable": extension("retryable"),
                "requestId": request_id,
            },
        }),
        None => {
            tracing::error!(request = request_id, message = error.message, "a field failed");
            told(&Refusal::internal(request_id), request_id, lang)
        }
    };
    view["path"] = Value::from(path);
    view["locations"] = Value::from(locations);
    view
}

fn told(refusal: &Refusal, request_id: &str, lang: Lang) -> Value {
    json!({
        "message": refusal.message.render(lang),
        "extensions": {
            "code": refusal.code,
            "id": refusal.message.code,
            "retryable": refusal.is_retryable(),
            "requestId": request_id,
        },
    })
}

/// Bytes up to a limit.
struct Capped {
    bytes: Vec<u8>,
    limit: usize,
}

impl std::io::Write for Capped {
    fn write(&mut self, part: &[u8]) -> std::io::Result<usize> {
        if self.bytes.len() + part.len() > self.limit {
            return Err(std::io::Error::other("the answer is too large"));
        }
        self.bytes.extend_from_slice(part);
        Ok(part.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
