//! From the selection of a root field to one whole plan: which fields, relations, filters, orders and pages.
//!
//! An alias with other arguments is a relation of its own; the same name twice is one relation that reads what both
//! ask for.

mod arguments;

use async_graphql::{Name, SelectionField, Value};
use hub::query::plan::{AsOf, ListPlan, Page, Relation, Select, Target, Via};

use crate::cursor::Binding;
use crate::dictionary::KindNames;
use crate::refusal::Refusal;
use crate::schema::Service;

pub(crate) use arguments::{after_of, as_of, first_of};

/// Makes plans for one schema.
pub(crate) struct Planner<'s> {
    service: &'s Service,
    as_of: Option<AsOf>,
}

impl<'s> Planner<'s> {
    /// For a question about a moment, or about now.
    pub(crate) fn new(service: &'s Service, as_of: Option<AsOf>) -> Planner<'s> {
        Planner { service, as_of }
    }

    /// The plan of a list, from the arguments of its field and the connection's selections.
    pub(crate) fn list(
        &self,
        target: &Target,
        arguments: &[(Name, Value)],
        fields: &[SelectionField<'_>],
    ) -> Result<(ListPlan, Binding), Refusal> {
        let kind = self.kind(target)?;
        let filter = arguments::filter_of(&self.service.dictionary, kind, arguments)?;
        let (order, descends) = arguments::order_of(kind, arguments)?;
        let binding = Binding::of(target, (&order, descends), &filter, self.as_of);
        let after = after_of(arguments, &self.service.cursor_key, binding)?;
        let page = Page { first: first_of(arguments, self.service.page)?, after };
        let mut nodes = Vec::new();
        let mut is_counted = false;
        for part in fields.iter().flat_map(SelectionField::selection_set) {
            match part.name() {
                "nodes" => nodes.push(part),
                "edges" => nodes.extend(part.selection_set().filter(|inner| inner.name() == "node")),
                "totalCount" => is_counted = true,
                _ => {}
            }
        }
        let select = self.select(target, &nodes)?;
        Ok((ListPlan { filter, order, descends, page, is_counted, select }, binding))
    }

    /// What the cursors of a list are bound to.
    pub(crate) fn binding(&self, target: &Target, arguments: &[(Name, Value)]) -> Result<Binding, Refusal> {
        let kind = self.kind(target)?;
        let filter = arguments::filter_of(&self.service.dictionary, kind, arguments)?;
        let (order, descends) = arguments::order_of(kind, arguments)?;
        Ok(Binding::of(target, (&order, descends), &filter, self.as_of))
    }

    /// What is wanted of rows, from all the selections made on them.
    pub(crate) fn select(&self, target: &Target, nodes: &[SelectionField<'_>]) -> Result<Select, Refusal> {
        let kind = self.kind(target)?;
        let mut select = Select::default();
        for field in nodes.iter().flat_map(SelectionField::selection_set) {
            let name = field.name();
            if let Some(known) = kind.field(name) {
                if !select.fields.contains(&known.field.id) {
                    select.fields.push(known.field.id.clone());
                }
                continue;
            }
            if let Some(relation) = kind.relation(name) {
                let key = field.alias().unwrap_or(name).to_owned();
                let related = self.relation(key, relation.via.clone(), &relation.to, &field)?;
                add(&mut select, related);
                continue;
            }
            match name {
                "provenance" => select.provenance = true,
                "disagreements" => select.disagreements = true,
                "history" => {
                    let arguments = arguments_of(&field)?;
                    let first = first_of(&arguments, self.service.page)?;
                    select.history = Some(select.history.unwrap_or(0).max(first));
                }
                // `id`, `redirectedFrom`, `__typename`: every row has them.
                _ => {}
            }
        }
        Ok(select)
    }

    fn relation(
        &self,
        name: String,
        via: Via,
        to: &Target,
        field: &SelectionField<'_>,
    ) -> Result<Relation, Refusal> {
        let list = match via {
            Via::Role(_) => ListPlan::first(1, self.select(to, std::slice::from_ref(field))?),
            Via::Inverse { .. } => self.list(to, &arguments_of(field)?, std::slice::from_ref(field))?.0,
        };
        Ok(Relation { name, via, list })
    }

    fn kind(&self, target: &Target) -> Result<&'s KindNames, Refusal> {
        let kind = self.service.dictionary.kind(target);
        kind.ok_or_else(|| Refusal::validation(&format!("there is no kind `{}`", target.kind())))
    }
}

fn arguments_of(field: &SelectionField<'_>) -> Result<Vec<(Name, Value)>, Refusal> {
    field.arguments().map_err(|error| Refusal::validation(&error.message))
}

/// One relation a name: validation made sure that equal names have equal arguments.
fn add(select: &mut Select, relation: Relation) {
    match select.relations.iter_mut().find(|known| known.name == relation.name) {
        None => select.relations.push(relation),
        Some(known) => {
            known.list.is_counted |= relation.list.is_counted;
            merge(&mut known.list.select, relation.list.select);
        }
    }
}

fn merge(into: &mut Select, other: Select) {
    for field in other.fields {
        if !into.fields.contains(&field) {
            into.fields.push(field);
        }
    }
    into.provenance |= other.provenance;
    into.disagreements |= other.disagreements;
    into.history = into.history.max(other.history);
    for relation in other.relations {
        add(into, relation);
    }
}
