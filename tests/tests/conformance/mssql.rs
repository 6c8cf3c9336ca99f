//! SQL Server under test: the test server of its protocol, or a real server where one is named. The owner writes
//! through a client of ours, and looks through FreeTDS.

use std::net::{Ipv4Addr, SocketAddr, ToSocketAddrs};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use connector_mssql::{Mssql, Options, Tls};
use contract::{Projection, Source, StreamName, Value};
use demo::servers::{Fault, Proxy, TdsAccount, TdsClient, TdsOptions, TdsServer, TdsUrl};
use tests::conformance::{Change, Engine, Fixture, Misfit, NULL, company};

use crate::conformance::postgres::{certificates, secret};
use crate::conformance::{request, rows};

/// The test servers, one of them encrypted; a real server has none.
pub(crate) struct Double {
    pub(crate) server: TdsServer,
    encrypted: TdsServer,
}

pub(crate) struct MssqlFixture {
    pub(crate) double: Option<Double>,
    /// Where the owner writes.
    owner: TdsUrl,
    /// As whom the hub reads.
    hub: (String, String),
    reader: (String, String),
    proxy: Proxy,
    folder: tempfile::TempDir,
}

/// A collation that is not that of bytes, but holds `Z` and `z`, and blanks of two widths, apart.
const TABLE: &str = "CREATE TABLE company (id nvarchar(40) COLLATE Chinese_PRC_CS_AS_WS NOT NULL PRIMARY KEY, \
                     name nvarchar(200) NOT NULL, amount decimal(18,2), day date, n bigint, remark nvarchar(400))";

/// Whether FreeTDS' client is there.
pub(crate) fn has_client() -> bool {
    Command::new("tsql").arg("-C").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}

impl MssqlFixture {
    pub(crate) fn start() -> MssqlFixture {
        let account = |name: &str, may_write| TdsAccount {
            name: name.to_owned(),
            password: format!("{name}-canary"),
            may_write,
        };
        let accounts = vec![account("owner", true), account("hub", true), account("reader", false)];
        let (authority, ssl) = certificates();
        let options = TdsOptions {
            accounts,
            databases: vec!["master".to_owned(), "zone".to_owned()],
            ..TdsOptions::default()
        };
        let server = TdsServer::start(options.clone()).unwrap();
        let encrypted = TdsServer::start(TdsOptions { ssl: Some(ssl), ..options }).unwrap();
        encrypted.sql("zone", &fill()).unwrap();
        let owner = TdsUrl::parse(&server.url("zone")).unwrap();
        let of = |name: &str| (name.to_owned(), format!("{name}-canary"));
        let proxy = Proxy::start(server.address()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("right.pem"), authority).unwrap();
        std::fs::write(folder.path().join("wrong.pem"), certificates().0).unwrap();
        let double = Some(Double { server, encrypted });
        MssqlFixture { double, owner, hub: of("hub"), reader: of("reader"), proxy, folder }
    }

    /// On a server whose account may make logins and change its database.
    pub(crate) fn real(url: &str) -> MssqlFixture {
        let owner = TdsUrl::parse(url).expect("mssql://user:password@host:port/database");
        let address = (owner.host.as_str(), owner.port).to_socket_addrs().unwrap().next().unwrap();
        let reader = ("tongjian_reader".to_owned(), "Reader-canary-1".to_owned());
        let (name, password) = &reader;
        let mut client = TdsClient::connect(&owner).unwrap();
        for sql in [
            format!("IF SUSER_ID('{name}') IS NULL CREATE LOGIN {name} WITH PASSWORD = '{password}'"),
            format!("IF USER_ID('{name}') IS NULL CREATE USER {name} FOR LOGIN {name}"),
            format!("ALTER DATABASE [{}] SET ALLOW_SNAPSHOT_ISOLATION ON", owner.database),
        ] {
            client.run(&sql).unwrap();
        }
        MssqlFixture {
            double: None,
            hub: (owner.user.clone(), owner.password.clone()),
            owner,
            reader,
            proxy: Proxy::start(address).unwrap(),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn options(&self) -> Options {
        let tls = if self.double.is_some() { Tls::Disabled } else { Tls::Preferred };
        Options {
            port: self.owner.port,
            password: Some(secret(&self.hub.1)),
            tls,
            read_timeout: Duration::from_secs(60),
            ..Options::new(&self.owner.host, &self.owner.database, &self.hub.0)
        }
    }

    fn through_proxy(&self) -> Options {
        let SocketAddr::V4(address) = self.proxy.address() else { panic!("the proxy listens on 127.0.0.1") };
        Options { host: Ipv4Addr::LOCALHOST.to_string(), port: address.port(), ..self.options() }
    }

    /// The encrypted test server, under a name.
    pub(crate) fn encrypted(&self, host: &str, tls: Tls) -> Option<Options> {
        let port = self.double.as_ref()?.encrypted.address().port();
        Some(Options { host: host.to_owned(), port, tls, ..self.options() })
    }

    pub(crate) fn authority(&self, name: &str) -> Option<PathBuf> {
        Some(self.folder.path().join(name))
    }

    /// Statements of the owner's.
    pub(crate) fn sql(&self, sql: &str) {
        let done = TdsClient::connect(&self.owner).and_then(|mut client| client.run(sql));
        done.unwrap_or_else(|error| panic!("{error}: {:?}\n{:.300}", std::error::Error::source(&error), sql));
    }

    fn grant(&self, table: &str) {
        match &self.double {
            Some(double) => double.server.grant("zone", &self.reader.0, table),
            None => self.sql(&format!("GRANT SELECT ON {table} TO {}", self.reader.0)),
        }
    }

    /// Rows as FreeTDS' client prints them: cells between `\u{1f}`, a row ends with `\u{1e}`.
    pub(crate) fn printed(&self, sql: &str) -> Vec<Vec<String>> {
        let of = &self.owner;
        let mut client = Command::new("tsql")
            .args(["-H", &of.host, "-p", &of.port.to_string(), "-U", &of.user, "-P", &of.password])
            .args(["-D", &of.database, "-J", "UTF-8", "-o", "fhq", "-t", "\u{1f}", "-r", "\u{1e}"])
            .env("TDSVER", "7.4")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        std::io::Write::write_all(&mut client.stdin.take().unwrap(), format!("{sql}\ngo\nexit\n").as_bytes())
            .unwrap();
        let printed = client.wait_with_output().unwrap();
        let text = String::from_utf8(printed.stdout).unwrap();
        text.split_inclusive('\u{1e}')
            .filter_map(|row| row.strip_suffix('\u{1e}'))
            .map(|row| row.split('\u{1f}').map(str::to_owned).collect())
            .collect()
    }
}

pub(crate) fn of_address(address: &str) -> Arc<dyn Source> {
    let [host, port, database, user, password, tls] = address.split(' ').collect::<Vec<_>>()[..] else {
        panic!("{address}")
    };
    Arc::new(Mssql::new(Options {
        port: port.parse().unwrap(),
        password: Some(secret(password)),
        tls: if tls == "disabled" { Tls::Disabled } else { Tls::Preferred },
        ..Options::new(host, database, user)
    }))
}

pub(crate) fn quoted(text: &str) -> String {
    format!("N'{}'", text.replace('\'', "''"))
}

fn fill() -> String {
    let cell = |cell: &Option<String>| cell.as_deref().map_or("NULL".to_owned(), quoted);
    let rows: Vec<String> = company()
        .iter()
        .map(|row| format!("({})", row.iter().map(cell).collect::<Vec<_>>().join(", ")))
        .collect();
    // A thousand rows a statement, at most.
    let inserts: Vec<String> =
        rows.chunks(500).map(|rows| format!("INSERT INTO company VALUES {};", rows.join(", "))).collect();
    let drops = ["company", "odd", "large"].map(|table| format!("DROP TABLE IF EXISTS {table};")).join(" ");
    format!("{drops} {TABLE}; {}", inserts.join(" "))
}

impl Fixture for MssqlFixture {
    fn engine(&self) -> Engine {
        Engine::Mssql
    }

    fn source(&self) -> Arc<dyn Source> {
        Arc::new(Mssql::new(self.options()))
    }

    fn misfit(&self, misfit: Misfit) -> Option<Arc<dyn Source>> {
        let mut options = self.options();
        let short = Duration::from_secs(2);
        match misfit {
            Misfit::Password => options.password = Some(secret("wrong-canary")),
            // A port that nobody listens on.
            Misfit::Host => options.port = 1,
            Misfit::Database => options.database = "absent".to_owned(),
            Misfit::NoTls => options.tls = Tls::Required { ca: None },
            Misfit::RightAuthority => {
                options = self.encrypted("127.0.0.1", Tls::Required { ca: self.authority("right.pem") })?;
            }
            Misfit::WrongAuthority => {
                options = self.encrypted("127.0.0.1", Tls::Required { ca: self.authority("wrong.pem") })?;
            }
            Misfit::Blackhole => {
                self.proxy.set(Fault::Blackhole);
                options = Options { connect_timeout: short, read_timeout: short, ..self.through_proxy() };
            }
            Misfit::CutOff => {
                self.proxy.set(Fault::ResetAfter(120_000));
                options = self.through_proxy();
            }
            Misfit::ReadOnly => {
                options.user.clone_from(&self.reader.0);
                options.password = Some(secret(&self.reader.1));
            }
        }
        Some(Arc::new(Mssql::new(options)))
    }

    fn stream(&self, name: &str) -> StreamName {
        name.parse().unwrap()
    }

    fn change(&self, change: Change) {
        let sql = match change {
            Change::Reset => {
                self.proxy.set(Fault::None);
                self.sql(&fill());
                return self.grant("company");
            }
            Change::Delete(key) => format!("DELETE FROM company WHERE id = {}", quoted(key)),
            Change::Rename(key, name) => {
                format!("UPDATE company SET name = {} WHERE id = {}", quoted(name), quoted(key))
            }
            Change::Insert(key) => format!("INSERT INTO company (id, name) VALUES ({}, N'new')", quoted(key)),
            Change::AddColumn => {
                "ALTER TABLE company ADD extra nvarchar(9) DEFAULT N'x' WITH VALUES".to_owned()
            }
            Change::DropColumn => "ALTER TABLE company DROP COLUMN remark".to_owned(),
            Change::RenameColumn => "EXEC sp_rename N'dbo.company.remark', N'note', N'COLUMN'".to_owned(),
            Change::Retype => "ALTER TABLE company ALTER COLUMN n nvarchar(30)".to_owned(),
            Change::DropTable => "DROP TABLE company".to_owned(),
            Change::OddKeys => "CREATE TABLE odd (k nvarchar(9), v int); INSERT INTO odd VALUES (N'b', 1), \
                                (NULL, 2), (N'a', 3), (N'b', 4), (NULL, 5), (N'b', 6), (N'c', 7)"
                .to_owned(),
            Change::Large => {
                let cell = "REPLICATE(CAST(N'0123456789' AS nvarchar(max)), 1000000)";
                let rows: Vec<String> = (1..=12).map(|k| format!("({k}, {cell} + N'{k}')")).collect();
                let table = "CREATE TABLE large (k int NOT NULL PRIMARY KEY, v nvarchar(max))";
                format!("{table}; INSERT INTO large VALUES {}", rows.join(", "))
            }
        };
        self.sql(&sql);
    }

    fn native(&self) -> Vec<Vec<String>> {
        // The client prints NULL as the text; days in the form of its own settings.
        let columns = "[id], [name], [amount], CAST([day] AS nvarchar(10)), [n], [remark]";
        let nulls = ["amount", "day", "n", "remark"]
            .map(|name| format!("CASE WHEN [{name}] IS NULL THEN 1 ELSE 0 END"))
            .join(", ");
        self.printed(&format!("SELECT {columns}, {nulls} FROM [dbo].[company] ORDER BY [id]"))
            .into_iter()
            .map(|mut row| {
                let nulls = row.split_off(6);
                for (cell, null) in row[2..].iter_mut().zip(nulls) {
                    if null == "1" {
                        *cell = NULL.to_owned();
                    }
                }
                row
            })
            .collect()
    }

    fn n_connections(&self) -> Option<usize> {
        match &self.double {
            Some(double) => Some(double.server.n_connections(&["hub", "reader"])),
            None => {
                let sql = "SELECT COUNT(*) FROM sys.dm_exec_sessions WHERE program_name = 'tongjian'";
                self.printed(sql).first()?.first()?.trim().parse().ok()
            }
        }
    }

    fn fingerprint(&self) -> String {
        match &self.double {
            Some(double) => double.server.fingerprint("zone"),
            None => format!(
                "{:?}",
                self.printed(
                    "SELECT SUM(user_updates), (SELECT CHECKSUM_AGG(CHECKSUM(*)) FROM company) \
                              FROM sys.dm_db_index_usage_stats WHERE database_id = DB_ID()"
                )
            ),
        }
    }

    fn hazards(&self) -> Vec<(String, Value, Value)> {
        let cases = hazards();
        let columns: Vec<String> =
            cases.iter().enumerate().map(|(at, (declared, ..))| format!("c{at} {declared}")).collect();
        let names: Vec<String> = (0..cases.len()).map(|at| format!("c{at}")).collect();
        let values: Vec<&str> = cases.iter().map(|(_, value, _)| *value).collect();
        self.sql(&format!(
            "DROP TABLE IF EXISTS hazard; CREATE TABLE hazard (id int NOT NULL PRIMARY KEY, {}, v sql_variant, r rowversion); \
             INSERT INTO hazard (id, {}, v) VALUES (1, {}, N'left out')",
            columns.join(", "),
            names.join(", "),
            values.join(", ")
        ));
        let mut request = request(self.stream("hazard"));
        request.key = vec!["id".to_owned()];
        let source = self.source();
        let read = std::thread::scope(|scope| {
            // The caller is inside a runtime already.
            let read = scope.spawn(|| {
                tests::runtime().block_on(async {
                    let found = source.discover(Some(std::slice::from_ref(&request.stream))).await.unwrap();
                    assert!(found[0].notes.iter().any(|note| note.code == "TJ-N003"), "{:?}", found[0].notes);
                    let all = rows(source.as_ref(), request.clone()).await;
                    let key = ["id".to_owned()];
                    let found = source
                        .lookup(&request.stream, &key, &[super::key("1")], &Projection::All)
                        .await
                        .unwrap();
                    assert_eq!(
                        found.rows[0].digest, all[0].0.digest,
                        "a look-up prints otherwise than a snapshot"
                    );
                    all
                })
            });
            read.join().unwrap()
        });
        let cells = &read[0].1[1..];
        assert_eq!(cells.len(), cases.len() + 1, "the version is read, the variant is not");
        assert!(matches!(&cells[cases.len()], Value::Bytes(bytes) if bytes.len() == 8), "{cells:?}");
        cases
            .into_iter()
            .zip(cells)
            .map(|((declared, value, expected), read)| {
                (format!("{declared} {value}"), read.clone(), expected)
            })
            .collect()
    }

    fn address(&self) -> String {
        let of = &self.owner;
        let tls = if self.double.is_some() { "disabled" } else { "preferred" };
        let (user, password) = &self.hub;
        format!("mssql {} {} {} {user} {password} {tls}", of.host, of.port, of.database)
    }
}

/// Types, values as their owner writes them, and the values they are read as.
fn hazards() -> Vec<(&'static str, &'static str, Value)> {
    let text = |text: &str| Value::Text(text.to_owned());
    let decimal = |text: &str| Value::Decimal(text.to_owned());
    let bytes = |bytes: &[u8]| Value::Bytes(bytes.to_vec());
    let date = jiff::civil::date;
    let at = |year, month, day, hour, minute, second, ns| {
        Value::DateTime(date(year, month, day).at(hour, minute, second, ns))
    };
    let many = "99999999999999999999999999999999999999";
    let fraction = "0.99999999999999999999999999999999999999";
    vec![
        ("money", "N'922337203685477.5807'", decimal("922337203685477.5807")),
        ("money", "N'-922337203685477.5808'", decimal("-922337203685477.5808")),
        ("money", "0.1", decimal("0.1000")),
        ("smallmoney", "N'-214748.3648'", decimal("-214748.3648")),
        ("decimal(38,0)", "N'99999999999999999999999999999999999999'", decimal(many)),
        ("decimal(38,38)", "N'0.99999999999999999999999999999999999999'", decimal(fraction)),
        (
            "decimal(38,10)",
            "N'-1234567890123456789012345678.0123456789'",
            decimal("-1234567890123456789012345678.0123456789"),
        ),
        ("decimal(9,2)", "N'-1.5'", decimal("-1.50")),
        ("numeric(19,4)", "N'0'", decimal("0.0000")),
        ("tinyint", "255", Value::Int(255)),
        ("smallint", "-32768", Value::Int(-32_768)),
        ("int", "-2147483648", Value::Int(-2_147_483_648)),
        ("bigint", "N'-9223372036854775808'", Value::Int(i64::MIN)),
        ("bit", "1", Value::Bool(true)),
        ("bit", "0", Value::Bool(false)),
        ("bit", "NULL", Value::Null),
        ("real", "N'0.1'", Value::Float(0.1)),
        ("real", "N'1234567.9'", Value::Float(1_234_567.9)),
        ("float", "N'0.30000000000000004'", Value::Float(0.1 + 0.2)),
        ("float", "N'-1e300'", Value::Float(-1e300)),
        ("float(24)", "N'2.5'", Value::Float(2.5)),
        ("date", "N'0001-01-01'", Value::Date(date(1, 1, 1))),
        ("date", "N'9999-12-31'", Value::Date(date(9999, 12, 31))),
        ("datetime", "N'1753-01-01T00:00:00'", at(1753, 1, 1, 0, 0, 0, 0)),
        ("datetime", "N'2024-02-29T12:00:00.003'", at(2024, 2, 29, 12, 0, 0, 3_000_000)),
        ("datetime", "N'2024-02-29T23:59:59.998'", at(2024, 2, 29, 23, 59, 59, 997_000_000)),
        ("smalldatetime", "N'2024-02-29T12:34:56'", at(2024, 2, 29, 12, 35, 0, 0)),
        ("datetime2(7)", "N'2024-02-29 12:00:00.1234567'", at(2024, 2, 29, 12, 0, 0, 123_456_700)),
        ("datetime2(0)", "N'1582-10-15 00:00:00'", at(1582, 10, 15, 0, 0, 0, 0)),
        (
            "datetimeoffset(7)",
            "N'2024-02-29 08:00:00.0000019 +08:00'",
            Value::Timestamp(1_709_164_800_000_001),
        ),
        ("datetimeoffset(3)", "N'1970-01-01 00:00:00.001 -05:30'", Value::Timestamp(19_800_001_000)),
        ("time(7)", "N'23:59:59.9999999'", Value::Time(jiff::civil::time(23, 59, 59, 999_999_900))),
        ("time(0)", "N'00:00:01'", Value::Time(jiff::civil::time(0, 0, 1, 0))),
        (
            "uniqueidentifier",
            "N'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'",
            text("A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11"),
        ),
        ("char(4)", "N'ab'", text("ab  ")),
        ("nchar(3)", "N'\u{5fb7}'", text("\u{5fb7}  ")),
        ("varchar(9) COLLATE Chinese_PRC_CI_AS", "N'\u{5fb7}\u{9633}a'", text("\u{5fb7}\u{9633}a")),
        ("varchar(9) COLLATE Chinese_PRC_CI_AS", "N'\u{20bb7}'", text("?")),
        (
            "varchar(9) COLLATE SQL_Latin1_General_CP1_CI_AS",
            "N'\u{e9}\u{20ac}\u{5fb7}'",
            text("\u{e9}\u{20ac}?"),
        ),
        ("varchar(9) COLLATE Chinese_Taiwan_Stroke_CI_AS", "N'\u{5fb7}\u{967d}'", text("\u{5fb7}\u{967d}")),
        (
            "varchar(9) COLLATE Latin1_General_100_CI_AS_SC_UTF8",
            "N'\u{5fb7}\u{1f600}'",
            text("\u{5fb7}\u{1f600}"),
        ),
        ("varchar(max)", "N' a '", text(" a ")),
        ("nvarchar(9)", "N'\u{20bb7}\u{1f600}'", text("\u{20bb7}\u{1f600}")),
        ("nvarchar(9)", "N''", text("")),
        ("nvarchar(max)", "N'\t\\N\n;'", text("\t\\N\n;")),
        ("nvarchar(max)", "NULL", Value::Null),
        ("ntext", "N'\u{5fb7}'", text("\u{5fb7}")),
        ("text", "N'\u{5fb7}'", text("\u{5fb7}")),
        ("xml", "N'<a b=\"1\">\u{5fb7}</a>'", text("<a b=\"1\">\u{5fb7}</a>")),
        ("binary(4)", "0x00ff", bytes(&[0, 255, 0, 0])),
        ("varbinary(4)", "0x00ff5c0a", bytes(&[0, 255, 0x5c, 0x0a])),
        ("varbinary(max)", "0x", bytes(&[])),
        ("image", "0x0102", bytes(&[1, 2])),
    ]
}
