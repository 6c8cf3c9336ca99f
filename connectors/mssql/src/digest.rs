//! Counts and digests of key ranges, all from one consistent view where the database keeps versions.

use contract::{KeyRange, Projection, RangeDigest, ReadError, StreamName};

use crate::connection::{Connections, within};
use crate::discover;
use crate::fetch::next_row;
use crate::row::RowReader;
use crate::sql::{Select, ordered};

/// One digest a range, in their order. Rows without a usable key lie in no range.
///
/// The rows are streamed and digested here: a digest computed at the source would not equal that of a snapshot.
pub(crate) async fn digest(
    connections: &Connections,
    stream: &StreamName,
    key: &[String],
    projection: &Projection,
    ranges: &[KeyRange],
) -> Result<Vec<RangeDigest>, ReadError> {
    let mut session = connections.session().await?;
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
        let (statement, binds) = ordered(&select, range)?;
        let mut reader = RowReader::new(&select);
        let opening = async { session.driver()?.query(statement, binds).await };
        let mut rows = within(limit, Some(stream), "digesting rows", opening).await?;
        let mut sum = RangeDigest::EMPTY;
        while let Some(fields) = next_row(&mut rows, stream, limit).await? {
            sum = sum.with(&reader.row(&fields)?.0);
        }
        digests.push(sum);
    }
    session.finish().await;
    Ok(digests)
}
