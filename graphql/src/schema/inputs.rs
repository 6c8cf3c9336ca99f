//! Filters and orders: which inputs each kind has.

use async_graphql::dynamic::{Enum, EnumItem, Field, InputObject, InputValue, TypeRef};
use hub::ontology::FieldType;

use super::kit::{input, labelled, said};
use super::{SchemaError, Types};
use crate::dictionary::{Dictionary, FieldName, KindNames};

/// What a filter of a type of field knows.
const FILTERS: [(&str, &str, &str, &str, &[&str]); 10] = [
    (
        "TextFilter",
        "String",
        "按文本筛选；逐字比较，不用通配符。",
        "By text, character by character; no wildcards.",
        &["eq", "ne", "in", "lt", "lte", "gt", "gte", "startsWith", "contains", "isNull"],
    ),
    (
        "NameFilter",
        "String",
        "按单位全称筛选；其中可能有自然人姓名的字段只能这样筛选。",
        "By whole names of organisations; fields in which names of people may stand are filtered no other way.",
        &["eq", "in"],
    ),
    ("CodeFilter", "String", "按代码筛选。", "By code.", &["eq", "ne", "in", "startsWith", "isNull"]),
    (
        "MoneyFilter",
        "Decimal",
        "按金额筛选，默认人民币；只比较同币种。",
        "By amount, CNY unless told; only amounts of one currency compare.",
        &["eq", "ne", "in", "lt", "lte", "gt", "gte", "isNull"],
    ),
    (
        "DecimalFilter",
        "Decimal",
        "按十进制数筛选。",
        "By decimal number.",
        &["eq", "ne", "in", "lt", "lte", "gt", "gte", "isNull"],
    ),
    (
        "LongFilter",
        "Long",
        "按整数筛选。",
        "By whole number.",
        &["eq", "ne", "in", "lt", "lte", "gt", "gte", "isNull"],
    ),
    ("BooleanFilter", "Boolean", "按真假筛选。", "By truth.", &["eq", "ne", "isNull"]),
    (
        "DateFilter",
        "Date",
        "按日期筛选；不完整的日期以其第一天比较。",
        "By day; a partial date compares by its first day.",
        &["eq", "ne", "in", "lt", "lte", "gt", "gte", "isNull"],
    ),
    (
        "UntilFilter",
        "Date",
        "按期限终点筛选；长期大于任何日期。",
        "By the end of a term; an open one is later than any day.",
        &["eq", "ne", "lt", "lte", "gt", "gte", "isNull"],
    ),
    (
        "DateTimeFilter",
        "DateTime",
        "按时刻筛选。",
        "By moment.",
        &["eq", "ne", "in", "lt", "lte", "gt", "gte", "isNull"],
    ),
];

fn filter_of(field: &FieldName) -> &'static str {
    match &field.field.field_type {
        FieldType::Text if field.is_by_name() => "NameFilter",
        FieldType::Text | FieldType::Identifier(_) | FieldType::Phone | FieldType::Address => "TextFilter",
        FieldType::Code { .. } => "CodeFilter",
        FieldType::Money => "MoneyFilter",
        FieldType::Decimal { .. } => "DecimalFilter",
        FieldType::Integer => "LongFilter",
        FieldType::Bool => "BooleanFilter",
        FieldType::Date | FieldType::PartialDate => "DateFilter",
        FieldType::Until => "UntilFilter",
        FieldType::Timestamp => "DateTimeFilter",
    }
}

/// The inputs that are the same for all kinds.
pub(super) fn register_filters(types: &mut Types) -> Result<(), SchemaError> {
    for (name, of, zh, en, operators) in FILTERS {
        let mut filter = InputObject::new(name).description(said(zh, en));
        for operator in operators {
            filter = filter.field(operator_input(operator, of));
        }
        if name == "MoneyFilter" {
            let of = TypeRef::named(TypeRef::STRING);
            filter = filter.field(input(
                "currency",
                of,
                "币种（ISO 4217），默认 CNY。",
                "The currency (ISO 4217), CNY unless told.",
            ));
        }
        if name == "UntilFilter" {
            let of = TypeRef::named(TypeRef::BOOLEAN);
            filter = filter.field(input("openEnded", of, "是否长期。", "Whether it has no end."));
        }
        types.add(name, filter)?;
    }
    Ok(())
}

fn operator_input(operator: &str, of: &str) -> InputValue {
    let (zh, en) = match operator {
        "eq" => ("等于。", "Equal."),
        "ne" => ("有值且不等于。", "Known and not equal."),
        "in" => ("其中之一。", "One of."),
        "lt" => ("小于。", "Less."),
        "lte" => ("小于或等于。", "Less or equal."),
        "gt" => ("大于。", "Greater."),
        "gte" => ("大于或等于。", "Greater or equal."),
        "startsWith" => ("以此开头。", "Starts with."),
        "contains" => ("包含；不能用索引，较慢。", "Holds; uses no index, slower."),
        _ => ("没有值（true），或有值（false）。", "Nothing known (true), or something known (false)."),
    };
    let of = match operator {
        "in" => TypeRef::named_nn_list(of),
        "isNull" => TypeRef::named(TypeRef::BOOLEAN),
        _ => TypeRef::named(of),
    };
    input(operator, of, zh, en)
}

/// The inputs of one kind: `…Where`, `…Filter` (through a relation), `…OrderBy`, `…OrderField`.
pub(super) fn register(
    types: &mut Types,
    dictionary: &Dictionary,
    kind: &KindNames,
) -> Result<(), SchemaError> {
    let of = &kind.type_name;
    let name = format!("{of}Where");
    let about = said(
        &format!("筛选{}；同一层的条件须同时成立。", kind.label.zh),
        &format!("Which {of}; all conditions of one level must hold."),
    );
    let mut filter = InputObject::new(&name)
        .description(about)
        .field(input("and", TypeRef::named_nn_list(&name), "全部成立。", "All of these hold."))
        .field(input("or", TypeRef::named_nn_list(&name), "至少一个成立。", "One of these holds at least."))
        .field(input("not", TypeRef::named(&name), "不成立。", "This does not hold."));
    let mut names: Vec<&str> = vec!["and", "or", "not"];
    for field in kind.fields.iter().filter(|field| field.is_filterable()) {
        if names.contains(&field.name.as_str()) {
            return Err(SchemaError::Twice { place: name, name: field.name.clone() });
        }
        names.push(&field.name);
        let about = labelled(&field.field.label, &field.field.description, &field.field.id);
        let value = InputValue::new(&field.name, TypeRef::named(filter_of(field)));
        filter = filter.field(value.description(about));
    }
    for relation in &kind.relations {
        let Some(to) = dictionary.kind(&relation.to) else { continue };
        if names.contains(&relation.name.as_str()) {
            return Err(SchemaError::Twice { place: name, name: relation.name.clone() });
        }
        names.push(&relation.name);
        let about = labelled(&relation.label, &hub::ontology::Label::default(), &relation.name);
        let value = InputValue::new(&relation.name, TypeRef::named(format!("{}Filter", to.type_name)));
        filter = filter.field(value.description(about));
    }
    types.add(&name, filter)?;

    let through = format!("{of}Filter");
    let about = said(
        &format!("按相关的{}筛选，只能跨一层关系。", kind.label.zh),
        &format!("By related {of}, one relation away."),
    );
    let related = InputObject::new(&through)
        .description(about)
        .field(input("some", TypeRef::named(&name), "至少有一个符合。", "At least one fits."))
        .field(input("none", TypeRef::named(&name), "没有一个符合。", "None fits."));
    types.add(&through, related)?;
    order(types, kind)
}

fn order(types: &mut Types, kind: &KindNames) -> Result<(), SchemaError> {
    let usable: Vec<&FieldName> = kind.fields.iter().filter(|field| field.is_orderable()).collect();
    let of = &kind.type_name;
    let fields = format!("{of}OrderField");
    let about = said(
        &format!("可用来给{}排序的字段。", kind.label.zh),
        &format!("Fields that {of} can be ordered by."),
    );
    let mut all = Enum::new(&fields).description(about);
    all = all.item(EnumItem::new("ID").description(said("编号。", "The id.")));
    for field in usable {
        let about = labelled(&field.field.label, &field.field.description, &field.field.id);
        all = all.item(EnumItem::new(field.field.id.to_ascii_uppercase()).description(about));
    }
    types.add(&fields, all)?;
    let order = format!("{of}OrderBy");
    let about = said(&format!("{}的排序方式。", kind.label.zh), &format!("An order of {of}."));
    let input_object = InputObject::new(&order)
        .description(about)
        .field(input("field", TypeRef::named_nn(&fields), "字段。", "The field."))
        .field(input(
            "direction",
            TypeRef::named("OrderDirection"),
            "方向，默认 ASC。",
            "The direction, ASC unless told.",
        ));
    types.add(&order, input_object)
}

/// `where`, `orderBy`, `first`, `after`.
pub(super) fn with_list_arguments(field: Field, type_name: &str) -> Field {
    let field = field.argument(input(
        "where",
        TypeRef::named(format!("{type_name}Where")),
        "筛选条件。",
        "Which ones.",
    ));
    with_order_and_page(field, type_name)
}

/// `where` of whom the edges lead to, `record` and `orderBy` of the records they rest on, `first`, `after`.
pub(super) fn with_edge_arguments(field: Field, to: &str, kind: &str) -> Field {
    let field = field
        .argument(input(
            "where",
            TypeRef::named(format!("{to}Where")),
            "筛选关系另一端的主体。",
            "Which ones at the other end.",
        ))
        .argument(input(
            "record",
            TypeRef::named(format!("{kind}Where")),
            "筛选关系依据的记录。",
            "Resting on which records.",
        ));
    with_order_and_page(field, kind)
}

fn with_order_and_page(field: Field, type_name: &str) -> Field {
    field
        .argument(input(
            "orderBy",
            TypeRef::named_nn_list(format!("{type_name}OrderBy")),
            "排序，最多四个字段。",
            "In which order; four fields at most.",
        ))
        .argument(input(
            "first",
            TypeRef::named(TypeRef::INT),
            "一页几项，默认 20。",
            "Items of a page, 20 unless told.",
        ))
        .argument(input(
            "after",
            TypeRef::named(TypeRef::STRING),
            "从这个游标之后开始。",
            "Begin after this cursor.",
        ))
}
