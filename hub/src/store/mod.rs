//! The graph's truth: records, entities, links, history, feed and progress, in SQLite or PostgreSQL.
//!
//! One schema, two engines; only `dialect.rs` knows which. SQL on these tables stands in this module alone.
//!
//! # Layout
//! Names of kinds and fields come from the ontology and are always quoted. All `*_seq` are places in the feed; a row is
//! valid in `[since_seq, until_seq)`.
//!
//! | table | columns | keys and indexes |
//! |---|---|---|
//! | `meta` | name, value | name |
//! | `migration` | owner, version, name, applied_at | owner, version |
//! | `counter` | name (`seq`, `record`, `entity`, …), value = last one given | name |
//! | `kind` | kind (small number), name, is_entity | kind; name |
//! | `role` | role (small number), kind, name | role; kind, name |
//! | `stream` | stream (small number), source, name, kind, department | stream; source, name |
//! | `stream_status` | stream, state, since, message, started_at, finished_at, n_rows, … | stream |
//! | `progress` | log (text: `source` or `source/stream`), state (JSON), seq | log |
//! | `commits` | first_seq, last_seq, at (µs), cause | first_seq |
//! | `feed` | seq, change (small number), kind, record, entity, fields | seq |
//! | `record_key` | record, kind, stream, source_key, digest (16 bytes), mapping_version, state, deleted_seq | record; stream + source_key |
//! | `record_<kind>` | record, since_seq, flags, one or two columns a field | record; one per `key` field, ending in record |
//! | `record_<kind>_history` | record, since_seq, until_seq, flags, the same columns | record + since_seq |
//! | `link` | record, role, entity, evidence, judged_by, since_seq, until_seq (NULL = now) | record + role + since_seq; entity + role + record |
//! | `entity_<kind>` | entity, since_seq, provenance, golden columns | entity; one per `key` field, ending in entity |
//! | `entity_<kind>_history` | entity, since_seq, until_seq, provenance, golden columns | entity + since_seq |
//! | `redirect` | entity, into, since_seq, until_seq | entity + since_seq |
//! | `identifier` | scheme, value, entity, record (the anchor that says so) | scheme + value + entity + record |
//! | `mention` | scheme, value, record, role: identifiers of records that wait, or that would outrank the link they have | scheme + value + record + role |
//! | `judgement` | judgement, record, role, entity or NULL, decision, by_whom, reason, since_seq, until_seq | judgement |
//! | `dead_letter` | dead_letter, stream, source_key, digest, mapping_version, attempts, first_at, last_at, reasons (JSON), cells (JSON), state | dead_letter; stream + source_key |
//!
//! Columns of a field `f`: `f`, and for money `f__currency`, for codes `f__edition`, for partial dates `f__precision`
//! (1 year, 2 month, 3 day). Types (SQLite, PostgreSQL): text (TEXT, text COLLATE "C"), money, decimal, integer and
//! timestamp (INTEGER, bigint), bool (INTEGER 0/1, boolean), dates (TEXT ISO, date).
//!
//! `record_key.state`: 0 the kind has no party role, 1 记名成功, 2 处理中, 3 不成功.
//! `feed.change`: 1 inserted, 2 updated, 3 deleted, 4 linked, 5 unlinked, 6 merged, 7 split. An insert that is linked in
//! its party role in the same transaction carries the entity and needs no `linked` of its own; every other link does.

mod batch;

pub use batch::{Applied, DeadLetter, Entry, Fault, Mapped, Outcome, PreparedBatch, Progress, StreamNumber};
