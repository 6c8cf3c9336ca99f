//! Judges a plan against the ontology and what the catalogue lets readers know and do.

use std::collections::BTreeSet;

use crate::FieldValue;
use crate::catalogue::Catalogue;
use crate::ontology::{Field, FieldType, Freshness, Sensitivity, Share};

use super::plan::{Along, Authorised, Compare, Filter, ListPlan, Page, Plan, Relation, Select, Target, Via};
use super::{QueryError, guarded};

/// How large a plan may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlanLimits {
    /// Rows of one page.
    pub page: u32,
    /// Relations one inside the other.
    pub depth: u32,
    /// Relations in all.
    pub relations: u32,
    /// Comparisons in one filter.
    pub comparisons: u32,
    /// Keys of one order.
    pub order_keys: usize,
}

impl Default for PlanLimits {
    fn default() -> PlanLimits {
        PlanLimits { page: 200, depth: 6, relations: 60, comparisons: 200, order_keys: 4 }
    }
}

/// The plan, if it may be run.
pub(super) fn judge(
    plan: Plan,
    catalogue: &Catalogue,
    limits: PlanLimits,
) -> Result<Authorised<Plan>, QueryError> {
    let mut judge = Judge { catalogue, limits, n_relations: 0, n_comparisons: 0 };
    judge.list(&plan.target, &plan.list, 0, None)?;
    Ok(Authorised::new(plan))
}

struct Judge<'c> {
    catalogue: &'c Catalogue,
    limits: PlanLimits,
    n_relations: u32,
    n_comparisons: u32,
}

impl Judge<'_> {
    /// `end`: of a list of edges, the role of the other end. To go there is no step of its own: it belongs to the
    /// relation.
    fn list(
        &mut self,
        target: &Target,
        list: &ListPlan,
        depth: u32,
        end: Option<&str>,
    ) -> Result<(), QueryError> {
        if depth > self.limits.depth {
            return Err(QueryError::TooLarge {
                words: format!("relations nested deeper than {}", self.limits.depth),
            });
        }
        fields(self.catalogue, target)?;
        self.order(target, list)?;
        self.page(target, &list.page, list)?;
        self.filter(target, &list.filter, 0, end)?;
        self.select(target, &list.select, depth, end)
    }

    fn order(&self, target: &Target, list: &ListPlan) -> Result<(), QueryError> {
        if list.order.len() > self.limits.order_keys {
            return Err(QueryError::TooLarge {
                words: format!("more than {} order keys", self.limits.order_keys),
            });
        }
        let mut seen = BTreeSet::new();
        for key in &list.order {
            usable(self.catalogue, target, &key.field, None)?;
            if !seen.insert(&key.field) {
                return Err(QueryError::TooLarge { words: format!("`{}` orders twice", key.field) });
            }
        }
        Ok(())
    }

    fn page(&self, target: &Target, page: &Page, list: &ListPlan) -> Result<(), QueryError> {
        if page.first == 0 || page.first > self.limits.page {
            return Err(QueryError::BadPage { words: "`first` is not within its limits" });
        }
        let Some(place) = &page.after else { return Ok(()) };
        let foreign = QueryError::BadPage { words: "the cursor belongs to another order" };
        if place.keys.len() != list.order.len() {
            return Err(foreign);
        }
        for (key, value) in list.order.iter().zip(&place.keys) {
            let field = field(self.catalogue, target, &key.field)?;
            if !value.is_null() && !is_of(&field.field_type, value) {
                return Err(foreign);
            }
        }
        Ok(())
    }

    fn filter(
        &mut self,
        target: &Target,
        filter: &Filter,
        hops: u32,
        end: Option<&str>,
    ) -> Result<(), QueryError> {
        self.n_comparisons += 1;
        if self.n_comparisons > self.limits.comparisons {
            return Err(QueryError::TooLarge {
                words: format!("more than {} comparisons", self.limits.comparisons),
            });
        }
        match filter {
            Filter::And(filters) | Filter::Or(filters) => {
                filters.iter().try_for_each(|filter| self.filter(target, filter, hops, end))
            }
            Filter::Not(filter) => self.filter(target, filter, hops, end),
            Filter::Field { field: id, compare } => {
                if let Compare::In(values) = compare {
                    self.n_comparisons += u32::try_from(values.len()).unwrap_or(u32::MAX / 2);
                }
                comparable(usable(self.catalogue, target, id, Some(compare))?, compare)
            }
            Filter::Related { .. } if hops > 0 => {
                Err(QueryError::TooLarge { words: "filters through more than one relation".to_owned() })
            }
            Filter::Related { via, quantifier: _, filter } => {
                let hops = if is_end(via, end) { hops } else { hops + 1 };
                let target = match via {
                    Via::Relation { relation, along } => across(self.catalogue, target, relation, *along)?,
                    Via::Role(_) | Via::Inverse { .. } | Via::Edges { .. } => {
                        led_to(self.catalogue, target, via)?
                    }
                };
                self.filter(&target, filter, hops, None)
            }
        }
    }

    fn select(
        &mut self,
        target: &Target,
        select: &Select,
        depth: u32,
        end: Option<&str>,
    ) -> Result<(), QueryError> {
        for id in &select.fields {
            field(self.catalogue, target, id)?;
        }
        if select.history.is_some_and(|n| n == 0 || n > self.limits.page) {
            return Err(QueryError::BadPage { words: "`first` is not within its limits" });
        }
        let mut names = BTreeSet::new();
        for Relation { name, via, list } in &select.relations {
            self.n_relations += 1;
            if self.n_relations > self.limits.relations || !names.insert(name) {
                return Err(QueryError::TooLarge {
                    words: format!("more than {} relations", self.limits.relations),
                });
            }
            let depth = if is_end(via, end) { depth } else { depth + 1 };
            let next = led_to(self.catalogue, target, via)?;
            let end = match via {
                Via::Edges { relation, along } => {
                    self.catalogue.relation(relation).map(|relation| relation.ends(*along).1.role.as_str())
                }
                Via::Role(_) | Via::Inverse { .. } | Via::Relation { .. } => None,
            };
            self.list(&next, list, depth, end)?;
        }
        Ok(())
    }
}

/// The fields of a target that readers may know of.
pub(super) fn fields<'c>(catalogue: &'c Catalogue, target: &Target) -> Result<Vec<&'c Field>, QueryError> {
    let fields: Vec<&Field> = match target {
        Target::Records(kind) => {
            catalogue.kind(kind).ok_or_else(|| absent("kind", kind))?.fields.iter().collect()
        }
        Target::Entities(kind) => {
            let entity = catalogue.entity(kind).ok_or_else(|| absent("kind", kind))?;
            entity.fields.iter().map(|golden| &golden.field).collect()
        }
    };
    Ok(fields.into_iter().filter(|field| field.share != Share::NotShared).collect())
}

fn field<'c>(catalogue: &'c Catalogue, target: &Target, id: &str) -> Result<&'c Field, QueryError> {
    let found = fields(catalogue, target)?.into_iter().find(|field| field.id == id);
    found.ok_or_else(|| absent("field", id))
}

/// A field that may be compared so, or (without a comparison) ordered by.
///
/// Where names of people may stand among those of organisations, whoever could order, ask for a part, or ask for a
/// person's name would learn such names, or whether somebody was punished.
fn usable<'c>(
    catalogue: &'c Catalogue,
    target: &Target,
    id: &str,
    compare: Option<&Compare>,
) -> Result<&'c Field, QueryError> {
    let field = field(catalogue, target, id)?;
    let is_key = match field.freshness {
        Freshness::Key => Ok(field),
        Freshness::Copy => Err(QueryError::NotKey { field: id.to_owned() }),
    };
    match field.sensitivity {
        Sensitivity::Public | Sensitivity::Internal => {
            let field = is_key?;
            guarded::by_mistake(catalogue, target, field, compare)?;
            Ok(field)
        }
        Sensitivity::Personal => Err(QueryError::Personal { field: id.to_owned() }),
        Sensitivity::Organisation => {
            let values = match compare {
                Some(Compare::Eq(value)) => std::slice::from_ref(value),
                Some(Compare::In(values)) => values.as_slice(),
                Some(_) | None => return Err(QueryError::NamesOnly { field: id.to_owned() }),
            };
            let is_name = |value: &FieldValue| matches!(value, FieldValue::Text(text) if codes::is_organisation_name(text));
            match values.iter().all(is_name) {
                true => is_key,
                false => Err(QueryError::NotAnOrganisation { field: id.to_owned() }),
            }
        }
    }
}

/// Where a relation leads, if readers may know of it.
pub(super) fn led_to(catalogue: &Catalogue, target: &Target, via: &Via) -> Result<Target, QueryError> {
    match (target, via) {
        (Target::Records(kind), Via::Role(role)) => {
            let roles = &catalogue.kind(kind).ok_or_else(|| absent("kind", kind))?.roles;
            let role =
                roles.iter().find(|known| known.id == *role).ok_or_else(|| absent("relation", role))?;
            let entity = catalogue.entity(&role.entity).ok_or_else(|| absent("relation", &role.id))?;
            Ok(Target::Entities(entity.id.clone()))
        }
        (Target::Entities(entity), Via::Inverse { kind, role }) => {
            let known = catalogue.kind(kind).ok_or_else(|| absent("kind", kind))?;
            let leads = known.roles.iter().any(|known| known.id == *role && known.entity == *entity);
            if leads { Ok(Target::Records(kind.clone())) } else { Err(absent("relation", role)) }
        }
        (Target::Entities(_), Via::Edges { relation, along }) => {
            across(catalogue, target, relation, *along)?;
            let relation = catalogue.relation(relation).ok_or_else(|| absent("relation", relation))?;
            Ok(Target::Records(relation.kind.clone()))
        }
        (
            Target::Records(_),
            Via::Inverse { kind: name, .. }
            | Via::Edges { relation: name, .. }
            | Via::Relation { relation: name, .. },
        )
        | (Target::Entities(_), Via::Role(name) | Via::Relation { relation: name, .. }) => {
            Err(absent("relation", name))
        }
    }
}

/// The entities at the other end of a relation, if readers may know of it.
pub(super) fn across(
    catalogue: &Catalogue,
    target: &Target,
    relation: &str,
    along: Along,
) -> Result<Target, QueryError> {
    let known = catalogue.relation(relation).ok_or_else(|| absent("relation", relation))?;
    let (here, there) = known.ends(along);
    match target {
        Target::Entities(entity) if *entity == here.entity => Ok(Target::Entities(there.entity.clone())),
        Target::Entities(_) | Target::Records(_) => Err(absent("relation", relation)),
    }
}

/// Whether this leads from an edge to its other end.
fn is_end(via: &Via, end: Option<&str>) -> bool {
    matches!((via, end), (Via::Role(role), Some(end)) if role == end)
}

fn comparable(field: &Field, compare: &Compare) -> Result<(), QueryError> {
    let is_text = matches!(
        field.field_type,
        FieldType::Text
            | FieldType::Identifier(_)
            | FieldType::Phone
            | FieldType::Address
            | FieldType::Code { .. }
    );
    let of_type = |value: &FieldValue| is_of(&field.field_type, value);
    let fits = match compare {
        Compare::Eq(value) | Compare::Ne(value) => of_type(value),
        Compare::Lt(value) | Compare::Lte(value) | Compare::Gt(value) | Compare::Gte(value) => {
            of_type(value) && field.field_type != FieldType::Bool
        }
        Compare::In(values) => values.iter().all(of_type),
        Compare::StartsWith(_) | Compare::Contains(_) => is_text,
        Compare::IsNull(_) => true,
    };
    if fits { Ok(()) } else { Err(QueryError::BadComparison { field: field.id.clone() }) }
}

fn is_of(field_type: &FieldType, value: &FieldValue) -> bool {
    match field_type {
        FieldType::Text | FieldType::Identifier(_) | FieldType::Phone | FieldType::Address => {
            matches!(value, FieldValue::Text(_))
        }
        FieldType::Code { .. } => matches!(value, FieldValue::Code { .. }),
        FieldType::Money => matches!(value, FieldValue::Money { .. }),
        FieldType::Decimal { .. } => matches!(value, FieldValue::Decimal(_)),
        FieldType::Integer => matches!(value, FieldValue::Integer(_)),
        FieldType::Bool => matches!(value, FieldValue::Bool(_)),
        FieldType::Date => matches!(value, FieldValue::Date(_)),
        FieldType::PartialDate => matches!(value, FieldValue::PartialDate { .. }),
        FieldType::Until => matches!(value, FieldValue::Until(_)),
        FieldType::Timestamp => matches!(value, FieldValue::Timestamp(_)),
    }
}

pub(super) fn absent(what: &'static str, name: &str) -> QueryError {
    QueryError::NotFound { what, name: name.chars().take(80).collect() }
}
