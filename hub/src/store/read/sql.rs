//! One statement being written: its text and its parameters, numbered as they come.

use crate::store::dialect::Dialect;
use crate::store::session::Param;

/// Text and parameters. Pieces of text may name a parameter more than once.
#[derive(Debug)]
pub(super) struct Sql {
    pub(super) dialect: Dialect,
    pub(super) params: Vec<Param>,
}

impl Sql {
    pub(super) fn new(dialect: Dialect) -> Sql {
        Sql { dialect, params: Vec::new() }
    }

    /// Binds an integer; gives its name in the text.
    pub(super) fn int(&mut self, value: i64) -> String {
        self.bind(Param::Int(value))
    }

    /// Binds a text; gives its name in the text.
    pub(super) fn text(&mut self, value: &str) -> String {
        self.bind(Param::Text(value.to_owned()))
    }

    /// Binds a day; gives its name in the text.
    pub(super) fn day(&mut self, value: jiff::civil::Date) -> String {
        let place = self.bind(Param::Text(value.to_string()));
        match self.dialect {
            Dialect::Sqlite => place,
            Dialect::Postgres => format!("{place}::date"),
        }
    }

    /// Binds a list of ids; gives `(SELECT …)` to stand after `IN`.
    pub(super) fn ids(&mut self, values: Vec<i64>) -> String {
        self.bind(Param::Ints(values));
        format!("(SELECT value FROM {})", self.dialect.ints(self.params.len()))
    }

    fn bind(&mut self, param: Param) -> String {
        self.params.push(param);
        format!("${}", self.params.len())
    }
}

/// Where in a text another stands, character by character.
pub(super) fn position_of(dialect: Dialect, column: &str, part: &str) -> String {
    match dialect {
        Dialect::Sqlite => format!("instr({column}, {part})"),
        Dialect::Postgres => format!("strpos({column}, {part})"),
    }
}
