//! From the columns of a stream to the fields of a kind: pure, exact, every fault told.

mod draft;

pub use draft::{FieldMappingDraft, FromDraft, MappingDraft, OnInvalid};
