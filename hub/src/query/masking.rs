//! Masks an answer in place, before anybody outside sees it; and a question, before the audit trail keeps it.

use std::sync::Arc;

use contract::SourceKey;

use crate::FieldValue;
use crate::catalogue::{Catalogue, mask, mask_cell};
use crate::ontology::{Field, Sensitivity, Share};

use super::answer::{Disagreement, Origin, Provenance, Row, Rows, Version};
use super::judge::{across, fields, led_to};
use super::plan::{Compare, Filter, ListPlan, Plan, Target, Via};

/// All rows of an answer, with all that hangs on them.
pub(super) fn mask_rows(catalogue: &Catalogue, rows: &mut Rows) {
    for row in &mut rows.rows {
        mask_row(catalogue, Arc::make_mut(row));
    }
}

fn mask_row(catalogue: &Catalogue, row: &mut Row) {
    let known = fields(catalogue, &row.target).unwrap_or_default();
    mask_values(&known, &row.fields, &mut row.values);
    if let Some(provenance) = &mut row.provenance {
        match provenance {
            Provenance::Record(origin) => mask_origin(catalogue, origin),
            Provenance::Entity(golden) => {
                golden.retain(|golden| {
                    catalogue.kind(&golden.origin.kind).is_some()
                        && known.iter().any(|field| field.id == golden.field)
                });
                golden.iter_mut().for_each(|golden| mask_origin(catalogue, &mut golden.origin));
            }
        }
    }
    row.history.iter_mut().flatten().for_each(|version| mask_version(&known, version));
    if let Some(disagreements) = &mut row.disagreements {
        mask_disagreements(catalogue, &row.target, &known, disagreements);
    }
    for (_, rows) in &mut row.relations {
        mask_rows(catalogue, rows);
    }
}

/// A question as the trail keeps it: what it asks of personal fields is masked as their values are.
pub(super) fn masked_plan(catalogue: &Catalogue, plan: &Plan) -> Plan {
    let mut plan = plan.clone();
    mask_list(catalogue, &plan.target.clone(), &mut plan.list);
    plan
}

fn mask_list(catalogue: &Catalogue, target: &Target, list: &mut ListPlan) {
    mask_filter(catalogue, target, &mut list.filter);
    for relation in &mut list.select.relations {
        if let Ok(next) = led_to(catalogue, target, &relation.via) {
            mask_list(catalogue, &next, &mut relation.list);
        }
    }
}

fn mask_filter(catalogue: &Catalogue, target: &Target, filter: &mut Filter) {
    match filter {
        Filter::And(filters) | Filter::Or(filters) => {
            filters.iter_mut().for_each(|filter| mask_filter(catalogue, target, filter));
        }
        Filter::Not(filter) => mask_filter(catalogue, target, filter),
        Filter::Related { via, quantifier: _, filter } => {
            let next = match via {
                Via::Relation { relation, along } => across(catalogue, target, relation, *along),
                Via::Role(_) | Via::Inverse { .. } | Via::Edges { .. } => led_to(catalogue, target, via),
            };
            if let Ok(next) = next {
                mask_filter(catalogue, &next, filter);
            }
        }
        Filter::Field { field: id, compare } => {
            let known = fields(catalogue, target).unwrap_or_default();
            if let Some(field) = known.into_iter().find(|field| field.id == *id) {
                mask_compare(field, compare);
            }
        }
    }
}

fn mask_compare(field: &Field, compare: &mut Compare) {
    let hide = |value: &mut FieldValue| *value = mask(field, std::mem::replace(value, FieldValue::Null));
    match compare {
        Compare::Eq(value)
        | Compare::Ne(value)
        | Compare::Lt(value)
        | Compare::Lte(value)
        | Compare::Gt(value)
        | Compare::Gte(value) => hide(value),
        Compare::In(values) => values.iter_mut().for_each(hide),
        Compare::StartsWith(text) | Compare::Contains(text) => *text = mask_cell(&[field], text),
        Compare::IsNull(_) => {}
    }
}

/// A field that readers may not know of is withheld, should it have been read for another purpose.
fn mask_values(known: &[&Field], names: &[String], values: &mut [FieldValue]) {
    for (name, value) in names.iter().zip(values) {
        let taken = std::mem::replace(value, FieldValue::Null);
        if let Some(field) = known.iter().find(|field| field.id == *name) {
            *value = mask(field, taken);
        }
    }
}

fn mask_version(known: &[&Field], version: &mut Version) {
    mask_values(known, &version.fields, &mut version.values);
    version.changed.retain(|name| known.iter().any(|field| field.id == *name));
}

fn mask_origin(catalogue: &Catalogue, origin: &mut Origin) {
    let (source, stream) = (&origin.source, &origin.stream);
    let kind = catalogue.kind(&origin.kind).filter(|kind| !catalogue.is_key_personal(source, stream, kind));
    origin.source_key = match kind {
        Some(kind) => catalogue.masked_key(source, stream, kind, &SourceKey(origin.source_key.clone())),
        None => "***".to_owned(),
    };
}

/// Values that only kinds or fields not shared tell of go; what then differs no more goes too.
fn mask_disagreements(
    catalogue: &Catalogue,
    target: &Target,
    known: &[&Field],
    disagreements: &mut Vec<Disagreement>,
) {
    for disagreement in disagreements.iter_mut() {
        let golden = known.iter().find(|field| field.id == disagreement.field);
        for value in &mut disagreement.values {
            value.origins.retain(|origin| tells(catalogue, target, &disagreement.field, &origin.kind));
            value.origins.iter_mut().for_each(|origin| mask_origin(catalogue, origin));
            if let Some(field) = golden {
                let sayers: Vec<&str> = value.origins.iter().map(|origin| origin.kind.as_str()).collect();
                let field = as_said(catalogue, target, field, &sayers);
                value.value = mask(&field, std::mem::replace(&mut value.value, FieldValue::Null));
            }
        }
        disagreement.values.retain(|value| !value.origins.is_empty());
    }
    disagreements.retain(|disagreement| {
        disagreement.values.len() > 1 && known.iter().any(|field| field.id == disagreement.field)
    });
}

/// A golden field, as sensitive as what says this value: names that only fields for names of organisations say may be of
/// people.
fn as_said(catalogue: &Catalogue, target: &Target, golden: &Field, sayers: &[&str]) -> Field {
    let sources = sources(catalogue, target, &golden.id);
    let mut said = sources.iter().filter(|(kind, _)| sayers.contains(&kind.as_str())).peekable();
    let sensitivity = if is_personal(catalogue, target, &golden.id) {
        Sensitivity::Personal
    } else if said.peek().is_some() && said.all(|(_, field)| field.sensitivity == Sensitivity::Organisation) {
        Sensitivity::Organisation
    } else {
        golden.sensitivity
    };
    Field { sensitivity, ..golden.clone() }
}

/// A golden field is personal if one of the fields it comes from is.
pub(super) fn is_personal(catalogue: &Catalogue, target: &Target, golden: &str) -> bool {
    sources(catalogue, target, golden).iter().any(|(_, field)| field.sensitivity == Sensitivity::Personal)
}

/// Whether a kind may be named as saying something of a golden field.
fn tells(catalogue: &Catalogue, target: &Target, golden: &str, kind: &str) -> bool {
    catalogue.kind(kind).is_some()
        && sources(catalogue, target, golden)
            .iter()
            .any(|(of, field)| of == kind && field.share != Share::NotShared)
}

fn sources<'c>(catalogue: &'c Catalogue, target: &Target, golden: &str) -> Vec<(String, &'c Field)> {
    let Target::Entities(entity) = target else { return Vec::new() };
    let Some(entity) = catalogue.entity(entity) else { return Vec::new() };
    entity
        .fields
        .iter()
        .filter(|field| field.field.id == golden)
        .flat_map(|field| &field.from)
        .filter_map(|from| {
            let kind = catalogue.ontology().kind(&from.kind)?;
            Some((kind.id.clone(), kind.fields.get(from.field)?))
        })
        .collect()
}
