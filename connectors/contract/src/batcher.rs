//! Rows into batches, so that a reading can go on after any of them.

use std::sync::Arc;

use crate::{Decode, Row, RowBatch, StreamSchema};

/// Gathers rows into batches bounded by rows and by bytes.
///
/// A batch never ends between two rows of the same key: going on after that key would lose the second. It grows
/// beyond its bounds for that, up to eight times its bytes; of still more rows with one key, those in later batches
/// are not seen again by a reading that goes on after the key (they are duplicates, the first of them was seen).
pub struct Batcher {
    schema: Arc<StreamSchema>,
    decoder: Option<Arc<dyn Decode>>,
    max_rows: usize,
    max_bytes: usize,
    rows: Vec<Row>,
    n_bytes: usize,
}

impl Batcher {
    /// Of rows of this schema.
    #[must_use]
    pub fn new(
        schema: Arc<StreamSchema>,
        decoder: Option<Arc<dyn Decode>>,
        max_rows: usize,
        max_bytes: usize,
    ) -> Batcher {
        let (max_rows, max_bytes) = (max_rows.max(1), max_bytes.max(1));
        let rows = Vec::with_capacity(max_rows.min(4096));
        Batcher { schema, decoder, max_rows, max_bytes, rows, n_bytes: 0 }
    }

    /// Adds a row of so many bytes; gives the batch before it when that is full.
    pub fn push(&mut self, row: Row, n_bytes: usize) -> Option<RowBatch> {
        let full = if self.is_full() && !self.goes_on(&row) { Some(self.take(false)) } else { None };
        self.rows.push(row);
        self.n_bytes += n_bytes;
        full
    }

    /// The last batch; it may be empty.
    #[must_use]
    pub fn finish(mut self) -> RowBatch {
        self.take(true)
    }

    fn is_full(&self) -> bool {
        self.rows.len() >= self.max_rows || self.n_bytes >= self.max_bytes
    }

    fn goes_on(&self, next: &Row) -> bool {
        let same = match (self.rows.last().map(|row| &row.key), &next.key) {
            (Some(Ok(last)), Ok(next)) => last == next,
            _ => false,
        };
        same && self.n_bytes < self.max_bytes.saturating_mul(8)
    }

    fn take(&mut self, is_last: bool) -> RowBatch {
        let next = if is_last { Vec::new() } else { Vec::with_capacity(self.rows.len()) };
        self.n_bytes = 0;
        RowBatch {
            schema: Arc::clone(&self.schema),
            rows: std::mem::replace(&mut self.rows, next),
            decoder: self.decoder.clone(),
            is_last,
        }
    }
}
