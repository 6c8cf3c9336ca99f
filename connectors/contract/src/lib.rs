//! contract: not written yet.
