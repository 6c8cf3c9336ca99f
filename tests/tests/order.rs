//! The graph is a function of the set of records: whatever order the sources come in, the canonical dump is the same.

use demo::world::{Dice, World};
use tests::Zone;

#[test]
fn twenty_shuffled_orders_of_the_sources_give_one_graph() {
    let zone = Zone::make(&World::new(11, 600), 11, None);
    zone.pull(&[]);
    let whole = zone.dump();
    let streams: Vec<(String, String)> =
        zone.truth.streams.iter().map(|stream| (stream.source.clone(), stream.stream.clone())).collect();
    for round in 0..20 {
        let mut order = streams.clone();
        let dice = Dice::new(round);
        for place in (1..order.len()).rev() {
            order.swap(place, dice.below("shuffle", place as u64, place as u64 + 1) as usize);
        }
        zone.forget();
        // Some streams one after another, whichever they are; then all the others, sources side by side.
        let first = &order[..14.min(order.len())];
        for (source, stream) in first {
            zone.pull(&["--source", source, "--stream", stream]);
        }
        zone.pull(&[]);
        assert_eq!(zone.dump(), whole, "seed {round}: {first:?}");
    }
}
