//! From the columns of a stream to the fields of a kind: pure, exact, every fault told.
//!
//! | field type | what is read | what else happens |
//! |---|---|---|
//! | text | any cell; blanks at both ends cut, full-width letters and digits folded (`trim = false`: as it is) | longer than `max_length`: `TJ-D011` |
//! | code | the code, their code translated, the Chinese word of a code, a code without its leading zeros | unknown: kept as it came, edition empty, flag `TJ-D031`; with `on_invalid = "dead_letter"`: `TJ-D018` |
//! | money | `1,000.50`, `72万人民币`, `5,000（万元）`; the cell's own unit and currency win over the column's | beyond the type: `TJ-D006` |
//! | decimal, integer | the same, without currency | more digits than the field holds: `TJ-D015` (binary floating point is rounded) |
//! | bool | 是 否 有 无 Y N 1 0 true false … | else `TJ-D009` |
//! | date | native; `20240131`, `2024年1月31日`, `2024/1/2`, with a time after it, Excel's serial number | else `TJ-D004` |
//! | partial date | the same, and months and years | |
//! | until | the same; 长期, 9999-12-31 and `infinity` are without end | |
//! | timestamp | native; a local time is read with the zone | skipped: flag `TJ-D032`; twice: the earlier, flag `TJ-D033` |
//! | identifier | normalised and checked by its scheme; ID numbers become keyed hash and masked form | kept though wrong: flag `TJ-D030`; valid as the identifier of another field that reads the same column: NULL |
//! | phone, address | digits with `-` and `;`; half-width, single blanks | |
//!
//! A cell that says nothing (`无`, `-`, `N/A`, `NULL`, blanks, and what the mapping adds) is NULL for every type.
//! Normalising what was normalised changes nothing.

mod build;
mod cell;
mod code;
mod contact;
mod currency;
mod date;
mod draft;
mod identifier;
mod judge;
mod mask;
mod number;
mod rule;
mod schema;
mod time;

#[cfg(test)]
mod tests;

use std::fmt;

use contract::{Projection, SourceId, StreamName, Value};
use messages::Message;

pub use draft::{FieldMappingDraft, FromDraft, MappingDraft, OnInvalid};
pub use identifier::PersonKey;

use crate::store::{DeadLetter, Fault, Mapped};
use rule::Rule;

/// How the rows of one stream become records of one kind. Immutable; made by [`Mapping::build`].
pub struct Mapping {
    path: String,
    source: SourceId,
    stream: StreamName,
    kind: String,
    anchor: Option<String>,
    key: Vec<String>,
    columns: Vec<MappedColumn>,
    /// In the order of the kind's fields.
    rules: Vec<Rule>,
    digest: String,
    person_key: Option<PersonKey>,
}

/// A column that the mapping reads.
#[derive(Clone, Debug)]
struct MappedColumn {
    name: String,
    /// Fields it may give a value to.
    fields: Vec<String>,
    is_personal: bool,
    /// Names of people may stand among those of organisations.
    may_name_people: bool,
    is_id_number: bool,
}

/// The longest text of a cell that a dead letter keeps, in bytes.
const MAX_CELL_IN_DEAD_LETTER: usize = 4096;

impl Mapping {
    /// Where it stands in the configuration.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The source.
    #[must_use]
    pub fn source(&self) -> &SourceId {
        &self.source
    }

    /// The stream.
    #[must_use]
    pub fn stream(&self) -> &StreamName {
        &self.stream
    }

    /// The kind its rows become.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The kind of entity its records may create.
    #[must_use]
    pub fn anchor(&self) -> Option<&str> {
        self.anchor.as_deref()
    }

    /// The key columns; empty: the source's own.
    #[must_use]
    pub fn key(&self) -> &[String] {
        &self.key
    }

    /// The columns to be read; [`Mapping::apply`] takes cells in this order.
    #[must_use]
    pub fn projection(&self) -> Projection {
        Projection::Columns(self.columns.iter().map(|column| column.name.clone()).collect())
    }

    /// Changes whenever a row could be mapped to something else; 32 hex characters.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The digest as the small number the store keeps with each row: another mapping has another, and then rows are
    /// mapped anew at the next reading. Never 0.
    #[must_use]
    pub fn version(&self) -> i32 {
        let first = self.digest.get(..8).and_then(|hex| u32::from_str_radix(hex, 16).ok()).unwrap_or(1);
        i32::try_from(first >> 1).unwrap_or(1).max(1)
    }

    /// The fields that each mapped column feeds, for those who show dead letters.
    pub fn mapped_columns(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.columns.iter().map(|column| (column.name.as_str(), column.fields.as_slice()))
    }

    /// Tells the key apart under which it hashes ID numbers, without telling it; `None` where it reads none.
    pub(crate) fn person_fingerprint(&self) -> Option<String> {
        let hashes = self.columns.iter().any(|column| column.is_id_number);
        self.person_key.as_ref().filter(|_| hashes).map(PersonKey::fingerprint)
    }

    /// Maps one row. Pure: the same cells give the same result.
    ///
    /// # Errors
    /// The row set aside, with every fault and its cells (personal ones masked).
    pub fn apply(&self, cells: &[Value]) -> Result<Mapped, DeadLetter> {
        if cells.len() != self.columns.len() {
            let message =
                Message::new("TJ-D013").with("expected", self.columns.len()).with("found", cells.len());
            return Err(self.dead_letter(cells, vec![Fault { field: None, column: None, message }]));
        }
        let mut mapped = Mapped {
            values: Vec::with_capacity(self.rules.len()),
            person_hashes: Vec::new(),
            flags: Vec::new(),
        };
        let mut faults = Vec::new();
        for (index, rule) in self.rules.iter().enumerate() {
            match rule.apply(cells, self.person_key.as_ref()) {
                Ok(reading) => {
                    mapped.flags.extend(reading.flag.map(|flag| (index, flag)));
                    mapped.person_hashes.extend(reading.person_hash.map(|hash| (index, hash)));
                    mapped.values.push(reading.value);
                }
                Err(wrong) => faults.push(Fault {
                    field: Some(rule.field.clone()),
                    column: wrong
                        .column
                        .and_then(|at| self.columns.get(at))
                        .map(|column| column.name.clone()),
                    message: wrong.message,
                }),
            }
        }
        if faults.is_empty() { Ok(mapped) } else { Err(self.dead_letter(cells, faults)) }
    }

    /// The row set aside: its cells for people, personal ones masked.
    #[must_use]
    pub fn dead_letter(&self, cells: &[Value], faults: Vec<Fault>) -> DeadLetter {
        let cells = self
            .columns
            .iter()
            .zip(cells)
            .map(|(column, cell)| (column.name.clone(), cell.to_text().map(|text| column.shown(&text))))
            .collect();
        let faults = faults.into_iter().map(without_id_numbers).collect();
        DeadLetter { faults, cells }
    }
}

/// A reason quotes cells too.
fn without_id_numbers(mut fault: Fault) -> Fault {
    for (_, value) in &mut fault.message.args {
        *value = mask::id_numbers_within(value);
    }
    fault
}

impl MappedColumn {
    /// What a dead letter shows of a cell.
    fn shown(&self, text: &str) -> String {
        let whole = if self.is_id_number || text.len() <= MAX_CELL_IN_DEAD_LETTER {
            text.to_owned()
        } else {
            mask::id_numbers_within(text)
        };
        let text = whole.as_str();
        let mut end = text.len().min(MAX_CELL_IN_DEAD_LETTER);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let text = text.get(..end).unwrap_or_default().replace('\0', "␀");
        if self.is_id_number {
            mask::id_number(&text)
        } else if self.is_personal || (self.may_name_people && !codes::is_organisation_name(&text)) {
            mask::cell(&text)
        } else {
            mask::id_numbers_within(&text)
        }
    }
}

impl fmt::Debug for Mapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mapping")
            .field("source", &self.source)
            .field("stream", &self.stream)
            .field("kind", &self.kind)
            .field("digest", &self.digest)
            .finish_non_exhaustive()
    }
}
