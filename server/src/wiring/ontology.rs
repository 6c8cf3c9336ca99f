//! The configuration's words about meaning, copied into the hub's.

use config::{Config, draft};
use hub::ontology;

/// Copies everything the configuration says of meaning.
#[must_use]
pub(crate) fn ontology(config: &Config) -> ontology::OntologyDraft {
    ontology::OntologyDraft {
        is_scored: config.hub.is_scored,
        kinds: config.kinds.iter().map(kind).collect(),
        entities: config.entities.iter().map(entity).collect(),
        relations: config.relations.iter().map(relation).collect(),
        lists: config.lists.iter().flat_map(list).collect(),
        translations: config.translations.iter().map(translation).collect(),
        calendars: config.calendars.iter().map(calendar).collect(),
    }
}

fn calendar(draft: &draft::CalendarDraft) -> ontology::CalendarDraft {
    ontology::CalendarDraft {
        path: format!("calendar.{}", draft.id),
        year: draft.year,
        off: draft.off.clone(),
        worked: draft.worked.clone(),
    }
}

fn kind(draft: &draft::KindDraft) -> ontology::KindDraft {
    let path = format!("kind.{}", draft.id);
    ontology::KindDraft {
        id: draft.id.clone(),
        plural: draft.plural.clone(),
        label_zh: draft.label_zh.clone(),
        label_en: draft.label_en.clone(),
        description_zh: draft.description_zh.clone().unwrap_or_default(),
        description_en: draft.description_en.clone().unwrap_or_default(),
        share: draft.share.as_str().to_owned(),
        fields: draft.fields.iter().map(|of| field(&path, of)).collect(),
        roles: draft.roles.iter().map(|of| role(&path, of)).collect(),
        timely: draft.timely.iter().enumerate().map(|(n, of)| timely(&path, n, of)).collect(),
        path,
    }
}

fn timely(above: &str, n: usize, draft: &draft::TimelyDraft) -> ontology::TimelyDraft {
    ontology::TimelyDraft {
        path: format!("{above}.timely[{n}]"),
        from: draft.from.clone(),
        to: draft.to.clone(),
        days: draft.days,
        count: draft.count.as_str().to_owned(),
        since: draft.since.clone(),
        until: draft.until.clone(),
        basis: draft.basis.clone().unwrap_or_default(),
    }
}

fn field(above: &str, draft: &draft::FieldDraft) -> ontology::FieldDraft {
    let freshness = match draft.freshness {
        Some(freshness) => Some(freshness.as_str().to_owned()),
        None => draft.is_indexed.then(|| "key".to_owned()),
    };
    ontology::FieldDraft {
        path: format!("{above}.field.{}", draft.id),
        id: draft.id.clone(),
        field_type: draft.field_type.clone(),
        scheme: draft.scheme.clone(),
        code_list: draft.code_list.clone(),
        scale: draft.scale,
        label_zh: draft.label_zh.clone(),
        label_en: draft.label_en.clone(),
        description_zh: draft.description_zh.clone().unwrap_or_default(),
        description_en: draft.description_en.clone().unwrap_or_default(),
        share: draft.share.map(|share| share.as_str().to_owned()),
        currency: draft.currency.clone(),
        max_length: draft.max_length,
        sensitivity: draft.sensitivity.map(|sensitivity| sensitivity.as_str().to_owned()),
        freshness,
        is_required: draft.is_required,
        deprecated: None,
    }
}

fn role(above: &str, draft: &draft::RoleDraft) -> ontology::RoleDraft {
    let path = format!("{above}.role.{}", draft.id);
    let identifiers = draft.identifiers.iter().enumerate();
    ontology::RoleDraft {
        id: draft.id.clone(),
        entity: draft.entity.clone(),
        label_zh: draft.label_zh.clone(),
        label_en: draft.label_en.clone(),
        is_party: draft.is_party,
        inverse: draft.inverse.clone(),
        identifiers: identifiers
            .map(|(index, of)| ontology::IdentifierDraft {
                path: format!("{path}.identifiers[{index}]"),
                scheme: of.scheme.clone(),
                field: of.field.clone(),
            })
            .collect(),
        name: draft.name.clone(),
        scored: draft.scored.as_ref().map(|scored| ontology::ScoredDraft {
            code: scored.code.clone(),
            former_names: scored.former_names.clone(),
            representative: scored.representative.clone(),
            phone: scored.phone.clone(),
            address: scored.address.clone(),
        }),
        path,
    }
}

fn entity(draft: &draft::EntityDraft) -> ontology::EntityDraft {
    let path = format!("entity.{}", draft.id);
    let nature = match (draft.origin, draft.is_market_subject) {
        (draft::Origin::ResidentId, _) => "person",
        (draft::Origin::Anchor, true) => "subject",
        (draft::Origin::Anchor | draft::Origin::Configuration, _) => "other",
    };
    ontology::EntityDraft {
        id: draft.id.clone(),
        plural: draft.plural.clone(),
        label_zh: draft.label_zh.clone(),
        label_en: draft.label_en.clone(),
        description_zh: draft.description_zh.clone().unwrap_or_default(),
        description_en: draft.description_en.clone().unwrap_or_default(),
        share: Some(draft.share.as_str().to_owned()),
        nature: nature.to_owned(),
        fields: draft
            .fields
            .iter()
            .map(|golden| ontology::GoldenFieldDraft {
                field: field(&path, &golden.field),
                from: golden.from.clone(),
            })
            .collect(),
        path,
    }
}

fn relation(draft: &draft::RelationDraft) -> ontology::RelationDraft {
    let path = format!("relation.{}", draft.id);
    ontology::RelationDraft {
        id: draft.id.clone(),
        label_zh: draft.label_zh.clone(),
        label_en: draft.label_en.clone(),
        description_zh: draft.description_zh.clone().unwrap_or_default(),
        description_en: draft.description_en.clone().unwrap_or_default(),
        share: draft.share.as_str().to_owned(),
        kind: draft.kind.clone(),
        from: relation_end(format!("{path}.from"), &draft.from),
        to: relation_end(format!("{path}.to"), &draft.to),
        path,
    }
}

fn relation_end(path: String, draft: &draft::RelationEndDraft) -> ontology::RelationEndDraft {
    ontology::RelationEndDraft {
        path,
        role: draft.role.clone(),
        field: draft.field.clone(),
        label_zh: draft.label_zh.clone(),
        label_en: draft.label_en.clone(),
    }
}

fn list(draft: &draft::ListDraft) -> Vec<ontology::ListDraft> {
    let editions = draft.editions.iter();
    editions
        .map(|edition| ontology::ListDraft {
            path: edition.path.clone(),
            id: draft.id.clone(),
            edition: edition.name.clone(),
            label_zh: draft.label_zh.clone(),
            label_en: draft.label_en.clone(),
            from: edition.from.clone(),
            until: edition.until.clone(),
            entries: edition.entries.iter().map(entry).collect(),
        })
        .collect()
}

fn entry(draft: &draft::EntryDraft) -> ontology::CodeEntryDraft {
    ontology::CodeEntryDraft {
        code: draft.code.clone(),
        zh: draft.zh.clone(),
        en: draft.en.clone(),
        from: draft.from.clone(),
        until: draft.until.clone(),
        parent: draft.parent.clone(),
    }
}

fn translation(draft: &draft::TranslationDraft) -> ontology::TranslationDraft {
    ontology::TranslationDraft {
        path: format!("translation.{}", draft.id),
        id: draft.id.clone(),
        list: draft.list.clone(),
        edition: draft.edition.clone(),
        map: draft.map.clone(),
        otherwise: draft.otherwise.clone(),
    }
}
