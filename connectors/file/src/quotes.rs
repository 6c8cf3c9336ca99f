//! Where the records of a text begin, and quotation marks that are not closed. Knows bytes and lines, no cells.

use std::collections::VecDeque;
use std::fmt;

/// A quotation mark that nothing closes, or that something closes in the middle of a later cell: the rows between are
/// swallowed by one cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OpenQuote {
    /// The line it stands in.
    pub(crate) line: u64,
}

impl fmt::Display for OpenQuote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the quotation mark of line {} is not closed", self.line)
    }
}

impl std::error::Error for OpenQuote {}

/// What the bytes before the next one are in; the same machine as that of the `csv` crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    StartOfRecord,
    StartOfCell,
    Cell,
    /// Inside quotation marks that were opened in this line.
    Quoted {
        since: u64,
    },
    /// After a quotation mark inside such.
    MaybeClosed {
        since: u64,
    },
    /// After quotation marks that were closed, and blanks.
    Closed,
}

/// Where a record begins, and whether it is whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Begin {
    /// The line.
    pub(crate) line: u64,
    /// The first cell, from 0, in which text stands after the closing quotation mark.
    pub(crate) torn: Option<usize>,
}

/// Follows the bytes of a text.
#[derive(Debug)]
pub(crate) struct Quotes {
    place: Place,
    delimiter: u8,
    line: u64,
    /// The cell of the record, from 0.
    cell: usize,
    /// Of the records that were not asked for yet.
    begins: VecDeque<Begin>,
}

impl Quotes {
    /// Of a text whose first line has this number.
    pub(crate) fn new(delimiter: u8, first_line: u64) -> Quotes {
        Quotes { place: Place::StartOfRecord, delimiter, line: first_line, cell: 0, begins: VecDeque::new() }
    }

    /// Follows the next bytes.
    pub(crate) fn take(&mut self, bytes: &[u8]) -> Result<(), OpenQuote> {
        for byte in bytes {
            let place = self.after(*byte)?;
            let was_closed = matches!(self.place, Place::MaybeClosed { .. } | Place::Closed);
            if place == Place::StartOfCell {
                self.cell += 1;
            } else if was_closed && place == Place::Cell {
                self.is_torn();
            }
            self.place = place;
            self.line += u64::from(*byte == b'\n');
        }
        Ok(())
    }

    /// At the end of the text.
    pub(crate) fn end(&self) -> Result<(), OpenQuote> {
        match self.place {
            Place::Quoted { since } => Err(OpenQuote { line: since }),
            Place::StartOfRecord
            | Place::StartOfCell
            | Place::Cell
            | Place::Closed
            | Place::MaybeClosed { .. } => Ok(()),
        }
    }

    /// Where the next record begins, in the order of the records.
    pub(crate) fn next_begin(&mut self) -> Option<Begin> {
        self.begins.pop_front()
    }

    fn is_torn(&mut self) {
        if let Some(begin) = self.begins.back_mut() {
            begin.torn.get_or_insert(self.cell);
        }
    }

    fn after(&mut self, byte: u8) -> Result<Place, OpenQuote> {
        let is_end = matches!(byte, b'\n' | b'\r');
        if self.place == Place::StartOfRecord {
            if is_end {
                return Ok(Place::StartOfRecord);
            }
            self.begins.push_back(Begin { line: self.line, torn: None });
            self.cell = 0;
        }
        let is_blank = matches!(byte, b' ' | b'\t');
        let outside = |otherwise| match byte {
            _ if is_end => Place::StartOfRecord,
            _ if byte == self.delimiter => Place::StartOfCell,
            _ => otherwise,
        };
        Ok(match self.place {
            Place::StartOfRecord | Place::StartOfCell if byte == b'"' => Place::Quoted { since: self.line },
            Place::StartOfRecord | Place::StartOfCell | Place::Cell => outside(Place::Cell),
            Place::Closed => outside(if is_blank { Place::Closed } else { Place::Cell }),
            Place::Quoted { since } if byte == b'"' => Place::MaybeClosed { since },
            Place::Quoted { since } => Place::Quoted { since },
            Place::MaybeClosed { since } if byte == b'"' => Place::Quoted { since },
            Place::MaybeClosed { since } => {
                let place = outside(if is_blank { Place::Closed } else { Place::Cell });
                // Within one line its cell is torn; over several it closed the wrong cell.
                if matches!(place, Place::Cell | Place::Closed) && since < self.line {
                    return Err(OpenQuote { line: since });
                }
                place
            }
        })
    }
}
