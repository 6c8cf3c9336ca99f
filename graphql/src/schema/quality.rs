//! Departments and the quality of what they send. What is not selected is not counted.

use async_graphql::dynamic::{Field, FieldFuture, FieldValue, ResolverContext, TypeRef};
use async_graphql::{Error, SelectionField, Value};
use hub::ontology::Label;
use hub::query::quality::{
    DepartmentQuality, Dimensions, FieldQuality, QualityParts, QualityQuestion, StreamQuality,
};
use messages::Lang;

use super::failure::failed;
use super::kit::{input, list, long, pick, said, text};
use super::quality_parts::all_coded;
use super::roots::{Root, argument_text};
use super::{SchemaError, Shape, Types};
use crate::text::moment;

/// What the two shapes of quality have in common.
trait Parts {
    fn parts(&self) -> &QualityParts;
}

impl Parts for DepartmentQuality {
    fn parts(&self) -> &QualityParts {
        &self.parts
    }
}

impl Parts for StreamQuality {
    fn parts(&self) -> &QualityParts {
        &self.parts
    }
}

pub(super) fn register(types: &mut Types) -> Result<(), SchemaError> {
    field(types)?;
    stream(types)?;
    department(types)
}

fn field(types: &mut Types) -> Result<(), SchemaError> {
    let mut shape = Shape::new("FieldQuality", &said("一个字段的质量。", "Quality of a field."));
    let about = said("字段。", "The field.");
    pick(&mut shape, "field", TypeRef::named_nn(TypeRef::STRING), about, |one: &FieldQuality| {
        text(one.field.clone())
    })?;
    shape.field("label", labelled::<FieldQuality>("label", |one| &one.label))?;
    let about = said("来源的列。", "The columns that fill it.");
    pick(&mut shape, "columns", TypeRef::named_nn_list_nn(TypeRef::STRING), about, |one: &FieldQuality| {
        super::kit::texts(one.columns.clone())
    })?;
    let about = said("必填：缺了整行搁置。", "Required: a row without it is set aside.");
    pick(&mut shape, "required", TypeRef::named_nn(TypeRef::BOOLEAN), about, |one: &FieldQuality| {
        Some(FieldValue::value(Value::Boolean(one.is_required)))
    })?;
    let about = said("有值的记录。", "Records with a value.");
    pick(&mut shape, "completeness", TypeRef::named_nn("QualityShare"), about, |one: &FieldQuality| {
        Some(FieldValue::owned_any(one.filled))
    })?;
    let reasons = || TypeRef::named_nn_list_nn("QualityReason");
    let about = said("带标记的值。", "Flagged values.");
    pick(&mut shape, "flags", reasons(), about, |one: &FieldQuality| all_coded(&one.flags))?;
    let about = said("因它而搁置的行。", "Rows set aside because of it.");
    pick(&mut shape, "setAside", reasons(), about, |one: &FieldQuality| all_coded(&one.set_aside))?;
    let about = said(
        "与其他部门是否相同；不参与主记录的字段为空。",
        "Whether others say the same; null where it is part of no golden field.",
    );
    pick(&mut shape, "agreement", TypeRef::named("QualityAgreement"), about, |one: &FieldQuality| {
        Some(FieldValue::owned_any(one.agreement?))
    })?;
    shape.register(types)
}

/// A label in the language of the request.
fn labelled<T: std::any::Any + Send + Sync>(name: &str, of: fn(&T) -> &Label) -> Field {
    Field::new(name, TypeRef::named_nn(TypeRef::STRING), move |ctx| {
        let lang = ctx.data_opt::<Lang>().copied().unwrap_or(Lang::Zh);
        let label = ctx.parent_value.downcast_ref::<T>().map(of);
        FieldFuture::Value(label.and_then(|label| {
            text(match lang {
                Lang::Zh => label.zh.clone(),
                Lang::En => label.en.clone(),
            })
        }))
    })
    .description(said("名称，语言随请求。", "Its name, in the language of the request."))
}

fn parts<T: Parts + std::any::Any + Send + Sync>(shape: &mut Shape) -> Result<(), SchemaError> {
    let about =
        said("完整性：有值的占应有值的。", "Completeness: values there are, of those there could be.");
    pick(shape, "completeness", TypeRef::named_nn("QualityShare"), about, |one: &T| {
        Some(FieldValue::owned_any(one.parts().completeness))
    })?;
    let about = said("有效性。", "Validity.");
    pick(shape, "validity", TypeRef::named_nn("QualityValidity"), about, |one: &T| {
        Some(FieldValue::owned_any(one.parts().validity.clone()))
    })?;
    let about = said("及时性。", "Timeliness.");
    pick(shape, "timeliness", TypeRef::named_nn("QualityTimeliness"), about, |one: &T| {
        Some(FieldValue::owned_any(one.parts().timeliness))
    })?;
    let about = said("与其他部门的一致性。", "Agreement with others.");
    pick(shape, "agreement", TypeRef::named_nn("QualityAgreement"), about, |one: &T| {
        Some(FieldValue::owned_any(one.parts().agreement))
    })?;
    let about = said("记名情况。", "Matching.");
    pick(shape, "matching", TypeRef::named_nn("Counts"), about, |one: &T| {
        Some(FieldValue::owned_any(one.parts().matching))
    })
}

fn stream(types: &mut Types) -> Result<(), SchemaError> {
    let mut shape = Shape::new("StreamQuality", &said("一张表的质量。", "Quality of a stream."));
    type Text = fn(&StreamQuality) -> &String;
    let texts: [(&str, &str, &str, Text); 3] = [
        ("source", "数据源。", "The source.", |one| &one.source),
        ("name", "表。", "The stream.", |one| &one.stream),
        ("kind", "记录种类。", "The record kind.", |one| &one.kind),
    ];
    for (name, zh, en, of) in texts {
        pick(
            &mut shape,
            name,
            TypeRef::named_nn(TypeRef::STRING),
            said(zh, en),
            move |one: &StreamQuality| text(of(one).clone()),
        )?;
    }
    shape.field("kindLabel", labelled::<StreamQuality>("kindLabel", |one| &one.kind_label))?;
    parts::<StreamQuality>(&mut shape)?;
    let about = said("各字段。", "Its fields.");
    pick(&mut shape, "fields", TypeRef::named_nn_list_nn("FieldQuality"), about, |one: &StreamQuality| {
        list(one.fields.clone())
    })?;
    let about = said("适用的时限。", "Its rules of time.");
    pick(&mut shape, "rules", TypeRef::named_nn_list_nn("QualityRule"), about, |one: &StreamQuality| {
        list(one.rules.clone())
    })?;
    type Moment = fn(&StreamQuality) -> Option<hub::clock::Timestamp>;
    let moments: [(&str, &str, &str, Moment); 2] = [
        ("readWholeAt", "最近一次完整读取的结束。", "End of the last whole reading.", |one| {
            one.read_whole_at
        }),
        ("newestAt", "最新一次变化到达的时刻。", "When the newest change came.", |one| {
            one.newest_at
        }),
    ];
    for (name, zh, en, of) in moments {
        pick(&mut shape, name, TypeRef::named("DateTime"), said(zh, en), move |one: &StreamQuality| {
            text(moment(of(one)?))
        })?;
    }
    type Ago = fn(&StreamQuality) -> Option<i64>;
    let ago: [(&str, &str, &str, Ago); 2] = [
        (
            "ageSeconds",
            "最近一次完整读取至今的秒数。",
            "Seconds since the last whole reading.",
            |one| one.age_seconds,
        ),
        ("lagSeconds", "最新一次变化至今的秒数。", "Seconds since the newest change.", |one| {
            one.lag_seconds
        }),
    ];
    for (name, zh, en, of) in ago {
        pick(&mut shape, name, TypeRef::named("Long"), said(zh, en), move |one: &StreamQuality| {
            long(of(one)?)
        })?;
    }
    shape.register(types)
}

fn department(types: &mut Types) -> Result<(), SchemaError> {
    let about = said(
        "一个部门各表合计的质量。没有总分：四项各有含义，不相加。",
        "Quality of a department: the sums over its streams. There is no score: the four mean different things.",
    );
    let mut shape = Shape::new("DepartmentQuality", &about);
    parts::<DepartmentQuality>(&mut shape)?;
    let about = said("各表。", "Its streams.");
    pick(
        &mut shape,
        "streams",
        TypeRef::named_nn_list_nn("StreamQuality"),
        about,
        |one: &DepartmentQuality| list(one.streams.clone()),
    )?;
    shape.register(types)?;

    let mut shape = Shape::new("Department", &said("部门。", "A department."));
    let about = said("编号。", "The id.");
    pick(&mut shape, "id", TypeRef::named_nn(TypeRef::ID), about, |one: &DepartmentQuality| {
        text(one.id.clone())
    })?;
    shape.field("name", labelled::<DepartmentQuality>("name", |one| &one.name))?;
    let about = said("所报数据的质量。", "The quality of what it sends.");
    pick(&mut shape, "quality", TypeRef::named_nn("DepartmentQuality"), about, |one: &DepartmentQuality| {
        Some(FieldValue::owned_any(one.clone()))
    })?;
    shape.register(types)
}

/// The root field.
pub(super) fn root(query: &mut Shape) -> Result<(), SchemaError> {
    let departments = Field::new("departments", TypeRef::named_nn_list("Department"), |ctx| {
        FieldFuture::new(async move { Box::pin(departments(ctx)).await })
    })
    .argument(input("id", TypeRef::named(TypeRef::ID), "只看这个部门。", "This department only."))
    .argument(input("source", TypeRef::named(TypeRef::STRING), "只看这个数据源。", "Of this source only."))
    .argument(input("stream", TypeRef::named(TypeRef::STRING), "只看这张表。", "Of this stream only."))
    .description(said(
        "部门及其数据质量；reader 只见本部门，问别的部门被拒绝。选了哪几项就只统计哪几项。",
        "Departments and the quality of what they send; a reader sees its own, and is refused another. Only what is selected is counted.",
    ));
    query.field("departments", departments)
}

async fn departments<'a>(ctx: ResolverContext<'a>) -> Result<Option<FieldValue<'a>>, Error> {
    let root = Root::of(&ctx)?;
    let field = ctx.ctx.field();
    let arguments = field.arguments().map_err(|error| Error::new(error.message))?;
    let question = QualityQuestion {
        department: argument_text(&arguments, "id"),
        source: argument_text(&arguments, "source"),
        stream: argument_text(&arguments, "stream"),
        wanted: wanted(&field),
    };
    let found = Box::pin(root.service.query.quality(root.asker, &question)).await;
    found.map(list).map_err(|error| failed(&ctx, &error))
}

/// What the selection needs to be counted.
fn wanted(field: &SelectionField<'_>) -> Dimensions {
    let mut wanted = Dimensions::default();
    for quality in field.selection_set().filter(|part| part.name() == "quality") {
        note(&quality, &mut wanted);
    }
    wanted
}

fn note(field: &SelectionField<'_>, wanted: &mut Dimensions) {
    for part in field.selection_set() {
        match part.name() {
            "completeness" => wanted.completeness = true,
            "validity" | "setAside" | "flags" => wanted.validity = true,
            "timeliness" | "rules" => wanted.timeliness = true,
            "agreement" => wanted.agreement = true,
            "streams" | "fields" => {
                wanted.counts = true;
                note(&part, wanted);
            }
            "matching" | "newestAt" | "lagSeconds" => wanted.counts = true,
            _ => {}
        }
    }
}
