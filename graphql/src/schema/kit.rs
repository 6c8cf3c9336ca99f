//! Small things that every part of the schema is made with.

use std::any::Any;

use async_graphql::Value;
use async_graphql::dynamic::{Field, FieldFuture, FieldValue, InputValue, TypeRef};
use hub::ontology::Label;

use super::{SchemaError, Shape};

/// A description in both languages.
pub(super) fn said(zh: &str, en: &str) -> String {
    format!("{zh}\n\n{en}")
}

/// A label and its longer description, in both languages. What the configuration leaves out is said by the id.
pub(super) fn labelled(label: &Label, description: &Label, id: &str) -> String {
    let part = |label: &str, more: &str, otherwise: String| {
        let label = if label.is_empty() { otherwise } else { label.to_owned() };
        if more.is_empty() { label } else { format!("{label}：{more}") }
    };
    said(
        &part(&label.zh, &description.zh, format!("字段 {id}")),
        &part(&label.en, &description.en, id.replace('_', " ")).replace('：', ": "),
    )
}

/// Adds a field that only picks from its parent.
pub(super) fn pick<T: Any + Send + Sync>(
    shape: &mut Shape,
    name: &str,
    of: TypeRef,
    description: String,
    pick: impl Fn(&T) -> Option<FieldValue<'static>> + Send + Sync + 'static,
) -> Result<(), SchemaError> {
    shape.field(name, picked(name, of, &description, pick))
}

/// A field that only picks from its parent.
pub(super) fn picked<T: Any + Send + Sync>(
    name: &str,
    of: TypeRef,
    description: &str,
    pick: impl Fn(&T) -> Option<FieldValue<'static>> + Send + Sync + 'static,
) -> Field {
    Field::new(name, of, move |ctx| FieldFuture::Value(ctx.parent_value.downcast_ref::<T>().and_then(&pick)))
        .description(description)
}

/// An argument or a field of an input.
pub(super) fn input(name: &str, of: TypeRef, zh: &str, en: &str) -> InputValue {
    InputValue::new(name, of).description(said(zh, en))
}

/// A text as an answer.
pub(super) fn text(text: impl Into<String>) -> Option<FieldValue<'static>> {
    Some(FieldValue::value(Value::String(text.into())))
}

/// A whole number as an answer: a JSON number as far as every client keeps it exactly, beyond that a text.
pub(super) fn long(number: i64) -> Option<FieldValue<'static>> {
    const SAFE: u64 = 1 << 53;
    Some(if number.unsigned_abs() <= SAFE {
        FieldValue::value(Value::from(number))
    } else {
        FieldValue::value(Value::String(number.to_string()))
    })
}

/// A count as an answer.
pub(super) fn count(number: u64) -> Option<FieldValue<'static>> {
    long(i64::try_from(number).unwrap_or(i64::MAX))
}

/// A list of views.
pub(super) fn list<T: Any + Send + Sync>(items: impl IntoIterator<Item = T>) -> Option<FieldValue<'static>> {
    Some(FieldValue::list(items.into_iter().map(FieldValue::owned_any)))
}

/// A list of texts.
pub(super) fn texts(items: impl IntoIterator<Item = String>) -> Option<FieldValue<'static>> {
    Some(FieldValue::list(items.into_iter().map(|item| FieldValue::value(Value::String(item)))))
}
