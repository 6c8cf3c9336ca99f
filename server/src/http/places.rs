//! Places for connections: so many of all callers, and so many of one address, so that one caller leaves room for the
//! others. The last eighth is for addresses that have few, so that a few callers leave room for the others too.
//!
//! Must never know what is asked or answered.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// One place of so many is kept for addresses that have few.
const KEPT_OF: usize = 8;
/// An address with fewer than this has few.
pub(super) const FEW: usize = 8;

/// Who is in.
pub(super) struct Places {
    all: usize,
    each: usize,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    n: usize,
    /// Addresses with a place, and nobody else.
    of: BTreeMap<IpAddr, usize>,
}

/// A connection that was let in; it leaves when dropped.
pub(super) struct Place {
    places: Arc<Places>,
    address: IpAddr,
}

/// Why a connection is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Full {
    /// Every place is taken.
    All,
    /// This address has as many as one may have.
    Address,
    /// Those that are left are for addresses with few.
    Kept,
}

impl Places {
    pub(super) fn new(all: usize, each: usize) -> Arc<Places> {
        Arc::new(Places { all, each, taken: Mutex::default() })
    }

    /// A place for a connection from this address, or why there is none.
    pub(super) fn enter(self: &Arc<Places>, address: IpAddr) -> Result<Place, Full> {
        let address = caller(address);
        let mut taken = self.taken();
        if taken.n >= self.all {
            return Err(Full::All);
        }
        let has = taken.of.get(&address).copied().unwrap_or(0);
        if has >= self.each {
            return Err(Full::Address);
        }
        if has >= FEW && taken.n >= self.all - self.all / KEPT_OF {
            return Err(Full::Kept);
        }
        taken.n += 1;
        *taken.of.entry(address).or_insert(0) += 1;
        Ok(Place { places: self.clone(), address })
    }

    /// Whether more than half of the places are taken.
    pub(super) fn is_crowded(&self) -> bool {
        self.taken().n * 2 > self.all
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken();
        taken.n = taken.n.saturating_sub(1);
        let left = taken.of.get(&self.address).copied().unwrap_or(0).saturating_sub(1);
        if left == 0 {
            taken.of.remove(&self.address);
        } else {
            taken.of.insert(self.address, left);
        }
    }
}

/// What counts as one caller: an address; of the new protocol, a network of 64 bits, which one machine may have to itself.
fn caller(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn one_address_leaves_room_for_others_and_gives_its_places_back() {
        let places = Places::new(3, 2);
        let first = places.enter(address("10.0.0.1")).ok().unwrap();
        let _second = places.enter(address("::ffff:10.0.0.1")).ok().unwrap();
        assert!(places.is_crowded());
        assert_eq!(places.enter(address("10.0.0.1")).err(), Some(Full::Address));
        let _other = places.enter(address("2001:db8::1")).ok().unwrap();
        assert_eq!(places.enter(address("10.0.0.2")).err(), Some(Full::All));
        drop(first);
        let _again = places.enter(address("10.0.0.1")).ok().unwrap();
        assert_eq!(places.taken().of.len(), 2);
    }

    #[test]
    fn the_last_places_are_for_addresses_with_few() {
        let places = Places::new(64, 48);
        let enter = |text: &str| places.enter(address(text));
        let mut held: Vec<Place> = (0..48).map(|_| enter("10.0.0.1").ok().unwrap()).collect();
        // The second comes to eight of its own before the places run short, then no further.
        held.extend((0..8).map(|_| enter("10.0.0.2").ok().unwrap()));
        assert_eq!(enter("10.0.0.2").err(), Some(Full::Kept));
        let third: Vec<Place> = (0..FEW).map(|_| enter("10.0.0.3").ok().unwrap()).collect();
        assert_eq!(enter("10.0.0.3").err(), Some(Full::All));
        drop(third);
        assert!(enter("10.0.0.4").is_ok());
        held.truncate(10);
        assert!(enter("10.0.0.1").is_ok(), "where there is room, nobody is held to few");
    }

    #[test]
    fn a_machine_with_many_addresses_is_one_caller() {
        let places = Places::new(9, 1);
        let first = places.enter(address("2001:db8::1")).ok().unwrap();
        assert_eq!(places.enter(address("2001:db8::2:3:4:5")).err(), Some(Full::Address));
        assert!(places.enter(address("2001:db8:0:1::1")).is_ok());
        drop(first);
        assert!(places.taken().of.is_empty());
        assert!(!places.is_crowded());
    }
}
