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
                    _ => &["verdict", "words", "proven", "void", "not_checked"],
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
    json!({ "verdict": found, "words": words, "proven": is_proven, "void": void, "not_checked": left, "why": said["refused"] })
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
    let one = |digits: &str| format!("1={digits}");
    let logs = [
        ("no log", Files::new()),
        ("log at commit", at_commit.clone()),
        ("log", whole.clone()),
        ("log that voids", void.clone()),
        ("another log", second.clone()),
    ];
    let mut wanted = Vec::new();
    for (what, files) in
        [("commit", &at_commit), ("bare", &bare), ("whole", &whole), ("void", &void), ("second", &second)]
    {
        for (log_name, log) in &logs {
            let dir = cases.log(&format!("{what}-{log_name}"), log);
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
