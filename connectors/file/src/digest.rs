//! Counts and digests of key ranges, all from one reading.

use contract::{Digest, KeyRange, Projection, RangeDigest, ReadError, SourceKey, StreamName};

use crate::scan;
use crate::table::Table;
use crate::work::Work;

/// One digest a range, in their order. Rows without a usable key lie in no range.
pub(crate) async fn digest(
    work: &Work,
    stream: &StreamName,
    key: &[String],
    projection: &Projection,
    ranges: &[KeyRange],
) -> Result<Vec<RangeDigest>, ReadError> {
    if key.is_empty() {
        return Err(ReadError::Unsupported { what: "key ranges of a stream without a key" });
    }
    let (stream, key, projection, ranges) =
        (stream.clone(), key.to_vec(), projection.clone(), ranges.to_vec());
    work.once("digesting files", move |options, job| {
        let table = Table::of(options, job, &stream)?;
        let wanted = table.wanted(&key, &projection, options.max_cell_bytes)?;
        let mut sums = vec![RangeDigest::EMPTY; ranges.len()];
        let is_ordered = are_ordered(&ranges);
        scan::rows(&table, &wanted, options, job, |key, row| {
            let Ok(key) = key else { return Ok(()) };
            // Of ranges in order, all that end before the key are passed over at once.
            let first = if is_ordered { ranges.partition_point(|range| ends_before(range, &key)) } else { 0 };
            let last = if is_ordered { (first + 1).min(ranges.len()) } else { ranges.len() };
            let mut digest = None;
            for (range, sum) in ranges.iter().zip(&mut sums).take(last).skip(first) {
                if holds(range, &key) {
                    let digest = *digest.get_or_insert_with(|| Digest::of(row));
                    *sum = sum.with_parts(&key.0, digest);
                }
            }
            Ok(())
        })?;
        Ok(sums)
    })
    .await
}

fn ends_before(range: &KeyRange, key: &SourceKey) -> bool {
    range.upto.as_ref().is_some_and(|upto| upto < key)
}

fn holds(range: &KeyRange, key: &SourceKey) -> bool {
    range.after.as_ref().is_none_or(|after| after < key) && !ends_before(range, key)
}

/// Whether no range begins before the one before it ends.
fn are_ordered(ranges: &[KeyRange]) -> bool {
    ranges.windows(2).all(|pair| {
        let [one, two] = pair else { return true };
        matches!((&one.upto, &two.after), (Some(upto), Some(after)) if upto <= after)
            && two.upto.as_ref().is_none_or(|end| one.upto.as_ref().is_some_and(|upto| upto <= end))
    })
}
