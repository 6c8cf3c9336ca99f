use std::collections::BTreeMap;

use super::*;
use crate::allocation::Ratio;

/// All orders of some units.
fn orders(n: usize) -> Vec<Vec<usize>> {
    if n == 0 {
        return vec![Vec::new()];
    }
    let shorter = orders(n - 1);
    let insert = |order: &Vec<usize>, at: usize| {
        let mut order = order.clone();
        order.insert(at, n - 1);
        order
    };
    shorter.iter().flat_map(|order| (0..n).map(move |at| insert(order, at))).collect()
}

/// Over all orders and all k, a unit is drawn exactly n·w/W of the times.
#[test]
fn pps_probabilities_are_exact_fractions() {
    for (sizes, n) in [
        (vec![1u64, 1, 2, 3, 5, 8], 2u64),
        (vec![1, 2, 3, 4], 2),
        (vec![1, 1, 2, 2, 2], 2),
        (vec![7, 1, 1, 1, 2], 3),
        (vec![3, 3, 3], 1),
    ] {
        let mut drawn = vec![0u128; sizes.len()];
        let mut certain = vec![0u128; sizes.len()];
        let (mut n_cases, mut joint) = (0u128, BTreeMap::new());
        for order in orders(sizes.len()) {
            let ordered: Vec<u64> = order.iter().map(|&unit| sizes[unit]).collect();
            // Which sum is left after the certain ones is asked for with the modulus.
            let mut modulus = None;
            let _ = pps(&ordered, n, |asked| {
                modulus = Some(asked);
                0
            });
            let w: u64 = match modulus {
                Some(asked) => (1..=sizes.iter().sum())
                    .find(|&w| crate::chance::Modulus::new(w.into()) == Some(asked))
                    .unwrap(),
                None => 1,
            };
            for k in 0..u128::from(w) {
                n_cases += 1;
                let outcome = pps(&ordered, n, |_| k).unwrap();
                let chosen = outcome.iter().filter(|unit| **unit != Pps::Not).count();
                assert_eq!(chosen as u64, n, "{sizes:?} in order {order:?}, k = {k}");
                let mut sample = Vec::new();
                for (&unit, outcome) in order.iter().zip(outcome) {
                    match outcome {
                        Pps::Certain => certain[unit] += 1,
                        Pps::Drawn => drawn[unit] += 1,
                        Pps::Not => continue,
                    }
                    sample.push(unit);
                }
                sample.sort_unstable();
                *joint.entry(sample).or_insert(0u128) += 1;
            }
        }
        // Units that are certain once are certain always; the others share what is left by their sizes.
        let n_certain = certain.iter().filter(|&&times| times > 0).count() as u64;
        let rest: u64 =
            sizes.iter().zip(&certain).filter(|(_, times)| **times == 0).map(|(size, _)| size).sum();
        for unit in 0..sizes.len() {
            if certain[unit] > 0 {
                assert_eq!((certain[unit], drawn[unit]), (n_cases, 0), "{sizes:?}, unit {unit}");
            } else {
                let expected = Ratio::new(u128::from((n - n_certain) * sizes[unit]), u128::from(rest));
                assert_eq!(Ratio::new(drawn[unit], n_cases), expected, "{sizes:?}, unit {unit}");
            }
        }
        if sizes == [1, 1, 2, 2, 2] {
            assert_eq!(joint.get(&vec![0, 1]), None, "the two smallest are never drawn together");
        }
    }
}

#[test]
fn pps_of_extreme_sizes() {
    let most = i64::MAX as u64;
    let marks = |sizes: &[u64], n| pps(sizes, n, |_| 0).unwrap();
    assert_eq!(marks(&[most, most, 1], 2), [Pps::Not, Pps::Drawn, Pps::Drawn]);
    assert_eq!(marks(&[most, 1, 1], 2), [Pps::Certain, Pps::Not, Pps::Drawn]);
    assert_eq!(marks(&[most; 4], 9), [Pps::Certain; 4]);
    assert_eq!(marks(&[], 3), []);
    assert_eq!(marks(&[5, 6], 0), [Pps::Not; 2]);
    let thousand = vec![most; 100_000];
    assert_eq!(marks(&thousand, 50_000).iter().filter(|mark| **mark == Pps::Drawn).count(), 50_000);
}

/// Two matters share tickets: over all orders of six units, every sample of a stratum is equally frequent in each.
#[test]
fn joint_tickets_leave_each_matter_an_exact_sample() {
    // Strata of the one matter, strata of the other, and how many each draws.
    let (first, second) = ([0, 0, 0, 1, 1, 1], [0, 1, 0, 1, 0, 1]);
    let mut samples: BTreeMap<(usize, usize, Vec<usize>), u32> = BTreeMap::new();
    for order in orders(6) {
        for (matter, strata, n) in [(0, first, 2), (1, second, 1)] {
            for stratum in 0..2 {
                let mut sample: Vec<usize> =
                    order.iter().copied().filter(|&unit| strata[unit] == stratum).take(n).collect();
                sample.sort_unstable();
                *samples.entry((matter, stratum, sample)).or_default() += 1;
            }
        }
    }
    for ((matter, ..), times) in samples {
        assert_eq!(times, 720 / 3, "each of C(3,n) samples of matter {matter}");
    }
}
