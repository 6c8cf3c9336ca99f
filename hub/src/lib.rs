//! The hub: what the departments' databases mean together.
//!
//! Rows come in through [`sources`], become records of a kind and entities ([`ingest`], `resolve`), are kept with
//! their history ([`store`]), told in order ([`feed`]), and read through one plan ([`query`]) inside the rights of
//! the sharing catalogue ([`catalogue`]), each read written down ([`audit`]).
//!
//! Invariant: knows no HTTP, no GraphQL, no environment, no application, no source's driver; time is a [`clock::Clock`].

pub mod audit;
pub mod catalogue;
pub mod clock;
pub mod feed;
mod ids;
pub mod ingest;
pub mod ontology;
mod private;
pub mod query;
pub mod resolve;
pub mod sources;
pub mod store;
mod value;

pub use ids::{BadEntityId, EntityId, RecordId, Seq};
pub use value::{FieldValue, Precision, Until};
