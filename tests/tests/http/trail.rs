//! Every answer is written into the audit trail first; what cannot be written is not answered.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};

use tests::bench::sqlite;
use tests::http::Served;
use tests::{shown, tongjian_in};

use super::zone;

#[test]
fn what_cannot_be_written_down_is_not_answered() {
    let zone = zone(46, 200);
    let audit = zone.config.join("audit.db");
    let mut served = Served::start(&zone.config, "market", "reader");
    let question = "{ subjects(first: 3) { nodes { id name } } }";
    assert_eq!(served.ask(question)["subjects"]["nodes"].as_array().map(Vec::len), Some(3));
    let n_entries = || sqlite(&audit, "SELECT count(*) FROM entry;").parse::<u64>().expect("a number");
    let before = n_entries();
    assert!(before >= 1);
    served.ask(question);
    assert_eq!(n_entries(), before + 1);
    // Whose question it was, about whom, is in it; the key itself is not.
    let last = sqlite(&audit, "SELECT * FROM entry ORDER BY number DESC LIMIT 1;");
    assert!(last.contains("market") && last.contains("subjects"), "{last}");
    assert!(!last.contains(&served.key), "the key is in the trail");

    // Somebody else holds the file: nothing can be written, nothing is answered.
    let mut holder = Command::new("sqlite3")
        .arg(&audit)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("sqlite3 runs");
    let mut to_holder = holder.stdin.take().expect("a pipe");
    to_holder.write_all(b"BEGIN EXCLUSIVE; SELECT 'held';\n").expect("said");
    let mut line = String::new();
    BufReader::new(holder.stdout.take().expect("a pipe")).read_line(&mut line).expect("heard");
    assert_eq!(line.trim(), "held");
    let answer = served.answer(question);
    assert_eq!(answer.code(), "AUDIT_UNAVAILABLE", "{}", answer.body);
    assert!(answer.json()["data"].is_null() && !answer.body.contains("公司"), "{}", answer.body);
    assert!(served.running.is_running());
    to_holder.write_all(b"ROLLBACK;\n.quit\n").expect("said");
    drop(to_holder);
    holder.wait().expect("it ends");
    assert_eq!(served.ask(question)["subjects"]["nodes"].as_array().map(Vec::len), Some(3));

    // The file is moved away, and a copy put in its place: nothing is answered until it is back.
    let aside = zone.folder.path().join("aside.db");
    std::fs::rename(&audit, &aside).expect("moved");
    assert_eq!(served.answer(question).code(), "AUDIT_UNAVAILABLE");
    std::fs::copy(&aside, &audit).expect("copied");
    let answer = served.answer(question);
    assert_eq!(answer.code(), "AUDIT_UNAVAILABLE", "{}", answer.body);
    assert!(answer.json()["data"].is_null() && !answer.body.contains("公司"), "{}", answer.body);
    std::fs::rename(&aside, &audit).expect("put back");
    assert_eq!(served.ask(question)["subjects"]["nodes"].as_array().map(Vec::len), Some(3));
    served.stop();

    // A trail that cannot be opened: it does not even begin to serve.
    let nowhere = zone.folder.path().join("tongjian.toml/audit.db");
    std::fs::write(zone.folder.path().join("tongjian.toml"), "no folder").expect("a file");
    let output = tongjian_in(
        &zone.config,
        &["serve", "--quiet", "--set", &format!("hub.audit={}", nowhere.display())],
    );
    assert!(!output.status.success(), "{}", shown(&output));
    assert!(shown(&output).contains("audit"), "{}", shown(&output));
}
