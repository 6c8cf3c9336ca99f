//! Why a request is refused: a stable code for programs, a status for HTTP, a text for people.

use axum::http::StatusCode;
use messages::Message;

use crate::nearest::Unknown;

/// A refusal of the gate, before anything is executed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message:?}")]
pub struct Refusal {
    /// Stays the same in every language and version.
    pub code: &'static str,
    /// Status of the answer.
    pub status: StatusCode,
    /// For people.
    pub message: Message,
}

impl Refusal {
    fn new(code: &'static str, status: StatusCode, message: Message) -> Refusal {
        Refusal { code, status, message }
    }

    fn limit(code: &'static str, text: &'static str, limit: impl std::fmt::Display) -> Refusal {
        Refusal::new(code, StatusCode::BAD_REQUEST, Message::new(text).with("limit", limit))
    }

    pub(crate) fn bad_request(detail: &Message) -> Refusal {
        Refusal::new("BAD_REQUEST", StatusCode::BAD_REQUEST, Message::new("TJ-Q020").with("detail", detail))
    }

    pub(crate) fn bad_encoding() -> Refusal {
        Refusal::new("BAD_ENCODING", StatusCode::BAD_REQUEST, Message::new("TJ-Q021"))
    }

    pub(crate) fn body(limit: usize) -> Refusal {
        let message = Message::new("TJ-Q022").with("limit", limit);
        Refusal::new("BODY_LIMIT", StatusCode::PAYLOAD_TOO_LARGE, message)
    }

    pub(crate) fn method() -> Refusal {
        Refusal::new("METHOD_NOT_ALLOWED", StatusCode::METHOD_NOT_ALLOWED, Message::new("TJ-Q023"))
    }

    pub(crate) fn content_type() -> Refusal {
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        Refusal::new("UNSUPPORTED_MEDIA_TYPE", status, Message::new("TJ-Q024"))
    }

    pub(crate) fn cross_site() -> Refusal {
        Refusal::new("CSRF", StatusCode::FORBIDDEN, Message::new("TJ-Q025"))
    }

    pub(crate) fn batching() -> Refusal {
        Refusal::new("BATCHING_DISABLED", StatusCode::BAD_REQUEST, Message::new("TJ-Q026"))
    }

    pub(crate) fn unauthenticated() -> Refusal {
        Refusal::new("UNAUTHENTICATED", StatusCode::UNAUTHORIZED, Message::new("TJ-Q027"))
    }

    pub(crate) fn aliases(limit: u32) -> Refusal {
        Refusal::limit("ALIAS_LIMIT", "TJ-Q028", limit)
    }

    pub(crate) fn root_fields(limit: u32) -> Refusal {
        Refusal::limit("ROOT_FIELD_LIMIT", "TJ-Q029", limit)
    }

    pub(crate) fn tokens(limit: u32) -> Refusal {
        Refusal::limit("TOKEN_LIMIT", "TJ-Q030", limit)
    }

    pub(crate) fn depth(limit: u32) -> Refusal {
        Refusal::limit("DEPTH_LIMIT", "TJ-Q031", limit)
    }

    pub(crate) fn value_depth(limit: u32) -> Refusal {
        Refusal::limit("VALUE_DEPTH_LIMIT", "TJ-Q032", limit)
    }

    pub(crate) fn directives(limit: u32) -> Refusal {
        Refusal::limit("DIRECTIVE_LIMIT", "TJ-Q033", limit)
    }

    pub(crate) fn unknown_directive(name: &str) -> Refusal {
        let message = Message::new("TJ-Q054").with("name", crate::text::shortened(name));
        Refusal::new("GRAPHQL_VALIDATION_FAILED", StatusCode::BAD_REQUEST, message)
    }

    pub(crate) fn fragments(limit: u32) -> Refusal {
        Refusal::limit("FRAGMENT_LIMIT", "TJ-Q034", limit)
    }

    pub(crate) fn token_size(limit: usize) -> Refusal {
        Refusal::limit("TOKEN_SIZE_LIMIT", "TJ-Q035", limit)
    }

    pub(crate) fn list_items(limit: usize) -> Refusal {
        Refusal::limit("LIST_LIMIT", "TJ-Q036", limit)
    }

    pub(crate) fn cost(cost: u64, limit: u64) -> Refusal {
        let message = Message::new("TJ-Q037").with("cost", cost).with("limit", limit);
        Refusal::new("COST_LIMIT", StatusCode::BAD_REQUEST, message)
    }

    pub(crate) fn syntax(detail: &str) -> Refusal {
        let message = Message::new("TJ-Q038").with("detail", crate::text::shortened(detail));
        Refusal::new("GRAPHQL_PARSE_FAILED", StatusCode::BAD_REQUEST, message)
    }

    pub(crate) fn validation(detail: &str) -> Refusal {
        let message = Message::new("TJ-Q039").with("detail", crate::text::shortened(detail));
        Refusal::new("GRAPHQL_VALIDATION_FAILED", StatusCode::BAD_REQUEST, message)
    }

    pub(crate) fn unknown_field(unknown: &Unknown) -> Refusal {
        let message = Message::new("TJ-Q048")
            .with("type", &unknown.type_name)
            .with("field", &unknown.field)
            .with("name", &unknown.meant);
        Refusal::new("GRAPHQL_VALIDATION_FAILED", StatusCode::BAD_REQUEST, message)
    }

    pub(crate) fn response(limit: usize) -> Refusal {
        let message = Message::new("TJ-Q040").with("limit", limit);
        Refusal::new("RESPONSE_LIMIT", StatusCode::OK, message)
    }

    pub(crate) fn internal(request_id: &str) -> Refusal {
        let message = Message::new("TJ-Q041").with("request", request_id);
        Refusal::new("INTERNAL", StatusCode::INTERNAL_SERVER_ERROR, message)
    }

    pub(crate) fn busy() -> Refusal {
        Refusal::new("BUSY", StatusCode::SERVICE_UNAVAILABLE, Message::new("TJ-Q042"))
    }

    pub(crate) fn caller_busy(limit: usize) -> Refusal {
        let message = Message::new("TJ-Q050").with("limit", limit);
        Refusal::new("CALLER_BUSY", StatusCode::TOO_MANY_REQUESTS, message)
    }

    pub(crate) fn deadline() -> Refusal {
        Refusal::new("DEADLINE", StatusCode::OK, Message::new("TJ-Q011"))
    }

    pub(crate) fn bad_value(what: &str, value: &str) -> Refusal {
        let value = crate::text::shortened(value);
        let message = Message::new("TJ-Q043").with("value", value).with("what", what);
        Refusal::new("BAD_VALUE", StatusCode::BAD_REQUEST, message)
    }

    pub(crate) fn not_as_of(value: &str) -> Refusal {
        let message = Message::new("TJ-Q055").with("value", crate::text::shortened(value));
        Refusal::new("BAD_VALUE", StatusCode::BAD_REQUEST, message)
    }

    pub(crate) fn exactly_one(names: &str) -> Refusal {
        let message = Message::new("TJ-Q044").with("names", names);
        Refusal::new("BAD_VALUE", StatusCode::BAD_REQUEST, message)
    }

    pub(crate) fn no_subscriptions() -> Refusal {
        Refusal::new("NO_SUBSCRIPTIONS", StatusCode::BAD_REQUEST, Message::new("TJ-Q045"))
    }

    pub(crate) fn cursor() -> Refusal {
        Refusal::new("BAD_PAGINATION", StatusCode::BAD_REQUEST, Message::new("TJ-Q046"))
    }

    pub(crate) fn page(limit: u32) -> Refusal {
        Refusal::limit("BAD_PAGINATION", "TJ-Q047", limit)
    }

    pub(crate) fn personal(field: &str) -> Refusal {
        let message = Message::new("TJ-Q002").with("field", field);
        Refusal::new("PERSONAL_FIELD", StatusCode::BAD_REQUEST, message)
    }

    pub(crate) fn names_only(field: &str) -> Refusal {
        let message = Message::new("TJ-Q051").with("field", field);
        Refusal::new("NAMES_ONLY_WHOLE", StatusCode::BAD_REQUEST, message)
    }

    pub(crate) fn whole_numbers_only(field: &str) -> Refusal {
        let message = Message::new("TJ-Q057").with("field", field);
        Refusal::new("WHOLE_NUMBERS_ONLY", StatusCode::BAD_REQUEST, message)
    }

    pub(crate) fn not_key(field: &str) -> Refusal {
        let message = Message::new("TJ-Q003").with("field", field);
        Refusal::new("NOT_KEY_FIELD", StatusCode::BAD_REQUEST, message)
    }

    /// Whether the same request may be answered later.
    pub(crate) fn is_retryable(&self) -> bool {
        matches!(self.code, "BUSY" | "CALLER_BUSY" | "DEADLINE" | "INTERNAL")
    }
}
