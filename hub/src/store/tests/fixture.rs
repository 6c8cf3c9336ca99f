//! A small ontology, streams over it, and batches in a few words.

use std::sync::Arc;

use contract::{Digest, SourceId, SourceKey};
use jiff::civil::date;
use messages::Message;

use crate::FieldValue;
use crate::clock::{FixedClock, Timestamp};
use crate::ontology::{
    EntityKind, EntityNature, Field, FieldType, Freshness, GoldenField, GoldenSource, IdentifierField, Kind,
    Label, Ontology, Role, Scheme, Sensitivity, Share,
};
use crate::store::{
    DeadLetter, Entry, Fault, Mapped, Outcome, PreparedBatch, Progress, Store, StoreOptions, StorePlace,
    Stream, StreamRegistration,
};

pub(super) fn field(id: &str, field_type: FieldType, freshness: Freshness) -> Field {
    Field {
        id: id.to_owned(),
        field_type,
        label: Label::default(),
        description: Label::default(),
        share: Share::Unconditional,
        sensitivity: Sensitivity::Internal,
        freshness,
        is_required: false,
        currency: "CNY".to_owned(),
        max_length: None,
        deprecated: None,
    }
}

fn role(id: &str, entity: &str, is_party: bool, identifiers: &[(Scheme, usize)]) -> Role {
    Role {
        id: id.to_owned(),
        entity: entity.to_owned(),
        label: Label::default(),
        is_party,
        inverse: "records".to_owned(),
        name: None,
        scored: None,
        identifiers: identifiers
            .iter()
            .map(|(scheme, field)| IdentifierField { scheme: *scheme, field: *field })
            .collect(),
    }
}

pub(super) fn kind(id: &str, fields: Vec<Field>, roles: Vec<Role>) -> Kind {
    Kind {
        id: id.to_owned(),
        plural: format!("{id}s"),
        label: Label::default(),
        description: Label::default(),
        share: Share::Unconditional,
        fields,
        roles,
        timely: Vec::new(),
    }
}

pub(super) fn golden(field: Field, from: &[(&str, usize, &str, Option<usize>)]) -> GoldenField {
    let from = from
        .iter()
        .map(|(kind, field, role, latest_by)| GoldenSource {
            kind: (*kind).to_owned(),
            field: *field,
            role: (*role).to_owned(),
            latest_by: *latest_by,
        })
        .collect();
    GoldenField { field, from }
}

/// Subjects anchored by registrations, persons by their numbers, penalties of parties.
pub(super) fn ontology() -> Ontology {
    use FieldType::{Identifier, Text};
    let registration = kind(
        "registration",
        vec![
            field("uscc", Identifier(Scheme::Uscc), Freshness::Key),
            field("reg_no", Identifier(Scheme::RegistrationNumber), Freshness::Key),
            field("name", Text, Freshness::Key),
            field("capital", FieldType::Money, Freshness::Copy),
            field("founded", FieldType::PartialDate, Freshness::Copy),
            field("rep_id", Identifier(Scheme::ResidentId), Freshness::Copy),
            field("rep_name", Text, Freshness::Copy),
            field("changed_on", FieldType::Date, Freshness::Copy),
            field("parent", Identifier(Scheme::SubjectNumber), Freshness::Copy),
        ],
        vec![
            role("subject", "subject", true, &[(Scheme::Uscc, 0), (Scheme::RegistrationNumber, 1)]),
            role("representative", "person", false, &[(Scheme::ResidentId, 5)]),
            role("parent", "subject", false, &[(Scheme::SubjectNumber, 8)]),
        ],
    );
    let holding = kind(
        "holding",
        vec![
            field("company", Identifier(Scheme::SubjectNumber), Freshness::Copy),
            field("holder", Identifier(Scheme::SubjectNumber), Freshness::Copy),
            field("person", Identifier(Scheme::ResidentId), Freshness::Copy),
        ],
        vec![
            role("party", "subject", true, &[(Scheme::SubjectNumber, 0)]),
            role("holder", "subject", false, &[(Scheme::SubjectNumber, 1)]),
            role("holder_person", "person", false, &[(Scheme::ResidentId, 2)]),
        ],
    );
    let penalty = kind(
        "penalty",
        vec![
            field("number", Text, Freshness::Key),
            field("party_code", Identifier(Scheme::Uscc), Freshness::Key),
            field("party_reg_no", Identifier(Scheme::RegistrationNumber), Freshness::Copy),
            field("party_tax_no", Identifier(Scheme::TaxId), Freshness::Copy),
            field("amount", FieldType::Money, Freshness::Copy),
            field("phone", FieldType::Phone, Freshness::Copy),
            field("valid_until", FieldType::Until, Freshness::Copy),
        ],
        vec![role(
            "party",
            "subject",
            true,
            &[(Scheme::Uscc, 1), (Scheme::RegistrationNumber, 2), (Scheme::TaxId, 3)],
        )],
    );
    let subject = EntityKind {
        id: "subject".to_owned(),
        plural: "subjects".to_owned(),
        label: Label::default(),
        description: Label::default(),
        share: Share::Unconditional,
        nature: EntityNature::Subject,
        fields: vec![
            golden(
                field("uscc", Identifier(Scheme::Uscc), Freshness::Key),
                &[("registration", 0, "subject", Some(7))],
            ),
            golden(field("name", Text, Freshness::Key), &[("registration", 2, "subject", Some(7))]),
            golden(field("phone", FieldType::Phone, Freshness::Copy), &[("penalty", 5, "party", None)]),
            golden(
                field("founded", FieldType::PartialDate, Freshness::Copy),
                &[("registration", 4, "subject", None)],
            ),
        ],
    };
    let person = EntityKind {
        id: "person".to_owned(),
        plural: "persons".to_owned(),
        label: Label::default(),
        description: Label::default(),
        share: Share::Unconditional,
        nature: EntityNature::Person,
        fields: vec![golden(
            field("name", Text, Freshness::Copy),
            &[("registration", 6, "representative", Some(7))],
        )],
    };
    Ontology {
        version: "0000000000000001".to_owned(),
        kinds: vec![holding, penalty, registration],
        entities: vec![person, subject],
        relations: Vec::new(),
        lists: std::collections::BTreeMap::new(),
    }
}

/// A store on a place of its own, gone with it.
pub(super) struct Place {
    pub(super) folder: tempfile::TempDir,
    pub(super) clock: Arc<FixedClock>,
}

impl Place {
    pub(super) fn new() -> Place {
        Place {
            folder: tempfile::tempdir().unwrap(),
            clock: FixedClock::at(Timestamp(1_700_000_000_000_000)),
        }
    }

    pub(super) fn options(&self) -> StoreOptions {
        StoreOptions::at(StorePlace::Sqlite { path: self.folder.path().join("hub.db") })
    }

    pub(super) async fn open(&self) -> Store {
        Store::open(self.options(), Arc::new(ontology()), self.clock.clone()).await.unwrap()
    }

    /// A store in a schema of its own, made anew.
    pub(super) async fn open_postgres(&self, url: &str, schema: &str) -> Store {
        self.open_postgres_with(url, schema, ontology()).await
    }

    /// The same with another ontology.
    pub(super) async fn open_postgres_with(&self, url: &str, schema: &str, ontology: Ontology) -> Store {
        use sqlx::Connection;
        let mut connection = sqlx::PgConnection::connect(url).await.unwrap();
        let sql = format!("DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}");
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
        let separator = if url.contains('?') { '&' } else { '?' };
        let url = format!("{url}{separator}options=-csearch_path%3D{schema}");
        let url = contract::Credential::new(move || Ok(url.clone().into()));
        let options = StoreOptions::at(StorePlace::Postgres { url });
        Store::open(options, Arc::new(ontology), self.clock.clone()).await.unwrap()
    }
}

/// The streams of the tests: two registries that anchor, two departments with penalties.
pub(super) struct Streams {
    pub(super) registry: Arc<Stream>,
    pub(super) old_registry: Arc<Stream>,
    pub(super) penalties: Arc<Stream>,
    pub(super) fines: Arc<Stream>,
}

pub(super) async fn streams(store: &Store) -> Streams {
    let stream = |source: &str, name: &str, kind: &str, anchor: Option<&str>| StreamRegistration {
        source: SourceId::new(source),
        name: name.to_owned(),
        kind: kind.to_owned(),
        department: source.to_owned(),
        anchor: anchor.map(str::to_owned),
    };
    let wanted = [
        stream("registry", "subjects", "registration", Some("subject")),
        stream("registry", "old_subjects", "registration", Some("subject")),
        stream("safety", "penalties", "penalty", None),
        stream("tax", "fines", "penalty", None),
    ];
    let mut made = store.register_streams(&wanted).await.unwrap().into_iter();
    let mut next = || made.next().unwrap();
    Streams { registry: next(), old_registry: next(), penalties: next(), fines: next() }
}

/// A stream of shares held: in a company, by a company or a person.
pub(super) async fn holdings(store: &Store) -> Arc<Stream> {
    let wanted = StreamRegistration {
        source: SourceId::new("registry"),
        name: "holdings".to_owned(),
        kind: "holding".to_owned(),
        department: "registry".to_owned(),
        anchor: None,
    };
    store.register_streams(&[wanted]).await.unwrap().remove(0)
}

/// A text, or nothing for `-`.
pub(super) fn text(text: &str) -> FieldValue {
    if text == "-" { FieldValue::Null } else { FieldValue::Text(text.to_owned()) }
}

fn digest(words: &[&str]) -> Digest {
    Digest::of(words.join("\u{1f}").as_bytes())
}

/// `key uscc reg_no name rep_hash day`, and perhaps the number of the parent; `-` is nothing.
pub(super) fn registration(line: &str) -> Entry {
    let mut words: Vec<&str> = line.split_whitespace().collect();
    if words.len() == 6 {
        words.push("-");
    }
    let [key, uscc, reg_no, name, hash, day, parent] = words[..] else {
        panic!("`{line}` is no registration")
    };
    let values = vec![
        text(uscc),
        text(reg_no),
        text(name),
        FieldValue::Money { units: 1_234_500, currency: "CNY".to_owned() },
        FieldValue::PartialDate { first: date(2001, 2, 1), precision: crate::Precision::Month },
        if hash == "-" { FieldValue::Null } else { text("6101**********1234") },
        if hash == "-" { FieldValue::Null } else { text(&format!("rep-{name}")) },
        if day == "-" { FieldValue::Null } else { FieldValue::Date(day.parse().unwrap()) },
        text(parent),
    ];
    let person_hashes = if hash == "-" { Vec::new() } else { vec![(5, hash.to_owned())] };
    Entry {
        key: SourceKey(key.to_owned()),
        digest: digest(&words),
        outcome: Outcome::Record(Mapped { values, person_hashes, flags: Vec::new() }),
    }
}

/// `key company holder person_hash`; `-` is nothing.
pub(super) fn holding(line: &str) -> Entry {
    let words: Vec<&str> = line.split_whitespace().collect();
    let [key, company, holder, hash] = words[..] else { panic!("`{line}` is no holding") };
    let person = if hash == "-" { FieldValue::Null } else { text("6101**********1234") };
    let person_hashes = if hash == "-" { Vec::new() } else { vec![(2, hash.to_owned())] };
    let values = vec![text(company), text(holder), person];
    Entry {
        key: SourceKey(key.to_owned()),
        digest: digest(&words),
        outcome: Outcome::Record(Mapped { values, person_hashes, flags: Vec::new() }),
    }
}

/// `key uscc reg_no tax_no phone`; `-` is nothing.
pub(super) fn penalty(line: &str) -> Entry {
    let words: Vec<&str> = line.split_whitespace().collect();
    let [key, uscc, reg_no, tax_no, phone] = words[..] else { panic!("`{line}` is no penalty") };
    let values = vec![
        text(&format!("no\t{key}\\")),
        text(uscc),
        text(reg_no),
        text(tax_no),
        FieldValue::Null,
        text(phone),
        FieldValue::Until(crate::Until::OpenEnded),
    ];
    let flags = if uscc == "bad" { vec![(1, "TJ-D030")] } else { Vec::new() };
    Entry {
        key: SourceKey(key.to_owned()),
        digest: digest(&words),
        outcome: Outcome::Record(Mapped { values, person_hashes: Vec::new(), flags }),
    }
}

pub(super) fn gone(key: &str) -> Entry {
    Entry { key: SourceKey(key.to_owned()), digest: Digest([0; 16]), outcome: Outcome::Delete }
}

pub(super) fn dead(key: &str, cell: &str) -> Entry {
    let fault = Fault {
        field: Some("amount".to_owned()),
        column: Some("JE".to_owned()),
        message: Message::new("TJ-D005").with("found", cell),
    };
    let cells = vec![("JE".to_owned(), Some(cell.to_owned())), ("BZ".to_owned(), None)];
    Entry {
        key: SourceKey(key.to_owned()),
        digest: digest(&["dead", key, cell]),
        outcome: Outcome::DeadLetter(DeadLetter { faults: vec![fault], cells }),
    }
}

pub(super) fn batch(stream: &Stream, entries: Vec<Entry>) -> PreparedBatch {
    let after = entries.last().map(|entry| entry.key.0.clone());
    PreparedBatch {
        stream: stream.number,
        mapping_version: 1,
        is_fresh: false,
        entries,
        progress: Some(Progress::Snapshot { generation: 1, after }),
    }
}

pub(super) async fn dump(store: &Store) -> String {
    let mut out = Vec::new();
    store.canonical_dump(&mut out).await.unwrap();
    String::from_utf8(out).unwrap()
}

/// The feed in a line an entry, without ids of entities.
pub(super) async fn told(store: &Store) -> Vec<String> {
    let entries = store.feed_after(crate::Seq(0), 10_000).await.unwrap();
    entries.iter().map(|entry| format!("{} {} {:?}", entry.seq.0, entry.kind, entry.change)).collect()
}
