//! Text: UTF-8 in NFC, LF at the end of every line, nothing else that is invisible.

use unicode_normalization::UnicodeNormalization;

use crate::{Reason, Refused, Result};

/// Refuses, with file, line and column, whatever is not text as §0 asks of a committing program.
pub fn require_text(file: &str, bytes: &[u8]) -> Result<()> {
    require_verifier_text(file, bytes)?;
    if bytes.is_ascii() {
        return Ok(());
    }
    let text = std::str::from_utf8(bytes).map_err(|_| Refused::file(file, Reason::TextUtf8))?;
    for (index, line) in text.lines().enumerate() {
        if let Some(column) = first_not_nfc(line) {
            return Err(Refused::at(file, index + 1, column, Reason::TextNotNfc));
        }
    }
    Ok(())
}

/// The same without normal form: what a verifier needs, so that no Unicode table is in its path.
/// The earliest bad byte is the place.
pub fn require_verifier_text(file: &str, bytes: &[u8]) -> Result<()> {
    let may_tab = file.ends_with(".tsv") || matches!(file, "commit.txt" | "result.txt" | "evidence.txt");
    let is_bad = |&byte: &u8| byte != b'\n' && is_control(byte) && !(byte == b'\t' && may_tab);
    let control = bytes.iter().position(is_bad).map(|offset| {
        let is_cr = bytes.get(offset) == Some(&b'\r');
        (offset, if is_cr { Reason::TextCarriageReturn } else { Reason::TextControl })
    });
    let begins_with_bom = bytes.starts_with(b"\xef\xbb\xbf");
    let bom = begins_with_bom.then_some((0, Reason::TextBom));
    let first_empty = (bytes.first() == Some(&b'\n')).then_some(0);
    let later_empty = || bytes.windows(2).position(|pair| pair == b"\n\n").map(|offset| offset + 1);
    let empty = first_empty.or_else(later_empty).map(|offset| (offset, Reason::TextEmptyLine));
    let ends_well = bytes.last().is_none_or(|&byte| byte == b'\n');
    let final_lf = (!ends_well).then_some((bytes.len(), Reason::TextNoFinalLf));
    let faults = [bom, control, empty, not_utf8(bytes), final_lf];
    match faults.into_iter().flatten().min_by_key(|&(offset, _)| offset) {
        Some((offset, reason)) => Err(refuse_at(file, bytes, offset, reason)),
        None => Ok(()),
    }
}

fn is_control(byte: u8) -> bool {
    byte < 0x20 || byte == 0x7f
}

/// The first ill-formed sequence, or control character above ASCII (U+0080 to U+009F).
fn not_utf8(bytes: &[u8]) -> Option<(usize, Reason)> {
    if bytes.is_ascii() {
        return None;
    }
    let (valid, broken) = match std::str::from_utf8(bytes) {
        Ok(text) => (text, None),
        Err(error) => {
            let (valid, _) = bytes.split_at(error.valid_up_to());
            (std::str::from_utf8(valid).unwrap_or_default(), Some((valid.len(), Reason::TextUtf8)))
        }
    };
    let control = valid.char_indices().find(|(_, c)| ('\u{80}'..='\u{9f}').contains(c));
    control.map(|(offset, _)| (offset, Reason::TextControl)).or(broken)
}

/// Byte column, from 1, of the first difference between a line and its normal form.
fn first_not_nfc(line: &str) -> Option<usize> {
    let mut column = 1;
    let mut normal = line.chars().nfc();
    for c in line.chars() {
        if normal.next() != Some(c) {
            return Some(column);
        }
        column += c.len_utf8();
    }
    normal.next().map(|_| column)
}

fn refuse_at(file: &str, bytes: &[u8], offset: usize, reason: Reason) -> Refused {
    let before = &bytes[..offset.min(bytes.len())];
    let line = 1 + before.iter().filter(|&&byte| byte == b'\n').count();
    let column = 1 + before.iter().rev().take_while(|&&byte| byte != b'\n').count();
    Refused::at(file, line, column, reason)
}
