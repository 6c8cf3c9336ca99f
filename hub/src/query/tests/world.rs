//! A small world for tests: two departments, subjects with penalties, people, a kind nobody may see. Built through
//! the store's public door only, so that other crates' tests can have it too.

use std::path::Path;
use std::sync::Arc;

use contract::{Digest, SourceId, SourceKey};
use jiff::civil::{Date, date};
use messages::Message;

use super::hub::audit::Audit;
use super::hub::catalogue::{Caller, Catalogue, Role, StreamNote};
use super::hub::clock::{FixedClock, Timestamp};
use super::hub::ontology::{
    CodeEntryDraft, EntityDraft, FieldDraft, GoldenFieldDraft, IdentifierDraft, KindDraft, ListDraft,
    Ontology, OntologyDraft, RoleDraft, TimelyDraft,
};
use super::hub::query::{Asker, Query, QueryLimits};
use super::hub::store::{
    DeadLetter, Entry, Fault, Mapped, Outcome, PreparedBatch, Store, StoreOptions, StorePlace, Stream,
    StreamRegistration,
};
use super::hub::{FieldValue, Precision, Until};

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
                .with_stream("yjj", "xs", note(&["id"], &[])),
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
    let known = |rest: i64, value: FieldValue| if (n + m) % 5 == rest { FieldValue::Null } else { value };
    let values = vec![
        text(format!("罚〔2025〕{n}-{m}%_\\")),
        text(party),
        text(format!("西安高新{n}")),
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

fn field(id: &str, words: &str) -> FieldDraft {
    let mut draft = FieldDraft {
        path: id.to_owned(),
        id: id.to_owned(),
        label_zh: format!("字段{id}"),
        label_en: format!("Field {id}"),
        ..FieldDraft::default()
    };
    for word in words.split(' ') {
        match word {
            "key" => draft.freshness = Some("key".to_owned()),
            "public" | "personal" => draft.sensitivity = Some(word.to_owned()),
            "uscc" | "resident_id" => {
                draft.field_type = "identifier".to_owned();
                draft.scheme = Some(word.to_owned());
            }
            "industry" => {
                draft.field_type = "code".to_owned();
                draft.code_list = Some(word.to_owned());
            }
            "decimal" => {
                draft.field_type = word.to_owned();
                draft.scale = Some(4);
            }
            other => draft.field_type = other.to_owned(),
        }
    }
    draft
}

fn role(id: &str, entity: &str, inverse: &str, is_party: bool, (scheme, by): (&str, &str)) -> RoleDraft {
    RoleDraft {
        path: id.to_owned(),
        id: id.to_owned(),
        entity: entity.to_owned(),
        label_zh: format!("角色{id}"),
        label_en: format!("Role {id}"),
        is_party,
        inverse: Some(inverse.to_owned()),
        identifiers: vec![IdentifierDraft {
            path: id.to_owned(),
            scheme: scheme.to_owned(),
            field: by.to_owned(),
        }],
        ..RoleDraft::default()
    }
}

fn kind(id: &str, plural: &str, share: &str, fields: Vec<FieldDraft>, roles: Vec<RoleDraft>) -> KindDraft {
    KindDraft {
        path: id.to_owned(),
        id: id.to_owned(),
        plural: plural.to_owned(),
        label_zh: format!("种类{id}"),
        label_en: format!("Kind {id}"),
        share: share.to_owned(),
        fields,
        roles,
        ..KindDraft::default()
    }
}

fn entity(id: &str, plural: &str, nature: &str, fields: &[(&str, &str, &[&str])]) -> EntityDraft {
    EntityDraft {
        path: id.to_owned(),
        id: id.to_owned(),
        plural: plural.to_owned(),
        label_zh: format!("主体{id}"),
        label_en: format!("Entity {id}"),
        nature: nature.to_owned(),
        fields: fields
            .iter()
            .map(|(id, words, from)| GoldenFieldDraft {
                field: field(id, words),
                from: from.iter().map(|from| (*from).to_owned()).collect(),
            })
            .collect(),
        ..EntityDraft::default()
    }
}

/// In seven working days at the hub, on the same working day published.
fn timely() -> Vec<TimelyDraft> {
    let rule = |to: Option<&str>, days: u32, since: Option<&str>| TimelyDraft {
        path: "penalty.timely".to_owned(),
        from: "decided_on".to_owned(),
        to: to.map(str::to_owned),
        days,
        count: "working".to_owned(),
        since: since.map(str::to_owned),
        ..TimelyDraft::default()
    };
    vec![rule(None, 7, Some("2016-05-30")), rule(Some("published_at"), 0, None)]
}

pub(crate) fn ontology() -> Ontology {
    let registration = kind(
        "registration",
        "registrations",
        "unconditional",
        vec![
            field("uscc", "uscc key public"),
            field("name", "text key public"),
            field("representative", "text personal"),
            field("representative_id", "resident_id personal"),
            field("phone", "phone personal"),
            field("address", "address personal"),
            field("capital", "money key"),
            field("founded", "partial_date key"),
            field("industry", "industry key"),
            field("valid_until", "until key"),
            field("registered_on", "date key"),
        ],
        vec![
            role("subject", "subject", "registrations", true, ("uscc", "uscc")),
            role(
                "representative_person",
                "person",
                "represents",
                false,
                ("resident_id", "representative_id"),
            ),
        ],
    );
    let penalty = kind(
        "penalty",
        "penalties",
        "conditional",
        vec![
            field("number", "text key public"),
            field("party_code", "uscc key"),
            field("party_name", "text"),
            field("amount", "money key"),
            field("decided_on", "date key"),
            field("reason", "text"),
            field("rate", "decimal key"),
            field("points", "integer key"),
            field("is_public", "bool key"),
            field("published_at", "timestamp key"),
            field("officer", "text personal"),
        ],
        vec![role("party", "subject", "penalties", true, ("uscc", "party_code"))],
    );
    let penalty = KindDraft { timely: timely(), ..penalty };
    let clue = kind(
        "clue",
        "clues",
        "not_shared",
        vec![field("party_code", "uscc key"), field("content", "text")],
        vec![role("party", "subject", "clues", true, ("uscc", "party_code"))],
    );
    let subject = entity(
        "subject",
        "subjects",
        "subject",
        &[
            ("uscc", "uscc key public", &["registration.uscc"]),
            ("name", "text key public", &["registration.name by registered_on", "penalty.party_name"]),
            ("phone", "phone personal", &["registration.phone"]),
            ("capital", "money key", &["registration.capital"]),
        ],
    );
    let person = entity(
        "person",
        "persons",
        "person",
        &[("name", "text personal", &["registration(representative_person).representative"])],
    );
    let entry = |code: &str, zh: &str, en: &str| CodeEntryDraft {
        code: code.to_owned(),
        zh: zh.to_owned(),
        en: en.to_owned(),
        ..CodeEntryDraft::default()
    };
    let industry = ListDraft {
        path: "industry".to_owned(),
        id: "industry".to_owned(),
        edition: "2017".to_owned(),
        label_zh: "行业".to_owned(),
        label_en: "Industry".to_owned(),
        entries: vec![entry("A", "农业", "Agriculture"), entry("I", "软件业", "Software")],
        ..ListDraft::default()
    };
    let draft = OntologyDraft {
        kinds: vec![registration, penalty, clue],
        entities: vec![subject, person],
        lists: vec![industry],
        ..OntologyDraft::default()
    };
    Ontology::build(draft).unwrap()
}
