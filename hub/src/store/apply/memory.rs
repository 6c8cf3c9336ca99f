//! What the writer remembers between batches to save questions. After a failure it is read again.

use crate::resolve::Identifier;
use crate::store::StoreError;
use crate::store::behind::Queue;
use crate::store::packed::Packed;
use crate::store::session::{Cells, Param, Session};

use super::filter::Filter;
use super::judged::Judgements;

/// Beyond this many identifiers a filter would say "perhaps" to nearly all: none is kept.
const MOST: i64 = 20_000_000;

/// Rows of one page.
const PAGE: i64 = 20_000;

/// Entries after which the filters are read: for fewer, asking the store costs less than reading all there is.
const FEW: usize = 2_000;

/// Filters over what is claimed and what waits, and the judgements in force.
#[derive(Debug, Default)]
pub(in crate::store) struct Memory {
    loaded: Option<Loaded>,
    /// Entries applied before the filters are read.
    n_entries: usize,
    has_filters: bool,
}

/// Once read.
#[derive(Debug)]
pub(super) struct Loaded {
    pub(super) claims: Option<Filter>,
    pub(super) mentions: Option<Filter>,
    pub(super) judgements: Judgements,
}

impl Loaded {
    /// Whether nobody claims an identifier, as far as is known without asking the store.
    pub(super) fn is_unclaimed(&self, identifier: &Identifier) -> bool {
        self.claims.as_ref().is_some_and(|filter| !filter.may_contain(identifier.scheme, &identifier.value))
    }

    /// Somebody claims it from now on.
    pub(super) fn remember(&mut self, identifier: &Identifier) {
        if let Some(filter) = &mut self.claims {
            filter.insert(identifier.scheme, &identifier.value);
        }
    }
}

impl Memory {
    /// Reads what is not in memory and is needed for this many entries.
    pub(super) async fn ready(&mut self, session: &mut Session, n_entries: usize) -> Result<(), StoreError> {
        let loaded = match &mut self.loaded {
            Some(loaded) => loaded,
            None => self.loaded.insert(Loaded {
                claims: None,
                mentions: None,
                judgements: Judgements::load(session).await?,
            }),
        };
        self.n_entries += n_entries;
        if !self.has_filters && self.n_entries > FEW {
            loaded.claims = filter(session, Queue::Ahead).await?;
            loaded.mentions = filter(session, Queue::Usual).await?;
            self.has_filters = true;
        }
        Ok(())
    }

    /// What was read. Nothing is known before [`Memory::ready`].
    pub(super) fn get(&self) -> Option<&Loaded> {
        self.loaded.as_ref()
    }

    pub(super) fn get_mut(&mut self) -> Option<&mut Loaded> {
        self.loaded.as_mut()
    }

    /// Judgements changed: reads them again, within the transaction that changed them.
    pub(in crate::store) async fn reload_judgements(
        &mut self,
        session: &mut Session,
    ) -> Result<(), StoreError> {
        self.ready(session, 0).await?;
        if let Some(loaded) = &mut self.loaded {
            loaded.judgements = Judgements::load(session).await?;
        }
        Ok(())
    }

    /// Reads all of it again with the next batch.
    pub(in crate::store) fn forget(&mut self) {
        *self = Memory::default();
    }
}

/// A filter over a table. It is asked in the queue in which the table's rows are written: what was written a moment ago must
/// be in it, for what a filter lacks is never asked for again.
async fn filter(session: &mut Session, queue: Queue) -> Result<Option<Filter>, StoreError> {
    let table = match queue {
        Queue::Ahead => "identifier",
        Queue::Usual => "mention",
    };
    let count = format!("SELECT count(*) FROM (SELECT 1 FROM {table} LIMIT {MOST}) AS n");
    let n = first(session, queue, &count, &[]).await?.map(|row| row.int(0)).transpose()?;
    if n.is_none_or(|n| n >= MOST) {
        return Ok(None);
    }
    let mut filter = Filter::new();
    let from = format!(
        "SELECT scheme, value FROM {table} WHERE (scheme, value) > ($1, $2) ORDER BY scheme, value LIMIT {PAGE}"
    );
    let sql = session.dialect().packed(&["scheme"], "value", &from);
    let mut after = (0_i16, String::new());
    loop {
        let params = [Param::Int(after.0.into()), Param::Text(after.1.clone())];
        let row = first(session, queue, &sql, &params).await?;
        let Some(page) = row.map(|row| row.opt_text(0)).transpose()?.flatten() else {
            return Ok(Some(filter));
        };
        let mut packed = Packed::of(&page);
        while let Some(scheme) = packed.field()? {
            let scheme = scheme.parse().unwrap_or_default();
            let value = packed.text()?;
            filter.insert_number(scheme, value);
            if (scheme, value) > (after.0, after.1.as_str()) {
                after = (scheme, value.to_owned());
            }
        }
    }
}

async fn first(
    session: &mut Session,
    queue: Queue,
    sql: &str,
    params: &[Param],
) -> Result<Option<Cells>, StoreError> {
    Ok(session.fetch_in(queue, sql, params).await?.into_iter().next())
}
