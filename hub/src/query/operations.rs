//! What people who keep the hub running ask: sources, streams, counts, dead letters. Through the same gate.

use std::collections::BTreeMap;

use messages::Message;

use crate::catalogue::{Role, mask_cell};
use crate::clock::Timestamp;
use crate::ontology::{Field, Kind, Sensitivity};
use crate::store::{Counts, DeadLetterFilter, Fault, StoredDeadLetter, Stream, StreamNumber, StreamStatus};

use super::{Asker, Query, QueryError};

/// A connected source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceView {
    /// Its id.
    pub id: String,
    /// Whose database it is.
    pub department: String,
    /// Its streams, by name.
    pub streams: Vec<StreamView>,
}

/// A stream and how it is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamView {
    /// Source.
    pub source: String,
    /// Name in the source.
    pub name: String,
    /// Department.
    pub department: String,
    /// Record kind.
    pub kind: String,
    /// Entity kind whose entities it creates.
    pub anchor: Option<String>,
    /// How it was doing when it last said so.
    pub status: Option<StreamStatus>,
    /// Its counts.
    pub counts: Counts,
}

/// Counts of one kind of one department.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KindCounts {
    /// Department.
    pub department: String,
    /// Record kind.
    pub kind: String,
    /// Counts.
    pub counts: Counts,
}

/// A row set aside, as a steward may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetterView {
    /// Its number.
    pub number: i64,
    /// Source.
    pub source: String,
    /// Stream.
    pub stream: String,
    /// Department.
    pub department: String,
    /// Record kind.
    pub kind: String,
    /// Key at the source; parts that fill a personal field are masked.
    pub source_key: String,
    /// Reasons.
    pub faults: Vec<FaultView>,
    /// Cells of mapped columns, masked as the fields they fill.
    pub cells: Vec<(String, Option<String>)>,
    /// How often it was tried.
    pub attempts: i64,
    /// First.
    pub first_at: Timestamp,
    /// Last.
    pub last_at: Timestamp,
}

/// One reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultView {
    /// Field to blame.
    pub field: Option<String>,
    /// Column to blame.
    pub column: Option<String>,
    /// Why; what it quotes of a personal value is masked.
    pub message: Message,
}

/// Which dead letters a steward asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeadLetterQuestion {
    /// Of this source.
    pub source: Option<String>,
    /// Of this stream.
    pub stream: Option<String>,
    /// With this reason.
    pub code: Option<String>,
    /// After this number.
    pub after: Option<i64>,
    /// At most so many.
    pub first: u32,
}

impl Query {
    /// The sources and their streams. Streams of kinds that are not shared are not told of, nor those that the
    /// configuration has no more.
    ///
    /// # Errors
    /// When the store fails, or the question could not be written down.
    pub async fn sources(&self, asker: &Asker) -> Result<Vec<SourceView>, QueryError> {
        let done = self.seated(asker, Box::pin(self.stream_views())).await.map(|streams| {
            let mut sources: BTreeMap<String, SourceView> = BTreeMap::new();
            for stream in streams {
                let source = sources.entry(stream.source.clone()).or_insert_with(|| SourceView {
                    id: stream.source.clone(),
                    department: stream.department.clone(),
                    streams: Vec::new(),
                });
                source.streams.push(stream);
            }
            sources.into_values().collect::<Vec<_>>()
        });
        self.noted(asker, "sources", done, Vec::len).await
    }

    /// The streams.
    ///
    /// # Errors
    /// When the store fails, or the question could not be written down.
    pub async fn streams(&self, asker: &Asker) -> Result<Vec<StreamView>, QueryError> {
        let done = self.seated(asker, Box::pin(self.stream_views())).await;
        self.noted(asker, "streams", done, Vec::len).await
    }

    /// Counts by department and kind.
    ///
    /// # Errors
    /// When the store fails, or the question could not be written down.
    pub async fn status(&self, asker: &Asker) -> Result<Vec<KindCounts>, QueryError> {
        let done = self.seated(asker, Box::pin(self.stream_views())).await.map(|streams| {
            let mut counts: BTreeMap<(String, String), Counts> = BTreeMap::new();
            for stream in streams {
                counts.entry((stream.department, stream.kind)).or_default().add(&stream.counts);
            }
            counts
                .into_iter()
                .map(|((department, kind), counts)| KindCounts { department, kind, counts })
                .collect::<Vec<_>>()
        });
        self.noted(asker, "status", done, Vec::len).await
    }

    /// Rows set aside, by number; needs a steward.
    ///
    /// # Errors
    /// `Forbidden` for readers; when the store fails, or the question could not be written down.
    pub async fn dead_letters(
        &self,
        asker: &Asker,
        question: &DeadLetterQuestion,
    ) -> Result<Vec<DeadLetterView>, QueryError> {
        let done = match asker.caller.role {
            Role::Reader => Err(QueryError::Forbidden { needed: Role::Steward }),
            Role::Steward | Role::Operator => {
                self.seated(asker, Box::pin(self.dead_letter_views(question))).await
            }
        };
        self.noted(asker, &format!("deadLetters {question:?}"), done, Vec::len).await
    }

    async fn noted<T>(
        &self,
        asker: &Asker,
        plan: &str,
        done: Result<T, QueryError>,
        n_rows: impl Fn(&T) -> usize,
    ) -> Result<T, QueryError> {
        let operation = plan.split(' ').next().unwrap_or_default().to_owned();
        let done = done.map(|answer| {
            let n_rows = u64::try_from(n_rows(&answer)).unwrap_or(u64::MAX);
            (answer, std::collections::BTreeSet::new(), n_rows)
        });
        self.written_down(asker, &operation, plan.to_owned(), done).await
    }

    async fn stream_views(&self) -> Result<Vec<StreamView>, QueryError> {
        let mut statuses: BTreeMap<StreamNumber, StreamStatus> =
            self.store.stream_statuses().await?.into_iter().collect();
        let counts: BTreeMap<StreamNumber, Counts> =
            self.store.counts().await?.into_iter().map(|one| (one.stream, one.counts)).collect();
        Ok(self
            .store
            .streams()
            .iter()
            .filter(|stream| {
                let registration = &stream.registration;
                self.catalogue.kind(&registration.kind).is_some()
                    && self.catalogue.is_configured(registration.source.as_str(), &registration.name)
            })
            .map(|stream| StreamView {
                source: stream.registration.source.to_string(),
                name: stream.registration.name.clone(),
                department: stream.registration.department.clone(),
                kind: stream.registration.kind.clone(),
                anchor: stream.registration.anchor.clone(),
                status: statuses.remove(&stream.number),
                counts: counts.get(&stream.number).copied().unwrap_or_default(),
            })
            .collect())
    }

    async fn dead_letter_views(
        &self,
        question: &DeadLetterQuestion,
    ) -> Result<Vec<DeadLetterView>, QueryError> {
        let page = self.limits.plan.page;
        if question.first == 0 || question.first > page.saturating_add(1) {
            return Err(QueryError::BadPage { words: "`first` is not within its limits" });
        }
        let streams: Vec<_> = self
            .store
            .streams()
            .into_iter()
            .filter(|stream| {
                let registration = &stream.registration;
                self.catalogue.kind(&registration.kind).is_some()
                    && question.source.as_ref().is_none_or(|id| registration.source.as_str() == id)
                    && question.stream.as_ref().is_none_or(|name| registration.name == *name)
            })
            .collect();
        if streams.is_empty() {
            return Ok(Vec::new());
        }
        let filter = DeadLetterFilter {
            streams: streams.iter().map(|stream| stream.number).collect(),
            code: question.code.clone(),
            after: question.after,
            with_dropped: false,
        };
        let limit = usize::try_from(question.first).unwrap_or(usize::MAX);
        let letters = self.store.dead_letters(&filter, limit).await?;
        Ok(letters
            .into_iter()
            .filter_map(|letter| {
                let stream = streams.iter().find(|stream| stream.number == letter.stream)?;
                let kind = self.catalogue.kind(&stream.registration.kind)?;
                Some(self.dead_letter_view(stream, kind, letter))
            })
            .collect())
    }

    pub(super) fn dead_letter_view(
        &self,
        stream: &Stream,
        kind: &Kind,
        letter: StoredDeadLetter,
    ) -> DeadLetterView {
        let registration = &stream.registration;
        let source = registration.source.as_str();
        let fields = |column: &str| self.catalogue.column_fields(source, &registration.name, kind, column);
        let cells = letter
            .cells
            .into_iter()
            .filter_map(|(column, text)| {
                let fields = fields(&column);
                let is_mapped = !fields.is_empty();
                is_mapped.then(|| (column, text.map(|text| mask_cell(&fields, &text))))
            })
            .collect();
        let faults = letter
            .faults
            .into_iter()
            .map(|fault| masked_fault(kind, &fields(fault.column.as_deref().unwrap_or_default()), fault))
            .collect();
        DeadLetterView {
            number: letter.number,
            source: source.to_owned(),
            stream: registration.name.clone(),
            department: registration.department.clone(),
            kind: kind.id.clone(),
            source_key: self.catalogue.masked_key(source, &registration.name, kind, &letter.key),
            faults,
            cells,
            attempts: letter.attempts,
            first_at: letter.first_at,
            last_at: letter.last_at,
        }
    }
}

/// What a message quotes of a personal value goes; positions and what should stand there stay.
fn masked_fault(kind: &Kind, column_fields: &[&Field], fault: Fault) -> FaultView {
    let of_field = fault.field.as_ref().and_then(|id| kind.fields.iter().find(|field| field.id == *id));
    let is_known = of_field.is_some() || !column_fields.is_empty();
    // Why a row has no key is said in words of ours: a column's name, a file, a line.
    let is_ours = fault.message.code == "TJ-D020";
    let fields = || of_field.iter().copied().chain(column_fields.iter().copied());
    let is_personal = fields().any(|field| field.sensitivity == Sensitivity::Personal);
    let may_name_people = fields().any(|field| field.sensitivity == Sensitivity::Organisation);
    let mut message = fault.message;
    for (name, value) in &mut message.args {
        let is_told = matches!(
            *name,
            "position" | "expected" | "field" | "column" | "limit" | "length" | "file" | "line" | "n_found"
        );
        let is_hidden =
            is_personal || !(is_known || is_ours) || (may_name_people && !codes::is_organisation_name(value));
        if is_hidden && !is_told {
            "***".clone_into(value);
        } else if is_known && !is_told {
            let fields: Vec<&Field> = fields().collect();
            *value = mask_cell(&fields, value);
        }
    }
    let column = fault.column.filter(|_| is_known);
    FaultView { field: fault.field, column, message }
}
