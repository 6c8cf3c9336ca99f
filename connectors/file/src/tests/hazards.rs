//! Files as they should not be.

use std::ops::ControlFlow;
use std::time::Duration;

use contract::{Projection, ReadError, Retry, Source as _, SourceKey, Unkeyed, Value, notes};

use super::Drop;
use super::fixture::{Came, batches, came, gbk, request, rows, stream, text};
use crate::{Files, Options, Take};

async fn one(folder: &Drop) -> Result<Vec<Came>, ReadError> {
    rows(&folder.files(), request("x.csv", &["a"])).await
}

async fn words(folder: &Drop) -> String {
    one(folder).await.unwrap_err().to_string()
}

#[tokio::test]
async fn marks_say_what_a_file_is_in() {
    let wide = |big: bool| -> Vec<u8> {
        let turn = |unit: u16| if big { unit.to_be_bytes() } else { unit.to_le_bytes() };
        "\u{feff}a,b\r\n1,𠮷甲\r\n".encode_utf16().flat_map(turn).collect()
    };
    for bytes in ["a,b\n1,𠮷甲".into(), "\u{feff}a,b\r\n1,𠮷甲\r\n".into(), wide(true), wide(false)] {
        let folder = Drop::new().with("x.csv", &bytes);
        let expected = vec![(Ok("1".to_owned()), vec![text("1"), text("𠮷甲")])];
        assert_eq!(one(&folder).await.unwrap(), expected);
        // A mark is believed before a declaration, if the file has one.
        if bytes.starts_with(&[0xef]) || bytes.starts_with(&[0xfe]) || bytes.starts_with(&[0xff]) {
            assert_eq!(rows(&folder.gbk(), request("x.csv", &["a"])).await.unwrap(), expected);
        }
    }
}

#[tokio::test]
async fn a_cell_that_is_no_text_is_odd_and_no_other() {
    let mut bytes = gbk("a,b\n1,甲\n2,");
    bytes.extend_from_slice(b"\xff\xff\n");
    bytes.extend(gbk("3,丙\n"));
    let folder = Drop::new().with("x.csv", &bytes);
    let odd = |text: &str| Value::Odd { text: text.to_owned(), why: "bad-encoding" };
    let found = rows(&folder.gbk(), request("x.csv", &["a"])).await.unwrap();
    let cells: Vec<Value> = found.into_iter().filter_map(|(_, mut cells)| cells.pop()).collect();
    assert_eq!(cells, [text("甲"), odd("\\xffff"), text("丙")]);
    // As a key, it is none.
    let found = rows(&folder.gbk(), request("x.csv", &["b"])).await.unwrap();
    let why = found.last().unwrap().0.clone().unwrap_err();
    assert_eq!(why, Unkeyed::NoKey(notes::at_line("x.csv", 3, notes::key_no_text("b"))));
}

#[tokio::test]
async fn a_bar_does_not_cut_a_character_of_gbk() {
    // The second byte of this character is the one of `|`.
    let bytes = gbk("a|b\r\n1|珅|\r\n2|\r\n3|x\r\n");
    assert!(bytes.windows(2).any(|pair| pair[0] >= 0x80 && pair[1] == b'|'), "the character was ill chosen");
    let folder = Drop::new().with("x.csv", &bytes);
    let options = Options { charset: Some("gbk".into()), delimiter: '|', ..folder.options() };
    let found = rows(&Files::new(options), request("x.csv", &["a"])).await.unwrap();
    let cells: Vec<Value> = found.into_iter().filter_map(|(_, mut cells)| cells.pop()).collect();
    assert_eq!(cells, [text("珅"), Value::Null, text("x")]);
}

#[tokio::test]
async fn lines_of_the_wrong_length_come_without_key() {
    let csv = "a,b,c\n1,2,3\n\n2,3\n3,4,5,6\n4,5,6,,\n\n5,6,7\n";
    let width = |line, n_found| Unkeyed::Width { file: "x.csv".into(), line, n_found, n_expected: 3 };
    let expected =
        [Ok("1".to_owned()), Ok("4".to_owned()), Ok("5".to_owned()), Err(width(4, 2)), Err(width(5, 4))];
    for csv in [csv.to_owned(), csv.replace('\n', "\r\n")] {
        // In memory, and through temporary files.
        for sort_bytes in [1 << 20, 1] {
            let folder = Drop::new().with("x.csv", &csv);
            let files = Files::new(Options { sort_bytes, ..folder.options() });
            let found = rows(&files, request("x.csv", &["a"])).await.unwrap();
            assert_eq!(found.iter().map(|(key, _)| key.clone()).collect::<Vec<_>>(), expected, "{csv:?}");
            assert_eq!(found[3].1, [text("2"), text("3"), Value::Null], "what there is of it is told");
        }
    }
}

#[tokio::test]
async fn an_open_quotation_mark_is_an_error_not_a_cell() {
    let cases = [
        ("a,b\n1,\"2\n3,4\n", 2),
        ("a,b\n1,\"2\n3,4", 2),
        ("a,\"b\n1,2\n", 1),
        ("a,b\r\n1,2\r\n\r\n3,\"4\r\n5,6\r\n", 4),
        ("a,b\n\"1\n2\",\"3\n4,5\n", 3),
        // The next quotation mark closes it, in the middle of another cell: a row would be swallowed unseen.
        ("a,b\n1,2\n3,\"4\n5,\"6\"\n7,8\n", 3),
    ];
    for (bytes, expected) in cases {
        let error = one(&Drop::new().with("x.csv", bytes)).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("file `x.csv` line {expected}: a quotation mark is not closed"),
            "{bytes:?}"
        );
    }
    let folder = Drop::new().with("x.csv", "a,b\n1,5\" pipe\n2,\"\"\"\"\n3,\"\"\n");
    let cells: Vec<Value> =
        one(&folder).await.unwrap().into_iter().filter_map(|(_, mut c)| c.pop()).collect();
    assert_eq!(cells, [text("5\" pipe"), text("\""), Value::Null]);
}

#[tokio::test]
async fn an_empty_file_may_be_unfinished_for_a_moment_and_a_header_alone_is_empty() {
    for bytes in ["", "\n\n", "\u{feff}"] {
        let folder = Drop::new().with("x.csv", bytes);
        let error = one(&folder).await.unwrap_err();
        assert!(matches!(error.retry(), Retry::After(_)), "{error}");
        let file = std::fs::File::options().write(true).open(folder.path().join("x.csv")).unwrap();
        let written = file.metadata().unwrap().modified().unwrap();
        file.set_modified(written - Duration::from_secs(10)).unwrap();
        let error = one(&folder).await.unwrap_err();
        assert!(matches!(error, ReadError::Malformed { .. }), "{error}");
        let code = if bytes.is_empty() { "TJ-S258" } else { "TJ-S253" };
        assert!(error.to_string().contains(code) && error.to_string().contains("x.csv"), "{error}");
    }
    for bytes in ["a,b", "a,b\r\n", "\u{feff}\"a\",b\n\n"] {
        assert_eq!(one(&Drop::new().with("x.csv", bytes)).await.unwrap(), []);
    }
}

#[tokio::test]
async fn text_after_a_closing_quotation_mark_is_told_with_its_place() {
    let csv = "a,b\n1,\"x\"y\n\n2,\"x\" \n3,\"关于\"双随机\"的通知\"\r\n4,\"x\" y,\n5,x\"y\n\"6\"7,\"8\"9\n7,\"\"\"x\"\"\"\n";
    let torn = |line, column: &str| Unkeyed::Torn { file: "x.csv".into(), line, column: column.to_owned() };
    for sort_bytes in [1 << 20, 1] {
        let folder = Drop::new().with("x.csv", csv);
        let files = Files::new(Options { sort_bytes, ..folder.options() });
        let found = rows(&files, request("x.csv", &["a"])).await.unwrap();
        let (whole, rest): (Vec<_>, Vec<_>) = found.into_iter().partition(|(key, _)| key.is_ok());
        let whole: Vec<_> =
            whole.into_iter().filter_map(|(key, mut cells)| Some((key.ok()?, cells.pop()?))).collect();
        let wanted = [("2", "x "), ("5", "x\"y"), ("7", "\"x\"")];
        assert_eq!(whole, wanted.map(|(key, cell)| (key.to_owned(), text(cell))));
        let mut rest: Vec<Unkeyed> = rest.into_iter().filter_map(|(key, _)| key.err()).collect();
        rest.sort_by_key(|why| format!("{why:?}"));
        assert_eq!(rest, [torn(2, "b"), torn(5, "b"), torn(6, "b"), torn(8, "a")]);
    }
}

#[tokio::test]
async fn headers_may_stand_lower_and_be_strange() {
    let folder = Drop::new().with("x.csv", "台账\n\na,,a,\"b\n c\"\n1,2,3,4\n");
    let mut options = folder.options();
    options.header_rows.insert("x.csv".into(), 3);
    let found = batches(&Files::new(options.clone()), request("x.csv", &["column_2"])).await.unwrap();
    let names: Vec<&str> = found[0].schema.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["a", "column_2", "a_3", "b\n c"]);
    let notes: Vec<&str> = found[0].schema.notes.iter().map(|note| note.code).collect();
    assert_eq!(notes, ["TJ-N001", "TJ-N008", "TJ-N011", "TJ-N011"]);
    assert_eq!(came(&found[0])[0].0, Ok("2".to_owned()));
    // Which of the two is meant nobody knows: whoever asks for the name is refused, with both places.
    let error = batches(&Files::new(options.clone()), request("x.csv", &["a"])).await.unwrap_err();
    assert!(error.to_string().contains("⟦TJ-S241|file=x.csv|column=a|first=1|second=3⟧"), "{error}");
    let asked = contract::SnapshotRequest {
        projection: Projection::Columns(vec!["column_2".to_owned(), "a".to_owned()]),
        ..request("x.csv", &["column_2"])
    };
    let error = batches(&Files::new(options), asked).await.unwrap_err();
    assert!(error.to_string().contains("TJ-S241"), "{error}");
}

#[tokio::test]
async fn nulls_large_cells_and_nul_characters() {
    let long = "长".repeat(100);
    let folder = Drop::new().with("x.csv", format!("a,b\n1,NULL\n2, NULL\n3,x\0y\n4,{long}\n5,{long}长\n"));
    let options = Options { nulls: vec!["NULL".into()], ..folder.options() };
    let request = contract::SnapshotRequest { max_cell_bytes: 200, ..request("x.csv", &["a"]) };
    let batches = batches(&Files::new(options), request).await.unwrap();
    let found = came(&batches[0]);
    let cells: Vec<&Value> = found.iter().map(|(_, cells)| &cells[1]).collect();
    let large = Value::Odd { text: "长".repeat(21), why: "too-large" };
    assert_eq!(cells, [&Value::Null, &text(" NULL"), &text("x\0y"), &large, &large]);
    let digests: Vec<_> = batches[0].rows.iter().map(|row| row.digest).collect();
    assert_ne!(digests[3], digests[4], "a change beyond the head of a large cell is seen");
}

#[tokio::test]
async fn files_must_have_the_columns_that_are_asked_for() {
    let folder = Drop::new().with("x-1.csv", "a,b\n1,2\n").with("x-2.csv", "a,c\n3,4\n");
    let asked = |columns: &[&str]| {
        let projection = Projection::Columns(columns.iter().map(|column| (*column).to_owned()).collect());
        contract::SnapshotRequest { projection, ..request("x-*.csv", &["a"]) }
    };
    let files = folder.files();
    let error = rows(&files, asked(&["b"])).await.unwrap_err().to_string();
    assert!(error.contains("⟦TJ-S240|file=x-2.csv|column=b⟧"), "{error}");
    assert_eq!(rows(&files, asked(&["a"])).await.unwrap().len(), 2, "what is not asked for may be anywhere");
    let error = rows(&files, asked(&["d"])).await.unwrap_err();
    assert!(matches!(error, ReadError::NoColumn { column, .. } if column == "d"));
}

#[tokio::test]
async fn only_the_newest_file_where_that_is_wished() {
    let folder = Drop::new().with("x-1.csv", "a\n1\n").with("x-2.csv", "a\n2\n");
    let old = std::fs::File::options().write(true).open(folder.path().join("x-2.csv")).unwrap();
    let changed = old.metadata().unwrap().modified().unwrap();
    old.set_modified(changed - Duration::from_secs(3600)).unwrap();
    let options = Options { take: Take::Newest, ..folder.options() };
    let found = rows(&Files::new(options), request("x-*.csv", &["a"])).await.unwrap();
    assert_eq!(found, [(Ok("1".to_owned()), vec![text("1")])]);
}

#[tokio::test]
async fn a_file_that_may_not_be_finished_is_left_for_later() {
    let folder = Drop::new().with("x.csv", "a\n1\n");
    let options = Options { settle: Duration::from_secs(3600), ..folder.options() };
    let error = rows(&Files::new(options), request("x.csv", &["a"])).await.unwrap_err();
    assert!(matches!(error, ReadError::Source { is_passing: true, .. }), "{error}");
    // While it is listed and read, a file must stay as it is.
    let pattern = crate::name::Pattern::of_text("x.csv").unwrap();
    let listed = crate::folder::of_stream(&folder.options(), &pattern).unwrap();
    assert!(listed[0].is_unchanged().is_ok());
    std::fs::write(folder.path().join("x.csv"), "a\n1\n2\n").unwrap();
    assert!(matches!(listed[0].is_unchanged(), Err(ReadError::Source { is_passing: true, .. })));
    std::fs::remove_file(folder.path().join("x.csv")).unwrap();
    assert!(matches!(listed[0].is_unchanged(), Err(ReadError::Source { is_passing: true, .. })));
}

/// Writes to a file while it is read.
struct Writes<'a>(&'a Drop);

impl crate::scan::Reads for Writes<'_> {
    fn header(&mut self, _: crate::table::Header) -> Result<ControlFlow<()>, ReadError> {
        std::fs::write(self.0.path().join("x.csv"), "a\n1\n2,\"\n").unwrap();
        Ok(ControlFlow::Continue(()))
    }

    fn record(&mut self, _: &crate::record::Record<'_, '_>) -> Result<ControlFlow<()>, ReadError> {
        Err(ReadError::malformed("whatever is found in it"))
    }
}

#[test]
fn a_file_that_is_written_while_it_is_read_is_not_judged() {
    let folder = Drop::new().with("x.csv", "a\n1\n");
    let options = folder.options();
    let pattern = crate::name::Pattern::of_text("x.csv").unwrap();
    let listed = crate::folder::of_stream(&options, &pattern).unwrap();
    let job = crate::work::Job::default();
    let read = crate::scan::file(&listed[0], &pattern, 1, &options, &job, &mut Writes(&folder));
    let error = read.unwrap_err();
    assert!(matches!(&error, ReadError::Source { is_passing: true, .. }), "{error}");
    assert!(error.to_string().contains("⟦TJ-S252|file=x.csv⟧"), "{error}");
}

#[tokio::test]
async fn what_is_too_much_is_refused() {
    let wide: Vec<String> = (0..=crate::table::MAX_COLUMNS).map(|n| format!("c{n}")).collect();
    let folder = Drop::new().with("x.csv", wide.join(","));
    assert!(words(&folder).await.contains("⟦TJ-S238|file=x.csv|found=16385|"));
    let mut open = b"a,b\n1,\"".to_vec();
    open.resize(66 << 20, b'x');
    let folder = Drop::new().with("x.csv", open);
    assert!(matches!(one(&folder).await, Err(ReadError::OpenQuote { line: 2, .. })));
    let mut long = b"a,b\n1,".to_vec();
    long.resize(66 << 20, b'x');
    let folder = Drop::new().with("x.csv", long);
    let said = words(&folder).await;
    assert!(said.contains("more than 64 MiB") || said.contains("|line=2|size=64⟧"), "{said}");
}

/// The second of the files of `x-*.csv` is not what it should be: nothing may be read, lest its rows be held to be gone.
async fn in_place_of_a_file(put: impl FnOnce(&std::path::Path)) -> ReadError {
    let folder = Drop::new().with("x-1.csv", "a\n1\n").with("y.csv", "a\n1\n");
    put(&folder.path().join("x-2.csv"));
    assert_eq!(rows(&folder.files(), request("y.csv", &["a"])).await.unwrap().len(), 1, "others are read");
    let found = folder.files().discover(Some(&[stream("x-*.csv")])).await;
    let error = rows(&folder.files(), request("x-*.csv", &["a"])).await.unwrap_err();
    assert_eq!(found.unwrap_err().to_string(), error.to_string());
    assert!(error.to_string().contains("x-2.csv"), "{error}");
    error
}

/// Puts something in a place.
#[cfg(unix)]
type Put<'a> = Box<dyn FnOnce(&std::path::Path) + 'a>;

#[cfg(unix)]
#[tokio::test]
async fn what_stands_in_place_of_a_file_is_not_passed_over() {
    use std::os::unix::fs::symlink;
    let secret = Drop::new().with("secret.csv", "a\n1\n");
    let cases: [(&str, Put<'_>); 5] = [
        ("TJ-S259", Box::new(|path| std::fs::create_dir(path).unwrap())),
        ("TJ-S260", Box::new(|path| symlink("gone.csv", path).unwrap())),
        ("TJ-S260", Box::new(|path| symlink(path, path).unwrap())),
        ("TJ-S261", Box::new(|path| symlink(secret.path().join("secret.csv"), path).unwrap())),
        ("TJ-S260", Box::new(|path| symlink(path.parent().unwrap(), path).unwrap())),
    ];
    for (expected, put) in cases {
        let error = in_place_of_a_file(put).await;
        assert!(matches!(error, ReadError::Malformed { .. }), "{error}");
        assert!(error.to_string().contains(expected), "{expected}: {error}");
    }
    let socket = in_place_of_a_file(|path| drop(std::os::unix::net::UnixListener::bind(path).unwrap())).await;
    assert!(socket.to_string().contains("TJ-S259"), "{socket}");
    let empty = in_place_of_a_file(|path| std::fs::write(path, "").unwrap()).await;
    assert!(empty.to_string().contains("TJ-S258"), "{empty}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_link_to_a_file_inside_is_followed() {
    let folder = Drop::new();
    std::fs::create_dir(folder.path().join("2024")).unwrap();
    std::fs::write(folder.path().join("2024/all.csv"), "a\n1\n").unwrap();
    std::os::unix::fs::symlink("2024/all.csv", folder.path().join("x.csv")).unwrap();
    assert_eq!(one(&folder).await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_last_batch_says_of_which_files_it_is() {
    let folder = Drop::new().with("x-1.csv", "a\n1\n2\n").with("x-2.csv", "a\n");
    let parts = |options: Options| async move {
        let found = batches(&Files::new(options), request("x-*.csv", &["a"])).await.unwrap();
        found.last().unwrap().schema.parts.clone()
    };
    let part = |name: &str, n_rows| contract::Part { name: name.into(), n_rows: Some(n_rows), order: None };
    assert_eq!(parts(folder.options()).await, [part("x-1.csv", 2), part("x-2.csv", 0)]);
    let newest = parts(Options { take: Take::Newest, ..folder.options() }).await;
    assert_eq!(newest.len(), 1);
    assert_eq!(newest[0].name, "x-*.csv");
    assert!(newest[0].order.is_some_and(|at| at > 1_700_000_000_000_000), "{newest:?}");
}

#[tokio::test]
async fn what_is_not_there_is_said() {
    let folder = Drop::new();
    assert!(matches!(one(&folder).await, Err(ReadError::NoStream { .. })));
    let gone = Options::new(folder.path().join("gone"));
    let error = rows(&Files::new(gone), request("x.csv", &["a"])).await.unwrap_err();
    assert!(matches!(error, ReadError::Connect { .. }), "{error}");
}

#[tokio::test]
async fn a_key_may_be_of_several_columns_and_none_of_them_null() {
    let folder = Drop::new().with("x.csv", "a,b\n1,y|z\n,2\n1,\n");
    let found = rows(&folder.files(), request("x.csv", &["b", "a"])).await.unwrap();
    assert_eq!(found[0].0, Ok(SourceKey::of(["y|z", "1"]).0));
    assert_eq!(found[1].0, Err(Unkeyed::NoKey(notes::at_line("x.csv", 3, notes::key_null("a")))));
    assert_eq!(found[2].0, Err(Unkeyed::NoKey(notes::at_line("x.csv", 4, notes::key_null("b")))));
}

#[test]
fn options_are_judged() {
    let good = Options::new("/drop");
    assert_eq!(good.problems("source.x").len(), 0);
    let mut bad = Options::new("drop");
    bad.charset = Some("gbq".into());
    bad.delimiter = '字';
    bad.max_connections = 0;
    bad.header_rows.insert("x.csv".into(), 0);
    let paths: Vec<String> = bad.problems("source.x").into_iter().map(|problem| problem.path).collect();
    assert_eq!(
        paths,
        ["folder", "max_connections", "header_rows[0]", "charset", "delimiter"]
            .map(|key| format!("source.x.{key}"))
    );
}
