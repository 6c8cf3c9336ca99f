//! Many small rows read as one text: a row a driver call costs more than the reading itself.

use super::StoreError;

/// Reads what [`super::dialect::Dialect::packed`] writes: `n1:n2:…:length:text`, without anything between rows.
pub(crate) struct Packed<'a> {
    rest: &'a str,
}

impl<'a> Packed<'a> {
    /// The rows of a packed text.
    pub(crate) fn of(text: &'a str) -> Packed<'a> {
        Packed { rest: text }
    }

    /// The next number's text; `None` at the end.
    pub(crate) fn field(&mut self) -> Result<Option<&'a str>, StoreError> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let Some((field, rest)) = self.rest.split_once(':') else { return Err(damaged()) };
        self.rest = rest;
        Ok(Some(field))
    }

    /// The text that ends a row.
    pub(crate) fn text(&mut self) -> Result<&'a str, StoreError> {
        let length: usize = self.field()?.and_then(|field| field.parse().ok()).ok_or_else(damaged)?;
        let text = self.rest.get(..length).ok_or_else(damaged)?;
        self.rest = self.rest.get(length..).ok_or_else(damaged)?;
        Ok(text)
    }
}

fn damaged() -> StoreError {
    StoreError::Unreadable { words: "packed rows are not whole".to_owned() }
}
