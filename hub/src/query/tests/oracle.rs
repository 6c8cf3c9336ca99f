//! Random filters, orders and pages against a naive reading of all rows, on both stores.

use std::cmp::Ordering;

use crate::catalogue::Role;
use crate::query::answer::Row;
use crate::query::plan::{Compare, Direction, Filter, ListPlan, OrderKey, Place, Plan, Select, Target};
use crate::{FieldValue, Precision};

use super::postgres::with_world;
use super::world::{World, asker};

const FIELDS: [(&str, &[&str]); 2] = [
    ("registration", &["uscc", "name", "capital", "founded", "industry", "valid_until", "registered_on"]),
    (
        "penalty",
        &["number", "party_code", "amount", "decided_on", "rate", "points", "is_public", "published_at"],
    ),
];

/// Asked by whole numbers and by how they begin, and no order.
const IDENTIFIERS: [&str; 2] = ["uscc", "party_code"];

/// A generator for tests: its seed is printed when something fails.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % n
    }
}

#[tokio::test]
async fn sqlite_answers_as_the_oracle() {
    compare(World::new(70).await).await;
}

#[tokio::test]
async fn postgres_answers_as_the_oracle() {
    with_world("query", 70, compare).await;
}

async fn compare(world: World) {
    for seed in 1..=120 {
        let mut dice = Dice(seed);
        let (kind, fields) = FIELDS[dice.below(2)];
        let all = whole(&world, kind, fields).await;
        let filter = random_filter(&mut dice, fields, &all, 2);
        let order = random_order(&mut dice, fields);
        let first = u32::try_from(1 + dice.below(30)).unwrap();
        let expected = expected(&all, &filter, &order);
        let past = dice.below(2) == 0;
        let found = paged(&world, kind, fields, &filter, &order, first, past).await;
        assert_eq!(found, expected, "seed {seed}: {kind} {filter:?} {order:?} first {first} past {past}");
    }
}

async fn whole(world: &World, kind: &str, fields: &[&str]) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut after = None;
    loop {
        let mut plan = plan(kind, fields, 200);
        plan.list.page.after = after;
        let answer = world.query.run(&asker(Role::Reader), "x", plan).await.unwrap();
        rows.extend(answer.rows.rows.iter().map(|row| (**row).clone()));
        if !answer.rows.has_next {
            return rows;
        }
        after = rows.last().map(|row| Place { keys: Vec::new(), id: row.id, parent: None });
    }
}

fn plan(kind: &str, fields: &[&str], first: u32) -> Plan {
    let select = Select { fields: fields.iter().map(|id| (*id).to_owned()).collect(), ..Select::default() };
    Plan {
        target: Target::Records(kind.into()),
        ids: None,
        list: ListPlan::first(first, select),
        as_of: None,
    }
}

/// All pages, one after the other; in the past the whole history is read instead of the current rows.
async fn paged(
    world: &World,
    kind: &str,
    fields: &[&str],
    filter: &Filter,
    order: &[OrderKey],
    first: u32,
    past: bool,
) -> Vec<i64> {
    let mut ids = Vec::new();
    let mut after = None;
    let seq = world.query.run(&asker(Role::Reader), "x", plan(kind, &[], 1)).await.unwrap().seq;
    loop {
        let mut plan = plan(kind, fields, first);
        plan.as_of = past.then_some(crate::query::plan::AsOf::Seq(seq));
        plan.list.filter = filter.clone();
        plan.list.order = order.to_vec();
        plan.list.page.after = after;
        plan.list.is_counted = true;
        let answer = world.query.run(&asker(Role::Reader), "x", plan).await.unwrap();
        ids.extend(answer.rows.rows.iter().map(|row| row.id));
        if !answer.rows.has_next {
            assert_eq!(answer.rows.total.unwrap_or(0), u64::try_from(ids.len()).unwrap());
            return ids;
        }
        let last = answer.rows.rows.last().unwrap();
        after = Some(Place { keys: last.keys.clone(), id: last.id, parent: None });
    }
}

fn expected(all: &[Row], filter: &Filter, order: &[OrderKey]) -> Vec<i64> {
    let mut rows: Vec<&Row> = all.iter().filter(|row| holds(row, filter) == Some(true)).collect();
    rows.sort_by(|a, b| {
        for key in order {
            let ordering =
                nulls_last(a.value(&key.field).unwrap(), b.value(&key.field).unwrap(), key.direction);
            if ordering != Ordering::Equal {
                return ordering;
            }
        }
        match order.first().map(|key| key.direction) {
            Some(Direction::Descending) => b.id.cmp(&a.id),
            Some(Direction::Ascending) | None => a.id.cmp(&b.id),
        }
    });
    rows.iter().map(|row| row.id).collect()
}

fn nulls_last(a: &FieldValue, b: &FieldValue, direction: Direction) -> Ordering {
    match (a.is_null(), b.is_null(), direction) {
        (true, true, _) => Ordering::Equal,
        (true, false, _) => Ordering::Greater,
        (false, true, _) => Ordering::Less,
        (false, false, Direction::Ascending) => rank(a).cmp(&rank(b)),
        (false, false, Direction::Descending) => rank(b).cmp(&rank(a)),
    }
}

/// Something that orders as the store is said to.
fn rank(value: &FieldValue) -> (i64, Vec<u8>) {
    match value {
        FieldValue::Null => (0, Vec::new()),
        FieldValue::Text(text) | FieldValue::Code { code: text, .. } => (0, text.clone().into_bytes()),
        FieldValue::Money { units: n, .. }
        | FieldValue::Decimal(n)
        | FieldValue::Integer(n)
        | FieldValue::Timestamp(n) => (*n, Vec::new()),
        FieldValue::Bool(truth) => (i64::from(*truth), Vec::new()),
        FieldValue::Date(day) => (0, day.to_string().into_bytes()),
        FieldValue::Until(until) => (0, until.as_date().to_string().into_bytes()),
        FieldValue::PartialDate { first, precision } => {
            let precision = match precision {
                Precision::Year => 1,
                Precision::Month => 2,
                Precision::Day => 3,
            };
            (0, format!("{first}{precision}").into_bytes())
        }
    }
}

/// Three-valued, as SQL is.
fn holds(row: &Row, filter: &Filter) -> Option<bool> {
    let truths = |of: &[Filter]| of.iter().map(|one| holds(row, one)).collect::<Vec<_>>();
    // The one truth that decides, else unknown as soon as one is unknown.
    let decided = |truths: Vec<Option<bool>>, by: bool| {
        if truths.contains(&Some(by)) {
            Some(by)
        } else if truths.contains(&None) {
            None
        } else {
            Some(!by)
        }
    };
    match filter {
        Filter::And(all) => decided(truths(all), false),
        Filter::Or(any) => decided(truths(any), true),
        Filter::Not(not) => holds(row, not).map(|truth| !truth),
        Filter::Field { field, compare } => fits(row.value(field).unwrap(), compare),
        Filter::Related { .. } => unreachable!("not made here"),
    }
}

fn fits(value: &FieldValue, compare: &Compare) -> Option<bool> {
    if let Compare::IsNull(truth) = compare {
        return Some(value.is_null() == *truth);
    }
    if *compare == Compare::In(Vec::new()) {
        return Some(false);
    }
    if value.is_null() {
        return None;
    }
    let day_only = |v: &FieldValue| {
        if let FieldValue::PartialDate { first, .. } = v { rank(&FieldValue::Date(*first)) } else { rank(v) }
    };
    let order = |other: &FieldValue| day_only(value).cmp(&day_only(other));
    let same_currency = |other: &FieldValue| match (value, other) {
        (FieldValue::Money { currency: a, .. }, FieldValue::Money { currency: b, .. }) => a == b,
        _ => true,
    };
    Some(match compare {
        Compare::Eq(other) => order(other).is_eq() && same_currency(other),
        Compare::Ne(other) => !order(other).is_eq() || !same_currency(other),
        Compare::Lt(other) => order(other).is_lt() && same_currency(other),
        Compare::Lte(other) => order(other).is_le() && same_currency(other),
        Compare::Gt(other) => order(other).is_gt() && same_currency(other),
        Compare::Gte(other) => order(other).is_ge() && same_currency(other),
        Compare::In(others) => others.iter().any(|other| order(other).is_eq() && same_currency(other)),
        Compare::StartsWith(start) => text_of(value).starts_with(start),
        Compare::Contains(part) => text_of(value).contains(part),
        Compare::IsNull(_) => unreachable!("answered above"),
    })
}

fn text_of(value: &FieldValue) -> &str {
    if let FieldValue::Text(text) | FieldValue::Code { code: text, .. } = value { text } else { "" }
}

fn random_order(dice: &mut Dice, fields: &[&str]) -> Vec<OrderKey> {
    let mut order: Vec<OrderKey> = Vec::new();
    for _ in 0..dice.below(4) {
        let field = fields[dice.below(fields.len())];
        if IDENTIFIERS.contains(&field) {
            continue;
        }
        let direction = [Direction::Ascending, Direction::Descending][dice.below(2)];
        if order.iter().all(|key| key.field != field) {
            order.push(OrderKey { field: field.to_owned(), direction });
        }
    }
    order
}

fn random_filter(dice: &mut Dice, fields: &[&str], all: &[Row], depth: usize) -> Filter {
    let some = |dice: &mut Dice, depth| {
        (0..1 + dice.below(3)).map(|_| random_filter(dice, fields, all, depth)).collect()
    };
    match dice.below(if depth == 0 { 1 } else { 5 }) {
        2 => Filter::And(some(dice, depth - 1)),
        3 => Filter::Or(some(dice, depth - 1)),
        4 => Filter::Not(Box::new(random_filter(dice, fields, all, depth - 1))),
        _ => {
            let field = fields[dice.below(fields.len())];
            Filter::Field { field: field.to_owned(), compare: random_compare(dice, field, all) }
        }
    }
}

fn random_compare(dice: &mut Dice, field: &str, all: &[Row]) -> Compare {
    let known: Vec<&FieldValue> =
        all.iter().filter_map(|row| row.value(field)).filter(|value| !value.is_null()).collect();
    let value = known[dice.below(known.len())].clone();
    let is_text = matches!(value, FieldValue::Text(_) | FieldValue::Code { .. });
    let is_sized = !matches!(value, FieldValue::Bool(_) | FieldValue::Code { .. });
    let is_searched = matches!(value, FieldValue::Text(_)) && !IDENTIFIERS.contains(&field);
    match dice.below(10) {
        0 => Compare::Ne(value),
        1 if is_sized => Compare::Lt(value),
        2 if is_sized => Compare::Lte(value),
        3 if is_sized => Compare::Gt(value),
        4 if is_sized => Compare::Gte(value),
        5 => Compare::In((0..dice.below(4)).map(|_| known[dice.below(known.len())].clone()).collect()),
        6 if is_text => Compare::StartsWith(text_of(&value).chars().take(1 + dice.below(12)).collect()),
        7 if is_searched => Compare::Contains(text_of(&value).chars().skip(3).take(dice.below(4)).collect()),
        8 => Compare::IsNull(dice.below(2) == 0),
        _ => Compare::Eq(value),
    }
}
