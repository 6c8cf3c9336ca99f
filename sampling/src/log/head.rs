//! A head: the root of the first entries at a time. Witnesses sign exactly its bytes.

use std::collections::BTreeSet;

use crate::encoding::{Code, Digest, Line, Time, lines, parse_u64, require_verifier_text};
use crate::plan::Plan;
use crate::{Reason, Refused, Result, Suite};

/// A head of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Name of the log.
    pub log: String,
    /// Suite.
    pub suite: Suite,
    /// Number of entries.
    pub size: u64,
    /// Root over them.
    pub root: Digest,
    /// Its time.
    pub time: Time,
}

/// A head with the witnesses of the plan whose signatures over it were verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cosigned {
    /// The head.
    pub head: Head,
    /// Who signed.
    pub witnesses: Vec<Code>,
}

impl Cosigned {
    /// Refuses a head without two witnesses of the plan.
    pub fn require_witnesses(&self, plan: &Plan) -> Result<()> {
        let listed = |code: &&Code| plan.witnesses.iter().any(|witness| witness.code == **code);
        let signed: BTreeSet<&Code> = self.witnesses.iter().filter(listed).collect();
        if signed.len() >= 2 {
            Ok(())
        } else {
            Err(Refused::file(self.head.file(), Reason::StepHead).with(signed.len()))
        }
    }
}

impl Head {
    /// Name of its file.
    pub fn file(&self) -> String {
        format!("head-{}.txt", self.size)
    }

    /// Its bytes.
    pub fn text(&self) -> Vec<u8> {
        let Head { log, suite, size, root, time } = self;
        format!("DSJ1/head\nlog={log}\nsuite={suite}\nsize={size}\nroot={root}\ntime={time}\n").into_bytes()
    }

    /// Reads a head.
    pub fn parse(file: &str, text: &[u8]) -> Result<Head> {
        require_verifier_text(file, text)?;
        let rows: Vec<Line<'_>> = lines(file, text).collect();
        let refuse = |line: usize, column: usize| Refused::at(file, line, column, Reason::LogHead);
        let value = |number: usize, key: &str| {
            let value = rows.get(number).and_then(|line| line.bytes.strip_prefix(key.as_bytes()));
            value.ok_or_else(|| refuse(number + 1, 1))
        };
        if !value(0, "DSJ1/head")?.is_empty() || rows.len() > 6 {
            return Err(refuse(if rows.len() > 6 { 7 } else { 1 }, 1));
        }
        let log = value(1, "log=")?;
        let is_log = !log.is_empty() && log.iter().all(u8::is_ascii_graphic);
        let log = String::from_utf8(log.to_vec()).ok().filter(|_| is_log).ok_or_else(|| refuse(2, 5))?;
        let suite = Suite::parse(value(2, "suite=")?).ok_or_else(|| refuse(3, 7))?;
        let size = parse_u64(value(3, "size=")?).ok_or_else(|| refuse(4, 6))?;
        let root = Digest::parse(value(4, "root=")?).ok_or_else(|| refuse(5, 6))?;
        let time = Time::parse(value(5, "time=")?).ok_or_else(|| refuse(6, 6))?;
        Ok(Head { log, suite, size, root, time })
    }
}
