//! Folders as people fill them.

mod fixture;
mod reading;

use fixture::Drop;
