//! Whether the source can be reached, what the account may read, and what it may do that it should not.

use contract::{ChangeMode, Check, Finding, ReadError, StreamName, notes};
use sqlx::Row;

use crate::connection::{Connections, Length, Session};
use crate::table::Table;
use crate::{Tls, discover};

const SERVER: &str = "
SELECT pg_catalog.version() AS version, current_user::text AS account,
       coalesce((SELECT r.rolsuper FROM pg_catalog.pg_roles r WHERE r.rolname = current_user), false) AS is_super";

/// The rights to write that the account has on a table, as words; empty when none.
const RIGHTS: &str = "
SELECT pg_catalog.has_table_privilege(c.oid, 'SELECT') AS may_read,
       pg_catalog.concat_ws(', ',
         CASE WHEN pg_catalog.has_table_privilege(c.oid, 'INSERT') THEN 'INSERT' END,
         CASE WHEN pg_catalog.has_table_privilege(c.oid, 'UPDATE') THEN 'UPDATE' END,
         CASE WHEN pg_catalog.has_table_privilege(c.oid, 'DELETE') THEN 'DELETE' END,
         CASE WHEN pg_catalog.has_table_privilege(c.oid, 'TRUNCATE') THEN 'TRUNCATE' END) AS writes
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname::text = $1 AND c.relname::text = $2";

/// Never fails: what fails is a finding.
pub(crate) async fn check(connections: &Connections, streams: &[StreamName]) -> Check {
    let mut check = Check::default();
    if let Err(error) = fill(connections, streams, &mut check).await {
        check.findings.push(notes::failure(&error));
    }
    check
}

async fn fill(connections: &Connections, streams: &[StreamName], check: &mut Check) -> Result<(), ReadError> {
    let mut session = connections.session(Length::Short).await?;
    let asked = sqlx::query(SERVER).persistent(false).fetch_one(&mut session.connection);
    let row =
        Session::within(connections.options().read_timeout, None, "asking for the version", asked).await?;
    let version: String = row.try_get("version").unwrap_or_default();
    check.findings.push(notes::connected(&version));
    check.server = Some(version);
    check.findings.extend(encryption(connections));
    let is_superuser: bool = row.try_get("is_super").unwrap_or(false);
    if is_superuser {
        let account: String = row.try_get("account").unwrap_or_default();
        check.findings.push(notes::superuser(&account));
    }
    let tables = discover::tables(&mut session, Some(streams)).await?;
    for stream in streams {
        match tables.iter().find(|table| table.name == *stream) {
            None => {
                let error = ReadError::NoStream { stream: stream.clone() };
                check.findings.push(notes::failure(&error));
            }
            Some(table) => one(&mut session, table, check).await?,
        }
    }
    session.finish().await;
    Ok(())
}

async fn one(session: &mut Session, table: &Table, check: &mut Check) -> Result<(), ReadError> {
    let limit = session.limit();
    let name = table.name.to_string();
    let asked = sqlx::query(RIGHTS).persistent(false).bind(&table.schema).bind(&table.relation);
    let asked = asked.fetch_one(&mut session.connection);
    let rights = Session::within(limit, Some(&table.name), "asking for rights", asked).await?;
    if !rights.try_get("may_read").unwrap_or(false) {
        let unreadable: Vec<&str> =
            table.columns.iter().filter(|c| !c.is_readable).map(|c| c.name.as_str()).collect();
        if unreadable.len() == table.columns.len() {
            check.findings.push(notes::no_right(&name));
            return Ok(());
        }
        check.findings.push(notes::columns_not_readable(&name, &unreadable.join(", ")));
    }
    let writes: String = rights.try_get("writes").unwrap_or_default();
    if !writes.is_empty() {
        check.findings.push(notes::may_write(&name, &writes));
    }
    if table.key.is_empty() {
        check.findings.push(notes::stream_without_key(&name));
    }
    check.findings.push(notes::read_by_diff(&name));
    check.modes.push((table.name.clone(), ChangeMode::Diff));
    Ok(())
}

/// A way inside this machine needs no encryption.
fn encryption(connections: &Connections) -> Option<Finding> {
    let options = connections.options();
    let host = options.host.as_str();
    if host.starts_with('/') || host == "localhost" || host.starts_with("127.") || host == "::1" {
        return None;
    }
    match options.tls {
        Tls::Disabled => Some(notes::not_encrypted(host)),
        Tls::Preferred | Tls::Unverified => Some(notes::certificate_not_examined(host)),
        Tls::VerifiedAuthority { .. } | Tls::Required { .. } => None,
    }
}
