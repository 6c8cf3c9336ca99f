//! A drop folder under test: one CSV file a stream, as its owner drops it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use connector_file::{Files, Options};
use contract::{Source, SourceKey, StreamName, Value};
use tests::conformance::{Change, Engine, Fixture, Misfit, NULL, company, company_columns};

use crate::conformance::{request, rows};

pub(crate) struct FileFixture {
    folder: tempfile::TempDir,
}

impl FileFixture {
    pub(crate) fn make() -> FileFixture {
        FileFixture { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Under another name first: so an owner drops what must not be read half-written.
    fn drop_file(&self, name: &str, columns: &[&str], rows: &[Vec<Option<String>>]) {
        let mut text = columns.join(",") + "\r\n";
        for row in rows {
            let fields: Vec<String> =
                row.iter().map(|cell| cell.as_ref().map_or(String::new(), |c| quoted(c))).collect();
            text.push_str(&fields.join(","));
            text.push_str("\r\n");
        }
        let unfinished = self.path(&format!("{name}.tmp"));
        std::fs::write(&unfinished, text).unwrap();
        std::fs::rename(unfinished, self.path(name)).unwrap();
    }

    fn read(&self) -> (Vec<String>, Vec<Vec<Option<String>>>) {
        let columns = company_columns().map(str::to_owned).to_vec();
        (columns, company().iter().map(|row| row.to_vec()).collect())
    }

    /// Applies a change to what was last dropped, by dropping anew.
    fn with(&self, edit: impl FnOnce(&mut Vec<String>, &mut Vec<Vec<Option<String>>>)) {
        let (mut columns, mut rows) = self.dropped();
        edit(&mut columns, &mut rows);
        let names: Vec<&str> = columns.iter().map(String::as_str).collect();
        self.drop_file("company.csv", &names, &rows);
        std::fs::write(self.path(".state"), state(&columns, &rows)).unwrap();
    }

    fn dropped(&self) -> (Vec<String>, Vec<Vec<Option<String>>>) {
        let Ok(text) = std::fs::read_to_string(self.path(".state")) else { return self.read() };
        let cell = |text: &str| (text != NULL).then(|| text.to_owned());
        let mut lines =
            text.split('\u{1e}').map(|line| line.split('\u{1f}').map(cell).collect::<Vec<Option<String>>>());
        let columns = lines.next().unwrap().into_iter().flatten().collect();
        (columns, lines.collect())
    }
}

fn state(columns: &[String], rows: &[Vec<Option<String>>]) -> String {
    let lines = rows.iter().map(|row| {
        row.iter()
            .map(|cell| cell.clone().unwrap_or_else(|| NULL.to_owned()))
            .collect::<Vec<_>>()
            .join("\u{1f}")
    });
    std::iter::once(columns.join("\u{1f}")).chain(lines).collect::<Vec<_>>().join("\u{1e}")
}

pub(crate) fn of_address(folder: &str) -> Arc<dyn Source> {
    Arc::new(Files::new(Options::new(folder)))
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

impl Fixture for FileFixture {
    fn engine(&self) -> Engine {
        Engine::File
    }

    fn source(&self) -> Arc<dyn Source> {
        Arc::new(Files::new(Options::new(self.folder.path())))
    }

    fn misfit(&self, misfit: Misfit) -> Option<Arc<dyn Source>> {
        (misfit == Misfit::Host)
            .then(|| Arc::new(Files::new(Options::new(self.path("absent")))) as Arc<dyn Source>)
    }

    fn stream(&self, name: &str) -> StreamName {
        format!("{name}.csv").parse().unwrap()
    }

    fn change(&self, change: Change) {
        let some = |text: &str| Some(text.to_owned());
        match change {
            Change::Reset => {
                for entry in std::fs::read_dir(self.folder.path()).unwrap().flatten() {
                    std::fs::remove_file(entry.path()).unwrap();
                }
                self.with(|_, _| {});
            }
            Change::Delete(key) => self.with(|_, rows| rows.retain(|row| row[0].as_deref() != Some(key))),
            Change::Rename(key, name) => self.with(|_, rows| {
                for row in rows.iter_mut().filter(|row| row[0].as_deref() == Some(key)) {
                    row[1] = some(name);
                }
            }),
            Change::Insert(key) => {
                self.with(|_, rows| rows.push(vec![some(key), some("new"), None, None, None, None]));
            }
            Change::AddColumn => self.with(|columns, rows| {
                columns.push("extra".to_owned());
                rows.iter_mut().for_each(|row| row.push(some("x")));
            }),
            Change::DropColumn => self.with(|columns, rows| {
                columns.truncate(5);
                rows.iter_mut().for_each(|row| row.truncate(5));
            }),
            Change::RenameColumn => self.with(|columns, _| columns[5] = "note".to_owned()),
            Change::Retype => self.with(|_, rows| {
                for row in rows {
                    row[4] = row[4].take().map(|n| format!("text {n}"));
                }
            }),
            Change::DropTable => std::fs::remove_file(self.path("company.csv")).unwrap(),
            Change::OddKeys => {
                let row = |key: Option<&str>, n: i32| vec![key.map(str::to_owned), Some(n.to_string())];
                let keys = [Some("b"), None, Some("a"), Some("b"), None, Some("b"), Some("c")];
                let rows: Vec<_> = keys.iter().zip(1..).map(|(key, n)| row(*key, n)).collect();
                self.drop_file("odd.csv", &["k", "v"], &rows);
            }
            Change::Large => {
                let rows: Vec<_> = (1..=12)
                    .map(|n| vec![Some(n.to_string()), Some(format!("{n}{}", "x".repeat(10_000_000)))])
                    .collect();
                self.drop_file("large.csv", &["k", "v"], &rows);
            }
        }
    }

    fn native(&self) -> Vec<Vec<String>> {
        let (_, mut rows) = self.dropped();
        rows.sort_by_key(|row| SourceKey::of([row[0].as_deref().unwrap_or_default()]));
        let text = |cell: Option<String>| cell.unwrap_or_else(|| NULL.to_owned());
        rows.into_iter().map(|row| row.into_iter().map(text).collect()).collect()
    }

    fn n_connections(&self) -> Option<usize> {
        None
    }

    fn fingerprint(&self) -> String {
        let mut files: Vec<String> = std::fs::read_dir(self.folder.path())
            .unwrap()
            .flatten()
            .map(|entry| {
                format!(
                    "{:?} {:?}",
                    entry.path(),
                    contract::Digest::of(&std::fs::read(entry.path()).unwrap())
                )
            })
            .collect();
        files.sort();
        files.join("\n")
    }

    fn hazards(&self) -> Vec<(String, Value, Value)> {
        let text = |text: &str| Value::Text(text.to_owned());
        let cases: Vec<(&[u8], Value)> = vec![
            (b"plain", text("plain")),
            (b"", Value::Null),
            (b"\"\"\"x\"\", y\"", text("\"x\", y")),
            (b"\"two\nlines\"", text("two\nlines")),
            (b"a\"b", text("a\"b")),
            (b" blanks ", text(" blanks ")),
            ("\u{5fb7}\u{9633}\u{20bb7}".as_bytes(), text("\u{5fb7}\u{9633}\u{20bb7}")),
            (b"\xb5\xc2", Value::Odd { text: "\\xb5c2".to_owned(), why: "bad-encoding" }),
            (b"=1+1", text("=1+1")),
            (b"0012", text("0012")),
        ];
        let mut file = b"\xef\xbb\xbfid,v\n".to_vec();
        for (at, (field, _)) in cases.iter().enumerate() {
            file.extend_from_slice(format!("{at:03},").as_bytes());
            file.extend_from_slice(field);
            file.push(b'\n');
        }
        std::fs::write(self.path("hazard.csv"), file).unwrap();
        let mut asked = request(self.stream("hazard"));
        asked.key = vec!["id".to_owned()];
        let source = self.source();
        let read = std::thread::scope(|scope| {
            scope.spawn(|| tests::runtime().block_on(rows(source.as_ref(), asked))).join().unwrap()
        });
        let told = |field: &[u8]| String::from_utf8_lossy(field).into_owned();
        cases
            .into_iter()
            .zip(read)
            .map(|((field, expected), (_, cells))| (told(field), cells[1].clone(), expected))
            .collect()
    }

    fn address(&self) -> String {
        let folder: &Path = self.folder.path();
        format!("file {}", folder.display())
    }
}
