//! Arguments as filters, orders, pages and moments.

use async_graphql::{Name, Value};
use hub::clock::Timestamp;
use hub::ontology::{FieldType, Scheme};
use hub::query::plan::{AsOf, Compare, Direction, Filter, OrderKey, Place, Quantifier, Via};
use hub::{FieldValue, Precision, Seq, Until};

use crate::cursor::{Binding, CursorKey};
use crate::dictionary::{Dictionary, FieldName, KindNames};
use crate::gate::DEFAULT_FIRST;
use crate::refusal::Refusal;
use crate::text::{day_of, decimal_of, moment_of, whole_of};

type Arguments = [(Name, Value)];

fn argument<'a>(arguments: &'a Arguments, name: &str) -> Option<&'a Value> {
    arguments
        .iter()
        .find(|(known, _)| known == name)
        .map(|(_, value)| value)
        .filter(|value| **value != Value::Null)
}

/// `first`, judged.
pub(crate) fn first_of(arguments: &Arguments, limit: u32) -> Result<u32, Refusal> {
    match argument(arguments, "first") {
        None => Ok(DEFAULT_FIRST.min(limit)),
        Some(Value::Number(number)) => number
            .as_u64()
            .and_then(|first| u32::try_from(first).ok())
            .filter(|first| (1..=limit).contains(first))
            .ok_or_else(|| Refusal::page(limit)),
        Some(_) => Err(Refusal::page(limit)),
    }
}

/// `after`, opened.
pub(crate) fn after_of(
    arguments: &Arguments,
    key: &CursorKey,
    binding: Binding,
) -> Result<Option<Place>, Refusal> {
    match argument(arguments, "after") {
        None => Ok(None),
        Some(Value::String(cursor)) => key.open(binding, cursor).map(Some).ok_or_else(Refusal::cursor),
        Some(_) => Err(Refusal::cursor()),
    }
}

/// `asOf`: a sequence or a moment.
pub(crate) fn as_of(arguments: &Arguments) -> Result<Option<AsOf>, Refusal> {
    argument(arguments, "asOf").map(moment).transpose()
}

/// A value of `asOf`; what is none is refused with the forms that there are.
pub(crate) fn moment(value: &Value) -> Result<AsOf, Refusal> {
    let found = match value {
        Value::Number(number) => whole_of(number).filter(|seq| *seq >= 0).map(|seq| AsOf::Seq(Seq(seq))),
        Value::String(text) => moment_of(text).map(AsOf::Time),
        Value::Null
        | Value::Boolean(_)
        | Value::Binary(_)
        | Value::Enum(_)
        | Value::List(_)
        | Value::Object(_) => None,
    };
    found.ok_or_else(|| Refusal::not_as_of(&value.to_string()))
}

/// `orderBy`: one key or several, and whether ids alone descend.
pub(super) fn order_of(kind: &KindNames, arguments: &Arguments) -> Result<(Vec<OrderKey>, bool), Refusal> {
    let keys = match argument(arguments, "orderBy") {
        None => return Ok((Vec::new(), false)),
        Some(Value::List(keys)) => keys.as_slice(),
        Some(one) => std::slice::from_ref(one),
    };
    let mut order = Vec::with_capacity(keys.len());
    for key in keys {
        let Value::Object(key) = key else { return Err(Refusal::bad_value("orderBy", &key.to_string())) };
        let name = key.get("field").and_then(word).unwrap_or_default();
        let direction = match key.get("direction").and_then(word) {
            Some("DESC") => Direction::Descending,
            Some(_) | None => Direction::Ascending,
        };
        if name == "ID" {
            // The id is the last key of every order, in the direction of the first.
            return match order.first() {
                None => Ok((order, direction == Direction::Descending)),
                Some(OrderKey { direction: of_first, .. }) if *of_first == direction => Ok((order, false)),
                Some(_) => Err(Refusal::bad_value("orderBy", "ID")),
            };
        }
        let id = name.to_ascii_lowercase();
        if kind.name_of(&id).is_none() {
            return Err(Refusal::bad_value("orderBy", name));
        }
        order.push(OrderKey { field: id, direction });
    }
    Ok((order, false))
}

/// A word, also where a variable gives it as a text.
pub(crate) fn word(value: &Value) -> Option<&str> {
    match value {
        Value::Enum(name) => Some(name.as_str()),
        Value::String(name) => Some(name.as_str()),
        Value::Null
        | Value::Number(_)
        | Value::Boolean(_)
        | Value::Binary(_)
        | Value::List(_)
        | Value::Object(_) => None,
    }
}

/// `where`.
pub(super) fn filter_of(
    dictionary: &Dictionary,
    kind: &KindNames,
    arguments: &Arguments,
) -> Result<Filter, Refusal> {
    argument(arguments, "where").map_or_else(|| Ok(Filter::all()), |value| filter(dictionary, kind, value))
}

/// `where` and `record` of a list of edges: of whom they lead to, and of the records themselves.
pub(super) fn edges_filter_of(
    dictionary: &Dictionary,
    (to, role): (&KindNames, &str),
    kind: &KindNames,
    arguments: &Arguments,
) -> Result<Filter, Refusal> {
    let mut all = Vec::new();
    if let Some(value) = argument(arguments, "where") {
        let filter = Box::new(filter(dictionary, to, value)?);
        let via = Via::Role(role.to_owned());
        all.push(Filter::Related { via, quantifier: Quantifier::Some, filter });
    }
    if let Some(value) = argument(arguments, "record") {
        all.push(filter(dictionary, kind, value)?);
    }
    Ok(Filter::And(all))
}

fn filter(dictionary: &Dictionary, kind: &KindNames, value: &Value) -> Result<Filter, Refusal> {
    let Value::Object(entries) = value else { return Err(Refusal::bad_value("where", &value.to_string())) };
    let mut all = Vec::with_capacity(entries.len());
    for (name, value) in entries.iter().filter(|(_, value)| **value != Value::Null) {
        match name.as_str() {
            "and" => all.push(Filter::And(each(dictionary, kind, value)?)),
            "or" => all.push(Filter::Or(each(dictionary, kind, value)?)),
            "not" => all.push(Filter::Not(Box::new(filter(dictionary, kind, value)?))),
            name => {
                if let Some(field) = kind.field(name) {
                    comparisons(field, value, &mut all)?;
                } else if let Some(relation) = kind.relation(name) {
                    let to =
                        dictionary.kind(&relation.to).ok_or_else(|| Refusal::bad_value("where", name))?;
                    let Value::Object(entries) = value else {
                        return Err(Refusal::bad_value(name, &value.to_string()));
                    };
                    for (word, value) in entries.iter().filter(|(_, value)| **value != Value::Null) {
                        let quantifier = if word == "none" { Quantifier::None } else { Quantifier::Some };
                        let filter = Box::new(filter(dictionary, to, value)?);
                        all.push(Filter::Related { via: relation.via.clone(), quantifier, filter });
                    }
                } else {
                    return Err(Refusal::bad_value("where", name));
                }
            }
        }
    }
    Ok(match <[Filter; 1]>::try_from(all) {
        Ok([one]) => one,
        Err(all) => Filter::And(all),
    })
}

fn each(dictionary: &Dictionary, kind: &KindNames, value: &Value) -> Result<Vec<Filter>, Refusal> {
    if let Value::List(items) = value {
        return items.iter().map(|item| filter(dictionary, kind, item)).collect();
    }
    Ok(vec![filter(dictionary, kind, value)?])
}

fn comparisons(field: &FieldName, value: &Value, all: &mut Vec<Filter>) -> Result<(), Refusal> {
    let Value::Object(operators) = value else {
        return Err(Refusal::bad_value(&field.name, &value.to_string()));
    };
    let currency = match operators.get("currency") {
        Some(Value::String(currency)) => currency.clone(),
        Some(_) | None => "CNY".to_owned(),
    };
    let one = |value: &Value| value_of(field, value, &currency);
    for (operator, value) in operators.iter().filter(|(_, value)| **value != Value::Null) {
        let compare = match (operator.as_str(), value) {
            ("currency", _) => continue,
            ("eq", value) => Compare::Eq(one(value)?),
            ("ne", value) => Compare::Ne(one(value)?),
            ("lt", value) => Compare::Lt(one(value)?),
            ("lte", value) => Compare::Lte(one(value)?),
            ("gt", value) => Compare::Gt(one(value)?),
            ("gte", value) => Compare::Gte(one(value)?),
            ("in", Value::List(values)) => Compare::In(values.iter().map(one).collect::<Result<_, _>>()?),
            ("in", value) => Compare::In(vec![one(value)?]),
            ("startsWith", Value::String(text)) => Compare::StartsWith(normal(field, text)),
            ("contains", Value::String(text)) => Compare::Contains(normal(field, text)),
            ("isNull", Value::Boolean(truth)) => Compare::IsNull(*truth),
            ("openEnded", Value::Boolean(truth)) => {
                let open = FieldValue::Until(Until::OpenEnded);
                if *truth { Compare::Eq(open) } else { Compare::Ne(open) }
            }
            (_, value) => return Err(Refusal::bad_value(&field.name, &value.to_string())),
        };
        all.push(Filter::Field { field: field.field.id.clone(), compare });
    }
    Ok(())
}

/// Identifiers are kept normalised, so they are asked for normalised.
fn normal(field: &FieldName, text: &str) -> String {
    let FieldType::Identifier(scheme) = field.field.field_type else { return text.to_owned() };
    if matches!(scheme, Scheme::Local | Scheme::PriPid) {
        codes::folded_number(text)
    } else {
        codes::cleaned(text)
    }
}

fn value_of(field: &FieldName, value: &Value, currency: &str) -> Result<FieldValue, Refusal> {
    let bad = || Refusal::bad_value(&field.name, &value.to_string());
    let text = if let Value::String(text) = value { Some(text.as_str()) } else { None };
    let found = match &field.field.field_type {
        FieldType::Text | FieldType::Identifier(_) | FieldType::Phone | FieldType::Address => {
            text.map(|text| FieldValue::Text(normal(field, text)))
        }
        FieldType::Code { .. } => {
            text.map(|code| FieldValue::Code { code: code.to_owned(), edition: String::new() })
        }
        FieldType::Money => text
            .and_then(|text| decimal_of(text, 4))
            .map(|units| FieldValue::Money { units, currency: currency.to_owned() }),
        FieldType::Decimal { scale } => {
            text.and_then(|text| decimal_of(text, *scale)).map(FieldValue::Decimal)
        }
        FieldType::Integer => {
            let number = if let Value::Number(number) = value { whole_of(number) } else { None };
            number.or_else(|| text.and_then(|text| text.parse().ok())).map(FieldValue::Integer)
        }
        FieldType::Bool => {
            if let Value::Boolean(truth) = value {
                Some(FieldValue::Bool(*truth))
            } else {
                None
            }
        }
        FieldType::Date => text.and_then(day_of).map(FieldValue::Date),
        FieldType::PartialDate => {
            text.and_then(day_of).map(|first| FieldValue::PartialDate { first, precision: Precision::Day })
        }
        FieldType::Until => text.and_then(day_of).map(|day| {
            let is_open = day == Until::OpenEnded.as_date();
            FieldValue::Until(if is_open { Until::OpenEnded } else { Until::On(day) })
        }),
        FieldType::Timestamp => text.and_then(moment_of).map(|Timestamp(at)| FieldValue::Timestamp(at)),
    };
    found.ok_or_else(bad)
}
