//! Statements of owners, who make tables, fill and change them.

use super::parser::{Declared, Parser, Statement};
use super::wire::SqlError;

impl Parser {
    pub(super) fn change(&mut self) -> Result<Statement, SqlError> {
        if self.key("CREATE TABLE") {
            return self.create();
        }
        if self.key("DROP TABLE") {
            let if_exists = self.key("IF EXISTS");
            return Ok(Statement::Drop { table: self.table()?, if_exists });
        }
        if self.key("INSERT INTO") {
            return self.insert();
        }
        if self.key("UPDATE") {
            let table = self.table()?;
            self.need("SET")?;
            let mut sets = Vec::new();
            loop {
                let column = self.name()?;
                self.need("=")?;
                sets.push((column, self.expr()?));
                if !self.sign(",") {
                    break;
                }
            }
            return Ok(Statement::Update { table, sets, condition: self.condition_after_where()? });
        }
        if self.key("DELETE FROM") {
            let table = self.table()?;
            return Ok(Statement::Delete { table, condition: self.condition_after_where()? });
        }
        if self.key("ALTER TABLE") {
            let table = self.table()?;
            return if self.key("ADD") {
                Ok(Statement::AddColumn { table, column: self.declared()? })
            } else if self.key("DROP COLUMN") {
                Ok(Statement::DropColumn { table, column: self.name()? })
            } else if self.key("ALTER COLUMN") {
                Ok(Statement::AlterColumn { table, column: self.declared()? })
            } else {
                self.fail()
            };
        }
        if self.key("IF DB_ID") {
            // `IF DB_ID(N'name') IS NULL CREATE DATABASE [name]`
            self.need("(")?;
            let name = self.text()?;
            self.need(")")?;
            if !self.key("IS NULL CREATE DATABASE") || self.name()? != name {
                return self.fail();
            }
            return Ok(Statement::CreateDatabase(name));
        }
        if self.key("ALTER DATABASE") {
            self.name()?;
            return if self.key("SET ALLOW_SNAPSHOT_ISOLATION ON") {
                Ok(Statement::Set)
            } else {
                self.fail()
            };
        }
        if self.key("EXEC sp_addextendedproperty") {
            return self.comment();
        }
        if self.key("EXEC sp_rename") {
            let place = self.text()?;
            self.need(",")?;
            let name = self.text()?;
            self.need(",")?;
            if self.text()? != "COLUMN" {
                return self.fail();
            }
            let place = place.strip_prefix("dbo.").unwrap_or(&place);
            let Some((table, column)) = place.split_once('.') else { return self.fail() };
            return Ok(Statement::Rename { table: table.to_owned(), column: column.to_owned(), name });
        }
        self.fail()
    }

    /// `N'MS_Description', N'words', N'SCHEMA', N'dbo', N'TABLE', N'table'`, perhaps `, N'COLUMN', N'column'`.
    fn comment(&mut self) -> Result<Statement, SqlError> {
        let mut texts = vec![self.text()?];
        while self.sign(",") {
            texts.push(self.text()?);
        }
        match texts.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            ["MS_Description", words, "SCHEMA", "dbo", "TABLE", table, ref rest @ ..] => {
                let column = match rest {
                    [] => None,
                    ["COLUMN", column] => Some((*column).to_owned()),
                    _ => return self.fail(),
                };
                Ok(Statement::Comment { table: table.to_owned(), column, words: words.to_owned() })
            }
            _ => self.fail(),
        }
    }

    fn create(&mut self) -> Result<Statement, SqlError> {
        let table = self.table()?;
        self.need("(")?;
        let mut columns = Vec::new();
        let mut key = Vec::new();
        loop {
            if self.key("PRIMARY KEY") {
                self.need("(")?;
                key = self.names()?;
            } else {
                columns.push(self.declared()?);
            }
            if self.sign(")") {
                break;
            }
            self.need(",")?;
        }
        key.extend(columns.iter().filter(|column| column.is_key).map(|column| column.name.clone()));
        Ok(Statement::Create { table, columns, key })
    }

    /// Names up to the closing bracket.
    fn names(&mut self) -> Result<Vec<String>, SqlError> {
        let mut names = vec![self.name()?];
        while self.sign(",") {
            names.push(self.name()?);
        }
        self.need(")")?;
        Ok(names)
    }

    fn declared(&mut self) -> Result<Declared, SqlError> {
        let name = self.name()?;
        let kind = self.kind()?;
        let (mut collation, mut is_nullable, mut is_key, mut default) = (None, true, false, None);
        loop {
            if self.key("COLLATE") {
                collation = Some(self.collation()?);
            } else if self.key("NOT NULL") {
                is_nullable = false;
            } else if self.key("NULL") {
                is_nullable = true;
            } else if self.key("PRIMARY KEY") {
                (is_key, is_nullable) = (true, false);
            } else if self.key("DEFAULT") {
                default = Some(self.expr()?);
                self.key("WITH VALUES");
            } else {
                break;
            }
        }
        if kind.is_text() && collation.is_none() {
            collation = Some(self.collation.clone());
        }
        Ok(Declared { name, kind, collation, is_nullable, is_key, default })
    }

    fn insert(&mut self) -> Result<Statement, SqlError> {
        let table = self.table()?;
        let columns = if self.sign("(") { Some(self.names()?) } else { None };
        self.need("VALUES")?;
        let mut rows = Vec::new();
        loop {
            self.need("(")?;
            let mut row = vec![self.expr()?];
            while self.sign(",") {
                row.push(self.expr()?);
            }
            self.need(")")?;
            rows.push(row);
            if !self.sign(",") {
                return Ok(Statement::Insert { table, columns, rows });
            }
        }
    }
}
