//! A whole ceremony through the commands, as an operator, three witnesses and six people would run it.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// Runs a command; it must end with this code.
#[track_caller]
pub(crate) fn run(code: u8, arguments: &[&str]) -> String {
    let all = ["tongjian-draw", "--lang", "en", "--output", "json"].iter().chain(arguments);
    let (found, text) = draw::cli::run_from(all);
    assert_eq!(found, code, "{arguments:?}: {text}");
    text
}

/// A field of an answer.
pub(crate) fn field(text: &str, name: &str) -> String {
    let value: serde_json::Value = serde_json::from_str(text).unwrap();
    value[name].as_str().unwrap_or_else(|| panic!("no {name} in {text}")).to_owned()
}

/// How a draw is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mode {
    pub(crate) suite: &'static str,
    pub(crate) sealed: bool,
    pub(crate) private: bool,
    pub(crate) auditors: bool,
}

pub(crate) const OPEN: Mode = Mode { suite: "sha256", sealed: false, private: false, auditors: false };

pub(crate) struct Ceremony {
    pub(crate) home: TempDir,
    pub(crate) mode: Mode,
    minute: u32,
}

impl Drop for Ceremony {
    /// Keys and shares are fresh in every run: what a failing test worked on stays, to be looked at.
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.home.disable_cleanup(true);
            eprintln!("the ceremony of the failed test stays in {}", self.home.path().display());
        }
    }
}

pub(crate) const PARTIES: [&str; 2] = ["JJ", "RD"];
pub(crate) const ESCROW: [&str; 3] = ["SJ", "GZ", "TJJ"];

impl Ceremony {
    /// Witnesses make keys, the operator writes plan and raw files.
    pub(crate) fn begin(mode: Mode) -> Ceremony {
        let ceremony = Ceremony { home: tempfile::tempdir().unwrap(), mode, minute: 0 };
        let keys: Vec<String> = ["W1", "W2", "W3"]
            .iter()
            .map(|code| {
                let text = run(0, &["witness", "key", &ceremony.at(code), "--suite", mode.suite]);
                format!("{code}:{}", field(&text, "key"))
            })
            .collect();
        fs::create_dir_all(ceremony.path("draw")).unwrap();
        fs::create_dir_all(ceremony.path("raw")).unwrap();
        fs::write(ceremony.path("draw/plan.txt"), plan(mode, &keys.join(","))).unwrap();
        for (name, text) in raw_files() {
            fs::write(ceremony.path("raw").join(name), text).unwrap();
        }
        ceremony
    }

    /// The same once more, to go on in another way: whoever runs a draw can keep a copy.
    pub(crate) fn fork(&self) -> Ceremony {
        let home = tempfile::tempdir().unwrap();
        copy(self.home.path(), home.path());
        Ceremony { home, mode: self.mode, minute: self.minute }
    }

    /// Everything after the commitment, up to the executed draw.
    pub(crate) fn go_on(&mut self) {
        self.shares();
        self.reveal();
        self.entropy();
        self.open();
        self.execute();
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    pub(crate) fn at(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    pub(crate) fn dir(&self) -> String {
        self.at("draw")
    }

    /// The next minute of the day of the draw.
    fn time(&mut self) -> String {
        self.minute += 1;
        format!("2026-07-20T{:02}:{:02}:00Z", self.minute / 60, self.minute % 60)
    }

    /// A step in the draw's folder.
    #[track_caller]
    pub(crate) fn step(&mut self, code: u8, command: &[&str], rest: &[&str]) -> String {
        let time = self.time();
        self.step_at(code, &time, command, rest)
    }

    #[track_caller]
    pub(crate) fn step_at(&mut self, code: u8, time: &str, command: &[&str], rest: &[&str]) -> String {
        let dir = self.dir();
        let arguments: Vec<&str> =
            ["--time", time].iter().chain(command).chain([&dir.as_str()]).chain(rest).copied().collect();
        run(code, &arguments)
    }

    /// A head, signed by two witnesses.
    #[track_caller]
    pub(crate) fn head(&mut self) {
        let time = self.time();
        self.head_at(&time);
    }

    #[track_caller]
    pub(crate) fn head_at(&mut self, time: &str) {
        self.step_at(0, time, &["head"], &[]);
        for code in ["W1", "W3"] {
            run(0, &["witness", "sign", &self.at("draw/log"), "--keep", &self.at(code), "--as", code]);
        }
    }

    pub(crate) fn commit(&mut self) -> String {
        let raw = self.at("raw");
        let text = self.step(0, &["commit"], &["--raw", &raw]);
        self.head();
        field(&text, "commit")
    }

    pub(crate) fn shares(&mut self) {
        for party in PARTIES.iter().chain(&ESCROW) {
            let file = self.at(&format!("{party}/share-{party}.txt"));
            self.step(0, &["share"], &["--party", party, "--to", &file]);
        }
        for (place, party) in ESCROW.iter().enumerate() {
            let file = self.at(&format!("{party}/share-{party}.txt"));
            let holder = ESCROW[(place + 1) % 3];
            self.step(0, &["hold"], &["--party", party, "--holder", holder, "--file", &file]);
        }
        self.step(0, &["share"], &["--close"]);
        self.head();
    }

    pub(crate) fn reveal(&mut self) {
        for party in PARTIES {
            let file = self.at(&format!("{party}/share-{party}.txt"));
            self.step(0, &["reveal"], &["--party", party, "--file", &file]);
        }
        self.head();
    }

    pub(crate) fn entropy(&mut self) {
        self.minute = 8 * 60;
        self.step(0, &["entropy"], &["--index", "1", "--value", "00731958264013579246"]);
        self.step(0, &["entropy"], &["--index", "2", "--value", &"5c".repeat(32)]);
        self.head();
    }

    pub(crate) fn open(&mut self) {
        for party in ESCROW {
            let file = self.at(&format!("{party}/share-{party}.txt"));
            self.step(0, &["open"], &["--party", party, "--file", &file]);
        }
    }

    pub(crate) fn execute(&mut self) {
        self.step(0, &["execute"], &[]);
        self.head();
    }

    /// Everything up to the executed draw.
    pub(crate) fn whole(mode: Mode) -> Ceremony {
        let mut ceremony = Ceremony::begin(mode);
        ceremony.commit();
        ceremony.go_on();
        ceremony
    }

    /// An officer falls out, a department needs a remedy, a company is no subject.
    pub(crate) fn events(&mut self) {
        let evidence = self.at("evidence.txt");
        fs::write(&evidence, "0123456789abcdef0123456789abcdef\nill\n").unwrap();
        let assigned = fs::read_to_string(self.path("draw/assign-SCJG.tsv")).unwrap();
        let line: Vec<&str> = assigned.lines().next().unwrap().split('\t').collect();
        self.step(
            0,
            &["event", "report"],
            &[
                "--task",
                line[0],
                "--class",
                line[1],
                "--out",
                line[2],
                "--reason",
                "ILL",
                "--evidence",
                &evidence,
            ],
        );
        let remedy = ["--dept", "HB", "--remedy", "capacity+1", "--reason", "SHORT", "--evidence", &evidence];
        self.step(0, &["event", "report"], &remedy);
        self.head();
        self.minute += 15;
        for event in ["1", "2"] {
            self.step(
                0,
                &["event", "entropy"],
                &["--event", event, "--value", &format!("{event}a").repeat(32)],
            );
            self.step(0, &["event", "execute"], &[]);
        }
        let drawn = fs::read_to_string(self.path("draw/drawn-M1.tsv")).unwrap();
        let out = drawn.lines().find(|line| line.ends_with("drawn")).unwrap().split('\t').nth(2).unwrap();
        let rest = ["--matter", "M1", "--out", out, "--reason", "MOVED", "--evidence", &evidence];
        let approved: Vec<&str> =
            rest.iter().chain(&["--approver", "A1", "--approver", "A2"]).copied().collect();
        self.step(2, &["substitute"], &[&rest[..], &["--approver", "A1", "--approver", "A1"]].concat());
        self.step(0, &["substitute"], &approved);
        // The same company cannot go out twice.
        self.step(1, &["substitute"], &approved);
        self.head();
    }

    /// After the publicity date.
    pub(crate) fn publish(&mut self) {
        if self.mode.sealed && !self.mode.auditors {
            self.step(1, &["publish"], &[]);
            for party in ESCROW {
                let file = self.at(&format!("{party}/share-{party}.txt"));
                self.step_at(0, "2026-12-31T00:00:00Z", &["open"], &["--party", party, "--file", &file]);
            }
        }
        let time = if self.mode.sealed { "2026-12-31T00:00:01Z" } else { "2026-07-21T00:00:01Z" };
        self.step_at(0, time, &["publish"], &[]);
        let time = if self.mode.sealed { "2026-12-31T00:00:02Z" } else { "2026-07-21T00:00:02Z" };
        self.head_at(time);
    }

    pub(crate) fn bundle(&mut self, name: &str, public: bool) -> PathBuf {
        let to = self.at(name);
        let rest: Vec<&str> = if public { vec!["--to", &to, "--public"] } else { vec!["--to", &to] };
        self.step(0, &["bundle"], &rest);
        self.path(name)
    }
}

fn copy(from: &Path, to: &Path) {
    for item in fs::read_dir(from).unwrap() {
        let (path, name) = item.map(|item| (item.path(), item.file_name())).unwrap();
        if path.is_dir() {
            fs::create_dir_all(to.join(&name)).unwrap();
            copy(&path, &to.join(&name));
        } else {
            fs::copy(&path, to.join(&name)).unwrap();
        }
    }
}

/// Runs the verifier written in Python.
pub(crate) fn python(bundle: &Path, more: &[&str]) -> (i32, String) {
    let verifier = Path::new(env!("CARGO_MANIFEST_DIR")).join("verifiers/verify.py");
    let output = Command::new("python3")
        .arg(verifier)
        .arg(bundle)
        .args(more)
        .output()
        .expect("python3 runs; the independent verifier is written in it");
    let text =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.code().unwrap_or(-1), text)
}

/// Gives bundles to the page in Chromium: exit code and what it says of each.
pub(crate) fn page(bundles: &[PathBuf]) -> (i32, String) {
    let judge = Path::new(env!("CARGO_MANIFEST_DIR")).join("verifiers/page/judge.mjs");
    let output = Command::new("node").arg(judge).args(bundles).output();
    let output = output.expect("node runs; the page is tested in Chromium, over its debugging pipe");
    let text =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.code().unwrap_or(-1), text)
}

fn plan(mode: Mode, witnesses: &str) -> String {
    let suite = if mode.suite == "sha256" { "DSJ1-SHA256" } else { "DSJ1-SM3" };
    let timing = if mode.sealed { "sealed" } else { "open" };
    let publicity = if mode.sealed { "2026-12-31" } else { "2026-07-20" };
    let frame = if mode.private { "private" } else { "public" };
    let release = if mode.auditors { "auditors" } else { "public" };
    let mut lines: Vec<String> = format!(
        "algorithm={suite}\nengine={}\nplan_id=HZ-2026-07\ndraw_no=1\nlog=log.example/2026\n\
         legal_basis=双随机、一公开\ntiming={timing}\npublicity={publicity}\nframe={frame}\nseed_release={release}\n\
         parties=JJ,RD\nescrow=SJ,GZ,TJJ\nwitnesses={witnesses}\nentropy.1.kind=dice\nentropy.1.length=20\n\
         entropy.1.time=2026-07-20T07:00:00Z\nentropy.2.kind=drand\nentropy.2.ref=chain 4711\n\
         entropy.2.time=2026-07-20T08:00:00Z\nentropy.event.kind=drand\nentropy.event.delay=600\n\
         entropy.event.ref=chain\ngroup.G1.matters=M1,M2,M3\ngroup.G1.window.1=2026-08-01/2026-08-14\n\
         group.G1.window.2=2026-08-15/2026-08-28\nmatter.M1.dept=SCJG\nmatter.M1.rounding=controlled\n\
         matter.M1.reserve=2\nmatter.M1.slot.lead=1:LEAD+Q1\nmatter.M1.slot.member=1:Q1\n\
         matter.M1.stratum.S01.rate=1/6\nmatter.M1.stratum.S02.rate=1/12\nmatter.M2.dept=XF\n\
         matter.M2.rounding=total\nmatter.M2.reserve=1\nmatter.M2.stratum.H.rate=2/5\nmatter.M2.stratum.H.design=pps\n\
         matter.M2.stratum.L.rate=1/10\nmatter.M3.dept=HB\nmatter.M3.rounding=ceil\nmatter.M3.reserve=1\n\
         matter.M3.slot.inspector=2:-\nmatter.M3.stratum.A.rate=1/20\nmatter.M3.stratum.A.min=2\n\
         matter.M3.stratum.B.count=1\ndept.SCJG.load=least\ndept.SCJG.pair_limit=1\ndept.SCJG.remedy.1=capacity+1\n\
         dept.HB.load=fixed:3\ndept.HB.remedy.1=pool\ndept.HB.remedy.2=postpone\ntext.note=made for tests\n",
        "0".repeat(64)
    )
    .lines()
    .map(str::to_owned)
    .collect();
    lines.sort_unstable();
    lines.join("\n") + "\n"
}

/// Data files without salts.
fn raw_files() -> Vec<(&'static str, String)> {
    let sid = |number: usize| format!("91330108MA{number:08}");
    let mut frames = [String::new(), String::new(), String::new()];
    for number in 0..60 {
        let sid = sid(number);
        let size = 1 + number * number % 37 + if number % 11 == 0 { 300 } else { 0 };
        let strata = [["S01", "S02"], ["H", "L"], ["A", "B"]].map(|pair| pair[usize::from(number % 3 == 0)]);
        for (place, (frame, stratum)) in frames.iter_mut().zip(strata).enumerate() {
            if (number + place) % 5 != 4 {
                let _ = writeln!(frame, "{sid}\t{stratum}\t{size}");
            }
        }
    }
    let [m1, m2, m3] = frames;
    let excluded = format!("{}\tBANKRUPT\t{}\n", sid(99), "ab".repeat(32));
    let officers: String = (1..=8)
        .map(|n| format!("O{n}\tLEAD:2026-12-31+Q1:2026-{:02}-28\t4\t{}\n", 6 + n % 3 * 3, n % 2))
        .collect();
    let recusals = format!("O1\t{}\tKIN\t{}\n", sid(3), "cd".repeat(32));
    let simple: String = (1..=4).map(|n| format!("P{n}\t-\t3\t0\n")).collect();
    vec![
        ("frame-M1.tsv", m1),
        ("frame-M2.tsv", m2),
        ("frame-M3.tsv", m3),
        ("excluded-M1.tsv", excluded),
        ("excluded-M2.tsv", String::new()),
        ("excluded-M3.tsv", String::new()),
        ("officers-SCJG.tsv", officers),
        ("recusals-SCJG.tsv", recusals),
        ("pairs-SCJG.tsv", "O1\tO2\t0\n".to_owned()),
        ("officers-HB.tsv", simple),
        ("recusals-HB.tsv", String::new()),
        ("pairs-HB.tsv", String::new()),
        ("pool-HB.tsv", "P8\t-\t2\t0\nP9\t-\t2\t0\n".to_owned()),
    ]
}
