//! How many slips of the pen lie between two texts.

/// Longest texts that are compared; beyond, texts are equal or not.
const LONGEST: usize = 48;

/// Insertions, deletions, replacements and swaps of neighbours; gives up beyond `most` with `None`.
pub(super) fn slips<T: PartialEq + Copy>(left: &[T], right: &[T], most: usize) -> Option<usize> {
    if left == right {
        return Some(0);
    }
    if left.len().abs_diff(right.len()) > most || left.len() > LONGEST || right.len() > LONGEST {
        return None;
    }
    let begin = left.iter().zip(right).take_while(|(a, b)| a == b).count();
    let (left, right) = (left.get(begin..)?, right.get(begin..)?);
    let end = left.iter().rev().zip(right.iter().rev()).take_while(|(a, b)| a == b).count();
    let (left, right) = (left.get(..left.len() - end)?, right.get(..right.len() - end)?);
    if most == 1 && left.len().max(right.len()) > 2 {
        return None;
    }
    let mut before_last = [0_usize; LONGEST + 1];
    let mut last = [0_usize; LONGEST + 1];
    let mut row = [0_usize; LONGEST + 1];
    for (place, cell) in last.iter_mut().enumerate() {
        *cell = place;
    }
    for (i, a) in left.iter().enumerate() {
        row[0] = i + 1;
        let mut least = row[0];
        for (j, b) in right.iter().enumerate() {
            let replaced = last[j] + usize::from(a != b);
            let mut best = replaced.min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && left.get(i - 1) == Some(b) && right.get(j - 1) == Some(a) {
                best = best.min(before_last[j - 1] + 1);
            }
            row[j + 1] = best;
            least = least.min(best);
        }
        if least > most {
            return None;
        }
        before_last = last;
        last = row;
    }
    last.get(right.len()).copied().filter(|slips| *slips <= most)
}

/// Where the first difference lies.
pub(super) fn first_difference<T: PartialEq>(left: &[T], right: &[T]) -> usize {
    left.iter().zip(right).take_while(|(a, b)| a == b).count()
}
