//! Codes of a list: translated, found by code or by word, kept as they came when unknown.

use std::collections::{BTreeSet, HashMap};

use crate::FieldValue;
use crate::ontology::{CodeList, Translation};

use super::cell::{Said, fold};
use super::number::found;

/// Reads the codes of one column.
#[derive(Clone, Debug)]
pub(super) struct CodeReader {
    /// Their codes, folded → our code; and what all others are.
    translation: Option<Translation>,
    /// Code → edition, the newest that has it or the one the mapping names.
    codes: HashMap<String, String>,
    /// Chinese word → code, where it is the word of one code only.
    words: HashMap<String, String>,
    /// Lengths of codes that are all digits: a code that lost its leading zeros is filled up to them.
    lengths: BTreeSet<usize>,
}

/// The flag of a code that its list does not know.
pub(super) const UNKNOWN_CODE: &str = "TJ-D031";

impl CodeReader {
    pub(super) fn new(
        list: &CodeList,
        edition: Option<&str>,
        translation: Option<&Translation>,
    ) -> CodeReader {
        let mut codes = HashMap::new();
        let mut words: HashMap<String, Option<String>> = HashMap::new();
        let mut lengths = BTreeSet::new();
        // From the newest edition down: the first that has a code says its edition.
        for (name, entries) in list.editions.iter().rev() {
            if edition.is_some_and(|edition| edition != name) {
                continue;
            }
            for (code, entry) in entries {
                if code.bytes().all(|b| b.is_ascii_digit()) {
                    lengths.insert(code.len());
                }
                codes.entry(code.clone()).or_insert_with(|| name.clone());
                words
                    .entry(entry.label.zh.clone())
                    .and_modify(|known| {
                        if known.as_ref() != Some(code) {
                            *known = None;
                        }
                    })
                    .or_insert_with(|| Some(code.clone()));
            }
        }
        let words = words.into_iter().filter_map(|(word, code)| code.map(|code| (word, code))).collect();
        CodeReader { translation: translation.cloned(), codes, words, lengths }
    }

    /// The code, its edition, and the flag of an unknown one (which keeps its text, with an empty edition).
    pub(super) fn read(&self, said: &Said<'_>) -> (FieldValue, Option<&'static str>) {
        let text = found(said);
        let folded = fold(&text);
        if let Some(translation) = &self.translation {
            let here = translation.map.get(folded.as_ref()).or_else(|| translation.map.get(&text));
            if let Some(code) = here.or(translation.otherwise.as_ref()) {
                return (code_value(code, &translation.edition), None);
            }
        }
        if let Some((code, edition)) = self.known(&folded) {
            return (code_value(code, edition), None);
        }
        (code_value(&folded, ""), Some(UNKNOWN_CODE))
    }

    fn known(&self, text: &str) -> Option<(&str, &str)> {
        let entry = |code: &str| {
            self.codes.get_key_value(code).map(|(code, edition)| (code.as_str(), edition.as_str()))
        };
        if let Some(found) = entry(text) {
            return Some(found);
        }
        if text.bytes().all(|b| b.is_ascii_digit()) {
            let filled: Vec<_> = self
                .lengths
                .iter()
                .filter(|length| **length > text.len())
                .filter_map(|length| entry(&format!("{text:0>length$}")))
                .collect();
            return match filled.as_slice() {
                [only] => Some(*only),
                _ => None,
            };
        }
        self.words.get(text).and_then(|code| entry(code))
    }
}

fn code_value(code: &str, edition: &str) -> FieldValue {
    FieldValue::Code { code: code.to_owned(), edition: edition.to_owned() }
}
