//! The parts of the program, made from the configuration: ontology, mappings, sources, store, audit, queries.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use config::draft::{SourceDraft, StoreDraft, StreamDraft};
use config::{Config, LocatedProblem, Overrides};
use hub::audit::Audit;
use hub::catalogue::keys::Keys;
use hub::catalogue::{Catalogue, StreamNote};
use hub::clock::Clock;
use hub::ingest::mapping::Mapping;
use hub::ingest::{DeclaredKeys, declared_keys};
use hub::ontology::{Label, Ontology};
use hub::query::{Query, QueryLimits};
use hub::sources::Sources;
use hub::store::{MigrationFault, Store, StoreError, StoreOptions, StorePlace};
use messages::{Lang, Message};

use crate::cli::Invocation;
use crate::clock::SystemClock;
use crate::exit::Exit;
use crate::output;
use crate::{judge, wiring};

/// What every command needs of the configuration.
pub(crate) struct App {
    pub(crate) config: Config,
    pub(crate) ontology: Arc<Ontology>,
    pub(crate) mappings: Vec<Arc<Mapping>>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) lang: Lang,
}

/// A server that restarts is back within this; then it is given up.
const RESTS: [Duration; 4] =
    [Duration::from_secs(1), Duration::from_secs(2), Duration::from_secs(4), Duration::from_secs(8)];

/// Why a command cannot go on: what to say, and how to end.
#[derive(Debug)]
pub(crate) struct Failed {
    pub(crate) exit: Exit,
    pub(crate) text: String,
}

impl Failed {
    /// A failure with the text of a message.
    pub(crate) fn new(exit: Exit, lang: Lang, message: &Message) -> Failed {
        Failed { exit, text: format!("{}: {}", message.code, message.render(lang)) }
    }

    /// A store that cannot be used.
    pub(crate) fn store(lang: Lang, error: &StoreError) -> Failed {
        let exit = match (error, error.retry()) {
            // Whoever holds it will leave it.
            (StoreError::InUse { .. }, _) | (_, contract::Retry::After(_)) => Exit::Retryable,
            (_, contract::Retry::Never) => Exit::Failure,
        };
        Failed::new(exit, lang, &error.message())
    }
}

/// An error with its causes, behind the text of its code.
pub(crate) fn chain(lang: Lang, code: &str, error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        words.push_str(": ");
        words.push_str(&error.to_string());
        cause = error.source();
    }
    match messages::text(code, lang) {
        Some(text) if messages::places(text).is_empty() => format!("{code}: {text} ({words})"),
        Some(_) | None => format!("{code}: {words}"),
    }
}

impl App {
    /// Reads and judges the whole configuration. Prints every problem.
    pub(crate) fn load(invocation: &Invocation) -> Result<App, Failed> {
        let lang = invocation.lang;
        let mut overrides = Overrides::of_process();
        overrides.flags.clone_from(&invocation.set);
        let judge::Sound { config, ontology, mappings } =
            judge::judge(&invocation.config, &overrides).map_err(|problems| refused(lang, &problems))?;
        let mappings = mappings.into_iter().map(Arc::new).collect();
        Ok(App { config, ontology, mappings, clock: Arc::new(SystemClock), lang })
    }

    /// All sources, ready to be connected to.
    pub(crate) fn sources(&self) -> Result<Sources, Failed> {
        let mut sources = Sources::new();
        let mut problems = Vec::new();
        for (department, source) in self.enabled_sources() {
            match wiring::source(source, &self.config.hub.zone) {
                Ok((connector, mut options)) => {
                    options.department.clone_from(&department.id);
                    sources.add(
                        contract::SourceId::new(source.id.clone()),
                        connector,
                        options,
                        self.clock.clone(),
                    );
                }
                Err(more) => problems.extend(more),
            }
        }
        if problems.is_empty() {
            return Ok(sources);
        }
        let problems: Vec<LocatedProblem> =
            problems.into_iter().map(|problem| self.config.located(problem)).collect();
        Err(refused(self.lang, &problems))
    }

    /// Sources that are not switched off, with their departments.
    pub(crate) fn enabled_sources(
        &self,
    ) -> impl Iterator<Item = (&config::draft::DepartmentDraft, &SourceDraft)> {
        self.config.departments.iter().flat_map(|department| {
            department
                .sources
                .iter()
                .filter(|source| source.is_enabled)
                .map(move |source| (department, source))
        })
    }

    /// The draft of a stream.
    pub(crate) fn stream_draft(&self, source: &str, stream: &str) -> Option<&StreamDraft> {
        self.enabled_sources()
            .filter(|(_, draft)| draft.id == source)
            .flat_map(|(_, draft)| &draft.streams)
            .find(|draft| draft.name == stream)
    }

    /// Whether the configuration has a stream, be its source switched off or not.
    pub(crate) fn is_configured(&self, source: &str, stream: &str) -> bool {
        self.configured().any(|(known, name)| known == source && name == stream)
    }

    /// Source and name of every stream of the configuration.
    fn configured(&self) -> impl Iterator<Item = (&str, &str)> {
        let sources = self.config.departments.iter().flat_map(|department| &department.sources);
        sources
            .flat_map(|source| source.streams.iter().map(|stream| (source.id.as_str(), stream.name.as_str())))
    }

    /// Where the store is, for people: a path or a server.
    pub(crate) fn store_place(&self) -> String {
        match &self.config.hub.store {
            StoreDraft::Sqlite { path } => path.display().to_string(),
            StoreDraft::Postgres { .. } => "PostgreSQL".to_owned(),
        }
    }

    /// How the store is reached.
    fn store_options(&self) -> StoreOptions {
        let place = match &self.config.hub.store {
            StoreDraft::Sqlite { path } => StorePlace::Sqlite { path: path.clone() },
            StoreDraft::Postgres { .. } => {
                StorePlace::Postgres { url: wiring::store_url(&self.config.hub.store) }
            }
        };
        let mut options = StoreOptions::at(place);
        if let StoreDraft::Postgres { max_connections, .. } = &self.config.hub.store {
            // One of them writes.
            options.readers = max_connections.saturating_sub(1);
        }
        options.fault = MigrationFault(crate::faults::hook());
        options
    }

    /// Opens the store for writing: one instance at a time.
    pub(crate) async fn store(&self) -> Result<Store, Failed> {
        self.open(self.store_options()).await
    }

    /// Opens the store for reading, beside an instance that writes.
    pub(crate) async fn reading_store(&self) -> Result<Store, Failed> {
        if let StorePlace::Sqlite { path } = &self.store_options().place
            && !path.exists()
        {
            let message = Message::new("TJ-V010").with("path", path.display());
            return Err(Failed::new(Exit::NotFound, self.lang, &message));
        }
        self.open(self.store_options().read_only()).await
    }

    async fn open(&self, options: StoreOptions) -> Result<Store, Failed> {
        let mut rests = match options.place {
            StorePlace::Postgres { .. } => RESTS.iter(),
            StorePlace::Sqlite { .. } => [].iter(),
        };
        loop {
            let opened = Store::open(options.clone(), self.ontology.clone(), self.clock.clone()).await;
            let Err(error) = opened else { return opened.map_err(|error| Failed::store(self.lang, &error)) };
            match rests.next().filter(|_| matches!(error.retry(), contract::Retry::After(_))) {
                Some(rest) => {
                    let again = Message::new("TJ-V261").with("seconds", rest.as_secs());
                    output::error(&format!(
                        "{} {}",
                        error.message().render(self.lang),
                        again.render(self.lang)
                    ));
                    tokio::time::sleep(*rest).await;
                }
                None => return Err(Failed::store(self.lang, &error)),
            }
        }
    }

    /// The read path over a store.
    pub(crate) async fn query(&self, store: Store) -> Result<Query, Failed> {
        self.patient_query(store, Duration::ZERO).await
    }

    /// The same, for a question that may take so long at least: nobody else waits while a person at the command line does.
    pub(crate) async fn patient_query(&self, store: Store, patience: Duration) -> Result<Query, Failed> {
        let audit = Audit::open(&self.config.hub.audit)
            .await
            .map_err(|error| Failed { exit: Exit::Failure, text: chain(self.lang, "TJ-V011", &error) })?;
        let limits = &self.config.server.limits;
        let time = Duration::from_secs(u64::from(limits.seconds)).max(patience);
        let per_caller = limits.readings_per_key as usize;
        let query = QueryLimits { time, per_caller, ..QueryLimits::default() };
        let declared = match self.mappings.iter().any(|mapping| mapping.key().is_empty()) {
            true => declared_keys(&store).await.map_err(|error| Failed::store(self.lang, &error))?,
            false => DeclaredKeys::new(),
        };
        Ok(Query::new(store, Arc::new(self.catalogue(&declared)), Arc::new(audit), self.clock.clone(), query))
    }

    /// What may be read at all; with the keys that sources declare, for streams whose mapping names none.
    pub(crate) fn catalogue(&self, declared: &DeclaredKeys) -> Catalogue {
        let named = self.config.departments.iter().fold(
            Catalogue::new(self.ontology.clone()),
            |catalogue, department| {
                let name = Label { zh: department.name_zh.clone(), en: department.name_en.clone() };
                catalogue.with_department(&department.id, name)
            },
        );
        let configured = self.configured().map(|(source, name)| (source.to_owned(), name.to_owned()));
        self.mappings.iter().fold(named.with_configured(configured.collect()), |catalogue, mapping| {
            let place = |mapping: &Mapping| (mapping.source().to_string(), mapping.stream().to_string());
            let columns = mapping.mapped_columns();
            let note = StreamNote {
                columns: columns.map(|(column, fields)| (column.to_owned(), fields.to_vec())).collect(),
                key: match mapping.key() {
                    [] => declared.get(&place(mapping)).cloned().unwrap_or_default(),
                    key => key.to_vec(),
                },
            };
            catalogue.with_stream(mapping.source().as_str(), &mapping.stream().to_string(), note)
        })
    }

    /// A department for people: its name, and its id, which commands take.
    pub(crate) fn department_label(&self, id: &str) -> String {
        let department = self.config.departments.iter().find(|department| department.id == id);
        let name = department.map(|department| match self.lang {
            Lang::Zh => department.name_zh.as_str(),
            Lang::En => department.name_en.as_str(),
        });
        match name.filter(|name| !name.is_empty()) {
            Some(name) => Message::new("TJ-V260").with("label", name).with("id", id).render(self.lang),
            None => id.to_owned(),
        }
    }

    /// A kind of records for people; its id where the configuration knows it no more.
    pub(crate) fn kind_label(&self, id: &str) -> String {
        self.ontology.kind(id).map_or_else(|| id.to_owned(), |kind| self.said(&kind.label, id))
    }

    /// The same of a kind of entities.
    pub(crate) fn entity_label(&self, id: &str) -> String {
        self.ontology.entity(id).map_or_else(|| id.to_owned(), |entity| self.said(&entity.label, id))
    }

    fn said(&self, label: &Label, id: &str) -> String {
        let text = match self.lang {
            Lang::Zh => &label.zh,
            Lang::En => &label.en,
        };
        if text.is_empty() { id.to_owned() } else { text.clone() }
    }

    /// The callers' keys.
    pub(crate) fn keys(&self) -> Result<Keys, Failed> {
        Keys::open(self.keys_file())
            .map_err(|error| Failed { exit: Exit::Failure, text: chain(self.lang, "TJ-V012", &error) })
    }

    /// Where the keys' digests are kept: beside the configuration.
    fn keys_file(&self) -> PathBuf {
        self.config.dir.join("keys.tsv")
    }
}

fn refused(lang: Lang, problems: &[LocatedProblem]) -> Failed {
    for problem in problems {
        output::error(&problem.render(lang));
    }
    Failed::new(Exit::Config, lang, &Message::new("TJ-V016").with("n", problems.len()))
}
