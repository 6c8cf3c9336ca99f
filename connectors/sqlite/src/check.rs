//! Whether the file can be read, and how its streams will be.
//!
//! The right to write is not asked about: the file is opened read-only, and reading one with a write-ahead log needs
//! a folder that may be written.

use contract::{ChangeMode, Check, ReadError, StreamName, notes};

use crate::connection::{Connections, within};
use crate::discover;

/// Never fails: what fails is a finding.
pub(crate) async fn check(connections: &Connections, streams: &[StreamName]) -> Check {
    let mut check = Check::default();
    if let Err(error) = fill(connections, streams, &mut check).await {
        check.findings.push(notes::failure(&error));
    }
    check
}

async fn fill(connections: &Connections, streams: &[StreamName], check: &mut Check) -> Result<(), ReadError> {
    let mut session = connections.session().await?;
    let version =
        sqlx::query_scalar::<_, String>("SELECT sqlite_version()").fetch_one(&mut session.connection);
    let version = within(connections.options().read_timeout, "asking for the version", version).await?;
    let server = format!("SQLite {version}, `{}`", connections.options().path.display());
    let tables = discover::tables(&mut session, Some(streams)).await?;
    session.finish().await;
    check.findings.push(notes::connected(&server));
    check.server = Some(server);
    for stream in streams {
        let name = stream.to_string();
        let Some(table) = tables.iter().find(|table| table.stream == *stream) else {
            check.findings.push(notes::failure(&ReadError::NoStream { stream: stream.clone() }));
            continue;
        };
        if table.key.is_empty() {
            check.findings.push(notes::stream_without_key(&name));
        }
        check.findings.push(notes::read_by_diff(&name));
        check.modes.push((stream.clone(), ChangeMode::Diff));
    }
    Ok(())
}
