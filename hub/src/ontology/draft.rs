//! What a configuration says of meaning, before it is judged. Plain data; `server` fills it from `config`'s drafts.
//!
//! `path` is the place in the configuration that problems point to, as `kind.penalty.field.amount`.

/// All of it.
#[derive(Clone, Debug, Default)]
pub struct OntologyDraft {
    /// Whether what roles call scored is weighed; if not, it is judged and left out.
    pub is_scored: bool,
    /// Record kinds.
    pub kinds: Vec<KindDraft>,
    /// Entity kinds.
    pub entities: Vec<EntityDraft>,
    /// Relations of entities.
    pub relations: Vec<RelationDraft>,
    /// Code lists, one draft an edition.
    pub lists: Vec<ListDraft>,
    /// Translations of departments' own codes into those of a list.
    pub translations: Vec<TranslationDraft>,
    /// Working days, a draft a year.
    pub calendars: Vec<CalendarDraft>,
}

/// The days of a year that are not as their weekday says.
#[derive(Clone, Debug, Default)]
pub struct CalendarDraft {
    /// Where it stands.
    pub path: String,
    /// The year.
    pub year: u32,
    /// Not worked: days, or spans of days with `/` between.
    pub off: Vec<String>,
    /// Worked for them.
    pub worked: Vec<String>,
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
    /// Longer than the label, Chinese; may be empty.
    pub description_zh: String,
    /// Longer than the label, English; may be empty.
    pub description_en: String,
    /// `unconditional`, `conditional`, `not_shared`.
    pub share: String,
    /// Fields in order.
    pub fields: Vec<FieldDraft>,
    /// Roles in order.
    pub roles: Vec<RoleDraft>,
    /// By when its records should be here.
    pub timely: Vec<TimelyDraft>,
}

/// By when a record should be here.
#[derive(Clone, Debug, Default)]
pub struct TimelyDraft {
    /// Where it stands.
    pub path: String,
    /// The field the days are counted from.
    pub from: String,
    /// The field they are counted to; absent: the arrival.
    pub to: Option<String>,
    /// So many at most.
    pub days: u32,
    /// `calendar`, `working`.
    pub count: String,
    /// The first day of `from` it holds for, ISO.
    pub since: Option<String>,
    /// The first day of `from` it holds for no more, ISO.
    pub until: Option<String>,
    /// Where the number comes from; may be empty.
    pub basis: String,
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
    /// Longer than the label, Chinese; may be empty.
    pub description_zh: String,
    /// Longer than the label, English; may be empty.
    pub description_en: String,
    /// `unconditional`, `conditional`, `not_shared`; absent: as the kind.
    pub share: Option<String>,
    /// Currency of money whose mapping names none, as `CNY` (which it is when absent).
    pub currency: Option<String>,
    /// Characters of a text, at most.
    pub max_length: Option<u32>,
    /// `public`, `internal`, `organisation`, `personal`; absent: `internal`.
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
    /// The field with the entity's name, for people and for scored matching.
    pub name: Option<String>,
    /// What is weighed where no identifier decides.
    pub scored: Option<ScoredDraft>,
}

/// Ids of the fields that are weighed besides the name.
#[derive(Clone, Debug, Default)]
pub struct ScoredDraft {
    /// Credit code, perhaps damaged.
    pub code: Option<String>,
    /// Former names.
    pub former_names: Option<String>,
    /// Legal representative.
    pub representative: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// Address.
    pub address: Option<String>,
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
    /// Longer than the label, Chinese; may be empty.
    pub description_zh: String,
    /// Longer than the label, English; may be empty.
    pub description_en: String,
    /// `unconditional`, `conditional`, `not_shared`; absent: `unconditional`.
    pub share: Option<String>,
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

/// A relation of entities.
#[derive(Clone, Debug, Default)]
pub struct RelationDraft {
    /// Where it stands.
    pub path: String,
    /// Id.
    pub id: String,
    /// Chinese label.
    pub label_zh: String,
    /// English label.
    pub label_en: String,
    /// Longer than the label, Chinese; may be empty.
    pub description_zh: String,
    /// Longer than the label, English; may be empty.
    pub description_en: String,
    /// `unconditional`, `conditional`, `not_shared`.
    pub share: String,
    /// The record kind whose records are its edges.
    pub kind: String,
    /// The end it is told from.
    pub from: RelationEndDraft,
    /// The end it leads to.
    pub to: RelationEndDraft,
}

/// One end of a relation.
#[derive(Clone, Debug, Default)]
pub struct RelationEndDraft {
    /// Where it stands.
    pub path: String,
    /// The role of the kind.
    pub role: String,
    /// The name, on the entity here, of the way to the other end.
    pub field: String,
    /// Chinese label of those it leads to.
    pub label_zh: String,
    /// English label of those it leads to.
    pub label_en: String,
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
    /// First day of the edition, ISO.
    pub from: Option<String>,
    /// First day on which the edition holds no more, ISO.
    pub until: Option<String>,
    /// Its codes.
    pub entries: Vec<CodeEntryDraft>,
}

/// A department's own codes, said in those of a list.
#[derive(Clone, Debug, Default)]
pub struct TranslationDraft {
    /// Where it stands.
    pub path: String,
    /// Id.
    pub id: String,
    /// The list translated into.
    pub list: String,
    /// Its edition; absent: the newest.
    pub edition: Option<String>,
    /// Code there, code here.
    pub map: Vec<(String, String)>,
    /// The code here of any that is not in the map; absent: such a code is unknown.
    pub otherwise: Option<String>,
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
    /// The code above it.
    pub parent: Option<String>,
}
