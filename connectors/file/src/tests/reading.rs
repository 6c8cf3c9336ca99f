//! Texts of every kind, in the order of their keys.

use contract::{ReadError, Source as _, Value};

use super::Drop;
use super::fixture::{gbk, request, rows, stream, text};

#[tokio::test]
async fn files_of_a_pattern_are_one_table_in_key_order() {
    let folder = Drop::new()
        .with("x-2023.csv", gbk("号,名\r\nb,乙公司\r\na,\"甲,\"\"公司\"\"\r\n\"\r\n"))
        .with("x-2024.csv", gbk("名,号\r\n丙,c\r\n\"一\r\n二\",0\r\n,d\r\n"))
        .with("x-2025.csv.part", "not finished")
        .with("y-2025.csv", "another");
    let found = rows(&folder.gbk(), request("x-*.csv", &["号"])).await.unwrap();
    let expected = [
        ("0", text("一\r\n二")),
        ("a", text("甲,\"公司\"\r\n")),
        ("b", text("乙公司")),
        ("c", text("丙")),
        ("d", Value::Null),
    ];
    let expected: Vec<_> = expected.map(|(key, name)| (Ok(key.to_owned()), vec![text(key), name])).into();
    assert_eq!(found, expected);
}

#[tokio::test]
async fn a_folder_is_discovered_and_checked() {
    let folder = Drop::new().with("x.csv", gbk("号,名\r\n1,甲\r\n"));
    let schemas = folder.gbk().discover(Some(&[stream("x.csv"), stream("absent.csv")])).await.unwrap();
    assert_eq!(schemas.len(), 1);
    assert_eq!(schemas[0].columns.iter().map(|c| c.name.as_str()).collect::<Vec<_>>(), ["号", "名"]);
    assert_eq!(schemas[0].columns[0].charset.as_deref(), Some("GB18030"));
    assert_eq!(schemas[0].estimated_rows, Some(1));
    let check = folder.gbk().check(&[stream("x.csv"), stream("absent.csv")]).await;
    let codes: Vec<_> = check.findings.iter().map(|finding| finding.note.code).collect();
    assert_eq!(codes, ["TJ-S001", "TJ-S016", "TJ-S012", "TJ-S007"]);
}

#[tokio::test]
async fn an_undeclared_charset_is_refused() {
    let folder = Drop::new().with("x.csv", gbk("a,b\r\n1,甲\r\n"));
    let error = rows(&folder.files(), request("x.csv", &["a"])).await.unwrap_err();
    assert!(
        matches!(&error, ReadError::Malformed { words } if words.starts_with("⟦TJ-S231|file=")),
        "{error}"
    );
}
