//! Is it random? Over thousands of seeds: who is drawn, who together, who beside whom, whose codes begin alike.

use sampling::Suite;
use sampling::allocation::allocate;
use sampling::chance::SubSeed;
use sampling::data::Frame;
use sampling::plan::Plan;
use sampling::subjects::{draw, pps};

const N_SEEDS: u32 = 6000;
const N: usize = 40;
const DRAWN: usize = 8;

/// Two strata of twenty, four of each.
const PLAN: &str = "\
algorithm=DSJ1-SHA256
draw_no=1
engine=0000000000000000000000000000000000000000000000000000000000000000
entropy.1.kind=drand
entropy.1.ref=chain 1
entropy.1.time=2026-05-20T07:00:00Z
escrow=none
frame=public
group.G.matters=M
legal_basis=none
log=example.log/2026
matter.M.dept=D
matter.M.reserve=0
matter.M.rounding=ceil
matter.M.stratum.A.rate=1/5
matter.M.stratum.B.rate=1/5
parties=JJ
plan_id=P
publicity=2026-05-20
seed_release=public
timing=open
witnesses=W1:1111111111111111111111111111111111111111111111111111111111111111,W2:2222222222222222222222222222222222222222222222222222222222222222
";

fn sub(n: u32, label: &str) -> SubSeed {
    let suite = Suite::Sha256;
    SubSeed::derive(suite, &suite.hash(format!("statistics {n}").as_bytes()), label)
}

/// The samples of all seeds, as numbers of units in code order.
fn samples() -> Vec<Vec<usize>> {
    let plan = Plan::parse(PLAN.as_bytes()).unwrap();
    let matter = plan.matters.values().next().unwrap();
    // Prefixes of two provinces, strata alternating.
    let text: String = (0..N)
        .map(|i| format!("{}{:014}\t{}\t1\n", if i < N / 2 { "3301" } else { "6101" }, i, ["A", "B"][i % 2]))
        .collect();
    let frame = Frame::parse("frame-M.tsv", text.as_bytes(), matter, plan.frame).unwrap();
    (0..N_SEEDS)
        .map(|n| {
            let numbers = allocate(matter, frame.per_stratum(), &sub(n, "alloc/M")).unwrap();
            let drawn =
                draw(&frame, matter, &numbers, &sub(n, "subjects/G"), |_| unreachable!("no pps")).unwrap();
            let mut units: Vec<usize> =
                drawn.iter().map(|unit| frame.lookup(unit.sid.as_bytes()).unwrap() as usize).collect();
            units.sort_unstable();
            assert_eq!(units.len(), DRAWN);
            units
        })
        .collect()
}

/// Standard normal value of a χ² with so many degrees of freedom (Wilson and Hilferty).
fn z_of_chi2(chi2: f64, df: f64) -> f64 {
    let t = 2.0 / (9.0 * df);
    ((chi2 / df).cbrt() - (1.0 - t)) / t.sqrt()
}

/// Standard normal value of a mean.
fn z_of_mean(values: impl Iterator<Item = f64> + Clone, expected: f64) -> f64 {
    let n = values.clone().count() as f64;
    let mean = values.clone().sum::<f64>() / n;
    let variance = values.map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0);
    (mean - expected) / (variance / n).sqrt()
}

#[test]
fn inclusion_pairs_neighbours_and_prefixes() {
    let samples = samples();
    let seeds = f64::from(N_SEEDS);
    // Each unit is drawn with probability 1/5; within a stratum counts sum up, so 19 degrees of freedom each.
    let mut counts = [0.0; N];
    samples.iter().flatten().for_each(|&unit| counts[unit] += 1.0);
    let (mean, stratum) = (seeds / 5.0, 20.0);
    let chi2: f64 = counts.iter().map(|count: &f64| (count - mean).powi(2) / (mean * 0.8)).sum();
    let z = z_of_chi2(chi2 * (stratum - 1.0) / stratum, 2.0 * (stratum - 1.0));
    assert!(z.abs() < 4.0, "inclusion: chi2 {chi2}, z {z}");
    // Each pair of a stratum together with 4·3/(20·19), each pair across with 1/25.
    let mut pairs = vec![[0.0; N]; N];
    for sample in &samples {
        for (place, &a) in sample.iter().enumerate() {
            sample[place + 1..].iter().for_each(|&b| pairs[a][b] += 1.0);
        }
    }
    let mut worst = 0.0f64;
    for (a, row) in pairs.iter().enumerate() {
        for (b, count) in row.iter().enumerate().skip(a + 1) {
            let p = if a % 2 == b % 2 { 12.0 / 380.0 } else { 1.0 / 25.0 };
            worst = worst.max(((count - seeds * p) / (seeds * p * (1.0 - p)).sqrt()).abs());
        }
    }
    assert!(worst < 5.0, "pairs: the worst of {} is {worst} deviations away", N * (N - 1) / 2);
    // Neighbours in code order are of different strata.
    let adjacent =
        samples.iter().map(|sample| sample.windows(2).filter(|pair| pair[1] == pair[0] + 1).count() as f64);
    let z = z_of_mean(adjacent, (N - 1) as f64 / 25.0);
    assert!(z.abs() < 4.0, "adjacency: z {z}");
    let prefix = samples.iter().map(|sample| sample.iter().filter(|&&unit| unit < N / 2).count() as f64);
    let z = z_of_mean(prefix, DRAWN as f64 / 2.0);
    assert!(z.abs() < 4.0, "code prefix: z {z}");
    // Samples of different seeds overlap as independent ones do.
    let overlap = samples
        .chunks_exact(2)
        .map(|pair| pair[0].iter().filter(|unit| pair[1].contains(unit)).count() as f64);
    let z = z_of_mean(overlap, 2.0 * 16.0 / 20.0);
    assert!(z.abs() < 4.0, "overlap: z {z}");
}

#[test]
fn pps_draws_by_size() {
    let sizes = [1u64, 1, 2, 3, 5, 8];
    let mut counts = [0u32; 6];
    for n in 0..N_SEEDS {
        let tickets = sub(n, "subjects/G");
        let mut units: Vec<usize> = (0..6).collect();
        units.sort_by_key(|unit| tickets.ticket(unit.to_string().as_bytes()));
        let ordered: Vec<u64> = units.iter().map(|&unit| sizes[unit]).collect();
        let outcome = pps(&ordered, 2, |modulus| sub(n, "pps/M/S").integer(modulus)).unwrap();
        for (unit, outcome) in units.into_iter().zip(outcome) {
            counts[unit] += u32::from(outcome != sampling::subjects::Pps::Not);
        }
    }
    for (size, count) in sizes.into_iter().zip(counts) {
        let p = 2.0 * size as f64 / 20.0;
        let mean = p * f64::from(N_SEEDS);
        let z = (f64::from(count) - mean) / (mean * (1.0 - p)).sqrt();
        assert!(z.abs() < 4.0, "size {size}: {count} of {mean}, z {z}");
    }
}
