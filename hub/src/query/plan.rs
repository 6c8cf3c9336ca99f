//! What is asked of the graph, as data: it can be shown, judged, hashed, and run by any reader of the store.
//!
//! Names are ids of the ontology. A [`Plan`] is what somebody would like to know; only an [`Authorised`] plan is run,
//! and only `hub::query` makes one.

use std::fmt::Write as _;

pub use crate::ontology::Along;
use crate::{FieldValue, Seq, clock::Timestamp};

/// One question.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// What is listed.
    pub target: Target,
    /// Only these ids; for look-ups by id.
    pub ids: Option<Vec<i64>>,
    /// Filter, order, page and what is wanted of each row.
    pub list: ListPlan,
    /// The moment asked about; now if absent.
    pub as_of: Option<AsOf>,
}

/// Records or entities of one kind.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// Records of a kind.
    Records(String),
    /// Entities of a kind.
    Entities(String),
}

impl Target {
    /// The kind's id.
    #[must_use]
    pub fn kind(&self) -> &str {
        match self {
            Target::Records(kind) | Target::Entities(kind) => kind,
        }
    }
}

/// A moment of the graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AsOf {
    /// A place in the feed.
    Seq(Seq),
    /// The largest place whose time is not later.
    Time(Timestamp),
}

/// One list: of the root, or of a relation.
#[derive(Clone, Debug, PartialEq)]
pub struct ListPlan {
    /// Which rows.
    pub filter: Filter,
    /// In which order; the id comes last, in the direction of the first key.
    pub order: Vec<OrderKey>,
    /// Whether the ids descend; plays no part where there are order keys.
    pub descends: bool,
    /// Which part.
    pub page: Page,
    /// Whether the rows of all pages are counted.
    pub is_counted: bool,
    /// What is wanted of each row.
    pub select: Select,
}

impl ListPlan {
    /// The first `first` rows in the order of their ids.
    #[must_use]
    pub fn first(first: u32, select: Select) -> ListPlan {
        ListPlan {
            filter: Filter::all(),
            order: Vec::new(),
            descends: false,
            page: Page { first, after: None },
            is_counted: false,
            select,
        }
    }
}

/// A part of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// Rows, at most.
    pub first: u32,
    /// Only what comes after this place.
    pub after: Option<Place>,
}

/// The place of a row in an order: the values of its order keys, and its id.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// One for each order key.
    pub keys: Vec<FieldValue>,
    /// The row's id.
    pub id: i64,
    /// The parent whose list it is a place of; `None` at the root.
    pub parent: Option<i64>,
}

/// An order key; NULLs come last in both directions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderKey {
    /// Field.
    pub field: String,
    /// Direction.
    pub direction: Direction,
}

/// Which way an order goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Smallest first.
    Ascending,
    /// Greatest first.
    Descending,
}

/// Which rows.
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    /// All of these; nothing in it: every row.
    And(Vec<Filter>),
    /// Any of these; nothing in it: no row.
    Or(Vec<Filter>),
    /// Not this; a row for which it is unknown (NULL) is not taken either way.
    Not(Box<Filter>),
    /// A field compared.
    Field {
        /// Id of the field.
        field: String,
        /// How, and with what.
        compare: Compare,
    },
    /// Something about related rows, one step away; the other end of an edge is no step.
    Related {
        /// Which relation.
        via: Via,
        /// How many of them.
        quantifier: Quantifier,
        /// Of which this is true; holds no [`Filter::Related`] itself.
        filter: Box<Filter>,
    },
}

impl Filter {
    /// Every row.
    #[must_use]
    pub fn all() -> Filter {
        Filter::And(Vec::new())
    }
}

/// A comparison.
#[derive(Clone, Debug, PartialEq)]
pub enum Compare {
    /// Equal.
    Eq(FieldValue),
    /// Known and not equal.
    Ne(FieldValue),
    /// Less.
    Lt(FieldValue),
    /// Less or equal.
    Lte(FieldValue),
    /// Greater.
    Gt(FieldValue),
    /// Greater or equal.
    Gte(FieldValue),
    /// One of.
    In(Vec<FieldValue>),
    /// Text that starts so, character by character.
    StartsWith(String),
    /// Text that holds this somewhere, character by character.
    Contains(String),
    /// Nothing known, or something known.
    IsNull(bool),
}

/// How many related rows must fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantifier {
    /// At least one.
    Some,
    /// None.
    None,
}

/// A relation, from the row it starts at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Via {
    /// From a record to the entity it speaks of in a role.
    Role(String),
    /// From an entity to the records of a kind that speak of it in a role.
    Inverse {
        /// Record kind.
        kind: String,
        /// Role of that kind.
        role: String,
    },
    /// From an entity to the records that are the edges of a relation: those that also speak of somebody in the role
    /// of the other end, which [`Via::Role`] leads to.
    Edges {
        /// Which relation.
        relation: String,
        /// Which way.
        along: Along,
    },
    /// From an entity to the entities at the other end of a relation; in filters only.
    Relation {
        /// Which relation.
        relation: String,
        /// Which way.
        along: Along,
    },
}

/// What is wanted of each row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Select {
    /// Ids of fields.
    pub fields: Vec<String>,
    /// Where the row comes from.
    pub provenance: bool,
    /// The newest versions, at most so many.
    pub history: Option<u32>,
    /// Where the records behind an entity differ.
    pub disagreements: bool,
    /// Related rows.
    pub relations: Vec<Relation>,
}

/// A relation to be followed.
#[derive(Clone, Debug, PartialEq)]
pub struct Relation {
    /// What the asker calls it; unique in its [`Select`].
    pub name: String,
    /// Which.
    pub via: Via,
    /// What of it. To an entity: filter, order and page play no part.
    pub list: ListPlan,
}

/// Something judged against the ontology and the caller's rights. Its constructor is known to `hub::query` alone, and
/// the store's readers take nothing else.
#[derive(Debug)]
pub struct Authorised<T>(T);

impl<T> Authorised<T> {
    pub(in crate::query) fn new(judged: T) -> Authorised<T> {
        Authorised(judged)
    }

    /// What was judged.
    #[must_use]
    pub fn get(&self) -> &T {
        &self.0
    }
}

impl Plan {
    /// The plan in one line, for the audit trail: equal questions give equal lines. Values of filters stand in it.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = String::new();
        match &self.target {
            Target::Records(kind) => out.push_str(kind),
            Target::Entities(kind) => {
                out.push('@');
                out.push_str(kind);
            }
        }
        if let Some(ids) = &self.ids {
            let _ = write!(out, " ids={ids:?}");
        }
        match self.as_of {
            Some(AsOf::Seq(seq)) => {
                let _ = write!(out, " as_of=#{}", seq.0);
            }
            Some(AsOf::Time(at)) => {
                let _ = write!(out, " as_of={at}");
            }
            None => {}
        }
        list_text(&self.list, &mut out);
        out
    }
}

fn list_text(list: &ListPlan, out: &mut String) {
    if list.filter != Filter::all() {
        out.push_str(" where ");
        filter_text(&list.filter, out);
    }
    for key in &list.order {
        let arrow = match key.direction {
            Direction::Ascending => "+",
            Direction::Descending => "-",
        };
        let _ = write!(out, " order {arrow}{}", key.field);
    }
    if list.descends && list.order.is_empty() {
        out.push_str(" order -id");
    }
    let _ = write!(out, " first {}", list.page.first);
    if let Some(place) = &list.page.after {
        let _ = write!(out, " after {}", place.id);
    }
    if list.is_counted {
        out.push_str(" counted");
    }
    select_text(&list.select, out);
}

fn select_text(select: &Select, out: &mut String) {
    out.push_str(" {");
    out.push_str(&select.fields.join(" "));
    if select.provenance {
        out.push_str(" +provenance");
    }
    if let Some(n) = select.history {
        let _ = write!(out, " +history({n})");
    }
    if select.disagreements {
        out.push_str(" +disagreements");
    }
    for relation in &select.relations {
        match &relation.via {
            Via::Role(role) => {
                let _ = write!(out, " ->{role}");
            }
            Via::Inverse { kind, role } => {
                let _ = write!(out, " <-{kind}({role})");
            }
            Via::Edges { relation, along } | Via::Relation { relation, along } => {
                let arrow = match along {
                    Along::Forward => "->",
                    Along::Backward => "<-",
                };
                let _ = write!(out, " {arrow}[{relation}]");
            }
        }
        list_text(&relation.list, out);
    }
    out.push('}');
}

fn filter_text(filter: &Filter, out: &mut String) {
    match filter {
        Filter::And(all) => joined(all, " & ", out),
        Filter::Or(any) => joined(any, " | ", out),
        Filter::Not(not) => {
            out.push('!');
            filter_text(not, out);
        }
        Filter::Field { field, compare } => {
            let _ = write!(out, "{field} {compare:?}");
        }
        Filter::Related { via, quantifier, filter } => {
            let _ = write!(out, "{quantifier:?} {via:?} ");
            filter_text(filter, out);
        }
    }
}

fn joined(filters: &[Filter], with: &str, out: &mut String) {
    out.push('(');
    for (index, filter) in filters.iter().enumerate() {
        if index > 0 {
            out.push_str(with);
        }
        filter_text(filter, out);
    }
    out.push(')');
}
