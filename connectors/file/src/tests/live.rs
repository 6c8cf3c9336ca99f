//! Look-ups, selects, digests of ranges.

use contract::{
    Comparison, KeyRange, Order, OrderKey, Predicate, Projection, RangeDigest, ReadError, Source as _,
    SourceKey, Value,
};
use proptest::prelude::*;

use super::Drop;
use super::fixture::{batches, came, request, stream, text};
use crate::condition::compare;

fn folder() -> Drop {
    Drop::new().with("x.csv", "k,n,t\na,10,甲一\nb,9,\nc,-1.50,乙\nd,,甲二\na,2,again\n")
}

fn key(text: &str) -> SourceKey {
    SourceKey(text.to_owned())
}

#[tokio::test]
async fn rows_of_keys() {
    let (folder, name, columns) = (folder(), stream("x.csv"), ["k".to_owned()]);
    let files = folder.files();
    let asked = [key("d"), key("a"), key("absent"), key("a")];
    let projection = Projection::Columns(vec!["t".into()]);
    let found = files.lookup(&name, &columns, &asked, &projection).await.unwrap();
    let mut found = came(&found);
    found.sort_by(|one, two| format!("{one:?}").cmp(&format!("{two:?}")));
    let expected = [("a", "again"), ("a", "甲一"), ("d", "甲二")];
    assert_eq!(found, expected.map(|(key, cell)| (Ok(key.to_owned()), vec![text(cell)])));
    let error = files.lookup(&name, &[], &asked, &projection).await.unwrap_err();
    assert!(matches!(error, ReadError::Unsupported { .. }));
}

#[tokio::test]
async fn rows_by_condition() {
    let compare =
        |column: &str, comparison, value| Predicate::Compare { column: column.into(), comparison, value };
    let is_in = |values| Predicate::In { column: "k".into(), values };
    let cases = [
        (Predicate::True, "10 9 -1.50 - 2"),
        (compare("n", Comparison::Greater, Value::Int(2)), "10 9"),
        (compare("n", Comparison::GreaterOrEqual, Value::Decimal("2.0".into())), "10 9 2"),
        (compare("n", Comparison::Less, Value::Int(0)), "-1.50"),
        (compare("n", Comparison::Less, text("2")), "10 -1.50"),
        (compare("n", Comparison::Equal, Value::Decimal("-1.5".into())), "-1.50"),
        (compare("n", Comparison::NotEqual, Value::Int(9)), "10 -1.50 2"),
        (compare("n", Comparison::Equal, Value::Null), ""),
        (compare("t", Comparison::StartsWith, text("甲")), "10 -"),
        (Predicate::Not(Box::new(compare("t", Comparison::StartsWith, text("甲")))), "-1.50 2"),
        (Predicate::IsNull("t".into()), "9"),
        (Predicate::Not(Box::new(Predicate::IsNull("n".into()))), "10 9 -1.50 2"),
        (is_in(vec![text("b"), text("d")]), "9 -"),
        (is_in(vec![]), ""),
        (Predicate::Not(Box::new(is_in(vec![text("b"), Value::Null]))), ""),
        (Predicate::All(vec![]), "10 9 -1.50 - 2"),
        (Predicate::Any(vec![]), ""),
        (Predicate::All(vec![is_in(vec![text("a")]), compare("n", Comparison::Less, Value::Int(3))]), "2"),
        (Predicate::Any(vec![Predicate::IsNull("n".into()), Predicate::IsNull("t".into())]), "9 -"),
    ];
    let folder = folder();
    let files = folder.files();
    for (predicate, expected) in cases {
        let projection = Projection::Columns(vec!["n".into()]);
        let found = files.select(&stream("x.csv"), &predicate, &[], 100, &projection).await.unwrap();
        let cells: Vec<String> =
            came(&found).iter().map(|(_, cells)| cells[0].to_text().unwrap_or_else(|| "-".into())).collect();
        assert_eq!(cells.join(" "), expected, "{predicate:?}");
    }
    let unknown = Predicate::IsNull("z".into());
    let error = files.select(&stream("x.csv"), &unknown, &[], 1, &Projection::All).await.unwrap_err();
    assert!(matches!(error, ReadError::NoColumn { .. }));
}

#[tokio::test]
async fn rows_in_an_order_up_to_a_limit() {
    let folder = folder();
    let order = |column: &str, order| OrderKey { column: column.into(), order };
    let by = [order("k", Order::Descending), order("t", Order::Ascending)];
    let projection = Projection::Columns(vec!["t".into()]);
    let found = folder.files().select(&stream("x.csv"), &Predicate::True, &by, 4, &projection).await.unwrap();
    let cells: Vec<Value> = came(&found).into_iter().flat_map(|(_, cells)| cells).collect();
    assert_eq!(cells, [text("甲二"), text("乙"), Value::Null, text("again")]);
    let found =
        folder.files().select(&stream("x.csv"), &Predicate::True, &[], 2, &Projection::All).await.unwrap();
    assert_eq!(found.rows.len(), 2);
}

#[tokio::test]
async fn digests_of_ranges_are_those_of_the_rows() {
    let (folder, columns) = (folder(), ["k".to_owned()]);
    let range =
        |after: Option<&str>, upto: Option<&str>| KeyRange { after: after.map(key), upto: upto.map(key) };
    let lists = [
        vec![range(None, Some("a")), range(Some("a"), Some("c")), range(Some("c"), None)],
        vec![range(None, None), range(Some("b"), Some("a")), range(Some("a"), Some("b"))],
        vec![],
    ];
    let files = folder.files();
    let rows = batches(&files, request("x.csv", &["k"])).await.unwrap();
    for ranges in lists {
        let found = files.digest(&stream("x.csv"), &columns, &Projection::All, &ranges).await.unwrap();
        let of_range = |range: &KeyRange| {
            let is_in = |row: &&contract::Row| {
                let key = row.key.as_ref().unwrap();
                range.after.as_ref().is_none_or(|after| key > after)
                    && range.upto.as_ref().is_none_or(|upto| key <= upto)
            };
            rows.iter()
                .flat_map(|batch| &batch.rows)
                .filter(is_in)
                .fold(RangeDigest::EMPTY, RangeDigest::with)
        };
        assert_eq!(found, ranges.iter().map(of_range).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn digests_do_not_depend_on_charset_order_of_columns_or_quotes() {
    let utf8 = Drop::new().with("x.csv", "k,t\n1,甲\n");
    let other = Drop::new().with("x.csv", super::fixture::gbk("\"t\",\"k\"\r\n\"甲\",\"1\"\r\n"));
    let projection = Projection::Columns(vec!["k".into(), "t".into()]);
    let asked = contract::SnapshotRequest { projection, ..request("x.csv", &["k"]) };
    let one = batches(&utf8.files(), asked.clone()).await.unwrap();
    let two = batches(&other.gbk(), asked).await.unwrap();
    assert_eq!(one[0].rows[0].digest, two[0].rows[0].digest);
}

proptest! {
    #[test]
    fn numbers_compare_as_numbers(one in -100_000_i64..100_000, two in -100_000_i64..100_000) {
        let text = |n: i64| text(&format!("{}{:03}.{:02}0", if n < 0 { "-" } else { "" }, n.abs() / 100, n.abs() % 100));
        let number = Value::Decimal(format!("{}{}.{:02}", if two < 0 { "-" } else { "" }, two.abs() / 100, two.abs() % 100));
        prop_assert_eq!(compare(&text(one), &number), Some(one.cmp(&two)));
    }
}
