//! Drafts judged whole: each case is one mistake in a good draft, and what is said of it.

use messages::{Lang, Problem};

use crate::ontology::names::{camel_case, is_id, nearest, pascal_case, suggested_id};
use crate::ontology::{
    CodeEntryDraft, EntityDraft, FieldDraft, FieldType, Freshness, GoldenFieldDraft, IdentifierDraft,
    KindDraft, ListDraft, Ontology, OntologyDraft, RoleDraft, Scheme, Sensitivity, Share, TranslationDraft,
};

fn field(path: &str, id: &str, field_type: &str) -> FieldDraft {
    FieldDraft {
        path: format!("{path}.field.{id}"),
        id: id.into(),
        field_type: field_type.into(),
        label_zh: id.into(),
        ..FieldDraft::default()
    }
}

fn identifier(path: &str, id: &str, scheme: &str) -> FieldDraft {
    let sensitivity = (scheme == "resident_id").then(|| "personal".into());
    FieldDraft { scheme: Some(scheme.into()), sensitivity, ..field(path, id, "identifier") }
}

fn role(path: &str, id: &str, entity: &str, identifiers: &[(&str, &str)]) -> RoleDraft {
    RoleDraft {
        path: format!("{path}.role.{id}"),
        id: id.into(),
        entity: entity.into(),
        identifiers: identifiers
            .iter()
            .enumerate()
            .map(|(n, (scheme, field))| IdentifierDraft {
                path: format!("{path}.role.{id}.identifiers[{n}]"),
                scheme: (*scheme).into(),
                field: (*field).into(),
            })
            .collect(),
        ..RoleDraft::default()
    }
}

fn entity(id: &str, plural: &str, nature: &str, fields: Vec<GoldenFieldDraft>) -> EntityDraft {
    EntityDraft {
        path: format!("entity.{id}"),
        id: id.into(),
        plural: plural.into(),
        label_zh: id.into(),
        nature: nature.into(),
        fields,
        ..EntityDraft::default()
    }
}

fn good() -> OntologyDraft {
    let path = "kind.registration";
    let party = RoleDraft { is_party: true, ..role(path, "party", "subject", &[("uscc", "uscc")]) };
    let kind = KindDraft {
        path: path.into(),
        id: "registration".into(),
        plural: "registrations".into(),
        label_zh: "登记".into(),
        label_en: "Registration".into(),
        share: "conditional".into(),
        fields: vec![
            identifier(path, "uscc", "uscc"),
            field(path, "name", "text"),
            FieldDraft { code_list: Some("status".into()), ..field(path, "status", "code") },
            FieldDraft { scale: Some(2), ..field(path, "area", "decimal") },
            field(path, "approved_on", "date"),
            identifier(path, "rep_id", "resident_id"),
        ],
        roles: vec![party, role(path, "representative", "person", &[("resident_id", "rep_id")])],
        ..KindDraft::default()
    };
    let golden = |id: &str, field_type: &str, from: &[&str]| GoldenFieldDraft {
        field: field("entity.subject", id, field_type),
        from: from.iter().map(|from| (*from).to_owned()).collect(),
    };
    let list = |edition: &str| ListDraft {
        path: "list.status".into(),
        id: "status".into(),
        edition: edition.into(),
        label_zh: "状态".into(),
        entries: vec![CodeEntryDraft { code: "1".into(), zh: "存续".into(), ..CodeEntryDraft::default() }],
        ..ListDraft::default()
    };
    OntologyDraft {
        is_scored: true,
        kinds: vec![kind],
        entities: vec![
            entity(
                "subject",
                "subjects",
                "subject",
                vec![golden("name", "text", &["registration.name by approved_on"])],
            ),
            entity("person", "persons", "person", vec![]),
        ],
        relations: Vec::new(),
        calendars: Vec::new(),
        lists: vec![list("2017"), list("2011")],
        translations: vec![TranslationDraft {
            path: "translation.local".into(),
            id: "local".into(),
            list: "status".into(),
            map: vec![("A".into(), "1".into())],
            ..TranslationDraft::default()
        }],
    }
}

/// One mistake, and the paths and codes of what is said.
#[track_caller]
fn check(mistake: impl FnOnce(&mut OntologyDraft), expected: &[(&str, &str)]) {
    let mut draft = good();
    mistake(&mut draft);
    let problems = Ontology::build(draft).err().unwrap_or_default();
    let found: Vec<(&str, &str)> = problems.iter().map(|one| (one.path.as_str(), one.message.code)).collect();
    assert_eq!(found, expected, "{:?}", problems.iter().map(said).collect::<Vec<_>>());
    problems.iter().for_each(|problem| {
        let texts = said(problem);
        assert!(!texts.contains("has no text") && !texts.contains('{'), "{texts}");
    });
}

fn said(problem: &Problem) -> String {
    let cure = problem.cure.as_ref().map(|cure| cure.render(Lang::En)).unwrap_or_default();
    format!("{}: {}; {cure}", problem.path, problem.message.render(Lang::En))
}

#[test]
fn a_good_draft() {
    let ontology = Ontology::build(good()).unwrap_or_else(|problems| panic!("{problems:?}"));
    assert_eq!(ontology.kinds.len(), 1);
    let kind = ontology.kind("registration").unwrap();
    assert_eq!(kind.fields[2].field_type, FieldType::Code { list: "status".into() });
    assert_eq!(kind.fields[0].field_type, FieldType::Identifier(Scheme::Uscc));
    assert_eq!(kind.fields[1].freshness, Freshness::Copy);
    assert_eq!(kind.fields[1].share, Share::Conditional, "as the kind");
    assert_eq!(kind.fields[5].sensitivity, Sensitivity::Personal);
    assert_eq!(kind.party().unwrap().inverse, "registrations");
    assert_eq!(kind.party().unwrap().identifiers[0].field, 0);
    let name = &ontology.entity("subject").unwrap().fields[0];
    assert_eq!((name.from[0].field, name.from[0].latest_by), (1, Some(4)));
    assert_eq!(name.from[0].role, "party");
    assert_eq!(name.field.share, Share::Conditional, "never more than where it comes from");
    let list = &ontology.lists["status"];
    assert_eq!(list.edition(), Some("2017"));
    assert_eq!(list.translations["local"].edition, "2017");
}

#[test]
fn versions_follow_meaning_not_places() {
    let version = Ontology::build(good()).unwrap().version;
    assert_eq!(version.len(), 16);
    let mut moved = good();
    moved.kinds[0].path = "elsewhere".into();
    moved.kinds[0].fields[0].path = "elsewhere".into();
    assert_eq!(Ontology::build(moved).unwrap().version, version);
    let mut other = good();
    other.kinds[0].fields[1].is_required = true;
    assert_ne!(Ontology::build(other).unwrap().version, version);
}

#[test]
fn ids_and_names() {
    check(
        |d| d.kinds[0].fields[1].id = "Name".into(),
        &[("kind.registration.field.name", "TJ-O001"), ("entity.subject.field.name.from[0]", "TJ-O054")],
    );
    check(
        |d| d.kinds[0].fields[4].id = "approved__on".into(),
        &[
            ("kind.registration.field.approved_on", "TJ-O001"),
            ("entity.subject.field.name.from[0]", "TJ-O054"),
        ],
    );
    check(|d| d.kinds[0].fields[3].id = "history".into(), &[("kind.registration.field.area", "TJ-O010")]);
    check(|d| d.kinds[0].plural = "sources".into(), &[("kind.registration.plural", "TJ-O010")]);
    check(|d| d.kinds[0].plural = "registration".into(), &[("kind.registration.plural", "TJ-O014")]);
    check(|d| d.kinds[0].plural = "subjects".into(), &[("entity.subject.plural", "TJ-O011")]);
    check(
        |d| d.kinds[0].fields[3].label_zh = " ".into(),
        &[("kind.registration.field.area.label_zh", "TJ-O005")],
    );
    check(
        |d| d.entities[1].id = "page_info".into(),
        &[("entity.person", "TJ-O010"), ("kind.registration.role.representative.entity", "TJ-O053")],
    );
    // `area_1` and `area1` are one name in the API; `subject_connection` is a type made beside `subject`.
    check(
        |d| {
            d.kinds[0].fields[3].id = "area_1".into();
            d.kinds[0].fields[4].id = "area1".into();
            d.entities[0].fields[0].from = vec!["registration.name".into()];
        },
        &[("kind.registration.field.approved_on", "TJ-O011")],
    );
    check(
        |d| {
            let other = entity("subject_connection", "subject_connections", "other", vec![]);
            d.entities.push(EntityDraft { path: "entity.x".into(), ..other });
        },
        &[("entity.subject", "TJ-O011")],
    );
    check(|d| d.kinds.push(d.kinds[0].clone()), &[("kind.registration", "TJ-O008")]);
}

#[test]
fn types_and_what_goes_with_them() {
    let at = "kind.registration.field.area";
    check(
        |d| d.kinds[0].fields[3].field_type = "decmal".into(),
        &[(&format!("{at}.type"), "TJ-O020"), (&format!("{at}.scale"), "TJ-O028")],
    );
    check(|d| d.kinds[0].fields[3].scale = None, &[(at, "TJ-O025")]);
    check(|d| d.kinds[0].fields[3].scale = Some(10), &[(&format!("{at}.scale"), "TJ-O026")]);
    check(|d| d.kinds[0].fields[3].currency = Some("CNY".into()), &[(&format!("{at}.currency"), "TJ-O028")]);
    check(|d| d.kinds[0].fields[2].code_list = None, &[("kind.registration.field.status", "TJ-O021")]);
    check(
        |d| d.kinds[0].fields[2].code_list = Some("statuz".into()),
        &[("kind.registration.field.status.code_list", "TJ-O022")],
    );
    check(
        |d| d.kinds[0].fields[0].scheme = Some("usc".into()),
        &[
            ("kind.registration.field.uscc.scheme", "TJ-O024"),
            ("kind.registration.role.party.identifiers[0]", "TJ-O055"),
        ],
    );
    check(
        |d| d.kinds[0].fields[0].scheme = None,
        &[
            ("kind.registration.field.uscc", "TJ-O023"),
            ("kind.registration.role.party.identifiers[0]", "TJ-O055"),
        ],
    );
    for word in ["cached", "live", "verify", "sealed"] {
        check(
            |d| d.kinds[0].fields[1].freshness = Some(word.into()),
            &[("kind.registration.field.name.freshness", "TJ-O029")],
        );
    }
    check(
        |d| d.kinds[0].fields[1].freshness = Some("fresh".into()),
        &[("kind.registration.field.name.freshness", "TJ-O007")],
    );
}

#[test]
fn rights() {
    let at = "kind.registration.field.rep_id";
    check(|d| d.kinds[0].fields[5].freshness = Some("key".into()), &[(at, "TJ-O031")]);
    check(|d| d.kinds[0].fields[5].sensitivity = None, &[(at, "TJ-O033")]);
    check(
        |d| d.kinds[0].fields[1].share = Some("unconditional".into()),
        &[("kind.registration.field.name.share", "TJ-O035")],
    );
    check(|d| d.kinds[0].share = "everybody".into(), &[("kind.registration.share", "TJ-O007")]);
    check(
        |d| d.kinds[0].fields[1].sensitivity = Some("personal".into()),
        &[("entity.subject.field.name", "TJ-O066")],
    );
    // Names among which people may stand: texts alone. Subjects, whose names are public, take them; people do not.
    let organisation = || Some("organisation".to_owned());
    check(
        |d| {
            d.kinds[0].fields[1].sensitivity = organisation();
            d.kinds[0].fields[1].freshness = Some("key".into());
        },
        &[],
    );
    check(
        |d| {
            d.kinds[0].fields[1].sensitivity = organisation();
            d.entities[0].nature = "other".into();
        },
        &[("entity.subject.field.name", "TJ-O066")],
    );
    check(
        |d| d.kinds[0].fields[5].sensitivity = organisation(),
        &[(at, "TJ-O033"), (&format!("{at}.sensitivity"), "TJ-O112")],
    );
}

#[test]
fn roles_and_golden_fields() {
    check(|d| d.kinds[0].roles[1].is_party = true, &[("kind.registration.role.representative", "TJ-O050")]);
    check(
        |d| d.kinds[0].roles[1].entity = "human".into(),
        &[("kind.registration.role.representative.entity", "TJ-O053")],
    );
    check(
        |d| d.kinds[0].roles[0].identifiers[0].field = "code".into(),
        &[("kind.registration.role.party.identifiers[0].field", "TJ-O054")],
    );
    check(
        |d| d.kinds[0].roles[1].entity = "subject".into(),
        &[("kind.registration.role.representative.identifiers[0]", "TJ-O057")],
    );
    check(
        |d| d.kinds[0].roles[1].id = "name".into(),
        &[("kind.registration.role.representative", "TJ-O052")],
    );
    check(
        |d| d.kinds[0].roles[0].inverse = Some("name".into()),
        &[("kind.registration.role.party", "TJ-O058")],
    );
    let at = "entity.subject.field.name";
    let from =
        |text: &'static str| move |d: &mut OntologyDraft| d.entities[0].fields[0].from = vec![text.into()];
    check(from("name"), &[(&format!("{at}.from[0]"), "TJ-O062")]);
    check(from("registrations.name"), &[(&format!("{at}.from[0]"), "TJ-O063")]);
    check(from("registration.nam"), &[(&format!("{at}.from[0]"), "TJ-O054")]);
    check(from("registration.area"), &[(&format!("{at}.from[0]"), "TJ-O064")]);
    check(from("registration(representative).name"), &[(&format!("{at}.from[0]"), "TJ-O065")]);
    check(from("registration.name by aproved_on"), &[(&format!("{at}.from[0]"), "TJ-O054")]);
    check(|d| d.entities[0].fields[0].from.clear(), &[(at, "TJ-O060")]);
}

#[test]
fn lists_and_translations() {
    check(|d| d.lists[1].edition = "2017".into(), &[("list.status", "TJ-O042")]);
    check(|d| d.lists[1].edition = " ".into(), &[("list.status.edition", "TJ-O040")]);
    check(
        |d| {
            let again = d.lists[0].entries[0].clone();
            d.lists[0].entries.push(again);
        },
        &[("list.status.entries[1]", "TJ-O044")],
    );
    check(
        |d| d.lists[0].entries[0].from = Some("2021-02-30".into()),
        &[("list.status.entries[0]", "TJ-O046")],
    );
    check(
        |d| d.lists[0].entries[0].parent = Some("9".into()),
        &[("list.status.entries[0].parent", "TJ-O045")],
    );
    // Itself; two above each other, and one below them.
    let with_parents = |parents: &'static [(&'static str, &'static str)]| {
        move |d: &mut OntologyDraft| {
            let like = d.lists[0].entries[0].clone();
            d.lists[0].entries.extend(parents.iter().map(|(code, parent)| CodeEntryDraft {
                code: (*code).into(),
                parent: Some((*parent).into()),
                ..like.clone()
            }));
        }
    };
    let n = good().lists[0].entries.len();
    let at = |index: usize| format!("list.status.entries[{}].parent", n + index);
    check(with_parents(&[("x", "x")]), &[(&at(0), "TJ-O068")]);
    check(with_parents(&[("w", "y"), ("x", "y"), ("y", "x")]), &[(&at(1), "TJ-O068")]);
    check(
        with_parents(&[("x", "y"), ("y", "z"), ("z", "y"), ("u", "u")]),
        &[(&at(1), "TJ-O068"), (&at(3), "TJ-O068")],
    );
    check(|d| d.translations[0].list = "statuses".into(), &[("translation.local.list", "TJ-O022")]);
    check(|d| d.translations[0].edition = Some("1999".into()), &[("translation.local.edition", "TJ-O048")]);
    check(|d| d.translations[0].map[0].1 = "7".into(), &[("translation.local", "TJ-O049")]);
    check(|d| d.translations[0].otherwise = Some("7".into()), &[("translation.local", "TJ-O049")]);
}

#[test]
fn all_problems_at_once() {
    let mut draft = good();
    draft.kinds[0].share = "all".into();
    draft.kinds[0].fields[3].scale = None;
    draft.kinds[0].roles[1].is_party = true;
    draft.lists[1].edition = "2017".into();
    draft.entities[0].fields[0].from.clear();
    let problems = Ontology::build(draft).unwrap_err();
    assert_eq!(problems.len(), 5, "{:?}", problems.iter().map(said).collect::<Vec<_>>());
}

#[test]
fn words() {
    assert!(is_id("a1_b") && !is_id("a__b") && !is_id("a_") && !is_id("_a") && !is_id("1a") && !is_id("é"));
    assert!(is_id(&"a".repeat(40)) && !is_id(&"a".repeat(41)));
    assert_eq!(
        (pascal_case("annual_report"), camel_case("annual_report")),
        ("AnnualReport".into(), "annualReport".into())
    );
    assert_eq!(suggested_id("Annual Report"), Some("annual_report".into()));
    assert_eq!(suggested_id("legalRep"), Some("legal_rep".into()));
    assert_eq!(suggested_id("名称"), None);
    assert_eq!(nearest("decmal", ["decimal", "date"]), Some("decimal"));
    assert_eq!(nearest("zzz", ["decimal", "date"]), None);
}

mod relations;
mod time;
