//! sampling: not written yet.
