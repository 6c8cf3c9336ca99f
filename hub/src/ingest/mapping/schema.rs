//! A mapping against the stream as it is at the source: what is missing, what cannot be read.

use contract::{ColumnType, StreamSchema};
use messages::{Message, Problem};

use super::Mapping;
use crate::ontology::nearest;

impl Mapping {
    /// Why the stream, as it is now, cannot be read by this mapping; each with what to do. Empty: it can.
    #[must_use]
    pub fn problems_with(&self, schema: &StreamSchema) -> Vec<Problem> {
        let mut problems = Vec::new();
        for column in &self.columns {
            let fields = column.fields.join(", ");
            let path = match column.fields.first() {
                Some(field) => format!("{}.fields.{field}", self.path),
                None => self.path.clone(),
            };
            match schema.columns.iter().find(|there| there.name == column.name) {
                Some(there) if there.column_type == ColumnType::Unread => {
                    let message = Message::new("TJ-D123")
                        .with("column", &column.name)
                        .with("type", &there.native_type)
                        .with("fields", fields);
                    problems.push(Problem::new(path, message));
                }
                Some(_) => {}
                None => {
                    let message = Message::new("TJ-D114").with("column", &column.name).with("fields", fields);
                    problems.push(Problem::new(path, message).cure(self.instead_of(&column.name, schema)));
                }
            }
        }
        for column in &self.key {
            if schema.position(column).is_none() {
                let message = Message::new("TJ-D115").with("column", column);
                problems.push(
                    Problem::new(format!("{}.key", self.path), message).cure(self.instead_of(column, schema)),
                );
            }
        }
        if self.key.is_empty() && schema.key.is_empty() {
            problems.push(
                Problem::new(self.path.clone(), Message::new("TJ-D119").with("stream", &self.stream))
                    .cure(Message::new("TJ-D125")),
            );
        }
        problems
    }

    /// The column that may be meant: of a like name, else those that no field uses. None where one of them looks like a
    /// value, or two like names of people: a file without its header has a row of data there, which is told to nobody.
    fn instead_of(&self, column: &str, schema: &StreamSchema) -> Message {
        let unused = || {
            schema
                .columns
                .iter()
                .map(|there| there.name.as_str())
                .filter(|there| self.columns.iter().all(|mapped| mapped.name != *there))
        };
        let n_people = unused().filter(|name| codes::is_person_name(name)).count();
        if n_people >= 2 || unused().any(looks_like_a_value) {
            return Message::new("TJ-D139");
        }
        match nearest(column, unused()) {
            Some(suggestion) => Message::new("TJ-O002").with("suggestion", suggestion),
            None => Message::new("TJ-D126").with("columns", unused().collect::<Vec<_>>().join(", ")),
        }
    }
}

/// Four digits in a row, as no column is called: days, amounts, numbers of people and documents.
fn looks_like_a_value(name: &str) -> bool {
    let mut n_digits = 0;
    name.chars().any(|c| {
        n_digits = if c.is_numeric() { n_digits + 1 } else { 0 };
        n_digits >= 4
    })
}
