//! The plans agree with themselves, with the catalogue of hazards and with the shipped configuration.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::plan::{Plan, Who};
use super::{PLANS, sheets};
use crate::make::{Form, form};
use crate::truth::Expected;
use crate::world::{CATALOGUE, World};

fn plans() -> impl Iterator<Item = &'static Plan> {
    PLANS.iter().flat_map(|plans| plans.iter())
}

/// Source → engine, and the streams, as the shipped configuration names them.
fn shipped() -> (BTreeMap<String, String>, BTreeSet<(String, String)>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../config/platform/departments");
    let (mut engines, mut streams) = (BTreeMap::new(), BTreeSet::new());
    for entry in std::fs::read_dir(folder).expect("departments") {
        let text = std::fs::read_to_string(entry.expect("a file").path()).expect("readable");
        let (mut source, mut is_stream) = (String::new(), false);
        for line in text.lines() {
            if line.starts_with('[') {
                is_stream = line.starts_with("[[");
            }
            if let Some(name) = line.strip_prefix("[source.").and_then(|rest| rest.strip_suffix(']'))
                && !name.contains('.')
            {
                source = name.to_owned();
            }
            let value = |key: &str| {
                line.strip_prefix(key)
                    .and_then(|rest| rest.trim_start().strip_prefix("= \""))
                    .map(|rest| rest.trim_end_matches('"').to_owned())
            };
            if let Some(engine) = value("engine") {
                engines.insert(source.clone(), engine);
            }
            if is_stream && let Some(name) = value("name") {
                streams.insert((source.clone(), name));
            }
        }
    }
    (engines, streams)
}

#[test]
fn twenty_two_departments_on_the_engines_they_say() {
    let (engines, streams) = shipped();
    assert_eq!(engines.len(), 22);
    for (engine, n, wanted) in [
        ("mssql", 7, vec![Form::Mssql]),
        ("mysql", 8, vec![Form::Mysql]),
        ("postgres", 5, vec![Form::Postgres]),
        ("file", 2, vec![Form::Csv, Form::Xlsx]),
    ] {
        let of: Vec<&String> =
            engines.iter().filter(|(_, e)| *e == engine).map(|(source, _)| source).collect();
        assert_eq!(of.len(), n, "{engine}: {of:?}");
        assert!(of.iter().all(|source| wanted.contains(&form(source))), "{engine}: {of:?}");
    }
    let made: BTreeSet<(String, String)> = sheets()
        .iter()
        .map(|sheet| (sheet.table.source.to_owned(), crate::make::stream_name(sheet.table)))
        .collect();
    assert_eq!(made, streams);
}

#[test]
fn every_hazard_of_a_plan_is_in_the_catalogue_and_every_key_is_a_column() {
    let known = |hazard: &str| CATALOGUE.iter().any(|(name, ..)| *name == hazard);
    for plan in plans() {
        for (_, hazard) in plan.faults {
            assert!(known(hazard), "{}: `{hazard}`", plan.name);
        }
        if let Who::Party(ways) = plan.who {
            let of = [ways.code_check, ways.by_number, ways.by_organisation, ways.by_tax, ways.by_owner];
            for hazard in of.into_iter().chain([ways.by_name, ways.stranger]).filter(|name| !name.is_empty())
            {
                assert!(known(hazard), "{}: `{hazard}`", plan.name);
            }
        }
        assert!(!plan.key.is_empty(), "{}", plan.name);
        for key in plan.key {
            assert!(plan.columns.iter().any(|(column, _)| column.name == *key), "{}: `{key}`", plan.name);
        }
    }
}

#[test]
fn keys_of_a_table_are_there_and_differ() {
    let world = World::new(9, 2_000);
    for plan in plans() {
        let keys: Vec<String> = plan.rows(&world).map(|made| made.key).collect();
        let distinct: BTreeSet<&String> = keys.iter().collect();
        assert_eq!(distinct.len(), keys.len(), "{}", plan.name);
        assert!(keys.iter().all(|key| key.split('|').all(|part| !part.is_empty())), "{}", plan.name);
    }
}

/// Of each company somebody holds the whole; some people hold shares in, and represent, several.
#[test]
fn shares_are_the_whole_and_people_come_again() {
    use crate::table::Cell;
    let world = World::new(9, 3_000);
    let (mut parts, mut people, mut keys) = (BTreeMap::new(), BTreeMap::new(), BTreeSet::new());
    let text = |cell: &Cell| if let Cell::Text(text) = cell { text.clone() } else { String::new() };
    for made in super::registry_relations::shareholders(&world) {
        let [_, company, _, _, _, _, id, _, ratio, _] = made.cells.as_slice() else { panic!("{made:?}") };
        let ratio: f64 = text(ratio).parse().expect("a number");
        *parts.entry(text(company)).or_insert(0.0) += ratio;
        people.entry(text(id)).or_insert_with(BTreeSet::new).insert(text(company));
        assert!(keys.insert(made.key.clone()), "{made:?}");
    }
    assert!(parts.len() > 1_000, "{} companies", parts.len());
    assert!(parts.values().all(|whole: &f64| (whole - 100.0).abs() < 1e-6), "{parts:?}");
    let several = people.iter().filter(|(id, of)| id.len() == 18 && of.len() > 1).count();
    assert!(several > 100, "{several} people hold shares in several companies");
    let represents = (0..world.n_subjects).map(|index| world.subject(index).legal_representative.id);
    let mut by_person: BTreeMap<String, usize> = BTreeMap::new();
    represents.for_each(|id| *by_person.entry(id).or_default() += 1);
    assert!(by_person.values().filter(|n| **n > 1).count() > 300);
}

fn has_branches(world: &World) -> bool {
    let mut has_branches = false;
    super::edges(world, &mut |relation, _| has_branches |= relation == "branch");
    has_branches
}

#[test]
fn the_rates_of_the_registry_s_relations_are_in_the_catalogue() {
    let known = |hazard: &str| CATALOGUE.iter().any(|(name, ..)| *name == hazard);
    for department in ["branch", "shareholding", "succession"] {
        for way in ["code_check", "by_name_only", "stranger", "by_registration_number"] {
            assert!(known(&format!("{department}.{way}")), "{department}.{way}");
        }
    }
    // With every parent a stranger, no branch belongs to anybody known.
    let mut world = World::new(9, 2_000);
    assert!(has_branches(&world));
    world.hazards.set("branch.stranger", 1_000_000).expect("a hazard");
    assert!(!has_branches(&world));
}

#[test]
fn party_building_holds_49_000_records_at_scale_one() {
    let n_rows: u64 = plans().filter(|plan| plan.source == "party").map(|plan| plan.n_rows).sum();
    assert_eq!(n_rows, 49_000);
}

#[test]
fn a_fault_that_always_happens_sets_every_row_aside() {
    let mut world = World::new(9, 2_000);
    for plan in plans().filter(|plan| !plan.faults.is_empty()) {
        for (_, hazard) in plan.faults {
            world.hazards.set(hazard, 1_000_000).expect("a hazard");
        }
        let all_dead = plan
            .rows(&world)
            .all(|made| matches!(made.expected, Expected::DeadLetter(reasons) if reasons.len() == plan.faults.len()));
        assert!(all_dead, "{}", plan.name);
    }
}

/// Fields in which people may stand tell names of organisations whole: no subject's name may be taken for a person's.
#[test]
fn no_name_of_a_subject_is_taken_for_a_person_s() {
    for seed in 1..=3 {
        let world = World::new(seed, 5_000);
        let names = (0..world.n_subjects).map(|index| world.subject(index).name);
        let masked: Vec<String> = names.filter(|name| !codes::is_organisation_name(name)).collect();
        assert!(masked.is_empty(), "seed {seed}: {} of 5000: {:?}", masked.len(), masked.first());
        let mut people = (0..500).map(|index| world.person(index).name);
        assert!(people.all(|name| !codes::is_organisation_name(&name)), "seed {seed}");
    }
}
