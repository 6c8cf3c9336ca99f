//! Merkle trees over lines (RFC 6962): roots, proofs of inclusion and of consistency.
//!
//! Must never know: what the lines say. A proof is always checked against a size that comes from the commitment or
//! a head, never against one that comes with the proof.

use std::thread;

use crate::encoding::Digest;
use crate::{Place, Reason, Refused, Result, Suite};

/// How many leaves a thread takes at a time; a power of two, so that every piece is a whole subtree.
const PIECE: usize = 1 << 13;

/// Hash of a leaf.
pub fn leaf(suite: Suite, data: &[u8]) -> Digest {
    let mut short = [0; 119];
    if let Some(place) = short.get_mut(1..=data.len()) {
        place.copy_from_slice(data);
        return suite.hash(&short[..=data.len()]);
    }
    let mut hasher = suite.hasher();
    hasher.update(&[0]);
    hasher.update(data);
    hasher.finish()
}

/// Hash of an inner node.
pub fn node(suite: Suite, left: &Digest, right: &Digest) -> Digest {
    let mut bytes = [0; 65];
    bytes[0] = 1;
    bytes[1..33].copy_from_slice(&left.0);
    bytes[33..].copy_from_slice(&right.0);
    suite.hash(&bytes)
}

/// Root over leaf hashes, `MTH`.
pub fn root_of_leaves(suite: Suite, leaves: &[Digest]) -> Digest {
    let mut frontier = Frontier::new(suite);
    leaves.iter().for_each(|&leaf| frontier.push(leaf));
    frontier.root()
}

/// Root over lines or entries.
pub fn root<'a>(suite: Suite, lines: impl IntoIterator<Item = &'a [u8]>) -> Digest {
    let mut frontier = Frontier::new(suite);
    lines.into_iter().for_each(|line| frontier.push(leaf(suite, line)));
    frontier.root()
}

/// Root over the lines of a text, and how many there are. The result does not depend on the number of threads.
pub fn root_of_text(suite: Suite, text: &[u8], threads: usize) -> (Digest, usize) {
    let pieces = pieces(text);
    let n_lines = pieces.iter().map(|piece| piece.n_lines).sum();
    let share = pieces.len().div_ceil(threads.max(1)).max(1);
    let piece_root = |piece: &Piece<'_>| root(suite, lines(piece.text));
    let roots: Vec<Digest> = if threads <= 1 || pieces.len() < 2 {
        pieces.iter().map(piece_root).collect()
    } else {
        thread::scope(|scope| {
            let workers: Vec<_> = pieces
                .chunks(share)
                .map(|share| scope.spawn(move || share.iter().map(piece_root).collect::<Vec<_>>()))
                .collect();
            workers.into_iter().flat_map(|worker| worker.join().unwrap_or_default()).collect()
        })
    };
    // A piece is a subtree of a power of two (only the last may be smaller), so their roots combine like leaves.
    (root_of_leaves(suite, &roots), n_lines)
}

struct Piece<'a> {
    text: &'a [u8],
    n_lines: usize,
}

fn pieces(text: &[u8]) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let (mut start, mut n_lines) = (0, 0);
    for (offset, _) in text.iter().enumerate().filter(|&(_, &byte)| byte == b'\n') {
        n_lines += 1;
        if n_lines == PIECE {
            pieces.push(Piece { text: &text[start..=offset], n_lines });
            (start, n_lines) = (offset + 1, 0);
        }
    }
    if n_lines > 0 {
        pieces.push(Piece { text: &text[start..], n_lines });
    }
    pieces
}

fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split_inclusive(|&byte| byte == b'\n').map(|line| line.strip_suffix(b"\n").unwrap_or(line))
}

/// The complete subtrees of a growing tree, greatest first.
#[derive(Clone)]
pub struct Frontier {
    suite: Suite,
    size: u64,
    roots: Vec<Digest>,
}

impl Frontier {
    /// A tree without leaves.
    pub fn new(suite: Suite) -> Frontier {
        Frontier { suite, size: 0, roots: Vec::new() }
    }

    /// Appends the hash of a leaf.
    pub fn push(&mut self, leaf: Digest) {
        let mut hash = leaf;
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.roots.pop() {
                hash = node(self.suite, &left, &hash);
            }
        }
        self.roots.push(hash);
        self.size += 1;
    }

    /// Number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root of all leaves so far.
    pub fn root(&self) -> Digest {
        let mut roots = self.roots.iter().rev();
        let Some(&last) = roots.next() else { return self.suite.hash(b"") };
        roots.fold(last, |right, left| node(self.suite, left, &right))
    }
}

/// Path that proves the leaf `index` among `leaves`; `None` if there is no such leaf.
pub fn inclusion(suite: Suite, leaves: &[Digest], index: usize) -> Option<Vec<Digest>> {
    if index >= leaves.len() {
        return None;
    }
    let mut path = Vec::new();
    let (mut part, mut index) = (leaves, index);
    while part.len() > 1 {
        let (left, right) = part.split_at(split(part.len()));
        if index < left.len() {
            path.push(root_of_leaves(suite, right));
            part = left;
        } else {
            path.push(root_of_leaves(suite, left));
            index -= left.len();
            part = right;
        }
    }
    path.reverse();
    Some(path)
}

/// The largest power of two below `n`, for `n` of at least 2.
fn split(n: usize) -> usize {
    1 << (n - 1).ilog2()
}

/// Checks that `line` is the leaf `index` of a tree of `size` leaves with this root (RFC 9162 §2.1.3.2).
/// `size` is the committed number of lines.
pub fn check_inclusion(
    suite: Suite,
    line: &[u8],
    index: u64,
    size: u64,
    path: &[Digest],
    root: &Digest,
) -> Result<()> {
    let refuse =
        || Refused { place: Place::default(), reason: Reason::MerkleProof, args: vec![index.to_string()] };
    if index >= size {
        return Err(refuse());
    }
    let (mut place, mut last, mut hash) = (index, size - 1, leaf(suite, line));
    for sibling in path {
        if last == 0 {
            return Err(refuse());
        }
        if place & 1 == 1 || place == last {
            hash = node(suite, sibling, &hash);
            while place & 1 == 0 && place != 0 {
                place >>= 1;
                last >>= 1;
            }
        } else {
            hash = node(suite, &hash, sibling);
        }
        place >>= 1;
        last >>= 1;
    }
    if last == 0 && hash == *root { Ok(()) } else { Err(refuse()) }
}

/// Path that proves that the tree of the first `old` leaves is a beginning of the tree of all; empty if `old` is 0 or all.
pub fn consistency(suite: Suite, leaves: &[Digest], old: usize) -> Option<Vec<Digest>> {
    if old > leaves.len() {
        return None;
    }
    let mut path = Vec::new();
    if old > 0 && old < leaves.len() {
        consistency_part(suite, leaves, old, Whole::Yes, &mut path);
    }
    Some(path)
}

/// Whether the old tree is a complete subtree whose root the checker knows.
#[derive(Clone, Copy)]
enum Whole {
    Yes,
    No,
}

fn consistency_part(suite: Suite, leaves: &[Digest], old: usize, whole: Whole, path: &mut Vec<Digest>) {
    if old == leaves.len() {
        if let Whole::No = whole {
            path.push(root_of_leaves(suite, leaves));
        }
        return;
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    if old <= left.len() {
        consistency_part(suite, left, old, whole, path);
        path.push(root_of_leaves(suite, right));
    } else {
        consistency_part(suite, right, old - left.len(), Whole::No, path);
        path.push(root_of_leaves(suite, left));
    }
}

/// A size and the root of the tree of that size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TreeHead {
    /// Number of leaves.
    pub size: u64,
    /// Root.
    pub root: Digest,
}

/// Checks that the tree of `new` begins with the tree of `old` (RFC 9162 §2.1.4.2).
pub fn check_consistency(suite: Suite, old: TreeHead, new: TreeHead, path: &[Digest]) -> Result<()> {
    let refuse = || {
        let args = vec![old.size.to_string(), new.size.to_string()];
        Refused { place: Place::default(), reason: Reason::LogConsistency, args }
    };
    let trivial = old.size == 0 || old.size == new.size;
    if old.size > new.size || (trivial && !path.is_empty()) {
        return Err(refuse());
    }
    if old.size == 0 {
        return if old.root == suite.hash(b"") { Ok(()) } else { Err(refuse()) };
    }
    if trivial {
        return if old.root == new.root { Ok(()) } else { Err(refuse()) };
    }
    let (mut place, mut last) = (old.size - 1, new.size - 1);
    while place & 1 == 1 {
        place >>= 1;
        last >>= 1;
    }
    let mut path = path.iter();
    let start = if old.size.is_power_of_two() { Some(&old.root) } else { path.next() };
    let Some(&start) = start else { return Err(refuse()) };
    let (mut old_root, mut new_root) = (start, start);
    for sibling in path {
        if last == 0 {
            return Err(refuse());
        }
        if place & 1 == 1 || place == last {
            old_root = node(suite, sibling, &old_root);
            new_root = node(suite, sibling, &new_root);
            while place & 1 == 0 && place != 0 {
                place >>= 1;
                last >>= 1;
            }
        } else {
            new_root = node(suite, &new_root, sibling);
        }
        place >>= 1;
        last >>= 1;
    }
    let holds = last == 0 && old_root == old.root && new_root == new.root;
    if holds { Ok(()) } else { Err(refuse()) }
}

#[cfg(test)]
mod tests;
