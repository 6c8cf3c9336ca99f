//! Twenty-two departments in their real mess: the tables they keep, and what each of them writes of a subject.
//!
//! A table is a function from row numbers to rows; nothing is held in memory. Most tables are plans, written down column
//! by column; a few have rows that no plan can say.

mod civil;
mod commerce;
mod construction;
mod court;
mod court_rulings;
mod culture;
mod development;
mod ecology;
mod education;
mod emergency;
mod finance;
mod financial;
mod food_drug;
mod food_quality;
mod health;
mod hotline;
mod hr;
mod licensing;
mod party;
mod party_building;
mod plan;
mod police;
mod registry;
mod registry_lists;
mod registry_records;
mod registry_relations;
mod resources;
mod says;
mod tax;
mod urban;
mod urban_permits;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use self::plan::Plan;
use crate::table::{Made, Table};
use crate::world::World;

/// Makes the rows of a table.
pub type Rows = Box<dyn for<'w> Fn(&'w World) -> Box<dyn Iterator<Item = Made> + 'w> + Send + Sync>;

/// A table and how its rows are made.
pub struct Sheet {
    /// The table.
    pub table: &'static Table,
    /// The rows, in no promised order.
    pub rows: Rows,
}

/// All plans, in the order of their departments.
const PLANS: &[&[Plan]] = &[
    registry_lists::PLANS,
    food_quality::PLANS,
    urban_permits::PLANS,
    court_rulings::PLANS,
    tax::PLANS,
    police::PLANS,
    emergency::PLANS,
    ecology::PLANS,
    resources::PLANS,
    construction::PLANS,
    hr::PLANS,
    health::PLANS,
    culture::PLANS,
    education::PLANS,
    civil::PLANS,
    finance::PLANS,
    development::PLANS,
    financial::PLANS,
    commerce::PLANS,
    party_building::PLANS,
];

/// The tables of the plans, made once.
static PLANNED: LazyLock<Vec<(Table, &'static Plan)>> =
    LazyLock::new(|| PLANS.iter().flat_map(|plans| plans.iter()).map(|plan| (plan.table(), plan)).collect());

/// All tables of all departments, in the order in which the truth lists them.
#[must_use]
pub fn sheets() -> Vec<Sheet> {
    let mut sheets = vec![
        sheet(&registry::TABLE, registry::rows),
        sheet(&registry_records::PERSONS, registry_records::persons),
        sheet(&registry_relations::SHAREHOLDERS, registry_relations::shareholders),
        sheet(&registry_relations::SUCCESSIONS, registry_relations::successions),
        sheet(&registry_records::CHANGES, registry_records::changes),
        sheet(&registry_records::REPORTS, registry_records::reports),
        sheet(&registry_records::ABNORMAL, registry_records::abnormal),
        sheet(&registry_records::SERIOUS, registry_records::serious),
        sheet(&food_drug::TABLE, food_drug::rows),
        sheet(&urban::TABLE, urban::rows),
        sheet(&licensing::TABLE, licensing::rows),
        sheet(&hotline::TABLE, hotline::rows),
        sheet(&court::FIRMS, court::firms),
        sheet(&court::PEOPLE, court::people),
    ];
    sheets.extend(
        PLANNED.iter().map(|(table, plan)| Sheet { table, rows: Box::new(move |world| plan.rows(world)) }),
    );
    sheets
}

fn sheet(table: &'static Table, rows: fn(&World) -> Box<dyn Iterator<Item = Made> + '_>) -> Sheet {
    Sheet { table, rows: Box::new(rows) }
}

pub use registry::is_registered;

/// Tells of every edge that each relation of the shipped ontology must have, and of the subject whose page shows it.
pub fn edges(world: &World, tell: &mut dyn FnMut(&'static str, u64)) {
    registry_relations::edges(world, tell);
}

/// How many people the hub must know: those whose ID number stands in a record, each once.
#[must_use]
pub fn n_people(world: &World) -> u64 {
    let mut people = BTreeSet::new();
    let registered = (0..world.n_subjects).map(|index| world.subject(index));
    for subject in registered.filter(|subject| is_registered(world, subject)) {
        people.insert(subject.legal_representative.id);
    }
    let mut tell = |id: String| {
        people.insert(id);
    };
    registry_records::people(world, &mut tell);
    registry_relations::people(world, &mut tell);
    food_drug::representatives(world, &mut tell);
    court::named(world, &mut tell);
    people.len() as u64
}
