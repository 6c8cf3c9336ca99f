use crate::ontology::{IdentifierField, Label, Role, Scheme};
use crate::{EntityId, FieldValue, RecordId};

use super::groups::Regrouping;
use super::*;

fn role(schemes: &[Scheme]) -> Role {
    Role {
        id: "party".to_owned(),
        entity: "subject".to_owned(),
        label: Label::default(),
        is_party: true,
        inverse: "records".to_owned(),
        identifiers: schemes
            .iter()
            .enumerate()
            .map(|(field, scheme)| IdentifierField { scheme: *scheme, field })
            .collect(),
        name: None,
        scored: None,
    }
}

#[track_caller]
fn check(schemes: &[Scheme], texts: &[&str], expected: &[&str]) {
    let values: Vec<FieldValue> = texts.iter().map(|text| FieldValue::Text((*text).to_owned())).collect();
    let found: Vec<String> = identifiers_of(&role(schemes), &values, &[(9, "00ff".to_owned())], "rsj")
        .iter()
        .map(|one| format!("{} {}", one.scheme.id(), one.value))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn cross_keys_are_derived() {
    check(
        &[Scheme::Uscc],
        &["91610131MA6TE5T09D"],
        &["uscc 91610131MA6TE5T09D", "organisation_code MA6TE5T09"],
    );
    check(
        &[Scheme::TaxId, Scheme::OrganisationCode],
        &["91610131MA6TE5T09D", "MA6TE5T0-9"],
        &["uscc 91610131MA6TE5T09D", "organisation_code MA6TE5T09"],
    );
    check(&[Scheme::TaxId], &["610131MA6TE5T09"], &["organisation_code MA6TE5T09"]);
    check(&[Scheme::SocialInsuranceNumber], &["6101MA6TE5T09"], &["organisation_code MA6TE5T09"]);
    check(
        &[Scheme::SubjectNumber],
        &["91610131ma6te5t09d"],
        &["uscc 91610131MA6TE5T09D", "organisation_code MA6TE5T09"],
    );
    check(
        &[Scheme::SubjectNumber],
        &["４４０３０１１０３０９７４１３"],
        &["registration_number 440301103097413"],
    );
    check(&[Scheme::SubjectNumber], &["440301103097414"], &[]);
    check(&[Scheme::Local], &[" a-7 "], &["local rsj|A-7"]);
    check(&[Scheme::Uscc], &["91610131MA6TE5T09E"], &[]);
    check(&[Scheme::Uscc], &["000000000000000000"], &[]);
    check(&[Scheme::CustomsCode], &["6101960ABC"], &["customs_code 6101960ABC"]);
}

#[test]
fn an_owner_s_number_is_hashed() {
    let found = identifiers_of(
        &role(&[Scheme::TaxId]),
        &[FieldValue::Text("11010519491231002X01".to_owned())],
        &[],
        "tax",
    );
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].scheme, Scheme::TaxId);
    assert!(!found[0].value.contains("1949"));
}

#[test]
fn the_first_identifier_with_one_claimant_decides() {
    let one = |scheme, value: &str| Identifier { scheme, value: value.into() };
    let identifiers =
        [one(Scheme::Uscc, "u"), one(Scheme::RegistrationNumber, "r"), one(Scheme::OrganisationCode, "o")];
    let claims = |identifier: &Identifier, found: &mut Vec<EntityId>| match &*identifier.value {
        "r" => found.extend([EntityId(1), EntityId(2)]),
        "o" => found.push(EntityId(3)),
        _ => {}
    };
    let decision = decide(&identifiers, &Judged::Not, claims);
    assert_eq!(decision.link, Some((EntityId(3), Evidence::Scheme(Scheme::OrganisationCode), None)));
    assert_eq!(decision.n_mentions, 2);

    let decision = decide(&identifiers, &Judged::NotThese(vec![EntityId(1)]), claims);
    assert_eq!(decision.link, Some((EntityId(2), Evidence::Scheme(Scheme::RegistrationNumber), None)));
    assert_eq!(decision.n_mentions, 3);

    let decision = decide(&identifiers, &Judged::Nobody(7), claims);
    assert_eq!((decision.link, decision.is_waiting), (None, false));

    let decision = decide(&identifiers[..1], &Judged::Not, claims);
    assert_eq!((decision.link, decision.is_waiting, decision.n_mentions), (None, true, 1));

    let decision = decide(&[], &Judged::Not, claims);
    assert_eq!((decision.link, decision.is_waiting), (None, false));
}

fn member(record: i64, before: Option<i64>, key: Option<&str>) -> Member {
    let key = key.map(|key| match key {
        "own" => GroupKey::Own(RecordId(record)),
        code => GroupKey::Code(code.into()),
    });
    Member { record: RecordId(record), before: before.map(EntityId), long_ago: None, key }
}

fn ids(regrouping: &Regrouping) -> Vec<(Vec<i64>, GroupId)> {
    regrouping
        .groups
        .iter()
        .map(|(records, id)| (records.iter().map(|record| record.0).collect(), *id))
        .collect()
}

#[test]
fn groups_merge_into_the_oldest() {
    let done = regroup(&[member(5, Some(20), Some("a")), member(9, Some(10), Some("a"))]);
    assert_eq!(ids(&done), [(vec![5, 9], GroupId::Entity(EntityId(10)))]);
    assert_eq!(done.merged, [(EntityId(20), 0)]);
}

#[test]
fn the_part_with_the_oldest_record_keeps_the_id() {
    let done = regroup(&[member(5, Some(20), Some("b")), member(9, Some(20), Some("a"))]);
    assert_eq!(
        ids(&done),
        [(vec![9], GroupId::New { from: Some(EntityId(20)) }), (vec![5], GroupId::Entity(EntityId(20)))]
    );
}

#[test]
fn an_entity_without_anchors_is_gone_and_comes_back() {
    let done = regroup(&[member(5, Some(20), None)]);
    assert_eq!(done.gone, [EntityId(20)]);
    let mut back = member(5, None, Some("own"));
    back.long_ago = Some(EntityId(20));
    assert_eq!(ids(&regroup(&[back])), [(vec![5], GroupId::Entity(EntityId(20)))]);
}
