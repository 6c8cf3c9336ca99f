//! The few differences between the two engines' SQL. All other SQL of the store is one text for both.

use super::layout::ColumnType;

/// The engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// SQLite.
    Sqlite,
    /// PostgreSQL.
    Postgres,
}

impl Dialect {
    /// A list of integers bound as parameter `place`, as a table `j(value)`.
    pub(crate) fn ints(self, place: usize) -> String {
        match self {
            Dialect::Sqlite => format!("json_each(${place}) AS j"),
            Dialect::Postgres => format!("unnest(${place}::bigint[]) AS j(value)"),
        }
    }

    /// A list of texts bound as parameter `place`, as a table `j(value)`.
    pub(crate) fn texts(self, place: usize) -> String {
        match self {
            Dialect::Sqlite => format!("json_each(${place}) AS j"),
            Dialect::Postgres => format!("unnest(${place}::text[] COLLATE \"C\") AS j(value)"),
        }
    }

    /// A list of pairs (integer, text) bound as the *last* parameter `place`, as a table `j(a, b)`.
    pub(crate) fn pairs(self, place: usize) -> String {
        match self {
            Dialect::Sqlite => format!(
                "(SELECT json_extract(value, '$[0]') AS a, json_extract(value, '$[1]') AS b FROM json_each(${place})) AS j"
            ),
            Dialect::Postgres => {
                format!("unnest(${place}::bigint[], ${}::text[] COLLATE \"C\") AS j(a, b)", place + 1)
            }
        }
    }

    /// A list of pairs of integers bound as the *last* parameter `place`, as a table `j(a, b)`.
    pub(crate) fn int_pairs(self, place: usize) -> String {
        match self {
            Dialect::Sqlite => self.pairs(place),
            Dialect::Postgres => {
                format!("unnest(${place}::bigint[], ${}::bigint[]) AS j(a, b)", place + 1)
            }
        }
    }

    /// The type of a column, with its collation.
    pub(crate) fn column_type(self, column: ColumnType) -> &'static str {
        match (self, column) {
            (Dialect::Sqlite, ColumnType::Text | ColumnType::Date) => "TEXT",
            (Dialect::Sqlite, ColumnType::Integer | ColumnType::Small | ColumnType::Bool) => "INTEGER",
            (Dialect::Sqlite, ColumnType::Bytes) => "BLOB",
            (Dialect::Postgres, ColumnType::Text) => "text COLLATE \"C\"",
            (Dialect::Postgres, ColumnType::Integer) => "bigint",
            (Dialect::Postgres, ColumnType::Small) => "smallint",
            (Dialect::Postgres, ColumnType::Bool) => "boolean",
            (Dialect::Postgres, ColumnType::Date) => "date",
            (Dialect::Postgres, ColumnType::Bytes) => "bytea",
        }
    }

    /// What begins a write. PostgreSQL takes the writers' lock before any number is given.
    pub(crate) fn begin(self) -> &'static str {
        match self {
            Dialect::Sqlite => "BEGIN IMMEDIATE",
            Dialect::Postgres => "BEGIN",
        }
    }

    /// Whether an index-only table is declared so (SQLite) or follows from the engine.
    pub(crate) fn without_rowid(self) -> &'static str {
        match self {
            Dialect::Sqlite => " WITHOUT ROWID",
            Dialect::Postgres => "",
        }
    }

    /// The names of the columns of a table; parameter 1 is the table.
    pub(crate) fn columns_of(self) -> &'static str {
        match self {
            Dialect::Sqlite => "SELECT name FROM pragma_table_info($1) ORDER BY cid",
            Dialect::Postgres => {
                "SELECT attname::text FROM pg_attribute WHERE attrelid = to_regclass(quote_ident($1)) \
                 AND attnum > 0 AND NOT attisdropped ORDER BY attnum"
            }
        }
    }

    /// Short texts and a number kept apart by `:` before the bytes of a text, all as one text: how many rows come out as one
    /// (a row a driver call costs more than the reading itself). See [`super::packed`].
    pub(crate) fn packed(self, fields: &[&str], text: &str, from: &str) -> String {
        let numbers: Vec<String> = fields.iter().map(|field| format!("{field} || ':'")).collect();
        let numbers = numbers.join(" || ");
        match self {
            Dialect::Sqlite => format!(
                "SELECT group_concat({numbers} || octet_length({text}) || ':' || {text}, '') FROM ({from})"
            ),
            Dialect::Postgres => format!(
                "SELECT string_agg({numbers} || octet_length({text}) || ':' || {text}, '') FROM ({from}) AS packed"
            ),
        }
    }

    /// A day as days since 1970-01-01.
    pub(crate) fn day_number(self, column: &str) -> String {
        match self {
            Dialect::Sqlite => format!("CAST(julianday({column}) - 2440587.5 AS INTEGER)"),
            Dialect::Postgres => format!("({column} - DATE '1970-01-01')"),
        }
    }

    /// The record behind a golden field, from `provenance` of an entity: one for all fields, or `{field: record}`.
    pub(crate) fn record_behind(self, provenance: &str, field: &str) -> String {
        match self {
            Dialect::Sqlite => format!(
                "CASE WHEN substr({provenance}, 1, 1) = '{{' THEN json_extract({provenance}, '$.{field}') \
                 ELSE CAST({provenance} AS INTEGER) END"
            ),
            Dialect::Postgres => format!(
                "CASE WHEN left({provenance}, 1) = '{{' THEN ({provenance}::json ->> '{field}')::bigint \
                 ELSE nullif({provenance}, '')::bigint END"
            ),
        }
    }

    /// The reasons of a dead letter as a table `j`, and its `code` and `field` as two texts.
    pub(crate) fn reasons(self, column: &str) -> (String, &'static str, &'static str) {
        match self {
            Dialect::Sqlite => (
                format!("json_each({column}) AS j"),
                "json_extract(j.value, '$.code')",
                "json_extract(j.value, '$.field')",
            ),
            Dialect::Postgres => (
                format!("json_array_elements({column}::json) AS j(value)"),
                "(j.value ->> 'code')",
                "(j.value ->> 'field')",
            ),
        }
    }

    /// Bytes of a column as lower-case hex text.
    pub(crate) fn hex(self, column: &str) -> String {
        match self {
            Dialect::Sqlite => format!("hex({column})"),
            Dialect::Postgres => format!("encode({column}, 'hex')"),
        }
    }
}

/// A name of the configuration as an SQL identifier, always quoted.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
