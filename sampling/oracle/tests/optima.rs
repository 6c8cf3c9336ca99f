//! Every level of the engine's optimum is that of HiGHS, on random instances of up to 32 slots.

use oracle::{least_total, most_filled};
use sampling::Suite;
use sampling::chance::{Modulus, SubSeed};
use sampling::officers::{Bound, Problem, check, solve};
use sampling::plan::LoadRule;

/// In two tests, for two cores.
const HALF: u64 = 1_200;

/// Numbers from a seed that a failure prints.
struct Dice {
    seed: u64,
    n: u64,
}

impl Dice {
    fn below(&mut self, m: u64) -> u64 {
        self.n += 1;
        let label = format!("{}/{}", self.seed, self.n);
        let sub = SubSeed::derive(Suite::Sha256, &Suite::Sha256.hash(b"oracle"), &label);
        sub.integer(Modulus::new(u128::from(m)).expect("not zero")) as u64
    }
}

/// Up to 32 slots of up to 12 tasks with one to three classes; costs of 20 bits, so that sums are exact in `f64`.
fn instance(dice: &mut Dice) -> (Problem<i64>, LoadRule) {
    let n_officers = 1 + dice.below(9) as u32;
    let most = 1 + dice.below(8);
    let officers: Vec<Bound> =
        (0..n_officers).map(|_| Bound { capacity: dice.below(most + 1), load: dice.below(4) }).collect();
    let mut problem = Problem::new(officers.clone());
    let (n_tasks, mut left) = (1 + dice.below(12), 32);
    let sparsity = 1 + dice.below(4);
    // Few different costs give ties.
    let costs = if dice.below(4) == 0 { 4 } else { 1 << 20 };
    for _ in 0..n_tasks {
        problem.task();
        for _ in 0..1 + dice.below(3) {
            let need = (1 + dice.below(3)).min(left);
            if need == 0 {
                break;
            }
            left -= need;
            let mut edges = Vec::new();
            for officer in 0..n_officers {
                if officers[officer as usize].capacity > 0 && dice.below(sparsity + 1) > 0 {
                    edges.push((officer, dice.below(costs) as i64));
                }
            }
            problem.slot(need, edges).expect("a slot");
        }
    }
    let rule = if dice.below(3) == 0 { LoadRule::Fixed(dice.below(7)) } else { LoadRule::Least };
    (problem, rule)
}

#[test]
fn every_optimum_is_that_of_highs() {
    compare(0..HALF);
}

#[test]
fn every_other_optimum_is_that_of_highs() {
    compare(HALF..2 * HALF);
}

fn compare(seeds: std::ops::Range<u64>) {
    let (mut n_open, mut n_limited, mut n_slots) = (0, 0, 0);
    for seed in seeds {
        let (problem, rule) = instance(&mut Dice { seed, n: 0 });
        let solution = solve(&problem, rule).unwrap_or_else(|refused| panic!("seed {seed}: {refused}"));
        assert_eq!(check(&problem, rule, &solution), Ok(()), "seed {seed}");
        let need = u64::try_from(problem.need()).expect("small");
        assert!(need <= 32, "seed {seed}: {need} slots");
        n_slots = n_slots.max(need);
        let filled = solution.edges.len() as u64;
        let capacities = problem.capacities(solution.limit);
        let whole: Vec<u64> = problem.officers().iter().map(|officer| officer.capacity).collect();
        // (1) fewest unfilled slots.
        let allowed = if rule == LoadRule::Least { &whole } else { &capacities };
        assert_eq!(filled, most_filled(&problem, allowed), "seed {seed}: filled");
        assert_eq!(solution.unfilled, u128::from(need - filled), "seed {seed}: unfilled");
        // (2) least load: enough under L, too little under L - 1.
        if rule == LoadRule::Least {
            assert_eq!(filled, most_filled(&problem, &capacities), "seed {seed}: under L");
            if solution.limit > 0 {
                let below = most_filled(&problem, &problem.capacities(solution.limit - 1));
                assert!(below < filled, "seed {seed}: L {} is not the least", solution.limit);
                n_limited += 1;
            }
        }
        // (3) least total cost.
        let total = least_total(&problem, &capacities, filled);
        assert_eq!(solution.total, i128::from(total), "seed {seed}: total");
        n_open += usize::from(solution.unfilled > 0);
    }
    assert!(n_open > 150 && n_limited > 400 && n_slots == 32, "{n_open} {n_limited} {n_slots}: too easy");
}
