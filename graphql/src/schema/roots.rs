//! The fields of `Query`: each runs one whole plan.

use std::sync::Arc;

use async_graphql::dynamic::{Field, FieldFuture, FieldValue, ResolverContext, TypeRef};
use async_graphql::{Error, Name, Value};
use hub::ontology::Scheme;
use hub::query::answer::record_of;
use hub::query::plan::{AsOf, ListPlan, Plan, Target};
use hub::query::{Asker, By, QueryError};

use super::failure::{failed, refused};
use super::kit::{input, labelled, said};
use super::rows::{Connection, Node};
use super::{SchemaError, Service, Shape, Types, findings, inputs, operations, quality, review};
use crate::dictionary::{Dictionary, KindNames};
use crate::planning::{Planner, as_of};
use crate::refusal::Refusal;

/// What a root field works with; the kinds' names are looked up by target.
pub(super) struct Root<'c> {
    pub(super) service: &'c Service,
    pub(super) asker: &'c Asker,
}

impl<'c> Root<'c> {
    pub(super) fn of(ctx: &ResolverContext<'c>) -> Result<Root<'c>, Error> {
        Ok(Root { service: ctx.ctx.data::<Service>()?, asker: ctx.ctx.data::<Asker>()? })
    }
}

pub(super) fn register(types: &mut Types, dictionary: &Arc<Dictionary>) -> Result<(), SchemaError> {
    inputs::register_filters(types)?;
    let about = said(
        "查询。只读；每次查询都记入审计。",
        "Questions. Reading only; each is written to the audit trail.",
    );
    let mut query = Shape::new("Query", &about);
    for kind in &dictionary.kinds {
        super::details::version(types, kind)?;
        match kind.target {
            Target::Entities(_) => query.field(&kind.one, entity(kind))?,
            Target::Records(_) => query.field(&kind.one, record(kind))?,
        }
        query.field(&kind.many, many(kind))?;
    }
    operations::roots(&mut query)?;
    review::root(&mut query)?;
    quality::root(&mut query)?;
    findings::root(&mut query)?;
    query.register(types)
}

fn with_as_of(field: Field) -> Field {
    field.argument(input(
        "asOf",
        TypeRef::named("AsOf"),
        "按过去某一时刻的状态回答。",
        "As it stood at a moment of the past.",
    ))
}

fn many(kind: &KindNames) -> Field {
    let target = kind.target.clone();
    let operation = kind.many.clone();
    let about = labelled(&kind.label, &kind.description, &kind.many);
    let field = Field::new(&kind.many, TypeRef::named(format!("{}Connection", kind.type_name)), move |ctx| {
        let (target, operation) = (target.clone(), operation.clone());
        FieldFuture::new(async move { Box::pin(list(ctx, target, &operation)).await })
    });
    with_as_of(inputs::with_list_arguments(field, &kind.type_name)).description(about)
}

async fn list<'a>(
    ctx: ResolverContext<'a>,
    target: Target,
    operation: &str,
) -> Result<Option<FieldValue<'a>>, Error> {
    let root = Root::of(&ctx)?;
    let field = ctx.ctx.field();
    let arguments = field.arguments().map_err(|error| Error::new(error.message))?;
    let planned = as_of(&arguments).and_then(|as_of| {
        let (list, binding) = Planner::new(root.service, as_of).list(&target, &arguments, &[field])?;
        Ok((list, binding, as_of))
    });
    let (list, binding, as_of) = planned.map_err(|refusal| refused(&ctx, &refusal))?;
    let plan = Plan { target, ids: None, list, as_of };
    match root.service.query.run(root.asker, operation, plan).await {
        Ok(answer) => Ok(Some(FieldValue::owned_any(Connection { rows: answer.rows, binding, as_of }))),
        Err(error) => Err(failed(&ctx, &error)),
    }
}

fn record(kind: &KindNames) -> Field {
    let target = kind.target.clone();
    let operation = kind.one.clone();
    let about = labelled(&kind.label, &kind.description, &kind.one);
    let field = Field::new(&kind.one, TypeRef::named(&kind.type_name), move |ctx| {
        let (target, operation) = (target.clone(), operation.clone());
        FieldFuture::new(async move { Box::pin(one_record(ctx, target, &operation)).await })
    })
    .argument(input("id", TypeRef::named_nn(TypeRef::ID), "记录编号。", "Id of the record."));
    with_as_of(field).description(about)
}

async fn one_record<'a>(
    ctx: ResolverContext<'a>,
    target: Target,
    operation: &str,
) -> Result<Option<FieldValue<'a>>, Error> {
    let root = Root::of(&ctx)?;
    let field = ctx.ctx.field();
    let arguments = field.arguments().map_err(|error| Error::new(error.message))?;
    let id = argument_text(&arguments, "id").unwrap_or_default();
    let planned = as_of(&arguments)
        .and_then(|as_of| Ok((Planner::new(root.service, as_of).select(&target, &[field])?, as_of)));
    let (select, as_of) = planned.map_err(|refusal| refused(&ctx, &refusal))?;
    // An id that cannot be one is asked for all the same: whoever guesses learns nothing from the difference.
    let ids = Some(vec![record_of(&id).map_or(0, |record| record.0)]);
    let plan = Plan { target: target.clone(), ids, list: ListPlan::first(1, select), as_of };
    match root.service.query.run(root.asker, operation, plan).await {
        Ok(answer) => match answer.rows.rows.into_iter().next() {
            Some(row) => Ok(Some(FieldValue::owned_any(Node { row, redirected_from: None, as_of }))),
            None => {
                let name = id.chars().take(40).collect();
                Err(failed(&ctx, &QueryError::NotFound { what: "record", name }))
            }
        },
        Err(error) => Err(failed(&ctx, &error)),
    }
}

fn entity(kind: &KindNames) -> Field {
    let target = kind.target.clone();
    let operation = kind.one.clone();
    let about = labelled(&kind.label, &kind.description, &kind.one);
    let mut field = Field::new(&kind.one, TypeRef::named(&kind.type_name), move |ctx| {
        let (target, operation) = (target.clone(), operation.clone());
        FieldFuture::new(async move { Box::pin(one_entity(ctx, target, &operation)).await })
    })
    .argument(input(
        "id",
        TypeRef::named(TypeRef::ID),
        "编号；被合并的旧编号永远有效。",
        "The id; one that was merged away answers for ever.",
    ));
    if kind.is_subject {
        field = field
            .argument(input(
                "uscc",
                TypeRef::named("CreditCode"),
                "统一社会信用代码。",
                "Unified social credit code.",
            ))
            .argument(input(
                "regNo",
                TypeRef::named(TypeRef::STRING),
                "注册号（15 位）。",
                "Registration number (15 digits).",
            ));
    }
    with_as_of(field).description(about)
}

async fn one_entity<'a>(
    ctx: ResolverContext<'a>,
    target: Target,
    operation: &str,
) -> Result<Option<FieldValue<'a>>, Error> {
    let root = Root::of(&ctx)?;
    let field = ctx.ctx.field();
    let arguments = field.arguments().map_err(|error| Error::new(error.message))?;
    let planned = as_of(&arguments).and_then(|as_of| {
        let select = Planner::new(root.service, as_of).select(&target, &[field])?;
        Ok((select, as_of, named(&arguments)?))
    });
    let (select, as_of, by): (_, Option<AsOf>, By) = planned.map_err(|refusal| refused(&ctx, &refusal))?;
    match root.service.query.find(root.asker, operation, target.kind(), by, select, as_of).await {
        Ok(found) => {
            let node = Node { row: found.row, redirected_from: found.redirected_from, as_of };
            Ok(Some(FieldValue::owned_any(node)))
        }
        Err(error) => Err(failed(&ctx, &as_asked(error, &arguments))),
    }
}

/// An id that names nobody is told as it was asked for.
fn as_asked(error: QueryError, arguments: &[(Name, Value)]) -> QueryError {
    match (error, argument_text(arguments, "id")) {
        (QueryError::NotFound { what: what @ "subject", .. }, Some(id)) => {
            QueryError::NotFound { what, name: id.chars().take(40).collect() }
        }
        (error, _) => error,
    }
}

/// By which of its names an entity is asked for.
fn named(arguments: &[(Name, Value)]) -> Result<By, Refusal> {
    let given: Vec<(&str, String)> = ["id", "uscc", "regNo"]
        .into_iter()
        .filter_map(|name| Some((name, argument_text(arguments, name)?)))
        .collect();
    match given.as_slice() {
        // A text that is no id names nobody: the same answer as an id that is not there.
        [("id", text)] => Ok(By::Id(text.parse().unwrap_or(hub::EntityId(0)))),
        [("uscc", value)] => Ok(By::Identifier { scheme: Scheme::Uscc, value: value.clone() }),
        [(_, value)] => Ok(By::Identifier { scheme: Scheme::RegistrationNumber, value: value.clone() }),
        _ => Err(Refusal::exactly_one("id, uscc, regNo")),
    }
}

pub(super) fn argument_text(arguments: &[(Name, Value)], name: &str) -> Option<String> {
    match arguments.iter().find(|(known, _)| known == name).map(|(_, value)| value) {
        Some(Value::String(text)) => Some(text.clone()),
        Some(Value::Number(number)) => Some(number.to_string()),
        Some(
            Value::Null
            | Value::Boolean(_)
            | Value::Binary(_)
            | Value::Enum(_)
            | Value::List(_)
            | Value::Object(_),
        )
        | None => None,
    }
}
