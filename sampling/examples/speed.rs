//! How fast the engine is, against the same number of hash compressions alone. `cargo x bench draw`.
//! With `--instance FILE` the officers' problem is written for other solvers.

#![expect(clippy::print_stdout, reason = "a program for people")]

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hint::black_box;
use std::time::Instant;

use sampling::chance::SubSeed;
use sampling::commit::Input;
use sampling::data::{Frame, Officer};
use sampling::draw::sample;
use sampling::encoding::{Code, Date, Digest, Sid};
use sampling::list::Listed;
use sampling::officers::{Bound, Class, CostBytes, Problem, Roster, Task, build, check, levels, solve};
use sampling::plan::{LoadRule, Plan};
use sampling::{MidState, Suite};

/// Time of this thread on a processor where the system tells, so that a busy machine does not count; else wall time.
fn now(start: Instant) -> f64 {
    let on_cpu = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = on_cpu.and_then(|text| text.split(' ').next()?.parse::<f64>().ok());
    nanoseconds.map_or_else(|| start.elapsed().as_secs_f64(), |ns| ns / 1e9)
}

/// Best of a few runs, in seconds.
fn seconds<T>(runs: u32, mut work: impl FnMut() -> T) -> f64 {
    let start = Instant::now();
    let run = |_| {
        let before = now(start);
        black_box(work());
        now(start) - before
    };
    (0..runs).map(run).fold(f64::INFINITY, f64::min)
}

/// The same in wall time, for work on several threads.
fn wall_seconds<T>(runs: u32, mut work: impl FnMut() -> T) -> f64 {
    let run = |_| {
        let start = Instant::now();
        black_box(work());
        start.elapsed().as_secs_f64()
    };
    (0..runs).map(run).fold(f64::INFINITY, f64::min)
}

fn row(what: &str, ours: f64, floor: f64) {
    println!("{what:<52} {ours:>8.3} s   floor {floor:>7.3} s   {:>5.2} x", ours / floor);
}

/// Time of so many compressions alone.
fn floor(suite: Suite, n: u32) -> f64 {
    let state = MidState::after(suite, &[b'0'; 64]);
    seconds(5, || {
        let mut tail = *b"|91330108MA27XF6N4K";
        for i in 0..n {
            tail[15..].copy_from_slice(&i.to_be_bytes());
            black_box(state.finish(&tail));
        }
    })
}

fn plan(suite: Suite, n_strata: usize) -> Plan {
    let mut lines = vec![
        format!("algorithm={suite}"),
        "draw_no=1".to_owned(),
        format!("engine={}", Digest::ZERO),
        "entropy.1.kind=drand\nentropy.1.ref=chain 1\nentropy.1.time=2026-05-20T07:00:00Z".to_owned(),
        "escrow=none\nframe=public\ngroup.G.matters=M\nlegal_basis=none\nlog=example.log/2026".to_owned(),
        "matter.M.dept=D\nmatter.M.reserve=1\nmatter.M.rounding=controlled".to_owned(),
        "parties=A\nplan_id=P\npublicity=2026-05-20\nseed_release=public\ntiming=open".to_owned(),
        format!("witnesses=W1:{},W2:{}", "1".repeat(64), "2".repeat(64)),
    ];
    lines.extend((0..n_strata).map(|h| format!("matter.M.stratum.S{h:04}.rate=1/20")));
    let mut lines: Vec<String> = lines.iter().flat_map(|line| line.lines()).map(str::to_owned).collect();
    lines.sort();
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    Plan::parse(text.as_bytes()).expect("the plan above is a plan")
}

fn subjects(suite: Suite) {
    const N: usize = 1_000_000;
    let plan = plan(suite, 1040);
    let text: String =
        (0..N).map(|i| format!("9133{i:014}\tS{:04}\t{}\n", (i * 7919) % 1040, 1 + i % 9)).collect();
    let matter = plan.matters.values().next().expect("one matter");
    let parse = || Frame::parse("frame-M.tsv", text.as_bytes(), matter, plan.frame).expect("a frame");
    println!("{suite}: frame of {N} lines read in {:.3} s", seconds(2, parse));
    let code = Code::parse(b"M").expect("a code");
    let input = Input {
        plan: plan.clone(),
        frames: BTreeMap::from([(code, parse())]),
        excluded: BTreeMap::new(),
        staff: BTreeMap::new(),
    };
    let one = floor(suite, N as u32);
    let ours = seconds(5, || sample(&input, &suite.hash(b"seed")).expect("a sample"));
    row(&format!("{suite}: {N} subjects, 1040 strata"), ours, one);
    // One compression for a leaf, two for a node, one for 64 bytes of the file.
    let compressions = N + 2 * (N - 1) + text.len() / 64;
    for threads in [1, 2] {
        let list = || Listed::of(suite, "frame-M.tsv", text.as_bytes(), threads);
        let ours = if threads == 1 { seconds(3, list) } else { wall_seconds(15, list) };
        row(
            &format!("{suite}: commitment of {N} lines, {threads} threads"),
            ours,
            one * compressions as f64 / N as f64,
        );
    }
}

/// Tasks, officers and recusals like those of the measurements: two officers, a quarter eligible, one in a hundred recused.
fn tasks() -> (Vec<Task>, Vec<Officer>) {
    let suite = Suite::Sha256;
    let chance = SubSeed::given(suite, suite.hash(b"instance"));
    let qualification = |i: u64| Code::parse(format!("Q{i}").as_bytes()).expect("a code");
    let day = Date::parse(b"2026-12-31").expect("a date");
    let tasks = (0..5000u64)
        .map(|i| {
            let sid = Sid::parse(format!("9133{i:014}").as_bytes()).expect("a subject");
            let class = Class { need: 2, qualifications: BTreeSet::from([qualification(i % 40)]) };
            let class_code = Code::parse(b"m").expect("a code");
            let classes = BTreeMap::from([(class_code, class)]);
            Task { name: format!("G1/{sid}"), sid, last_day: day, classes }
        })
        .collect();
    let officers = (0..500u64)
        .map(|i| {
            let has = |q: &u64| chance.ticket(format!("{i}/{q}").as_bytes()).0[0] < 64;
            let qualifications: BTreeMap<Code, Date> =
                (0..40u64).filter(has).map(|q| (qualification(q), day)).collect();
            let code = Code::parse(format!("P{i:03}").as_bytes()).expect("a code");
            Officer { code, qualifications, capacity: 22, load: 0 }
        })
        .collect();
    (tasks, officers)
}

fn officers(instance: Option<&str>) {
    let suite = Suite::Sha256;
    let (tasks, officers) = tasks();
    let chance = SubSeed::given(suite, suite.hash(b"costs"));
    let recusals: HashMap<(Code, Sid), Code> = tasks
        .iter()
        .flat_map(|task| officers.iter().map(move |officer| (officer.code.clone(), task.sid.clone())))
        .filter(|(officer, sid)| {
            let ticket = chance.ticket(format!("recusal/{officer}/{sid}").as_bytes());
            u16::from_be_bytes([ticket.0[0], ticket.0[1]]) < 655
        })
        .map(|key| (key, Code::parse(b"KIN").expect("a code")))
        .collect();
    let deleted = HashSet::new();
    let roster = Roster { officers: &officers, recusals: &recusals, deleted: &deleted };
    let built = || -> Problem<i64> { build(&tasks, &roster, &chance, CostBytes::Six).expect("a problem") };
    let problem = built();
    println!("{} tasks, {} officers, {} edges", tasks.len(), officers.len(), problem.n_edges());
    row("edges and costs", seconds(3, built), floor(suite, problem.n_edges() as u32));
    if let Some(path) = instance {
        std::fs::write(path, text_of(&problem)).expect("the instance can be written");
    }
    solved(&problem);
    let even = even();
    println!("the same with every pair eligible alike: {} edges", even.n_edges());
    solved(&even);
}

/// The problem for other solvers: officers with capacities, tasks with needs, edges with costs.
fn text_of(problem: &Problem<i64>) -> String {
    let officers = problem.officers().iter().map(|officer| format!("officer {}\n", officer.capacity));
    let tasks = problem.slots().iter().map(|slot| format!("task {}\n", slot.need));
    let edges = (0..problem.n_edges() as u32).map(|edge| {
        format!("edge {} {} {}\n", problem.slot_of(edge), problem.officer_of(edge), problem.cost_of(edge))
    });
    officers.chain(tasks).chain(edges).collect()
}

/// 5,000 tasks, 500 officers, each pair eligible with probability 0.25 · 0.99.
fn even() -> Problem<i64> {
    let suite = Suite::Sha256;
    let chance = SubSeed::given(suite, suite.hash(b"even"));
    let mut problem = Problem::new(vec![Bound { capacity: 22, load: 0 }; 500]);
    for task in 0..5000 {
        problem.task();
        let edges = (0..500u32).filter_map(|officer| {
            let [a, b, rest @ ..] = chance.ticket(format!("{task}|{officer}").as_bytes()).0;
            let cost = rest.iter().take(6).fold(0, |cost, &byte| cost << 8 | i64::from(byte));
            (u16::from_be_bytes([a, b]) < 16_311).then_some((officer, cost))
        });
        problem.slot(2, edges).expect("a slot");
    }
    problem
}

fn solved(problem: &Problem<i64>) {
    for rule in [LoadRule::Fixed(22), LoadRule::Least] {
        let mut solution = None;
        let solved = seconds(2, || solution = Some(solve(problem, rule).expect("a solution")));
        let solution = solution.expect("it was solved");
        let level = seconds(1, || levels(problem, rule));
        let checked = seconds(5, || check(problem, rule, &solution).expect("a proof"));
        let unique = seconds(3, || solution.second(problem).is_none());
        let (limit, total, unfilled) = (solution.limit, solution.total, solution.unfilled);
        println!(
            "{rule:?}: solved in {solved:.3} s (levels {level:.3} s), checked in {checked:.4} s, unique in {unique:.4} s: L {limit}, total {total}, unfilled {unfilled}"
        );
    }
}

fn main() {
    let mut words = std::env::args().skip(1);
    let instance = (words.next().as_deref() == Some("--instance")).then(|| words.next()).flatten();
    for suite in Suite::ALL {
        subjects(suite);
    }
    officers(instance.as_deref());
}
