//! From rows to what the store applies: duplicates told apart, changed rows decoded and mapped. Pure; runs off the
//! writer, on a thread of its own.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use contract::{Digest, Row, RowBatch, SourceKey, Unkeyed};
use messages::Message;

use super::known::KeyHash;
use super::mapping::Mapping;
use crate::store::session::storable;
use crate::store::{DeadLetter, Entry, Fault, Mapped, Outcome};

/// One row under the key it is applied with.
#[derive(Clone, Debug)]
pub(super) struct Keyed {
    /// Index of the row in its batch.
    pub(super) row: usize,
    pub(super) key: SourceKey,
    pub(super) hash: KeyHash,
    pub(super) digest: Digest,
    /// Why it cannot be a record, whatever its cells say.
    pub(super) refused: Option<Message>,
}

/// Gives each row of a batch the key it is applied with.
///
/// | row | key | becomes |
/// |---|---|---|
/// | with a key of its own | its key | a record, or a dead letter by its cells |
/// | with a key another row of the batch has too, and the smallest digest | its key | the same |
/// | with such a key and a greater (or the same) digest | its key, `\|?`, its digest, and a number from the second on | a dead letter `TJ-D021` |
/// | with no key, not as wide as its header, or torn | `?` and its digest, and a number from the second on | a dead letter `TJ-D020`, `TJ-D023`, `TJ-D024` |
///
/// So the outcome does not depend on the order of rows with one key. Such rows never lie in different batches
/// (`contract::Batcher`); rows without a key do, so they are numbered through the whole reading.
pub(super) fn keyed(batch: &RowBatch, numbers: &mut Numbers) -> Vec<Keyed> {
    let mut out: Vec<Keyed> = Vec::with_capacity(batch.rows.len());
    let mut places: HashMap<KeyHash, usize> = HashMap::with_capacity(batch.rows.len());
    let mut repeated: Vec<Keyed> = Vec::new();
    for (index, row) in batch.rows.iter().enumerate() {
        let one = of_row(index, row);
        if one.refused.is_some() {
            repeated.push(one);
            continue;
        }
        match places.get(&one.hash).and_then(|place| out.get_mut(*place)) {
            None => {
                places.insert(one.hash, out.len());
                out.push(one);
            }
            Some(first) => {
                let loser = if one.digest.0 < first.digest.0 { std::mem::replace(first, one) } else { one };
                repeated.push(loser);
            }
        }
    }
    for one in repeated {
        let one = if one.refused.is_some() { one } else { one.into_repeated() };
        out.push(numbers.number(one));
    }
    out
}

/// How often each row that cannot be a record was given in a reading. As large as what the reading sets aside, which is
/// bounded (`Turn::set_aside`).
#[derive(Debug, Default)]
pub(super) struct Numbers(HashMap<KeyHash, u32>);

impl Numbers {
    /// The same row, told apart from its likes before it.
    fn number(&mut self, one: Keyed) -> Keyed {
        let count = self.0.entry(KeyHash::of(&one.key)).or_default();
        *count += 1;
        let key = if *count == 1 { one.key } else { SourceKey(format!("{}.{count}", one.key)) };
        Keyed { hash: KeyHash::of(&key), key, ..one }
    }
}

fn of_row(index: usize, row: &Row) -> Keyed {
    let (key, refused) = match &row.key {
        Ok(key) => (SourceKey(storable(&key.0).into_owned()), None),
        Err(unkeyed) => (SourceKey(format!("?{}", hex(row.digest))), Some(without_key(unkeyed))),
    };
    Keyed { row: index, hash: KeyHash::of(&key), key, digest: row.digest, refused }
}

fn without_key(unkeyed: &Unkeyed) -> Message {
    match unkeyed {
        Unkeyed::NoKey(why) => Message::new("TJ-D020").with("why", why),
        Unkeyed::Width { file, line, n_found, n_expected } => Message::new("TJ-D023")
            .with("file", file)
            .with("line", line)
            .with("n_found", n_found)
            .with("expected", n_expected),
        Unkeyed::Torn { file, line, column } => {
            Message::new("TJ-D024").with("file", file).with("line", line).with("column", column)
        }
    }
}

impl Keyed {
    fn into_repeated(self) -> Keyed {
        let refused = Some(Message::new("TJ-D021"));
        Keyed { key: SourceKey(format!("{}|?{}", self.key, hex(self.digest))), refused, ..self }
    }

    /// The same row, which an earlier batch of the reading had the key of.
    pub(super) fn repeated(self, numbers: &mut Numbers) -> Keyed {
        if self.refused.is_some() { self } else { numbers.number(self.into_repeated()) }
    }
}

/// The key a row has at the source; `None` for rows without one.
pub(super) fn key_at_source(key: &SourceKey) -> Option<SourceKey> {
    if key.0.starts_with('?') {
        return None;
    }
    match key.0.rsplit_once("|?") {
        Some((own, digest)) if digest.split('.').next().is_some_and(is_hex_digest) => {
            Some(SourceKey(own.to_owned()))
        }
        Some(_) | None => Some(key.clone()),
    }
}

fn is_hex_digest(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit())
}

fn hex(digest: Digest) -> String {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(32);
    for byte in digest.0 {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// Decodes and maps one row.
pub(super) fn entry(mapping: &Mapping, batch: &RowBatch, keyed: Keyed) -> Entry {
    let Keyed { row, key, digest, refused, .. } = keyed;
    let outcome = match batch.rows.get(row) {
        Some(row) => match mapped(mapping, batch, row, refused) {
            Ok(mapped) => Outcome::Record(mapped),
            Err(letter) => Outcome::DeadLetter(letter),
        },
        None => Outcome::DeadLetter(letter(Message::new("TJ-D017"))),
    };
    Entry { key, digest, outcome }
}

fn mapped(
    mapping: &Mapping,
    batch: &RowBatch,
    row: &Row,
    refused: Option<Message>,
) -> Result<Mapped, DeadLetter> {
    // A row on which the program fails must not stop the rows after it.
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let cells = match batch.cells(row) {
            Ok(cells) => cells,
            Err(error) => return Err(letter(Message::new("TJ-D016").with("words", error))),
        };
        match refused {
            Some(message) => Err(mapping.dead_letter(&cells, vec![fault(message)])),
            None => mapping.apply(&cells),
        }
    }));
    outcome.unwrap_or_else(|_| Err(letter(Message::new("TJ-D017"))))
}

fn fault(message: Message) -> Fault {
    Fault { field: None, column: None, message }
}

fn letter(message: Message) -> DeadLetter {
    DeadLetter { faults: vec![fault(message)], cells: Vec::new() }
}
