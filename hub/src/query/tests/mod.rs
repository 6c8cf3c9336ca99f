//! Plans over a small world, on both stores: against a naive oracle, counted, masked, written down.

use crate as hub;

mod configured;
mod kept;
mod names;
mod oracle;
mod postgres;
mod quality;
mod reads;
mod relations;
pub(crate) mod world;
