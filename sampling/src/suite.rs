//! The two suites: SHA-256 and SM3, whole and as a state after the seed's block.
//!
//! Must never know: what is hashed, and why.

use std::fmt;

use sha2::Digest as _;
use sha2::block_api::compress256;

use crate::encoding::Digest;

/// A suite of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Suite {
    /// `DSJ1-SHA256`, with Ed25519.
    Sha256,
    /// `DSJ1-SM3`, with SM2.
    Sm3,
}

/// A hash being fed.
#[derive(Clone)]
pub enum Hasher {
    /// SHA-256.
    Sha256(sha2::Sha256),
    /// SM3.
    Sm3(sm3::Sm3),
}

impl Suite {
    /// Both suites.
    pub const ALL: [Suite; 2] = [Suite::Sha256, Suite::Sm3];

    /// The name in `plan.txt` and `commit.txt`.
    pub fn name(self) -> &'static str {
        match self {
            Suite::Sha256 => "DSJ1-SHA256",
            Suite::Sm3 => "DSJ1-SM3",
        }
    }

    /// Reads the name.
    pub fn parse(text: &[u8]) -> Option<Suite> {
        Suite::ALL.into_iter().find(|suite| suite.name().as_bytes() == text)
    }

    /// Begins a hash.
    pub fn hasher(self) -> Hasher {
        match self {
            Suite::Sha256 => Hasher::Sha256(sha2::Sha256::new()),
            Suite::Sm3 => Hasher::Sm3(sm3::Sm3::new()),
        }
    }

    /// The hash H of some bytes.
    pub fn hash(self, bytes: &[u8]) -> Digest {
        if let (Suite::Sha256, true) = (self, bytes.len() <= TWO_BLOCKS) {
            return hash_short(bytes);
        }
        let mut hasher = self.hasher();
        hasher.update(bytes);
        hasher.finish()
    }

    /// HMAC (RFC 2104) with this hash and a key of 32 bytes.
    pub fn hmac(self, key: &[u8; 32], bytes: &[u8]) -> Digest {
        let pad = |value: u8| {
            let mut block = [value; 64];
            block.iter_mut().zip(key).for_each(|(byte, key)| *byte ^= key);
            block
        };
        let mut inner = self.hasher();
        inner.update(&pad(0x36));
        inner.update(bytes);
        let mut outer = self.hasher();
        outer.update(&pad(0x5c));
        outer.update(&inner.finish().0);
        outer.finish()
    }
}

impl Hasher {
    /// Feeds bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        match self {
            Hasher::Sha256(hasher) => hasher.update(bytes),
            Hasher::Sm3(hasher) => hasher.update(bytes),
        }
    }

    /// The digest of everything fed.
    pub fn finish(self) -> Digest {
        match self {
            Hasher::Sha256(hasher) => Digest(hasher.finalize().into()),
            Hasher::Sm3(hasher) => Digest(hasher.finalize().into()),
        }
    }
}

impl fmt::Display for Suite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A hash that has absorbed one block of 64 bytes, ready to be continued many times.
///
/// The seed in hexadecimal is exactly one block, so a ticket costs one compression.
#[derive(Clone)]
pub struct MidState {
    state: State,
}

#[derive(Clone)]
enum State {
    Sha256([u32; 8]),
    Sm3(sm3::Sm3),
}

const SHA256_START: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

/// What fits beside the padding in one block.
pub(crate) const ONE_BLOCK: usize = 55;
/// What fits beside the padding in two blocks.
const TWO_BLOCKS: usize = 64 + ONE_BLOCK;

/// SHA-256 of a few bytes: leaves and nodes of trees are short, and there are many of them.
fn hash_short(bytes: &[u8]) -> Digest {
    let mut blocks = [[0; 64]; 2];
    let flat = blocks.as_flattened_mut();
    flat[..bytes.len()].copy_from_slice(bytes);
    flat[bytes.len()] = 0x80;
    let n_blocks = if bytes.len() <= ONE_BLOCK { 1 } else { 2 };
    flat[64 * n_blocks - 8..64 * n_blocks].copy_from_slice(&(8 * bytes.len() as u64).to_be_bytes());
    let mut state = SHA256_START;
    compress256(&mut state, &blocks[..n_blocks]);
    words(&state)
}

impl MidState {
    /// Absorbs the first block.
    pub fn after(suite: Suite, block: &[u8; 64]) -> MidState {
        let state = match suite {
            Suite::Sha256 => {
                let mut state = SHA256_START;
                compress256(&mut state, &[*block]);
                State::Sha256(state)
            }
            Suite::Sm3 => State::Sm3(sm3::Sm3::new_with_prefix(block)),
        };
        MidState { state }
    }

    /// The digest of the absorbed block followed by the first `length` bytes of a block, at most 55; the rest is zeros.
    pub(crate) fn finish_block(&self, block: &[u8; 64], length: usize) -> Digest {
        match &self.state {
            State::Sha256(state) => finish_block(*state, *block, length),
            State::Sm3(hasher) => Digest(hasher.clone().chain_update(&block[..length]).finalize().into()),
        }
    }

    /// The digest of the absorbed block followed by `tail`.
    pub fn finish(&self, tail: &[u8]) -> Digest {
        match &self.state {
            State::Sha256(state) if tail.len() <= ONE_BLOCK => {
                let mut block = [0; 64];
                block[..tail.len()].copy_from_slice(tail);
                finish_block(*state, block, tail.len())
            }
            State::Sha256(state) => finish_long(*state, tail),
            State::Sm3(hasher) => Digest(hasher.clone().chain_update(tail).finalize().into()),
        }
    }
}

fn finish_block(mut state: [u32; 8], mut block: [u8; 64], length: usize) -> Digest {
    block[length] = 0x80;
    block[56..].copy_from_slice(&bits(length));
    compress256(&mut state, &[block]);
    words(&state)
}

fn finish_long(mut state: [u32; 8], tail: &[u8]) -> Digest {
    let mut padded = tail.to_vec();
    padded.push(0x80);
    while padded.len() % 64 != 56 {
        padded.push(0);
    }
    padded.extend_from_slice(&bits(tail.len()));
    let (blocks, _) = padded.as_chunks::<64>();
    compress256(&mut state, blocks);
    words(&state)
}

/// Bits of the whole message: the absorbed block and the tail.
fn bits(tail: usize) -> [u8; 8] {
    (8 * (64 + tail as u64)).to_be_bytes()
}

fn words(state: &[u32; 8]) -> Digest {
    let mut out = [0; 32];
    for (bytes, word) in out.chunks_exact_mut(4).zip(state) {
        bytes.copy_from_slice(&word.to_be_bytes());
    }
    Digest(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mid_state_gives_the_digest_of_the_whole() {
        for suite in Suite::ALL {
            for length in 0..130 {
                // The short way and the long one are the same function.
                let bytes: Vec<u8> = (0..length).map(|i| (i * 11 % 251) as u8).collect();
                let mut hasher = suite.hasher();
                hasher.update(&bytes);
                assert_eq!(suite.hash(&bytes), hasher.finish(), "{suite} of {length}");
            }
            for length in 0..200 {
                let bytes: Vec<u8> = (0..64 + length).map(|i| (i * 7 % 251) as u8).collect();
                let block = bytes[..64].try_into().unwrap();
                let mid = MidState::after(suite, block).finish(&bytes[64..]);
                assert_eq!(mid, suite.hash(&bytes), "{suite} with a tail of {length}");
            }
        }
    }
}
