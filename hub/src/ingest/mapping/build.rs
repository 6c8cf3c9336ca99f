//! Judges the draft of a mapping and makes the mapping of it.

use contract::Value;
use jiff::tz::TimeZone;
use messages::{Message, Problem};

use super::cell::{Look, said, trim};
use super::code::CodeReader;
use super::judge::Judge;
use super::rule::{DateForm, From, Reader, Rule};
use super::{FieldMappingDraft, FromDraft, MappedColumn, Mapping, MappingDraft, PersonKey};
use crate::ontology::{Field, FieldType, Kind, Ontology, Scheme, Sensitivity};

/// Counts changes of this code that give other values for the same cells: with it every mapping is a new one.
const NORMALISER: u32 = 2;

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
        let mut rules: Vec<Rule> = kind
            .fields
            .iter()
            .map(|field| builder.rule(&mut judge, field, mapped.get(field.id.as_str()).copied()))
            .collect();
        beside(&mut rules);
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

/// Tells each rule of an identifier which others read the same columns.
fn beside(rules: &mut [Rule]) {
    let read = |rule: &Rule| {
        let (From::Columns(columns), Reader::Identifier(scheme)) = (&rule.from, &rule.reader) else {
            return Vec::new();
        };
        columns.iter().map(|column| (*column, *scheme)).collect()
    };
    let all: Vec<Vec<(usize, Scheme)>> = rules.iter().map(read).collect();
    for (at, rule) in rules.iter_mut().enumerate() {
        let Some(own) = all.get(at) else { continue };
        let others = all.iter().enumerate().filter(|(other, _)| *other != at).flat_map(|(_, read)| read);
        let shared = others.filter(|(column, _)| own.iter().any(|(mine, _)| mine == column));
        rule.beside = shared.copied().collect();
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
                    may_name_people: false,
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
            column.may_name_people |= field.sensitivity == Sensitivity::Organisation;
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
                on_invalid: super::OnInvalid::Unsaid,
                beside: Vec::new(),
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
            beside: Vec::new(),
            is_required: field.is_required,
            is_personal: field.sensitivity.is_of_people(),
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
