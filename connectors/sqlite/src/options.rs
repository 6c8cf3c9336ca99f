//! Which file, and the limits of reading it.

use std::path::PathBuf;
use std::time::Duration;

use messages::{Message, Problem};

/// Where a SQLite file is, and the limits of reading it.
#[derive(Clone, Debug)]
pub struct Options {
    /// The file, an absolute path.
    pub path: PathBuf,
    /// Connections at most, at any time. At least 1.
    pub max_connections: u32,
    /// Until a lock that another program holds is given up.
    pub busy_timeout: Duration,
    /// Until the next row of a reading is given up.
    pub read_timeout: Duration,
    /// What text is in that a program wrote without heed to the file's declared encoding; `None`: as declared.
    pub charset: Option<String>,
    /// A cell of a look-up longer than this becomes `too-large`. A snapshot says so itself.
    pub max_cell_bytes: usize,
}

impl Options {
    /// Options with the usual limits: two connections, 5 s for a lock, 60 s of silence.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Options {
        Options {
            path: path.into(),
            max_connections: 2,
            busy_timeout: Duration::from_secs(5),
            read_timeout: Duration::from_secs(60),
            charset: None,
            max_cell_bytes: 1 << 20,
        }
    }

    /// Everything wrong with the options, each problem's path below `at`.
    #[must_use]
    pub fn problems(&self, at: &str) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut add = |key: &str, message: Message, cure: Option<Message>| {
            problems.push(Problem { path: format!("{at}.{key}"), message, cure });
        };
        if self.path.as_os_str().is_empty() {
            add("path", Message::new("TJ-S101").with("key", "path"), None);
        } else if !self.path.is_absolute() {
            add("path", Message::new("TJ-S108").with("path", self.path.display()), None);
        }
        let ranges = [
            ("max_connections", u64::from(self.max_connections), 1, 16),
            ("busy_seconds", self.busy_timeout.as_secs(), 0, 600),
            ("read_seconds", self.read_timeout.as_secs(), 1, 86_400),
            ("max_cell_bytes", self.max_cell_bytes as u64, 64, 1 << 29),
        ];
        for (key, value, low, high) in ranges {
            if value < low || value > high {
                let message = Message::new("TJ-S102").with("key", key).with("low", low).with("high", high);
                add(key, message, None);
            }
        }
        if let Some(charset) = &self.charset
            && encoding_rs::Encoding::for_label(charset.as_bytes()).is_none()
        {
            let message = Message::new("TJ-S103").with("charset", charset);
            add("charset", message, Some(Message::new("TJ-S105")));
        }
        problems
    }
}
