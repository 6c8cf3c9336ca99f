//! The words a field of the ontology may be called by, and how much each field tells about its kind.
//!
//! Knows the ontology and a list of synonyms; no source.

use std::collections::HashMap;

use hub::ontology::{EntityNature, Field, FieldType, Kind, Ontology, Scheme};

use super::names::Word;

/// Synonyms, one group a line.
const GROUPS: &str = include_str!("words.tsv");
/// What a synonym counts for, where the label counts for 1.
const SYNONYM: f64 = 0.92;
/// What a word of the field's type counts for, where the label is no synonym of it.
const OF_TYPE: f64 = 0.82;

/// A field with its words.
#[derive(Debug)]
pub(crate) struct FieldWords {
    pub(crate) words: Vec<(Word, f64)>,
    /// How rare its label is among the kinds, 0.3 to 1.
    pub(crate) weight: f64,
    /// Whose name it is, if it is the name of a role.
    pub(crate) named: Option<EntityNature>,
}

/// A kind with its words.
#[derive(Debug)]
pub(crate) struct KindWords {
    pub(crate) words: Vec<(Word, f64)>,
    /// In the order of the kind's fields.
    pub(crate) fields: Vec<FieldWords>,
    /// The kind of entity whose golden fields come from this kind first of all.
    pub(crate) anchors: Option<String>,
}

/// All kinds, in the order of the ontology.
pub(crate) fn vocabulary(ontology: &Ontology) -> Vec<KindWords> {
    let groups: Vec<Vec<&str>> = GROUPS
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .map(|line| line.split('\t').collect())
        .collect();
    let mut n_labels: HashMap<&str, usize> = HashMap::new();
    for field in ontology.kinds.iter().flat_map(|kind| &kind.fields) {
        *n_labels.entry(field.label.zh.as_str()).or_default() += 1;
    }
    let n_kinds = ontology.kinds.len().max(2) as f64;
    let kind = |kind: &Kind| KindWords {
        words: [kind.label.zh.as_str(), &kind.label.en, &kind.id.replace('_', " ")]
            .map(|text| (Word::new(text), 1.0))
            .to_vec(),
        fields: kind
            .fields
            .iter()
            .enumerate()
            .map(|(at, field)| {
                let named = nature_named(ontology, kind, at);
                let n = n_labels.get(field.label.zh.as_str()).copied().unwrap_or(1) as f64;
                let weight = 0.3 + 0.7 * (1.0 - n.ln() / n_kinds.ln()).clamp(0.0, 1.0);
                FieldWords { words: words(field, named, &groups), weight, named }
            })
            .collect(),
        anchors: anchors(ontology, kind),
    };
    ontology.kinds.iter().map(kind).collect()
}

fn nature_named(ontology: &Ontology, kind: &Kind, field: usize) -> Option<EntityNature> {
    let role = kind.roles.iter().find(|role| role.name == Some(field))?;
    ontology.entity(&role.entity).map(|entity| entity.nature)
}

fn anchors(ontology: &Ontology, kind: &Kind) -> Option<String> {
    let party = kind.party()?;
    let entity = ontology.entity(&party.entity)?;
    let n_first = entity
        .fields
        .iter()
        .filter(|golden| {
            golden.from.first().is_some_and(|from| from.kind == kind.id && from.role == party.id)
        })
        .count();
    let may = !matches!(entity.nature, EntityNature::Person);
    (may && n_first * 2 > entity.fields.len()).then(|| entity.id.clone())
}

fn words(field: &Field, named: Option<EntityNature>, groups: &[Vec<&str>]) -> Vec<(Word, f64)> {
    let label = field.label.zh.as_str();
    let mut found: Vec<(String, f64)> = Vec::new();
    let mut add = |text: &str, weight: f64| match found.iter_mut().find(|(known, _)| known == text) {
        Some((_, known)) => *known = known.max(weight),
        None => found.push((text.to_owned(), weight)),
    };
    add(label, 1.0);
    let parts: Vec<&str> =
        label.split(['（', '）', '(', ')']).filter(|part| part.chars().count() > 1).collect();
    parts.iter().for_each(|part| add(part, 0.95));
    add(&field.label.en, 1.0);
    add(&field.id.replace('_', " "), 0.95);
    variants(label).iter().for_each(|text| add(text, SYNONYM));
    let of_type = match (&field.field_type, named) {
        (_, Some(EntityNature::Subject | EntityNature::Other)) => Some("企业名称"),
        (_, Some(EntityNature::Person)) => Some("姓名"),
        (FieldType::Identifier(scheme), None) => scheme_word(*scheme),
        (FieldType::Phone, None) => Some("联系电话"),
        (FieldType::Address, None) => Some("地址"),
        (
            FieldType::Text
            | FieldType::Code { .. }
            | FieldType::Money
            | FieldType::Decimal { .. }
            | FieldType::Integer
            | FieldType::Bool
            | FieldType::Date
            | FieldType::PartialDate
            | FieldType::Until
            | FieldType::Timestamp,
            None,
        ) => None,
    };
    for group in groups {
        let is_label = group.iter().any(|word| *word == label || parts.contains(word));
        let weight = if is_label {
            SYNONYM
        } else if of_type.is_some_and(|word| group.contains(&word)) {
            OF_TYPE
        } else {
            continue;
        };
        group.iter().for_each(|word| add(word, weight));
    }
    found.into_iter().map(|(text, weight)| (Word::new(&text), weight)).collect()
}

/// Last words that one department writes for another's.
const TAILS: [&[&str]; 6] = [
    &["日期", "时间"],
    &["类型", "类别", "种类"],
    &["机关", "单位", "部门"],
    &["编号", "号", "号码"],
    &["金额", "数额", "额"],
    &["结果", "结论", "情况"],
];

/// The label with another last word of the same meaning.
fn variants(label: &str) -> Vec<String> {
    let tails = TAILS.iter().filter_map(|tails| {
        let tail = tails.iter().find(|tail| label.ends_with(**tail))?;
        let stem = label.strip_suffix(tail).filter(|stem| stem.chars().count() >= 2)?;
        Some(tails.iter().filter(move |other| *other != tail).map(move |other| format!("{stem}{other}")))
    });
    tails.flatten().collect()
}

fn scheme_word(scheme: Scheme) -> Option<&'static str> {
    match scheme {
        Scheme::Uscc => Some("统一社会信用代码"),
        Scheme::RegistrationNumber => Some("注册号"),
        Scheme::OrganisationCode => Some("组织机构代码"),
        Scheme::TaxId => Some("纳税人识别号"),
        Scheme::SocialInsuranceNumber => Some("社会保险登记证号"),
        Scheme::PriPid => Some("主体身份代码"),
        Scheme::ResidentId => Some("身份证号"),
        Scheme::CustomsCode | Scheme::SubjectNumber | Scheme::Local => None,
    }
}
