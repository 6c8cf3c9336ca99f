//! Fields of kinds, and what they have in common with golden fields.

use std::collections::BTreeMap;

use messages::Message;

use super::{Judge, SHARES, label};
use crate::ontology::names::{RESERVED_RECORD_FIELDS, camel_case};
use crate::ontology::{
    CodeList, Field, FieldDraft, FieldType, Freshness, KindDraft, Scheme, Sensitivity, Share,
};

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
    "identifier",
    "phone",
    "address",
];

const SENSITIVITIES: &[(&str, Sensitivity)] = &[
    ("public", Sensitivity::Public),
    ("internal", Sensitivity::Internal),
    ("organisation", Sensitivity::Organisation),
    ("personal", Sensitivity::Personal),
];

const FRESHNESSES: &[(&str, Option<Freshness>)] = &[
    ("key", Some(Freshness::Key)),
    ("copy", Some(Freshness::Copy)),
    ("cached", None),
    ("live", None),
    ("verify", None),
    ("sealed", None),
];

pub(super) fn build_all(
    judge: &mut Judge,
    kind: &KindDraft,
    share: Share,
    lists: &BTreeMap<String, CodeList>,
) -> Vec<Field> {
    judge.unique_ids("field", kind.fields.iter().map(|field| (field.id.as_str(), field.path.as_str())));
    let mut names: BTreeMap<String, &str> = BTreeMap::new();
    let mut fields = Vec::with_capacity(kind.fields.len());
    for draft in &kind.fields {
        if RESERVED_RECORD_FIELDS.contains(&draft.id.as_str()) {
            judge.reserved(&draft.path, &draft.id);
        }
        let name = camel_case(&draft.id);
        if let Some(first) = names.get(&name)
            && kind.fields.iter().all(|other| other.id != draft.id || std::ptr::eq(other, draft))
        {
            let message =
                Message::new("TJ-O011").with("name", &name).with("id", &draft.id).with("other", first);
            judge.say_with_cure(&draft.path, message, Message::new("TJ-O012"));
        }
        names.entry(name).or_insert(&draft.path);
        fields.push(build(judge, draft, share, lists));
    }
    if kind.fields.is_empty() {
        judge.say(&kind.path, Message::new("TJ-O013").with("id", &kind.id));
    }
    fields
}

/// One field; what is wrong is told, and something that goes on stands in its place.
pub(super) fn build(
    judge: &mut Judge,
    draft: &FieldDraft,
    share: Share,
    lists: &BTreeMap<String, CodeList>,
) -> Field {
    judge.id(&draft.path, &draft.id);
    judge.label(&draft.path, &draft.label_zh);
    let field_type = field_type(judge, draft, lists).unwrap_or(FieldType::Text);
    let sensitivity = draft
        .sensitivity
        .as_ref()
        .and_then(|word| judge.word(&format!("{}.sensitivity", draft.path), word, SENSITIVITIES))
        // Whose telephone it is nobody knows before somebody says so.
        .unwrap_or(if field_type == FieldType::Phone {
            Sensitivity::Personal
        } else {
            Sensitivity::Internal
        });
    let freshness = freshness(judge, draft);
    if sensitivity == Sensitivity::Personal && freshness == Freshness::Key {
        judge.say_with_cure(
            &draft.path,
            Message::new("TJ-O031").with("id", &draft.id),
            Message::new("TJ-O032"),
        );
    }
    if field_type == FieldType::Identifier(Scheme::ResidentId) && sensitivity != Sensitivity::Personal {
        judge.say_with_cure(
            &draft.path,
            Message::new("TJ-O033").with("id", &draft.id),
            Message::new("TJ-O034"),
        );
    }
    if sensitivity == Sensitivity::Organisation && field_type != FieldType::Text {
        judge.say_with_cure(
            &format!("{}.sensitivity", draft.path),
            Message::new("TJ-O112").with("id", &draft.id),
            Message::new("TJ-O034"),
        );
    }
    extras(judge, draft, &field_type);
    Field {
        id: draft.id.clone(),
        field_type,
        label: label(&draft.label_zh, &draft.label_en),
        description: label(&draft.description_zh, &draft.description_en),
        share: field_share(judge, draft, share),
        sensitivity,
        freshness,
        is_required: draft.is_required,
        currency: draft.currency.clone().unwrap_or_else(|| "CNY".to_owned()),
        max_length: draft.max_length,
        deprecated: draft.deprecated.clone(),
    }
}

fn field_share(judge: &mut Judge, draft: &FieldDraft, kind: Share) -> Share {
    let path = format!("{}.share", draft.path);
    let Some(own) = draft.share.as_ref().and_then(|word| judge.word(&path, word, SHARES)) else {
        return kind;
    };
    if own < kind {
        judge.say_with_cure(&path, Message::new("TJ-O035").with("id", &draft.id), Message::new("TJ-O036"));
    }
    own.max(kind)
}

fn freshness(judge: &mut Judge, draft: &FieldDraft) -> Freshness {
    let path = format!("{}.freshness", draft.path);
    let Some(word) = &draft.freshness else { return Freshness::Copy };
    match judge.word(&path, word, FRESHNESSES) {
        Some(Some(freshness)) => freshness,
        Some(None) => {
            judge.say_with_cure(
                &path,
                Message::new("TJ-O029").with("freshness", word),
                Message::new("TJ-O030"),
            );
            Freshness::Copy
        }
        None => Freshness::Copy,
    }
}

fn field_type(
    judge: &mut Judge,
    draft: &FieldDraft,
    lists: &BTreeMap<String, CodeList>,
) -> Option<FieldType> {
    Some(match draft.field_type.as_str() {
        "text" => FieldType::Text,
        "code" => FieldType::Code { list: code_list(judge, draft, lists)? },
        "money" => FieldType::Money,
        "decimal" => FieldType::Decimal { scale: scale(judge, draft)? },
        "integer" => FieldType::Integer,
        "bool" => FieldType::Bool,
        "date" => FieldType::Date,
        "partial_date" => FieldType::PartialDate,
        "until" => FieldType::Until,
        "timestamp" => FieldType::Timestamp,
        "identifier" => FieldType::Identifier(identifier_scheme(judge, draft)?),
        "phone" => FieldType::Phone,
        "address" => FieldType::Address,
        other => {
            let message = Message::new("TJ-O020").with("found", other);
            judge.say_unknown(&format!("{}.type", draft.path), message, other, TYPES.iter().copied());
            return None;
        }
    })
}

fn code_list(judge: &mut Judge, draft: &FieldDraft, lists: &BTreeMap<String, CodeList>) -> Option<String> {
    let known = || lists.keys().map(String::as_str);
    let Some(list) = &draft.code_list else {
        let cure = Message::new("TJ-O003").with("allowed", known().collect::<Vec<_>>().join(", "));
        judge.say_with_cure(&draft.path, Message::new("TJ-O021").with("id", &draft.id), cure);
        return None;
    };
    if !lists.contains_key(list) {
        let message = Message::new("TJ-O022").with("list", list);
        judge.say_unknown(&format!("{}.code_list", draft.path), message, list, known());
        return None;
    }
    Some(list.clone())
}

fn scale(judge: &mut Judge, draft: &FieldDraft) -> Option<u8> {
    match draft.scale {
        Some(scale @ 0..=9) => Some(scale),
        Some(scale) => {
            let path = format!("{}.scale", draft.path);
            judge.say_with_cure(&path, Message::new("TJ-O026").with("scale", scale), Message::new("TJ-O027"));
            None
        }
        None => {
            let message = Message::new("TJ-O025").with("id", &draft.id);
            judge.say_with_cure(&draft.path, message, Message::new("TJ-O027"));
            None
        }
    }
}

fn identifier_scheme(judge: &mut Judge, draft: &FieldDraft) -> Option<Scheme> {
    let Some(found) = &draft.scheme else {
        let cure = Message::new("TJ-O003").with("allowed", Scheme::all().map(Scheme::id).join(", "));
        judge.say_with_cure(&draft.path, Message::new("TJ-O023").with("id", &draft.id), cure);
        return None;
    };
    scheme(judge, &format!("{}.scheme", draft.path), found)
}

pub(super) fn scheme(judge: &mut Judge, path: &str, found: &str) -> Option<Scheme> {
    let scheme = Scheme::all().into_iter().find(|scheme| scheme.id() == found);
    if scheme.is_none() {
        let message = Message::new("TJ-O024").with("scheme", found);
        judge.say_unknown(path, message, found, Scheme::all().map(Scheme::id));
    }
    scheme
}

/// Keys that go with another type.
fn extras(judge: &mut Judge, draft: &FieldDraft, field_type: &FieldType) {
    let is = |word: &str| draft.field_type == word;
    let is_textual = matches!(
        field_type,
        FieldType::Text | FieldType::Identifier(_) | FieldType::Phone | FieldType::Address
    );
    let extras = [
        ("code_list", draft.code_list.is_some(), is("code")),
        ("scheme", draft.scheme.is_some(), is("identifier")),
        ("scale", draft.scale.is_some(), is("decimal")),
        ("currency", draft.currency.is_some(), is("money")),
        ("max_length", draft.max_length.is_some(), is_textual),
    ];
    for (key, is_there, fits) in extras {
        if is_there && !fits {
            let message = Message::new("TJ-O028").with("key", key).with("type", &draft.field_type);
            judge.say(&format!("{}.{key}", draft.path), message);
        }
    }
    if let Some(currency) = &draft.currency
        && !(currency.len() == 3 && currency.bytes().all(|b| b.is_ascii_uppercase()))
    {
        judge.say(&format!("{}.currency", draft.path), Message::new("TJ-O037").with("found", currency));
    }
}
