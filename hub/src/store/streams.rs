//! The registry of streams, and how each is doing.

use std::sync::{Arc, PoisonError};

use contract::SourceId;

use crate::clock::Timestamp;

use super::session::{Param, Session};
use super::{Progress, Store, StoreError, StreamNumber};

/// A stream as the configuration describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamRegistration {
    /// Its source.
    pub source: SourceId,
    /// Its name inside the source.
    pub name: String,
    /// The kind it feeds.
    pub kind: String,
    /// The department whose database it is.
    pub department: String,
    /// The entity kind whose entities its records create.
    pub anchor: Option<String>,
}

/// A registered stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stream {
    /// The store's number of it.
    pub number: StreamNumber,
    /// As registered.
    pub registration: StreamRegistration,
    /// Index of its kind in the ontology.
    pub kind: usize,
    /// Index of the role through which its records are their own entity, where it is an anchor.
    pub anchor_role: Option<usize>,
}

/// How a stream is doing; written by whoever pulls it, read by whoever asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamStatus {
    /// A short word of the supervisor's: `waiting`, `reading`, `idle`, `failed`, `held`, …
    pub state: String,
    /// Since when.
    pub since: Timestamp,
    /// Why, where there is a reason; rendered for people already, without cells.
    pub message: Option<String>,
    /// Begin of the last reading.
    pub started_at: Option<Timestamp>,
    /// End of the last complete reading.
    pub finished_at: Option<Timestamp>,
    /// Rows read in this or the last reading.
    pub n_read: i64,
    /// Rows the source is said to have.
    pub n_rows: Option<i64>,
}

impl Store {
    /// Makes streams known; gives them in the same order. A stream keeps its number for ever.
    ///
    /// # Errors
    /// When a kind or entity kind is unknown, or a stream fed another kind before.
    pub async fn register_streams(
        &self,
        wanted: &[StreamRegistration],
    ) -> Result<Vec<Arc<Stream>>, StoreError> {
        self.may_write()?;
        let mut writer = self.inner.writer.lock().await;
        let mut session = writer.begin(&self.inner.pools).await?;
        let known: Vec<(i16, String, String)> = session
            .fetch("SELECT stream, source, name FROM stream ORDER BY stream", &[])
            .await?
            .iter()
            .map(|row| Ok((row.small(0)?, row.text(1)?, row.text(2)?)))
            .collect::<Result<_, StoreError>>()?;
        let mut next = known.last().map_or(0, |(number, _, _)| *number);
        let mut numbers = Vec::new();
        for one in wanted {
            let found =
                known.iter().find(|(_, source, name)| *source == one.source.as_str() && *name == one.name);
            let number = match found {
                Some((number, _, _)) => *number,
                None => {
                    next += 1;
                    next
                }
            };
            self.put_stream(&mut session, number, one).await?;
            numbers.push(StreamNumber(number));
        }
        session.commit().await?;
        let mut session = self.reader().await?;
        self.load_streams(&mut session).await?;
        numbers.into_iter().map(|number| self.stream(number)).collect()
    }

    async fn put_stream(
        &self,
        session: &mut Session,
        number: i16,
        wanted: &StreamRegistration,
    ) -> Result<(), StoreError> {
        let layout = self.layout();
        let stream = format!("{}/{}", wanted.source, wanted.name);
        let ontology = self.ontology();
        let unknown = |what, name: &str| StoreError::Unknown { what, name: name.to_owned() };
        let kind = layout
            .kinds
            .iter()
            .find(|kind| kind.id == wanted.kind)
            .ok_or_else(|| unknown("record kind", &wanted.kind))?;
        let anchor = match &wanted.anchor {
            None => None,
            Some(entity) => {
                let role = ontology
                    .kind(&wanted.kind)
                    .is_some_and(|kind| kind.roles.iter().any(|role| role.entity == *entity));
                let table = layout.entities.iter().find(|table| table.id == *entity);
                match (table, role) {
                    (None, _) => return Err(unknown("entity kind", entity)),
                    (Some(_), false) => {
                        let (kind, entity) = (wanted.kind.clone(), entity.clone());
                        return Err(StoreError::NoAnchorRole { stream, kind, entity });
                    }
                    (Some(table), true) => Some(i64::from(table.number)),
                }
            }
        };
        let stored = session
            .fetch_first(
                "SELECT k.kind, k.name FROM stream s JOIN kind k ON k.kind = s.kind WHERE s.stream = $1",
                &[Param::Int(number.into())],
            )
            .await?;
        if let Some(row) = stored
            && row.small(0)? != kind.number
        {
            return Err(StoreError::KindChanged {
                stream,
                stored: row.text(1)?,
                wanted: wanted.kind.clone(),
            });
        }
        session
            .execute(
                "INSERT INTO stream (stream, source, name, kind, department, anchor) VALUES ($1, $2, $3, $4, $5, $6) \
                 ON CONFLICT (stream) DO UPDATE SET department = excluded.department, anchor = excluded.anchor",
                &[
                    Param::Int(number.into()),
                    Param::Text(wanted.source.as_str().to_owned()),
                    Param::Text(wanted.name.clone()),
                    Param::Int(kind.number.into()),
                    Param::Text(wanted.department.clone()),
                    Param::OptInt(anchor),
                ],
            )
            .await
            .map(drop)
    }

    /// Reads the registry into memory. Streams of kinds that the ontology no longer has are left out.
    pub(super) async fn load_streams(&self, session: &mut Session) -> Result<(), StoreError> {
        let layout = self.layout();
        let rows =
            session.fetch("SELECT stream, source, name, kind, department, anchor FROM stream", &[]).await?;
        let mut streams = std::collections::HashMap::new();
        for row in rows {
            let number = StreamNumber(row.small(0)?);
            let Some(kind) = layout.kind_by_number(row.small(3)?) else { continue };
            let Some(described) = self.ontology().kinds.get(kind) else { continue };
            let anchor = match row.opt_int(5)? {
                None => None,
                Some(number) => {
                    let index = i16::try_from(number).ok().and_then(|number| layout.entity_by_number(number));
                    index.and_then(|index| layout.entities.get(index)).map(|table| table.id.clone())
                }
            };
            let anchor_role = anchor.as_ref().and_then(|entity| {
                let of_entity = |role: &&crate::ontology::Role| role.entity == *entity;
                let party = described.roles.iter().position(|role| role.is_party && of_entity(&role));
                party.or_else(|| described.roles.iter().position(|role| of_entity(&role)))
            });
            let registration = StreamRegistration {
                source: SourceId::new(row.text(1)?),
                name: row.text(2)?,
                kind: described.id.clone(),
                department: row.text(4)?,
                anchor,
            };
            streams.insert(number, Arc::new(Stream { number, registration, kind, anchor_role }));
        }
        *self.inner.streams.write().unwrap_or_else(PoisonError::into_inner) = streams;
        Ok(())
    }

    /// A registered stream.
    ///
    /// # Errors
    /// When no stream has the number.
    pub fn stream(&self, number: StreamNumber) -> Result<Arc<Stream>, StoreError> {
        let streams = self.inner.streams.read().unwrap_or_else(PoisonError::into_inner);
        let unknown = || StoreError::Unknown { what: "stream", name: number.0.to_string() };
        streams.get(&number).cloned().ok_or_else(unknown)
    }

    /// All registered streams, by source and name.
    #[must_use]
    pub fn streams(&self) -> Vec<Arc<Stream>> {
        let streams = self.inner.streams.read().unwrap_or_else(PoisonError::into_inner);
        let mut all: Vec<Arc<Stream>> = streams.values().cloned().collect();
        all.sort_by(|a, b| {
            let of = |s: &Stream| (s.registration.source.clone(), s.registration.name.clone());
            of(a).cmp(&of(b))
        });
        all
    }

    /// The stored progress of a stream.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn progress(&self, stream: StreamNumber) -> Result<Option<Progress>, StoreError> {
        let log = self.stream(stream)?.log();
        let mut session = self.reader().await?;
        let row =
            session.fetch_first("SELECT state FROM progress WHERE log = $1", &[Param::Text(log)]).await?;
        let Some(row) = row else { return Ok(None) };
        let text = row.text(0)?;
        serde_json::from_str(&text)
            .map(Some)
            .map_err(|_| StoreError::Unreadable { words: format!("progress `{text}`") })
    }

    /// Stores how a stream is doing.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn set_stream_status(
        &self,
        stream: StreamNumber,
        status: &StreamStatus,
    ) -> Result<(), StoreError> {
        self.may_write()?;
        let mut writer = self.inner.writer.lock().await;
        let mut session = writer.begin(&self.inner.pools).await?;
        session
            .execute(
                "INSERT INTO stream_status (stream, state, since, message, started_at, finished_at, n_read, n_rows) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (stream) DO UPDATE SET state = excluded.state, \
                 since = excluded.since, message = excluded.message, started_at = excluded.started_at, \
                 finished_at = excluded.finished_at, n_read = excluded.n_read, n_rows = excluded.n_rows",
                &[
                    Param::Int(stream.0.into()),
                    Param::Text(status.state.clone()),
                    Param::Int(status.since.0),
                    Param::OptText(status.message.clone()),
                    Param::OptInt(status.started_at.map(|at| at.0)),
                    Param::OptInt(status.finished_at.map(|at| at.0)),
                    Param::Int(status.n_read),
                    Param::OptInt(status.n_rows),
                ],
            )
            .await?;
        session.commit().await
    }

    /// How each stream was doing when it last said so.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn stream_statuses(&self) -> Result<Vec<(StreamNumber, StreamStatus)>, StoreError> {
        let mut session = self.reader().await?;
        let rows = session
            .fetch(
                "SELECT stream, state, since, message, started_at, finished_at, n_read, n_rows FROM stream_status \
                 ORDER BY stream",
                &[],
            )
            .await?;
        rows.iter()
            .map(|row| {
                let status = StreamStatus {
                    state: row.text(1)?,
                    since: Timestamp(row.int(2)?),
                    message: row.opt_text(3)?,
                    started_at: row.opt_int(4)?.map(Timestamp),
                    finished_at: row.opt_int(5)?.map(Timestamp),
                    n_read: row.int(6)?,
                    n_rows: row.opt_int(7)?,
                };
                Ok((StreamNumber(row.small(0)?), status))
            })
            .collect()
    }
}

impl Stream {
    /// The name its progress is kept under.
    pub(crate) fn log(&self) -> String {
        format!("{}/{}", self.registration.source, self.registration.name)
    }
}
