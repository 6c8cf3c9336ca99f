//! The nearest of some words.

/// The word that `text` was most likely meant to be, if any is near enough: one slip in three characters.
pub(crate) fn nearest<'w>(text: &str, words: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    let typed: Vec<char> = text.to_lowercase().chars().collect();
    if typed.len() > 64 {
        return None;
    }
    words
        .filter_map(|word| {
            let meant: Vec<char> = word.chars().collect();
            let slips = distance(&typed, &meant);
            let limit = (typed.len().max(meant.len()) / 3).max(1);
            (slips <= limit).then_some((slips, word))
        })
        .min()
        .map(|(_, word)| word)
}

/// Characters to insert, delete, replace, or swap with their neighbour, to make one word of the other.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = vec![0; b.len() + 1];
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for (i, &ca) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, &cb) in b.iter().enumerate() {
            let replaced = above[j] + usize::from(ca != cb);
            let mut best = replaced.min(above[j + 1] + 1).min(row[j] + 1);
            let swapped = i > 0 && j > 0 && ca == b[j - 1] && a[i - 1] == cb;
            if swapped {
                best = best.min(before[j - 1] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut above, row);
    }
    above[b.len()]
}
