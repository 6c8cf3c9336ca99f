//! Numbers of law that say by when a record should be here: their fields are days, their times do not overlap.

use std::sync::Arc;

use messages::Message;

use super::Judge;
use super::lists::day;
use super::roles::field_index;
use crate::ontology::{Calendar, DayCount, Field, FieldType, KindDraft, Timely, TimelyDraft};

pub(super) fn build_all(
    judge: &mut Judge,
    kind: &KindDraft,
    fields: &[Field],
    calendar: &Arc<Calendar>,
) -> Vec<Timely> {
    let built: Vec<Option<Timely>> =
        kind.timely.iter().map(|draft| build(judge, draft, fields, calendar)).collect();
    for (at, draft) in kind.timely.iter().enumerate() {
        let Some(Some(this)) = built.get(at) else { continue };
        let others = built.iter().take(at).flatten();
        if others.into_iter().any(|other| overlap(this, other)) {
            judge.say_with_cure(&draft.path, Message::new("TJ-O101"), Message::new("TJ-O102"));
        }
    }
    built.into_iter().flatten().collect()
}

fn build(
    judge: &mut Judge,
    draft: &TimelyDraft,
    fields: &[Field],
    calendar: &Arc<Calendar>,
) -> Option<Timely> {
    const COUNTS: &[(&str, DayCount)] = &[("calendar", DayCount::Calendar), ("working", DayCount::Working)];
    let from = day_field(judge, &format!("{}.from", draft.path), &draft.from, fields);
    let to = draft.to.as_ref().map(|to| day_field(judge, &format!("{}.to", draft.path), to, fields));
    let count = judge.word(&format!("{}.count", draft.path), &draft.count, COUNTS);
    let since = day(judge, &format!("{}.since", draft.path), draft.since.as_ref());
    let until = day(judge, &format!("{}.until", draft.path), draft.until.as_ref());
    if let (Some(since), Some(until)) = (since, until)
        && until <= since
    {
        judge.say_with_cure(&draft.path, Message::new("TJ-O103"), Message::new("TJ-O102"));
    }
    let to = match to {
        Some(None) => return None,
        Some(to) => to,
        None => None,
    };
    let basis = draft.basis.clone();
    let calendar = Arc::clone(calendar);
    Some(Timely { from: from?, to, days: draft.days, count: count?, since, until, basis, calendar })
}

fn day_field(judge: &mut Judge, path: &str, id: &str, fields: &[Field]) -> Option<usize> {
    let index = field_index(judge, path, id, fields)?;
    let field = fields.get(index)?;
    if !matches!(field.field_type, FieldType::Date | FieldType::Timestamp) {
        judge.say_with_cure(path, Message::new("TJ-O100").with("field", id), Message::new("TJ-O104"));
        return None;
    }
    Some(index)
}

/// Whether two say different things of one record.
fn overlap(a: &Timely, b: &Timely) -> bool {
    let before =
        |a: &Timely, b: &Timely| matches!((a.until, b.since), (Some(end), Some(begin)) if end <= begin);
    (a.from, a.to) == (b.from, b.to) && !before(a, b) && !before(b, a)
}
