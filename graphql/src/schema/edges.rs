//! Relations of entities: an edge is the record that ties two of them to each other, and whom it leads to.

use std::sync::Arc;

use async_graphql::dynamic::{Field, FieldFuture, FieldValue, TypeRef};
use hub::ontology::Label;
use hub::query::answer::Row;
use hub::query::plan::AsOf;

use super::kit::{labelled, list, pick, said};
use super::rows::{Connection, Edge, Node, item_cursor, page_fields};
use super::{SchemaError, Service, Shape, Types, inputs};
use crate::dictionary::{Dictionary, EdgesName, KindNames, RelationName};
use crate::planning::{OTHER_END, Planner};

/// From an entity to those a relation leads to.
pub(super) fn field(dictionary: &Arc<Dictionary>, relation: &RelationName, edges: &EdgesName) -> Field {
    let type_of = |target| dictionary.kind(target).map_or("", |kind| kind.type_name.as_str());
    let (to, kind) = (type_of(&relation.to), type_of(&edges.kind));
    let about = labelled(&relation.label, &Label::default(), &relation.name);
    let (dictionary, target, name) = (dictionary.clone(), relation.to.clone(), edges.type_name.clone());
    let of = TypeRef::named(format!("{}Connection", edges.type_name));
    let field = Field::new(&relation.name, of, move |ctx| {
        let field = ctx.ctx.field();
        let key = field.alias().unwrap_or(field.name());
        let node = ctx.parent_value.downcast_ref::<Node>();
        let as_of = node.and_then(|node| node.as_of);
        let rows = node.and_then(|node| node.row.relation(key).cloned());
        let edges = dictionary.edges_named(&name);
        // The plan was made of the same arguments: what failed then has stopped the request already.
        let binding = ctx.data_opt::<Service>().zip(edges).and_then(|(service, edges)| {
            let arguments = field.arguments().ok()?;
            Planner::new(service, as_of).edges_binding(&target, edges, &arguments).ok()
        });
        let page = rows.zip(binding);
        FieldFuture::Value(
            page.map(|(rows, binding)| FieldValue::owned_any(Connection { rows, binding, as_of })),
        )
    });
    inputs::with_edge_arguments(field, to, kind).description(about)
}

/// The types of the relations that start at an entity kind.
pub(super) fn register(
    types: &mut Types,
    dictionary: &Dictionary,
    kind: &KindNames,
) -> Result<(), SchemaError> {
    for relation in &kind.relations {
        let Some(edges) = &relation.edges else { continue };
        let (Some(to), Some(records)) = (dictionary.kind(&relation.to), dictionary.kind(&edges.kind)) else {
            continue;
        };
        edge(types, relation, edges, to, records)?;
        connection(types, relation, edges, to)?;
    }
    Ok(())
}

fn edge(
    types: &mut Types,
    relation: &RelationName,
    edges: &EdgesName,
    to: &KindNames,
    records: &KindNames,
) -> Result<(), SchemaError> {
    let more = |text: &str| if text.is_empty() { String::new() } else { format!("（{text}）") };
    let about = said(
        &format!(
            "{}“{}”的一条关系{}：依据的记录，以及它通向谁。",
            edges.label.zh,
            relation.label.zh,
            more(&edges.description.zh)
        ),
        &format!("An edge of {}: the record it rests on, and whom it leads to.", relation.label.en),
    );
    let mut shape = Shape::new(&format!("{}Edge", edges.type_name), &about);
    let about = said(
        &format!("依据的{}记录，及其来源。", records.label.zh),
        &format!("The {} it rests on, with its provenance.", records.type_name),
    );
    pick(&mut shape, "record", TypeRef::named_nn(&records.type_name), about, |edge: &Edge| {
        Some(node(edge.row.clone(), edge.as_of))
    })?;
    let about = said(&format!("通向的{}。", to.label.zh), &format!("The {} it leads to.", to.type_name));
    pick(&mut shape, "node", TypeRef::named(&to.type_name), about, |edge: &Edge| {
        other_end(&edge.row).map(|row| node(row, edge.as_of))
    })?;
    item_cursor(&mut shape)?;
    shape.register(types)
}

fn connection(
    types: &mut Types,
    relation: &RelationName,
    edges: &EdgesName,
    to: &KindNames,
) -> Result<(), SchemaError> {
    let about = said(&format!("{}的一页。", relation.label.zh), &format!("A page of {}.", relation.label.en));
    let mut shape = Shape::new(&format!("{}Connection", edges.type_name), &about);
    let about = said("各条关系，及其依据的记录。", "The edges, with the records they rest on.");
    let of = TypeRef::named_nn_list_nn(format!("{}Edge", edges.type_name));
    pick(&mut shape, "edges", of, about, |page: &Connection| {
        let edge = |row: &Arc<Row>| Edge { row: row.clone(), binding: page.binding, as_of: page.as_of };
        list(page.rows.rows.iter().map(edge))
    })?;
    let about = said(
        "各条关系通向谁；有几条记录就出现几次。",
        "Whom the edges lead to; somebody several records speak of comes several times.",
    );
    pick(&mut shape, "nodes", TypeRef::named_nn_list_nn(&to.type_name), about, |page: &Connection| {
        let rows = page.rows.rows.iter().filter_map(|row| other_end(row));
        Some(FieldValue::list(rows.map(|row| node(row, page.as_of))))
    })?;
    page_fields(&mut shape)?;
    shape.register(types)
}

fn other_end(row: &Row) -> Option<Arc<Row>> {
    row.relation(OTHER_END)?.rows.first().cloned()
}

fn node(row: Arc<Row>, as_of: Option<AsOf>) -> FieldValue<'static> {
    FieldValue::owned_any(Node { row, redirected_from: None, as_of })
}
