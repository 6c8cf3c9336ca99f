//! The profile of a party, from the fields that the ontology says are weighed.

use crate::FieldValue;
use crate::ontology::Role;

use super::scored::{Party, Profile};

/// The profile of whom a record speaks of in a role; `None` where nothing is weighed or nobody is named.
pub(crate) fn profile_of(role: &Role, values: &[FieldValue]) -> Option<Profile> {
    let scored = role.scored.as_ref()?;
    let text = |field: Option<usize>| match field.and_then(|field| values.get(field)) {
        Some(FieldValue::Text(text)) => text.as_str(),
        _ => "",
    };
    let profile = Profile::of(&Party {
        name: text(role.name),
        former_names: text(scored.former_names),
        code: text(scored.code),
        representative: text(scored.representative),
        phone: text(scored.phone),
        address: text(scored.address),
    });
    profile.has_name().then_some(profile)
}
