//! One pipeline a stream: read, map, validate, compare, write, progress; dead letters; supervision.

pub mod mapping;
