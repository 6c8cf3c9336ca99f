//! Counts and digests of key ranges, all from one read transaction.

use contract::{KeyRange, Projection, RangeDigest, ReadError, StreamName};
use sqlx::Row as _;

use crate::connection::{Connections, next_row};
use crate::lookup::{charset, query};
use crate::reading::{Blocks, Shape};
use crate::row::RowReader;
use crate::sql::{Select, ordered};
use crate::{discover, failure};

/// One digest a range, in their order. Rows without a usable key lie in no range.
pub(crate) async fn digest(
    connections: &Connections,
    stream: &StreamName,
    key: &[String],
    projection: &Projection,
    ranges: &[KeyRange],
) -> Result<Vec<RangeDigest>, ReadError> {
    let mut session = connections.session().await?;
    let table = discover::table(&mut session, stream).await?;
    let shape = Shape::of(&mut session, &table).await?;
    let max_cell_bytes = connections.options().max_cell_bytes;
    let select = Select {
        table: &table,
        key: table.key_columns(key)?,
        projection: table.select(projection)?,
        max_cell_bytes,
        is_guarded: shape.may_exceed(max_cell_bytes),
    };
    if select.key.is_empty() {
        return Err(ReadError::Unsupported { what: "key ranges of a stream without a key" });
    }
    let reader = RowReader::new(&select, charset(connections));
    let limit = session.limit();
    let mut digests = Vec::with_capacity(ranges.len());
    for range in ranges {
        let mut sum = RangeDigest::EMPTY;
        if let Some(mut blocks) =
            Blocks::new(&mut session, &select, shape, range, charset(connections)).await?
        {
            while let Some(rows) = blocks.next(&mut session).await? {
                sum = rows.iter().fold(sum, |sum, (row, _)| sum.with(row));
            }
            digests.push(sum);
            continue;
        }
        let (statement, binds) = ordered(&select, range)?;
        let mut rows = query(&statement, binds).fetch(&mut session.connection);
        while let Some(row) = next_row(&mut rows, limit).await? {
            let raw: &[u8] = row.try_get_unchecked(0).map_err(|error| failure::reading(error, limit))?;
            sum = sum.with(&reader.row(raw)?);
        }
        digests.push(sum);
    }
    session.finish().await;
    Ok(digests)
}
