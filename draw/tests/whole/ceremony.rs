//! Whole draws through the commands: accepted by two independent verifiers, and every other order refused.

use std::fs;

use crate::common::{Ceremony, Mode, OPEN, field, page, python, run};
use draw::archive;

fn accepted(bundle: &std::path::Path, log: &str) {
    let path = bundle.display().to_string();
    let is_public = path.ends_with("-public.zip");
    let word = if is_public { "Partial: " } else { "Whole, " };
    let text = run(0, &["verify", &path, "--log", log]);
    assert!(text.contains(word) && text.contains("the same as the log from elsewhere"), "{text}");
    assert_eq!(field(&text, "found"), if is_public { "partial" } else { "whole" });
    let text = run(0, &["verify", &path]);
    assert!(text.contains("proven the only draw"), "{text}");
    let (code, text) = python(bundle, &["--log", log]);
    assert_eq!(code, 0, "verify.py refuses {path}: {text}");
}

fn every_mode() -> Vec<Mode> {
    let mut modes = Vec::new();
    for suite in ["sha256", "sm3"] {
        modes.push(Mode { suite, ..OPEN });
        modes.push(Mode { suite, sealed: true, private: true, auditors: false });
        modes.push(Mode { suite, sealed: true, private: true, auditors: true });
    }
    modes
}

#[test]
fn draws_of_every_mode_are_accepted_by_all_verifiers() {
    let (mut ceremonies, mut bundles) = (Vec::new(), Vec::new());
    for mode in every_mode() {
        eprintln!("{mode:?}");
        let mut ceremony = Ceremony::whole(mode);
        let log = ceremony.at("draw/log");
        let mut judge = |ceremony: &mut Ceremony, name: &str| {
            for (name, public) in [(format!("{name}.zip"), false), (format!("{name}-public.zip"), true)] {
                let bundle = ceremony.bundle(&name, public);
                accepted(&bundle, &log);
                let bytes = fs::read(&bundle).unwrap();
                assert_eq!(archive::write(&archive::read(&bytes).unwrap()).unwrap(), bytes);
                bundles.push(bundle);
            }
        };
        judge(&mut ceremony, "early");
        ceremony.events();
        judge(&mut ceremony, "events");
        ceremony.publish();
        judge(&mut ceremony, "bundle");
        ceremonies.push(ceremony);
    }
    let (code, text) = page(&bundles);
    assert_eq!(code, 0, "verify.html refuses: {text}");
    // What an auditor gets after the publicity date is checked whole; what is kept back is not called whole.
    for bundle in &bundles {
        let name = bundle.display().to_string();
        let verdict =
            text.lines().find_map(|line| line.strip_suffix(&name)).unwrap_or_else(|| panic!("{text}"));
        if name.ends_with("/bundle.zip") {
            assert_eq!(verdict.trim(), "whole", "{name}: {text}");
        } else if name.ends_with("-public.zip") {
            assert_eq!(verdict.trim(), "partial", "{name}: {text}");
        }
    }
    // Names behind digests: of whoever has them, each byte is bound, with the officers' files and without.
    for ceremony in ceremonies.iter().filter(|ceremony| ceremony.mode.sealed && !ceremony.mode.auditors) {
        let mut files = archive::read(&fs::read(ceremony.path("bundle.zip")).unwrap()).unwrap();
        for is_auditor in [true, false] {
            files.retain(|name, _| is_auditor || !name.starts_with("officers-"));
            let salted: Vec<String> =
                files.keys().filter(|name| name.starts_with("salted-")).cloned().collect();
            assert_eq!(salted.len(), 4, "{salted:?}");
            let mut bent_bundles = Vec::new();
            for name in [String::new()].into_iter().chain(salted) {
                let mut bent = files.clone();
                bent.entry(name.clone())
                    .and_modify(|text| text[0] = if text[0] == b'1' { b'2' } else { b'1' });
                let path = ceremony.path(&format!("bent-{is_auditor}-{name}.zip"));
                fs::write(&path, archive::write(&bent).unwrap()).unwrap();
                let code = u8::from(!name.is_empty());
                let text = run(code, &["verify", &path.display().to_string()]);
                assert!(text.contains(&name), "{text}");
                assert_eq!(python(&path, &[]).0, i32::from(code), "{name}: {:?}", python(&path, &[]));
                bent_bundles.push(path);
            }
            let (_, text) = page(&bent_bundles);
            assert_eq!(text.lines().filter(|line| line.starts_with("refused  ")).count(), 4, "{text}");
        }
    }
    // And what a forger changes is refused by all three, by the page too.
    let bundle = ceremonies[0].path("bundle.zip");
    let mut files = archive::read(&fs::read(&bundle).unwrap()).unwrap();
    let visits = String::from_utf8(files["visits.tsv"].clone()).unwrap();
    files.insert("visits.tsv".to_owned(), visits.replacen("\t1\t", "\t2\t", 1).into_bytes());
    let forged = ceremonies[0].path("forged.zip");
    fs::write(&forged, archive::write(&files).unwrap()).unwrap();
    run(1, &["verify", &forged.display().to_string()]);
    assert_eq!(python(&forged, &[]).0, 1);
    let (code, text) = page(&[forged]);
    assert!(code == 1 && text.contains("visits.tsv"), "{text}");
}

#[test]
fn a_company_and_an_officer_are_told_why() {
    let mut ceremony = Ceremony::whole(OPEN);
    let bundle = ceremony.bundle("bundle.zip", false).display().to_string();
    let drawn = fs::read_to_string(ceremony.path("draw/drawn-M1.tsv")).unwrap();
    let sid = drawn.lines().find(|line| line.ends_with("drawn")).unwrap().split('\t').nth(2).unwrap();
    let text = run(0, &["explain", &bundle, "--company", sid]);
    assert!(text.contains("\"finding\": \"drawn\""), "{text}");
    let ticket = drawn.lines().find(|line| line.contains(sid)).unwrap().split('\t').nth(1).unwrap();
    assert!(text.contains(ticket), "{text}");
    let text = run(0, &["explain", &bundle, "--company", "91330108MA00000099"]);
    assert!(text.contains("excluded BANKRUPT"), "{text}");
    let text = run(0, &["explain", &bundle, "--officer", "O1"]);
    assert!(text.contains("recused KIN") || text.contains("\"holds\"") || text.contains("dearer"), "{text}");
    run(1, &["explain", &bundle, "--officer", "O77"]);
    run(2, &["explain", &bundle, "--company", "不是代码"]);
}

#[test]
fn explanations_speak_of_the_state_after_events_and_substitutions() {
    let mut ceremony = Ceremony::whole(OPEN);
    ceremony.events();
    let bundle = ceremony.bundle("bundle.zip", false);
    let files = archive::read(&fs::read(&bundle).unwrap()).unwrap();
    let bundle = bundle.display().to_string();
    let lines = |name: &str| -> Vec<String> {
        String::from_utf8(files[name].clone()).unwrap().lines().map(str::to_owned).collect()
    };
    let entry_of = |kind: &str| -> String {
        let is_it =
            |name: &&String| name.starts_with("entry-") && lines(name).contains(&format!("kind={kind}"));
        files.keys().find(is_it).unwrap().clone()
    };
    let value = |name: &str, key: &str| -> String {
        let prefix = format!("{key}=");
        lines(name).iter().find_map(|line| line.strip_prefix(&prefix).map(str::to_owned)).unwrap()
    };
    let explain = |flag: &str, name: &str| -> serde_json::Value {
        serde_json::from_str(&run(0, &["explain", &bundle, flag, name])).unwrap()
    };
    // The company that went out, and the reserve that came in.
    let entry = entry_of("Substitution");
    let (out, into) = (value(&entry, "out"), value(&entry, "in"));
    let said = explain("--company", &out);
    assert_eq!(said["matters"][0]["finding"], format!("out {into}"), "{said}");
    // A visit to it may also have got another officer: that is an entry of its own.
    let told = |said: &serde_json::Value, entry: &str| -> Option<serde_json::Value> {
        said["after"].as_array().unwrap().iter().find(|after| after["entry"] == entry).cloned()
    };
    assert_eq!(told(&said, &entry).expect("the substitution is told")["in"], into.as_str(), "{said}");
    let said = explain("--company", &into);
    assert_eq!(said["matters"][0]["finding"], format!("in {out}"), "{said}");
    let text = draw::cli::run_from(["tongjian-draw", "explain", &bundle, "--company", &out]).1;
    assert!(text.contains("抽中后已替换出去") && text.contains(&into), "{text}");
    // The officer who went out, and who came in for him; and the visit, which has the new one.
    let (task, class) = (value("event-1.txt", "task"), value("event-1.txt", "class"));
    let entry = entry_of("EventExecuted");
    let (out, into) = (value(&entry, "out"), value(&entry, "in"));
    let finding = |said: &serde_json::Value| -> String {
        let places = said["places"].as_array().unwrap();
        let place = places.iter().find(|place| place["task"] == task && place["class"] == class).unwrap();
        place["finding"].as_str().unwrap().to_owned()
    };
    let said = explain("--officer", &out);
    assert_eq!(finding(&said), "out", "{said}");
    let held = said["places"].as_array().unwrap().iter().filter(|place| place["finding"] == "holds").count();
    assert_eq!(said["departments"][0]["load"], held.to_string(), "{said}");
    assert_eq!(told(&said, &entry).expect("the event is told")["out"], out.as_str(), "{said}");
    let said = explain("--company", task.split('/').nth(1).unwrap());
    let officers = said["visits"][0]["officers"].as_str().unwrap();
    assert!(!officers.contains(&format!("{class}:{out}")), "{said}");
    if into != "-" {
        assert!(officers.contains(&format!("{class}:{into}")), "{said}");
        assert_eq!(finding(&explain("--officer", &into)), "came in");
    }
    // After the remedy, the department is as it was solved anew.
    for line in lines("assign-HB.event-2.tsv") {
        let fields: Vec<&str> = line.split('\t').collect();
        let said = explain("--officer", fields[2]);
        let places = said["places"].as_array().unwrap();
        assert!(
            places.iter().any(|place| place["task"] == fields[0] && place["finding"] == "holds"),
            "{said}"
        );
    }
}

#[test]
fn every_other_order_is_refused_with_place_and_reason() {
    let mut c = Ceremony::begin(OPEN);
    let dir = c.dir();
    let raw = c.at("raw");
    run(0, &["plan", "check", &dir]);
    // Nothing before the commitment.
    run(1, &["share", &dir, "--party", "JJ"]);
    c.step(0, &["commit"], &["--raw", &raw]);
    // Entropy and shares before a cosigned head.
    let text = c.step(1, &["share"], &["--party", "JJ"]);
    assert!(text.contains("DSJ-commit-head") && text.contains("entry-1.txt:6:6"), "{text}");
    let text = c.step(1, &["entropy"], &["--index", "1", "--value", "00731958264013579246"]);
    assert!(text.contains("DSJ-commit-head"), "{text}");
    assert!(!c.path("draw/share-JJ.txt").exists(), "a share was made that nobody can use");
    c.head();
    let text = c.step(1, &["share"], &["--close"]);
    assert!(text.contains("DSJ-share-missing"), "{text}");
    let text = c.step(1, &["share"], &["--party", "XX"]);
    assert!(text.contains("DSJ-share-party"), "{text}");
    c.shares();
    let text = c.step(1, &["share"], &["--party", "JJ", "--to", &c.at("late/share-JJ.txt")]);
    assert!(text.contains("DSJ-step") || text.contains("DSJ-share-late"), "{text}");
    let text = c.step(1, &["entropy"], &["--index", "1", "--value", "00731958264013579246"]);
    assert!(text.contains("DSJ-step-order"), "{text}");
    c.reveal();
    // Too early for the dice.
    let text = c.step(1, &["entropy"], &["--index", "1", "--value", "00731958264013579246"]);
    assert!(text.contains("DSJ-entropy-early"), "{text}");
    for value in [
        "0073195826401357924",
        "007319582640135792460",
        "0073195826401357924 ",
        "００731958264013579246",
        "",
        "+0731958264013579246",
    ] {
        let text = c.step_at(1, "2026-07-20T08:30:00Z", &["entropy"], &["--index", "1", "--value", value]);
        assert!(text.contains("DSJ-entropy-form"), "{value}: {text}");
    }
    let text =
        c.step_at(1, "2026-07-20T08:30:00Z", &["entropy"], &["--index", "2", "--value", &"5c".repeat(32)]);
    assert!(text.contains("DSJ-entropy-index"), "{text}");
    c.step(1, &["execute"], &[]);
    c.entropy();
    // One silent holder is no reason to void; two are, and are named.
    let text = c.step(1, &["void"], &["--reason", "SILENT", "--name", "SJ", "--approver", "A1"]);
    assert!(text.contains("DSJ-step-void"), "{text}");
    let text = c.step(1, &["execute"], &[]);
    assert!(text.contains("DSJ-share-missing"), "{text}");
    assert!(!c.path("draw/result.txt").exists(), "a result was made before it could be logged");
    c.open();
    c.execute();
    let text = c.step(1, &["execute"], &[]);
    assert!(text.contains("DSJ-step-order"), "{text}");
}

#[test]
fn a_missing_data_file_is_refused_before_anything_is_written() {
    let mut c = Ceremony::begin(OPEN);
    fs::remove_file(c.path("raw/pool-HB.tsv")).unwrap();
    let raw = c.at("raw");
    let text = c.step(1, &["commit"], &["--raw", &raw]);
    assert!(text.contains("DSJ-file-missing") && text.contains("pool-HB.tsv"), "{text}");
    assert!(!c.path("draw/frame-M1.tsv").exists() && !c.path("draw/secret").exists());
}

#[test]
fn a_refused_commitment_leaves_nothing_behind() {
    let listed = |c: &Ceremony| {
        let mut names: Vec<String> = fs::read_dir(c.path("draw"))
            .unwrap()
            .map(|item| item.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    };
    // A line that is refused; a stratum that is not in the plan; a draw number that does not follow.
    for (name, from, to, why) in [
        ("raw/officers-HB.tsv", "P1\t-\t3", "P1\t-\tx", "DSJ-field-int"),
        ("raw/frame-M1.tsv", "\tS01\t", "\tS09\t", "DSJ-frame-stratum"),
        ("draw/plan.txt", "draw_no=1", "draw_no=2", "DSJ-log-draw-number"),
    ] {
        let mut c = Ceremony::begin(OPEN);
        let text = fs::read_to_string(c.path(name)).unwrap();
        assert!(text.contains(from), "{name}");
        fs::write(c.path(name), text.replacen(from, to, 1)).unwrap();
        let raw = c.at("raw");
        let said = c.step(1, &["commit"], &["--raw", &raw]);
        assert!(said.contains(why), "{said}");
        assert_eq!(listed(&c), ["plan.txt"], "{name}");
        // Mended, it goes on as if nothing had been.
        fs::write(c.path(name), text).unwrap();
        c.commit();
    }
    // The second commitment of the same draw is refused, and the first one stays as it was.
    let mut c = Ceremony::begin(OPEN);
    c.commit();
    let raw = c.at("raw");
    let key = fs::read(c.path("draw/secret/frame-key.txt")).unwrap();
    c.step(1, &["commit"], &["--raw", &raw]);
    assert_eq!(fs::read(c.path("draw/secret/frame-key.txt")).unwrap(), key);
}

#[test]
fn help_is_in_the_language_asked_for() {
    for (words, part) in [
        (vec!["tongjian-draw", "--help"], "由证据包重做抽取"),
        (vec!["tongjian-draw", "verify", "--help"], "见证人给出的日志头摘要"),
        (vec!["tongjian-draw", "--lang", "en", "verify", "--help"], "Digest of a head, from a witness"),
        (vec!["tongjian-draw", "verify", "--help", "--lang=en"], "Digest of a head, from a witness"),
    ] {
        let (code, text) = draw::cli::run_from(words.clone());
        assert!(code == 0 && text.contains(part), "{words:?}: {text}");
    }
    let (code, _) = draw::cli::run_from(["tongjian-draw", "verify"]);
    assert_eq!(code, 2);
}

#[test]
fn a_copied_or_equal_share_is_refused() {
    let mut c = Ceremony::begin(OPEN);
    c.commit();
    let text = c.step(0, &["share"], &["--party", "JJ", "--to", &c.at("a/share-JJ.txt")]);
    let digest = field(&text, "digest");
    let text = c.step(1, &["share"], &["--party", "RD", "--digest", &digest]);
    assert!(text.contains("DSJ-share-equal"), "{text}");
}

#[test]
fn a_changed_frame_is_seen_by_the_next_step() {
    let mut c = Ceremony::begin(OPEN);
    c.commit();
    let frame = c.path("draw/frame-M1.tsv");
    let text = fs::read_to_string(&frame).unwrap();
    fs::write(&frame, text.lines().skip(1).map(|line| format!("{line}\n")).collect::<String>()).unwrap();
    let text = c.step(1, &["share"], &["--party", "JJ"]);
    assert!(text.contains("DSJ-commit-mismatch") && text.contains("commit.txt:"), "{text}");
}

#[test]
fn a_witness_signs_no_other_history() {
    let mut c = Ceremony::begin(OPEN);
    c.commit();
    // The operator forgets everything and begins again, with another frame.
    let raw = c.path("raw/frame-M2.tsv");
    let text = fs::read_to_string(&raw).unwrap();
    fs::write(&raw, text.lines().skip(2).map(|line| format!("{line}\n")).collect::<String>()).unwrap();
    let plan = fs::read(c.path("draw/plan.txt")).unwrap();
    fs::remove_dir_all(c.path("draw")).unwrap();
    fs::create_dir_all(c.path("draw")).unwrap();
    fs::write(c.path("draw/plan.txt"), plan).unwrap();
    let raw = c.at("raw");
    c.step(0, &["commit"], &["--raw", &raw]);
    c.step(0, &["head"], &[]);
    let text = run(1, &["witness", "sign", &c.at("draw/log"), "--keep", &c.at("W1"), "--as", "W1"]);
    assert!(text.contains("DSJ-log-consistency"), "{text}");
}

#[test]
fn many_draws_are_simulated_with_a_picture() {
    let c = Ceremony::begin(OPEN);
    let mut c = c;
    c.commit();
    let svg = c.at("picture.svg");
    let text = run(0, &["simulate", &c.dir(), "--seeds", "40", "--svg", &svg]);
    assert!(text.contains("\"draws\": 40"), "{text}");
    // Units that are certain, and others of unequal sizes, are compared with their own probabilities: no alarm.
    let said: serde_json::Value = serde_json::from_str(&text).unwrap();
    let number = |row: &serde_json::Value, key: &str| row[key].as_str().unwrap().parse::<f64>().unwrap();
    for row in said["strata"].as_array().unwrap() {
        assert!(number(row, "deviation") <= number(row, "limit"), "{row}");
    }
    let picture = fs::read_to_string(&svg).unwrap();
    assert!(picture.starts_with("<svg") && picture.contains("M2/H") && picture.ends_with("</svg>\n"));
}
