//! Which name of the API stands for what of the ontology. Only what readers may know of is in it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use hub::catalogue::Catalogue;
use hub::ontology::{
    EntityNature, Field, FieldType, Freshness, Label, Ontology, Sensitivity, Share, camel_case, pascal_case,
};
use hub::query::plan::{Along, Target, Via};

/// All names.
#[derive(Debug)]
pub(crate) struct Dictionary {
    pub(crate) ontology: Arc<Ontology>,
    pub(crate) kinds: Vec<KindNames>,
}

/// A record or entity kind in the API.
#[derive(Debug)]
pub(crate) struct KindNames {
    pub(crate) target: Target,
    /// `AnnualReport`.
    pub(crate) type_name: String,
    /// `annualReport`.
    pub(crate) one: String,
    /// `annualReports`.
    pub(crate) many: String,
    pub(crate) label: Label,
    pub(crate) description: Label,
    /// Whether credit code and registration number name its entities.
    pub(crate) is_subject: bool,
    /// Fields, in order.
    pub(crate) fields: Vec<FieldName>,
    /// Relations, in order.
    pub(crate) relations: Vec<RelationName>,
}

/// A field in the API.
#[derive(Debug)]
pub(crate) struct FieldName {
    pub(crate) name: String,
    pub(crate) field: Field,
    /// Of records, not of entities.
    pub(crate) is_of_records: bool,
}

/// A relation in the API.
#[derive(Debug)]
pub(crate) struct RelationName {
    pub(crate) name: String,
    /// How filters go there.
    pub(crate) via: Via,
    pub(crate) to: Target,
    pub(crate) label: Label,
    /// Of a relation of entities: the records it goes through.
    pub(crate) edges: Option<EdgesName>,
}

/// The records that a relation of entities goes through, in the API.
#[derive(Debug)]
pub(crate) struct EdgesName {
    /// How plans go there.
    pub(crate) via: Via,
    /// Their kind.
    pub(crate) kind: Target,
    /// The role of the other end.
    pub(crate) role: String,
    /// What the types are called, before their endings: `SubjectBranches`.
    pub(crate) type_name: String,
    /// The relation as such.
    pub(crate) label: Label,
    pub(crate) description: Label,
}

impl FieldName {
    /// Whether it may be filtered by.
    pub(crate) fn is_filterable(&self) -> bool {
        self.field.freshness == Freshness::Key && self.field.sensitivity != Sensitivity::Personal
    }

    /// Whether it may be ordered by.
    pub(crate) fn is_orderable(&self) -> bool {
        self.field.freshness == Freshness::Key
            && !self.field.sensitivity.is_of_people()
            && !self.is_by_number()
    }

    /// Whether it is asked by whole numbers: an identifier of records, where numbers of people stand by mistake.
    pub(crate) fn is_by_number(&self) -> bool {
        self.is_of_records && matches!(self.field.field_type, FieldType::Identifier(_))
    }

    /// Whether it is filtered by whole names alone.
    pub(crate) fn is_by_name(&self) -> bool {
        self.is_filterable() && self.field.sensitivity == Sensitivity::Organisation
    }
}

impl KindNames {
    pub(crate) fn field(&self, name: &str) -> Option<&FieldName> {
        self.fields.iter().find(|field| field.name == name)
    }

    pub(crate) fn relation(&self, name: &str) -> Option<&RelationName> {
        self.relations.iter().find(|relation| relation.name == name)
    }

    /// The API's name of a field's id.
    pub(crate) fn name_of(&self, id: &str) -> Option<&str> {
        self.fields.iter().find(|field| field.field.id == id).map(|field| field.name.as_str())
    }
}

impl Dictionary {
    pub(crate) fn new(catalogue: &Catalogue) -> Dictionary {
        let ontology = catalogue.ontology().clone();
        let mut kinds: Vec<KindNames> = catalogue
            .kinds()
            .map(|kind| KindNames {
                target: Target::Records(kind.id.clone()),
                type_name: pascal_case(&kind.id),
                one: camel_case(&kind.id),
                many: camel_case(&kind.plural),
                label: kind.label.clone(),
                description: kind.description.clone(),
                is_subject: false,
                fields: field_names(kind.fields.iter(), true),
                relations: kind
                    .roles
                    .iter()
                    .filter(|role| catalogue.entity(&role.entity).is_some())
                    .map(|role| RelationName {
                        name: camel_case(&role.id),
                        via: Via::Role(role.id.clone()),
                        to: Target::Entities(role.entity.clone()),
                        label: role.label.clone(),
                        edges: None,
                    })
                    .collect(),
            })
            .collect();
        kinds.extend(catalogue.entities().map(|entity| KindNames {
            target: Target::Entities(entity.id.clone()),
            type_name: pascal_case(&entity.id),
            one: camel_case(&entity.id),
            many: camel_case(&entity.plural),
            label: entity.label.clone(),
            description: entity.description.clone(),
            is_subject: entity.nature == EntityNature::Subject,
            fields: field_names(entity.fields.iter().map(|golden| &golden.field), false),
            relations: inverses(catalogue, &entity.id).chain(relations(catalogue, &entity.id)).collect(),
        }));
        Dictionary { ontology, kinds }
    }

    pub(crate) fn kind(&self, target: &Target) -> Option<&KindNames> {
        self.kinds.iter().find(|kind| kind.target == *target)
    }

    /// Every name under which a list of rows stands somewhere in the API, with the kinds it may list.
    pub(crate) fn lists(&self) -> BTreeMap<String, Vec<Target>> {
        let mut lists: BTreeMap<String, Vec<Target>> = BTreeMap::new();
        for kind in &self.kinds {
            lists.entry(kind.many.clone()).or_default().push(kind.target.clone());
            for relation in &kind.relations {
                if matches!(relation.via, Via::Inverse { .. } | Via::Relation { .. }) {
                    let targets = lists.entry(relation.name.clone()).or_default();
                    targets.push(relation.to.clone());
                    targets.extend(relation.edges.iter().map(|edges| edges.kind.clone()));
                }
            }
        }
        lists
    }

    /// The edges whose types are called so.
    pub(crate) fn edges_named(&self, type_name: &str) -> Option<&EdgesName> {
        let relations = self.kinds.iter().flat_map(|kind| &kind.relations);
        relations.filter_map(|relation| relation.edges.as_ref()).find(|edges| edges.type_name == type_name)
    }

    /// The names of lists whose items are an edge and somebody at its other end.
    pub(crate) fn edges(&self) -> BTreeSet<String> {
        let relations = self.kinds.iter().flat_map(|kind| &kind.relations);
        relations.filter(|relation| relation.edges.is_some()).map(|relation| relation.name.clone()).collect()
    }
}

fn field_names<'f>(fields: impl Iterator<Item = &'f Field>, is_of_records: bool) -> Vec<FieldName> {
    fields
        .filter(|field| field.share != Share::NotShared)
        .map(|field| FieldName { name: camel_case(&field.id), field: field.clone(), is_of_records })
        .collect()
}

/// The relations back from an entity kind, from every shared record kind that speaks of it.
fn inverses<'c>(catalogue: &'c Catalogue, entity: &'c str) -> impl Iterator<Item = RelationName> + 'c {
    catalogue
        .kinds()
        .flat_map(|kind| kind.roles.iter().map(move |role| (kind, role)))
        .filter(move |(_, role)| role.entity == entity)
        .map(|(kind, role)| RelationName {
            name: camel_case(&role.inverse),
            via: Via::Inverse { kind: kind.id.clone(), role: role.id.clone() },
            to: Target::Records(kind.id.clone()),
            label: Label {
                zh: format!("{}（{}）", kind.label.zh, role.label.zh),
                en: format!("{} ({})", kind.label.en, role.label.en),
            },
            edges: None,
        })
}

/// The relations that have an end at an entity kind.
fn relations<'c>(catalogue: &'c Catalogue, entity: &'c str) -> impl Iterator<Item = RelationName> + 'c {
    let ways = catalogue.relations().flat_map(|relation| Along::BOTH.map(|along| (relation, along)));
    ways.filter(move |(relation, along)| relation.ends(*along).0.entity == entity).map(|(relation, along)| {
        let (here, there) = relation.ends(along);
        let id = relation.id.clone();
        RelationName {
            name: camel_case(&here.field),
            via: Via::Relation { relation: id.clone(), along },
            to: Target::Entities(there.entity.clone()),
            label: here.label.clone(),
            edges: Some(EdgesName {
                via: Via::Edges { relation: id, along },
                kind: Target::Records(relation.kind.clone()),
                role: there.role.clone(),
                type_name: here.type_name(),
                label: relation.label.clone(),
                description: relation.description.clone(),
            }),
        }
    })
}
