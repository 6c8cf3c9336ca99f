//! The example of docs/connect-a-department.md, from nothing to rows in GraphQL, as it stands there.

use super::{blocks, document, free_port};

#[test]
fn a_department_is_connected_as_the_document_says() {
    let text = std::fs::read_to_string(document("docs/connect-a-department.md")).expect("a document");
    let folder = tempfile::tempdir().expect("a folder");
    let n_run = blocks::blocks(&text).iter().filter(|block| block.does == "run").count();
    assert!(n_run >= 6, "{n_run} commands only");
    let here =
        ["127.0.0.1:8080", "127.0.0.1:8081"].map(|place| (place, format!("127.0.0.1:{}", free_port())));
    blocks::run(&text, folder.path(), &here);
}
