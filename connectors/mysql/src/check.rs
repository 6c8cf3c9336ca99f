//! Whether the source can be reached, what the account may read, and what it may do that it should not.

use contract::{ChangeMode, Check, Finding, ReadError, StreamName, notes};
use encoding_rs::GBK;
use mysql_async::prelude::Queryable;

use crate::connection::{Connections, Length, Session, within};
use crate::family::Family;
use crate::sql::{identifier, text_literal};
use crate::table::Table;
use crate::{Tls, discover};

/// The account as the information schema writes it.
const ACCOUNT: &str = "SELECT CURRENT_USER(), CONCAT(\
     QUOTE(LEFT(CURRENT_USER(), CHAR_LENGTH(CURRENT_USER()) - CHAR_LENGTH(SUBSTRING_INDEX(CURRENT_USER(), '@', -1)) - 1)), \
     '@', QUOTE(SUBSTRING_INDEX(CURRENT_USER(), '@', -1)))";

/// Rights that change a table, in the order they are told.
const WRITES: [&str; 5] = ["INSERT", "UPDATE", "DELETE", "ALTER", "DROP"];

/// How many rows are looked at for bytes of another charset.
const SAMPLE: u32 = 500;

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
    let version = session.server.version.clone();
    check.findings.push(notes::connected(&version));
    check.server = Some(version);
    check.findings.extend(encryption(connections));
    let (account, grantee) = account(&mut session).await?;
    let of_account = rights(&mut session, &of_account(&grantee)).await?;
    if of_account.iter().any(|right| ["SUPER", "CREATE USER", "SYSTEM_USER"].contains(&right.as_str())) {
        check.findings.push(notes::superuser(&account));
    }
    let charset = connections.options().charset.as_deref();
    for stream in streams {
        let found = discover::tables(&mut session, Some(std::slice::from_ref(stream)), charset).await?;
        match found.first() {
            None => {
                let error = discover::hidden_or_absent(&mut session, stream).await;
                let is_hidden = matches!(error, ReadError::Refused { .. });
                let hidden = || notes::no_right(&stream.to_string());
                check.findings.push(if is_hidden { hidden() } else { notes::failure(&error) });
            }
            Some(table) => one(&mut session, table, &grantee, check).await?,
        }
    }
    session.finish().await;
    Ok(())
}

async fn one(
    session: &mut Session,
    table: &Table,
    grantee: &str,
    check: &mut Check,
) -> Result<(), ReadError> {
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
    let rights = rights(session, &of_table(grantee, table)).await?;
    let writes: Vec<&str> = WRITES
        .into_iter()
        .filter(|write| rights.iter().any(|right| right.eq_ignore_ascii_case(write)))
        .collect();
    if !writes.is_empty() {
        check.findings.push(notes::may_write(&name, &writes.join(", ")));
    }
    if table.key.is_empty() {
        check.findings.push(notes::stream_without_key(&name));
    }
    charsets(session, table, check).await?;
    check.findings.push(notes::read_by_diff(&name));
    check.modes.push((table.name.clone(), ChangeMode::Diff));
    Ok(())
}

async fn account(session: &mut Session) -> Result<(String, String), ReadError> {
    let limit = session.limit();
    let asked = async { session.connection()?.query_first::<(String, String), _>(ACCOUNT).await };
    Ok(within(limit, None, "asking for the account", asked).await?.unwrap_or_default())
}

/// The rights that a statement lists, one a row or several between commas.
async fn rights(session: &mut Session, statement: &str) -> Result<Vec<String>, ReadError> {
    let limit = session.limit();
    let asked = async { session.connection()?.query::<String, _>(statement).await };
    let lists = within(limit, None, "asking for rights", asked).await?;
    Ok(lists.iter().flat_map(|list| list.split(',')).map(|right| right.trim().to_owned()).collect())
}

fn of_account(grantee: &str) -> String {
    let grantee = text_literal(grantee);
    format!("SELECT PRIVILEGE_TYPE FROM information_schema.USER_PRIVILEGES WHERE GRANTEE = {grantee}")
}

/// Granted on everything, on the database (by a pattern), on the table; and what is in force on its columns, which
/// also shows what came through a role.
fn of_table(grantee: &str, table: &Table) -> String {
    let (database, relation) = (text_literal(&table.database), text_literal(&table.relation));
    let everywhere = of_account(grantee);
    let grantee = text_literal(grantee);
    let of_table = format!("TABLE_SCHEMA = {database} AND TABLE_NAME = {relation}");
    format!(
        "{everywhere} UNION SELECT PRIVILEGE_TYPE FROM information_schema.SCHEMA_PRIVILEGES \
         WHERE GRANTEE = {grantee} AND {database} LIKE TABLE_SCHEMA \
         UNION SELECT PRIVILEGE_TYPE FROM information_schema.TABLE_PRIVILEGES WHERE GRANTEE = {grantee} AND {of_table} \
         UNION SELECT PRIVILEGES FROM information_schema.COLUMNS WHERE {of_table}"
    )
}

/// Columns that say `latin1` and whose bytes read as GBK, as old programs wrote them.
async fn charsets(session: &mut Session, table: &Table, check: &mut Check) -> Result<(), ReadError> {
    let is_latin = |column: &&crate::table::TableColumn| {
        column.family == Family::Text
            && column.is_readable
            && column.true_charset.is_none()
            && column.charset.as_deref() == Some("latin1")
    };
    for column in table.columns.iter().filter(is_latin) {
        let statement = format!(
            "SELECT CAST(LEFT(s.c, 200) AS BINARY) FROM (SELECT {} AS c FROM {} LIMIT {SAMPLE}) AS s WHERE s.c IS NOT NULL",
            identifier(&column.name),
            table.quoted()
        );
        let limit = session.limit();
        let asked = async { session.connection()?.query::<Vec<u8>, _>(statement).await };
        let cells = within(limit, Some(&table.name), "looking at some cells", asked).await?;
        let foreign: Vec<&Vec<u8>> = cells.iter().filter(|cell| !cell.is_ascii()).collect();
        if !foreign.is_empty() && foreign.iter().all(|cell| reads_as_gbk(cell)) {
            let finding = notes::charset_doubtful(&table.name.to_string(), &column.name, "latin1", "gbk");
            check.findings.push(finding);
        }
    }
    Ok(())
}

/// Whether bytes are GBK and mostly Chinese characters. (A cell may be cut inside its last character.)
fn reads_as_gbk(cell: &[u8]) -> bool {
    let whole = if cell.len() == 200 { cell.get(..199).unwrap_or(cell) } else { cell };
    let decoded = GBK.decode_without_bom_handling_and_without_replacement(cell);
    let Some(text) = decoded.or_else(|| GBK.decode_without_bom_handling_and_without_replacement(whole))
    else {
        return false;
    };
    let n_foreign = text.chars().filter(|c| !c.is_ascii()).count();
    let n_chinese = text.chars().filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c)).count();
    n_chinese * 2 > n_foreign
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
