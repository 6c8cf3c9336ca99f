//! messages: not written yet.
