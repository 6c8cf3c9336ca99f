//! The form of a configuration: which keys stand where, and of which type.
//!
//! Invariant: every problem is reported; nothing is judged that needs another crate's knowledge.

mod codes;
mod department;
mod hub;
mod mapping;
mod ontology;
mod source;

use messages::Message;

use crate::{
    draft::{
        CalendarDraft, DepartmentDraft, EntityDraft, HubDraft, IngestDraft, KindDraft, ListDraft,
        RelationDraft, ServerDraft, TranslationDraft,
    },
    judge::Judge,
    location::At,
    table::Table,
    tree::Entry,
};

/// A file that is TOML.
pub(crate) struct Root {
    /// The file as a whole.
    pub(crate) at: At,
    pub(crate) entries: Vec<Entry>,
}

/// What `tongjian.toml` says of the hub itself.
pub(crate) struct Main {
    pub(crate) hub: HubDraft,
    pub(crate) server: ServerDraft,
    pub(crate) ingest: IngestDraft,
}

/// What all files together say of kinds, codes and departments.
#[derive(Default)]
pub(crate) struct Content {
    pub(crate) entities: Vec<EntityDraft>,
    pub(crate) kinds: Vec<KindDraft>,
    pub(crate) relations: Vec<RelationDraft>,
    pub(crate) lists: Vec<ListDraft>,
    pub(crate) translations: Vec<TranslationDraft>,
    pub(crate) calendars: Vec<CalendarDraft>,
    pub(crate) departments: Vec<DepartmentDraft>,
}

/// Reads `tongjian.toml`: the hub's own tables, and content if it holds any. `[include]` was read before.
pub(crate) fn main(judge: &Judge<'_>, root: &Root, content: &mut Content) -> Main {
    let mut top = Table::new(judge, String::new(), root.at, &root.entries);
    let ingest = hub::ingest(&mut top); // First: it says whether secrets may stand here.
    let main = Main { hub: hub::hub(&mut top), server: hub::server(&mut top), ingest };
    if let Some(mut include) = top.table("include") {
        include.texts("paths");
        include.finish();
    }
    groups(&mut top, content);
    top.finish();
    main
}

/// Reads any other file.
pub(crate) fn content(judge: &Judge<'_>, root: &Root, content: &mut Content) {
    let mut top = Table::new(judge, String::new(), root.at, &root.entries);
    groups(&mut top, content);
    top.finish();
}

fn groups(top: &mut Table<'_>, content: &mut Content) {
    for (id, table) in top.named_tables("entity") {
        top.judge.once("entity", &id, &table.path, table.at);
        content.entities.push(ontology::entity(id, table));
    }
    for (id, table) in top.named_tables("kind") {
        top.judge.once("kind", &id, &table.path, table.at);
        content.kinds.push(ontology::kind(id, table));
    }
    for (id, table) in top.named_tables("relation") {
        top.judge.once("relation", &id, &table.path, table.at);
        content.relations.push(ontology::relation(id, table));
    }
    for (id, table) in top.named_tables("list") {
        top.judge.once("list", &id, &table.path, table.at);
        content.lists.push(codes::list(id, table));
    }
    for (id, table) in top.named_tables("translation") {
        top.judge.once("translation", &id, &table.path, table.at);
        content.translations.push(codes::translation(id, table));
    }
    for (id, table) in top.named_tables("calendar") {
        top.judge.once("calendar", &id, &table.path, table.at);
        content.calendars.push(codes::calendar(id, table));
    }
    departments(top, content);
}

/// `[department]` with the `[source.…]` of the file, and `[[departments]]` without.
fn departments(top: &mut Table<'_>, content: &mut Content) {
    let own = top.table("department").map(department::department);
    let mut sources = Vec::new();
    for (id, table) in top.named_tables("source") {
        top.judge.once("source", &id, &table.path, table.at);
        if own.is_none() && sources.is_empty() && !top.has("department") {
            let cure = Message::new("TJ-C006").with("example", "[department] id, name_zh, name_en");
            top.judge.problem(&table.path, table.at, Message::new("TJ-C034"), Some(cure));
        }
        sources.push(source::source(id, table));
    }
    if let Some(own) = own {
        content.departments.push(DepartmentDraft { sources, ..own });
    }
    content.departments.extend(top.tables("departments").into_iter().map(department::department));
}
