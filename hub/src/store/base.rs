//! The statements that make the tables. The layout is told in the header of the module above.

use super::dialect::{Dialect, quoted};
use super::layout::KindTable;

const TABLES: &str = "
CREATE TABLE meta (name {text} PRIMARY KEY, value {text} NOT NULL){norowid};
CREATE TABLE migration (owner {text}, version {int}, name {text} NOT NULL, applied_at {int} NOT NULL,
  PRIMARY KEY (owner, version)){norowid};
CREATE TABLE counter (name {text} PRIMARY KEY, value {int} NOT NULL){norowid};
CREATE TABLE kind (kind {int} PRIMARY KEY, name {text} NOT NULL, is_entity {small} NOT NULL,
  UNIQUE (is_entity, name));
CREATE TABLE kind_field (kind {small}, name {text}, type {text} NOT NULL, PRIMARY KEY (kind, name)){norowid};
CREATE TABLE role (role {int} PRIMARY KEY, kind {small} NOT NULL, name {text} NOT NULL, UNIQUE (kind, name));
CREATE TABLE stream (stream {int} PRIMARY KEY, source {text} NOT NULL, name {text} NOT NULL, kind {small} NOT NULL,
  department {text} NOT NULL, anchor {small}, UNIQUE (source, name));
CREATE TABLE stream_status (stream {int} PRIMARY KEY, state {text} NOT NULL, since {int} NOT NULL, message {text},
  started_at {int}, finished_at {int}, n_read {int} NOT NULL, n_rows {int});
CREATE TABLE progress (log {text} PRIMARY KEY, state {text} NOT NULL, seq {int} NOT NULL){norowid};
CREATE TABLE commits (first_seq {int} PRIMARY KEY, last_seq {int} NOT NULL, at {int} NOT NULL, cause {text} NOT NULL);
CREATE INDEX ix_commits_at ON commits (at, last_seq);
CREATE TABLE feed (seq {int} PRIMARY KEY, change {small} NOT NULL, kind {small} NOT NULL, record {int}, entity {int},
  fields {text});
CREATE TABLE consumer (name {text} PRIMARY KEY, seq {int} NOT NULL){norowid};
CREATE TABLE record_key (record {int} PRIMARY KEY, kind {small} NOT NULL, stream {small} NOT NULL,
  source_key {text} NOT NULL, digest {bytes} NOT NULL, mapping_version {int} NOT NULL, state {small} NOT NULL,
  deleted_seq {int});
CREATE UNIQUE INDEX ix_record_key_source ON record_key (stream, source_key);
CREATE TABLE link (record {int}, role {small}, since_seq {int}, entity {int} NOT NULL, evidence {text} NOT NULL,
  judged_by {int}, until_seq {int}, PRIMARY KEY (record, role, since_seq)){norowid};
CREATE INDEX ix_link_entity ON link (entity, role, record);
CREATE TABLE redirect (entity {int}, since_seq {int}, into_entity {int} NOT NULL, until_seq {int},
  PRIMARY KEY (entity, since_seq)){norowid};
CREATE INDEX ix_redirect_into ON redirect (into_entity);
CREATE TABLE identifier (scheme {small}, value {text}, kind {small}, entity {int}, record {int},
  PRIMARY KEY (scheme, value, kind, entity, record)){norowid};
CREATE TABLE mention (record {int}, role {small}, scheme {small}, value {text},
  PRIMARY KEY (record, role, scheme, value)){norowid};
CREATE INDEX ix_mention_value ON mention (scheme, value);
CREATE TABLE judgement (judgement {int} PRIMARY KEY, record {int} NOT NULL, role {small} NOT NULL,
  decision {small} NOT NULL, entity {int}, anchor {int}, by_whom {text} NOT NULL, reason {text} NOT NULL,
  since_seq {int} NOT NULL, until_seq {int});
CREATE INDEX ix_judgement_record ON judgement (record, role);
CREATE TABLE dead_letter (dead_letter {int} PRIMARY KEY, stream {small} NOT NULL, source_key {text} NOT NULL,
  digest {bytes} NOT NULL, mapping_version {int} NOT NULL, attempts {int} NOT NULL, first_at {int} NOT NULL,
  last_at {int} NOT NULL, reasons {text} NOT NULL, cells {text} NOT NULL, state {small} NOT NULL);
CREATE UNIQUE INDEX ix_dead_letter_source ON dead_letter (stream, source_key);
INSERT INTO counter (name, value) VALUES ('seq', 0), ('record', 0), ('entity', 0), ('dead_letter', 0),
  ('judgement', 0), ('floor', 0);
";

/// The tables that every store has.
pub(super) fn tables(dialect: Dialect) -> String {
    use super::layout::ColumnType::{Bytes, Integer, Small, Text};
    TABLES
        .replace("{text}", dialect.column_type(Text))
        .replace("{int}", dialect.column_type(Integer))
        .replace("{small}", dialect.column_type(Small))
        .replace("{bytes}", dialect.column_type(Bytes))
        .replace("{norowid}", dialect.without_rowid())
}

/// The tables of a kind with the columns of its fields as they are now. (A column added later costs SQLite a reading of
/// the whole schema each.)
pub(super) fn kind_tables(dialect: Dialect, table: &KindTable) -> String {
    use super::layout::ColumnType::{Integer, Text};
    let int = dialect.column_type(Integer);
    let text = dialect.column_type(Text);
    let KindTable { id_column: id, note_column: note, table: current, history, .. } = table;
    let columns: String = table
        .columns
        .iter()
        .map(|column| format!(", {} {}", quoted(&column.name), dialect.column_type(column.column_type)))
        .collect();
    format!(
        "CREATE TABLE {current} ({id} {int} PRIMARY KEY, since_seq {int} NOT NULL, {note} {text}{columns});\n\
         CREATE TABLE {history} ({id} {int}, since_seq {int}, until_seq {int} NOT NULL, {note} {text}{columns}, \
         PRIMARY KEY ({id}, since_seq));\n"
    )
}

/// The index of a field that may be filtered and ordered by.
pub(super) fn field_index(table: &KindTable, field: &str) -> String {
    let name = quoted(&format!("ix_{}_{field}", table.number));
    format!(
        "CREATE INDEX IF NOT EXISTS {name} ON {} ({}, {});\n",
        table.table,
        quoted(field),
        table.id_column
    )
}
