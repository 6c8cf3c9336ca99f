//! The closed set of keys.

use crate::encoding::Code;

/// A key of the plan, taken apart.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    /// `algorithm`, `engine`, … : one of [`SIMPLE`].
    Simple(&'static str),
    /// `entropy.<i>.<field>`.
    Entropy(u64, &'static str),
    /// `entropy.event.<field>`.
    Event(&'static str),
    /// `group.<G>.matters`.
    GroupMatters(Code),
    /// `group.<G>.window.<i>`.
    GroupWindow(Code, u64),
    /// `matter.<M>.<field>`.
    Matter(Code, &'static str),
    /// `matter.<M>.stratum.<S>.<field>`.
    Stratum(Code, Code, &'static str),
    /// `matter.<M>.slot.<class>`.
    Slot(Code, Code),
    /// `dept.<D>.<field>`.
    Dept(Code, &'static str),
    /// `dept.<D>.remedy.<i>`.
    Remedy(Code, u64),
    /// `text.<anything>`.
    Text,
}

/// The keys of the first six rows: all mandatory.
pub(super) const SIMPLE: [&str; 13] = [
    "algorithm",
    "draw_no",
    "engine",
    "escrow",
    "frame",
    "legal_basis",
    "log",
    "parties",
    "plan_id",
    "publicity",
    "seed_release",
    "timing",
    "witnesses",
];

impl Key {
    /// Takes a key apart; `None` if it is not of the closed set.
    pub(super) fn parse(text: &str) -> Option<Key> {
        let parts: Vec<&str> = text.split('.').collect();
        match parts.as_slice() {
            ["text", first, rest @ ..] if !(first.is_empty() && rest.is_empty()) => Some(Key::Text),
            [simple] => one_of(simple, &SIMPLE).map(Key::Simple),
            ["entropy", "event", field] => one_of(field, &["kind", "delay", "ref"]).map(Key::Event),
            ["entropy", index, field] => {
                let field = one_of(field, &["kind", "length", "time", "ref"])?;
                Some(Key::Entropy(number(index)?, field))
            }
            ["group", group, "matters"] => Some(Key::GroupMatters(code(group)?)),
            ["group", group, "window", index] => Some(Key::GroupWindow(code(group)?, number(index)?)),
            ["matter", matter, "slot", class] => Some(Key::Slot(code(matter)?, code(class)?)),
            ["matter", matter, "stratum", stratum, field] => {
                let field = one_of(field, &["rate", "count", "min", "design"])?;
                Some(Key::Stratum(code(matter)?, code(stratum)?, field))
            }
            ["matter", matter, field] => {
                let field = one_of(field, &["dept", "rounding", "reserve"])?;
                Some(Key::Matter(code(matter)?, field))
            }
            ["dept", dept, "remedy", index] => Some(Key::Remedy(code(dept)?, number(index)?)),
            ["dept", dept, field] => Some(Key::Dept(code(dept)?, one_of(field, &["load", "pair_limit"])?)),
            _ => None,
        }
    }
}

impl Key {
    /// The group a key speaks of.
    pub(super) fn group(&self) -> Option<&Code> {
        if let Key::GroupMatters(group) | Key::GroupWindow(group, _) = self { Some(group) } else { None }
    }

    /// The matter a key speaks of.
    pub(super) fn matter(&self) -> Option<&Code> {
        if let Key::Matter(matter, _) | Key::Stratum(matter, _, _) | Key::Slot(matter, _) = self {
            Some(matter)
        } else {
            None
        }
    }

    /// The department a key speaks of.
    pub(super) fn dept(&self) -> Option<&Code> {
        if let Key::Dept(dept, _) | Key::Remedy(dept, _) = self { Some(dept) } else { None }
    }

    /// Number of a window of a group.
    pub(super) fn window_of(&self, group: &Code) -> Option<u64> {
        if let Key::GroupWindow(of, index) = self
            && of == group
        {
            Some(*index)
        } else {
            None
        }
    }

    /// Number of a remedy of a department.
    pub(super) fn remedy_of(&self, dept: &Code) -> Option<u64> {
        if let Key::Remedy(of, index) = self
            && of == dept
        {
            Some(*index)
        } else {
            None
        }
    }
}

fn one_of(text: &str, names: &[&'static str]) -> Option<&'static str> {
    names.iter().find(|name| **name == text).copied()
}

fn code(text: &str) -> Option<Code> {
    Code::parse(text.as_bytes())
}

/// An index, from 1.
fn number(text: &str) -> Option<u64> {
    crate::encoding::parse_u64(text.as_bytes()).filter(|&index| index > 0)
}
