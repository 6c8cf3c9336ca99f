//! Entity kinds and where their golden fields come from.

use std::collections::BTreeMap;

use messages::Message;

use super::{Judge, Natures, SHARES, fields, label};
use crate::ontology::names::{RESERVED_ENTITY_FIELDS, camel_case};
use crate::ontology::{
    CodeList, EntityDraft, EntityKind, EntityNature, Field, FieldType, GoldenField, GoldenFieldDraft,
    GoldenSource, Kind, KindDraft, Sensitivity, Share,
};

pub(super) fn build(
    judge: &mut Judge,
    draft: &EntityDraft,
    kind_drafts: &[KindDraft],
    kinds: &[Kind],
    lists: &BTreeMap<String, CodeList>,
    natures: &Natures,
) -> EntityKind {
    judge.id(&draft.path, &draft.id);
    judge.id(&format!("{}.plural", draft.path), &draft.plural);
    judge.label(&draft.path, &draft.label_zh);
    judge.unique_ids("field", draft.fields.iter().map(|f| (f.field.id.as_str(), f.field.path.as_str())));
    let share = draft
        .share
        .as_ref()
        .and_then(|word| judge.word(&format!("{}.share", draft.path), word, SHARES))
        .unwrap_or(Share::Unconditional);
    let mut names: BTreeMap<String, &str> = BTreeMap::new();
    let mut built = Vec::with_capacity(draft.fields.len());
    for field in &draft.fields {
        if RESERVED_ENTITY_FIELDS.contains(&field.field.id.as_str()) {
            judge.reserved(&field.field.path, &field.field.id);
        }
        let is_other = draft.fields.iter().filter(|other| other.field.id == field.field.id).count() == 1;
        if let Some(first) = names.insert(camel_case(&field.field.id), &field.field.path)
            && is_other
        {
            let message = Message::new("TJ-O011")
                .with("name", camel_case(&field.field.id))
                .with("id", &field.field.id)
                .with("other", first);
            judge.say_with_cure(&field.field.path, message, Message::new("TJ-O012"));
        }
        built.push(build_field(judge, draft, field, share, kind_drafts, kinds, lists));
    }
    EntityKind {
        id: draft.id.clone(),
        plural: draft.plural.clone(),
        label: label(&draft.label_zh, &draft.label_en),
        description: label(&draft.description_zh, &draft.description_en),
        share,
        nature: natures.get(&draft.id).copied().unwrap_or(EntityNature::Other),
        fields: built,
    }
}

fn build_field(
    judge: &mut Judge,
    entity: &EntityDraft,
    draft: &GoldenFieldDraft,
    share: Share,
    kind_drafts: &[KindDraft],
    kinds: &[Kind],
    lists: &BTreeMap<String, CodeList>,
) -> GoldenField {
    let mut field = fields::build(judge, &draft.field, share, lists);
    let mut from = Vec::with_capacity(draft.from.len());
    for (index, text) in draft.from.iter().enumerate() {
        let path = format!("{}.from[{index}]", draft.field.path);
        let Some(source) = build_source(judge, &path, text, entity, &field, kind_drafts, kinds) else {
            continue;
        };
        // What is not shared in the record is not shared as the golden value either.
        if let Some(origin) =
            kinds.iter().find(|k| k.id == source.kind).and_then(|k| k.fields.get(source.field))
        {
            field.share = field.share.max(origin.share);
            // Names of market subjects are public; what has not the form of one is not taken (`store::apply::golden`).
            let is_subject = entity.nature == "subject";
            let is_kept = match origin.sensitivity {
                Sensitivity::Public | Sensitivity::Internal => true,
                Sensitivity::Organisation => is_subject || field.sensitivity.is_of_people(),
                Sensitivity::Personal => field.sensitivity == Sensitivity::Personal,
            };
            if !is_kept {
                let message = Message::new("TJ-O066").with("field", &field.id).with("from", text);
                judge.say_with_cure(&draft.field.path, message, Message::new("TJ-O034"));
            }
        }
        from.push(source);
    }
    if draft.from.is_empty() {
        judge.say_with_cure(
            &draft.field.path,
            Message::new("TJ-O060").with("id", &draft.field.id),
            Message::new("TJ-O061"),
        );
    }
    GoldenField { field, from }
}

/// `kind.field`, `kind(role).field`, each perhaps with ` by field`.
struct Written<'t> {
    kind: &'t str,
    role: Option<&'t str>,
    field: &'t str,
    latest_by: Option<&'t str>,
}

fn read(text: &str) -> Option<Written<'_>> {
    let (place, latest_by) = match text.split_once(" by ") {
        Some((place, by)) => (place.trim(), Some(by.trim())),
        None => (text.trim(), None),
    };
    let (kind, field) = place.split_once('.')?;
    let (kind, role) = match kind.split_once('(') {
        Some((kind, role)) => (kind, Some(role.strip_suffix(')')?)),
        None => (kind, None),
    };
    let is_whole =
        [Some(kind), role, Some(field), latest_by].into_iter().flatten().all(|part| !part.is_empty());
    is_whole.then_some(Written { kind, role, field, latest_by })
}

fn build_source(
    judge: &mut Judge,
    path: &str,
    text: &str,
    entity: &EntityDraft,
    golden: &Field,
    kind_drafts: &[KindDraft],
    kinds: &[Kind],
) -> Option<GoldenSource> {
    let Some(written) = read(text) else {
        judge.say_with_cure(path, Message::new("TJ-O062").with("found", text), Message::new("TJ-O061"));
        return None;
    };
    let Some(kind) = kinds.iter().find(|kind| kind.id == written.kind) else {
        let message = Message::new("TJ-O063").with("kind", written.kind);
        judge.say_unknown(path, message, written.kind, kind_drafts.iter().map(|kind| kind.id.as_str()));
        return None;
    };
    let field = super::roles::field_index(judge, path, written.field, &kind.fields)?;
    let role = role(judge, path, &written, entity, kind)?;
    let latest_by = match written.latest_by {
        Some(by) => Some(super::roles::field_index(judge, path, by, &kind.fields)?),
        None => None,
    };
    let origin = kind.fields.get(field)?;
    if !fits(&golden.field_type, &origin.field_type) {
        let message = Message::new("TJ-O064")
            .with("field", &golden.id)
            .with("type", type_word(&golden.field_type))
            .with("from", text)
            .with("found", type_word(&origin.field_type));
        judge.say_with_cure(
            path,
            message,
            Message::new("TJ-O067").with("type", type_word(&origin.field_type)),
        );
    }
    Some(GoldenSource { kind: kind.id.clone(), field, role, latest_by })
}

/// The role named, else the party role if it is of this entity kind, else the only role that is.
fn role(
    judge: &mut Judge,
    path: &str,
    written: &Written<'_>,
    entity: &EntityDraft,
    kind: &Kind,
) -> Option<String> {
    let candidates: Vec<_> = kind.roles.iter().filter(|role| role.entity == entity.id).collect();
    let found = match written.role {
        Some(id) => candidates.iter().find(|role| role.id == id),
        None => match candidates.as_slice() {
            [only] => Some(only),
            several => several.iter().find(|role| role.is_party),
        },
    };
    if found.is_none() {
        let message = Message::new("TJ-O065").with("kind", &kind.id).with("entity", &entity.id);
        let allowed: Vec<&str> = candidates.iter().map(|role| role.id.as_str()).collect();
        judge.say_with_cure(path, message, Message::new("TJ-O003").with("allowed", allowed.join(", ")));
    }
    found.map(|role| role.id.clone())
}

fn fits(golden: &FieldType, origin: &FieldType) -> bool {
    golden == origin
}

/// The word of a type in the configuration, with what tells it from others of the same word.
pub(super) fn type_word(field_type: &FieldType) -> String {
    match field_type {
        FieldType::Text => "text".to_owned(),
        FieldType::Code { list } => format!("code ({list})"),
        FieldType::Money => "money".to_owned(),
        FieldType::Decimal { scale } => format!("decimal ({scale})"),
        FieldType::Integer => "integer".to_owned(),
        FieldType::Bool => "bool".to_owned(),
        FieldType::Date => "date".to_owned(),
        FieldType::PartialDate => "partial_date".to_owned(),
        FieldType::Until => "until".to_owned(),
        FieldType::Timestamp => "timestamp".to_owned(),
        FieldType::Identifier(scheme) => format!("identifier ({})", scheme.id()),
        FieldType::Phone => "phone".to_owned(),
        FieldType::Address => "address".to_owned(),
    }
}
