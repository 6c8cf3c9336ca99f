//! Folders as people fill them.

mod fixture;
mod hazards;
mod live;
mod names;
mod order;
mod reading;
mod round;
mod sheets;

use fixture::Drop;
