//! What may not be asked of fields of codes and identifiers, in which names and numbers of people stand by mistake.
//!
//! They leave masked; whoever could ask by a part of them, by size or by order would spell them out all the same.
//! Invariant: a value is asked by only if it would be shown whole.

use crate::FieldValue;
use crate::catalogue::{Catalogue, mask};
use crate::ontology::{Field, FieldType};

use super::QueryError;
use super::plan::{Compare, Target};

/// How much of an identifier may be asked for: the region and two more, which is all but nothing of an ID number.
const LONGEST_PART: usize = 8;
/// Of a number that may be a mobile telephone: what is shown of one at its beginning.
const LONGEST_OF_MOBILE: usize = 3;
/// Of what begins with letters, as passports do.
const LONGEST_OF_LETTERS: usize = 2;

/// Refuses a comparison, or (without one) an order, that would tell what is masked.
pub(super) fn by_mistake(
    catalogue: &Catalogue,
    target: &Target,
    field: &Field,
    compare: Option<&Compare>,
) -> Result<(), QueryError> {
    match &field.field_type {
        FieldType::Identifier(_) => identifier(target, field, compare),
        FieldType::Code { list } => code(catalogue, list, field, compare),
        FieldType::Text
        | FieldType::Money
        | FieldType::Decimal { .. }
        | FieldType::Integer
        | FieldType::Bool
        | FieldType::Date
        | FieldType::PartialDate
        | FieldType::Until
        | FieldType::Timestamp
        | FieldType::Phone
        | FieldType::Address => Ok(()),
    }
}

fn identifier(target: &Target, field: &Field, compare: Option<&Compare>) -> Result<(), QueryError> {
    let refused = || QueryError::WholeNumbersOnly { field: field.id.clone() };
    let may = match compare {
        // What stands in an entity comes from the registers, and is there to be gone through.
        None => matches!(target, Target::Entities(_)),
        Some(Compare::Eq(value) | Compare::Ne(value)) => {
            return shown_whole(field, std::slice::from_ref(value));
        }
        Some(Compare::In(values)) => return shown_whole(field, values),
        Some(Compare::StartsWith(part)) => is_short(part) || is_mixed(part),
        Some(Compare::Contains(part)) => is_mixed(part),
        Some(Compare::Lt(value) | Compare::Lte(value) | Compare::Gt(value) | Compare::Gte(value)) => {
            matches!(value, FieldValue::Text(text) if is_short(text))
        }
        Some(Compare::IsNull(_)) => true,
    };
    if may { Ok(()) } else { Err(refused()) }
}

fn code(
    catalogue: &Catalogue,
    list: &str,
    field: &Field,
    compare: Option<&Compare>,
) -> Result<(), QueryError> {
    match compare {
        Some(Compare::Eq(value) | Compare::Ne(value)) => shown_whole(field, std::slice::from_ref(value)),
        Some(Compare::In(values)) => shown_whole(field, values),
        Some(Compare::StartsWith(part)) => {
            let list = catalogue.ontology().lists.get(list);
            let mut codes =
                list.iter().flat_map(|list| list.editions.values()).flat_map(|codes| codes.keys());
            let is_known = codes.any(|code| code.starts_with(part.as_str()));
            if is_known { Ok(()) } else { Err(QueryError::NoCodeBegins { field: field.id.clone() }) }
        }
        Some(Compare::Contains(_) | Compare::Lt(_) | Compare::Lte(_) | Compare::Gt(_) | Compare::Gte(_)) => {
            Err(QueryError::BadComparison { field: field.id.clone() })
        }
        Some(Compare::IsNull(_)) | None => Ok(()),
    }
}

/// Whether all of these would leave as they are asked for.
fn shown_whole(field: &Field, values: &[FieldValue]) -> Result<(), QueryError> {
    let is_whole = values.iter().all(|value| mask(field, value.clone()) == *value);
    if is_whole { Ok(()) } else { Err(QueryError::NotACode { field: field.id.clone() }) }
}

/// A beginning that tells little of a number of a person, or that none has: ID numbers begin with 1 to 8.
fn is_short(part: &str) -> bool {
    let mut bytes = part.bytes();
    let longest = match (bytes.next(), bytes.next()) {
        (None, _) => return true,
        (Some(b'9'), _) => return part.is_ascii(),
        (Some(b'1'), Some(b'3'..=b'9')) => LONGEST_OF_MOBILE,
        (Some(first), _) if first.is_ascii_digit() => LONGEST_PART,
        (Some(_), _) => LONGEST_OF_LETTERS,
    };
    part.is_ascii() && part.len() <= longest
}

/// Digits and behind them a letter, as credit codes have and no number of a person.
fn is_mixed(part: &str) -> bool {
    let letters = part.trim_start_matches(|c: char| !c.is_ascii_digit());
    part.is_ascii() && letters.chars().any(|c| c.is_ascii_alphabetic() && !c.eq_ignore_ascii_case(&'x'))
}
