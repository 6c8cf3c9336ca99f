//! Cells in, values out: golden tables, properties, and the judging of drafts.

mod golden;
mod judging;
mod properties;
mod rows;

use contract::{SourceId, StreamName, Value};
use messages::Problem;

use super::{FieldMappingDraft, FromDraft, Mapping, MappingDraft, OnInvalid, PersonKey};
use crate::FieldValue;
use crate::ontology::{
    CodeEntryDraft, EntityDraft, FieldDraft, IdentifierDraft, KindDraft, ListDraft, Ontology, OntologyDraft,
    RoleDraft, TranslationDraft,
};

/// A kind with one field of every type, each called as its type.
pub(super) fn ontology() -> Ontology {
    Ontology::build(ontology_draft()).unwrap()
}

const TYPES: &[&str] = &[
    "text",
    "code",
    "money",
    "decimal",
    "integer",
    "bool",
    "date",
    "partial_date",
    "until",
    "timestamp",
    "phone",
    "address",
    "uscc",
    "registration_number",
    "organisation_code",
    "tax_id",
    "social_insurance_number",
    "customs_code",
    "pripid",
    "resident_id",
    "local",
];

fn ontology_draft() -> OntologyDraft {
    let fields = TYPES.iter().map(|id| field(id)).collect();
    let role = RoleDraft {
        path: "kind.sample.role.party".into(),
        id: "party".into(),
        entity: "subject".into(),
        is_party: true,
        identifiers: vec![IdentifierDraft {
            path: String::new(),
            scheme: "uscc".into(),
            field: "uscc".into(),
        }],
        ..RoleDraft::default()
    };
    OntologyDraft {
        is_scored: true,
        kinds: vec![KindDraft {
            path: "kind.sample".into(),
            id: "sample".into(),
            plural: "samples".into(),
            label_zh: "样本".into(),
            share: "unconditional".into(),
            fields,
            roles: vec![role],
            ..KindDraft::default()
        }],
        entities: vec![entity("subject", "subjects", "subject"), entity("person", "persons", "person")],
        relations: Vec::new(),
        calendars: Vec::new(),
        lists: vec![
            list("2017", &[("01", "警告"), ("02", "罚款"), ("A", "其他")]),
            list("2011", &[("09", "旧的")]),
        ],
        translations: vec![TranslationDraft {
            path: "translation.local".into(),
            id: "local".into(),
            list: "categories".into(),
            edition: Some("2017".into()),
            map: vec![("JG".into(), "01".into())],
            otherwise: None,
        }],
    }
}

fn field(id: &str) -> FieldDraft {
    let identifiers = crate::ontology::Scheme::all().map(crate::ontology::Scheme::id);
    let is_identifier = identifiers.contains(&id);
    FieldDraft {
        path: format!("kind.sample.field.{id}"),
        id: id.into(),
        field_type: if is_identifier { "identifier".into() } else { id.into() },
        scheme: is_identifier.then(|| id.into()),
        code_list: (id == "code").then(|| "categories".into()),
        scale: (id == "decimal").then_some(3),
        label_zh: id.into(),
        max_length: (id == "text").then_some(20),
        sensitivity: Some(if id == "resident_id" { "personal" } else { "public" }.into()),
        ..FieldDraft::default()
    }
}

fn entity(id: &str, plural: &str, nature: &str) -> EntityDraft {
    EntityDraft {
        path: format!("entity.{id}"),
        id: id.into(),
        plural: plural.into(),
        label_zh: id.into(),
        nature: nature.into(),
        ..EntityDraft::default()
    }
}

fn list(edition: &str, entries: &[(&str, &str)]) -> ListDraft {
    ListDraft {
        path: "list.categories".into(),
        id: "categories".into(),
        edition: edition.into(),
        label_zh: "类别".into(),
        entries: entries
            .iter()
            .map(|(code, zh)| CodeEntryDraft {
                code: (*code).into(),
                zh: (*zh).into(),
                ..CodeEntryDraft::default()
            })
            .collect(),
        ..ListDraft::default()
    }
}

/// The draft of a stream whose columns feed these fields, one each.
fn draft(fields: Vec<FieldMappingDraft>) -> MappingDraft {
    MappingDraft {
        path: "source.test.stream[0]".into(),
        source: SourceId::new("test"),
        stream: "samples".parse::<StreamName>().unwrap(),
        kind: "sample".into(),
        anchor: None,
        key: vec!["ID".into()],
        zone: "Asia/Shanghai".into(),
        placeholders: Vec::new(),
        fields,
    }
}

fn of_field(field: &str) -> FieldMappingDraft {
    FieldMappingDraft::column(&format!("source.test.stream[0].fields.{field}"), field, "C")
}

fn build(draft: MappingDraft) -> Result<Mapping, Vec<Problem>> {
    Mapping::build(draft, &ontology(), Some(PersonKey::derive(b"secret")))
}

/// What a cell becomes as a field of a type, as text: value, then flags and hash, or the faults' codes.
fn become_text(mapping: &Mapping, field: &str, cells: &[Value]) -> String {
    let place = TYPES.iter().position(|id| *id == field).unwrap();
    match mapping.apply(cells) {
        Ok(mapped) => {
            let mut text = shown(&mapped.values[place]);
            for (_, flag) in &mapped.flags {
                text.push_str(&format!(" {flag}"));
            }
            if !mapped.person_hashes.is_empty() {
                text.push_str(" hashed");
            }
            text
        }
        Err(letter) => {
            let codes: Vec<&str> = letter.faults.iter().map(|fault| fault.message.code).collect();
            format!("!{}", codes.join(" "))
        }
    }
}

fn shown(value: &FieldValue) -> String {
    match value {
        FieldValue::Null => "NULL".into(),
        FieldValue::Text(text) => text.clone(),
        FieldValue::Code { code, edition } => format!("{code}@{edition}"),
        FieldValue::Money { units, currency } => {
            format!(
                "{}{}.{:04} {currency}",
                if *units < 0 { "-" } else { "" },
                (units / 10_000).abs(),
                (units % 10_000).abs()
            )
        }
        FieldValue::Decimal(units) => format!("{units}e-3"),
        FieldValue::Integer(number) => number.to_string(),
        FieldValue::Bool(truth) => truth.to_string(),
        FieldValue::Date(date) => date.to_string(),
        FieldValue::PartialDate { first, precision } => format!("{first} {precision:?}"),
        FieldValue::Until(crate::Until::On(date)) => date.to_string(),
        FieldValue::Until(crate::Until::OpenEnded) => "open".into(),
        FieldValue::Timestamp(us) => jiff::Timestamp::from_microsecond(*us).unwrap().to_string(),
    }
}
