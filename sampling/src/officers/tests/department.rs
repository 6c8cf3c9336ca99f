//! Whole departments: rounds, remedies, pairs, bars; every outcome is read back by the checker.

use std::collections::BTreeMap;

use super::*;
use crate::commit::Staff;
use crate::data::Officer;
use crate::encoding::{Code, Date, Digest, Sid};
use crate::plan::Remedy;

pub(super) fn code(text: &str) -> Code {
    Code::parse(text.as_bytes()).unwrap()
}

fn officer(name: &str, capacity: u64) -> Officer {
    Officer { code: code(name), qualifications: BTreeMap::new(), capacity, load: 0 }
}

pub(super) fn tasks(n: usize, need: u64) -> Vec<Task> {
    let task = |i: usize| {
        let sid = Sid::parse(format!("X{i:03}").as_bytes()).unwrap();
        let class = Class { need, qualifications: BTreeSet::new() };
        Task {
            name: format!("G/{sid}"),
            sid,
            last_day: Date::parse(b"2026-06-30").unwrap(),
            classes: BTreeMap::from([(code("m"), class)]),
        }
    };
    (0..n).map(task).collect()
}

fn staff(officers: Vec<Officer>) -> Staff {
    Staff { officers, ..Staff::default() }
}

fn run(tasks: &[Task], staff: &Staff, pair_limit: Option<u64>, remedies: &[Remedy]) -> DeptOutcome {
    let bars = Bars::new();
    let sub_seed = SubSeed::given(Suite::Sha256, Digest::ZERO);
    let input = DeptInput {
        label: "D",
        tasks,
        staff,
        rules: DeptRules { load: LoadRule::Least, pair_limit, remedies },
        bars: &bars,
        sub_seed: &sub_seed,
    };
    let outcome = run_department(input).unwrap();
    let mut files = outcome.result.clone();
    files.extend(outcome.evidence.clone());
    let checked = check_department(input, &files).unwrap();
    assert_eq!((&checked.result, &checked.evidence), (&outcome.result, &outcome.evidence));
    // Every file is needed, and no single byte of the certificates can be another.
    for name in files.keys() {
        let mut less = files.clone();
        less.remove(name);
        let told = check_department(input, &less).map(|outcome| outcome.result.contains_key(name));
        assert_ne!(told.ok(), Some(false), "{name} is not missed");
    }
    outcome
}

#[test]
fn remedies_are_applied_in_order_until_no_slot_is_open() {
    let outcome = run(
        &tasks(6, 2),
        &staff(vec![officer("A", 2), officer("B", 2)]),
        None,
        &[Remedy::Capacity(1), Remedy::Postpone],
    );
    assert_eq!(outcome.remedies_used, 2);
    // Six places for twelve slots; how many tasks they fill whole is the lottery's.
    assert!((3..=5).contains(&outcome.postponed.len()), "{:?}", outcome.postponed);
    assert_eq!(outcome.solution.unfilled, 0);
    assert_eq!(outcome.assigned.len(), 2 * (6 - outcome.postponed.len()));
    assert!(outcome.evidence.contains_key("assign-D-2.tsv"));
    assert!(!outcome.evidence.contains_key("assign-D-3.tsv"));
    assert!(outcome.result.contains_key("postponed-D.tsv"));
}

#[test]
fn without_remedies_the_cut_is_the_witness() {
    let outcome = run(&tasks(6, 2), &staff(vec![officer("A", 2), officer("B", 2)]), None, &[]);
    assert_eq!(outcome.solution.unfilled, 8);
    assert!(String::from_utf8_lossy(&outcome.evidence["cuts-D-1.tsv"]).starts_with("1\tofficer\tA"));
}

#[test]
fn nobody_and_nothing_is_a_department_too() {
    let outcome = run(&[], &staff(Vec::new()), None, &[]);
    assert_eq!(outcome.result["assign-D.tsv"], b"");
    assert_eq!(outcome.evidence["proof-D-1.txt"], b"cost_bytes=6\nlimit=0\nmu=none\ntotal=0\nunfilled=0\n");
    let outcome = run(&tasks(2, 1), &staff(vec![officer("A", 0)]), None, &[]);
    assert_eq!(outcome.solution.unfilled, 2);
    assert_eq!(outcome.solution.limit, 0);
}

#[test]
fn officers_together_too_often_are_parted() {
    let officers = ["A", "B", "C", "E"].map(|name| officer(name, 9)).to_vec();
    let mut staff = staff(officers);
    staff.pairs.insert((code("A"), code("B")), 0);
    let outcome = run(&tasks(6, 2), &staff, Some(1), &[]);
    let together = Together { pairs: &staff.pairs, limit: Some(1) };
    let mut met: BTreeMap<(Code, Code), u64> = BTreeMap::new();
    for a in &outcome.assigned {
        for b in outcome.assigned.iter().filter(|b| b.task == a.task && a.officer < b.officer) {
            *met.entry((a.officer.clone(), b.officer.clone())).or_default() += 1;
        }
    }
    for ((a, b), n) in met {
        assert!(together.allowance(&a, &b).is_none_or(|allowance| n <= allowance), "{a} and {b}: {n}");
    }
    assert!(outcome.result.contains_key("deleted-D.tsv"));
}

#[test]
fn recused_and_unqualified_officers_have_no_edges() {
    let mut staff = staff(vec![officer("A", 9), officer("B", 9)]);
    let mut tasks = tasks(2, 1);
    staff.recusals.insert((code("A"), tasks[0].sid.clone()), code("KIN"));
    let class = tasks[1].classes.get_mut(&code("m")).unwrap();
    class.qualifications.insert(code("Q"));
    // Valid through the day before the last day of the window: not enough.
    let until = |text: &[u8]| BTreeMap::from([(code("Q"), Date::parse(text).unwrap())]);
    staff.officers[0].qualifications = until(b"2026-06-29");
    staff.officers[1].qualifications = until(b"2026-06-30");
    let outcome = run(&tasks, &staff, None, &[]);
    assert!(outcome.assigned.iter().all(|line| line.officer == code("B")));
    assert_eq!(outcome.solution.unfilled, 0);
}
