//! The rows behind the numbers: records of a stream in which something was found, by record, a page at a time.

use contract::SourceKey;

use crate::ontology::Timely;
use crate::query::plan::{Authorised, Target};
use crate::query::quality::plan::{Measure, Search};
use crate::store::status::MatchState;
use crate::store::{StoreError, session::Cells};
use crate::{EntityId, FieldValue, RecordId};

use super::super::list::Reading;
use super::super::sql::{Sql, position_of};
use super::super::tables::Tables;
use super::super::{ReadError, Reader};
use super::sql;

/// A record in which something was found.
#[derive(Clone, Debug)]
pub(crate) struct FoundRow {
    /// The record.
    pub(crate) record: RecordId,
    /// Its key at the source.
    pub(crate) key: SourceKey,
    /// Whom it speaks of.
    pub(crate) party: Option<EntityId>,
    /// Of the measured fields, in order.
    pub(crate) values: Vec<FieldValue>,
    /// What was found, in the order of the search.
    pub(crate) what: Vec<FoundWhat>,
}

/// What was found in a record.
#[derive(Clone, Debug)]
pub(crate) enum FoundWhat {
    /// A flagged value.
    Flag {
        /// Field.
        field: String,
        /// Code of the flag.
        code: String,
    },
    /// Late by a rule.
    Late {
        /// Index of the rule.
        rule: usize,
        /// Days that it took.
        days: i64,
    },
    /// 处理中 or 不成功.
    Unmatched(MatchState),
    /// Another value than the golden one.
    Differs {
        /// Index of the claim.
        claim: usize,
        /// The golden value.
        golden: FieldValue,
        /// The record behind it.
        behind: Option<RecordId>,
    },
    /// No value; index of the field among the measured.
    Missing(usize),
}

/// The statement of a search, and where its columns are.
struct Statement<'m> {
    measure: &'m Measure,
    search: &'m Search,
    rules: Vec<(usize, &'m Timely)>,
    values: Reading,
    golden: Vec<Reading>,
}

/// Columns before those of rules.
const BEFORE: usize = 6;

impl Reader {
    /// Records in which something of the search is found, from a record on, at most `limit`.
    pub(crate) async fn found_rows(
        &mut self,
        measure: &Authorised<Measure>,
        search: &Search,
        from: i64,
        limit: u32,
    ) -> Result<Vec<FoundRow>, ReadError> {
        let measure = measure.get();
        let store = self.store.clone();
        let tables = Tables { ontology: store.ontology(), layout: store.layout(), past: None };
        let known = self.first_reading(&measure.log).await?;
        let mut sql = Sql::new(self.dialect());
        let Some((statement, text)) =
            Statement::written(measure, search, &tables, known, (from, limit), &mut sql)?
        else {
            return Ok(Vec::new());
        };
        let cells = self.fetch(&text, sql).await?;
        Ok(cells.iter().map(|cells| statement.row(cells)).collect::<Result<_, StoreError>>()?)
    }
}

impl<'m> Statement<'m> {
    /// The statement; `None` where the search can find nothing.
    fn written(
        measure: &'m Measure,
        search: &'m Search,
        tables: &Tables<'_>,
        known: Option<i64>,
        (from, limit): (i64, u32),
        sql: &mut Sql,
    ) -> Result<Option<(Statement<'m>, String)>, ReadError> {
        let table = tables.table(&Target::Records(measure.kind.clone()))?;
        let names = measure.fields.iter().filter_map(|field| table.fields.get(*field));
        let values = Reading::new(table, names.map(String::as_str))?;
        let rules: Vec<(usize, &Timely)> =
            search.rules.iter().filter_map(|at| Some((*at, measure.rules.get(*at)?))).collect();
        let (mut inner, mut outer) = (String::new(), String::new());
        let mut conditions = conditions(search, &values, sql);
        for (n, (_, rule)) in rules.iter().enumerate() {
            let ruled = sql::ruled(table, rule, &format!("t{n}"), known, sql)?;
            inner.push_str(&format!(", {}", ruled.columns));
            outer.push_str(&format!(", {}, {}", ruled.class, ruled.delay));
            let (class, delay, judged) = (ruled.class, ruled.delay, sql::JUDGED);
            conditions.push(format!("({class} = {judged} AND {delay} > {})", rule.days));
        }
        let (mut joins, mut golden_columns) = (party(tables, measure), String::new());
        let mut golden = Vec::new();
        for (n, with) in sql::compared_with(measure).into_iter().enumerate() {
            let claims = search.claims.iter().filter_map(|at| measure.claims.get(*at));
            let claims: Vec<_> =
                claims.filter(|claim| (&claim.role, &claim.entity) == (&with.role, &with.entity)).collect();
            let entity = tables.table(&Target::Entities(with.entity.clone()))?;
            let reading = Reading::new(entity, claims.iter().map(|claim| claim.golden.as_str()))?;
            if !claims.is_empty() {
                joins.push_str(&sql::joined(tables, measure, with, n, " LEFT JOIN")?);
                inner.push_str(&reading.aliased(&format!("e{n}"), &format!("g{n}_")));
                golden_columns.push_str(&reading.names(&format!("g{n}_")));
            }
            golden.push(reading);
        }
        for at in &search.claims {
            let Some((claim, n)) = claim_at(measure, *at) else { continue };
            let claimed = sql::claimed(table, claim, n, sql.dialect);
            inner.push_str(&format!(
                ", CASE WHEN {} = 3 THEN 1 ELSE 0 END AS d{at}, {} AS b{at}",
                claimed.class(),
                claimed.behind
            ));
            outer.push_str(&format!(", d{at}, b{at}"));
            conditions.push(format!("d{at} = 1"));
        }
        if conditions.is_empty() {
            return Ok(None);
        }
        let (stream, from) = (sql.int(measure.stream.0.into()), sql.int(from));
        let party = if joins.contains(" AS p ") { "p.entity" } else { "NULL" };
        let text = format!(
            "SELECT id__, key__, state__, flags__, party__, stale__{outer}{values}{golden_columns} FROM \
             (SELECT k.record AS id__, k.source_key AS key__, k.state AS state__, r.flags AS flags__, \
             {party} AS party__, CASE WHEN {stale} THEN 1 ELSE 0 END AS stale__{inner}{columns} \
             FROM {table} AS r CROSS JOIN record_key AS k{joins} \
             WHERE k.record = r.record AND r.record >= {from} AND k.stream = {stream} AND k.deleted_seq IS NULL) \
             AS q WHERE {found} ORDER BY id__ LIMIT {limit}",
            values = values.names("v_"),
            columns = values.aliased("r", "v_"),
            stale = sql::IS_STALE,
            table = table.table,
            found = conditions.join(" OR "),
        );
        Ok(Some((Statement { measure, search, rules, values, golden }, text)))
    }

    fn row(&self, cells: &Cells) -> Result<FoundRow, StoreError> {
        let (state, flags, is_stale) = (cells.int(2)?, cells.opt_text(3)?, cells.int(5)? != 0);
        let claims_at = BEFORE + 2 * self.rules.len();
        let claims: Vec<(usize, usize)> = self.search.claims.iter().copied().zip(0..).collect();
        let values_at = claims_at + 2 * claims.len();
        let values = self.values.values_at(cells, values_at)?;
        let mut what = Vec::new();
        if let (Some(flags), Some(search), false) = (&flags, &self.search.flags, is_stale) {
            let found = self::flags(flags).filter(|(field, code)| {
                search.field.as_ref().is_none_or(|wanted| wanted == field)
                    && search.code.as_ref().is_none_or(|wanted| wanted == code)
                    && self.measure.is_told(field)
            });
            what.extend(
                found.map(|(field, code)| FoundWhat::Flag { field: field.into(), code: code.into() }),
            );
        }
        for (n, (rule, timely)) in self.rules.iter().enumerate() {
            let at = BEFORE + 2 * n;
            if cells.int(at)? == sql::JUDGED
                && let Some(days) = cells.opt_int(at + 1)?.filter(|days| *days > i64::from(timely.days))
            {
                what.push(FoundWhat::Late { rule: *rule, days });
            }
        }
        let state = MatchState::of_number(state).filter(|state| self.search.states.contains(state));
        what.extend(state.map(FoundWhat::Unmatched));
        for (claim, place) in claims {
            let at = claims_at + 2 * place;
            if cells.int(at)? == 1 {
                let golden = self.golden_value(cells, values_at, claim)?;
                let behind = cells.opt_int(at + 1)?.map(RecordId);
                what.push(FoundWhat::Differs { claim, golden, behind });
            }
        }
        let is_missing = |field: &&usize| values.get(**field).is_some_and(FieldValue::is_null);
        if !is_stale {
            what.extend(self.search.missing.iter().filter(is_missing).copied().map(FoundWhat::Missing));
        }
        Ok(FoundRow {
            record: RecordId(cells.int(0)?),
            key: SourceKey(cells.text(1)?),
            party: cells.opt_int(4)?.map(EntityId),
            values,
            what,
        })
    }

    fn golden_value(&self, cells: &Cells, values_at: usize, claim: usize) -> Result<FieldValue, StoreError> {
        let Some((claim, n)) = claim_at(self.measure, claim) else { return Ok(FieldValue::Null) };
        let before: usize = self.golden.iter().take(n).map(Reading::n_columns).sum();
        let at = values_at + self.values.n_columns() + before;
        let Some(reading) = self.golden.get(n) else { return Ok(FieldValue::Null) };
        let place = reading.fields.iter().position(|field| *field == claim.golden);
        let values = reading.values_at(cells, at)?;
        Ok(place.and_then(|place| values.into_iter().nth(place)).unwrap_or(FieldValue::Null))
    }
}

/// Field and code of each flag of a record.
pub(super) fn flags(flags: &str) -> impl Iterator<Item = (&str, &str)> {
    flags.split(' ').filter_map(|flag| flag.split_once(':'))
}

/// A claim, and the number of the entity it is compared with.
fn claim_at(measure: &Measure, at: usize) -> Option<(&crate::query::quality::plan::Claim, usize)> {
    let claim = measure.claims.get(at)?;
    let with = sql::compared_with(measure);
    let n = with.iter().position(|with| (&with.role, &with.entity) == (&claim.role, &claim.entity))?;
    Some((claim, n))
}

/// What is found without rules and claims: flags, states, what is missing.
fn conditions(search: &Search, values: &Reading, sql: &mut Sql) -> Vec<String> {
    let mut conditions = Vec::new();
    if let Some(flags) = &search.flags {
        let part = match (&flags.field, &flags.code) {
            (None, None) => None,
            (Some(field), None) => Some(format!(" {field}:")),
            (None, Some(code)) => Some(format!(":{code} ")),
            (Some(field), Some(code)) => Some(format!(" {field}:{code} ")),
        };
        let within = part.map_or_else(String::new, |part| {
            let part = sql.text(&part);
            format!(" AND {} > 0", position_of(sql.dialect, "(' ' || flags__ || ' ')", &part))
        });
        conditions.push(format!("(flags__ IS NOT NULL AND stale__ = 0{within})"));
    }
    conditions.extend(search.states.iter().map(|state| format!("state__ = {}", state.number())));
    let missing = search.missing.iter().filter_map(|field| values.first_name("v_", *field));
    conditions.extend(missing.map(|column| format!("({column} IS NULL AND stale__ = 0)")));
    conditions
}

/// Joins whom the record speaks of in its party role, as `p`.
fn party(tables: &Tables<'_>, measure: &Measure) -> String {
    tables.party(&measure.kind).map_or_else(String::new, |role| {
        format!(" LEFT JOIN link AS p ON p.record = k.record AND p.role = {role} AND p.until_seq IS NULL")
    })
}
