//! What kinds of columns there are, as far as reading and comparing them differs.

use contract::ColumnType;

/// A kind of column. Decides how it is fetched, compared and typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    /// `tinyint` (without a sign) … `bigint`.
    Integer,
    /// `bit`.
    Bit,
    /// `decimal`, `numeric`.
    Decimal,
    /// `money`, `smallmoney`: the driver would make floating-point numbers of them.
    Money,
    /// `real`: four bytes.
    Real,
    /// `float`: eight bytes, also where fewer digits were declared.
    Float,
    /// `date`.
    Date,
    /// `time`.
    Time,
    /// `datetime` (three-hundredths of a second) and `smalldatetime` (minutes).
    DateTime,
    /// `datetime2`.
    DateTime2,
    /// `datetimeoffset`: a moment.
    Offset,
    /// `nchar`, `nvarchar`, `sysname`.
    Text,
    /// `char`, `varchar`: bytes of a code page that the collation names.
    CodePage,
    /// `text`, `ntext`, `xml`, `json`, `hierarchyid`: compared only after a conversion.
    Long,
    /// `binary`, `varbinary`.
    Bytes,
    /// `image`: compared only after a conversion.
    Image,
    /// `rowversion`: eight bytes.
    Version,
    /// `uniqueidentifier`.
    Uuid,
    /// `sql_variant`, spatial types, types of assemblies, vectors: not read.
    Unread,
}

impl Family {
    /// Of the name of the system's own type.
    pub(crate) fn of(base_type: &str) -> Family {
        match base_type {
            "tinyint" | "smallint" | "int" | "bigint" => Family::Integer,
            "bit" => Family::Bit,
            "decimal" | "numeric" => Family::Decimal,
            "money" | "smallmoney" => Family::Money,
            "real" => Family::Real,
            "float" => Family::Float,
            "date" => Family::Date,
            "time" => Family::Time,
            "datetime" | "smalldatetime" => Family::DateTime,
            "datetime2" => Family::DateTime2,
            "datetimeoffset" => Family::Offset,
            "nchar" | "nvarchar" | "sysname" => Family::Text,
            "char" | "varchar" => Family::CodePage,
            "text" | "ntext" | "xml" | "json" | "hierarchyid" => Family::Long,
            "binary" | "varbinary" => Family::Bytes,
            "image" => Family::Image,
            "timestamp" | "rowversion" => Family::Version,
            "uniqueidentifier" => Family::Uuid,
            _ => Family::Unread,
        }
    }

    /// What kind of cell it gives.
    pub(crate) fn column_type(self) -> ColumnType {
        match self {
            Family::Integer => ColumnType::Int,
            Family::Bit => ColumnType::Bool,
            Family::Decimal | Family::Money => ColumnType::Decimal,
            Family::Real | Family::Float => ColumnType::Float,
            Family::Date => ColumnType::Date,
            Family::Time => ColumnType::Time,
            Family::DateTime | Family::DateTime2 => ColumnType::DateTime,
            Family::Offset => ColumnType::Timestamp,
            Family::Text | Family::CodePage | Family::Long | Family::Uuid => ColumnType::Text,
            Family::Bytes | Family::Image | Family::Version => ColumnType::Bytes,
            Family::Unread => ColumnType::Unread,
        }
    }

    /// Whether it is compared by a collation.
    pub(crate) fn is_collated(self) -> bool {
        matches!(self, Family::Text | Family::CodePage | Family::Long)
    }

    /// Whether a cell is bytes.
    pub(crate) fn is_bytes(self) -> bool {
        matches!(self, Family::Bytes | Family::Image | Family::Version)
    }
}

/// A type as its owner declared it.
pub(crate) fn native_type(base_type: &str, max_length: i64, precision: u8, scale: u8) -> String {
    let length = |unit: i64| if max_length < 0 { "max".to_owned() } else { (max_length / unit).to_string() };
    match base_type {
        "nchar" | "nvarchar" => format!("{base_type}({})", length(2)),
        "char" | "varchar" | "binary" | "varbinary" => format!("{base_type}({})", length(1)),
        "decimal" | "numeric" => format!("{base_type}({precision},{scale})"),
        "time" | "datetime2" | "datetimeoffset" => format!("{base_type}({scale})"),
        "timestamp" => "rowversion".to_owned(),
        _ => base_type.to_owned(),
    }
}
