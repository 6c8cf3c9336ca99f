//! What a plan answers, what it does not, and what is written down of it.

use std::time::Duration;

use crate::catalogue::Role;
use crate::clock::Timestamp;
use crate::ontology::Scheme;
use crate::query::answer::{Provenance, Row};
use crate::query::plan::{
    AsOf, Compare, Direction, Filter, ListPlan, OrderKey, Plan, Quantifier, Relation, Select, Target, Via,
};
use crate::query::{By, DeadLetterQuestion, QueryError, QueryLimits};
use crate::store::JudgementDecision;
use crate::{EntityId, FieldValue, RecordId, Seq};

use super::world::{HOUR, START, World, asker, dead, gone, path_of, penalty_of, registration_named, uscc};

fn select(fields: &[&str]) -> Select {
    Select { fields: fields.iter().map(|id| (*id).to_owned()).collect(), ..Select::default() }
}

fn records(kind: &str, first: u32, select: Select) -> Plan {
    Plan {
        target: Target::Records(kind.into()),
        ids: None,
        list: ListPlan::first(first, select),
        as_of: None,
    }
}

fn entities(kind: &str, first: u32, select: Select) -> Plan {
    Plan {
        target: Target::Entities(kind.into()),
        ids: None,
        list: ListPlan::first(first, select),
        as_of: None,
    }
}

fn related(name: &str, kind: &str, role: &str, list: ListPlan) -> Relation {
    Relation { name: name.into(), via: Via::Inverse { kind: kind.into(), role: role.into() }, list }
}

fn texts(row: &Row) -> Vec<String> {
    row.values.iter().map(|value| format!("{value:?}")).collect()
}

async fn subject(world: &World, n: i64, select: Select) -> super::super::Found {
    let by = By::Identifier { scheme: Scheme::Uscc, value: uscc(n) };
    world.query.find(&asker(Role::Reader), "subject", "subject", by, select, None).await.unwrap()
}

#[tokio::test]
async fn one_statement_a_relation_never_one_a_parent() {
    let world = World::new(60).await;
    let mut counts = Vec::new();
    for first in [1, 50] {
        let mut penalties = ListPlan::first(3, select(&["number", "amount"]));
        let back = ListPlan::first(1, select(&["name"]));
        penalties.select.relations =
            vec![Relation { name: "party".into(), via: Via::Role("party".into()), list: back }];
        penalties.is_counted = true;
        let mut plan = entities("subject", first, select(&["name", "uscc"]));
        plan.list.select.relations = vec![
            related("a", "penalty", "party", penalties.clone()),
            related("b", "penalty", "party", ListPlan::first(1, select(&["number"]))),
            related("c", "registration", "subject", ListPlan::first(9, select(&["phone"]))),
        ];
        let answer = world.query.run(&asker(Role::Reader), "subjects", plan).await.unwrap();
        assert_eq!(answer.rows.rows.len(), usize::try_from(first).unwrap());
        counts.push(answer.n_statements);
    }
    // subjects, a, its count, its parties, b, c.
    assert_eq!(counts, [6, 6]);
}

#[tokio::test]
async fn relations_are_cut_counted_and_continued_for_each_parent() {
    let world = World::new(12).await;
    let mut penalties = ListPlan::first(2, select(&["number"]));
    penalties.order = vec![OrderKey { field: "number".into(), direction: Direction::Descending }];
    penalties.is_counted = true;
    let mut wanted = select(&[]);
    wanted.relations = vec![related("p", "penalty", "party", penalties.clone())];
    let found = subject(&world, 3, wanted.clone()).await;
    let rows = found.row.relation("p").unwrap().clone();
    assert_eq!((rows.rows.len(), rows.has_next, rows.total), (2, true, Some(3)));
    let none = subject(&world, 4, wanted.clone()).await;
    assert_eq!(none.row.relation("p").unwrap().total, Some(0));

    let last = rows.rows.last().unwrap();
    let place = super::super::plan::Place { keys: last.keys.clone(), id: last.id, parent: last.parent };
    wanted.relations[0].list.page.after = Some(place);
    let next = subject(&world, 3, wanted.clone()).await;
    let next = next.row.relation("p").unwrap();
    assert_eq!((next.rows.len(), next.has_next), (1, false));
    assert!(texts(&next.rows[0])[0].contains("3-0"), "{:?}", next.rows[0]);

    let by = By::Identifier { scheme: Scheme::Uscc, value: uscc(7) };
    let foreign = world.query.find(&asker(Role::Reader), "subject", "subject", by, wanted, None).await;
    assert_eq!(foreign.unwrap_err().code(), "BAD_PAGINATION");
}

#[tokio::test]
async fn the_past_answers_as_it_stood() {
    let world = World::new(8).await;
    let before =
        world.query.run(&asker(Role::Reader), "x", records("penalty", 1, select(&[]))).await.unwrap().seq;
    world.apply(0, vec![registration_named(3, "改名公司")]).await;
    world.apply(1, vec![gone("w3-0"), penalty_of(3, 1, &uscc(5), 7)]).await;

    let mut wanted = select(&["name"]);
    wanted.history = Some(5);
    wanted.relations =
        vec![related("p", "penalty", "party", ListPlan::first(9, select(&["number", "amount"])))];
    let now = subject(&world, 3, wanted.clone()).await;
    assert_eq!(now.row.relation("p").unwrap().rows.len(), 1, "one was deleted, one moved to another");
    let history = now.row.history.as_ref().unwrap();
    assert_eq!(history.len(), 2);
    assert_eq!(history[0].changed, ["name"]);
    assert_eq!((history[0].until, history[1].until), (None, Some(history[0].since)));
    assert!(history[0].since_at > history[1].since_at);

    let by = By::Identifier { scheme: Scheme::Uscc, value: uscc(3) };
    let then = Some(AsOf::Seq(before));
    let past = world
        .query
        .find(&asker(Role::Reader), "subject", "subject", by.clone(), wanted.clone(), then)
        .await
        .unwrap();
    assert_eq!(past.row.relation("p").unwrap().rows.len(), 3);
    assert_eq!(past.row.history.as_ref().unwrap().len(), 1);
    assert_eq!(past.row.history.as_ref().unwrap()[0].until, None, "then it was the current one");
    let at = Some(AsOf::Time(Timestamp(START + 3 * HOUR)));
    let timed =
        world.query.find(&asker(Role::Reader), "subject", "subject", by.clone(), wanted, at).await.unwrap();
    assert_eq!((timed.seq, &timed.row.values), (before, &past.row.values));

    let long_ago = Some(AsOf::Time(Timestamp(0)));
    let none =
        world.query.find(&asker(Role::Reader), "s", "subject", by.clone(), select(&[]), long_ago).await;
    assert!(matches!(none, Err(QueryError::NotFound { .. })));
    let ahead = Some(AsOf::Seq(Seq(before.0 + 1_000_000)));
    let none = world.query.find(&asker(Role::Reader), "s", "subject", by, select(&[]), ahead).await;
    assert!(matches!(none, Err(QueryError::Ahead { .. })));
}

#[tokio::test]
async fn personal_values_leave_masked_and_are_never_asked_by() {
    let world = World::new(3).await;
    let wanted = select(&["representative", "representative_id", "phone", "address", "name"]);
    let mut plan = records("registration", 1, wanted);
    plan.list.select.history = Some(1);
    let answer = world.query.run(&asker(Role::Operator), "x", plan).await.unwrap();
    let row = &answer.rows.rows[0];
    let shown = format!("{row:?}");
    for canary in ["张三丰", "13812341234", "48号"] {
        assert!(!shown.contains(canary), "{canary} in {shown}");
    }
    assert!(texts(row)[0].contains("张*") && texts(row)[2].contains("138****1234"), "{shown}");

    for (field, code) in [("phone", "PERSONAL_FIELD"), ("reason", "NOT_FOUND")] {
        let mut plan = records("registration", 1, select(&[]));
        plan.list.order = vec![OrderKey { field: field.into(), direction: Direction::Ascending }];
        assert_eq!(world.query.run(&asker(Role::Operator), "x", plan).await.unwrap_err().code(), code);
        let mut plan = entities("subject", 1, select(&[]));
        plan.list.filter = Filter::Related {
            via: Via::Inverse { kind: "registration".into(), role: "subject".into() },
            quantifier: Quantifier::Some,
            filter: Box::new(Filter::Field { field: field.into(), compare: Compare::IsNull(false) }),
        };
        assert_eq!(world.query.run(&asker(Role::Operator), "x", plan).await.unwrap_err().code(), code);
    }
    let mut plan = records("penalty", 1, select(&[]));
    plan.list.filter = Filter::Field { field: "reason".into(), compare: Compare::Contains("未".into()) };
    assert_eq!(world.query.run(&asker(Role::Reader), "x", plan).await.unwrap_err().code(), "NOT_KEY_FIELD");
}

#[tokio::test]
async fn what_is_not_shared_is_not_there() {
    let world = World::new(2).await;
    let ask =
        async |plan| format!("{:?}", world.query.run(&asker(Role::Operator), "x", plan).await.unwrap_err());
    let hidden = ask(records("clue", 1, select(&[]))).await;
    let unknown = ask(records("nope", 1, select(&[]))).await;
    assert_eq!(hidden.replace("clue", "nope"), unknown);
    let mut plan = entities("subject", 1, select(&[]));
    plan.list.select.relations = vec![related("c", "clue", "party", ListPlan::first(1, select(&[])))];
    assert_eq!(ask(plan).await.replace("clue", "nope"), unknown);
    let status = world.query.status(&asker(Role::Operator)).await.unwrap();
    assert!(status.iter().all(|one| one.kind != "clue") && !status.is_empty());
}

#[tokio::test]
async fn provenance_tells_the_row_and_disagreements_tell_all_values() {
    let world = World::new(9).await;
    let mut wanted = select(&["name"]);
    wanted.provenance = true;
    wanted.disagreements = true;
    wanted.relations = vec![related(
        "p",
        "penalty",
        "party",
        ListPlan::first(9, Select { provenance: true, ..select(&[]) }),
    )];
    let found = subject(&world, 3, wanted.clone()).await;
    let Some(Provenance::Entity(golden)) = &found.row.provenance else { panic!("{:?}", found.row) };
    let name = golden.iter().find(|one| one.field == "name").unwrap();
    assert_eq!((name.origin.kind.as_str(), name.origin.source_key.as_str()), ("registration", "3"));
    assert_eq!((name.origin.department.as_str(), name.origin.mapping_version), ("scjg", 3));
    assert_eq!(name.origin.at, Some(Timestamp(START + HOUR)));
    let of_record = &found.row.relation("p").unwrap().rows[0].provenance;
    let Some(Provenance::Record(origin)) = of_record else { panic!("{of_record:?}") };
    assert_eq!((origin.source.as_str(), origin.stream.as_str()), ("yjj", "cf"));
    assert!(origin.source_key.starts_with("w3-"));

    let disagreements = found.row.disagreements.as_ref().unwrap();
    assert_eq!(disagreements.len(), 1, "{disagreements:?}");
    assert_eq!((disagreements[0].field.as_str(), disagreements[0].values.len()), ("name", 2));
    let golden: Vec<usize> =
        disagreements[0].values.iter().filter(|v| v.is_golden).map(|v| v.origins.len()).collect();
    assert_eq!(golden, [1]);
    assert_eq!(disagreements[0].values.iter().find(|v| !v.is_golden).unwrap().origins.len(), 3);
    // 8 has no name in the registry and no penalty: nothing to differ.
    assert!(subject(&world, 8, wanted).await.row.disagreements.as_ref().unwrap().is_empty());
}

#[tokio::test]
async fn an_old_id_answers_for_ever() {
    let world = World::new(4).await;
    let (one, two) = (subject(&world, 1, select(&[])).await, subject(&world, 2, select(&[])).await);
    let before = two.seq;
    let into = EntityId(one.row.id);
    world.store.judge(RecordId(2), "subject", JudgementDecision::Same(into), "wang", "更名").await.unwrap();
    let by = By::Id(EntityId(two.row.id));
    let found = world
        .query
        .find(&asker(Role::Reader), "subject", "subject", by.clone(), select(&["uscc"]), None)
        .await
        .unwrap();
    assert_eq!((found.row.id, found.redirected_from), (one.row.id, Some(EntityId(two.row.id))));
    let past = Some(AsOf::Seq(before));
    let found = world
        .query
        .find(&asker(Role::Reader), "subject", "subject", by, select(&["uscc"]), past)
        .await
        .unwrap();
    assert_eq!((found.row.id, found.redirected_from), (two.row.id, None));
}

#[tokio::test]
async fn identifiers_are_read_as_people_write_them() {
    let world = World::new(2).await;
    let find = async |value: &str| {
        let by = By::Identifier { scheme: Scheme::Uscc, value: value.to_owned() };
        world.query.find(&asker(Role::Reader), "subject", "subject", by, select(&[]), None).await
    };
    let code = uscc(1);
    let wide: String = code.chars().map(|c| char::from_u32(u32::from(c) + 0xfee0).unwrap()).collect();
    for written in [code.to_lowercase(), wide, format!(" {code} ")] {
        assert!(find(&written).await.is_ok(), "{written}");
    }
    let mut wrong = code.clone().into_bytes();
    wrong[17] = if wrong[17] == b'0' { b'1' } else { b'0' };
    let error = find(&String::from_utf8(wrong).unwrap()).await.unwrap_err();
    assert_eq!(error.code(), "BAD_VALUE");
    assert!(error.message().render(messages::Lang::En).contains("18"), "{error:?}");
    assert!(matches!(find(&uscc(999)).await, Err(QueryError::NotFound { .. })));
}

#[tokio::test]
async fn nothing_leaves_that_is_not_written_down() {
    let world = World::new(5).await;
    let mut wanted = select(&["name"]);
    wanted.relations = vec![related("p", "penalty", "party", ListPlan::first(9, select(&[])))];
    subject(&world, 3, wanted).await;
    world.query.run(&asker(Role::Reader), "penalties", records("penalty", 2, select(&[]))).await.unwrap();
    world.query.run(&asker(Role::Reader), "clues", records("clue", 2, select(&[]))).await.unwrap_err();
    let entries = world.audit.entries(0, 100).await.unwrap();
    assert_eq!(
        entries.iter().map(|e| e.outcome.as_str()).collect::<Vec<_>>(),
        ["answered", "answered", "NOT_FOUND"]
    );
    assert_eq!((entries[0].operation.as_str(), entries[0].n_subjects, entries[0].n_rows), ("subject", 1, 4));
    assert!(entries[0].plan.contains(&uscc(3)) && entries[0].purpose.as_deref() == Some("核查"));
    assert_eq!(entries[1].n_subjects, 2, "the parties of the penalties: {:?}", entries[1]);

    // Every connection of the trail may grow the file no more.
    let trail = sqlx::sqlite::SqliteConnectOptions::new().filename(path_of(&world).join("audit.db"));
    let blocker =
        sqlx::sqlite::SqlitePoolOptions::new().max_connections(1).connect_with(trail).await.unwrap();
    let lock = blocker.begin_with("BEGIN EXCLUSIVE").await.unwrap();
    let asked = world.query.run(&asker(Role::Reader), "penalties", records("penalty", 2, select(&[]))).await;
    assert_eq!(asked.unwrap_err().code(), "AUDIT_UNAVAILABLE");
    drop(lock);
    blocker.close().await;
    assert!(world.query.run(&asker(Role::Reader), "x", records("penalty", 2, select(&[]))).await.is_ok());
}

#[tokio::test]
async fn a_deadline_stops_the_engine_and_the_connection_lives() {
    let folder = tempfile::tempdir().unwrap();
    let place = crate::store::StorePlace::Sqlite { path: folder.path().join("hub.db") };
    let limits = QueryLimits { time: Duration::from_millis(1), ..QueryLimits::default() };
    let world = World::at(folder, place, 1_500, limits).await;
    let plan = slow_plan();
    for _ in 0..6 {
        let asked = world.query.run(&asker(Role::Reader), "x", plan.clone()).await;
        assert_eq!(asked.unwrap_err().code(), "DEADLINE");
    }
    // All connections were stopped in the middle of their work; other users of them notice nothing.
    for _ in 0..6 {
        assert!(world.store.counts().await.is_ok());
    }
    assert!(world.store.canonical_dump(&mut Vec::new()).await.is_ok());
}

#[tokio::test]
async fn one_caller_s_slow_questions_leave_readers_for_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let place = crate::store::StorePlace::Sqlite { path: folder.path().join("hub.db") };
    let limits = QueryLimits { time: Duration::from_secs(60), ..QueryLimits::default() };
    let world = World::at(folder, place, 1_500, limits).await;
    let mut greedy = tokio::task::JoinSet::new();
    for _ in 0..40 {
        let query = world.query.clone();
        greedy.spawn(async move { query.run(&asker(Role::Reader), "x", slow_plan()).await.is_ok() });
    }
    // Each of them comes as far as it can.
    for _ in 0..1_000 {
        tokio::task::yield_now().await;
    }
    let mut other = asker(Role::Reader);
    other.caller.key = "another".into();
    world.query.run(&other, "x", records("penalty", 2, select(&[]))).await.unwrap();
    let mut n_before = 0;
    while greedy.try_join_next().is_some() {
        n_before += 1;
    }
    // In line behind all of them it would have waited for more than thirty.
    assert!(n_before < 10, "{n_before} of 40 slow questions were answered before the other caller's");
    greedy.shutdown().await;
}

/// Reads everything, many times over.
fn slow_plan() -> Plan {
    let mut plan = entities("subject", 1, select(&[]));
    let filter = Filter::Related {
        via: Via::Inverse { kind: "penalty".into(), role: "party".into() },
        quantifier: Quantifier::Some,
        filter: Box::new(Filter::Field { field: "number".into(), compare: Compare::Contains("无".into()) }),
    };
    plan.list.filter = Filter::And(vec![filter; 9]);
    plan.list.filter = Filter::Or(vec![plan.list.filter.clone(); 9]);
    plan
}

#[tokio::test]
async fn rows_are_limited() {
    let folder = tempfile::tempdir().unwrap();
    let place = crate::store::StorePlace::Sqlite { path: folder.path().join("hub.db") };
    let limits = QueryLimits { rows: 20, ..QueryLimits::default() };
    let world = World::at(folder, place, 40, limits).await;
    let asked = world.query.run(&asker(Role::Reader), "x", records("penalty", 30, select(&[]))).await;
    assert_eq!(asked.unwrap_err().code(), "TOO_MANY_ROWS");
    let asked = world.query.run(&asker(Role::Reader), "x", records("penalty", 201, select(&[]))).await;
    assert_eq!(asked.unwrap_err().code(), "BAD_PAGINATION");
}

#[tokio::test]
async fn dead_letters_are_for_stewards_and_masked() {
    let world = World::new(2).await;
    world.apply(1, vec![dead("罚1"), dead("罚2"), dead("罚3")]).await;
    let question = DeadLetterQuestion { first: 2, ..DeadLetterQuestion::default() };
    let refused = world.query.dead_letters(&asker(Role::Reader), &question).await;
    assert_eq!(refused.unwrap_err().code(), "FORBIDDEN");
    let letters = world.query.dead_letters(&asker(Role::Steward), &question).await.unwrap();
    assert_eq!(letters.len(), 2);
    let letter = &letters[0];
    assert_eq!((letter.source_key.as_str(), letter.kind.as_str()), ("罚1", "penalty"));
    let cells: Vec<(&str, &str)> =
        letter.cells.iter().map(|(column, text)| (column.as_str(), text.as_deref().unwrap())).collect();
    assert_eq!(cells, [("wsh", "罚1"), ("je", "十万"), ("jbr", "王*")]);
    let said: Vec<String> =
        letter.faults.iter().map(|fault| fault.message.render(messages::Lang::En)).collect();
    assert!(said[0].contains("`王`") && !said[1].contains("王") && said[1].contains("***"), "{said:?}");
    let next = DeadLetterQuestion { after: Some(letters[1].number), ..question };
    assert_eq!(world.query.dead_letters(&asker(Role::Steward), &next).await.unwrap().len(), 1);
}

#[tokio::test]
async fn wildcards_and_quotes_are_text() {
    let world = World::new(6).await;
    let count = async |compare: Compare| {
        let mut plan = records("penalty", 200, select(&["number"]));
        plan.list.filter = Filter::Field { field: "number".into(), compare };
        world.query.run(&asker(Role::Reader), "x", plan).await.unwrap().rows.rows.len()
    };
    assert_eq!(count(Compare::Contains("%_\\".into())).await, 9);
    assert_eq!(count(Compare::Contains("%罚".into())).await, 0);
    assert_eq!(count(Compare::StartsWith("罚〔".into())).await, 9);
    for hostile in ["' OR 1=1 --", "\"; DROP TABLE link; --", "%", "_", "*", "NEAR", "\\", "(a+)+$"] {
        assert_eq!(count(Compare::Eq(FieldValue::Text(hostile.into()))).await, 0);
        assert_eq!(count(Compare::StartsWith(hostile.into())).await, 0);
    }
}
