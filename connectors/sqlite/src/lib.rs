//! connector_sqlite: not written yet.
