//! The sharing catalogue (政务数据共享目录), first cut: who asks, what is absent for everybody, and how personal values
//! leave masked. Grants come later; until then nobody sees a personal value whole.
//!
//! Invariant: knows no store and no transport; masking happens here and nowhere above.

mod id_number;
mod kept;
pub mod keys;
mod mask;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use contract::SourceKey;

use crate::ontology::{EntityKind, Field, Kind, Label, Ontology, Relation, Sensitivity, Share};

pub use mask::{mask, mask_cell};

/// Who asks: a machine or person known by its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Id of the key, never the key.
    pub key: String,
    /// Department the key belongs to.
    pub department: String,
    /// What the key may do.
    pub role: Role,
    /// Why it asks, as it says itself; at most 200 characters.
    pub purpose: Option<String>,
}

/// What a caller may do. Whoever runs the hub sees what stewards see, but does not judge in their place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Reads the graph.
    Reader,
    /// Reads, sees rows set aside and what waits for a judgement, and judges.
    Steward,
    /// Reads, sees rows set aside and what waits for a judgement; runs the hub.
    Operator,
}

impl Role {
    /// Its word in configuration and keys.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Role::Reader => "reader",
            Role::Steward => "steward",
            Role::Operator => "operator",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// A text that is no role.
#[derive(Debug, thiserror::Error)]
#[error("unknown role `{text}`, use `reader`, `steward` or `operator`")]
pub struct UnknownRole {
    text: String,
}

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Role, UnknownRole> {
        match text {
            "reader" => Ok(Role::Reader),
            "steward" => Ok(Role::Steward),
            "operator" => Ok(Role::Operator),
            other => Err(UnknownRole { text: other.chars().take(40).collect() }),
        }
    }
}

/// What readers may be told of a stream, beside what the store keeps. Filled from the mappings by `server`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StreamNote {
    /// Columns of the stream → ids of the kind's fields they fill. Columns that stand not here are never shown.
    pub columns: BTreeMap<String, Vec<String>>,
    /// The columns of the key, in order.
    pub key: Vec<String>,
}

/// What may be read at all: the ontology, seen through the catalogue.
#[derive(Debug)]
pub struct Catalogue {
    ontology: Arc<Ontology>,
    streams: BTreeMap<(String, String), StreamNote>,
    departments: BTreeMap<String, Label>,
    /// The streams of the configuration; `None`: every stream of the store.
    configured: Option<BTreeSet<(String, String)>>,
}

impl Catalogue {
    /// The catalogue over an ontology, without notes on streams: all their keys are masked then.
    #[must_use]
    pub fn new(ontology: Arc<Ontology>) -> Catalogue {
        Catalogue { ontology, streams: BTreeMap::new(), departments: BTreeMap::new(), configured: None }
    }

    /// The same, knowing one stream more.
    #[must_use]
    pub fn with_stream(mut self, source: &str, stream: &str, note: StreamNote) -> Catalogue {
        self.streams.insert((source.to_owned(), stream.to_owned()), note);
        self
    }

    /// The same, counting and measuring only these streams (source, name): the configuration has no others any more.
    #[must_use]
    pub fn with_configured(mut self, streams: BTreeSet<(String, String)>) -> Catalogue {
        self.configured = Some(streams);
        self
    }

    /// Whether the configuration has a stream, be its source switched off or not.
    #[must_use]
    pub fn is_configured(&self, source: &str, stream: &str) -> bool {
        let named = (source.to_owned(), stream.to_owned());
        self.configured.as_ref().is_none_or(|configured| configured.contains(&named))
    }

    /// The same, knowing one department more.
    #[must_use]
    pub fn with_department(mut self, id: &str, name: Label) -> Catalogue {
        self.departments.insert(id.to_owned(), name);
        self
    }

    /// What people call a department.
    #[must_use]
    pub fn department(&self, id: &str) -> Option<&Label> {
        self.departments.get(id)
    }

    /// The departments, by id.
    pub fn departments(&self) -> impl Iterator<Item = (&str, &Label)> {
        self.departments.iter().map(|(id, name)| (id.as_str(), name))
    }

    /// The ontology, whole. What readers see of it is told by the other methods.
    #[must_use]
    pub fn ontology(&self) -> &Arc<Ontology> {
        &self.ontology
    }

    /// A record kind, if it is shared at all. A kind that is not is answered as one that does not exist.
    #[must_use]
    pub fn kind(&self, id: &str) -> Option<&Kind> {
        self.ontology.kind(id).filter(|kind| is_shared(kind.share))
    }

    /// An entity kind, if it is shared at all.
    #[must_use]
    pub fn entity(&self, id: &str) -> Option<&EntityKind> {
        self.ontology.entity(id).filter(|entity| is_shared(entity.share))
    }

    /// The entity kinds readers may know of.
    pub fn entities(&self) -> impl Iterator<Item = &EntityKind> {
        self.ontology.entities.iter().filter(|entity| is_shared(entity.share))
    }

    /// The record kinds readers may know of.
    pub fn kinds(&self) -> impl Iterator<Item = &Kind> {
        self.ontology.kinds.iter().filter(|kind| is_shared(kind.share))
    }

    /// A relation, if it is shared at all, and its records and both entities are.
    #[must_use]
    pub fn relation(&self, id: &str) -> Option<&Relation> {
        self.relations().find(|relation| relation.id == id)
    }

    /// The relations readers may know of.
    pub fn relations(&self) -> impl Iterator<Item = &Relation> {
        self.ontology.relations.iter().filter(|relation| {
            is_shared(relation.share)
                && self.kind(&relation.kind).is_some()
                && [&relation.from, &relation.to].iter().all(|end| self.entity(&end.entity).is_some())
        })
    }

    /// What is known of a stream.
    #[must_use]
    pub fn stream(&self, source: &str, stream: &str) -> Option<&StreamNote> {
        self.streams.get(&(source.to_owned(), stream.to_owned()))
    }

    /// The fields of `kind` that a column of a stream fills.
    #[must_use]
    pub fn column_fields<'k>(
        &self,
        source: &str,
        stream: &str,
        kind: &'k Kind,
        column: &str,
    ) -> Vec<&'k Field> {
        let Some(fields) = self.stream(source, stream).and_then(|note| note.columns.get(column)) else {
            return Vec::new();
        };
        fields.iter().filter_map(|id| kind.fields.iter().find(|field| field.id == *id)).collect()
    }

    /// The key of a row as it may leave, part by part as the fields its columns fill; `***` where nothing is known of
    /// them.
    #[must_use]
    pub fn masked_key(&self, source: &str, stream: &str, kind: &Kind, key: &SourceKey) -> String {
        let columns = self.stream(source, stream).map_or(&[][..], |note| note.key.as_slice());
        let mut parts = key.parts();
        // Of a key that stood more than once the store keeps each row under a part more.
        if parts.len() == columns.len() + 1 && parts.last().is_some_and(|last| last.starts_with('?')) {
            parts.pop();
        }
        if columns.len() != parts.len() {
            return "***".to_owned();
        }
        let parts: Vec<String> = columns
            .iter()
            .zip(&parts)
            .map(|(column, part)| mask_cell(&self.column_fields(source, stream, kind, column), part))
            .collect();
        SourceKey::of(parts.iter().map(String::as_str)).0
    }

    /// Whether the source key of a stream's rows is not told to readers: when one of its columns fills a personal field,
    /// and when nothing is known of the stream.
    #[must_use]
    pub fn is_key_personal(&self, source: &str, stream: &str, kind: &Kind) -> bool {
        let Some(note) = self.stream(source, stream) else { return true };
        let is_personal = |column: &String| {
            let fields = self.column_fields(source, stream, kind, column);
            fields.iter().any(|field| field.sensitivity == Sensitivity::Personal)
        };
        note.key.is_empty() || note.key.iter().any(is_personal)
    }
}

fn is_shared(share: Share) -> bool {
    match share {
        Share::Unconditional | Share::Conditional => true,
        Share::NotShared => false,
    }
}
