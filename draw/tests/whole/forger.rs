//! A forger may write every file anew, all digests included. What he cannot change stands elsewhere: C on the wall, the
//! log at the witnesses, the public values. Each forgery is refused, with its place.

use std::collections::BTreeMap;

use crate::common::{Ceremony, OPEN};
use draw::verify::{Outside, Report, examine};
use draw::{archive, names};
use sampling::commit::{self, Input};
use sampling::encoding::Digest;
use sampling::list::list_lines;
use sampling::plan::Plan;
use sampling::seed::Entropy;
use sampling::{Files, draw as engine};

/// A finished draw and what stands elsewhere.
struct World {
    files: Files,
    outside: Outside,
}

fn world() -> World {
    let mut ceremony = Ceremony::whole(OPEN);
    ceremony.events();
    let bundle = ceremony.bundle("bundle.zip", false);
    let files = archive::read(&std::fs::read(bundle).unwrap()).unwrap();
    let log: Files = files
        .iter()
        .filter(|(name, _)| names::is_of_log(name))
        .map(|(n, t)| (n.clone(), t.clone()))
        .collect();
    let (report, _) = examine(&files, &Outside::default());
    assert!(report.holds(), "{:?}", report.refused);
    let public = BTreeMap::from([(1, "00731958264013579246".to_owned()), (2, "5c".repeat(32))]);
    let outside = Outside {
        log: Some(log),
        commit: report.commit,
        head: report.head.map(|(_, digest)| digest),
        public,
    };
    World { files, outside }
}

/// Replaces one text in one file.
#[track_caller]
fn swap(files: &mut Files, name: &str, from: &str, to: &str) {
    let text = String::from_utf8(files[name].clone()).unwrap();
    assert!(text.contains(from), "{name} has no `{from}`");
    files.insert(name.to_owned(), text.replacen(from, to, 1).into_bytes());
}

/// Writes `result.txt` and `evidence.txt` anew over files that were changed.
fn relist(files: &mut Files, suite: sampling::Suite) {
    for (list, parent) in [("result.txt", ""), ("evidence.txt", "result.txt")] {
        let text = String::from_utf8(files[list].clone()).unwrap();
        let listed = text.lines().filter_map(|line| line.split_once('\t').map(|(name, _)| name.to_owned()));
        let listed: Vec<String> = listed.collect();
        let mut head: Vec<String> = text.lines().take(3).map(str::to_owned).collect();
        if !parent.is_empty() {
            head[1] = format!("result={}", suite.hash(&files[parent]));
        }
        let lines = list_lines(suite, listed.iter().map(|name| (name.as_str(), files[name].as_slice())), 1);
        files.insert(list.to_owned(), (head.join("\n") + "\n" + &lines).into_bytes());
    }
}

/// The forger draws anew with what he has made, and writes everything that follows.
fn redraw(files: &mut Files) -> Digest {
    let plan = Plan::require(&files["plan.txt"]).unwrap();
    let data: Files = {
        let names = plan.data_files();
        let is_data = |name: &&String| *name == "plan.txt" || names.contains(*name);
        files.keys().filter(is_data).map(|name| (name.clone(), files[name].clone())).collect()
    };
    let before = commit::parse(&files["commit.txt"]).unwrap();
    let made = commit::commit(&data, Digest::ZERO, 1).unwrap();
    for (name, text) in files.iter_mut() {
        if !names::is_of_log(name) {
            let old = String::from_utf8(text.clone()).unwrap();
            *text = old.replace(&before.digest.hex(), &made.digest.hex()).into_bytes();
        }
    }
    files.insert("commit.txt".to_owned(), made.text.clone());
    let entropy = Entropy::parse(&files["seed.txt"], &plan, &made.digest).unwrap();
    let seed = entropy.seed(plan.suite, &made.digest);
    let input = Input::parse(&data).unwrap();
    let outcome = engine::draw(&input, &made.digest, &seed, 1).unwrap();
    files.extend(outcome.files);
    made.digest
}

#[track_caller]
fn refused(world: &World, files: &Files, place: &str) -> Report {
    let (report, _) = examine(files, &world.outside);
    let places: Vec<String> = report.refused.iter().map(ToString::to_string).collect();
    assert!(places.iter().any(|found| found.contains(place)), "not refused at {place}, but: {places:#?}");
    report
}

#[test]
fn forgeries_are_refused_with_their_place() {
    let world = world();
    let suite = sampling::Suite::Sha256;
    let (report, _) = examine(&world.files, &world.outside);
    assert!(report.holds(), "{:?}", report.refused);

    // One company swapped for another, lists written anew.
    let mut files = world.files.clone();
    let drawn = String::from_utf8(files["drawn-M1.tsv"].clone()).unwrap();
    let line = drawn.lines().find(|line| line.ends_with("drawn")).unwrap().to_owned();
    let sid = line.split('\t').nth(2).unwrap();
    let other = if sid.ends_with("58") { "91330108MA00000057" } else { "91330108MA00000058" };
    swap(&mut files, "drawn-M1.tsv", sid, other);
    relist(&mut files, suite);
    refused(&world, &files, "drawn-M1.tsv:");
    refused(&world, &files, "result.txt:");

    // One officer swapped.
    let mut files = world.files.clone();
    let assigned = String::from_utf8(files["assign-SCJG.tsv"].clone()).unwrap();
    let officer = assigned.lines().next().unwrap().split('\t').nth(2).unwrap().to_owned();
    let other = if officer == "O8" { "O7" } else { "O8" };
    swap(&mut files, "assign-SCJG.tsv", &format!("\t{officer}\t"), &format!("\t{other}\t"));
    relist(&mut files, suite);
    refused(&world, &files, "assign-SCJG.tsv:");

    // A line of the frame dropped, and everything drawn anew from it.
    let mut files = world.files.clone();
    let frame = String::from_utf8(files["frame-M2.tsv"].clone()).unwrap();
    files.insert(
        "frame-M2.tsv".to_owned(),
        frame.lines().skip(1).map(|l| format!("{l}\n")).collect::<String>().into(),
    );
    redraw(&mut files);
    refused(&world, &files, "commit.txt: DSJ-commit-mismatch");
    refused(&world, &files, "entry-0.txt:7:8: DSJ-commit-mismatch");

    // A rate changed, and everything drawn anew.
    let mut files = world.files.clone();
    swap(&mut files, "plan.txt", "matter.M1.stratum.S01.rate=1/6", "matter.M1.stratum.S01.rate=1/5");
    redraw(&mut files);
    refused(&world, &files, "commit.txt: DSJ-commit-mismatch");
    refused(&world, &files, "entry-0.txt:7:8");

    // The order of reserves changed.
    let mut files = world.files.clone();
    let drawn = String::from_utf8(files["drawn-M1.tsv"].clone()).unwrap();
    let reserves: Vec<&str> =
        drawn.lines().filter(|l| l.ends_with("reserve")).map(|l| l.split('\t').nth(2).unwrap()).collect();
    let text = drawn.replace(reserves[0], "?").replace(reserves[1], reserves[0]).replace('?', reserves[1]);
    files.insert("drawn-M1.tsv".to_owned(), text.into_bytes());
    relist(&mut files, suite);
    refused(&world, &files, "drawn-M1.tsv:");

    // Prices forged, lists written anew.
    let mut files = world.files.clone();
    let prices = String::from_utf8(files["prices-SCJG-1.tsv"].clone()).unwrap();
    let first = prices.lines().next().unwrap();
    let (rest, price) = first.rsplit_once('\t').unwrap();
    let price: i128 = price.parse().unwrap();
    let raised = format!("{rest}\t{}", price + (1 << 47));
    swap(&mut files, "prices-SCJG-1.tsv", first, &raised);
    relist(&mut files, suite);
    let report = refused(&world, &files, "DSJ-");
    let is_named = |place: &str| {
        place.starts_with("prices-SCJG-1") || place.starts_with("slots-SCJG-1") || place.starts_with("entry-")
    };
    assert!(report.refused.iter().any(|refused| is_named(&refused.place.file)), "{:?}", report.refused);

    // A window moved.
    let mut files = world.files.clone();
    let visits = String::from_utf8(files["visits.tsv"].clone()).unwrap();
    let line = visits.lines().next().unwrap().to_owned();
    let moved =
        if line.contains("\t1\t") { line.replace("\t1\t", "\t2\t") } else { line.replace("\t2\t", "\t1\t") };
    swap(&mut files, "visits.tsv", &line, &moved);
    relist(&mut files, suite);
    refused(&world, &files, "visits.tsv:");

    // A share replaced after the fact.
    let mut files = world.files.clone();
    let share = String::from_utf8(files["share-SJ.txt"].clone()).unwrap();
    let value = share.lines().nth(3).unwrap().trim_start_matches("share=").to_owned();
    let new = "7f".repeat(32);
    swap(&mut files, "share-SJ.txt", &value, &new);
    swap(&mut files, "seed.txt", &value, &new);
    redraw(&mut files);
    refused(&world, &files, "seed.txt:5:10: DSJ-share-digest");
}

#[test]
fn a_second_draw_with_a_fresh_log_is_refused() {
    // The witnesses are in it too: whole in itself, and another C, another log.
    let world = world();
    let mut second = Ceremony::whole(OPEN);
    let bundle = second.bundle("second.zip", false);
    let files = archive::read(&std::fs::read(bundle).unwrap()).unwrap();
    let (report, _) = examine(&files, &Outside::default());
    assert!(report.holds(), "{:?}", report.refused);
    refused(&world, &files, "commit.txt: DSJ-commit-mismatch");
    refused(&world, &files, "DSJ-log");
}

#[test]
fn a_head_of_another_tree_is_refused() {
    let world = world();
    let mut second = Ceremony::whole(OPEN);
    let bundle = second.bundle("second.zip", false);
    let other = archive::read(&std::fs::read(bundle).unwrap()).unwrap();
    let mut files = world.files.clone();
    let heads = other.iter().filter(|(name, _)| name.starts_with("head-1."));
    files.extend(heads.map(|(name, text)| (name.clone(), text.clone())));
    refused(&world, &files, "head-1.txt:5:6: DSJ-log-root");
    // Only the signature of another head.
    let mut files = world.files.clone();
    files.insert("head-1.W1.sig".to_owned(), other["head-1.W1.sig"].clone());
    refused(&world, &files, "head-1.W1.sig: DSJ-log-signature");
    // An entry rewritten: the roots of all heads after it are others.
    let mut files = world.files.clone();
    swap(&mut files, "entry-7.txt", "holder=", "holder=X");
    refused(&world, &files, "DSJ-log-root");
}

#[test]
fn other_public_values_are_refused() {
    let world = world();
    let mut outside = world.outside.clone();
    outside.public.insert(1, "00731958264013579247".to_owned());
    let (report, _) = examine(&world.files, &outside);
    assert!(
        report.refused.iter().any(|r| r.place.file.starts_with("entry-") && r.place.line == 8),
        "{:?}",
        report.refused
    );
}
