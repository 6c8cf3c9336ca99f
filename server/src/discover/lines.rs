//! A proposal worked out into the lines of a mapping, each with its reasons, and tried on the sample.
//!
//! Knows no TOML; the reasons hold counts and names, never a value of a cell.

use std::collections::BTreeMap;

use contract::{SourceId, StreamSchema, Value};
use hub::ingest::{FieldMappingDraft, FromDraft, Mapping, MappingDraft, OnInvalid, PersonKey};
use hub::ontology::{Field, FieldType, Kind, Ontology, Scheme};
use messages::Message;

use super::fit::{Candidate, Guess, Proposal};
use super::names::How;
use super::profile::Form;
use super::sample::Sample;

/// A field of the mapping.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) field: String,
    /// The column; `None`: a person has to name it.
    pub(crate) column: Option<String>,
    pub(crate) unit: Option<&'static str>,
    pub(crate) currency_column: Option<String>,
    pub(crate) code_translation: Option<String>,
    pub(crate) placeholders: Vec<&'static str>,
    pub(crate) on_invalid: OnInvalid,
    pub(crate) reasons: Vec<Message>,
}

/// What became of the sample under the mapping.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trial {
    pub(crate) n_rows: usize,
    pub(crate) n_dead: usize,
    /// Of these, rows that have not as many cells as the header.
    pub(crate) n_torn: usize,
    pub(crate) n_flags: usize,
    /// Rows set aside, by the field to blame.
    pub(crate) faults: BTreeMap<String, usize>,
}

/// The stream and where its rows would go.
pub(crate) struct Target<'a> {
    pub(crate) ontology: &'a Ontology,
    pub(crate) source: &'a SourceId,
    pub(crate) schema: &'a StreamSchema,
    pub(crate) key: &'a [String],
    pub(crate) zone: &'a str,
    pub(crate) anchor: Option<&'a str>,
}

/// The lines of the best proposal, in the order of the kind's fields.
pub(crate) fn lines(
    kind: &Kind,
    proposal: &Proposal,
    candidates: &[Candidate],
    is_anchor: bool,
) -> Vec<Line> {
    let currency = currency_column(proposal, candidates);
    let mut lines = Vec::new();
    for (at, field) in kind.fields.iter().enumerate() {
        let guess = proposal.guesses.iter().find(|guess| guess.field == at);
        let found = guess.and_then(|guess| Some((guess, candidates.get(guess.column)?)));
        match found {
            Some((guess, candidate)) => {
                let mut line = line(kind, field, guess, candidate, is_anchor);
                let is_free = lines.iter().all(|line: &Line| line.currency_column.is_none());
                if matches!(field.field_type, FieldType::Money) && is_free {
                    line.currency_column.clone_from(&currency);
                }
                lines.push(line);
            }
            None if field.is_required => lines.push(Line {
                reasons: vec![Message::new("TJ-V128").with("label", &field.label.zh)],
                ..Line::empty(&field.id)
            }),
            None => {}
        }
    }
    lines
}

impl Line {
    fn empty(field: &str) -> Line {
        Line {
            field: field.to_owned(),
            column: None,
            unit: None,
            currency_column: None,
            code_translation: None,
            placeholders: Vec::new(),
            on_invalid: OnInvalid::Unsaid,
            reasons: Vec::new(),
        }
    }

    /// Says what becomes of cells that cannot be read, and that it does.
    fn when_invalid(&mut self, on_invalid: OnInvalid) {
        self.on_invalid = on_invalid;
        let code = match on_invalid {
            OnInvalid::Unsaid => return,
            OnInvalid::Keep => "TJ-V124",
            OnInvalid::Null => "TJ-V125",
            OnInvalid::DeadLetter => "TJ-V126",
        };
        self.reasons.push(Message::new(code));
    }
}

fn line(kind: &Kind, field: &Field, guess: &Guess, candidate: &Candidate, is_anchor: bool) -> Line {
    let profile = &candidate.profile;
    let mut line = Line { column: Some(candidate.column.name.clone()), ..Line::empty(&field.id) };
    line.reasons.push(match &guess.likeness {
        Some(likeness) => Message::new(match likeness.how {
            How::Chinese => "TJ-V112",
            How::Initials => "TJ-V113",
            How::SomeInitials => "TJ-V114",
            How::English => "TJ-V115",
        })
        .with("word", &likeness.word),
        None => Message::new("TJ-V116"),
    });
    if profile.n_filled == 0 {
        line.reasons.push(Message::new("TJ-V120"));
    } else if let Some((form, n)) = guess.evidence.form.filter(|(_, n)| *n > 0) {
        line.reasons.push(count(form_code(form), n, profile.n_filled));
    } else if let Some(n) = guess.evidence.codes {
        line.reasons.push(count("TJ-V118", n, profile.n_filled));
    }
    if let Some(translation) = &guess.evidence.translation {
        line.reasons.push(Message::new("TJ-V119").with("translation", translation));
        line.code_translation = Some(translation.clone());
    }
    if matches!(field.field_type, FieldType::Money) {
        let (unit, reason) = unit(field, candidate);
        line.unit = Some(unit);
        line.reasons.push(reason);
    }
    if matches!(field.field_type, FieldType::Phone | FieldType::Identifier(_) | FieldType::Text) {
        for (word, n) in &profile.placeholders {
            line.placeholders.push(word);
            line.reasons.push(Message::new("TJ-V127").with("word", word).with("n", n));
        }
    }
    let on_invalid = on_invalid(kind, field, is_anchor, guess, profile.n_filled);
    line.when_invalid(on_invalid);
    line
}

fn count(code: &'static str, n: usize, of: usize) -> Message {
    Message::new(code).with("n", n).with("of", of)
}

/// Of a registry's own code a wrong one stops the row; elsewhere what is written is kept for a person to see.
fn on_invalid(kind: &Kind, field: &Field, is_anchor: bool, guess: &Guess, n_filled: usize) -> OnInvalid {
    let n_read = guess.evidence.form.map_or(n_filled, |(_, n)| n);
    match &field.field_type {
        FieldType::Identifier(Scheme::PriPid | Scheme::Local) => OnInvalid::Unsaid,
        FieldType::Identifier(Scheme::ResidentId) => OnInvalid::Null,
        FieldType::Identifier(scheme) => {
            let is_party = kind.party().is_some_and(|role| {
                role.identifiers.iter().any(|one| kind.field_index(&field.id) == Some(one.field))
            });
            match (is_anchor && is_party, *scheme) {
                (true, Scheme::Uscc) => OnInvalid::DeadLetter,
                (true, _) => OnInvalid::Null,
                (false, _) => OnInvalid::Keep,
            }
        }
        FieldType::Code { .. } => OnInvalid::Keep,
        FieldType::Phone => OnInvalid::Null,
        FieldType::Date | FieldType::PartialDate | FieldType::Timestamp
            if n_read < n_filled && !field.is_required =>
        {
            OnInvalid::Null
        }
        FieldType::Until if !field.is_required => OnInvalid::Null,
        FieldType::Text
        | FieldType::Money
        | FieldType::Decimal { .. }
        | FieldType::Integer
        | FieldType::Bool
        | FieldType::Date
        | FieldType::PartialDate
        | FieldType::Until
        | FieldType::Timestamp
        | FieldType::Address => OnInvalid::Unsaid,
    }
}

/// 万元 or 元: by what the name or the owner's comment says, else by the digits after the point.
fn unit(field: &Field, candidate: &Candidate) -> (&'static str, Message) {
    let comment = candidate.column.comment.as_deref().unwrap_or_default();
    let said = format!("{} {comment}", candidate.column.name).to_lowercase();
    let decimals = candidate.profile.decimals;
    // Sums that describe a whole company are written in 万元 by custom, and would be strangely small in 元.
    let is_of_a_firm =
        ["资本", "资产", "收入", "利润", "总额"].iter().any(|word| field.label.zh.contains(word));
    if said.contains('万') || said.ends_with("_wan ") || said.contains("_wan_") {
        ("万元", Message::new("TJ-V121"))
    } else if said.contains('元') {
        ("元", Message::new("TJ-V121"))
    } else if decimals > 2 {
        ("万元", Message::new("TJ-V122").with("decimals", decimals))
    } else if is_of_a_firm && candidate.profile.n_small * 2 > candidate.profile.n_filled {
        ("万元", Message::new("TJ-V157"))
    } else {
        ("元", Message::new("TJ-V123").with("decimals", decimals))
    }
}

/// A column of currencies that no field took.
fn currency_column(proposal: &Proposal, candidates: &[Candidate]) -> Option<String> {
    const CURRENCIES: [&str; 14] = [
        "CNY",
        "USD",
        "HKD",
        "EUR",
        "JPY",
        "GBP",
        "TWD",
        "156",
        "840",
        "344",
        "人民币",
        "美元",
        "港元",
        "欧元",
    ];
    let is_free = |at: usize| proposal.guesses.iter().all(|guess| guess.column != at);
    let found = candidates.iter().enumerate().find(|(at, candidate)| {
        let n = candidate.profile.known(|text| CURRENCIES.contains(&text));
        is_free(*at) && n > 0 && n * 10 >= candidate.profile.n_filled * 9
    });
    found.map(|(_, candidate)| candidate.column.name.clone())
}

/// The text that says so many cells have a form.
pub(crate) fn form_code(form: Form) -> &'static str {
    match form {
        Form::Uscc => "TJ-V130",
        Form::Registration => "TJ-V131",
        Form::Organisation => "TJ-V132",
        Form::Tax => "TJ-V133",
        Form::Social => "TJ-V134",
        Form::Customs => "TJ-V135",
        Form::Resident => "TJ-V136",
        Form::Phone => "TJ-V137",
        Form::Day => "TJ-V138",
        Form::Moment => "TJ-V139",
        Form::Year => "TJ-V140",
        Form::Number => "TJ-V141",
        Form::Integer => "TJ-V142",
        Form::Truth => "TJ-V143",
        Form::Firm => "TJ-V144",
        Form::Authority => "TJ-V145",
        Form::Person => "TJ-V146",
        Form::Address => "TJ-V147",
        Form::Open => "TJ-V148",
        Form::PartialDay => "TJ-V149",
    }
}

/// Tries the lines on the sample; where a field sets rows aside that need not be, the line is eased once.
/// `None` where no mapping can be made of them yet.
pub(crate) fn tried(target: &Target<'_>, kind: &Kind, lines: &mut [Line], sample: &Sample) -> Option<Trial> {
    let mut trial = try_on(target, kind, lines, sample)?;
    let mut is_eased = false;
    for line in lines.iter_mut().filter(|line| line.on_invalid == OnInvalid::Unsaid) {
        let field = kind.fields.iter().find(|field| field.id == line.field);
        if trial.faults.contains_key(&line.field) && field.is_some_and(|field| !field.is_required) {
            line.when_invalid(OnInvalid::Null);
            is_eased = true;
        }
    }
    if is_eased {
        trial = try_on(target, kind, lines, sample)?;
    }
    Some(trial)
}

fn try_on(target: &Target<'_>, kind: &Kind, lines: &[Line], sample: &Sample) -> Option<Trial> {
    let draft = MappingDraft {
        path: String::from("discover"),
        source: target.source.clone(),
        stream: target.schema.name.clone(),
        kind: kind.id.clone(),
        anchor: target.anchor.map(str::to_owned),
        key: target.key.to_vec(),
        zone: target.zone.to_owned(),
        placeholders: Vec::new(),
        fields: lines.iter().filter_map(field_draft).collect(),
    };
    // Nothing hashed here leaves this function.
    let mapping =
        Mapping::build(draft, target.ontology, Some(PersonKey::derive(b"a trial, never kept"))).ok()?;
    let columns: Vec<&str> = mapping.mapped_columns().map(|(column, _)| column).collect();
    let places: Vec<Option<usize>> =
        columns.iter().map(|name| sample.columns.iter().position(|column| column.name == *name)).collect();
    let mut trial = Trial {
        n_rows: sample.rows.len() + sample.n_torn,
        n_dead: sample.n_torn,
        n_torn: sample.n_torn,
        ..Trial::default()
    };
    for row in &sample.rows {
        let cell = |place: &Option<usize>| place.and_then(|at| row.get(at)).cloned().unwrap_or(Value::Null);
        let cells: Vec<Value> = places.iter().map(cell).collect();
        match mapping.apply(&cells) {
            Ok(mapped) => trial.n_flags += mapped.flags.len(),
            Err(dead) => {
                trial.n_dead += 1;
                for fault in dead.faults {
                    *trial.faults.entry(fault.field.unwrap_or_default()).or_default() += 1;
                }
            }
        }
    }
    Some(trial)
}

fn field_draft(line: &Line) -> Option<FieldMappingDraft> {
    let column = line.column.as_ref()?;
    Some(FieldMappingDraft {
        from: FromDraft::Columns(vec![column.clone()]),
        unit: line.unit.map(str::to_owned),
        currency_column: line.currency_column.clone(),
        placeholders: line.placeholders.iter().map(|word| (*word).to_owned()).collect(),
        code_translation: line.code_translation.clone(),
        on_invalid: line.on_invalid,
        ..FieldMappingDraft::column("discover", &line.field, column)
    })
}
