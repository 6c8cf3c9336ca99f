//! Code lists and translations.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use messages::Message;

use super::{Judge, label};
use crate::ontology::{CodeEntry, CodeEntryDraft, CodeList, ListDraft, Translation, TranslationDraft};

/// Codes of a circle that are listed.
const MAX_CHAIN: usize = 8;

pub(super) fn build(
    judge: &mut Judge,
    drafts: &[ListDraft],
    translations: &[TranslationDraft],
) -> BTreeMap<String, CodeList> {
    let mut lists: BTreeMap<String, CodeList> = BTreeMap::new();
    for draft in drafts {
        judge.id(&draft.path, &draft.id);
        let entries = edition(judge, draft);
        let list = lists.entry(draft.id.clone()).or_default();
        list.label = label(&draft.label_zh, &draft.label_en);
        if draft.edition.trim().is_empty() {
            judge.say_with_cure(
                &format!("{}.edition", draft.path),
                Message::new("TJ-O040").with("list", &draft.id),
                Message::new("TJ-O041"),
            );
        }
        if list.editions.insert(draft.edition.clone(), entries).is_some() {
            let message = Message::new("TJ-O042").with("list", &draft.id).with("edition", &draft.edition);
            judge.say_with_cure(&draft.path, message, Message::new("TJ-O009"));
        }
    }
    judge.unique_ids("translation", translations.iter().map(|t| (t.id.as_str(), t.path.as_str())));
    for draft in translations {
        translation(judge, draft, &mut lists);
    }
    lists
}

fn edition(judge: &mut Judge, draft: &ListDraft) -> BTreeMap<String, CodeEntry> {
    let mut entries = BTreeMap::new();
    for (index, entry) in draft.entries.iter().enumerate() {
        let path = format!("{}.entries[{index}]", draft.path);
        let from = entry.from.as_ref().or(draft.from.as_ref());
        let until = entry.until.as_ref().or(draft.until.as_ref());
        let built = CodeEntry {
            label: label(&entry.zh, &entry.en),
            from: day(judge, &path, from),
            until: day(judge, &path, until),
            parent: entry.parent.clone(),
        };
        if entry.code.trim() != entry.code || entry.code.is_empty() {
            judge.say(&path, Message::new("TJ-O043").with("code", &entry.code));
        }
        if entries.insert(entry.code.clone(), built).is_some() {
            let message = Message::new("TJ-O044").with("code", &entry.code).with("list", &draft.id);
            judge.say_with_cure(&path, message, Message::new("TJ-O009"));
        }
    }
    parents(judge, draft, &draft.entries);
    entries
}

fn parents(judge: &mut Judge, draft: &ListDraft, entries: &[CodeEntryDraft]) {
    let codes: BTreeSet<&str> = entries.iter().map(|entry| entry.code.as_str()).collect();
    circles(judge, draft, entries);
    for (index, entry) in entries.iter().enumerate() {
        let Some(parent) = &entry.parent else { continue };
        if !codes.contains(parent.as_str()) {
            let message = Message::new("TJ-O045").with("parent", parent).with("list", &draft.id);
            judge.say_unknown(
                &format!("{}.entries[{index}].parent", draft.path),
                message,
                parent,
                entries.iter().map(|e| e.code.as_str()).take(40),
            );
        }
    }
}

/// Codes that stand above themselves; each circle is told once, where its first code stands.
fn circles(judge: &mut Judge, draft: &ListDraft, entries: &[CodeEntryDraft]) {
    let above: BTreeMap<&str, (usize, &str)> = entries
        .iter()
        .enumerate()
        .filter_map(|(index, entry)| Some((entry.code.as_str(), (index, entry.parent.as_deref()?))))
        .collect();
    let mut done: BTreeSet<&str> = BTreeSet::new();
    for entry in entries {
        let mut way: Vec<&str> = Vec::new();
        let mut on_way: BTreeSet<&str> = BTreeSet::new();
        let mut at = Some(entry.code.as_str());
        while let Some(code) = at.filter(|code| !done.contains(code) && on_way.insert(code)) {
            way.push(code);
            at = above.get(code).map(|(_, parent)| *parent);
        }
        let begin =
            at.filter(|code| !done.contains(code)).and_then(|at| way.iter().position(|code| *code == at));
        if let Some(circle) = begin.and_then(|begin| way.get(begin..)) {
            circle_found(judge, draft, circle, &above);
        }
        done.extend(way);
    }
}

fn circle_found(
    judge: &mut Judge,
    draft: &ListDraft,
    circle: &[&str],
    above: &BTreeMap<&str, (usize, &str)>,
) {
    let index_of = |code: &str| above.get(code).map_or(usize::MAX, |(index, _)| *index);
    let Some((turn, first)) = circle.iter().enumerate().min_by_key(|(_, code)| index_of(code)) else {
        return;
    };
    let mut chain: Vec<&str> =
        circle.iter().cycle().skip(turn).take(circle.len().min(MAX_CHAIN)).copied().collect();
    if circle.len() > MAX_CHAIN {
        chain.push("…");
    }
    chain.push(first);
    let message =
        Message::new("TJ-O068").with("list", &draft.id).with("code", first).with("chain", chain.join(" → "));
    let path = format!("{}.entries[{}].parent", draft.path, index_of(first));
    judge.say_with_cure(&path, message, Message::new("TJ-O069"));
}

pub(super) fn day(judge: &mut Judge, path: &str, text: Option<&String>) -> Option<Date> {
    let text = text?;
    let day = text.parse().ok();
    if day.is_none() {
        judge.say_with_cure(path, Message::new("TJ-O046").with("found", text), Message::new("TJ-O047"));
    }
    day
}

fn translation(judge: &mut Judge, draft: &TranslationDraft, lists: &mut BTreeMap<String, CodeList>) {
    judge.id(&draft.path, &draft.id);
    let Some(list) = lists.get(&draft.list) else {
        let message = Message::new("TJ-O022").with("list", &draft.list);
        judge.say_unknown(
            &format!("{}.list", draft.path),
            message,
            &draft.list,
            lists.keys().map(String::as_str),
        );
        return;
    };
    let edition = draft.edition.clone().or_else(|| list.edition().map(str::to_owned)).unwrap_or_default();
    let Some(entries) = list.editions.get(&edition) else {
        let message = Message::new("TJ-O048").with("list", &draft.list).with("edition", &edition);
        let known = list.editions.keys().map(String::as_str);
        judge.say_unknown(&format!("{}.edition", draft.path), message, &edition, known);
        return;
    };
    let mut map = BTreeMap::new();
    for (there, here) in draft
        .map
        .iter()
        .map(|(there, here)| (Some(there), here))
        .chain(draft.otherwise.iter().map(|o| (None, o)))
    {
        if !entries.contains_key(here) {
            let message = Message::new("TJ-O049")
                .with("code", here)
                .with("list", &draft.list)
                .with("edition", &edition);
            judge.say_unknown(&draft.path, message, here, entries.keys().map(String::as_str).take(40));
        }
        if let Some(there) = there
            && map.insert(there.trim().to_owned(), here.clone()).is_some()
        {
            let message = Message::new("TJ-O044").with("code", there).with("list", &draft.id);
            judge.say_with_cure(&draft.path, message, Message::new("TJ-O009"));
        }
    }
    let built = Translation { edition, map, otherwise: draft.otherwise.clone() };
    if let Some(list) = lists.get_mut(&draft.list) {
        list.translations.insert(draft.id.clone(), built);
    }
}
