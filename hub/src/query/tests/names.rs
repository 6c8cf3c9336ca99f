//! Names of people among those of organisations: asked by nobody, told to nobody, on every way out.

use messages::{Lang, Message};

use crate::FieldValue;
use crate::catalogue::Role;
use crate::query::plan::{
    Compare, Direction, Filter, ListPlan, OrderKey, Plan, Quantifier, Relation, Select, Target, Via,
};
use crate::query::quality::{FindingQuestion, QualityDimension};
use crate::query::{DeadLetterQuestion, QueryError};
use crate::store::{Entry, Fault, Outcome};

use super::world::{World, asker, dead, penalty_named, penalty_of, uscc};

const PERSON: &str = "张三丰年";

fn text(text: &str) -> FieldValue {
    FieldValue::Text(text.to_owned())
}

/// A world in which one penalty of subject 1, whose name the register does not say, names a person.
async fn world() -> World {
    let world = World::new(6).await;
    world.apply(1, vec![penalty_of(1, 9, &uscc(1), 10_000)]).await;
    world.apply(1, vec![penalty_named(1, 9, &uscc(1), 10_000, PERSON)]).await;
    world
}

fn penalties(filter: Filter) -> Plan {
    let fields = ["party_name", "decided_on"].map(str::to_owned).to_vec();
    let list = ListPlan { filter, ..ListPlan::first(50, Select { fields, ..Select::default() }) };
    Plan { target: Target::Records("penalty".into()), ids: None, list, as_of: None }
}

fn by_name(compare: Compare) -> Filter {
    Filter::Field { field: "party_name".into(), compare }
}

async fn refused(world: &World, plan: Plan) -> QueryError {
    world.query.run(&asker(Role::Steward), "penalties", plan).await.unwrap_err()
}

#[tokio::test]
async fn whole_names_of_organisations_are_asked_by_and_nothing_else() {
    let world = world().await;
    let found = async |compare| {
        let plan = penalties(by_name(compare));
        world.query.run(&asker(Role::Reader), "penalties", plan).await.unwrap().rows.rows.len()
    };
    assert_eq!(found(Compare::Eq(text("西安高新3店"))).await, 3);
    assert_eq!(found(Compare::In(vec![text("西安高新3店"), text("西安高新2店")])).await, 5);
    assert_eq!(found(Compare::Eq(text("无人认识的公司"))).await, 0);

    for compare in [Compare::Eq(text(PERSON)), Compare::In(vec![text("西安高新3店"), text("张三")])] {
        let error = refused(&world, penalties(by_name(compare))).await;
        assert_eq!(error.code(), "NOT_AN_ORGANISATION");
        for (lang, what) in [(Lang::Zh, "统一社会信用代码"), (Lang::En, "credit code")] {
            let said = error.message().render(lang);
            assert!(said.contains("party_name") && said.contains(what) && !said.contains("张"), "{said}");
        }
    }
    for compare in [
        Compare::Ne(text("西安高新3店")),
        Compare::Lt(text("西安高新3店")),
        Compare::Gte(text("西安高新3店")),
        Compare::StartsWith("张".into()),
        Compare::Contains("西安高新3店".into()),
        Compare::IsNull(false),
    ] {
        let error = refused(&world, penalties(by_name(compare))).await;
        assert_eq!(error.code(), "NAMES_ONLY_WHOLE");
    }
    let mut ordered = penalties(Filter::all());
    ordered.list.order = vec![OrderKey { field: "party_name".into(), direction: Direction::Ascending }];
    assert_eq!(refused(&world, ordered).await.code(), "NAMES_ONLY_WHOLE");
}

#[tokio::test]
async fn no_way_around_leads_to_a_person() {
    let world = world().await;
    let asked = || Box::new(by_name(Compare::Eq(text(PERSON))));
    let via = Via::Inverse { kind: "penalty".into(), role: "party".into() };
    let related = Filter::Related { via: via.clone(), quantifier: Quantifier::Some, filter: asked() };
    let mut subjects = penalties(related);
    subjects.target = Target::Entities("subject".into());
    subjects.list.select.fields = vec!["uscc".into()];
    let mut nested = subjects.clone();
    nested.list.filter = Filter::all();
    let list = ListPlan { filter: *asked(), ..ListPlan::first(5, Select::default()) };
    nested.list.select.relations = vec![Relation { name: "p".into(), via, list }];
    for plan in [penalties(Filter::Not(asked())), penalties(Filter::Or(vec![*asked()])), subjects, nested] {
        assert_eq!(refused(&world, plan).await.code(), "NOT_AN_ORGANISATION");
    }
    // What was asked is in the trail, without the person's name.
    let entries = world.audit.entries(0, 100).await.unwrap();
    assert_eq!(entries.len(), 4);
    for entry in entries {
        assert_eq!(entry.outcome, "NOT_AN_ORGANISATION");
        assert!(entry.plan.contains("张*") && !entry.plan.contains(PERSON), "{}", entry.plan);
    }
}

#[tokio::test]
async fn rows_versions_and_disagreements_tell_no_person() {
    let world = world().await;
    let mut plan = penalties(Filter::all());
    plan.list.select.history = Some(5);
    plan.list.select.provenance = true;
    let answer = world.query.run(&asker(Role::Steward), "penalties", plan.clone()).await.unwrap();
    let shown = format!("{:?}", answer.rows);
    assert!(!shown.contains(PERSON) && shown.contains("张*") && shown.contains("西安高新1店"), "{shown}");

    // The newest penalty of subject 1 names a person: its name is that of the other one.
    plan.target = Target::Entities("subject".into());
    plan.list.select = Select {
        fields: vec!["name".into(), "uscc".into()],
        history: Some(5),
        provenance: true,
        disagreements: true,
        ..Select::default()
    };
    plan.list.filter = Filter::Field { field: "uscc".into(), compare: Compare::Eq(text(&uscc(1))) };
    let answer = world.query.run(&asker(Role::Steward), "subjects", plan).await.unwrap();
    let row = &answer.rows.rows[0];
    assert_eq!(row.values[0], text("西安高新1店"));
    let disagreements = row.disagreements.as_ref().unwrap();
    let values: Vec<&FieldValue> = disagreements[0].values.iter().map(|one| &one.value).collect();
    assert!(values.contains(&&text("张*")) && values.contains(&&text("西安高新1店")), "{values:?}");
    assert!(!format!("{row:?}").contains(PERSON));
}

/// A row set aside whose party is called so.
fn aside(key: &str, party: &str) -> Entry {
    let mut entry = dead(key);
    if let Outcome::DeadLetter(letter) = &mut entry.outcome {
        letter.cells.push(("xdr".to_owned(), Some(party.to_owned())));
        let message = Message::new("TJ-D012").with("found", party).with("limit", 3);
        letter.faults = vec![Fault { field: Some("party_name".into()), column: Some("xdr".into()), message }];
    }
    entry
}

#[tokio::test]
async fn rows_set_aside_and_findings_tell_no_person() {
    let world = world().await;
    world.apply(1, vec![aside("甲", PERSON), aside("乙", "张三水果店")]).await;
    let question = DeadLetterQuestion { first: 9, ..DeadLetterQuestion::default() };
    let letters = world.query.dead_letters(&asker(Role::Steward), &question).await.unwrap();
    let cell = |at: usize| letters[at].cells.iter().find(|(column, _)| column == "xdr").unwrap().1.clone();
    assert_eq!((cell(0).as_deref(), cell(1).as_deref()), (Some("张*"), Some("张三水果店")));
    let quotes = |at: usize| format!("{:?}", letters[at].faults);
    assert!(quotes(0).contains("***") && !quotes(0).contains(PERSON), "{}", quotes(0));
    assert!(quotes(1).contains("张三水果店"), "{}", quotes(1));

    for dimension in [QualityDimension::Validity, QualityDimension::Agreement] {
        let question = FindingQuestion {
            stream: Some("cf".into()),
            dimension: Some(dimension),
            field: Some("party_name".into()),
            first: 100,
            ..FindingQuestion::default()
        };
        let found = world.query.quality_findings(&asker(Role::Steward), &question).await.unwrap();
        let shown = format!("{found:?}");
        assert!(shown.contains("张*") && !shown.contains(PERSON), "{dimension:?}: {shown}");
        // Names of shops are told: a department can mend the row.
        assert!(shown.contains("店"), "{dimension:?}: {shown}");
    }
}
