//! The driver: the only module that names it, so that it can be exchanged.
//!
//! Knows no table and no contract: statements with bound values go in, rows of typed fields come out.

use std::borrow::Cow;

use futures_util::{StreamExt, stream::BoxStream};
use tiberius::{AuthMethod, Client, ColumnData, Config, EncryptionLevel, Query};
use tokio_util::compat::{Compat, TokioAsyncReadCompatExt};

use crate::way::Way;

/// One cell as it came over the wire.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Field {
    Null,
    Int(i64),
    Bit(bool),
    Real(f32),
    Float(f64),
    /// The digits, and how many of them stand behind the point.
    Decimal(i128, u8),
    Text(String),
    Bytes(Vec<u8>),
    /// In the order in which it is printed.
    Uuid([u8; 16]),
    /// Days since the first of January of the year 1.
    Date(u32),
    /// Units of 10^-scale seconds since midnight, and the scale.
    Time(u64, u8),
    /// Days since 1900, and three-hundredths of a second.
    DateTime(i32, u32),
    /// Days since 1900, and minutes.
    SmallDateTime(u16, u16),
    /// As date and time.
    DateTime2(u32, u64, u8),
    /// As `DateTime2` in UTC, and minutes east of it.
    Offset(u32, u64, u8, i16),
}

/// A bound value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Bind {
    Int(i64),
    Float(f64),
    Text(String),
    Bytes(Vec<u8>),
}

/// Why the driver or the server failed.
#[derive(Debug)]
pub(crate) enum DriverError {
    /// The server's own error.
    Server { code: u32, message: String },
    /// The connection broke.
    Network(String),
    /// What came is not what the protocol allows.
    Protocol(String),
}

/// As whom to read what.
pub(crate) struct Login<'a> {
    pub(crate) host: &'a str,
    pub(crate) port: u16,
    pub(crate) database: &'a str,
    pub(crate) user: &'a str,
    pub(crate) password: &'a str,
}

/// One connection.
pub(crate) struct Driver {
    client: Client<Compat<Way>>,
}

/// Rows of a running statement.
pub(crate) struct Rows<'a> {
    rows: BoxStream<'a, tiberius::Result<tiberius::Row>>,
}

impl Driver {
    /// Logs in. Whoever calls sets the time limits: the driver's own are switched off.
    pub(crate) async fn connect(way: Way, login: Login<'_>) -> Result<Driver, DriverError> {
        let mut config = Config::new();
        config.host(login.host);
        config.port(login.port);
        config.database(login.database);
        config.authentication(AuthMethod::sql_server(login.user, login.password));
        config.application_name("tongjian");
        config.encryption(EncryptionLevel::NotSupported);
        config.handshake_timeout(None);
        config.command_timeout(None);
        config.packet_size(16_384);
        // Half a character in a department's text must not end the reading of a table.
        config.lossy_utf16_decoding(true);
        let client = Client::connect(config, way.compat()).await.map_err(failed)?;
        Ok(Driver { client })
    }

    /// Runs statements that give nothing.
    pub(crate) async fn run(&mut self, sql: &str) -> Result<(), DriverError> {
        self.client.simple_query(sql).await.map_err(failed)?.into_results().await.map_err(failed)?;
        Ok(())
    }

    /// Starts a statement with bound values `@P1`, `@P2`, ….
    pub(crate) async fn query(&mut self, sql: String, binds: Vec<Bind>) -> Result<Rows<'_>, DriverError> {
        let mut query = Query::new(sql);
        for bind in binds {
            match bind {
                Bind::Int(number) => query.bind(number),
                Bind::Float(number) => query.bind(number),
                Bind::Text(text) => query.bind(text),
                Bind::Bytes(bytes) => query.bind(bytes),
            }
        }
        let rows = query.query(&mut self.client).await.map_err(failed)?.into_row_stream();
        Ok(Rows { rows })
    }

    /// All rows of a statement.
    pub(crate) async fn all(
        &mut self,
        sql: String,
        binds: Vec<Bind>,
    ) -> Result<Vec<Vec<Field>>, DriverError> {
        let mut rows = self.query(sql, binds).await?;
        let mut all = Vec::new();
        while let Some(row) = rows.next().await? {
            all.push(row);
        }
        Ok(all)
    }
}

impl Rows<'_> {
    /// The next row.
    pub(crate) async fn next(&mut self) -> Result<Option<Vec<Field>>, DriverError> {
        match self.rows.next().await {
            None => Ok(None),
            Some(Err(error)) => Err(failed(error)),
            Some(Ok(row)) => Ok(Some(row.into_iter().map(field).collect())),
        }
    }
}

fn field(cell: ColumnData<'static>) -> Field {
    let field = match cell {
        ColumnData::U8(number) => number.map(|number| Field::Int(number.into())),
        ColumnData::I16(number) => number.map(|number| Field::Int(number.into())),
        ColumnData::I32(number) => number.map(|number| Field::Int(number.into())),
        ColumnData::I64(number) => number.map(Field::Int),
        ColumnData::F32(number) => number.map(Field::Real),
        ColumnData::F64(number) => number.map(Field::Float),
        ColumnData::Bit(bit) => bit.map(Field::Bit),
        ColumnData::String(text) => text.map(Cow::into_owned).map(Field::Text),
        ColumnData::Guid(uuid) => uuid.map(|uuid| Field::Uuid(uuid.into_bytes())),
        ColumnData::Binary(bytes) => bytes.map(Cow::into_owned).map(Field::Bytes),
        ColumnData::Numeric(number) => number.map(|number| Field::Decimal(number.value(), number.scale())),
        ColumnData::Xml(text) => text.map(|text| Field::Text(text.into_owned().into_string())),
        ColumnData::Date(day) => day.map(|day| Field::Date(day.days())),
        ColumnData::Time(time) => time.map(|time| Field::Time(time.increments(), time.scale())),
        ColumnData::DateTime(at) => at.map(|at| Field::DateTime(at.days(), at.seconds_fragments())),
        ColumnData::SmallDateTime(at) => at.map(|at| Field::SmallDateTime(at.days(), at.seconds_fragments())),
        ColumnData::DateTime2(at) => {
            at.map(|at| Field::DateTime2(at.date().days(), at.time().increments(), at.time().scale()))
        }
        ColumnData::DateTimeOffset(at) => at.map(|at| {
            let utc = at.datetime2();
            Field::Offset(utc.date().days(), utc.time().increments(), utc.time().scale(), at.offset())
        }),
    };
    field.unwrap_or(Field::Null)
}

fn failed(error: tiberius::error::Error) -> DriverError {
    use tiberius::error::Error;
    if let Error::Server(error) = &error {
        return DriverError::Server { code: error.code(), message: error.message().to_owned() };
    }
    if let Error::Io { message, .. } = error {
        return DriverError::Network(message);
    }
    DriverError::Protocol(error.to_string())
}
