//! Values and conditions: read, typed, computed.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "of all pairs of cells few can be computed with; the others are refused together"
)]

use std::collections::HashMap;

use super::cell::{Cell, convert};
use super::compare::compare;
use super::function::call;
use super::kind::{Collation, Kind};
use super::parser::{Cond, Expr, Parser};
use super::wire::SqlError;

impl Parser {
    pub(super) fn expr(&mut self) -> Result<Expr, SqlError> {
        let mut left = self.operand()?;
        loop {
            if self.sign("+") {
                left = Expr::Add(Box::new(left), Box::new(self.operand()?));
            } else if self.sign("-") {
                left = Expr::Subtract(Box::new(left), Box::new(self.operand()?));
            } else {
                return Ok(left);
            }
        }
    }

    fn operand(&mut self) -> Result<Expr, SqlError> {
        let operand = self.bare()?;
        if self.key("COLLATE") {
            return Ok(Expr::Collate(Box::new(operand), self.collation()?));
        }
        Ok(operand)
    }

    fn bare(&mut self) -> Result<Expr, SqlError> {
        if self.sign("-") {
            let zero = Expr::Given(Cell::Int(0), Kind::Int);
            return Ok(Expr::Subtract(Box::new(zero), Box::new(self.bare()?)));
        }
        if self.sign("(") {
            let inner = self.expr()?;
            self.need(")")?;
            return Ok(inner);
        }
        if self.key("CASE") {
            return self.case();
        }
        if self.is_call() {
            return self.call();
        }
        if let Some(given) = self.given() {
            return Ok(given);
        }
        let name = self.name()?;
        // The name of the table, or its other name, may stand before.
        if self.sign(".") { self.name().map(Expr::Column) } else { Ok(Expr::Column(name)) }
    }

    fn case(&mut self) -> Result<Expr, SqlError> {
        let mut cases = Vec::new();
        while self.key("WHEN") {
            let condition = self.condition()?;
            self.need("THEN")?;
            cases.push((condition, self.expr()?));
        }
        self.need("ELSE")?;
        let other = self.expr()?;
        self.need("END")?;
        Ok(Expr::Case(cases, Box::new(other)))
    }

    fn call(&mut self) -> Result<Expr, SqlError> {
        let name = self.name()?.to_uppercase();
        self.need("(")?;
        if name == "CAST" {
            let value = self.expr()?;
            self.need("AS")?;
            let kind = self.kind()?;
            self.need(")")?;
            return Ok(Expr::Cast(Box::new(value), kind));
        }
        if name == "CONVERT" {
            let kind = self.kind()?;
            self.need(",")?;
            let value = self.expr()?;
            self.need(",")?;
            return match self.given() {
                Some(Expr::Given(Cell::Int(2), _)) => {
                    self.need(")")?;
                    Ok(Expr::Hex(Box::new(value), kind))
                }
                _ => self.fail(),
            };
        }
        if !["DATALENGTH", "SUBSTRING", "HASHBYTES", "REPLICATE"].contains(&name.as_str()) {
            return Err(SqlError::new(
                195,
                15,
                &format!("'{name}' is not a recognized built-in function name."),
            ));
        }
        let mut values = vec![self.expr()?];
        while self.sign(",") {
            values.push(self.expr()?);
        }
        self.need(")")?;
        Ok(Expr::Call(name, values))
    }

    pub(super) fn condition(&mut self) -> Result<Cond, SqlError> {
        let mut any = vec![self.all()?];
        while self.key("OR") {
            any.push(self.all()?);
        }
        Ok(Cond::Any(any))
    }

    fn all(&mut self) -> Result<Cond, SqlError> {
        let mut all = vec![self.single()?];
        while self.key("AND") {
            all.push(self.single()?);
        }
        Ok(Cond::All(all))
    }

    fn single(&mut self) -> Result<Cond, SqlError> {
        if self.key("NOT") {
            return Ok(Cond::Not(Box::new(self.single()?)));
        }
        // A bracket opens a condition, or a value that is compared.
        let place = self.place();
        if self.sign("(")
            && let Ok(inner) = self.condition()
            && self.sign(")")
        {
            return Ok(inner);
        }
        self.back(place);
        let left = self.expr()?;
        if self.key("IS NULL") {
            return Ok(Cond::IsNull(left));
        }
        if self.key("LIKE") {
            let pattern = self.expr()?;
            self.need("ESCAPE")?;
            return match self.given() {
                Some(Expr::Given(Cell::Text(sign), _)) if sign.chars().count() == 1 => {
                    Ok(Cond::Like(left, pattern, sign.chars().next().unwrap_or('|')))
                }
                _ => self.fail(),
            };
        }
        for sign in [">=", "<=", "<>", "=", "<", ">"] {
            if self.sign(sign) {
                return Ok(Cond::Compare(sign, left, self.expr()?));
            }
        }
        self.fail()
    }
}

/// What expressions are computed over: columns with their types, a row, bound values.
pub(super) struct Scope<'a> {
    pub(super) places: &'a HashMap<String, usize>,
    pub(super) kinds: &'a [(Kind, Collation)],
    pub(super) values: &'a [(String, Cell)],
    pub(super) default: &'a Collation,
}

impl Scope<'_> {
    fn column(&self, name: &str) -> Result<usize, SqlError> {
        self.places
            .get(name)
            .copied()
            .ok_or_else(|| SqlError::new(207, 16, &format!("Invalid column name '{name}'.")))
    }

    fn bound(&self, name: &str) -> Result<&Cell, SqlError> {
        let found = self.values.iter().find(|(one, _)| one.eq_ignore_ascii_case(name));
        found
            .map(|(_, cell)| cell)
            .ok_or_else(|| SqlError::new(137, 15, &format!("Must declare the scalar variable \"{name}\".")))
    }

    /// The type of an expression.
    pub(super) fn kind(&self, expr: &Expr) -> Result<(Kind, Collation), SqlError> {
        let plain = |kind: Kind| (kind, self.default.clone());
        Ok(match expr {
            Expr::Given(_, kind) => plain(kind.clone()),
            Expr::Value(name) => plain(match self.bound(name)? {
                Cell::Int(_) => Kind::BigInt,
                Cell::Float(_) => Kind::Float,
                Cell::Bytes(bytes) if bytes.len() > 8000 => Kind::Varbinary(None),
                Cell::Bytes(_) => Kind::Varbinary(Some(8000)),
                Cell::Text(text) if text.len() > 4000 => Kind::NVarchar(None),
                _ => Kind::NVarchar(Some(4000)),
            }),
            Expr::Column(name) => {
                let at = self.column(name)?;
                self.kinds.get(at).cloned().unwrap_or_else(|| plain(Kind::Int))
            }
            Expr::Cast(inner, kind) => {
                let (of, collation) = self.kind(inner)?;
                if of.is_text() { (kind.clone(), collation) } else { plain(kind.clone()) }
            }
            Expr::Hex(_, kind) => plain(kind.clone()),
            Expr::Case(cases, other) => {
                let branches = cases.iter().map(|(_, expr)| expr).chain([other.as_ref()]);
                let mut kinds = Vec::new();
                for branch in branches.filter(|branch| !matches!(branch, Expr::Given(Cell::Null, _))) {
                    kinds.push(self.kind(branch)?);
                }
                let longest = kinds.iter().find(|(kind, _)| kind.is_long()).or(kinds.first()).cloned();
                longest.unwrap_or_else(|| plain(Kind::Int))
            }
            Expr::Call(name, values) => match name.as_str() {
                "DATALENGTH" => plain(Kind::BigInt),
                "HASHBYTES" => plain(Kind::Varbinary(Some(8000))),
                _ => match values.first() {
                    Some(value) => self.kind(value)?,
                    None => plain(Kind::Int),
                },
            },
            Expr::Add(a, b) => {
                let ((a, collation), (b, _)) = (self.kind(a)?, self.kind(b)?);
                let is_long = a.is_long() || b.is_long();
                match a {
                    a if a.is_text() => (Kind::NVarchar(if is_long { None } else { Some(4000) }), collation),
                    a if a.is_bytes() => {
                        (Kind::Varbinary(if is_long { None } else { Some(8000) }), collation)
                    }
                    a => (a, collation),
                }
            }
            Expr::Subtract(_, b) => self.kind(b)?,
            Expr::Collate(inner, collation) => (self.kind(inner)?.0, collation.clone()),
        })
    }

    /// The value of an expression on a row.
    pub(super) fn value(&self, expr: &Expr, row: &[Cell]) -> Result<Cell, SqlError> {
        Ok(match expr {
            Expr::Given(cell, _) => cell.clone(),
            Expr::Value(name) => self.bound(name)?.clone(),
            Expr::Column(name) => row.get(self.column(name)?).cloned().unwrap_or(Cell::Null),
            Expr::Cast(inner, kind) => {
                let (_, collation) = self.kind(inner)?;
                convert(self.value(inner, row)?, kind, &collation)?
            }
            Expr::Hex(inner, _) => match self.value(inner, row)? {
                Cell::Bytes(bytes) => Cell::Text(bytes.iter().map(|byte| format!("{byte:02X}")).collect()),
                _ => Cell::Null,
            },
            Expr::Case(cases, other) => {
                for (condition, expr) in cases {
                    if self.holds(condition, row)? == Some(true) {
                        return self.value(expr, row);
                    }
                }
                self.value(other, row)?
            }
            Expr::Call(name, values) => {
                let values =
                    values.iter().map(|value| self.value(value, row)).collect::<Result<Vec<_>, _>>()?;
                call(name, &values, &self.kind(expr)?.0)?
            }
            Expr::Add(a, b) => match (self.value(a, row)?, self.value(b, row)?) {
                (Cell::Null, _) | (_, Cell::Null) => Cell::Null,
                (Cell::Text(a), Cell::Text(b)) => Cell::Text(a + &b),
                (Cell::Bytes(a), Cell::Bytes(b)) => {
                    let mut sum = [a, b].concat();
                    if !self.kind(expr)?.0.is_long() {
                        sum.truncate(8000);
                    }
                    Cell::Bytes(sum)
                }
                (Cell::Int(a), Cell::Int(b)) => Cell::Int(a + b),
                (Cell::Float(a), Cell::Float(b)) => Cell::Float(a + b),
                _ => {
                    return Err(SqlError::new(
                        402,
                        16,
                        "The data types are incompatible in the add operator.",
                    ));
                }
            },
            Expr::Subtract(a, b) => match (self.value(a, row)?, self.value(b, row)?) {
                (Cell::Int(a), Cell::Int(b)) => Cell::Int(a - b),
                (Cell::Int(0), Cell::Decimal(digits, scale)) => Cell::Decimal(-digits, scale),
                (Cell::Int(0), Cell::Float(number)) => Cell::Float(-number),
                (Cell::Null, _) | (_, Cell::Null) => Cell::Null,
                _ => {
                    return Err(SqlError::new(
                        402,
                        16,
                        "The data types are incompatible in the subtract operator.",
                    ));
                }
            },
            Expr::Collate(inner, _) => self.value(inner, row)?,
        })
    }

    /// Whether a condition holds; `None`: neither.
    pub(super) fn holds(&self, condition: &Cond, row: &[Cell]) -> Result<Option<bool>, SqlError> {
        Ok(match condition {
            Cond::All(inner) => self.joined(inner, row, false)?,
            Cond::Any(inner) => self.joined(inner, row, true)?,
            Cond::Not(inner) => self.holds(inner, row)?.map(|holds| !holds),
            Cond::IsNull(expr) => Some(self.value(expr, row)? == Cell::Null),
            Cond::Like(value, pattern, escape) => {
                match (self.value(value, row)?, self.value(pattern, row)?) {
                    (Cell::Text(value), Cell::Text(pattern)) => Some(self.is_like(&value, &pattern, *escape)),
                    _ => None,
                }
            }
            Cond::Compare(sign, a, b) => {
                let collation = self.collation(a, b)?;
                let order = compare(&self.value(a, row)?, &self.value(b, row)?, &collation)?;
                order.map(|order| match *sign {
                    "=" => order.is_eq(),
                    "<>" => order.is_ne(),
                    "<" => order.is_lt(),
                    "<=" => order.is_le(),
                    ">" => order.is_gt(),
                    _ => order.is_ge(),
                })
            }
        })
    }

    /// The first that decides (`true` of any, `false` of all); else whether one of them was neither.
    fn joined(&self, inner: &[Cond], row: &[Cell], decides: bool) -> Result<Option<bool>, SqlError> {
        let mut joined = Some(!decides);
        for condition in inner {
            match self.holds(condition, row)? {
                Some(holds) if holds == decides => return Ok(Some(decides)),
                Some(_) => {}
                None => joined = None,
            }
        }
        Ok(joined)
    }

    /// By which collation two expressions are compared: a column's before the default.
    fn collation(&self, a: &Expr, b: &Expr) -> Result<Collation, SqlError> {
        let of_column = |expr: &Expr| matches!(expr, Expr::Column(_) | Expr::Collate(..) | Expr::Cast(..));
        let side = if of_column(a) { a } else { b };
        Ok(self.kind(side)?.1)
    }

    /// A pattern with one `%` at its end; the column's own collation is not asked, only case is passed over.
    fn is_like(&self, value: &str, pattern: &str, escape: char) -> bool {
        let mut prefix = String::new();
        let mut chars = pattern.chars();
        while let Some(c) = chars.next() {
            match c {
                '%' => break,
                c if c == escape => prefix.extend(chars.next()),
                c => prefix.push(c),
            }
        }
        value.to_lowercase().starts_with(&prefix.to_lowercase())
    }
}
