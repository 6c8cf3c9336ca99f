//! connector_file: not written yet.
