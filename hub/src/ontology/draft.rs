//! What a configuration says of meaning, before it is judged. Plain data; `server` fills it from `config`'s drafts.
//!
//! `path` is the place in the configuration that problems point to, as `kind.penalty.field.amount`.

use std::collections::BTreeMap;

/// All of it.
#[derive(Clone, Debug, Default)]
pub struct OntologyDraft {
    /// Record kinds.
    pub kinds: Vec<KindDraft>,
    /// Entity kinds.
    pub entities: Vec<EntityDraft>,
    /// Code lists.
    pub lists: Vec<ListDraft>,
}

/// A record kind.
#[derive(Clone, Debug, Default)]
pub struct KindDraft {
    /// Where it stands.
    pub path: String,
    /// Id.
    pub id: String,
    /// Plural of the id.
    pub plural: String,
    /// Chinese label.
    pub label_zh: String,
    /// English label.
    pub label_en: String,
    /// `unconditional`, `conditional`, `not_shared`.
    pub share: String,
    /// Fields in order.
    pub fields: Vec<FieldDraft>,
    /// Roles in order.
    pub roles: Vec<RoleDraft>,
}

/// A field.
#[derive(Clone, Debug, Default)]
pub struct FieldDraft {
    /// Where it stands.
    pub path: String,
    /// Id.
    pub id: String,
    /// `text`, `code`, `money`, `decimal`, `integer`, `bool`, `date`, `partial_date`, `until`, `timestamp`,
    /// `identifier`, `phone`, `address`.
    pub field_type: String,
    /// Scheme of an identifier.
    pub scheme: Option<String>,
    /// Code list of a code.
    pub code_list: Option<String>,
    /// Scale of a decimal.
    pub scale: Option<u8>,
    /// Chinese label.
    pub label_zh: String,
    /// English label.
    pub label_en: String,
    /// `public`, `internal`, `personal`; absent: `internal`.
    pub sensitivity: Option<String>,
    /// `key`, `copy`, `cached`, `live`, `verify`, `sealed`; absent: `copy`.
    pub freshness: Option<String>,
    /// A record without it is set aside.
    pub is_required: bool,
    /// Why it should not be used any more.
    pub deprecated: Option<String>,
}

/// Whom records of a kind speak of.
#[derive(Clone, Debug, Default)]
pub struct RoleDraft {
    /// Where it stands.
    pub path: String,
    /// Id.
    pub id: String,
    /// Entity kind.
    pub entity: String,
    /// Chinese label.
    pub label_zh: String,
    /// English label.
    pub label_en: String,
    /// The role 记名 is counted by.
    pub is_party: bool,
    /// Relation from the entity back; absent: the kind's plural.
    pub inverse: Option<String>,
    /// Identifying fields.
    pub identifiers: Vec<IdentifierDraft>,
}

/// An identifying field of a role.
#[derive(Clone, Debug, Default)]
pub struct IdentifierDraft {
    /// Where it stands.
    pub path: String,
    /// Scheme.
    pub scheme: String,
    /// Field id.
    pub field: String,
}

/// An entity kind.
#[derive(Clone, Debug, Default)]
pub struct EntityDraft {
    /// Where it stands.
    pub path: String,
    /// Id.
    pub id: String,
    /// Plural of the id.
    pub plural: String,
    /// Chinese label.
    pub label_zh: String,
    /// English label.
    pub label_en: String,
    /// `subject`, `person`, `other`.
    pub nature: String,
    /// Golden fields.
    pub fields: Vec<GoldenFieldDraft>,
}

/// A golden field.
#[derive(Clone, Debug, Default)]
pub struct GoldenFieldDraft {
    /// The field.
    pub field: FieldDraft,
    /// `kind.field`, or `kind.field by latest_field`, or `kind(role).field`; strongest first.
    pub from: Vec<String>,
}

/// A code list in one edition.
#[derive(Clone, Debug, Default)]
pub struct ListDraft {
    /// Where it stands.
    pub path: String,
    /// Id.
    pub id: String,
    /// Edition, as `2021`.
    pub edition: String,
    /// Chinese label.
    pub label_zh: String,
    /// English label.
    pub label_en: String,
    /// Its codes.
    pub entries: Vec<CodeEntryDraft>,
    /// Translations into it: name of the translation → code there → code here.
    pub translations: BTreeMap<String, BTreeMap<String, String>>,
}

/// One code.
#[derive(Clone, Debug, Default)]
pub struct CodeEntryDraft {
    /// The code.
    pub code: String,
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
    /// ISO day from which it holds.
    pub from: Option<String>,
    /// ISO day until which it holds, exclusive.
    pub until: Option<String>,
}
