//! Ids the hub mints: ascending, never reused.

use std::fmt;
use std::str::FromStr;

/// A place in the feed; the feed's order is the commits' order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seq(pub i64);

/// A record: one row of one stream, for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId(pub i64);

/// An entity: a market subject, a person, a department.
///
/// Its text is 13 characters: `E`, 11 Crockford base-32 digits, one check character (ISO 7064 MOD 37,36).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntityId(pub i64);

/// A text that is no entity id.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{text}` is no entity id: `E`, 11 digits of Crockford's base 32, and a check character")]
pub struct BadEntityId {
    text: String,
}

const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const MOD36: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// ISO 7064 MOD 37,36 over characters of `0-9A-Z`.
fn check_character(text: &[u8]) -> Option<u8> {
    let mut product = 36;
    for c in text {
        let value = MOD36.iter().position(|m| m == c)?;
        let sum = (product + value) % 36;
        product = (if sum == 0 { 36 } else { sum }) * 2 % 37;
    }
    MOD36.get((37 - product) % 36).copied()
}

impl fmt::Display for EntityId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [b'0'; 13];
        text[0] = b'E';
        let mut rest = self.0.unsigned_abs();
        for place in (1..12).rev() {
            text[place] = CROCKFORD[(rest % 32) as usize];
            rest /= 32;
        }
        text[12] = check_character(&text[..12]).unwrap_or(b'0');
        f.write_str(&String::from_utf8_lossy(&text))
    }
}

impl FromStr for EntityId {
    type Err = BadEntityId;

    fn from_str(text: &str) -> Result<EntityId, BadEntityId> {
        let bad = || BadEntityId { text: text.chars().take(40).collect() };
        let bytes = text.as_bytes();
        if bytes.len() != 13 || bytes[0] != b'E' || check_character(&bytes[..12]) != Some(bytes[12]) {
            return Err(bad());
        }
        let mut id: i64 = 0;
        for c in &bytes[1..12] {
            let digit = CROCKFORD.iter().position(|d| d == c).ok_or_else(bad)?;
            id = id.checked_mul(32).and_then(|id| id.checked_add(digit as i64)).ok_or_else(bad)?;
        }
        Ok(EntityId(id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_form_returns() {
        for id in [1, 31, 32, 1_000_000, (1 << 54) - 1] {
            let text = EntityId(id).to_string();
            assert_eq!(text.len(), 13);
            assert_eq!(text.parse(), Ok(EntityId(id)));
        }
    }

    #[test]
    fn a_changed_character_is_refused() {
        let text = EntityId(143_000).to_string();
        for place in 1..13 {
            for c in MOD36 {
                let mut other = text.clone().into_bytes();
                if other[place] == *c {
                    continue;
                }
                other[place] = *c;
                assert!(String::from_utf8(other).unwrap().parse::<EntityId>().is_err());
            }
        }
    }
}
