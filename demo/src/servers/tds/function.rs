//! The functions that statements of this project call.

use sha2::{Digest as _, Sha256};

use super::cell::{Cell, text};
use super::kind::Kind;
use super::wire::SqlError;

/// The value of a call; of NULL, NULL.
pub(super) fn call(name: &str, values: &[Cell], kind: &Kind) -> Result<Cell, SqlError> {
    let wrong = || SqlError::new(174, 15, &format!("The {name} function got other arguments than it takes."));
    Ok(match (name, values) {
        (_, [Cell::Null, ..]) => Cell::Null,
        ("DATALENGTH", [Cell::Text(text)]) => {
            // Cells of megabytes are tested without optimisation.
            let n = if text.is_ascii() { text.len() } else { text.encode_utf16().count() };
            Cell::Int(length(n * 2))
        }
        ("DATALENGTH", [Cell::Bytes(bytes)]) => Cell::Int(length(bytes.len())),
        ("SUBSTRING", [Cell::Text(value), Cell::Int(start), Cell::Int(n)]) => {
            let (skip, take) = window(*start, *n);
            let units: Vec<u16> = value.encode_utf16().skip(skip).take(take).collect();
            Cell::Text(String::from_utf16_lossy(&units))
        }
        ("SUBSTRING", [Cell::Bytes(value), Cell::Int(start), Cell::Int(n)]) => {
            let (skip, take) = window(*start, *n);
            Cell::Bytes(value.iter().skip(skip).take(take).copied().collect())
        }
        ("HASHBYTES", [Cell::Text(how), Cell::Bytes(bytes)]) if how == "SHA2_256" => {
            Cell::Bytes(Sha256::digest(bytes).to_vec())
        }
        ("REPLICATE", [value, Cell::Int(n)]) => {
            let limit = if kind.is_long() { usize::MAX } else { 4000 };
            let one = text(value).ok_or_else(wrong)?;
            let n = usize::try_from(*n).unwrap_or(0).min(limit / one.chars().count().max(1));
            Cell::Text(one.repeat(n))
        }
        _ => return Err(wrong()),
    })
}

fn length(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

fn window(start: i64, n: i64) -> (usize, usize) {
    (usize::try_from(start - 1).unwrap_or(0), usize::try_from(n).unwrap_or(0))
}
