//! From the configuration's drafts to everybody's own: copied field by field, no other logic.

mod credential;
mod mapping;
mod ontology;
mod source;
mod store;

pub(crate) use credential::credential;
pub(crate) use mapping::mapping;
pub(crate) use ontology::ontology;
pub(crate) use source::source;
pub(crate) use store::store_url;
