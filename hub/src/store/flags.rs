//! How many records hold a value that was flagged when it was read: by stream, field and code.

use std::collections::BTreeMap;

use super::{Store, StoreError, StreamNumber};

/// Field and code of the flag → records.
pub type FlagCounts = BTreeMap<(String, String), u64>;

impl Store {
    /// Counts of flagged values of every stream that has any. Looks through all records.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn flag_counts(&self) -> Result<BTreeMap<StreamNumber, FlagCounts>, StoreError> {
        let mut all: BTreeMap<StreamNumber, FlagCounts> = BTreeMap::new();
        let mut session = self.reader().await?;
        for kind in &self.layout().kinds {
            let sql = format!(
                "SELECT k.stream, t.flags, count(*) FROM {} t JOIN record_key k ON k.record = t.record \
                 WHERE t.flags IS NOT NULL GROUP BY k.stream, t.flags",
                kind.table
            );
            for row in session.fetch(&sql, &[]).await? {
                let (flags, n) = (row.text(1)?, row.int(2)?.unsigned_abs());
                let counts = all.entry(StreamNumber(row.small(0)?)).or_default();
                for (field, code) in flags.split(' ').filter_map(|flag| flag.split_once(':')) {
                    *counts.entry((field.to_owned(), code.to_owned())).or_default() += n;
                }
            }
        }
        Ok(all)
    }
}
