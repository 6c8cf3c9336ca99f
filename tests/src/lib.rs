//! tests: not written yet.
