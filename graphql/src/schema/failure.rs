//! Errors of fields: a stable code, a text in the asker's language, nothing of what failed inside.

use async_graphql::dynamic::ResolverContext;
use async_graphql::{Error, ErrorExtensions};
use hub::ontology::camel_case;
use hub::query::{Asker, QueryError};
use messages::{Lang, Message};

use crate::refusal::Refusal;

/// An extension that never leaves: what the answer takes for the path of an error that has none.
pub(crate) const ROOT_FIELD: &str = "field";

/// A refused or failed question.
pub(super) fn failed(ctx: &ResolverContext<'_>, error: &QueryError) -> Error {
    if matches!(error, QueryError::Store(_) | QueryError::Audit(_)) {
        let request = ctx.data_opt::<Asker>().map_or("", |asker| asker.request_id.as_str());
        tracing::error!(request, error = error as &dyn std::error::Error, "a question could not be answered");
    }
    let mut message = error.message();
    // Fields are called as the asker calls them.
    for (_, field) in message.args.iter_mut().filter(|(name, _)| *name == "field") {
        *field = camel_case(field);
    }
    said(ctx, error.code(), &message, error.is_retryable())
}

/// A question that makes no plan.
pub(super) fn refused(ctx: &ResolverContext<'_>, refusal: &Refusal) -> Error {
    said(ctx, refusal.code, &refusal.message, refusal.is_retryable())
}

fn said(ctx: &ResolverContext<'_>, code: &str, message: &Message, is_retryable: bool) -> Error {
    let lang = ctx.data_opt::<Lang>().copied().unwrap_or(Lang::Zh);
    let id = message.code;
    // The library gives errors of root fields no path.
    let field = ctx.path_node.map(|node| node.to_string_vec().join("."));
    Error::new(message.render(lang)).extend_with(|_, extensions| {
        extensions.set("code", code);
        extensions.set("id", id);
        extensions.set("retryable", is_retryable);
        if let Some(field) = field {
            extensions.set(ROOT_FIELD, field);
        }
    })
}
