//! Forward-only migrations: the base tables, tables of other owners, and the tables of the ontology's kinds.
//!
//! Each step is one transaction together with the row that says it is done, so that a killed migration is either
//! wholly there or not at all, and the next start goes on with it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::clock::Timestamp;
use crate::ontology::Ontology;

use super::StoreError;
use super::base;
use super::dialect::{Dialect, quoted};
use super::layout::{KindTable, Layout, WantedTable, type_name, wanted};
use super::options::MigrationFault;
use super::session::{Param, Session};

/// One step of an owner's schema. Never changed once released.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// Counts from 1.
    pub version: i64,
    /// What it does, for people.
    pub name: &'static str,
    /// Statements for SQLite.
    pub sqlite: &'static str,
    /// Statements for PostgreSQL.
    pub postgres: &'static str,
}

/// The owner of the hub's own tables.
pub(super) const HUB: &str = "hub";

/// The newest version of the hub's own tables.
pub(super) const HUB_VERSION: i64 = 2;

/// The version an owner's tables are at; 0 when it has none.
pub(super) async fn version_of(session: &mut Session, owner: &str) -> Result<i64, StoreError> {
    let exists = match session.dialect() {
        Dialect::Sqlite => "SELECT count(*) FROM sqlite_schema WHERE name = 'migration'",
        Dialect::Postgres => "SELECT count(*) FROM pg_class WHERE oid = to_regclass('migration')",
    };
    let there = session.fetch_first(exists, &[]).await?.map(|row| row.int(0)).transpose()?;
    if there != Some(1) {
        return Ok(0);
    }
    let row = session
        .fetch_first("SELECT max(version) FROM migration WHERE owner = $1", &[Param::Text(owner.to_owned())])
        .await?;
    Ok(row.map(|row| row.opt_int(0)).transpose()?.flatten().unwrap_or(0))
}

/// The next step of the hub's own tables after `version`, in the transaction of `session`. False: nothing to do.
pub(super) async fn step_base(session: &mut Session, at: Timestamp) -> Result<bool, StoreError> {
    let found = version_of(session, HUB).await?;
    if found > HUB_VERSION {
        return Err(StoreError::SchemaVersion { owner: HUB.to_owned(), found, known: HUB_VERSION });
    }
    if found == HUB_VERSION {
        return Ok(false);
    }
    let (sql, name) = match found {
        0 => (base::tables(session.dialect()), "base tables"),
        _ => (super::scored::tables(session.dialect()), "scored matching"),
    };
    session.execute_once(&sql).await?;
    done(session, HUB, found + 1, name, at).await?;
    Ok(true)
}

/// One step of another owner, in the transaction of `session`.
pub(super) async fn step_of(
    session: &mut Session,
    owner: &str,
    migrations: &[Migration],
    at: Timestamp,
) -> Result<bool, StoreError> {
    let found = version_of(session, owner).await?;
    let known = migrations.last().map_or(0, |migration| migration.version);
    if found > known {
        return Err(StoreError::SchemaVersion { owner: owner.to_owned(), found, known });
    }
    let Some(next) = migrations.iter().find(|migration| migration.version > found) else { return Ok(false) };
    let sql = match session.dialect() {
        Dialect::Sqlite => next.sqlite,
        Dialect::Postgres => next.postgres,
    };
    session.execute_once(sql).await?;
    done(session, owner, next.version, next.name, at).await?;
    Ok(true)
}

async fn done(
    session: &mut Session,
    owner: &str,
    version: i64,
    name: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    session
        .execute(
            "INSERT INTO migration (owner, version, name, applied_at) VALUES ($1, $2, $3, $4)",
            &[
                Param::Text(owner.to_owned()),
                Param::Int(version),
                Param::Text(name.to_owned()),
                Param::Int(at.0),
            ],
        )
        .await
        .map(drop)
}

/// What the store knows of kinds, fields and roles.
#[derive(Default)]
struct Known {
    kinds: BTreeMap<(bool, String), i16>,
    fields: BTreeMap<(i16, String), String>,
    roles: BTreeMap<(i16, String), i16>,
}

async fn known(session: &mut Session) -> Result<Known, StoreError> {
    let mut known = Known::default();
    for row in session.fetch("SELECT kind, name, is_entity FROM kind", &[]).await? {
        known.kinds.insert((row.int(2)? != 0, row.text(1)?), row.small(0)?);
    }
    for row in session.fetch("SELECT kind, name, type FROM kind_field", &[]).await? {
        known.fields.insert((row.small(0)?, row.text(1)?), row.text(2)?);
    }
    for row in session.fetch("SELECT role, kind, name FROM role", &[]).await? {
        known.roles.insert((row.small(1)?, row.text(2)?), row.small(0)?);
    }
    Ok(known)
}

/// Brings the tables of kinds to what the ontology wants, additively, in the transaction of `session`.
pub(super) async fn step_ontology(
    session: &mut Session,
    ontology: &Arc<Ontology>,
    fault: &MigrationFault,
) -> Result<(), StoreError> {
    let mut known = known(session).await?;
    for want in wanted(ontology) {
        let number = match known.kinds.get(&(want.is_entity, want.id.to_owned())) {
            Some(number) => *number,
            None => new_kind(session, &mut known, &want).await?,
        };
        fault.reach();
        add_fields(session, &known, &want, number).await?;
        for role in &want.roles {
            if known.roles.contains_key(&(number, (*role).to_owned())) {
                continue;
            }
            let next = known.roles.values().max().copied().unwrap_or(0) + 1;
            session
                .execute(
                    "INSERT INTO role (role, kind, name) VALUES ($1, $2, $3)",
                    &[Param::Int(next.into()), Param::Int(number.into()), Param::Text((*role).to_owned())],
                )
                .await?;
            known.roles.insert((number, (*role).to_owned()), next);
        }
    }
    session
        .execute(
            "INSERT INTO meta (name, value) VALUES ('ontology', $1) ON CONFLICT (name) DO UPDATE SET value = $1",
            &[Param::Text(ontology.version.clone())],
        )
        .await
        .map(drop)
}

async fn new_kind(
    session: &mut Session,
    known: &mut Known,
    want: &WantedTable<'_>,
) -> Result<i16, StoreError> {
    let number = known.kinds.values().max().copied().unwrap_or(0) + 1;
    session
        .execute(
            "INSERT INTO kind (kind, name, is_entity) VALUES ($1, $2, $3)",
            &[Param::Int(number.into()), Param::Text(want.id.to_owned()), Param::Int(want.is_entity.into())],
        )
        .await?;
    known.kinds.insert((want.is_entity, want.id.to_owned()), number);
    session.execute_once(&base::kind_tables(session.dialect(), &want.table(number))).await?;
    Ok(number)
}

/// New fields become nullable columns; a field that was removed keeps its column; a changed type is refused.
async fn add_fields(
    session: &mut Session,
    known: &Known,
    want: &WantedTable<'_>,
    number: i16,
) -> Result<(), StoreError> {
    let table = want.table(number);
    let there: BTreeSet<String> = stored_columns(session, &table).await?.into_iter().collect();
    let mut sql = String::new();
    for column in table.columns.iter().filter(|column| !there.contains(&column.name)) {
        let declared = session.dialect().column_type(column.column_type);
        for name in [&table.table, &table.history] {
            sql.push_str(&format!("ALTER TABLE {name} ADD COLUMN {} {declared};\n", quoted(&column.name)));
        }
    }
    for (field, is_key) in table.fields.iter().zip(&table.is_key) {
        if *is_key {
            sql.push_str(&base::field_index(&table, field));
        }
    }
    if !sql.is_empty() {
        session.execute_once(&sql).await?;
    }
    for field in &want.fields {
        let wanted = type_name(&field.field_type);
        match known.fields.get(&(number, field.id.clone())) {
            Some(stored) if *stored == wanted => {}
            Some(stored) => {
                return Err(StoreError::TypeChanged {
                    kind: want.id.to_owned(),
                    field: field.id.clone(),
                    stored: stored.clone(),
                    wanted,
                });
            }
            None => {
                session
                    .execute(
                        "INSERT INTO kind_field (kind, name, type) VALUES ($1, $2, $3)",
                        &[Param::Int(number.into()), Param::Text(field.id.clone()), Param::Text(wanted)],
                    )
                    .await?;
            }
        }
    }
    Ok(())
}

async fn stored_columns(session: &mut Session, table: &KindTable) -> Result<Vec<String>, StoreError> {
    let sql = session.dialect().columns_of();
    let name = table.table.trim_matches('"').to_owned();
    session.fetch(sql, &[Param::Text(name)]).await?.iter().map(|row| row.text(0)).collect()
}

/// The layout of this store for an ontology whose tables it has.
pub(super) async fn layout(session: &mut Session, ontology: &Arc<Ontology>) -> Result<Layout, StoreError> {
    let known = known(session).await?;
    let mut kinds = Vec::new();
    let mut entities = Vec::new();
    let mut roles = Vec::new();
    for want in wanted(ontology) {
        let missing = || StoreError::Unknown { what: "table for kind", name: want.id.to_owned() };
        let number = *known.kinds.get(&(want.is_entity, want.id.to_owned())).ok_or_else(missing)?;
        let mut table = want.table(number);
        table.stored = stored_columns(session, &table).await?;
        if want.is_entity {
            entities.push(table);
            continue;
        }
        let numbers: Option<Vec<i16>> =
            want.roles.iter().map(|role| known.roles.get(&(number, (*role).to_owned())).copied()).collect();
        roles.push(numbers.ok_or_else(missing)?);
        kinds.push(table);
    }
    Ok(Layout::new(session.dialect(), kinds, entities, roles))
}
