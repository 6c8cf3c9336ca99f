//! A whole table, in the order of its key.

use std::sync::Arc;

use bytes::Bytes;
use contract::{Batcher, BoxStream, Digest, ReadError, Row, RowBatch, RowBody, SnapshotRequest};

use crate::decode::CellDecoder;
use crate::scan;
use crate::sort::Sorter;
use crate::table::Table;
use crate::work::Work;

/// The batches of a snapshot. The first comes when all files were read, and were not changed meanwhile. Rows without
/// a usable key come last, also when the reading goes on after a key.
pub(crate) fn snapshot(work: &Work, request: SnapshotRequest) -> BoxStream<'_, Result<RowBatch, ReadError>> {
    work.many("reading files", move |options, job, give| {
        let table = Table::of(options, job, &request.stream)?;
        let wanted = table.wanted(&request.key, &request.projection, request.max_cell_bytes)?;
        let mut sorter = Sorter::new(options, job);
        let n_rows = scan::rows(&table, &wanted, options, job, |key, row| match (&key, &request.after) {
            (Ok(key), Some(after)) if key <= after => Ok(()),
            _ => sorter.push(&key, row),
        })?;
        let mut order = sorter.finish()?;
        let decoder = Some(Arc::new(CellDecoder) as _);
        let mut batcher =
            Batcher::new(table.projected(&wanted, &n_rows), decoder, request.max_rows, request.max_bytes);
        while let Some((key, row)) = order.next()? {
            job.step()?;
            let n_bytes = row.len();
            let row = Row { key, digest: Digest::of(&row), body: RowBody::Raw(Bytes::from(row)) };
            if let Some(batch) = batcher.push(row, n_bytes)
                && !give(batch)
            {
                return Ok(());
            }
        }
        give(batcher.finish());
        Ok(())
    })
}
