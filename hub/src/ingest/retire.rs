//! What a stream left in the store when it was taken out of the configuration: deleted as if its source had emptied and
//! somebody had accepted that. History and feed keep it.
//!
//! Must never be asked of a stream that is configured: its next reading would bring everything back.

use contract::Digest;

use crate::store::{Entry, Outcome, PreparedBatch, Progress, Store, StoreError, Stream};

/// Deletes all records and dead letters of a stream; gives how many there were. Interrupted, it goes on when asked again.
///
/// # Errors
/// When the store fails; what was deleted before stays deleted.
pub async fn retire(store: &Store, stream: &Stream) -> Result<u64, StoreError> {
    // Should the stream come back, it is compared whole.
    let generation = match store.progress(stream.number).await? {
        Some(Progress::Diff { generation, .. } | Progress::Snapshot { generation, .. }) => generation + 1,
        Some(Progress::Log { .. } | Progress::Cursor { .. }) | None => 1,
    };
    let mut n_keys = 0;
    let mut pages = store.known_keys(stream.number, 0);
    while let Some(page) = pages.next_page().await? {
        n_keys += page.len() as u64;
        let gone = page.into_iter().map(|known| Entry {
            key: known.key,
            digest: known.digest.unwrap_or(Digest([0; 16])),
            outcome: Outcome::Delete,
        });
        let batch = PreparedBatch {
            stream: stream.number,
            mapping_version: 1,
            is_fresh: false,
            entries: gone.collect(),
            progress: Some(Progress::Diff { generation, after: None }),
        };
        store.apply(batch).await?;
    }
    Ok(n_keys)
}
