//! What the tests need of an engine: sources on it, changes to it, and what its own client prints.

use std::sync::Arc;

use contract::{Source, StreamName, Value};

use super::Engine;

/// What native clients are told to print for NULL.
pub const NULL: &str = "\u{2400}";

/// A source that is wrong in one way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// The password.
    Password,
    /// The host, or the file.
    Host,
    /// The database.
    Database,
    /// TLS is required and the server has none.
    NoTls,
    /// TLS with a private authority that signed the server.
    RightAuthority,
    /// TLS with a private authority that did not.
    WrongAuthority,
    /// Through a proxy that lets nothing pass.
    Blackhole,
    /// Through a proxy that cuts the connection after some bytes.
    CutOff,
    /// With an account that may only read the stream `company`.
    ReadOnly,
}

/// A change at the source, made by its owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// The stream `company` as [`company`] gives it, and nothing else.
    Reset,
    /// A row goes.
    Delete(&'static str),
    /// A row's name changes, and no stamp says so.
    Rename(&'static str, &'static str),
    /// A row comes.
    Insert(&'static str),
    /// A column `extra` comes.
    AddColumn,
    /// The column `remark` goes.
    DropColumn,
    /// The column `remark` is called `note`.
    RenameColumn,
    /// The column `n` becomes text.
    Retype,
    /// The stream goes.
    DropTable,
    /// The stream `odd`: rows of a key column `k` with NULL (two) and duplicates (`b` three times).
    OddKeys,
    /// The stream `large`: twelve rows, each with a cell of 10 MB.
    Large,
}

/// An engine under test.
pub trait Fixture: Send + Sync {
    /// Which.
    fn engine(&self) -> Engine;
    /// A source as it should be, with at most two connections, on the stream `company` and the others.
    fn source(&self) -> Arc<dyn Source>;
    /// A source that is wrong, where the engine can be wrong so.
    fn misfit(&self, misfit: Misfit) -> Option<Arc<dyn Source>>;
    /// The name of a stream as this engine writes it.
    fn stream(&self, name: &str) -> StreamName;
    /// Makes a change.
    fn change(&self, change: Change);
    /// All columns of `company` in key order, as the engine's own client prints them.
    fn native(&self) -> Vec<Vec<String>>;
    /// Connections of ours that the source has open; `None` where it cannot say.
    fn n_connections(&self) -> Option<usize>;
    /// Something that differs after anybody wrote to the source.
    fn fingerprint(&self) -> String;
    /// Tests of the engine's own types.
    fn hazards(&self) -> Vec<(String, Value, Value)>;
    /// What a child process needs to make the same source again.
    fn address(&self) -> String;
}

/// How many rows `company` has.
#[must_use]
pub fn n_company() -> usize {
    2_500
}

/// The columns of `company`: key text, text, decimal with two digits behind the point, day, integer, text or NULL.
#[must_use]
pub fn company_columns() -> [&'static str; 6] {
    ["id", "name", "amount", "day", "n", "remark"]
}

/// The rows of `company`, the same each time; `None` is NULL.
#[must_use]
pub fn company() -> Vec<[Option<String>; 6]> {
    let keys =
        ["a|b", "a\\b", "a'b", "a\"b", "a b", "a\u{3000}b", "Z", "z", "\u{c4}", "\u{20bb7}", "-", "%_"];
    let remarks = [
        "tab\there",
        "line\nend",
        "return\r\nend",
        "back\\slash",
        "\\N",
        "\\.",
        "''",
        "\"quoted\", and; more|",
        "\u{ff08}\u{5fb7}\u{9633}\u{ff09}\u{3000}",
        "\u{1f600}\u{20bb7}",
        " blanks ",
        "NULL",
        "\u{65e0}",
    ];
    (0..n_company())
        .map(|i| {
            let id = match keys.get(i) {
                Some(key) => (*key).to_owned(),
                None => format!("K{:06}", i * 7919 % 1_000_003),
            };
            let remark = if i % 5 == 0 { None } else { Some(remarks[i % remarks.len()].to_owned()) };
            [
                Some(id),
                Some(format!("\u{5fb7}\u{9633}\u{5e02}\u{67d0}\u{516c}\u{53f8}{i}")),
                (i % 7 != 0).then(|| format!("{}.{:02}", i * 13, i % 90 + 10)),
                Some(format!("20{:02}-{:02}-{:02}", i % 30, i % 12 + 1, i % 28 + 1)),
                Some((i as i64 * 1_000_003 - 5_000_000).to_string()),
                remark,
            ]
        })
        .collect()
}
