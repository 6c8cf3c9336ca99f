//! Integers without bias: by rejection, never by a modulo of something too short.

use super::SubSeed;
use crate::encoding::Digest;

/// A modulus m with 1 ≤ m ≤ 2¹²⁸.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Modulus {
    /// m − 1, which always fits.
    greatest: u128,
}

impl Modulus {
    /// m itself; `None` for 0.
    pub fn new(m: u128) -> Option<Modulus> {
        m.checked_sub(1).map(|greatest| Modulus { greatest })
    }

    /// The modulus of the integers 0…`greatest`.
    pub fn up_to(greatest: u128) -> Modulus {
        Modulus { greatest }
    }

    /// The rest of `u`, or `None` where `u` is beyond the last whole multiple of m below 2¹²⁸.
    fn rest(self, u: u128) -> Option<u128> {
        let Some(m) = self.greatest.checked_add(1) else { return Some(u) };
        let tail = (u128::MAX % m + 1) % m; // 2¹²⁸ mod m
        (u <= u128::MAX - tail).then(|| u % m)
    }
}

impl SubSeed {
    /// The one integer of this label: uniform on 0…m−1.
    pub fn integer(&self, m: Modulus) -> u128 {
        let mut labelled = self.labelled(b"int|");
        let mut j = 0u64;
        loop {
            let ticket = labelled.ticket(j.to_string().as_bytes());
            if let Some(value) = m.rest(high(&ticket)) {
                return value;
            }
            j += 1;
        }
    }
}

/// The first 32 hexadecimal characters as an integer.
fn high(ticket: &Digest) -> u128 {
    ticket.0.iter().take(16).fold(0, |value, &byte| value << 8 | u128::from(byte))
}
