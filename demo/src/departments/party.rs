//! How departments write down whom a row speaks of, and what the hub can make of that.

use super::registry;
use crate::table::Cell;
use crate::truth::Expected;
use crate::world::{Subject, World};

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
    pub(super) by_name: &'static str,
    pub(super) stranger: &'static str,
}

/// Writes down a subject in the way that the hazards choose for this row; the first that hits wins.
pub(super) fn party(world: &World, ways: &Ways, key: u64, subject: &Subject) -> Party {
    let mut party = Party {
        name: subject.name.clone(),
        uscc: Cell::Null,
        number: Cell::Null,
        organisation: Cell::Null,
        tax: Cell::Null,
        expected: Expected::Nobody,
    };
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
