//! Chance that can be repeated: every roll is a function of the seed, a label and a key, and of nothing else.
//!
//! So a hazard added, or a rate changed, disturbs no other roll.

/// Rolls for one seed.
#[derive(Clone, Copy, Debug)]
pub struct Dice {
    seed: u64,
}

impl Dice {
    /// The dice of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Dice {
        Dice { seed: mix(seed ^ 0x7f4a_7c15_9e37_79b9) }
    }

    /// 64 bits for this label and key.
    #[must_use]
    pub fn roll(&self, label: &str, key: u64) -> u64 {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for byte in label.bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        mix(mix(self.seed ^ hash) ^ key.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    /// A number below `n`; 0 when `n` is 0.
    #[must_use]
    pub fn below(&self, label: &str, key: u64, n: u64) -> u64 {
        if n == 0 { 0 } else { self.roll(label, key) % n }
    }

    /// Whether something of `ppm` parts in a million happens.
    #[must_use]
    pub fn happens(&self, label: &str, key: u64, ppm: u32) -> bool {
        self.below(label, key, 1_000_000) < u64::from(ppm)
    }

    /// One of a list, which must not be empty.
    #[must_use]
    pub fn pick<T: Copy>(&self, label: &str, key: u64, list: &[T]) -> T {
        list[self.below(label, key, list.len() as u64) as usize]
    }
}

/// SplitMix64's finaliser.
fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
