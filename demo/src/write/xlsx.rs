//! One table as the first sheet of a workbook.

use std::path::Path;

use rust_xlsxwriter::{Workbook, XlsxError};

use crate::table::{Cell, Made, Table};

/// Writes the workbook. Text cells stay text, as people type codes into them.
///
/// # Errors
/// When it cannot be written.
pub fn fill(
    path: &Path,
    table: &Table,
    rows: impl Iterator<Item = Made>,
    seen: &mut dyn FnMut(&Made) -> Result<(), std::io::Error>,
) -> Result<u64, anyhow::Error> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet_with_constant_memory()?;
    sheet.set_name(table.comment)?;
    for (column, place) in table.columns.iter().zip(0_u16..) {
        sheet.write(0, place, column.name)?;
    }
    let mut n_rows = 0;
    for made in rows {
        seen(&made)?;
        n_rows += 1;
        for (cell, place) in made.cells.iter().zip(0_u16..) {
            write(sheet, n_rows, place, cell)?;
        }
    }
    workbook.save(path)?;
    Ok(u64::from(n_rows))
}

fn write(sheet: &mut rust_xlsxwriter::Worksheet, row: u32, place: u16, cell: &Cell) -> Result<(), XlsxError> {
    match cell {
        Cell::Null => return Ok(()),
        Cell::Int(number) => sheet.write(row, place, *number)?,
        Cell::Text(text) => sheet.write(row, place, text.as_str())?,
        Cell::Raw(bytes) => sheet.write(row, place, String::from_utf8_lossy(bytes).as_ref())?,
    };
    Ok(())
}
