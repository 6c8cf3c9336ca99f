//! The configuration judged whole: its form, then the meaning of everything whose form is good, so that an operator
//! sees all problems at once.
//!
//! Knows no store and connects to nothing.

use std::collections::BTreeSet;
use std::sync::Arc;

use config::draft::Mode;
use config::{Config, Judged, LocatedProblem, Overrides};
use hub::ingest::mapping::{Mapping, PersonKey};
use hub::ontology::Ontology;
use messages::{Message, Problem};
use secrecy::ExposeSecret as _;

use crate::wiring;

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
    let Judged { config, mut problems } = config::judge(dir, overrides);
    let Some(config) = config else { return Err(problems) };
    let untold = Untold::new(&config, &problems);
    let tell = |found: Vec<Problem>, problems: &mut Vec<LocatedProblem>| {
        let told = found.into_iter().filter(|problem| !untold.covers(&problem.path));
        problems.extend(told.map(|problem| config.located(problem)));
    };
    tell(source_problems(&config), &mut problems);
    let meaning = if untold.kinds { Ok(None) } else { kinds(&config).map(Some) };
    let mut sound = None;
    match meaning {
        Err(found) => tell(found, &mut problems),
        Ok(None) => {}
        Ok(Some(ontology)) => {
            let (mappings, found) = mappings(&config, &ontology);
            tell(found, &mut problems);
            sound = Some((ontology, mappings));
        }
    }
    match sound {
        Some((ontology, mappings)) if problems.is_empty() => {
            Ok(Sound { config, ontology: Arc::new(ontology), mappings })
        }
        Some(_) | None => {
            problems.sort_by(|a, b| a.location.cmp(&b.location));
            Err(problems)
        }
    }
}

/// What a problem of form already speaks of: whatever is wrong with its meaning may come from that.
struct Untold {
    owners: BTreeSet<String>,
    /// Kinds, entities or code lists are not wholly known: nothing that names them can be judged.
    kinds: bool,
}

impl Untold {
    fn new(config: &Config, problems: &[LocatedProblem]) -> Untold {
        let mut untold = Untold { owners: BTreeSet::new(), kinds: false };
        for problem in problems {
            untold.owners.insert(owner(&problem.problem.path).to_owned());
            let file = problem.location.file.strip_prefix(&config.dir).unwrap_or(&problem.location.file);
            let is_of_kinds = |folder: &str| file.components().any(|part| part.as_os_str() == folder);
            let path = &problem.problem.path;
            let names_kinds = ["kind", "entity", "list", "translation"]
                .iter()
                .any(|of| path.strip_prefix(of).is_some_and(|rest| rest.starts_with(['.', '['])));
            untold.kinds |= names_kinds || is_of_kinds("ontology") || is_of_kinds("codes");
        }
        untold
    }

    fn covers(&self, path: &str) -> bool {
        self.owners.contains(owner(path))
    }
}

/// The table a path is in: `source.rsj.stream[0].fields.name` is of `source.rsj.stream[0]`, `hub.zone` of `hub.zone`.
fn owner(path: &str) -> &str {
    let end = path.find(".stream[").and_then(|at| path.get(at + 1..)?.find('.').map(|dot| at + 1 + dot));
    let end = end.or_else(|| {
        let second = path.match_indices('.').nth(1);
        second.filter(|_| !path.contains(".stream[")).map(|(at, _)| at)
    });
    end.and_then(|end| path.get(..end)).unwrap_or(path)
}

fn kinds(config: &Config) -> Result<Ontology, Vec<Problem>> {
    Ontology::build(wiring::ontology(&config.kinds, &config.entities, &config.lists, &config.translations))
}

/// What is wrong with how sources are reached, as far as it can be seen without reaching them.
fn source_problems(config: &Config) -> Vec<Problem> {
    let sources = config.departments.iter().flat_map(|department| &department.sources);
    let enabled = sources.filter(|source| source.is_enabled);
    enabled.filter_map(|source| wiring::source(source, &config.hub.zone).err()).flatten().collect()
}

/// Judges every stream of every source.
fn mappings(config: &Config, ontology: &Ontology) -> (Vec<Mapping>, Vec<Problem>) {
    let mut mappings = Vec::new();
    let mut problems = Vec::new();
    let person_key = person_key(config).unwrap_or_else(|problem| {
        problems.push(problem);
        // Good enough to judge by: with this problem nothing is run.
        PersonKey::derive(b"judged, never used")
    });
    for source in config.departments.iter().flat_map(|department| &department.sources) {
        for stream in source.streams.iter().filter(|_| source.is_enabled) {
            if stream.mode != Mode::Diff {
                let message = Message::new("TJ-V004").with("mode", stream.mode.as_str());
                problems.push(Problem::new(format!("{}.mode", stream.path), message));
            }
            let built = wiring::mapping(source, stream, &config.hub.zone)
                .map_err(|problem| vec![problem])
                .and_then(|draft| Mapping::build(draft, ontology, Some(person_key.clone())));
            match built {
                Ok(mapping) => mappings.push(mapping),
                Err(more) => problems.extend(more),
            }
        }
    }
    (mappings, problems)
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
mod tests {
    use super::owner;

    #[test]
    fn a_path_belongs_to_its_table() {
        for (path, table) in [
            ("source.rsj.stream[0].fields.name", "source.rsj.stream[0]"),
            ("source.rsj.stream[12]", "source.rsj.stream[12]"),
            ("source.rsj.host", "source.rsj"),
            ("kind.penalty.field.amount", "kind.penalty"),
            ("hub.zone", "hub.zone"),
            ("", ""),
        ] {
            assert_eq!(owner(path), table, "{path}");
        }
    }
}
