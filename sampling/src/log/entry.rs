//! An entry: the leaf of the log's tree is the whole file.

use super::Kind;
use crate::encoding::{Code, Line, Time, lines, parse_u64, require_verifier_text};
use crate::{Reason, Refused, Result};

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Place in the log, from 0.
    pub seq: u64,
    /// Time of the log.
    pub time: Time,
    /// Plan it belongs to.
    pub plan_id: Code,
    /// Draw it belongs to.
    pub draw_no: u64,
    /// What it says.
    pub kind: Kind,
}

impl Entry {
    /// Name of its file.
    pub fn file(&self) -> String {
        format!("entry-{}.txt", self.seq)
    }

    /// Its bytes.
    pub fn text(&self) -> Vec<u8> {
        let Entry { seq, time, plan_id, draw_no, kind } = self;
        let mut text = format!(
            "DSJ1/entry\nseq={seq}\ntime={time}\nplan_id={plan_id}\ndraw_no={draw_no}\nkind={}\n",
            kind.word()
        );
        for (name, value) in kind.fields() {
            text += &format!("{name}={value}\n");
        }
        text.into_bytes()
    }

    /// Reads an entry.
    pub fn parse(file: &str, text: &[u8]) -> Result<Entry> {
        require_verifier_text(file, text)?;
        let rows: Vec<Line<'_>> = lines(file, text).collect();
        let refuse = |line: usize, column: usize| Refused::at(file, line, column, Reason::LogEntry);
        let value = |number: usize, key: &str| {
            let value = rows.get(number).and_then(|line| line.bytes.strip_prefix(key.as_bytes()));
            value.ok_or_else(|| refuse(number + 1, 1))
        };
        if !value(0, "DSJ1/entry")?.is_empty() {
            return Err(refuse(1, 1));
        }
        let seq = parse_u64(value(1, "seq=")?).ok_or_else(|| refuse(2, 5))?;
        let time = Time::parse(value(2, "time=")?).ok_or_else(|| refuse(3, 6))?;
        let plan_id = Code::parse(value(3, "plan_id=")?).ok_or_else(|| refuse(4, 9))?;
        let draw_no = parse_u64(value(4, "draw_no=")?).filter(|&n| n > 0).ok_or_else(|| refuse(5, 9))?;
        let word = value(5, "kind=")?;
        let split = |line: &Line<'_>| {
            let equals = line.bytes.iter().position(|&byte| byte == b'=').unwrap_or(line.bytes.len());
            (equals, (equals + 1).min(line.bytes.len()))
        };
        let fields: Vec<(&[u8], &[u8])> = rows
            .iter()
            .skip(6)
            .map(|line| (&line.bytes[..split(line).0], &line.bytes[split(line).1..]))
            .collect();
        let kind = match Kind::parse(word, &fields) {
            Ok(kind) => kind.ok_or_else(|| refuse(6, 6))?,
            Err(field) => return Err(refuse(field + 7, 1)),
        };
        Ok(Entry { seq, time, plan_id, draw_no, kind })
    }

    /// A refusal at the kind of this entry.
    pub(crate) fn refuse(&self, reason: Reason) -> Refused {
        Refused::at(self.file(), 6, 6, reason).with(self.kind.word())
    }

    /// A refusal at the time of this entry.
    pub(crate) fn refuse_time(&self, reason: Reason) -> Refused {
        Refused::at(self.file(), 3, 6, reason).with(self.time)
    }

    /// A refusal at a field of this entry.
    pub(crate) fn refuse_field(&self, name: &str, reason: Reason) -> Refused {
        let fields = self.kind.fields();
        let place = fields.iter().position(|(field, _)| *field == name);
        let value =
            place.and_then(|place| fields.get(place)).map(|(_, value)| value.clone()).unwrap_or_default();
        Refused::at(self.file(), place.map_or(6, |place| place + 7), name.len() + 2, reason).with(value)
    }
}
