//! Two kinds, as many scripted sources as a test wants, and a store in a folder of its own.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use contract::{Source, SourceId};
use jiff::tz::TimeZone;

use super::super::*;
use super::script::{Script, Table};
use crate::clock::FixedClock;
use crate::ontology::{
    EntityDraft, FieldDraft, GoldenFieldDraft, IdentifierDraft, KindDraft, Ontology, OntologyDraft, RoleDraft,
};
use crate::sources::SourceOptions;
use crate::store::{DeadLetterFilter, StoreOptions, StorePlace};

pub(super) struct House {
    pub(super) ingest: Ingest,
    pub(super) store: Store,
    pub(super) scripts: BTreeMap<String, Arc<Script>>,
    pub(super) folder: tempfile::TempDir,
    options: IngestOptions,
}

fn field(kind: &str, id: &str, field_type: &str) -> FieldDraft {
    let is_identifier = matches!(field_type, "uscc" | "resident_id");
    FieldDraft {
        path: format!("kind.{kind}.field.{id}"),
        id: id.into(),
        field_type: if is_identifier { "identifier" } else { field_type }.into(),
        scheme: is_identifier.then(|| field_type.into()),
        sensitivity: (field_type == "resident_id").then(|| "personal".into()),
        label_zh: id.into(),
        ..FieldDraft::default()
    }
}

fn kind(id: &str) -> KindDraft {
    KindDraft {
        path: format!("kind.{id}"),
        id: id.into(),
        plural: format!("{id}s"),
        label_zh: id.into(),
        share: "unconditional".into(),
        fields: vec![
            field(id, "code", "uscc"),
            field(id, "title", "text"),
            field(id, "amount", "money"),
            field(id, "owner", "resident_id"),
        ],
        roles: vec![RoleDraft {
            path: format!("kind.{id}.role.party"),
            id: "party".into(),
            entity: "subject".into(),
            is_party: true,
            identifiers: vec![IdentifierDraft {
                path: String::new(),
                scheme: "uscc".into(),
                field: "code".into(),
            }],
            ..RoleDraft::default()
        }],
        ..KindDraft::default()
    }
}

pub(super) fn ontology() -> Arc<Ontology> {
    let draft = OntologyDraft {
        is_scored: true,
        kinds: vec![kind("registration"), kind("penalty")],
        entities: vec![EntityDraft {
            path: "entity.subject".into(),
            id: "subject".into(),
            plural: "subjects".into(),
            label_zh: "主体".into(),
            nature: "subject".into(),
            fields: vec![GoldenFieldDraft {
                field: field("subject", "name", "text"),
                from: vec!["registration.title".into(), "penalty.title".into()],
            }],
            ..EntityDraft::default()
        }],
        ..OntologyDraft::default()
    };
    Arc::new(Ontology::build(draft).unwrap())
}

/// `registry/subjects` feeds registrations and is an anchor; every other stream feeds penalties. The mapping of a stream
/// `keyless` leaves the key to the source.
pub(super) fn plan(source: &str, stream: &str) -> StreamPlan {
    let is_registry = source == "registry";
    let fields = [("code", "CODE"), ("title", "TITLE"), ("amount", "AMOUNT")];
    let draft = MappingDraft {
        path: format!("source.{source}.stream[0]"),
        source: SourceId::new(source),
        stream: stream.parse().unwrap(),
        kind: if is_registry { "registration" } else { "penalty" }.into(),
        anchor: is_registry.then(|| "subject".into()),
        key: if stream == "keyless" { Vec::new() } else { vec!["ID".into()] },
        zone: "Asia/Shanghai".into(),
        placeholders: Vec::new(),
        fields: fields
            .into_iter()
            .map(|(field, column)| FieldMappingDraft::column("", field, column))
            .collect(),
    };
    let mapping = Mapping::build(draft, &ontology(), None).unwrap();
    let options =
        StreamOptions { interval: Duration::from_secs(10), min_rows: 10, ..StreamOptions::default() };
    StreamPlan { mapping: Arc::new(mapping), options }
}

pub(super) const COLUMNS: [&str; 4] = ["ID", "CODE", "TITLE", "AMOUNT"];

/// A table of `n` good rows with keys `00000`, `00001`, ….
pub(super) fn table(n: usize) -> Table {
    let rows = (0..n).map(|n| row(n, "甲")).collect();
    Table { columns: COLUMNS.map(str::to_owned).to_vec(), rows, ..Table::default() }
}

pub(super) fn row(n: usize, title: &str) -> (Option<String>, Vec<String>) {
    let code = codes::Uscc::compose(&format!(
        "91610131{}",
        codes::OrganisationCode::compose(&format!("MA6{n:05}")).unwrap()
    ));
    (Some(format!("{n:05}")), vec![code.unwrap().to_string(), format!("{title}{n}"), format!("{n}.5")])
}

pub(super) fn small() -> IngestOptions {
    IngestOptions {
        batch_rows: 10,
        transaction_rows: 10,
        attempts: 3,
        stall: Duration::from_secs(30),
        ..IngestOptions::default()
    }
}

impl House {
    pub(super) async fn with(streams: &[(&str, &str)], options: IngestOptions) -> House {
        let folder = tempfile::tempdir().unwrap();
        House::at(folder, BTreeMap::new(), streams, options).await
    }

    /// Another process on the same store and sources.
    pub(super) async fn again(self, streams: &[(&str, &str)]) -> House {
        let House { ingest, store, scripts, folder, options } = self;
        drop(ingest);
        store.close().await;
        drop(store);
        House::at(folder, scripts, streams, options).await
    }

    async fn at(
        folder: tempfile::TempDir,
        mut scripts: BTreeMap<String, Arc<Script>>,
        streams: &[(&str, &str)],
        options: IngestOptions,
    ) -> House {
        let clock: Arc<dyn Clock> = FixedClock::at(Timestamp(1_700_000_000_000_000));
        let place = StoreOptions::at(StorePlace::Sqlite { path: folder.path().join("hub.db") });
        let store = Store::open(place, ontology(), clock.clone()).await.unwrap();
        let mut sources = Sources::new().with_longest_rest(Duration::from_millis(1));
        for (source, _) in streams {
            let script = scripts.entry((*source).to_owned()).or_default();
            let agreed = SourceOptions {
                department: (*source).to_owned(),
                max_readings: 2,
                rows_per_second: None,
                hours: Vec::new(),
                zone: TimeZone::UTC,
                credential: None,
            };
            sources.add(SourceId::new(*source), Arc::clone(script) as Arc<dyn Source>, agreed, clock.clone());
        }
        let plans = streams.iter().map(|(source, stream)| plan(source, stream)).collect();
        let ingest = Ingest::new(store.clone(), &sources, plans, options.clone(), clock).await.unwrap();
        House { ingest, store, scripts, folder, options }
    }

    /// One source `a` with one stream `t` of `n` good rows.
    pub(super) async fn of(n: usize, options: IngestOptions) -> House {
        let house = House::with(&[("a", "t")], options).await;
        house.script("a").change("t", |t| *t = table(n));
        house
    }

    pub(super) fn script(&self, source: &str) -> &Arc<Script> {
        &self.scripts[source]
    }

    pub(super) fn change(&self, change: impl FnOnce(&mut Table)) {
        self.script("a").change("t", change);
    }

    pub(super) async fn pull(&self) -> StreamProgress {
        self.ingest.pull(&Filter::default(), &Stop::new()).await.streams.remove(0)
    }

    /// A pull that must go through: inserted, updated, deleted, set aside.
    #[track_caller]
    pub(super) fn pulls(&self) -> impl Future<Output = (u64, u64, u64, u64)> {
        let caller = std::panic::Location::caller();
        async move {
            let progress = self.pull().await;
            assert_eq!(progress.state, StreamState::Idle, "{:?} at {caller}", progress.message);
            let done = progress.applied;
            (done.inserted, done.updated, done.deleted, done.dead_letters)
        }
    }

    pub(super) async fn dump(&self) -> String {
        let mut out = Vec::new();
        self.store.canonical_dump(&mut out).await.unwrap();
        String::from_utf8(out).unwrap()
    }

    /// Key and codes of every dead letter, sorted.
    pub(super) async fn letters(&self) -> Vec<String> {
        let letters = self.store.dead_letters(&DeadLetterFilter::default(), 1000).await.unwrap();
        let mut texts: Vec<String> = letters
            .iter()
            .map(|letter| {
                let codes: Vec<&str> = letter.faults.iter().map(|fault| fault.message.code).collect();
                format!("{} {}", letter.key, codes.join(" "))
            })
            .collect();
        texts.sort();
        texts
    }

    pub(super) async fn n_records(&self) -> u64 {
        let counts = self.store.counts().await.unwrap();
        counts.iter().map(|one| one.counts.linked + one.counts.waiting + one.counts.nobody).sum()
    }
}
