mod department;

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
