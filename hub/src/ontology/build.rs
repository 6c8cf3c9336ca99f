//! Judges a draft and builds the ontology.
