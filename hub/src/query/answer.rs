//! What a plan is answered with. Everything in it may leave: it is masked already.

use std::sync::Arc;

use crate::clock::Timestamp;
use crate::{EntityId, FieldValue, RecordId, Seq};

use super::plan::Target;

/// The answer to a plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The moment it speaks of.
    pub seq: Seq,
    /// The rows.
    pub rows: Rows,
    /// Statements run for it.
    pub n_statements: u32,
}

/// A page of a list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    /// The rows, in the plan's order.
    pub rows: Vec<Arc<Row>>,
    /// Whether more come after.
    pub has_next: bool,
    /// Rows of all pages, if they were counted.
    pub total: Option<u64>,
}

/// A record or an entity, as far as it was asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Which kind.
    pub target: Arc<Target>,
    /// Its id.
    pub id: i64,
    /// Since when it is as it is.
    pub since: Seq,
    /// Names of the values.
    pub fields: Arc<[String]>,
    /// In the order of `fields`.
    pub values: Vec<FieldValue>,
    /// Values of the order keys, for cursors; never of a personal field.
    pub keys: Vec<FieldValue>,
    /// The entity whose list it stands in.
    pub parent: Option<i64>,
    /// The relations asked for, in the plan's order.
    pub relations: Vec<(String, Rows)>,
    /// Where it comes from.
    pub provenance: Option<Provenance>,
    /// Its versions, newest first.
    pub history: Option<Vec<Version>>,
    /// Where records differ.
    pub disagreements: Option<Vec<Disagreement>>,
}

impl Row {
    /// The value of a field that was asked for.
    #[must_use]
    pub fn value(&self, field: &str) -> Option<&FieldValue> {
        let at = self.fields.iter().position(|name| name == field)?;
        self.values.get(at)
    }

    /// The rows of a relation that was asked for.
    #[must_use]
    pub fn relation(&self, name: &str) -> Option<&Rows> {
        self.relations.iter().find(|(relation, _)| relation == name).map(|(_, rows)| rows)
    }

    /// Its id as text: `R` and a number, or an entity's id.
    #[must_use]
    pub fn id_text(&self) -> String {
        match *self.target {
            Target::Records(_) => record_text(RecordId(self.id)),
            Target::Entities(_) => EntityId(self.id).to_string(),
        }
    }
}

/// The text of a record's id.
#[must_use]
pub fn record_text(record: RecordId) -> String {
    format!("R{}", record.0)
}

/// The record id of a text, if it is one.
#[must_use]
pub fn record_of(text: &str) -> Option<RecordId> {
    let digits = text.strip_prefix('R')?;
    if digits.is_empty() || digits.starts_with('0') || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok().map(RecordId)
}

/// Where a row comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum Provenance {
    /// Of a record.
    Record(Box<Origin>),
    /// Of an entity: the record behind each golden field.
    Entity(Vec<GoldenOrigin>),
}

/// Where a record comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct Origin {
    /// The record.
    pub record: RecordId,
    /// Its kind.
    pub kind: String,
    /// Source.
    pub source: String,
    /// Stream.
    pub stream: String,
    /// Department the stream belongs to.
    pub department: String,
    /// Key at the source; masked if a personal field stands in it.
    pub source_key: String,
    /// Place in the feed at which this version came.
    pub seq: Seq,
    /// When that was.
    pub at: Option<Timestamp>,
    /// Mapping that made it.
    pub mapping_version: i64,
}

/// The record behind a golden field.
#[derive(Clone, Debug, PartialEq)]
pub struct GoldenOrigin {
    /// The golden field.
    pub field: String,
    /// The record.
    pub origin: Origin,
}

/// A version of a record or entity, valid `[since, until)`.
#[derive(Clone, Debug, PartialEq)]
pub struct Version {
    /// From here on.
    pub since: Seq,
    /// When that was.
    pub since_at: Option<Timestamp>,
    /// Until here; `None` for the current one.
    pub until: Option<Seq>,
    /// When that was.
    pub until_at: Option<Timestamp>,
    /// Fields that differ from the version before; all known ones for the first.
    pub changed: Vec<String>,
    /// Names of the values.
    pub fields: Arc<[String]>,
    /// In the order of `fields`.
    pub values: Vec<FieldValue>,
}

/// A golden field for which records differ.
#[derive(Clone, Debug, PartialEq)]
pub struct Disagreement {
    /// The golden field.
    pub field: String,
    /// All values, with the records that say so.
    pub values: Vec<DifferingValue>,
}

/// One of several values.
#[derive(Clone, Debug, PartialEq)]
pub struct DifferingValue {
    /// The value, masked if personal.
    pub value: FieldValue,
    /// Whether it is the golden one.
    pub is_golden: bool,
    /// Who says so.
    pub origins: Vec<Origin>,
}
