//! How a personal value leaves: enough to recognise what one already knows, not enough to learn it.

use jiff::civil::date;

use super::{id_number, kept};
use crate::ontology::{Field, FieldType, Scheme, Sensitivity};
use crate::{FieldValue, Precision};

/// The value as it may leave. Values of fields that are not personal leave as they are, but for ID numbers of persons
/// that do not belong there.
///
/// | type | leaves as |
/// |---|---|
/// | text (a name) | `张*`; among names of organisations, what has not the form of one, and who is named in brackets after one |
/// | ID number | `610***********002X` |
/// | other identifier | first three, stars, last two |
/// | phone | `138****1234`; a name beside it as a name |
/// | code that its list does not know, identifier that its scheme refuses | names and numbers of people in it masked |
/// | address | up to the street, `***` |
/// | partial date, date | a partial date keeps its year; a date is withheld |
/// | anything else | withheld (null) |
#[must_use]
pub fn mask(field: &Field, value: FieldValue) -> FieldValue {
    match field.sensitivity {
        Sensitivity::Public | Sensitivity::Internal => {
            if let FieldValue::Text(text) = &value
                && let Some(masked) = open(&field.field_type, text)
            {
                return FieldValue::Text(masked);
            }
            // Without an edition: kept as it came, for the list does not know it.
            if let FieldValue::Code { code, edition } = &value
                && edition.is_empty()
                && let Some(masked) = kept::of_people(code)
            {
                return FieldValue::Code { code: masked, edition: String::new() };
            }
            value
        }
        Sensitivity::Organisation => {
            if let FieldValue::Text(text) = &value
                && let Some(masked) = of_a_person(text)
            {
                return FieldValue::Text(masked);
            }
            value
        }
        Sensitivity::Personal => match value {
            FieldValue::Text(text) => FieldValue::Text(mask_text(&field.field_type, &text)),
            FieldValue::PartialDate { first, .. } => {
                FieldValue::PartialDate { first: date(first.year(), 1, 1), precision: Precision::Year }
            }
            FieldValue::Null
            | FieldValue::Code { .. }
            | FieldValue::Money { .. }
            | FieldValue::Decimal(_)
            | FieldValue::Integer(_)
            | FieldValue::Bool(_)
            | FieldValue::Date(_)
            | FieldValue::Until(_)
            | FieldValue::Timestamp(_) => FieldValue::Null,
        },
    }
}

/// A cell of a source as it may leave, by the fields it would fill: whole if none is personal.
#[must_use]
pub fn mask_cell(fields: &[&Field], cell: &str) -> String {
    let personal = fields.iter().find(|field| field.sensitivity == Sensitivity::Personal);
    let may_be = fields.iter().any(|field| field.sensitivity == Sensitivity::Organisation);
    if fields.is_empty() {
        return kept::unmapped(cell).unwrap_or_else(|| cell.to_owned());
    }
    match personal {
        Some(field) => mask_text(&field.field_type, cell),
        None if may_be => of_a_person(cell).unwrap_or_else(|| cell.to_owned()),
        None => {
            fields.iter().find_map(|field| open(&field.field_type, cell)).unwrap_or_else(|| cell.to_owned())
        }
    }
}

/// What stands in a field that is not personal, and tells of a person all the same; `None`: nothing does.
fn open(field_type: &FieldType, text: &str) -> Option<String> {
    match field_type {
        FieldType::Text | FieldType::Address => id_number::within(text, resident_id),
        FieldType::Identifier(Scheme::ResidentId) => None,
        FieldType::Identifier(scheme) => kept::identifier(*scheme, text),
        FieldType::Phone => codes::person_names_masked(text, name),
        FieldType::Code { .. } => kept::of_people(text),
        // A cell that is not of its type.
        FieldType::Money
        | FieldType::Decimal { .. }
        | FieldType::Integer
        | FieldType::Bool
        | FieldType::Date
        | FieldType::PartialDate
        | FieldType::Until
        | FieldType::Timestamp => kept::of_people_for_certain(text),
    }
}

fn mask_text(field_type: &FieldType, text: &str) -> String {
    match field_type {
        FieldType::Identifier(Scheme::ResidentId) => resident_id(text),
        FieldType::Identifier(_) => ends(text, 3, 2),
        FieldType::Phone => phone(text),
        FieldType::Address => address(text),
        FieldType::Text
        | FieldType::Code { .. }
        | FieldType::Money
        | FieldType::Decimal { .. }
        | FieldType::Integer
        | FieldType::Bool
        | FieldType::Date
        | FieldType::PartialDate
        | FieldType::Until
        | FieldType::Timestamp => name(text),
    }
}

/// A text that stands among names of organisations, where it may name a person; `None`: it does not.
fn of_a_person(text: &str) -> Option<String> {
    if text.is_empty() || codes::is_organisation_name(text) {
        return None;
    }
    // A shop and, in brackets, who keeps it.
    match codes::without_remark(text) {
        (shop, Some(_)) if codes::is_organisation_name(shop) => Some(format!("{shop}（*）")),
        _ => Some(name(text)),
    }
}

pub(super) fn name(text: &str) -> String {
    match text.chars().next() {
        Some(first) => format!("{first}*"),
        None => String::new(),
    }
}

/// Region's first three digits and the last four; a number of another length keeps less.
pub(super) fn resident_id(text: &str) -> String {
    match text.chars().count() {
        15 | 18 => ends(text, 3, 4),
        _ => ends(text, 1, 1),
    }
}

/// First three digits and last four; whose it is, where that stands beside it, as a name.
pub(super) fn phone(text: &str) -> String {
    if let Some((from, _)) = text.char_indices().find(|(_, c)| codes::is_han(*c)) {
        let (number, words) = text.split_at(from);
        let upto = words.char_indices().find(|(_, c)| c.is_numeric()).map_or(words.len(), |(at, _)| at);
        let (words, rest) = words.split_at(upto);
        let number = if number.is_empty() { String::new() } else { phone(number) };
        let rest = if rest.is_empty() { String::new() } else { phone(rest) };
        return format!("{number}{}{rest}", name(words));
    }
    match text.chars().count() {
        n if n >= 11 => ends(text, 3, 4),
        n if n >= 7 => ends(text, 2, 2),
        _ => ends(text, 1, 0),
    }
}

/// The first and last characters, stars between; a text too short to hide anything is all stars.
fn ends(text: &str, n_first: usize, n_last: usize) -> String {
    let chars: Vec<char> = text.chars().collect();
    if chars.len() < n_first + n_last + 2 {
        return "*".repeat(chars.len().min(18));
    }
    let hidden = chars.len() - n_first - n_last;
    let mut out: String = chars.iter().take(n_first).collect();
    out.push_str(&"*".repeat(hidden.min(18)));
    out.extend(chars.iter().skip(n_first + hidden));
    out
}

/// Up to the end of the street's name; where no street is told, the first six characters (province and city).
fn address(text: &str) -> String {
    const STREET_ENDS: [&str; 8] = ["街道", "大道", "路", "街", "巷", "镇", "乡", "道"];
    let street = STREET_ENDS
        .iter()
        .filter_map(|end| text.find(end).map(|at| at + end.len()))
        .min()
        .and_then(|upto| text.get(..upto));
    match street {
        Some(street) => format!("{street}***"),
        None => {
            let start: String = text.chars().take(6.min(text.chars().count() / 2)).collect();
            format!("{start}***")
        }
    }
}
