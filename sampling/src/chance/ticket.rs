//! Sub-seeds and tickets.

use crate::Suite;
use crate::encoding::Digest;
use crate::suite::{MidState, ONE_BLOCK};

/// The seed of one task of a draw. It tells nothing of the seed or of the others.
#[derive(Clone)]
pub struct SubSeed {
    digest: Digest,
    state: MidState,
}

impl SubSeed {
    /// `H("DSJ1/sub"‖LF‖seed‖LF‖label‖LF)`.
    pub fn derive(suite: Suite, seed: &Digest, label: &str) -> SubSeed {
        let text = format!("DSJ1/sub\n{seed}\n{label}\n");
        SubSeed::given(suite, suite.hash(text.as_bytes()))
    }

    /// A sub-seed that was handed over, or the seed of an event in its place.
    pub fn given(suite: Suite, digest: Digest) -> SubSeed {
        SubSeed { digest, state: MidState::after(suite, &digest.hex_bytes()) }
    }

    /// The value.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// Ticket of `x`: `H(sub-seed‖"|"‖x)`. One compression if `x` has at most 54 bytes.
    pub fn ticket(&self, x: &[u8]) -> Digest {
        let mut labelled = self.labelled(b"");
        labelled.ticket(x)
    }

    /// Tickets of texts that begin alike.
    pub fn labelled(&self, beginning: &[u8]) -> Labelled<'_> {
        let mut text = Vec::with_capacity(128);
        text.push(b'|');
        text.extend_from_slice(beginning);
        let mut block = [0; 64];
        block.iter_mut().zip(&text).for_each(|(byte, text)| *byte = *text);
        Labelled { state: &self.state, length: text.len(), text, block }
    }
}

/// Tickets of texts that begin alike.
pub struct Labelled<'a> {
    state: &'a MidState,
    text: Vec<u8>,
    /// The text in a block of zeros, for what fits one block.
    block: [u8; 64],
    length: usize,
}

impl Labelled<'_> {
    /// Ticket of the beginning followed by `rest`.
    pub fn ticket(&mut self, rest: &[u8]) -> Digest {
        let length = self.length + rest.len();
        if length <= ONE_BLOCK {
            let mut block = self.block;
            block[self.length..length].copy_from_slice(rest);
            return self.state.finish_block(&block, length);
        }
        self.text.truncate(self.length);
        self.text.extend_from_slice(rest);
        self.state.finish(&self.text)
    }
}
