//! Makes the departments' databases and the truth about them.

use std::path::{Path, PathBuf};

use sqlx::Connection;
use sqlx::postgres::PgConnection;

use crate::departments::{self, Sheet};
use crate::table::Table;
use crate::truth::{Ledger, Truth};
use crate::world::World;
use crate::write;

/// Where the departments' databases are made.
#[derive(Clone, Debug)]
pub struct Places {
    /// Folder of the truth, of SQLite files and of drop folders.
    pub folder: PathBuf,
    /// Address of a PostgreSQL server for the departments that use one; without it they are SQLite files too.
    pub postgres: Option<String>,
    /// Address of a MySQL or MariaDB server, likewise.
    pub mysql: Option<String>,
    /// Address of a SQL Server, or of the test server of its protocol, likewise.
    pub mssql: Option<String>,
}

/// Where one source is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place<'a> {
    /// On the PostgreSQL server of this address.
    Postgres(&'a str),
    /// On the MySQL or MariaDB server of this address.
    Mysql(&'a str),
    /// On the SQL Server of this address.
    Mssql(&'a str),
    /// In a SQLite file.
    Sqlite,
    /// In CSV files.
    Csv,
    /// In a workbook.
    Xlsx,
}

impl Places {
    /// The SQLite file of a source.
    #[must_use]
    pub fn sqlite(&self, source: &str) -> PathBuf {
        self.folder.join(format!("{source}.db"))
    }

    /// The drop folder of a source.
    #[must_use]
    pub fn drop_folder(&self, source: &str) -> PathBuf {
        self.folder.join(source)
    }

    /// Where a source is made: in its own form, or in a SQLite file where there is no server for it.
    #[must_use]
    pub fn of(&self, source: &str) -> Place<'_> {
        match (form(source), &self.postgres, &self.mysql, &self.mssql) {
            (Form::Postgres, Some(url), ..) => Place::Postgres(url),
            (Form::Mysql, _, Some(url), _) => Place::Mysql(url),
            (Form::Mssql, _, _, Some(url)) => Place::Mssql(url),
            (Form::Postgres | Form::Mysql | Form::Mssql | Form::Sqlite, ..) => Place::Sqlite,
            (Form::Csv, ..) => Place::Csv,
            (Form::Xlsx, ..) => Place::Xlsx,
        }
    }

    /// The database of a source on the server.
    #[must_use]
    pub fn database(source: &str) -> String {
        format!("department_{source}")
    }
}

/// In what form a source is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// On PostgreSQL, where there is a server.
    Postgres,
    /// On MySQL or MariaDB, where there is a server.
    Mysql,
    /// On SQL Server, where there is a server.
    Mssql,
    /// A SQLite file.
    Sqlite,
    /// CSV files.
    Csv,
    /// A workbook.
    Xlsx,
}

/// The form of a source.
#[must_use]
pub fn form(source: &str) -> Form {
    match source {
        "registry" | "food_drug" | "ecology" | "hr" | "party" => Form::Postgres,
        "court" | "resources" | "health" | "culture" | "education" | "development" | "financial"
        | "commerce" => Form::Mysql,
        "urban" | "tax" | "police" | "emergency" | "construction" | "civil" | "finance" => Form::Mssql,
        "licensing" => Form::Csv,
        "hotline" => Form::Xlsx,
        _ => Form::Sqlite,
    }
}

/// Makes everything; `tell` hears of each table when it is done.
///
/// # Errors
/// When a file or table cannot be written.
pub async fn make(
    world: &World,
    seed: u64,
    places: &Places,
    tell: &mut dyn FnMut(&Sheet, u64),
) -> Result<Truth, anyhow::Error> {
    std::fs::create_dir_all(&places.folder)?;
    let mut ledger =
        Ledger::create(&places.folder, seed, world, places.postgres.is_some() || places.mysql.is_some())?;
    for sheet in departments::sheets() {
        ledger.begin(sheet.table);
        let n_rows = fill(world, places, &sheet, &mut ledger).await?;
        tell(&sheet, n_rows);
    }
    ledger.choose_example(world);
    Ok(ledger.finish(&places.folder)?)
}

/// Fills the departments on SQL Server again, as they were made: the test server keeps nothing when it stops.
///
/// # Errors
/// When the server refuses.
pub fn refill_mssql(world: &World, places: &Places) -> Result<(), anyhow::Error> {
    for sheet in departments::sheets() {
        if let Place::Mssql(url) = places.of(sheet.table.source) {
            let mut client = write::mssql::open(url, &Places::database(sheet.table.source))?;
            write::mssql::fill(&mut client, sheet.table, (sheet.rows)(world), &mut |_| Ok(()))?;
        }
    }
    Ok(())
}

async fn fill(
    world: &World,
    places: &Places,
    sheet: &Sheet,
    ledger: &mut Ledger,
) -> Result<u64, anyhow::Error> {
    let table = sheet.table;
    let mut seen = |made: &crate::table::Made| {
        if table.kind == "registration" && matches!(made.expected, crate::truth::Expected::Subject(_)) {
            ledger.entity();
        }
        ledger.row(&made.key, &made.expected)
    };
    match places.of(table.source) {
        Place::Postgres(url) => {
            let mut connection = database(url, table.source).await?;
            write::postgres::fill(&mut connection, table, (sheet.rows)(world), &mut seen).await
        }
        Place::Mysql(url) => {
            let mut connection = write::mysql::open(url, &Places::database(table.source)).await?;
            let n_rows = write::mysql::fill(&mut connection, table, (sheet.rows)(world), &mut seen).await?;
            connection.disconnect().await?;
            Ok(n_rows)
        }
        Place::Mssql(url) => {
            let mut client = write::mssql::open(url, &Places::database(table.source))?;
            write::mssql::fill(&mut client, table, (sheet.rows)(world), &mut seen)
        }
        Place::Sqlite => {
            let mut connection = write::sqlite::open(&places.sqlite(table.source)).await?;
            write::sqlite::fill(&mut connection, table, (sheet.rows)(world), &mut seen).await
        }
        Place::Csv => {
            let folder = places.drop_folder(table.source);
            Ok(write::csv_folder::fill(&folder, table, "XK_JDRQ", (sheet.rows)(world), &mut seen)?)
        }
        Place::Xlsx => {
            let folder = places.drop_folder(table.source);
            std::fs::create_dir_all(&folder)?;
            write::xlsx::fill(&folder.join(stream_name(table)), table, (sheet.rows)(world), &mut seen)
        }
    }
}

/// The name of a table's stream in the shipped configuration.
#[must_use]
pub fn stream_name(table: &Table) -> String {
    match form(table.source) {
        Form::Postgres | Form::Mysql | Form::Mssql | Form::Sqlite => table.name.to_owned(),
        Form::Csv => format!("{}-*.csv", table.name),
        Form::Xlsx => format!("{}.xlsx", table.name),
    }
}

/// Connects to a department's database on the server, making it when it is not there.
///
/// # Errors
/// When the server refuses.
pub async fn database(url: &str, source: &str) -> Result<PgConnection, anyhow::Error> {
    let name = Places::database(source);
    let base = url.rsplit_once('/').map_or(url, |(base, _)| base);
    match PgConnection::connect(&format!("{base}/{name}")).await {
        Ok(connection) => Ok(connection),
        Err(_) => {
            let mut admin = PgConnection::connect(url).await?;
            write::postgres::run(
                &mut admin,
                format!("CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8'"),
            )
            .await?;
            Ok(PgConnection::connect(&format!("{base}/{name}")).await?)
        }
    }
}

/// The truth about the databases in a folder, if they were made whole.
#[must_use]
pub fn truth(folder: &Path) -> Option<Truth> {
    serde_json::from_slice(&std::fs::read(folder.join("truth.json")).ok()?).ok()
}
