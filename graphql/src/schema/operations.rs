//! Sources, streams, counts and dead letters.

use async_graphql::Error;
use async_graphql::dynamic::{Field, FieldFuture, FieldValue, ResolverContext, TypeRef};
use hub::ingest::message_of_status;
use hub::query::plan::Place;
use hub::query::{DeadLetterQuestion, DeadLetterView, FaultView, KindCounts, SourceView, StreamView};
use hub::store::Counts;
use messages::Lang;

use super::failure::{failed, refused};
use super::kit::{count, input, list, long, pick, said, text};
use super::roots::Root;
use super::{SchemaError, Shape, Types};
use crate::cursor::Binding;
use crate::planning::{after_of, first_of};
use crate::text::moment;

struct DeadLetterPage {
    letters: Vec<DeadLetterView>,
    has_next: bool,
    end: Option<String>,
}

struct Cell {
    column: String,
    text: Option<String>,
}

struct FaultText {
    fault: FaultView,
    lang: Lang,
}

pub(super) fn register(types: &mut Types) -> Result<(), SchemaError> {
    counts(types)?;
    streams(types)?;
    let mut shape =
        Shape::new("Source", &said("被接入的部门数据库。", "A department's database the hub reads."));
    let about = said("编号。", "The id.");
    pick(&mut shape, "id", TypeRef::named_nn(TypeRef::ID), about, |view: &SourceView| text(view.id.clone()))?;
    let about = said("部门。", "The department.");
    pick(&mut shape, "department", TypeRef::named_nn(TypeRef::STRING), about, |view: &SourceView| {
        text(view.department.clone())
    })?;
    let about = said("它的数据流。", "Its streams.");
    pick(&mut shape, "streams", TypeRef::named_nn_list_nn("Stream"), about, |view: &SourceView| {
        list(view.streams.clone())
    })?;
    shape.register(types)?;

    let mut shape =
        Shape::new("Status", &said("按部门和种类统计的记名情况。", "Matching by department and kind."));
    let about = said("部门。", "The department.");
    pick(&mut shape, "department", TypeRef::named_nn(TypeRef::STRING), about, |view: &KindCounts| {
        text(view.department.clone())
    })?;
    let about = said("记录种类。", "The record kind.");
    pick(&mut shape, "kind", TypeRef::named_nn(TypeRef::STRING), about, |view: &KindCounts| {
        text(view.kind.clone())
    })?;
    let about = said("数目。", "The counts.");
    pick(&mut shape, "counts", TypeRef::named_nn("Counts"), about, |view: &KindCounts| {
        Some(FieldValue::owned_any(view.counts))
    })?;
    shape.register(types)?;
    dead_letters(types)
}

fn counts(types: &mut Types) -> Result<(), SchemaError> {
    let mut shape =
        Shape::new("Counts", &said("记录数，按记名状态。", "How many records, by state of matching."));
    type Pick = fn(&Counts) -> u64;
    let all: [(&str, &str, &str, Pick); 6] = [
        (
            "received",
            "收到的记录，含被搁置的行。",
            "Records received, with rows set aside.",
            |counts| counts.received,
        ),
        ("linked", "记名成功。", "Matched to their subject.", |counts| counts.linked),
        ("waiting", "处理中。", "Waiting for a match.", |counts| counts.waiting),
        ("nobody", "记名不成功。", "Matched to nobody.", |counts| counts.nobody),
        ("notMatched", "不需记名的种类。", "Of kinds that are not matched.", |counts| {
            counts.not_matched
        }),
        ("deadLetters", "被搁置的行。", "Rows set aside.", |counts| counts.dead_letters),
    ];
    for (name, zh, en, of) in all {
        pick(&mut shape, name, TypeRef::named_nn("Long"), said(zh, en), move |counts: &Counts| {
            count(of(counts))
        })?;
    }
    shape.register(types)
}

fn streams(types: &mut Types) -> Result<(), SchemaError> {
    let mut shape =
        Shape::new("Stream", &said("数据源中的一张表、视图或文件。", "A table, view or file of a source."));
    type Text = fn(&StreamView) -> Option<String>;
    let texts: [(&str, &str, &str, Text); 6] = [
        ("source", "数据源。", "The source.", |view| Some(view.source.clone())),
        ("name", "名称。", "The name.", |view| Some(view.name.clone())),
        ("department", "部门。", "The department.", |view| Some(view.department.clone())),
        ("kind", "记录种类。", "The record kind.", |view| Some(view.kind.clone())),
        ("anchor", "由它建立的主体种类。", "The entity kind whose entities it creates.", |view| {
            view.anchor.clone()
        }),
        ("state", "状态。", "How it is doing.", |view| Some(view.status.as_ref()?.state.clone())),
    ];
    for (name, zh, en, of) in texts {
        pick(&mut shape, name, TypeRef::named(TypeRef::STRING), said(zh, en), move |view: &StreamView| {
            of(view).and_then(text)
        })?;
    }
    let message = Field::new("message", TypeRef::named(TypeRef::STRING), |ctx| {
        let lang = ctx.data_opt::<Lang>().copied().unwrap_or(Lang::Zh);
        let view = ctx.parent_value.downcast_ref::<StreamView>();
        FieldFuture::Value(view.and_then(|view| {
            let kept = view.status.as_ref()?.message.as_deref()?;
            text(message_of_status(kept)?.render(lang))
        }))
    })
    .description(said("状态的原因，语言随请求。", "Why, in the language of the request."));
    shape.field("message", message)?;
    type Moment = fn(&StreamView) -> Option<hub::clock::Timestamp>;
    let moments: [(&str, &str, &str, Moment); 3] = [
        ("stateSince", "状态从何时起。", "Since when it is so.", |view| {
            Some(view.status.as_ref()?.since)
        }),
        ("startedAt", "最近一次读取的开始。", "Begin of the last reading.", |view| {
            view.status.as_ref()?.started_at
        }),
        ("finishedAt", "最近一次完整读取的结束。", "End of the last complete reading.", |view| {
            view.status.as_ref()?.finished_at
        }),
    ];
    for (name, zh, en, of) in moments {
        pick(&mut shape, name, TypeRef::named("DateTime"), said(zh, en), move |view: &StreamView| {
            of(view).map(moment).and_then(text)
        })?;
    }
    let about = said("最近一次读取的行数。", "Rows of the last reading.");
    pick(&mut shape, "rowsRead", TypeRef::named("Long"), about, |view: &StreamView| {
        long(view.status.as_ref()?.n_read)
    })?;
    let about = said("记名情况。", "Its counts.");
    pick(&mut shape, "counts", TypeRef::named_nn("Counts"), about, |view: &StreamView| {
        Some(FieldValue::owned_any(view.counts))
    })?;
    shape.register(types)
}

fn dead_letters(types: &mut Types) -> Result<(), SchemaError> {
    let mut shape = Shape::new(
        "DeadLetter",
        &said("未能入库、被搁置的一行。", "A row that could not be applied and was set aside."),
    );
    let about = said("编号。", "The number.");
    pick(&mut shape, "id", TypeRef::named_nn(TypeRef::ID), about, |view: &DeadLetterView| {
        text(view.number.to_string())
    })?;
    type Text = fn(&DeadLetterView) -> String;
    let texts: [(&str, &str, &str, Text); 5] = [
        ("source", "数据源。", "The source.", |view| view.source.clone()),
        ("stream", "数据流。", "The stream.", |view| view.stream.clone()),
        ("department", "部门。", "The department.", |view| view.department.clone()),
        ("kind", "记录种类。", "The record kind.", |view| view.kind.clone()),
        (
            "key",
            "在数据源中的主键；个人信息遮盖。",
            "The key at the source; personal parts are masked.",
            |view| view.source_key.clone(),
        ),
    ];
    for (name, zh, en, of) in texts {
        pick(
            &mut shape,
            name,
            TypeRef::named_nn(TypeRef::STRING),
            said(zh, en),
            move |view: &DeadLetterView| text(of(view)),
        )?;
    }
    let about = said("试过几次。", "How often it was tried.");
    pick(&mut shape, "attempts", TypeRef::named_nn("Long"), about, |view: &DeadLetterView| {
        long(view.attempts)
    })?;
    let about = said("第一次。", "First.");
    pick(&mut shape, "firstAt", TypeRef::named_nn("DateTime"), about, |view: &DeadLetterView| {
        text(moment(view.first_at))
    })?;
    let about = said("最近一次。", "Last.");
    pick(&mut shape, "lastAt", TypeRef::named_nn("DateTime"), about, |view: &DeadLetterView| {
        text(moment(view.last_at))
    })?;
    let reasons =
        Field::new("reasons", TypeRef::named_nn_list_nn("DeadLetterReason"), |ctx| {
            let lang = ctx.data_opt::<Lang>().copied().unwrap_or(Lang::Zh);
            let view = ctx.parent_value.downcast_ref::<DeadLetterView>();
            FieldFuture::Value(view.and_then(|view| {
                list(view.faults.iter().map(|fault| FaultText { fault: fault.clone(), lang }))
            }))
        })
        .description(said("全部原因。", "Every reason."));
    shape.field("reasons", reasons)?;
    let about = said(
        "已映射的列；个人信息遮盖，未映射的列从不显示。",
        "Cells of mapped columns; personal ones are masked, unmapped ones never shown.",
    );
    pick(
        &mut shape,
        "cells",
        TypeRef::named_nn_list_nn("DeadLetterCell"),
        about,
        |view: &DeadLetterView| {
            list(view.cells.iter().map(|(column, text)| Cell { column: column.clone(), text: text.clone() }))
        },
    )?;
    shape.register(types)?;
    dead_letter_parts(types)
}

fn dead_letter_parts(types: &mut Types) -> Result<(), SchemaError> {
    let mut shape = Shape::new("DeadLetterReason", &said("搁置的原因。", "Why a row was set aside."));
    let about = said("不变的代码。", "A code that stays the same.");
    pick(&mut shape, "code", TypeRef::named_nn(TypeRef::STRING), about, |view: &FaultText| {
        text(view.fault.message.code)
    })?;
    let about = said("说明，语言随请求。", "In words, in the language of the request.");
    pick(&mut shape, "text", TypeRef::named_nn(TypeRef::STRING), about, |view: &FaultText| {
        text(view.fault.message.render(view.lang))
    })?;
    let about = said("有关的字段。", "The field to blame.");
    pick(&mut shape, "field", TypeRef::named(TypeRef::STRING), about, |view: &FaultText| {
        text(view.fault.field.clone()?)
    })?;
    let about = said("有关的列。", "The column to blame.");
    pick(&mut shape, "column", TypeRef::named(TypeRef::STRING), about, |view: &FaultText| {
        text(view.fault.column.clone()?)
    })?;
    shape.register(types)?;

    let mut shape = Shape::new("DeadLetterCell", &said("一个单元格。", "A cell."));
    let about = said("列。", "The column.");
    pick(&mut shape, "column", TypeRef::named_nn(TypeRef::STRING), about, |cell: &Cell| {
        text(cell.column.clone())
    })?;
    let about = said("数据源给出的文本，可能已遮盖。", "The source's text, perhaps masked.");
    pick(&mut shape, "text", TypeRef::named(TypeRef::STRING), about, |cell: &Cell| text(cell.text.clone()?))?;
    shape.register(types)?;

    let mut shape = Shape::new("DeadLetterPage", &said("被搁置的行的一页。", "A page of rows set aside."));
    let about = said("各行。", "The rows.");
    pick(&mut shape, "nodes", TypeRef::named_nn_list_nn("DeadLetter"), about, |page: &DeadLetterPage| {
        list(page.letters.clone())
    })?;
    let about = said("后面是否还有。", "Whether more come after.");
    pick(&mut shape, "hasNextPage", TypeRef::named_nn(TypeRef::BOOLEAN), about, |page: &DeadLetterPage| {
        Some(FieldValue::value(async_graphql::Value::Boolean(page.has_next)))
    })?;
    let about = said("供下一页的 after 使用。", "For the next page's `after`.");
    pick(&mut shape, "endCursor", TypeRef::named(TypeRef::STRING), about, |page: &DeadLetterPage| {
        text(page.end.clone()?)
    })?;
    shape.register(types)
}

/// The root fields.
pub(super) fn roots(query: &mut Shape) -> Result<(), SchemaError> {
    let sources = Field::new("sources", TypeRef::named_nn_list("Source"), |ctx| {
        FieldFuture::new(async move {
            let root = Root::of(&ctx)?;
            let found = root.service.query.sources(root.asker).await;
            found.map(list).map_err(|error| failed(&ctx, &error))
        })
    });
    query.field("sources", sources.description(said("被接入的数据源。", "The sources.")))?;
    let streams = Field::new("streams", TypeRef::named_nn_list("Stream"), |ctx| {
        FieldFuture::new(async move {
            let root = Root::of(&ctx)?;
            let found = root.service.query.streams(root.asker).await;
            found.map(list).map_err(|error| failed(&ctx, &error))
        })
    });
    query.field(
        "streams",
        streams.description(said("所有数据流及其状态。", "All streams and how they are doing.")),
    )?;
    let status = Field::new("status", TypeRef::named_nn_list("Status"), |ctx| {
        FieldFuture::new(async move {
            let root = Root::of(&ctx)?;
            let found = root.service.query.status(root.asker).await;
            found.map(list).map_err(|error| failed(&ctx, &error))
        })
    });
    query.field(
        "status",
        status.description(said("记名情况，按部门和种类。", "Matching, by department and kind.")),
    )?;
    let letters = Field::new("deadLetters", TypeRef::named("DeadLetterPage"), |ctx| {
        FieldFuture::new(async move { Box::pin(letters(ctx)).await })
    })
    .argument(input("source", TypeRef::named(TypeRef::STRING), "只看这个数据源。", "Of this source only."))
    .argument(input("stream", TypeRef::named(TypeRef::STRING), "只看这个数据流。", "Of this stream only."))
    .argument(input(
        "code",
        TypeRef::named(TypeRef::STRING),
        "只看这种原因（代码）。",
        "With this reason (code) only.",
    ))
    .argument(input(
        "first",
        TypeRef::named(TypeRef::INT),
        "一页几行，默认 20。",
        "Rows of a page, 20 unless told.",
    ))
    .argument(input(
        "after",
        TypeRef::named(TypeRef::STRING),
        "从这个游标之后开始。",
        "Begin after this cursor.",
    ))
    .description(said("被搁置的行；需要 steward 角色。", "Rows set aside; needs the role steward."));
    query.field("deadLetters", letters)
}

async fn letters<'a>(ctx: ResolverContext<'a>) -> Result<Option<FieldValue<'a>>, Error> {
    let root = Root::of(&ctx)?;
    let field = ctx.ctx.field();
    let arguments = field.arguments().map_err(|error| Error::new(error.message))?;
    let said = |name: &str| match arguments.iter().find(|(known, _)| known == name) {
        Some((_, async_graphql::Value::String(text))) => Some(text.clone()),
        Some(_) | None => None,
    };
    let binding = Binding::named("deadLetters", &[said("source"), said("stream"), said("code")]);
    let page = first_of(&arguments, root.service.page)
        .and_then(|first| Ok((first, after_of(&arguments, &root.service.cursor_key, binding)?)));
    let (first, after) = page.map_err(|refusal| refused(&ctx, &refusal))?;
    let question = DeadLetterQuestion {
        source: said("source"),
        stream: said("stream"),
        code: said("code"),
        after: after.map(|place| place.id),
        first: first + 1,
    };
    let mut found = match root.service.query.dead_letters(root.asker, &question).await {
        Ok(found) => found,
        Err(error) => return Err(failed(&ctx, &error)),
    };
    let n_first = usize::try_from(first).unwrap_or(usize::MAX);
    let has_next = found.len() > n_first;
    found.truncate(n_first);
    let end = found.last().map(|letter| {
        let place = Place { keys: Vec::new(), id: letter.number, parent: None };
        root.service.cursor_key.seal(binding, &place)
    });
    Ok(Some(FieldValue::owned_any(DeadLetterPage { letters: found, has_next, end })))
}
