//! Drafts: a configuration as it was written, in plain structs.
//!
//! A draft is well-formed and nothing more: keys are known, types are right, what must be there is there. What the
//! values mean together (does that kind exist, is that a field type) is judged by whoever builds from them.
//! Invariant: no behaviour beyond names of words; knows no crate of ours but `messages`.

mod codes;
mod department;
mod hub;
mod ontology;
mod secret;

pub use codes::{CalendarDraft, EditionDraft, EntryDraft, ListDraft, TranslationDraft};
pub use department::{
    ColumnsDraft, DatabaseDraft, DepartmentDraft, EngineDraft, FieldMappingDraft, FolderDraft, HoursDraft,
    Mode, OnInvalid, Scalar, SourceDraft, SqliteDraft, StreamDraft, TakeMode, TlsDraft, TlsMode,
};
pub use hub::{BreakerDraft, HubDraft, IngestDraft, LimitsDraft, ServerDraft, StoreDraft};
pub use ontology::{
    DayCount, EntityDraft, FieldDraft, Freshness, GoldenFieldDraft, IdentifierDraft, KindDraft, Origin,
    RelationDraft, RelationEndDraft, RoleDraft, ScoredDraft, Sensitivity, Share, TimelyDraft,
};
pub use secret::SecretDraft;

/// A closed set of words in the configuration.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
        }

        impl $name {
            /// Every word of the set with its meaning.
            pub const WORDS: &'static [(&'static str, $name)] = &[$(($word, $name::$variant),)+];

            /// The word as it is written.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $($name::$variant => $word,)+
                }
            }
        }
    };
}
use words;
