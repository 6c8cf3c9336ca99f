//! Applies batches: everything that follows from a batch is written in one transaction, with its progress.
//!
//! | step | what |
//! |---|---|
//! | classify | entries against known keys and digests: new, back, changed, gone, unchanged, set aside |
//! | anchor | anchor records into entities: founded, merged, split, gone; what they claim |
//! | rekey | under which keys anchors are found where fields are weighed |
//! | find affected | records of any stream whose outcome depends on a claim or an anchor that changed |
//! | resolve | every role of every record at hand: link, wait, or nobody |
//! | write | numbers in the feed, the versions replaced, records, keys, links, claims, mentions |
//! | golden | golden rows of the entities concerned; of those that were there before once for all batches of a transaction |
//! | close | rows set aside, progress, counters, the commit's row |
//!
//! Invariant: links, states and golden values are a function of the set of records and judgements.

mod anchors;
mod claims;
mod classify;
mod dead;
mod facts;
mod filter;
mod golden;
mod judged;
mod memory;
mod roles;
mod run;
mod scored;
mod work;
mod write;
mod writing;

use std::collections::HashSet;

use crate::{RecordId, Seq};

use super::batch::{Applied, PreparedBatch, Progress};
use super::rows::Rows;
use super::session::{Param, Session};
use super::writer::{Counters, Writer};
use super::{Store, StoreError};

pub(crate) use facts::{Facts, RoleFacts};
pub(super) use memory::Memory;
pub use writing::Writing;

use run::Run;

impl Store {
    /// Applies one batch in one transaction: all of it becomes durable, or nothing. Where a batch that claims to be
    /// fresh is not, it is applied again with look-ups.
    ///
    /// # Errors
    /// When the store fails; nothing of the batch is then in it. See [`StoreError::retry`].
    pub async fn apply(&self, batch: PreparedBatch) -> Result<Applied, StoreError> {
        let again = batch.is_fresh.then(|| PreparedBatch { is_fresh: false, ..batch.clone() });
        let outcome = self.apply_durably(batch).await;
        match (outcome, again) {
            (Err(StoreError::Duplicate { .. }), Some(batch)) => self.apply_durably(batch).await,
            (outcome, _) => outcome,
        }
    }

    async fn apply_durably(&self, batch: PreparedBatch) -> Result<Applied, StoreError> {
        let (writing, applied) = self.begin_writing().await?.apply(batch).await?;
        writing.commit().await?;
        Ok(applied)
    }

    /// Commits what went well, undoes what did not.
    pub(super) async fn settle<T>(
        &self,
        writer: &mut Writer,
        session: Session,
        done: Result<(T, Counters), StoreError>,
    ) -> Result<T, StoreError> {
        let ended = match done {
            Ok((value, counters)) => session.commit().await.map(|()| (value, counters)),
            Err(error) => {
                // The connection undoes it even if saying so fails.
                let _ = session.roll_back().await;
                Err(error)
            }
        };
        match ended {
            Ok((value, counters)) => {
                writer.counters = Some(counters);
                self.inner.committed.send_if_modified(|seq| {
                    let moves = seq.0 < counters.seq;
                    *seq = Seq(counters.seq.max(seq.0));
                    moves
                });
                Ok(value)
            }
            Err(error) => {
                writer.counters = None;
                Err(error)
            }
        }
    }

    /// Decides anew about records, in one transaction.
    pub(super) async fn reconsider_in(
        &self,
        writer: &mut Writer,
        session: &mut Session,
        counters: Counters,
        records: HashSet<RecordId>,
        cause: &str,
    ) -> Result<Counters, StoreError> {
        self.reconsider_with(writer, session, counters, records, cause, false).await
    }

    /// The same; `is_rekeyed`: the keys of anchors among them are written as if they had none.
    pub(super) async fn reconsider_with(
        &self,
        writer: &mut Writer,
        session: &mut Session,
        counters: Counters,
        records: HashSet<RecordId>,
        cause: &str,
        is_rekeyed: bool,
    ) -> Result<Counters, StoreError> {
        // Known again once it is settled.
        writer.counters = None;
        writer.memory.ready(session, records.len()).await?;
        let at = writer.now(&counters);
        let mut run = Run::new(self, session, &mut writer.memory, counters, at);
        run.scoring.is_rekeyed = is_rekeyed;
        run.scoring.is_reconsidered = true;
        run.reconsider(records).await?;
        let mut feed = run.decide_and_write().await?;
        run.write_golden(&mut feed).await?;
        run.close(counters, feed, cause, None).await
    }

    /// What the ontology says about roles and golden fields.
    pub(crate) fn facts(&self) -> &Facts {
        &self.inner.facts
    }
}

impl Run<'_> {
    /// All but the golden rows of entities that were there before.
    async fn decide_and_write(&mut self) -> Result<Rows, StoreError> {
        self.anchor().await?;
        self.rekey().await?;
        self.find_affected().await?;
        self.resolve().await?;
        self.write_scored().await?;
        let sheets = self.write().await?;
        self.write_sheets(sheets).await
    }

    /// The feed, the progress, the counters and the commit's own row.
    async fn close(
        &mut self,
        before: Counters,
        feed: Rows,
        cause: &str,
        progress: Option<(String, Progress)>,
    ) -> Result<Counters, StoreError> {
        feed.write(self.session).await?;
        self.counters.at = self.at.0;
        let now = self.counters;
        if now.seq > before.seq {
            self.session
                .run(
                    "INSERT INTO commits (first_seq, last_seq, at, cause) VALUES ($1, $2, $3, $4)",
                    &[
                        Param::Int(before.seq + 1),
                        Param::Int(now.seq),
                        Param::Int(now.at),
                        Param::Text(cause.to_owned()),
                    ],
                )
                .await?;
        }
        for (name, was, is) in [
            ("seq", before.seq, now.seq),
            ("record", before.record, now.record),
            ("entity", before.entity, now.entity),
            ("dead_letter", before.dead_letter, now.dead_letter),
            ("judgement", before.judgement, now.judgement),
        ] {
            if is != was {
                let params = [Param::Int(is), Param::Text(name.to_owned())];
                self.session.run("UPDATE counter SET value = $1 WHERE name = $2", &params).await?;
            }
        }
        if let Some((log, progress)) = progress {
            if let Progress::Diff { after: None, .. } = progress {
                self.remember_first_reading(&log).await?;
            }
            let state = serde_json::to_string(&progress)
                .map_err(|error| StoreError::Unreadable { words: format!("progress: {error}") })?;
            self.session
                .run(
                    "INSERT INTO progress (log, state, seq) VALUES ($1, $2, $3) \
                     ON CONFLICT (log) DO UPDATE SET state = excluded.state, seq = excluded.seq",
                    &[Param::Text(log), Param::Text(state), Param::Int(now.seq)],
                )
                .await?;
        }
        Ok(now)
    }

    /// The last record there was when a stream had been read whole for the first time: of those up to it nobody knows
    /// when they became known at the source. A store that was filled before this was kept begins with its next reading.
    async fn remember_first_reading(&mut self, log: &str) -> Result<(), StoreError> {
        let sql = "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
        let params = [Param::Text(first_reading(log)), Param::Text(self.counters.record.to_string())];
        self.session.run(sql, &params).await
    }
}

/// Under which name it is remembered of a stream.
pub(in crate::store) fn first_reading(log: &str) -> String {
    format!("first_reading {log}")
}
