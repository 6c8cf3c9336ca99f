//! `[hub]`, `[server]`, `[ingest]`.

use std::path::PathBuf;

use messages::Message;
use secrecy::SecretString;

use crate::{
    draft::{BreakerDraft, HubDraft, IngestDraft, LimitsDraft, SecretDraft, ServerDraft, StoreDraft},
    scalars::{HIDDEN, quoted},
    table::Table,
    tree::{self, Value},
};

/// Bytes, rows: as much as may be configured.
const MANY: i64 = 1 << 40;
const YEAR: i64 = 366 * 86_400;

pub(super) fn hub(top: &mut Table<'_>) -> HubDraft {
    let mut table = sub_table(top, "hub");
    let store = store(&mut table);
    let audit = PathBuf::from(table.text_or("audit", "audit.db"));
    let person_key = table.secret("person_key");
    let languages = languages(&mut table);
    let zone = table.text_or("zone", "Asia/Shanghai");
    let is_scored = table.bool_or("scored", true);
    let judge = table.judge;
    if !table.has("person_key") {
        judge.in_force("hub.person_key".to_owned(), "{ file = \"person.key\" }".to_owned(), None);
    }
    let audit = judge.dir.join(audit);
    if let (StoreDraft::Sqlite { path }, Some(found)) = (&store, table.get("audit"))
        && *path == audit
    {
        judge.problem(&found.path, found.node.at, Message::new("TJ-C048"), Some(Message::new("TJ-C049")));
    }
    table.finish();
    HubDraft {
        store,
        audit,
        person_key: person_key.unwrap_or_else(|| SecretDraft::File(judge.resolved("person.key"))),
        languages,
        zone,
        is_scored,
    }
}

fn languages(table: &mut Table<'_>) -> Vec<String> {
    let languages = table.texts("languages");
    if let Some(found) = table.get("languages") {
        for language in &languages {
            if language.parse::<messages::Lang>().is_err() {
                table.judge.no_such_word(&found.path, found.node.at, language, &["zh", "en"]);
            }
        }
    }
    if languages.is_empty() { vec!["zh".to_owned(), "en".to_owned()] } else { languages }
}

fn store(table: &mut Table<'_>) -> StoreDraft {
    let password = table.secret("store_password");
    let ca = table.file("store_ca");
    let max_connections = table.integer("store_max_connections", 1, 1000);
    let sqlite = |path: &str| StoreDraft::Sqlite { path: table.judge.resolved(path) };
    let default = sqlite("tongjian.db");

    let Some(found) = table.get("store") else {
        table.judge.in_force("hub.store".to_owned(), "\"sqlite:tongjian.db\"".to_owned(), None);
        refuse_postgres_keys(table);
        return default;
    };
    let (Value::Text(text) | Value::Given(text)) = &found.node.value else {
        table.wrong_type(&found, tree::TEXT);
        return default;
    };
    if let Some(path) = text.strip_prefix("sqlite:").filter(|path| !path.is_empty()) {
        table.note("store", &found, quoted(text));
        let store = StoreDraft::Sqlite { path: table.judge.resolved(path) };
        refuse_postgres_keys(table);
        return store;
    }
    if !text.starts_with("postgres://") && !text.starts_with("postgresql://") {
        // What is neither may well be an address with a password, so it is not shown.
        let form = "sqlite:<path> | postgres://user@host:5432/database";
        table.unreadable(&found, "store", form);
        return default;
    }
    let has_password = holds_password(text);
    if has_password && !table.judge.inline_secrets_are_allowed() {
        let cure = Message::new("TJ-C030").with("key", "store_password");
        table.judge.problem(&found.path, found.key_at, Message::new("TJ-C029"), Some(cure));
    }
    table.note("store", &found, if has_password { HIDDEN.to_owned() } else { quoted(text) });
    let max_connections = max_connections.unwrap_or(16);
    StoreDraft::Postgres { url: SecretString::from(text.clone()), password, ca, max_connections }
}

fn refuse_postgres_keys(table: &mut Table<'_>) {
    table.only_for(&["store_password", "store_ca", "store_max_connections"], "postgres", "sqlite");
}

/// Whether an address carries a password, before its host or among its options.
fn holds_password(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let (place, options) = rest.split_once('?').unwrap_or((rest, ""));
    let user = place.rsplit_once('@').map_or("", |(user, _)| user);
    user.contains(':')
        || options.split('&').any(|option| option.to_ascii_lowercase().starts_with("password="))
}

pub(super) fn server(top: &mut Table<'_>) -> ServerDraft {
    let mut table = sub_table(top, "server");
    let listen = address(&mut table, "listen").unwrap_or_else(|| "127.0.0.1:8080".to_owned());
    if !table.has("listen") {
        table.judge.in_force("server.listen".to_owned(), quoted(&listen), None);
    }
    let admin_listen = address(&mut table, "admin_listen");
    let limits = limits(&mut table);
    table.finish();
    ServerDraft { listen, admin_listen, limits }
}

/// `host:port`.
fn address(table: &mut Table<'_>, key: &'static str) -> Option<String> {
    let text = table.text(key)?;
    let is_address =
        text.rsplit_once(':').is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok());
    if !is_address {
        let found = table.get(key)?;
        table.unreadable(&found, &text, "127.0.0.1:8080");
    }
    Some(text)
}

fn limits(server: &mut Table<'_>) -> LimitsDraft {
    let mut table = sub_table(server, "limits");
    let limits = LimitsDraft {
        body_bytes: table.integer_or("body_bytes", 1024, MANY, 65_536),
        depth: table.integer_or("depth", 1, 100, 12),
        cost: table.integer_or("cost", 1, MANY, 20_000),
        aliases: table.integer_or("aliases", 1, 10_000, 30),
        page_size: table.integer_or("page_size", 1, 100_000, 200),
        seconds: table.integer_or("seconds", 1, 86_400, 10),
        response_bytes: table.integer_or("response_bytes", 1024, MANY, 16 << 20),
        concurrent: table.integer_or("concurrent", 1, 100_000, 64),
        concurrent_per_key: table.integer_or("concurrent_per_key", 1, 100_000, 16),
        readings_per_key: table.integer_or("readings_per_key", 1, 1_000, 2),
        connections: table.integer_or("connections", 1, 100_000, 512),
        connections_per_address: table.integer_or("connections_per_address", 1, 100_000, 256),
    };
    table.finish();
    limits
}

pub(super) fn ingest(top: &mut Table<'_>) -> IngestDraft {
    let mut table = sub_table(top, "ingest");
    let allow_inline_secrets = table.bool_or("allow_inline_secrets", false);
    if allow_inline_secrets {
        table.judge.allow_inline_secrets();
    }
    let ingest = IngestDraft {
        batch_rows: table.integer_or("batch_rows", 1, 1_000_000, 2_000),
        batch_bytes: table.integer_or("batch_bytes", 1024, MANY, 8 << 20),
        diff_bytes: table.integer_or("diff_bytes", 1 << 16, MANY, 64 << 20),
        cell_bytes: table.integer_or("cell_bytes", 1024, MANY, 1 << 20),
        max_dead_letters: table.integer_or("max_dead_letters", 1, MANY, 100_000),
        interval_seconds: table.integer_or("interval_seconds", 1, YEAR, 300),
        allow_inline_secrets,
        breaker: breaker(&mut table),
    };
    table.finish();
    ingest
}

fn breaker(ingest: &mut Table<'_>) -> BreakerDraft {
    let mut table = sub_table(ingest, "breaker");
    if !table.has("max_delete_fraction") {
        table.judge.in_force(table.path_of("max_delete_fraction"), "0.2".to_owned(), None);
    }
    let breaker = BreakerDraft {
        max_delete_fraction: table.fraction("max_delete_fraction").unwrap_or(0.2),
        min_rows: table.integer_or("min_rows", 0, MANY, 50),
    };
    table.finish();
    breaker
}

/// The table below a key; if it is absent (or wrong, which is reported), an empty one, so that all defaults hold.
fn sub_table<'t>(table: &mut Table<'t>, key: &'static str) -> Table<'t> {
    match table.table(key) {
        Some(below) => below,
        None => Table::new(table.judge, table.path_of(key), table.at, &[]),
    }
}
