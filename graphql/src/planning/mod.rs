//! From the selection of a root field to one whole plan: which fields, relations, filters, orders and pages.
//!
//! An alias with other arguments is a relation of its own; the same name twice is one relation that reads what both
//! ask for.

mod arguments;

use async_graphql::{Name, SelectionField, Value};
use hub::query::plan::{AsOf, Filter, ListPlan, OrderKey, Page, Relation, Select, Target, Via};

use crate::cursor::Binding;
use crate::dictionary::{EdgesName, KindNames, RelationName};
use crate::refusal::Refusal;
use crate::schema::Service;

pub(crate) use arguments::{after_of, as_of, first_of, moment, word};

/// What a plan calls whom an edge leads to; no alias can be this.
pub(crate) const OTHER_END: &str = "->";

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
        let parts = Parts::of(fields);
        let (select, is_counted) = (self.select(target, &parts.nodes)?, parts.is_counted);
        Ok((ListPlan { filter, order, descends, page, is_counted, select }, binding))
    }

    /// The plan of the edges of a relation, likewise: whom they lead to hangs on each.
    fn edges(&self, to: &Target, edges: &EdgesName, field: &SelectionField<'_>) -> Result<ListPlan, Refusal> {
        let arguments = arguments_of(field)?;
        let (filter, (order, descends)) = self.edges_question(to, edges, &arguments)?;
        let binding = self.edges_binding(to, edges, &arguments)?;
        let after = after_of(&arguments, &self.service.cursor_key, binding)?;
        let page = Page { first: first_of(&arguments, self.service.page)?, after };
        let parts = Parts::of(std::slice::from_ref(field));
        let mut select = self.select(&edges.kind, &parts.records)?;
        if !parts.nodes.is_empty() {
            let list = ListPlan::first(1, self.select(to, &parts.nodes)?);
            select.relations.push(Relation {
                name: OTHER_END.to_owned(),
                via: Via::Role(edges.role.clone()),
                list,
            });
        }
        Ok(ListPlan { filter, order, descends, page, is_counted: parts.is_counted, select })
    }

    fn edges_question(
        &self,
        to: &Target,
        edges: &EdgesName,
        arguments: &[(Name, Value)],
    ) -> Result<(Filter, (Vec<OrderKey>, bool)), Refusal> {
        let (kind, to) = (self.kind(&edges.kind)?, self.kind(to)?);
        let filter =
            arguments::edges_filter_of(&self.service.dictionary, (to, &edges.role), kind, arguments)?;
        Ok((filter, arguments::order_of(kind, arguments)?))
    }

    /// What the cursors of the edges of a relation are bound to.
    pub(crate) fn edges_binding(
        &self,
        to: &Target,
        edges: &EdgesName,
        arguments: &[(Name, Value)],
    ) -> Result<Binding, Refusal> {
        let (filter, (order, descends)) = self.edges_question(to, edges, arguments)?;
        Ok(Binding::of(&edges.kind, (&order, descends), &filter, self.as_of).within(&edges.type_name))
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
                add(&mut select, self.relation(key, relation, &field)?);
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
        relation: &RelationName,
        field: &SelectionField<'_>,
    ) -> Result<Relation, Refusal> {
        let (to, via) = (&relation.to, relation.via.clone());
        if let Some(edges) = &relation.edges {
            return Ok(Relation { name, via: edges.via.clone(), list: self.edges(to, edges, field)? });
        }
        let list = match via {
            Via::Role(_) => ListPlan::first(1, self.select(to, std::slice::from_ref(field))?),
            Via::Inverse { .. } | Via::Edges { .. } | Via::Relation { .. } => {
                self.list(to, &arguments_of(field)?, std::slice::from_ref(field))?.0
            }
        };
        Ok(Relation { name, via, list })
    }

    fn kind(&self, target: &Target) -> Result<&'s KindNames, Refusal> {
        let kind = self.service.dictionary.kind(target);
        kind.ok_or_else(|| Refusal::validation(&format!("there is no kind `{}`", target.kind())))
    }
}

/// What a connection's selections ask for.
#[derive(Default)]
struct Parts<'f> {
    /// Selections on the items; of a relation, on whom it leads to.
    nodes: Vec<SelectionField<'f>>,
    /// Of a relation: selections on the records it goes through.
    records: Vec<SelectionField<'f>>,
    is_counted: bool,
}

impl<'f> Parts<'f> {
    fn of(fields: &[SelectionField<'f>]) -> Parts<'f> {
        let mut parts = Parts::default();
        for part in fields.iter().flat_map(SelectionField::selection_set) {
            match part.name() {
                "nodes" => parts.nodes.push(part),
                "edges" => {
                    for inner in part.selection_set() {
                        match inner.name() {
                            "node" => parts.nodes.push(inner),
                            "record" => parts.records.push(inner),
                            _ => {}
                        }
                    }
                }
                "totalCount" => parts.is_counted = true,
                _ => {}
            }
        }
        parts
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
