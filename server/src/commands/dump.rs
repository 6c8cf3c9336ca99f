//! `tongjian dump`: the graph as canonical text. Whoever reads it may have enough before its end.

use std::io::{ErrorKind, Write as _};

use hub::store::StoreError;

use crate::app::{App, Failed};
use crate::exit::Exit;

/// Writes the dump to standard output.
pub(crate) async fn run(app: &App) -> Result<Exit, Failed> {
    let store = app.reading_store().await?;
    let mut out = std::io::BufWriter::new(std::io::stdout());
    let written = store.canonical_dump(&mut out).await.and_then(|()| {
        out.flush().map_err(|source| StoreError::File { doing: "write", path: "the dump".to_owned(), source })
    });
    if let Err(StoreError::File { source, .. }) = &written
        && source.kind() == ErrorKind::BrokenPipe
    {
        return Ok(Exit::Ok);
    }
    written.map(|()| Exit::Ok).map_err(|error| Failed::store(app.lang, &error))
}
