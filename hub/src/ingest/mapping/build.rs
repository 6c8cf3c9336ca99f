//! Judges the draft of a mapping and makes the mapping of it.

use std::collections::BTreeMap;

use contract::Value;
use jiff::tz::TimeZone;
use messages::{Message, Problem};

use super::cell::{Look, said, trim};
use super::code::CodeReader;
use super::number::{Unit, configured_unit};
use super::rule::{DateForm, From, Reader, Rule};
use super::{FieldMappingDraft, FromDraft, MappedColumn, Mapping, MappingDraft, PersonKey};
use crate::ontology::{EntityNature, Field, FieldType, Kind, Ontology, Scheme, Sensitivity, nearest};

/// Counts changes of this code that give other values for the same cells: with it every mapping is a new one.
const NORMALISER: u32 = 1;

impl Mapping {
    /// Judges all of a draft and makes the mapping of it. `person_key` is needed for fields with ID numbers.
    ///
    /// # Errors
    /// Every problem of the draft, with the path it stands at and a cure.
    pub fn build(
        draft: MappingDraft,
        ontology: &Ontology,
        person_key: Option<PersonKey>,
    ) -> Result<Mapping, Vec<Problem>> {
        let Some(kind) = ontology.kind(&draft.kind) else {
            let mut judge = Judge::default();
            let message = Message::new("TJ-D101").with("kind", &draft.kind);
            judge.unknown(&format!("{}.kind", draft.path), message, &draft.kind, ids(&ontology.kinds));
            return Err(judge.problems);
        };
        let mut judge = Judge::default();
        let zone = judge.zone(&format!("{}.zone", draft.path), &draft.zone);
        judge.anchor(&draft, kind, ontology);
        let mapped = judge.unique_fields(&draft, kind);
        let mut builder = Builder {
            kind,
            ontology,
            zone,
            draft: &draft,
            columns: Columns::default(),
            person_key: &person_key,
        };
        let rules: Vec<Rule> = kind
            .fields
            .iter()
            .map(|field| builder.rule(&mut judge, field, mapped.get(field.id.as_str()).copied()))
            .collect();
        let columns = builder.columns.columns;
        if columns.is_empty() {
            judge.say(&draft.path, Message::new("TJ-D104"), Message::new("TJ-D125"));
        }
        if !judge.problems.is_empty() {
            return Err(judge.problems);
        }
        let digest = digest(&draft, kind, ontology, person_key.as_ref());
        Ok(Mapping {
            path: draft.path,
            source: draft.source,
            stream: draft.stream,
            kind: draft.kind,
            anchor: draft.anchor,
            key: draft.key,
            columns,
            rules,
            digest,
            person_key,
        })
    }
}

fn ids(kinds: &[Kind]) -> impl Iterator<Item = &str> {
    kinds.iter().map(|kind| kind.id.as_str())
}

/// Of everything that decides what a row is mapped to, and of nothing else: labels and places may change freely.
fn digest(draft: &MappingDraft, kind: &Kind, ontology: &Ontology, person_key: Option<&PersonKey>) -> String {
    let mut hasher = blake3::Hasher::new();
    let mut add = |text: String| {
        hasher.update(&(text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    };
    add(format!("{NORMALISER} {} {:?} {:?} {:?}", draft.kind, draft.key, draft.zone, draft.placeholders));
    for field in &draft.fields {
        add(format!("{:?}", FieldMappingDraft { path: String::new(), ..field.clone() }));
    }
    for field in &kind.fields {
        let Field { id, field_type, is_required, currency, max_length, sensitivity, .. } = field;
        add(format!("{id} {field_type:?} {is_required} {currency} {max_length:?} {sensitivity:?}"));
        if let FieldType::Code { list } = field_type {
            add(format!("{:?}", ontology.lists.get(list)));
        }
    }
    add(person_key.map(PersonKey::fingerprint).unwrap_or_default());
    hasher.finalize().to_hex().chars().take(32).collect()
}

/// The columns to be read, each once.
#[derive(Default)]
struct Columns {
    columns: Vec<MappedColumn>,
}

impl Columns {
    fn place(&mut self, name: &str, field: &Field) -> usize {
        let at = match self.columns.iter().position(|column| column.name == name) {
            Some(at) => at,
            None => {
                self.columns.push(MappedColumn {
                    name: name.to_owned(),
                    fields: Vec::new(),
                    is_personal: false,
                    is_id_number: false,
                });
                self.columns.len() - 1
            }
        };
        if let Some(column) = self.columns.get_mut(at) {
            if !column.fields.contains(&field.id) {
                column.fields.push(field.id.clone());
            }
            column.is_personal |= field.sensitivity == Sensitivity::Personal;
            column.is_id_number |= field.field_type == FieldType::Identifier(Scheme::ResidentId);
        }
        at
    }
}

/// Makes the rules, field by field.
struct Builder<'b> {
    kind: &'b Kind,
    ontology: &'b Ontology,
    zone: TimeZone,
    draft: &'b MappingDraft,
    columns: Columns,
    person_key: &'b Option<PersonKey>,
}

impl Builder<'_> {
    fn rule(&mut self, judge: &mut Judge, field: &Field, draft: Option<&FieldMappingDraft>) -> Rule {
        let Some(draft) = draft else {
            if field.is_required {
                let message = Message::new("TJ-D113").with("field", &field.id).with("kind", &self.kind.id);
                judge.say(&self.draft.path, message, Message::new("TJ-D127").with("field", &field.id));
            }
            return Rule {
                field: field.id.clone(),
                from: From::Nothing,
                reader: Reader::Bool,
                look: Look::default(),
                on_invalid: super::OnInvalid::DeadLetter,
                is_required: field.is_required,
                is_personal: false,
            };
        };
        judge.fits(draft, field);
        let reader = self.reader(judge, field, draft);
        let mut look = Look {
            placeholders: self
                .draft
                .placeholders
                .iter()
                .chain(&draft.placeholders)
                .map(|p| trim(p).to_owned())
                .collect(),
            none_means_no: field.field_type == FieldType::Bool,
            is_verbatim: !draft.trim && field.field_type == FieldType::Text,
        };
        look.placeholders.sort_unstable();
        look.placeholders.dedup();
        let from = match &draft.from {
            FromDraft::Columns(names) => {
                if names.is_empty() || names.iter().any(String::is_empty) {
                    judge.say(
                        &draft.path,
                        Message::new("TJ-D128"),
                        Message::new("TJ-D127").with("field", &field.id),
                    );
                }
                From::Columns(names.iter().map(|name| self.columns.place(name, field)).collect())
            }
            FromDraft::Constant(text) => self.constant(judge, draft, &reader, &look, text),
        };
        Rule {
            field: field.id.clone(),
            from,
            reader,
            look,
            on_invalid: draft.on_invalid,
            is_required: field.is_required,
            is_personal: field.sensitivity == Sensitivity::Personal,
        }
    }

    fn constant(
        &self,
        judge: &mut Judge,
        draft: &FieldMappingDraft,
        reader: &Reader,
        look: &Look,
        text: &str,
    ) -> From {
        let cell = Value::Text(text.to_owned());
        let reading = match said(&cell, look) {
            Ok(Some(said)) => reader.read(&said, &[], self.person_key.as_ref()),
            Ok(None) => Err(Message::new("TJ-D001")),
            Err(message) => Err(message),
        };
        match reading {
            Ok(reading) if reading.flag.is_none() => From::Constant(reading),
            Ok(_) | Err(_) => {
                let message = Message::new("TJ-D116").with("found", text).with("field", &draft.field);
                let cure = reading.err().unwrap_or_else(|| Message::new("TJ-D129"));
                judge.say(&draft.path, message, cure);
                From::Nothing
            }
        }
    }

    fn reader(&mut self, judge: &mut Judge, field: &Field, draft: &FieldMappingDraft) -> Reader {
        let max_length = field.max_length.and_then(|max| usize::try_from(max).ok());
        match &field.field_type {
            FieldType::Text => Reader::Text { is_verbatim: !draft.trim, max_length },
            FieldType::Code { list } => self.code(judge, list, draft),
            FieldType::Money => {
                let unit = judge.unit(draft);
                let named = unit.currency.map(str::to_owned).or_else(|| draft.currency.clone());
                Reader::Money {
                    unit,
                    currency: named.unwrap_or_else(|| field.currency.clone()),
                    currency_column: draft
                        .currency_column
                        .as_ref()
                        .map(|name| self.columns.place(name, field)),
                }
            }
            FieldType::Decimal { scale } => Reader::Decimal { scale: *scale, unit: judge.unit(draft) },
            FieldType::Integer => Reader::Integer { factor: judge.unit(draft).factor.unwrap_or(1) },
            FieldType::Bool => Reader::Bool,
            FieldType::Date => Reader::Date(self.form(judge, draft)),
            FieldType::PartialDate => Reader::PartialDate(self.form(judge, draft)),
            FieldType::Until => Reader::Until {
                form: self.form(judge, draft),
                open_ended: draft.open_ended.iter().map(|word| trim(word).to_owned()).collect(),
            },
            FieldType::Timestamp => Reader::Timestamp(self.form(judge, draft)),
            FieldType::Identifier(scheme) => {
                if *scheme == Scheme::ResidentId && self.person_key.is_none() {
                    judge.say(
                        &draft.path,
                        Message::new("TJ-D120").with("field", &field.id),
                        Message::new("TJ-D130"),
                    );
                }
                Reader::Identifier(*scheme)
            }
            FieldType::Phone => Reader::Phone,
            FieldType::Address => Reader::Address { max_length },
        }
    }

    fn code(&self, judge: &mut Judge, list: &str, draft: &FieldMappingDraft) -> Reader {
        let empty = crate::ontology::CodeList::default();
        let list = self.ontology.lists.get(list).unwrap_or(&empty);
        let translation = draft.code_translation.as_ref().and_then(|id| {
            let found = list.translations.get(id);
            if found.is_none() {
                let message = Message::new("TJ-D109").with("translation", id);
                let path = format!("{}.code_translation", draft.path);
                judge.unknown(&path, message, id, list.translations.keys().map(String::as_str));
            }
            found
        });
        if let Some(edition) = &draft.edition
            && !list.editions.contains_key(edition)
        {
            let message = Message::new("TJ-D110").with("edition", edition);
            let path = format!("{}.edition", draft.path);
            judge.unknown(&path, message, edition, list.editions.keys().map(String::as_str));
        }
        Reader::Code(Box::new(CodeReader::new(list, draft.edition.as_deref(), translation)))
    }

    fn form(&self, judge: &mut Judge, draft: &FieldMappingDraft) -> DateForm {
        let zone = match &draft.zone {
            Some(zone) => judge.zone(&format!("{}.zone", draft.path), zone),
            None => self.zone.clone(),
        };
        if let Some(format) = &draft.format
            && !is_format(format)
        {
            let path = format!("{}.format", draft.path);
            judge.say(&path, Message::new("TJ-D112").with("found", format), Message::new("TJ-D131"));
        }
        DateForm { format: draft.format.clone(), zone }
    }
}

/// Whether a format can be written with, so that it can be read with.
fn is_format(format: &str) -> bool {
    if matches!(format, "epoch_seconds" | "epoch_milliseconds") {
        return true;
    }
    let at = TimeZone::UTC.to_zoned_datetime(jiff::civil::date(2024, 1, 31).at(12, 30, 0, 0));
    let Ok(at) = at else { return false };
    jiff::fmt::strtime::format(format, &at).is_ok_and(|text| text != *format)
}

/// Gathers problems.
#[derive(Default)]
struct Judge {
    problems: Vec<Problem>,
}

impl Judge {
    fn say(&mut self, path: &str, message: Message, cure: Message) {
        self.problems.push(Problem::new(path, message).cure(cure));
    }

    fn unknown<'k>(
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

    fn zone(&mut self, path: &str, name: &str) -> TimeZone {
        match TimeZone::get(name) {
            Ok(zone) => zone,
            Err(_) => {
                self.say(path, Message::new("TJ-D105").with("zone", name), Message::new("TJ-D132"));
                TimeZone::UTC
            }
        }
    }

    fn unit(&mut self, draft: &FieldMappingDraft) -> Unit {
        let Some(text) = &draft.unit else { return Unit::default() };
        configured_unit(text).unwrap_or_else(|| {
            let path = format!("{}.unit", draft.path);
            self.say(&path, Message::new("TJ-D106").with("unit", text), Message::new("TJ-D133"));
            Unit::default()
        })
    }

    fn anchor(&mut self, draft: &MappingDraft, kind: &Kind, ontology: &Ontology) {
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
    fn unique_fields<'d>(
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
    fn fits(&mut self, draft: &FieldMappingDraft, field: &Field) {
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
