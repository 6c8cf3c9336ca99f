//! What the store remembers of itself, by name.

use super::session::Param;
use super::{Store, StoreError};

impl Store {
    /// What is remembered under a name.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) async fn meta(&self, name: &str) -> Result<Option<String>, StoreError> {
        let sql = "SELECT value FROM meta WHERE name = $1";
        let row = self.reader().await?.fetch_first(sql, &[Param::Text(name.to_owned())]).await?;
        row.map(|row| row.text(0)).transpose()
    }

    /// Remembers a text under a name.
    ///
    /// # Errors
    /// When the store fails, or is open for reading only.
    pub(crate) async fn set_meta(&self, name: &str, value: &str) -> Result<(), StoreError> {
        self.may_write()?;
        let mut writer = self.inner.writer.lock().await;
        let mut session = writer.begin(&self.inner.pools).await?;
        let sql = "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        session.execute(sql, &[Param::Text(name.to_owned()), Param::Text(value.to_owned())]).await?;
        session.commit().await
    }
}
