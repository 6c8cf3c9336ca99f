//! `tongjian dump`: the graph as canonical text.

use crate::app::{App, Failed};
use crate::exit::Exit;

/// Writes the dump to standard output.
pub(crate) async fn run(app: &App) -> Result<Exit, Failed> {
    let store = app.reading_store().await?;
    let mut out = std::io::BufWriter::new(std::io::stdout());
    store.canonical_dump(&mut out).await.map_err(|error| Failed::store(app.lang, &error))?;
    Ok(Exit::Ok)
}
