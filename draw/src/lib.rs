//! draw: not written yet.
