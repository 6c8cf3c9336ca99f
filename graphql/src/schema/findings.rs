//! The rows behind the numbers of quality, page by page; for stewards.

use async_graphql::dynamic::{Enum, EnumItem, Field, FieldFuture, FieldValue, ResolverContext, TypeRef};
use async_graphql::{Error, Value};
use hub::query::answer::record_text;
use hub::query::plan::Place;
use hub::query::quality::{FindingPlace, FindingQuestion, FindingSays, FindingView, QualityDimension};
use messages::Lang;

use super::failure::{failed, refused};
use super::kit::{input, list, pick, said, text, texts};
use super::roots::{Root, argument_text};
use super::{SchemaError, Shape, Types};
use crate::cursor::Binding;
use crate::planning::{self, after_of, first_of};
use crate::text::plain;

struct FindingPage {
    findings: Vec<FindingView>,
    has_next: bool,
    end: Option<String>,
}

/// The word of a dimension in the API, and what it means.
fn word(dimension: QualityDimension) -> (&'static str, &'static str, &'static str) {
    match dimension {
        QualityDimension::Completeness => ("COMPLETENESS", "没有值。", "No value."),
        QualityDimension::Validity => {
            ("VALIDITY", "读不成，或带标记。", "A value that could not be read, or is flagged.")
        }
        QualityDimension::Timeliness => ("TIMELINESS", "迟到。", "Late."),
        QualityDimension::Agreement => ("AGREEMENT", "与其他部门不同。", "Others say something else."),
        QualityDimension::Matching => ("MATCHING", "未记名成功。", "Not matched to its subject."),
    }
}

pub(super) fn register(types: &mut Types) -> Result<(), SchemaError> {
    let about = said("发现的问题属于哪一项。", "What a finding is about.");
    let items = QualityDimension::ALL.map(|dimension| {
        let (word, zh, en) = word(dimension);
        EnumItem::new(word).description(said(zh, en))
    });
    types.add("QualityDimension", Enum::new("QualityDimension").description(about).items(items))?;

    let mut shape = Shape::new("QualityFindingSays", &said("谁这样说。", "Who says so."));
    type Says = fn(&FindingSays) -> &String;
    let all: [(&str, &str, &str, Says); 3] = [
        ("department", "部门。", "The department.", |one| &one.department),
        ("source", "数据源。", "The source.", |one| &one.source),
        ("stream", "表。", "The stream.", |one| &one.stream),
    ];
    for (name, zh, en, of) in all {
        pick(
            &mut shape,
            name,
            TypeRef::named_nn(TypeRef::STRING),
            said(zh, en),
            move |one: &FindingSays| text(of(one).clone()),
        )?;
    }
    shape.register(types)?;
    finding(types)?;

    let mut shape = Shape::new("QualityFindingPage", &said("问题的一页。", "A page of findings."));
    let about = said("各个问题。", "The findings.");
    pick(&mut shape, "nodes", TypeRef::named_nn_list_nn("QualityFinding"), about, |page: &FindingPage| {
        list(page.findings.clone())
    })?;
    let about = said("后面是否还有。", "Whether more come after.");
    pick(&mut shape, "hasNextPage", TypeRef::named_nn(TypeRef::BOOLEAN), about, |page: &FindingPage| {
        Some(FieldValue::value(Value::Boolean(page.has_next)))
    })?;
    let about = said("供下一页的 after 使用。", "For the next page's `after`.");
    pick(&mut shape, "endCursor", TypeRef::named(TypeRef::STRING), about, |page: &FindingPage| {
        text(page.end.clone()?)
    })?;
    shape.register(types)
}

fn finding(types: &mut Types) -> Result<(), SchemaError> {
    let about = said("一行数据中的一个问题。", "Something wrong in a row.");
    let mut shape = Shape::new("QualityFinding", &about);
    let about = said("属于哪一项。", "What it is about.");
    pick(&mut shape, "dimension", TypeRef::named_nn("QualityDimension"), about, |one: &FindingView| {
        Some(FieldValue::value(Value::Enum(async_graphql::Name::new(word(one.dimension).0))))
    })?;
    type Text = fn(&FindingView) -> Option<String>;
    let optional: [(&str, &str, &str, Text); 6] = [
        (
            "record",
            "记录编号；搁置的行没有。",
            "The record's id; none where the row was set aside.",
            |one| Some(record_text(one.record?)),
        ),
        ("deadLetter", "搁置行的编号。", "The number of the row set aside.", |one| {
            one.dead_letter.map(|number| number.to_string())
        }),
        ("field", "字段。", "The field.", |one| one.field.clone()),
        (
            "value",
            "现有的值；个人信息遮盖。",
            "What stands there; personal information is masked.",
            |one| plain(&one.value, one.scale),
        ),
        (
            "others",
            "其他部门的值；个人信息遮盖。",
            "What others say; personal information is masked.",
            |one| plain(&one.others, one.scale),
        ),
        ("textZh", "问题，中文。", "What is wrong, in Chinese.", |one| {
            Some(one.message.render(Lang::Zh))
        }),
    ];
    for (name, zh, en, of) in optional {
        pick(&mut shape, name, TypeRef::named(TypeRef::STRING), said(zh, en), move |one: &FindingView| {
            text(of(one)?)
        })?;
    }
    let always: [(&str, &str, &str, Text); 7] = [
        ("department", "部门。", "The department.", |one| Some(one.department.clone())),
        ("source", "数据源。", "The source.", |one| Some(one.source.clone())),
        ("stream", "表。", "The stream.", |one| Some(one.stream.clone())),
        ("kind", "记录种类。", "The record kind.", |one| Some(one.kind.clone())),
        (
            "key",
            "在数据源中的主键；个人信息遮盖。",
            "The key at the source; personal parts are masked.",
            |one| Some(one.source_key.clone()),
        ),
        ("code", "不变的代码。", "A code that stays the same.", |one| {
            Some(one.message.code.to_owned())
        }),
        ("textEn", "问题，英文。", "What is wrong, in English.", |one| {
            Some(one.message.render(Lang::En))
        }),
    ];
    for (name, zh, en, of) in always {
        let string = TypeRef::named_nn(TypeRef::STRING);
        pick(&mut shape, name, string, said(zh, en), move |one: &FindingView| text(of(one)?))?;
    }
    let about = said("来源的列。", "The columns that fill the field.");
    pick(&mut shape, "columns", TypeRef::named_nn_list_nn(TypeRef::STRING), about, |one: &FindingView| {
        texts(one.columns.clone())
    })?;
    let about = said("其他部门的值出自谁。", "Whose value that of others is.");
    pick(&mut shape, "says", TypeRef::named("QualityFindingSays"), about, |one: &FindingView| {
        Some(FieldValue::owned_any(one.says.clone()?))
    })?;
    shape.register(types)
}

/// The root field.
pub(super) fn root(query: &mut Shape) -> Result<(), SchemaError> {
    let string = || TypeRef::named(TypeRef::STRING);
    let findings = Field::new("qualityFindings", TypeRef::named("QualityFindingPage"), |ctx| {
        FieldFuture::new(async move { Box::pin(findings(ctx)).await })
    })
    .argument(input("department", TypeRef::named(TypeRef::ID), "只看这个部门。", "Of this department only."))
    .argument(input("source", string(), "只看这个数据源。", "Of this source only."))
    .argument(input("stream", string(), "只看这张表。", "Of this stream only."))
    .argument(input("dimension", TypeRef::named("QualityDimension"), "只看这一项。", "About this only."))
    .argument(input("field", string(), "只看这个字段。", "About this field only."))
    .argument(input("code", string(), "只看这种原因（代码）。", "With this reason (code) only."))
    .argument(input(
        "first",
        TypeRef::named(TypeRef::INT),
        "一页几个，默认 20。",
        "So many on a page, 20 unless told.",
    ))
    .argument(input("after", string(), "从这个游标之后开始。", "Begin after this cursor."))
    .description(said(
        "质量问题所在的行；需要 steward 角色。",
        "The rows in which something is wrong; needs the role steward.",
    ));
    query.field("qualityFindings", findings)
}

async fn findings<'a>(ctx: ResolverContext<'a>) -> Result<Option<FieldValue<'a>>, Error> {
    let root = Root::of(&ctx)?;
    let field = ctx.ctx.field();
    let arguments = field.arguments().map_err(|error| Error::new(error.message))?;
    let said = |name: &str| argument_text(&arguments, name);
    let dimension = arguments
        .iter()
        .find(|(name, _)| name == "dimension")
        .and_then(|(_, value)| planning::word(value))
        .and_then(|asked: &str| {
            QualityDimension::ALL.into_iter().find(|dimension| word(*dimension).0 == asked)
        });
    let narrowed = ["department", "source", "stream", "field", "code"].map(said);
    let named = dimension.map(|dimension| word(dimension).0.to_owned());
    let bound: Vec<Option<String>> = narrowed.iter().cloned().chain([named]).collect();
    let binding = Binding::named("qualityFindings", &bound);
    let page = first_of(&arguments, root.service.page)
        .and_then(|first| Ok((first, after_of(&arguments, &root.service.cursor_key, binding)?)));
    let (first, after) = page.map_err(|refusal| refused(&ctx, &refusal))?;
    let [department, source, stream, field, code] = narrowed;
    let after = after.and_then(|place| place_of(&place));
    let question =
        FindingQuestion { department, source, stream, dimension, field, code, after, first: first + 1 };
    let mut found = match Box::pin(root.service.query.quality_findings(root.asker, &question)).await {
        Ok(found) => found,
        Err(error) => return Err(failed(&ctx, &error)),
    };
    let n_first = usize::try_from(first).unwrap_or(usize::MAX);
    let has_next = found.len() > n_first;
    found.truncate(n_first);
    let end = found.last().map(|one| root.service.cursor_key.seal(binding, &sealed(one.place)));
    Ok(Some(FieldValue::owned_any(FindingPage { findings: found, has_next, end })))
}

fn sealed(place: FindingPlace) -> Place {
    let keys = [place.stream, place.part, place.nth].map(hub::FieldValue::Integer);
    Place { keys: keys.to_vec(), id: place.id, parent: None }
}

fn place_of(place: &Place) -> Option<FindingPlace> {
    match place.keys.as_slice() {
        [hub::FieldValue::Integer(stream), hub::FieldValue::Integer(part), hub::FieldValue::Integer(nth)] => {
            Some(FindingPlace { stream: *stream, part: *part, id: place.id, nth: *nth })
        }
        _ => None,
    }
}
