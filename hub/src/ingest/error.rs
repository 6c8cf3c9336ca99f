//! Why ingest cannot begin, or cannot do what it was asked.

use contract::SourceId;

use crate::store::StoreError;

/// Why ingest cannot begin, or cannot do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// A mapping names a source that is not connected.
    #[error("source `{source_id}` of stream `{stream}` is not connected")]
    NoSource {
        /// The source.
        source_id: SourceId,
        /// The stream.
        stream: String,
    },
    /// No such stream is planned.
    #[error("no stream `{stream}` of source `{source_id}` is planned")]
    NoStream {
        /// The source.
        source_id: SourceId,
        /// The stream.
        stream: String,
    },
    /// The store's ID numbers are hashed under another key than the configured one.
    #[error("the store was filled with another person key")]
    OtherPersonKey,
    /// The store failed.
    #[error("the store failed")]
    Store {
        /// The cause.
        #[from]
        source: StoreError,
    },
    /// The source failed.
    #[error("the source failed")]
    Source {
        /// The cause.
        #[from]
        source: contract::ReadError,
    },
    /// The source may not be read now.
    #[error("source `{source_id}` may not be read now")]
    NotNow {
        /// The source.
        source_id: SourceId,
        /// Why.
        why: crate::sources::NotNow,
    },
    /// A part of the program failed.
    #[error("a part of the program failed, please report it")]
    Panicked,
}
