//! A source that gives what a test wrote down, and gets into the trouble a test asks for.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use contract::{
    Batcher, BoxFuture, BoxStream, Capabilities, ChangeMode, Check, Column, ColumnType, Decode, Digest,
    KeyRange, OrderKey, Part, Predicate, Projection, RangeDigest, ReadError, Refusal, Row, RowBatch, RowBody,
    SnapshotRequest, Source, SourceKey, StreamName, StreamSchema, Unkeyed, Value,
};
use futures_util::StreamExt as _;

/// What is to go wrong with a stream.
#[derive(Clone, Debug, Default)]
pub(super) enum Trouble {
    #[default]
    None,
    /// This many rows come, then the connection breaks; as often as the number says.
    Breaks { after: usize, times: usize },
    /// The first batch comes, then nothing, for ever.
    Hangs,
    /// The connector panics after the first batch.
    Panics,
    /// Nobody is there.
    Down,
    /// The source refuses.
    Refuses(Refusal),
    /// The connector ends without a last batch.
    EndsEarly,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    pub(super) columns: Vec<String>,
    /// `None`: a NULL key. Cells as text; `∅` is NULL.
    pub(super) rows: Vec<(Option<String>, Vec<String>)>,
    pub(super) trouble: Trouble,
    pub(super) is_gone: bool,
    /// Name, rows, order.
    pub(super) parts: Vec<(&'static str, u64, Option<i64>)>,
}

/// Streams by name, changed by tests while they are read.
#[derive(Default)]
pub(super) struct Script {
    pub(super) tables: Mutex<std::collections::BTreeMap<String, Table>>,
    pub(super) n_decoded: Arc<AtomicUsize>,
    pub(super) n_snapshots: AtomicUsize,
    /// Told before each batch; a test may wait for it.
    pub(super) batch: tokio::sync::Notify,
}

impl Script {
    pub(super) fn change(&self, stream: &str, change: impl FnOnce(&mut Table)) {
        let mut tables = self.tables.lock().unwrap();
        change(tables.entry(stream.to_owned()).or_default());
    }

    fn table(&self, stream: &StreamName) -> Option<Table> {
        self.tables.lock().unwrap().get(&stream.to_string()).filter(|table| !table.is_gone).cloned()
    }

    pub(super) fn n_decoded(&self) -> usize {
        self.n_decoded.swap(0, Ordering::SeqCst)
    }
}

struct Lines(Arc<AtomicUsize>);

impl Decode for Lines {
    fn decode(&self, raw: &Bytes) -> Result<Vec<Value>, ReadError> {
        self.0.fetch_add(1, Ordering::SeqCst);
        let text = std::str::from_utf8(raw).map_err(|_| ReadError::malformed("no text"))?;
        if text == "MALFORMED" {
            return Err(ReadError::malformed("the line is cut off"));
        }
        Ok(text
            .split('\t')
            .map(|cell| if cell == "∅" { Value::Null } else { Value::Text(cell.to_owned()) })
            .collect())
    }
}

fn schema(name: &StreamName, table: &Table) -> StreamSchema {
    StreamSchema {
        name: name.clone(),
        comment: None,
        columns: table
            .columns
            .iter()
            .map(|name| Column {
                name: name.clone(),
                column_type: ColumnType::Text,
                native_type: "text".into(),
                is_nullable: true,
                charset: None,
                comment: None,
            })
            .collect(),
        key: vec!["ID".into()],
        estimated_rows: Some(table.rows.len() as u64),
        notes: Vec::new(),
        parts: table
            .parts
            .iter()
            .map(|(name, n_rows, order)| Part { name: (*name).into(), n_rows: Some(*n_rows), order: *order })
            .collect(),
    }
}

/// The rows in key order, NULL keys last.
fn rows(table: &Table) -> Vec<Row> {
    let mut rows: Vec<Row> = table
        .rows
        .iter()
        .map(|(key, cells)| {
            let raw = Bytes::from(cells.join("\t"));
            Row {
                key: key.clone().map(SourceKey).ok_or_else(|| Unkeyed::NoKey("column ID is NULL".to_owned())),
                digest: Digest::of(&raw),
                body: RowBody::Raw(raw),
            }
        })
        .collect();
    rows.sort_by(|a, b| match (&a.key, &b.key) {
        (Ok(a), Ok(b)) => a.cmp(b),
        (a, b) => a.is_err().cmp(&b.is_err()),
    });
    rows
}

impl Source for Script {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            change_modes: vec![ChangeMode::Diff],
            resumable: true,
            pushdown: false,
            range_digest: false,
            consistent_snapshot: false,
        }
    }

    fn check<'a>(&'a self, _streams: &'a [StreamName]) -> BoxFuture<'a, Check> {
        Box::pin(async { Check::default() })
    }

    fn discover<'a>(
        &'a self,
        streams: Option<&'a [StreamName]>,
    ) -> BoxFuture<'a, Result<Vec<StreamSchema>, ReadError>> {
        Box::pin(async move {
            let names = streams.unwrap_or_default();
            let tables = names.iter().filter_map(|name| self.table(name));
            if tables.into_iter().any(|table| matches!(table.trouble, Trouble::Down)) {
                return Err(ReadError::Connect { words: "nobody is there".into() });
            }
            Ok(names.iter().filter_map(|name| self.table(name).map(|table| schema(name, &table))).collect())
        })
    }

    fn snapshot(&self, request: SnapshotRequest) -> BoxStream<'_, Result<RowBatch, ReadError>> {
        self.n_snapshots.fetch_add(1, Ordering::SeqCst);
        let Some(table) = self.table(&request.stream) else {
            let error = ReadError::NoStream { stream: request.stream };
            return futures_util::stream::once(async { Err(error) }).boxed();
        };
        let broken = || ReadError::Source { words: "connection reset".into(), is_passing: true };
        let mut batches: Vec<Result<RowBatch, ReadError>> = Vec::new();
        let decoder: Arc<dyn Decode> = Arc::new(Lines(Arc::clone(&self.n_decoded)));
        let mut batcher = Batcher::new(
            Arc::new(schema(&request.stream, &table)),
            Some(decoder),
            request.max_rows,
            request.max_bytes,
        );
        let mut is_whole = true;
        let rows = rows(&table).into_iter().filter(|row| match (&row.key, &request.after) {
            (Ok(key), Some(after)) => key > after,
            (_, None) | (Err(_), _) => true,
        });
        for (n, row) in rows.enumerate() {
            if let Trouble::Breaks { after, times: 1.. } = table.trouble
                && n == after
            {
                is_whole = false;
                break;
            }
            batches.extend(batcher.push(row, 10).map(Ok));
        }
        if is_whole {
            batches.push(Ok(batcher.finish()));
        } else {
            self.change(&request.stream.to_string(), |table| {
                if let Trouble::Breaks { times, .. } = &mut table.trouble {
                    *times -= 1;
                }
            });
            batches.push(Err(broken()));
        }
        let trouble = table.trouble;
        async_batches(self, batches, trouble)
    }

    fn lookup<'a>(
        &'a self,
        stream: &'a StreamName,
        _key: &'a [String],
        keys: &'a [SourceKey],
        _projection: &'a Projection,
    ) -> BoxFuture<'a, Result<RowBatch, ReadError>> {
        Box::pin(async move {
            let table = self.table(stream).ok_or_else(|| ReadError::NoStream { stream: stream.clone() })?;
            let rows =
                rows(&table).into_iter().filter(|row| row.key.as_ref().is_ok_and(|key| keys.contains(key)));
            Ok(RowBatch {
                schema: Arc::new(schema(stream, &table)),
                rows: rows.collect(),
                decoder: Some(Arc::new(Lines(Arc::clone(&self.n_decoded)))),
                is_last: true,
            })
        })
    }

    fn select<'a>(
        &'a self,
        _stream: &'a StreamName,
        _predicate: &'a Predicate,
        _order: &'a [OrderKey],
        _limit: u32,
        _projection: &'a Projection,
    ) -> BoxFuture<'a, Result<RowBatch, ReadError>> {
        Box::pin(async { Err(ReadError::Unsupported { what: "select" }) })
    }

    fn digest<'a>(
        &'a self,
        _stream: &'a StreamName,
        _key: &'a [String],
        _projection: &'a Projection,
        _ranges: &'a [KeyRange],
    ) -> BoxFuture<'a, Result<Vec<RangeDigest>, ReadError>> {
        Box::pin(async { Err(ReadError::Unsupported { what: "digest" }) })
    }
}

fn async_batches<'s>(
    script: &'s Script,
    batches: Vec<Result<RowBatch, ReadError>>,
    trouble: Trouble,
) -> BoxStream<'s, Result<RowBatch, ReadError>> {
    futures_util::stream::iter(batches.into_iter().enumerate())
        .then(move |(n, batch)| {
            let trouble = trouble.clone();
            async move {
                script.batch.notify_one();
                match trouble {
                    Trouble::Refuses(refusal) => Err(ReadError::Refused { refusal, words: "no".into() }),
                    Trouble::Hangs if n == 1 => std::future::pending().await,
                    Trouble::Panics if n == 1 => panic!("a fault of the connector, as the test wants it"),
                    Trouble::EndsEarly => batch.map(|mut batch| {
                        batch.is_last = false;
                        batch
                    }),
                    Trouble::None
                    | Trouble::Breaks { .. }
                    | Trouble::Hangs
                    | Trouble::Panics
                    | Trouble::Down => batch,
                }
            }
        })
        .boxed()
}
