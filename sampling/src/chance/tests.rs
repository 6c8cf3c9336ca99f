use super::*;
use crate::Suite;
use crate::encoding::Digest;

const Z: &[u8] = b"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

fn sub(suite: Suite, label: &str) -> SubSeed {
    SubSeed::derive(suite, &Digest::parse(Z).unwrap(), label)
}

#[test]
fn sub_seeds_and_tickets_of_the_protocol() {
    let (sha, sm3) = (sub(Suite::Sha256, "subjects/G1"), sub(Suite::Sm3, "subjects/G1"));
    assert_eq!(sha.digest().hex(), "3f8e8e28814e888e86b0d8c1b23b2fc256fe285be6aebc47318cce4ba0637d7d");
    assert_eq!(sm3.digest().hex(), "202bfa7fbebc3138f761d3970e2136743861ec070efcce5326374888903cdf71");
    let x = b"91330108MA27XF6N4K";
    assert_eq!(sha.ticket(x).hex(), "649a0b698f7d273cd8263ead65b613cb9fa43ab61b1e2e9e676881e284b63371");
    assert_eq!(sm3.ticket(x).hex(), "d1ab3b765488f8903567958a869e7501c50b34b2b3171e29cac423fa1aed9bb1");
}

#[test]
fn integers_of_the_protocol() {
    let sha = sub(Suite::Sha256, "subjects/G1");
    let integer = |sub: &SubSeed, m: u128| sub.integer(Modulus::new(m).unwrap());
    assert_eq!(integer(&sha, 10), 4);
    assert_eq!(integer(&sha, 143_000), 128_244);
    assert_eq!(integer(&sha, (1 << 127) + 1), 93_199_578_017_266_319_402_489_280_914_654_699_003);
    assert_eq!(sha.integer(Modulus::up_to(u128::MAX)), 300_868_663_505_391_450_309_681_666_580_036_839_244);
    let rejecting = sub(Suite::Sha256, "test/2");
    assert_eq!(integer(&rejecting, (1 << 127) + 1), 38_959_721_615_824_503_004_973_865_651_344_278_883);
    assert_eq!(Modulus::new(0), None);
}

#[test]
fn systematic_counts_of_the_protocol() {
    let expected: [[u128; 4]; 6] =
        [[0, 1, 0, 1], [0, 1, 0, 1], [0, 1, 0, 1], [0, 1, 1, 1], [0, 1, 1, 1], [1, 0, 1, 1]];
    let mut sums = [0; 4];
    for (k, expected) in expected.iter().enumerate() {
        let counts = systematic(&[1, 5, 3, 6], 1, 6, k as u128).unwrap();
        assert_eq!(counts, expected);
        sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
    }
    assert_eq!(sums, [1, 5, 3, 6]);
    assert!(systematic(&[u128::MAX], 2, 3, 0).is_err());
}

/// Where a floating-point number has no room for the last digit.
#[test]
fn systematic_counts_are_exact_to_the_last_digit() {
    let weights = [1 << 90, 1, (1 << 90) + 1, 3, (1 << 60) - 1];
    assert_eq!(systematic(&weights, 1, 1, 0).unwrap(), weights);
    let d = (1 << 61) + 1;
    // ⌊(A + k)/D⌋ passes a multiple of D with the last k only.
    assert_eq!(systematic(&[d - 5, d], 1, d, 4).unwrap(), [0, 1]);
    assert_eq!(systematic(&[d - 5, d], 1, d, 5).unwrap(), [1, 1]);
}
