//! Statements as clients send them: a batch of text, or a call of `sp_executesql` with typed values.

use super::cell::Cell;
use super::wire::utf16;

/// The number of `sp_executesql`.
const EXECUTE_SQL: u16 = 10;

/// A statement and its values, by name.
#[derive(Clone, Debug, Default)]
pub(super) struct Request {
    pub(super) text: String,
    pub(super) values: Vec<(String, Cell)>,
}

/// The text of a batch, behind its headers.
pub(super) fn batch(content: &[u8]) -> Option<Request> {
    let headers = usize::try_from(u32::from_le_bytes(content.get(..4)?.try_into().ok()?)).ok()?;
    // Before version 7.2 there were none: then the text begins at once.
    let text = if headers >= 4 && headers <= content.len() { content.get(headers..)? } else { content };
    Some(Request { text: utf16(text), values: Vec::new() })
}

/// The call of a procedure; `None` where it is none of those known here.
pub(super) fn call(content: &[u8]) -> Option<Request> {
    let mut from = Reader { rest: content };
    let headers = from.four()?;
    from.take(usize::try_from(headers).ok()?.checked_sub(4)?)?;
    let name = match from.two()? {
        0xffff => from.two()?,
        units => {
            let name = utf16(from.take(usize::from(units) * 2)?);
            if name.eq_ignore_ascii_case("sp_executesql") { EXECUTE_SQL } else { 0 }
        }
    };
    if name != EXECUTE_SQL {
        return None;
    }
    from.two()?;
    let mut values = Vec::new();
    while !from.rest.is_empty() {
        let units = usize::from(from.one()?);
        let name = utf16(from.take(units * 2)?);
        from.one()?;
        values.push((name, from.value()?));
    }
    // The statement, the declaration of its values, the values.
    let mut values = values.into_iter();
    let Some((_, Cell::Text(text))) = values.next() else { return None };
    Some(Request { text, values: values.skip(1).collect() })
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, n: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(n)?;
        self.rest = rest;
        Some(taken)
    }

    fn one(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    fn two(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes(self.take(2)?.try_into().ok()?))
    }

    fn four(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }

    /// A type and a value of it.
    fn value(&mut self) -> Option<Cell> {
        let code = self.one()?;
        Some(match code {
            0x26 | 0x68 | 0x6d => {
                self.one()?;
                let n = usize::from(self.one()?);
                let bytes = self.take(n)?;
                match (code, bytes) {
                    (_, []) => Cell::Null,
                    (0x68, [bit]) => Cell::Bit(*bit != 0),
                    (0x26, [byte]) => Cell::Int(i64::from(*byte)),
                    (0x26, [a, b]) => Cell::Int(i64::from(i16::from_le_bytes([*a, *b]))),
                    (0x26, bytes) if n == 4 => {
                        Cell::Int(i64::from(i32::from_le_bytes(bytes.try_into().ok()?)))
                    }
                    (0x26, bytes) => Cell::Int(i64::from_le_bytes(bytes.try_into().ok()?)),
                    (_, bytes) if n == 4 => Cell::Real(f32::from_le_bytes(bytes.try_into().ok()?)),
                    (_, bytes) => Cell::Float(f64::from_le_bytes(bytes.try_into().ok()?)),
                }
            }
            0xe7 | 0xa5 => {
                let size = self.two()?;
                if code == 0xe7 {
                    self.take(5)?;
                }
                match self.bytes(size == 0xffff)? {
                    None => Cell::Null,
                    Some(bytes) if code == 0xe7 => Cell::Text(utf16(&bytes)),
                    Some(bytes) => Cell::Bytes(bytes),
                }
            }
            _ => return None,
        })
    }

    fn bytes(&mut self, is_long: bool) -> Option<Option<Vec<u8>>> {
        if !is_long {
            return match self.two()? {
                0xffff => Some(None),
                n => Some(Some(self.take(usize::from(n))?.to_vec())),
            };
        }
        let total = u64::from_le_bytes(self.take(8)?.try_into().ok()?);
        if total == u64::MAX {
            return Some(None);
        }
        let mut bytes = Vec::new();
        loop {
            let n = usize::try_from(self.four()?).ok()?;
            if n == 0 {
                return Some(Some(bytes));
            }
            bytes.extend_from_slice(self.take(n)?);
        }
    }
}
