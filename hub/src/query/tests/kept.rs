//! Numbers and names of people in fields of codes and identifiers: told to nobody, asked by nobody, in no order.

use messages::{Lang, Message};

use crate::FieldValue;
use crate::catalogue::Role;
use crate::query::DeadLetterQuestion;
use crate::query::plan::{Compare, Direction, Filter, ListPlan, OrderKey, Plan, Select, Target};

use crate::store::{Fault, Outcome};

use super::world::{World, asker, dead, penalty_of, uscc};

const PERSON: &str = "610113198001011231";

fn text(text: &str) -> FieldValue {
    FieldValue::Text(text.to_owned())
}

fn code(code: &str) -> FieldValue {
    FieldValue::Code { code: code.to_owned(), edition: String::new() }
}

/// A world in which the party of a penalty is entered by its owner's ID number, and of another by a name.
async fn world() -> World {
    let world = World::new(3).await;
    let entries = [PERSON, "张三", "无证可查"].iter().zip(90..);
    world.apply(1, entries.map(|(party, m)| penalty_of(1, m, party, 10_000)).collect()).await;
    world
}

fn plan(kind: &str, field: &str, filter: Filter) -> Plan {
    let select = Select { fields: vec![field.to_owned()], ..Select::default() };
    let list = ListPlan { filter, ..ListPlan::first(50, select) };
    Plan { target: Target::Records(kind.into()), ids: None, list, as_of: None }
}

fn by(kind: &str, field: &str, compare: Compare) -> Plan {
    plan(kind, field, Filter::Field { field: field.into(), compare })
}

#[tokio::test]
async fn rows_and_versions_tell_no_person() {
    let world = world().await;
    let mut all = plan("penalty", "party_code", Filter::all());
    all.list.select.history = Some(3);
    let answer = world.query.run(&asker(Role::Steward), "penalties", all).await.unwrap();
    let shown = format!("{:?}", answer.rows);
    assert!(!shown.contains(PERSON) && !shown.contains("张三"), "{shown}");
    for left in ["610***********1231", "张*", "无*", &uscc(1)] {
        assert!(shown.contains(left), "{left} in {shown}");
    }
}

#[tokio::test]
async fn reasons_of_rows_set_aside_tell_no_person() {
    let world = world().await;
    let mut entry = dead("甲");
    if let Outcome::DeadLetter(letter) = &mut entry.outcome {
        let fault = |found: &str| Fault {
            field: Some("party_code".into()),
            column: None,
            message: Message::new("TJ-I006").with("found", found),
        };
        letter.faults = [PERSON, "张三", "张三13812345678", "--"].map(fault).into();
    }
    world.apply(1, vec![entry]).await;
    let question = DeadLetterQuestion { first: 9, ..DeadLetterQuestion::default() };
    let letters = world.query.dead_letters(&asker(Role::Steward), &question).await.unwrap();
    let told = letters.iter().flat_map(|letter| &letter.faults).flat_map(|fault| &fault.message.args);
    let found: Vec<&str> =
        told.filter(|(name, _)| *name == "found").map(|(_, value)| value.as_str()).collect();
    assert!(found.ends_with(&["610***********1231", "张*", "张*138****5678", "--"]), "{found:?}");
}

#[tokio::test]
async fn identifiers_are_asked_by_whole_numbers_and_short_beginnings() {
    let world = world().await;
    let found = async |compare| {
        let plan = by("penalty", "party_code", compare);
        world.query.run(&asker(Role::Reader), "penalties", plan).await.unwrap().rows.rows.len()
    };
    let one = found(Compare::Eq(text(&uscc(1)))).await;
    assert!(one > 0 && found(Compare::In(vec![text(&uscc(1))])).await == one);
    let part = |n: usize| uscc(1).chars().take(n).collect::<String>();
    assert!(found(Compare::StartsWith(part(17))).await >= one);
    assert!(found(Compare::Gte(text(&part(12)))).await >= one);
    assert!(found(Compare::Contains("610131MA".into())).await >= one);
    assert_eq!(found(Compare::StartsWith("610113".into())).await, 1);
    assert_eq!(found(Compare::Eq(text("无"))).await, 0);

    for (compare, code) in [
        (Compare::Eq(text(PERSON)), "NOT_A_CODE"),
        (Compare::Ne(text(PERSON)), "NOT_A_CODE"),
        (Compare::In(vec![text(&uscc(1)), text("张三")]), "NOT_A_CODE"),
        (Compare::Eq(text("13812345678")), "NOT_A_CODE"),
        (Compare::StartsWith("610113198".into()), "WHOLE_NUMBERS_ONLY"),
        (Compare::StartsWith("1381".into()), "WHOLE_NUMBERS_ONLY"),
        (Compare::StartsWith("E12".into()), "WHOLE_NUMBERS_ONLY"),
        (Compare::StartsWith("张".into()), "WHOLE_NUMBERS_ONLY"),
        (Compare::Contains("1980".into()), "WHOLE_NUMBERS_ONLY"),
        (Compare::Contains("E12".into()), "WHOLE_NUMBERS_ONLY"),
        (Compare::Contains("张".into()), "WHOLE_NUMBERS_ONLY"),
        (Compare::Gt(text("6101131980")), "WHOLE_NUMBERS_ONLY"),
        (Compare::Lte(text("6101131980A")), "WHOLE_NUMBERS_ONLY"),
    ] {
        let plan = by("penalty", "party_code", compare.clone());
        let error = world.query.run(&asker(Role::Steward), "penalties", plan).await.unwrap_err();
        assert_eq!(error.code(), code, "{compare:?}");
        for lang in [Lang::Zh, Lang::En] {
            let said = error.message().render(lang);
            assert!(said.contains("party_code") && !said.contains("张") && !said.contains("1980"), "{said}");
        }
    }
    let mut ordered = plan("penalty", "party_code", Filter::all());
    ordered.list.order = vec![OrderKey { field: "party_code".into(), direction: Direction::Ascending }];
    let error = world.query.run(&asker(Role::Steward), "penalties", ordered.clone()).await.unwrap_err();
    assert_eq!(error.code(), "WHOLE_NUMBERS_ONLY");
    // Subjects are gone through by their codes.
    ordered.target = Target::Entities("subject".into());
    ordered.list.select.fields = vec!["uscc".into()];
    ordered.list.order = vec![OrderKey { field: "uscc".into(), direction: Direction::Ascending }];
    assert!(world.query.run(&asker(Role::Reader), "subjects", ordered).await.is_ok());
    // What was asked is in the trail, without the person's number.
    let entries = world.audit.entries(0, 100).await.unwrap();
    assert!(entries.iter().any(|entry| entry.outcome == "NOT_A_CODE"));
    assert!(entries.iter().all(|entry| !entry.plan.contains(PERSON) && !entry.plan.contains("13812345678")));
}

#[tokio::test]
async fn codes_are_asked_by_what_would_be_shown_whole() {
    let world = world().await;
    for (compare, refused) in [
        (Compare::Eq(code("I")), None),
        (Compare::Eq(code("其他")), None),
        (Compare::In(vec![code("A"), code("暂停")]), None),
        (Compare::StartsWith("I".into()), None),
        (Compare::IsNull(true), None),
        (Compare::Eq(code("张三")), Some("NOT_A_CODE")),
        (Compare::Ne(code("张三")), Some("NOT_A_CODE")),
        (Compare::In(vec![code("I"), code(PERSON)]), Some("NOT_A_CODE")),
        (Compare::StartsWith("张".into()), Some("NO_CODE_BEGINS_SO")),
        (Compare::StartsWith("6101".into()), Some("NO_CODE_BEGINS_SO")),
        (Compare::Contains("张".into()), Some("BAD_VALUE")),
        (Compare::Lt(code("B")), Some("BAD_VALUE")),
    ] {
        let plan = by("registration", "industry", compare.clone());
        let done = world.query.run(&asker(Role::Steward), "registrations", plan).await;
        assert_eq!(done.err().map(|error| error.code()), refused, "{compare:?}");
    }
}
