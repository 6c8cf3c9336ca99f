//! Drawing proportional to size, exactly.

use crate::chance::{Modulus, systematic};
use crate::{Reason, Refused, Result};

/// What becomes of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pps {
    /// In every sample.
    Certain,
    /// Drawn by chance.
    Drawn,
    /// Not drawn.
    Not,
}

/// Draws `n` of some units given by their sizes in ticket order. `integer` is asked once, and only if chance is needed.
pub fn pps(sizes: &[u64], n: u64, integer: impl FnOnce(Modulus) -> u128) -> Result<Vec<Pps>> {
    let refuse = || Refused::file("", Reason::DrawnCapacity);
    let mut out = vec![Pps::Not; sizes.len()];
    let mut n = u128::from(n).min(sizes.len() as u128);
    let mut remaining: Vec<(usize, u128)> = sizes.iter().map(|&size| u128::from(size)).enumerate().collect();
    let mut w: u128 =
        remaining.iter().try_fold(0u128, |sum, &(_, size)| sum.checked_add(size)).ok_or_else(refuse)?;
    while n > 0 {
        n.checked_mul(w).ok_or_else(refuse)?;
        let mut taken = (0, 0);
        remaining.retain(|&(unit, size)| {
            let is_certain = n * size >= w;
            if is_certain {
                out[unit] = Pps::Certain;
                taken = (taken.0 + 1, taken.1 + size);
            }
            !is_certain
        });
        if taken.0 == 0 {
            break;
        }
        // The certain units have at least their number of n-ths of W, so they are at most n.
        n = n.checked_sub(taken.0).ok_or_else(refuse)?;
        w -= taken.1;
    }
    if n == 0 {
        return Ok(out);
    }
    let k = integer(Modulus::new(w).ok_or_else(refuse)?);
    let weights: Vec<u128> = remaining.iter().map(|&(_, size)| size).collect();
    for (&(unit, _), count) in remaining.iter().zip(systematic(&weights, n, w, k)?) {
        if count == 1 {
            out[unit] = Pps::Drawn;
        }
    }
    Ok(out)
}
