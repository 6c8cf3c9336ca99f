//! Quality of what departments send: four shares a stream, each with the numbers it is made of. There is no score.
//!
//! Invariant: a reader sees its own department's; stewards and operators see all, and they alone see rows.

mod finding;
mod findings;
pub mod plan;
mod told;
mod view;

use std::collections::{BTreeMap, BTreeSet};

use crate::catalogue::Role;
use crate::store::read::Deadline;
use crate::store::{Stream, StreamNumber, StreamStatus};

use super::plan::Authorised;
use super::{Asker, Query, QueryError};

pub use finding::{FindingPlace, FindingQuestion, FindingSays, FindingView, QualityDimension};
pub use plan::Dimensions;
pub use view::{
    Agreement, DepartmentQuality, FieldQuality, QualityParts, QualityQuestion, Ratio, RuleQuality,
    StreamQuality, Timeliness, Validity,
};

use plan::Measure;
use told::Told;

/// The reason of a row that lacks a required value.
const MISSING: &str = "TJ-D001";
/// Groups that one question may count in.
const MOST_GROUPS: u32 = 1_000_000;

impl Query {
    /// The departments and the quality of what they send; to a reader its own.
    ///
    /// # Errors
    /// `Forbidden` for a reader that asks for another department; when the store fails or takes too long, or the
    /// question could not be written down.
    pub async fn quality(
        &self,
        asker: &Asker,
        question: &QualityQuestion,
    ) -> Result<Vec<DepartmentQuality>, QueryError> {
        let done = self.seated(asker, Box::pin(self.department_qualities(asker, question))).await;
        let done = done.map(|departments| {
            let n_streams = departments.iter().map(|department| department.streams.len() as u64).sum();
            (departments, BTreeSet::new(), n_streams)
        });
        self.written_down(asker, "quality", format!("quality {question:?}"), done).await
    }

    async fn department_qualities(
        &self,
        asker: &Asker,
        question: &QualityQuestion,
    ) -> Result<Vec<DepartmentQuality>, QueryError> {
        let own = match asker.caller.role {
            Role::Reader => Some(asker.caller.department.as_str()),
            Role::Steward | Role::Operator => None,
        };
        if own.is_some_and(|own| question.department.as_ref().is_some_and(|asked| asked != own)) {
            return Err(QueryError::Forbidden { needed: Role::Steward });
        }
        let is_asked = |id: &str| {
            own.is_none_or(|own| own == id) && question.department.as_ref().is_none_or(|asked| asked == id)
        };
        let streams = self.streams_of(question.source.as_deref(), question.stream.as_deref(), &is_asked);
        let mut departments: BTreeMap<String, DepartmentQuality> = BTreeMap::new();
        let narrowed = question.source.is_some() || question.stream.is_some();
        let known = self.catalogue.departments().filter(|_| !narrowed).map(|(id, _)| id.to_owned());
        let of_streams = streams.iter().map(|(stream, _)| stream.registration.department.clone());
        for id in known.chain(of_streams).filter(|id| is_asked(id)) {
            let name = self.catalogue.department(&id).cloned().unwrap_or_default();
            let (parts, streams) = (QualityParts::default(), Vec::new());
            departments.entry(id.clone()).or_insert(DepartmentQuality { id, name, parts, streams });
        }
        if question.wanted.any() {
            for (department, quality) in self.measured(&streams, question.wanted).await? {
                if let Some(department) = departments.get_mut(&department) {
                    department.parts.add(&quality.parts);
                    department.streams.push(quality);
                }
            }
        }
        Ok(departments.into_values().collect())
    }

    /// The streams asked for, as far as they may be known of, by source and name.
    fn streams_of(
        &self,
        source: Option<&str>,
        name: Option<&str>,
        is_asked: &dyn Fn(&str) -> bool,
    ) -> Vec<(std::sync::Arc<Stream>, Authorised<Measure>)> {
        self.store
            .streams()
            .into_iter()
            .filter(|stream| {
                let registration = &stream.registration;
                is_asked(&registration.department)
                    && self.catalogue.is_configured(registration.source.as_str(), &registration.name)
                    && source.is_none_or(|source| registration.source.as_str() == source)
                    && name.is_none_or(|name| registration.name == name)
            })
            .filter_map(|stream| Some((stream.clone(), Measure::of(&self.catalogue, &stream)?)))
            .collect()
    }

    /// All at one moment, within one deadline.
    async fn measured(
        &self,
        streams: &[(std::sync::Arc<Stream>, Authorised<Measure>)],
        wanted: Dimensions,
    ) -> Result<Vec<(String, StreamQuality)>, QueryError> {
        let now = self.clock.now();
        let statuses: BTreeMap<StreamNumber, StreamStatus> =
            self.store.stream_statuses().await?.into_iter().collect();
        let mut reader = self.store.at_one_moment(Deadline::after(self.limits.time), MOST_GROUPS).await?;
        let numbers: Vec<StreamNumber> = streams.iter().map(|(stream, _)| stream.number).collect();
        let mut aside = match wanted.completeness || wanted.validity {
            true => reader.set_aside(&numbers).await?,
            false => BTreeMap::new(),
        };
        let mut all = Vec::with_capacity(streams.len());
        for (stream, measure) in streams {
            let Some(kind) = self.catalogue.kind(&stream.registration.kind) else { continue };
            let sums = reader.measure(measure, wanted).await?;
            let aside = aside.remove(&stream.number).unwrap_or_default();
            let told = Told { query: self, kind, stream, measure: measure.get(), wanted };
            let quality = told.quality(sums, &aside, statuses.get(&stream.number), now);
            all.push((stream.registration.department.clone(), quality));
        }
        reader.end().await?;
        Ok(all)
    }
}

impl Query {
    /// The columns of a stream that fill a field.
    pub(super) fn columns_of(
        &self,
        registration: &crate::store::StreamRegistration,
        field: &str,
    ) -> Vec<String> {
        let note = self.catalogue.stream(registration.source.as_str(), &registration.name);
        let columns = note.map(|note| note.columns.iter()).into_iter().flatten();
        let fills = columns.filter(|(_, fields)| fields.iter().any(|id| id == field));
        fills.map(|(column, _)| column.clone()).collect()
    }
}
