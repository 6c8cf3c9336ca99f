//! docs/verify.md, run word for word on a bundle: what a citizen is told to type works, and fails where it must.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use draw::archive;
use sampling::Files;

/// The shell of the page, in order.
fn script() -> String {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/verify.md")).unwrap();
    let mut out = String::from("set -eu\n");
    let mut is_shell = false;
    for line in page.lines() {
        match line {
            "```sh" => is_shell = true,
            "```" => is_shell = false,
            _ if is_shell => out += &format!("{line}\n"),
            _ => {}
        }
    }
    assert!(out.contains("echo same") && out.lines().count() > 25, "the page has no shell");
    out
}

fn type_it(files: &Files, script: &str) -> Output {
    let home = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(home.path().join(name), text).unwrap();
    }
    Command::new("bash").arg("-c").arg(script).current_dir(home.path()).output().expect("bash runs")
}

fn example(suite: &str) -> Files {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("vectors/example-{suite}.zip"));
    archive::read(&fs::read(file).unwrap()).unwrap()
}

#[test]
fn the_page_verifies_the_example() {
    let output = type_it(&example("sha256"), &script());
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    assert!(text.lines().any(|line| line == "same"), "{text}");
    assert!(text.contains("plan.txt: as committed") && text.contains("entry-17.txt"), "{text}");
}

#[test]
fn the_page_verifies_a_draw_of_the_commands() {
    let mut ceremony = crate::common::Ceremony::whole(crate::common::OPEN);
    let bundle = ceremony.bundle("bundle.zip", true);
    let files = archive::read(&fs::read(bundle).unwrap()).unwrap();
    for script in [script(), script().replace("M=M1", "M=M3")] {
        let output = type_it(&files, &script);
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
        assert!(text.lines().any(|line| line == "same"), "{text}");
    }
}

#[test]
fn the_page_sees_a_forgery() {
    for (name, from, to) in [
        ("drawn-M1.tsv", "drawn", "draw"),
        ("frame-M1.tsv", "\t", "1\t"),
        ("plan.txt", "rate=1/6", "rate=1/7"),
        ("seed.txt", "public=1:", "public=1:9"),
        ("result.txt", "DSJ1/result", "DSJ1/resulT"),
    ] {
        let mut files = example("sha256");
        let text = String::from_utf8(files[name].clone()).unwrap().replacen(from, to, 1);
        files.insert(name.to_owned(), text.into_bytes());
        let output = type_it(&files, &script());
        assert!(!output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stdout));
    }
}

#[test]
fn the_protocol_page_has_every_reading() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("../docs/dsj1.md")).unwrap();
    let readings = fs::read_to_string(root.join("verifiers/READINGS.md")).unwrap();
    let body = readings.strip_prefix("# Readings").unwrap();
    assert!(
        page.ends_with(body),
        "docs/dsj1.md and draw/verifiers/READINGS.md differ: copy the readings to its end"
    );
}
