//! Quality as JSON: the same numbers and names as over GraphQL.

use std::collections::BTreeMap;

use graphql::plain;
use hub::ontology::Label;
use hub::query::answer::record_text;
use hub::query::quality::{
    Agreement, DepartmentQuality, FieldQuality, FindingView, QualityParts, Ratio, RuleQuality, StreamQuality,
    Timeliness,
};
use messages::Lang;
use serde_json::{Value, json};

/// A department with all its streams.
pub(super) fn department(one: &DepartmentQuality) -> Value {
    let mut value = parts(&one.parts);
    value["id"] = json!(one.id);
    value["name"] = label(&one.name);
    value["streams"] = one.streams.iter().map(stream).collect();
    value
}

/// A finding.
pub(super) fn finding(one: &FindingView) -> Value {
    json!({
        "dimension": one.dimension.id(), "department": one.department, "source": one.source,
        "stream": one.stream, "kind": one.kind, "key": one.source_key,
        "record": one.record.map(record_text), "dead_letter": one.dead_letter,
        "field": one.field, "columns": one.columns, "code": one.message.code,
        "text": { "zh": one.message.render(Lang::Zh), "en": one.message.render(Lang::En) },
        "value": plain(&one.value, one.scale), "others": plain(&one.others, one.scale),
        "says": one.says.as_ref().map(|says| {
            json!({ "department": says.department, "source": says.source, "stream": says.stream })
        }),
    })
}

fn stream(one: &StreamQuality) -> Value {
    let mut value = parts(&one.parts);
    value["source"] = json!(one.source);
    value["stream"] = json!(one.stream);
    value["kind"] = json!(one.kind);
    value["kind_label"] = label(&one.kind_label);
    value["fields"] = one.fields.iter().map(field).collect();
    value["rules"] = one.rules.iter().map(rule).collect();
    value["read_whole_at"] = json!(one.read_whole_at.map(|at| at.to_string()));
    value["age_seconds"] = json!(one.age_seconds);
    value["newest_at"] = json!(one.newest_at.map(|at| at.to_string()));
    value["lag_seconds"] = json!(one.lag_seconds);
    value
}

fn parts(parts: &QualityParts) -> Value {
    let QualityParts { completeness, validity, timeliness, agreement, matching } = parts;
    json!({
        "completeness": ratio(*completeness),
        "validity": {
            "received": validity.received, "clean": validity.clean, "flagged": validity.flagged,
            "set_aside": validity.set_aside, "share": validity.ratio().text(),
            "reasons": counts(&validity.reasons), "flags": counts(&validity.flags),
        },
        "timeliness": timely(timeliness),
        "agreement": compared(agreement),
        "matching": {
            "received": matching.received, "linked": matching.linked, "waiting": matching.waiting,
            "nobody": matching.nobody, "not_matched": matching.not_matched, "dead_letters": matching.dead_letters,
        },
    })
}

fn field(one: &FieldQuality) -> Value {
    json!({
        "field": one.field, "label": label(&one.label), "columns": one.columns, "required": one.is_required,
        "completeness": ratio(one.filled), "flags": counts(&one.flags), "set_aside": counts(&one.set_aside),
        "agreement": one.agreement.as_ref().map(compared),
    })
}

fn rule(one: &RuleQuality) -> Value {
    json!({
        "from": one.from, "to": one.to, "days": one.rule.days, "count": one.rule.count.id(),
        "since": one.rule.since.map(|day| day.to_string()), "until": one.rule.until.map(|day| day.to_string()),
        "basis": one.rule.basis, "counts": timely(&one.counts),
        "median_days": one.median, "greatest_days": one.greatest,
    })
}

fn timely(one: &Timeliness) -> Value {
    json!({
        "share": one.in_time.text(), "judged": one.in_time.whole, "in_time": one.in_time.part,
        "first_reading": one.first_reading, "no_day": one.no_day, "before_its_day": one.before_its_day,
        "other_time": one.other_time,
    })
}

fn compared(one: &Agreement) -> Value {
    json!({ "share": one.ratio().text(), "stated": one.stated, "own": one.own, "same": one.same })
}

fn ratio(ratio: Ratio) -> Value {
    json!({ "part": ratio.part, "whole": ratio.whole, "share": ratio.text() })
}

fn counts(counts: &BTreeMap<String, u64>) -> Value {
    counts.iter().map(|(code, n)| (code.clone(), json!(n))).collect::<serde_json::Map<_, _>>().into()
}

fn label(label: &Label) -> Value {
    json!({ "zh": label.zh, "en": label.en })
}
