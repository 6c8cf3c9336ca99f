//! Columns and rows of a result, every type in its own form.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "of all pairs of a cell and a type few fit; the others are refused together"
)]

use super::cell::Cell;
use super::kind::{Collation, Kind, decimal_size, time_size};
use super::wire::{short, to_utf16};

/// The columns of a result.
pub(super) fn columns(out: &mut Vec<u8>, columns: &[(String, Kind, Collation)]) {
    out.push(0x81);
    out.extend(u16::try_from(columns.len()).unwrap_or(u16::MAX).to_le_bytes());
    for (name, kind, collation) in columns {
        out.extend(0_u32.to_le_bytes());
        // May be NULL, may be written.
        out.extend(0x0009_u16.to_le_bytes());
        put_kind(out, kind, collation);
        if matches!(kind, Kind::Text | Kind::NText | Kind::Image) {
            // The table it is from, in one part.
            out.push(1);
            out.extend([1, 0, b't', 0]);
        }
        short(out, name);
    }
}

fn put_kind(out: &mut Vec<u8>, kind: &Kind, collation: &Collation) {
    let sized = |out: &mut Vec<u8>, code: u8, n_bytes: Option<u16>| {
        out.push(code);
        out.extend(n_bytes.unwrap_or(0xffff).to_le_bytes());
        if matches!(code, 0xa7 | 0xaf | 0xe7 | 0xef) {
            out.extend(collation.wire());
        }
    };
    match kind {
        Kind::TinyInt => out.extend([0x26, 1]),
        Kind::SmallInt => out.extend([0x26, 2]),
        Kind::Int => out.extend([0x26, 4]),
        Kind::BigInt => out.extend([0x26, 8]),
        Kind::Bit => out.extend([0x68, 1]),
        Kind::Decimal(precision, scale) => out.extend([0x6a, decimal_size(*precision), *precision, *scale]),
        Kind::Money => out.extend([0x6e, 8]),
        Kind::SmallMoney => out.extend([0x6e, 4]),
        Kind::Real => out.extend([0x6d, 4]),
        Kind::Float => out.extend([0x6d, 8]),
        Kind::Date => out.push(0x28),
        Kind::Time(scale) => out.extend([0x29, *scale]),
        Kind::DateTime => out.extend([0x6f, 8]),
        Kind::SmallDateTime => out.extend([0x6f, 4]),
        Kind::DateTime2(scale) => out.extend([0x2a, *scale]),
        Kind::Offset(scale) => out.extend([0x2b, *scale]),
        Kind::Char(n) => sized(out, 0xaf, Some(*n)),
        Kind::Varchar(n) => sized(out, 0xa7, *n),
        Kind::NChar(n) => sized(out, 0xef, Some(*n * 2)),
        Kind::NVarchar(n) => sized(out, 0xe7, n.map(|n| n * 2)),
        Kind::Binary(n) => sized(out, 0xad, Some(*n)),
        Kind::RowVersion => sized(out, 0xad, Some(8)),
        Kind::Varbinary(n) => sized(out, 0xa5, *n),
        Kind::Text | Kind::NText => {
            out.push(if *kind == Kind::Text { 0x23 } else { 0x63 });
            out.extend(0x7fff_ffff_u32.to_le_bytes());
            out.extend(collation.wire());
        }
        Kind::Image => {
            out.push(0x22);
            out.extend(0x7fff_ffff_u32.to_le_bytes());
        }
        Kind::Xml => out.extend([0xf1, 0]),
        Kind::Uuid => out.extend([0x24, 16]),
        // Never selected here: the connector leaves it out.
        Kind::Variant => {
            out.push(0x62);
            out.extend(8009_u32.to_le_bytes());
        }
    }
}

/// A row; where cells are NULL, in the form that names them in bits first.
pub(super) fn row(out: &mut Vec<u8>, columns: &[(String, Kind, Collation)], cells: &[Cell]) {
    let has_null = cells.contains(&Cell::Null);
    out.push(if has_null { 0xd2 } else { 0xd1 });
    if has_null {
        for some in cells.chunks(8) {
            out.push(
                some.iter()
                    .enumerate()
                    .fold(0, |bits, (at, cell)| bits | u8::from(*cell == Cell::Null) << at),
            );
        }
    }
    for ((_, kind, collation), cell) in columns.iter().zip(cells) {
        if *cell != Cell::Null {
            put_cell(out, kind, collation, cell);
        }
    }
}

fn put_cell(out: &mut Vec<u8>, kind: &Kind, collation: &Collation, cell: &Cell) {
    let low = |n: usize, bytes: &[u8]| bytes.get(..n).unwrap_or_default().to_vec();
    match (kind, cell) {
        (Kind::TinyInt | Kind::SmallInt | Kind::Int | Kind::BigInt, Cell::Int(number)) => {
            let n = usize::try_from(kind.max_length()).unwrap_or(8);
            out.push(u8::try_from(n).unwrap_or(8));
            out.extend(low(n, &number.to_le_bytes()));
        }
        (Kind::Bit, Cell::Bit(bit)) => out.extend([1, u8::from(*bit)]),
        (Kind::Decimal(precision, _), Cell::Decimal(digits, _)) => {
            let n = decimal_size(*precision);
            out.extend([n, u8::from(*digits >= 0)]);
            out.extend(low(usize::from(n) - 1, &digits.unsigned_abs().to_le_bytes()));
        }
        (Kind::Money, Cell::Decimal(digits, _)) => {
            let [a, b, c, d, e, f, g, h] = i64::try_from(*digits).unwrap_or(0).to_le_bytes();
            // The upper half stands first.
            out.extend([8, e, f, g, h, a, b, c, d]);
        }
        (Kind::SmallMoney, Cell::Decimal(digits, _)) => {
            out.push(4);
            out.extend(i32::try_from(*digits).unwrap_or(0).to_le_bytes());
        }
        (Kind::Real, Cell::Real(number)) => {
            out.push(4);
            out.extend(number.to_le_bytes());
        }
        (Kind::Float, Cell::Float(number)) => {
            out.push(8);
            out.extend(number.to_le_bytes());
        }
        (Kind::Date, Cell::Date(days)) => {
            out.push(3);
            out.extend(low(3, &days.to_le_bytes()));
        }
        (Kind::Time(scale), Cell::Time(units)) => {
            out.push(time_size(*scale));
            out.extend(time_bytes(*units, *scale));
        }
        (Kind::DateTime, Cell::DateTime(days, ticks)) => {
            out.push(8);
            out.extend(low(4, &days.to_le_bytes()));
            out.extend(low(4, &ticks.to_le_bytes()));
        }
        (Kind::SmallDateTime, Cell::DateTime(days, ticks)) => {
            out.push(4);
            out.extend(low(2, &days.to_le_bytes()));
            out.extend(low(2, &(ticks / 18_000).to_le_bytes()));
        }
        (Kind::DateTime2(scale), Cell::DateTime2(days, units)) => {
            out.push(time_size(*scale) + 3);
            out.extend(time_bytes(*units, *scale));
            out.extend(low(3, &days.to_le_bytes()));
        }
        (Kind::Offset(scale), Cell::Offset(days, units, minutes)) => {
            out.push(time_size(*scale) + 5);
            out.extend(time_bytes(*units, *scale));
            out.extend(low(3, &days.to_le_bytes()));
            out.extend(minutes.to_le_bytes());
        }
        (Kind::Uuid, Cell::Uuid(b)) => {
            out.push(16);
            out.extend([b[3], b[2], b[1], b[0], b[5], b[4], b[7], b[6]]);
            out.extend_from_slice(&b[8..]);
        }
        (_, Cell::Text(text)) => {
            let bytes = if kind.is_code_page() {
                collation.charset().encode(text).0.into_owned()
            } else {
                to_utf16(text)
            };
            put_bytes(out, kind, &bytes);
        }
        (_, Cell::Bytes(bytes)) => put_bytes(out, kind, bytes),
        (kind, cell) => unreachable!("a cell {cell:?} in a column of {kind:?}"),
    }
}

fn time_bytes(units: i64, scale: u8) -> Vec<u8> {
    let units = units / 10_i64.pow(u32::from(7 - scale));
    units.to_le_bytes()[..usize::from(time_size(scale))].to_vec()
}

/// Bytes behind their length: in two bytes, in pieces where there is no limit, or behind a pointer of the old kind.
fn put_bytes(out: &mut Vec<u8>, kind: &Kind, bytes: &[u8]) {
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    match kind {
        Kind::Text | Kind::NText | Kind::Image => {
            out.push(16);
            out.extend([0; 24]);
            out.extend(length.to_le_bytes());
            out.extend_from_slice(bytes);
        }
        kind if kind.is_long() || *kind == Kind::Xml => {
            out.extend(u64::from(length).to_le_bytes());
            for piece in bytes.chunks(8_000) {
                out.extend(u32::try_from(piece.len()).unwrap_or(0).to_le_bytes());
                out.extend_from_slice(piece);
            }
            out.extend(0_u32.to_le_bytes());
        }
        _ => {
            out.extend(u16::try_from(bytes.len()).unwrap_or(u16::MAX).to_le_bytes());
            out.extend_from_slice(bytes);
        }
    }
}
