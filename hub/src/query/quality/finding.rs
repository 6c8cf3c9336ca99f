//! What is told of a row in which something is wrong.

use messages::Message;

use crate::ontology::Label;
use crate::{FieldValue, RecordId};

/// What a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QualityDimension {
    /// No value.
    Completeness,
    /// A value that could not be read, or only with a mark.
    Validity,
    /// Late.
    Timeliness,
    /// Another value than the golden one.
    Agreement,
    /// 处理中 or 不成功.
    Matching,
}

impl QualityDimension {
    /// All, in the order of the documents.
    pub const ALL: [QualityDimension; 5] = [
        QualityDimension::Completeness,
        QualityDimension::Validity,
        QualityDimension::Timeliness,
        QualityDimension::Agreement,
        QualityDimension::Matching,
    ];

    /// Its word on the command line.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            QualityDimension::Completeness => "completeness",
            QualityDimension::Validity => "validity",
            QualityDimension::Timeliness => "timeliness",
            QualityDimension::Agreement => "agreement",
            QualityDimension::Matching => "matching",
        }
    }
}

/// Which findings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FindingQuestion {
    /// Of this department.
    pub department: Option<String>,
    /// Of this source.
    pub source: Option<String>,
    /// Of this stream.
    pub stream: Option<String>,
    /// About this.
    pub dimension: Option<QualityDimension>,
    /// About this field.
    pub field: Option<String>,
    /// With this code.
    pub code: Option<String>,
    /// After this place.
    pub after: Option<FindingPlace>,
    /// At most so many.
    pub first: u32,
}

/// Where a finding stands among all of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FindingPlace {
    /// The stream's number.
    pub stream: i64,
    /// 0 a row set aside, 1 a record.
    pub part: i64,
    /// Number of the dead letter or record.
    pub id: i64,
    /// Which of its findings, from 0.
    pub nth: i64,
}

/// A finding.
#[derive(Clone, Debug, PartialEq)]
pub struct FindingView {
    /// Where it stands.
    pub place: FindingPlace,
    /// What it is about.
    pub dimension: QualityDimension,
    /// Department.
    pub department: String,
    /// Source.
    pub source: String,
    /// Stream.
    pub stream: String,
    /// Record kind.
    pub kind: String,
    /// Key at the source; parts that fill a personal field are masked.
    pub source_key: String,
    /// The record, if the row became one.
    pub record: Option<RecordId>,
    /// The dead letter, if it was set aside.
    pub dead_letter: Option<i64>,
    /// Field.
    pub field: Option<String>,
    /// What people call the field.
    pub field_label: Option<Label>,
    /// Columns that fill it.
    pub columns: Vec<String>,
    /// What is wrong.
    pub message: Message,
    /// What stands there, masked.
    pub value: FieldValue,
    /// What others say, masked.
    pub others: FieldValue,
    /// Digits after the point, where a value is a decimal.
    pub scale: u8,
    /// Who says so.
    pub says: Option<FindingSays>,
}

/// Where a golden value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindingSays {
    /// Department.
    pub department: String,
    /// Source.
    pub source: String,
    /// Stream.
    pub stream: String,
}
