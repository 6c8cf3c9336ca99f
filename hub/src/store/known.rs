//! Which keys of a stream are known, with their digests: what a diff compares a source against.

use std::collections::VecDeque;

use contract::{Digest, SourceKey};

use super::packed::Packed;
use super::session::Param;
use super::{Store, StoreError, StreamNumber};

/// Keys of one page, about.
const PAGE: usize = 8_192;

/// A key of a stream that is in the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownKey {
    /// The key.
    pub key: SourceKey,
    /// Digest of the row as it was last judged (as a record, or as a dead letter, whichever came last).
    /// `None`: it was mapped by another version of the mapping and must be mapped anew even if it is the same.
    pub digest: Option<Digest>,
}

/// The known keys of a stream, page by page, in binary order of the key.
#[derive(Debug)]
pub struct KnownKeys {
    store: Store,
    stream: StreamNumber,
    mapping_version: i32,
    records: Side,
    letters: Side,
}

/// Keys of one table, read ahead.
#[derive(Debug)]
struct Side {
    table: &'static str,
    alive: &'static str,
    waiting: VecDeque<KnownKey>,
    after: Option<String>,
    is_done: bool,
}

impl Store {
    /// The keys of a stream: of its records that are not deleted, and of its dead letters.
    #[must_use]
    pub fn known_keys(&self, stream: StreamNumber, mapping_version: i32) -> KnownKeys {
        let records = Side::of("record_key", " AND deleted_seq IS NULL");
        KnownKeys {
            store: self.clone(),
            stream,
            mapping_version,
            records,
            letters: Side::of("dead_letter", ""),
        }
    }

    /// What is known of these keys; unknown ones are absent.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn known_of(
        &self,
        stream: StreamNumber,
        mapping_version: i32,
        keys: &[SourceKey],
    ) -> Result<Vec<KnownKey>, StoreError> {
        let texts = self.dialect().texts(2);
        let from = format!(
            "SELECT k.source_key, k.digest, k.mapping_version FROM {texts} CROSS JOIN record_key k \
             WHERE k.stream = $1 AND k.source_key = j.value AND k.deleted_seq IS NULL \
             AND NOT EXISTS (SELECT 1 FROM dead_letter d WHERE d.stream = k.stream AND d.source_key = k.source_key) \
             UNION ALL SELECT k.source_key, k.digest, k.mapping_version FROM {texts} CROSS JOIN dead_letter k \
             WHERE k.stream = $1 AND k.source_key = j.value"
        );
        let keys = keys.iter().map(|key| key.0.clone()).collect();
        let mut session = self.reader().await?;
        let sql = self.packed_keys(mapping_version, &from);
        let row = session.fetch_first(&sql, &[Param::Int(stream.0.into()), Param::Texts(keys)]).await?;
        let text = row.map(|row| row.opt_text(0)).transpose()?.flatten().unwrap_or_default();
        unpack(&text)
    }

    /// Whether nothing of the stream is in the store: no record ever, no dead letter.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn is_empty(&self, stream: StreamNumber) -> Result<bool, StoreError> {
        let sql = "SELECT (SELECT count(*) FROM (SELECT 1 FROM record_key WHERE stream = $1 LIMIT 1) AS k) \
                   + (SELECT count(*) FROM (SELECT 1 FROM dead_letter WHERE stream = $1 LIMIT 1) AS d)";
        let row = self.reader().await?.fetch_first(sql, &[Param::Int(stream.0.into())]).await?;
        Ok(row.map(|row| row.int(0)).transpose()? == Some(0))
    }

    /// Each key with its digest, or with nothing where another mapping made it.
    fn packed_keys(&self, mapping_version: i32, from: &str) -> String {
        let digest = self.dialect().hex("digest");
        let digest = format!("CASE mapping_version WHEN {mapping_version} THEN {digest} ELSE '' END");
        self.dialect().packed(&[&digest], "source_key", from)
    }
}

impl KnownKeys {
    /// The next page; `None` after the last.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn next_page(&mut self) -> Result<Option<Vec<KnownKey>>, StoreError> {
        let KnownKeys { store, stream, mapping_version, records, letters } = self;
        let mut page = Vec::new();
        while page.len() < PAGE {
            records.fill(store, *stream, *mapping_version).await?;
            letters.fill(store, *stream, *mapping_version).await?;
            let next = match (records.waiting.front(), letters.waiting.front()) {
                (Some(record), Some(letter)) if record.key == letter.key => {
                    // The letter was judged last.
                    records.waiting.pop_front();
                    letters.waiting.pop_front()
                }
                (Some(record), Some(letter)) if record.key > letter.key => letters.waiting.pop_front(),
                (Some(_), _) => records.waiting.pop_front(),
                (None, _) => letters.waiting.pop_front(),
            };
            let Some(next) = next else { break };
            page.push(next);
        }
        Ok((!page.is_empty()).then_some(page))
    }
}

impl Side {
    fn of(table: &'static str, alive: &'static str) -> Side {
        Side { table, alive, waiting: VecDeque::new(), after: None, is_done: false }
    }

    /// Reads on where nothing waits any more.
    async fn fill(
        &mut self,
        store: &Store,
        stream: StreamNumber,
        mapping_version: i32,
    ) -> Result<(), StoreError> {
        if self.is_done || !self.waiting.is_empty() {
            return Ok(());
        }
        let Side { table, alive, .. } = self;
        let beyond = if self.after.is_some() { ">" } else { ">=" };
        let from = format!(
            "SELECT source_key, digest, mapping_version FROM {table} \
             WHERE stream = $1 AND source_key {beyond} $2{alive} ORDER BY source_key LIMIT {PAGE}"
        );
        let sql = store.packed_keys(mapping_version, &from);
        let params = [Param::Int(stream.0.into()), Param::Text(self.after.take().unwrap_or_default())];
        let row = store.reader().await?.fetch_first(&sql, &params).await?;
        let text = row.map(|row| row.opt_text(0)).transpose()?.flatten().unwrap_or_default();
        let mut keys = unpack(&text)?;
        keys.sort_by(|a, b| a.key.cmp(&b.key));
        self.is_done = keys.len() < PAGE;
        self.after = keys.last().map(|last| last.key.0.clone());
        self.waiting = keys.into();
        Ok(())
    }
}

fn unpack(text: &str) -> Result<Vec<KnownKey>, StoreError> {
    let mut keys = Vec::new();
    let mut packed = Packed::of(text);
    while let Some(digest) = packed.field()? {
        let damaged = || StoreError::Unreadable { words: "a stored digest is not of 16 bytes".to_owned() };
        let digest = match digest {
            "" => None,
            hex => Some(digest_of_hex(hex).ok_or_else(damaged)?),
        };
        keys.push(KnownKey { key: SourceKey(packed.text()?.to_owned()), digest });
    }
    Ok(keys)
}

/// 32 hexadecimal digits of either case.
fn digest_of_hex(text: &str) -> Option<Digest> {
    let mut bytes = [0_u8; 16];
    if text.len() != 32 {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        let digit = |c: u8| char::from(c).to_digit(16);
        *byte = match pair {
            [high, low] => (digit(*high)? * 16 + digit(*low)?) as u8,
            _ => return None,
        };
    }
    Some(Digest(bytes))
}
