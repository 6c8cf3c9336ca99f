//! ID numbers inside other texts.

use crate::ResidentId;

/// The text with every run of digits that begins with a valid 18-character ID number masked: the number by `mask`, what
/// follows it in the run by stars. `None` where there is none.
#[must_use]
pub fn id_numbers_masked(text: &str, mask: impl Fn(&str) -> String) -> Option<String> {
    let mut out = String::new();
    let mut rest = text;
    let mut is_masked = false;
    while let Some(start) = rest.find(is_of_number) {
        let (before, from) = rest.split_at(start);
        let (run, after) = from.split_at(from.find(|c| !is_of_number(c)).unwrap_or(from.len()));
        out.push_str(before);
        match run.get(..18) {
            Some(number) if ResidentId::parse(number).is_ok() => {
                is_masked = true;
                out.push_str(&mask(number));
                out.push_str(&"*".repeat(run.len() - 18));
            }
            Some(_) | None => out.push_str(run),
        }
        rest = after;
    }
    out.push_str(rest);
    is_masked.then_some(out)
}

/// Whether a character can stand in an ID number.
#[must_use]
pub fn is_of_number(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, 'X' | 'x')
}
