//! Which problems of meaning are worth telling: none that only follow from another that is told.
//!
//! Works with paths of keys alone; knows no rule of what they mean.

use std::collections::BTreeSet;

use config::draft::StreamDraft;
use config::{Config, LocatedProblem};
use messages::Problem;

/// There is no such kind, translation, kind of entity, code list.
const UNKNOWN: [&str; 6] = ["TJ-D101", "TJ-D109", "TJ-D118", "TJ-O022", "TJ-O053", "TJ-O063"];

/// What is told already. Whatever leans on it is not judged.
pub(super) struct Untold<'c> {
    config: &'c Config,
    /// Problems of form: the smallest thing each is about.
    form: BTreeSet<String>,
    /// Problems of meaning in kinds, entities and code lists: the same.
    meaning: BTreeSet<String>,
}

impl<'c> Untold<'c> {
    pub(super) fn of(config: &'c Config, problems: &[LocatedProblem], main_is_read: bool) -> Untold<'c> {
        let mut form = BTreeSet::new();
        if !main_is_read {
            form.extend(["hub", "server", "ingest"].map(str::to_owned));
        }
        for problem in
            problems.iter().map(|located| &located.problem).filter(|problem| !problem.path.is_empty())
        {
            form.insert(match missing_key(problem) {
                Some(key) => item(&format!("{}.{key}", problem.path)),
                None => item(&problem.path),
            });
        }
        Untold { config, form, meaning: BTreeSet::new() }
    }

    /// Remembers what is wrong with the meaning of kinds, entities and code lists; keeps what is worth telling.
    pub(super) fn learn(&mut self, found: Vec<Problem>) -> Vec<Problem> {
        let items: Vec<String> = found.iter().map(|problem| item(&problem.path)).collect();
        let told = found.into_iter().filter(|problem| !self.covers(problem)).collect();
        // Also what is not told: something else stands in its place.
        self.meaning.extend(items);
        told
    }

    /// Whether a problem of meaning only follows from another.
    pub(super) fn covers(&self, problem: &Problem) -> bool {
        self.is_below_form(&problem.path)
            || self.is_of_unknown_engine(&problem.path)
            || self.may_stand_elsewhere(problem)
            || self.names_what_is_wrong(problem)
    }

    /// The same for a problem in the mapping of a stream.
    pub(super) fn covers_in_stream(&self, problem: &Problem, stream: &StreamDraft) -> bool {
        if self.covers(problem) {
            return true;
        }
        let is_in_form = |path: String| self.form.contains(&path);
        let kind = format!("kind.{}", stream.kind);
        let below = problem.path.strip_prefix(stream.path.as_str()).unwrap_or_default();
        let field = below.strip_prefix(".fields.").and_then(|rest| rest.split('.').next());
        let said = problem.message.args.iter().find(|(name, _)| *name == "field");
        let Some(field) = field.or(said.map(|(_, value)| value.as_str())) else {
            // That nothing is mapped at all.
            return below.is_empty() && is_in_form(format!("{}.fields", stream.path));
        };
        let fields_are_unknown =
            is_in_form(format!("{}.fields", stream.path)) || is_in_form(format!("{kind}.field"));
        fields_are_unknown
            || is_in_form(kind.clone())
            || is_in_form(format!("{}.fields.{field}", stream.path))
            || self.is_wrong(&format!("{kind}.field.{field}"))
            || self.list_of(&stream.kind, field).is_some_and(|list| self.list_is_wrong(list))
    }

    /// Whether a problem speaks of something unknown that may stand in a file that could not be taken in.
    fn may_stand_elsewhere(&self, problem: &Problem) -> bool {
        UNKNOWN.contains(&problem.message.code)
            && problem.message.args.iter().any(|(_, value)| self.config.may_hold(value))
    }

    fn is_wrong(&self, item: &str) -> bool {
        self.form.contains(item) || self.meaning.contains(item)
    }

    fn is_below_form(&self, path: &str) -> bool {
        if self.form.contains(&item(path)) {
            return true;
        }
        let ends = path.char_indices().filter(|(_, c)| matches!(c, '.' | '[')).map(|(at, _)| at);
        ends.chain([path.len()]).any(|end| path.get(..end).is_some_and(|above| self.form.contains(above)))
    }

    /// Where the engine of a source is not known, nothing is known of how it is reached.
    fn is_of_unknown_engine(&self, path: &str) -> bool {
        let mut parts = path.split('.');
        let (Some("source"), Some(source), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return false;
        };
        !key.starts_with("stream[") && self.form.contains(&format!("source.{source}.engine"))
    }

    /// Whether a message speaks of a field, list or translation in which something is wrong already.
    fn names_what_is_wrong(&self, problem: &Problem) -> bool {
        let own_kind = problem.path.strip_prefix("kind.").and_then(|rest| rest.split('.').next());
        let own = item(&problem.path);
        problem.message.args.iter().any(|(_, value)| {
            let field = own_kind.map(|kind| format!("kind.{kind}.field.{value}"));
            let elsewhere = value.split_once('.').map(|(kind, field)| format!("kind.{kind}.field.{field}"));
            let mut named = [field, elsewhere].into_iter().flatten();
            named.any(|named| named != own && self.is_wrong(&named))
                || (own != format!("list.{value}") && self.list_is_wrong(value))
                || (own != format!("translation.{value}") && self.is_wrong(&format!("translation.{value}")))
        })
    }

    fn list_of(&self, kind: &str, field: &str) -> Option<&str> {
        let kind = self.config.kinds.iter().find(|draft| draft.id == kind)?;
        kind.fields.iter().find(|draft| draft.id == field)?.code_list.as_deref()
    }

    /// A list, or a translation into it.
    fn list_is_wrong(&self, list: &str) -> bool {
        let mut of_list = self.config.translations.iter().filter(|translation| translation.list == list);
        self.is_wrong(&format!("list.{list}"))
            || of_list.any(|translation| self.is_wrong(&format!("translation.{}", translation.id)))
    }
}

/// The key that a problem says is missing.
fn missing_key(problem: &Problem) -> Option<&str> {
    let of_missing = problem.message.code == "TJ-C005";
    problem
        .message
        .args
        .iter()
        .find(|(name, _)| of_missing && *name == "key")
        .map(|(_, value)| value.as_str())
}

/// The smallest thing that is judged as one.
///
/// | path | its item |
/// |---|---|
/// | `source.a.stream[0].fields.name.column` | `source.a.stream[0].fields.name` |
/// | `source.a.stream[0].breaker.x`, `source.a.tls.ca` | the key: `source.a.stream[0].breaker`, `source.a.tls` |
/// | `kind.a.field.b.type`, `entity.a.role.b.name` | the field or role |
/// | `kind.a.label_zh`, `relation.a.from.role` | the key |
/// | `list.a.entries[3].code`, `translation.a.map` | the list, the translation |
/// | anything else | its first two parts |
fn item(path: &str) -> String {
    let parts: Vec<&str> = path.split('.').collect();
    let n_parts = match parts.as_slice() {
        ["source", _, stream, "fields", ..] if stream.starts_with("stream[") => 5,
        ["source", _, stream, ..] if stream.starts_with("stream[") => 4,
        ["kind" | "entity", _, "field" | "role", ..] | ["relation", _, "from" | "to", ..] => 4,
        ["kind" | "entity" | "relation" | "source", ..] => 3,
        _ => 2,
    };
    parts.get(..n_parts.min(parts.len())).unwrap_or_default().join(".")
}

#[cfg(test)]
mod tests {
    use super::item;

    #[test]
    fn a_path_belongs_to_its_item() {
        for (path, expected) in [
            ("source.rsj.stream[0].fields.name.column", "source.rsj.stream[0].fields.name"),
            ("source.rsj.stream[12].kind", "source.rsj.stream[12].kind"),
            ("source.rsj.stream[12]", "source.rsj.stream[12]"),
            ("source.rsj.tls.ca", "source.rsj.tls"),
            ("kind.penalty.field.amount.type", "kind.penalty.field.amount"),
            ("kind.penalty.label_zh", "kind.penalty.label_zh"),
            ("kind.penalty", "kind.penalty"),
            ("relation.branch.from.role", "relation.branch.from.role"),
            ("relation.branch.kind", "relation.branch.kind"),
            ("list.status.entries[3].code", "list.status"),
            ("hub.zone", "hub.zone"),
            ("", ""),
        ] {
            assert_eq!(item(path), expected, "{path}");
        }
    }
}
