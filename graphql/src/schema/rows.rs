//! Types of records and entities, their connections, edges and versions.

use std::sync::Arc;

use async_graphql::Value;
use async_graphql::dynamic::{Field, FieldFuture, FieldValue, TypeRef};
use hub::EntityId;
use hub::query::answer::{Row, Rows, Version};
use hub::query::plan::{AsOf, Place, Target, Via};

use super::kit::{count, labelled, list, pick, said, text};
use super::{SchemaError, Service, Shape, Types, details, edges, inputs, values};
use crate::cursor::Binding;
use crate::dictionary::{Dictionary, KindNames, RelationName};
use crate::planning::Planner;

/// A row of an answer.
pub(super) struct Node {
    pub(super) row: Arc<Row>,
    pub(super) redirected_from: Option<EntityId>,
    /// The moment that was asked about.
    pub(super) as_of: Option<AsOf>,
}

/// A page of rows, and what its cursors are bound to.
pub(super) struct Connection {
    pub(super) rows: Rows,
    pub(super) binding: Binding,
    pub(super) as_of: Option<AsOf>,
}

/// One item of a page; of a relation, the record it goes through.
pub(super) struct Edge {
    pub(super) row: Arc<Row>,
    pub(super) binding: Binding,
    pub(super) as_of: Option<AsOf>,
}

struct PageInfo {
    has_next: bool,
    first: Option<Arc<Row>>,
    last: Option<Arc<Row>>,
    binding: Binding,
}

pub(super) fn register(
    types: &mut Types,
    dictionary: &Arc<Dictionary>,
    kind: &KindNames,
) -> Result<(), SchemaError> {
    node(types, dictionary, kind)?;
    history(types, kind)?;
    edge(types, kind)?;
    connection(types, kind)?;
    edges::register(types, dictionary, kind)?;
    if !types.names.contains("PageInfo") {
        page_info(types)?;
    }
    Ok(())
}

fn node(types: &mut Types, dictionary: &Arc<Dictionary>, kind: &KindNames) -> Result<(), SchemaError> {
    let mut shape = Shape::new(&kind.type_name, &labelled(&kind.label, &kind.description, &kind.one));
    let about = said("编号，永远不变。", "The id; it never changes.");
    pick(&mut shape, "id", TypeRef::named_nn(TypeRef::ID), about, |node: &Node| text(node.row.id_text()))?;
    for name in &kind.fields {
        let (id, of) = (name.field.id.clone(), name.field.field_type.clone());
        let about = labelled(&name.field.label, &name.field.description, &id);
        let mut field = super::kit::picked(&name.name, values::type_of(&of), &about, move |node: &Node| {
            values::view(node.row.value(&id)?, &of)
        });
        if let Some(reason) = &name.field.deprecated {
            field = field.deprecation(Some(reason));
        }
        shape.field(&name.name, field)?;
    }
    for relation in &kind.relations {
        let field = match (&relation.edges, &relation.via) {
            (Some(edges), _) => edges::field(dictionary, relation, edges),
            (None, Via::Role(_)) => party(dictionary, relation),
            (None, Via::Inverse { .. } | Via::Edges { .. } | Via::Relation { .. }) => {
                related(dictionary, relation)
            }
        };
        shape.field(&relation.name, field)?;
    }
    details::add(&mut shape, kind)?;
    shape.register(types)
}

/// From a record to whom it speaks of.
fn party(dictionary: &Dictionary, relation: &RelationName) -> Field {
    let to = dictionary.kind(&relation.to).map_or("", |kind| kind.type_name.as_str());
    let about = labelled(&relation.label, &hub::ontology::Label::default(), &relation.name);
    Field::new(&relation.name, TypeRef::named(to), |ctx| {
        let field = ctx.ctx.field();
        let key = field.alias().unwrap_or(field.name());
        let node = ctx.parent_value.downcast_ref::<Node>();
        let found = node.and_then(|node| Some((node.row.relation(key)?.rows.first()?.clone(), node.as_of)));
        FieldFuture::Value(
            found.map(|(row, as_of)| FieldValue::owned_any(Node { row, redirected_from: None, as_of })),
        )
    })
    .description(about)
}

/// From an entity to the records that speak of it.
fn related(dictionary: &Arc<Dictionary>, relation: &RelationName) -> Field {
    let to = dictionary.kind(&relation.to).map_or("", |kind| kind.type_name.as_str());
    let about = labelled(&relation.label, &hub::ontology::Label::default(), &relation.name);
    let target = relation.to.clone();
    let field = Field::new(&relation.name, TypeRef::named(format!("{to}Connection")), move |ctx| {
        let field = ctx.ctx.field();
        let key = field.alias().unwrap_or(field.name());
        let node = ctx.parent_value.downcast_ref::<Node>();
        let as_of = node.and_then(|node| node.as_of);
        let rows = node.and_then(|node| node.row.relation(key).cloned());
        // The plan was made of the same arguments: what failed then has stopped the request already.
        let binding = ctx
            .data_opt::<Service>()
            .and_then(|service| Planner::new(service, as_of).binding(&target, &field.arguments().ok()?).ok());
        FieldFuture::Value(
            rows.zip(binding)
                .map(|(rows, binding)| FieldValue::owned_any(Connection { rows, binding, as_of })),
        )
    });
    inputs::with_list_arguments(field, to).description(about)
}

fn history(types: &mut Types, kind: &KindNames) -> Result<(), SchemaError> {
    let about = said(
        &format!("{}某一版本的值。", kind.label.zh),
        &format!("Values of a version of {}.", kind.type_name),
    );
    let mut shape = Shape::new(&format!("{}History", kind.type_name), &about);
    for name in &kind.fields {
        let (id, of) = (name.field.id.clone(), name.field.field_type.clone());
        let about = labelled(&name.field.label, &name.field.description, &id);
        pick(&mut shape, &name.name, values::type_of(&of), about, move |version: &Arc<Version>| {
            let at = version.fields.iter().position(|field| *field == id)?;
            values::view(version.values.get(at)?, &of)
        })?;
    }
    if kind.fields.is_empty() {
        let about = said("没有字段。", "It has no fields.");
        pick(&mut shape, "isEmpty", TypeRef::named(TypeRef::BOOLEAN), about, |_: &Arc<Version>| {
            Some(FieldValue::value(Value::Boolean(true)))
        })?;
    }
    shape.register(types)
}

fn edge(types: &mut Types, kind: &KindNames) -> Result<(), SchemaError> {
    let about = said(
        &format!("{}列表中的一项。", kind.label.zh),
        &format!("One item of a list of {}.", kind.type_name),
    );
    let mut shape = Shape::new(&format!("{}Edge", kind.type_name), &about);
    let about = said("这一项。", "The item.");
    pick(&mut shape, "node", TypeRef::named_nn(&kind.type_name), about, |edge: &Edge| {
        Some(FieldValue::owned_any(Node { row: edge.row.clone(), redirected_from: None, as_of: edge.as_of }))
    })?;
    item_cursor(&mut shape)?;
    shape.register(types)
}

/// The cursor of an edge.
pub(super) fn item_cursor(shape: &mut Shape) -> Result<(), SchemaError> {
    shape.field(
        "cursor",
        cursor_field(
            "cursor",
            TypeRef::named_nn(TypeRef::STRING),
            "这一项的游标，供 after 使用。",
            "The cursor of the item, for `after`.",
            |edge: &Edge| Some((edge.row.clone(), edge.binding)),
        ),
    )
}

fn connection(types: &mut Types, kind: &KindNames) -> Result<(), SchemaError> {
    let about = said(&format!("{}的一页。", kind.label.zh), &format!("A page of {}.", kind.type_name));
    let mut shape = Shape::new(&format!("{}Connection", kind.type_name), &about);
    let about = said("各项及其游标。", "The items with their cursors.");
    let of = TypeRef::named_nn_list_nn(format!("{}Edge", kind.type_name));
    pick(&mut shape, "edges", of, about, |page: &Connection| {
        let edge = |row: &Arc<Row>| Edge { row: row.clone(), binding: page.binding, as_of: page.as_of };
        list(page.rows.rows.iter().map(edge))
    })?;
    let about = said("各项。", "The items.");
    pick(&mut shape, "nodes", TypeRef::named_nn_list_nn(&kind.type_name), about, |page: &Connection| {
        let node = |row: &Arc<Row>| Node { row: row.clone(), redirected_from: None, as_of: page.as_of };
        list(page.rows.rows.iter().map(node))
    })?;
    page_fields(&mut shape)?;
    shape.register(types)
}

/// What every connection says of its page.
pub(super) fn page_fields(shape: &mut Shape) -> Result<(), SchemaError> {
    let about = said("分页信息。", "About the page.");
    pick(shape, "pageInfo", TypeRef::named_nn("PageInfo"), about, |page: &Connection| {
        Some(FieldValue::owned_any(PageInfo {
            has_next: page.rows.has_next,
            first: page.rows.rows.first().cloned(),
            last: page.rows.rows.last().cloned(),
            binding: page.binding,
        }))
    })?;
    let about = said(
        "所有页的总数；需要时才问，代价较高。",
        "How many there are in all pages; costs more, ask if needed.",
    );
    pick(shape, "totalCount", TypeRef::named("Long"), about, |page: &Connection| {
        page.rows.total.and_then(count)
    })
}

fn page_info(types: &mut Types) -> Result<(), SchemaError> {
    let mut shape = Shape::new("PageInfo", &said("分页信息。", "About a page."));
    let about = said("后面是否还有。", "Whether more come after.");
    pick(&mut shape, "hasNextPage", TypeRef::named_nn(TypeRef::BOOLEAN), about, |page: &PageInfo| {
        Some(FieldValue::value(Value::Boolean(page.has_next)))
    })?;
    let about = said(
        "前面是否还有；只支持向后翻页，总为否。",
        "Whether some come before; pages only go forward: always false.",
    );
    pick(&mut shape, "hasPreviousPage", TypeRef::named_nn(TypeRef::BOOLEAN), about, |_: &PageInfo| {
        Some(FieldValue::value(Value::Boolean(false)))
    })?;
    let of = TypeRef::named(TypeRef::STRING);
    shape.field(
        "startCursor",
        cursor_field(
            "startCursor",
            of.clone(),
            "第一项的游标。",
            "The cursor of the first item.",
            |page: &PageInfo| Some((page.first.clone()?, page.binding)),
        ),
    )?;
    shape.field(
        "endCursor",
        cursor_field(
            "endCursor",
            of,
            "最后一项的游标，供下一页的 after 使用。",
            "The cursor of the last item, for the next page's `after`.",
            |page: &PageInfo| Some((page.last.clone()?, page.binding)),
        ),
    )?;
    shape.register(types)
}

/// A cursor is sealed only when somebody asks for it.
fn cursor_field<T: std::any::Any + Send + Sync>(
    name: &str,
    of: TypeRef,
    zh: &str,
    en: &str,
    place: impl Fn(&T) -> Option<(Arc<Row>, Binding)> + Send + Sync + 'static,
) -> Field {
    Field::new(name, of, move |ctx| {
        let found = ctx.parent_value.downcast_ref::<T>().and_then(&place);
        let cursor = found.zip(ctx.data_opt::<Service>()).map(|((row, binding), service)| {
            let place = Place { keys: row.keys.clone(), id: row.id, parent: row.parent };
            service.cursor_key.seal(binding, &place)
        });
        FieldFuture::Value(cursor.and_then(text))
    })
    .description(said(zh, en))
}

/// Whether a target is an entity kind.
pub(super) fn is_entity(target: &Target) -> bool {
    match target {
        Target::Entities(_) => true,
        Target::Records(_) => false,
    }
}
