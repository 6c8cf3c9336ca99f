//! graphql: not written yet.
