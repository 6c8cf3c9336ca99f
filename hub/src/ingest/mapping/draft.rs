//! What a configuration says of one stream, before it is judged. Plain data; `server` fills it from `config`'s drafts.

use contract::{SourceId, StreamName};

/// One stream and how its columns become the fields of a kind.
#[derive(Clone, Debug)]
pub struct MappingDraft {
    /// Where it stands, as `source.registry.stream[0]`.
    pub path: String,
    /// The source.
    pub source: SourceId,
    /// The stream.
    pub stream: StreamName,
    /// The kind its rows become.
    pub kind: String,
    /// The kind of entity its records may create.
    pub anchor: Option<String>,
    /// Key columns; empty: the source's own.
    pub key: Vec<String>,
    /// IANA name of the zone of times without one, as `Asia/Shanghai`.
    pub zone: String,
    /// Cells that say nothing, in any column, besides those always known.
    pub placeholders: Vec<String>,
    /// The fields.
    pub fields: Vec<FieldMappingDraft>,
}

/// One field and where it comes from.
#[derive(Clone, Debug)]
pub struct FieldMappingDraft {
    /// Where it stands, as `source.registry.stream[0].fields.name`.
    pub path: String,
    /// The field of the kind.
    pub field: String,
    /// Where its value is taken from.
    pub from: FromDraft,
    /// The unit numbers are written in: `元`, `千元`, `万元`, `亿元`, `百万元`, or the English words of these.
    pub unit: Option<String>,
    /// Currency of money, ISO 4217; absent: the field's.
    pub currency: Option<String>,
    /// The column that names the currency of money (ISO letters, ISO number, or Chinese word).
    pub currency_column: Option<String>,
    /// The form of dates and times written as text, as `%d/%m/%Y`; tried before those always known.
    pub format: Option<String>,
    /// Zone of this column's times; absent: the stream's.
    pub zone: Option<String>,
    /// Blanks at both ends are cut off. They always are for everything but text.
    pub trim: bool,
    /// Cells that say nothing, besides the stream's.
    pub placeholders: Vec<String>,
    /// Cells that mean "without end", besides those always known.
    pub open_ended: Vec<String>,
    /// Translation of their codes into ours.
    pub code_translation: Option<String>,
    /// Edition of the code list that their codes are of; absent: the newest that has the code.
    pub edition: Option<String>,
    /// What becomes of a cell that cannot be read, and of a code that its list does not know.
    pub on_invalid: OnInvalid,
    /// `key`, `copy`, …; absent: the field's.
    pub freshness: Option<String>,
}

impl FieldMappingDraft {
    /// The plain case: a field from one column, everything else as usual.
    #[must_use]
    pub fn column(path: &str, field: &str, column: &str) -> FieldMappingDraft {
        FieldMappingDraft {
            path: path.to_owned(),
            field: field.to_owned(),
            from: FromDraft::Columns(vec![column.to_owned()]),
            unit: None,
            currency: None,
            currency_column: None,
            format: None,
            zone: None,
            trim: true,
            placeholders: Vec::new(),
            open_ended: Vec::new(),
            code_translation: None,
            edition: None,
            on_invalid: OnInvalid::Unsaid,
            freshness: None,
        }
    }
}

/// Where a field's value is taken from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FromDraft {
    /// The first of these columns whose cell says something.
    Columns(Vec<String>),
    /// The same for every row, written as a cell would be.
    Constant(String),
}

/// What becomes of a cell that cannot be read as its field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnInvalid {
    /// The row is set aside; a code that its list does not know is kept as it came, and flagged.
    #[default]
    Unsaid,
    /// The row is set aside, also for a code that its list does not know.
    DeadLetter,
    /// The field is left empty, and flagged.
    Null,
    /// The text is kept as it is and flagged, where the type is a text (text, identifier, code, phone, address);
    /// elsewhere as `Null`. A cell larger than allowed is no text any more: its row is set aside in any case.
    Keep,
}
