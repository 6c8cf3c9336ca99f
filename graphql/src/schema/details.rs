//! What hangs on records and entities: where they come from, their versions, where records differ.

use std::sync::Arc;

use async_graphql::Value;
use async_graphql::dynamic::{FieldValue, TypeRef};
use hub::clock::Timestamp;
use hub::query::answer::{
    DifferingValue, Disagreement, GoldenOrigin, Origin, Provenance, Version, record_text,
};

use super::kit::{input, list, long, pick, picked, said, text, texts};
use super::rows::{Node, is_entity};
use super::{SchemaError, Shape, Types};
use crate::dictionary::KindNames;
use crate::text::{moment, plain};

/// A version with the API's names of its fields.
struct VersionView {
    version: Arc<Version>,
    changed: Vec<String>,
}

struct DisagreementView {
    field: String,
    scale: u8,
    disagreement: Disagreement,
}

struct DifferingView {
    scale: u8,
    value: DifferingValue,
}

struct FieldProvenance {
    field: String,
    origin: Origin,
}

/// The fields of a record's or entity's type that are not of its kind.
pub(super) fn add(shape: &mut Shape, kind: &KindNames) -> Result<(), SchemaError> {
    if is_entity(&kind.target) {
        entity(shape, kind)?;
    } else {
        let about = said(
            "来自哪个部门的哪个数据源、哪一行。",
            "Which row of which source of which department it comes from.",
        );
        pick(shape, "provenance", TypeRef::named("Provenance"), about, |node: &Node| {
            match &node.row.provenance {
                Some(Provenance::Record(origin)) => Some(FieldValue::owned_any((**origin).clone())),
                Some(Provenance::Entity(_)) | None => None,
            }
        })?;
    }
    let names = name_pairs(kind);
    let of = TypeRef::named_nn_list(format!("{}Version", kind.type_name));
    let about = said("历史版本，新的在前。", "Its versions, newest first.");
    let field = picked("history", of, &about, move |node: &Node| {
        let versions = node.row.history.as_ref()?;
        list(versions.iter().map(|version| VersionView {
            changed: version.changed.iter().filter_map(|id| api_name(&names, id)).collect(),
            version: Arc::new(version.clone()),
        }))
    })
    .argument(input(
        "first",
        TypeRef::named(TypeRef::INT),
        "最多几个版本，默认 20。",
        "At most so many versions; 20 unless told.",
    ));
    shape.field("history", field)
}

fn entity(shape: &mut Shape, kind: &KindNames) -> Result<(), SchemaError> {
    let about = said(
        "若查询时用的是已被合并的旧编号，即为该旧编号。",
        "The id that was asked for, if it was merged into this one.",
    );
    pick(shape, "redirectedFrom", TypeRef::named(TypeRef::ID), about, |node: &Node| {
        node.redirected_from.and_then(|id| text(id.to_string()))
    })?;
    let names = name_pairs(kind);
    let about = said("每个字段的值取自哪条记录。", "The record behind each field.");
    let of = TypeRef::named_nn_list("FieldProvenance");
    pick(shape, "provenance", of, about, move |node: &Node| match &node.row.provenance {
        Some(Provenance::Entity(golden)) => {
            list(golden.iter().filter_map(|GoldenOrigin { field, origin }| {
                Some(FieldProvenance { field: api_name(&names, field)?, origin: origin.clone() })
            }))
        }
        Some(Provenance::Record(_)) | None => None,
    })?;
    let names = name_pairs(kind);
    let scales: Vec<(String, u8)> = kind
        .fields
        .iter()
        .filter_map(|name| {
            let hub::ontology::FieldType::Decimal { scale } = name.field.field_type else { return None };
            Some((name.field.id.clone(), scale))
        })
        .collect();
    let about = said(
        "各部门说法不一致的字段：所有的值，以及各由哪些记录提供。",
        "Fields for which records differ: all values, with the records that say so.",
    );
    pick(shape, "disagreements", TypeRef::named_nn_list("Disagreement"), about, move |node: &Node| {
        let disagreements = node.row.disagreements.as_ref()?;
        list(disagreements.iter().filter_map(|disagreement| {
            let scale =
                scales.iter().find(|(id, _)| *id == disagreement.field).map_or(0, |(_, scale)| *scale);
            Some(DisagreementView {
                field: api_name(&names, &disagreement.field)?,
                scale,
                disagreement: disagreement.clone(),
            })
        }))
    })
}

fn name_pairs(kind: &KindNames) -> Vec<(String, String)> {
    kind.fields.iter().map(|name| (name.field.id.clone(), name.name.clone())).collect()
}

fn api_name(names: &[(String, String)], id: &str) -> Option<String> {
    names.iter().find(|(known, _)| known == id).map(|(_, name)| name.clone())
}

/// The type of one kind's versions.
pub(super) fn version(types: &mut Types, kind: &KindNames) -> Result<(), SchemaError> {
    let about = said(&format!("{}的一个版本。", kind.label.zh), &format!("A version of {}.", kind.type_name));
    let mut shape = Shape::new(&format!("{}Version", kind.type_name), &about);
    let about = said("从这个变更序号起有效。", "Valid from this place in the feed.");
    pick(&mut shape, "since", TypeRef::named_nn("Long"), about, |view: &VersionView| {
        long(view.version.since.0)
    })?;
    let about = said(
        "到这个变更序号为止（不含）；现行版本为空。",
        "Valid until this place in the feed, exclusive; null for the current one.",
    );
    pick(&mut shape, "until", TypeRef::named("Long"), about, |view: &VersionView| {
        long(view.version.until?.0)
    })?;
    let about = said("起始时刻。", "When it began.");
    pick(&mut shape, "sinceAt", TypeRef::named("DateTime"), about, |view: &VersionView| {
        text(moment(view.version.since_at?))
    })?;
    let about = said("终止时刻；现行版本为空。", "When it ended; null for the current one.");
    pick(&mut shape, "untilAt", TypeRef::named("DateTime"), about, |view: &VersionView| {
        text(moment(view.version.until_at?))
    })?;
    let about = said("与前一版本不同的字段。", "Fields that differ from the version before.");
    let of = TypeRef::named_nn_list_nn(TypeRef::STRING);
    pick(&mut shape, "changedFields", of, about, |view: &VersionView| texts(view.changed.clone()))?;
    let about = said("这一版本的值。", "The values of this version.");
    let of = TypeRef::named_nn(format!("{}History", kind.type_name));
    pick(&mut shape, "values", of, about, |view: &VersionView| {
        Some(FieldValue::owned_any(view.version.clone()))
    })?;
    shape.register(types)
}

pub(super) fn register(types: &mut Types) -> Result<(), SchemaError> {
    provenance(types)?;
    let about = said("某个字段的值取自哪条记录。", "The record behind a field.");
    let mut shape = Shape::new("FieldProvenance", &about);
    let about = said("字段。", "The field.");
    pick(&mut shape, "field", TypeRef::named_nn(TypeRef::STRING), about, |view: &FieldProvenance| {
        text(view.field.clone())
    })?;
    let about = said("来源。", "Where it comes from.");
    pick(&mut shape, "provenance", TypeRef::named_nn("Provenance"), about, |view: &FieldProvenance| {
        Some(FieldValue::owned_any(view.origin.clone()))
    })?;
    shape.register(types)?;

    let mut shape =
        Shape::new("Disagreement", &said("各记录说法不一致的字段。", "A field for which records differ."));
    let about = said("字段。", "The field.");
    pick(&mut shape, "field", TypeRef::named_nn(TypeRef::STRING), about, |view: &DisagreementView| {
        text(view.field.clone())
    })?;
    let about = said("所有的值。", "All values.");
    pick(
        &mut shape,
        "values",
        TypeRef::named_nn_list_nn("DifferingValue"),
        about,
        |view: &DisagreementView| {
            list(
                view.disagreement
                    .values
                    .iter()
                    .map(|value| DifferingView { scale: view.scale, value: value.clone() }),
            )
        },
    )?;
    shape.register(types)?;

    let mut shape = Shape::new("DifferingValue", &said("不一致的值之一。", "One of several values."));
    let about = said("以文本表示的值。", "The value as text.");
    pick(&mut shape, "text", TypeRef::named(TypeRef::STRING), about, |view: &DifferingView| {
        plain(&view.value.value, view.scale).and_then(text)
    })?;
    let about = said("是否为采用的值。", "Whether it is the one that was chosen.");
    pick(&mut shape, "isGolden", TypeRef::named_nn(TypeRef::BOOLEAN), about, |view: &DifferingView| {
        Some(FieldValue::value(Value::Boolean(view.value.is_golden)))
    })?;
    let about = said("提供这个值的记录。", "The records that say so.");
    pick(
        &mut shape,
        "provenance",
        TypeRef::named_nn_list_nn("Provenance"),
        about,
        |view: &DifferingView| list(view.value.origins.clone()),
    )?;
    shape.register(types)
}

fn provenance(types: &mut Types) -> Result<(), SchemaError> {
    let mut shape = Shape::new("Provenance", &said("一条记录的来源。", "Where a record comes from."));
    let named = |name| TypeRef::named_nn(name);
    let about = said("记录编号。", "Id of the record.");
    pick(&mut shape, "recordId", named(TypeRef::ID), about, |origin: &Origin| {
        text(record_text(origin.record))
    })?;
    let about = said("记录种类。", "Kind of the record.");
    pick(&mut shape, "kind", named(TypeRef::STRING), about, |origin: &Origin| text(origin.kind.clone()))?;
    let about = said("数据源。", "The source.");
    pick(&mut shape, "source", named(TypeRef::STRING), about, |origin: &Origin| text(origin.source.clone()))?;
    let about = said("数据流（表、视图或文件）。", "The stream (table, view or file).");
    pick(&mut shape, "stream", named(TypeRef::STRING), about, |origin: &Origin| text(origin.stream.clone()))?;
    let about = said("部门。", "The department.");
    pick(&mut shape, "department", named(TypeRef::STRING), about, |origin: &Origin| {
        text(origin.department.clone())
    })?;
    let about =
        said("在数据源中的主键；含个人信息时遮盖。", "The key at the source; masked if it is personal.");
    pick(&mut shape, "key", named(TypeRef::STRING), about, |origin: &Origin| {
        text(origin.source_key.clone())
    })?;
    let about = said("这一版本到达时的变更序号。", "Place in the feed at which this version came.");
    pick(&mut shape, "sequence", named("Long"), about, |origin: &Origin| long(origin.seq.0))?;
    let about = said("这一版本到达的时刻。", "When this version came.");
    pick(&mut shape, "at", TypeRef::named("DateTime"), about, |origin: &Origin| {
        text(moment(Timestamp(origin.at?.0)))
    })?;
    let about = said("所用映射的版本。", "Version of the mapping that made it.");
    pick(&mut shape, "mappingVersion", named("Long"), about, |origin: &Origin| long(origin.mapping_version))?;
    shape.register(types)
}
