//! Masks an answer in place, before anybody outside sees it.

use std::sync::Arc;

use crate::FieldValue;
use crate::catalogue::{Catalogue, mask};
use crate::ontology::{Field, Sensitivity, Share};

use super::answer::{Disagreement, Origin, Provenance, Row, Rows, Version};
use super::judge::fields;
use super::plan::Target;

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
    let is_personal = catalogue
        .kind(&origin.kind)
        .is_none_or(|kind| catalogue.is_key_personal(&origin.source, &origin.stream, kind));
    if is_personal {
        origin.source_key = "***".to_owned();
    }
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
        let is_personal = is_personal(catalogue, target, &disagreement.field);
        for value in &mut disagreement.values {
            value.origins.retain(|origin| tells(catalogue, target, &disagreement.field, &origin.kind));
            value.origins.iter_mut().for_each(|origin| mask_origin(catalogue, origin));
            if let Some(field) = golden {
                let field = match is_personal {
                    true => Field { sensitivity: Sensitivity::Personal, ..(*field).clone() },
                    false => (*field).clone(),
                };
                value.value = mask(&field, std::mem::replace(&mut value.value, FieldValue::Null));
            }
        }
        disagreement.values.retain(|value| !value.origins.is_empty());
    }
    disagreements.retain(|disagreement| {
        disagreement.values.len() > 1 && known.iter().any(|field| field.id == disagreement.field)
    });
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
