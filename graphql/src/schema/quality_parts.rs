//! What quality is told with: shares, reasons, rules of time.

use async_graphql::dynamic::{Field, FieldFuture, FieldValue, TypeRef};
use hub::ontology::Timely;
use hub::query::quality::{Agreement, Ratio, RuleQuality, Timeliness, Validity};
use messages::Lang;

use super::kit::{count, list, long, pick, said, text};
use super::{SchemaError, Shape, Types};

/// Rows by a code.
struct Coded {
    code: String,
    n: u64,
}

pub(super) fn register(types: &mut Types) -> Result<(), SchemaError> {
    ratio(types)?;
    coded(types)?;
    validity(types)?;
    timeliness(types)?;
    rule(types)?;
    agreement(types)
}

fn ratio(types: &mut Types) -> Result<(), SchemaError> {
    let mut shape = Shape::new("QualityShare", &said("一部分占全部的份额。", "A part of a whole."));
    let about = said("部分。", "The part.");
    pick(&mut shape, "part", TypeRef::named_nn("Long"), about, |one: &Ratio| count(one.part))?;
    let about = said("全部。", "The whole.");
    pick(&mut shape, "whole", TypeRef::named_nn("Long"), about, |one: &Ratio| count(one.whole))?;
    share(&mut shape, |one: &Ratio| *one)?;
    shape.register(types)
}

/// The share of something that has one.
fn share<T: std::any::Any + Send + Sync>(
    shape: &mut Shape,
    of: impl Fn(&T) -> Ratio + Send + Sync + 'static,
) -> Result<(), SchemaError> {
    let about = said(
        "份额，四位小数，截尾；没有可评判的则为空。",
        "The share, four digits, cut off; null where there is nothing to judge.",
    );
    pick(shape, "share", TypeRef::named("Decimal"), about, move |one: &T| text(of(one).text()?))
}

fn coded(types: &mut Types) -> Result<(), SchemaError> {
    let mut shape = Shape::new("QualityReason", &said("一种原因及其行数。", "A reason, and how many rows."));
    let about = said("不变的代码。", "A code that stays the same.");
    pick(&mut shape, "code", TypeRef::named_nn(TypeRef::STRING), about, |one: &Coded| {
        text(one.code.clone())
    })?;
    let words = Field::new("text", TypeRef::named_nn(TypeRef::STRING), |ctx| {
        let lang = ctx.data_opt::<Lang>().copied().unwrap_or(Lang::Zh);
        let one = ctx.parent_value.downcast_ref::<Coded>();
        FieldFuture::Value(
            one.and_then(|one| text(of_many(messages::text(&one.code, lang).unwrap_or_default()))),
        )
    })
    .description(said("含义，语言随请求。", "What it means, in the language of the request."));
    shape.field("text", words)?;
    let about = said("行数；一行有两种原因就各计一次。", "Rows; one with two reasons counts for both.");
    pick(&mut shape, "count", TypeRef::named_nn("Long"), about, |one: &Coded| count(one.n))?;
    shape.register(types)
}

/// The text of a code for many rows at once: what each row puts in its places is left open.
fn of_many(text: &str) -> String {
    let mut parts = text.split('{');
    let mut words = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        words.push('…');
        words.push_str(part.split_once('}').map_or("", |(_, rest)| rest));
    }
    words
}

/// Rows by code, as a list.
pub(super) fn all_coded(counts: &std::collections::BTreeMap<String, u64>) -> Option<FieldValue<'static>> {
    list(counts.iter().map(|(code, n)| Coded { code: code.clone(), n: *n }))
}

/// Whole numbers of a thing: name, Chinese, English, which.
type Numbers<T> = &'static [(&'static str, &'static str, &'static str, fn(&T) -> u64)];

fn numbers<T: std::any::Any + Send + Sync>(shape: &mut Shape, all: Numbers<T>) -> Result<(), SchemaError> {
    for (name, zh, en, of) in all {
        pick(shape, name, TypeRef::named_nn("Long"), said(zh, en), move |one: &T| count(of(one)))?;
    }
    Ok(())
}

fn validity(types: &mut Types) -> Result<(), SchemaError> {
    let about = said("有效性：行能不能读成记录。", "Validity: whether rows could be read.");
    let mut shape = Shape::new("QualityValidity", &about);
    share(&mut shape, Validity::ratio)?;
    let all: Numbers<Validity> = &[
        ("received", "收到的行，含搁置的。", "Rows received, with those set aside.", |one| {
            one.received
        }),
        (
            "clean",
            "读成记录、没有标记或标记无碍的。",
            "Became records without a mark, or with a harmless one.",
            |one| one.clean,
        ),
        ("flagged", "读成记录、但有值带标记的。", "Became records with a flagged value.", |one| one.flagged),
        ("setAside", "搁置的。", "Set aside.", |one| one.set_aside),
    ];
    numbers(&mut shape, all)?;
    let reasons = || TypeRef::named_nn_list_nn("QualityReason");
    let about = said("搁置的原因。", "Why rows were set aside.");
    pick(&mut shape, "reasons", reasons(), about, |one: &Validity| all_coded(&one.reasons))?;
    let about = said("标记。", "The flags.");
    pick(&mut shape, "flags", reasons(), about, |one: &Validity| all_coded(&one.flags))?;
    shape.register(types)
}

fn timeliness(types: &mut Types) -> Result<(), SchemaError> {
    let about = said("及时性：记录是否按时到。", "Timeliness: whether records came in time.");
    let mut shape = Shape::new("QualityTimeliness", &about);
    share(&mut shape, |one: &Timeliness| one.in_time)?;
    let all: Numbers<Timeliness> = &[
        ("judged", "能评判的记录。", "Records that can be judged.", |one| one.in_time.whole),
        ("inTime", "按时的。", "In time.", |one| one.in_time.part),
        (
            "firstReading",
            "不评判：首次读取时已在的，不知何时产生。",
            "Not judged: came with the first reading, nobody knows since when it was there.",
            |one| one.first_reading,
        ),
        ("noDay", "不评判：缺日期。", "Not judged: a day is missing.", |one| one.no_day),
        (
            "beforeItsDay",
            "不评判：到达早于起算日。",
            "Not judged: here before the day that is counted from.",
            |one| one.before_its_day,
        ),
        (
            "otherTime",
            "不评判：不在规则适用期间。",
            "Not judged: the rule does not hold for its day.",
            |one| one.other_time,
        ),
    ];
    numbers(&mut shape, all)?;
    shape.register(types)
}

fn rule(types: &mut Types) -> Result<(), SchemaError> {
    let mut shape =
        Shape::new("QualityRule", &said("一条时限及其结果。", "A rule of time, and what it says."));
    let about = said("起算的字段。", "The field counted from.");
    pick(&mut shape, "from", TypeRef::named_nn(TypeRef::STRING), about, |one: &RuleQuality| {
        text(one.from.clone())
    })?;
    let about = said("算到的字段；空为到达之时。", "The field counted to; null is the arrival.");
    pick(&mut shape, "to", TypeRef::named(TypeRef::STRING), about, |one: &RuleQuality| {
        text(one.to.clone()?)
    })?;
    let about = said("至多几天。", "So many days at most.");
    pick(&mut shape, "days", TypeRef::named_nn("Long"), about, |one: &RuleQuality| {
        long(one.rule.days.into())
    })?;
    let about = said(
        "怎样计日：calendar 每天，working 工作日（按历年节假日安排）。",
        "Which days count: `calendar` every day, `working` working days, as arranged for each year.",
    );
    pick(&mut shape, "count", TypeRef::named_nn(TypeRef::STRING), about, |one: &RuleQuality| {
        text(one.rule.count.id())
    })?;
    type Day = fn(&Timely) -> Option<jiff::civil::Date>;
    let days: [(&str, &str, &str, Day); 2] = [
        ("since", "适用的第一天。", "The first day it holds for.", |rule| rule.since),
        ("until", "不再适用的第一天。", "The first day it holds for no more.", |rule| rule.until),
    ];
    for (name, zh, en, of) in days {
        pick(&mut shape, name, TypeRef::named("Date"), said(zh, en), move |one: &RuleQuality| {
            text(of(&one.rule)?.to_string())
        })?;
    }
    let about = said("依据。", "Where the number comes from.");
    pick(&mut shape, "basis", TypeRef::named_nn(TypeRef::STRING), about, |one: &RuleQuality| {
        text(one.rule.basis.clone())
    })?;
    let about = said("结果。", "What it says.");
    pick(&mut shape, "counts", TypeRef::named_nn("QualityTimeliness"), about, |one: &RuleQuality| {
        Some(FieldValue::owned_any(one.counts))
    })?;
    let about = said("所用天数的中位数（下）。", "The lower median of the days it took.");
    pick(&mut shape, "medianDays", TypeRef::named("Long"), about, |one: &RuleQuality| long(one.median?))?;
    let about = said("所用天数的最大值。", "The greatest of the days it took.");
    pick(&mut shape, "greatestDays", TypeRef::named("Long"), about, |one: &RuleQuality| long(one.greatest?))?;
    shape.register(types)
}

fn agreement(types: &mut Types) -> Result<(), SchemaError> {
    let about = said("一致性：与其他部门说的是否相同。", "Agreement: whether others say the same.");
    let mut shape = Shape::new("QualityAgreement", &about);
    share(&mut shape, Agreement::ratio)?;
    let all: Numbers<Agreement> = &[
        (
            "stated",
            "已关联、有值且主记录有值的。",
            "Linked, with a value, the golden one being known.",
            |one| one.stated,
        ),
        (
            "own",
            "其中主记录的值就取自它的，无从比较。",
            "Of these the golden value is their own: nobody to compare with.",
            |one| one.own,
        ),
        ("same", "其余中值相同的。", "Of the others the same value.", |one| one.same),
    ];
    numbers(&mut shape, all)?;
    shape.register(types)
}
