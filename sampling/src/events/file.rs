//! `event-<n>.txt` and `seed-event-<n>.txt`.

use crate::encoding::{Code, Digest, Line, lines, require_verifier_text};
use crate::plan::{Plan, Remedy, remedy};
use crate::{Reason, Refused, Result};

/// Something that happened after the draw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// C of the draw.
    pub commit: Digest,
    /// Number, from 1.
    pub number: u64,
    /// What.
    pub what: What,
    /// Reason.
    pub reason: Code,
    /// Digest of the evidence.
    pub evidence: Digest,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// An officer is recused or ill.
    Officer {
        /// Task.
        task: String,
        /// Class.
        class: Code,
        /// Who falls out.
        out: Code,
    },
    /// A remedy that the plan did not have.
    Remedy {
        /// Department.
        dept: Code,
        /// The remedy.
        remedy: Remedy,
    },
}

impl Event {
    /// Name of the file.
    pub fn file(&self) -> String {
        format!("event-{}.txt", self.number)
    }

    /// Its bytes.
    pub fn text(&self) -> Vec<u8> {
        let Event { commit, number, what, reason, evidence } = self;
        let what = match what {
            What::Officer { task, class, out } => {
                format!("kind=officer\ntask={task}\nclass={class}\nout={out}\n")
            }
            What::Remedy { dept, remedy } => {
                let remedy = match remedy {
                    Remedy::Capacity(more) => format!("capacity+{more}"),
                    Remedy::Pool => "pool".to_owned(),
                    Remedy::Postpone => "postpone".to_owned(),
                };
                format!("kind=remedy\ndept={dept}\nremedy={remedy}\n")
            }
        };
        format!("DSJ1/event\ncommit={commit}\nevent={number}\n{what}reason={reason}\nevidence={evidence}\n")
            .into_bytes()
    }

    /// Reads the event of a number; it must belong to the draw and to a department with slots.
    pub fn parse(text: &[u8], plan: &Plan, commit: &Digest, number: u64) -> Result<Event> {
        let file = format!("event-{number}.txt");
        require_verifier_text(&file, text)?;
        let rows: Vec<Line<'_>> = lines(&file, text).collect();
        let reader = Rows { file: &file, rows: &rows };
        reader.exact(0, "DSJ1/event", "")?;
        reader.exact(1, "commit=", &commit.hex())?;
        reader.exact(2, "event=", &number.to_string())?;
        let (what, next) = match reader.value(3, "kind=")? {
            b"officer" => {
                let task = reader.read(4, "task=", task)?;
                let (class, out) =
                    (reader.read(5, "class=", Code::parse)?, reader.read(6, "out=", Code::parse)?);
                (What::Officer { task, class, out }, 7)
            }
            b"remedy" => {
                let is_dept = |dept: &Code| plan.depts_with_slots().contains(dept);
                let dept = reader.read(4, "dept=", |text| Code::parse(text).filter(is_dept))?;
                let known = |text: &[u8]| remedy(std::str::from_utf8(text).ok()?);
                (What::Remedy { dept, remedy: reader.read(5, "remedy=", known)? }, 6)
            }
            _ => return Err(reader.refuse(3, "kind=".len() + 1)),
        };
        let reason = reader.read(next, "reason=", Code::parse)?;
        let evidence = reader.read(next + 1, "evidence=", Digest::parse)?;
        if rows.len() > next + 2 {
            return Err(reader.refuse(next + 2, 1));
        }
        Ok(Event { commit: *commit, number, what, reason, evidence })
    }
}

struct Rows<'a> {
    file: &'a str,
    rows: &'a [Line<'a>],
}

impl<'a> Rows<'a> {
    fn refuse(&self, row: usize, column: usize) -> Refused {
        Refused::at(self.file, row + 1, column, Reason::EventForm)
    }

    fn value(&self, row: usize, key: &str) -> Result<&'a [u8]> {
        let value = self.rows.get(row).and_then(|line| line.bytes.strip_prefix(key.as_bytes()));
        value.ok_or_else(|| self.refuse(row, 1))
    }

    fn read<T>(&self, row: usize, key: &str, parse: impl FnOnce(&[u8]) -> Option<T>) -> Result<T> {
        parse(self.value(row, key)?).ok_or_else(|| self.refuse(row, key.len() + 1))
    }

    fn exact(&self, row: usize, key: &str, expected: &str) -> Result<()> {
        self.read(row, key, |text| (text == expected.as_bytes()).then_some(()))
    }
}

/// `<G>/<sid>`.
fn task(text: &[u8]) -> Option<String> {
    let slash = text.iter().position(|&byte| byte == b'/')?;
    let is_task =
        Code::parse(text.get(..slash)?).is_some() && crate::encoding::is_sid(text.get(slash + 1..)?);
    is_task.then(|| String::from_utf8_lossy(text).into_owned())
}

/// The bytes of `seed-event-<n>.txt`; their digest is the seed of the event.
pub fn event_seed_text(seed: &Digest, event: &Digest, value: &str) -> Vec<u8> {
    format!("DSJ1/event-seed\nseed={seed}\nevent={event}\npublic={value}\n").into_bytes()
}
