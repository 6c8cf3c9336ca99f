//! Three verifiers, one verdict: each bundle that a citizen or a forger can make is given to all of them, with what stands
//! elsewhere and without, and they say the same, in the same words.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::common::{Ceremony, Mode, OPEN, field, run};
use draw::{archive, names};
use sampling::Files;

/// A bundle, and what stands elsewhere.
#[derive(Clone)]
struct Case {
    what: String,
    bundle: PathBuf,
    commit: String,
    head: String,
    public: String,
    log: String,
}

/// Cases, and the folder they are in.
struct Cases {
    home: tempfile::TempDir,
    cases: Vec<Case>,
}

impl Cases {
    fn new() -> Cases {
        Cases { home: tempfile::tempdir().unwrap(), cases: Vec::new() }
    }

    fn add(&mut self, what: impl Into<String>, files: &Files) -> &mut Case {
        self.add_bytes(what, &archive::write(files).unwrap())
    }

    fn add_bytes(&mut self, what: impl Into<String>, bytes: &[u8]) -> &mut Case {
        let bundle = self.home.path().join(format!("{}.zip", self.cases.len()));
        fs::write(&bundle, bytes).unwrap();
        let none = || "-".to_owned();
        let (commit, head, public, log) = (none(), none(), none(), none());
        self.cases.push(Case { what: what.into(), bundle, commit, head, public, log });
        self.cases.last_mut().unwrap()
    }

    /// A folder with a log in it.
    fn log(&self, name: &str, files: &Files) -> String {
        let dir = self.home.path().join(name);
        fs::create_dir_all(&dir).unwrap();
        for (name, text) in files.iter().filter(|(name, _)| names::is_of_log(name)) {
            fs::write(dir.join(name), text).unwrap();
        }
        dir.display().to_string()
    }

    /// Asks all three, and compares. Gives what they say of each.
    fn judge(&self) -> Vec<Value> {
        let list = self.home.path().join("list");
        let line = |case: &Case| {
            let Case { bundle, commit, head, public, log, .. } = case;
            format!("{}\t{commit}\t{head}\t{public}\t{log}\n", bundle.display())
        };
        fs::write(&list, self.cases.iter().map(line).collect::<String>()).unwrap();
        let (page, python) = std::thread::scope(|scope| {
            let page = scope.spawn(|| others("node", "page/verdicts.mjs", &list));
            (others("python3", "verdicts.py", &list), page.join().unwrap())
        });
        let mut wrong = Vec::new();
        let mut said = Vec::new();
        for ((case, page), python) in self.cases.iter().zip(page).zip(python) {
            let ours = ours(case);
            let same = |theirs: &Value| {
                let keys: &[&str] = match ours["verdict"].as_str() {
                    Some("refused") => &["verdict"],
                    _ => &["verdict", "words", "proven", "void", "state", "not_checked"],
                };
                keys.iter().all(|key| ours[*key] == theirs[*key])
            };
            if !same(&page) || !same(&python) {
                wrong.push(format!("{}:\n  rust {ours}\n  page {page}\n  py   {python}", case.what));
            }
            said.push(ours);
        }
        assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), self.cases.len(), wrong.join("\n"));
        said
    }
}

fn others(program: &str, script: &str, list: &Path) -> Vec<Value> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("verifiers").join(script);
    let output = Command::new(program).arg(script).arg(list).output().expect("the other verifiers run");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn ours(case: &Case) -> Value {
    let bundle = case.bundle.display().to_string();
    let mut words = vec!["tongjian-draw", "--lang", "en", "--output", "json", "verify", &bundle];
    for (name, value) in [
        ("--expect-commit", &case.commit),
        ("--expect-head", &case.head),
        ("--expect-public", &case.public),
        ("--log", &case.log),
    ] {
        if value != "-" {
            words.extend([name, value]);
        }
    }
    let (code, text) = draw::cli::run_from(words);
    let said: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{}: {text}", case.what));
    let found = said["found"].as_str().unwrap_or("refused");
    assert_eq!(code, u8::from(found == "refused"), "{}: {text}", case.what);
    let words = said["verdict"]["text"].clone();
    let left: Vec<Value> = said["not_checked"]
        .as_array()
        .map(|rows| rows.iter().map(|row| row["what"].clone()).collect())
        .unwrap_or_default();
    let is_proven = found != "refused" && !left.contains(&json!("only draw"));
    let void = said["void"]["text"].as_str().map(|text| text.rsplit(' ').next().unwrap_or_default());
    json!({ "verdict": found, "state": said["state"], "words": words, "proven": is_proven, "void": void, "not_checked": left, "why": said["refused"] })
}

fn read(path: &Path) -> Files {
    archive::read(&fs::read(path).unwrap()).unwrap()
}

const STRAYS: [&str; 26] = [
    "x.txt",
    "salted-3-out.txt",
    "salted-3-in.txt",
    "head-99.tsr",
    "head-1.tsr",
    "head-1.W9.sig",
    "head-99.W1.sig",
    "drand-1.sig",
    "drand-2.sig",
    "drand-3.sig",
    "drand-event-1.sig",
    "drand-event-9.sig",
    "drand-99999999999999999999999.sig",
    "entry-99999999999999999999999.txt",
    "entry-99.txt",
    "event-3.txt",
    "seed-event-3.txt",
    "assign-XF.tsv",
    "assign-SCJG.event-1.tsv",
    "cuts-HB.event-2-7.tsv",
    "assign-HB.event-9.tsv",
    "proof-HB-9999999999.txt",
    "postponed-SCJG.tsv",
    "tickets-G1.tsv",
    "frame-M9.tsv",
    "share-XX.txt",
];

/// Every file left out, strays added, and what stands elsewhere bent.
fn bend(cases: &mut Cases, what: &str, files: &Files) {
    cases.add(what, files);
    for name in files.keys() {
        let mut fewer = files.clone();
        fewer.remove(name);
        cases.add(format!("{what} without {name}"), &fewer);
    }
    for kind in [
        &["officers-", "pool-", "recusals-", "pairs-"][..],
        &["frame-"],
        &["frame-M1", "officers-HB"],
        &["seed.txt"],
        &["salted-"],
        &["event-"],
        &["seed-event-"],
        &["event-", "seed-event-"],
        &["seed.txt", "result.txt", "evidence.txt", "alloc", "drawn-", "visits", "tickets-"],
        &["entry-", "head-"],
        &["share-"],
    ] {
        let fewer: Files = files
            .iter()
            .filter(|(name, _)| !kind.iter().any(|kind| name.starts_with(kind)))
            .map(|(name, text)| (name.clone(), text.clone()))
            .collect();
        cases.add(format!("{what} without {kind:?}"), &fewer);
    }
    for name in STRAYS {
        for text in ["x\n".to_owned(), "ab".repeat(64) + "\n"] {
            let mut more = files.clone();
            if more.insert(name.to_owned(), text.into_bytes()).is_none() {
                cases.add(format!("{what} with {name}"), &more);
            }
        }
    }
}

#[test]
fn the_three_agree_on_what_is_there_and_what_is_not() {
    let mut cases = Cases::new();
    for mode in [
        OPEN,
        Mode { sealed: true, private: true, ..OPEN },
        Mode { sealed: true, private: true, auditors: true, ..OPEN },
    ] {
        let mut ceremony = Ceremony::whole(mode);
        let early = read(&ceremony.bundle("early.zip", false));
        ceremony.events();
        let events = read(&ceremony.bundle("events.zip", false));
        ceremony.publish();
        let whole = read(&ceremony.bundle("whole.zip", false));
        let public = read(&ceremony.bundle("public.zip", true));
        for (what, files) in [("early", &early), ("events", &events), ("whole", &whole), ("public", &public)]
        {
            let what = format!("{what} {mode:?}");
            let is_bent = matches!(what.split(' ').next(), Some("events" | "public")) || mode == OPEN;
            if is_bent {
                bend(&mut cases, &what, files);
            }
            for (from, log) in [("early", &early), ("whole", &whole)] {
                let dir = cases.log(&format!("{from}-{}", cases.cases.len()), log);
                cases.add(format!("{what}, log of {from}"), files).log = dir;
            }
        }
    }
    let said = cases.judge();
    let verdict = |what: &str| {
        let place = cases.cases.iter().position(|case| case.what == what);
        said[place.unwrap_or_else(|| panic!("no {what}"))]["verdict"].as_str().unwrap().to_owned()
    };
    let open = format!("{OPEN:?}");
    assert_eq!(verdict(&format!("whole {open}")), "whole");
    assert_eq!(verdict(&format!("public {open}")), "partial");
    assert_eq!(verdict(&format!("early {open}, log of whole")), "partial");
    assert_eq!(verdict(&format!("whole {open}, log of early")), "refused");
    assert_eq!(verdict(&format!("whole {open} with salted-3-out.txt")), "refused");
    assert_eq!(
        verdict(&format!("whole {open} without [\"officers-\", \"pool-\", \"recusals-\", \"pairs-\"]")),
        "partial"
    );
}

#[test]
fn a_bundle_is_accepted_after_every_step() {
    let mut cases = Cases::new();
    let mut ceremony = Ceremony::begin(OPEN);
    let raw = ceremony.at("raw");
    let bundle = |cases: &mut Cases, ceremony: &mut Ceremony, step: &str| {
        for public in [false, true] {
            let name = format!("{step}-{public}.zip");
            let files = read(&ceremony.bundle(&name, public));
            cases.add(format!("after {step}, {public}"), &files);
        }
    };
    ceremony.step(0, &["commit"], &["--raw", &raw]);
    bundle(&mut cases, &mut ceremony, "commit");
    ceremony.head();
    bundle(&mut cases, &mut ceremony, "its head");
    ceremony.shares();
    bundle(&mut cases, &mut ceremony, "shares");
    ceremony.reveal();
    bundle(&mut cases, &mut ceremony, "reveal");
    ceremony.entropy();
    bundle(&mut cases, &mut ceremony, "entropy");
    ceremony.open();
    bundle(&mut cases, &mut ceremony, "open");
    ceremony.step(0, &["execute"], &[]);
    bundle(&mut cases, &mut ceremony, "execute");
    ceremony.head();
    bundle(&mut cases, &mut ceremony, "the head of the draw");
    ceremony.events();
    bundle(&mut cases, &mut ceremony, "events");
    ceremony.step(0, &["void"], &["--reason", "MISTAKE", "--approver", "A1", "--approver", "A2"]);
    bundle(&mut cases, &mut ceremony, "void");
    ceremony.head();
    bundle(&mut cases, &mut ceremony, "the head of the void");
    for (case, said) in cases.cases.iter().zip(cases.judge()) {
        assert_ne!(said["verdict"], "refused", "{}: {said}", case.what);
    }
}

#[test]
fn the_three_agree_on_what_stands_elsewhere() {
    let mut cases = Cases::new();
    let mut ceremony = Ceremony::begin(OPEN);
    let commit = ceremony.commit();
    let at_commit = read(&ceremony.bundle("commit.zip", false));
    ceremony.shares();
    ceremony.reveal();
    ceremony.entropy();
    ceremony.open();
    ceremony.execute();
    let whole = read(&ceremony.bundle("whole.zip", false));
    let head = field(&run(0, &["verify", &ceremony.at("whole.zip")]), "head_digest");
    ceremony.step(0, &["void"], &["--reason", "MISTAKE", "--approver", "A1", "--approver", "A2"]);
    ceremony.head();
    let void = read(&ceremony.bundle("void.zip", false));
    let bare: Files =
        at_commit.iter().filter(|(n, _)| !names::is_of_log(n)).map(|(n, t)| (n.clone(), t.clone())).collect();
    let second = read(&Ceremony::whole(OPEN).bundle("second.zip", false));
    let mut stamped = whole.clone();
    stamped.insert("head-1.tsr".to_owned(), b"x".to_vec());
    let mut stray = whole.clone();
    stray.insert("head-99.tsr".to_owned(), b"x".to_vec());
    let mut stranger = whole.clone();
    stranger.insert("head-1.W9.sig".to_owned(), whole["head-1.W1.sig"].clone());
    let mut bent = whole.clone();
    bent.insert("head-1.W9.sig".to_owned(), b"x\n".to_vec());
    let one = |digits: &str| format!("1={digits}");
    let logs = [
        ("no log", Files::new()),
        ("log at commit", at_commit.clone()),
        ("log", whole.clone()),
        ("log that voids", void.clone()),
        ("another log", second.clone()),
        ("log with a stamp", stamped),
        ("log with a stray stamp", stray),
        ("log with a stranger", stranger),
        ("log with a bent signature", bent),
    ];
    let mut wanted = Vec::new();
    for (what, files) in
        [("commit", &at_commit), ("bare", &bare), ("whole", &whole), ("void", &void), ("second", &second)]
    {
        for (log_name, log) in &logs {
            let dir = cases.log(&format!("{what}-{log_name}"), log);
            fs::write(Path::new(&dir).join("head-notes.md"), "what somebody wrote down\n").unwrap();
            cases.add(format!("{what}, {log_name}"), files).log = dir;
        }
        cases.add(format!("{what}, C"), files).commit = commit.clone();
        cases.add(format!("{what}, head"), files).head = head.clone();
        cases.add(format!("{what}, value"), files).public = one("00731958264013579246");
        cases.add(format!("{what}, another value"), files).public = one("00731958264013579247");
        cases.add(format!("{what}, a value that is not there"), files).public = "3=1".to_owned();
    }
    cases.add_bytes("nothing", b"");
    cases.add("empty archive", &Files::new());
    cases.add("only a stray", &Files::from([("x.txt".to_owned(), b"x\n".to_vec())]));
    let said = cases.judge();
    for (what, verdict) in [
        ("bare, C", "partial"),
        ("bare, head", "refused"),
        ("bare, value", "refused"),
        ("bare, no log", "refused"),
        ("bare, log at commit", "partial"),
        ("bare, another log", "refused"),
        ("commit, log", "partial"),
        ("commit, log that voids", "refused"),
        ("whole, no log", "refused"),
        ("whole, log at commit", "refused"),
        ("whole, log", "whole"),
        ("whole, log with a stamp", "whole"),
        ("whole, log with a stray stamp", "refused"),
        ("whole, log with a stranger", "whole"),
        ("whole, log with a bent signature", "refused"),
        ("whole, log that voids", "refused"),
        ("whole, another value", "refused"),
        ("whole, a value that is not there", "refused"),
        ("void, log that voids", "whole"),
        ("second, log", "refused"),
        ("second, C", "refused"),
        ("second, head", "refused"),
        ("nothing", "refused"),
        ("empty archive", "refused"),
        ("only a stray", "refused"),
    ] {
        let place =
            cases.cases.iter().position(|case| case.what == what).unwrap_or_else(|| panic!("no {what}"));
        if said[place]["verdict"] != verdict {
            wanted.push(format!("{what}: {}", said[place]));
        }
    }
    assert!(wanted.is_empty(), "{}", wanted.join("\n"));
}

/// Words that say nothing are wrong use, in the program here as in verify.py: never taken as "nothing was asked".
#[test]
fn expectations_without_form_are_wrong_use() {
    let bundle = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/example-sha256.zip");
    let files = read(&bundle);
    let (path, commit) =
        (bundle.display().to_string(), sampling::Suite::Sha256.hash(&files["commit.txt"]).hex());
    let upper = commit.to_uppercase();
    let value = "00412339507718264905";
    let (wide, small, plus, zero) = (
        format!("\u{ff11}={value}"),
        format!("\u{b9}={value}"),
        format!("+1={value}"),
        format!("01={value}"),
    );
    for (flag, text, code) in [
        ("--expect-commit", commit.as_str(), 0),
        ("--expect-commit", "", 2),
        ("--expect-commit", upper.as_str(), 0),
        ("--expect-head", "", 2),
        ("--expect-head", commit.as_str(), 1),
        ("--expect-public", "1=00412339507718264905", 0),
        ("--expect-public", "1=", 1),
        ("--expect-public", "7=1", 1),
        ("--expect-public", "0=1", 2),
        ("--expect-public", "1", 2),
        ("--expect-public", wide.as_str(), 2),
        ("--expect-public", small.as_str(), 2),
        ("--expect-public", plus.as_str(), 2),
        ("--expect-public", zero.as_str(), 2),
    ] {
        run(code, &["verify", &path, flag, text]);
        assert_eq!(crate::common::python(&bundle, &[flag, text]).0, i32::from(code), "{flag} {text}");
    }
    run(2, &["verify", &path, "--expect-public", "1=1", "--expect-public", "1=00412339507718264905"]);
}

/// Numbers from a seed, for logs that nobody would think of.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n.max(1)
    }
}

/// A log taken apart: entries as lines, heads by size with their time.
#[derive(Clone)]
struct Parts {
    entries: Vec<Vec<String>>,
    heads: std::collections::BTreeMap<usize, String>,
}

impl Parts {
    fn of(files: &Files) -> Parts {
        let lines = |text: &[u8]| -> Vec<String> {
            String::from_utf8(text.to_vec()).unwrap().lines().map(str::to_owned).collect()
        };
        let mut parts = Parts { entries: Vec::new(), heads: std::collections::BTreeMap::new() };
        while let Some(text) = files.get(&format!("entry-{}.txt", parts.entries.len())) {
            parts.entries.push(lines(text));
        }
        for (name, text) in files.iter().filter(|(n, _)| n.starts_with("head-") && n.ends_with(".txt")) {
            let time = lines(text)[5].trim_start_matches("time=").to_owned();
            parts.heads.insert(names::head_of(name).unwrap() as usize, time);
        }
        parts
    }

    /// One thing done to it.
    fn bend(&mut self, dice: &mut Dice) -> String {
        let n = self.entries.len();
        let (at, other) = (dice.below(n), dice.below(n));
        match dice.below(10) {
            0 => {
                self.entries.remove(at);
                format!("without entry {at}")
            }
            1 if at + 1 < n => {
                self.entries.swap(at, at + 1);
                let time = self.entries[at][2].clone();
                self.entries[at][2] = std::mem::replace(&mut self.entries[at + 1][2], time);
                format!("{at} and the next swapped")
            }
            2 => {
                let mut twice = self.entries[at].clone();
                twice[2] = self.entries[n - 1][2].clone();
                self.entries.push(twice);
                format!("{at} once more at the end")
            }
            3 => {
                let line = 6 + dice.below(self.entries[at].len() - 6);
                let found = self.entries.get(other).and_then(|entry| entry.get(line)).cloned();
                if let (Some(own), Some(found)) = (self.entries[at].get(line), found) {
                    let key = own.split('=').next().unwrap().to_owned();
                    let value = found.split_once('=').unwrap().1.to_owned();
                    self.entries[at][line] = format!("{key}={value}");
                }
                format!("a field of {other} in {at}")
            }
            4 => {
                let size = *self.heads.keys().nth(dice.below(self.heads.len())).unwrap();
                self.heads.remove(&size);
                format!("without head {size}")
            }
            5 => {
                let sizes: Vec<usize> = self.heads.keys().copied().collect();
                let (to, from) = (sizes[dice.below(sizes.len())], sizes[dice.below(sizes.len())]);
                let time = self.heads[&from].clone();
                self.heads.insert(to, time);
                format!("the time of head {from} at head {to}")
            }
            6 => {
                self.entries[at][2] = self.entries[other][2].clone();
                format!("the time of {other} at {at}")
            }
            7 => {
                let mut void = self.entries[at][..5].to_vec();
                let reason = ["X", "X:SJ", "X:SJ,GZ", "X:SJ,SJ", "X:SJ,GZ,TJJ", "X:SJ,GZ,JJ"][dice.below(6)];
                void.extend([
                    "kind=Voided".to_owned(),
                    format!("reason={reason}"),
                    "approvers=A,B".to_owned(),
                ]);
                self.entries.insert(at + 1, void);
                format!("void {reason} after {at}")
            }
            8 => {
                self.entries.truncate(at + 1);
                format!("ends at {at}")
            }
            _ => {
                let mut kind = self.entries[at][..5].to_vec();
                let kinds = ["SharesClosed", "Published", "Result"];
                let word = kinds[dice.below(3)];
                kind.push(format!("kind={word}"));
                if word == "Result" {
                    kind.push(format!("digest={}", "ab".repeat(32)));
                }
                self.entries.insert(at + 1, kind);
                format!("{word} after {at}")
            }
        }
    }

    /// Written again: numbers, roots and signatures of two witnesses made anew.
    fn files(&self, rules: &sampling::plan::Plan, keys: &[(String, draw::sign::Key)]) -> Files {
        let mut files = Files::new();
        for (seq, entry) in self.entries.iter().enumerate() {
            let mut lines = entry.clone();
            lines[1] = format!("seq={seq}");
            files.insert(format!("entry-{seq}.txt"), (lines.join("\n") + "\n").into_bytes());
        }
        let leaf = |seq: usize| sampling::merkle::leaf(rules.suite, &files[&format!("entry-{seq}.txt")]);
        let leaves: Vec<_> = (0..self.entries.len()).map(leaf).collect();
        let mut heads = self.heads.clone();
        let last = heads.values().next_back().cloned().unwrap_or_else(|| "2026-07-22T00:00:00Z".to_owned());
        heads.retain(|size, _| *size <= leaves.len());
        heads.entry(leaves.len()).or_insert(last);
        for (size, time) in heads {
            let root = sampling::merkle::root_of_leaves(rules.suite, &leaves[..size]);
            let (log, suite) = (&rules.log, rules.suite);
            let text =
                format!("DSJ1/head\nlog={log}\nsuite={suite}\nsize={size}\nroot={root}\ntime={time}\n");
            for (code, key) in keys {
                files.insert(format!("head-{size}.{code}.sig"), key.sign(text.as_bytes()).unwrap());
            }
            files.insert(format!("head-{size}.txt"), text.into_bytes());
        }
        files
    }
}

#[test]
fn the_three_agree_on_logs_that_two_witnesses_signed_blindly() {
    let is_full = std::env::var_os("TONGJIAN_FULL").is_some();
    let (start, trials) = if is_full { (4_711, 400) } else { (20_261_124, 60) };
    let mut dice = Dice(start);
    let mut cases = Cases::new();
    for mode in [OPEN, Mode { sealed: true, private: true, ..OPEN }] {
        let mut ceremony = Ceremony::whole(mode);
        ceremony.events();
        ceremony.publish();
        let whole = read(&ceremony.bundle("whole.zip", false));
        let plan = sampling::plan::Plan::require(&whole["plan.txt"]).unwrap();
        let keys: Vec<(String, draw::sign::Key)> = ["W1", "W3"]
            .iter()
            .map(|code| {
                let text = fs::read_to_string(ceremony.path(&format!("{code}/witness.key"))).unwrap();
                let secret = draw::sign::unhex::<32>(text.lines().nth(1).unwrap().as_bytes()).unwrap();
                ((*code).to_owned(), draw::sign::Key::new(plan.suite, &secret).unwrap())
            })
            .collect();
        let rest: Files =
            whole.iter().filter(|(n, _)| !names::is_of_log(n)).map(|(n, t)| (n.clone(), t.clone())).collect();
        let data: Files = rest
            .iter()
            .filter(|(n, _)| {
                plan.data_files().contains(*n) || matches!(n.as_str(), "plan.txt" | "commit.txt")
            })
            .map(|(n, t)| (n.clone(), t.clone()))
            .collect();
        let parts = Parts::of(&whole);
        // A person named twice: found once by chance, and tried ever since.
        for reason in ["X:SJ,SJ", "X:SJ", "X:SJ,GZ,XX"] {
            let mut bent = parts.clone();
            let mut void = bent.entries[bent.entries.len() - 1][..5].to_vec();
            void.extend(["kind=Voided".to_owned(), format!("reason={reason}"), "approvers=A,B".to_owned()]);
            bent.entries.push(void);
            let mut files = bent.files(&plan, &keys);
            files.extend(rest.clone());
            cases.add(format!("{mode:?}, void {reason} at the end"), &files);
        }
        for trial in 0..trials {
            let mut bent = parts.clone();
            let mut what = Vec::new();
            for _ in 0..=dice.below(2) {
                if bent.entries.len() > 2 && !bent.heads.is_empty() {
                    what.push(bent.bend(&mut dice));
                }
            }
            let log = bent.files(&plan, &keys);
            let what = format!("seed {start}, {mode:?}, trial {trial}: {}", what.join(", then "));
            // As the log of the bundle, of a bundle without results, and as a log from elsewhere.
            let with = |files: &Files| {
                files.iter().chain(&log).map(|(n, t)| (n.clone(), t.clone())).collect::<Files>()
            };
            cases.add(&what, &with(&rest));
            cases.add(format!("{what} (data alone)"), &with(&data));
            let dir = cases.log(&format!("log-{}", cases.cases.len()), &log);
            cases.add(format!("{what} (elsewhere)"), &whole).log = dir.clone();
            cases.add(format!("{what} (elsewhere, no log)"), &data).log = dir;
        }
    }
    let said = cases.judge();
    let accepted = said.iter().filter(|said| said["verdict"] != "refused").count();
    assert!(accepted > 20 && accepted < said.len() / 2, "{accepted} of {} accepted", said.len());
}
