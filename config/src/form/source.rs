//! `[source.<id>]`: one database of a department.

use crate::{
    draft::{
        DatabaseDraft, EngineDraft, FolderDraft, HoursDraft, SourceDraft, SqliteDraft, TakeMode, TlsDraft,
        TlsMode,
    },
    form::mapping,
    table::Table,
    tree::{self, Value},
};

/// What `engine` may be.
#[derive(Clone, Copy)]
enum Engine {
    Server(&'static str, fn(DatabaseDraft) -> EngineDraft),
    Sqlite,
    File,
}

const ENGINES: &[(&str, Engine)] = &[
    ("postgres", Engine::Server("postgres", EngineDraft::Postgres)),
    ("mysql", Engine::Server("mysql", EngineDraft::Mysql)),
    ("mssql", Engine::Server("mssql", EngineDraft::Mssql)),
    ("sqlite", Engine::Sqlite),
    ("file", Engine::File),
];

/// Keys of database servers, of SQLite files, of folders.
const SERVER_KEYS: &[&str] = &["host", "port", "database", "user", "password", "tls"];
const SQLITE_KEYS: &[&str] = &["path"];
const FOLDER_KEYS: &[&str] = &["folder", "delimiter", "nulls", "take", "settle_seconds", "max_sheet_bytes"];
/// Of engines whose text may be of another charset than they say.
const CHARSET_KEYS: &[&str] = &["charset"];

/// Seconds of a year.
const YEAR: i64 = 366 * 86_400;

pub(super) fn source(id: String, mut table: Table<'_>) -> SourceDraft {
    let of = id.clone();
    let stream = |one: Table<'_>| {
        let (judge, at) = (one.judge, one.at);
        let stream = mapping::stream(one);
        if !stream.name.is_empty() {
            judge.once("stream", &format!("{of}/{}", stream.name), &stream.path, at);
        }
        stream
    };
    let source = SourceDraft {
        id,
        label_zh: table.text("label_zh").unwrap_or_default(),
        label_en: table.text("label_en").unwrap_or_default(),
        is_enabled: table.bool_or("enabled", true),
        engine: engine(&mut table),
        max_connections: table.integer_or("max_connections", 1, 1000, 2),
        rows_per_second: table.integer("rows_per_second", 1, 1 << 31),
        hours: hours(&mut table),
        connect_seconds: table.integer_or("connect_seconds", 1, 3600, 10),
        read_seconds: table.integer_or("read_seconds", 1, 86_400, 60),
        interval_seconds: table.integer("interval_seconds", 1, YEAR),
        zone: table.text("zone"),
        streams: table.tables("stream").into_iter().map(stream).collect(),
    };
    table.finish();
    source
}

fn engine(table: &mut Table<'_>) -> EngineDraft {
    if !table.has("engine") {
        table.missing("engine", "\"postgres\"");
    }
    let servers = "postgres, mysql, mssql";
    let with_charset = "postgres, mysql, file";
    // Another engine from outside cannot take the file's keys away: those of the engine it had are passed over.
    let is_from_outside =
        table.get("engine").is_some_and(|found| matches!(found.node.value, Value::Given(_)));
    let refuse = |table: &mut Table<'_>, keys: &[&'static str], engines: &str, engine: &str| {
        if is_from_outside {
            keys.iter().for_each(|key| table.know(key));
        } else {
            table.only_for(keys, engines, engine);
        }
    };
    match table.word("engine", ENGINES) {
        Some(Engine::Sqlite) => {
            refuse(table, SERVER_KEYS, servers, "sqlite");
            refuse(table, FOLDER_KEYS, "file", "sqlite");
            refuse(table, CHARSET_KEYS, with_charset, "sqlite");
            EngineDraft::Sqlite(sqlite(table))
        }
        Some(Engine::File) => {
            refuse(table, SERVER_KEYS, servers, "file");
            refuse(table, SQLITE_KEYS, "sqlite", "file");
            EngineDraft::File(folder(table))
        }
        Some(Engine::Server(name, engine)) => {
            refuse(table, SQLITE_KEYS, "sqlite", name);
            refuse(table, FOLDER_KEYS, "file", name);
            let charset = if name == "mssql" {
                refuse(table, CHARSET_KEYS, with_charset, name);
                None
            } else {
                table.text("charset")
            };
            engine(database(table, charset))
        }
        None => {
            // Which engine is meant is not known, so any engine's keys may stand.
            for key in SERVER_KEYS.iter().chain(SQLITE_KEYS).chain(FOLDER_KEYS).chain(CHARSET_KEYS) {
                table.know(key);
            }
            EngineDraft::Sqlite(SqliteDraft { path: table.judge.dir.to_owned() })
        }
    }
}

fn sqlite(table: &mut Table<'_>) -> SqliteDraft {
    if !table.has("path") {
        table.missing("path", "\"data/court.db\"");
    }
    SqliteDraft { path: table.file("path").unwrap_or_default() }
}

fn folder(table: &mut Table<'_>) -> FolderDraft {
    if !table.has("folder") {
        table.missing("folder", "\"drop/letters\"");
    }
    FolderDraft {
        folder: table.file("folder").unwrap_or_default(),
        charset: table.text("charset"),
        delimiter: delimiter(table),
        nulls: table.texts("nulls"),
        take: table.word_or("take", TakeMode::WORDS, "all").unwrap_or(TakeMode::All),
        settle_seconds: table.integer_or("settle_seconds", 0, 86_400, 0),
        max_sheet_bytes: table.integer_or("max_sheet_bytes", 1 << 20, 1 << 36, 512 << 20),
    }
}

fn delimiter(table: &mut Table<'_>) -> char {
    let Some(found) = table.get("delimiter") else {
        table.judge.in_force(table.path_of("delimiter"), "\",\"".to_owned(), None);
        return ',';
    };
    let (Value::Text(text) | Value::Given(text)) = &found.node.value else {
        table.wrong_type(&found, tree::TEXT);
        return ',';
    };
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some(delimiter), None) if delimiter.is_ascii() && delimiter != '\n' && delimiter != '"' => {
            table.note("delimiter", &found, crate::scalars::quoted(text));
            delimiter
        }
        _ => {
            table.unreadable(&found, text, "\",\" | \";\" | \"\\t\" | \"|\"");
            ','
        }
    }
}

fn database(table: &mut Table<'_>, charset: Option<String>) -> DatabaseDraft {
    DatabaseDraft {
        host: table.need_text("host", "10.0.0.5"),
        port: table.integer("port", 1, 65_535),
        database: table.need_text("database", "gsj"),
        user: table.need_text("user", "reader"),
        password: table.secret("password"),
        tls: tls(table),
        charset,
    }
}

fn tls(source: &mut Table<'_>) -> TlsDraft {
    let Some(mut table) = source.table("tls") else {
        source.judge.in_force(source.path_of("tls"), "{ mode = \"prefer\" }".to_owned(), None);
        return TlsDraft { mode: TlsMode::Prefer, ca: None };
    };
    let ca = table.file("ca");
    let default = if ca.is_some() { "verify_full" } else { "prefer" };
    let mode = table.word_or("mode", TlsMode::WORDS, default).unwrap_or(TlsMode::VerifyFull);
    table.finish();
    TlsDraft { mode, ca }
}

fn hours(table: &mut Table<'_>) -> Vec<HoursDraft> {
    let texts = table.texts("hours");
    let Some(found) = table.get("hours") else { return Vec::new() };
    let mut hours = Vec::new();
    for text in &texts {
        match range(text) {
            Some(range) => hours.push(range),
            None => table.unreadable(&found, text, "22:00-06:00"),
        }
    }
    hours
}

fn range(text: &str) -> Option<HoursDraft> {
    let (from, until) = text.split_once('-')?;
    let (from_minute, until_minute) = (minute(from)?, minute(until)?);
    let is_range = from_minute < 1440 && until_minute > 0 && from_minute != until_minute;
    is_range.then_some(HoursDraft { from_minute, until_minute })
}

fn minute(text: &str) -> Option<u16> {
    let (hour, minute) = text.trim().split_once(':')?;
    let number = |text: &str| {
        let is_number = text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
        is_number.then(|| text.parse::<u16>().ok()).flatten()
    };
    let (hour, minute) = (number(hour)?, number(minute)?);
    let is_time = minute < 60 && (hour < 24 || (hour == 24 && minute == 0));
    is_time.then_some(hour * 60 + minute)
}
