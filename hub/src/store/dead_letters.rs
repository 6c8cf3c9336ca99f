//! Rows set aside: listed, shown, dropped, handed out to be replayed.

use contract::{Digest, SourceKey};
use messages::Message;

use crate::clock::Timestamp;

use super::session::{Cells, Param};
use super::{Fault, Store, StoreError, StreamNumber};

/// A row set aside, as it stands in the store.
#[derive(Clone, Debug)]
pub struct StoredDeadLetter {
    /// Its number.
    pub number: i64,
    /// Stream.
    pub stream: StreamNumber,
    /// Key of the row.
    pub key: SourceKey,
    /// Digest of the row.
    pub digest: Digest,
    /// Version of the mapping that refused it.
    pub mapping_version: i32,
    /// How often it was tried.
    pub attempts: i64,
    /// First.
    pub first_at: Timestamp,
    /// Last.
    pub last_at: Timestamp,
    /// Every reason.
    pub faults: Vec<Fault>,
    /// Column → text as the source prints it.
    pub cells: Vec<(String, Option<String>)>,
    /// Whether a person dropped it: it is not counted, until the row changes.
    pub is_dropped: bool,
}

/// Which dead letters.
#[derive(Clone, Debug, Default)]
pub struct DeadLetterFilter {
    /// Of these streams; empty: of all.
    pub streams: Vec<StreamNumber>,
    /// With this reason among theirs.
    pub code: Option<String>,
    /// With a greater number than this.
    pub after: Option<i64>,
    /// Also those a person dropped.
    pub with_dropped: bool,
}

pub(super) const COLUMNS: &str = "dead_letter, stream, source_key, digest, mapping_version, attempts, first_at, last_at, reasons, cells, state";

impl Store {
    /// Dead letters by number, at most `limit`.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn dead_letters(
        &self,
        filter: &DeadLetterFilter,
        limit: usize,
    ) -> Result<Vec<StoredDeadLetter>, StoreError> {
        let mut session = self.reader().await?;
        let mut found = Vec::new();
        let mut after = filter.after.unwrap_or(0);
        let sql = format!(
            "SELECT {COLUMNS} FROM dead_letter WHERE dead_letter > $1 AND ($2 = 1 OR state = 0) \
             ORDER BY dead_letter LIMIT 500"
        );
        while found.len() < limit {
            let params = [Param::Int(after), Param::Int(filter.with_dropped.into())];
            let rows = session.fetch(&sql, &params).await?;
            let Some(last) = rows.last() else { break };
            after = last.int(0)?;
            for row in &rows {
                let letter = read(row)?;
                let in_stream = filter.streams.is_empty() || filter.streams.contains(&letter.stream);
                let has_code = |code: &String| letter.faults.iter().any(|fault| fault.message.code == code);
                if in_stream && filter.code.as_ref().is_none_or(has_code) && found.len() < limit {
                    found.push(letter);
                }
            }
        }
        Ok(found)
    }

    /// One dead letter by its number.
    ///
    /// # Errors
    /// When there is none, or the store fails.
    pub async fn dead_letter(&self, number: i64) -> Result<StoredDeadLetter, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM dead_letter WHERE dead_letter = $1");
        let row = self.reader().await?.fetch_first(&sql, &[Param::Int(number)]).await?;
        let absent = || StoreError::Unknown { what: "dead letter", name: number.to_string() };
        read(&row.ok_or_else(absent)?)
    }

    /// Drops dead letters: they are no longer counted, and come back only when their row changes.
    /// Gives how many were dropped.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn drop_dead_letters(&self, numbers: &[i64]) -> Result<u64, StoreError> {
        self.may_write()?;
        let mut writer = self.inner.writer.lock().await;
        let mut session = writer.begin(&self.inner.pools).await?;
        let list = self.dialect().ints(1);
        let sql = format!(
            "UPDATE dead_letter SET state = 1 WHERE state = 0 AND dead_letter IN (SELECT j.value FROM {list})"
        );
        let n = session.execute(&sql, &[Param::Ints(numbers.to_vec())]).await?;
        session.commit().await?;
        Ok(n)
    }
}

pub(super) fn read(row: &Cells) -> Result<StoredDeadLetter, StoreError> {
    let digest = row.bytes(3)?;
    let version = row.int(4)?;
    Ok(StoredDeadLetter {
        number: row.int(0)?,
        stream: StreamNumber(row.small(1)?),
        key: SourceKey(row.text(2)?),
        digest: Digest(
            digest
                .try_into()
                .map_err(|_| StoreError::Unreadable { words: "a digest is not of 16 bytes".to_owned() })?,
        ),
        mapping_version: i32::try_from(version)
            .map_err(|_| StoreError::Unreadable { words: format!("mapping version {version}") })?,
        attempts: row.int(5)?,
        first_at: Timestamp(row.int(6)?),
        last_at: Timestamp(row.int(7)?),
        faults: faults_of_json(&row.text(8)?)?,
        cells: serde_json::from_str(&row.text(9)?)
            .map_err(|_| StoreError::Unreadable { words: "the cells of a dead letter".to_owned() })?,
        is_dropped: row.int(10)? != 0,
    })
}

/// A reason as JSON keeps it.
#[derive(serde::Serialize, serde::Deserialize)]
struct Reason {
    code: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    column: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    args: Vec<(String, String)>,
}

/// Reasons to JSON.
pub(super) fn json_of_faults(faults: &[Fault]) -> String {
    let reasons: Vec<Reason> = faults
        .iter()
        .map(|fault| Reason {
            code: fault.message.code.to_owned(),
            field: fault.field.clone(),
            column: fault.column.clone(),
            args: fault
                .message
                .args
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.clone()))
                .collect(),
        })
        .collect();
    serde_json::to_string(&reasons).unwrap_or_else(|_| "[]".to_owned())
}

/// Reasons from JSON. A code this program no longer has keeps its place, with the code as argument.
fn faults_of_json(text: &str) -> Result<Vec<Fault>, StoreError> {
    let reasons: Vec<Reason> = serde_json::from_str(text)
        .map_err(|_| StoreError::Unreadable { words: "the reasons of a dead letter".to_owned() })?;
    Ok(reasons
        .into_iter()
        .map(|reason| {
            let code = messages::all_codes().find(|code| *code == reason.code);
            let text = code.and_then(|code| messages::text(code, messages::Lang::En));
            let places = text.map(messages::places).unwrap_or_default();
            let args = reason
                .args
                .into_iter()
                .filter_map(|(name, value)| places.iter().find(|p| **p == name).map(|p| (*p, value)))
                .collect();
            let message = match code {
                Some(code) => Message { code, args },
                None => Message::new("TJ-T001").with("code", reason.code),
            };
            Fault { field: reason.field, column: reason.column, message }
        })
        .collect())
}
