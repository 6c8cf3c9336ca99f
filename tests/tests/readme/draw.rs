//! The commands of docs/make-a-draw.md: a rehearsal, from the plan to the verified bundle.

use super::{blocks, document, free_port};

#[test]
fn a_draw_is_made_as_the_document_says() {
    let text = std::fs::read_to_string(document("docs/make-a-draw.md")).expect("a document");
    let folder = tempfile::tempdir().expect("a folder");
    let n_run = blocks::blocks(&text).iter().filter(|block| block.does == "run").count();
    assert!(n_run >= 12, "{n_run} commands only");
    let here = [
        ("127.0.0.1:8080", format!("127.0.0.1:{}", free_port())),
        ("127.0.0.1:8081", format!("127.0.0.1:{}", free_port())),
    ];
    blocks::run(&text, folder.path(), &here);
}
