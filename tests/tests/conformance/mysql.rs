//! MariaDB under test: one private server with TLS, one without.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use connector_mysql::{Mysql, Options, Tls};
use contract::{Projection, Source, StreamName, Value};
use demo::servers::{Fault, Mariadb, MariadbOptions, Proxy};
use tests::conformance::{Change, Engine, Fixture, Misfit, NULL, company};

use crate::conformance::postgres::{certificates, secret};
use crate::conformance::{request, rows};

pub(crate) struct MysqlFixture {
    pub(crate) server: Mariadb,
    encrypted: Mariadb,
    proxy: Proxy,
    folder: tempfile::TempDir,
}

/// A collation that is not that of bytes, but holds `Z` and `z` apart.
const TABLE: &str = "CREATE TABLE company (id varchar(40) COLLATE utf8mb4_uca1400_as_cs PRIMARY KEY, name text NOT NULL, \
                     amount decimal(18,2), day date, n bigint, remark text)";

/// What departments have: modes and limits that a reader must not depend on.
const HOSTILE: &str =
    "--sql-mode=ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PAD_CHAR_TO_FULL_LENGTH,PIPES_AS_CONCAT,HIGH_NOT_PRECEDENCE";

impl MysqlFixture {
    pub(crate) fn start() -> MysqlFixture {
        let folder = tempfile::tempdir().unwrap();
        let (authority, ssl) = certificates();
        std::fs::write(folder.path().join("right.pem"), authority).unwrap();
        std::fs::write(folder.path().join("wrong.pem"), certificates().0).unwrap();
        let settings = [HOSTILE, "--init-connect=SET sql_select_limit=7, character_set_results=latin1"];
        let server = Mariadb::start(MariadbOptions {
            settings: settings.map(str::to_owned).to_vec(),
            ..MariadbOptions::default()
        })
        .unwrap();
        let encrypted =
            Mariadb::start(MariadbOptions { ssl: Some(ssl), ..MariadbOptions::default() }).unwrap();
        for server in [&server, &encrypted] {
            let accounts = "CREATE DATABASE zone; CREATE USER hub IDENTIFIED BY 'hub-canary'; \
                            GRANT ALL ON zone.* TO hub; CREATE USER reader IDENTIFIED BY 'reader-canary'";
            server.sql("", accounts).unwrap();
        }
        encrypted.sql("zone", &fill()).unwrap();
        let proxy = Proxy::start(SocketAddr::from((Ipv4Addr::LOCALHOST, server.port()))).unwrap();
        MysqlFixture { server, encrypted, proxy, folder }
    }

    pub(crate) fn options(&self) -> Options {
        Options {
            port: self.server.port(),
            password: Some(secret("hub-canary")),
            tls: Tls::Disabled,
            read_timeout: Duration::from_secs(20),
            ..Options::new("127.0.0.1", "zone", "hub")
        }
    }

    /// Under another name than the certificate's.
    pub(crate) fn encrypted(&self, tls: Tls) -> Options {
        Options { host: "localhost".to_owned(), port: self.encrypted.port(), tls, ..self.options() }
    }

    pub(crate) fn authority(&self, name: &str) -> Option<PathBuf> {
        Some(self.folder.path().join(name))
    }

    /// Statements of the owner's, in the modes that most owners have.
    pub(crate) fn sql(&self, sql: &str) -> String {
        let session = "SET sql_mode = '', time_zone = '+08:00', sql_select_limit = DEFAULT;";
        self.server.sql("zone", &format!("{session}\n{sql}")).unwrap()
    }
}

pub(crate) fn of_address(address: &str) -> Arc<dyn Source> {
    Arc::new(Mysql::new(Options {
        port: address.parse().unwrap(),
        password: Some(secret("hub-canary")),
        tls: Tls::Disabled,
        ..Options::new("127.0.0.1", "zone", "hub")
    }))
}

fn quoted(text: &Option<String>) -> String {
    // The client takes the return out of a line's end.
    let escaped = |text: &String| text.replace('\\', "\\\\").replace('\'', "''").replace('\r', "\\r");
    text.as_ref().map_or("NULL".to_owned(), |text| format!("'{}'", escaped(text)))
}

fn fill() -> String {
    let rows: Vec<String> = company()
        .iter()
        .map(|row| format!("({})", row.iter().map(quoted).collect::<Vec<_>>().join(", ")))
        .collect();
    format!(
        "DROP TABLE IF EXISTS company, odd, large; {TABLE}; INSERT INTO company VALUES {}; ANALYZE TABLE company;",
        rows.join(", ")
    )
}

impl Fixture for MysqlFixture {
    fn engine(&self) -> Engine {
        Engine::Mysql
    }

    fn source(&self) -> Arc<dyn Source> {
        Arc::new(Mysql::new(self.options()))
    }

    fn misfit(&self, misfit: Misfit) -> Option<Arc<dyn Source>> {
        let mut options = self.options();
        let short = Duration::from_secs(2);
        match misfit {
            Misfit::Password => options.password = Some(secret("wrong-canary")),
            // A port that nobody listens on.
            Misfit::Host => options.port = 1,
            // An account with a right on one database is not told whether another exists.
            Misfit::Database => {
                options.database = "absent".to_owned();
                options.user = self.server.user().to_owned();
                options.password = Some(secret(self.server.password()));
            }
            Misfit::NoTls => options.tls = Tls::Required { ca: None },
            Misfit::RightAuthority => {
                options.port = self.encrypted.port();
                options.tls = Tls::Required { ca: self.authority("right.pem") };
            }
            Misfit::WrongAuthority => {
                options.port = self.encrypted.port();
                options.tls = Tls::Required { ca: self.authority("wrong.pem") };
            }
            Misfit::Blackhole => {
                self.proxy.set(Fault::Blackhole);
                (options.connect_timeout, options.read_timeout) = (short, short);
                options.port = self.proxy.address().port();
            }
            Misfit::CutOff => {
                self.proxy.set(Fault::ResetAfter(120_000));
                options.port = self.proxy.address().port();
            }
            Misfit::ReadOnly => {
                options.user = "reader".to_owned();
                options.password = Some(secret("reader-canary"));
            }
        }
        Some(Arc::new(Mysql::new(options)))
    }

    fn stream(&self, name: &str) -> StreamName {
        name.parse().unwrap()
    }

    fn change(&self, change: Change) {
        let sql = match change {
            Change::Reset => {
                self.proxy.set(Fault::None);
                format!("{} GRANT SELECT ON company TO reader;", fill())
            }
            Change::Delete(key) => format!("DELETE FROM company WHERE id = '{key}'"),
            Change::Rename(key, name) => format!("UPDATE company SET name = '{name}' WHERE id = '{key}'"),
            Change::Insert(key) => format!("INSERT INTO company (id, name) VALUES ('{key}', 'new')"),
            Change::AddColumn => "ALTER TABLE company ADD COLUMN extra text DEFAULT 'x'".to_owned(),
            Change::DropColumn => "ALTER TABLE company DROP COLUMN remark".to_owned(),
            Change::RenameColumn => "ALTER TABLE company RENAME COLUMN remark TO note".to_owned(),
            Change::Retype => "ALTER TABLE company MODIFY n text".to_owned(),
            Change::DropTable => "DROP TABLE company".to_owned(),
            Change::OddKeys => "CREATE TABLE odd (k varchar(9), v int); INSERT INTO odd VALUES ('b', 1), (NULL, 2), \
                                ('a', 3), ('b', 4), (NULL, 5), ('b', 6), ('c', 7)"
                .to_owned(),
            Change::Large => "CREATE TABLE large (k int PRIMARY KEY, v longtext); \
                              INSERT INTO large SELECT seq, CONCAT(REPEAT('0123456789', 1000000), seq) FROM seq_1_to_12"
                .to_owned(),
        };
        self.sql(&sql);
    }

    fn native(&self) -> Vec<Vec<String>> {
        let mut command = self.server.client("zone");
        let sql = "SET sql_select_limit = DEFAULT, sql_mode = '', character_set_results = utf8mb4; SELECT * FROM company ORDER BY id";
        let printed = command.args(["--xml", "-e", sql]).output().unwrap();
        of_xml(&String::from_utf8(printed.stdout).unwrap())
    }

    fn n_connections(&self) -> Option<usize> {
        let sql = "SELECT count(*) FROM information_schema.processlist WHERE user IN ('hub', 'reader')";
        self.sql(sql).trim().parse().ok()
    }

    fn fingerprint(&self) -> String {
        self.sql(
            "SHOW GLOBAL STATUS WHERE variable_name IN ('Innodb_rows_inserted', 'Innodb_rows_updated', \
                  'Innodb_rows_deleted'); CHECKSUM TABLE company; SELECT @@global.gtid_binlog_pos",
        )
    }

    fn hazards(&self) -> Vec<(String, Value, Value)> {
        let cases = hazards();
        let columns: Vec<String> =
            cases.iter().enumerate().map(|(at, (declared, ..))| format!("c{at} {declared}")).collect();
        let values: Vec<&str> = cases.iter().map(|(_, value, _)| *value).collect();
        self.sql(&format!(
            "DROP TABLE IF EXISTS hazard; SET sql_mode = 'ALLOW_INVALID_DATES'; \
             CREATE TABLE hazard (id int PRIMARY KEY, {}, place point) CHARACTER SET utf8mb4; \
             INSERT INTO hazard VALUES (1, {}, POINT(1, 2))",
            columns.join(", "),
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
                    let looked_up = found.cells(&found.rows[0]).unwrap();
                    assert_eq!(format!("{looked_up:?}"), format!("{:?}", all[0].1));
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
        assert_eq!(cells.len(), cases.len());
        cases
            .into_iter()
            .zip(cells)
            .map(|((declared, value, expected), read)| {
                (format!("{declared} {value}"), read.clone(), expected)
            })
            .collect()
    }

    fn address(&self) -> String {
        format!("mysql {}", self.server.port())
    }
}

/// Rows of what the client prints with `--xml`, the one form in which NULL and every text differ.
fn of_xml(printed: &str) -> Vec<Vec<String>> {
    let field = |text: &str| match text.split_once('>') {
        Some((head, _)) if head.contains("xsi:nil=\"true\"") => NULL.to_owned(),
        Some((_, rest)) => {
            let text = rest.split("</field>").next().unwrap_or_default();
            text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
        }
        None => panic!("{text}"),
    };
    printed.split("<row>").skip(1).map(|row| row.split("<field ").skip(1).map(field).collect()).collect()
}

/// Types, values as their owner writes them, and the values they are read as.
fn hazards() -> Vec<(&'static str, &'static str, Value)> {
    let text = |text: &str| Value::Text(text.to_owned());
    let decimal = |text: &str| Value::Decimal(text.to_owned());
    let odd = |text: &str, why| Value::Odd { text: text.to_owned(), why };
    let date = jiff::civil::date;
    let long = "12345678901234567890123456789012345.123456789012345678901234567890";
    vec![
        ("decimal(19,4)", "922337203685477.5807", decimal("922337203685477.5807")),
        ("decimal(65,30)", long, decimal(long)),
        ("decimal(10,4)", "-1.5", decimal("-1.5000")),
        ("bigint unsigned", "18446744073709551615", decimal("18446744073709551615")),
        ("bigint", "-9223372036854775808", Value::Int(i64::MIN)),
        ("tinyint(1)", "2", Value::Int(2)),
        ("int(6) zerofill", "42", text("000042")),
        ("float", "1234567.89", Value::Float(1_234_567.9)),
        ("float", "0.1", Value::Float(0.1)),
        ("float(9,2)", "1234567.8", Value::Float(1_234_567.8)),
        ("double", "0.1e0 + 0.2e0", Value::Float(0.1 + 0.2)),
        ("double", "-1e300", Value::Float(-1e300)),
        ("bit(1)", "b'1'", Value::Bool(true)),
        ("bit(1)", "b'0'", Value::Bool(false)),
        ("bit(8)", "b'101'", Value::Int(5)),
        ("bit(64)", "18446744073709551615", decimal("18446744073709551615")),
        ("year", "2024", Value::Int(2024)),
        ("year", "'0000'", odd("0000", "zero-date")),
        ("date NOT NULL", "'0000-00-00'", odd("0000-00-00", "zero-date")),
        ("date", "'2024-00-15'", odd("2024-00-15", "zero-date")),
        ("date", "'2024-02-31'", odd("2024-02-31", "range")),
        ("date", "'9999-12-31'", Value::Date(date(9999, 12, 31))),
        ("datetime", "'0000-00-00 00:00:00'", odd("0000-00-00 00:00:00", "zero-date")),
        (
            "datetime(6)",
            "'2024-02-29 12:00:00.123456'",
            Value::DateTime(date(2024, 2, 29).at(12, 0, 0, 123_456_000)),
        ),
        ("datetime", "'1986-05-04 00:30:00'", Value::DateTime(date(1986, 5, 4).at(0, 30, 0, 0))),
        ("timestamp NULL", "'1986-05-04 03:00:00'", Value::Timestamp(515_530_800_000_000)),
        ("timestamp(3) NULL", "'2038-01-19 11:14:07.999'", Value::Timestamp(2_147_483_647_999_000)),
        ("timestamp NULL", "'0000-00-00 00:00:00'", odd("0000-00-00 00:00:00", "zero-date")),
        ("time", "'838:59:59'", odd("838:59:59", "range")),
        ("time", "'-01:00:00'", odd("-01:00:00", "range")),
        ("time(3)", "'23:59:59.123'", Value::Time(jiff::civil::time(23, 59, 59, 123_000_000))),
        ("char(4)", "'ab'", text("ab")),
        ("varchar(9)", "' a '", text(" a ")),
        ("text", "CONCAT('\\t\\\\N\\n\\r', CHAR(0), ';')", text("\t\\N\n\r\u{0};")),
        ("text", "''", text("")),
        ("text", "NULL", Value::Null),
        ("varchar(9)", "'\u{20bb7}\u{1f600}'", text("\u{20bb7}\u{1f600}")),
        ("varchar(9) CHARACTER SET utf8mb3", "'\u{5fb7}\u{1f600}'", text("\u{5fb7}?")),
        ("varchar(9) CHARACTER SET gbk", "'\u{5fb7}\u{9633}'", text("\u{5fb7}\u{9633}")),
        ("varchar(9) CHARACTER SET big5", "'\u{5fb7}\u{967d}'", text("\u{5fb7}\u{967d}")),
        ("varchar(9) CHARACTER SET utf16le", "'\u{5fb7}'", text("\u{5fb7}")),
        ("varchar(9) CHARACTER SET latin1", "_latin1 X'B5C2D1F4'", text("\u{b5}\u{c2}\u{d1}\u{f4}")),
        ("enum('\u{597d}', 'bad')", "'\u{597d}'", text("\u{597d}")),
        ("enum('a')", "'not one of them'", text("")),
        ("set('b', 'a')", "'a,b'", text("b,a")),
        ("json", "'{\"b\": [1, null]}'", text("{\"b\": [1, null]}")),
        ("binary(4)", "X'00FF'", Value::Bytes(vec![0, 255, 0, 0])),
        ("varbinary(4)", "X'00ff5c0a'", Value::Bytes(vec![0, 255, 0x5c, 0x0a])),
        ("blob", "''", Value::Bytes(Vec::new())),
        ("uuid", "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", text("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11")),
        ("inet6", "'::1'", text("::1")),
    ]
}
