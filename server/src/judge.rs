//! The configuration judged whole: its form, then the meaning of everything whose form is good, so that an operator
//! sees all problems at once.
//!
//! Knows no store and connects to nothing.

mod untold;

use std::sync::Arc;

use config::draft::{Mode, SourceDraft, StreamDraft};
use config::{Config, Judged, LocatedProblem, Overrides};
use hub::ingest::mapping::{Mapping, PersonKey};
use hub::ontology::Ontology;
use messages::{Message, Problem};
use secrecy::ExposeSecret as _;

use crate::wiring;
use untold::Untold;

/// A configuration without a problem.
pub(crate) struct Sound {
    pub(crate) config: Config,
    pub(crate) ontology: Arc<Ontology>,
    pub(crate) mappings: Vec<Mapping>,
}

/// Reads and judges a configuration directory.
///
/// # Errors
/// All problems, in order of file and line.
pub(crate) fn judge(dir: &std::path::Path, overrides: &Overrides) -> Result<Sound, Vec<LocatedProblem>> {
    let Judged { config, main_is_read, mut problems } = config::judge(dir, overrides);
    let Some(config) = config else { return Err(problems) };
    let mut untold = Untold::of(&config, &problems, main_is_read);
    let mut told: Vec<Problem> = source_problems(&config);
    told.retain(|problem| !untold.covers(problem));
    let (ontology, found) = kinds(&config);
    told.extend(untold.learn(found));
    let person_key = person_key(&config).unwrap_or_else(|problem| {
        told.extend(Some(problem).filter(|problem| !untold.covers(problem)));
        // Good enough to judge by: with this problem nothing is run.
        PersonKey::derive(b"judged, never used")
    });
    let mut mappings = Vec::new();
    for source in config.departments.iter().flat_map(|department| &department.sources) {
        for stream in source.streams.iter().filter(|_| source.is_enabled) {
            let (mapping, mut found) = mapping(&config, source, stream, &ontology, &person_key);
            found.retain(|problem| !untold.covers_in_stream(problem, stream));
            told.extend(found);
            mappings.extend(mapping);
        }
    }
    if problems.is_empty() && told.is_empty() {
        return Ok(Sound { config, ontology: Arc::new(ontology), mappings });
    }
    problems.extend(told.into_iter().map(|problem| config.located(problem)));
    problems.sort_by(|a, b| a.location.cmp(&b.location));
    Err(problems)
}

fn kinds(config: &Config) -> (Ontology, Vec<Problem>) {
    Ontology::judge(&wiring::ontology(config))
}

/// What is wrong with how sources are reached, as far as it can be seen without reaching them.
fn source_problems(config: &Config) -> Vec<Problem> {
    let sources = config.departments.iter().flat_map(|department| &department.sources);
    let enabled = sources.filter(|source| source.is_enabled);
    enabled.filter_map(|source| wiring::source(source, &config.hub.zone).err()).flatten().collect()
}

/// Judges a stream.
fn mapping(
    config: &Config,
    source: &SourceDraft,
    stream: &StreamDraft,
    ontology: &Ontology,
    person_key: &PersonKey,
) -> (Option<Mapping>, Vec<Problem>) {
    let mut problems = Vec::new();
    if stream.mode != Mode::Diff {
        let message = Message::new("TJ-V004").with("mode", stream.mode.as_str());
        problems.push(Problem::new(format!("{}.mode", stream.path), message));
    }
    let draft = wiring::mapping(source, stream, &config.hub.zone).or_else(|problem| {
        problems.push(problem);
        // A wrong name hides nothing of what else is wrong.
        let stream = StreamDraft { name: "stream".to_owned(), ..stream.clone() };
        wiring::mapping(source, &stream, &config.hub.zone)
    });
    match draft
        .map_err(|problem| vec![problem])
        .and_then(|draft| Mapping::build(draft, ontology, Some(person_key.clone())))
    {
        Ok(mapping) => (Some(mapping), problems),
        Err(more) => {
            problems.extend(more);
            (None, problems)
        }
    }
}

fn person_key(config: &Config) -> Result<PersonKey, Problem> {
    let read = wiring::credential(&config.hub.person_key).read();
    let problem = |message: Message| Problem::new("hub.person_key", message).cure(Message::new("TJ-V014"));
    match read {
        Ok(secret) if secret.expose_secret().len() >= 16 => {
            Ok(PersonKey::derive(secret.expose_secret().as_bytes()))
        }
        Ok(_) => Err(problem(Message::new("TJ-V015"))),
        Err(why) => Err(problem(Message::new("TJ-V013").with("why", why))),
    }
}

#[cfg(test)]
mod tests;
