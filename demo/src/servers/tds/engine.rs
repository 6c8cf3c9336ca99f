//! Tables, and what statements do with them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::cell::{Cell, convert};
use super::expression::Scope;
use super::kind::{Collation, Kind};
use super::order::{ordered, unique};
use super::parser::{Cond, Declared, Expr, Query, Statement};
use super::wire::SqlError;

/// A database, as it is at one moment. Cheap to copy: what changes is copied when it changes.
#[derive(Clone, Debug, Default)]
pub(super) struct Database {
    pub(super) tables: BTreeMap<String, Arc<Table>>,
    /// Which accounts may read which tables; who owns the database may everything.
    pub(super) readers: BTreeMap<String, BTreeSet<String>>,
    next_version: u64,
}

/// A table.
#[derive(Clone, Debug)]
pub(super) struct Table {
    pub(super) columns: Vec<Declared>,
    pub(super) key: Vec<String>,
    pub(super) comment: Option<String>,
    /// Comments of columns, by name.
    pub(super) comments: BTreeMap<String, String>,
    pub(super) rows: Vec<Arc<Vec<Cell>>>,
}

/// A result: columns, rows in order.
#[derive(Clone, Debug, Default)]
pub(super) struct Answer {
    pub(super) columns: Vec<(String, Kind, Collation)>,
    pub(super) rows: Vec<Vec<Cell>>,
    pub(super) n_changed: u64,
}

pub(super) fn no_object(name: &str) -> SqlError {
    SqlError::new(208, 16, &format!("Invalid object name '{name}'."))
}

impl Table {
    pub(super) fn places(&self) -> HashMap<String, usize> {
        self.columns.iter().enumerate().map(|(at, column)| (column.name.clone(), at)).collect()
    }

    pub(super) fn kinds(&self, default: &Collation) -> Vec<(Kind, Collation)> {
        let kind = |column: &Declared| {
            (column.kind.clone(), column.collation.clone().unwrap_or_else(|| default.clone()))
        };
        self.columns.iter().map(kind).collect()
    }

    fn place(&self, name: &str) -> Result<usize, SqlError> {
        let found = self.columns.iter().position(|column| column.name == name);
        found.ok_or_else(|| SqlError::new(207, 16, &format!("Invalid column name '{name}'.")))
    }
}

impl Database {
    pub(super) fn table(&self, name: &str) -> Result<&Arc<Table>, SqlError> {
        self.tables.get(name).ok_or_else(|| no_object(name))
    }

    fn change(&mut self, name: &str) -> Result<&mut Table, SqlError> {
        self.tables.get_mut(name).map(Arc::make_mut).ok_or_else(|| no_object(name))
    }

    /// Answers a query.
    pub(super) fn select(
        &self,
        query: &Query,
        values: &[(String, Cell)],
        default: &Collation,
    ) -> Result<Answer, SqlError> {
        let table = self.table(&query.table)?;
        let (places, kinds) = (table.places(), table.kinds(default));
        let scope = Scope { places: &places, kinds: &kinds, values, default };
        let all: Vec<(Expr, String)>;
        let fields = match &query.fields {
            Some(fields) => fields,
            None => {
                all = table.columns.iter().map(|c| (Expr::Column(c.name.clone()), c.name.clone())).collect();
                &all
            }
        };
        let mut columns = Vec::with_capacity(fields.len());
        for (expr, name) in fields {
            let (kind, collation) = scope.kind(expr)?;
            columns.push((name.clone(), kind, collation));
        }
        let rows = kept(&scope, &table.rows, query.condition.as_ref())?;
        let rows = ordered(&scope, rows, &query.order)?;
        let top = query.top.and_then(|top| usize::try_from(top).ok()).unwrap_or(usize::MAX);
        let mut answers = Vec::new();
        for row in rows.into_iter().take(top) {
            let cells = fields.iter().map(|(expr, _)| scope.value(expr, &row)).collect::<Result<_, _>>()?;
            answers.push(cells);
        }
        Ok(Answer { columns, rows: answers, n_changed: 0 })
    }

    /// Makes a change; how many rows it met.
    pub(super) fn execute(&mut self, statement: &Statement, default: &Collation) -> Result<u64, SqlError> {
        match statement {
            Statement::Create { table, columns, key } => {
                if self.tables.contains_key(table) {
                    let words = format!("There is already an object named '{table}' in the database.");
                    return Err(SqlError::new(2714, 16, &words));
                }
                let made = Table {
                    columns: columns.clone(),
                    key: key.clone(),
                    comment: None,
                    comments: BTreeMap::new(),
                    rows: Vec::new(),
                };
                self.tables.insert(table.clone(), Arc::new(made));
                Ok(0)
            }
            Statement::Drop { table, if_exists } => {
                if self.tables.remove(table).is_none() && !if_exists {
                    return Err(no_object(table));
                }
                self.readers.values_mut().for_each(|tables| {
                    tables.remove(table);
                });
                Ok(0)
            }
            Statement::Insert { table, columns, rows } => {
                self.insert(table, columns.as_deref(), rows, default)
            }
            Statement::Update { table, sets, condition } => {
                self.update(table, sets, condition.as_ref(), default)
            }
            Statement::Delete { table, condition } => self.delete(table, condition.as_ref(), default),
            Statement::AddColumn { table, column } => {
                let value = initial(column, default)?;
                let table = self.change(table)?;
                table.columns.push(column.clone());
                table.rows.iter_mut().for_each(|row| Arc::make_mut(row).push(value.clone()));
                Ok(0)
            }
            Statement::DropColumn { table, column } => {
                let table = self.change(table)?;
                let place = table.place(column)?;
                table.columns.remove(place);
                table.rows.iter_mut().for_each(|row| drop(Arc::make_mut(row).remove(place)));
                Ok(0)
            }
            Statement::AlterColumn { table, column } => {
                let table = self.change(table)?;
                let place = table.place(&column.name)?;
                let collation = column.collation.clone().unwrap_or_else(|| default.clone());
                for row in &mut table.rows {
                    let row = Arc::make_mut(row);
                    if let Some(cell) = row.get_mut(place) {
                        *cell = convert(cell.clone(), &column.kind, &collation)?;
                    }
                }
                table.columns[place] = column.clone();
                Ok(0)
            }
            Statement::Rename { table, column, name } => {
                let table = self.change(table)?;
                let place = table.place(column)?;
                table.columns[place].name.clone_from(name);
                Ok(0)
            }
            Statement::Comment { table, column, words } => {
                let table = self.change(table)?;
                match column {
                    None => table.comment = Some(words.clone()),
                    Some(column) => drop(table.comments.insert(column.clone(), words.clone())),
                }
                Ok(0)
            }
            Statement::Set
            | Statement::CreateDatabase(_)
            | Statement::Isolation(_)
            | Statement::Begin
            | Statement::Commit
            | Statement::Use(_)
            | Statement::Select(_) => Ok(0),
        }
    }

    fn insert(
        &mut self,
        name: &str,
        columns: Option<&[String]>,
        rows: &[Vec<Expr>],
        default: &Collation,
    ) -> Result<u64, SqlError> {
        let mut version = self.next_version;
        let table = self.change(name)?;
        let is_version = |column: &Declared| column.kind == Kind::RowVersion;
        let named: Vec<usize> = match columns {
            Some(columns) => columns.iter().map(|column| table.place(column)).collect::<Result<_, _>>()?,
            None => (0..table.columns.len()).filter(|at| !is_version(&table.columns[*at])).collect(),
        };
        let scope = Scope { places: &HashMap::new(), kinds: &[], values: &[], default };
        let mut made = Vec::with_capacity(rows.len());
        for row in rows {
            if row.len() != named.len() {
                return Err(SqlError::new(
                    213,
                    16,
                    "Column name or number of supplied values does not match table definition.",
                ));
            }
            let mut cells =
                table.columns.iter().map(|c| initial(c, default)).collect::<Result<Vec<_>, _>>()?;
            for (place, expr) in named.iter().zip(row) {
                let column = &table.columns[*place];
                let collation = column.collation.as_ref().unwrap_or(default);
                cells[*place] = convert(scope.value(expr, &[])?, &column.kind, collation)?;
            }
            for (cell, column) in cells.iter_mut().zip(&table.columns) {
                if is_version(column) {
                    version += 1;
                    *cell = Cell::Bytes((2000 + version).to_be_bytes().to_vec());
                }
                if *cell == Cell::Null && !column.is_nullable {
                    let words = format!("Cannot insert the value NULL into column '{}'.", column.name);
                    return Err(SqlError::new(515, 16, &words));
                }
            }
            made.push(Arc::new(cells));
        }
        let n_rows = made.len() as u64;
        table.rows.extend(made);
        unique(table, default)?;
        self.next_version = version;
        Ok(n_rows)
    }

    fn update(
        &mut self,
        name: &str,
        sets: &[(String, Expr)],
        condition: Option<&Cond>,
        default: &Collation,
    ) -> Result<u64, SqlError> {
        let table = self.change(name)?;
        let (places, kinds) = (table.places(), table.kinds(default));
        let scope = Scope { places: &places, kinds: &kinds, values: &[], default };
        let mut n_changed = 0;
        for row in &mut table.rows {
            if !meets(&scope, row, condition)? {
                continue;
            }
            n_changed += 1;
            let before = Arc::clone(row);
            for (column, expr) in sets {
                let at = places.get(column).copied().unwrap_or(usize::MAX);
                let (Some((kind, collation)), Some(cell)) = (kinds.get(at), Arc::make_mut(row).get_mut(at))
                else {
                    return Err(SqlError::new(207, 16, &format!("Invalid column name '{column}'.")));
                };
                *cell = convert(scope.value(expr, &before)?, kind, collation)?;
            }
        }
        unique(table, default)?;
        Ok(n_changed)
    }

    fn delete(&mut self, name: &str, condition: Option<&Cond>, default: &Collation) -> Result<u64, SqlError> {
        let table = self.change(name)?;
        let (places, kinds) = (table.places(), table.kinds(default));
        let scope = Scope { places: &places, kinds: &kinds, values: &[], default };
        let n_before = table.rows.len();
        let mut kept = Vec::with_capacity(n_before);
        for row in &table.rows {
            if !meets(&scope, row, condition)? {
                kept.push(Arc::clone(row));
            }
        }
        table.rows = kept;
        Ok((n_before - table.rows.len()) as u64)
    }
}

fn initial(column: &Declared, default: &Collation) -> Result<Cell, SqlError> {
    let Some(expr) = &column.default else { return Ok(Cell::Null) };
    let scope = Scope { places: &HashMap::new(), kinds: &[], values: &[], default };
    convert(scope.value(expr, &[])?, &column.kind, column.collation.as_ref().unwrap_or(default))
}

fn meets(scope: &Scope<'_>, row: &[Cell], condition: Option<&Cond>) -> Result<bool, SqlError> {
    match condition {
        None => Ok(true),
        Some(condition) => Ok(scope.holds(condition, row)? == Some(true)),
    }
}

fn kept(
    scope: &Scope<'_>,
    rows: &[Arc<Vec<Cell>>],
    condition: Option<&Cond>,
) -> Result<Vec<Arc<Vec<Cell>>>, SqlError> {
    let mut kept = Vec::new();
    for row in rows {
        if meets(scope, row, condition)? {
            kept.push(Arc::clone(row));
        }
    }
    Ok(kept)
}
