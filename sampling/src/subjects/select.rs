//! Tickets of a frame, stratum by stratum, and the lowest of them.

use std::cmp::Ordering;

use super::pps;
use crate::allocation::Allocated;
use crate::chance::SubSeed;
use crate::data::Frame;
use crate::encoding::{Code, Digest, Line, Sid, require_code, require_digest, require_sid};
use crate::plan::{Design, Matter, Stratum};
use crate::{Reason, Result};

/// What a line of `drawn-<M>.tsv` says of a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mark {
    /// So large that it is in every sample.
    Certain,
    /// Drawn by chance.
    Drawn,
    /// Next in order.
    Reserve,
}

/// A line of `drawn-<M>.tsv`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Drawn {
    /// Stratum.
    pub stratum: Code,
    /// Ticket.
    pub ticket: Digest,
    /// Subject.
    pub sid: Sid,
    /// In what capacity.
    pub mark: Mark,
}

impl Mark {
    /// The word in the file.
    pub fn word(self) -> &'static str {
        match self {
            Mark::Certain => "certain",
            Mark::Drawn => "drawn",
            Mark::Reserve => "reserve",
        }
    }

    /// Whether the subject is visited.
    pub fn is_sample(self) -> bool {
        match self {
            Mark::Certain | Mark::Drawn => true,
            Mark::Reserve => false,
        }
    }
}

/// The beginning of a unit's ticket: enough to order nearly all, and half the memory of the whole.
#[derive(Clone, Copy)]
struct Key {
    high: u64,
    unit: u32,
}

/// Order of tickets, equal ones by identifier.
struct Order<'a> {
    frame: &'a Frame<'a>,
    sub_seed: &'a SubSeed,
}

impl Order<'_> {
    fn cmp(&self, a: &Key, b: &Key) -> Ordering {
        a.high.cmp(&b.high).then_with(|| self.cmp_whole(a.unit, b.unit))
    }

    #[cold]
    fn cmp_whole(&self, a: u32, b: u32) -> Ordering {
        let whole = |unit| (self.sub_seed.ticket(self.frame.sid(unit)), self.frame.sid(unit));
        whole(a).cmp(&whole(b))
    }
}

/// Draws a matter: the lines of its drawn file, sorted. `subjects` is the sub-seed of its group, `pps_seed` gives the
/// one of a stratum.
pub fn draw(
    frame: &Frame<'_>,
    matter: &Matter,
    allocated: &[Allocated],
    subjects: &SubSeed,
    pps_seed: impl Fn(&Code) -> SubSeed,
) -> Result<Vec<Drawn>> {
    let order = Order { frame, sub_seed: subjects };
    let mut keys = keys(frame, matter, allocated, subjects);
    let mut out = Vec::new();
    let mut tickets = subjects.labelled(b"");
    for ((h, (code, stratum)), units) in allocated.iter().zip(&matter.strata).zip(&mut keys) {
        let marked = match stratum.design {
            Design::Srs => lowest(units, h.n, matter.reserve, &order),
            Design::Pps => proportional(units, h.n, matter.reserve, &order, &pps_seed(code))?,
        };
        // Marked in ticket order, equal tickets by identifier: as the file has them.
        out.extend(marked.into_iter().filter_map(|(unit, mark)| {
            let sid = Sid::parse(frame.sid(unit))?;
            Some(Drawn { stratum: code.clone(), ticket: tickets.ticket(sid.as_bytes()), sid, mark })
        }));
    }
    Ok(out)
}

/// Keys by stratum: where only the lowest are wanted, those below a bound that leaves a quarter more than enough; all
/// of them in the rare draw where it did not.
fn keys(frame: &Frame<'_>, matter: &Matter, allocated: &[Allocated], sub_seed: &SubSeed) -> Vec<Vec<Key>> {
    let wanted = |(h, stratum): (&Allocated, &Stratum)| match stratum.design {
        Design::Srs => h.n.saturating_add(matter.reserve).min(h.n_frame),
        Design::Pps => h.n_frame,
    };
    let wanted: Vec<u64> = allocated.iter().zip(matter.strata.values()).map(wanted).collect();
    let bound = |(&wanted, h): (&u64, &Allocated)| {
        let some_more = u128::from(wanted) + u128::from(wanted) / 4 + 48;
        u64::try_from((some_more << 64) / u128::from(h.n_frame.max(1))).unwrap_or(u64::MAX)
    };
    let bounds: Vec<u64> = wanted.iter().zip(allocated).map(bound).collect();
    let kept = keys_up_to(frame, sub_seed, &bounds);
    let is_enough = kept.iter().zip(&wanted).all(|(kept, &wanted)| kept.len() as u64 >= wanted);
    if is_enough { kept } else { keys_up_to(frame, sub_seed, &vec![u64::MAX; bounds.len()]) }
}

/// Keys by stratum, up to the bound of each.
fn keys_up_to(frame: &Frame<'_>, sub_seed: &SubSeed, bounds: &[u64]) -> Vec<Vec<Key>> {
    let mut keys: Vec<Vec<Key>> = vec![Vec::new(); bounds.len()];
    let mut tickets = sub_seed.labelled(b"");
    for unit in 0..frame.len() as u32 {
        let stratum = frame.stratum(unit) as usize;
        let [a, b, c, d, e, f, g, h, ..] = tickets.ticket(frame.sid(unit)).0;
        let high = u64::from_be_bytes([a, b, c, d, e, f, g, h]);
        if high <= bounds[stratum] {
            keys[stratum].push(Key { high, unit });
        }
    }
    keys
}

/// The `n` lowest tickets, and the `reserve` next.
fn lowest(units: &mut [Key], n: u64, reserve: u64, order: &Order<'_>) -> Vec<(u32, Mark)> {
    let wanted = n.saturating_add(reserve).min(units.len() as u64) as usize;
    if wanted == 0 {
        return Vec::new();
    }
    if wanted < units.len() {
        units.select_nth_unstable_by(wanted - 1, |a, b| order.cmp(a, b));
    }
    let lowest = &mut units[..wanted];
    lowest.sort_unstable_by(|a, b| order.cmp(a, b));
    let mark = |place: usize| if (place as u64) < n { Mark::Drawn } else { Mark::Reserve };
    lowest.iter().enumerate().map(|(place, key)| (key.unit, mark(place))).collect()
}

/// By size, in ticket order; reserves are the lowest tickets of the undrawn.
fn proportional(
    units: &mut [Key],
    n: u64,
    reserve: u64,
    order: &Order<'_>,
    pps_seed: &SubSeed,
) -> Result<Vec<(u32, Mark)>> {
    units.sort_unstable_by(|a, b| order.cmp(a, b));
    let sizes: Vec<u64> = units.iter().map(|key| order.frame.size(key.unit)).collect();
    let outcome = pps(&sizes, n, |modulus| pps_seed.integer(modulus))?;
    let mut left = reserve;
    let mut marked = Vec::new();
    for (key, outcome) in units.iter().zip(outcome) {
        let mark = match outcome {
            pps::Pps::Certain => Mark::Certain,
            pps::Pps::Drawn => Mark::Drawn,
            pps::Pps::Not if left > 0 => {
                left -= 1;
                Mark::Reserve
            }
            pps::Pps::Not => continue,
        };
        marked.push((key.unit, mark));
    }
    Ok(marked)
}

/// The lowest `n` of some tickets with the next `reserve`, for units given as texts, lowest first.
pub fn srs<'a>(
    units: &[&'a [u8]],
    n: usize,
    reserve: usize,
    sub_seed: &SubSeed,
) -> (Vec<&'a [u8]>, Vec<&'a [u8]>) {
    let mut order: Vec<(Digest, &[u8])> = units.iter().map(|&unit| (sub_seed.ticket(unit), unit)).collect();
    order.sort_unstable();
    let mut units = order.into_iter().map(|(_, unit)| unit);
    (units.by_ref().take(n).collect(), units.take(reserve).collect())
}

/// The bytes of `drawn-<M>.tsv`.
pub fn drawn_lines(drawn: &[Drawn]) -> Vec<u8> {
    let line =
        |unit: &Drawn| format!("{}\t{}\t{}\t{}\n", unit.stratum, unit.ticket, unit.sid, unit.mark.word());
    drawn.iter().map(line).collect::<String>().into_bytes()
}

/// Reads a line of `drawn-<M>.tsv`.
pub fn parse_drawn(line: &Line<'_>) -> Result<Drawn> {
    line.require_fields(4)?;
    let mark = match line.field(3) {
        b"certain" => Mark::Certain,
        b"drawn" => Mark::Drawn,
        b"reserve" => Mark::Reserve,
        _ => return Err(line.refuse(3, Reason::FieldValue)),
    };
    let (stratum, ticket) = (require_code(line, 0)?, require_digest(line, 1)?);
    Ok(Drawn { stratum, ticket, sid: require_sid(line, 2)?, mark })
}

/// The bytes of `tickets-<G>.tsv`: every subject of the frames of a group once, with its ticket.
pub fn tickets_lines<'a>(frames: impl IntoIterator<Item = &'a Frame<'a>>, sub_seed: &SubSeed) -> Vec<u8> {
    let mut sids: Vec<&[u8]> = Vec::new();
    for frame in frames {
        sids.extend((0..frame.len() as u32).map(|unit| frame.sid(unit)));
    }
    sids.sort_unstable();
    sids.dedup();
    let mut out = Vec::with_capacity(sids.len() * 84);
    let mut tickets = sub_seed.labelled(b"");
    for sid in sids {
        out.extend_from_slice(sid);
        out.push(b'\t');
        out.extend_from_slice(&tickets.ticket(sid).hex_bytes());
        out.push(b'\n');
    }
    out
}

#[cfg(test)]
mod tests;
