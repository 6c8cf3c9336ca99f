//! Counts for people who run the hub.

use crate::store::session::Cells;

use super::sql::Sql;
use super::{ReadError, Reader};

/// How many records of a stream are in one state of 记名.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StateCount {
    /// Number of the stream.
    pub stream: i16,
    /// 0 the kind has no party role, 1 记名成功, 2 处理中, 3 不成功.
    pub state: i16,
    /// Records.
    pub n_records: u64,
}

impl Reader {
    /// Records by stream and state; those deleted at their source are not counted.
    pub(crate) async fn state_counts(&mut self) -> Result<Vec<StateCount>, ReadError> {
        let sql = Sql::new(self.dialect());
        let text = "SELECT stream, state, count(*) FROM record_key WHERE deleted_seq IS NULL \
                    GROUP BY stream, state ORDER BY stream, state";
        let one = |cells: &Cells| -> Result<StateCount, ReadError> {
            let n_records = u64::try_from(cells.int(2)?).unwrap_or_default();
            Ok(StateCount { stream: cells.small(0)?, state: cells.small(1)?, n_records })
        };
        self.fetch(text, sql).await?.iter().map(one).collect()
    }

    /// Dead letters by stream; dropped ones are not counted.
    pub(crate) async fn dead_letter_counts(&mut self) -> Result<Vec<(i16, u64)>, ReadError> {
        let sql = Sql::new(self.dialect());
        let text = "SELECT stream, count(*) FROM dead_letter WHERE state = 0 GROUP BY stream ORDER BY stream";
        let one = |cells: &Cells| -> Result<(i16, u64), ReadError> {
            Ok((cells.small(0)?, u64::try_from(cells.int(1)?).unwrap_or_default()))
        };
        self.fetch(text, sql).await?.iter().map(one).collect()
    }

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
    pub(crate) async fn survivor(&mut self, entity: i64, as_of: Option<crate::Seq>) -> Result<i64, ReadError> {
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
