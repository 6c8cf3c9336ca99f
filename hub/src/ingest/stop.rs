//! Asking readings to end: softly, after what was received is written, or at once.

use tokio_util::sync::CancellationToken;

/// Two ways to end readings.
#[derive(Clone, Debug, Default)]
pub struct Stop {
    soft: CancellationToken,
    hard: CancellationToken,
}

impl Stop {
    /// Nobody asked yet.
    #[must_use]
    pub fn new() -> Stop {
        Stop::default()
    }

    /// What was received is written with its progress, nothing more is read.
    pub fn soft(&self) {
        self.soft.cancel();
    }

    /// What is under way is given up; the store rolls it back.
    pub fn hard(&self) {
        self.soft.cancel();
        self.hard.cancel();
    }

    /// Whether somebody asked.
    #[must_use]
    pub fn is_asked(&self) -> bool {
        self.soft.is_cancelled()
    }

    /// Waits until somebody asks, either way.
    pub async fn asked(&self) {
        self.soft.cancelled().await;
    }

    /// Waits until somebody asks to give up.
    pub(super) async fn asked_hard(&self) {
        self.hard.cancelled().await;
    }
}
