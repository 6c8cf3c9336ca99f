//! The statements we run. Names are quoted, values are bound.

use contract::{Comparison, KeyRange, Order, OrderKey, Predicate, ReadError, SourceKey, Value};

use crate::table::{Affinity, Encoding, Table, TableColumn};

/// Columns in one call of `concat`: five arguments each at most, of the 127 that any build of the engine takes.
const N_PER_CONCAT: usize = 24;

/// `"name"`.
pub(crate) fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A bound parameter.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Bind {
    Null,
    Integer(i64),
    Real(f64),
    Text(String),
    /// Text that may not be valid: bound as bytes, to be cast to text by the statement.
    TextBytes(Vec<u8>),
    Blob(Vec<u8>),
}

/// What a statement reads: the key columns the projection lacks, then the projection.
pub(crate) struct Select<'a> {
    pub(crate) table: &'a Table,
    pub(crate) key: Vec<&'a TableColumn>,
    pub(crate) projection: Vec<&'a TableColumn>,
    pub(crate) max_cell_bytes: usize,
    /// Whether each cell is measured before it is taken: unless the table is known to hold none so large.
    pub(crate) is_guarded: bool,
}

impl<'a> Select<'a> {
    /// The key columns that are read before the projection.
    pub(crate) fn extra(&self) -> Vec<&'a TableColumn> {
        let is_missing = |key: &&&TableColumn| !self.projection.iter().any(|c| c.name == key.name);
        self.key.iter().filter(is_missing).copied().collect()
    }

    /// The cells of a row, in order.
    pub(crate) fn cells(&self) -> Vec<&'a TableColumn> {
        self.extra().into_iter().chain(self.projection.iter().copied()).collect()
    }

    /// The canonical bytes of a row, as one expression.
    pub(crate) fn canonical(&self) -> String {
        let cells: Vec<String> = self.cells().iter().map(|column| self.cell(column)).collect();
        let calls: Vec<String> =
            cells.chunks(N_PER_CONCAT).map(|part| format!("concat({})", part.join(", "))).collect();
        if calls.is_empty() { "''".to_owned() } else { calls.join(" || ") }
    }

    /// Arguments of `concat` that write `<type><bytes>:<value>;`, or `integer:<digits>;`, or what [`real`] says. The shorter forms write the same bytes as the longest.
    fn cell(&self, column: &TableColumn) -> String {
        let name = identifier(&column.name);
        let any = format!("typeof({name}), octet_length({name}), ':', {name}, ';'");
        let arguments = match (self.table.encoding, column.affinity) {
            (Encoding::Utf8, Affinity::Text) => any,
            (Encoding::Utf8, Affinity::Number | Affinity::None) => format!(
                "CASE typeof({name}) WHEN 'integer' THEN 'integer:' || {name} || ';' \
                 WHEN 'real' THEN {} ELSE concat({any}) END",
                real(&name)
            ),
            // Lengths and bytes of such text are not those of the statement's result: in hexadecimal they are.
            (Encoding::Utf16Le | Encoding::Utf16Be, _) => format!(
                "CASE WHEN typeof({name}) IN ('text', 'blob') \
                 THEN concat(typeof({name}), 'hex:', hex(CAST({name} AS BLOB)), ';') \
                 WHEN typeof({name}) = 'real' THEN {} \
                 ELSE concat(typeof({name}), ':', {name}, ';') END",
                real(&name)
            ),
        };
        if !self.is_guarded {
            return arguments;
        }
        let max = self.max_cell_bytes;
        let head = format!("octet_length({name}), ',', hex(substr(CAST({name} AS BLOB), 1, 64))");
        format!(
            "CASE WHEN octet_length({name}) > {max} THEN concat('large', typeof({name}), ':', {head}, ';') \
             ELSE concat({arguments}) END"
        )
    }

    /// The key columns as they are ordered and compared.
    ///
    /// The table's own key is unique under its own collation. Another is compared byte by byte, so that two keys
    /// never count as one.
    pub(crate) fn ordered_key(&self) -> Vec<String> {
        let is_own = self.table.is_own_key(&self.key);
        let name = |column: &&TableColumn| {
            let name = identifier(&column.name);
            if is_own { name } else { format!("{name} COLLATE BINARY") }
        };
        self.key.iter().map(name).collect()
    }
}

/// `real:<20 digits>;`, which a reader rounds back to the same number, or `real:<20 digits>*<n>;` for that number times
/// 2 to the n.
///
/// The engine prints numbers between some 1e-84 and 1e121 closely enough to be read back to the last bit, and no
/// others (measured). Those are first multiplied by a power of two, which changes no digit of theirs.
fn real(name: &str) -> String {
    let power = |n: usize| vec!["4611686018427387904.0"; n].join(" * ");
    format!(
        "CASE WHEN abs({name}) BETWEEN 1e-80 AND 1e115 OR {name} = 0 THEN format('real:%!.20e;', {name}) \
         WHEN abs({name}) > 1e115 THEN format('real:%!.20e*650;', {name} / ({ten} * 1073741824.0)) \
         WHEN abs({name}) > 1e-250 THEN format('real:%!.20e*-620;', {name} * ({ten})) \
         ELSE format('real:%!.20e*-868;', {name} * ({ten}) * ({four})) END",
        ten = power(10),
        four = power(4),
    )
}

/// `SELECT row FROM table WHERE range ORDER BY key`.
///
/// Rows with NULL in their key stand first in the order and compare with nothing: whoever goes on after a key has
/// had them, unless NULL stands in a later part of the key, which then comes after smaller first parts.
pub(crate) fn ordered(select: &Select<'_>, range: &KeyRange) -> Result<(String, Vec<Bind>), ReadError> {
    let mut binds = Vec::new();
    let mut statement = format!("SELECT {} FROM {}", select.canonical(), identifier(&select.table.name));
    let key = select.ordered_key();
    let mut conditions = Vec::new();
    for (end, sign) in [(&range.after, ">"), (&range.upto, "<=")] {
        if let Some(end) = end {
            conditions.push(compared(select, &key, sign, end, &mut binds)?);
        }
    }
    if !conditions.is_empty() {
        statement.push_str(" WHERE ");
        statement.push_str(&conditions.join(" AND "));
    }
    if !key.is_empty() {
        statement.push_str(" ORDER BY ");
        statement.push_str(&key.join(", "));
    }
    Ok((statement, binds))
}

pub(crate) fn compared(
    select: &Select<'_>,
    key: &[String],
    sign: &str,
    to: &SourceKey,
    binds: &mut Vec<Bind>,
) -> Result<String, ReadError> {
    let parts = to.parts();
    if parts.len() != key.len() || key.is_empty() {
        let words = format!("a key of {} parts for a stream with {} key columns", parts.len(), key.len());
        return Err(ReadError::malformed(words));
    }
    let mut places = Vec::new();
    for (column, part) in select.key.iter().zip(parts) {
        binds.extend(meanings(column, &part).into_iter().next());
        places.push(format!("?{}", binds.len()));
    }
    Ok(match (key, places.as_slice()) {
        ([name], [place]) => format!("{name} {sign} {place}"),
        _ => format!("({}) {sign} ({})", key.join(", "), places.join(", ")),
    })
}

/// What the native text of a key cell may have been. In a column that turns nothing, `5` may be a number or a text:
/// the first meaning is the one that stands earlier in the order, so that going on after it loses nothing.
pub(crate) fn meanings(column: &TableColumn, part: &str) -> Vec<Bind> {
    let number = || match part.parse::<i64>() {
        Ok(number) => Some(Bind::Integer(number)),
        Err(_) => part.parse::<f64>().ok().filter(|x| x.is_finite()).map(Bind::Real),
    };
    let text = Bind::Text(part.to_owned());
    match column.affinity {
        Affinity::Text => vec![text],
        Affinity::Number => vec![number().unwrap_or(text)],
        Affinity::None => {
            let blob = part.strip_prefix("x'").and_then(|rest| rest.strip_suffix('\''));
            let blob = blob.and_then(crate::row::bytes_of_hex);
            match (number(), blob) {
                (Some(number), _) => vec![number, text],
                (None, Some(blob)) => vec![Bind::Blob(blob), text],
                (None, None) => vec![text],
            }
        }
    }
}

/// A condition with its bound parameters.
pub(crate) fn condition(
    table: &Table,
    predicate: &Predicate,
    binds: &mut Vec<Bind>,
) -> Result<String, ReadError> {
    Ok(match predicate {
        Predicate::True => "1".to_owned(),
        Predicate::IsNull(column) => format!("{} IS NULL", named(table, column)?),
        Predicate::Not(inner) => format!("NOT ({})", condition(table, inner, binds)?),
        Predicate::All(inner) => joined(table, inner, " AND ", "1", binds)?,
        Predicate::Any(inner) => joined(table, inner, " OR ", "0", binds)?,
        Predicate::In { column, values } => {
            let name = named(table, column)?;
            let places: Vec<String> = values.iter().map(|value| put(binds, bind(value))).collect();
            format!("{name} IN ({})", places.join(", "))
        }
        Predicate::Compare { column, comparison, value } => {
            let name = named(table, column)?;
            let place = put(binds, bind(value));
            match comparison {
                Comparison::StartsWith => format!("substr({name}, 1, length({place})) = {place}"),
                Comparison::Equal => format!("{name} = {place}"),
                Comparison::NotEqual => format!("{name} <> {place}"),
                Comparison::Less => format!("{name} < {place}"),
                Comparison::LessOrEqual => format!("{name} <= {place}"),
                Comparison::Greater => format!("{name} > {place}"),
                Comparison::GreaterOrEqual => format!("{name} >= {place}"),
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

fn named(table: &Table, column: &str) -> Result<String, ReadError> {
    Ok(identifier(&table.column(column)?.name))
}

/// Adds a parameter; gives its place in the statement.
pub(crate) fn put(binds: &mut Vec<Bind>, bind: Bind) -> String {
    binds.push(bind);
    format!("?{}", binds.len())
}

fn bind(value: &Value) -> Bind {
    match value {
        Value::Null => Bind::Null,
        Value::Bool(b) => Bind::Integer(i64::from(*b)),
        Value::Int(i) => Bind::Integer(*i),
        Value::Float(x) => Bind::Real(*x),
        Value::Bytes(bytes) => Bind::Blob(bytes.clone()),
        Value::Text(text) | Value::Decimal(text) | Value::Odd { text, .. } => Bind::Text(text.clone()),
        Value::Date(_) | Value::Time(_) | Value::DateTime(_) | Value::Timestamp(_) => {
            value.to_text().map_or(Bind::Null, Bind::Text)
        }
    }
}

/// `column, column DESC`.
pub(crate) fn order_by(table: &Table, order: &[OrderKey]) -> Result<String, ReadError> {
    let keys = order
        .iter()
        .map(|key| {
            let direction = match key.order {
                Order::Ascending => "",
                Order::Descending => " DESC",
            };
            Ok(format!("{}{direction}", named(table, &key.column)?))
        })
        .collect::<Result<Vec<_>, ReadError>>()?;
    Ok(keys.join(", "))
}
