//! How departments write down whom a row speaks of, and what the hub can make of that.

use super::registry;
use crate::table::Cell;
use crate::truth::Expected;
use crate::world::{Category, Subject, World};

/// The identifying cells of a row.
pub(super) struct Party {
    /// Name.
    pub(super) name: String,
    /// Credit code.
    pub(super) uscc: Cell,
    /// Registration number.
    pub(super) number: Cell,
    /// Organisation code.
    pub(super) organisation: Cell,
    /// Tax number.
    pub(super) tax: Cell,
    /// The department's own number of whom the row is about.
    pub(super) local: Cell,
    /// What the hub should make of it.
    pub(super) expected: Expected,
}

/// The hazards of one department's parties, by name.
pub(super) struct Ways {
    pub(super) label: &'static str,
    pub(super) code_check: &'static str,
    pub(super) by_number: &'static str,
    pub(super) by_organisation: &'static str,
    pub(super) by_tax: &'static str,
    /// By the tax number that is made of the owner's ID number; of individual businesses only.
    pub(super) by_owner: &'static str,
    pub(super) by_name: &'static str,
    pub(super) stranger: &'static str,
}

impl Ways {
    /// No way but the credit code.
    pub(super) const NONE: Ways = Ways {
        label: "",
        code_check: "",
        by_number: "",
        by_organisation: "",
        by_tax: "",
        by_owner: "",
        by_name: "",
        stranger: "",
    };
}

/// The ways of a department whose hazards begin with its name: the credit code, a wrong one, the name alone, a stranger,
/// and those that are given.
macro_rules! ways {
    ($department:literal $(, $way:ident = $hazard:literal)*) => {
        Ways {
            label: concat!($department, ".way"),
            code_check: concat!($department, ".code_check"),
            by_name: concat!($department, ".by_name_only"),
            stranger: concat!($department, ".stranger"),
            $($way: concat!($department, ".", $hazard),)*
            ..Ways::NONE
        }
    };
}
pub(super) use ways;

/// Nobody by anything.
pub(super) fn none(expected: Expected) -> Party {
    Party {
        name: String::new(),
        uscc: Cell::Null,
        number: Cell::Null,
        organisation: Cell::Null,
        tax: Cell::Null,
        local: Cell::Null,
        expected,
    }
}

/// A subject by the internal number of the registry.
pub(super) fn by_pripid(world: &World, subject: &Subject) -> Party {
    let is_known = registry::known(world, subject).pripid;
    let expected = if is_known { Expected::Subject(subject.index) } else { Expected::Waiting };
    Party { name: subject.name.clone(), ..none(expected) }
}

/// A subject by its credit code.
pub(super) fn by_code(world: &World, subject: &Subject) -> Party {
    let expected = if !subject.has_valid_code() {
        Expected::Nobody
    } else if registry::known(world, subject).code {
        Expected::Subject(subject.index)
    } else {
        Expected::Waiting
    };
    Party { name: subject.name.clone(), uscc: subject.uscc.clone().into(), ..none(expected) }
}

/// Writes down a subject in the way that the hazards choose for this row; the first that hits wins.
pub(super) fn party(world: &World, ways: &Ways, key: u64, subject: &Subject) -> Party {
    let mut party = Party { name: subject.name.clone(), ..none(Expected::Nobody) };
    let hit = |hazard: &'static str| !hazard.is_empty() && world.hit(hazard, key);
    if hit(ways.by_name) {
        return party;
    }
    if hit(ways.stranger) {
        // Real in form, of Hangzhou, unknown to the zone's registry.
        party.uscc = stranger_code(world.dice.below(ways.label, key, 900_000)).into();
        party.expected = Expected::Waiting;
        return party;
    }
    if hit(ways.code_check) {
        party.uscc = with_wrong_check(&subject.uscc).into();
        return party;
    }
    if hit(ways.by_owner) && subject.category == Category::Individual {
        // An owner's number is never kept in clear and says of no subject which it is: there is nothing to wait for.
        party.tax = format!("{}01", subject.legal_representative.id).into();
        return party;
    }
    let known = registry::known(world, subject);
    if hit(ways.by_number)
        && let Some(number) = &subject.registration_number
    {
        party.number = number.clone().into();
        party.expected = if known.number { Expected::Subject(subject.index) } else { Expected::Waiting };
        return party;
    }
    let by_code = if known.code { Expected::Subject(subject.index) } else { Expected::Waiting };
    if hit(ways.by_organisation) {
        let code = subject.organisation_code();
        let text = format!("{}-{}", &code[..8.min(code.len())], &code[8.min(code.len())..]);
        party.organisation = text.into();
    } else if hit(ways.by_tax) {
        party.tax = subject.tax_id().into();
    } else {
        party.uscc = subject.uscc.clone().into();
    }
    party.expected = if subject.has_valid_code() { by_code } else { Expected::Nobody };
    party
}

/// The code with another check character than it should have.
pub(super) fn with_wrong_check(code: &str) -> String {
    let mut text = code.to_owned();
    let last = text.pop().unwrap_or('0');
    text.push(if last == '0' { '1' } else { '0' });
    text
}

fn stranger_code(number: u64) -> String {
    let body = format!("MC{number:06}");
    codes::OrganisationCode::compose(&body)
        .and_then(|organisation| codes::Uscc::compose(&format!("91330108{organisation}")))
        .map(|code| code.to_string())
        .unwrap_or_default()
}
