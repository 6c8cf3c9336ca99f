//! Affinities, meanings of keys, and files of every kind.
