//! `[list.<id>]`, `[translation.<id>]` and `[calendar.<id>]`.

use crate::{
    draft::{CalendarDraft, EditionDraft, EntryDraft, ListDraft, TranslationDraft},
    table::Table,
    tree::{self, Value},
};

pub(super) fn list(id: String, mut table: Table<'_>) -> ListDraft {
    let label_zh = table.need_text("label_zh", "处罚类别");
    let label_en = table.need_text("label_en", "Category of penalty");
    let mut editions = Vec::new();
    let more = table.tables("editions");
    let own = ["edition", "entries", "from", "until"].iter().any(|key| table.has(key));
    if own || more.is_empty() {
        editions.push(edition(&mut table));
    } else {
        // Known keys, though none is there: a slip of the pen is then told apart.
        for key in ["edition", "entries", "from", "until"] {
            table.get(key);
        }
    }
    for mut table in more {
        editions.push(edition(&mut table));
        table.finish();
    }
    table.finish();
    ListDraft { id, label_zh, label_en, editions }
}

fn edition(table: &mut Table<'_>) -> EditionDraft {
    if !table.has("entries") {
        table.missing("entries", "[{ code = \"01\", zh = \"警告\", en = \"Warning\" }]");
    }
    EditionDraft {
        path: table.path.clone(),
        name: table.need_text("edition", "2021"),
        from: table.day("from"),
        until: table.day("until"),
        entries: table.tables("entries").into_iter().map(entry).collect(),
    }
}

fn entry(mut table: Table<'_>) -> EntryDraft {
    let zh = table.need_text("zh", "警告");
    let entry = EntryDraft {
        code: table.need_text("code", "01"),
        en: table.text("en").unwrap_or_else(|| zh.clone()),
        zh,
        parent: table.text("parent"),
        from: table.day("from"),
        until: table.day("until"),
    };
    table.finish();
    entry
}

pub(super) fn translation(id: String, mut table: Table<'_>) -> TranslationDraft {
    if !table.has("map") {
        table.missing("map", "{ A = \"1\" }");
    }
    let translation = TranslationDraft {
        id,
        list: table.need_text("list", "registration_status"),
        edition: table.text("edition"),
        map: map(&mut table),
        otherwise: table.text("otherwise"),
    };
    table.finish();
    translation
}

fn map(table: &mut Table<'_>) -> Vec<(String, String)> {
    let Some(pairs) = table.table("map") else { return Vec::new() };
    let mut map = Vec::new();
    for (theirs, found) in pairs.free() {
        match &found.node.value {
            Value::Text(ours) | Value::Given(ours) => map.push((theirs.to_owned(), ours.clone())),
            Value::Integer(_)
            | Value::Float(_)
            | Value::Bool(_)
            | Value::Datetime(_)
            | Value::Beyond(_)
            | Value::Array(_)
            | Value::Table(_) => table.wrong_type(&found, tree::TEXT),
        }
    }
    map
}

pub(super) fn calendar(id: String, mut table: Table<'_>) -> CalendarDraft {
    if !table.has("year") {
        table.missing("year", "2025");
    }
    let calendar = CalendarDraft {
        id,
        year: table.integer("year", 1949, 2199).unwrap_or_default(),
        off: table.texts("off"),
        worked: table.texts("worked"),
        basis: table.text("basis"),
    };
    table.finish();
    calendar
}
