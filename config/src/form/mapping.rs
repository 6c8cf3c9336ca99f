//! `[[source.<id>.stream]]` and how its columns become fields.

use messages::Message;

use crate::{
    draft::{ColumnsDraft, FieldMappingDraft, Freshness, Mode, OnInvalid, Scalar, StreamDraft},
    table::{Found, Table, check_id},
    tree::Value,
};

/// Seconds of a year.
const YEAR: i64 = 366 * 86_400;

pub(super) fn stream(mut table: Table<'_>) -> StreamDraft {
    if !table.has("fields") {
        table.missing("fields", "{ name = \"QYMC\" }");
    }
    let stream = StreamDraft {
        path: table.path.clone(),
        name: name(&mut table),
        kind: table.need_text("kind", "registration"),
        anchor: table.text("anchor"),
        key: table.texts("key"),
        mode: table.word_or("mode", Mode::WORDS, "diff").unwrap_or(Mode::Diff),
        cursor: table.text("cursor"),
        look_back_seconds: table.integer_or("look_back_seconds", 0, YEAR, 300),
        zone: table.text("zone"),
        interval_seconds: table.integer("interval_seconds", 1, YEAR),
        may_be_empty: table.bool_or("may_be_empty", false),
        max_delete_fraction: table.fraction("max_delete_fraction"),
        delete_means: table.text("delete_means"),
        header_row: table.integer_or("header_row", 1, 1 << 20, 1),
        placeholders: table.texts("placeholders"),
        fields: fields(&mut table),
    };
    if matches!(stream.mode, Mode::Cursor | Mode::RowVersion) && stream.cursor.is_none() {
        table.missing("cursor", "\"GXSJ\"");
    }
    table.finish();
    stream
}

/// One to three parts; in files dots belong to the names, so only emptiness is judged here.
fn name(table: &mut Table<'_>) -> String {
    let name = table.need_text("name", "public.T_QYJBXX");
    if let Some(found) = table.get("name") {
        let is_name = !name.starts_with('.') && !name.ends_with('.') && !name.contains("..");
        if !is_name {
            table.unreadable_with_cure(&found, &name, "public.T_QYJBXX", Some("TJ-C045"));
        }
    }
    name
}

fn fields(stream: &mut Table<'_>) -> Vec<FieldMappingDraft> {
    let Some(table) = stream.table("fields") else { return Vec::new() };
    let mut fields = Vec::new();
    for (id, found) in table.free() {
        check_id(stream.judge, id, &found.path, found.key_at);
        if let Value::Text(column) | Value::Given(column) = &found.node.value {
            stream.judge.in_force(found.path.clone(), crate::scalars::quoted(column), Some(found.key_at));
            fields.push(plain(found.path, id, column));
        } else if let Value::Table(_) = &found.node.value {
            fields.extend(stream.as_table(found).map(|table| field(id, table)));
        } else {
            stream.wrong_type(&found, "\"QYMC\" | { column = \"QYMC\" }");
        }
    }
    fields
}

fn plain(path: String, id: &str, column: &str) -> FieldMappingDraft {
    FieldMappingDraft {
        path,
        field: id.to_owned(),
        from: ColumnsDraft::One(column.to_owned()),
        unit: None,
        currency: None,
        currency_column: None,
        format: None,
        zone: None,
        trim: true,
        placeholders: Vec::new(),
        open_ended: Vec::new(),
        code_translation: None,
        edition: None,
        on_invalid: None,
        freshness: None,
    }
}

fn field(id: &str, mut table: Table<'_>) -> FieldMappingDraft {
    let field = FieldMappingDraft {
        path: table.path.clone(),
        field: id.to_owned(),
        from: from(&mut table),
        unit: table.text("unit"),
        currency: table.text("currency"),
        currency_column: table.text("currency_column"),
        format: table.text("format"),
        zone: table.text("zone"),
        trim: table.bool_or("trim", true),
        placeholders: table.texts("placeholders"),
        open_ended: table.texts("open_ended"),
        code_translation: table.text("code_translation"),
        edition: table.text("edition"),
        on_invalid: table.word("on_invalid", OnInvalid::WORDS),
        freshness: table.word("freshness", Freshness::WORDS),
    };
    if field.currency.is_some() && field.currency_column.is_some() {
        let message = Message::new("TJ-C021").with("keys", "currency, currency_column");
        table.judge.problem(&table.path, table.at, message, None);
    }
    table.finish();
    field
}

fn from(table: &mut Table<'_>) -> ColumnsDraft {
    let keys = ["column", "columns", "constant"];
    let n_given = keys.iter().filter(|key| table.has(key)).count();
    let fault = match n_given {
        0 => Some("TJ-C022"),
        1 => None,
        _ => Some("TJ-C021"),
    };
    if let Some(code) = fault {
        let message = Message::new(code).with("keys", keys.join(", "));
        table.judge.problem(&table.path, table.at, message, None);
    }
    let one = table.text("column");
    let first_of = table.texts("columns");
    if let Some(found) = table.get("columns").filter(|_| first_of.is_empty()) {
        let message = Message::new("TJ-C027").with("key", "columns");
        table.judge.problem(&found.path, found.key_at, message, None);
    }
    let constant = table.get("constant").map(|found| constant(table, &found));
    match (one, constant) {
        (Some(column), _) => ColumnsDraft::One(column),
        (None, Some(constant)) => ColumnsDraft::Constant(constant),
        (None, None) => ColumnsDraft::FirstOf(first_of),
    }
}

fn constant(table: &Table<'_>, found: &Found<'_>) -> Scalar {
    let scalar = match &found.node.value {
        Value::Text(text) | Value::Given(text) | Value::Datetime(text) => Scalar::Text(text.clone()),
        Value::Integer(integer) => Scalar::Integer(*integer),
        Value::Bool(bool) => Scalar::Bool(*bool),
        Value::Float(_) | Value::Beyond(_) | Value::Array(_) | Value::Table(_) => {
            table.wrong_type(found, "\"…\" | 123 | true");
            return Scalar::Bool(false);
        }
    };
    let text = match &scalar {
        Scalar::Text(text) => crate::scalars::quoted(text),
        Scalar::Integer(integer) => integer.to_string(),
        Scalar::Bool(bool) => bool.to_string(),
    };
    table.note("constant", found, text);
    scalar
}
