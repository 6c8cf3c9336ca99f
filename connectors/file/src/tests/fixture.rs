//! A folder, filled and read.

use std::path::Path;

use contract::{
    Projection, ReadError, RowBatch, SnapshotRequest, Source, SourceKey, StreamName, Unkeyed, Value,
};
use futures_util::StreamExt as _;

use crate::{Files, Options};

/// A drop folder that goes away after the test.
pub(super) struct Drop {
    pub(super) folder: tempfile::TempDir,
}

/// A row as it came: its key or why there is none, and its cells.
pub(super) type Came = (Result<String, Unkeyed>, Vec<Value>);

impl Drop {
    pub(super) fn new() -> Drop {
        Drop { folder: tempfile::tempdir().unwrap() }
    }

    pub(super) fn with(self, name: &str, bytes: impl AsRef<[u8]>) -> Drop {
        std::fs::write(self.folder.path().join(name), bytes).unwrap();
        self
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn options(&self) -> Options {
        Options::new(self.path())
    }

    pub(super) fn files(&self) -> Files {
        Files::new(self.options())
    }

    pub(super) fn gbk(&self) -> Files {
        Files::new(Options { charset: Some("gbk".to_owned()), ..self.options() })
    }
}

pub(super) fn stream(name: &str) -> StreamName {
    name.parse().unwrap()
}

pub(super) fn request(name: &str, key: &[&str]) -> SnapshotRequest {
    SnapshotRequest {
        stream: stream(name),
        key: key.iter().map(|column| (*column).to_owned()).collect(),
        projection: Projection::All,
        after: None,
        max_rows: 1000,
        max_bytes: 1 << 20,
        max_cell_bytes: 1 << 20,
    }
}

pub(super) async fn batches(
    source: &dyn Source,
    request: SnapshotRequest,
) -> Result<Vec<RowBatch>, ReadError> {
    source.snapshot(request).collect::<Vec<_>>().await.into_iter().collect()
}

/// All rows.
pub(super) async fn rows(source: &dyn Source, request: SnapshotRequest) -> Result<Vec<Came>, ReadError> {
    let batches = batches(source, request).await?;
    assert_eq!(batches.iter().filter(|batch| batch.is_last).count(), 1);
    Ok(batches.iter().flat_map(came).collect())
}

pub(super) fn came(batch: &RowBatch) -> Vec<Came> {
    let row = |row: &contract::Row| {
        let cells = batch.cells(row).unwrap();
        assert_eq!(cells.len(), batch.schema.columns.len());
        (row.key.clone().map(|SourceKey(key)| key), cells)
    };
    batch.rows.iter().map(row).collect()
}

pub(super) fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

pub(super) fn gbk(text: &str) -> Vec<u8> {
    let (bytes, _, is_lossy) = encoding_rs::GB18030.encode(text);
    assert!(!is_lossy);
    bytes.into_owned()
}
