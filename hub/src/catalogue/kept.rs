//! What is kept although it is no valid value, as it may leave: a name of a person, and numbers of people anywhere in it,
//! masked; all else whole, for people have to see what to mend.
//!
//! Must never touch a valid value: whoever calls has looked.

use super::id_number::{in_place_of_a_code, is_code, is_of_a_person, within};
use super::mask::{name, phone, resident_id};
use crate::ontology::Scheme;

/// A name in Latin letters has more letters than a word that says that there is no number.
const SHORTEST_LATIN: usize = 6;

/// An identifier; `None`: it may leave whole.
pub(super) fn identifier(scheme: Scheme, text: &str) -> Option<String> {
    if is_of_a_person(scheme, text) {
        return Some(resident_id(text));
    }
    if is_code(scheme, text) {
        // Numbers without rules: a name is none of them.
        return codes::is_person_name(text).then(|| name(text));
    }
    let is_latin = text.len() >= SHORTEST_LATIN && text.chars().all(|c| c.is_ascii_alphabetic() || c == ' ');
    if (is_of_a_name(text) || is_latin) && !codes::is_organisation_name(text) {
        return Some(name(text));
    }
    of_people(text)
}

/// A part of a key that fills no field, so that nobody said what it is.
pub(super) fn unmapped(cell: &str) -> Option<String> {
    if is_of_a_name(cell) && !codes::is_organisation_name(cell) {
        return Some(name(cell));
    }
    let is_old_mobile = cell.len() == 11 && (cell.starts_with("11") || cell.starts_with("12"));
    if is_old_mobile && cell.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(phone(cell));
    }
    if in_place_of_a_code(cell) {
        return Some(resident_id(cell));
    }
    // Numbers of documents in pieces have the form of one, too.
    numbers(cell, false).map(beside_names)
}

/// Any other value that is not of its type: a code that its list does not know, a day that is none.
pub(super) fn of_people(text: &str) -> Option<String> {
    if codes::is_person_name(text) {
        return Some(name(text));
    }
    numbers(text, true).map(beside_names)
}

/// Numbers masked, and whose they are: that often stands beside them.
fn beside_names(left: String) -> String {
    codes::person_names_masked(&left, name).unwrap_or(left)
}

/// Where numbers may stand that only look like one of a person: valid ID numbers beside other words, and whole names.
pub(super) fn of_people_for_certain(text: &str) -> Option<String> {
    if codes::is_person_name(text) {
        return Some(name(text));
    }
    within(text, resident_id)
}

/// The text with ID numbers, where the form is enough also wrong ones, and mobile telephones masked.
fn numbers(text: &str, by_form: bool) -> Option<String> {
    let mut left: Option<String> = None;
    let mut look = |found: &dyn Fn(&str) -> Option<String>| {
        if let Some(masked) = found(left.as_deref().unwrap_or(text)) {
            left = Some(masked);
        }
    };
    look(&|text| codes::id_numbers_masked(text, resident_id));
    for length in [18, 15].into_iter().filter(|_| by_form) {
        look(&|text| codes::numbers_masked(text, length, in_place_of_a_code, resident_id));
    }
    look(&|text| codes::numbers_masked(text, 11, is_mobile, phone));
    look(&|text| {
        let with_country = |number: &str| number.strip_prefix("86").is_some_and(is_mobile);
        codes::numbers_masked(text, 13, with_country, |number| {
            format!("86{}", phone(number.get(2..).unwrap_or_default()))
        })
    });
    left
}

fn is_mobile(number: &str) -> bool {
    number.len() == 11
        && number.starts_with('1')
        && number.as_bytes().get(1).is_some_and(|second| *second >= b'3')
        && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// Of the length of a name, and of nothing but its characters.
fn is_of_a_name(text: &str) -> bool {
    let is_of_it = |c: char| codes::is_han(c) || c == '·';
    ((2..=4).contains(&text.chars().count()) && text.chars().all(is_of_it)) || codes::is_person_name(text)
}
