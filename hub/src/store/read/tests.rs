//! The engines answer filter, order and page from the fields' indexes: what they say of their own plans.

use crate::query::plan::{Compare, Direction, Filter, ListPlan, OrderKey, Place, Plan, Select, Target};
use crate::query::tests::world::World;
use crate::{FieldValue, Seq};

use super::list::{Reading, root};
use super::sql::Sql;
use super::tables::Tables;

/// The engine's plan of a root list, in one line.
async fn explained(world: &World, list: &ListPlan, past: Option<Seq>) -> String {
    let store = &world.store;
    let tables = Tables { ontology: store.ontology(), layout: store.layout(), past };
    let table = tables.table(&Target::Records("penalty".into())).unwrap();
    let fields = list.order.iter().map(|key| key.field.as_str()).chain(["number"]);
    let reading = Reading::new(table, fields).unwrap();
    let mut sql = Sql::new(store.dialect());
    let text = root(&tables, table, list, None, &reading, &mut sql).unwrap();
    let mut session = store.reader().await.unwrap();
    let rows = session.fetch(&format!("EXPLAIN QUERY PLAN {text}"), &sql.params).await.unwrap();
    rows.iter().map(|row| row.text(3).unwrap()).collect::<Vec<_>>().join("; ")
}

fn ordered(field: &str, direction: Direction) -> ListPlan {
    let mut list = ListPlan::first(20, Select::default());
    list.order = vec![OrderKey { field: field.into(), direction }];
    list
}

/// Found by the field's own index; what is sorted are the pages of the two halves, never the rows they come from.
fn check(plan: &str) {
    assert!(plan.contains("USING INDEX") || plan.contains("USING COVERING INDEX"), "{plan}");
    assert!(!plan.contains("SCAN r;") && !plan.contains("SCAN r USING INTEGER"), "{plan}");
    let mut is_page = false;
    for step in plan.split("; ") {
        is_page = match step {
            "SCAN known" | "SCAN unknown" | "MERGE (UNION ALL)" => true,
            step if step.starts_with("SEARCH r") => false,
            _ => is_page,
        };
        assert!(is_page || !step.starts_with("USE TEMP B-TREE"), "all rows are sorted: {plan}");
    }
}

#[tokio::test]
async fn order_and_page_come_from_the_index_in_both_directions() {
    let world = World::new(200).await;
    for field in ["amount", "decided_on", "number", "points", "rate", "is_public", "published_at"] {
        for direction in [Direction::Ascending, Direction::Descending] {
            let mut list = ordered(field, direction);
            check(&explained(&world, &list, None).await);
            let asker = crate::query::tests::world::asker(crate::catalogue::Role::Reader);
            let answer = world.query.run(
                &asker,
                "x",
                Plan {
                    target: Target::Records("penalty".into()),
                    ids: None,
                    list: list.clone(),
                    as_of: None,
                },
            );
            let last = answer.await.unwrap().rows.rows.last().unwrap().clone();
            list.page.after = Some(Place { keys: last.keys.clone(), id: last.id, parent: None });
            check(&explained(&world, &list, None).await);
        }
    }
}

#[tokio::test]
async fn filters_come_from_the_index() {
    let world = World::new(200).await;
    let text = |text: &str| FieldValue::Text(text.into());
    for (field, compare) in [
        ("number", Compare::Eq(text("x"))),
        ("number", Compare::StartsWith("罚".into())),
        ("party_code", Compare::In(vec![text("a"), text("b")])),
        ("amount", Compare::Eq(FieldValue::Money { units: 5, currency: "CNY".into() })),
    ] {
        let mut list = ListPlan::first(20, Select::default());
        list.filter = Filter::Field { field: field.into(), compare: compare.clone() };
        let plan = explained(&world, &list, None).await;
        assert!(plan.contains("SEARCH r USING INDEX"), "{field} {compare:?}: {plan}");
    }
    // Filter and order by one field: one index does both.
    let mut list = ordered("points", Direction::Descending);
    let compare = Compare::Gte(FieldValue::Integer(5));
    list.filter = Filter::Field { field: "points".into(), compare };
    check(&explained(&world, &list, None).await);
}

#[tokio::test]
async fn the_past_is_read_by_the_same_path() {
    let world = World::new(20).await;
    let mut list = ordered("number", Direction::Ascending);
    list.filter = Filter::Field { field: "number".into(), compare: Compare::StartsWith("罚".into()) };
    let plan = explained(&world, &list, Some(Seq(5))).await;
    assert!(plan.contains("record_penalty_history") || plan.contains("UNION ALL"), "{plan}");
}
