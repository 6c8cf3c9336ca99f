//! Words into statements: exactly the shapes that the connector and the makers of departments send. Whatever else
//! comes is an error of syntax, never an answer.

use super::cell::Cell;
use super::kind::{Collation, Kind};
use super::lexer::{Word, words};
use super::wire::SqlError;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expr {
    Given(Cell, Kind),
    Value(String),
    Column(String),
    Cast(Box<Expr>, Kind),
    /// `CONVERT(kind, value, 2)`: bytes as digits.
    Hex(Box<Expr>, Kind),
    Case(Vec<(Cond, Expr)>, Box<Expr>),
    Call(String, Vec<Expr>),
    Add(Box<Expr>, Box<Expr>),
    Subtract(Box<Expr>, Box<Expr>),
    Collate(Box<Expr>, Collation),
}

/// A condition.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cond {
    All(Vec<Cond>),
    Any(Vec<Cond>),
    Not(Box<Cond>),
    Compare(&'static str, Expr, Expr),
    IsNull(Expr),
    /// Pattern and the sign that takes the next one's meaning.
    Like(Expr, Expr, char),
}

/// A column as it is declared.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Declared {
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) collation: Option<Collation>,
    pub(super) is_nullable: bool,
    pub(super) is_key: bool,
    pub(super) default: Option<Expr>,
}

/// A query.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Query {
    pub(super) top: Option<u64>,
    /// `None`: `*`. An expression with a name.
    pub(super) fields: Option<Vec<(Expr, String)>>,
    pub(super) table: String,
    pub(super) condition: Option<Cond>,
    /// With whether the greatest comes first.
    pub(super) order: Vec<(Expr, bool)>,
}

/// A statement.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Statement {
    /// A setting, taken and not kept.
    Set,
    /// Whether it is snapshot isolation.
    Isolation(bool),
    Begin,
    Commit,
    Use(String),
    Select(Query),
    Create {
        table: String,
        columns: Vec<Declared>,
        key: Vec<String>,
    },
    Drop {
        table: String,
        if_exists: bool,
    },
    Insert {
        table: String,
        columns: Option<Vec<String>>,
        rows: Vec<Vec<Expr>>,
    },
    Update {
        table: String,
        sets: Vec<(String, Expr)>,
        condition: Option<Cond>,
    },
    Delete {
        table: String,
        condition: Option<Cond>,
    },
    AddColumn {
        table: String,
        column: Declared,
    },
    DropColumn {
        table: String,
        column: String,
    },
    AlterColumn {
        table: String,
        column: Declared,
    },
    CreateDatabase(String),
    /// The comment of a table or a column.
    Comment {
        table: String,
        column: Option<String>,
        words: String,
    },
    /// `EXEC sp_rename N'dbo.table.column', N'name', N'COLUMN'`.
    Rename {
        table: String,
        column: String,
        name: String,
    },
}

/// The statements of a text.
pub(super) fn statements(text: &str, collation: &Collation) -> Result<Vec<Statement>, SqlError> {
    let mut parser = Parser { words: words(text)?, at: 0, collation: collation.clone() };
    let mut statements = Vec::new();
    loop {
        while parser.sign(";") {}
        if parser.at == parser.words.len() {
            return Ok(statements);
        }
        statements.push(parser.statement()?);
    }
}

pub(super) struct Parser {
    words: Vec<Word>,
    at: usize,
    pub(super) collation: Collation,
}

impl Parser {
    fn peek(&self) -> Option<&Word> {
        self.words.get(self.at)
    }

    pub(super) fn fail<T>(&self) -> Result<T, SqlError> {
        let near = match self.peek() {
            None => "the end".to_owned(),
            Some(Word::Name(word) | Word::Quoted(word) | Word::Number(word) | Word::Value(word)) => {
                word.clone()
            }
            Some(Word::Text(_)) => "a text".to_owned(),
            Some(Word::Bytes(_)) => "bytes".to_owned(),
            Some(Word::Sign(sign)) => (*sign).to_owned(),
        };
        Err(SqlError::syntax(&near))
    }

    /// Takes a sign if it comes next.
    pub(super) fn sign(&mut self, wanted: &str) -> bool {
        let is_next = matches!(self.peek(), Some(Word::Sign(sign)) if *sign == wanted);
        self.at += usize::from(is_next);
        is_next
    }

    /// Takes key words if they come next, all of them.
    pub(super) fn key(&mut self, wanted: &str) -> bool {
        let n = wanted.split(' ').count();
        let is_next = wanted.split(' ').enumerate().all(|(i, word)| {
            matches!(self.words.get(self.at + i), Some(Word::Name(name)) if name.eq_ignore_ascii_case(word))
        });
        self.at += if is_next { n } else { 0 };
        is_next
    }

    pub(super) fn need(&mut self, wanted: &str) -> Result<(), SqlError> {
        if self.sign(wanted) || self.key(wanted) { Ok(()) } else { self.fail() }
    }

    pub(super) fn name(&mut self) -> Result<String, SqlError> {
        match self.peek() {
            Some(Word::Name(name) | Word::Quoted(name)) => {
                let name = name.clone();
                self.at += 1;
                Ok(name)
            }
            _ => self.fail(),
        }
    }

    pub(super) fn text(&mut self) -> Result<String, SqlError> {
        match self.peek() {
            Some(Word::Text(text)) => {
                let text = text.clone();
                self.at += 1;
                Ok(text)
            }
            _ => self.fail(),
        }
    }

    /// `[dbo].[table]`, or `table`.
    pub(super) fn table(&mut self) -> Result<String, SqlError> {
        let first = self.name()?;
        if !self.sign(".") {
            return Ok(first);
        }
        if first.eq_ignore_ascii_case("dbo") { self.name() } else { Ok(format!("{first}.{}", self.name()?)) }
    }

    fn statement(&mut self) -> Result<Statement, SqlError> {
        if self.key("SET TRANSACTION ISOLATION LEVEL") {
            return if self.key("SNAPSHOT") {
                Ok(Statement::Isolation(true))
            } else if self.key("READ COMMITTED") {
                Ok(Statement::Isolation(false))
            } else {
                self.fail()
            };
        }
        if self.key("SET") {
            self.name()?;
            self.at += 1;
            return Ok(Statement::Set);
        }
        if self.key("BEGIN TRANSACTION") {
            return Ok(Statement::Begin);
        }
        if self.key("COMMIT TRANSACTION") {
            return Ok(Statement::Commit);
        }
        if self.key("USE") {
            return self.name().map(Statement::Use);
        }
        if self.key("SELECT") {
            return self.query().map(Statement::Select);
        }
        self.change()
    }

    fn query(&mut self) -> Result<Query, SqlError> {
        let mut top = None;
        if self.key("TOP") {
            self.need("(")?;
            let Some(Word::Number(number)) = self.peek() else { return self.fail() };
            top = number.parse().ok();
            self.at += 1;
            self.need(")")?;
        }
        let fields = if self.sign("*") {
            None
        } else {
            let mut fields = Vec::new();
            loop {
                let expr = self.expr()?;
                let name = if self.key("AS") {
                    self.name()?
                } else if let Expr::Column(name) = &expr {
                    name.clone()
                } else {
                    String::new()
                };
                fields.push((expr, name));
                if !self.sign(",") {
                    break;
                }
            }
            Some(fields)
        };
        self.need("FROM")?;
        let table = self.table()?;
        if self.key("AS") {
            self.name()?;
        }
        let condition = self.condition_after_where()?;
        let mut order = Vec::new();
        if self.key("ORDER BY") {
            loop {
                let expr = self.expr()?;
                order.push((expr, self.key("DESC")));
                if !self.sign(",") {
                    break;
                }
            }
        }
        Ok(Query { top, fields, table, condition, order })
    }

    pub(super) fn condition_after_where(&mut self) -> Result<Option<Cond>, SqlError> {
        if self.key("WHERE") { self.condition().map(Some) } else { Ok(None) }
    }

    pub(super) fn kind(&mut self) -> Result<Kind, SqlError> {
        let name = self.name()?;
        let mut sizes = Vec::new();
        if self.sign("(") {
            loop {
                match self.peek() {
                    Some(Word::Number(size) | Word::Name(size)) => sizes.push(size.clone()),
                    _ => return self.fail(),
                }
                self.at += 1;
                if self.sign(")") {
                    break;
                }
                self.need(",")?;
            }
        }
        Kind::of(&name, &sizes)
            .ok_or_else(|| SqlError::new(243, 16, &format!("Type {name} is not a defined system type.")))
    }

    pub(super) fn collation(&mut self) -> Result<Collation, SqlError> {
        let name = self.name()?;
        Collation::of(&name).ok_or_else(|| SqlError::new(448, 16, &format!("Invalid collation '{name}'.")))
    }

    /// A word that stands for itself.
    pub(super) fn given(&mut self) -> Option<Expr> {
        let (cell, kind) = match self.peek()? {
            Word::Text(text) => {
                let n = u16::try_from(text.encode_utf16().count().max(1)).ok().filter(|n| *n <= 4000);
                (Cell::Text(text.clone()), Kind::NVarchar(n))
            }
            Word::Bytes(bytes) => {
                (Cell::Bytes(bytes.clone()), Kind::Varbinary(u16::try_from(bytes.len().max(1)).ok()))
            }
            Word::Number(text) if !text.contains('.') && text.parse::<i64>().is_ok() => {
                let number = text.parse().ok()?;
                (Cell::Int(number), if i32::try_from(number).is_ok() { Kind::Int } else { Kind::BigInt })
            }
            Word::Number(text) => {
                let (digits, scale) = super::cell::parsed_decimal(text)?;
                (Cell::Decimal(digits, scale), Kind::Decimal(38, scale))
            }
            Word::Value(name) => {
                let value = Expr::Value(name.clone());
                self.at += 1;
                return Some(value);
            }
            Word::Name(name) if name.eq_ignore_ascii_case("NULL") => (Cell::Null, Kind::Int),
            Word::Name(_) | Word::Quoted(_) | Word::Sign(_) => return None,
        };
        self.at += 1;
        Some(Expr::Given(cell, kind))
    }

    /// Where it stands, to come back to.
    pub(super) fn place(&self) -> usize {
        self.at
    }

    pub(super) fn back(&mut self, place: usize) {
        self.at = place;
    }

    /// Whether a bracket opens behind the next word.
    pub(super) fn is_call(&self) -> bool {
        matches!(self.words.get(self.at + 1), Some(Word::Sign("(")))
            && matches!(self.peek(), Some(Word::Name(_)))
    }
}
