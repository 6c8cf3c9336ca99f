//! What the ontology says about roles and golden fields, by the store's numbers: looked up for every record.

use crate::ontology::{EntityKind, EntityNature, Field, GoldenField, GoldenSource, Ontology, Sensitivity};
use crate::store::layout::Layout;

/// A role of a kind.
#[derive(Clone, Debug)]
pub(crate) struct RoleFacts {
    /// Its number.
    pub(crate) number: i16,
    /// Its id.
    pub(crate) id: String,
    /// Index of its entity kind in the ontology.
    pub(crate) entity: usize,
    /// Number of its entity kind.
    pub(crate) entity_number: i16,
    /// Whether 记名 is counted by it.
    pub(crate) is_party: bool,
    /// Whether its entities are natural persons.
    pub(crate) is_person: bool,
    /// Whether golden values come through it.
    pub(crate) feeds_golden: bool,
}

/// One place a golden field comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GoldenFrom {
    /// Index of the record kind.
    pub(crate) kind: usize,
    /// Number of the role.
    pub(crate) role: i16,
    /// Index of the field there.
    pub(crate) field: usize,
    /// Index of the field that tells which record is the newest.
    pub(crate) latest_by: Option<usize>,
    /// Names of people may stand there, and the golden field is public: only names of organisations are taken.
    pub(crate) takes_organisations_only: bool,
}

/// Roles by kind, golden fields by entity kind, in the ontology's order.
#[derive(Clone, Debug)]
pub(crate) struct Facts {
    kinds: Vec<Vec<RoleFacts>>,
    golden: Vec<Vec<Vec<GoldenFrom>>>,
    is_scored: bool,
}

impl Facts {
    pub(in crate::store) fn of(ontology: &Ontology, layout: &Layout) -> Facts {
        let feeds = |entity: usize, kind: &str, role: &str| {
            ontology.entities.get(entity).is_some_and(|entity| {
                entity
                    .fields
                    .iter()
                    .any(|field| field.from.iter().any(|from| from.kind == kind && from.role == role))
            })
        };
        let golden_from = |golden: &Field, from: &GoldenSource| {
            let kind = ontology.kinds.iter().position(|kind| kind.id == from.kind)?;
            let known = ontology.kinds.get(kind)?;
            let role = known.roles.iter().position(|role| role.id == from.role)?;
            let role = *layout.roles.get(kind)?.get(role)?;
            let takes_organisations_only = !golden.sensitivity.is_of_people()
                && known.fields.get(from.field)?.sensitivity == Sensitivity::Organisation;
            let (field, latest_by) = (from.field, from.latest_by);
            Some(GoldenFrom { kind, role, field, latest_by, takes_organisations_only })
        };
        let of_entity = |entity: &EntityKind| -> Vec<Vec<GoldenFrom>> {
            let of_field = |golden: &GoldenField| {
                golden.from.iter().filter_map(|from| golden_from(&golden.field, from)).collect()
            };
            entity.fields.iter().map(of_field).collect()
        };
        let golden = ontology.entities.iter().map(of_entity).collect();
        let kinds = ontology
            .kinds
            .iter()
            .zip(&layout.roles)
            .map(|(kind, numbers)| {
                let roles = kind.roles.iter().zip(numbers).filter_map(|(role, number)| {
                    let entity = ontology.entities.iter().position(|entity| entity.id == role.entity)?;
                    Some(RoleFacts {
                        number: *number,
                        id: role.id.clone(),
                        entity,
                        entity_number: layout.entities.get(entity)?.number,
                        is_party: role.is_party,
                        is_person: ontology.entities.get(entity)?.nature == EntityNature::Person,
                        feeds_golden: feeds(entity, &kind.id, &role.id),
                    })
                });
                roles.collect()
            })
            .collect();
        let is_scored = ontology.kinds.iter().flat_map(|kind| &kind.roles).any(|role| role.scored.is_some());
        Facts { kinds, golden, is_scored }
    }

    /// Whether any role is matched by what is weighed.
    pub(crate) fn is_scored(&self) -> bool {
        self.is_scored
    }

    /// The roles of a kind.
    pub(crate) fn roles(&self, kind: usize) -> &[RoleFacts] {
        self.kinds.get(kind).map_or(&[], Vec::as_slice)
    }

    /// For each golden field of an entity kind where it comes from, strongest first.
    pub(crate) fn golden(&self, entity: usize) -> &[Vec<GoldenFrom>] {
        self.golden.get(entity).map_or(&[], Vec::as_slice)
    }

    /// A role of a kind by its number.
    pub(crate) fn role(&self, kind: usize, number: i16) -> Option<&RoleFacts> {
        self.roles(kind).iter().find(|role| role.number == number)
    }
}
