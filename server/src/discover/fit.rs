//! Which column is which field, and which kind a stream is of: by names and by the forms of the cells.
//!
//! Pure; knows no source and no text for people.

use contract::ColumnType;
use hub::ontology::{EntityNature, Field, FieldType, Kind, Ontology, Scheme};

use super::names::{Likeness, Name};
use super::profile::{Form, Profile};
use super::vocabulary::{FieldWords, KindWords};

/// A column with what is known of it.
#[derive(Debug)]
pub(crate) struct Candidate {
    pub(crate) column: contract::Column,
    pub(crate) name: Name,
    pub(crate) profile: Profile,
}

/// What the cells say for a guess.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Evidence {
    /// 0 to 1.
    pub(crate) fit: f64,
    /// The form that counts, and how many cells have it.
    pub(crate) form: Option<(Form, usize)>,
    /// Cells whose code the list (or the translation) knows.
    pub(crate) codes: Option<usize>,
    /// The translation that knows more of the codes than the list.
    pub(crate) translation: Option<String>,
}

/// One field and its column.
#[derive(Clone, Debug)]
pub(crate) struct Guess {
    /// Index of the field in its kind.
    pub(crate) field: usize,
    /// Index of the candidate.
    pub(crate) column: usize,
    pub(crate) score: f64,
    pub(crate) likeness: Option<Likeness>,
    pub(crate) evidence: Evidence,
}

/// A stream as records of one kind.
#[derive(Clone, Debug)]
pub(crate) struct Proposal {
    /// Index of the kind.
    pub(crate) kind: usize,
    pub(crate) score: f64,
    /// In the order of the kind's fields.
    pub(crate) guesses: Vec<Guess>,
}

/// Below this a guess is none.
const MIN_GUESS: f64 = 0.5;
/// The name says too little below this, unless the cells prove it.
const MIN_NAME: f64 = 0.4;

/// All kinds, the best first.
pub(crate) fn proposals(
    ontology: &Ontology,
    vocabulary: &[KindWords],
    stream: &Name,
    candidates: &[Candidate],
) -> Vec<Proposal> {
    let mut all: Vec<Proposal> = ontology
        .kinds
        .iter()
        .zip(vocabulary)
        .enumerate()
        .map(|(index, (kind, words))| proposal(ontology, index, kind, words, stream, candidates))
        .collect();
    all.sort_by(|a, b| b.score.total_cmp(&a.score));
    all
}

fn proposal(
    ontology: &Ontology,
    index: usize,
    kind: &Kind,
    words: &KindWords,
    stream: &Name,
    candidates: &[Candidate],
) -> Proposal {
    let mut pairs: Vec<Guess> = Vec::new();
    for (at, (field, field_words)) in kind.fields.iter().zip(&words.fields).enumerate() {
        for (column, candidate) in candidates.iter().enumerate() {
            pairs.extend(guess(ontology, (at, field), field_words, (column, candidate)));
        }
    }
    pairs.sort_by(|a, b| {
        b.score.total_cmp(&a.score).then(a.field.cmp(&b.field)).then(a.column.cmp(&b.column))
    });
    let mut guesses: Vec<Guess> = Vec::new();
    for pair in pairs {
        if guesses.iter().all(|known| known.field != pair.field && known.column != pair.column) {
            guesses.push(pair);
        }
    }
    only_ones(ontology, kind, words, candidates, &mut guesses);
    let total: f64 = guesses.iter().map(|guess| guess.score).sum();
    let weight = |at: usize| words.fields.get(at).map_or(0.0, |field| field.weight);
    let weighed: f64 = guesses.iter().map(|guess| guess.score * weight(guess.field)).sum();
    let whole: f64 = words.fields.iter().map(|field| field.weight).sum();
    let n_missing = kind
        .fields
        .iter()
        .enumerate()
        .filter(|(at, field)| field.is_required && guesses.iter().all(|guess| guess.field != *at))
        .count();
    let of_name = stream.likeness(&words.words).map_or(0.0, |likeness| likeness.score);
    let score =
        0.42 * weighed / whole.max(0.1) + 0.33 * total / candidates.len().max(1) as f64 + 0.25 * of_name
            - 0.1 * n_missing as f64;
    second_readings(ontology, kind, candidates, &mut guesses);
    guesses.sort_by_key(|guess| guess.field);
    Proposal { kind: index, score: score.max(0.0), guesses }
}

/// Fields that no name leads to, where one free column alone has the form: a name of an organisation, a code, a day.
fn only_ones(
    ontology: &Ontology,
    kind: &Kind,
    words: &KindWords,
    candidates: &[Candidate],
    guesses: &mut Vec<Guess>,
) {
    let mut open: Vec<(usize, usize, Evidence)> = Vec::new();
    for (at, (field, field_words)) in kind.fields.iter().zip(&words.fields).enumerate() {
        if guesses.iter().any(|guess| guess.field == at) {
            continue;
        }
        for (column, candidate) in candidates.iter().enumerate() {
            let is_free = guesses.iter().all(|guess| guess.column != column);
            let found = evidence(ontology, field, field_words.named, &candidate.column, &candidate.profile);
            let tells = |evidence: &Evidence| {
                evidence.form.is_some_and(|(form, n)| n * 10 >= candidate.profile.n_filled * least(form))
            };
            open.extend(found.filter(|found| is_free && tells(found)).map(|found| (at, column, found)));
        }
    }
    for (field, column, evidence) in &open {
        let is_rival = |(other, free, rival): &&(usize, usize, Evidence)| {
            (other == field) != (free == column) && rival.fit * 1.25 >= evidence.fit
        };
        if !open.iter().any(|one| is_rival(&one)) {
            let (field, column, evidence) = (*field, *column, evidence.clone());
            guesses.push(Guess { field, column, score: 0.5 * evidence.fit, likeness: None, evidence });
        }
    }
}

/// Tenths of the cells that must have a form, for it to tell a column by itself. 11: it never does.
fn least(form: Form) -> usize {
    match form {
        Form::Uscc | Form::Registration | Form::Organisation | Form::Social | Form::Resident => 2,
        Form::Firm => 5,
        Form::Day | Form::Phone | Form::Address | Form::Authority => 8,
        Form::Tax
        | Form::Customs
        | Form::Moment
        | Form::PartialDay
        | Form::Open
        | Form::Year
        | Form::Number
        | Form::Integer
        | Form::Truth
        | Form::Person => 11,
    }
}

/// One column may hold several numberings: before 2015 organisation codes stood where credit codes stand now, and people
/// stand among companies with their ID numbers.
fn second_readings(ontology: &Ontology, kind: &Kind, candidates: &[Candidate], guesses: &mut Vec<Guess>) {
    for role in &kind.roles {
        let of_role = |field: usize| role.identifiers.iter().any(|one| one.field == field);
        // Whether another role has a person's number there (or the number of somebody else).
        let of_others = |field: usize, is_person: bool| {
            let all = kind.roles.iter().flat_map(|role| &role.identifiers);
            all.filter(|one| (one.scheme == Scheme::ResidentId) == is_person).any(|one| one.field == field)
        };
        for one in &role.identifiers {
            let (is_person, is_subject) =
                (one.scheme == Scheme::ResidentId, one.scheme == Scheme::SubjectNumber);
            let may_read = |field| match is_person || is_subject {
                true => of_others(field, is_subject),
                false => of_role(field),
            };
            let read: Vec<usize> =
                guesses.iter().filter(|guess| may_read(guess.field)).map(|guess| guess.column).collect();
            let is_free = guesses.iter().all(|guess| guess.field != one.field);
            let may = is_person
                || is_subject
                || matches!(one.scheme, Scheme::OrganisationCode | Scheme::RegistrationNumber);
            let Some(field) = kind.fields.get(one.field).filter(|_| is_free && may) else { continue };
            let found = read.iter().find_map(|column| {
                let profile = &candidates.get(*column)?.profile;
                let evidence = evidence(ontology, field, None, &candidates.get(*column)?.column, profile)?;
                (evidence.form.is_some() && evidence.fit >= 0.05).then_some((*column, evidence))
            });
            if let Some((column, evidence)) = found {
                guesses.push(Guess {
                    field: one.field,
                    column,
                    score: evidence.fit,
                    likeness: None,
                    evidence,
                });
            }
        }
    }
}

fn guess(
    ontology: &Ontology,
    (field_at, field): (usize, &Field),
    words: &FieldWords,
    (column_at, candidate): (usize, &Candidate),
) -> Option<Guess> {
    let evidence = evidence(ontology, field, words.named, &candidate.column, &candidate.profile)?;
    let is_unproven = matches!(field.field_type, FieldType::Identifier(Scheme::PriPid | Scheme::Local));
    if is_unproven && candidate.name.is_running_number() {
        return None;
    }
    let likeness = candidate.name.likeness(&words.words);
    let name = likeness.as_ref().map_or(0.0, |likeness| likeness.score);
    let is_proof = evidence.fit >= 0.5 && evidence.form.is_some_and(|(form, _)| proves(form));
    let score = if is_proof {
        0.45 * evidence.fit + 0.55 * name.max(0.2)
    } else if name >= MIN_NAME {
        0.65 * name + 0.35 * evidence.fit
    } else {
        return None;
    };
    (score >= MIN_GUESS).then(|| Guess {
        field: field_at,
        column: column_at,
        score,
        likeness: likeness.filter(|likeness| likeness.score >= MIN_NAME),
        evidence,
    })
}

/// Forms with a check digit prove what they are, whatever the column is called.
fn proves(form: Form) -> bool {
    matches!(form, Form::Uscc | Form::Registration | Form::Organisation | Form::Social | Form::Resident)
}

/// What the cells say for a field; `None`: they cannot be it.
fn evidence(
    ontology: &Ontology,
    field: &Field,
    named: Option<EntityNature>,
    column: &contract::Column,
    profile: &Profile,
) -> Option<Evidence> {
    let plain = |fit: f64| Some(Evidence { fit, form: None, codes: None, translation: None });
    let by = |form: Form, fit: f64| {
        Some(Evidence { fit, form: Some((form, profile.count(form))), codes: None, translation: None })
    };
    if profile.n_filled == 0 {
        return plain(0.4);
    }
    let share = |form: Form| profile.share(form);
    let at_least = |form: Form, least: f64| if share(form) >= least { by(form, share(form)) } else { None };
    let days = share(Form::Day) + share(Form::PartialDay) + share(Form::Open);
    match &field.field_type {
        FieldType::Text => text_evidence(field, named, column, profile),
        FieldType::Code { list } => code_evidence(ontology, list, profile),
        FieldType::Money | FieldType::Decimal { .. } => {
            let is_money = share(Form::Number) >= 0.6 && share(Form::Uscc) < 0.2 && !is_day(column);
            if is_money { by(Form::Number, share(Form::Number)) } else { None }
        }
        FieldType::Integer if field.label.zh.contains("年度") || field.id == "year" => {
            at_least(Form::Year, 0.6)
        }
        FieldType::Integer => {
            if is_day(column) {
                None
            } else {
                at_least(Form::Integer, 0.7)
            }
        }
        FieldType::Bool => at_least(Form::Truth, 0.8),
        FieldType::Date | FieldType::PartialDate => {
            if days < 0.6 {
                None
            } else {
                by(Form::Day, days.min(1.0) * if share(Form::Open) > 0.02 { 0.7 } else { 1.0 })
            }
        }
        FieldType::Until => {
            if days < 0.6 {
                None
            } else {
                by(Form::Day, if share(Form::Open) > 0.0 { 1.0 } else { 0.85 })
            }
        }
        FieldType::Timestamp => {
            if days < 0.6 {
                None
            } else {
                by(Form::Moment, 0.5 + 0.5 * share(Form::Moment))
            }
        }
        FieldType::Identifier(scheme) => identifier_evidence(*scheme, profile),
        FieldType::Phone => at_least(Form::Phone, 0.5),
        FieldType::Address => at_least(Form::Address, 0.25),
    }
}

fn is_day(column: &contract::Column) -> bool {
    matches!(
        column.column_type,
        ColumnType::Date | ColumnType::DateTime | ColumnType::Timestamp | ColumnType::Time
    )
}

fn text_evidence(
    field: &Field,
    named: Option<EntityNature>,
    column: &contract::Column,
    profile: &Profile,
) -> Option<Evidence> {
    let share = |form: Form| profile.share(form);
    let by = |form: Form, fit: f64| {
        Some(Evidence { fit, form: Some((form, profile.count(form))), codes: None, translation: None })
    };
    let is_other = share(Form::Uscc) > 0.4
        || share(Form::Resident) > 0.3
        || share(Form::Day) > 0.8
        || (share(Form::Phone) > 0.8 && share(Form::Registration) < 0.1)
        || is_day(column);
    if is_other {
        return None;
    }
    let label = field.label.zh.as_str();
    match named {
        Some(EntityNature::Person) => return by(Form::Person, share(Form::Person)),
        Some(EntityNature::Subject | EntityNature::Other) => {
            return by(Form::Firm, 0.25 + 0.75 * share(Form::Firm));
        }
        None => {}
    }
    if label.contains("机关") || label.ends_with("法院") {
        return by(Form::Authority, 0.3 + 0.7 * share(Form::Authority));
    }
    if label.starts_with("法定代表人") || matches!(label, "姓名" | "书记" | "投诉人" | "负责人")
    {
        return by(Form::Person, 0.3 + 0.7 * share(Form::Person));
    }
    let fit = if share(Form::Firm) > 0.6 { 0.4 } else { 0.65 };
    Some(Evidence { fit, form: None, codes: None, translation: None })
}

fn code_evidence(ontology: &Ontology, list: &str, profile: &Profile) -> Option<Evidence> {
    let list = ontology.lists.get(list)?;
    let is_ours = |code: &str| list.entry(None, code).is_some();
    let n_ours = profile.known(is_ours);
    // A list and its translation may know the same codes: the list is enough then.
    let translated = list
        .translations
        .iter()
        .map(|(id, translation)| {
            (profile.known(|code| translation.map.contains_key(code) || is_ours(code)), id)
        })
        .filter(|(n, _)| *n > n_ours)
        .max_by_key(|(n, _)| *n);
    let (n, translation) = match translated {
        Some((n, id)) => (n, Some(id.clone())),
        None => (n_ours, None),
    };
    let fit = n as f64 / profile.n_filled.max(1) as f64;
    (fit >= 0.25).then_some(Evidence { fit, form: None, codes: Some(n), translation })
}

fn identifier_evidence(scheme: Scheme, profile: &Profile) -> Option<Evidence> {
    let share = |form: Form| profile.share(form);
    let by = |form: Form, least: f64| {
        let fit = share(form);
        let found = Evidence { fit, form: Some((form, profile.count(form))), codes: None, translation: None };
        (fit >= least).then_some(found)
    };
    match scheme {
        Scheme::Uscc => by(Form::Uscc, 0.1),
        Scheme::RegistrationNumber => by(Form::Registration, 0.05).filter(|_| share(Form::Resident) < 0.3),
        Scheme::SubjectNumber => by(Form::Uscc, 0.1).or_else(|| by(Form::Registration, 0.05)),
        Scheme::OrganisationCode => by(Form::Organisation, 0.05),
        Scheme::TaxId => by(Form::Tax, 0.5),
        Scheme::SocialInsuranceNumber => by(Form::Social, 0.3),
        Scheme::CustomsCode => by(Form::Customs, 0.5),
        Scheme::ResidentId => by(Form::Resident, 0.2),
        Scheme::PriPid | Scheme::Local => {
            let is_other = share(Form::Day) > 0.8 || share(Form::Uscc) > 0.4 || share(Form::Firm) > 0.4;
            let found = Evidence { fit: 0.55, form: None, codes: None, translation: None };
            (!is_other).then_some(found)
        }
    }
}
