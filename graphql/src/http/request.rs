//! What a request is, before its question is looked at: method, type, origin, key, body.

use axum::body::Body;
use axum::http::header::{
    ACCEPT, ACCEPT_LANGUAGE, AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HOST, ORIGIN,
};
use axum::http::{HeaderMap, Method};
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hub::catalogue::Caller;
use hub::catalogue::keys::Keys;
use messages::{Lang, Message};
use serde::Deserialize;

use crate::gate::Limits;
use crate::refusal::Refusal;

/// Header in which a caller says why it asks.
pub(super) const PURPOSE: &str = "tongjian-purpose";
const PURPOSE_CHARS: usize = 200;

/// The body of a request.
#[derive(Deserialize)]
pub(super) struct Question {
    pub(super) query: String,
    #[serde(default, rename = "operationName")]
    pub(super) operation_name: Option<String>,
    #[serde(default)]
    pub(super) variables: Option<serde_json::Map<String, serde_json::Value>>,
    #[serde(default)]
    #[expect(dead_code, reason = "accepted as the protocol asks, and not used")]
    extensions: Option<serde_json::Map<String, serde_json::Value>>,
}

/// The language of texts: the first that the caller accepts and we have, else Chinese.
pub(super) fn lang(headers: &HeaderMap) -> Lang {
    let accepted = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepted
        .split(',')
        .take(10)
        .filter_map(|part| part.split(';').next())
        .find_map(|tag| tag.trim().parse().ok())
        .unwrap_or(Lang::Zh)
}

/// Whether the caller wants the newer content type.
pub(super) fn wants_graphql_type(headers: &HeaderMap) -> bool {
    headers
        .get_all(ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|value| value.contains("application/graphql-response+json"))
}

/// Method, content type, origin.
pub(super) fn judge_head(method: &Method, headers: &HeaderMap, origins: &[String]) -> Result<(), Refusal> {
    if *method != Method::POST {
        return Err(Refusal::method());
    }
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let charset = content_type.to_ascii_lowercase();
    let is_utf8 = !charset.contains("charset") || charset.contains("utf-8") || charset.contains("utf8");
    let is_json = essence == "application/json" || essence == "application/graphql-response+json";
    if !is_json || headers.contains_key(CONTENT_ENCODING) {
        return Err(Refusal::content_type());
    }
    if !is_utf8 {
        return Err(Refusal::bad_encoding());
    }
    judge_origin(headers, origins)
}

/// A browser says where a request comes from; other sites are refused unless they are listed. Programs say nothing.
fn judge_origin(headers: &HeaderMap, origins: &[String]) -> Result<(), Refusal> {
    if headers.get("sec-fetch-site").is_some_and(|site| site == "cross-site") && !is_listed(headers, origins)
    {
        return Err(Refusal::cross_site());
    }
    let Some(origin) = headers.get(ORIGIN) else { return Ok(()) };
    let origin = origin.to_str().unwrap_or_default();
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let is_own = ["http://", "https://"]
        .iter()
        .any(|scheme| origin.strip_prefix(scheme).is_some_and(|of| !host.is_empty() && of == host));
    if is_own || is_listed(headers, origins) { Ok(()) } else { Err(Refusal::cross_site()) }
}

fn is_listed(headers: &HeaderMap, origins: &[String]) -> bool {
    let origin = headers.get(ORIGIN).and_then(|origin| origin.to_str().ok());
    origin.is_some_and(|origin| origins.iter().any(|known| known == origin))
}

/// Whose key it is, and why it asks.
pub(super) fn caller(headers: &HeaderMap, keys: &Keys) -> Result<Caller, Refusal> {
    let header = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (scheme, key) = header.split_once(' ').unwrap_or_default();
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Refusal::unauthenticated());
    }
    let found = keys.authenticate(key.trim()).unwrap_or_else(|error| {
        tracing::error!(error = &error as &dyn std::error::Error, "the keys cannot be read");
        None
    });
    let mut caller = found.ok_or_else(Refusal::unauthenticated)?;
    if let Some(purpose) = headers.get(PURPOSE) {
        let purpose = std::str::from_utf8(purpose.as_bytes()).map_err(|_| Refusal::bad_encoding())?;
        let purpose: String = purpose.chars().filter(|c| !c.is_control()).take(PURPOSE_CHARS).collect();
        caller.purpose = Some(purpose).filter(|purpose| !purpose.trim().is_empty());
    }
    Ok(caller)
}

/// The body, whole: not longer and not slower than allowed.
pub(super) async fn body(body: Body, limits: &Limits) -> Result<Bytes, Refusal> {
    let collected = tokio::time::timeout(limits.body_time, Limited::new(body, limits.body_bytes).collect());
    match collected.await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Refusal::body(limits.body_bytes)),
        Ok(Err(_)) => Err(Refusal::bad_request(&Message::new("TJ-Q080"))),
        Err(_) => Err(Refusal::bad_request(&Message::new("TJ-Q081"))),
    }
}

/// The question of a body.
pub(super) fn question(body: &[u8]) -> Result<Question, Refusal> {
    let text = std::str::from_utf8(body).map_err(|_| Refusal::bad_encoding())?;
    if text.starts_with('\u{feff}') {
        return Err(Refusal::bad_encoding());
    }
    let text = text.trim_ascii();
    if text.starts_with('[') {
        let is_empty = text.strip_prefix('[').is_some_and(|rest| rest.trim_ascii_start().starts_with(']'));
        return Err(match is_empty {
            true => Refusal::bad_request(&Message::new("TJ-Q082")),
            false => Refusal::batching(),
        });
    }
    if !text.starts_with('{') {
        return Err(Refusal::bad_request(&Message::new("TJ-Q083")));
    }
    let question: Question = serde_json::from_str(text).map_err(|error| {
        // Of the library's words only what kind of fault it is: they are made for programmers.
        let words = error.to_string();
        let is_encoding = ["surrogate", "unicode", "hex escape"].iter().any(|word| words.contains(word));
        match (is_encoding, error.classify()) {
            (true, _) => Refusal::bad_encoding(),
            (false, serde_json::error::Category::Data) => Refusal::bad_request(&Message::new("TJ-Q084")),
            (false, _) => Refusal::bad_request(&Message::new("TJ-Q085").with("column", error.column())),
        }
    })?;
    if question.query.contains('\0') {
        return Err(Refusal::bad_encoding());
    }
    Ok(question)
}
