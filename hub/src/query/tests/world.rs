//! A small world for tests: two departments, subjects with penalties, people, a kind nobody may see. Built through
//! the store's public door only, so that other crates' tests can have it too.

#[path = "world_ontology.rs"]
mod world_ontology;

use std::path::Path;
use std::sync::Arc;

use contract::{Digest, SourceId, SourceKey};
use jiff::civil::{Date, date};
use messages::Message;

use super::hub::audit::Audit;
use super::hub::catalogue::{Caller, Catalogue, Role, StreamNote};
use super::hub::clock::{FixedClock, Timestamp};
use super::hub::query::{Asker, Query, QueryLimits};
use super::hub::store::{
    DeadLetter, Entry, Fault, Mapped, Outcome, PreparedBatch, Store, StoreOptions, StorePlace, Stream,
    StreamRegistration,
};
use super::hub::{FieldValue, Precision, Until};

pub(crate) use world_ontology::ontology;

pub(crate) const HOUR: i64 = 3_600_000_000;
/// 2026-03-01T00:00:00Z.
pub(crate) const START: i64 = 1_772_323_200_000_000;

pub(crate) struct World {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) store: Store,
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) audit: Arc<Audit>,
    pub(crate) query: Arc<Query>,
    pub(crate) streams: Vec<Arc<Stream>>,
}

impl World {
    /// On SQLite.
    pub(crate) async fn new(n_subjects: i64) -> World {
        let folder = tempfile::tempdir().unwrap();
        let place = StorePlace::Sqlite { path: folder.path().join("hub.db") };
        World::at(folder, place, n_subjects, QueryLimits::default()).await
    }

    /// Anywhere.
    pub(crate) async fn at(
        folder: tempfile::TempDir,
        place: StorePlace,
        n_subjects: i64,
        limits: QueryLimits,
    ) -> World {
        let clock = FixedClock::at(Timestamp(START));
        let ontology = Arc::new(ontology());
        let store = Store::open(StoreOptions::at(place), ontology.clone(), clock.clone()).await.unwrap();
        let streams = store.register_streams(&registrations()).await.unwrap();
        let catalogue = Arc::new(
            Catalogue::new(ontology)
                .with_stream(
                    "scjg",
                    "dj",
                    note(&["id"], &[("id", &[]), ("mc", &["name"]), ("dbr", &["representative"])]),
                )
                .with_stream(
                    "yjj",
                    "cf",
                    note(
                        &["wsh"],
                        &[
                            ("wsh", &["number"]),
                            ("xdr", &["party_name"]),
                            ("je", &["amount"]),
                            ("rq", &["decided_on"]),
                            ("gb", &["published_at"]),
                            ("jbr", &["officer"]),
                        ],
                    ),
                )
                .with_stream("yjj", "xs", note(&["id"], &[]))
                .with_stream("scjg", "gd", note(&["id"], &[("id", &[])])),
        );
        let audit = Arc::new(Audit::open(&folder.path().join("audit.db")).await.unwrap());
        let query =
            Arc::new(Query::new(store.clone(), catalogue.clone(), audit.clone(), clock.clone(), limits));
        let world = World { folder, store, clock, audit, query, streams };
        world.fill(n_subjects).await;
        world
    }

    async fn fill(&self, n_subjects: i64) {
        let numbers: Vec<i64> = (1..=n_subjects).collect();
        for part in numbers.chunks(500) {
            self.apply(0, part.iter().map(|n| registration(*n)).collect()).await;
        }
        for part in numbers.chunks(500) {
            self.apply(1, part.iter().flat_map(|n| (0..n % 4).map(move |m| penalty(*n, m))).collect()).await;
        }
        self.apply(2, vec![clue(1)]).await;
    }

    /// Applies entries to a stream, an hour after what was before.
    pub(crate) async fn apply(&self, stream: usize, entries: Vec<Entry>) {
        let now = super::hub::clock::Clock::now(&*self.clock);
        self.clock.set(Timestamp(now.0 + HOUR));
        let batch = PreparedBatch {
            stream: self.streams[stream].number,
            mapping_version: 3,
            is_fresh: false,
            entries,
            progress: None,
        };
        self.store.apply(batch).await.unwrap();
    }
}

pub(crate) fn asker(role: Role) -> Asker {
    let caller = Caller { key: "k".into(), department: "scjg".into(), role, purpose: Some("核查".into()) };
    Asker { caller, request_id: "r-1".into() }
}

fn note(key: &[&str], columns: &[(&str, &[&str])]) -> StreamNote {
    StreamNote {
        key: key.iter().map(|column| (*column).to_owned()).collect(),
        columns: columns
            .iter()
            .map(|(column, fields)| {
                ((*column).to_owned(), fields.iter().map(|id| (*id).to_owned()).collect())
            })
            .collect(),
    }
}

fn registrations() -> Vec<StreamRegistration> {
    let stream = |source: &str, name: &str, kind: &str, anchor: Option<&str>| StreamRegistration {
        source: SourceId::new(source),
        name: name.to_owned(),
        kind: kind.to_owned(),
        department: source.to_owned(),
        anchor: anchor.map(str::to_owned),
    };
    vec![
        stream("scjg", "dj", "registration", Some("subject")),
        stream("yjj", "cf", "penalty", None),
        stream("yjj", "xs", "clue", None),
        stream("scjg", "gd", "holding", None),
    ]
}

/// A valid credit code, different for each number.
pub(crate) fn uscc(n: i64) -> String {
    let organisation = codes::OrganisationCode::compose(&format!("MA{n:06}")).unwrap();
    codes::Uscc::compose(&format!("91610131{}", organisation.as_str())).unwrap().as_str().to_owned()
}

fn text(text: impl Into<String>) -> FieldValue {
    FieldValue::Text(text.into())
}

fn day(n: i64) -> Date {
    date(2015, 1, 1).checked_add(jiff::Span::new().days(n)).unwrap()
}

fn entry(key: &str, values: Vec<FieldValue>, person_hashes: Vec<(usize, String)>) -> Entry {
    let digest = Digest::of(format!("{values:?}").as_bytes());
    let outcome = Outcome::Record(Mapped { values, person_hashes, flags: Vec::new() });
    Entry { key: SourceKey(key.to_owned()), digest, outcome }
}

/// Subject `n`; every field is sometimes unknown.
pub(crate) fn registration(n: i64) -> Entry {
    registration_named(n, &format!("西安高新{:03}公司", n * 7 % 1_000))
}

pub(crate) fn registration_named(n: i64, name: &str) -> Entry {
    let unless = |rest: i64, value: FieldValue| if n % 7 == rest { FieldValue::Null } else { value };
    let values = vec![
        text(uscc(n)),
        unless(1, text(name)),
        text("张三丰"),
        text("610***********002X"),
        text("13812341234"),
        text("西安市雁塔区科技路48号"),
        unless(
            2,
            FieldValue::Money {
                units: n % 5 * 10_000_000,
                currency: if n % 11 == 0 { "USD" } else { "CNY" }.into(),
            },
        ),
        unless(
            3,
            FieldValue::PartialDate {
                first: date(2000 + i16::try_from(n % 9).unwrap(), 1, 1),
                precision: [Precision::Year, Precision::Month, Precision::Day]
                    [usize::try_from(n % 3).unwrap()],
            },
        ),
        unless(
            4,
            FieldValue::Code {
                code: ["A", "I", "Q9"][usize::try_from(n % 3).unwrap()].into(),
                edition: if n % 3 == 2 { "" } else { "2017" }.into(),
            },
        ),
        unless(5, FieldValue::Until(if n % 4 == 0 { Until::OpenEnded } else { Until::On(day(n)) })),
        FieldValue::Date(day(n % 40)),
    ];
    entry(&n.to_string(), values, vec![(3, format!("{:032x}", n % 20))])
}

/// Penalty `m` of subject `n`.
pub(crate) fn penalty(n: i64, m: i64) -> Entry {
    penalty_of(n, m, &uscc(n), 10_000 * (n * 37 % 100 + m))
}

pub(crate) fn penalty_of(n: i64, m: i64, party: &str, units: i64) -> Entry {
    penalty_named(n, m, party, units, &format!("西安高新{n}店"))
}

pub(crate) fn penalty_named(n: i64, m: i64, party: &str, units: i64, name: &str) -> Entry {
    let known = |rest: i64, value: FieldValue| if (n + m) % 5 == rest { FieldValue::Null } else { value };
    let values = vec![
        text(format!("罚〔2025〕{n}-{m}%_\\")),
        text(party),
        text(name),
        known(0, FieldValue::Money { units, currency: "CNY".into() }),
        known(1, FieldValue::Date(day(n + m * 30))),
        text("未按规定公示\u{202e}𠮷"),
        known(2, FieldValue::Decimal(n * 100 - m)),
        known(3, FieldValue::Integer(n - m)),
        known(4, FieldValue::Bool((n + m) % 2 == 0)),
        known(0, FieldValue::Timestamp(START - n * HOUR)),
        text("李四"),
    ];
    entry(&format!("w{n}-{m}"), values, Vec::new())
}

/// Of subject `of`, somebody holds so many hundredths of a per cent: another subject, or a person.
pub(crate) fn holding(key: &str, of: i64, holder: Option<i64>, person: Option<i64>, ratio: i64) -> Entry {
    let holder = holder.map_or(FieldValue::Null, |n| text(uscc(n)));
    let id = person.map_or(FieldValue::Null, |_| text("610***********002X"));
    let values = vec![text(uscc(of)), holder, id, FieldValue::Decimal(ratio)];
    entry(key, values, person.map(|n| (2, format!("{n:032x}"))).into_iter().collect())
}

fn clue(n: i64) -> Entry {
    entry(&n.to_string(), vec![text(uscc(n)), text("秘密")], Vec::new())
}

pub(crate) fn gone(key: &str) -> Entry {
    Entry { key: SourceKey(key.to_owned()), digest: Digest([0; 16]), outcome: Outcome::Delete }
}

/// A row of penalties that was set aside; it holds an amount, an officer's name, and a column that is not mapped.
pub(crate) fn dead(key: &str) -> Entry {
    let fault = |field: &str, column: &str| Fault {
        field: Some(field.to_owned()),
        column: Some(column.to_owned()),
        message: Message::new("TJ-I004").with("position", 2).with("found", "王").with("expected", "3"),
    };
    let cells = [("wsh", key), ("je", "十万"), ("jbr", "王二麻子"), ("bz", "不给人看")];
    let cells = cells.iter().map(|(column, text)| ((*column).to_owned(), Some((*text).to_owned()))).collect();
    let faults = vec![fault("amount", "je"), fault("officer", "jbr")];
    let outcome = Outcome::DeadLetter(DeadLetter { faults, cells });
    Entry { key: SourceKey(key.to_owned()), digest: Digest::of(key.as_bytes()), outcome }
}

/// Where a place of its own on PostgreSQL can be made: `TONGJIAN_TEST_PG_URL` names a server's database.
pub(crate) fn postgres_url() -> Option<String> {
    std::env::var("TONGJIAN_TEST_PG_URL").ok()
}

pub(crate) fn path_of(world: &World) -> &Path {
    world.folder.path()
}
