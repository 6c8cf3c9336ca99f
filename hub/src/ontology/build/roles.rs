//! Roles: whom records of a kind speak of.

use std::collections::BTreeMap;

use messages::Message;

use super::{Judge, Natures, fields, label};
use crate::ontology::names::{
    RESERVED_ENTITY_FIELDS, RESERVED_RECORD_FIELDS, camel_case, is_id, is_reserved_way,
};
use crate::ontology::{
    EntityNature, Field, FieldType, IdentifierDraft, IdentifierField, Kind, KindDraft, OntologyDraft, Role,
    RoleDraft, Scheme, Scored,
};

pub(super) fn build_all(
    judge: &mut Judge,
    kind: &KindDraft,
    fields: &[Field],
    natures: &Natures,
) -> Vec<Role> {
    judge.unique_ids("role", kind.roles.iter().map(|role| (role.id.as_str(), role.path.as_str())));
    let mut parties = kind.roles.iter().filter(|role| role.is_party);
    if let Some(first) = parties.next() {
        for second in parties {
            let message = Message::new("TJ-O050").with("first", &first.id).with("second", &second.id);
            judge.say_with_cure(&second.path, message, Message::new("TJ-O051"));
        }
    }
    kind.roles.iter().map(|role| build(judge, kind, role, fields, natures)).collect()
}

fn build(
    judge: &mut Judge,
    kind: &KindDraft,
    draft: &RoleDraft,
    fields: &[Field],
    natures: &Natures,
) -> Role {
    judge.id(&draft.path, &draft.id);
    let is_taken = fields.iter().any(|field| camel_case(&field.id) == camel_case(&draft.id));
    if is_taken {
        let message = Message::new("TJ-O052").with("id", &draft.id);
        judge.say_with_cure(&draft.path, message, Message::new("TJ-O012"));
    }
    if is_reserved_way(&draft.id, RESERVED_RECORD_FIELDS) {
        judge.reserved(&draft.path, &draft.id);
    }
    if !natures.contains_key(&draft.entity) {
        let message = Message::new("TJ-O053").with("entity", &draft.entity);
        judge.say_unknown(
            &format!("{}.entity", draft.path),
            message,
            &draft.entity,
            natures.keys().map(String::as_str),
        );
    }
    let nature = natures.get(&draft.entity).copied();
    let identifiers = draft
        .identifiers
        .iter()
        .filter_map(|identifier| build_identifier(judge, identifier, fields, nature))
        .collect();
    Role {
        id: draft.id.clone(),
        entity: draft.entity.clone(),
        label: label(&draft.label_zh, &draft.label_en),
        is_party: draft.is_party,
        inverse: inverse(kind, draft),
        identifiers,
        name: draft
            .name
            .as_ref()
            .and_then(|name| field_index(judge, &format!("{}.name", draft.path), name, fields)),
        scored: scored(judge, draft, fields, nature),
    }
}

/// What is weighed: only of subjects, and only with a name.
fn scored(
    judge: &mut Judge,
    draft: &RoleDraft,
    fields: &[Field],
    nature: Option<EntityNature>,
) -> Option<Scored> {
    let wanted = draft.scored.as_ref()?;
    let path = format!("{}.scored", draft.path);
    if draft.name.is_none() || nature.is_some_and(|nature| nature != EntityNature::Subject) {
        judge.say(&path, Message::new("TJ-O090").with("role", &draft.id));
    }
    let mut index = |key: &str, field: &Option<String>| {
        let field = field.as_ref()?;
        field_index(judge, &format!("{path}.{key}"), field, fields)
    };
    Some(Scored {
        code: index("code", &wanted.code),
        former_names: index("former_names", &wanted.former_names),
        representative: index("representative", &wanted.representative),
        phone: index("phone", &wanted.phone),
        address: index("address", &wanted.address),
    })
}

/// The kind's plural; a second role of a kind on one entity kind is told apart by its own id.
fn inverse(kind: &KindDraft, draft: &RoleDraft) -> String {
    if let Some(inverse) = &draft.inverse {
        return inverse.clone();
    }
    let is_first = kind
        .roles
        .iter()
        .filter(|role| role.entity == draft.entity)
        .min_by_key(|role| !role.is_party)
        .is_none_or(|role| role.id == draft.id);
    if is_first { kind.plural.clone() } else { format!("{}_as_{}", kind.plural, draft.id) }
}

fn build_identifier(
    judge: &mut Judge,
    draft: &IdentifierDraft,
    fields: &[Field],
    nature: Option<EntityNature>,
) -> Option<IdentifierField> {
    let scheme = fields::scheme(judge, &format!("{}.scheme", draft.path), &draft.scheme)?;
    let index = field_index(judge, &format!("{}.field", draft.path), &draft.field, fields)?;
    let field = fields.get(index)?;
    if field.field_type != FieldType::Identifier(scheme) {
        let message = Message::new("TJ-O055").with("field", &draft.field).with("scheme", scheme.id());
        judge.say_with_cure(&draft.path, message, Message::new("TJ-O056").with("scheme", scheme.id()));
    }
    let is_for_persons = scheme == Scheme::ResidentId;
    let is_person = nature == Some(EntityNature::Person);
    if nature.is_some() && is_for_persons != is_person && (is_for_persons || scheme != Scheme::Local) {
        judge.say(&draft.path, Message::new("TJ-O057").with("scheme", scheme.id()));
    }
    Some(IdentifierField { scheme, field: index })
}

pub(super) fn field_index(judge: &mut Judge, path: &str, id: &str, fields: &[Field]) -> Option<usize> {
    let index = fields.iter().position(|field| field.id == id);
    if index.is_none() {
        let message = Message::new("TJ-O054").with("field", id);
        judge.say_unknown(path, message, id, fields.iter().map(|field| field.id.as_str()));
    }
    index
}

/// Relations back from an entity: each name once, none that of a golden field, none reserved.
pub(super) fn judge_inverses(judge: &mut Judge, draft: &OntologyDraft, kinds: &[Kind]) {
    for entity in &draft.entities {
        let mut names: BTreeMap<String, &str> = BTreeMap::new();
        for field in &entity.fields {
            names.insert(camel_case(&field.field.id), &field.field.path);
        }
        for (kind, built) in draft.kinds.iter().zip(kinds) {
            for (role, built) in
                kind.roles.iter().zip(&built.roles).filter(|(role, _)| role.entity == entity.id)
            {
                let name = camel_case(&built.inverse);
                if !is_id(&built.inverse) {
                    judge.id(&role.path, &built.inverse);
                }
                if is_reserved_way(&built.inverse, RESERVED_ENTITY_FIELDS) {
                    judge.reserved(&role.path, &built.inverse);
                }
                if let Some(other) = names.get(&name).filter(|other| **other != role.path) {
                    let message = Message::new("TJ-O058")
                        .with("name", &name)
                        .with("entity", &entity.id)
                        .with("other", other);
                    judge.say_with_cure(&role.path, message, Message::new("TJ-O059"));
                }
                names.entry(name).or_insert(&role.path);
            }
        }
    }
}
