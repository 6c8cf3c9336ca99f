//! Kinds, fields, roles, entities and code lists: what the records mean. From configuration, never hard-coded.
//!
//! Invariant: knows no source, no store, no caller.

mod build;
mod draft;
mod lists;
mod names;
mod relation;
mod timely;

pub use draft::{
    CalendarDraft, CodeEntryDraft, EntityDraft, FieldDraft, GoldenFieldDraft, IdentifierDraft, KindDraft,
    ListDraft, OntologyDraft, RelationDraft, RelationEndDraft, RoleDraft, ScoredDraft, TimelyDraft,
    TranslationDraft,
};
pub use lists::{CodeEntry, CodeList, Translation};
pub use names::{
    MAX_ID_LENGTH, RESERVED_ENTITY_FIELDS, RESERVED_LISTS, RESERVED_QUERY_FIELDS, RESERVED_RECORD_FIELDS,
    RESERVED_TYPES, TYPE_ENDINGS, camel_case, is_id, pascal_case,
};
pub use relation::{Along, Relation, RelationEnd};

pub use timely::{Calendar, DayCount, Shift, Timely};

pub(crate) use names::nearest;

use std::collections::BTreeMap;

/// Everything the hub knows of meaning; immutable, made by [`Ontology::build`].
#[derive(Debug)]
pub struct Ontology {
    /// Digest of the whole draft, 16 hex characters: changes whenever meaning changes.
    pub version: String,
    /// Record kinds, sorted by id.
    pub kinds: Vec<Kind>,
    /// Entity kinds, sorted by id.
    pub entities: Vec<EntityKind>,
    /// Relations of entities, sorted by id.
    pub relations: Vec<Relation>,
    /// Code lists by id.
    pub lists: BTreeMap<String, CodeList>,
}

impl Ontology {
    /// A record kind by id.
    #[must_use]
    pub fn kind(&self, id: &str) -> Option<&Kind> {
        self.kinds.iter().find(|kind| kind.id == id)
    }

    /// An entity kind by id.
    #[must_use]
    pub fn entity(&self, id: &str) -> Option<&EntityKind> {
        self.entities.iter().find(|entity| entity.id == id)
    }
}

/// A text in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Label {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// 政务数据共享 attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Share {
    /// 无条件共享.
    Unconditional,
    /// 有条件共享.
    Conditional,
    /// 不予共享: the kind is absent for everybody else.
    NotShared,
}

/// How sensitive a field is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sensitivity {
    /// May be published.
    Public,
    /// For departments.
    Internal,
    /// Names of organisations, among which names of people may stand: what has not the form of an organisation's
    /// name leaves masked; never ordered by, and filtered only by whole names of that form.
    Organisation,
    /// Personal information: leaves masked unless granted; never filtered or ordered by without a grant.
    Personal,
}

impl Sensitivity {
    /// Whether a value may be of a natural person.
    #[must_use]
    pub fn is_of_people(self) -> bool {
        match self {
            Sensitivity::Public | Sensitivity::Internal => false,
            Sensitivity::Organisation | Sensitivity::Personal => true,
        }
    }
}

/// Freshness decided per field. Only `Key` and `Copy` work so far; the others are refused at load.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// Replicated and indexed: may be filtered, ordered, grouped, joined.
    Key,
    /// Replicated.
    Copy,
}

/// A record kind: what the rows of a stream become.
#[derive(Debug)]
pub struct Kind {
    /// `[a-z][a-z0-9_]*`.
    pub id: String,
    /// Plural of the id.
    pub plural: String,
    /// What people call it.
    pub label: Label,
    /// Longer than the label; may be empty.
    pub description: Label,
    /// May others see it.
    pub share: Share,
    /// Its fields, in the order of the configuration.
    pub fields: Vec<Field>,
    /// Whom its records speak of. At most one is the party role.
    pub roles: Vec<Role>,
    /// By when its records should be here.
    pub timely: Vec<Timely>,
}

impl Kind {
    /// The index of a field.
    #[must_use]
    pub fn field_index(&self, id: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.id == id)
    }

    /// The role 记名 is counted by.
    #[must_use]
    pub fn party(&self) -> Option<&Role> {
        self.roles.iter().find(|role| role.is_party)
    }
}

/// A field of a record kind or of an entity kind (then its golden value).
#[derive(Clone, Debug)]
pub struct Field {
    /// `[a-z][a-z0-9_]*`, without `__`.
    pub id: String,
    /// Its type.
    pub field_type: FieldType,
    /// What people call it.
    pub label: Label,
    /// Longer than the label; may be empty.
    pub description: Label,
    /// May others see it; never more than the kind.
    pub share: Share,
    /// How sensitive.
    pub sensitivity: Sensitivity,
    /// How kept.
    pub freshness: Freshness,
    /// A record without it is set aside.
    pub is_required: bool,
    /// Currency of money whose mapping names none (ISO 4217).
    pub currency: String,
    /// Characters of a text, at most.
    pub max_length: Option<u32>,
    /// Dropped from the schema for readers, column kept (old configurations).
    pub deprecated: Option<String>,
}

/// Types of fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldType {
    /// Text.
    Text,
    /// A code of a list, with its edition.
    Code {
        /// Id of the list.
        list: String,
    },
    /// Money, 1/10,000 of a currency.
    Money,
    /// A decimal of fixed scale, 0 to 9.
    Decimal {
        /// Digits after the point.
        scale: u8,
    },
    /// `i64`.
    Integer,
    /// True or false.
    Bool,
    /// A day.
    Date,
    /// A day, month or year.
    PartialDate,
    /// The end of a term, perhaps open.
    Until,
    /// A moment.
    Timestamp,
    /// An identifier of a scheme; kept normalised.
    Identifier(Scheme),
    /// A telephone number.
    Phone,
    /// An address.
    Address,
}

/// Schemes of identifiers (domain facts: GB 32100, GS15, GB 11714, GB 11643 and the cross-keys derived from them).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scheme {
    /// 统一社会信用代码.
    Uscc,
    /// 注册号, 15 digits.
    RegistrationNumber,
    /// 组织机构代码, 9 characters; also the end of a USCC.
    OrganisationCode,
    /// 纳税人识别号: a USCC, or region and organisation code, or an owner's ID number and two digits.
    TaxId,
    /// 社会保险单位编号 ending in an organisation code.
    SocialInsuranceNumber,
    /// 海关注册编码, 10 digits.
    CustomsCode,
    /// 主体身份代码 of the registry.
    PriPid,
    /// 公民身份号码 of a natural person: leaves the mapping only as keyed hash and masked form.
    ResidentId,
    /// Any other number, unique within the department that gives it.
    Local,
    /// Credit code or registration number, in one column: licences name their holders so.
    SubjectNumber,
}

impl Scheme {
    /// Its id in configuration and store; stable for ever.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Scheme::Uscc => "uscc",
            Scheme::RegistrationNumber => "registration_number",
            Scheme::OrganisationCode => "organisation_code",
            Scheme::TaxId => "tax_id",
            Scheme::SocialInsuranceNumber => "social_insurance_number",
            Scheme::CustomsCode => "customs_code",
            Scheme::PriPid => "pripid",
            Scheme::ResidentId => "resident_id",
            Scheme::Local => "local",
            Scheme::SubjectNumber => "subject_number",
        }
    }

    /// All, strongest first: the order in which a record's identifiers are tried.
    #[must_use]
    pub fn all() -> [Scheme; 10] {
        [
            Scheme::Uscc,
            Scheme::PriPid,
            Scheme::RegistrationNumber,
            Scheme::OrganisationCode,
            Scheme::TaxId,
            Scheme::SocialInsuranceNumber,
            Scheme::CustomsCode,
            Scheme::ResidentId,
            Scheme::Local,
            Scheme::SubjectNumber,
        ]
    }

    /// The small number the store keeps; stable for ever.
    #[must_use]
    pub fn number(self) -> i16 {
        match self {
            Scheme::Uscc => 1,
            Scheme::PriPid => 2,
            Scheme::RegistrationNumber => 3,
            Scheme::OrganisationCode => 4,
            Scheme::TaxId => 5,
            Scheme::SocialInsuranceNumber => 6,
            Scheme::CustomsCode => 7,
            Scheme::ResidentId => 8,
            Scheme::Local => 9,
            Scheme::SubjectNumber => 10,
        }
    }
}

/// Whom a record speaks of.
#[derive(Clone, Debug)]
pub struct Role {
    /// `party`, `person`, …
    pub id: String,
    /// Entity kind.
    pub entity: String,
    /// What people call it.
    pub label: Label,
    /// The role 记名 is counted by.
    pub is_party: bool,
    /// The name of the relation from the entity back to these records (GraphQL field of the entity), as `penalties`.
    pub inverse: String,
    /// Which fields identify the entity, with their schemes.
    pub identifiers: Vec<IdentifierField>,
    /// Index of the field with the entity's name.
    pub name: Option<usize>,
    /// Which fields are weighed where no identifier decides; absent: records are matched by identifiers only.
    pub scored: Option<Scored>,
}

/// The fields of a role that are weighed besides the name. Of the record that anchors an entity they describe it; of
/// any other they say whom it means.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scored {
    /// Index of the field with the credit code, perhaps damaged.
    pub code: Option<usize>,
    /// Former names.
    pub former_names: Option<usize>,
    /// Legal representative.
    pub representative: Option<usize>,
    /// Telephone.
    pub phone: Option<usize>,
    /// Address.
    pub address: Option<usize>,
}

/// A field that identifies an entity.
#[derive(Clone, Debug)]
pub struct IdentifierField {
    /// How to read it.
    pub scheme: Scheme,
    /// Index of the field in the kind.
    pub field: usize,
}

/// A kind of entity and its golden fields.
#[derive(Debug)]
pub struct EntityKind {
    /// `subject`, `person`, `department`, …
    pub id: String,
    /// Plural of the id.
    pub plural: String,
    /// What people call it.
    pub label: Label,
    /// Longer than the label; may be empty.
    pub description: Label,
    /// May others see it.
    pub share: Share,
    /// Is it a market subject, a natural person, or another thing.
    pub nature: EntityNature,
    /// Golden fields.
    pub fields: Vec<GoldenField>,
}

/// What entities of a kind are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntityNature {
    /// 市场主体: created by anchor streams only.
    Subject,
    /// 自然人: created by a valid ID number only; kept as keyed hash and masked form.
    Person,
    /// Created by anchor streams only (officers, Party organisations).
    Other,
}

/// A golden field: the value of the first record, by precedence, that has one.
#[derive(Clone, Debug)]
pub struct GoldenField {
    /// The field.
    pub field: Field,
    /// Where it comes from, strongest first.
    pub from: Vec<GoldenSource>,
}

/// One place a golden field comes from. Among several records of one kind the greatest by `latest_by` wins (then the
/// smallest stream and source key), so that the choice does not depend on the order of arrival.
#[derive(Clone, Debug)]
pub struct GoldenSource {
    /// Record kind.
    pub kind: String,
    /// Index of the field in that kind.
    pub field: usize,
    /// The role through which the record speaks of the entity.
    pub role: String,
    /// Index of the field that tells which record is the newest.
    pub latest_by: Option<usize>,
}
