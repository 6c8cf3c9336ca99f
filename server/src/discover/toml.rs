//! Proposals as text: TOML for a file of `departments/`, every guess with its reasons behind it.
//!
//! What comes from the source (names, comments) is escaped; no value of a cell gets here.

use hub::ingest::OnInvalid;
use messages::{Lang, Message};

use super::fit::Candidate;
use super::lines::{Line, Trial, form_code};
use super::profile::Form;

/// A text as a TOML string.
pub(crate) fn quoted(text: &str) -> String {
    // JSON's escapes are TOML's, but for the one character that JSON leaves alone.
    serde_json::Value::String(text.to_owned()).to_string().replace('\u{7f}', "\\u007F")
}

/// A list of texts.
pub(crate) fn list<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    format!("[{}]", texts.into_iter().map(quoted).collect::<Vec<_>>().join(", "))
}

/// A comment of one line; what would break out of it is taken away.
pub(crate) fn comment(text: &str) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!("# {clean}")
}

/// Reasons, one behind the other.
pub(crate) fn reasons(lang: Lang, reasons: &[Message]) -> String {
    let between = match lang {
        Lang::Zh => "；",
        Lang::En => "; ",
    };
    reasons.iter().map(|reason| reason.render(lang)).collect::<Vec<_>>().join(between)
}

/// A field's line.
pub(crate) fn field(lang: Lang, line: &Line) -> String {
    let blank = Message::new("TJ-V156").render(lang);
    let column = quoted(line.column.as_deref().unwrap_or(&blank));
    let mut options = Vec::new();
    options.extend(line.unit.map(|unit| format!("unit = {}", quoted(unit))));
    options.extend(line.currency_column.as_deref().map(|name| format!("currency_column = {}", quoted(name))));
    options.extend(line.code_translation.as_deref().map(|id| format!("code_translation = {}", quoted(id))));
    if !line.placeholders.is_empty() {
        options.push(format!("placeholders = {}", list(line.placeholders.iter().copied())));
    }
    match line.on_invalid {
        OnInvalid::Unsaid => {}
        OnInvalid::DeadLetter => options.push("on_invalid = \"dead_letter\"".to_owned()),
        OnInvalid::Null => options.push("on_invalid = \"null\"".to_owned()),
        OnInvalid::Keep => options.push("on_invalid = \"keep\"".to_owned()),
    }
    let value =
        if options.is_empty() { column } else { format!("{{ column = {column}, {} }}", options.join(", ")) };
    format!("{} = {value}  {}", line.field, comment(&reasons(lang, &line.reasons)))
}

/// A column that no field was found for.
pub(crate) fn unmapped(lang: Lang, candidate: &Candidate) -> String {
    let profile = &candidate.profile;
    let mut said = vec![Message::new("TJ-V159").with("n", profile.n_filled).with("of", profile.n_rows)];
    const TOLD: [Form; 9] = [
        Form::Uscc,
        Form::Registration,
        Form::Organisation,
        Form::Resident,
        Form::Phone,
        Form::Day,
        Form::Firm,
        Form::Address,
        Form::Number,
    ];
    let form = TOLD.iter().find(|form| profile.share(**form) >= 0.5);
    said.extend(form.map(|form| {
        Message::new(form_code(*form)).with("n", profile.count(*form)).with("of", profile.n_filled)
    }));
    let about = candidate.column.comment.as_deref().map(short).unwrap_or_default();
    let gap = if about.is_empty() { "" } else { " " };
    comment(&format!(
        "    {} ({}){gap}{about} {}",
        candidate.column.name,
        candidate.column.native_type,
        reasons(lang, &said)
    ))
}

/// What became of the sample.
pub(crate) fn trial(lang: Lang, trial: &Trial) -> String {
    let message = Message::new("TJ-V150")
        .with("rows", trial.n_rows)
        .with("dead", trial.n_dead)
        .with("flags", trial.n_flags);
    let mut said = vec![message];
    if trial.n_torn > 0 {
        said.push(Message::new("TJ-V281").with("n", trial.n_torn));
    }
    said.extend(
        trial.faults.iter().map(|(field, n)| Message::new("TJ-V280").with("field", field).with("n", n)),
    );
    comment(&reasons(lang, &said))
}

/// An owner's words, cut.
pub(crate) fn short(text: &str) -> String {
    text.chars().take(60).collect()
}
