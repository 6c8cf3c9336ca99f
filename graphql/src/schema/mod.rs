//! The schema: built once from the ontology, all of it dynamic. Root fields run whole plans; everything below them
//! only picks from the answer.

mod details;
mod edges;
pub(crate) mod failure;
mod findings;
mod inputs;
mod kit;
mod operations;
mod quality;
mod quality_parts;
mod review;
mod roots;
mod rows;
mod scalars;
mod values;

use std::collections::BTreeSet;
use std::sync::Arc;

use async_graphql::dynamic::{Object, Schema, SchemaBuilder, Type};
use hub::ontology::camel_case;
use hub::query::Query;

use crate::cursor::CursorKey;
use crate::dictionary::Dictionary;

/// What root fields work with.
pub(crate) struct Service {
    pub(crate) query: Arc<Query>,
    pub(crate) dictionary: Arc<Dictionary>,
    pub(crate) cursor_key: CursorKey,
    pub(crate) page: u32,
}

/// The ontology makes no schema.
#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    /// Two things would have the same name.
    #[error("`{name}` stands twice in `{place}`; rename one of them in the configuration")]
    Twice {
        /// The type, or `types`.
        place: String,
        /// The name.
        name: String,
    },
    /// The library refuses it.
    #[error("the schema is not valid: {words}")]
    Invalid {
        /// Why.
        words: String,
    },
}

/// Builds it; without a service it can be printed and validated against, and every root field fails.
pub(crate) fn build(dictionary: &Arc<Dictionary>, service: Option<Service>) -> Result<Schema, SchemaError> {
    let builder = Schema::build("Query", Some("Mutation"), None);
    let mut types = Types { builder, names: BTreeSet::new() };
    scalars::register(&mut types)?;
    values::register(&mut types, dictionary)?;
    details::register(&mut types)?;
    operations::register(&mut types)?;
    review::register(&mut types)?;
    quality_parts::register(&mut types)?;
    quality::register(&mut types)?;
    findings::register(&mut types)?;
    for kind in &dictionary.kinds {
        rows::register(&mut types, dictionary, kind)?;
        inputs::register(&mut types, dictionary, kind)?;
    }
    roots::register(&mut types, dictionary)?;
    let mut builder = types.builder.disable_suggestions().limit_recursive_depth(64);
    if let Some(service) = service {
        builder = builder.data(service);
    }
    builder.finish().map_err(|error| SchemaError::Invalid { words: error.to_string() })
}

/// The API's name of the field that an order's enumeration means.
pub(crate) fn field_of_order(name: &str) -> String {
    camel_case(&name.to_ascii_lowercase())
}

/// Types as they are registered; the library would end the process over a name that stands twice.
pub(crate) struct Types {
    builder: SchemaBuilder,
    names: BTreeSet<String>,
}

impl Types {
    fn add(&mut self, name: &str, add: impl Into<Type>) -> Result<(), SchemaError> {
        if !self.names.insert(name.to_owned()) {
            return Err(SchemaError::Twice { place: "types".to_owned(), name: name.to_owned() });
        }
        let builder = std::mem::replace(&mut self.builder, Schema::build("Query", None, None));
        self.builder = builder.register(add);
        Ok(())
    }
}

/// An object whose fields are told apart before the library sees them.
pub(crate) struct Shape {
    object: Object,
    name: String,
    names: BTreeSet<String>,
}

impl Shape {
    fn new(name: &str, description: &str) -> Shape {
        Shape {
            object: Object::new(name).description(description),
            name: name.to_owned(),
            names: BTreeSet::new(),
        }
    }

    fn field(&mut self, name: &str, field: async_graphql::dynamic::Field) -> Result<(), SchemaError> {
        if !self.names.insert(name.to_owned()) {
            return Err(SchemaError::Twice { place: self.name.clone(), name: name.to_owned() });
        }
        let object = std::mem::replace(&mut self.object, Object::new("Query"));
        self.object = object.field(field);
        Ok(())
    }

    fn register(self, types: &mut Types) -> Result<(), SchemaError> {
        types.add(&self.name, self.object)
    }
}
