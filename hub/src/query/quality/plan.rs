//! What is measured of a stream, as the store needs it: judged already, so that only what readers may know of is in it.

use crate::ontology::{Kind, Share, Timely};
use crate::store::{MatchState, Stream, StreamNumber};

use super::super::judge;
use super::super::plan::{Authorised, Target};
use crate::catalogue::Catalogue;

/// Which of the four are asked for. Nothing is read for what is not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dimensions {
    /// Whether fields hold values.
    pub completeness: bool,
    /// Whether rows could be read.
    pub validity: bool,
    /// Whether records came in time.
    pub timeliness: bool,
    /// Whether others say the same.
    pub agreement: bool,
    /// How many records there are, whom they speak of, when the newest came.
    pub counts: bool,
}

impl Dimensions {
    /// All of them.
    #[must_use]
    pub fn all() -> Dimensions {
        Dimensions { completeness: true, validity: true, timeliness: true, agreement: true, counts: true }
    }

    /// Whether anything is asked for.
    #[must_use]
    pub fn any(self) -> bool {
        self != Dimensions::default()
    }
}

/// What is measured of one stream.
#[derive(Clone, Debug)]
pub(crate) struct Measure {
    /// The stream.
    pub(crate) stream: StreamNumber,
    /// The name its progress is kept under.
    pub(crate) log: String,
    /// Its record kind.
    pub(crate) kind: String,
    /// Indexes of the kind's fields that the mapping fills.
    pub(crate) fields: Vec<usize>,
    /// Ids of the kind's fields that readers may know of.
    told: Vec<String>,
    /// By when its records should be here.
    pub(crate) rules: Vec<Timely>,
    /// Golden fields that it states too.
    pub(crate) claims: Vec<Claim>,
}

/// A golden field that a stream states too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Claim {
    /// The role through which the record speaks of the entity.
    pub(crate) role: String,
    /// The entity kind.
    pub(crate) entity: String,
    /// The golden field.
    pub(crate) golden: String,
    /// Index of the kind's field.
    pub(crate) field: usize,
}

/// What is looked for in the records of a stream.
#[derive(Clone, Debug, Default)]
pub(crate) struct Search {
    /// Places in [`Measure::fields`] without a value.
    pub(crate) missing: Vec<usize>,
    /// Flagged values.
    pub(crate) flags: Option<FlagSearch>,
    /// Places in [`Measure::rules`].
    pub(crate) rules: Vec<usize>,
    /// States of matching.
    pub(crate) states: Vec<MatchState>,
    /// Places in [`Measure::claims`].
    pub(crate) claims: Vec<usize>,
}

impl Search {
    /// Whether it can find nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.missing.is_empty()
            && self.flags.is_none()
            && self.rules.is_empty()
            && self.states.is_empty()
            && self.claims.is_empty()
    }
}

/// Which flagged values.
#[derive(Clone, Debug, Default)]
pub(crate) struct FlagSearch {
    /// Of this field.
    pub(crate) field: Option<String>,
    /// With this code.
    pub(crate) code: Option<String>,
}

impl Measure {
    /// What may be measured of a stream; `None` if its kind is not shared.
    pub(in crate::query) fn of(catalogue: &Catalogue, stream: &Stream) -> Option<Authorised<Measure>> {
        let registration = &stream.registration;
        let kind = catalogue.kind(&registration.kind)?;
        let note = catalogue.stream(registration.source.as_str(), &registration.name);
        let is_filled = |id: &str| {
            note.is_some_and(|note| {
                note.columns.values().any(|fields| fields.iter().any(|field| field == id))
            })
        };
        let is_told = |at: usize| kind.fields.get(at).is_some_and(|field| field.share != Share::NotShared);
        let fields: Vec<usize> = kind
            .fields
            .iter()
            .enumerate()
            .filter(|(at, field)| is_told(*at) && is_filled(&field.id))
            .map(|(at, _)| at)
            .collect();
        let rules = kind
            .timely
            .iter()
            .filter(|rule| fields.contains(&rule.from) && rule.to.is_none_or(|to| fields.contains(&to)));
        Some(Authorised::new(Measure {
            stream: stream.number,
            log: stream.log(),
            kind: kind.id.clone(),
            told: kind
                .fields
                .iter()
                .filter(|field| field.share != Share::NotShared)
                .map(|field| field.id.clone())
                .collect(),
            rules: rules.cloned().collect(),
            claims: claims(catalogue, kind, &fields),
            fields,
        }))
    }

    /// Whether readers may know of a field.
    pub(crate) fn is_told(&self, field: &str) -> bool {
        self.told.iter().any(|told| told == field)
    }
}

fn claims(catalogue: &Catalogue, kind: &Kind, fields: &[usize]) -> Vec<Claim> {
    let mut claims: Vec<Claim> = Vec::new();
    for entity in catalogue.entities() {
        let told = judge::fields(catalogue, &Target::Entities(entity.id.clone())).unwrap_or_default();
        let told = |id: &str| told.iter().any(|field| field.id == id);
        for golden in entity.fields.iter().filter(|golden| told(&golden.field.id)) {
            let from = golden.from.iter().filter(|from| from.kind == kind.id && fields.contains(&from.field));
            claims.extend(from.map(|from| Claim {
                role: from.role.clone(),
                entity: entity.id.clone(),
                golden: golden.field.id.clone(),
                field: from.field,
            }));
        }
    }
    claims
}
