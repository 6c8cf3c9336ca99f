//! Which keys of a stream are known, with their digests: what a diff compares a source against.

use contract::{Digest, SourceKey};

use super::packed::Packed;
use super::session::Param;
use super::{Store, StoreError, StreamNumber};

/// Keys of one page, about.
const PAGE: i64 = 8_192;

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
    after: Option<String>,
    is_done: bool,
}

impl Store {
    /// The keys of a stream: of its records that are not deleted, and of its dead letters.
    #[must_use]
    pub fn known_keys(&self, stream: StreamNumber, mapping_version: i32) -> KnownKeys {
        KnownKeys { store: self.clone(), stream, mapping_version, after: None, is_done: false }
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
        let sql = self.packed_keys(&from);
        let row = session.fetch_first(&sql, &[Param::Int(stream.0.into()), Param::Texts(keys)]).await?;
        let text = row.map(|row| row.opt_text(0)).transpose()?.flatten().unwrap_or_default();
        unpack(&text, mapping_version)
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

    fn packed_keys(&self, from: &str) -> String {
        let digest = self.dialect().hex("digest");
        self.dialect().packed(&["mapping_version", &digest], "source_key", from)
    }
}

impl KnownKeys {
    /// The next page; `None` after the last.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn next_page(&mut self) -> Result<Option<Vec<KnownKey>>, StoreError> {
        if self.is_done {
            return Ok(None);
        }
        // Both tables are read in the order of their index; a page ends with the smaller of their ends.
        let beyond = if self.after.is_some() { ">" } else { ">=" };
        let side = |table: &str, alive: &str| {
            format!(
                "SELECT source_key, digest, mapping_version FROM (SELECT source_key, digest, mapping_version \
                 FROM {table} WHERE stream = $1 AND source_key {beyond} $2{alive} ORDER BY source_key LIMIT $3) AS {table}"
            )
        };
        let from = format!(
            "SELECT source_key, digest, mapping_version FROM ({} UNION ALL {}) AS known ORDER BY source_key LIMIT $3",
            side(
                "record_key",
                " AND deleted_seq IS NULL AND NOT EXISTS (SELECT 1 FROM dead_letter d \
                 WHERE d.stream = record_key.stream AND d.source_key = record_key.source_key)"
            ),
            side("dead_letter", ""),
        );
        let sql = self.store.packed_keys(&from);
        let params = [
            Param::Int(self.stream.0.into()),
            Param::Text(self.after.clone().unwrap_or_default()),
            Param::Int(PAGE),
        ];
        let row = self.store.reader().await?.fetch_first(&sql, &params).await?;
        let text = row.map(|row| row.opt_text(0)).transpose()?.flatten().unwrap_or_default();
        let mut page = unpack(&text, self.mapping_version)?;
        page.sort_by(|a, b| a.key.cmp(&b.key));
        match page.last() {
            Some(last) if page.len() as i64 >= PAGE => self.after = Some(last.key.0.clone()),
            Some(_) => self.is_done = true,
            None => {
                self.is_done = true;
                return Ok(None);
            }
        }
        Ok(Some(page))
    }
}

fn unpack(text: &str, mapping_version: i32) -> Result<Vec<KnownKey>, StoreError> {
    let mut keys = Vec::new();
    let mut packed = Packed::of(text);
    while let Some(version) = packed.field()? {
        let digest = packed.field()?.and_then(digest_of_hex);
        let damaged = || StoreError::Unreadable { words: "a stored digest is not of 16 bytes".to_owned() };
        let digest = digest.ok_or_else(damaged)?;
        let is_current = version.parse() == Ok(mapping_version);
        let key = SourceKey(packed.text()?.to_owned());
        keys.push(KnownKey { key, digest: is_current.then_some(digest) });
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
