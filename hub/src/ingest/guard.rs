//! When a reading must not be believed: a source emptied or halved must not lift every sanction.

use messages::Message;

/// What was agreed for one stream.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Guard {
    /// An empty reading is believed.
    pub(super) may_be_empty: bool,
    /// The largest share of known rows that may vanish at once.
    pub(super) max_delete_fraction: f64,
    /// Streams with fewer known rows are only guarded against being empty.
    pub(super) min_rows: u64,
    /// An operator looked, and said that it is so: of so many vanished rows at most, if a number was told.
    pub(super) accepted: Option<u64>,
}

/// How many vanished rows an operator accepts who was told this.
pub(super) fn accepted(told: Option<&Message>) -> u64 {
    let told = told.filter(|message| message.code == "TJ-S210");
    let vanished = told.and_then(|message| message.args.iter().find(|(name, _)| *name == "vanished"));
    vanished.and_then(|(_, n)| n.parse().ok()).unwrap_or(u64::MAX)
}

/// What a complete reading found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// Rows the source gave.
    pub(super) n_received: u64,
    /// Keys known before.
    pub(super) n_known: u64,
    /// Known keys the source no longer has.
    pub(super) n_vanished: u64,
}

impl Guard {
    /// | reading | outcome |
    /// |---|---|
    /// | accepted by an operator, and no more vanished than was told | believed |
    /// | empty, the stream had rows, not declared | held: `TJ-S211` |
    /// | empty, declared | believed |
    /// | more vanished than agreed, of at least `min_rows` | held: `TJ-S210` |
    /// | anything else | believed |
    pub(super) fn judge(self, found: Found) -> Result<(), Message> {
        let Found { n_received, n_known, n_vanished } = found;
        if n_vanished == 0 || self.accepted.is_some_and(|most| n_vanished <= most) {
            return Ok(());
        }
        if n_received == 0 {
            return match self.may_be_empty {
                true => Ok(()),
                false => Err(Message::new("TJ-S211").with("known", n_known)),
            };
        }
        let is_guarded = n_known >= self.min_rows;
        if is_guarded && n_vanished as f64 > self.max_delete_fraction * n_known as f64 {
            let percent = (n_vanished as f64 / n_known as f64 * 100.0).round();
            return Err(Message::new("TJ-S210")
                .with("vanished", n_vanished)
                .with("known", n_known)
                .with("percent", percent)
                .with("allowed", (self.max_delete_fraction * 100.0).round()));
        }
        Ok(())
    }
}
