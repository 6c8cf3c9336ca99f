//! What a comparison knows of a stream: keys and digests, bounded in bytes, and which of them were seen again.

use contract::{Digest, SourceKey};
use roaring::RoaringBitmap;

/// 128 bits that stand for a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct KeyHash(pub(super) [u64; 2]);

impl KeyHash {
    pub(super) fn of(key: &SourceKey) -> KeyHash {
        let hash = blake3::hash(key.0.as_bytes());
        let word = |at: usize| {
            let mut bytes = [0; 8];
            bytes.copy_from_slice(&hash.as_bytes()[at..at + 8]);
            u64::from_le_bytes(bytes)
        };
        KeyHash([word(0), word(8)])
    }
}

/// 64 bits of a digest; 0 stands for "must be mapped anew".
fn short(digest: Option<Digest>) -> u64 {
    let Some(Digest(bytes)) = digest else { return 0 };
    let mut first = [0; 8];
    first.copy_from_slice(&bytes[..8]);
    u64::from_le_bytes(first).max(1)
}

/// What is known of a key that the source gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// Not known.
    New,
    /// Known with another digest, or mapped by another mapping.
    Changed,
    /// Known as it is.
    Unchanged,
    /// The source gave it before in this reading.
    Repeated,
}

/// Keys and digests of a stream in memory: 24 bytes a key, sorted by the key's hash.
#[derive(Debug, Default)]
pub(super) struct KnownTable {
    entries: Vec<[u64; 3]>,
    seen: Vec<u64>,
    /// Where the entries begin whose hash has these first 16 bits.
    starts: Vec<u32>,
    n_seen: u64,
}

/// Bytes of a key in the table.
pub(super) const BYTES_PER_KEY: usize = 24;

impl KnownTable {
    pub(super) fn push(&mut self, key: &SourceKey, digest: Option<Digest>) {
        let KeyHash([first, second]) = KeyHash::of(key);
        self.entries.push([first, second, short(digest)]);
    }

    /// Ends the filling.
    pub(super) fn finish(&mut self) {
        self.entries.sort_unstable();
        self.seen = vec![0; self.entries.len().div_ceil(64)];
        self.starts = vec![0; (1 << 16) + 1];
        let mut place = 0;
        for (bucket, start) in self.starts.iter_mut().enumerate() {
            while self.entries.get(place).is_some_and(|entry| (entry[0] >> 48) < bucket as u64) {
                place += 1;
            }
            *start = u32::try_from(place).unwrap_or(u32::MAX);
        }
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn n_unseen(&self) -> u64 {
        self.entries.len() as u64 - self.n_seen
    }

    /// What is known of a key, which counts as seen from now on.
    pub(super) fn see(&mut self, hash: KeyHash, digest: Digest) -> Standing {
        let Some(at) = self.place(hash) else { return Standing::New };
        let (word, bit) = (at / 64, 1_u64 << (at % 64));
        let Some(seen) = self.seen.get_mut(word) else { return Standing::New };
        if *seen & bit != 0 {
            return Standing::Repeated;
        }
        *seen |= bit;
        self.n_seen += 1;
        match self.entries.get(at) {
            Some([_, _, known]) if *known == short(Some(digest)) => Standing::Unchanged,
            Some(_) | None => Standing::Changed,
        }
    }

    /// Whether a key was known when the reading began, and was not seen since.
    pub(super) fn has_vanished(&self, hash: KeyHash) -> bool {
        self.place(hash)
            .is_some_and(|at| self.seen.get(at / 64).is_some_and(|word| word & (1 << (at % 64)) == 0))
    }

    fn place(&self, KeyHash([first, second]): KeyHash) -> Option<usize> {
        let bucket = usize::try_from(first >> 48).ok()?;
        let start = *self.starts.get(bucket)? as usize;
        let end = *self.starts.get(bucket + 1)? as usize;
        let entries = self.entries.get(start..end)?;
        let found = entries.binary_search_by(|entry| (entry[0], entry[1]).cmp(&(first, second))).ok()?;
        Some(start + found)
    }
}

/// Keys seen, where the table would be too large: two bitmaps of 32 bits of the key's hash.
///
/// A key that was not seen is taken for seen when both of its hashes are those of other keys: for 5 million keys once
/// in some 700,000. Then its deletion is found by the next comparison, which salts the hashes differently.
#[derive(Debug)]
pub(super) struct Seen {
    salt: u64,
    maps: [RoaringBitmap; 2],
}

impl Seen {
    pub(super) fn new(salt: u64) -> Seen {
        Seen { salt, maps: [RoaringBitmap::new(), RoaringBitmap::new()] }
    }

    pub(super) fn see(&mut self, hash: KeyHash) {
        let [a, b] = self.places(hash);
        let [first, second] = &mut self.maps;
        first.insert(a);
        second.insert(b);
    }

    pub(super) fn has_vanished(&self, hash: KeyHash) -> bool {
        let [a, b] = self.places(hash);
        let [first, second] = &self.maps;
        !(first.contains(a) && second.contains(b))
    }

    fn places(&self, KeyHash([first, second]): KeyHash) -> [u32; 2] {
        // An odd multiplier chosen by the salt moves every bit of the hash into the upper half.
        let odd = self.salt.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        [(first.wrapping_mul(odd) >> 32) as u32, (second.wrapping_mul(odd) >> 32) as u32]
    }
}
