//! The guard over the parsed document: what the schema makes of its size.
//!
//! | measure | how |
//! |---|---|
//! | aliases, directives | counted as written |
//! | root fields, depth, fields | with fragments in their places |
//! | cost | a list: `max(1, first) × (1 + what is inside) + 1`, of a relation `× (2 + …)`; an object: 1 + what is inside; a count: 50; each of the four of quality, and a search for findings: 1,000; a relation in a filter: 500; a look at the schema: 4,000 |

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, Field, FragmentDefinition, OperationDefinition, OperationType,
    Selection, SelectionSet,
};
use async_graphql::{Name, Positioned, Value, Variables};
use hub::query::plan::Target;

use super::{Limits, introspection, usable};
use crate::dictionary::Dictionary;
use crate::planning;
use crate::refusal::Refusal;

/// Rows of a page when `first` is not given.
pub(crate) const DEFAULT_FIRST: u32 = 20;
const COUNT_COST: u64 = 50;
const DISAGREEMENT_COST: u64 = 20;
/// Quality counts whole tables, whoever asks for how little of it.
const QUALITY_COST: u64 = 1_000;
/// A relation in a filter looks behind each row, whatever it finds.
const RELATION_FILTER_COST: u64 = 500;

/// The rules for one schema.
pub(crate) struct Rules {
    dictionary: Arc<Dictionary>,
    limits: Limits,
    /// Names of lists of rows, with what they may list.
    lists: BTreeMap<String, Vec<Target>>,
    /// Of these, those whose items are two rows each: an edge, and whom it leads to.
    edges: BTreeSet<String>,
}

/// A document that may be executed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Checked {
    pub(crate) cost: u64,
}

#[derive(Clone, Copy, Default)]
struct Measure {
    depth: u32,
    fields: u64,
    /// For each row of the list around it.
    cost: u64,
    /// Once for the list around it.
    once: u64,
    /// Lists of the schema's own types inside each other.
    schema_lists: u32,
}

struct Visit<'d> {
    rules: &'d Rules,
    fragments: &'d std::collections::HashMap<Name, Positioned<FragmentDefinition>>,
    operation: &'d OperationDefinition,
    variables: &'d Variables,
    measured: BTreeMap<&'d str, Measure>,
    open: BTreeSet<&'d str>,
    n_aliases: u32,
}

impl Rules {
    pub(crate) fn new(dictionary: Arc<Dictionary>, limits: Limits) -> Rules {
        let mut lists = dictionary.lists();
        for name in ["deadLetters", "history", "qualityFindings", "reviewQueue"] {
            lists.entry(name.to_owned()).or_default();
        }
        let edges = dictionary.edges();
        Rules { dictionary, limits, lists, edges }
    }

    /// Judges the operation that would be executed, and the whole document's aliases.
    pub(crate) fn check(
        &self,
        document: &ExecutableDocument,
        operation_name: Option<&str>,
        variables: &Variables,
    ) -> Result<Checked, Refusal> {
        let operation = operation(document, operation_name)?;
        match operation.ty {
            OperationType::Query | OperationType::Mutation => {}
            OperationType::Subscription => return Err(Refusal::no_subscriptions()),
        }
        self.check_variables(variables)?;
        let mut visit = Visit {
            rules: self,
            fragments: &document.fragments,
            operation,
            variables,
            measured: BTreeMap::new(),
            open: BTreeSet::new(),
            n_aliases: 0,
        };
        let set = &operation.selection_set.node;
        let n_root = visit.n_root_fields(set, 0)?;
        if n_root > self.limits.root_fields {
            return Err(Refusal::root_fields(self.limits.root_fields));
        }
        let measure = visit.set(set)?;
        // Fragments that the operation does not use are parsed and validated too.
        for (name, fragment) in &document.fragments {
            visit.fragment(name, fragment)?;
        }
        if measure.depth > self.limits.depth {
            return Err(Refusal::depth(self.limits.depth));
        }
        if measure.fields > u64::from(self.limits.fields) {
            return Err(Refusal::fragments(self.limits.fields));
        }
        let measure = Measure { cost: measure.cost.saturating_add(measure.once), ..measure };
        if measure.cost > self.limits.cost {
            return Err(Refusal::cost(measure.cost, self.limits.cost));
        }
        Ok(Checked { cost: measure.cost })
    }

    fn check_variables(&self, variables: &Variables) -> Result<(), Refusal> {
        variables.iter().try_for_each(|(_, value)| self.check_value(value, 0))
    }

    /// Nesting, length and characters of a value.
    fn check_value(&self, value: &Value, depth: u32) -> Result<(), Refusal> {
        if depth > self.limits.value_depth {
            return Err(Refusal::value_depth(self.limits.value_depth));
        }
        match value {
            Value::String(text) if text.contains('\0') => Err(Refusal::bad_encoding()),
            Value::String(text) if text.len() > self.limits.token_bytes => {
                Err(Refusal::token_size(self.limits.token_bytes))
            }
            Value::List(items) if items.len() > self.limits.list_items => {
                Err(Refusal::list_items(self.limits.list_items))
            }
            Value::List(items) => items.iter().try_for_each(|item| self.check_value(item, depth + 1)),
            Value::Object(fields) => fields.values().try_for_each(|item| self.check_value(item, depth + 1)),
            Value::Null
            | Value::Number(_)
            | Value::String(_)
            | Value::Boolean(_)
            | Value::Binary(_)
            | Value::Enum(_) => Ok(()),
        }
    }
}

/// How often a filter looks behind a relation.
fn n_relations(filter: &Value) -> u64 {
    match filter {
        Value::Object(entries) => entries
            .iter()
            .map(|(name, value)| u64::from(matches!(name.as_str(), "some" | "none")) + n_relations(value))
            .sum(),
        Value::List(items) => items.iter().map(n_relations).sum(),
        Value::Null
        | Value::Number(_)
        | Value::String(_)
        | Value::Boolean(_)
        | Value::Binary(_)
        | Value::Enum(_) => 0,
    }
}

/// The operation that would be executed, by the rules of the language.
fn operation<'d>(
    document: &'d ExecutableDocument,
    name: Option<&str>,
) -> Result<&'d OperationDefinition, Refusal> {
    match (&document.operations, name) {
        (DocumentOperations::Single(operation), None) => Ok(&operation.node),
        (DocumentOperations::Multiple(operations), None) if operations.len() == 1 => {
            operations.values().next().map(|one| &one.node).ok_or_else(|| Refusal::validation("no operation"))
        }
        (DocumentOperations::Multiple(operations), Some(name)) => operations
            .get(name)
            .map(|one| &one.node)
            .ok_or_else(|| Refusal::validation("no operation has the given name")),
        (DocumentOperations::Single(_), Some(_)) => {
            Err(Refusal::validation("no operation has the given name"))
        }
        (DocumentOperations::Multiple(_), None) => Err(Refusal::validation("give `operationName`")),
    }
}

impl<'d> Visit<'d> {
    fn n_root_fields(&self, set: &'d SelectionSet, depth: u32) -> Result<u32, Refusal> {
        if depth > self.rules.limits.depth {
            return Err(Refusal::fragments(self.rules.limits.fields));
        }
        let mut n: u32 = 0;
        for selection in &set.items {
            n = n.saturating_add(match &selection.node {
                Selection::Field(_) => 1,
                Selection::InlineFragment(inline) => {
                    self.n_root_fields(&inline.node.selection_set.node, depth + 1)?
                }
                Selection::FragmentSpread(spread) => {
                    match self.fragments.get(&spread.node.fragment_name.node) {
                        Some(fragment) => self.n_root_fields(&fragment.node.selection_set.node, depth + 1)?,
                        None => 1,
                    }
                }
            });
            if n > self.rules.limits.root_fields {
                return Err(Refusal::root_fields(self.rules.limits.root_fields));
            }
        }
        Ok(n)
    }

    fn set(&mut self, set: &'d SelectionSet) -> Result<Measure, Refusal> {
        let mut all = Measure::default();
        for selection in &set.items {
            let one = match &selection.node {
                Selection::Field(field) => self.field(&field.node)?,
                Selection::InlineFragment(inline) => self.set(&inline.node.selection_set.node)?,
                Selection::FragmentSpread(spread) => {
                    let fragments = self.fragments;
                    match fragments.get_key_value(&spread.node.fragment_name.node) {
                        Some((name, fragment)) => self.fragment(name, fragment)?,
                        None => Measure::default(),
                    }
                }
            };
            all.depth = all.depth.max(one.depth);
            all.fields = all.fields.saturating_add(one.fields);
            all.cost = all.cost.saturating_add(one.cost);
            all.once = all.once.saturating_add(one.once);
            all.schema_lists = all.schema_lists.max(one.schema_lists);
        }
        Ok(all)
    }

    /// Each fragment is measured once, however often it is spread; one inside itself is refused.
    fn fragment(
        &mut self,
        name: &'d str,
        fragment: &'d Positioned<FragmentDefinition>,
    ) -> Result<Measure, Refusal> {
        if let Some(measure) = self.measured.get(name) {
            return Ok(*measure);
        }
        let limits = &self.rules.limits;
        if !self.open.insert(name)
            || self.open.len() > usize::try_from(limits.depth).unwrap_or(usize::MAX) * 2
        {
            return Err(Refusal::fragments(limits.fields));
        }
        let measure = self.set(&fragment.node.selection_set.node)?;
        self.open.remove(name);
        self.measured.insert(name, measure);
        Ok(measure)
    }

    fn field(&mut self, field: &'d Field) -> Result<Measure, Refusal> {
        let limits = self.rules.limits;
        if field.alias.is_some() {
            self.n_aliases += 1;
            if self.n_aliases > limits.aliases {
                return Err(Refusal::aliases(limits.aliases));
            }
        }
        let arguments = self.arguments(field);
        for (_, value) in &arguments {
            self.rules.check_value(value, 0)?;
        }
        if let Some((_, value)) =
            arguments.iter().find(|(name, value)| *name == "asOf" && *value != Value::Null)
        {
            planning::moment(value)?;
        }
        let name = field.name.node.as_str();
        let inside = self.set(&field.selection_set.node)?;
        if introspection::is_introspection(name) {
            let cost = introspection::cost(name, inside.depth, inside.schema_lists, &limits)?;
            let fields = inside.fields.saturating_add(1);
            return Ok(Measure { depth: 1, fields, cost, once: 0, schema_lists: 0 });
        }
        let rules = self.rules;
        let own = match rules.lists.get(name) {
            Some(targets) => {
                let first = self.page(&arguments)?;
                usable::judge(&rules.dictionary, &arguments, targets)?;
                let of_item = if rules.edges.contains(name) { 2 } else { 1 };
                let rows = u64::from(first).saturating_mul(inside.cost.saturating_add(of_item));
                let filters = arguments.iter().filter(|(name, _)| matches!(*name, "where" | "record"));
                let n_relations: u64 = filters.map(|(_, filter)| n_relations(filter)).sum();
                let search = if name == "qualityFindings" { QUALITY_COST } else { 0 };
                rows.saturating_add(inside.once)
                    .saturating_add(n_relations.saturating_mul(RELATION_FILTER_COST))
                    .saturating_add(search)
                    .saturating_add(1)
            }
            None => match name {
                "totalCount" => 0,
                "disagreements" => DISAGREEMENT_COST,
                // They stand for the rows of the list around them.
                "edges" | "node" | "nodes" | "pageInfo" => inside.cost,
                _ if field.selection_set.node.items.is_empty() => 0,
                "completeness" | "validity" | "timeliness" | "agreement" => {
                    inside.cost.saturating_add(QUALITY_COST)
                }
                _ => inside.cost.saturating_add(inside.once).saturating_add(1),
            },
        };
        Ok(Measure {
            depth: inside.depth.saturating_add(1),
            fields: inside.fields.saturating_add(1),
            cost: own,
            once: if name == "totalCount" { COUNT_COST } else { 0 },
            schema_lists: inside.schema_lists + u32::from(introspection::is_list(name)),
        })
    }

    /// The arguments of a field with variables in their places; what has no value is null.
    fn arguments(&self, field: &'d Field) -> Vec<(&'d str, Value)> {
        let value_of = |name: Name| -> Result<Value, std::convert::Infallible> {
            let given = self.variables.get(&name).cloned();
            Ok(given.or_else(|| self.default_of(&name)).unwrap_or(Value::Null))
        };
        field
            .arguments
            .iter()
            .map(|(name, value)| match value.node.clone().into_const_with(value_of) {
                Ok(value) => (name.node.as_str(), value),
                Err(never) => match never {},
            })
            .collect()
    }

    fn default_of(&self, name: &Name) -> Option<Value> {
        let defined = self.operation.variable_definitions.iter().find(|one| one.node.name.node == *name)?;
        defined.node.default_value.as_ref().map(|value| value.node.clone())
    }

    /// `first` of a list, judged.
    fn page(&self, arguments: &[(&str, Value)]) -> Result<u32, Refusal> {
        let limit = self.rules.limits.page;
        let bad = || Refusal::page(limit);
        if arguments.iter().any(|(name, _)| matches!(*name, "last" | "before")) {
            return Err(bad());
        }
        let Some((_, value)) = arguments.iter().find(|(name, _)| *name == "first") else {
            return Ok(DEFAULT_FIRST);
        };
        match value {
            Value::Null => Ok(DEFAULT_FIRST),
            Value::Number(number) => {
                let first = number.as_u64().and_then(|first| u32::try_from(first).ok()).ok_or_else(bad)?;
                if first == 0 || first > limit { Err(bad()) } else { Ok(first) }
            }
            // Not a number at all: the validation says so.
            Value::String(_)
            | Value::Boolean(_)
            | Value::Binary(_)
            | Value::Enum(_)
            | Value::List(_)
            | Value::Object(_) => Ok(DEFAULT_FIRST),
        }
    }
}
