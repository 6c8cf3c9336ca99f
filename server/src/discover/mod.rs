//! `tongjian discover`: what a source holds, and a mapping to begin with: guesses, each with its reason.
//!
//! Knows the contract of sources and the ontology. Invariant: nothing is written to the source, a stream is read no further
//! than its sample, and no value of a cell is printed.

mod fit;
pub(crate) mod header;
mod lines;
mod names;
mod profile;
mod sample;
mod toml;
mod vocabulary;

#[cfg(test)]
mod tests;

use contract::{SourceId, StreamSchema};
use hub::ontology::{Kind, Ontology};
use messages::{Lang, Message};

use fit::{Candidate, Proposal};
use lines::{Line, Target, Trial};
use names::Name;
use profile::Profile;
pub(crate) use sample::{MAX_ROWS, Sample, sample};
use vocabulary::KindWords;

/// Below this no kind is proposed.
const MIN_SCORE: f64 = 0.3;
/// Two kinds nearer than this are a toss-up.
const NEAR: f64 = 0.04;

/// What the guesses are made from.
pub(crate) struct Guesser<'a> {
    ontology: &'a Ontology,
    vocabulary: Vec<KindWords>,
    lang: Lang,
    zone: String,
    /// Kinds of entities that a stream of the configuration brings into being already.
    anchored: Vec<String>,
}

/// What is proposed for one stream.
#[derive(Debug)]
pub(crate) struct Proposed {
    /// TOML.
    pub(crate) text: String,
    /// Kind, if any fits.
    pub(crate) kind: Option<String>,
    /// The next best.
    pub(crate) runner_up: Option<String>,
    /// Field and column.
    pub(crate) fields: Vec<(String, Option<String>)>,
}

impl<'a> Guesser<'a> {
    /// From an ontology; `zone` is that of the source's times.
    pub(crate) fn new(ontology: &'a Ontology, lang: Lang, zone: &str, anchored: Vec<String>) -> Guesser<'a> {
        Guesser {
            ontology,
            vocabulary: vocabulary::vocabulary(ontology),
            lang,
            zone: zone.to_owned(),
            anchored,
        }
    }

    /// Proposes a mapping of a stream from its sample. What it anchors is remembered for the streams that follow.
    pub(crate) fn propose(&mut self, source: &SourceId, schema: &StreamSchema, sample: &Sample) -> Proposed {
        let candidates = candidates(sample);
        let table = schema.name.parts().last().map(String::as_str).unwrap_or_default();
        let lower = table.to_ascii_lowercase();
        let prefix =
            lower.split_once('_').filter(|(first, _)| first.len() <= 2).map(|(first, _)| format!("{first}_"));
        let name = Name::new(table, schema.comment.as_deref(), prefix.as_deref().unwrap_or_default());
        let all = fit::proposals(self.ontology, &self.vocabulary, &name, &candidates);
        let mut text = self.head(schema, sample);
        let best = all.first().filter(|best| best.score >= MIN_SCORE && best.guesses.len() >= 2);
        let kind = best.and_then(|best| self.ontology.kinds.get(best.kind));
        let (Some(best), Some(kind)) = (best, kind) else {
            let message = Message::new(if sample.rows.is_empty() { "TJ-V155" } else { "TJ-V152" });
            text.push(toml::comment(&message.render(self.lang)));
            text.extend(candidates.iter().map(|candidate| toml::unmapped(self.lang, candidate)));
            return Proposed { text: text.join("\n"), kind: None, runner_up: None, fields: Vec::new() };
        };
        let second = all.get(1);
        let runner_up = second.and_then(|second| self.ontology.kinds.get(second.kind));
        text.push(self.why_kind(kind, best, second));
        let anchor = self.vocabulary.get(best.kind).and_then(|words| words.anchors.clone());
        let is_anchor = anchor.as_ref().is_some_and(|entity| !self.anchored.contains(entity));
        let (key, why_key) = key(schema, sample, &candidates);
        let target = Target {
            ontology: self.ontology,
            source,
            schema,
            key: &key,
            zone: &self.zone,
            anchor: anchor.as_deref().filter(|_| is_anchor),
        };
        let mut lines = lines::lines(kind, best, &candidates, is_anchor);
        let trial = lines::tried(&target, kind, &mut lines, sample);
        text.push(format!("[[source.{source}.stream]]"));
        text.push(format!("name = {}", toml::quoted(&schema.name.to_string())));
        text.push(format!("kind = {}", toml::quoted(&kind.id)));
        if let Some(entity) = anchor {
            let line = format!("anchor = {}", toml::quoted(&entity));
            let code = if is_anchor { "TJ-V107" } else { "TJ-V108" };
            let why = toml::comment(&Message::new(code).with("entity", &entity).render(self.lang));
            text.push(if is_anchor { format!("{line}  {why}") } else { format!("# {line}  {why}") });
            self.anchored.push(entity);
        }
        let blank = Message::new("TJ-V156").render(self.lang);
        let shown =
            if key.is_empty() { vec![blank.as_str()] } else { key.iter().map(String::as_str).collect() };
        text.push(format!("key = {}  {}", toml::list(shown), toml::comment(&why_key.render(self.lang))));
        self.body(&mut text, source, &lines, trial.as_ref(), &candidates);
        Proposed {
            text: text.join("\n"),
            kind: Some(kind.id.clone()),
            runner_up: runner_up.map(|kind| kind.id.clone()),
            fields: lines.into_iter().map(|line| (line.field, line.column)).collect(),
        }
    }

    /// What the stream is, before anything is guessed.
    fn head(&self, schema: &StreamSchema, sample: &Sample) -> Vec<String> {
        let n = sample.rows.len();
        let size = if sample.is_whole {
            Message::new("TJ-V103").with("stream", &schema.name).with("rows", n)
        } else {
            let estimate = schema.estimated_rows.map_or_else(|| "?".to_owned(), |rows| rows.to_string());
            Message::new("TJ-V102").with("stream", &schema.name).with("estimate", estimate).with("rows", n)
        };
        let mut text = vec![String::new(), toml::comment(&size.render(self.lang))];
        text.extend(schema.comment.as_deref().filter(|words| !words.is_empty()).map(|words| {
            toml::comment(&Message::new("TJ-V104").with("comment", toml::short(words)).render(self.lang))
        }));
        for note in &schema.notes {
            let message = Message { code: note.code, args: note.args.clone() };
            text.push(toml::comment(&format!("{}: {}", note.code, message.render(self.lang))));
        }
        text
    }

    fn why_kind(&self, kind: &Kind, best: &Proposal, second: Option<&Proposal>) -> String {
        let label = |kind: &Kind| match self.lang {
            Lang::Zh => kind.label.zh.clone(),
            Lang::En => kind.label.en.clone(),
        };
        let mut message = Message::new("TJ-V105")
            .with("kind", &kind.id)
            .with("label", label(kind))
            .with("n", best.guesses.len())
            .with("fields", kind.fields.len())
            .with("score", format!("{:.2}", best.score));
        let other = second.and_then(|second| Some((self.ontology.kinds.get(second.kind)?, second.score)));
        let (id, name, score) = other.map_or_else(
            || ("-".to_owned(), "-".to_owned(), 0.0),
            |(kind, score)| (kind.id.clone(), label(kind), score),
        );
        message =
            message.with("other", id).with("other_label", name).with("other_score", format!("{score:.2}"));
        let mut said = vec![message];
        if best.score - score < NEAR {
            said.push(Message::new("TJ-V106"));
        }
        toml::comment(&toml::reasons(self.lang, &said))
    }

    fn body(
        &self,
        text: &mut Vec<String>,
        source: &SourceId,
        lines: &[Line],
        trial: Option<&Trial>,
        candidates: &[Candidate],
    ) {
        text.extend(trial.map(|trial| toml::trial(self.lang, trial)));
        text.push(String::new());
        text.push(format!("[source.{source}.stream.fields]"));
        text.extend(lines.iter().map(|line| toml::field(self.lang, line)));
        let is_used = |name: &str| {
            lines.iter().any(|line| {
                line.column.as_deref() == Some(name) || line.currency_column.as_deref() == Some(name)
            })
        };
        let mut rest = candidates.iter().filter(|candidate| !is_used(&candidate.column.name)).peekable();
        if rest.peek().is_some() {
            text.push(toml::comment(&Message::new("TJ-V129").render(self.lang)));
            text.extend(rest.map(|candidate| toml::unmapped(self.lang, candidate)));
        }
    }
}

fn candidates(sample: &Sample) -> Vec<Candidate> {
    let prefix = names::common_prefix(sample.columns.iter().map(|column| column.name.as_str()));
    let candidate = |(at, column): (usize, &contract::Column)| Candidate {
        name: Name::new(&column.name, column.comment.as_deref(), &prefix),
        profile: Profile::of(sample.rows.iter().filter_map(|row| row.get(at))),
        column: column.clone(),
    };
    sample.columns.iter().enumerate().map(candidate).collect()
}

/// The source's own key, else the first column whose values are all there and all different.
fn key(schema: &StreamSchema, sample: &Sample, candidates: &[Candidate]) -> (Vec<String>, Message) {
    if !schema.key.is_empty() {
        return (schema.key.clone(), Message::new("TJ-V109"));
    }
    let is_key = |candidate: &&Candidate| {
        let profile = &candidate.profile;
        profile.is_unique() && profile.n_rows > 1 && profile.share(profile::Form::Day) < 0.5
    };
    match candidates.iter().find(is_key) {
        Some(candidate) => {
            (vec![candidate.column.name.clone()], Message::new("TJ-V110").with("rows", sample.rows.len()))
        }
        None => (Vec::new(), Message::new("TJ-V111")),
    }
}
