//! Counts for people: dead letters by reason, entities by kind.

use std::collections::{BTreeMap, BTreeSet};

use super::session::Param;
use super::{DeadLetterFilter, Store, StoreError, StreamNumber};

/// Letters looked at in one statement.
const PAGE: usize = 1_000;

impl Store {
    /// Dead letters (not dropped) by stream and code of the reason; a letter with two reasons counts for both.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn dead_letter_reasons(
        &self,
    ) -> Result<BTreeMap<StreamNumber, BTreeMap<String, u64>>, StoreError> {
        let mut reasons: BTreeMap<StreamNumber, BTreeMap<String, u64>> = BTreeMap::new();
        let mut filter = DeadLetterFilter::default();
        loop {
            let letters = self.dead_letters(&filter, PAGE).await?;
            let Some(last) = letters.last() else { return Ok(reasons) };
            filter.after = Some(last.number);
            for letter in &letters {
                let codes: BTreeSet<&str> = letter.faults.iter().map(|fault| fault.message.code).collect();
                let of_stream = reasons.entry(letter.stream).or_default();
                for code in codes {
                    *of_stream.entry(code.to_owned()).or_default() += 1;
                }
            }
        }
    }

    /// Entities by kind, those merged into another left out.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn entity_counts(&self) -> Result<BTreeMap<String, u64>, StoreError> {
        let mut session = self.reader().await?;
        let mut counts = BTreeMap::new();
        for table in &self.layout().entities {
            let sql = format!(
                "SELECT count(*) FROM {} WHERE entity NOT IN (SELECT entity FROM redirect WHERE until_seq IS NULL)",
                table.table
            );
            let row = session.fetch_first(&sql, &[] as &[Param]).await?;
            let n = row.map(|row| row.int(0)).transpose()?.unwrap_or(0);
            counts.insert(table.id.clone(), n.unsigned_abs());
        }
        Ok(counts)
    }
}
