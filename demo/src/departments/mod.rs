//! Six departments in their real mess: the tables they keep, and what each of them writes of a subject.
//!
//! A table is a function from row numbers to rows; nothing is held in memory.

mod court;
mod food_drug;
mod hotline;
mod licensing;
mod party;
mod registry;
mod registry_records;
mod urban;

use crate::table::{Made, Table};
use crate::world::World;

/// A table and how its rows are made.
pub struct Sheet {
    /// The table.
    pub table: &'static Table,
    /// The rows, in no promised order.
    pub rows: fn(&World) -> Box<dyn Iterator<Item = Made> + '_>,
}

/// All tables of all departments, in the order in which the truth lists them.
#[must_use]
pub fn sheets() -> Vec<Sheet> {
    vec![
        Sheet { table: &registry::TABLE, rows: registry::rows },
        Sheet { table: &registry_records::PERSONS, rows: registry_records::persons },
        Sheet { table: &registry_records::CHANGES, rows: registry_records::changes },
        Sheet { table: &registry_records::REPORTS, rows: registry_records::reports },
        Sheet { table: &registry_records::ABNORMAL, rows: registry_records::abnormal },
        Sheet { table: &registry_records::SERIOUS, rows: registry_records::serious },
        Sheet { table: &food_drug::TABLE, rows: food_drug::rows },
        Sheet { table: &urban::TABLE, rows: urban::rows },
        Sheet { table: &licensing::TABLE, rows: licensing::rows },
        Sheet { table: &hotline::TABLE, rows: hotline::rows },
        Sheet { table: &court::FIRMS, rows: court::firms },
        Sheet { table: &court::PEOPLE, rows: court::people },
    ]
}

pub use registry::is_registered;
