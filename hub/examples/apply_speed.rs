//! How fast a registry is applied, beside the store's floor: the same tables and indexes filled by the engine alone.
//!
//! `cargo run --release --example apply_speed -- [rows] [rows a batch] [postgres://… of an empty database]`

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use contract::{Credential, Digest, SourceId, SourceKey};
use hub::FieldValue;
use hub::clock::{FixedClock, Timestamp};
use hub::ontology::{
    EntityKind, EntityNature, Field, FieldType, Freshness, GoldenField, GoldenSource, IdentifierField, Kind,
    Label, Ontology, Role, Scheme, Sensitivity, Share,
};
use hub::store::{
    Entry, Mapped, Outcome, PreparedBatch, Progress, Store, StoreOptions, StorePlace, Stream,
    StreamRegistration,
};
use sqlx::{AssertSqlSafe, Connection};

type Fault = Box<dyn std::error::Error>;

fn field(id: &str, field_type: FieldType, freshness: Freshness) -> Field {
    Field {
        id: id.to_owned(),
        field_type,
        label: Label::default(),
        description: Label::default(),
        sensitivity: Sensitivity::Internal,
        share: Share::Unconditional,
        freshness,
        is_required: false,
        currency: "CNY".to_owned(),
        max_length: None,
        deprecated: None,
    }
}

/// 25 fields, seven of them indexed.
fn fields() -> Vec<Field> {
    use FieldType::{Address, Bool, Date, Identifier, Integer, Money, PartialDate, Phone, Text, Until};
    let code = || FieldType::Code { list: "list".to_owned() };
    let (key, copy) = (Freshness::Key, Freshness::Copy);
    vec![
        field("pripid", Identifier(Scheme::PriPid), key),
        field("uscc", Identifier(Scheme::Uscc), key),
        field("reg_no", Identifier(Scheme::RegistrationNumber), key),
        field("name", Text, key),
        field("subject_type", code(), key),
        field("industry", code(), copy),
        field("status", code(), key),
        field("capital", Money, copy),
        field("paid", Money, copy),
        field("founded", Date, key),
        field("approved", Date, copy),
        field("term_from", Date, copy),
        field("term_until", Until, copy),
        field("address", Address, copy),
        field("region", code(), copy),
        field("authority", Text, copy),
        field("scope", Text, copy),
        field("representative", Text, copy),
        field("representative_id", Identifier(Scheme::ResidentId), copy),
        field("phone", Phone, copy),
        field("employees", Integer, copy),
        field("is_small", Bool, copy),
        field("first_known", PartialDate, copy),
        field("changed_at", FieldType::Timestamp, copy),
        field("note", Text, copy),
    ]
}

fn ontology() -> Ontology {
    let by = |scheme, field| IdentifierField { scheme, field };
    let fields = fields();
    let golden = |index: usize| {
        let from = GoldenSource {
            kind: "registration".to_owned(),
            field: index,
            role: "subject".to_owned(),
            latest_by: None,
        };
        fields.get(index).map(|field| GoldenField { field: field.clone(), from: vec![from] })
    };
    let of_subject: Vec<GoldenField> =
        [1, 2, 3, 4, 5, 6, 7, 9, 13, 14].into_iter().filter_map(golden).collect();
    let subject = Role {
        id: "subject".to_owned(),
        entity: "subject".to_owned(),
        label: Label::default(),
        is_party: true,
        inverse: "registrations".to_owned(),
        identifiers: vec![by(Scheme::Uscc, 1), by(Scheme::PriPid, 0), by(Scheme::RegistrationNumber, 2)],
        name: None,
        scored: None,
    };
    Ontology {
        version: "speed".to_owned(),
        kinds: vec![Kind {
            id: "registration".to_owned(),
            plural: "registrations".to_owned(),
            label: Label::default(),
            description: Label::default(),
            share: Share::Unconditional,
            fields,
            roles: vec![subject],
            timely: Vec::new(),
        }],
        entities: vec![EntityKind {
            id: "subject".to_owned(),
            plural: "subjects".to_owned(),
            label: Label::default(),
            description: Label::default(),
            share: Share::Unconditional,
            nature: EntityNature::Subject,
            fields: of_subject,
        }],
        relations: Vec::new(),
        lists: BTreeMap::new(),
    }
}

/// A valid credit code and registration number of a row, spread over the alphabet.
fn numbers(n: u64) -> (String, String) {
    let spread = n.wrapping_mul(0x9E37_79B1) % 10_000_000;
    let organisation = codes::OrganisationCode::compose(&format!("M{spread:07}"));
    let uscc =
        organisation.ok().and_then(|code| codes::Uscc::compose(&format!("91610131{}", code.as_str())).ok());
    let number = codes::RegistrationNumber::compose(&format!("610131{:08}", n % 100_000_000));
    let text = |code: Option<String>| code.unwrap_or_default();
    let uscc = text(uscc.map(|code| code.as_str().to_owned()));
    (uscc, text(number.ok().map(|number| number.as_str().to_owned())))
}

fn entry(n: u64) -> Entry {
    let (uscc, reg_no) = numbers(n);
    let text = |text: String| FieldValue::Text(text);
    let code = |code: String| FieldValue::Code { code, edition: "2017".to_owned() };
    let yuan = |units| FieldValue::Money { units, currency: "CNY".to_owned() };
    let day = jiff::civil::date(2000 + (n % 25) as i16, 1 + (n % 12) as i8, 1 + (n % 28) as i8);
    let key = format!("610131{n:026}");
    let values = vec![
        text(key.clone()),
        text(uscc),
        text(reg_no),
        text(format!("西安市高新区第{n}科技有限责任公司")),
        code("1130".to_owned()),
        code(format!("I{}", 6_510 + n % 90)),
        code("1".to_owned()),
        yuan(1_000_000 * (n % 999) as i64),
        yuan(0),
        FieldValue::Date(day),
        FieldValue::Date(day),
        FieldValue::Date(day),
        FieldValue::Until(hub::Until::OpenEnded),
        text(format!("陕西省西安市高新区科技路{}号创业大厦{}室", n % 400, n % 3_000)),
        code("610113".to_owned()),
        text("西安市市场监督管理局高新区分局".to_owned()),
        text(
            "软件开发；信息技术咨询服务；数据处理和存储支持服务；计算机系统服务；广告设计、代理。".to_owned(),
        ),
        text(format!("王{}", n % 5_000)),
        FieldValue::Null,
        text(format!("029-8{:07}", n % 10_000_000)),
        FieldValue::Integer((n % 300) as i64),
        FieldValue::Bool(n.is_multiple_of(3)),
        FieldValue::PartialDate { first: day, precision: hub::Precision::Month },
        FieldValue::Timestamp(1_700_000_000_000_000 + n as i64),
        FieldValue::Null,
    ];
    let digest = Digest::of(key.as_bytes());
    let mapped = Mapped { values, person_hashes: Vec::new(), flags: Vec::new() };
    Entry { key: SourceKey(key), digest, outcome: Outcome::Record(mapped) }
}

/// What this process has used so far.
fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after = stat.rsplit(')').next().unwrap_or_default();
    let ticks = |place: usize| -> u64 {
        after.split_whitespace().nth(place).and_then(|word| word.parse().ok()).unwrap_or_default()
    };
    Duration::from_millis((ticks(11) + ticks(12)) * 10)
}

fn report(what: &str, rows: u64, wall: Duration, cpu: Duration) {
    let rows = rows as f64;
    eprintln!(
        "{what:28} {:6.2} s {:9.0} rows/s {:6.1} µs of CPU a row",
        wall.as_secs_f64(),
        rows / wall.as_secs_f64(),
        cpu.as_secs_f64() * 1e6 / rows
    );
}

async fn fill(store: &Store, stream: &Stream, rows: u64, size: u64) -> Result<(), Fault> {
    let mut spent = (Duration::ZERO, Duration::ZERO);
    for from in (0..rows).step_by(size as usize) {
        let entries: Vec<Entry> = (from..rows.min(from + size)).map(entry).collect();
        let after = entries.last().map(|entry| entry.key.0.clone());
        let batch = PreparedBatch {
            stream: stream.number,
            mapping_version: 1,
            is_fresh: true,
            entries,
            progress: Some(Progress::Snapshot { generation: 1, after }),
        };
        let (began, cpu_before) = (Instant::now(), cpu());
        store.apply(batch).await?;
        spent = (spent.0 + began.elapsed(), spent.1 + (cpu() - cpu_before));
    }
    report("apply", rows, spent.0, spent.1);
    Ok(())
}

async fn opened(place: StorePlace) -> Result<(Store, Arc<Stream>), Fault> {
    let clock = FixedClock::at(Timestamp(1_700_000_000_000_000));
    let store = Store::open(StoreOptions::at(place), Arc::new(ontology()), clock).await?;
    let registration = StreamRegistration {
        source: SourceId::new("registry"),
        name: "subjects".to_owned(),
        kind: "registration".to_owned(),
        department: "registry".to_owned(),
        anchor: Some("subject".to_owned()),
    };
    let stream = store.register_streams(&[registration]).await?.remove(0);
    Ok((store, stream))
}

/// What is filled, and the order in which its rows came.
const TABLES: [(&str, &str); 8] = [
    ("record_key", "record"),
    ("record_registration", "record"),
    ("link", "record, role, since_seq"),
    ("identifier", "record"),
    ("entity_subject", "entity"),
    ("feed", "seq"),
    ("commits", "first_seq"),
    ("progress", "log"),
];

async fn sqlite(rows: u64, size: u64) -> Result<(), Fault> {
    let folder = tempfile::tempdir()?;
    let (old, new) = (folder.path().join("old.db"), folder.path().join("new.db"));
    let (store, stream) = opened(StorePlace::Sqlite { path: old.clone() }).await?;
    fill(&store, &stream, rows, size).await?;
    let began = Instant::now();
    let mut keys = store.known_keys(stream.number, 1);
    let mut n = 0;
    while let Some(page) = keys.next_page().await? {
        n += page.len();
    }
    eprintln!("{n} known keys in {:.3} s", began.elapsed().as_secs_f64());
    store.close().await;
    opened(StorePlace::Sqlite { path: new.clone() }).await?.0.close().await;
    let options = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(&new)
        .synchronous(sqlx::sqlite::SqliteSynchronous::Normal)
        .pragma("cache_size", "-98304")
        .pragma("wal_autocheckpoint", "4000");
    let mut connection = sqlx::SqliteConnection::connect_with(&options).await?;
    let attach = format!("ATTACH '{}' AS old", old.display());
    sqlx::raw_sql(AssertSqlSafe(attach)).execute(&mut connection).await?;
    let (began, cpu_before) = (Instant::now(), cpu());
    for (table, order) in TABLES {
        let sql = format!("INSERT INTO main.{table} SELECT * FROM old.{table} ORDER BY {order}");
        let (began, cpu_before) = (Instant::now(), cpu());
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await?;
        report(&format!("  {table}"), rows, began.elapsed(), cpu() - cpu_before);
    }
    report("SQLite's floor", rows, began.elapsed(), cpu() - cpu_before);
    Ok(())
}

async fn postgres(url: &str, rows: u64, size: u64) -> Result<(), Fault> {
    let mut connection = sqlx::PgConnection::connect(url).await?;
    let schemas = "DROP SCHEMA IF EXISTS speed CASCADE; CREATE SCHEMA speed; \
                   DROP SCHEMA IF EXISTS floor CASCADE; CREATE SCHEMA floor";
    sqlx::raw_sql(schemas).execute(&mut connection).await?;
    let place = |schema: &str| {
        let separator = if url.contains('?') { '&' } else { '?' };
        let url = format!("{url}{separator}options=-csearch_path%3D{schema}");
        StorePlace::Postgres { url: Credential::new(move || Ok(url.clone().into())) }
    };
    let (store, stream) = opened(place("speed")).await?;
    fill(&store, &stream, rows, size).await?;
    store.close().await;
    opened(place("floor")).await?.0.close().await;
    let began = Instant::now();
    for (table, order) in TABLES {
        let sql = format!("INSERT INTO floor.{table} SELECT * FROM speed.{table} ORDER BY {order}");
        let began = Instant::now();
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await?;
        report(&format!("  {table}"), rows, began.elapsed(), Duration::ZERO);
    }
    report("PostgreSQL's floor", rows, began.elapsed(), Duration::ZERO);
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Fault> {
    let mut words = std::env::args().skip(1);
    let rows = words.next().and_then(|word| word.parse().ok()).unwrap_or(150_000);
    let size = words.next().and_then(|word| word.parse().ok()).unwrap_or(5_000);
    match words.next() {
        None => sqlite(rows, size).await,
        Some(url) => postgres(&url, rows, size).await,
    }
}
