//! The configuration's streams, copied into the hub's drafts of mappings.

use config::draft;
use contract::{SourceId, StreamName};
use hub::ingest;
use messages::{Message, Problem};

/// Copies one stream of a source.
///
/// # Errors
/// When its name is no stream name.
pub(crate) fn mapping(
    source: &draft::SourceDraft,
    stream: &draft::StreamDraft,
    hub_zone: &str,
) -> Result<ingest::MappingDraft, Problem> {
    let name: StreamName = stream.name.parse().map_err(|error| Problem {
        path: format!("{}.name", stream.path),
        message: Message::new("TJ-V001").with("why", error),
        cure: None,
    })?;
    let zone = stream.zone.as_deref().or(source.zone.as_deref()).unwrap_or(hub_zone);
    Ok(ingest::MappingDraft {
        path: stream.path.clone(),
        source: SourceId::new(source.id.clone()),
        stream: name,
        kind: stream.kind.clone(),
        anchor: stream.anchor.clone(),
        key: stream.key.clone(),
        zone: zone.to_owned(),
        placeholders: stream.placeholders.clone(),
        fields: stream.fields.iter().map(field).collect(),
    })
}

fn field(draft: &draft::FieldMappingDraft) -> ingest::FieldMappingDraft {
    ingest::FieldMappingDraft {
        path: draft.path.clone(),
        field: draft.field.clone(),
        from: match &draft.from {
            draft::ColumnsDraft::One(column) => ingest::FromDraft::Columns(vec![column.clone()]),
            draft::ColumnsDraft::FirstOf(columns) => ingest::FromDraft::Columns(columns.clone()),
            draft::ColumnsDraft::Constant(scalar) => ingest::FromDraft::Constant(match scalar {
                draft::Scalar::Text(text) => text.clone(),
                draft::Scalar::Integer(number) => number.to_string(),
                draft::Scalar::Bool(truth) => truth.to_string(),
            }),
        },
        unit: draft.unit.clone(),
        currency: draft.currency.clone(),
        currency_column: draft.currency_column.clone(),
        format: draft.format.clone(),
        zone: draft.zone.clone(),
        trim: draft.trim,
        placeholders: draft.placeholders.clone(),
        open_ended: draft.open_ended.clone(),
        code_translation: draft.code_translation.clone(),
        edition: draft.edition.clone(),
        on_invalid: match draft.on_invalid {
            None => ingest::OnInvalid::Unsaid,
            Some(draft::OnInvalid::DeadLetter) => ingest::OnInvalid::DeadLetter,
            Some(draft::OnInvalid::Null) => ingest::OnInvalid::Null,
            Some(draft::OnInvalid::Keep) => ingest::OnInvalid::Keep,
        },
        freshness: draft.freshness.map(|freshness| freshness.as_str().to_owned()),
    }
}
