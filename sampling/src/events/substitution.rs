//! Substitution: the next reserve of the stratum, in order, never chosen.

use std::collections::{BTreeMap, BTreeSet};

use crate::encoding::{Code, Sid};
use crate::subjects::{Drawn, Mark};
use crate::{Reason, Refused, Result};

/// Substitutions of one matter, in log order.
#[derive(Clone, Debug)]
pub struct Substitutions {
    stratum: BTreeMap<Sid, Code>,
    in_use: BTreeSet<Sid>,
    reserves: BTreeMap<Code, Vec<Sid>>,
}

impl Substitutions {
    /// From the drawn file of a matter.
    pub fn new(drawn: &[Drawn]) -> Substitutions {
        let mut sorted: Vec<&Drawn> = drawn.iter().collect();
        sorted.sort_by(|a, b| (&a.stratum, a.ticket, &a.sid).cmp(&(&b.stratum, b.ticket, &b.sid)));
        let mut reserves: BTreeMap<Code, Vec<Sid>> = BTreeMap::new();
        // Last first, so that the next one is at the end.
        for unit in sorted.iter().rev().filter(|unit| unit.mark == Mark::Reserve) {
            reserves.entry(unit.stratum.clone()).or_default().push(unit.sid.clone());
        }
        Substitutions {
            stratum: drawn.iter().map(|unit| (unit.sid.clone(), unit.stratum.clone())).collect(),
            in_use: drawn.iter().filter(|unit| unit.mark.is_sample()).map(|unit| unit.sid.clone()).collect(),
            reserves,
        }
    }

    /// Takes a company out and says who comes in: the next reserve of its stratum, or nobody.
    pub fn next(&mut self, out: &Sid) -> Result<Option<Sid>> {
        if !self.in_use.remove(out) {
            return Err(Refused::file("-", Reason::SubstitutionOut).with(out));
        }
        let into =
            self.stratum.get(out).and_then(|stratum| self.reserves.get_mut(stratum)).and_then(Vec::pop);
        self.in_use.extend(into.clone());
        Ok(into)
    }
}
