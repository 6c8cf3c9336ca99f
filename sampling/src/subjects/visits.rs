//! Visits: one for each subject drawn in any matter of a group, in ticket order, with its window.

use super::Drawn;
use crate::encoding::{Code, Digest, Line, Sid, parse_u64, require_code, require_digest, require_sid};
use crate::plan::Group;
use crate::{Reason, Result};

/// A line of `visits.tsv`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Visit {
    /// Group.
    pub group: Code,
    /// Ticket.
    pub ticket: Digest,
    /// Subject.
    pub sid: Sid,
    /// Number of the window, from 1; none if the group has none.
    pub window: Option<usize>,
    /// Matters in which the subject is drawn, sorted.
    pub matters: Vec<Code>,
}

/// The visits of a group, in the order of the file. Nobody chooses a date after the seed is known.
pub fn visits<'a>(code: &Code, group: &Group, drawn: impl Fn(&Code) -> &'a [Drawn]) -> Vec<Visit> {
    // Matters come sorted, and the sort is stable: so are the matters of a visit.
    let mut drawn_units: Vec<(u64, &'a Drawn, &Code)> = Vec::new();
    for matter in &group.matters {
        let sample = drawn(matter).iter().filter(|unit| unit.mark.is_sample());
        drawn_units.extend(sample.map(|unit| (high(&unit.ticket), unit, matter)));
    }
    drawn_units.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| key(a.1).cmp(&key(b.1))));
    let n_windows = group.windows.len();
    let visit = |(rank, units): (usize, &[(u64, &Drawn, &Code)])| {
        let (_, first, _) = units.first()?;
        Some(Visit {
            group: code.clone(),
            ticket: first.ticket,
            sid: first.sid.clone(),
            window: rank.checked_rem(n_windows).map(|rest| rest + 1),
            matters: units.iter().map(|&(_, _, matter)| matter.clone()).collect(),
        })
    };
    drawn_units.chunk_by(|a, b| key(a.1) == key(b.1)).enumerate().filter_map(visit).collect()
}

fn key(unit: &Drawn) -> (Digest, &Sid) {
    (unit.ticket, &unit.sid)
}

/// The beginning of a ticket: it decides nearly always.
fn high(ticket: &Digest) -> u64 {
    ticket.0.iter().take(8).fold(0, |high, &byte| high << 8 | u64::from(byte))
}

/// The bytes of the lines.
pub fn visit_lines(visits: &[Visit]) -> String {
    let line = |visit: &Visit| {
        let window = visit.window.map_or("-".to_owned(), |window| window.to_string());
        let matters: Vec<&str> = visit.matters.iter().map(Code::as_str).collect();
        format!("{}\t{}\t{}\t{window}\t{}\n", visit.group, visit.ticket, visit.sid, matters.join(","))
    };
    visits.iter().map(line).collect()
}

/// Reads a line of `visits.tsv`.
pub fn parse_visit(line: &Line<'_>) -> Result<Visit> {
    line.require_fields(5)?;
    let (group, ticket, sid) = (require_code(line, 0)?, require_digest(line, 1)?, require_sid(line, 2)?);
    let window = match line.field(3) {
        b"-" => None,
        text => {
            let number =
                parse_u64(text).filter(|&number| number > 0).and_then(|number| usize::try_from(number).ok());
            Some(number.ok_or_else(|| line.refuse(3, Reason::FieldInt))?)
        }
    };
    let matters = line.field(4).split(|&byte| byte == b',').map(Code::parse).collect::<Option<_>>();
    let matters = matters.ok_or_else(|| line.refuse(4, Reason::FieldCode))?;
    Ok(Visit { group, ticket, sid, window, matters })
}
