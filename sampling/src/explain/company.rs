//! One company.

use crate::allocation::Ratio;
use crate::chance::{Modulus, SubSeed};
use crate::commit::Input;
use crate::data::Frame;
use crate::draw::{Outcome, sub_seed};
use crate::encoding::{Code, Digest, Sid};
use crate::merkle;
use crate::plan::{Design, Matter, Window};
use crate::subjects::Mark;
use crate::{Reason, Refused, Result};

/// A company in all matters of a draw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompanyAnswer {
    /// The company.
    pub sid: Sid,
    /// Each matter, in order.
    pub matters: Vec<MatterAnswer>,
    /// Its visits: at most one in each group.
    pub visits: Vec<VisitAnswer>,
}

/// A company in one matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatterAnswer {
    /// The matter.
    pub matter: Code,
    /// Its group.
    pub group: Code,
    /// Where the company stands.
    pub standing: Standing,
}

/// Where a company stands in a matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is in the frame.
    InFrame(Box<InFrame>),
    /// It is excluded from it.
    Excluded {
        /// Why.
        reason: Code,
    },
    /// It is not in it; the neighbouring lines show that. They name others, so they are for public frames only.
    Absent {
        /// The last line before its place.
        before: Option<Sid>,
        /// The first line after its place.
        after: Option<Sid>,
    },
}

/// A line of the frame, its proof, and its chance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InFrame {
    /// The line, without LF.
    pub line: Vec<u8>,
    /// Its place, from 0.
    pub index: u64,
    /// Committed lines of the frame.
    pub size: u64,
    /// Path to the committed root.
    pub path: Vec<Digest>,
    /// Stratum.
    pub stratum: Code,
    /// Units of the stratum, N.
    pub n_frame: u64,
    /// Units drawn in it, n.
    pub n: u64,
    /// Expectation of n.
    pub expected: Ratio,
    /// Ticket.
    pub ticket: Digest,
    /// Rank of the ticket in the stratum, from 1.
    pub rank: u64,
    /// What the ticket was compared with.
    pub chance: Chance,
    /// What came of it; none if it is not drawn and no reserve.
    pub mark: Option<Mark>,
}

/// What decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chance {
    /// Drawn iff the ticket is not above the n-th of the stratum.
    Lowest {
        /// The n-th ticket; none if n is 0.
        threshold: Option<Digest>,
    },
    /// In every sample: n times its size is at least the sum of sizes.
    Certain,
    /// Drawn iff a multiple of `step` lies in `from+1 ..= upto`.
    Interval {
        /// Units still to draw, n.
        n: u128,
        /// Sum of sizes, W.
        step: u128,
        /// `n·A + k` before the unit.
        from: u128,
        /// `n·A + k` after the unit.
        upto: u128,
    },
    /// Nothing is left for chance in its stratum.
    NothingLeft,
}

/// A visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VisitAnswer {
    /// Group.
    pub group: Code,
    /// Number of the window and its days; none if the group has none.
    pub window: Option<(usize, Window)>,
    /// Matters.
    pub matters: Vec<Code>,
}

/// Explains a company.
pub fn company(input: &Input<'_>, outcome: &Outcome, sid: &Sid) -> Result<CompanyAnswer> {
    let mut matters = Vec::new();
    for (code, matter) in &input.plan.matters {
        let refuse = || Refused::file(format!("frame-{code}.tsv"), Reason::ExplainUnknown);
        let frame = input.frames.get(code).ok_or_else(refuse)?;
        let group = input.plan.group_of(code).ok_or_else(refuse)?.clone();
        let excluded = input.excluded.get(code).into_iter().flatten().find(|(known, _)| known == sid);
        let standing = match (frame.lookup_place(sid.as_bytes()), excluded) {
            (Ok(unit), _) => {
                let tickets = sub_seed(&input.plan, &outcome.seed, &format!("subjects/{group}"));
                Standing::InFrame(Box::new(in_frame(input, outcome, code, matter, frame, unit, &tickets)?))
            }
            (Err(_), Some((_, reason))) => Standing::Excluded { reason: reason.clone() },
            (Err(place), None) => Standing::Absent {
                before: place.checked_sub(1).and_then(|before| Sid::parse(frame.sid(before))),
                after: ((place as usize) < frame.len()).then(|| Sid::parse(frame.sid(place))).flatten(),
            },
        };
        matters.push(MatterAnswer { matter: code.clone(), group, standing });
    }
    let visits = outcome.sample.visits.iter().filter(|visit| visit.sid == *sid).map(|visit| {
        let windows =
            input.plan.groups.get(&visit.group).map(|group| group.windows.as_slice()).unwrap_or_default();
        let window = visit.window.and_then(|number| Some((number, *windows.get(number.checked_sub(1)?)?)));
        VisitAnswer { group: visit.group.clone(), window, matters: visit.matters.clone() }
    });
    Ok(CompanyAnswer { sid: sid.clone(), matters, visits: visits.collect() })
}

fn in_frame(
    input: &Input<'_>,
    outcome: &Outcome,
    code: &Code,
    matter: &Matter,
    frame: &Frame<'_>,
    unit: u32,
    tickets: &SubSeed,
) -> Result<InFrame> {
    let refuse = || Refused::file(format!("drawn-{code}.tsv"), Reason::ExplainUnknown);
    let number = frame.stratum(unit);
    let stratum = frame.strata().get(number as usize).ok_or_else(refuse)?;
    let allocated =
        outcome.sample.allocated.get(code).and_then(|all| all.get(number as usize)).ok_or_else(refuse)?;
    let mut order: Vec<(Digest, u32)> = (0..frame.len() as u32)
        .filter(|&other| frame.stratum(other) == number)
        .map(|other| (tickets.ticket(frame.sid(other)), other))
        .collect();
    order.sort_unstable();
    let rank = order.iter().position(|&(_, other)| other == unit).ok_or_else(refuse)?;
    let chance = match matter.strata.get(stratum).map(|rule| rule.design) {
        Some(Design::Srs) | None => {
            let last = allocated.n.checked_sub(1).and_then(|last| order.get(last as usize));
            Chance::Lowest { threshold: last.map(|&(ticket, _)| ticket) }
        }
        Some(Design::Pps) => {
            let sizes: Vec<u64> = order.iter().map(|&(_, other)| frame.size(other)).collect();
            let seed = sub_seed(&input.plan, &outcome.seed, &format!("pps/{code}/{stratum}"));
            interval(&sizes, allocated.n, rank, &seed)
        }
    };
    let leaves: Vec<Digest> =
        (0..frame.len() as u32).map(|other| merkle::leaf(input.plan.suite, frame.line(other))).collect();
    let path = merkle::inclusion(input.plan.suite, &leaves, unit as usize).ok_or_else(refuse)?;
    let drawn = outcome.sample.drawn.get(code).into_iter().flatten();
    let mark = drawn.into_iter().find(|line| line.sid.as_bytes() == frame.sid(unit)).map(|line| line.mark);
    Ok(InFrame {
        line: frame.line(unit).to_vec(),
        index: u64::from(unit),
        size: frame.len() as u64,
        path,
        stratum: stratum.clone(),
        n_frame: allocated.n_frame,
        n: allocated.n,
        expected: allocated.expected,
        ticket: tickets.ticket(frame.sid(unit)),
        rank: rank as u64 + 1,
        chance,
        mark,
    })
}

/// The interval of a unit among units in ticket order.
fn interval(sizes: &[u64], n: u64, rank: usize, seed: &SubSeed) -> Chance {
    let mut n = u128::from(n).min(sizes.len() as u128);
    let mut is_certain = vec![false; sizes.len()];
    let mut w: u128 = sizes.iter().map(|&size| u128::from(size)).sum();
    while n > 0 {
        let taken: Vec<usize> = (0..sizes.len())
            .filter(|&unit| !is_certain[unit] && n.saturating_mul(u128::from(sizes[unit])) >= w)
            .collect();
        if taken.is_empty() {
            break;
        }
        for unit in taken {
            is_certain[unit] = true;
            n = n.saturating_sub(1);
            w = w.saturating_sub(u128::from(sizes[unit]));
        }
    }
    if is_certain.get(rank) == Some(&true) {
        return Chance::Certain;
    }
    let Some(modulus) = Modulus::new(w).filter(|_| n > 0) else { return Chance::NothingLeft };
    let k = seed.integer(modulus);
    let sum = |upto: usize| -> u128 {
        let units = sizes.iter().zip(&is_certain).take(upto).filter(|(_, certain)| !**certain);
        units.map(|(&size, _)| u128::from(size)).sum()
    };
    let at = |sum: u128| n.saturating_mul(sum).saturating_add(k);
    Chance::Interval { n, step: w, from: at(sum(rank)), upto: at(sum(rank + 1)) }
}
