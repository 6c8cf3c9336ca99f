//! The rule of one field: which columns, how they are read, what becomes of what cannot be read.

use std::borrow::Cow;

use contract::Value;
use jiff::tz::TimeZone;
use messages::Message;

use super::OnInvalid;
use super::cell::{Look, Said, fold_alphanumeric, said, short};
use super::code::{CodeReader, UNKNOWN_CODE};
use super::identifier::{self, PersonKey};
use super::number::{self, Unit, found};
use super::{contact, currency, date, mask, time};
use crate::FieldValue;
use crate::ontology::Scheme;

/// A cell was left empty because it could not be read.
const LEFT_EMPTY: &str = "TJ-D034";
/// A text is kept although it could not be read as its type.
const KEPT: &str = "TJ-D036";

/// A cell is larger than allowed: there is no whole text to keep.
const TOO_LARGE: &str = "TJ-D007";

/// How one field gets its value.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    pub(super) field: String,
    pub(super) from: From,
    pub(super) reader: Reader,
    pub(super) look: Look,
    pub(super) on_invalid: OnInvalid,
    /// Identifiers that other fields read from the same columns: place of the column and scheme.
    pub(super) beside: Vec<(usize, Scheme)>,
    pub(super) is_required: bool,
    pub(super) is_personal: bool,
}

/// Where a value comes from.
#[derive(Clone, Debug)]
pub(super) enum From {
    /// Places of columns; the first that says something.
    Columns(Vec<usize>),
    /// The same for every row.
    Constant(Reading),
    /// This stream does not know it.
    Nothing,
}

/// How a cell is read as a type.
#[derive(Clone, Debug)]
pub(super) enum Reader {
    Text { is_verbatim: bool, max_length: Option<usize> },
    Code(Box<CodeReader>),
    Money { unit: Unit, currency: String, currency_column: Option<usize> },
    Decimal { scale: u8, unit: Unit },
    Integer { factor: i128 },
    Bool,
    Date(DateForm),
    PartialDate(DateForm),
    Until { form: DateForm, open_ended: Vec<String> },
    Timestamp(DateForm),
    Identifier(Scheme),
    Phone,
    Address { max_length: Option<usize> },
}

/// How days and times are written.
#[derive(Clone, Debug)]
pub(super) struct DateForm {
    pub(super) format: Option<String>,
    pub(super) zone: TimeZone,
}

/// A value read.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Reading {
    pub(super) value: FieldValue,
    pub(super) flag: Option<&'static str>,
    pub(super) person_hash: Option<String>,
}

/// A value that could not be read.
#[derive(Debug)]
pub(super) struct Wrong {
    /// Place of the column.
    pub(super) column: Option<usize>,
    pub(super) message: Message,
}

impl Reading {
    pub(super) fn plain(value: FieldValue) -> Reading {
        Reading { value, flag: None, person_hash: None }
    }

    pub(super) fn flagged(value: FieldValue, flag: Option<&'static str>) -> Reading {
        Reading { value, flag, person_hash: None }
    }
}

impl Rule {
    pub(super) fn apply(&self, cells: &[Value], key: Option<&PersonKey>) -> Result<Reading, Wrong> {
        let columns = match &self.from {
            From::Columns(columns) => columns,
            From::Constant(reading) => return Ok(reading.clone()),
            From::Nothing => return self.nothing(None),
        };
        for at in columns {
            let Some(cell) = cells.get(*at) else { continue };
            let reading = match said(cell, &self.look) {
                Ok(None) => continue,
                Ok(Some(said)) => match self.reader.read(&said, cells, key) {
                    Ok(reading) => self.with_known(reading, cell),
                    Err(_) if self.is_of_another(*at, &said) => continue,
                    Err(message) => Err(message),
                },
                Err(message) => Err(message),
            };
            return reading.or_else(|message| self.invalid(*at, cell, message));
        }
        self.nothing(columns.first().copied())
    }

    /// A column may hold one of several identifiers: what is valid as that of another field says nothing of this one.
    fn is_of_another(&self, column: usize, said: &Said<'_>) -> bool {
        let text = text_of(said);
        self.beside.iter().any(|(at, scheme)| *at == column && identifier::is_valid(*scheme, &text))
    }

    /// A code that its list does not know is kept as it came and flagged, unless the mapping says otherwise.
    fn with_known(&self, reading: Reading, cell: &Value) -> Result<Reading, Message> {
        if reading.flag != Some(UNKNOWN_CODE) {
            return Ok(reading);
        }
        match self.on_invalid {
            OnInvalid::DeadLetter => {
                let found = cell.to_text().unwrap_or_default();
                Err(Message::new("TJ-D018").with("found", short(&found)))
            }
            OnInvalid::Null if !self.is_required => {
                Ok(Reading::flagged(FieldValue::Null, Some(UNKNOWN_CODE)))
            }
            OnInvalid::Unsaid | OnInvalid::Null | OnInvalid::Keep => Ok(reading),
        }
    }

    fn nothing(&self, column: Option<usize>) -> Result<Reading, Wrong> {
        if self.is_required {
            return Err(Wrong { column, message: Message::new("TJ-D001") });
        }
        Ok(Reading::plain(FieldValue::Null))
    }

    fn invalid(&self, column: usize, cell: &Value, message: Message) -> Result<Reading, Wrong> {
        let wrong = |message: Message| Wrong { column: Some(column), message };
        if message.code == TOO_LARGE {
            return Err(wrong(message));
        }
        match self.on_invalid {
            OnInvalid::Unsaid | OnInvalid::DeadLetter => Err(wrong(self.without_secrets(message))),
            OnInvalid::Keep if let Some(kept) = self.kept(cell) => Ok(kept),
            OnInvalid::Null | OnInvalid::Keep if self.is_required => {
                Err(wrong(self.without_secrets(message)))
            }
            OnInvalid::Null | OnInvalid::Keep => Ok(Reading::flagged(FieldValue::Null, Some(LEFT_EMPTY))),
        }
    }

    /// The text as it is, where the type is a text and the cell holds one.
    fn kept(&self, cell: &Value) -> Option<Reading> {
        let Ok(Some(said)) = said(cell, &self.look) else { return None };
        let text = found(&said);
        match &self.reader {
            Reader::Text { .. } | Reader::Phone | Reader::Address { .. } => {
                Some(Reading::flagged(FieldValue::Text(fold_alphanumeric(&text).into_owned()), Some(KEPT)))
            }
            Reader::Identifier(scheme) => Some(identifier::kept(*scheme, &text)),
            Reader::Code(_)
            | Reader::Money { .. }
            | Reader::Decimal { .. }
            | Reader::Integer { .. }
            | Reader::Bool
            | Reader::Date(_)
            | Reader::PartialDate(_)
            | Reader::Until { .. }
            | Reader::Timestamp(_) => None,
        }
    }

    /// Messages of personal fields do not repeat what stood in the cell.
    fn without_secrets(&self, mut message: Message) -> Message {
        if self.is_personal {
            for (name, value) in &mut message.args {
                if name.starts_with("found") && value.chars().count() > 1 {
                    *value = mask::cell(value);
                }
            }
        }
        message
    }
}

impl Reader {
    pub(super) fn read(
        &self,
        said: &Said<'_>,
        cells: &[Value],
        key: Option<&PersonKey>,
    ) -> Result<Reading, Message> {
        let value = match self {
            Reader::Text { is_verbatim, max_length } => {
                let text = text_of(said);
                let text =
                    if *is_verbatim { text } else { Cow::Owned(fold_alphanumeric(&text).into_owned()) };
                FieldValue::Text(within(text.into_owned(), *max_length)?)
            }
            Reader::Code(reader) => {
                let (value, flag) = reader.read(said);
                return Ok(Reading::flagged(value, flag));
            }
            Reader::Money { unit, currency, currency_column } => {
                let named = currency_named(cells, *currency_column)?;
                money(said, unit, named.unwrap_or(currency.as_str()))?
            }
            Reader::Decimal { scale, unit } => FieldValue::Decimal(number::decimal(said, *scale, unit)?),
            Reader::Integer { factor } => FieldValue::Integer(number::integer(said, *factor)?),
            Reader::Bool => FieldValue::Bool(truth(said)?),
            Reader::Date(form) => FieldValue::Date(date::date(said, form.format.as_deref(), &form.zone)?),
            Reader::PartialDate(form) => {
                let (first, precision) = date::partial_date(said, form.format.as_deref(), &form.zone)?;
                FieldValue::PartialDate { first, precision }
            }
            Reader::Until { form, open_ended } => {
                FieldValue::Until(date::until(said, form.format.as_deref(), &form.zone, open_ended)?)
            }
            Reader::Timestamp(form) => {
                let moment = time::timestamp(said, form.format.as_deref(), &form.zone)?;
                return Ok(Reading::flagged(FieldValue::Timestamp(moment.us), moment.flag));
            }
            Reader::Identifier(scheme) => return identifier::read(*scheme, &text_of(said), key),
            Reader::Phone => FieldValue::Text(contact::phone(&text_of(said))?),
            Reader::Address { max_length } => {
                FieldValue::Text(within(contact::address(&text_of(said)), *max_length)?)
            }
        };
        Ok(Reading::plain(value))
    }
}

fn text_of<'s>(said: &'s Said<'_>) -> Cow<'s, str> {
    match said {
        Said::Text(text) | Said::Number { text, .. } => Cow::Borrowed(text.as_ref()),
        Said::Bool(_)
        | Said::Date(_)
        | Said::DateTime(_)
        | Said::Time(_)
        | Said::Timestamp(_)
        | Said::Infinity => Cow::Owned(found(said)),
    }
}

fn within(text: String, max_length: Option<usize>) -> Result<String, Message> {
    match max_length {
        // A text has no more characters than bytes.
        Some(max) if text.len() > max && text.chars().count() > max => {
            Err(Message::new("TJ-D011").with("max", max).with("found", text.chars().count()))
        }
        Some(_) | None => Ok(text),
    }
}

fn currency_named(cells: &[Value], column: Option<usize>) -> Result<Option<&'static str>, Message> {
    let Some(cell) = column.and_then(|at| cells.get(at)) else { return Ok(None) };
    let Some(said) = said(cell, &Look::default())? else { return Ok(None) };
    let text = match &said {
        Said::Number { text, .. } => format!("{text:0>3}"),
        Said::Text(_)
        | Said::Bool(_)
        | Said::Date(_)
        | Said::DateTime(_)
        | Said::Time(_)
        | Said::Timestamp(_)
        | Said::Infinity => super::cell::fold(&found(&said)).into_owned(),
    };
    currency::named(&text).map(Some).ok_or_else(|| Message::new("TJ-D010").with("found", short(&text)))
}

fn money(said: &Said<'_>, unit_of_column: &Unit, currency: &str) -> Result<FieldValue, Message> {
    let found = found(said);
    let (number, unit) = number::parse(said)?;
    if unit.is_percent {
        return Err(Message::new("TJ-D005").with("found", short(&found)));
    }
    let factor = unit.factor.or(unit_of_column.factor).unwrap_or(1);
    let units = number.scaled(4, factor, number::is_float(said), &found)?;
    Ok(FieldValue::Money { units, currency: unit.currency.unwrap_or(currency).to_owned() })
}

const YES: &[&str] = &["1", "是", "有", "真", "对", "已", "√", "✓", "y", "yes", "t", "true", "on"];
const NO: &[&str] = &["0", "否", "无", "没有", "假", "错", "未", "×", "✗", "n", "no", "f", "false", "off"];

fn truth(said: &Said<'_>) -> Result<bool, Message> {
    if let Said::Bool(truth) = said {
        return Ok(*truth);
    }
    let text = found(said);
    let word = super::cell::fold(&text).to_lowercase();
    if YES.contains(&word.as_str()) {
        Ok(true)
    } else if NO.contains(&word.as_str()) {
        Ok(false)
    } else {
        Err(Message::new("TJ-D009").with("found", short(&text)))
    }
}
