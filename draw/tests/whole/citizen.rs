//! docs/verify.md, run word for word on a bundle: what a citizen is told to type works, and fails where it must.

use std::fs;
use std::path::Path;
use std::process::Command;

use draw::archive;
use sampling::{Files, Suite};

use crate::common::{Ceremony, OPEN};

/// The shell of the page, taken out of it as the page says.
fn script() -> String {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/verify.md")).unwrap();
    assert!(page.contains("awk '/^```sh$/ { p = 1; next } /^```$/ { p = 0 } p' verify.md > check.sh"));
    let mut out = String::new();
    let mut is_shell = false;
    for line in page.lines() {
        match line {
            "```sh" => is_shell = true,
            "```" => is_shell = false,
            _ if is_shell => out += &format!("{line}\n"),
            _ => {}
        }
    }
    assert!(out.starts_with("set -eu\n") && out.lines().count() > 80, "the page has no shell");
    out
}

/// What the citizen has from elsewhere: matter, C, head.
#[derive(Clone, Default)]
struct Known<'a> {
    matter: &'a str,
    wall: &'a str,
    head: &'a str,
}

/// Runs the page over the members: whether it ended well, and what it printed.
fn type_it(files: &Files, known: &Known<'_>) -> (bool, String) {
    let home = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(home.path().join(name), text).unwrap();
    }
    fs::write(home.path().join("check.sh"), script()).unwrap();
    let output = Command::new("bash")
        .arg("check.sh")
        .env("M", if known.matter.is_empty() { "M1" } else { known.matter })
        .env("WALL", known.wall)
        .env("HEAD", known.head)
        .current_dir(home.path())
        .output()
        .expect("bash runs");
    let text =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.success(), text)
}

fn example(suite: &str) -> Files {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("vectors/example-{suite}.zip"));
    archive::read(&fs::read(file).unwrap()).unwrap()
}

fn digest(files: &Files, name: &str) -> String {
    let is_sm3 = files["plan.txt"].starts_with(b"algorithm=DSJ1-SM3");
    if is_sm3 { Suite::Sm3 } else { Suite::Sha256 }.hash(&files[name]).hex()
}

fn newest(files: &Files) -> String {
    let sizes =
        files.keys().filter_map(|name| name.strip_prefix("head-")?.strip_suffix(".txt")?.parse::<u64>().ok());
    digest(files, &format!("head-{}.txt", sizes.max().unwrap()))
}

#[track_caller]
fn holds(files: &Files, matter: &str) -> String {
    let (wall, head) = (digest(files, "commit.txt"), newest(files));
    let (is_good, text) = type_it(files, &Known { matter, wall: &wall, head: &head });
    assert!(is_good && text.ends_with("\nALL STEPS HOLD\n") && !text.contains("NOT "), "{text}");
    text
}

/// It stops at the first thing that does not hold, and says which.
#[track_caller]
fn stops(files: &Files, known: &Known<'_>, why: &str) {
    let (is_good, text) = type_it(files, known);
    let last = text.lines().last().unwrap_or_default();
    assert!(!is_good && last.starts_with("NOT ") && last.contains(why), "wanted `{why}`: {text}");
}

#[test]
fn the_page_verifies_the_example() {
    for suite in ["sha256", "sm3"] {
        let files = example(suite);
        let text = holds(&files, "M1");
        assert!(text.contains("plan.txt: as committed") && text.contains("entry-17.txt"), "{text}");
        // A stratum drawn by size is passed over, and that is said; the other one is compared.
        let text = holds(&files, "M2");
        assert!(
            text.contains("stratum H: drawn by size, not checked here") && text.contains("same ("),
            "{text}"
        );
        // Without anything from elsewhere it says so, and never that all holds.
        let (is_good, text) = type_it(&files, &Known::default());
        assert!(is_good && text.contains("it proves nothing") && !text.contains("ALL STEPS HOLD"), "{text}");
    }
}

#[test]
fn the_page_verifies_a_draw_of_the_commands() {
    let mut ceremony = crate::common::Ceremony::whole(crate::common::OPEN);
    let bundle = ceremony.bundle("bundle.zip", true);
    let files = archive::read(&fs::read(bundle).unwrap()).unwrap();
    for matter in ["M1", "M2", "M3"] {
        let text = holds(&files, matter);
        assert!(text.contains("officers-HB.tsv: not in this bundle"), "{text}");
    }
}

#[test]
fn the_page_sees_a_forgery() {
    for (name, from, to, why) in [
        ("drawn-M1.tsv", "drawn", "draw", "the same list"),
        ("drawn-M1.tsv", "reserve", "reserved", "as listed: drawn-M1.tsv"),
        ("frame-M1.tsv", "\t", "1\t", "as committed: frame-M1.tsv"),
        ("frame-M2.tsv", "\t", "1\t", "as committed: frame-M2.tsv"),
        ("plan.txt", "rate=1/6", "rate=1/7", "as committed: plan.txt"),
        ("seed.txt", "commit=", "commit=0", "a seed of this C"),
        ("seed.txt", "public=1:", "public=1:9", "the same list"),
        ("result.txt", "DSJ1/result", "DSJ1/resulT", "the logged result"),
        ("entry-3.txt", "digest=", "digest=0", "the root of the first"),
        ("alloc.tsv", "M1\tS01\t", "M1\tS01\t1", "as the plan says"),
    ] {
        let mut files = example("sha256");
        let (wall, head) = (digest(&files, "commit.txt"), newest(&files));
        let text = String::from_utf8(files[name].clone()).unwrap();
        assert!(text.contains(from), "{name} has no {from}");
        files.insert(name.to_owned(), text.replacen(from, to, 1).into_bytes());
        stops(&files, &Known { matter: "M1", wall: &wall, head: &head }, why);
    }
    let mut files = example("sha256");
    files.remove("entry-2.txt");
    stops(&files, &Known::default(), "here: entry-2.txt");
}

#[test]
fn the_page_sees_a_second_draw_with_a_fresh_log() {
    let mut first = Ceremony::begin(OPEN);
    first.commit();
    // The office keeps a copy, and draws again with other shares until it likes what it sees. The witnesses' keys of the
    // copy are those of the plan: two of them are in it.
    let mut second = first.fork();
    first.go_on();
    second.go_on();
    let read = |c: &mut Ceremony| archive::read(&fs::read(c.bundle("bundle.zip", false)).unwrap()).unwrap();
    let (honest, forged) = (read(&mut first), read(&mut second));
    holds(&honest, "M1");
    holds(&forged, "M1");
    assert_eq!(honest["commit.txt"], forged["commit.txt"]);
    assert_ne!(honest["seed.txt"], forged["seed.txt"]);
    let (wall, head) = (digest(&honest, "commit.txt"), newest(&honest));
    let known = Known { matter: "M1", wall: &wall, head: &head };
    stops(&forged, &known, "the head that the witness gave you");
    // A head that both share proves no more than what it covers.
    let early = digest(&honest, "head-1.txt");
    stops(&forged, &Known { head: &early, ..known.clone() }, "once in the log up to head 1: DrawExecuted");
    // The honest log beside the forged draw; and the forged entries under the honest heads.
    let is_log = |name: &str| draw::names::is_of_log(name);
    let mut mixed = forged.clone();
    mixed.retain(|name, _| !is_log(name));
    mixed.extend(honest.iter().filter(|(name, _)| is_log(name)).map(|(n, t)| (n.clone(), t.clone())));
    stops(&mixed, &known, "the share that was committed");
    let mut mixed = forged.clone();
    mixed.retain(|name, _| !name.starts_with("head-"));
    let heads = honest.iter().filter(|(name, _)| name.starts_with("head-"));
    mixed.extend(heads.map(|(n, t)| (n.clone(), t.clone())));
    stops(&mixed, &known, "the root of the first");
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
