//! Conditions and orders that a connector pushes down to its source.

use crate::{SourceKey, Value};

/// Which columns to read: all that can be read, or these in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Projection {
    /// Every readable column.
    All,
    /// These, in this order. The key columns are read too, but are not in the cells unless named.
    Columns(Vec<String>),
}

/// How a column is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `<>`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// Text begins with.
    StartsWith,
}

/// A condition on the columns of one stream.
#[derive(Clone, Debug, PartialEq)]
pub enum Predicate {
    /// Every row.
    True,
    /// A column compared to a value.
    Compare {
        /// The column.
        column: String,
        /// How.
        comparison: Comparison,
        /// The value, always bound, never spliced into SQL.
        value: Value,
    },
    /// A column is one of these.
    In {
        /// The column.
        column: String,
        /// The values; empty means no row.
        values: Vec<Value>,
    },
    /// A column is NULL.
    IsNull(String),
    /// All hold.
    All(Vec<Predicate>),
    /// One holds.
    Any(Vec<Predicate>),
    /// It does not hold.
    Not(Box<Predicate>),
}

/// Direction of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Smallest first.
    Ascending,
    /// Greatest first.
    Descending,
}

/// One key of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderKey {
    /// The column.
    pub column: String,
    /// Its direction.
    pub order: Order,
}

/// Keys of a stream in the source's own order: above `after`, up to and with `upto`; `None` is open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyRange {
    /// Exclusive lower end.
    pub after: Option<SourceKey>,
    /// Inclusive upper end.
    pub upto: Option<SourceKey>,
}
