//! Sheets of workbooks, row by row.
//!
//! Formulas give the values that were computed when the file was saved, and one that was saved without a value is told
//! as such; links to other files are not followed, and of merged cells the first holds the value.

use std::borrow::Cow;
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};

use calamine::{DataRef, ExcelDateTime, Reader, Xlsx, XlsxError};
use contract::ReadError;
use jiff::civil::{Date, DateTime, Time};
use messages::Message;

use crate::failure;
use crate::folder::DataFile;
use crate::record::{Cell, Record};
use crate::scan::Reads;
use crate::table::{Header, MAX_COLUMNS};
use crate::work::Job;

/// The first serial number after 9999-12-31.
const END_OF_DAYS: f64 = 2_958_466.0;

type Workbook<'j> = Xlsx<BufReader<Watched<'j>>>;

/// A file that is not read on when nobody wants the reading any more: opening a workbook reads much at once.
struct Watched<'j> {
    file: File,
    job: &'j Job,
}

impl Read for Watched<'_> {
    fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
        self.job.step().map_err(std::io::Error::other)?;
        self.file.read(to)
    }
}

impl Seek for Watched<'_> {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.file.seek(to)
    }
}

/// The names of a workbook's sheets, in its order.
pub(crate) fn sheets(file: &DataFile, job: &Job) -> Result<Vec<String>, ReadError> {
    Ok(open(file, job)?.sheet_names())
}

/// Reads a sheet; `None`: the first.
pub(crate) fn read(
    file: &DataFile,
    sheet: Option<&str>,
    header_row: u32,
    job: &Job,
    reads: &mut impl Reads,
) -> Result<(), ReadError> {
    let mut workbook = open(file, job)?;
    let names = workbook.sheet_names();
    let found = match sheet {
        None => names.first(),
        Some(sheet) => names.iter().find(|name| *name == sheet),
    };
    let Some(name) = found else {
        let message = Message::new("TJ-S234").with("file", &file.name);
        let message = message.with("sheet", sheet.unwrap_or_default()).with("names", names.join(", "));
        return Err(ReadError::no_table(&message));
    };
    let error = |error: XlsxError| failed(file, job, &error);
    let mut cells = workbook.worksheet_cells_reader(name).map_err(error)?;
    let rows = cells.dimensions().end.0;
    let mut rows = Rows { file, header_row, width: None, n_rows: rows, at: 0, row: Vec::new(), reads };
    while let Some(cell) = cells.next_cell_with_formula_metadata().map_err(error)? {
        job.step()?;
        let (row, column) = cell.pos;
        let is_unsaved = matches!(cell.value, DataRef::Empty) && cell.formula.is_some();
        let value = if is_unsaved { Cell::Typed("formula", Cow::Borrowed("")) } else { typed(&cell.value) };
        if rows.put(row, column, value)? {
            return Ok(());
        }
    }
    rows.finish()
}

/// Puts cells together to rows.
struct Rows<'a, 'r, R> {
    file: &'a DataFile,
    header_row: u32,
    /// Columns of the header, once it was seen.
    width: Option<usize>,
    /// The last row, from 0, as the sheet itself says.
    n_rows: u32,
    /// The row in hand, from 0.
    at: u32,
    row: Vec<Cell<'a>>,
    reads: &'r mut R,
}

impl<'a, R: Reads> Rows<'a, '_, R> {
    /// Takes a cell; true when enough was read.
    fn put(&mut self, row: u32, column: u32, cell: Cell<'a>) -> Result<bool, ReadError> {
        if row < self.at {
            let message = Message::new("TJ-S237").with("file", &self.file.name);
            return Err(ReadError::no_table(&message.with("row", row + 1).with("before", self.at + 1)));
        }
        if row > self.at {
            if self.give()? {
                return Ok(true);
            }
            self.at = row;
        }
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        if column >= MAX_COLUMNS {
            let message = Message::new("TJ-S236").with("file", &self.file.name).with("row", row + 1);
            return Err(ReadError::no_table(&message.with("n", MAX_COLUMNS)));
        }
        if cell == Cell::Empty {
            return Ok(false);
        }
        if self.row.len() <= column {
            self.row.resize(column + 1, Cell::Empty);
        }
        if let Some(place) = self.row.get_mut(column) {
            *place = cell;
        }
        Ok(false)
    }

    fn finish(mut self) -> Result<(), ReadError> {
        self.give()?;
        match self.width {
            Some(_) => Ok(()),
            None => Err(self.no_header()),
        }
    }

    /// Gives the row in hand away, unless it is empty or above the header.
    fn give(&mut self) -> Result<bool, ReadError> {
        let line = self.at + 1;
        if self.row.is_empty() || line < self.header_row {
            self.row.clear();
            return Ok(false);
        }
        let flow = match self.width {
            None if line > self.header_row => return Err(self.no_header()),
            None => {
                let header = self.header()?;
                self.width = Some(header.names.len());
                self.reads.header(header)?
            }
            Some(width) => {
                let record = Record::Row { cells: &self.row, width, line: u64::from(line) };
                self.reads.record(&record)?
            }
        };
        self.row.clear();
        Ok(flow.is_break())
    }

    fn header(&self) -> Result<Header, ReadError> {
        let name = |cell: &Cell<'_>| match cell {
            Cell::Text(text) | Cell::Typed(_, text) => text.clone().into_owned(),
            Cell::Empty | Cell::Bad(_) => String::new(),
        };
        let mut header = Header::of(self.row.iter().map(name).collect(), &self.file.name)?;
        header.n_rows = Some(u64::from((self.n_rows + 1).saturating_sub(self.header_row)));
        Ok(header)
    }

    fn no_header(&self) -> ReadError {
        let message = Message::new("TJ-S253").with("file", &self.file.name).with("row", self.header_row);
        failure::no_header(self.file, &message)
    }
}

fn open<'j>(file: &DataFile, job: &'j Job) -> Result<Workbook<'j>, ReadError> {
    let opened = File::open(&file.path).map_err(|error| failure::io(&file.name, &error))?;
    let watched = Watched { file: opened, job };
    Xlsx::new(BufReader::new(watched)).map_err(|error| failed(file, job, &error))
}

fn failed(file: &DataFile, job: &Job, error: &XlsxError) -> ReadError {
    if let Err(given_up) = job.step() {
        return given_up;
    }
    ReadError::no_table(&Message::new("TJ-S235").with("file", &file.name).with("words", error))
}

fn typed<'a>(value: &DataRef<'a>) -> Cell<'a> {
    let text =
        |text: &str| if text.is_empty() { Cell::Empty } else { Cell::Text(Cow::Owned(text.to_owned())) };
    match value {
        DataRef::Empty | DataRef::SharedString("") => Cell::Empty,
        DataRef::SharedString(shared) => Cell::Text(Cow::Borrowed(shared)),
        DataRef::String(own) => text(own),
        DataRef::DurationIso(own) => text(own),
        DataRef::DateTimeIso(own) => iso(own),
        DataRef::Int(number) => Cell::Typed("integer", Cow::Owned(number.to_string())),
        DataRef::Float(number) => number_of(*number),
        DataRef::Bool(truth) => Cell::Typed("truth", Cow::Borrowed(if *truth { "t" } else { "f" })),
        DataRef::DateTime(moment) => moment_of(moment),
        DataRef::Error(error) => Cell::Typed("error", Cow::Owned(error.to_string())),
    }
}

/// A workbook holds binary numbers; the shortest decimal that gives the same number is what was typed.
fn number_of<'a>(number: f64) -> Cell<'a> {
    if !number.is_finite() {
        return Cell::Typed("range", Cow::Owned(number.to_string()));
    }
    let text = if number == 0.0 { "0".to_owned() } else { format!("{number}") };
    let tag = if text.parse::<i64>().is_ok() { "integer" } else { "decimal" };
    Cell::Typed(tag, Cow::Owned(text))
}

/// A serial number that is shown as a day or time. What is no day of the calendar (1900-02-29, before 1900) is not one.
fn moment_of<'a>(moment: &ExcelDateTime) -> Cell<'a> {
    let serial = moment.as_f64();
    let odd = |text: String| Cell::Typed("range", Cow::Owned(text));
    if !(0.0..END_OF_DAYS).contains(&serial) || (moment.is_duration() && serial >= 1.0) {
        return odd(serial.to_string());
    }
    let (year, month, day, hour, minute, second, millisecond) = moment.to_ymd_hms_milli();
    let small = |number: u8| i8::try_from(number).unwrap_or(-1);
    let (year, thousandths) = (i16::try_from(year).unwrap_or(-1), i32::from(millisecond));
    let time = Time::new(small(hour), small(minute), small(second), thousandths * 1_000_000);
    let Ok(time) = time else { return odd(serial.to_string()) };
    if serial < 1.0 && year != 1904 {
        return Cell::Typed("time", Cow::Owned(time.to_string()));
    }
    let Ok(date) = Date::new(year, small(month), small(day)) else {
        return odd(format!("{year:04}-{month:02}-{day:02}"));
    };
    if time == Time::midnight() {
        return Cell::Typed("date", Cow::Owned(date.to_string()));
    }
    let at = DateTime::from_parts(date, time);
    Cell::Typed("datetime", Cow::Owned(at.to_string().replace('T', " ")))
}

fn iso<'a>(text: &str) -> Cell<'a> {
    let is_long = text.contains(['T', ' ']);
    if !is_long && let Ok(date) = text.parse::<Date>() {
        return Cell::Typed("date", Cow::Owned(date.to_string()));
    }
    match text.parse::<DateTime>() {
        Ok(at) if is_long => Cell::Typed("datetime", Cow::Owned(at.to_string().replace('T', " "))),
        Ok(_) | Err(_) => Cell::Text(Cow::Owned(text.to_owned())),
    }
}
