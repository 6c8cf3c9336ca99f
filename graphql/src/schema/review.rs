//! What waits for a steward, and the two things a steward may do about it.

use std::sync::Arc;

use async_graphql::dynamic::{
    Enum, EnumItem, Field, FieldFuture, FieldValue, ResolverContext, TypeRef, Union,
};
use async_graphql::{Error, Name, Value};
use hub::ontology::{FieldType, camel_case};
use hub::query::answer::{Row, record_of, record_text};
use hub::query::{JudgeOutcome, Judging, ReviewSide, ReviewView, UndoOutcome};
use hub::store::JudgementDecision;
use hub::{EntityId, RecordId};
use messages::Lang;

use super::failure::{failed, refused};
use super::kit::{input, list, long, pick, said, text};
use super::roots::{Root, argument_text};
use super::{SchemaError, Service, Shape, Types};
use crate::planning::first_of;
use crate::refusal::Refusal;
use crate::text::plain;

/// One value of a row, with its label.
struct Cell {
    field: String,
    label: String,
    value: Option<String>,
}

/// One thing to decide.
struct Item {
    view: ReviewView,
    cells: Vec<Arc<Cell>>,
    sides: Vec<Arc<Side>>,
    contradiction: Option<Arc<Contradicted>>,
}

struct Side {
    side: ReviewSide,
    cells: Vec<Arc<Cell>>,
}

struct Contradicted {
    entity: EntityId,
    scheme: String,
    cells: Vec<Arc<Cell>>,
}

struct Reason {
    feature: String,
    level: String,
    weight: i64,
}

struct Said(String);

pub(super) fn register(types: &mut Types) -> Result<(), SchemaError> {
    parts(types)?;
    item(types)?;
    payloads(types)?;
    mutation(types)
}

fn parts(types: &mut Types) -> Result<(), SchemaError> {
    let mut shape = Shape::new("ReviewField", &said("一个字段的内容。", "What a field says."));
    let about = said("字段。", "The field.");
    pick(&mut shape, "field", TypeRef::named_nn(TypeRef::STRING), about, |cell: &Arc<Cell>| {
        text(cell.field.clone())
    })?;
    let about = said("名称，语言随请求。", "Its label, in the language of the request.");
    pick(&mut shape, "label", TypeRef::named_nn(TypeRef::STRING), about, |cell: &Arc<Cell>| {
        text(cell.label.clone())
    })?;
    let about = said("内容；个人信息遮盖。", "Its text; personal information is masked.");
    pick(&mut shape, "text", TypeRef::named(TypeRef::STRING), about, |cell: &Arc<Cell>| {
        text(cell.value.clone()?)
    })?;
    shape.register(types)?;

    let mut shape = Shape::new("ReviewReason", &said("一项比对的结果。", "What one comparison says."));
    let about = said("比的是什么。", "What is compared.");
    pick(&mut shape, "feature", TypeRef::named_nn(TypeRef::STRING), about, |one: &Reason| {
        text(one.feature.clone())
    })?;
    let about = said("有多一致。", "How well it agrees.");
    pick(&mut shape, "level", TypeRef::named_nn(TypeRef::STRING), about, |one: &Reason| {
        text(one.level.clone())
    })?;
    let about = said("权重，单位为位；负数表示不是。", "Weight in bits; below zero speaks against.");
    pick(&mut shape, "bits", TypeRef::named_nn(TypeRef::STRING), about, |one: &Reason| {
        text(bits(one.weight))
    })?;
    shape.register(types)?;

    let mut shape = Shape::new("ReviewCandidate", &said("可能是的主体。", "A subject that may be meant."));
    let about = said("编号。", "The id.");
    pick(&mut shape, "id", TypeRef::named_nn(TypeRef::ID), about, |one: &Arc<Side>| {
        text(one.side.weighed.entity.to_string())
    })?;
    let about = said("总分，单位为位。", "The sum, in bits.");
    pick(&mut shape, "bits", TypeRef::named_nn(TypeRef::STRING), about, |one: &Arc<Side>| {
        text(bits(one.side.weighed.total))
    })?;
    let about = said("主体的内容。", "What the subject says.");
    pick(&mut shape, "fields", TypeRef::named_nn_list_nn("ReviewField"), about, |one: &Arc<Side>| {
        list(one.cells.iter().cloned())
    })?;
    let about = said("逐项的权重，大的在前。", "Every weight, the strongest first.");
    pick(&mut shape, "reasons", TypeRef::named_nn_list_nn("ReviewReason"), about, |one: &Arc<Side>| {
        let reasons = one.side.weighed.reasons.clone();
        list(reasons.into_iter().map(|(feature, level, weight)| Reason { feature, level, weight }))
    })?;
    shape.register(types)?;

    let about = said("与判定相反的编码。", "An identifier that contradicts the judgement.");
    let mut shape = Shape::new("ReviewContradiction", &about);
    let about = said("编码所指的主体。", "Whom it names.");
    pick(&mut shape, "id", TypeRef::named_nn(TypeRef::ID), about, |one: &Arc<Contradicted>| {
        text(one.entity.to_string())
    })?;
    let about = said("哪一种编码。", "Which identifier.");
    pick(&mut shape, "scheme", TypeRef::named_nn(TypeRef::STRING), about, |one: &Arc<Contradicted>| {
        text(one.scheme.clone())
    })?;
    let about = said("主体的内容。", "What the subject says.");
    pick(
        &mut shape,
        "fields",
        TypeRef::named_nn_list_nn("ReviewField"),
        about,
        |one: &Arc<Contradicted>| list(one.cells.iter().cloned()),
    )?;
    shape.register(types)
}

fn item(types: &mut Types) -> Result<(), SchemaError> {
    let about = said("待判定的一项：记录说的是谁。", "Something to decide: whom a record speaks of.");
    let mut shape = Shape::new("ReviewItem", &about);
    let about = said("记录编号。", "The record's id.");
    pick(&mut shape, "record", TypeRef::named_nn(TypeRef::ID), about, |one: &Item| {
        text(record_text(one.view.item.record))
    })?;
    let about = said("记录种类。", "The record kind.");
    pick(&mut shape, "kind", TypeRef::named_nn(TypeRef::STRING), about, |one: &Item| {
        text(one.view.item.kind.clone())
    })?;
    let about = said("角色。", "The role.");
    pick(&mut shape, "role", TypeRef::named_nn(TypeRef::STRING), about, |one: &Item| {
        text(one.view.item.role.clone())
    })?;
    let about = said("权重的版本。", "Version of the weights.");
    pick(&mut shape, "weights", TypeRef::named_nn("Long"), about, |one: &Item| long(one.view.item.version))?;
    let about = said("记录的内容。", "What the record says.");
    pick(&mut shape, "fields", TypeRef::named_nn_list_nn("ReviewField"), about, |one: &Item| {
        list(one.cells.iter().cloned())
    })?;
    let about = said("可能是谁，最像的在前。", "Whom it may mean, the likeliest first.");
    pick(&mut shape, "candidates", TypeRef::named_nn_list_nn("ReviewCandidate"), about, |one: &Item| {
        list(one.sides.iter().cloned())
    })?;
    let about =
        said("与判定相反的编码，如有。", "An identifier that contradicts the judgement, if one does.");
    pick(&mut shape, "contradiction", TypeRef::named("ReviewContradiction"), about, |one: &Item| {
        one.contradiction.clone().map(FieldValue::owned_any)
    })?;
    shape.register(types)
}

fn payloads(types: &mut Types) -> Result<(), SchemaError> {
    let all = [
        ("Judged", "judgement", "判定已生效。", "It holds.", "判定的编号。", "Number of the judgement."),
        (
            "JudgeAbsent",
            "what",
            "没有这条记录、角色或主体。",
            "The record, role or subject is not there.",
            "没有什么。",
            "What is not there.",
        ),
        ("JudgeRefused", "reason", "不能这样判定。", "It cannot be judged so.", "为什么。", "Why."),
        (
            "Undone",
            "judgement",
            "判定已撤销。",
            "It holds no more.",
            "判定的编号。",
            "Number of the judgement.",
        ),
        (
            "JudgementAbsent",
            "judgement",
            "没有这样的有效判定。",
            "None in force has this number.",
            "所问的编号。",
            "The number asked for.",
        ),
    ];
    for (name, field, zh, en, field_zh, field_en) in all {
        let mut shape = Shape::new(name, &said(zh, en));
        let about = said(field_zh, field_en);
        pick(&mut shape, field, TypeRef::named_nn(TypeRef::STRING), about, |one: &Said| text(one.0.clone()))?;
        shape.register(types)?;
    }
    let about = said("判定的结果。", "What became of a judgement.");
    let union = ["Judged", "JudgeAbsent", "JudgeRefused"].into_iter();
    types.add(
        "JudgePayload",
        union.fold(Union::new("JudgePayload").description(about), Union::possible_type),
    )?;
    let about = said("撤销的结果。", "What became of taking a judgement back.");
    let union = ["Undone", "JudgementAbsent"].into_iter();
    types
        .add("UndoPayload", union.fold(Union::new("UndoPayload").description(about), Union::possible_type))?;
    let mut decision = Enum::new("JudgeDecision").description(said("判定。", "What is decided."));
    for (name, zh, en) in [
        ("SAME", "说的是这个主体。", "It speaks of this subject."),
        ("NOT_SAME", "说的不是这个主体。", "It does not speak of this subject."),
        ("NOBODY", "说的不是任何已知主体。", "It speaks of nobody we know."),
    ] {
        decision = decision.item(EnumItem::new(name).description(said(zh, en)));
    }
    types.add("JudgeDecision", decision)
}

fn mutation(types: &mut Types) -> Result<(), SchemaError> {
    let about = said(
        "判定。只限 steward（operator 也不行）；每次在执行前后都记入审计。",
        "Judgements. Stewards only, not operators; each is written to the audit trail before and after it is done.",
    );
    let mut shape = Shape::new("Mutation", &about);
    let judge = Field::new("judge", TypeRef::named("JudgePayload"), |ctx| {
        FieldFuture::new(async move { Box::pin(judge(ctx)).await })
    })
    .argument(input("record", TypeRef::named_nn(TypeRef::ID), "记录编号。", "Id of the record."))
    .argument(input("role", TypeRef::named_nn(TypeRef::STRING), "角色，例如 party。", "The role, as party."))
    .argument(input("decision", TypeRef::named_nn("JudgeDecision"), "判定。", "What is decided."))
    .argument(input(
        "subject",
        TypeRef::named(TypeRef::ID),
        "主体；NOBODY 时不写。",
        "The subject; not for NOBODY.",
    ))
    .argument(input(
        "reason",
        TypeRef::named_nn(TypeRef::STRING),
        "理由，最长 500 字。",
        "Why; at most 500 characters.",
    ))
    .description(said("判定一条记录说的是谁。", "Decides whom a record speaks of."));
    shape.field("judge", judge)?;
    let undo = Field::new("undo", TypeRef::named("UndoPayload"), |ctx| {
        FieldFuture::new(async move { Box::pin(undo(ctx)).await })
    })
    .argument(input("judgement", TypeRef::named_nn(TypeRef::ID), "判定的编号。", "Number of the judgement."))
    .description(said("撤销一个判定。", "Takes a judgement back."));
    shape.field("undo", undo)?;
    shape.register(types)
}

/// The root field of the queue.
pub(super) fn root(query: &mut Shape) -> Result<(), SchemaError> {
    let queue = Field::new("reviewQueue", TypeRef::named_nn_list("ReviewItem"), |ctx| {
        FieldFuture::new(async move { Box::pin(queue(ctx)).await })
    })
    .argument(input("first", TypeRef::named(TypeRef::INT), "几项，默认 20。", "How many, 20 unless told."))
    .argument(input("after", TypeRef::named(TypeRef::ID), "从这条记录之后开始。", "Begin after this record."))
    .description(said(
        "待判定的记录，与可能的主体并列；需要 steward 角色。",
        "Records that wait for a person, beside whom they may mean; needs the role steward.",
    ));
    query.field("reviewQueue", queue)
}

fn arguments_of(ctx: &ResolverContext<'_>) -> Result<Vec<(Name, Value)>, Error> {
    ctx.ctx.field().arguments().map_err(|error| Error::new(error.message))
}

async fn queue<'a>(ctx: ResolverContext<'a>) -> Result<Option<FieldValue<'a>>, Error> {
    let root = Root::of(&ctx)?;
    let arguments = arguments_of(&ctx)?;
    let first = first_of(&arguments, root.service.page).map_err(|refusal| refused(&ctx, &refusal))?;
    let after = argument_text(&arguments, "after")
        .map(|text| record_of(&text).ok_or_else(|| refused(&ctx, &Refusal::bad_value("after", &text))))
        .transpose()?;
    let lang = ctx.data_opt::<Lang>().copied().unwrap_or(Lang::Zh);
    match root.service.query.review_queue(root.asker, after, first).await {
        Ok(views) => Ok(list(views.into_iter().map(|view| shown(root.service, view, lang)))),
        Err(error) => Err(failed(&ctx, &error)),
    }
}

async fn judge<'a>(ctx: ResolverContext<'a>) -> Result<Option<FieldValue<'a>>, Error> {
    let root = Root::of(&ctx)?;
    let arguments = arguments_of(&ctx)?;
    let said = |name: &str| argument_text(&arguments, name);
    let decision = match arguments.iter().find(|(name, _)| name == "decision") {
        Some((_, Value::Enum(name))) => name.to_string(),
        // As a variable.
        Some((_, Value::String(name))) => name.clone(),
        Some(_) | None => String::new(),
    };
    // A text that is no id names nobody: the same answer as an id that is not there.
    let entity = said("subject").map(|text| text.parse().unwrap_or(EntityId(0)));
    let decision = match (decision.as_str(), entity) {
        ("SAME", Some(entity)) => JudgementDecision::Same(entity),
        ("NOT_SAME", Some(entity)) => JudgementDecision::NotSame(entity),
        ("NOBODY", None) => JudgementDecision::Nobody,
        _ => return Err(refused(&ctx, &Refusal::exactly_one("subject, NOBODY"))),
    };
    let judging = Judging {
        record: said("record").and_then(|text| record_of(&text)).unwrap_or(RecordId(0)),
        role: said("role").unwrap_or_default(),
        decision,
        reason: said("reason").unwrap_or_default(),
    };
    // What was asked for is told back as it was written, also where it is no id at all.
    let as_asked = [("record", judging.record == RecordId(0)), ("subject", entity == Some(EntityId(0)))];
    let as_asked = as_asked.into_iter().find(|(_, is_none)| *is_none);
    let as_asked = as_asked.map(|(what, _)| format!("{what} {}", plain_text(said(what).as_deref())));
    let (name, text) = match root.service.query.judge(root.asker, &judging).await {
        Ok(JudgeOutcome::Judged(number)) => ("Judged", number.to_string()),
        Ok(JudgeOutcome::Absent(what)) => ("JudgeAbsent", as_asked.unwrap_or(what)),
        Ok(JudgeOutcome::Refused(why)) => ("JudgeRefused", why),
        Err(error) => return Err(failed(&ctx, &error)),
    };
    Ok(Some(FieldValue::owned_any(Said(text)).with_type(name)))
}

async fn undo<'a>(ctx: ResolverContext<'a>) -> Result<Option<FieldValue<'a>>, Error> {
    let root = Root::of(&ctx)?;
    let asked = argument_text(&arguments_of(&ctx)?, "judgement").unwrap_or_default();
    let number = asked.parse().unwrap_or(0);
    let name = match root.service.query.undo(root.asker, number).await {
        Ok(UndoOutcome::Undone) => "Undone",
        Ok(UndoOutcome::Absent) => "JudgementAbsent",
        Err(error) => return Err(failed(&ctx, &error)),
    };
    let shown = asked.chars().take(40).collect();
    Ok(Some(FieldValue::owned_any(Said(shown)).with_type(name)))
}

/// A text of a caller, short enough to be told back.
fn plain_text(text: Option<&str>) -> String {
    text.unwrap_or_default().chars().filter(|one| !one.is_control()).take(40).collect()
}

fn shown(service: &Service, view: ReviewView, lang: Lang) -> Item {
    let cells = |row: Option<&Arc<Row>>| row.map(|row| cells(service, row, lang)).unwrap_or_default();
    let sides = view
        .candidates
        .iter()
        .map(|side| Arc::new(Side { cells: cells(side.subject.as_ref()), side: side.clone() }))
        .collect();
    let contradiction = view.item.contradiction.as_ref().map(|one| {
        let cells = cells(view.contradiction.as_ref());
        Arc::new(Contradicted { entity: one.entity, scheme: one.scheme.clone(), cells })
    });
    Item { cells: cells(view.record.as_ref()), sides, contradiction, view }
}

/// The values of a row that say anything, in the order of the fields.
fn cells(service: &Service, row: &Row, lang: Lang) -> Vec<Arc<Cell>> {
    let Some(kind) = service.dictionary.kind(&row.target) else { return Vec::new() };
    let of = |(id, value): (&String, &hub::FieldValue)| {
        let name = camel_case(id);
        let known = kind.field(&name)?;
        let scale = match known.field.field_type {
            FieldType::Decimal { scale } => scale,
            FieldType::Text
            | FieldType::Code { .. }
            | FieldType::Money
            | FieldType::Integer
            | FieldType::Bool
            | FieldType::Date
            | FieldType::PartialDate
            | FieldType::Until
            | FieldType::Timestamp
            | FieldType::Identifier(_)
            | FieldType::Phone
            | FieldType::Address => 0,
        };
        let label = match lang {
            Lang::Zh => &known.field.label.zh,
            Lang::En => &known.field.label.en,
        };
        Some(Arc::new(Cell { label: label.clone(), value: Some(plain(value, scale)?), field: name }))
    };
    row.fields.iter().zip(&row.values).filter_map(of).collect()
}

/// Hundredths of a bit as a decimal.
fn bits(hundredths: i64) -> String {
    let sign = if hundredths < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", hundredths.abs() / 100, hundredths.abs() % 100)
}
