//! A process that is killed anywhere loses nothing and doubles nothing: after many kills, the graph is that of a run
//! that was never killed.
//!
//! A kill at a named point ends the process there (abort: nothing is flushed, no destructor runs), at a random time of
//! passing it. A kill anywhere is SIGKILL after random milliseconds. After every kill the next run must come up.

use std::collections::BTreeMap;
use std::os::unix::process::ExitStatusExt as _;
use std::time::Duration;

use demo::world::{Dice, World};
use tests::{Zone, bench, postgres, runtime, shown, tongjian_in};

/// Where a process is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    ReadAndCommit,
    CommitAndRead,
    Diff,
    Migration,
    Anywhere,
}

const CLASSES: [Class; 5] =
    [Class::ReadAndCommit, Class::CommitAndRead, Class::Diff, Class::Migration, Class::Anywhere];

impl Class {
    /// The point's name, and how many times it may be passed before the kill.
    fn point(self) -> Option<(&'static str, u64)> {
        match self {
            Class::ReadAndCommit => Some(("between-read-and-commit", 9)),
            Class::CommitAndRead => Some(("between-commit-and-read", 9)),
            Class::Diff => Some(("inside-diff", 12)),
            Class::Migration => Some(("inside-migration", 40)),
            Class::Anywhere => None,
        }
    }
}

/// Kills wanted of each class, and in all.
struct Wanted {
    each: u32,
    all: u32,
}

struct Run<'a> {
    zone: &'a Zone,
    dice: Dice,
    n_runs: u64,
    n_churns: u64,
    kills: BTreeMap<Class, u32>,
}

impl Run<'_> {
    fn roll(&self, label: &'static str, from: u64, to: u64) -> u64 {
        self.dice.below(label, self.n_runs, to - from + 1) + from
    }

    /// Among the classes of which too few were hit, one at random; when none is missing, any.
    fn class(&self, wanted: &Wanted) -> Class {
        let missing: Vec<Class> = CLASSES
            .into_iter()
            .filter(|class| self.kills.get(class).copied().unwrap_or(0) < wanted.each)
            .collect();
        let from = if missing.is_empty() { CLASSES.to_vec() } else { missing };
        from[self.roll("class", 0, from.len() as u64 - 1) as usize]
    }

    /// A field more, so that the next opening of the store has to migrate.
    fn grow(&self) {
        let field = format!(
            "[kind.penalty.field.killed_{}]\ntype = \"integer\"\nlabel_zh = \"试\"\nlabel_en = \"Probe\"\nindex = true\n\n\
             [kind.penalty.field.document]\n",
            self.n_runs
        );
        self.zone.edit("ontology/enforcement.toml", "[kind.penalty.field.document]\n", &field);
    }

    /// One pull, killed where the class says unless it ends before. Whether it was killed.
    fn one(&mut self, class: Class) -> bool {
        self.n_runs += 1;
        if class == Class::Migration {
            self.grow();
        }
        let words = ["pull", "--quiet", "--set", "ingest.batch_rows=150"];
        let mut running = match class.point() {
            Some((point, most)) => {
                let fault = format!("{point}:{}", self.roll("times", 1, most));
                self.zone.start(&words, &[("TONGJIAN_FAULT", fault.as_str())])
            }
            None => {
                let mut running = self.zone.start(&words, &[]);
                let time = Duration::from_micros(self.roll("time", 1_000, 900_000));
                if !running.ends_within(time) {
                    running.kill();
                }
                running
            }
        };
        running.ends_within(tests::process::PATIENCE);
        let (status, said) = running.ended();
        match status.signal() {
            Some(6 | 9) => {
                *self.kills.entry(class).or_default() += 1;
                true
            }
            Some(signal) => panic!("run {}: signal {signal}: {said}", self.n_runs),
            None => {
                // On a server, the writer's lock falls when the server notices that its client is gone.
                let is_locked = said.contains("in use");
                let is_through = matches!(status.code(), Some(0 | 3));
                assert!(is_through || is_locked, "run {}: {status}: {said}", self.n_runs);
                if is_through {
                    self.churn();
                }
                false
            }
        }
    }

    /// Gives comparisons something to find.
    fn churn(&mut self) {
        let round = demo::churn::round(&self.zone.places, self.n_churns, 40);
        runtime().block_on(round).expect("churn");
        self.n_churns += 1;
    }
}

/// Kills until enough were, then lets one run come through, and compares with a run that was never killed.
fn kill_until(zone: &Zone, seed: u64, wanted: &Wanted) {
    let mut run = Run { zone, dice: Dice::new(seed), n_runs: 0, n_churns: 0, kills: BTreeMap::new() };
    let enough = |run: &Run<'_>| {
        let of = |class| run.kills.get(class).copied().unwrap_or(0);
        CLASSES.iter().all(|class| of(class) >= wanted.each) && run.kills.values().sum::<u32>() >= wanted.all
    };
    while !enough(&run) {
        assert!(run.n_runs < 400, "seed {seed}: too few kills after {} runs: {:?}", run.n_runs, run.kills);
        let class = run.class(wanted);
        let was_killed = run.one(class);
        if was_killed && run.roll("churn", 0, 9) == 0 {
            run.churn();
        }
    }
    eprintln!(
        "seed {seed}: {} runs, {} kills: {:?}, {} rounds of churn",
        run.n_runs,
        run.kills.values().sum::<u32>(),
        run.kills,
        run.n_churns
    );
    while !matches!(zone.tongjian(&["pull", "--quiet"]).status.code(), Some(0 | 3)) {
        run.n_runs += 1;
        assert!(run.n_runs < 500, "the last pull does not come through");
    }
    let all = zone.tongjian(&["pull", "--quiet"]);
    assert!(matches!(all.status.code(), Some(0 | 3)), "{}", shown(&all));
    same_as_never_killed(zone, seed);
}

/// The same sources, read once into an empty embedded store.
fn same_as_never_killed(zone: &Zone, seed: u64) {
    let fresh = zone.folder.path().join("never-killed.db");
    let store = format!("hub.store=sqlite:{}", fresh.display());
    let config = zone.config.clone();
    let with = |words: &[&str]| {
        let mut all = words.to_vec();
        all.extend(["--set", &store]);
        tongjian_in(&config, &all)
    };
    // What says how to reach a server says nothing of a file.
    let root = std::fs::read_to_string(zone.config.join("tongjian.toml")).expect("readable");
    let plain: Vec<&str> = root.lines().filter(|line| !line.starts_with("store_password")).collect();
    let dump = zone.dump();
    std::fs::write(zone.config.join("tongjian.toml"), plain.join("\n")).expect("writable");
    let pulled = with(&["pull", "--quiet"]);
    assert!(matches!(pulled.status.code(), Some(0 | 3)), "{}", shown(&pulled));
    let never = with(&["dump"]);
    assert!(never.status.success(), "{}", shown(&never));
    let never = String::from_utf8(never.stdout).expect("text");
    assert!(never.lines().count() > 2_000, "the dump says little: {} lines", never.lines().count());
    for (at, (killed, never)) in dump.lines().zip(never.lines()).enumerate() {
        assert_eq!(killed, never, "seed {seed}: line {} of the dumps differs", at + 1);
    }
    assert_eq!(dump.lines().count(), never.lines().count(), "seed {seed}: a dump goes on");
}

#[test]
fn fifty_kills_leave_the_graph_of_a_run_never_killed() {
    let zone = Zone::make(&World::new(21, 1_500), 21, None);
    kill_until(&zone, 21, &Wanted { each: 10, all: 55 });
}

#[test]
fn kills_on_a_postgresql_store_leave_the_same_graph() {
    let zone = Zone::make(&World::new(22, 800), 22, None);
    bench::store_on(&zone.config, postgres(), "store_killed");
    kill_until(&zone, 22, &Wanted { each: 4, all: 20 });
}
