//! The API over real HTTP, asked by a caller that shares no code with it.

mod answers;
mod hostile;
mod masks;
mod trail;
mod turns;

use demo::world::World;
use tests::Zone;

/// A zone of this many subjects, read.
fn zone(seed: u64, n_subjects: u64) -> Zone {
    let zone = Zone::make(&World::new(seed, n_subjects), seed, None);
    zone.pull(&[]);
    zone
}
