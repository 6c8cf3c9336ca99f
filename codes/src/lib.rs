//! codes: not written yet.
