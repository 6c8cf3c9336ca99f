//! LIST lines: name, number of lines, digest and root of a file.

use crate::encoding::{Digest, Line, parse_u64, require_digest};
use crate::{Reason, Result, Suite, merkle};
use std::thread;

/// What a LIST line says of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Name of the file.
    pub name: String,
    /// Number of LF in it.
    pub lines: u64,
    /// H of the whole file.
    pub digest: Digest,
    /// `MTH` over its lines.
    pub root: Digest,
}

impl Listed {
    /// Describes a file. With two threads or more its digest is computed beside its root.
    pub fn of(suite: Suite, name: &str, text: &[u8], threads: usize) -> Listed {
        let (digest, (root, lines)) = if threads > 1 && text.len() > 1 << 16 {
            thread::scope(|scope| {
                let digest = scope.spawn(|| suite.hash(text));
                let root = merkle::root_of_text(suite, text, threads);
                (digest.join().unwrap_or_else(|_| suite.hash(text)), root)
            })
        } else {
            (suite.hash(text), merkle::root_of_text(suite, text, 1))
        };
        Listed { name: name.to_owned(), lines: lines as u64, digest, root }
    }

    /// The line, with its LF.
    pub fn line(&self) -> String {
        format!("{}\t{}\t{}\t{}\n", self.name, self.lines, self.digest, self.root)
    }

    /// Reads a line.
    pub fn parse(line: &Line<'_>) -> Result<Listed> {
        line.require_fields(4)?;
        let name = String::from_utf8(line.field(0).to_vec()).map_err(|_| line.refuse(0, Reason::FileForm))?;
        let lines = parse_u64(line.field(1)).ok_or_else(|| line.refuse(1, Reason::FieldInt))?;
        Ok(Listed { name, lines, digest: require_digest(line, 2)?, root: require_digest(line, 3)? })
    }
}

/// LIST lines of several files, sorted by name.
pub fn list_lines<'a>(
    suite: Suite,
    files: impl IntoIterator<Item = (&'a str, &'a [u8])>,
    threads: usize,
) -> String {
    let mut listed: Vec<Listed> =
        files.into_iter().map(|(name, text)| Listed::of(suite, name, text, threads)).collect();
    listed.sort_by(|a, b| a.name.cmp(&b.name));
    listed.iter().map(Listed::line).collect()
}
