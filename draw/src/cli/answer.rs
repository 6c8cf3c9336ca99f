//! What a command answers: facts, tables and remarks, shown as a table for people or as JSON for programs.

use comfy_table::{Table, presets};
use messages::{Lang, Message, render};
use sampling::Refused;
use serde_json::{Map, Value, json};

use super::reasons;
use crate::archive::NotCanonical;
use crate::error::Error;

/// Done, or whole.
pub const DONE: u8 = 0;
/// The protocol refuses it.
pub const REFUSED: u8 = 1;
/// Wrong use: an argument is not what it must be.
pub const USAGE: u8 = 2;
/// A file, a folder, or the operating system.
pub const FAILED: u8 = 69;

/// How an answer is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Output {
    /// For people.
    #[default]
    #[value(help = "表 · for people")]
    Table,
    /// For programs.
    #[value(help = "JSON · for programs")]
    Json,
}

/// An answer being put together.
#[derive(Debug, Default)]
pub(super) struct Answer {
    parts: Vec<Part>,
    code: u8,
}

#[derive(Debug)]
enum Part {
    Large(String),
    Fact { key: &'static str, label: &'static str, value: Value },
    Word { key: &'static str, label: &'static str, cell: Cell },
    Table { key: &'static str, columns: Vec<(&'static str, &'static str)>, rows: Vec<Vec<Cell>> },
    Remark { key: &'static str, message: Message },
}

/// A cell: a value as it is, or a text by its code.
#[derive(Clone, Debug)]
pub(super) enum Cell {
    /// As it is.
    Plain(String),
    /// A text, and what it is for programs.
    Text(Message, String),
}

impl<T: std::fmt::Display> From<T> for Cell {
    fn from(value: T) -> Cell {
        Cell::Plain(value.to_string())
    }
}

impl Answer {
    pub(super) fn fact(
        mut self,
        key: &'static str,
        label: &'static str,
        value: impl std::fmt::Display,
    ) -> Answer {
        self.parts.push(Part::Fact { key, label, value: Value::String(value.to_string()) });
        self
    }

    /// A word for programs, a text for people.
    pub(super) fn word(
        mut self,
        key: &'static str,
        label: &'static str,
        text: &'static str,
        word: &str,
    ) -> Answer {
        let cell = Cell::Text(Message::new(text), word.to_owned());
        self.parts.push(Part::Word { key, label, cell });
        self
    }

    /// How far a draw has come.
    pub(super) fn state(self, key: &'static str, label: &'static str, state: &str) -> Answer {
        self.word(key, label, reasons::of_state(state), state)
    }

    pub(super) fn number(mut self, key: &'static str, label: &'static str, value: u64) -> Answer {
        self.parts.push(Part::Fact { key, label, value: json!(value) });
        self
    }

    /// C in large type, with what to do with it.
    pub(super) fn commit(mut self, commit: impl std::fmt::Display) -> Answer {
        self.parts.push(Part::Large(commit.to_string()));
        self.remark("compare", Message::new("TJ-W002"))
    }

    pub(super) fn table(
        mut self,
        key: &'static str,
        columns: &[(&'static str, &'static str)],
        rows: Vec<Vec<Cell>>,
    ) -> Answer {
        if !rows.is_empty() {
            self.parts.push(Part::Table { key, columns: columns.to_vec(), rows });
        }
        self
    }

    pub(super) fn remark(mut self, key: &'static str, message: Message) -> Answer {
        self.parts.push(Part::Remark { key, message });
        self
    }

    /// One answer after another.
    pub(super) fn join(mut self, other: Answer) -> Answer {
        self.parts.extend(other.parts);
        self.exit(other.code)
    }

    pub(super) fn exit(mut self, code: u8) -> Answer {
        self.code = self.code.max(code);
        self
    }

    /// Everything that was refused, each with its place and reason.
    pub(super) fn refused(self, refused: &[Refused]) -> Answer {
        if refused.is_empty() {
            return self;
        }
        let rows = refused.iter().map(|refused| {
            let text = reasons::of_reason(refused.code()).map_or_else(
                || Cell::Plain(refused.reason.sentence().to_owned()),
                |code| Cell::Text(Message::new(code), refused.reason.sentence().to_owned()),
            );
            let place = refused.place.to_string();
            vec![
                if place.is_empty() { "-".to_owned() } else { place }.into(),
                text,
                refused.args.join(" ").into(),
                refused.code().into(),
            ]
        });
        let columns =
            [("place", "TJ-W060"), ("reason", "TJ-W061"), ("value", "TJ-W238"), ("code", "TJ-W062")];
        self.table("refused", &columns, rows.collect()).exit(REFUSED)
    }

    pub(super) fn not_canonical(self, fault: &NotCanonical) -> Answer {
        let place = format!("archive:{}", fault.offset);
        let text =
            Cell::Text(Message::new(reasons::of_fault(fault.fault)), fault.fault.sentence().to_owned());
        let columns = [("place", "TJ-W060"), ("reason", "TJ-W061")];
        self.table("archive", &columns, vec![vec![place.into(), text]]).exit(REFUSED)
    }

    pub(super) fn of_error(error: &Error) -> Answer {
        let answer = Answer::default();
        match error {
            Error::Refused(refused) => answer.refused(std::slice::from_ref(refused)),
            Error::NotCanonical(fault) => answer.not_canonical(fault),
            Error::File { path, source } => {
                let message = Message::new("TJ-W053").with("path", path.display()).with("error", source);
                answer.remark("error", message).exit(FAILED)
            }
            Error::Occupied(path) => {
                answer.remark("error", Message::new("TJ-W056").with("path", path.display())).exit(REFUSED)
            }
            Error::Random(source) => {
                answer.remark("error", Message::new("TJ-W054").with("error", source)).exit(FAILED)
            }
            Error::Argument { what, value } => answer
                .remark("error", Message::new("TJ-W055").with("what", what).with("value", value))
                .exit(USAGE),
        }
    }

    pub(super) fn code(&self) -> u8 {
        self.code
    }

    pub(super) fn show(&self, output: Output, lang: Lang) -> String {
        match output {
            Output::Table => self.parts.iter().map(|part| part.text(lang)).collect(),
            Output::Json => {
                let mut map = Map::new();
                map.insert("exit".to_owned(), json!(self.code));
                for part in &self.parts {
                    part.json(lang, &mut map);
                }
                format!("{:#}\n", Value::Object(map))
            }
        }
    }
}

impl Part {
    fn text(&self, lang: Lang) -> String {
        let label = |code| render(&Message::new(code), lang);
        match self {
            Part::Large(commit) => large(&label("TJ-W001"), commit),
            Part::Fact { label: code, value, .. } => {
                let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                format!("{}: {value}\n", label(code))
            }
            Part::Word { label: code, cell, .. } => format!("{}: {}\n", label(code), cell.text(lang)),
            Part::Remark { message, .. } => format!("{}\n", message.render(lang)),
            Part::Table { columns, rows, .. } => {
                let mut table = Table::new();
                table.load_style(presets::ASCII_BORDERS_ONLY_CONDENSED);
                table.set_header(columns.iter().map(|(_, code)| label(code)));
                for row in rows {
                    table.add_row(row.iter().map(|cell| cell.text(lang)));
                }
                format!("{table}\n")
            }
        }
    }

    fn json(&self, lang: Lang, map: &mut Map<String, Value>) {
        match self {
            Part::Large(commit) => {
                map.insert("commit".to_owned(), json!(commit));
            }
            Part::Fact { key, value, .. } => {
                map.insert((*key).to_owned(), value.clone());
            }
            Part::Word { key, cell, .. } => {
                map.insert((*key).to_owned(), cell.json());
            }
            Part::Remark { key, message } => {
                map.insert((*key).to_owned(), json!({ "code": message.code, "text": message.render(lang) }));
            }
            Part::Table { key, columns, rows } => {
                let object = |row: &Vec<Cell>| {
                    let cells =
                        columns.iter().zip(row).map(|((name, _), cell)| ((*name).to_owned(), cell.json()));
                    Value::Object(cells.collect())
                };
                map.insert((*key).to_owned(), Value::Array(rows.iter().map(object).collect()));
            }
        }
    }
}

impl Cell {
    fn text(&self, lang: Lang) -> String {
        match self {
            Cell::Plain(text) => text.clone(),
            Cell::Text(message, _) => message.render(lang),
        }
    }

    fn json(&self) -> Value {
        match self {
            Cell::Plain(text) | Cell::Text(_, text) => json!(text),
        }
    }
}

/// A digest in eight groups of eight, framed, so that it can be read aloud.
fn large(label: &str, digest: &str) -> String {
    let groups: Vec<String> =
        digest.as_bytes().chunks(8).map(|group| String::from_utf8_lossy(group).into_owned()).collect();
    let rows: Vec<String> = groups.chunks(4).map(|row| row.join("  ")).collect();
    let width = rows.iter().map(String::len).max().unwrap_or(0) + 4;
    let rule = "═".repeat(width);
    let body: String = rows.iter().map(|row| format!("    {row}\n")).collect();
    format!("{rule}\n  {label}\n\n{body}\n  {digest}\n{rule}\n")
}
