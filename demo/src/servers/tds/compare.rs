//! The order of cells, as the server compares them.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "of all pairs of cells few can be compared; the others are refused together"
)]

use std::cmp::Ordering;

use super::cell::{Cell, float};
use super::kind::Collation;
use super::wire::SqlError;

/// The order of two cells as the server compares them; `None`: one is NULL.
pub(super) fn compare(a: &Cell, b: &Cell, collation: &Collation) -> Result<Option<Ordering>, SqlError> {
    let clash = || SqlError::new(206, 16, &format!("Operand type clash: {a:?} is incompatible with {b:?}."));
    Ok(Some(match (a, b) {
        (Cell::Null, _) | (_, Cell::Null) => return Ok(None),
        (Cell::Text(a), Cell::Text(b)) => collation.key(a).cmp(&collation.key(b)),
        (Cell::Bytes(a), Cell::Bytes(b)) => {
            // As if zeros followed the shorter.
            let size = a.len().max(b.len());
            let at = |bytes: &[u8], at: usize| bytes.get(at).copied().unwrap_or(0);
            (0..size).map(|i| at(a, i).cmp(&at(b, i))).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
        }
        (Cell::Uuid(a), Cell::Uuid(b)) => uuid_key(a).cmp(&uuid_key(b)),
        (Cell::Date(a), Cell::Date(b)) => a.cmp(b),
        (Cell::Time(a), Cell::Time(b)) => a.cmp(b),
        (Cell::DateTime(a, b), Cell::DateTime(c, d)) | (Cell::DateTime2(a, b), Cell::DateTime2(c, d)) => {
            (a, b).cmp(&(c, d))
        }
        (Cell::Offset(a, b, _), Cell::Offset(c, d, _)) => (a, b).cmp(&(c, d)),
        (Cell::Float(_) | Cell::Real(_), _) | (_, Cell::Float(_) | Cell::Real(_)) => {
            let (Some(a), Some(b)) = (float(a), float(b)) else { return Err(clash()) };
            a.total_cmp(&b)
        }
        _ => {
            let (Some(a), Some(b)) = (exact(a), exact(b)) else { return Err(clash()) };
            compare_decimals(a, b)
        }
    }))
}

fn exact(cell: &Cell) -> Option<(i128, u8)> {
    match cell {
        Cell::Int(number) => Some((i128::from(*number), 0)),
        Cell::Bit(bit) => Some((i128::from(*bit), 0)),
        Cell::Decimal(digits, scale) => Some((*digits, *scale)),
        _ => None,
    }
}

fn compare_decimals((a, of_a): (i128, u8), (b, of_b): (i128, u8)) -> Ordering {
    let split = |digits: i128, scale: u8| {
        let one = 10_i128.pow(u32::from(scale));
        let fraction = digits.rem_euclid(one) * 10_i128.pow(u32::from(38 - scale));
        (digits.div_euclid(one), fraction)
    };
    split(a, of_a).cmp(&split(b, of_b))
}

/// The server compares the last six bytes first, then the two before, and so on to the front; the first three groups
/// by the bytes as they lie in memory, the lowest first.
fn uuid_key(printed: &[u8; 16]) -> [u8; 16] {
    let b = printed;
    [b[10], b[11], b[12], b[13], b[14], b[15], b[8], b[9], b[7], b[6], b[5], b[4], b[3], b[2], b[1], b[0]]
}
