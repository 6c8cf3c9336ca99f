//! Code lists: versioned data with effective dates.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::Label;

/// All editions of a code list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CodeList {
    /// What people call it.
    pub label: Label,
    /// Edition → code → entry; the greatest edition is the current one.
    pub editions: BTreeMap<String, BTreeMap<String, CodeEntry>>,
    /// Translations into it, by id.
    pub translations: BTreeMap<String, Translation>,
}

/// A department's own codes, said in those of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Translation {
    /// Edition of the list that the codes here are of.
    pub edition: String,
    /// Code there → code here.
    pub map: BTreeMap<String, String>,
    /// The code here of any that is not in the map.
    pub otherwise: Option<String>,
}

/// One code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CodeEntry {
    /// What people call it.
    pub label: Label,
    /// First day.
    pub from: Option<Date>,
    /// First day on which it holds no more.
    pub until: Option<Date>,
    /// The code above it.
    pub parent: Option<String>,
}

impl CodeList {
    /// The current edition's name.
    #[must_use]
    pub fn edition(&self) -> Option<&str> {
        self.editions.last_key_value().map(|(edition, _)| edition.as_str())
    }

    /// An entry, of the given edition or of the newest that has the code.
    #[must_use]
    pub fn entry(&self, edition: Option<&str>, code: &str) -> Option<(&str, &CodeEntry)> {
        match edition {
            Some(edition) => {
                let (name, entries) = self.editions.get_key_value(edition)?;
                entries.get(code).map(|entry| (name.as_str(), entry))
            }
            None => self
                .editions
                .iter()
                .rev()
                .find_map(|(name, entries)| entries.get(code).map(|entry| (name.as_str(), entry))),
        }
    }
}
