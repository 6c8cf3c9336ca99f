//! Counts and digests of key ranges, all from one consistent view.

use contract::{KeyRange, Projection, RangeDigest, ReadError, StreamName};

use crate::connection::{Connections, Length, Session};
use crate::copy::next_chunk;
use crate::discover;
use crate::line::LineReader;
use crate::sql::{Select, ordered};

/// One digest a range, in their order. Rows without a usable key lie in no range.
///
/// The rows are streamed and digested here: a digest computed at the source would need a function that the account
/// may lack, and would not equal that of a snapshot.
pub(crate) async fn digest(
    connections: &Connections,
    stream: &StreamName,
    key: &[String],
    projection: &Projection,
    ranges: &[KeyRange],
) -> Result<Vec<RangeDigest>, ReadError> {
    let mut session = connections.session(Length::Snapshot).await?;
    let table = discover::table(&mut session, stream).await?;
    let select = Select {
        table: &table,
        key: table.key_columns(key)?,
        projection: table.select(projection)?,
        max_cell_bytes: connections.options().max_cell_bytes,
    };
    if select.key.is_empty() {
        return Err(ReadError::Unsupported { what: "key ranges of a stream without a key" });
    }
    let limit = session.limit();
    let mut digests = Vec::with_capacity(ranges.len());
    for range in ranges {
        let statement = format!("COPY ({}) TO STDOUT", ordered(&select, range)?);
        let mut lines = LineReader::new(&select);
        let copy = session.connection.copy_out_raw(&statement);
        let mut chunks = Session::within(limit, Some(stream), "digesting rows", copy).await?;
        let mut sum = RangeDigest::EMPTY;
        while let Some(chunk) = next_chunk(&mut chunks, stream, limit).await? {
            lines.feed(chunk, |row, _| sum = sum.with(&row));
        }
        digests.push(sum);
    }
    session.finish().await;
    Ok(digests)
}
