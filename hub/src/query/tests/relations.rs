//! Relations of entities: edges both ways, counted, filtered, paged; in the past, after merges; what is hidden.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::catalogue::Role;
use crate::ontology::Scheme;
use crate::query::answer::{Row, Rows};
use crate::query::plan::{
    Along, AsOf, Compare, Direction, Filter, ListPlan, OrderKey, Place, Plan, Quantifier, Relation, Select,
    Target, Via,
};
use crate::query::{By, Found, QueryError};
use crate::store::JudgementDecision;
use crate::{EntityId, FieldValue, RecordId};

use super::oracle::Dice;
use super::postgres::on_postgres;
use super::world::{World, asker, gone, holding, uscc};

const HOLDINGS: usize = 3;

fn select(fields: &[&str]) -> Select {
    Select { fields: fields.iter().map(|id| (*id).to_owned()).collect(), ..Select::default() }
}

/// The edges of a relation, each with whom it leads to.
fn edges(relation: &str, along: Along, end: (&str, Select), mut list: ListPlan) -> Relation {
    let (role, of_end) = end;
    let via = Via::Role(role.to_owned());
    list.select.relations.push(Relation { name: "end".into(), via, list: ListPlan::first(1, of_end) });
    Relation { name: relation.into(), via: Via::Edges { relation: relation.into(), along }, list }
}

fn holders(list: ListPlan) -> Relation {
    edges("holds", Along::Forward, ("holder", select(&["uscc"])), list)
}

fn invested(list: ListPlan) -> Relation {
    edges("holds", Along::Backward, ("party", select(&["uscc"])), list)
}

fn through(relation: &str, along: Along, quantifier: Quantifier, filter: Filter) -> Filter {
    let via = Via::Relation { relation: relation.into(), along };
    Filter::Related { via, quantifier, filter: Box::new(filter) }
}

fn code_is(n: i64) -> Filter {
    Filter::Field { field: "uscc".into(), compare: Compare::Eq(FieldValue::Text(uscc(n))) }
}

fn of_end(role: &str, filter: Filter) -> Filter {
    let via = Via::Role(role.into());
    Filter::Related { via, quantifier: Quantifier::Some, filter: Box::new(filter) }
}

fn subjects(first: u32, select: Select) -> Plan {
    let list = ListPlan::first(first, select);
    Plan { target: Target::Entities("subject".into()), ids: None, list, as_of: None }
}

async fn find(world: &World, n: i64, relations: Vec<Relation>, as_of: Option<AsOf>) -> Found {
    let by = By::Identifier { scheme: Scheme::Uscc, value: uscc(n) };
    let wanted = Select { relations, ..select(&["uscc"]) };
    world.query.find(&asker(Role::Reader), "subject", "subject", by, wanted, as_of).await.unwrap()
}

fn end(row: &Arc<Row>) -> &Arc<Row> {
    &row.relation("end").unwrap().rows[0]
}

/// The codes of whom the edges lead to, as numbers of subjects.
fn numbers(rows: &Rows) -> Vec<i64> {
    let of = |row: &Arc<Row>| {
        let code = end(row).value("uscc").unwrap().clone();
        (1..=90).find(|n| FieldValue::Text(uscc(*n)) == code).unwrap()
    };
    rows.rows.iter().map(of).collect()
}

async fn small() -> World {
    let world = World::new(12).await;
    let rows = vec![
        holding("h1", 1, Some(2), None, 6_000),
        holding("h2", 1, Some(3), None, 3_000),
        holding("h3", 1, None, Some(5), 1_000),
        holding("h4", 4, Some(2), None, 10_000),
        holding("h5", 5, Some(77), None, 10_000),
    ];
    world.apply(HOLDINGS, rows).await;
    world
}

#[tokio::test]
async fn one_statement_for_the_edges_and_one_for_their_ends() {
    let world = World::new(60).await;
    world.apply(HOLDINGS, (1..60).map(|n| holding(&n.to_string(), n, Some(n + 1), None, n)).collect()).await;
    let mut counts = Vec::new();
    for first in [1, 50] {
        let mut back = invested(ListPlan::first(5, select(&["ratio"])));
        back.list.is_counted = true;
        let deeper = Select { relations: vec![back], ..select(&["name"]) };
        let edges =
            edges("holds", Along::Forward, ("holder", deeper), ListPlan::first(3, select(&["ratio"])));
        let plan = subjects(first, Select { relations: vec![edges], ..select(&["uscc"]) });
        let answer = world.query.run(&asker(Role::Reader), "subjects", plan).await.unwrap();
        assert_eq!(answer.rows.rows.len(), usize::try_from(first).unwrap());
        counts.push(answer.n_statements);
    }
    // subjects; their edges and holders; those's edges, their count, and companies.
    assert_eq!(counts, [6, 6]);
}

#[tokio::test]
async fn both_ways_with_the_record_between() {
    let world = small().await;
    let mut list = ListPlan::first(9, select(&["ratio"]));
    list.select.provenance = true;
    list.is_counted = true;
    list.order = vec![OrderKey { field: "ratio".into(), direction: Direction::Ascending }];
    let human = edges(
        "person_holds",
        Along::Forward,
        ("holder_person", select(&["name"])),
        ListPlan::first(9, select(&["ratio", "holder_id"])),
    );
    let one = find(&world, 1, vec![holders(list.clone()), human], None).await.row;
    let companies = one.relation("holds").unwrap();
    assert_eq!((numbers(companies), companies.total), (vec![3, 2], Some(2)), "the person is no company");
    assert_eq!(companies.rows[0].value("ratio"), Some(&FieldValue::Decimal(3_000)));
    let Some(crate::query::answer::Provenance::Record(origin)) = &companies.rows[0].provenance else {
        panic!("{:?}", companies.rows[0])
    };
    assert_eq!((origin.stream.as_str(), origin.source_key.as_str()), ("gd", "h2"));
    let people = one.relation("person_holds").unwrap();
    assert_eq!(people.rows.len(), 1);
    let shown = format!("{people:?}");
    assert!(shown.contains("张*") && !shown.contains("张三丰"), "{shown}");

    let two = find(&world, 2, vec![invested(list.clone())], None).await.row;
    assert_eq!(numbers(two.relation("holds").unwrap()), [1, 4]);
    // Whoever holds it is unknown: the record is there, but no edge.
    let five = find(&world, 5, vec![holders(list)], None).await.row;
    assert_eq!(five.relation("holds").unwrap().total, Some(0));
}

#[tokio::test]
async fn edges_are_filtered_by_record_and_by_whom_they_lead_to() {
    filtered(small().await).await;
}

#[tokio::test]
async fn edges_are_filtered_on_postgres_too() {
    on_postgres("filtered", async |place| {
        let folder = tempfile::tempdir().unwrap();
        let world = World::at(folder, place, 12, crate::query::QueryLimits::default()).await;
        let rows = vec![
            holding("h1", 1, Some(2), None, 6_000),
            holding("h2", 1, Some(3), None, 3_000),
            holding("h3", 1, None, Some(5), 1_000),
            holding("h4", 4, Some(2), None, 10_000),
        ];
        world.apply(HOLDINGS, rows).await;
        filtered(world).await
    })
    .await;
}

/// Returns the world, so that its store can be closed.
async fn filtered(world: World) -> crate::store::Store {
    let with = async |filter: Filter| {
        let mut list = ListPlan::first(9, select(&["ratio"]));
        list.filter = filter;
        list.is_counted = true;
        let row = find(&world, 1, vec![holders(list)], None).await.row;
        let rows = row.relation("holds").unwrap();
        assert_eq!(rows.total, Some(rows.rows.len() as u64));
        numbers(rows)
    };
    let most = Filter::Field { field: "ratio".into(), compare: Compare::Gt(FieldValue::Decimal(5_000)) };
    assert_eq!(with(most.clone()).await, [2]);
    assert_eq!(with(of_end("holder", code_is(3))).await, [3]);
    assert_eq!(with(Filter::And(vec![most, of_end("holder", code_is(3))])).await, Vec::<i64>::new());
    // One step behind the end: whose penalties, and none of whose.
    let penalties = |quantifier| {
        let via = Via::Inverse { kind: "penalty".into(), role: "party".into() };
        of_end("holder", Filter::Related { via, quantifier, filter: Box::new(Filter::all()) })
    };
    assert_eq!(with(penalties(Quantifier::Some)).await, [2, 3]);
    assert_eq!(with(penalties(Quantifier::None)).await, Vec::<i64>::new());
    let again = of_end("holder", through("holds", Along::Backward, Quantifier::Some, code_is(4)));
    assert_eq!(with(again).await, [2]);

    let who = async |filter: Filter| {
        let mut plan = subjects(50, select(&["uscc"]));
        plan.list.filter = filter;
        let answer = world.query.run(&asker(Role::Reader), "x", plan).await.unwrap();
        let code = |row: &Arc<Row>| row.value("uscc").unwrap().clone();
        let codes: BTreeSet<String> = answer.rows.rows.iter().map(|row| format!("{:?}", code(row))).collect();
        (1..=12).filter(|n| codes.contains(&format!("{:?}", FieldValue::Text(uscc(*n))))).collect::<Vec<_>>()
    };
    let some = Quantifier::Some;
    assert_eq!(who(through("holds", Along::Forward, some, Filter::all())).await, [1, 4]);
    assert_eq!(who(through("holds", Along::Backward, some, Filter::all())).await, [2, 3]);
    assert_eq!(who(through("holds", Along::Forward, some, code_is(3))).await, [1]);
    assert_eq!(who(through("person_holds", Along::Forward, some, Filter::all())).await, [1]);
    let none = who(through("holds", Along::Forward, Quantifier::None, code_is(2))).await;
    assert_eq!(none, [2, 3, 5, 6, 7, 8, 9, 10, 11, 12]);
    world.store.clone()
}

/// Against a naive reading of who holds what, page by page.
#[tokio::test]
async fn pages_hold_what_a_naive_reading_finds() {
    let world = World::new(8).await;
    for seed in 1..=6 {
        let mut dice = Dice(seed);
        let mut known: Vec<(String, i64, i64, i64)> = Vec::new();
        for n in 0..30 {
            let number = |dice: &mut Dice| 1 + i64::try_from(dice.below(8)).unwrap();
            let (of, by) = (number(&mut dice), number(&mut dice));
            known.push((format!("s{seed}-{n:02}"), of, by, i64::try_from(dice.below(4)).unwrap()));
        }
        let entries = known.iter().map(|(key, of, by, ratio)| holding(key, *of, Some(*by), None, *ratio));
        world.apply(HOLDINGS, entries.collect()).await;
        for n in 1..=8 {
            let order = vec![OrderKey { field: "ratio".into(), direction: Direction::Descending }];
            let mut expected: Vec<(i64, &str, i64)> = known
                .iter()
                .filter(|(_, of, ..)| *of == n)
                .map(|(key, _, by, ratio)| (-ratio, key.as_str(), *by))
                .collect();
            // Records are minted in the order of their keys; the id goes the way of the first key.
            expected.sort_by(|a, b| (a.0, std::cmp::Reverse(a.1)).cmp(&(b.0, std::cmp::Reverse(b.1))));
            let mut found = Vec::new();
            let mut after = None;
            loop {
                let mut list = ListPlan::first(2, select(&["ratio"]));
                (list.order, list.page.after) = (order.clone(), after);
                let row = find(&world, n, vec![holders(list)], None).await.row;
                let rows = row.relation("holds").unwrap();
                found.extend(numbers(rows));
                if !rows.has_next {
                    break;
                }
                let last = rows.rows.last().unwrap();
                after = Some(Place { keys: last.keys.clone(), id: last.id, parent: last.parent });
            }
            let expected: Vec<i64> = expected.iter().map(|(_, _, by)| *by).collect();
            assert_eq!(found, expected, "seed {seed}, subject {n}");
        }
        world.apply(HOLDINGS, known.iter().map(|(key, ..)| gone(key)).collect()).await;
    }
}

#[tokio::test]
async fn the_past_has_its_own_edges_and_an_old_id_leads_on() {
    let world = small().await;
    let list = || ListPlan::first(9, select(&["ratio"]));
    let before = find(&world, 1, vec![], None).await.seq;
    world.apply(HOLDINGS, vec![gone("h1"), holding("h2", 4, Some(3), None, 3_000)]).await;
    assert!(
        find(&world, 1, vec![holders(list())], None).await.row.relation("holds").unwrap().rows.is_empty()
    );
    let then = find(&world, 1, vec![holders(list())], Some(AsOf::Seq(before))).await.row;
    assert_eq!(numbers(then.relation("holds").unwrap()), [2, 3]);

    // 3 is found to be 2 under another code: what 3 held, 2 holds; the past stands.
    let two = find(&world, 2, vec![], None).await;
    let three = find(&world, 3, vec![], None).await;
    let into = EntityId(two.row.id);
    world.store.judge(RecordId(3), "subject", JudgementDecision::Same(into), "wang", "更名").await.unwrap();
    let now = find(&world, 2, vec![invested(list())], None).await.row;
    assert_eq!(numbers(now.relation("holds").unwrap()), [4, 4]);
    let four = find(&world, 4, vec![holders(list())], None).await.row;
    assert!(four.relation("holds").unwrap().rows.iter().all(|row| end(row).id == two.row.id));
    let by = By::Id(EntityId(three.row.id));
    let wanted = Select { relations: vec![invested(list())], ..select(&[]) };
    let reader = asker(Role::Reader);
    let asked = world.query.find(&reader, "s", "subject", by.clone(), wanted.clone(), None).await.unwrap();
    assert_eq!(asked.redirected_from, Some(EntityId(three.row.id)));
    assert_eq!(numbers(asked.row.relation("holds").unwrap()), [4, 4]);
    let past = Some(AsOf::Seq(before));
    let asked = world.query.find(&reader, "s", "subject", by, wanted, past).await.unwrap();
    assert_eq!((asked.row.id, asked.redirected_from), (three.row.id, None));
    assert_eq!(numbers(asked.row.relation("holds").unwrap()), [1]);
}

#[tokio::test]
async fn what_is_hidden_is_not_there_and_deep_walks_are_refused() {
    let world = small().await;
    let ask = async |plan: Plan| {
        let error: QueryError = world.query.run(&asker(Role::Operator), "x", plan).await.unwrap_err();
        format!("{error:?}")
    };
    let with = |relation: Relation| subjects(1, Select { relations: vec![relation], ..select(&[]) });
    let end_of = |relation: &str, role: &str| {
        with(edges(relation, Along::Forward, (role, select(&[])), ListPlan::first(1, select(&[]))))
    };
    let unknown = ask(end_of("nope", "representative_person")).await;
    assert_eq!(ask(end_of("hidden", "representative_person")).await.replace("hidden", "nope"), unknown);
    let filter = |relation: &str| {
        let mut plan = subjects(1, select(&[]));
        plan.list.filter = through(relation, Along::Forward, Quantifier::Some, Filter::all());
        plan
    };
    assert_eq!(ask(filter("hidden")).await.replace("hidden", "nope"), ask(filter("nope")).await);
    // From the wrong end, from a record, or by a way that only filters know.
    for (plan, wrong) in [
        (
            with(edges(
                "represents",
                Along::Backward,
                ("subject", select(&[])),
                ListPlan::first(1, select(&[])),
            )),
            "end",
        ),
        (
            Plan {
                target: Target::Records("holding".into()),
                ..with(holders(ListPlan::first(1, select(&[]))))
            },
            "record",
        ),
        (
            with(Relation {
                name: "x".into(),
                via: Via::Relation { relation: "holds".into(), along: Along::Forward },
                list: ListPlan::first(1, select(&[])),
            }),
            "filter",
        ),
    ] {
        assert!(ask(plan).await.starts_with("NotFound"), "{wrong}");
    }

    // Six relations one behind the other are answered; the way to their ends is not counted twice. The seventh is not.
    let walk = |steps: usize| {
        let mut inner = select(&["uscc"]);
        for step in 0..steps {
            let along = Along::BOTH[step % 2];
            let role = ["holder", "party"][step % 2];
            inner = Select {
                relations: vec![edges("holds", along, (role, inner), ListPlan::first(2, select(&[])))],
                ..select(&["uscc"])
            };
        }
        // The outermost step must start at a company.
        subjects(1, inner)
    };
    assert!(world.query.run(&asker(Role::Reader), "x", walk(6)).await.is_ok());
    let refused = world.query.run(&asker(Role::Reader), "x", walk(7)).await.unwrap_err();
    assert_eq!(refused.code(), "QUERY_TOO_LARGE");
}

#[tokio::test]
async fn everybody_an_edge_leads_to_is_written_down() {
    let world = small().await;
    let human = edges(
        "person_holds",
        Along::Forward,
        ("holder_person", select(&["name"])),
        ListPlan::first(9, select(&["ratio"])),
    );
    find(&world, 1, vec![holders(ListPlan::first(9, select(&["ratio"]))), human], None).await;
    let entries = world.audit.entries(0, 100).await.unwrap();
    let last = entries.last().unwrap();
    // The company, two companies and a person who hold it.
    assert_eq!((last.n_subjects, last.outcome.as_str()), (4, "answered"), "{last:?}");
    assert!(last.plan.contains("->[holds]") && last.plan.contains("->[person_holds]"), "{}", last.plan);
}
