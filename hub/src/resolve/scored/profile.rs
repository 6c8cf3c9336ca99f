//! What a record says of a party, and its normal form.

use super::address::{Address, address_of};
use super::codes::{Code, code_of};
use super::contact::{phone_of, representative_of};
use super::name::Name;

/// A party as a record writes it. What is not said is empty.
#[derive(Clone, Copy, Debug, Default)]
pub struct Party<'a> {
    /// Name.
    pub name: &'a str,
    /// Former names, each by itself or parted by `;`, `；`, `、`, `,`, `，`.
    pub former_names: &'a str,
    /// Credit code, perhaps damaged.
    pub code: &'a str,
    /// Legal representative.
    pub representative: &'a str,
    /// Telephone.
    pub phone: &'a str,
    /// Address.
    pub address: &'a str,
}

/// The normal form. Two parties with equal profiles cannot be told apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    pub(super) name: Option<Name>,
    pub(super) former: Vec<Name>,
    pub(super) code: Option<Code>,
    pub(super) representative: Option<Box<[char]>>,
    pub(super) phone: Option<Box<str>>,
    pub(super) address: Option<Address>,
}

impl Profile {
    /// The normal form of a party.
    #[must_use]
    pub fn of(party: &Party<'_>) -> Profile {
        let (name, noted) = Name::parse(party.name);
        let listed = party.former_names.split([';', '；', '、', ',', '，']).filter(|name| !name.is_empty());
        let mut former: Vec<Name> =
            listed.chain(noted.as_deref()).filter_map(|name| Name::parse(name).0).collect();
        former.retain(|one| Some(one) != name.as_ref());
        Profile {
            name,
            former,
            code: code_of(party.code),
            representative: representative_of(party.representative),
            phone: phone_of(party.phone),
            address: address_of(party.address),
        }
    }

    /// Whether there is a name to compare at all.
    #[must_use]
    pub fn has_name(&self) -> bool {
        self.name.is_some()
    }

    /// The name in parts.
    #[must_use]
    pub fn name(&self) -> Option<&Name> {
        self.name.as_ref()
    }
}
