//! The keys under which anchors are found, and who looks under those that changed.
//!
//! Knows no weights and decides nothing.

use std::collections::BTreeMap;

use crate::RecordId;
use crate::resolve::profile_of;
use crate::resolve::scored::MOST_HOLDERS;
use crate::store::StoreError;
use crate::store::rows::Rows;
use crate::store::session::Param;

use super::super::run::Run;
use super::{PART, stored_keys};

impl Run<'_> {
    /// Writes under which keys the anchors of the batch are found from now on.
    pub(in crate::store::apply) async fn rekey(&mut self) -> Result<(), StoreError> {
        if !self.facts().is_scored() {
            return Ok(());
        }
        let mut gone = Vec::new();
        let mut rows = Rows::of(self.session.dialect(), "candidate", &["key", "record"]);
        let mut touched: BTreeMap<i64, i64> = BTreeMap::new();
        for work in &self.works {
            let Some(role) = self.weighed_anchor(work) else { continue };
            let was_anchor = work.anchored_before().is_some() && !self.scoring.is_rekeyed;
            let before = work
                .values_before()
                .filter(|_| was_anchor)
                .and_then(|values| profile_of(role, &values.fields));
            let is_anchor = work.is_alive() && work.anchors.is_some();
            let now = is_anchor.then(|| profile_of(role, &work.values.fields)).flatten();
            let is_same = before == now && work.anchors == work.anchored_before();
            if is_same && !self.scoring.is_rekeyed {
                continue;
            }
            let (old, new) = (stored_keys(before.as_ref()), stored_keys(now.as_ref()));
            old.iter().for_each(|key| *touched.entry(*key).or_default() -= 1);
            new.iter().for_each(|key| *touched.entry(*key).or_default() += 1);
            if old == new {
                continue;
            }
            if was_anchor {
                gone.push(work.record.0);
            }
            for key in new {
                rows.int(key).int(work.record.0);
            }
        }
        self.scoring.touched = touched;
        self.clear("candidate", "", gone).await?;
        rows.write(self.session).await
    }

    /// The records that look under a key whose holders changed. A key that was and is held by too many finds nobody.
    pub(in crate::store::apply) async fn looking_for_touched(&mut self) -> Result<Vec<RecordId>, StoreError> {
        if self.scoring.touched.is_empty() {
            return Ok(Vec::new());
        }
        let keys: Vec<i64> = self.scoring.touched.keys().copied().collect();
        let list = self.session.dialect().ints(1);
        let sql =
            format!("SELECT j.value FROM {list} WHERE EXISTS (SELECT 1 FROM wanted w WHERE w.key = j.value)");
        let mut wanted = Vec::new();
        for part in keys.chunks(PART) {
            for row in self.session.fetch(&sql, &[Param::Ints(part.to_vec())]).await? {
                wanted.push(row.int(0)?);
            }
        }
        let holders = self.n_holders(&wanted).await?;
        let most = MOST_HOLDERS as i64;
        wanted.retain(|key| {
            let is = holders.get(key).copied().unwrap_or(0);
            let was = is - self.scoring.touched.get(key).copied().unwrap_or(0);
            is <= most || was <= most
        });
        let sql = format!("SELECT DISTINCT w.record FROM {list} CROSS JOIN wanted w WHERE w.key = j.value");
        let mut found = Vec::new();
        for part in wanted.chunks(PART) {
            for row in self.session.fetch(&sql, &[Param::Ints(part.to_vec())]).await? {
                found.push(RecordId(row.int(0)?));
            }
        }
        Ok(found)
    }
}
