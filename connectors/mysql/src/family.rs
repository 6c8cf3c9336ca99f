//! What kinds of columns there are, as far as reading and comparing them differs.

use contract::ColumnType;

/// A kind of column. Decides how it is fetched, compared and typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    /// `tinyint` … `bigint`, signed or not. `tinyint(1)` too: it holds 2 as well as it holds 1.
    Integer,
    /// An integer printed with leading zeros: text, because the zeros may be part of a code.
    ZeroFilled,
    /// `decimal`.
    Decimal,
    /// `float`: four bytes. Printed by the server with six digits only, so it is fetched as `double`.
    Float,
    /// `double`.
    Double,
    /// `bit(n)`, fetched as a number: its own bytes are no text.
    Bit,
    /// `year`.
    Year,
    /// `date`.
    Date,
    /// `time`, which may be negative or longer than a day.
    Time,
    /// `datetime`: no zone.
    DateTime,
    /// `timestamp`: a moment; the session's zone is UTC.
    Timestamp,
    /// `char`, `varchar`, `text` and what else prints as text.
    Text,
    /// `enum`, `set`: printed as text, ordered by the server as numbers.
    Word,
    /// `json` of MySQL.
    Json,
    /// `binary`, `varbinary`, `blob`.
    Bytes,
    /// Spatial and vector types: not read.
    Unread,
}

impl Family {
    /// Of `DATA_TYPE` and `COLUMN_TYPE` of the information schema.
    pub(crate) fn of(data_type: &str, column_type: &str) -> Family {
        let is_zero_filled = column_type.contains("zerofill");
        match data_type {
            _ if is_zero_filled => Family::ZeroFilled,
            "tinyint" | "smallint" | "mediumint" | "int" | "integer" | "bigint" => Family::Integer,
            "decimal" | "numeric" => Family::Decimal,
            "float" => Family::Float,
            "double" | "real" => Family::Double,
            "bit" => Family::Bit,
            "year" => Family::Year,
            "date" => Family::Date,
            "time" => Family::Time,
            "datetime" => Family::DateTime,
            "timestamp" => Family::Timestamp,
            "enum" | "set" => Family::Word,
            "json" => Family::Json,
            "binary" | "varbinary" | "tinyblob" | "blob" | "mediumblob" | "longblob" => Family::Bytes,
            "geometry" | "point" | "linestring" | "polygon" | "multipoint" | "multilinestring"
            | "multipolygon" | "geometrycollection" | "geomcollection" | "vector" => Family::Unread,
            _ => Family::Text,
        }
    }

    /// What kind of cell it gives; a `bit` of one bit is a truth value.
    pub(crate) fn column_type(self, native_type: &str) -> ColumnType {
        match self {
            Family::Integer | Family::Year => ColumnType::Int,
            Family::Bit if native_type == "bit(1)" => ColumnType::Bool,
            Family::Bit => ColumnType::Int,
            Family::Decimal => ColumnType::Decimal,
            Family::Float | Family::Double => ColumnType::Float,
            Family::Date => ColumnType::Date,
            Family::Time => ColumnType::Time,
            Family::DateTime => ColumnType::DateTime,
            Family::Timestamp => ColumnType::Timestamp,
            Family::ZeroFilled | Family::Text | Family::Word | Family::Json => ColumnType::Text,
            Family::Bytes => ColumnType::Bytes,
            Family::Unread => ColumnType::Unread,
        }
    }

    /// Whether its cells come as text or bytes in both protocols.
    pub(crate) fn is_string(self) -> bool {
        matches!(self, Family::Text | Family::Word | Family::Json | Family::Bytes)
    }
}
