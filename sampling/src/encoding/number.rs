//! `INT`: decimal without sign or leading zeros.

use super::Line;
use crate::{Reason, Result};

/// Reads `0|[1-9][0-9]*` up to 2¹²⁸−1; `None` for another form and for a larger number.
pub fn parse_int(text: &[u8]) -> Option<u128> {
    let leading_zero = text.len() > 1 && text.first() == Some(&b'0');
    if text.is_empty() || leading_zero || !text.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let mut value: u128 = 0;
    for digit in text {
        value = value.checked_mul(10)?.checked_add(u128::from(digit - b'0'))?;
    }
    Some(value)
}

/// Reads an `INT` up to 2⁶⁴−1.
pub fn parse_u64(text: &[u8]) -> Option<u64> {
    parse_int(text).and_then(|value| u64::try_from(value).ok())
}

/// The field of a line as an `INT` of `low..=high`, or a refusal at its column.
pub fn require_int(line: &Line<'_>, field: usize, low: u64, high: u64) -> Result<u64> {
    let text = line.field(field);
    let is_int = !text.is_empty()
        && text.iter().all(u8::is_ascii_digit)
        && (text.len() == 1 || text.first() != Some(&b'0'));
    if !is_int {
        return Err(line.refuse(field, Reason::FieldInt));
    }
    match parse_u64(text) {
        Some(value) if (low..=high).contains(&value) => Ok(value),
        Some(_) | None => Err(line.refuse(field, Reason::FieldRange).with(low).with(high)),
    }
}
