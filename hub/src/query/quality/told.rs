//! Sums of the store made into what is told.

use std::collections::BTreeMap;

use crate::clock::Timestamp;
use crate::ontology::Kind;
use crate::store::read::quality::{Aside, Sums};
use crate::store::{Stream, StreamStatus};

use super::super::Query;
use super::MISSING;
use super::plan::{Dimensions, Measure};
use super::view::{
    Agreement, FieldQuality, QualityParts, Ratio, RuleQuality, StreamQuality, Timeliness, Validity,
};

/// One stream.
pub(super) struct Told<'q> {
    pub(super) query: &'q Query,
    pub(super) kind: &'q Kind,
    pub(super) stream: &'q Stream,
    pub(super) measure: &'q Measure,
    pub(super) wanted: Dimensions,
}

impl Told<'_> {
    pub(super) fn quality(
        &self,
        sums: Sums,
        aside: &Aside,
        status: Option<&StreamStatus>,
        now: Timestamp,
    ) -> StreamQuality {
        let registration = &self.stream.registration;
        let fields = self.fields(&sums, aside);
        let mut parts = QualityParts { matching: sums.states, ..QualityParts::default() };
        parts.matching.dead_letters = aside.rows;
        parts.matching.received = sums.records + aside.rows;
        fields.iter().for_each(|field| parts.completeness.add(field.filled));
        if self.wanted.validity {
            parts.validity = self.validity(&sums, aside);
        }
        sums.timely.iter().for_each(|rule| parts.timeliness.add(&Timeliness::of(rule)));
        sums.claims.iter().for_each(|claim| parts.agreement.add((*claim).into()));
        let read_whole_at = status.and_then(|status| status.finished_at);
        let ago = |at: Timestamp| (now.0 - at.0).max(0) / 1_000_000;
        StreamQuality {
            source: registration.source.to_string(),
            stream: registration.name.clone(),
            kind: self.kind.id.clone(),
            kind_label: self.kind.label.clone(),
            parts,
            rules: self.rules(&sums),
            fields,
            read_whole_at,
            age_seconds: read_whole_at.map(ago),
            newest_at: sums.newest_at,
            lag_seconds: sums.newest_at.map(ago),
        }
    }

    fn validity(&self, sums: &Sums, aside: &Aside) -> Validity {
        let mut flags: BTreeMap<String, u64> = BTreeMap::new();
        for ((field, code), n) in &sums.flags {
            if self.measure.is_told(field) {
                *flags.entry(code.clone()).or_default() += n;
            }
        }
        Validity {
            received: sums.records + aside.rows,
            clean: sums.records.saturating_sub(sums.flagged),
            flagged: sums.flagged,
            set_aside: aside.rows,
            reasons: aside.reasons.clone(),
            flags,
        }
    }

    fn rules(&self, sums: &Sums) -> Vec<RuleQuality> {
        let id = |at: usize| self.kind.fields.get(at).map(|field| field.id.clone());
        let rules = self.measure.rules.iter().zip(&sums.timely);
        rules
            .filter_map(|(rule, counted)| {
                Some(RuleQuality {
                    from: id(rule.from)?,
                    to: rule.to.and_then(id),
                    rule: rule.clone(),
                    counts: Timeliness::of(counted),
                    median: counted.median,
                    greatest: counted.greatest,
                })
            })
            .collect()
    }

    fn fields(&self, sums: &Sums, aside: &Aside) -> Vec<FieldQuality> {
        let of = |counts: &BTreeMap<(String, String), u64>, id: &str| -> BTreeMap<String, u64> {
            let of_it = counts.iter().filter(|((field, _), _)| field == id);
            of_it.map(|((_, code), n)| (code.clone(), *n)).collect()
        };
        let registration = &self.stream.registration;
        let mut fields = Vec::with_capacity(self.measure.fields.len());
        for (place, at) in self.measure.fields.iter().enumerate() {
            let Some(field) = self.kind.fields.get(*at) else { continue };
            let set_aside = of(&aside.fields, &field.id);
            let absent = set_aside.get(MISSING).copied().unwrap_or_default();
            let filled = match self.wanted.completeness {
                true => Ratio {
                    part: sums.filled.get(place).copied().unwrap_or_default(),
                    whole: sums.records + absent,
                },
                false => Ratio::default(),
            };
            let claims = self.measure.claims.iter().zip(&sums.claims).filter(|(claim, _)| claim.field == *at);
            let agreement = claims.map(|(_, sums)| Agreement::from(*sums)).reduce(|mut all, one| {
                all.add(one);
                all
            });
            fields.push(FieldQuality {
                field: field.id.clone(),
                label: field.label.clone(),
                columns: self.query.columns_of(registration, &field.id),
                is_required: field.is_required,
                filled,
                flags: of(&sums.flags, &field.id),
                set_aside,
                agreement,
            });
        }
        fields
    }
}
