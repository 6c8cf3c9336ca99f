//! Judges a draft whole and makes the ontology of it.

mod calendar;
mod fields;
mod golden;
mod lists;
mod relations;
mod roles;
mod timely;

use std::collections::BTreeMap;
use std::sync::Arc;

use messages::{Message, Problem};

use super::names::{
    RESERVED_QUERY_FIELDS, RESERVED_TYPES, TYPE_ENDINGS, camel_case, is_id, is_reserved_way, nearest,
    pascal_case, suggested_id,
};
use super::{Calendar, EntityKind, EntityNature, Kind, KindDraft, Label, Ontology, OntologyDraft, Share};

impl Ontology {
    /// Judges all of a draft and makes the ontology of it.
    ///
    /// # Errors
    /// Every problem of the draft, with the path it stands at and a cure.
    pub fn build(draft: OntologyDraft) -> Result<Ontology, Vec<Problem>> {
        let (ontology, problems) = Ontology::judge(&draft);
        if problems.is_empty() { Ok(ontology) } else { Err(problems) }
    }

    /// Judges all of a draft. With problems, the ontology is good enough to judge by what else speaks of it, and for
    /// nothing else: whatever a problem speaks of is something that goes on in its place.
    #[must_use]
    pub fn judge(draft: &OntologyDraft) -> (Ontology, Vec<Problem>) {
        let mut judge = Judge::default();
        judge.unique_ids("kind", draft.kinds.iter().map(|kind| (kind.id.as_str(), kind.path.as_str())));
        judge.unique_ids(
            "entity",
            draft.entities.iter().map(|entity| (entity.id.as_str(), entity.path.as_str())),
        );
        judge.api_names(draft);

        let lists = lists::build(&mut judge, &draft.lists, &draft.translations);
        let natures = natures(&mut judge, draft);
        let calendar = Arc::new(calendar::build(&mut judge, &draft.calendars));
        let mut kinds: Vec<Kind> = draft
            .kinds
            .iter()
            .map(|kind| build_kind(&mut judge, kind, &lists, &natures, &calendar))
            .collect();
        let mut entities: Vec<EntityKind> = draft
            .entities
            .iter()
            .map(|entity| golden::build(&mut judge, entity, &draft.kinds, &kinds, &lists, &natures))
            .collect();
        let mut relations = relations::build_all(&mut judge, draft, &kinds, &entities);
        roles::judge_inverses(&mut judge, draft, &kinds);
        if !draft.is_scored {
            kinds.iter_mut().flat_map(|kind| &mut kind.roles).for_each(|role| role.scored = None);
        }

        kinds.sort_by(|a, b| a.id.cmp(&b.id));
        entities.sort_by(|a, b| a.id.cmp(&b.id));
        relations.sort_by(|a, b| a.id.cmp(&b.id));
        let mut ontology = Ontology { version: String::new(), kinds, entities, relations, lists };
        ontology.version = version(&ontology);
        (ontology, judge.problems)
    }
}

/// The debug text holds every value that was judged, in a fixed order, and nothing of where it stood.
fn version(ontology: &Ontology) -> String {
    blake3::hash(format!("{ontology:?}").as_bytes()).to_hex().chars().take(16).collect()
}

/// Entity kinds by id.
type Natures = BTreeMap<String, EntityNature>;

fn natures(judge: &mut Judge, draft: &OntologyDraft) -> Natures {
    let words = [
        ("subject", EntityNature::Subject),
        ("person", EntityNature::Person),
        ("other", EntityNature::Other),
    ];
    draft
        .entities
        .iter()
        .map(|entity| {
            let nature = judge.word(&format!("{}.nature", entity.path), &entity.nature, &words);
            (entity.id.clone(), nature.unwrap_or(EntityNature::Other))
        })
        .collect()
}

fn build_kind(
    judge: &mut Judge,
    draft: &KindDraft,
    lists: &BTreeMap<String, super::CodeList>,
    natures: &Natures,
    calendar: &Arc<Calendar>,
) -> Kind {
    judge.id(&draft.path, &draft.id);
    judge.id(&format!("{}.plural", draft.path), &draft.plural);
    judge.label(&draft.path, &draft.label_zh);
    let share =
        judge.word(&format!("{}.share", draft.path), &draft.share, SHARES).unwrap_or(Share::NotShared);
    let fields = fields::build_all(judge, draft, share, lists);
    let roles = roles::build_all(judge, draft, &fields, natures);
    let timely = timely::build_all(judge, draft, &fields, calendar);
    Kind {
        id: draft.id.clone(),
        plural: draft.plural.clone(),
        label: label(&draft.label_zh, &draft.label_en),
        description: label(&draft.description_zh, &draft.description_en),
        share,
        fields,
        roles,
        timely,
    }
}

const SHARES: &[(&str, Share)] = &[
    ("unconditional", Share::Unconditional),
    ("conditional", Share::Conditional),
    ("not_shared", Share::NotShared),
];

fn label(zh: &str, en: &str) -> Label {
    Label { zh: zh.to_owned(), en: en.to_owned() }
}

/// Gathers problems.
#[derive(Default)]
struct Judge {
    problems: Vec<Problem>,
}

impl Judge {
    fn say(&mut self, path: &str, message: Message) {
        self.problems.push(Problem::new(path, message));
    }

    fn say_with_cure(&mut self, path: &str, message: Message, cure: Message) {
        self.problems.push(Problem::new(path, message).cure(cure));
    }

    /// Something named is not there; the nearest of what is there is suggested.
    fn say_unknown<'k>(
        &mut self,
        path: &str,
        message: Message,
        found: &str,
        known: impl IntoIterator<Item = &'k str>,
    ) {
        let mut known: Vec<&str> = known.into_iter().collect();
        known.sort_unstable();
        let cure = match nearest(found, known.iter().copied()) {
            Some(suggestion) => Message::new("TJ-O002").with("suggestion", suggestion),
            None => Message::new("TJ-O003").with("allowed", known.join(", ")),
        };
        self.say_with_cure(path, message, cure);
    }

    fn id(&mut self, path: &str, id: &str) {
        if is_id(id) {
            return;
        }
        let message = Message::new("TJ-O001").with("id", id);
        match suggested_id(id) {
            Some(suggestion) => {
                self.say_with_cure(path, message, Message::new("TJ-O002").with("suggestion", suggestion))
            }
            None => self.say_with_cure(path, message, Message::new("TJ-O004")),
        }
    }

    fn label(&mut self, path: &str, zh: &str) {
        if zh.trim().is_empty() {
            let path = format!("{path}.label_zh");
            self.say_with_cure(&path, Message::new("TJ-O005"), Message::new("TJ-O006"));
        }
    }

    fn word<T: Copy>(&mut self, path: &str, found: &str, words: &[(&str, T)]) -> Option<T> {
        let known = words.iter().find(|(word, _)| *word == found).map(|(_, value)| *value);
        if known.is_none() {
            self.say_unknown(
                path,
                Message::new("TJ-O007").with("found", found),
                found,
                words.iter().map(|(w, _)| *w),
            );
        }
        known
    }

    fn unique_ids<'d>(&mut self, what: &str, ids: impl Iterator<Item = (&'d str, &'d str)>) {
        let mut seen = BTreeMap::new();
        for (id, path) in ids {
            if let Some(first) = seen.insert(id, path) {
                let message = Message::new("TJ-O008").with("what", what).with("id", id).with("first", first);
                self.say_with_cure(path, message, Message::new("TJ-O009"));
            }
        }
    }

    /// Names of types and of `Query`'s fields: each once, none reserved.
    fn api_names(&mut self, draft: &OntologyDraft) {
        let things: Vec<(&str, &str, &str)> = draft
            .kinds
            .iter()
            .map(|kind| (kind.id.as_str(), kind.plural.as_str(), kind.path.as_str()))
            .chain(draft.entities.iter().map(|e| (e.id.as_str(), e.plural.as_str(), e.path.as_str())))
            .collect();

        let mut types: BTreeMap<String, &str> = BTreeMap::new();
        let mut queries: BTreeMap<String, &str> = BTreeMap::new();
        for (id, plural, path) in &things {
            let type_name = pascal_case(id);
            let is_reserved_type =
                RESERVED_TYPES.contains(&type_name.as_str()) || type_name.starts_with("Query");
            if is_reserved_type || is_reserved_way(id, RESERVED_QUERY_FIELDS) {
                self.reserved(path, id);
            }
            if is_reserved_way(plural, RESERVED_QUERY_FIELDS) {
                self.reserved(&format!("{path}.plural"), plural);
            }
            self.once(&types, &type_name, path, path, id);
            self.once(&queries, &camel_case(id), path, path, id);
            self.once(&queries, &camel_case(plural), path, &format!("{path}.plural"), plural);
            if camel_case(id) == camel_case(plural) {
                let message = Message::new("TJ-O014").with("id", id);
                self.say_with_cure(
                    &format!("{path}.plural"),
                    message,
                    Message::new("TJ-O015").with("id", id),
                );
            }
            // Remember by the thing's own path, which outlives the loop.
            for name in [pascal_case(id), camel_case(id), camel_case(plural)] {
                let names = if name.starts_with(|c: char| c.is_ascii_uppercase()) {
                    &mut types
                } else {
                    &mut queries
                };
                names.entry(name).or_insert(path);
            }
        }
        for (id, _, path) in &things {
            for ending in TYPE_ENDINGS {
                let made = format!("{}{ending}", pascal_case(id));
                if let Some(other) = types.get(&made) {
                    let message =
                        Message::new("TJ-O011").with("name", &made).with("id", id).with("other", other);
                    self.say_with_cure(path, message, Message::new("TJ-O012"));
                }
            }
        }
    }

    fn reserved(&mut self, path: &str, id: &str) {
        self.say_with_cure(path, Message::new("TJ-O010").with("id", id), Message::new("TJ-O012"));
    }

    /// A second thing of one name is a problem. Equal ids of kinds (or of entities) are told by `unique_ids`.
    fn once(&mut self, names: &BTreeMap<String, &str>, name: &str, owner: &str, path: &str, id: &str) {
        let Some(other) = names.get(name).filter(|other| **other != owner) else { return };
        let message = Message::new("TJ-O011").with("name", name).with("id", id).with("other", other);
        self.say_with_cure(path, message, Message::new("TJ-O012"));
    }
}

#[cfg(test)]
mod tests;
