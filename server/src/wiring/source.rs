//! The configuration's sources, copied into the options of their connectors.

use std::sync::Arc;
use std::time::Duration;

use config::draft::{DatabaseDraft, EngineDraft, FolderDraft, SourceDraft, SqliteDraft, TakeMode, TlsMode};
use contract::{Credential, Source};
use hub::sources::{Hours, SourceOptions};
use jiff::tz::TimeZone;
use messages::{Message, Problem};

use super::credential;

/// A connector for a source, and what was agreed with its owner. The department is filled in by the caller.
///
/// # Errors
/// Everything wrong with its options.
pub(crate) fn source(
    draft: &SourceDraft,
    hub_zone: &str,
) -> Result<(Arc<dyn Source>, SourceOptions), Vec<Problem>> {
    let path = format!("source.{}", draft.id);
    let zone = draft.zone.as_deref().unwrap_or(hub_zone);
    let zone = TimeZone::get(zone).map_err(|error| {
        vec![Problem::new(
            format!("{path}.zone"),
            Message::new("TJ-V002").with("zone", zone).with("why", error),
        )]
    })?;
    let (connector, credential): (Arc<dyn Source>, Option<Credential>) = match &draft.engine {
        EngineDraft::Postgres(database) => postgres(draft, database, &path)?,
        EngineDraft::Sqlite(file) => (sqlite(draft, file, &path)?, None),
        EngineDraft::File(folder) => (files(draft, folder, &path)?, None),
        EngineDraft::Mysql(database) => mysql(draft, database, &path)?,
        EngineDraft::Mssql(database) => mssql(draft, database, &path)?,
    };
    let options = SourceOptions {
        department: String::new(),
        max_readings: draft.max_connections as usize,
        rows_per_second: draft.rows_per_second,
        hours: draft
            .hours
            .iter()
            .map(|hours| Hours { from_minute: hours.from_minute, until_minute: hours.until_minute })
            .collect(),
        zone,
        credential,
    };
    Ok((connector, options))
}

/// A source, and the credential that opens it where it has one.
type Opened = (Arc<dyn Source>, Option<Credential>);

fn postgres(draft: &SourceDraft, database: &DatabaseDraft, path: &str) -> Result<Opened, Vec<Problem>> {
    use connector_postgres::{Options, Postgres, Tls};
    let password = database.password.as_ref().map(credential);
    let ca = database.tls.ca.clone();
    let mut options = Options::new(&database.host, &database.database, &database.user);
    options.port = database.port.unwrap_or(5432);
    options.password.clone_from(&password);
    options.tls = match database.tls.mode {
        TlsMode::Disable => Tls::Disabled,
        TlsMode::Prefer => Tls::Preferred,
        TlsMode::Require => Tls::Unverified,
        TlsMode::VerifyCa => Tls::VerifiedAuthority { ca },
        TlsMode::VerifyFull => Tls::Required { ca },
    };
    options.max_connections = draft.max_connections;
    options.connect_timeout = Duration::from_secs(u64::from(draft.connect_seconds));
    options.read_timeout = Duration::from_secs(u64::from(draft.read_seconds));
    options.charset.clone_from(&database.charset);
    sound(options.problems(path))?;
    Ok((Arc::new(Postgres::new(options)), password))
}

fn mysql(draft: &SourceDraft, database: &DatabaseDraft, path: &str) -> Result<Opened, Vec<Problem>> {
    use connector_mysql::{Mysql, Options, Tls};
    let password = database.password.as_ref().map(credential);
    let ca = database.tls.ca.clone();
    let mut options = Options::new(&database.host, &database.database, &database.user);
    options.port = database.port.unwrap_or(3306);
    options.password.clone_from(&password);
    options.tls = match database.tls.mode {
        TlsMode::Disable => Tls::Disabled,
        TlsMode::Prefer => Tls::Preferred,
        TlsMode::Require => Tls::Unverified,
        TlsMode::VerifyCa => Tls::VerifiedAuthority { ca },
        TlsMode::VerifyFull => Tls::Required { ca },
    };
    options.max_connections = draft.max_connections;
    options.connect_timeout = Duration::from_secs(u64::from(draft.connect_seconds));
    options.read_timeout = Duration::from_secs(u64::from(draft.read_seconds));
    options.charset.clone_from(&database.charset);
    sound(options.problems(path))?;
    Ok((Arc::new(Mysql::new(options)), password))
}

fn mssql(draft: &SourceDraft, database: &DatabaseDraft, path: &str) -> Result<Opened, Vec<Problem>> {
    use connector_mssql::{Mssql, Options, Tls};
    let password = database.password.as_ref().map(credential);
    let ca = database.tls.ca.clone();
    let mut options = Options::new(&database.host, &database.database, &database.user);
    options.port = database.port.unwrap_or(1433);
    options.password.clone_from(&password);
    options.tls = match database.tls.mode {
        TlsMode::Disable => Tls::Disabled,
        TlsMode::Prefer => Tls::Preferred,
        TlsMode::Require => Tls::Unverified,
        TlsMode::VerifyCa => Tls::VerifiedAuthority { ca },
        TlsMode::VerifyFull => Tls::Required { ca },
    };
    options.max_connections = draft.max_connections;
    options.connect_timeout = Duration::from_secs(u64::from(draft.connect_seconds));
    options.read_timeout = Duration::from_secs(u64::from(draft.read_seconds));
    sound(options.problems(path))?;
    Ok((Arc::new(Mssql::new(options)), password))
}

/// A path of a configuration that was named by a relative one: from the root, so that it means the same everywhere.
fn whole(path: &std::path::Path) -> std::path::PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

fn sqlite(draft: &SourceDraft, file: &SqliteDraft, path: &str) -> Result<Arc<dyn Source>, Vec<Problem>> {
    let mut options = connector_sqlite::Options::new(whole(&file.path));
    options.max_connections = draft.max_connections;
    options.busy_timeout = Duration::from_secs(u64::from(draft.connect_seconds));
    options.read_timeout = Duration::from_secs(u64::from(draft.read_seconds));
    sound(options.problems(path))?;
    Ok(Arc::new(connector_sqlite::Sqlite::new(options)))
}

fn files(draft: &SourceDraft, folder: &FolderDraft, path: &str) -> Result<Arc<dyn Source>, Vec<Problem>> {
    let mut options = connector_file::Options::new(whole(&folder.folder));
    options.charset.clone_from(&folder.charset);
    options.delimiter = folder.delimiter;
    options.nulls.clone_from(&folder.nulls);
    options.take = match folder.take {
        TakeMode::All => connector_file::Take::All,
        TakeMode::Newest => connector_file::Take::Newest,
    };
    options.max_sheet_bytes = folder.max_sheet_bytes;
    options.settle = Duration::from_secs(u64::from(folder.settle_seconds));
    options.max_connections = draft.max_connections;
    options.read_timeout = Duration::from_secs(u64::from(draft.read_seconds));
    for stream in draft.streams.iter().filter(|stream| stream.header_row > 1) {
        options.header_rows.insert(stream.name.clone(), stream.header_row);
    }
    sound(options.problems(path))?;
    Ok(Arc::new(connector_file::Files::new(options)))
}

fn sound(problems: Vec<Problem>) -> Result<(), Vec<Problem>> {
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}
