//! A forger may write every file anew, all digests included. What he cannot change stands elsewhere: C on the wall, the
//! log at the witnesses, the public values. Each forgery is refused, with its place.

use std::collections::BTreeMap;

use crate::common::{Ceremony, OPEN};
use draw::verify::{Outside, Report, Unchecked, Verdict, examine};
use draw::{archive, names};
use sampling::chance::SubSeed;
use sampling::commit::{self, Input};
use sampling::encoding::Digest;
use sampling::events::{Duty, Solver};
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

/// Numbers from a seed, for trials.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n.max(1)
    }
}

fn rows(files: &Files, name: &str) -> Vec<Vec<String>> {
    let text = String::from_utf8(files[name].clone()).unwrap();
    text.lines().map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

fn put(files: &mut Files, name: &str, rows: &[Vec<String>]) {
    let mut lines: Vec<String> = rows.iter().map(|row| row.join("\t") + "\n").collect();
    lines.sort();
    files.insert(name.to_owned(), lines.concat().into_bytes());
}

/// The certificate of a remedy stands in no list, and need not: what it can prove is one assignment. Whoever executes the
/// event bends the assignment, makes every number that is counted agree with it, and tries prices; nothing but the optimum is
/// ever accepted.
#[test]
fn no_certificate_of_a_remedy_proves_another_outcome() {
    let world = world();
    let (files, dept) = (&world.files, "HB.event-2");
    let plan = Plan::require(&files["plan.txt"]).unwrap();
    let data = plan.data_files();
    let is_data = |name: &String| name == "plan.txt" || data.contains(name);
    let data: Files = files.iter().filter(|(n, _)| is_data(n)).map(|(n, t)| (n.clone(), t.clone())).collect();
    let input = Input::parse(&data).unwrap();
    let commit = plan.suite.hash(&files["commit.txt"]);
    let outcome = engine::draw(&input, &commit, &plan.suite.hash(&files["seed.txt"]), 1).unwrap();
    let mut duty = Duty::new(&input, &outcome);
    duty.execute(&files["event-1.txt"], &"1a".repeat(32), Solver::Certificates(files)).unwrap();
    let ask = |files: &Files| {
        duty.clone().execute(&files["event-2.txt"], &"2a".repeat(32), Solver::Certificates(files))
    };
    let honest = ask(files).unwrap().into;
    let [assign, prices, slots, proof] = ["assign", "prices", "slots", "proof"].map(|kind| match kind {
        "assign" => format!("{kind}-{dept}.tsv"),
        "proof" => format!("{kind}-{dept}-1.txt"),
        _ => format!("{kind}-{dept}-1.tsv"),
    });
    let seed = SubSeed::given(plan.suite, plan.suite.hash(&files["seed-event-2.txt"]));
    let officers: Vec<String> = rows(files, &prices).iter().map(|row| row[0].clone()).collect();
    let (start, mut same, mut refused) = (20_261_124, 0, 0);
    let mut dice = Dice(start);
    for trial in 0..1500 {
        let mut bent = files.clone();
        let mut assigned = rows(files, &assign);
        for _ in 0..dice.below(3) {
            let place = dice.below(assigned.len());
            if dice.below(8) == 0 && assigned.len() > 1 {
                assigned.remove(place);
                continue;
            }
            let officer = officers[dice.below(officers.len())].clone();
            let row = &mut assigned[place];
            let ticket = seed.ticket(format!("{}|{}|{officer}", row[0], row[1]).as_bytes());
            let cost = ticket.0.iter().take(6).fold(0u64, |cost, &byte| cost << 8 | u64::from(byte));
            (row[2], row[3]) = (officer, cost.to_string());
        }
        put(&mut bent, &assign, &assigned);
        let mut priced = rows(files, &prices);
        for row in &mut priced {
            let load = assigned.iter().filter(|line| line[2] == row[0]).count();
            row[2] = load.to_string();
            let is_full = row[1] == row[2];
            let known: i128 = row[3].parse().unwrap();
            row[3] = match dice.below(4) {
                0 if is_full => (known + dice.below(1 << 30) as i128 * 200_000).to_string(),
                1 => "0".to_owned(),
                _ => known.to_string(),
            };
        }
        put(&mut bent, &prices, &priced);
        let mut needs = rows(files, &slots);
        for row in &mut needs {
            let slot = (row[0].clone(), row[1].clone());
            let held = |line: &&Vec<String>| line[0] == slot.0 && line[1] == slot.1;
            row[3] = assigned.iter().filter(held).count().to_string();
            // The alpha that fits best: the dearest holder with his price.
            let price = |officer: &String| -> i128 {
                priced.iter().find(|row| row[0] == *officer).map_or(0, |row| row[3].parse().unwrap())
            };
            let dearest =
                assigned.iter().filter(held).map(|line| line[3].parse::<i128>().unwrap() + price(&line[2]));
            if dice.below(3) > 0 {
                row[4] = dearest.max().unwrap_or_default().to_string();
            }
        }
        put(&mut bent, &slots, &needs);
        let total: i128 = assigned.iter().map(|line| line[3].parse::<i128>().unwrap()).sum();
        let need: usize = needs.iter().map(|row| row[2].parse::<usize>().unwrap()).sum();
        let unfilled = need - assigned.len().min(need);
        let text = String::from_utf8(files[&proof].clone()).unwrap();
        let lines = text.lines().map(|line| match line.split_once('=').unwrap().0 {
            "total" => format!("total={total}\n"),
            "unfilled" => format!("unfilled={unfilled}\n"),
            "mu" if unfilled > 0 => format!("mu={}\n", dice.below(1 << 30) as u64 * 300_000),
            _ => format!("{line}\n"),
        });
        bent.insert(proof.clone(), lines.collect::<String>().into_bytes());
        match ask(&bent) {
            Ok(executed) => {
                assert_eq!(executed.into, honest, "seed {start}, trial {trial}: another outcome was proved");
                same += 1;
            }
            Err(_) => refused += 1,
        }
    }
    // Trials that bend nothing are accepted, and so is what proves the same assignment with other prices.
    assert!(same > 0 && refused > 500, "{same} accepted, {refused} refused");
}

/// One officer swapped when the draw is executed, the costs kept: seen by those who have no officers' files, too.
#[test]
fn an_officer_swapped_at_execution_is_seen_without_the_officers_files() {
    let world = world();
    let is_of_officers =
        |name: &str| ["officers-", "pool-", "recusals-", "pairs-"].iter().any(|kind| name.starts_with(kind));
    let mut public = world.files.clone();
    public.retain(|name, _| !is_of_officers(name));
    let (report, _) = examine(&public, &world.outside);
    assert_eq!(report.verdict(), Verdict::Partial, "{:?}", report.refused);
    assert!(report.unchecked.contains(&Unchecked::Officers));
    for assign in ["assign-SCJG.tsv", "assign-HB.tsv", "assign-HB.event-2.tsv"] {
        let line = rows(&public, assign)[0].clone();
        let other = if line[2] == "O8" || line[2] == "P9" { "O7" } else { "O8" };
        let mut forged = public.clone();
        swap(&mut forged, assign, &line.join("\t"), &line.join("\t").replace(&line[2], other));
        relist(&mut forged, sampling::Suite::Sha256);
        // The office logs what it has made, and witnesses sign what they are shown.
        let (report, _) = examine(&forged, &Outside::default());
        let place = format!("{assign}:1:");
        let found = report.refused.iter().any(|refused| refused.place.to_string().starts_with(&place));
        assert!(found, "{assign}: {:?}", report.refused);
    }
}
