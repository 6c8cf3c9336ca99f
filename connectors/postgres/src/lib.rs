//! connector_postgres: not written yet.
