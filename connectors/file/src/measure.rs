//! Whether a part of a workbook holds anything too large to be held in memory at once: a single cell, a mark-up
//! without end, more shared texts than there can be cells for.
//!
//! Cuts XML into its pieces, exactly as far as that needs. Knows no workbook.

/// Bytes of one tag, comment, or text between tags, at most.
const MAX_PIECE: u64 = 4 << 20;
/// Bytes of one cell or shared text with all its mark-up, at most. (A cell may hold 32,767 characters.)
const MAX_CELL: u64 = 8 << 20;
/// Shared texts at most.
const MAX_STRINGS: u64 = 4_000_000;
/// Bytes of a tag that are looked at.
const MAX_HEAD: usize = 512;

/// Where in the mark-up the next byte stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Text,
    /// Inside a tag; inside a value in these quotation marks.
    Tag {
        quote: Option<u8>,
    },
    /// Ends at `-->`, `]]>`, `?>`.
    Comment,
    Raw,
    Instruction,
}

/// Measures a part while it is unpacked.
pub(crate) struct Measure {
    place: Place,
    /// Bytes since the last piece began.
    n_piece: u64,
    /// Bytes since the last cell, row or shared text began.
    n_cell: u64,
    n_strings: u64,
    /// Rows that hold a value.
    n_rows: u64,
    row_is_empty: bool,
    /// The beginning of the tag in hand.
    head: Vec<u8>,
    /// The two bytes before.
    before: [u8; 2],
}

impl Measure {
    pub(crate) fn new() -> Measure {
        let head = Vec::with_capacity(MAX_HEAD);
        Measure {
            place: Place::Text,
            n_piece: 0,
            n_cell: 0,
            n_strings: 0,
            n_rows: 0,
            row_is_empty: false,
            head,
            before: [0; 2],
        }
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    /// What is too large.
    pub(crate) fn take(&mut self, bytes: &[u8]) -> Result<(), String> {
        for byte in bytes {
            self.n_piece += 1;
            self.n_cell += 1;
            self.step(*byte)?;
            self.before = [self.before[1], *byte];
        }
        if self.n_piece > MAX_PIECE {
            return Err(format!("holds a text or tag of more than {} MiB", MAX_PIECE >> 20));
        }
        if self.n_cell > MAX_CELL {
            return Err(format!("holds a cell of more than {} MiB", MAX_CELL >> 20));
        }
        Ok(())
    }

    /// Rows that hold a value, so far.
    pub(crate) fn n_rows(&self) -> u64 {
        self.n_rows
    }

    fn step(&mut self, byte: u8) -> Result<(), String> {
        match self.place {
            Place::Text if byte == b'<' => self.begin(Place::Tag { quote: None }),
            Place::Text => {}
            Place::Tag { quote: Some(mark) } => {
                self.keep(byte);
                if byte == mark {
                    self.place = Place::Tag { quote: None };
                }
            }
            Place::Tag { quote: None } => match byte {
                b'>' => {
                    self.tag()?;
                    self.begin(Place::Text);
                }
                b'"' | b'\'' => {
                    self.keep(byte);
                    self.place = Place::Tag { quote: Some(byte) };
                }
                _ => self.inside(byte),
            },
            Place::Comment if byte == b'>' && self.before == *b"--" => self.begin(Place::Text),
            Place::Raw if byte == b'>' && self.before == *b"]]" => self.begin(Place::Text),
            Place::Instruction if byte == b'>' && self.before[1] == b'?' => self.begin(Place::Text),
            Place::Comment | Place::Raw | Place::Instruction => {}
        }
        Ok(())
    }

    fn inside(&mut self, byte: u8) {
        self.keep(byte);
        match self.head.as_slice() {
            b"!--" => self.place = Place::Comment,
            b"![CDATA[" => self.place = Place::Raw,
            b"?" => self.place = Place::Instruction,
            _ => {}
        }
    }

    fn keep(&mut self, byte: u8) {
        if self.head.len() < MAX_HEAD {
            self.head.push(byte);
        }
    }

    fn begin(&mut self, place: Place) {
        self.place = place;
        self.n_piece = 0;
        self.head.clear();
    }

    /// A tag is whole.
    fn tag(&mut self) -> Result<(), String> {
        let is_name = |b: &u8| !b.is_ascii_whitespace() && *b != b'/';
        let name = self.head.split(|b| !is_name(b)).next().unwrap_or_default();
        let name = name.rsplit(|b| *b == b':').next().unwrap_or_default();
        match name {
            b"c" => self.n_cell = 0,
            b"row" => {
                self.n_cell = 0;
                self.row_is_empty = true;
            }
            b"v" | b"is" if self.row_is_empty => {
                self.n_rows += 1;
                self.row_is_empty = false;
            }
            b"si" => {
                self.n_cell = 0;
                self.n_strings += 1;
            }
            b"sst" => self.n_strings = self.n_strings.max(self.announced()),
            _ => {}
        }
        if self.n_strings > MAX_STRINGS {
            return Err(format!("holds more than {MAX_STRINGS} texts"));
        }
        Ok(())
    }

    /// How many different texts a list of texts says it has: a reader would make room for them.
    fn announced(&self) -> u64 {
        let name = b"uniqueCount";
        let at = self.head.windows(name.len()).position(|window| window == name);
        let Some(rest) = at.and_then(|at| self.head.get(at + name.len()..)) else {
            // Not seen, but it may stand further on.
            return if self.head.len() == MAX_HEAD { u64::MAX } else { 0 };
        };
        let digits = rest.iter().skip_while(|b| !b.is_ascii_digit()).take_while(|b| b.is_ascii_digit());
        digits.fold(0_u64, |sum, digit| sum.saturating_mul(10).saturating_add(u64::from(digit - b'0')))
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_CELL, MAX_PIECE, MAX_STRINGS, Measure};

    fn measured(parts: &[&[u8]]) -> Result<(), String> {
        let mut measure = Measure::new();
        parts.iter().flat_map(|part| part.chunks(64 << 10)).try_for_each(|chunk| measure.take(chunk))
    }

    #[test]
    fn what_is_too_large_is_found_however_it_is_written() {
        let long = vec![b'x'; MAX_PIECE as usize + (64 << 10)];
        let cells = b"<c>".repeat(MAX_PIECE as usize / 3 + (64 << 10));
        let run = b"<r><t>word</t></r>".repeat(MAX_CELL as usize / 18 + (64 << 10));
        for parts in [
            [b"<sheetData><row><c><v>".as_slice(), &long],
            [b"<c><is><t><![CDATA[", &cells],
            [b"<!-- ", &cells],
            [b"<?xml ", &cells],
            [b"<c r=\"", &cells],
            [b"<c r='", &cells],
            [b"<c><is>", &run],
            [b"<x:si>", &run],
        ] {
            assert!(measured(&parts).is_err(), "{}", String::from_utf8_lossy(parts[0]));
        }
        let many = b"<row><c r=\"A1\"><v>1</v></c></row>".repeat(1 << 20);
        assert_eq!(measured(&[&many]), Ok(()));
        assert_eq!(measured(&[b"<!-- a -->", &cells]), Ok(()), "a comment ends");
    }

    #[test]
    fn announced_texts_are_bounded() {
        let announced =
            |count: &str| measured(&[format!("<sst count=\"1\" uniqueCount={count}>").as_bytes()]);
        assert_eq!(announced("\"12\""), Ok(()));
        assert_eq!(announced(&format!("\"{MAX_STRINGS}\"")), Ok(()));
        for bad in ["\"4000001\"", " '99999999999999999999999999'"] {
            assert!(announced(bad).is_err(), "{bad}");
        }
        let hidden = format!("<x:sst a=\"{}\" uniqueCount=\"99999999\">", "a".repeat(600));
        assert!(measured(&[hidden.as_bytes()]).is_err());
        assert!(measured(&[&b"<si/>".repeat(MAX_STRINGS as usize + 1)]).is_err());
    }
}
