//! The tables of a plan at its moment: now, or a place in the feed.

use crate::Seq;
use crate::ontology::{Ontology, Relation};
use crate::query::plan::{Along, Target, Via};
use crate::store::StoreError;
use crate::store::dialect::quoted;
use crate::store::layout::{KindTable, Layout};

use super::sql::Sql;

/// The tables, seen at one moment.
pub(super) struct Tables<'a> {
    pub(super) ontology: &'a Ontology,
    pub(super) layout: &'a Layout,
    /// `None`: now.
    pub(super) past: Option<Seq>,
}

/// A kind's table under a name in a statement.
pub(super) struct Scope<'a> {
    pub(super) table: &'a KindTable,
    pub(super) alias: &'a str,
}

/// A relation as the link table knows it.
pub(super) struct Hop<'a> {
    /// The role's number.
    pub(super) role: i16,
    /// `record` or `entity`: the column of `link` the relation starts from.
    pub(super) from_column: &'static str,
    /// The number of the role in which the records must speak of somebody too: they are edges of a relation.
    pub(super) other: Option<i16>,
    /// Where it leads.
    pub(super) table: &'a KindTable,
    /// What it leads to.
    pub(super) target: Target,
}

impl Scope<'_> {
    /// A field's first column.
    pub(super) fn column(&self, field: &str) -> Result<String, StoreError> {
        if self.table.fields.iter().any(|id| id == field) {
            Ok(format!("{}.{}", self.alias, quoted(field)))
        } else {
            Err(unknown("field", field))
        }
    }

    /// The id's column.
    pub(super) fn id(&self) -> String {
        format!("{}.{}", self.alias, self.table.id_column)
    }
}

impl<'a> Tables<'a> {
    /// The table of a target.
    pub(super) fn table(&self, target: &Target) -> Result<&'a KindTable, StoreError> {
        let (tables, kind) = match target {
            Target::Records(kind) => (&self.layout.kinds, kind),
            Target::Entities(kind) => (&self.layout.entities, kind),
        };
        tables.iter().find(|table| table.id == *kind).ok_or_else(|| unknown("kind", kind))
    }

    /// Rows of a scope, to stand after FROM or JOIN: the current ones, or those that stood at the moment.
    pub(super) fn source(&self, scope: &Scope<'_>, sql: &mut Sql) -> String {
        let KindTable { table, history, id_column, note_column, .. } = scope.table;
        let alias = scope.alias;
        let Some(Seq(seq)) = self.past else { return format!("{table} AS {alias}") };
        let seq = sql.int(seq);
        let columns = format!("{id_column}, since_seq, {note_column}, {}", scope.table.select_list(""));
        let columns = columns.trim_end_matches(", ");
        format!(
            "(SELECT {columns} FROM {table} WHERE since_seq <= {seq} \
             UNION ALL SELECT {columns} FROM {history} WHERE since_seq <= {seq} AND until_seq > {seq}) AS {alias}"
        )
    }

    /// The condition that a row of `link` or `redirect` holds at the moment.
    pub(super) fn valid(&self, alias: &str, sql: &mut Sql) -> String {
        match self.past {
            None => format!("{alias}.until_seq IS NULL"),
            Some(Seq(seq)) => {
                let seq = sql.int(seq);
                format!(
                    "({alias}.since_seq <= {seq} AND ({alias}.until_seq IS NULL OR {alias}.until_seq > {seq}))"
                )
            }
        }
    }

    /// A relation that starts at the rows of a scope.
    pub(super) fn hop(&self, scope: &Scope<'_>, via: &Via) -> Result<Hop<'a>, StoreError> {
        match via {
            Via::Role(role) => {
                let (number, entity) = self.role(&scope.table.id, role)?;
                let target = Target::Entities(entity.to_owned());
                let table = self.table(&target)?;
                Ok(Hop { role: number, from_column: "record", other: None, table, target })
            }
            Via::Inverse { kind, role } => {
                let (number, _) = self.role(kind, role)?;
                let target = Target::Records(kind.clone());
                let table = self.table(&target)?;
                Ok(Hop { role: number, from_column: "entity", other: None, table, target })
            }
            Via::Edges { relation, along } => {
                let (kind, role, other) = self.ends(relation, *along)?;
                let target = Target::Records(kind.to_owned());
                let table = self.table(&target)?;
                Ok(Hop { role, from_column: "entity", other: Some(other), table, target })
            }
            Via::Relation { relation, along } => {
                let (_, role, other) = self.ends(relation, *along)?;
                let there = self.relation(relation)?.ends(*along).1;
                let target = Target::Entities(there.entity.clone());
                let table = self.table(&target)?;
                Ok(Hop { role, from_column: "entity", other: Some(other), table, target })
            }
        }
    }

    fn relation(&self, id: &str) -> Result<&'a Relation, StoreError> {
        self.ontology.relation(id).ok_or_else(|| unknown("relation", id))
    }

    /// The kind of a relation's records, the number of the role one comes from, and of the role one gets to.
    fn ends(&self, id: &str, along: Along) -> Result<(&'a str, i16, i16), StoreError> {
        let relation = self.relation(id)?;
        let (here, there) = relation.ends(along);
        let number = |role: &str| self.role(&relation.kind, role).map(|(number, _)| number);
        Ok((&relation.kind, number(&here.role)?, number(&there.role)?))
    }

    /// A role's number and entity kind.
    pub(super) fn role(&self, kind: &str, role: &str) -> Result<(i16, &'a str), StoreError> {
        let kind_at = self.ontology.kinds.iter().position(|known| known.id == kind);
        let kind_at = kind_at.ok_or_else(|| unknown("kind", kind))?;
        let roles = self.ontology.kinds.get(kind_at).map_or(&[][..], |kind| kind.roles.as_slice());
        let role_at = roles.iter().position(|known| known.id == role);
        let number = role_at.and_then(|at| self.layout.roles.get(kind_at)?.get(at).copied());
        let entity = role_at.and_then(|at| roles.get(at)).map(|role| role.entity.as_str());
        number.zip(entity).ok_or_else(|| unknown("role", role))
    }

    /// The number of a kind's party role.
    pub(super) fn party(&self, kind: &str) -> Option<i16> {
        let party = self.ontology.kind(kind)?.party()?;
        self.role(kind, &party.id).ok().map(|(number, _)| number)
    }
}

pub(super) fn unknown(what: &'static str, name: &str) -> StoreError {
    StoreError::Unknown { what, name: name.chars().take(80).collect() }
}
