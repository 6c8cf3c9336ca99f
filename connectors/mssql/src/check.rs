//! Whether the source can be reached, what the account may read, and what it may do that it should not.

use contract::{ChangeMode, Check, Finding, ReadError, StreamName, notes};

use crate::connection::{Connections, Session, within};
use crate::driver::{Bind, Field};
use crate::family::Family;
use crate::sql::catalogue;
use crate::table::Table;
use crate::{Tls, discover};

/// Rights that change a table, in the order they are asked for.
const WRITES: [&str; 4] = ["INSERT", "UPDATE", "DELETE", "ALTER"];

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
    let server = session.server.clone();
    check.findings.push(notes::connected(&server.version));
    check.findings.push(notes::untried("SQL Server"));
    check.server = Some(server.version);
    check.findings.extend(encryption(connections));
    if !server.has_snapshots && !server.has_versions {
        check.findings.push(notes::no_view());
    }
    let account = asked(&mut session, catalogue::ACCOUNT, Vec::new()).await?;
    if account.get(1..).is_some_and(|roles| roles.contains(&Field::Int(1))) {
        let name = account.first().and_then(crate::cell::printed).unwrap_or_default();
        check.findings.push(notes::superuser(&String::from_utf8_lossy(&name)));
    }
    for stream in streams {
        let found = discover::tables(&mut session, Some(std::slice::from_ref(stream))).await?;
        match found.first() {
            None => {
                let error = discover::hidden_or_absent(&mut session, stream).await;
                let is_hidden = matches!(error, ReadError::Refused { .. });
                let hidden = || notes::no_right(&stream.to_string());
                check.findings.push(if is_hidden { hidden() } else { notes::failure(&error) });
                if is_hidden {
                    // The error may have ended the transaction.
                    session = connections_anew(connections, session).await?;
                }
            }
            Some(table) => one(&mut session, table, check).await?,
        }
    }
    session.finish().await;
    Ok(())
}

async fn connections_anew(connections: &Connections, session: Session) -> Result<Session, ReadError> {
    drop(session);
    connections.session().await
}

async fn one(session: &mut Session, table: &Table, check: &mut Check) -> Result<(), ReadError> {
    let name = table.name.to_string();
    let hidden: Vec<&str> = table
        .columns
        .iter()
        .filter(|column| !column.is_readable && column.family != Family::Unread)
        .map(|column| column.name.as_str())
        .collect();
    if table.columns.iter().all(|column| !column.is_readable) {
        check.findings.push(notes::no_right(&name));
        return Ok(());
    }
    if !hidden.is_empty() {
        check.findings.push(notes::columns_not_readable(&name, &hidden.join(", ")));
    }
    let rights = asked(session, catalogue::WRITES, vec![Bind::Text(table.quoted())]).await?;
    let writes: Vec<&str> = WRITES
        .into_iter()
        .zip(&rights)
        .filter(|(_, right)| **right == Field::Int(1))
        .map(|(word, _)| word)
        .collect();
    if !writes.is_empty() {
        check.findings.push(notes::may_write(&name, &writes.join(", ")));
    }
    if table.key.is_empty() {
        check.findings.push(notes::stream_without_key(&name));
    }
    check.findings.push(notes::read_by_diff(&name));
    check.modes.push((table.name.clone(), ChangeMode::Diff));
    Ok(())
}

/// The one row of a statement.
async fn asked(session: &mut Session, statement: &str, binds: Vec<Bind>) -> Result<Vec<Field>, ReadError> {
    let limit = session.limit();
    let asked = async { session.driver()?.all(statement.to_owned(), binds).await };
    Ok(within(limit, None, "asking for rights", asked).await?.into_iter().next().unwrap_or_default())
}

/// A way inside this machine needs no encryption.
fn encryption(connections: &Connections) -> Option<Finding> {
    let options = connections.options();
    let host = options.host.as_str();
    if host == "localhost" || host.starts_with("127.") || host == "::1" {
        return None;
    }
    match options.tls {
        Tls::Disabled => Some(notes::not_encrypted(host)),
        Tls::Preferred | Tls::Unverified => Some(notes::certificate_not_examined(host)),
        Tls::VerifiedAuthority { .. } | Tls::Required { .. } => None,
    }
}
