use std::collections::BTreeMap;

use super::*;
use crate::Suite;
use crate::plan::{Design, Stratum};

fn code(text: &str) -> Code {
    Code::parse(text.as_bytes()).unwrap()
}

fn matter(rounding: Rounding, quotas: &[Quota]) -> Matter {
    let stratum =
        |(i, &quota): (usize, &Quota)| (code(&format!("S{i:05}")), Stratum { quota, design: Design::Srs });
    let strata: BTreeMap<Code, Stratum> = quotas.iter().enumerate().map(stratum).collect();
    Matter { dept: code("D"), rounding, reserve: 0, strata, slots: BTreeMap::new() }
}

fn seed(n: u64) -> SubSeed {
    SubSeed::derive(Suite::Sha256, &Suite::Sha256.hash(&n.to_be_bytes()), "alloc/M")
}

fn rate(a: u64, b: u64, min: u64) -> Quota {
    Quota::Rate { a, b, min }
}

/// Over all k and all orders of three strata, the mean of every number is its expectation, as a fraction.
#[test]
fn expectations_are_exact_over_all_k_and_all_orders() {
    for rounding in [Rounding::Controlled, Rounding::Total] {
        let quotas = [rate(1, 3, 0), rate(1, 2, 0), rate(1, 6, 1)];
        let sizes = [4, 3, 5];
        let d: u128 = 6;
        let weights = [4 * 2, 3 * 3, 6u128];
        let expected = allocate(&matter(rounding, &quotas), &sizes, &seed(0)).unwrap();
        let w: u128 = weights.iter().sum();
        let (m, modulus) = match rounding {
            Rounding::Controlled => (1, d),
            Rounding::Total | Rounding::Ceil => (w.div_ceil(d), w),
        };
        let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
        for order in orders {
            let mut sums = [0u128; 3];
            for k in 0..modulus {
                let ordered: Vec<u128> = order.iter().map(|&h: &usize| weights[h]).collect();
                let counts = systematic(&ordered, m, modulus, k).unwrap();
                for (&h, &n) in order.iter().zip(&counts) {
                    sums[h] += n;
                    assert!(n <= u128::from(sizes[h]));
                }
                let total: u128 = counts.iter().sum();
                match rounding {
                    Rounding::Total => assert_eq!(total, w.div_ceil(d)),
                    Rounding::Controlled | Rounding::Ceil => {
                        assert!(total == w / d || total == w.div_ceil(d))
                    }
                }
            }
            for (h, sum) in sums.into_iter().enumerate() {
                assert_eq!(
                    Ratio::new(sum, modulus),
                    expected[h].expected,
                    "{rounding:?}, order {order:?}, stratum {h}"
                );
            }
        }
    }
}

#[test]
fn minima_hold_and_nobody_is_drawn_twice() {
    for seed_no in 0..300 {
        let quotas =
            [rate(1, 20, 3), rate(1, 1, 0), rate(0, 1, 5), Quota::Count(9), rate(2, 3, 1), rate(1, 7, 0)];
        let sizes = [40, 3, 8, 5, 0, seed_no % 23];
        for rounding in [Rounding::Ceil, Rounding::Controlled, Rounding::Total] {
            let n: Vec<(u64, u64)> = allocate(&matter(rounding, &quotas), &sizes, &seed(seed_no))
                .unwrap()
                .iter()
                .map(|h| (h.n, h.shortfall))
                .collect();
            assert!(
                n.iter().zip(sizes).all(|((n, _), size)| *n <= size),
                "{rounding:?}, seed {seed_no}: {n:?}"
            );
            assert!(n[0].0 >= 3, "{rounding:?}, seed {seed_no}: {n:?}");
            assert_eq!(
                (n[1], n[2], n[3], n[4]),
                ((3, 0), (0, 0), (5, 4), (0, 0)),
                "{rounding:?}, seed {seed_no}"
            );
        }
    }
}

#[test]
fn tiny_strata_do_not_inflate_the_sample() {
    let quotas = vec![rate(1, 20, 0); 22_880];
    let sizes: Vec<u64> = (0..22_880).map(|i| 6 + i % 2).collect();
    let sum = |rounding| -> u64 {
        allocate(&matter(rounding, &quotas), &sizes, &seed(1)).unwrap().iter().map(|h| h.n).sum()
    };
    let n_frame: u64 = sizes.iter().sum();
    assert_eq!(sum(Rounding::Ceil), 22_880);
    assert_eq!(sum(Rounding::Controlled), n_frame / 20);
    assert_eq!(sum(Rounding::Total), n_frame / 20);
}

#[test]
fn the_largest_numbers_of_the_protocol_do_not_overflow() {
    let b = 999_983;
    let quotas = [rate(b - 1, b, 0), rate(1, 999_979, 0), rate(1, 999_961, 1 << 40)];
    for rounding in [Rounding::Ceil, Rounding::Controlled, Rounding::Total] {
        let allocated = allocate(&matter(rounding, &quotas), &[1 << 30, 1 << 31, 1 << 30], &seed(3)).unwrap();
        assert_eq!(allocated[2].n, 1 << 30, "{rounding:?}");
    }
    let empty = allocate(&matter(Rounding::Total, &quotas), &[0, 0, 0], &seed(3)).unwrap();
    assert!(empty.iter().all(|h| h.n == 0 && h.expected == Ratio { p: 0, q: 1 }));
}
