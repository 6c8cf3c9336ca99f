//! What is wrong with the draft of a mapping, all of it.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use messages::{Message, Problem};

use super::number::{Unit, configured_unit};
use super::{FieldMappingDraft, MappingDraft};
use crate::ontology::{EntityNature, Field, FieldType, Kind, Ontology, nearest};

/// Gathers problems.
#[derive(Default)]
pub(super) struct Judge {
    pub(super) problems: Vec<Problem>,
}

impl Judge {
    pub(super) fn say(&mut self, path: &str, message: Message, cure: Message) {
        self.problems.push(Problem::new(path, message).cure(cure));
    }

    pub(super) fn unknown<'k>(
        &mut self,
        path: &str,
        message: Message,
        found: &str,
        known: impl Iterator<Item = &'k str>,
    ) {
        let known: Vec<&str> = known.collect();
        let cure = match nearest(found, known.iter().copied()) {
            Some(suggestion) => Message::new("TJ-O002").with("suggestion", suggestion),
            None => Message::new("TJ-O003").with("allowed", known.join(", ")),
        };
        self.say(path, message, cure);
    }

    pub(super) fn zone(&mut self, path: &str, name: &str) -> TimeZone {
        match TimeZone::get(name) {
            Ok(zone) => zone,
            Err(_) => {
                self.say(path, Message::new("TJ-D105").with("zone", name), Message::new("TJ-D132"));
                TimeZone::UTC
            }
        }
    }

    pub(super) fn unit(&mut self, draft: &FieldMappingDraft) -> Unit {
        let Some(text) = &draft.unit else { return Unit::default() };
        configured_unit(text).unwrap_or_else(|| {
            let path = format!("{}.unit", draft.path);
            self.say(&path, Message::new("TJ-D106").with("unit", text), Message::new("TJ-D133"));
            Unit::default()
        })
    }

    pub(super) fn anchor(&mut self, draft: &MappingDraft, kind: &Kind, ontology: &Ontology) {
        let Some(anchor) = &draft.anchor else { return };
        let path = format!("{}.anchor", draft.path);
        match ontology.entity(anchor) {
            None => {
                let known = ontology.entities.iter().map(|entity| entity.id.as_str());
                self.unknown(&path, Message::new("TJ-D118").with("anchor", anchor), anchor, known);
            }
            Some(entity) if entity.nature == EntityNature::Person => {
                self.say(&path, Message::new("TJ-D124").with("anchor", anchor), Message::new("TJ-D134"));
            }
            Some(_) if kind.roles.iter().all(|role| &role.entity != anchor) => {
                let message = Message::new("TJ-D135").with("anchor", anchor).with("kind", &kind.id);
                self.say(&path, message, Message::new("TJ-D134"));
            }
            Some(_) => {}
        }
    }

    /// The drafts by field; unknown and repeated fields are told.
    pub(super) fn unique_fields<'d>(
        &mut self,
        draft: &'d MappingDraft,
        kind: &Kind,
    ) -> BTreeMap<&'d str, &'d FieldMappingDraft> {
        let mut mapped = BTreeMap::new();
        for field in &draft.fields {
            if kind.field_index(&field.field).is_none() {
                let message = Message::new("TJ-D102").with("field", &field.field).with("kind", &kind.id);
                self.unknown(
                    &field.path,
                    message,
                    &field.field,
                    kind.fields.iter().map(|field| field.id.as_str()),
                );
            }
            if mapped.insert(field.field.as_str(), field).is_some() {
                let message = Message::new("TJ-D103").with("field", &field.field);
                self.say(&field.path, message, Message::new("TJ-O009"));
            }
        }
        mapped
    }

    /// Keys of a field's mapping that go with another type.
    pub(super) fn fits(&mut self, draft: &FieldMappingDraft, field: &Field) {
        let t = &field.field_type;
        let is_number = matches!(t, FieldType::Money | FieldType::Decimal { .. } | FieldType::Integer);
        let is_day =
            matches!(t, FieldType::Date | FieldType::PartialDate | FieldType::Until | FieldType::Timestamp);
        let extras = [
            ("unit", draft.unit.is_some(), is_number),
            ("currency", draft.currency.is_some(), *t == FieldType::Money),
            ("currency_column", draft.currency_column.is_some(), *t == FieldType::Money),
            ("format", draft.format.is_some(), is_day),
            ("zone", draft.zone.is_some(), is_day),
            ("open_ended", !draft.open_ended.is_empty(), *t == FieldType::Until),
            ("code_translation", draft.code_translation.is_some(), matches!(t, FieldType::Code { .. })),
            ("edition", draft.edition.is_some(), matches!(t, FieldType::Code { .. })),
        ];
        for (key, is_there, fits) in extras {
            if is_there && !fits {
                let message = Message::new("TJ-D107").with("key", key).with("field", &field.id);
                self.say(&format!("{}.{key}", draft.path), message, Message::new("TJ-D136"));
            }
        }
        if let Some(currency) = &draft.currency
            && !(currency.len() == 3 && currency.bytes().all(|b| b.is_ascii_uppercase()))
        {
            let message = Message::new("TJ-O037").with("found", currency);
            self.say(&format!("{}.currency", draft.path), message, Message::new("TJ-D136"));
        }
        match draft.freshness.as_deref() {
            None | Some("key" | "copy") => {}
            Some(word @ ("cached" | "live" | "verify" | "sealed")) => {
                let message = Message::new("TJ-O029").with("freshness", word);
                self.say(&format!("{}.freshness", draft.path), message, Message::new("TJ-O030"));
            }
            Some(word) => {
                let known = ["key", "copy"].into_iter();
                let message = Message::new("TJ-O007").with("found", word);
                self.unknown(&format!("{}.freshness", draft.path), message, word, known);
            }
        }
    }
}
