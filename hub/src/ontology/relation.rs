//! Relations: entity → entity, through the records of a kind that speak of both.
//!
//! Invariant: a relation holds nothing itself. Each record that is linked in both roles is one edge, with all it says.

use super::{Label, Ontology, Share, pascal_case};

/// A relation of entities.
#[derive(Clone, Debug)]
pub struct Relation {
    /// `[a-z][a-z0-9_]*`.
    pub id: String,
    /// What people call it.
    pub label: Label,
    /// Longer than the label; may be empty.
    pub description: Label,
    /// May others see it; never more than the kind and both entities.
    pub share: Share,
    /// The record kind whose records are its edges.
    pub kind: String,
    /// The end it is told from.
    pub from: RelationEnd,
    /// The end it leads to.
    pub to: RelationEnd,
}

/// One end of a relation.
#[derive(Clone, Debug)]
pub struct RelationEnd {
    /// The role of the kind in which a record speaks of the entity here.
    pub role: String,
    /// The kind of entity here.
    pub entity: String,
    /// The name, on the entity here, of the way to the other end (GraphQL field), as `branches`.
    pub field: String,
    /// What people call those it leads to.
    pub label: Label,
}

impl Relation {
    /// Where one stands and where one gets to.
    #[must_use]
    pub fn ends(&self, along: Along) -> (&RelationEnd, &RelationEnd) {
        match along {
            Along::Forward => (&self.from, &self.to),
            Along::Backward => (&self.to, &self.from),
        }
    }
}

impl RelationEnd {
    /// What the types of the way from here are called, before their endings: `SubjectBranches`.
    #[must_use]
    pub fn type_name(&self) -> String {
        format!("{}{}", pascal_case(&self.entity), pascal_case(&self.field))
    }
}

/// Which way a relation is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Along {
    /// From `from` to `to`.
    Forward,
    /// From `to` to `from`.
    Backward,
}

impl Along {
    /// Both ways.
    pub const BOTH: [Along; 2] = [Along::Forward, Along::Backward];
}

impl Ontology {
    /// A relation by id.
    #[must_use]
    pub fn relation(&self, id: &str) -> Option<&Relation> {
        self.relations.iter().find(|relation| relation.id == id)
    }
}
