//! server: not written yet.
