//! Which entity is meant: by identifier, and after merges.

use super::sql::Sql;
use super::{ReadError, Reader};

impl Reader {
    /// Entities that an identifier names, of one entity kind.
    pub(crate) async fn identified(
        &mut self,
        scheme: crate::ontology::Scheme,
        value: &str,
        entity_kind: i16,
    ) -> Result<Vec<i64>, ReadError> {
        let mut sql = Sql::new(self.dialect());
        let (scheme, value) = (sql.int(scheme.number().into()), sql.text(value));
        let kind = sql.int(entity_kind.into());
        let text = format!(
            "SELECT DISTINCT entity FROM identifier WHERE scheme = {scheme} AND value = {value} AND kind = {kind} \
             ORDER BY entity LIMIT 20"
        );
        self.numbers(&text, sql).await
    }

    /// Where an entity that was merged away is now; itself, if it was not.
    pub(crate) async fn survivor(
        &mut self,
        entity: i64,
        as_of: Option<crate::Seq>,
    ) -> Result<i64, ReadError> {
        const MAX_STEPS: usize = 64;
        let mut now = entity;
        for _ in 0..MAX_STEPS {
            let mut sql = Sql::new(self.dialect());
            let id = sql.int(now);
            let valid = match as_of {
                None => "until_seq IS NULL".to_owned(),
                Some(crate::Seq(seq)) => {
                    let seq = sql.int(seq);
                    format!("since_seq <= {seq} AND (until_seq IS NULL OR until_seq > {seq})")
                }
            };
            let text = format!("SELECT into_entity FROM redirect WHERE entity = {id} AND {valid}");
            match self.numbers(&text, sql).await?.first() {
                Some(next) if *next != now => now = *next,
                Some(_) | None => break,
            }
        }
        Ok(now)
    }
}
