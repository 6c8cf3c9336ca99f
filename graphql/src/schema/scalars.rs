//! Scalars and enumerations that every schema has.

use async_graphql::Value;
use async_graphql::dynamic::{Enum, EnumItem, Scalar};

use super::kit::said;
use super::{SchemaError, Types};
use crate::text::{day_of, moment_of, whole_of};

pub(super) fn register(types: &mut Types) -> Result<(), SchemaError> {
    scalar(
        types,
        "Date",
        "日期，如 2024-02-29。",
        "A day, as 2024-02-29.",
        |value| matches!(value, Value::String(text) if day_of(text).is_some()),
    )?;
    scalar(
        types,
        "DateTime",
        "时刻（RFC 3339），必须写明时区，如 2026-03-01T08:00:00+08:00。",
        "A moment (RFC 3339) with its offset, as 2026-03-01T08:00:00+08:00.",
        |value| matches!(value, Value::String(text) if moment_of(text).is_some()),
    )?;
    scalar(
        types,
        "Decimal",
        "十进制数，以文本表示，不丢精度，如 \"12.50\"。",
        "A decimal number as text, exact, as \"12.50\".",
        |value| matches!(value, Value::String(text) if is_decimal(text)),
    )?;
    scalar(
        types,
        "Long",
        "64 位整数；绝对值超过 2^53 时以文本返回。可写成数字或文本。",
        "A 64-bit integer; answered as text beyond 2^53. May be given as number or text.",
        |value| {
            let is_text = matches!(value, Value::String(text) if text.parse::<i64>().is_ok());
            is_text || matches!(value, Value::Number(number) if whole_of(number).is_some())
        },
    )?;
    scalar(
        types,
        "CreditCode",
        "统一社会信用代码（18 位）；小写、全角和空格会先被规范。",
        "A unified social credit code (18 characters); lower case, full width and blanks are put right.",
        |value| matches!(value, Value::String(text) if text.len() <= 200),
    )?;
    scalar(
        types,
        "AsOf",
        "过去的一个时刻：RFC 3339 时间（含时区），或变更序号（整数）。",
        "A moment of the past: RFC 3339 with offset, or a place in the feed (an integer).",
        // Which texts and numbers: the gate, which says how they are written.
        |value| matches!(value, Value::String(_) | Value::Number(_)),
    )?;
    enumeration(
        types,
        "Lang",
        ("语言。", "A language."),
        &[("ZH", "中文。", "Chinese."), ("EN", "英文。", "English.")],
    )?;
    enumeration(
        types,
        "OrderDirection",
        ("排序方向；没有值的总在最后。", "Which way an order goes; what has no value always comes last."),
        &[("ASC", "从小到大。", "Smallest first."), ("DESC", "从大到小。", "Greatest first.")],
    )?;
    enumeration(
        types,
        "Precision",
        ("不完整日期的精度。", "How much of a partial date is known."),
        &[
            ("YEAR", "只知道年。", "The year only."),
            ("MONTH", "知道年和月。", "Year and month."),
            ("DAY", "知道完整日期。", "The whole day."),
        ],
    )
}

fn scalar(
    types: &mut Types,
    name: &str,
    zh: &str,
    en: &str,
    validator: impl Fn(&Value) -> bool + Send + Sync + 'static,
) -> Result<(), SchemaError> {
    types.add(name, Scalar::new(name).description(said(zh, en)).validator(validator))
}

pub(super) fn enumeration(
    types: &mut Types,
    name: &str,
    (zh, en): (&str, &str),
    items: &[(&str, &str, &str)],
) -> Result<(), SchemaError> {
    let mut all = Enum::new(name).description(said(zh, en));
    for (item, zh, en) in items {
        all = all.item(EnumItem::new(*item).description(said(zh, en)));
    }
    types.add(name, all)
}

fn is_decimal(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_plain = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.len() <= 40 && is_plain(whole) && is_plain(part)
}
