//! Conditions, judged row by row with the three truth values of SQL.
//!
//! A cell of text is compared as a number where the other side is a number and it can be read as one; everything else
//! is compared as text, by its bytes.

use std::cmp::Ordering;

use contract::{Comparison, Predicate, Value};

use crate::lookup::place;

/// A condition on the cells of a row.
pub(crate) enum Condition {
    True,
    Compare { at: usize, comparison: Comparison, value: Value },
    In { at: usize, values: Vec<Value> },
    IsNull(usize),
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
}

impl Condition {
    /// Of a predicate; columns that are not yet among those read are added.
    pub(crate) fn of(predicate: &Predicate, columns: &mut Vec<String>) -> Condition {
        match predicate {
            Predicate::True => Condition::True,
            Predicate::Compare { column, comparison, value } => Condition::Compare {
                at: place(columns, column),
                comparison: *comparison,
                value: value.clone(),
            },
            Predicate::In { column, values } => {
                Condition::In { at: place(columns, column), values: values.clone() }
            }
            Predicate::IsNull(column) => Condition::IsNull(place(columns, column)),
            Predicate::All(inner) => {
                Condition::All(inner.iter().map(|one| Condition::of(one, columns)).collect())
            }
            Predicate::Any(inner) => {
                Condition::Any(inner.iter().map(|one| Condition::of(one, columns)).collect())
            }
            Predicate::Not(inner) => Condition::Not(Box::new(Condition::of(inner, columns))),
        }
    }

    /// Whether it holds; `None`: unknown, because of a NULL.
    pub(crate) fn holds(&self, cells: &[Value]) -> Option<bool> {
        let cell = |at: &usize| cells.get(*at).unwrap_or(&Value::Null);
        match self {
            Condition::True => Some(true),
            Condition::Compare { at, comparison, value } => compared(cell(at), *comparison, value),
            Condition::In { at, values } => {
                any(values.iter().map(|value| compared(cell(at), Comparison::Equal, value)))
            }
            Condition::IsNull(at) => Some(cell(at).is_null()),
            Condition::All(inner) => {
                any(inner.iter().map(|one| one.holds(cells).map(|is| !is))).map(|is| !is)
            }
            Condition::Any(inner) => any(inner.iter().map(|one| one.holds(cells))),
            Condition::Not(inner) => inner.holds(cells).map(|is| !is),
        }
    }
}

fn any(truths: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut all = Some(false);
    for truth in truths {
        match truth {
            Some(true) => return Some(true),
            None => all = None,
            Some(false) => {}
        }
    }
    all
}

fn compared(cell: &Value, comparison: Comparison, value: &Value) -> Option<bool> {
    if comparison == Comparison::StartsWith {
        return Some(cell.to_text()?.starts_with(&value.to_text()?));
    }
    let order = compare(cell, value)?;
    Some(match comparison {
        Comparison::Equal => order.is_eq(),
        Comparison::NotEqual => order.is_ne(),
        Comparison::Less => order.is_lt(),
        Comparison::LessOrEqual => order.is_le(),
        Comparison::Greater => order.is_gt(),
        Comparison::GreaterOrEqual => order.is_ge(),
        Comparison::StartsWith => false,
    })
}

/// The order of two values; `None` when one is NULL.
pub(crate) fn compare(one: &Value, two: &Value) -> Option<Ordering> {
    let (text_one, text_two) = (one.to_text()?, two.to_text()?);
    if (is_number(one) || is_number(two))
        && let (Some(one), Some(two)) = (Number::of(&text_one), Number::of(&text_two))
    {
        return Some(one.cmp(&two));
    }
    Some(text_one.cmp(&text_two))
}

fn is_number(value: &Value) -> bool {
    match value {
        Value::Int(_) | Value::Decimal(_) | Value::Float(_) => true,
        Value::Null
        | Value::Bool(_)
        | Value::Text(_)
        | Value::Bytes(_)
        | Value::Date(_)
        | Value::Time(_)
        | Value::DateTime(_)
        | Value::Timestamp(_)
        | Value::Odd { .. } => false,
    }
}

/// A decimal number of any length, for exact comparison.
#[derive(PartialEq, Eq)]
struct Number<'a> {
    is_negative: bool,
    /// Without zeros at its beginning.
    whole: &'a str,
    /// Without zeros at its end.
    part: &'a str,
}

impl<'a> Number<'a> {
    fn of(text: &'a str) -> Option<Number<'a>> {
        let is_negative = text.starts_with('-');
        let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        let are_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        if !are_digits(whole) || !are_digits(part) || (whole.is_empty() && part.is_empty()) {
            return None;
        }
        let (whole, part) = (whole.trim_start_matches('0'), part.trim_end_matches('0'));
        let is_zero = whole.is_empty() && part.is_empty();
        Some(Number { is_negative: is_negative && !is_zero, whole, part })
    }

    fn cmp(&self, other: &Number<'_>) -> Ordering {
        let size = || {
            let by_whole = self.whole.len().cmp(&other.whole.len()).then_with(|| self.whole.cmp(other.whole));
            by_whole.then_with(|| self.part.cmp(other.part))
        };
        match (self.is_negative, other.is_negative) {
            (false, false) => size(),
            (true, true) => size().reverse(),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        }
    }
}
