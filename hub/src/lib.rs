//! hub: not written yet.
