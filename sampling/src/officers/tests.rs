use std::collections::BTreeSet;

use super::*;
use crate::Suite;
use crate::chance::{Modulus, SubSeed};
use crate::plan::LoadRule;

/// Numbers for tests, from a seed that a failure prints.
struct Dice {
    seed: u64,
    n: u64,
}

impl Dice {
    fn below(&mut self, m: u64) -> u64 {
        self.n += 1;
        let label = format!("{}/{}", self.seed, self.n);
        let sub = SubSeed::derive(Suite::Sha256, &Suite::Sha256.hash(b"dice"), &label);
        sub.integer(Modulus::new(u128::from(m)).unwrap()) as u64
    }
}

/// A random instance: at most 8 slots, at most 14 edges, so that every assignment can be tried.
fn instance(dice: &mut Dice, costs: u64) -> (Problem<i64>, LoadRule) {
    let n_officers = 1 + dice.below(4) as u32;
    let bound = |dice: &mut Dice| Bound { capacity: dice.below(4), load: dice.below(3) };
    let officers: Vec<Bound> = (0..n_officers).map(|_| bound(dice)).collect();
    let mut problem = Problem::new(officers.clone());
    let (n_tasks, mut left) = (dice.below(4), 14);
    for _ in 0..n_tasks {
        problem.task();
        for _ in 0..1 + dice.below(3) {
            let mut edges = Vec::new();
            for officer in 0..n_officers {
                if left > 0 && officers[officer as usize].capacity > 0 && dice.below(3) > 0 {
                    left -= 1;
                    edges.push((officer, dice.below(costs) as i64));
                }
            }
            problem.slot(1 + dice.below(2), edges).unwrap();
        }
    }
    let rule = if dice.below(3) == 0 { LoadRule::Fixed(dice.below(5)) } else { LoadRule::Least };
    (problem, rule)
}

/// All assignments: filled slots, total, edges.
fn all_assignments(problem: &Problem<i64>, capacities: &[u64]) -> Vec<(usize, i64, Vec<u32>)> {
    let n = problem.n_edges() as u32;
    let mut out = Vec::new();
    let mut chosen = Vec::new();
    fn go(
        problem: &Problem<i64>,
        capacities: &[u64],
        edge: u32,
        n: u32,
        chosen: &mut Vec<u32>,
        out: &mut Vec<(usize, i64, Vec<u32>)>,
    ) {
        if edge == n {
            let total = chosen.iter().map(|&edge| problem.cost_of(edge)).sum();
            out.push((chosen.len(), total, chosen.clone()));
            return;
        }
        go(problem, capacities, edge + 1, n, chosen, out);
        let (slot, officer) = (problem.slot_of(edge), problem.officer_of(edge));
        let task = problem.slots()[slot as usize].task;
        let in_slot = chosen.iter().filter(|&&e| problem.slot_of(e) == slot).count() as u64;
        let of_officer = chosen.iter().filter(|&&e| problem.officer_of(e) == officer).count() as u64;
        let in_task = chosen.iter().any(|&e| {
            problem.officer_of(e) == officer && problem.slots()[problem.slot_of(e) as usize].task == task
        });
        let fits = in_slot < problem.slots()[slot as usize].need
            && of_officer < capacities[officer as usize]
            && !in_task;
        if fits {
            chosen.push(edge);
            go(problem, capacities, edge + 1, n, chosen, out);
            chosen.pop();
        }
    }
    go(problem, capacities, 0, n, &mut chosen, &mut out);
    out
}

/// Limit, filled slots, least total and how many assignments reach it, by trying all.
fn brute(problem: &Problem<i64>, rule: LoadRule) -> (u64, usize, i64, usize) {
    let most = |capacities: &[u64]| all_assignments(problem, capacities).iter().map(|a| a.0).max().unwrap();
    let limit = match rule {
        LoadRule::Fixed(limit) => limit,
        LoadRule::Least => {
            let whole: Vec<u64> = problem.officers().iter().map(|officer| officer.capacity).collect();
            let filled = most(&whole);
            (0..).find(|&limit| most(&problem.capacities(limit)) == filled).unwrap()
        }
    };
    let all = all_assignments(problem, &problem.capacities(limit));
    let filled = all.iter().map(|a| a.0).max().unwrap();
    let total = all.iter().filter(|a| a.0 == filled).map(|a| a.1).min().unwrap();
    let n_best = all.iter().filter(|a| a.0 == filled && a.1 == total).count();
    (limit, filled, total, n_best)
}

#[test]
fn every_optimum_is_that_of_brute_force() {
    let (mut n_ties, mut n_open) = (0, 0);
    for seed in 0..2400 {
        // Few different costs give ties; many give unique optima.
        let costs = if seed % 3 == 0 { 3 } else { 1 << 48 };
        let (problem, rule) = instance(&mut Dice { seed, n: 0 }, costs);
        let solution = solve(&problem, rule).unwrap_or_else(|refused| panic!("seed {seed}: {refused}"));
        let (limit, filled, total, n_best) = brute(&problem, rule);
        assert_eq!(solution.limit, limit, "seed {seed}");
        assert_eq!(solution.edges.len(), filled, "seed {seed}");
        assert_eq!(solution.total, i128::from(total), "seed {seed}");
        let second = solution.second(&problem);
        assert_eq!(second.is_none(), n_best == 1, "seed {seed}: {n_best} optima");
        if let Some(second) = second {
            n_ties += 1;
            assert_ne!(second, solution.edges, "seed {seed}");
            let other = Solution { edges: second, ..solution.clone() };
            assert_eq!(check(&problem, rule, &other), Ok(()), "seed {seed}: the second optimum");
        }
        n_open += usize::from(solution.unfilled > 0);
        // Wider numbers give the same certificate.
        let wide: Problem<i128> = problem.map().unwrap();
        let widened = solve(&wide, rule).unwrap();
        assert_eq!((widened.edges, widened.limit), (solution.edges, solution.limit), "seed {seed}");
    }
    assert!(
        n_ties > 100 && n_open > 500,
        "{n_ties} ties, {n_open} with open slots: the instances are too easy"
    );
}

#[test]
fn no_other_assignment_passes_with_any_change_of_the_certificate() {
    let mut n_refused = 0;
    for seed in 10_000..10_300 {
        let (problem, rule) = instance(&mut Dice { seed, n: 0 }, 1 << 48);
        let solution = solve(&problem, rule).unwrap();
        for (filled, total, edges) in all_assignments(&problem, &problem.capacities(solution.limit)) {
            if edges == solution.edges {
                continue;
            }
            let unfilled = problem.need() - filled as u128;
            let forged = Solution { edges, unfilled, total: i128::from(total), ..solution.clone() };
            assert!(check(&problem, rule, &forged).is_err(), "seed {seed}: {forged:?}");
            n_refused += 1;
        }
        for officer in 0..problem.officers().len() {
            let is_full =
                solution.loads(&problem)[officer] == problem.officers()[officer].under(solution.limit);
            let mut forged = solution.clone();
            forged.prices.officer[officer] += 1;
            if !is_full {
                assert!(check(&problem, rule, &forged).is_err(), "seed {seed}: a price on officer {officer}");
            }
            forged.prices.officer[officer] = -1;
            assert!(check(&problem, rule, &forged).is_err(), "seed {seed}: a negative price");
        }
        if solution.limit > 0 {
            let less = Solution { limit: solution.limit - 1, ..solution.clone() };
            let more = Solution { limit: solution.limit + 1, ..solution.clone() };
            assert!(
                check(&problem, rule, &less).is_err() && check(&problem, rule, &more).is_err(),
                "seed {seed}"
            );
        }
    }
    assert!(n_refused > 5000, "{n_refused}");
}

#[test]
fn larger_instances_prove_themselves_in_both_widths() {
    for seed in 0..40 {
        let mut dice = Dice { seed: 77_000 + seed, n: 0 };
        let n_officers = 6 + dice.below(20) as u32;
        let officers =
            (0..n_officers).map(|_| Bound { capacity: 1 + dice.below(6), load: dice.below(4) }).collect();
        let mut problem: Problem<i64> = Problem::new(officers);
        for _ in 0..30 {
            problem.task();
            for _ in 0..1 + dice.below(3) {
                let edges: Vec<(u32, i64)> = (0..n_officers)
                    .map(|officer| (officer, dice.below(1 << 20) as i64))
                    .filter(|(_, cost)| cost % 3 == 0)
                    .collect();
                problem.slot(1 + dice.below(2), edges).unwrap();
            }
        }
        for rule in [LoadRule::Least, LoadRule::Fixed(3)] {
            let solution = solve(&problem, rule).unwrap_or_else(|refused| panic!("seed {seed}: {refused}"));
            let wide = solve(&problem.map::<i128>().unwrap(), rule).unwrap();
            assert_eq!(
                (wide.total, wide.limit, wide.unfilled),
                (solution.total, solution.limit, solution.unfilled)
            );
        }
    }
}

/// Above two thousand officers rows are made anew each time they are asked for; the answer is proven all the same.
#[test]
fn very_many_officers_are_solved_without_a_table_of_pairs() {
    let mut problem: Problem<i64> = Problem::new(vec![Bound { capacity: 1, load: 0 }; 2_100]);
    for task in 0..80i64 {
        problem.task();
        // Everybody likes the first officers best, so that chains are needed.
        let edges = (0..12u32).map(|i| (i * 7 + task as u32 % 7, i64::from(i) * 1000 + task * 37 % 101));
        problem.slot(1, edges).unwrap();
        problem.slot(1, [(2_000 + task as u32 % 90, 5 + task)]).unwrap();
    }
    let solution = solve(&problem, LoadRule::Least).unwrap();
    assert_eq!((solution.limit, solution.unfilled), (1, 0));
    assert_eq!(solution.edges.len(), 160);
}

#[test]
fn prices_of_others_may_be_as_large_as_the_protocol_allows() {
    // One full officer, one task: any price holds if alpha follows it.
    let mut problem: Problem<i128> = Problem::new(vec![Bound { capacity: 1, load: 0 }]);
    problem.task();
    problem.slot(1, [(0, 5)]).unwrap();
    let mut solution = solve(&problem, LoadRule::Least).unwrap();
    solution.prices.officer[0] = i128::MAX - 5;
    solution.prices.slot[0] = i128::MAX;
    assert_eq!(check(&problem, LoadRule::Least, &solution), Ok(()));
    solution.prices.slot[0] = i128::MIN + 1;
    assert!(check(&problem, LoadRule::Least, &solution).is_err());
}

#[test]
fn cuts_of_others_may_be_malformed() {
    let mut problem: Problem<i64> = Problem::new(vec![Bound { capacity: 1, load: 0 }]);
    problem.task();
    problem.slot(2, [(0, 5)]).unwrap();
    let solution = solve(&problem, LoadRule::Least).unwrap();
    assert_eq!(solution.unfilled, 1);
    for slots in [vec![7], vec![0, 0], vec![]] {
        let forged = Solution { cut1: Some(Cut { slots, officers: vec![] }), ..solution.clone() };
        assert!(check(&problem, LoadRule::Least, &forged).is_err());
    }
    let forged = Solution { edges: vec![9], ..solution.clone() };
    assert!(check(&problem, LoadRule::Least, &forged).is_err());
    let forged = Solution { prices: Prices { officer: vec![], ..solution.prices.clone() }, ..solution };
    assert!(check(&problem, LoadRule::Least, &forged).is_err());
}

mod department {
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
        assert_eq!(
            outcome.evidence["proof-D-1.txt"],
            b"cost_bytes=6\nlimit=0\nmu=none\ntotal=0\nunfilled=0\n"
        );
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
}

#[test]
fn ties_of_short_costs_are_broken_by_long_ones() {
    use super::certificate::solve;
    use super::rounds::{Ended, Round, Rounds, Solved};

    // A solver that finds a second optimum at six bytes: costs of one byte make it so without waiting for 2^48 years.
    let tasks = department::tasks(8, 1);
    let officers = ["A", "B", "C"].map(|name| crate::data::Officer {
        code: department::code(name),
        qualifications: Default::default(),
        capacity: 9,
        load: 0,
    });
    let staff = crate::commit::Staff { officers: officers.to_vec(), ..Default::default() };
    let bars = Bars::new();
    let sub_seed = SubSeed::given(Suite::Sha256, Suite::Sha256.hash(b"ties"));
    let input = DeptInput {
        label: "D",
        tasks: &tasks,
        staff: &staff,
        rules: DeptRules { load: LoadRule::Least, pair_limit: None, remedies: &[] },
        bars: &bars,
        sub_seed: &sub_seed,
    };
    let ended = Rounds::new(input, CostBytes::Six).run(|round: &Round<'_>| {
        let mut problem: Problem<i64> = build(round.tasks, &round.roster(), &sub_seed, round.bytes)?;
        problem.cost.iter_mut().for_each(|cost| *cost >>= 47);
        let solution = solve(&problem, LoadRule::Least)?;
        let second = solution.second(&problem);
        let solution = solve(&problem.map::<i128>().unwrap(), LoadRule::Least)?;
        Ok(Solved { problem: problem.map().unwrap(), solution, second })
    });
    let Ok(Ended::Tie { round: 1, first, second }) = ended else { panic!("no tie") };
    assert_ne!(first, second);
    assert_eq!(first.len(), second.len());
    assert_eq!(
        first.iter().map(|line| line.cost).sum::<i128>(),
        second.iter().map(|line| line.cost).sum::<i128>()
    );
    // With twelve bytes the same department is solved, and its files are accepted.
    let Ok(Ended::Unique(mut outcome)) = Rounds::new(input, CostBytes::Twelve).run(|round| {
        let problem: Problem<i128> = build(round.tasks, &round.roster(), &sub_seed, round.bytes)?;
        let solution = solve(&problem, LoadRule::Least)?;
        let second = solution.second(&problem);
        Ok(Solved { problem, solution, second })
    }) else {
        panic!("long costs tie")
    };
    assert!(outcome.evidence["proof-D-1.txt"].starts_with(b"cost_bytes=12\n"));
    let mut files = outcome.result.clone();
    files.append(&mut outcome.evidence);
    // The two short optima must be there, and must be two.
    let refused = check_department(input, &files).unwrap_err();
    assert_eq!((refused.place.file.as_str(), refused.reason), ("tie-D-1-1.tsv", crate::Reason::FileMissing));
    files.insert("tie-D-1-1.tsv".to_owned(), Vec::new());
    files.insert("tie-D-1-2.tsv".to_owned(), Vec::new());
    assert_eq!(check_department(input, &files).unwrap_err().reason, crate::Reason::CertificateForm);
}
