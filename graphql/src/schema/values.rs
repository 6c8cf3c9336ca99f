//! Values of fields in the API: which GraphQL type each has, and the objects some are.

use std::sync::Arc;

use async_graphql::Value;
use async_graphql::dynamic::{Field, FieldFuture, FieldValue, TypeRef};
use hub::clock::Timestamp;
use hub::ontology::{FieldType, Ontology, Scheme};
use hub::{FieldValue as HubValue, Precision, Until};

use super::kit::{input, long, pick, said, text};
use super::{SchemaError, Shape, Types};
use crate::dictionary::Dictionary;
use crate::text::{amount, decimal, moment, partial};

/// A code with its list.
struct CodeView {
    code: String,
    edition: String,
    list: String,
}

struct MoneyView {
    units: i64,
    currency: String,
}

struct PartialDateView(jiff::civil::Date, Precision);

struct UntilView(Until);

/// The GraphQL type of a field.
pub(super) fn type_of(field_type: &FieldType) -> TypeRef {
    TypeRef::named(match field_type {
        FieldType::Identifier(Scheme::Uscc) => "CreditCode",
        FieldType::Text | FieldType::Identifier(_) | FieldType::Phone | FieldType::Address => TypeRef::STRING,
        FieldType::Code { .. } => "Code",
        FieldType::Money => "Money",
        FieldType::Decimal { .. } => "Decimal",
        FieldType::Integer => "Long",
        FieldType::Bool => TypeRef::BOOLEAN,
        FieldType::Date => "Date",
        FieldType::PartialDate => "PartialDate",
        FieldType::Until => "Until",
        FieldType::Timestamp => "DateTime",
    })
}

/// A value as its field's type answers it.
pub(super) fn view(value: &HubValue, field_type: &FieldType) -> Option<FieldValue<'static>> {
    match (value, field_type) {
        (HubValue::Null, _) => None,
        (HubValue::Text(value), _) => text(value.clone()),
        (HubValue::Code { code, edition }, FieldType::Code { list }) => {
            let (code, edition, list) = (code.clone(), edition.clone(), list.clone());
            Some(FieldValue::owned_any(CodeView { code, edition, list }))
        }
        (HubValue::Code { code, .. }, _) => text(code.clone()),
        (HubValue::Money { units, currency }, _) => {
            Some(FieldValue::owned_any(MoneyView { units: *units, currency: currency.clone() }))
        }
        (HubValue::Decimal(units), FieldType::Decimal { scale }) => text(decimal(*units, *scale)),
        (HubValue::Decimal(units), _) => long(*units),
        (HubValue::Integer(number), _) => long(*number),
        (HubValue::Bool(truth), _) => Some(FieldValue::value(Value::Boolean(*truth))),
        (HubValue::Date(day), _) => text(day.to_string()),
        (HubValue::PartialDate { first, precision }, _) => {
            Some(FieldValue::owned_any(PartialDateView(*first, *precision)))
        }
        (HubValue::Until(until), _) => Some(FieldValue::owned_any(UntilView(*until))),
        (HubValue::Timestamp(at), _) => text(moment(Timestamp(*at))),
    }
}

pub(super) fn register(types: &mut Types, dictionary: &Arc<Dictionary>) -> Result<(), SchemaError> {
    code(types, dictionary.ontology.clone())?;

    let mut money = Shape::new("Money", &said("金额。", "An amount of money."));
    let zh = said(
        "以元（币种的基本单位）计的金额，如 \"200000.00\"。",
        "The amount in the currency's unit, as \"200000.00\".",
    );
    pick(&mut money, "amount", TypeRef::named_nn("Decimal"), zh, |money: &MoneyView| {
        text(amount(money.units))
    })?;
    let zh = said("币种（ISO 4217），如 CNY。", "The currency (ISO 4217), as CNY.");
    pick(&mut money, "currency", TypeRef::named_nn(TypeRef::STRING), zh, |money: &MoneyView| {
        text(money.currency.clone())
    })?;
    money.register(types)?;

    let mut date = Shape::new(
        "PartialDate",
        &said("可能只知道年或月的日期。", "A date of which perhaps only year or month is known."),
    );
    let about =
        said("已知部分：2019、2019-05 或 2019-05-06。", "What is known: 2019, 2019-05 or 2019-05-06.");
    pick(&mut date, "text", TypeRef::named_nn(TypeRef::STRING), about, |date: &PartialDateView| {
        text(partial(date.0, date.1))
    })?;
    let about = said("已知部分的第一天。", "The first day of what is known.");
    pick(&mut date, "first", TypeRef::named_nn("Date"), about, |date: &PartialDateView| {
        text(date.0.to_string())
    })?;
    let about = said("精度。", "The precision.");
    pick(&mut date, "precision", TypeRef::named_nn("Precision"), about, |date: &PartialDateView| {
        text(match date.1 {
            Precision::Year => "YEAR",
            Precision::Month => "MONTH",
            Precision::Day => "DAY",
        })
    })?;
    date.register(types)?;

    let mut until =
        Shape::new("Until", &said("期限的终点；可能是长期。", "The end of a term; perhaps open."));
    let about = said("最后一天；长期时为空。", "The last day; null if open.");
    pick(&mut until, "date", TypeRef::named("Date"), about, |until: &UntilView| match until.0 {
        Until::On(day) => text(day.to_string()),
        Until::OpenEnded => None,
    })?;
    let about = said("是否长期。", "Whether it has no end.");
    pick(&mut until, "openEnded", TypeRef::named_nn(TypeRef::BOOLEAN), about, |until: &UntilView| {
        Some(FieldValue::value(Value::Boolean(until.0 == Until::OpenEnded)))
    })?;
    until.register(types)
}

fn code(types: &mut Types, ontology: Arc<Ontology>) -> Result<(), SchemaError> {
    let mut code = Shape::new("Code", &said("代码及其所属代码表。", "A code and the list it is of."));
    let about = said("代码。", "The code.");
    pick(&mut code, "code", TypeRef::named_nn(TypeRef::STRING), about, |view: &CodeView| {
        text(view.code.clone())
    })?;
    let about = said("代码表的版本。", "The edition of the list.");
    pick(&mut code, "edition", TypeRef::named(TypeRef::STRING), about, |view: &CodeView| {
        Some(view.edition.clone()).filter(|edition| !edition.is_empty()).and_then(text)
    })?;
    let about = said("代码表。", "The list.");
    pick(&mut code, "list", TypeRef::named_nn(TypeRef::STRING), about, |view: &CodeView| {
        text(view.list.clone())
    })?;
    let label = Field::new("label", TypeRef::named(TypeRef::STRING), move |ctx| {
        let lang = ctx.args.get("lang").and_then(|lang| lang.enum_name().ok().map(str::to_owned));
        let view = ctx.parent_value.downcast_ref::<CodeView>();
        let label = view.and_then(|view| label(&ontology, view, lang.as_deref()));
        FieldFuture::Value(label.and_then(text))
    })
    .argument(input("lang", TypeRef::named("Lang"), "语言，默认中文。", "The language, Chinese unless told."))
    .description(said(
        "代码的名称；代码表中没有时为空。",
        "What people call it; null if the list does not have it.",
    ));
    code.field("label", label)?;
    code.register(types)
}

fn label(ontology: &Ontology, view: &CodeView, lang: Option<&str>) -> Option<String> {
    let edition = Some(view.edition.as_str()).filter(|edition| !edition.is_empty());
    let list = ontology.lists.get(&view.list)?;
    let (_, entry) = list.entry(edition, &view.code).or_else(|| list.entry(None, &view.code))?;
    let label = if lang == Some("EN") { &entry.label.en } else { &entry.label.zh };
    Some(label.clone()).filter(|label| !label.is_empty())
}
