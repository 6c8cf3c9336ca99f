//! The guard over questions about the schema itself: deeper than those about the graph, and dear.
//!
//! Must never know the graph: which types and fields there are.

use super::Limits;
use crate::refusal::Refusal;

/// Standard introspection is deeper than any question about the graph.
const DEPTH: u32 = 20;
/// Lists inside each other that it needs (types, their fields, their arguments); each more multiplies the answer by the
/// schema's own size.
const LISTS: u32 = 3;
const COST: u64 = 4_000;
/// Lists of the schema's own types.
const OWN_LISTS: [&str; 8] =
    ["args", "directives", "enumValues", "fields", "inputFields", "interfaces", "possibleTypes", "types"];

/// Whether a field belongs to introspection.
pub(super) fn is_introspection(name: &str) -> bool {
    name.starts_with("__")
}

/// Whether a field inside introspection lists the schema's own types.
pub(super) fn is_list(name: &str) -> bool {
    OWN_LISTS.contains(&name)
}

/// What such a field costs, with so many levels and so many lists inside each other in it.
pub(super) fn cost(name: &str, depth: u32, lists: u32, limits: &Limits) -> Result<u64, Refusal> {
    if depth > DEPTH || lists > LISTS {
        return Err(Refusal::depth(limits.depth));
    }
    Ok(if name == "__typename" { 1 } else { COST })
}
