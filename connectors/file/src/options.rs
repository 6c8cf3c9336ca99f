//! Which folder, how its files are to be understood, and the limits of reading them.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use messages::{Message, Problem};

use crate::charset;

/// Which files of those that match a stream's pattern are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Take {
    /// All, as one table.
    #[default]
    All,
    /// The one that was changed last; of several, the last by name.
    Newest,
}

/// Where files are dropped, what they are written in, and the limits of reading them.
#[derive(Clone, Debug)]
pub struct Options {
    /// The folder, an absolute path. Folders inside it are not read; links are followed to files inside it only.
    pub folder: PathBuf,
    /// What text files are in that begin with no mark; `None`: UTF-8, and a file that is not is refused.
    pub charset: Option<String>,
    /// Between the cells of a line of text: comma, semicolon, tab, vertical bar.
    pub delimiter: char,
    /// Texts that stand for NULL, besides the empty one; a cell must be the whole of it.
    pub nulls: Vec<String>,
    /// Which of the matching files are read.
    pub take: Take,
    /// The line or row of the header, from 1, by name of the stream; what lies above is passed over. Default 1.
    pub header_rows: BTreeMap<String, u32>,
    /// A file changed within this time is held to be unfinished. Zero: only changes while reading are noticed.
    pub settle: Duration,
    /// Readings at most, at any time. At least 1.
    pub max_connections: u32,
    /// Until a reading that does not come forward is given up.
    pub read_timeout: Duration,
    /// A cell of a look-up longer than this becomes `too-large`. A snapshot says so itself.
    pub max_cell_bytes: usize,
    /// A sheet of a workbook larger than this, unpacked, is refused.
    pub max_sheet_bytes: u64,
    /// Memory for sorting; beyond it, sorted runs go to temporary files. In bytes, about.
    pub sort_bytes: usize,
    /// Where temporary files are made; `None`: where the system makes them.
    pub temporary: Option<PathBuf>,
}

impl Options {
    /// Options with the usual limits: two readings at a time, 60 s of silence, 64 MiB for sorting, sheets of 512 MiB.
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>) -> Options {
        Options {
            folder: folder.into(),
            charset: None,
            delimiter: ',',
            nulls: Vec::new(),
            take: Take::All,
            header_rows: BTreeMap::new(),
            settle: Duration::ZERO,
            max_connections: 2,
            read_timeout: Duration::from_secs(60),
            max_cell_bytes: 1 << 20,
            max_sheet_bytes: 512 << 20,
            sort_bytes: 64 << 20,
            temporary: None,
        }
    }

    /// Everything wrong with the options, each problem's path below `at`.
    #[must_use]
    pub fn problems(&self, at: &str) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut add = |key: &str, message: Message, cure: Option<Message>| {
            problems.push(Problem { path: format!("{at}.{key}"), message, cure });
        };
        if self.folder.as_os_str().is_empty() {
            add("folder", Message::new("TJ-S101").with("key", "folder"), None);
        } else if !self.folder.is_absolute() {
            add("folder", Message::new("TJ-S108").with("path", self.folder.display()), None);
        }
        let ranges = [
            ("max_connections", u64::from(self.max_connections), 1, 16),
            ("settle_seconds", self.settle.as_secs(), 0, 86_400),
            ("read_seconds", self.read_timeout.as_secs(), 1, 86_400),
            ("max_cell_bytes", self.max_cell_bytes as u64, 64, 1 << 29),
            ("max_sheet_bytes", self.max_sheet_bytes, 1 << 10, 1 << 36),
            ("sort_bytes", self.sort_bytes as u64, 1 << 10, 1 << 36),
        ];
        for (key, value, low, high) in ranges {
            if value < low || value > high {
                let message = Message::new("TJ-S102").with("key", key).with("low", low).with("high", high);
                add(key, message, None);
            }
        }
        for (index, row) in self.header_rows.values().enumerate() {
            if *row == 0 || *row > 1 << 20 {
                let message = Message::new("TJ-S102").with("key", "header_row");
                add(&format!("header_rows[{index}]"), message.with("low", 1).with("high", 1 << 20), None);
            }
        }
        if let Some(label) = &self.charset
            && charset::of_label(label).is_none()
        {
            let message = Message::new("TJ-S103").with("charset", label);
            add("charset", message, Some(Message::new("TJ-S105")));
        }
        if ![',', ';', '\t', '|'].contains(&self.delimiter) {
            let message = Message::new("TJ-S106").with("delimiter", self.delimiter);
            add("delimiter", message, Some(Message::new("TJ-S107")));
        }
        problems
    }

    /// The line or row of a stream's header, from 1.
    pub(crate) fn header_row(&self, stream: &contract::StreamName) -> u32 {
        self.header_rows.get(&stream.to_string()).copied().unwrap_or(1).max(1)
    }
}
