//! Field values to columns and back.

use crate::ontology::{FieldType, Scheme};
use crate::{FieldValue, Precision, Until};

use super::StoreError;
use super::layout::KindTable;
use super::rows::Rows;
use super::session::Cells;

/// The values of a record or golden row, and the keyed hashes of its ID numbers.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Values {
    /// In the order of the fields.
    pub(crate) fields: Vec<FieldValue>,
    /// Field → keyed hash.
    pub(crate) hashes: Vec<(usize, String)>,
}

impl Values {
    /// The hash of a field.
    pub(crate) fn hash(&self, field: usize) -> Option<&str> {
        self.hashes.iter().find(|(of, _)| *of == field).map(|(_, hash)| hash.as_str())
    }
}

/// Writes the columns of all fields of a record kind.
pub(crate) fn put(rows: &mut Rows, table: &KindTable, values: &Values) {
    for (field, field_type) in table.types.iter().enumerate() {
        put_one(rows, field_type, values.fields.get(field).unwrap_or(&FieldValue::Null));
        if *field_type == FieldType::Identifier(Scheme::ResidentId) {
            rows.opt_text(values.hash(field));
        }
    }
}

/// Writes the columns of all golden fields of an entity kind.
pub(crate) fn put_golden<'v>(
    rows: &mut Rows,
    table: &KindTable,
    values: impl Iterator<Item = &'v FieldValue>,
) {
    for (field_type, value) in table.types.iter().zip(values) {
        put_one(rows, field_type, value);
    }
}

/// Writes the columns of one field. A value that is not of the type leaves it empty: the mapping made it, and a
/// record is never lost for it.
fn put_one(rows: &mut Rows, field_type: &FieldType, value: &FieldValue) {
    match (field_type, value) {
        (
            FieldType::Text | FieldType::Phone | FieldType::Address | FieldType::Identifier(_),
            FieldValue::Text(text),
        ) => {
            rows.text(text);
        }
        (FieldType::Code { .. }, FieldValue::Code { code, edition }) => {
            rows.text(code).text(edition);
        }
        (FieldType::Money, FieldValue::Money { units, currency }) => {
            rows.int(*units).text(currency);
        }
        (FieldType::Decimal { .. }, FieldValue::Decimal(value))
        | (FieldType::Integer, FieldValue::Integer(value))
        | (FieldType::Timestamp, FieldValue::Timestamp(value)) => {
            rows.int(*value);
        }
        (FieldType::Bool, FieldValue::Bool(value)) => {
            rows.bool(*value);
        }
        (FieldType::Date, FieldValue::Date(value)) => {
            rows.date(*value);
        }
        (FieldType::Until, FieldValue::Until(value)) => {
            rows.date(value.as_date());
        }
        (FieldType::PartialDate, FieldValue::PartialDate { first, precision }) => {
            rows.date(*first).int(precision_number(*precision));
        }
        (FieldType::Code { .. } | FieldType::Money | FieldType::PartialDate, _) => {
            rows.null().null();
        }
        (
            FieldType::Text
            | FieldType::Phone
            | FieldType::Address
            | FieldType::Identifier(_)
            | FieldType::Decimal { .. }
            | FieldType::Integer
            | FieldType::Timestamp
            | FieldType::Bool
            | FieldType::Date
            | FieldType::Until,
            _,
        ) => {
            rows.null();
        }
    }
}

fn precision_number(precision: Precision) -> i64 {
    match precision {
        Precision::Year => 1,
        Precision::Month => 2,
        Precision::Day => 3,
    }
}

/// Reads the columns of all fields of a kind, which begin at `at`.
pub(crate) fn take(cells: &Cells, table: &KindTable, at: usize) -> Result<Values, StoreError> {
    let is_golden = table.id_column == "entity";
    let mut values = Values { fields: Vec::with_capacity(table.types.len()), hashes: Vec::new() };
    for (field, field_type) in table.types.iter().enumerate() {
        let column = at + table.first_column.get(field).copied().unwrap_or_default();
        values.fields.push(take_one(cells, field_type, column)?);
        if !is_golden
            && *field_type == FieldType::Identifier(Scheme::ResidentId)
            && let Some(hash) = cells.opt_text(column + 1)?
        {
            values.hashes.push((field, hash));
        }
    }
    Ok(values)
}

/// Reads the columns of some fields, selected by [`KindTable::select_some`], which begin at `at`. Other fields stay
/// null, and no hashes are read.
pub(crate) fn take_some(
    cells: &Cells,
    table: &KindTable,
    fields: &[usize],
    at: usize,
) -> Result<Values, StoreError> {
    let mut values = Values { fields: vec![FieldValue::Null; table.types.len()], hashes: Vec::new() };
    let mut column = at;
    for field in fields {
        let (Some(field_type), Some(value)) = (table.types.get(*field), values.fields.get_mut(*field)) else {
            continue;
        };
        *value = take_one(cells, field_type, column)?;
        column += table.places(*field).len();
    }
    Ok(values)
}

/// Reads the columns of one field, which begin at `column`.
pub(crate) fn take_one(
    cells: &Cells,
    field_type: &FieldType,
    column: usize,
) -> Result<FieldValue, StoreError> {
    let value = match field_type {
        FieldType::Text | FieldType::Phone | FieldType::Address | FieldType::Identifier(_) => {
            cells.opt_text(column)?.map(FieldValue::Text)
        }
        FieldType::Code { .. } => match cells.opt_text(column)? {
            Some(code) => {
                Some(FieldValue::Code { code, edition: cells.opt_text(column + 1)?.unwrap_or_default() })
            }
            None => None,
        },
        FieldType::Money => match cells.opt_int(column)? {
            Some(units) => {
                Some(FieldValue::Money { units, currency: cells.opt_text(column + 1)?.unwrap_or_default() })
            }
            None => None,
        },
        FieldType::Decimal { .. } => cells.opt_int(column)?.map(FieldValue::Decimal),
        FieldType::Integer => cells.opt_int(column)?.map(FieldValue::Integer),
        FieldType::Timestamp => cells.opt_int(column)?.map(FieldValue::Timestamp),
        FieldType::Bool => cells.opt_bool(column)?.map(FieldValue::Bool),
        FieldType::Date => cells.opt_date(column)?.map(FieldValue::Date),
        FieldType::Until => cells.opt_date(column)?.map(|day| {
            let is_open = day == Until::OpenEnded.as_date();
            FieldValue::Until(if is_open { Until::OpenEnded } else { Until::On(day) })
        }),
        FieldType::PartialDate => match cells.opt_date(column)? {
            Some(first) => {
                let precision = match cells.opt_int(column + 1)? {
                    Some(1) => Precision::Year,
                    Some(2) => Precision::Month,
                    Some(_) | None => Precision::Day,
                };
                Some(FieldValue::PartialDate { first, precision })
            }
            None => None,
        },
    };
    Ok(value.unwrap_or(FieldValue::Null))
}

/// A value as one line of text, the same for both engines; for the canonical dump.
pub(crate) fn written(value: &FieldValue) -> String {
    match value {
        FieldValue::Null => "-".to_owned(),
        FieldValue::Text(text) => format!("{text:?}"),
        FieldValue::Code { code, edition } => format!("{code:?}@{edition}"),
        FieldValue::Money { units, currency } => format!("{units} {currency}"),
        FieldValue::Decimal(value) | FieldValue::Integer(value) => value.to_string(),
        FieldValue::Timestamp(value) => format!("{value} us"),
        FieldValue::Bool(value) => value.to_string(),
        FieldValue::Date(value) => super::rows::day(*value),
        FieldValue::PartialDate { first, precision } => {
            format!("{}/{}", super::rows::day(*first), precision_number(*precision))
        }
        FieldValue::Until(Until::OpenEnded) => "open".to_owned(),
        FieldValue::Until(Until::On(day)) => super::rows::day(*day),
    }
}
