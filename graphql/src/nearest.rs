//! A name that is not there, and the one that may be meant.
//!
//! Knows names alone. Of one request one name is looked at, and only a short one: a request must not buy work with it.

use crate::dictionary::Dictionary;

/// A longer name is not looked at.
const LONGEST: usize = 64;

/// A field that a type does not have.
#[derive(Debug)]
pub(crate) struct Unknown {
    pub(crate) field: String,
    pub(crate) type_name: String,
    /// One that it has and that may be meant.
    pub(crate) meant: String,
}

/// The field that may be meant, where the library complains of one that a type does not have.
pub(crate) fn field_meant(dictionary: &Dictionary, complaint: &str) -> Option<Unknown> {
    let rest = complaint.split_once("Unknown field \"")?.1;
    let (name, rest) = rest.split_once("\" on type \"")?;
    let (type_name, _) = rest.split_once('"')?;
    let meant = near(dictionary, name, type_name)?;
    Some(Unknown { field: name.to_owned(), type_name: type_name.to_owned(), meant })
}

fn near(dictionary: &Dictionary, name: &str, type_name: &str) -> Option<String> {
    if type_name == "Query" {
        let roots = dictionary.kinds.iter().flat_map(|kind| [kind.one.as_str(), kind.many.as_str()]);
        let others =
            ["sources", "streams", "status", "deadLetters", "reviewQueue", "departments", "qualityFindings"];
        return nearest(name, roots.chain(others));
    }
    let kind = dictionary.kinds.iter().find(|kind| kind.type_name == type_name)?;
    let fields = kind.fields.iter().map(|field| field.name.as_str());
    let relations = kind.relations.iter().map(|relation| relation.name.as_str());
    let others = ["id", "provenance", "disagreements", "history", "redirectedFrom"];
    nearest(name, fields.chain(relations).chain(others))
}

fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<String> {
    if name.len() > LONGEST {
        return None;
    }
    let name = name.to_ascii_lowercase();
    // A third of it may be wrong.
    let most = (name.len() / 3).max(1);
    known
        .filter(|known| known.len() <= LONGEST)
        .map(|known| (distance(&name, &known.to_ascii_lowercase()), known))
        .filter(|(distance, _)| *distance <= most)
        .min()
        .map(|(_, known)| known.to_owned())
}

/// Letters to add, take, change or swap with the next.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    let mut last = None;
    for (n, a) in one.chars().enumerate() {
        let mut next = vec![n + 1];
        for (m, b) in other.iter().enumerate() {
            let at = |row: &[usize], place: usize| row.get(place).copied().unwrap_or(usize::MAX / 2);
            let mut least =
                (at(&row, m) + usize::from(a != *b)).min(at(&row, m + 1) + 1).min(at(&next, m) + 1);
            let is_swapped = m > 0 && last == Some(*b) && other.get(m - 1) == Some(&a);
            if is_swapped {
                least = least.min(at(&before, m - 1) + 1);
            }
            next.push(least);
        }
        before = std::mem::replace(&mut row, next);
        last = Some(a);
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{distance, nearest};

    #[test]
    fn what_is_meant_is_near() {
        for (one, other, n) in
            [("nmae", "name", 1), ("", "abc", 3), ("same", "same", 0), ("kitten", "sitting", 3)]
        {
            assert_eq!(distance(one, other), n, "{one} {other}");
            assert_eq!(distance(other, one), n, "{other} {one}");
        }
        let known = || ["name", "uscc", "penalties", "address"].into_iter();
        assert_eq!(nearest("nmae", known()).as_deref(), Some("name"));
        assert_eq!(nearest("Penaltys", known()).as_deref(), Some("penalties"));
        assert_eq!(nearest("qqqq", known()), None);
        assert_eq!(nearest(&"name".repeat(100), known()), None);
    }
}
