//! Relations judged: each way to be wrong, and what is said of it.

use super::{RoleDraft, check, entity, good, role};
use crate::ontology::{
    Along, EntityDraft, KindDraft, Ontology, OntologyDraft, RelationDraft, RelationEndDraft, Share,
};

fn end(relation: &str, side: &str, role: &str, field: &str) -> RelationEndDraft {
    RelationEndDraft {
        path: format!("relation.{relation}.{side}"),
        role: role.into(),
        field: field.into(),
        label_zh: field.into(),
        label_en: field.into(),
    }
}

fn relation(id: &str, from: (&str, &str), to: (&str, &str)) -> RelationDraft {
    RelationDraft {
        path: format!("relation.{id}"),
        id: id.into(),
        label_zh: id.into(),
        share: "conditional".into(),
        kind: "registration".into(),
        from: end(id, "from", from.0, from.1),
        to: end(id, "to", to.0, to.1),
        ..RelationDraft::default()
    }
}

/// A good draft with a role `parent` and two relations.
fn with_relations(draft: &mut OntologyDraft) {
    let parent = role("kind.registration", "parent", "subject", &[("uscc", "uscc")]);
    draft.kinds[0].roles.push(RoleDraft { inverse: Some("branch_registrations".into()), ..parent });
    draft.relations = vec![
        relation("branch", ("party", "parents"), ("parent", "branches")),
        relation("represents", ("party", "representatives"), ("representative", "represents")),
    ];
}

#[track_caller]
fn wrong(mistake: impl FnOnce(&mut OntologyDraft), expected: &[(&str, &str)]) {
    check(
        |draft| {
            with_relations(draft);
            mistake(draft);
        },
        expected,
    );
}

#[test]
fn a_relation_leads_both_ways() {
    let mut draft = good();
    with_relations(&mut draft);
    let ontology = Ontology::build(draft).unwrap_or_else(|problems| panic!("{problems:?}"));
    let represents = ontology.relation("represents").unwrap();
    assert_eq!((represents.kind.as_str(), represents.share), ("registration", Share::Conditional));
    let (here, there) = represents.ends(Along::Backward);
    assert_eq!((here.entity.as_str(), here.field.as_str()), ("person", "represents"));
    assert_eq!((there.entity.as_str(), there.role.as_str()), ("subject", "party"));
    assert_eq!(here.type_name(), "PersonRepresents");
}

#[test]
fn meaning_includes_relations() {
    let version = |mistake: fn(&mut OntologyDraft)| {
        let mut draft = good();
        with_relations(&mut draft);
        mistake(&mut draft);
        Ontology::build(draft).unwrap().version
    };
    let before = version(|_| {});
    assert_eq!(version(|draft| draft.relations.reverse()), before);
    assert_ne!(version(|draft| draft.relations.truncate(1)), before);
    assert_ne!(version(|draft| draft.relations[0].share = "not_shared".into()), before);
}

#[test]
fn kinds_and_roles_must_be_there() {
    wrong(|d| d.relations[0].kind = "registraton".into(), &[("relation.branch.kind", "TJ-O063")]);
    wrong(|d| d.relations[0].from.role = "partie".into(), &[("relation.branch.from.role", "TJ-O070")]);
    wrong(|d| d.relations[0].to.role = "nobody".into(), &[("relation.branch.to.role", "TJ-O070")]);
    wrong(|d| d.relations[0].to.role = "party".into(), &[("relation.branch.to.role", "TJ-O071")]);
}

#[test]
fn names_are_their_own() {
    let at = "relation.branch.to.field";
    // A golden field, a list of records, another relation, a reserved name, no name at all.
    wrong(|d| d.relations[0].to.field = "name".into(), &[(at, "TJ-O058")]);
    wrong(|d| d.relations[0].to.field = "registrations".into(), &[(at, "TJ-O058")]);
    wrong(|d| d.relations[0].to.field = "branch_registrations".into(), &[(at, "TJ-O058")]);
    wrong(|d| d.relations[0].to.field = "parents".into(), &[(at, "TJ-O058")]);
    wrong(|d| d.relations[1].from.field = "parents".into(), &[("relation.represents.from.field", "TJ-O058")]);
    wrong(|d| d.relations[0].to.field = "history".into(), &[(at, "TJ-O010")]);
    for name in ["edges", "node", "nodes", "cursor", "page_info", "total_count"] {
        wrong(|d| d.relations[0].to.field = name.into(), &[(at, "TJ-O010")]);
        wrong(|d| d.relations[0].from.field = name.into(), &[("relation.branch.from.field", "TJ-O010")]);
    }
    wrong(|d| d.relations[0].to.field = "Branches".into(), &[(at, "TJ-O001")]);
    wrong(|d| d.relations[0].id = "a__b".into(), &[("relation.branch", "TJ-O001")]);
    wrong(
        |d| {
            let mut again = d.relations[0].clone();
            (again.from.field, again.to.field) = ("mothers".into(), "daughters".into());
            d.relations.push(again);
        },
        &[("relation.branch", "TJ-O008")],
    );
    // The same name on different entities is two names.
    wrong(|d| d.relations[1].to.field = "branches".into(), &[]);
    // `SubjectBranchesConnection` is made for the relation, and would be for a kind of that name.
    wrong(
        |d| {
            let other = entity("subject_branches", "subject_branches_all", "other", vec![]);
            d.entities.push(EntityDraft { path: "entity.x".into(), ..other });
        },
        &[(at, "TJ-O011")],
    );
}

#[test]
fn labels_and_rights() {
    wrong(|d| d.relations[0].label_zh.clear(), &[("relation.branch.label_zh", "TJ-O005")]);
    wrong(|d| d.relations[0].to.label_zh = " ".into(), &[("relation.branch.to.label_zh", "TJ-O005")]);
    wrong(|d| d.relations[0].share = "all".into(), &[("relation.branch.share", "TJ-O007")]);
    wrong(|d| d.relations[0].share = "unconditional".into(), &[("relation.branch.share", "TJ-O073")]);
    wrong(|d| d.relations[0].share = "not_shared".into(), &[]);
    // A kind that is not shared hides its relations: whoever wants them shared is told.
    let hidden = |d: &mut OntologyDraft| {
        let mut kind = KindDraft { share: "not_shared".into(), ..d.kinds[0].clone() };
        (kind.id, kind.plural, kind.path) = ("hidden".into(), "hiddens".into(), "kind.hidden".into());
        for role in &mut kind.roles {
            role.inverse = Some(format!("hidden_{}", role.id));
        }
        d.kinds.push(kind);
        d.relations[0].kind = "hidden".into();
    };
    wrong(hidden, &[("relation.branch.share", "TJ-O073")]);
    wrong(|d| d.entities[1].share = Some("not_shared".into()), &[("relation.represents.share", "TJ-O073")]);
}
