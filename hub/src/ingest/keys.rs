//! The keys that sources declare themselves, of streams whose mapping names none: remembered, so that whoever shows a row's
//! key knows which column each part of it is, also while the source is away.
//!
//! Must never be asked where the mapping names a key.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::task::JoinSet;

use crate::store::{Store, StoreError, Stream};

use super::{Ingest, Planned};

/// Columns of keys, by source and name of the stream.
pub type DeclaredKeys = BTreeMap<(String, String), Vec<String>>;

/// The keys that the sources of these streams declared when they were read last.
///
/// # Errors
/// When the store fails.
pub async fn declared_keys(store: &Store) -> Result<DeclaredKeys, StoreError> {
    let mut keys = DeclaredKeys::new();
    for stream in store.streams() {
        if let Some(key) = remembered(store, &stream).await? {
            let registration = &stream.registration;
            keys.insert((registration.source.to_string(), registration.name.clone()), key);
        }
    }
    Ok(keys)
}

impl Ingest {
    /// Asks the sources of streams whose key nobody knows yet, for no longer than this: what is answered is remembered.
    /// A source that is away is asked again with its next reading.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn learn_keys(&self, patience: Duration) -> Result<(), StoreError> {
        let mut asked = JoinSet::new();
        for (index, planned) in self.inner.planned.iter().enumerate() {
            if planned.mapping.key().is_empty()
                && remembered(&self.inner.store, &planned.stream).await?.is_none()
            {
                let (connected, name) = (planned.connected.clone(), planned.mapping.stream().clone());
                asked.spawn(async move {
                    let permit = connected.enter().await.ok()?;
                    let found = permit.source().discover(Some(std::slice::from_ref(&name))).await.ok()?;
                    let schema = found.into_iter().find(|schema| schema.name == name)?;
                    Some((index, schema.key))
                });
            }
        }
        let inner = &self.inner;
        let answers = async {
            while let Some(answer) = asked.join_next().await {
                let Ok(Some((index, key))) = answer else { continue };
                let Some(planned) = inner.planned.get(index) else { continue };
                remember(&inner.store, planned, &key).await?;
            }
            Ok(())
        };
        // Who has not answered by then is not waited for.
        tokio::time::timeout(patience, answers).await.unwrap_or(Ok(()))
    }
}

/// Remembers the key that a source declares; writes only when it is another.
pub(super) async fn remember(store: &Store, planned: &Planned, key: &[String]) -> Result<(), StoreError> {
    if !planned.mapping.key().is_empty() || remembered(store, &planned.stream).await?.as_deref() == Some(key)
    {
        return Ok(());
    }
    store.set_meta(&name(&planned.stream), &serde_json::to_string(key).unwrap_or_default()).await
}

async fn remembered(store: &Store, stream: &Stream) -> Result<Option<Vec<String>>, StoreError> {
    let text = store.meta(&name(stream)).await?;
    // What cannot be read was written by a later program: nothing is known.
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
}

fn name(stream: &Stream) -> String {
    format!("key {}", stream.number.0)
}
