//! Visits: one for each subject drawn in any matter of a group, in ticket order, with its window.

use std::collections::BTreeMap;

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
    let mut visits: BTreeMap<(Digest, &Sid), Vec<Code>> = BTreeMap::new();
    for matter in &group.matters {
        for unit in drawn(matter).iter().filter(|unit| unit.mark.is_sample()) {
            visits.entry((unit.ticket, &unit.sid)).or_default().push(matter.clone());
        }
    }
    let n_windows = group.windows.len();
    let window = |rank: usize| rank.checked_rem(n_windows).map(|rest| rest + 1);
    let visit = |(rank, ((ticket, sid), matters)): (usize, ((Digest, &Sid), Vec<Code>))| Visit {
        group: code.clone(),
        ticket,
        sid: sid.clone(),
        window: window(rank),
        matters,
    };
    visits.into_iter().enumerate().map(visit).collect()
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
