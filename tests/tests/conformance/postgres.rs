//! PostgreSQL under test: one private server with TLS, one without.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use connector_postgres::{Options, Postgres, Tls};
use contract::{Credential, Projection, Source, StreamName, Value};
use demo::servers::{self, Fault, Proxy, Ssl};
use tests::conformance::{Change, Engine, Fixture, Misfit, NULL, company};

use crate::conformance::{request, rows};

pub(crate) struct PostgresFixture {
    server: servers::Postgres,
    encrypted: servers::Postgres,
    proxy: Proxy,
    folder: tempfile::TempDir,
}

const TABLE: &str = "CREATE TABLE company (id varchar(40) PRIMARY KEY, name text NOT NULL, amount numeric(18,2), \
                     day date, n bigint, remark text)";

impl PostgresFixture {
    pub(crate) fn start() -> PostgresFixture {
        let folder = tempfile::tempdir().unwrap();
        let (authority, ssl) = certificates();
        std::fs::write(folder.path().join("right.pem"), authority).unwrap();
        std::fs::write(folder.path().join("wrong.pem"), certificates().0).unwrap();
        let server = servers::Postgres::start(servers::Options::default()).unwrap();
        let encrypted =
            servers::Postgres::start(servers::Options { ssl: Some(ssl), ..servers::Options::default() })
                .unwrap();
        // A collation that is not that of bytes, as departments have it.
        server
            .psql("postgres", "CREATE DATABASE zone LOCALE_PROVIDER icu ICU_LOCALE 'zh-CN' LOCALE 'C.UTF-8' TEMPLATE template0")
            .unwrap();
        encrypted.psql("postgres", "CREATE DATABASE zone").unwrap();
        encrypted.psql("zone", &fill()).unwrap();
        server.psql("zone", "CREATE ROLE reader LOGIN PASSWORD 'reader-canary'").unwrap();
        let proxy = Proxy::start(SocketAddr::from((Ipv4Addr::LOCALHOST, server.port()))).unwrap();
        PostgresFixture { server, encrypted, proxy, folder }
    }

    fn options(&self, port: u16) -> Options {
        Options {
            port,
            password: Some(secret(self.server.password())),
            tls: Tls::Disabled,
            read_timeout: Duration::from_secs(20),
            ..Options::new("127.0.0.1", "zone", self.server.user())
        }
    }

    fn authority(&self, name: &str) -> Option<PathBuf> {
        Some(self.folder.path().join(name))
    }

    fn psql(&self, sql: &str) -> String {
        self.server.psql("zone", sql).unwrap()
    }
}

pub(crate) fn secret(text: &str) -> Credential {
    let text = text.to_owned();
    Credential::new(move || Ok(text.clone().into()))
}

pub(crate) fn of_address(address: &str) -> Arc<dyn Source> {
    let [port, user, password] = address.split(' ').collect::<Vec<_>>()[..] else { panic!("{address}") };
    Arc::new(Postgres::new(Options {
        port: port.parse().unwrap(),
        password: Some(secret(password)),
        tls: Tls::Disabled,
        ..Options::new("127.0.0.1", "zone", user)
    }))
}

/// An authority's certificate, and a server's certificate that it signed.
pub(crate) fn certificates() -> (String, Ssl) {
    let authority_key = rcgen::KeyPair::generate().unwrap();
    let mut of_authority = rcgen::CertificateParams::new(Vec::new()).unwrap();
    of_authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    of_authority.distinguished_name.push(rcgen::DnType::CommonName, "zone authority");
    let authority = of_authority.self_signed(&authority_key).unwrap();
    let issuer = rcgen::Issuer::new(of_authority, authority_key);
    let key = rcgen::KeyPair::generate().unwrap();
    let of_server = rcgen::CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    let certificate = of_server.signed_by(&key, &issuer).unwrap();
    (authority.pem(), Ssl { certificate: certificate.pem(), key: key.serialize_pem() })
}

pub(crate) fn quoted(text: &Option<String>) -> String {
    text.as_ref().map_or("NULL".to_owned(), |text| format!("'{}'", text.replace('\'', "''")))
}

fn fill() -> String {
    let rows: Vec<String> = company()
        .iter()
        .map(|row| format!("({})", row.iter().map(quoted).collect::<Vec<_>>().join(", ")))
        .collect();
    format!(
        "DROP TABLE IF EXISTS company, odd, large; {TABLE}; INSERT INTO company VALUES {}; ANALYZE company;",
        rows.join(", ")
    )
}

impl Fixture for PostgresFixture {
    fn engine(&self) -> Engine {
        Engine::Postgres
    }

    fn source(&self) -> Arc<dyn Source> {
        Arc::new(Postgres::new(self.options(self.server.port())))
    }

    fn misfit(&self, misfit: Misfit) -> Option<Arc<dyn Source>> {
        let mut options = self.options(self.server.port());
        let short = Duration::from_secs(2);
        match misfit {
            Misfit::Password => options.password = Some(secret("wrong-canary")),
            // A port that nobody listens on.
            Misfit::Host => options.port = 1,
            Misfit::Database => options.database = "absent".to_owned(),
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
                options.tls = Tls::Disabled;
            }
        }
        Some(Arc::new(Postgres::new(options)))
    }

    fn stream(&self, name: &str) -> StreamName {
        format!("public.{name}").parse().unwrap()
    }

    fn change(&self, change: Change) {
        let sql = match change {
            Change::Reset => {
                self.proxy.set(Fault::None);
                format!("{} GRANT SELECT ON company TO reader;", fill())
            }
            Change::Delete(key) => format!("DELETE FROM company WHERE id = '{key}'"),
            Change::Rename(key, name) => format!("UPDATE company SET name = '{name}' WHERE id = '{key}'"),
            Change::Insert(key) => format!("INSERT INTO company VALUES ('{key}', 'new')"),
            Change::AddColumn => "ALTER TABLE company ADD COLUMN extra text DEFAULT 'x'".to_owned(),
            Change::DropColumn => "ALTER TABLE company DROP COLUMN remark".to_owned(),
            Change::RenameColumn => "ALTER TABLE company RENAME COLUMN remark TO note".to_owned(),
            Change::Retype => "ALTER TABLE company ALTER COLUMN n TYPE text".to_owned(),
            Change::DropTable => "DROP TABLE company".to_owned(),
            Change::OddKeys => "CREATE TABLE odd (k text, v int); INSERT INTO odd VALUES ('b', 1), (NULL, 2), \
                                ('a', 3), ('b', 4), (NULL, 5), ('b', 6), ('c', 7)"
                .to_owned(),
            Change::Large => "CREATE TABLE large (k int PRIMARY KEY, v text); \
                              INSERT INTO large SELECT i, repeat('0123456789', 1000000) || i FROM generate_series(1, 12) i"
                .to_owned(),
        };
        self.psql(&sql);
    }

    fn native(&self) -> Vec<Vec<String>> {
        let printed = self.psql(&format!(
            "\\pset null '{NULL}'\n\\pset fieldsep '\\037'\n\\pset recordsep '\\036'\nSELECT * FROM company ORDER BY id;\n"
        ));
        let printed = printed.strip_suffix('\n').unwrap_or(&printed);
        printed.split('\u{1e}').map(|row| row.split('\u{1f}').map(str::to_owned).collect()).collect()
    }

    fn n_connections(&self) -> Option<usize> {
        let sql = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'tongjian'";
        self.psql(sql).trim().parse().ok()
    }

    fn fingerprint(&self) -> String {
        // Every table with the place and the transaction of each of its rows. The server's statistics also count its own
        // housekeeping, and what was written before, some time later.
        self.psql(
            "SELECT t.oid, t.relname, t.relfilenode, query_to_xml(format('SELECT count(*), \
             md5(string_agg(ctid::text || xmin::text, '','' ORDER BY ctid)) FROM %s', t.oid::regclass), true, true, '') \
             FROM pg_class t WHERE t.relkind = 'r' AND t.relnamespace NOT IN ('pg_catalog'::regnamespace, \
             'information_schema'::regnamespace) ORDER BY t.oid",
        )
    }

    fn hazards(&self) -> Vec<(String, Value, Value)> {
        let cases = hazards();
        let columns: Vec<String> =
            cases.iter().enumerate().map(|(at, (expression, _))| format!("{expression} AS c{at}")).collect();
        self.psql(&format!(
            "DROP TABLE IF EXISTS hazard; DROP TYPE IF EXISTS mood, pair; DROP DOMAIN IF EXISTS small; \
             CREATE TYPE mood AS ENUM ('好', 'bad'); CREATE TYPE pair AS (a int, b text); \
             CREATE DOMAIN small AS numeric(4,1) CHECK (value < 100); \
             CREATE TABLE hazard AS SELECT 1 AS id, {}",
            columns.join(", ")
        ));
        let mut request = request(self.stream("hazard"));
        request.key = vec!["id".to_owned()];
        let source = self.source();
        let runtime = std::thread::scope(|scope| {
            // The caller is inside a runtime already.
            let read = scope.spawn(|| {
                tests::runtime().block_on(async {
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
        let cells = &runtime[0].1[1..];
        cases
            .into_iter()
            .zip(cells)
            .map(|((what, expected), read)| (what.to_owned(), read.clone(), expected))
            .collect()
    }

    fn address(&self) -> String {
        format!("postgres {} {} {}", self.server.port(), self.server.user(), self.server.password())
    }
}

/// Expressions, and the values they are read as.
fn hazards() -> Vec<(&'static str, Value)> {
    let text = |text: &str| Value::Text(text.to_owned());
    let decimal = |text: &str| Value::Decimal(text.to_owned());
    let odd = |text: &str, why| Value::Odd { text: text.to_owned(), why };
    let date = jiff::civil::date;
    vec![
        ("'infinity'::date", odd("infinity", "infinity")),
        ("'-infinity'::timestamptz", odd("-infinity", "infinity")),
        ("'0044-03-15 BC'::date", odd("0044-03-15 BC", "range")),
        ("'10000-01-01'::date", odd("10000-01-01", "range")),
        ("'9999-12-31'::date", Value::Date(date(9999, 12, 31))),
        ("'0001-01-01'::date", Value::Date(date(1, 1, 1))),
        ("'NaN'::numeric", odd("NaN", "nan")),
        ("'Infinity'::numeric", odd("Infinity", "infinity")),
        (
            "'-123456789012345678901234567890.123456789'::numeric",
            decimal("-123456789012345678901234567890.123456789"),
        ),
        ("1.50::numeric(10,4)", decimal("1.5000")),
        ("9223372036854775807::int8", Value::Int(i64::MAX)),
        ("(-9223372036854775808)::int8", Value::Int(i64::MIN)),
        ("4294967295::oid", Value::Int(4_294_967_295)),
        ("'NaN'::float8", Value::Float(f64::NAN)),
        ("'-Infinity'::float4", Value::Float(f64::NEG_INFINITY)),
        ("0.1::float8 + 0.2::float8", Value::Float(0.1 + 0.2)),
        ("1e300::float8", Value::Float(1e300)),
        ("true", Value::Bool(true)),
        ("'\\x00ff5c0a'::bytea", Value::Bytes(vec![0, 255, 0x5c, 0x0a])),
        ("''::text", text("")),
        ("NULL::int", Value::Null),
        ("E'\\t\\\\N\\n\\r\\b\\f\\x0b'::text", text("\t\\N\n\r\u{8}\u{c}\u{b}")),
        ("'ab'::char(4)", text("ab  ")),
        ("ARRAY[[1,NULL],[3,4]]", text("{{1,NULL},{3,4}}")),
        ("'[1,5)'::int4range", text("[1,5)")),
        ("'{\"b\": [1, null]}'::jsonb", text("{\"b\": [1, null]}")),
        ("'{\"b\":1}'::json", text("{\"b\":1}")),
        ("'好'::mood", text("好")),
        ("ROW(1, 'x, y')::pair", text("(1,\"x, y\")")),
        ("12.3::small", decimal("12.3")),
        ("'1 mon -3 days 04:05:06.789'::interval", text("1 mon -3 days +04:05:06.789")),
        ("'24:00:00'::time", odd("24:00:00", "range")),
        ("'23:59:59.123456'::time", Value::Time(jiff::civil::time(23, 59, 59, 123_456_000))),
        ("'10:00:00+08'::timetz", text("10:00:00+08")),
        ("'2024-02-29 12:00:00'::timestamp", Value::DateTime(date(2024, 2, 29).at(12, 0, 0, 0))),
        ("'1986-05-04 03:00:00 Asia/Shanghai'::timestamptz", Value::Timestamp(515_527_200_000_000)),
        ("'c'::\"char\"", text("c")),
        ("'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid", text("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11")),
        ("'10.1.2.3/8'::inet", text("10.1.2.3/8")),
        ("B'101'::bit(3)", text("101")),
        ("'<a>\u{2003}</a>'::xml", text("<a>\u{2003}</a>")),
    ]
}
