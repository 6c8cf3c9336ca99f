//! Types of SQL Server: as they are declared, and their codes on the wire.

#![expect(clippy::wildcard_enum_match_arm, reason = "few types have digits")]

use std::sync::Arc;

use encoding_rs::{BIG5, Encoding, GBK, UTF_8, WINDOWS_1252};

/// A type with its length or digits. Lengths are in characters (bytes for bytes and code pages); `None`: `max`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    TinyInt,
    SmallInt,
    Int,
    BigInt,
    Bit,
    Decimal(u8, u8),
    Money,
    SmallMoney,
    Real,
    Float,
    Date,
    Time(u8),
    DateTime,
    SmallDateTime,
    DateTime2(u8),
    Offset(u8),
    Char(u16),
    Varchar(Option<u16>),
    NChar(u16),
    NVarchar(Option<u16>),
    Text,
    NText,
    Xml,
    Binary(u16),
    Varbinary(Option<u16>),
    Image,
    RowVersion,
    Uuid,
    Variant,
}

impl Kind {
    /// Of a name and what stands in brackets behind it.
    pub(super) fn of(name: &str, sizes: &[String]) -> Option<Kind> {
        let number = |at: usize, default: u16| match sizes.get(at) {
            None => Some(default),
            Some(text) => text.parse::<u16>().ok(),
        };
        let digits = |at: usize, default: u16| number(at, default).and_then(|n| u8::try_from(n).ok());
        let length = |at: usize| match sizes.get(at).map(|text| text.to_lowercase()) {
            Some(text) if text == "max" => Some(None),
            _ => number(at, 1).map(Some),
        };
        Some(match name.to_lowercase().as_str() {
            "tinyint" => Kind::TinyInt,
            "smallint" => Kind::SmallInt,
            "int" | "integer" => Kind::Int,
            "bigint" => Kind::BigInt,
            "bit" => Kind::Bit,
            "decimal" | "numeric" => {
                let (precision, scale) = (digits(0, 18)?, digits(1, 0)?);
                if precision == 0 || precision > 38 || scale > precision {
                    return None;
                }
                Kind::Decimal(precision, scale)
            }
            "money" => Kind::Money,
            "smallmoney" => Kind::SmallMoney,
            "real" => Kind::Real,
            "float" => {
                if number(0, 53)? <= 24 {
                    Kind::Real
                } else {
                    Kind::Float
                }
            }
            "date" => Kind::Date,
            "time" => Kind::Time(digits(0, 7).filter(|scale| *scale <= 7)?),
            "datetime" => Kind::DateTime,
            "smalldatetime" => Kind::SmallDateTime,
            "datetime2" => Kind::DateTime2(digits(0, 7).filter(|scale| *scale <= 7)?),
            "datetimeoffset" => Kind::Offset(digits(0, 7).filter(|scale| *scale <= 7)?),
            "char" => Kind::Char(number(0, 1)?),
            "varchar" => Kind::Varchar(length(0)?),
            "nchar" => Kind::NChar(number(0, 1)?),
            "nvarchar" => Kind::NVarchar(length(0)?),
            "sysname" => Kind::NVarchar(Some(128)),
            "text" => Kind::Text,
            "ntext" => Kind::NText,
            "xml" => Kind::Xml,
            "binary" => Kind::Binary(number(0, 1)?),
            "varbinary" => Kind::Varbinary(length(0)?),
            "image" => Kind::Image,
            "rowversion" | "timestamp" => Kind::RowVersion,
            "uniqueidentifier" => Kind::Uuid,
            "sql_variant" => Kind::Variant,
            _ => return None,
        })
    }

    /// The name in the catalogue of types.
    pub(super) fn base(&self) -> &'static str {
        match self {
            Kind::TinyInt => "tinyint",
            Kind::SmallInt => "smallint",
            Kind::Int => "int",
            Kind::BigInt => "bigint",
            Kind::Bit => "bit",
            Kind::Decimal(..) => "decimal",
            Kind::Money => "money",
            Kind::SmallMoney => "smallmoney",
            Kind::Real => "real",
            Kind::Float => "float",
            Kind::Date => "date",
            Kind::Time(_) => "time",
            Kind::DateTime => "datetime",
            Kind::SmallDateTime => "smalldatetime",
            Kind::DateTime2(_) => "datetime2",
            Kind::Offset(_) => "datetimeoffset",
            Kind::Char(_) => "char",
            Kind::Varchar(_) => "varchar",
            Kind::NChar(_) => "nchar",
            Kind::NVarchar(_) => "nvarchar",
            Kind::Text => "text",
            Kind::NText => "ntext",
            Kind::Xml => "xml",
            Kind::Binary(_) => "binary",
            Kind::Varbinary(_) => "varbinary",
            Kind::Image => "image",
            Kind::RowVersion => "timestamp",
            Kind::Uuid => "uniqueidentifier",
            Kind::Variant => "sql_variant",
        }
    }

    /// Bytes of a cell at most, as `sys.columns` says them; -1: no limit.
    pub(super) fn max_length(&self) -> i16 {
        let size = |n: &u16| i16::try_from(*n).unwrap_or(i16::MAX);
        match self {
            Kind::TinyInt | Kind::Bit => 1,
            Kind::SmallInt => 2,
            Kind::Int | Kind::Real | Kind::SmallMoney | Kind::SmallDateTime => 4,
            Kind::BigInt | Kind::Float | Kind::Money | Kind::DateTime | Kind::RowVersion => 8,
            Kind::Decimal(precision, _) => i16::from(decimal_size(*precision)),
            Kind::Date => 3,
            Kind::Time(scale) => i16::from(time_size(*scale)),
            Kind::DateTime2(scale) => i16::from(time_size(*scale)) + 3,
            Kind::Offset(scale) => i16::from(time_size(*scale)) + 5,
            Kind::Char(n) | Kind::Varchar(Some(n)) | Kind::Binary(n) | Kind::Varbinary(Some(n)) => size(n),
            Kind::NChar(n) | Kind::NVarchar(Some(n)) => size(n) * 2,
            Kind::Varchar(None) | Kind::NVarchar(None) | Kind::Varbinary(None) | Kind::Xml => -1,
            Kind::Text | Kind::NText | Kind::Image | Kind::Uuid => 16,
            Kind::Variant => 8016,
        }
    }

    /// Digits, and digits behind the point.
    pub(super) fn digits(&self) -> (u8, u8) {
        match self {
            Kind::Decimal(precision, scale) => (*precision, *scale),
            Kind::Money => (19, 4),
            Kind::SmallMoney => (10, 4),
            Kind::Time(scale) | Kind::DateTime2(scale) | Kind::Offset(scale) => (27, *scale),
            _ => (0, 0),
        }
    }

    /// Whether it is compared by a collation.
    pub(super) fn is_text(&self) -> bool {
        matches!(
            self,
            Kind::Char(_)
                | Kind::Varchar(_)
                | Kind::NChar(_)
                | Kind::NVarchar(_)
                | Kind::Text
                | Kind::NText
                | Kind::Xml
        )
    }

    /// Whether its characters are those of a code page.
    pub(super) fn is_code_page(&self) -> bool {
        matches!(self, Kind::Char(_) | Kind::Varchar(_) | Kind::Text)
    }

    /// Whether it is bytes.
    pub(super) fn is_bytes(&self) -> bool {
        matches!(self, Kind::Binary(_) | Kind::Varbinary(_) | Kind::Image | Kind::RowVersion)
    }

    /// Whether it knows no limit.
    pub(super) fn is_long(&self) -> bool {
        matches!(self, Kind::Varchar(None) | Kind::NVarchar(None) | Kind::Varbinary(None))
    }
}

/// Bytes of a decimal with its sign.
pub(super) fn decimal_size(precision: u8) -> u8 {
    match precision {
        0..=9 => 5,
        10..=19 => 9,
        20..=28 => 13,
        _ => 17,
    }
}

/// Bytes of a time.
pub(super) fn time_size(scale: u8) -> u8 {
    match scale {
        0..=2 => 3,
        3..=4 => 4,
        _ => 5,
    }
}

/// How texts compare. Only what the tests need of it: case, blanks at the end, and characters of plane 1 and above,
/// which collations before version 100 do not see at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Collation {
    pub(super) name: Arc<str>,
    is_binary: bool,
    sees_case: bool,
    sees_all: bool,
}

impl Collation {
    /// Of a name; `None` where it is none of those known here.
    pub(super) fn of(name: &str) -> Option<Collation> {
        let known = ["Chinese_PRC_", "Latin1_General_", "SQL_Latin1_General_CP1_", "Chinese_Taiwan_Stroke_"];
        if !known.iter().any(|prefix| name.starts_with(prefix)) {
            return None;
        }
        let has = |part: &str| name.split('_').any(|one| one == part);
        Some(Collation {
            is_binary: has("BIN") || has("BIN2"),
            sees_case: has("CS"),
            sees_all: has("100") || has("SC"),
            name: name.into(),
        })
    }

    /// The charset of `varchar`.
    pub(super) fn charset(&self) -> &'static Encoding {
        if self.name.ends_with("_UTF8") {
            UTF_8
        } else if self.name.starts_with("Chinese_PRC") {
            GBK
        } else if self.name.starts_with("Chinese_Taiwan") {
            BIG5
        } else {
            WINDOWS_1252
        }
    }

    /// Its five bytes on the wire: language and flags, then a number of the old order.
    pub(super) fn wire(&self) -> [u8; 5] {
        let language: u32 = if self.name.starts_with("Chinese_PRC") {
            0x0804
        } else if self.name.starts_with("Chinese_Taiwan") {
            0x0404
        } else {
            0x0409
        };
        let utf8 = if self.name.ends_with("_UTF8") { 1 << 26 } else { 0 };
        let case = if self.sees_case { 0 } else { 1 << 20 };
        let [a, b, c, d] = (language | utf8 | case | 1 << 22 | 1 << 23).to_le_bytes();
        let old = if self.name.starts_with("SQL_Latin1") { 52 } else { 0 };
        [a, b, c, d, old]
    }

    /// What of a text is compared, first and then.
    pub(super) fn key(&self, text: &str) -> (Vec<u32>, Vec<u32>) {
        if self.is_binary {
            return (padded(text.encode_utf16().map(u32::from)), Vec::new());
        }
        let seen = || text.chars().filter(|c| self.sees_all || u32::from(*c) < 0x1_0000);
        let folded = padded(seen().flat_map(char::to_lowercase).map(u32::from));
        // Small letters stand before great ones, where nothing else differs.
        let case =
            if self.sees_case { seen().map(|c| u32::from(c.is_uppercase())).collect() } else { Vec::new() };
        (folded, case)
    }
}

/// Without blanks at the end: a shorter text is compared as if blanks followed.
fn padded(units: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut units: Vec<u32> = units.collect();
    while units.last() == Some(&0x20) {
        units.pop();
    }
    units
}
