//! Explains a filter or order on a field that is there but may not be used so; the schema alone would only say that it
//! does not know the name.

use async_graphql::Value;
use hub::ontology::Sensitivity;
use hub::query::plan::Target;

use crate::dictionary::{Dictionary, FieldName};
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
                name => self.compared(name, value),
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
                Some(Value::Enum(name)) => self.ordered(&crate::schema::field_of_order(name)),
                Some(Value::String(name)) => self.ordered(&crate::schema::field_of_order(name)),
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

    fn compared(&self, name: &str, comparisons: &Value) -> Result<(), Refusal> {
        self.judged(name, FieldName::is_filterable)?;
        let mut filterable = self.known(name).filter(|field| field.is_filterable()).peekable();
        let is_by_name = filterable.peek().is_some() && filterable.all(FieldName::is_by_name);
        let Value::Object(operators) = comparisons else { return Ok(()) };
        let is_whole = operators.keys().all(|operator| matches!(operator.as_str(), "eq" | "in"));
        if is_by_name && !is_whole { Err(Refusal::names_only(name)) } else { Ok(()) }
    }

    fn ordered(&self, name: &str) -> Result<(), Refusal> {
        self.judged(name, FieldName::is_orderable)
    }

    fn judged(&self, name: &str, may: fn(&FieldName) -> bool) -> Result<(), Refusal> {
        if self.known(name).any(may) {
            return Ok(());
        }
        self.known(name).next().map_or(Ok(()), |field| {
            Err(match field.field.sensitivity {
                Sensitivity::Personal => Refusal::personal(name),
                Sensitivity::Organisation => Refusal::names_only(name),
                Sensitivity::Public | Sensitivity::Internal if field.is_filterable() => {
                    Refusal::whole_numbers_only(name)
                }
                Sensitivity::Public | Sensitivity::Internal => Refusal::not_key(name),
            })
        })
    }

    fn known(&self, name: &str) -> impl Iterator<Item = &FieldName> {
        self.targets.iter().filter_map(move |target| self.dictionary.kind(target)?.field(name))
    }
}
