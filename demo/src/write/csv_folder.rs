//! CSV files in GBK, one a year of the row's decision.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use crate::table::{Cell, Made, Table};

/// Fills the folder with `<table>-<year>.csv`; the year is the first four digits of the column `year_column`.
///
/// # Errors
/// When a file cannot be written.
pub fn fill(
    folder: &Path,
    table: &Table,
    year_column: &str,
    rows: impl Iterator<Item = Made>,
    seen: &mut dyn FnMut(&Made) -> Result<(), std::io::Error>,
) -> Result<u64, std::io::Error> {
    std::fs::create_dir_all(folder)?;
    let place = table.columns.iter().position(|column| column.name == year_column).unwrap_or(0);
    let mut files: BTreeMap<String, BufWriter<File>> = BTreeMap::new();
    let mut n_rows = 0;
    for made in rows {
        seen(&made)?;
        n_rows += 1;
        let year = match made.cells.get(place) {
            Some(Cell::Text(text)) => text.chars().take(4).collect(),
            Some(Cell::Null | Cell::Int(_) | Cell::Raw(_)) | None => "0000".to_owned(),
        };
        let file = match files.entry(year) {
            std::collections::btree_map::Entry::Occupied(file) => file.into_mut(),
            std::collections::btree_map::Entry::Vacant(entry) => {
                let path = folder.join(format!("{}-{}.csv", table.name, entry.key()));
                let mut file = BufWriter::new(File::create(path)?);
                let header: Vec<Cell> = table.columns.iter().map(|column| Cell::from(column.name)).collect();
                line(&mut file, &header)?;
                entry.insert(file)
            }
        };
        line(file, &made.cells)?;
    }
    for file in files.values_mut() {
        file.flush()?;
    }
    Ok(n_rows)
}

fn line(file: &mut impl Write, cells: &[Cell]) -> Result<(), std::io::Error> {
    for (index, cell) in cells.iter().enumerate() {
        if index > 0 {
            file.write_all(b",")?;
        }
        match cell {
            Cell::Null => {}
            Cell::Int(number) => write!(file, "{number}")?,
            Cell::Raw(bytes) => file.write_all(bytes)?,
            Cell::Text(text) => {
                let text = if text.contains([',', '"', '\n', '\r']) {
                    format!("\"{}\"", text.replace('"', "\"\""))
                } else {
                    text.clone()
                };
                file.write_all(&encoding_rs::GBK.encode(&text).0)?;
            }
        }
    }
    file.write_all(b"\r\n")
}
