//! §4: how many units each stratum of a matter receives.
//!
//! Must never know: which units. Whole numbers only.

use crate::chance::{Modulus, SubSeed, systematic};
use crate::encoding::Code;
use crate::plan::{Matter, Quota, Rounding, gcd};
use crate::{Reason, Refused, Result};

/// Allocation of one stratum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allocated {
    /// Stratum.
    pub stratum: Code,
    /// Units in the frame.
    pub n_frame: u64,
    /// Units to draw.
    pub n: u64,
    /// Expectation of `n` over all seeds.
    pub expected: Ratio,
    /// Units of a `count` that the frame does not have.
    pub shortfall: u64,
}

/// A fraction in lowest terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ratio {
    /// Numerator.
    pub p: u128,
    /// Denominator.
    pub q: u128,
}

impl Ratio {
    /// Reduces a fraction; 0 becomes `0/1`.
    pub fn new(p: u128, q: u128) -> Ratio {
        let divisor = gcd(p, q).max(1);
        Ratio { p: p / divisor, q: q / divisor }
    }
}

/// A stratum with a rate, on the way to its number.
struct Weighted {
    place: usize,
    n_frame: u128,
    weight: u128,
}

/// Allocates a matter. `per_stratum` counts the frame in the order of the matter's strata; `sub_seed` is that of the
/// label `alloc/<M>`.
pub fn allocate(matter: &Matter, per_stratum: &[u64], sub_seed: &SubSeed) -> Result<Vec<Allocated>> {
    let d = common_denominator(matter)?;
    let mut out = Vec::with_capacity(matter.strata.len());
    let mut weighted = Vec::new();
    for (place, ((code, stratum), &n_frame)) in matter.strata.iter().zip(per_stratum).enumerate() {
        let (n, shortfall) = match stratum.quota {
            Quota::Count(count) => (count.min(n_frame), count.saturating_sub(n_frame)),
            Quota::Rate { a, b, min } => {
                let weight = weight(n_frame, a, b, min, d)?;
                weighted.push(Weighted { place, n_frame: u128::from(n_frame), weight });
                (0, 0)
            }
        };
        let expected = Ratio::new(u128::from(n), 1);
        out.push(Allocated { stratum: code.clone(), n_frame, n, expected, shortfall });
    }
    let allotted = match matter.rounding {
        Rounding::Ceil => weighted.iter().map(|h| (h.place, h.weight.div_ceil(d), None)).collect(),
        Rounding::Controlled => controlled(in_ticket_order(weighted, &out, sub_seed), d, sub_seed)?,
        Rounding::Total => total(in_ticket_order(weighted, &out, sub_seed), d, sub_seed)?,
    };
    for (place, n, expected) in allotted {
        if let Some(allocated) = out.get_mut(place) {
            allocated.n = u64::try_from(n).map_err(|_| beyond())?;
            allocated.expected = expected.unwrap_or(Ratio::new(n, 1));
        }
    }
    Ok(out)
}

/// Place, number and (where it is not the number itself) expectation.
type Allotted = Vec<(usize, u128, Option<Ratio>)>;

fn beyond() -> Refused {
    Refused::file("alloc.tsv", Reason::DrawnCapacity)
}

/// Least common multiple of the denominators. The plan has refused more than 10¹⁸.
fn common_denominator(matter: &Matter) -> Result<u128> {
    let mut lcm: u128 = 1;
    for stratum in matter.strata.values() {
        if let Quota::Rate { b, .. } = stratum.quota {
            let b = u128::from(b);
            lcm = (lcm / gcd(lcm, b)).checked_mul(b).ok_or_else(beyond)?;
        }
    }
    Ok(lcm)
}

/// `w_h`: the target of a stratum times the common denominator.
fn weight(n_frame: u64, a: u64, b: u64, min: u64, d: u128) -> Result<u128> {
    let share = u128::from(a).checked_mul(d / u128::from(b)).ok_or_else(beyond)?;
    let weight = u128::from(n_frame).checked_mul(share).ok_or_else(beyond)?;
    if a == 0 || min == 0 {
        return Ok(weight);
    }
    let least = u128::from(min.min(n_frame)).checked_mul(d).ok_or_else(beyond)?;
    Ok(weight.max(least))
}

/// The order is by ticket, never by code: alternating strata would otherwise be correlated.
fn in_ticket_order(mut weighted: Vec<Weighted>, out: &[Allocated], sub_seed: &SubSeed) -> Vec<Weighted> {
    weighted.sort_by_cached_key(|h| {
        let code = out.get(h.place).map(|allocated| allocated.stratum.as_str()).unwrap_or_default();
        (sub_seed.ticket(format!("stratum|{code}").as_bytes()), code.to_owned())
    });
    weighted
}

fn controlled(weighted: Vec<Weighted>, d: u128, sub_seed: &SubSeed) -> Result<Allotted> {
    let Some(modulus) = Modulus::new(d).filter(|_| !weighted.is_empty()) else { return Ok(Vec::new()) };
    let weights: Vec<u128> = weighted.iter().map(|h| h.weight).collect();
    let counts = systematic(&weights, 1, d, sub_seed.integer(modulus))?;
    Ok(weighted.iter().zip(counts).map(|(h, n)| (h.place, n, Some(Ratio::new(h.weight, d)))).collect())
}

fn total(mut remaining: Vec<Weighted>, d: u128, sub_seed: &SubSeed) -> Result<Allotted> {
    let sum = |strata: &[Weighted]| {
        strata.iter().try_fold(0u128, |sum, h| sum.checked_add(h.weight)).ok_or_else(beyond)
    };
    let mut m = sum(&remaining)?.div_ceil(d);
    let mut allotted = Allotted::new();
    loop {
        let w = sum(&remaining)?;
        m.checked_mul(w).ok_or_else(beyond)?;
        let is_whole = |h: &Weighted| h.weight > 0 && m * h.weight >= h.n_frame.saturating_mul(w);
        let (whole, rest): (Vec<_>, Vec<_>) = remaining.into_iter().partition(is_whole);
        remaining = rest;
        if whole.is_empty() {
            break;
        }
        for h in whole {
            m = m.checked_sub(h.n_frame).ok_or_else(beyond)?;
            allotted.push((h.place, h.n_frame, None));
        }
    }
    let w = sum(&remaining)?;
    let Some(modulus) = Modulus::new(w) else {
        allotted.extend(remaining.iter().map(|h| (h.place, 0, None)));
        return Ok(allotted);
    };
    let weights: Vec<u128> = remaining.iter().map(|h| h.weight).collect();
    let counts = systematic(&weights, m, w, sub_seed.integer(modulus))?;
    for (h, n) in remaining.iter().zip(counts) {
        allotted.push((h.place, n, Some(Ratio::new(m.checked_mul(h.weight).ok_or_else(beyond)?, w))));
    }
    Ok(allotted)
}

/// Lines of `alloc.tsv` for one matter.
pub fn lines(matter: &Code, allocated: &[Allocated]) -> String {
    let line = |h: &Allocated| {
        let Ratio { p, q } = h.expected;
        format!("{matter}\t{}\t{}\t{}\t{p}/{q}\t{}\n", h.stratum, h.n_frame, h.n, h.shortfall)
    };
    allocated.iter().map(line).collect()
}

#[cfg(test)]
mod tests;
