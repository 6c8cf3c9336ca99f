//! The statements we send. Names are quoted, values are bound; where nothing can be bound (`COPY`) they are quoted
//! as literals under `standard_conforming_strings`.

use contract::{Comparison, KeyRange, Order, OrderKey, Predicate, ReadError, SourceKey, Value};

use crate::table::{Table, TableColumn};

/// `"name"`.
pub(crate) fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// `'text'::type`. A NUL cannot be in a value of this engine; the literal ends nowhere because of one.
pub(crate) fn literal(text: &str, column: &TableColumn) -> String {
    format!("'{}'::{}", text.replace('\'', "''").replace('\0', "\u{fffd}"), column.cast_type)
}

/// What a statement reads: the key columns the projection lacks, the flag of large cells, the projection.
pub(crate) struct Select<'a> {
    pub(crate) table: &'a Table,
    pub(crate) key: Vec<&'a TableColumn>,
    pub(crate) projection: Vec<&'a TableColumn>,
    pub(crate) max_cell_bytes: usize,
}

impl<'a> Select<'a> {
    /// The key columns that are read before the projection.
    pub(crate) fn extra(&self) -> Vec<&'a TableColumn> {
        let is_missing = |key: &&&TableColumn| !self.projection.iter().any(|c| c.name == key.name);
        self.key.iter().filter(is_missing).copied().collect()
    }

    /// Whether the server looks at the sizes of cells before it sends them.
    pub(crate) fn is_guarded(&self) -> bool {
        self.table.may_hold_large_cells && self.projection.iter().any(|c| size(c).is_some())
    }

    /// The fields on the wire, in order.
    pub(crate) fn fields(&self) -> Vec<String> {
        let mut fields: Vec<String> = self.extra().iter().map(|column| column.quoted()).collect();
        if self.is_guarded() {
            fields.push(self.flags());
        }
        for column in &self.projection {
            fields.push(match self.too_large(column) {
                Some(condition) if self.is_guarded() => {
                    format!("CASE WHEN {condition} THEN {} ELSE {} END", head(column), column.quoted())
                }
                _ => column.quoted(),
            });
        }
        fields
    }

    /// NULL, or for each large cell its place, its size and a digest of it: `3:10485760:9e10…,`.
    fn flags(&self) -> String {
        let mut conditions = Vec::new();
        let mut parts = Vec::new();
        for (place, column) in self.projection.iter().enumerate() {
            if let Some(condition) = self.too_large(column) {
                let name = column.quoted();
                parts.push(format!(
                    "CASE WHEN {condition} THEN '{place}:' || pg_catalog.octet_length({name}::text) || ':' \
                     || pg_catalog.md5({name}::text) || ',' ELSE '' END"
                ));
                conditions.push(condition);
            }
        }
        format!("CASE WHEN {} THEN {} END", conditions.join(" OR "), parts.join(" || "))
    }

    fn too_large(&self, column: &TableColumn) -> Option<String> {
        let max = self.max_cell_bytes;
        let name = column.quoted();
        Some(match size(column)? {
            Size::Stored => format!("pg_catalog.octet_length({name}) > {max}"),
            Size::AsText => format!("pg_catalog.octet_length({name}::text) > {max}"),
            // Printing a large value only to measure it is dear: first ask what it takes on disk, compressed.
            Size::Printed => format!(
                "(pg_catalog.pg_column_size({name}) > {} AND pg_catalog.octet_length({name}::text) > {max})",
                max / 16
            ),
        })
    }
}

/// How the size of a cell of unbounded type is asked for.
enum Size {
    Stored,
    AsText,
    Printed,
}

fn size(column: &TableColumn) -> Option<Size> {
    match column.base.as_str() {
        "text" | "varchar" | "bpchar" | "bytea" => Some(Size::Stored),
        "json" | "xml" => Some(Size::AsText),
        "bool" | "int2" | "int4" | "int8" | "oid" | "numeric" | "float4" | "float8" | "date" | "time"
        | "timetz" | "timestamp" | "timestamptz" | "interval" | "uuid" | "name" | "char" | "money"
        | "inet" | "cidr" | "macaddr" | "macaddr8" | "xid" | "xid8" | "cid" | "tid" | "pg_lsn" => None,
        _ => Some(Size::Printed),
    }
}

/// The first 64 of a large cell, of a type that may stand in one CASE with the column's own.
fn head(column: &TableColumn) -> String {
    let name = column.quoted();
    match column.base.as_str() {
        "bytea" => format!("pg_catalog.substr({name}, 1, 64)"),
        "bpchar" => format!("pg_catalog.\"left\"({name}::text, 64)::pg_catalog.bpchar"),
        "text" | "varchar" => format!("pg_catalog.\"left\"({name}::text, 64)"),
        // No valid value of these types can be cut out of a long one: the cell is absent, its flag says why.
        _ => "NULL".to_owned(),
    }
}

/// `SELECT fields FROM table WHERE range ORDER BY key`.
pub(crate) fn ordered(select: &Select<'_>, range: &KeyRange) -> Result<String, ReadError> {
    let mut statement = format!("SELECT {} FROM {}", select.fields().join(", "), select.table.quoted());
    let conditions = range_conditions(&select.key, range)?;
    if !conditions.is_empty() {
        statement.push_str(" WHERE ");
        statement.push_str(&conditions.join(" AND "));
    }
    if !select.key.is_empty() {
        let key: Vec<String> = select.key.iter().map(|column| column.quoted()).collect();
        statement.push_str(" ORDER BY ");
        statement.push_str(&key.join(", "));
    }
    Ok(statement)
}

/// Rows with NULL in their key stand last in the order and compare with nothing: whoever goes on after a key gets
/// them (again), so that none is lost.
fn range_conditions(key: &[&TableColumn], range: &KeyRange) -> Result<Vec<String>, ReadError> {
    let mut conditions = Vec::new();
    if let Some(after) = &range.after {
        let mut above = compared(key, ">", after)?;
        for column in key.iter().filter(|column| column.is_nullable) {
            above.push_str(&format!(" OR {} IS NULL", column.quoted()));
        }
        conditions.push(format!("({above})"));
    }
    if let Some(upto) = &range.upto {
        conditions.push(compared(key, "<=", upto)?);
    }
    Ok(conditions)
}

fn compared(key: &[&TableColumn], sign: &str, to: &SourceKey) -> Result<String, ReadError> {
    let parts = to.parts();
    if parts.len() != key.len() {
        return Err(ReadError::malformed(format!(
            "a key of {} parts for a stream with {} key columns",
            parts.len(),
            key.len()
        )));
    }
    let names: Vec<String> = key.iter().map(|column| column.quoted()).collect();
    let values: Vec<String> = key.iter().zip(&parts).map(|(column, part)| literal(part, column)).collect();
    Ok(match (names.as_slice(), values.as_slice()) {
        ([name], [value]) => format!("{name} {sign} {value}"),
        _ => format!("({}) {sign} ({})", names.join(", "), values.join(", ")),
    })
}

/// A field as text exactly as `COPY` prints it (`::text` would print `true` for `t` and cut blanks of `char(n)`).
pub(crate) fn printed(field: &str) -> String {
    format!("CASE WHEN ({field}) IS NOT DISTINCT FROM NULL THEN NULL ELSE pg_catalog.concat({field}) END")
}

/// A bound parameter.
pub(crate) enum Bind {
    One(Option<String>),
    Many(Vec<String>),
}

/// A condition with its bound parameters.
pub(crate) fn condition(
    table: &Table,
    predicate: &Predicate,
    binds: &mut Vec<Bind>,
) -> Result<String, ReadError> {
    Ok(match predicate {
        Predicate::True => "TRUE".to_owned(),
        Predicate::IsNull(column) => format!("{} IS NULL", table.column(column)?.quoted()),
        Predicate::Not(inner) => format!("NOT ({})", condition(table, inner, binds)?),
        Predicate::All(inner) => joined(table, inner, " AND ", "TRUE", binds)?,
        Predicate::Any(inner) => joined(table, inner, " OR ", "FALSE", binds)?,
        Predicate::In { column, values } => {
            let column = table.column(column)?;
            binds.push(Bind::Many(values.iter().filter_map(text_of).collect()));
            format!("{} = ANY(${}::text[]::{}[])", column.quoted(), binds.len(), column.cast_type)
        }
        Predicate::Compare { column, comparison, value } => {
            let column = table.column(column)?;
            let text = text_of(value);
            let name = column.quoted();
            if *comparison == Comparison::StartsWith {
                binds.push(Bind::One(text.map(|text| like_prefix(&text))));
                format!("{name}::text LIKE ${}::text", binds.len())
            } else {
                binds.push(Bind::One(text));
                format!("{name} {} ${}::text::{}", sign(*comparison), binds.len(), column.cast_type)
            }
        }
    })
}

fn joined(
    table: &Table,
    inner: &[Predicate],
    word: &str,
    none: &str,
    binds: &mut Vec<Bind>,
) -> Result<String, ReadError> {
    let conditions = inner
        .iter()
        .map(|predicate| condition(table, predicate, binds).map(|text| format!("({text})")))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(if conditions.is_empty() { none.to_owned() } else { conditions.join(word) })
}

fn sign(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Equal => "=",
        Comparison::NotEqual => "<>",
        Comparison::Less => "<",
        Comparison::LessOrEqual => "<=",
        Comparison::Greater => ">",
        Comparison::GreaterOrEqual => ">=",
        Comparison::StartsWith => "LIKE",
    }
}

fn like_prefix(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("{escaped}%")
}

/// A value in the engine's own text; `None` for NULL.
fn text_of(value: &Value) -> Option<String> {
    if let Value::Float(x) = value
        && !x.is_finite()
    {
        let word = if x.is_nan() { "NaN" } else { "Infinity" };
        return Some(if *x < 0.0 { format!("-{word}") } else { word.to_owned() });
    }
    value.to_text()
}

/// `t."column", t."column" DESC`: with the table's alias, so that no name of the output is meant.
pub(crate) fn order_by(table: &Table, order: &[OrderKey]) -> Result<String, ReadError> {
    let keys = order
        .iter()
        .map(|key| {
            let direction = match key.order {
                Order::Ascending => "",
                Order::Descending => " DESC",
            };
            Ok(format!("t.{}{direction}", table.column(&key.column)?.quoted()))
        })
        .collect::<Result<Vec<_>, ReadError>>()?;
    Ok(keys.join(", "))
}
