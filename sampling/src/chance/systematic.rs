//! Systematic counts: exact in expectation, by integers alone.

use crate::{Reason, Refused, Result};

/// `SYS(w; μ, D, k)` with 0 ≤ k < D: how often each of the weights is counted.
/// Refused if `μ·Σw + k` does not fit 128 bits.
pub fn systematic(weights: &[u128], mu: u128, d: u128, k: u128) -> Result<Vec<u128>> {
    let refuse = || Refused::file("", Reason::DrawnCapacity);
    let mut counts = Vec::with_capacity(weights.len());
    let mut sum: u128 = 0;
    let mut before = k.checked_div(d).ok_or_else(refuse)?;
    for &weight in weights {
        sum = sum.checked_add(weight).ok_or_else(refuse)?;
        let scaled = mu.checked_mul(sum).and_then(|value| value.checked_add(k)).ok_or_else(refuse)?;
        let floor = scaled / d;
        counts.push(floor - before);
        before = floor;
    }
    Ok(counts)
}
