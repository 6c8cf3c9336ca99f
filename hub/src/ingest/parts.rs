//! The pieces a stream is made of, where these are files that come and go: remembered from reading to reading, so that
//! one that is lost is told from one whose rows were deleted.

use contract::Part;
use messages::Message;

use crate::store::{Store, StoreError, Stream};

/// Names that one message lists.
const MAX_NAMES: usize = 5;

/// The pieces of a stream as the store remembers them; none where it is not made of pieces.
pub(super) async fn remembered(store: &Store, stream: &Stream) -> Result<Vec<Part>, StoreError> {
    let text = store.meta(&name(stream)).await?.unwrap_or_default();
    // What cannot be read was written by a later program: nothing is known.
    let parts: Vec<(String, Option<u64>, Option<i64>)> = serde_json::from_str(&text).unwrap_or_default();
    Ok(parts.into_iter().map(|(name, n_rows, order)| Part { name, n_rows, order }).collect())
}

/// Remembers pieces; writes only when they are others.
pub(super) async fn remember(store: &Store, stream: &Stream, parts: &[Part]) -> Result<(), StoreError> {
    if remembered(store, stream).await? == parts {
        return Ok(());
    }
    let parts: Vec<_> = parts.iter().map(|part| (&part.name, part.n_rows, part.order)).collect();
    store.set_meta(&name(stream), &serde_json::to_string(&parts).unwrap_or_default()).await
}

/// Remembers pieces besides those that are known: of whatever is about to be read, rows may become durable.
pub(super) async fn expect(store: &Store, stream: &Stream, parts: &[Part]) -> Result<(), StoreError> {
    if parts.is_empty() {
        return Ok(());
    }
    let mut known = remembered(store, stream).await?;
    let is_new = |part: &&Part| !known.iter().any(|known| known.name == part.name);
    let new: Vec<Part> = parts.iter().filter(is_new).cloned().collect();
    if new.is_empty() {
        return Ok(());
    }
    known.extend(new);
    remember(store, stream, &known).await
}

fn name(stream: &Stream) -> String {
    format!("parts {}", stream.number.0)
}

/// What is lost of the pieces that were known, where rows vanished with it.
///
/// | piece | then |
/// |---|---|
/// | is not there any more | `TJ-S219` |
/// | had rows and has none now | `TJ-S220`, unless the stream may be empty |
/// | each replaces the one before, and this is an older one | `TJ-S221` |
pub(super) fn lost(stream: &Stream, known: &[Part], now: &[Part], may_be_empty: bool) -> Option<Message> {
    let (mut missing, mut emptied, mut older) = (Vec::new(), Vec::new(), Vec::new());
    for before in known {
        match now.iter().find(|part| part.name == before.name) {
            None => missing.push(before.name.as_str()),
            Some(part) if part.order < before.order => older.push(part.name.as_str()),
            Some(part) => {
                let had_rows = before.n_rows.is_none_or(|n| n > 0);
                if part.n_rows == Some(0) && had_rows && !may_be_empty {
                    emptied.push(part.name.as_str());
                }
            }
        }
    }
    let all = [("TJ-S219", missing), ("TJ-S220", emptied), ("TJ-S221", older)];
    let (code, names) = all.into_iter().find(|(_, names)| !names.is_empty())?;
    let more = names.len().saturating_sub(MAX_NAMES);
    let mut files =
        names.iter().take(MAX_NAMES).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    if more > 0 {
        files.push_str(&format!(" … (+{more})"));
    }
    let registration = &stream.registration;
    Some(
        Message::new(code)
            .with("files", files)
            .with("source", &registration.source)
            .with("stream", &registration.name),
    )
}

/// Whether a held stream goes on by itself once what was lost is back.
pub(super) fn may_come_back(message: Option<&Message>) -> bool {
    message.is_some_and(|message| matches!(message.code, "TJ-S219" | "TJ-S220" | "TJ-S221"))
}
