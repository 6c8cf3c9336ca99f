//! Rows out of canonical bytes: the key and the digest at once, the cells as they stand.

use bytes::Bytes;
use contract::cells::{Cell, Cells};
use contract::{Digest, ReadError, Row, RowBody, SourceKey, Unkeyed, notes};

use crate::decode::{Charset, number_of, text_of};
use crate::sql::{Bind, Select};
use crate::table::Encoding;

/// Takes rows out of the one column that a statement reads.
pub(crate) struct RowReader {
    n_extra: usize,
    n_cells: usize,
    /// Where the key's cells stand, and what they are called.
    key: Vec<(usize, String)>,
    encoding: Encoding,
    charset: Charset,
}

impl RowReader {
    pub(crate) fn new(select: &Select<'_>, charset: Charset) -> RowReader {
        let extra = select.extra();
        let all: Vec<&str> = extra.iter().chain(&select.projection).map(|c| c.name.as_str()).collect();
        let place = |name: &str| all.iter().position(|other| *other == name);
        let key = select.key.iter().filter_map(|c| Some((place(&c.name)?, c.name.clone()))).collect();
        RowReader { n_extra: extra.len(), n_cells: all.len(), key, encoding: select.table.encoding, charset }
    }

    /// The one row of what a statement gave.
    pub(crate) fn row(&self, raw: &[u8]) -> Result<Row, ReadError> {
        let is_wide = self.encoding != Encoding::Utf8 && raw.contains(&0);
        // A wide result holds plain letters and digits only, each with a zero byte beside it.
        let mut canonical: Bytes = if is_wide {
            raw.iter().copied().filter(|byte| *byte != 0).collect()
        } else {
            Bytes::copy_from_slice(raw)
        };
        self.first_row(&mut canonical)
    }

    /// The first row of the rows in canonical bytes; takes it from them.
    pub(crate) fn first_row(&self, rows: &mut Bytes) -> Result<Row, ReadError> {
        let mut cells = Cells::of(rows);
        let mut start = 0;
        let mut key_cells: Vec<Option<Cell<'_>>> = vec![None; self.key.len()];
        for at in 0..self.n_cells {
            if at == self.n_extra {
                start = rows.len() - cells.rest().len();
            }
            let cell = cells.next().ok_or_else(|| ReadError::malformed("a row with too few cells"))??;
            for ((place, _), key_cell) in self.key.iter().zip(&mut key_cells) {
                if *place == at {
                    *key_cell = Some(cell);
                }
            }
        }
        let end = rows.len() - cells.rest().len();
        let key = self.key(&key_cells).map_err(Unkeyed::NoKey);
        let body = rows.split_to(end).slice(start.min(end)..);
        Ok(Row { key, digest: Digest::of(&body), body: RowBody::Raw(body) })
    }

    /// The key of the first row in canonical bytes, as it stands, to go on after it.
    pub(crate) fn key_binds(&self, rows: &Bytes) -> Result<Vec<Bind>, ReadError> {
        let cells = Cells::of(rows).take(self.n_cells).collect::<Result<Vec<_>, _>>()?;
        let bind = |(place, _): &(usize, String)| {
            let cell = cells.get(*place)?;
            let text = || std::str::from_utf8(cell.bytes).ok();
            match cell.tag {
                "integer" => text()?.parse().ok().map(Bind::Integer),
                "real" => text().and_then(number_of).map(Bind::Real),
                "text" => Some(Bind::TextBytes(cell.bytes.to_vec())),
                "blob" => Some(Bind::Blob(cell.bytes.to_vec())),
                _ => None,
            }
        };
        let binds: Option<Vec<Bind>> = self.key.iter().map(bind).collect();
        binds.ok_or_else(|| ReadError::malformed("a key that cannot be gone on after"))
    }

    fn key(&self, cells: &[Option<Cell<'_>>]) -> Result<SourceKey, String> {
        if self.key.is_empty() {
            return Err(notes::key_missing());
        }
        let mut parts = Vec::with_capacity(self.key.len());
        for ((_, name), cell) in self.key.iter().zip(cells) {
            let cell = cell.as_ref().ok_or_else(|| "the row has too few cells".to_owned())?;
            parts.push(self.key_text(cell, name)?);
        }
        Ok(SourceKey::of(parts.iter().map(String::as_str)))
    }

    fn key_text(&self, cell: &Cell<'_>, name: &str) -> Result<String, String> {
        let text = match cell.tag {
            "null" => return Err(notes::key_null(name)),
            "integer" => std::str::from_utf8(cell.bytes).ok().map(str::to_owned),
            "real" => {
                let number = std::str::from_utf8(cell.bytes).ok().and_then(number_of);
                number.map(|x| format!("{x:?}"))
            }
            "text" | "texthex" => text_of(cell, self.encoding, self.charset),
            "blob" => Some(format!("x'{}'", hex_of(cell.bytes))),
            "blobhex" => std::str::from_utf8(cell.bytes).ok().map(|hex| format!("x'{}'", hex.to_lowercase())),
            _ => return Err(notes::key_too_large(name)),
        };
        text.ok_or_else(|| notes::key_no_text(name))
    }
}

pub(crate) fn hex_of(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn bytes_of_hex(digits: &str) -> Option<Vec<u8>> {
    if !digits.len().is_multiple_of(2) {
        return None;
    }
    let nibble = |digit: u8| char::from(digit).to_digit(16).and_then(|n| u8::try_from(n).ok());
    let (pairs, _) = digits.as_bytes().as_chunks::<2>();
    pairs.iter().map(|[high, low]| Some(nibble(*high)? << 4 | nibble(*low)?)).collect()
}
