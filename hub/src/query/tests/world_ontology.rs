//! What the records of the small world mean.

use super::super::hub::ontology::{
    CalendarDraft, CodeEntryDraft, EntityDraft, FieldDraft, GoldenFieldDraft, IdentifierDraft, KindDraft,
    ListDraft, Ontology, OntologyDraft, RelationDraft, RelationEndDraft, RoleDraft, TimelyDraft,
};

fn field(id: &str, words: &str) -> FieldDraft {
    let mut draft = FieldDraft {
        path: id.to_owned(),
        id: id.to_owned(),
        label_zh: format!("字段{id}"),
        label_en: format!("Field {id}"),
        ..FieldDraft::default()
    };
    for word in words.split(' ') {
        match word {
            "key" => draft.freshness = Some("key".to_owned()),
            "public" | "organisation" | "personal" => draft.sensitivity = Some(word.to_owned()),
            "uscc" | "resident_id" => {
                draft.field_type = "identifier".to_owned();
                draft.scheme = Some(word.to_owned());
            }
            "industry" => {
                draft.field_type = "code".to_owned();
                draft.code_list = Some(word.to_owned());
            }
            "decimal" => {
                draft.field_type = word.to_owned();
                draft.scale = Some(4);
            }
            other => draft.field_type = other.to_owned(),
        }
    }
    draft
}

fn role(id: &str, entity: &str, inverse: &str, is_party: bool, (scheme, by): (&str, &str)) -> RoleDraft {
    RoleDraft {
        path: id.to_owned(),
        id: id.to_owned(),
        entity: entity.to_owned(),
        label_zh: format!("角色{id}"),
        label_en: format!("Role {id}"),
        is_party,
        inverse: Some(inverse.to_owned()),
        identifiers: vec![IdentifierDraft {
            path: id.to_owned(),
            scheme: scheme.to_owned(),
            field: by.to_owned(),
        }],
        ..RoleDraft::default()
    }
}

fn kind(id: &str, plural: &str, share: &str, fields: Vec<FieldDraft>, roles: Vec<RoleDraft>) -> KindDraft {
    KindDraft {
        path: id.to_owned(),
        id: id.to_owned(),
        plural: plural.to_owned(),
        label_zh: format!("种类{id}"),
        label_en: format!("Kind {id}"),
        share: share.to_owned(),
        fields,
        roles,
        ..KindDraft::default()
    }
}

fn relation(id: &str, (kind, share): (&str, &str), from: (&str, &str), to: (&str, &str)) -> RelationDraft {
    let end = |(role, field): (&str, &str)| RelationEndDraft {
        path: id.to_owned(),
        role: role.to_owned(),
        field: field.to_owned(),
        label_zh: format!("通往{field}"),
        label_en: format!("Way {field}"),
    };
    RelationDraft {
        path: id.to_owned(),
        id: id.to_owned(),
        label_zh: format!("关系{id}"),
        label_en: format!("Relation {id}"),
        share: share.to_owned(),
        kind: kind.to_owned(),
        from: end(from),
        to: end(to),
        ..RelationDraft::default()
    }
}

fn entity(id: &str, plural: &str, nature: &str, fields: &[(&str, &str, &[&str])]) -> EntityDraft {
    EntityDraft {
        path: id.to_owned(),
        id: id.to_owned(),
        plural: plural.to_owned(),
        label_zh: format!("主体{id}"),
        label_en: format!("Entity {id}"),
        nature: nature.to_owned(),
        fields: fields
            .iter()
            .map(|(id, words, from)| GoldenFieldDraft {
                field: field(id, words),
                from: from.iter().map(|from| (*from).to_owned()).collect(),
            })
            .collect(),
        ..EntityDraft::default()
    }
}

/// In seven working days at the hub, on the same working day published.
fn timely() -> Vec<TimelyDraft> {
    let rule = |to: Option<&str>, days: u32, since: Option<&str>| TimelyDraft {
        path: "penalty.timely".to_owned(),
        from: "decided_on".to_owned(),
        to: to.map(str::to_owned),
        days,
        count: "working".to_owned(),
        since: since.map(str::to_owned),
        ..TimelyDraft::default()
    };
    vec![rule(None, 7, Some("2016-05-30")), rule(Some("published_at"), 0, None)]
}

pub(crate) fn ontology() -> Ontology {
    let registration = kind(
        "registration",
        "registrations",
        "unconditional",
        vec![
            field("uscc", "uscc key public"),
            field("name", "text key public"),
            field("representative", "text personal"),
            field("representative_id", "resident_id personal"),
            field("phone", "phone personal"),
            field("address", "address personal"),
            field("capital", "money key"),
            field("founded", "partial_date key"),
            field("industry", "industry key"),
            field("valid_until", "until key"),
            field("registered_on", "date key"),
        ],
        vec![
            role("subject", "subject", "registrations", true, ("uscc", "uscc")),
            role(
                "representative_person",
                "person",
                "represents",
                false,
                ("resident_id", "representative_id"),
            ),
        ],
    );
    let penalty = kind(
        "penalty",
        "penalties",
        "conditional",
        vec![
            field("number", "text key public"),
            field("party_code", "uscc key"),
            field("party_name", "text key organisation"),
            field("amount", "money key"),
            field("decided_on", "date key"),
            field("reason", "text"),
            field("rate", "decimal key"),
            field("points", "integer key"),
            field("is_public", "bool key"),
            field("published_at", "timestamp key"),
            field("officer", "text personal"),
        ],
        vec![role("party", "subject", "penalties", true, ("uscc", "party_code"))],
    );
    let penalty = KindDraft { timely: timely(), ..penalty };
    let clue = kind(
        "clue",
        "clues",
        "not_shared",
        vec![field("party_code", "uscc key"), field("content", "text")],
        vec![role("party", "subject", "clues", true, ("uscc", "party_code"))],
    );
    let subject = entity(
        "subject",
        "subjects",
        "subject",
        &[
            ("uscc", "uscc key public", &["registration.uscc"]),
            ("name", "text key public", &["registration.name by registered_on", "penalty.party_name"]),
            ("phone", "phone personal", &["registration.phone"]),
            ("capital", "money key", &["registration.capital"]),
        ],
    );
    let person = entity(
        "person",
        "persons",
        "person",
        &[("name", "text personal", &["registration(representative_person).representative"])],
    );
    let entry = |code: &str, zh: &str, en: &str| CodeEntryDraft {
        code: code.to_owned(),
        zh: zh.to_owned(),
        en: en.to_owned(),
        ..CodeEntryDraft::default()
    };
    let industry = ListDraft {
        path: "industry".to_owned(),
        id: "industry".to_owned(),
        edition: "2017".to_owned(),
        label_zh: "行业".to_owned(),
        label_en: "Industry".to_owned(),
        entries: vec![entry("A", "农业", "Agriculture"), entry("I", "软件业", "Software")],
        ..ListDraft::default()
    };
    let holding = kind(
        "holding",
        "holdings",
        "conditional",
        vec![
            field("company", "uscc key"),
            field("holder_code", "uscc key"),
            field("holder_id", "resident_id personal"),
            field("ratio", "decimal key"),
        ],
        vec![
            role("party", "subject", "holdings", true, ("uscc", "company")),
            role("holder", "subject", "held", false, ("uscc", "holder_code")),
            role("holder_person", "person", "held", false, ("resident_id", "holder_id")),
        ],
    );
    let represents = ("registration", "conditional");
    let spring = CalendarDraft {
        path: "calendar.cn_2026".into(),
        year: 2026,
        off: vec!["2026-02-15/2026-02-23".into()],
        worked: vec!["2026-02-14".into(), "2026-02-28".into()],
    };
    let draft = OntologyDraft {
        calendars: vec![spring],
        kinds: vec![registration, penalty, clue, holding],
        entities: vec![subject, person],
        relations: vec![
            relation("represents", represents, ("subject", "people"), ("representative_person", "companies")),
            relation("holds", ("holding", "conditional"), ("party", "holders"), ("holder", "invested_in")),
            relation(
                "person_holds",
                ("holding", "conditional"),
                ("party", "human_holders"),
                ("holder_person", "invested_in"),
            ),
            relation(
                "hidden",
                ("registration", "not_shared"),
                ("subject", "hidden"),
                ("representative_person", "hidden"),
            ),
        ],
        lists: vec![industry],
        ..OntologyDraft::default()
    };
    Ontology::build(draft).unwrap()
}
