//! Explains a filter or order on a field that is there but may not be used so; the schema alone would only say that it
//! does not know the name.

use async_graphql::Value;
use hub::query::plan::Target;

use crate::dictionary::Dictionary;
use crate::refusal::Refusal;

/// Judges the arguments of a list of these targets.
pub(super) fn judge(
    dictionary: &Dictionary,
    arguments: &[(&str, Value)],
    targets: &[Target],
) -> Result<(), Refusal> {
    let names = Names { dictionary, targets };
    for (name, value) in arguments {
        match *name {
            "where" | "record" => names.filter(value)?,
            "orderBy" => names.order(value)?,
            _ => {}
        }
    }
    Ok(())
}

struct Names<'a> {
    dictionary: &'a Dictionary,
    targets: &'a [Target],
}

impl Names<'_> {
    fn filter(&self, filter: &Value) -> Result<(), Refusal> {
        match filter {
            Value::Object(entries) => entries.iter().try_for_each(|(name, value)| match name.as_str() {
                "and" | "or" | "not" => self.filter(value),
                name => self.name(name),
            }),
            Value::List(items) => items.iter().try_for_each(|item| self.filter(item)),
            Value::Null
            | Value::Number(_)
            | Value::String(_)
            | Value::Boolean(_)
            | Value::Binary(_)
            | Value::Enum(_) => Ok(()),
        }
    }

    fn order(&self, order: &Value) -> Result<(), Refusal> {
        match order {
            Value::List(items) => items.iter().try_for_each(|item| self.order(item)),
            Value::Object(entries) => match entries.get("field") {
                Some(Value::Enum(name)) => self.name(&crate::schema::field_of_order(name)),
                Some(Value::String(name)) => self.name(&crate::schema::field_of_order(name)),
                Some(_) | None => Ok(()),
            },
            Value::Null
            | Value::Number(_)
            | Value::String(_)
            | Value::Boolean(_)
            | Value::Binary(_)
            | Value::Enum(_) => Ok(()),
        }
    }

    fn name(&self, name: &str) -> Result<(), Refusal> {
        let known: Vec<_> =
            self.targets.iter().filter_map(|target| self.dictionary.kind(target)?.field(name)).collect();
        match known.iter().find(|field| !field.is_usable()) {
            Some(field) if known.iter().all(|field| !field.is_usable()) => {
                let is_personal = field.field.sensitivity.is_of_people();
                Err(if is_personal { Refusal::personal(name) } else { Refusal::not_key(name) })
            }
            Some(_) | None => Ok(()),
        }
    }
}
