//! Relations: which records tie which entities to each other, and what both ways are called.

use std::collections::BTreeMap;

use messages::Message;

use super::{Judge, SHARES, label};
use crate::ontology::names::{
    RESERVED_ENTITY_FIELDS, TYPE_ENDINGS, camel_case, is_reserved_way, pascal_case,
};
use crate::ontology::{
    EntityKind, Kind, OntologyDraft, Relation, RelationDraft, RelationEnd, RelationEndDraft, Share,
};

/// The relations whose kind and roles are there; what is wrong with any is said.
pub(super) fn build_all(
    judge: &mut Judge,
    draft: &OntologyDraft,
    kinds: &[Kind],
    entities: &[EntityKind],
) -> Vec<Relation> {
    judge.unique_ids("relation", draft.relations.iter().map(|one| (one.id.as_str(), one.path.as_str())));
    let built: Vec<(&RelationDraft, Relation)> = draft
        .relations
        .iter()
        .filter_map(|relation| Some((relation, build(judge, relation, kinds, entities)?)))
        .collect();
    type_names(judge, draft, &built);
    field_names(judge, draft, kinds, &built);
    built.into_iter().map(|(_, relation)| relation).collect()
}

fn build(
    judge: &mut Judge,
    draft: &RelationDraft,
    kinds: &[Kind],
    entities: &[EntityKind],
) -> Option<Relation> {
    judge.id(&draft.path, &draft.id);
    judge.label(&draft.path, &draft.label_zh);
    let share = judge.word(&format!("{}.share", draft.path), &draft.share, SHARES);
    for end in [&draft.from, &draft.to] {
        judge.id(&format!("{}.field", end.path), &end.field);
        judge.label(&end.path, &end.label_zh);
        if is_reserved_way(&end.field, RESERVED_ENTITY_FIELDS) {
            judge.reserved(&format!("{}.field", end.path), &end.field);
        }
    }
    let Some(kind) = kinds.iter().find(|kind| kind.id == draft.kind) else {
        let message = Message::new("TJ-O063").with("kind", &draft.kind);
        let known = kinds.iter().map(|kind| kind.id.as_str());
        judge.say_unknown(&format!("{}.kind", draft.path), message, &draft.kind, known);
        return None;
    };
    if draft.from.role == draft.to.role {
        let message = Message::new("TJ-O071").with("role", &draft.to.role);
        judge.say_with_cure(&format!("{}.role", draft.to.path), message, Message::new("TJ-O072"));
        return None;
    }
    let from = end(judge, &draft.from, kind);
    let to = end(judge, &draft.to, kind);
    let (from, to) = from.zip(to)?;
    if let Some(share) = share {
        not_wider(judge, draft, share, &format!("kind.{}", kind.id), kind.share);
        for entity in entities.iter().filter(|one| one.id == from.entity || one.id == to.entity) {
            not_wider(judge, draft, share, &format!("entity.{}", entity.id), entity.share);
        }
    }
    Some(Relation {
        id: draft.id.clone(),
        label: label(&draft.label_zh, &draft.label_en),
        description: label(&draft.description_zh, &draft.description_en),
        share: share.unwrap_or(Share::NotShared),
        kind: kind.id.clone(),
        from,
        to,
    })
}

fn end(judge: &mut Judge, draft: &RelationEndDraft, kind: &Kind) -> Option<RelationEnd> {
    let Some(role) = kind.roles.iter().find(|role| role.id == draft.role) else {
        let message = Message::new("TJ-O070").with("kind", &kind.id).with("role", &draft.role);
        let known = kind.roles.iter().map(|role| role.id.as_str());
        judge.say_unknown(&format!("{}.role", draft.path), message, &draft.role, known);
        return None;
    };
    Some(RelationEnd {
        role: role.id.clone(),
        entity: role.entity.clone(),
        field: draft.field.clone(),
        label: label(&draft.label_zh, &draft.label_en),
    })
}

/// What is hidden by itself is not shown by a relation.
fn not_wider(judge: &mut Judge, draft: &RelationDraft, share: Share, of: &str, most: Share) {
    if share < most {
        let message = Message::new("TJ-O073").with("id", &draft.id).with("of", of);
        judge.say_with_cure(&format!("{}.share", draft.path), message, Message::new("TJ-O074"));
    }
}

/// Both ways of all relations, with the entity each starts from.
fn ways<'r>(
    built: &'r [(&'r RelationDraft, Relation)],
) -> impl Iterator<Item = (&'r RelationEndDraft, &'r RelationEnd)> {
    built.iter().flat_map(|(draft, relation)| [(&draft.from, &relation.from), (&draft.to, &relation.to)])
}

/// The fields of an entity: its golden ones, its records, its relations; each name once.
fn field_names(
    judge: &mut Judge,
    draft: &OntologyDraft,
    kinds: &[Kind],
    built: &[(&RelationDraft, Relation)],
) {
    for entity in &draft.entities {
        let mut names: BTreeMap<String, String> = BTreeMap::new();
        for field in &entity.fields {
            names.insert(camel_case(&field.field.id), field.field.path.clone());
        }
        for (kind, built) in draft.kinds.iter().zip(kinds) {
            let roles = kind.roles.iter().zip(&built.roles);
            for (role, built) in roles.filter(|(role, _)| role.entity == entity.id) {
                names.entry(camel_case(&built.inverse)).or_insert_with(|| role.path.clone());
            }
        }
        for (end, _) in ways(built).filter(|(_, end)| end.entity == entity.id) {
            let (name, path) = (camel_case(&end.field), format!("{}.field", end.path));
            if let Some(other) = names.get(&name) {
                let message = Message::new("TJ-O058")
                    .with("name", &name)
                    .with("entity", &entity.id)
                    .with("other", other);
                judge.say_with_cure(&path, message, Message::new("TJ-O075"));
            }
            names.entry(name).or_insert(path);
        }
    }
}

/// `SubjectBranchesConnection` and `SubjectBranchesEdge` are types too.
fn type_names(judge: &mut Judge, draft: &OntologyDraft, built: &[(&RelationDraft, Relation)]) {
    let things = draft.kinds.iter().map(|kind| (&kind.id, &kind.path));
    let things = things.chain(draft.entities.iter().map(|entity| (&entity.id, &entity.path)));
    // Name → the entity whose way it is, and where it stands.
    let mut types: BTreeMap<String, (&str, String)> = BTreeMap::new();
    for (id, path) in things {
        for ending in TYPE_ENDINGS.iter().chain(&[""]) {
            types.insert(format!("{}{ending}", pascal_case(id)), ("", path.clone()));
        }
    }
    for (end, way) in ways(built) {
        let path = format!("{}.field", end.path);
        let made = ["Connection", "Edge"].map(|ending| format!("{}{ending}", way.type_name()));
        // Two ways of one name on one entity are told as fields.
        let taken = made.iter().find_map(|name| Some((name, types.get(name)?)));
        if let Some((name, (_, other))) = taken.filter(|(_, (entity, _))| *entity != way.entity) {
            let message =
                Message::new("TJ-O011").with("name", name).with("id", &way.field).with("other", other);
            judge.say_with_cure(&path, message, Message::new("TJ-O075"));
        }
        for name in made {
            types.entry(name).or_insert((&way.entity, path.clone()));
        }
    }
}
