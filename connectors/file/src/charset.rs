//! What the bytes of a text file mean.

use std::borrow::Cow;
use std::fs::File;
use std::io::{BufRead, BufReader, Cursor, Read};

use encoding_rs::{Decoder, DecoderResult, Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};

use crate::folder::DataFile;

/// How cells are turned into text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Charset {
    /// Of the bytes as they are split into cells; what the file is in may be another.
    encoding: &'static Encoding,
    /// Whether somebody or the file itself says so.
    pub(crate) is_known: bool,
    /// What the file is in, for people.
    pub(crate) name: &'static str,
}

impl Charset {
    /// The text of a cell, if its bytes are valid.
    pub(crate) fn text<'a>(&self, bytes: &'a [u8]) -> Option<Cow<'a, str>> {
        if self.encoding == UTF_8 {
            return std::str::from_utf8(bytes).ok().map(Cow::Borrowed);
        }
        self.encoding.decode_without_bom_handling_and_without_replacement(bytes)
    }
}

/// The encoding of a label, as `gbk`; `None` for unknown ones and such that cannot be split at ASCII characters.
/// GBK and GB 2312 are read as GB 18030, which holds them.
pub(crate) fn of_label(label: &str) -> Option<&'static Encoding> {
    let encoding = Encoding::for_label_no_replacement(label.trim().as_bytes())?;
    let is_wide = encoding == UTF_16LE || encoding == UTF_16BE;
    if encoding == encoding_rs::GBK {
        return Some(GB18030);
    }
    (is_wide || encoding.is_ascii_compatible()).then_some(encoding)
}

/// The bytes of a text file without its mark, and what they mean.
pub(crate) type Opened = (Box<dyn BufRead + Send>, Charset);

/// Opens a text file: what its mark says, else what is declared, else UTF-8.
pub(crate) fn open(file: &DataFile, declared: Option<&str>, delimiter: char) -> std::io::Result<Opened> {
    let mut reader = File::open(&file.path)?;
    let mut start = Vec::with_capacity(4);
    (&mut reader).take(3).read_to_end(&mut start)?;
    let mark = Encoding::for_bom(&start);
    let rest = start.split_off(mark.map_or(0, |(_, length)| length).min(start.len()));
    let bytes = Cursor::new(rest).chain(reader);
    let declared = declared.and_then(of_label);
    let encoding = mark.map(|(encoding, _)| encoding).or(declared);
    let is_known = encoding.is_some();
    let encoding = encoding.unwrap_or(UTF_8);
    let name = if encoding == GB18030 { "GB18030" } else { encoding.name() };
    // A vertical bar may be the second byte of a character of GBK; cutting there would break it.
    let is_cut_whole = encoding == UTF_8 || encoding.is_single_byte() || delimiter != '|';
    let is_wide = encoding == UTF_16LE || encoding == UTF_16BE;
    if is_wide || !is_cut_whole {
        let decoder = encoding.new_decoder_without_bom_handling();
        let turned = Turned { inner: BufReader::with_capacity(BUFFER, bytes), decoder, is_done: false };
        let charset = Charset { encoding: UTF_8, is_known, name };
        return Ok((Box::new(BufReader::with_capacity(BUFFER, turned)), charset));
    }
    let charset = Charset { encoding, is_known, name };
    Ok((Box::new(BufReader::with_capacity(BUFFER, bytes)), charset))
}

const BUFFER: usize = 256 << 10;

/// Turns a file into UTF-8 while it is read. What cannot be turned becomes a byte that UTF-8 never has, so that the
/// cell it stands in is found to be bad, and no other.
struct Turned<R> {
    inner: R,
    decoder: Decoder,
    is_done: bool,
}

impl<R: BufRead> Read for Turned<R> {
    fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
        // The caller's buffer is large; a smaller one could not take a character.
        let Some(last) = to.len().checked_sub(1) else { return Ok(0) };
        while !self.is_done {
            let from = self.inner.fill_buf()?;
            let is_last = from.is_empty();
            let room = to.get_mut(..last).unwrap_or_default();
            let (result, n_read, n_written) =
                self.decoder.decode_to_utf8_without_replacement(from, room, is_last);
            self.inner.consume(n_read);
            match result {
                DecoderResult::Malformed(..) => {
                    if let Some(place) = to.get_mut(n_written) {
                        *place = 0xff;
                    }
                    return Ok(n_written + 1);
                }
                DecoderResult::InputEmpty => self.is_done = is_last,
                DecoderResult::OutputFull => {}
            }
            if n_written > 0 {
                return Ok(n_written);
            }
        }
        Ok(0)
    }
}
