//! Drafts of `ontology/*.toml`: kinds of records, kinds of entities, their fields.

use super::words;

/// `[kind.<id>]`: a kind of record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KindDraft {
    /// The id; path `kind.<id>`.
    pub id: String,
    /// `plural`, as in the API.
    pub plural: String,
    /// `label_zh`.
    pub label_zh: String,
    /// `label_en`.
    pub label_en: String,
    /// `description_zh`, longer than the label.
    pub description_zh: Option<String>,
    /// `description_en`.
    pub description_en: Option<String>,
    /// `share`.
    pub share: Share,
    /// `[kind.<id>.role.<role>]`, in the order they are written.
    pub roles: Vec<RoleDraft>,
    /// `[kind.<id>.field.<field>]`, in the order they are written.
    pub fields: Vec<FieldDraft>,
    /// `[[kind.<id>.timely]]`: by when its records should be here.
    pub timely: Vec<TimelyDraft>,
}

/// `{ from = "decided_on", days = 7, count = "working", since = "2016-05-30" }`: a number of law, with its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimelyDraft {
    /// `from`: the field the days are counted from.
    pub from: String,
    /// `to`: the field they are counted to; the arrival in the hub if absent.
    pub to: Option<String>,
    /// `days`: so many at most.
    pub days: u32,
    /// `count`: which days count. Default calendar.
    pub count: DayCount,
    /// `since`: the first day of `from` it holds for.
    pub since: Option<String>,
    /// `until`: the first day of `from` it holds for no more.
    pub until: Option<String>,
    /// `basis`: where the number comes from.
    pub basis: Option<String>,
}

/// `[kind.<id>.role.<role>]`: whom a record of the kind speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleDraft {
    /// The id; path `kind.<kind>.role.<id>`.
    pub id: String,
    /// `label_zh`; empty if not given.
    pub label_zh: String,
    /// `label_en`; empty if not given.
    pub label_en: String,
    /// `entity`: the kind of entity in this role.
    pub entity: String,
    /// `party`: the role that decides whether a record counts as matched. Default false.
    pub is_party: bool,
    /// `identifiers`, in order of trust.
    pub identifiers: Vec<IdentifierDraft>,
    /// `name`: the field with the name of the entity, for people and for scored matching.
    pub name: Option<String>,
    /// `inverse`: the relation from the entity back to its records; the kind's plural if absent.
    pub inverse: Option<String>,
    /// `scored`: what is weighed where no identifier decides; absent: nothing.
    pub scored: Option<ScoredDraft>,
}

/// `{ representative = "legal_representative", phone = "phone" }`: fields of the kind, besides the role's `name`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScoredDraft {
    /// `code`: the credit code, perhaps damaged.
    pub code: Option<String>,
    /// `former_names`.
    pub former_names: Option<String>,
    /// `representative`.
    pub representative: Option<String>,
    /// `phone`.
    pub phone: Option<String>,
    /// `address`.
    pub address: Option<String>,
}

/// `{ scheme = "uscc", field = "party_uscc" }`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentifierDraft {
    /// `scheme`: which numbering, as `uscc`, `registration_number`, `resident_id`.
    pub scheme: String,
    /// `field`: the field of the kind that holds it.
    pub field: String,
}

/// `[kind.<id>.field.<field>]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldDraft {
    /// The id; path `kind.<kind>.field.<id>`.
    pub id: String,
    /// `type`: a name of a field type, as `money`.
    pub field_type: String,
    /// `label_zh`.
    pub label_zh: String,
    /// `label_en`.
    pub label_en: String,
    /// `description_zh`.
    pub description_zh: Option<String>,
    /// `description_en`.
    pub description_en: Option<String>,
    /// `sensitivity`; internal if absent.
    pub sensitivity: Option<Sensitivity>,
    /// `share`; the kind's if absent.
    pub share: Option<Share>,
    /// `index = true` says the same as `freshness = "key"`. Default false.
    pub is_indexed: bool,
    /// `required`: a row without it is a dead letter. Default false.
    pub is_required: bool,
    /// `code_list`: the list a code is of.
    pub code_list: Option<String>,
    /// `scheme`: the numbering of an identifier.
    pub scheme: Option<String>,
    /// `scale`: digits after the point of a decimal, 0 to 9.
    pub scale: Option<u8>,
    /// `currency`: of money whose mapping names none. Three letters.
    pub currency: Option<String>,
    /// `max_length`: characters of a text.
    pub max_length: Option<u32>,
    /// `freshness`; `copy` if absent here and in the mapping.
    pub freshness: Option<Freshness>,
    /// `deprecated`: why it should not be used any more.
    pub deprecated: Option<String>,
}

/// `[entity.<id>]`: a kind of entity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntityDraft {
    /// The id; path `entity.<id>`.
    pub id: String,
    /// `plural`.
    pub plural: String,
    /// `label_zh`.
    pub label_zh: String,
    /// `label_en`.
    pub label_en: String,
    /// `description_zh`.
    pub description_zh: Option<String>,
    /// `description_en`.
    pub description_en: Option<String>,
    /// `origin`: what may bring such an entity into being. Default anchor.
    pub origin: Origin,
    /// `market_subject`: whether its entities are market subjects. Default false.
    pub is_market_subject: bool,
    /// `share`. Default unconditional.
    pub share: Share,
    /// `[entity.<id>.field.<field>]`, in the order they are written.
    pub fields: Vec<GoldenFieldDraft>,
}

/// `[entity.<id>.field.<field>]`: a field of the golden row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoldenFieldDraft {
    /// What it has in common with a kind's field; path `entity.<entity>.field.<id>`.
    pub field: FieldDraft,
    /// `from`: `<kind>.<field>` in order of precedence.
    pub from: Vec<String>,
}

/// `[relation.<id>]`: entity → entity, through the records of a kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelationDraft {
    /// The id; path `relation.<id>`.
    pub id: String,
    /// `label_zh`.
    pub label_zh: String,
    /// `label_en`.
    pub label_en: String,
    /// `description_zh`, longer than the label.
    pub description_zh: Option<String>,
    /// `description_en`.
    pub description_en: Option<String>,
    /// `share`.
    pub share: Share,
    /// `kind`: whose records are its edges.
    pub kind: String,
    /// `from`: the end it is told from.
    pub from: RelationEndDraft,
    /// `to`: the end it leads to.
    pub to: RelationEndDraft,
}

/// `{ role = "party", field = "parents", label_zh = "…", label_en = "…" }`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RelationEndDraft {
    /// `role` of the kind.
    pub role: String,
    /// `field`: the name, on the entity in this role, of the way to the other end.
    pub field: String,
    /// `label_zh`: of those at the other end.
    pub label_zh: String,
    /// `label_en`.
    pub label_en: String,
}

words! {
    /// Share attribute of the sharing catalogue.
    Share {
        /// Every department may read.
        Unconditional = "unconditional",
        /// By grant.
        Conditional = "conditional",
        /// Nobody outside the owner.
        NotShared = "not_shared",
    }
}

words! {
    /// How careful one must be with a field.
    Sensitivity {
        /// May be published.
        Public = "public",
        /// For departments.
        Internal = "internal",
        /// Names of organisations: what has not the form of one leaves masked.
        Organisation = "organisation",
        /// Of a natural person: leaves masked.
        Personal = "personal",
    }
}

words! {
    /// How a field is kept and read.
    Freshness {
        /// Replicated and indexed.
        Key = "key",
        /// Replicated.
        Copy = "copy",
        /// Asked in batch, kept for a time.
        Cached = "cached",
        /// Asked at query time.
        Live = "live",
        /// Replicated for reading, asked before any act on it.
        Verify = "verify",
        /// Never leaves the source.
        Sealed = "sealed",
    }
}

words! {
    /// Which days count.
    DayCount {
        /// Every day.
        Calendar = "calendar",
        /// Monday to Friday.
        Working = "working",
    }
}

words! {
    /// What may bring an entity into being.
    Origin {
        /// A record of a stream that is an anchor of the kind.
        Anchor = "anchor",
        /// Any record with a valid ID number in a role of the kind.
        ResidentId = "resident_id",
        /// The configuration itself (departments).
        Configuration = "configuration",
    }
}
