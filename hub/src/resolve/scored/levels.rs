//! What is compared, how well it may agree, and what is never outweighed. Stores and tables keep the ids.

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Feature {
    /// Brand and trade.
    Name,
    /// Where the name says the firm is.
    Region,
    /// Legal form.
    Form,
    /// Branch.
    Branch,
    /// Legal representative.
    Representative,
    /// Telephone.
    Phone,
    /// Address.
    Address,
    /// Credit code.
    Code,
}

impl Feature {
    /// All, in the order of `Comparison::levels`.
    pub const ALL: [Feature; 8] = [
        Feature::Name,
        Feature::Region,
        Feature::Form,
        Feature::Branch,
        Feature::Representative,
        Feature::Phone,
        Feature::Address,
        Feature::Code,
    ];

    /// As the table of weights and stores write it.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Feature::Name => "name",
            Feature::Region => "region",
            Feature::Form => "form",
            Feature::Branch => "branch",
            Feature::Representative => "representative",
            Feature::Phone => "phone",
            Feature::Address => "address",
            Feature::Code => "code",
        }
    }
}

/// How well it agrees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// One of the two says nothing: neither for nor against.
    Missing,
    /// The same.
    Same,
    /// The same as a former name.
    Former,
    /// One says less: no trade, or the beginning of the other.
    Part,
    /// One slip in the place before the brand.
    SlipInPlace,
    /// One slip in the trade, or behind it.
    SlipInTrade,
    /// One slip in a brand of three or more characters.
    SlipInBrand,
    /// One slip in a brand of two: 三元, 三原.
    SlipInShortBrand,
    /// One slip.
    Slip,
    /// Two slips.
    Slips,
    /// The same brand in another trade: 科技, 商贸.
    OtherTrade,
    /// One names the province, the other a place in it.
    Within,
    /// The same road and house.
    House,
    /// The same road.
    Street,
    /// Much the same words.
    Alike,
    /// Different.
    Differs,
}

impl Level {
    /// All.
    pub const ALL: [Level; 16] = [
        Level::Missing,
        Level::Same,
        Level::Former,
        Level::Part,
        Level::SlipInPlace,
        Level::SlipInTrade,
        Level::SlipInBrand,
        Level::SlipInShortBrand,
        Level::Slip,
        Level::Slips,
        Level::OtherTrade,
        Level::Within,
        Level::House,
        Level::Street,
        Level::Alike,
        Level::Differs,
    ];

    /// As the table of weights and stores write it.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Level::Missing => "missing",
            Level::Same => "same",
            Level::Former => "former",
            Level::Part => "part",
            Level::SlipInPlace => "slip_in_place",
            Level::SlipInTrade => "slip_in_trade",
            Level::SlipInBrand => "slip_in_brand",
            Level::SlipInShortBrand => "slip_in_short_brand",
            Level::Slip => "slip",
            Level::Slips => "slips",
            Level::OtherTrade => "other_trade",
            Level::Within => "within",
            Level::House => "house",
            Level::Street => "street",
            Level::Alike => "alike",
            Level::Differs => "differs",
        }
    }
}

/// Why two parties are never one, whatever else agrees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conflict {
    /// Both have a valid credit code, and the codes differ.
    TwoCodes,
    /// One is a branch, of the other or of itself.
    BranchAndParent,
    /// The record names the person, not the firm.
    PersonAndFirm,
}

impl Conflict {
    /// As stores write it.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Conflict::TwoCodes => "two_codes",
            Conflict::BranchAndParent => "branch_and_parent",
            Conflict::PersonAndFirm => "person_and_firm",
        }
    }
}
