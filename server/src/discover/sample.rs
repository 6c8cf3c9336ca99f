//! A bounded look at a stream: the first rows in the order of its key, no more than a few thousand and a few MiB.
//!
//! Reads, never writes; keeps cells in memory only.

use contract::{ColumnType, Projection, ReadError, SnapshotRequest, StreamSchema, Unkeyed, Value};
use futures_util::StreamExt as _;
use hub::sources::Permit;

/// Rows of a stream, at most.
pub(crate) const MAX_ROWS: usize = 2_000;
/// Bytes of cells, about.
const MAX_BYTES: usize = 8 << 20;
/// Rows and bytes of one batch.
const BATCH_ROWS: usize = 500;
const BATCH_BYTES: usize = 1 << 20;
/// A longer cell is cut.
const MAX_CELL_BYTES: usize = 4_096;

/// Rows of a stream with the columns they have.
#[derive(Debug)]
pub(crate) struct Sample {
    pub(crate) columns: Vec<contract::Column>,
    pub(crate) rows: Vec<Vec<Value>>,
    /// Rows of a file that have not as many cells as its header: which cell is of which column is not known.
    pub(crate) n_torn: usize,
    /// The stream has no more than these.
    pub(crate) is_whole: bool,
}

/// Reads the beginning of a stream.
///
/// # Errors
/// When the source does not give it.
pub(crate) async fn sample(permit: &Permit, schema: &StreamSchema) -> Result<Sample, ReadError> {
    let is_read =
        |column: &&contract::Column| !matches!(column.column_type, ColumnType::Unread | ColumnType::Bytes);
    let columns: Vec<contract::Column> = schema.columns.iter().filter(is_read).cloned().collect();
    let names = columns.iter().map(|column| column.name.clone()).collect();
    let mut stream = permit.source().snapshot(SnapshotRequest {
        stream: schema.name.clone(),
        key: schema.key.clone(),
        projection: Projection::Columns(names),
        after: None,
        max_rows: BATCH_ROWS,
        max_bytes: BATCH_BYTES,
        max_cell_bytes: MAX_CELL_BYTES,
    });
    let mut sample = Sample { columns, rows: Vec::new(), n_torn: 0, is_whole: false };
    let mut n_bytes = 0;
    while let Some(batch) = stream.next().await {
        let batch = batch?;
        for row in &batch.rows {
            if matches!(row.key, Err(Unkeyed::Width { .. } | Unkeyed::Torn { .. })) {
                sample.n_torn += 1;
                continue;
            }
            let cells = batch.cells(row)?;
            n_bytes += cells.iter().map(size).sum::<usize>();
            sample.rows.push(cells);
        }
        permit.pay(batch.rows.len()).await;
        sample.is_whole = batch.is_last;
        if batch.is_last || sample.rows.len() >= MAX_ROWS || n_bytes >= MAX_BYTES {
            break;
        }
    }
    sample.is_whole &= sample.rows.len() <= MAX_ROWS;
    sample.rows.truncate(MAX_ROWS);
    Ok(sample)
}

fn size(cell: &Value) -> usize {
    match cell {
        Value::Text(text) | Value::Decimal(text) | Value::Odd { text, .. } => text.len(),
        Value::Bytes(bytes) => bytes.len(),
        Value::Null
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::Date(_)
        | Value::Time(_)
        | Value::DateTime(_)
        | Value::Timestamp(_) => 16,
    }
}
