//! Rows set aside: counted, kept with their reasons, taken back when their key becomes good or goes.

use contract::Digest;

use crate::store::dead_letters::json_of_faults;
use crate::store::rows::Rows;
use crate::store::session::Param;
use crate::store::{StoreError, StreamNumber};

use super::classify::SetAside;
use super::run::Run;

/// A dead letter as the store has it.
pub(super) struct DeadRow {
    pub(super) number: i64,
    pub(super) digest: Digest,
    pub(super) attempts: i64,
    pub(super) first_at: i64,
    pub(super) state: i64,
}

const COLUMNS: [&str; 11] = [
    "dead_letter",
    "stream",
    "source_key",
    "digest",
    "mapping_version",
    "attempts",
    "first_at",
    "last_at",
    "reasons",
    "cells",
    "state",
];

impl Run<'_> {
    /// Writes what was set aside. One that a person dropped stays dropped while its row stays the same.
    pub(super) async fn write_dead(
        &mut self,
        stream: StreamNumber,
        mapping_version: i32,
        aside: SetAside,
    ) -> Result<(), StoreError> {
        let mut gone = aside.resolved;
        let mut rows = Rows::of(self.session.dialect(), "dead_letter", &COLUMNS);
        for (key, digest, letter, before) in aside.letters {
            let (number, attempts, first_at, state) = match before {
                Some(before) => {
                    gone.push(before.number);
                    let state = if before.digest == digest { before.state } else { 0 };
                    (before.number, before.attempts + 1, before.first_at, state)
                }
                None => {
                    self.counters.dead_letter += 1;
                    (self.counters.dead_letter, 1, self.at.0, 0)
                }
            };
            // One that a person dropped is not counted here either.
            self.applied.dead_letters += u64::from(state == 0);
            let cells = serde_json::to_string(&letter.cells).unwrap_or_else(|_| "[]".to_owned());
            rows.int(number).int(stream.0.into()).text(&key).bytes(&digest.0).int(mapping_version.into());
            rows.int(attempts)
                .int(first_at)
                .int(self.at.0)
                .text(&json_of_faults(&letter.faults))
                .text(&cells);
            rows.int(state);
        }
        if !gone.is_empty() {
            let sql = format!(
                "DELETE FROM dead_letter WHERE dead_letter IN (SELECT j.value FROM {})",
                self.session.dialect().ints(1)
            );
            self.session.run(&sql, &[Param::Ints(gone)]).await?;
        }
        rows.write(self.session).await
    }
}
