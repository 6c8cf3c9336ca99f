//! What is asked of the catalogue. Those statements are known by their text alone: a blank more or less is the same,
//! a word more is an error of syntax.

use super::cell::Cell;
use super::engine::{Answer, Database, Table};
use super::kind::{Collation, Kind};

const SERVER: &str = "SELECT CAST(SERVERPROPERTY('ProductVersion') AS nvarchar(128)), \
    CAST(SERVERPROPERTY('Edition') AS nvarchar(128)), d.name, d.snapshot_isolation_state, \
    d.is_read_committed_snapshot_on, SCHEMA_NAME() FROM sys.databases AS d WHERE d.database_id = DB_ID()";
const TABLES: &str = "SELECT s.name, o.name, o.type, CAST(p.value AS nvarchar(4000)), \
    (SELECT SUM(r.rows) FROM sys.partitions AS r WHERE r.object_id = o.object_id AND r.index_id IN (0, 1)), \
    (SELECT COUNT(*) FROM sys.partitions AS r WHERE r.object_id = o.object_id AND r.index_id IN (0, 1)) \
    FROM sys.objects AS o JOIN sys.schemas AS s ON s.schema_id = o.schema_id \
    LEFT JOIN sys.extended_properties AS p ON p.class = 1 AND p.major_id = o.object_id AND p.minor_id = 0 \
    AND p.name = N'MS_Description' WHERE o.type IN ('U', 'V') AND o.is_ms_shipped = 0";
const TABLES_ORDER: &str = " ORDER BY s.name, o.name";
const COLUMNS: &str = "SELECT s.name, o.name, c.name, COALESCE(b.name, y.name), c.max_length, c.precision, c.scale, \
    c.is_nullable, c.is_computed, c.collation_name, CAST(p.value AS nvarchar(4000)), \
    HAS_PERMS_BY_NAME(QUOTENAME(s.name) + N'.' + QUOTENAME(o.name), 'OBJECT', 'SELECT', c.name, 'COLUMN') \
    FROM sys.columns AS c JOIN sys.objects AS o ON o.object_id = c.object_id \
    JOIN sys.schemas AS s ON s.schema_id = o.schema_id JOIN sys.types AS y ON y.user_type_id = c.user_type_id \
    LEFT JOIN sys.types AS b ON b.user_type_id = c.system_type_id \
    LEFT JOIN sys.extended_properties AS p ON p.class = 1 AND p.major_id = c.object_id \
    AND p.minor_id = c.column_id AND p.name = N'MS_Description' WHERE o.type IN ('U', 'V') AND o.is_ms_shipped = 0";
const COLUMNS_ORDER: &str = " ORDER BY s.name, o.name, c.column_id";
const KEYS: &str = "SELECT s.name, o.name, i.name, c.name, i.is_primary_key, c.is_nullable FROM sys.indexes AS i \
    JOIN sys.objects AS o ON o.object_id = i.object_id JOIN sys.schemas AS s ON s.schema_id = o.schema_id \
    JOIN sys.index_columns AS k ON k.object_id = i.object_id AND k.index_id = i.index_id AND k.key_ordinal > 0 \
    JOIN sys.columns AS c ON c.object_id = i.object_id AND c.column_id = k.column_id \
    WHERE i.is_unique = 1 AND i.has_filter = 0 AND i.is_disabled = 0 AND i.is_hypothetical = 0 \
    AND o.type IN ('U', 'V') AND o.is_ms_shipped = 0";
const KEYS_ORDER: &str = " ORDER BY s.name, o.name, i.is_primary_key DESC, i.index_id, k.key_ordinal";
const ONE: &str = " AND s.name = @P1 AND o.name = @P2";
const ACCOUNT: &str = "SELECT SUSER_SNAME(), IS_SRVROLEMEMBER('sysadmin'), IS_MEMBER('db_owner')";
const WRITES: &str = "SELECT HAS_PERMS_BY_NAME(@P1, 'OBJECT', 'INSERT'), HAS_PERMS_BY_NAME(@P1, 'OBJECT', 'UPDATE'), \
    HAS_PERMS_BY_NAME(@P1, 'OBJECT', 'DELETE'), HAS_PERMS_BY_NAME(@P1, 'OBJECT', 'ALTER')";

/// Who asks, and where.
pub(super) struct Asker<'a> {
    pub(super) user: &'a str,
    pub(super) database_name: &'a str,
    pub(super) database: &'a Database,
    /// Whether the account may change what it reads.
    pub(super) is_writer: bool,
    pub(super) default: &'a Collation,
}

impl Asker<'_> {
    /// Whether the account may read a table.
    pub(super) fn may_read(&self, table: &str) -> bool {
        self.is_writer || self.database.readers.get(self.user).is_some_and(|tables| tables.contains(table))
    }
}

/// The answer, where a statement is one of those known here.
pub(super) fn answer(text: &str, values: &[(String, Cell)], asker: &Asker<'_>) -> Option<Answer> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let is =
        |head: &str, order: &str| text == format!("{head}{order}") || text == format!("{head}{ONE}{order}");
    let one = match values {
        [(_, Cell::Text(schema)), (_, Cell::Text(table))] => Some((schema.as_str(), table.as_str())),
        _ => None,
    };
    let tables = || {
        let is_asked = move |name: &str| one.is_none_or(|(schema, table)| schema == "dbo" && table == name);
        asker.database.tables.iter().filter(move |(name, _)| is_asked(name) && asker.may_read(name))
    };
    let default = asker.default;
    if text == SERVER {
        let cells = vec![
            word("16.0.1000.6"),
            word("Test server of the wire protocol"),
            word(asker.database_name),
            Cell::Int(1),
            Cell::Bit(false),
            word("dbo"),
        ];
        return Some(made(default, &[NAME, NAME, NAME, Kind::TinyInt, Kind::Bit, NAME], vec![cells]));
    }
    if is(TABLES, TABLES_ORDER) {
        let rows = tables().map(|(name, table)| described(name, table)).collect();
        return Some(made(default, &[NAME, NAME, Kind::Char(2), LONG, Kind::BigInt, Kind::Int], rows));
    }
    if is(COLUMNS, COLUMNS_ORDER) {
        let rows = tables().flat_map(|(name, table)| columns(name, table)).collect();
        let small = Kind::TinyInt;
        let kinds = [
            NAME,
            NAME,
            NAME,
            NAME,
            Kind::SmallInt,
            small.clone(),
            small,
            Kind::Bit,
            Kind::Bit,
            NAME,
            LONG,
            Kind::Int,
        ];
        return Some(made(default, &kinds, rows));
    }
    if is(KEYS, KEYS_ORDER) {
        let rows = tables().flat_map(|(name, table)| keys(name, table)).collect();
        return Some(made(default, &[NAME, NAME, NAME, NAME, Kind::Bit, Kind::Bit], rows));
    }
    let right = Cell::Int(i64::from(asker.is_writer));
    if text == ACCOUNT {
        let cells = vec![word(asker.user), Cell::Int(0), Cell::Int(0)];
        return Some(made(default, &[NAME, Kind::Int, Kind::Int], vec![cells]));
    }
    if text == WRITES {
        let kinds = [Kind::Int, Kind::Int, Kind::Int, Kind::Int];
        return Some(made(default, &kinds, vec![vec![right.clone(), right.clone(), right.clone(), right]]));
    }
    None
}

const NAME: Kind = Kind::NVarchar(Some(128));
const LONG: Kind = Kind::NVarchar(Some(4000));

fn word(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

fn made(default: &Collation, kinds: &[Kind], rows: Vec<Vec<Cell>>) -> Answer {
    let columns = kinds.iter().map(|kind| (String::new(), kind.clone(), default.clone())).collect();
    Answer { columns, rows, n_changed: 0 }
}

fn said(comment: Option<&String>) -> Cell {
    comment.map_or(Cell::Null, |comment| word(comment))
}

fn described(name: &str, table: &Table) -> Vec<Cell> {
    let n_rows = i64::try_from(table.rows.len()).unwrap_or(i64::MAX);
    let comment = said(table.comment.as_ref());
    vec![word("dbo"), word(name), word("U "), comment, Cell::Int(n_rows), Cell::Int(1)]
}

fn columns(name: &str, table: &Table) -> Vec<Vec<Cell>> {
    let cells = |column: &super::parser::Declared| {
        let (precision, scale) = column.kind.digits();
        let collation =
            column.collation.as_ref().filter(|_| column.kind.is_text() && column.kind != Kind::Xml);
        vec![
            word("dbo"),
            word(name),
            word(&column.name),
            word(column.kind.base()),
            Cell::Int(i64::from(column.kind.max_length())),
            Cell::Int(i64::from(precision)),
            Cell::Int(i64::from(scale)),
            Cell::Bit(column.is_nullable && !table.key.contains(&column.name)),
            Cell::Bit(false),
            collation.map_or(Cell::Null, |collation| word(&collation.name)),
            said(table.comments.get(&column.name)),
            Cell::Int(1),
        ]
    };
    table.columns.iter().map(cells).collect()
}

fn keys(name: &str, table: &Table) -> Vec<Vec<Cell>> {
    let cells = |column: &String| {
        let index = format!("PK_{name}");
        vec![word("dbo"), word(name), word(&index), word(column), Cell::Bit(true), Cell::Bit(false)]
    };
    table.key.iter().map(cells).collect()
}
