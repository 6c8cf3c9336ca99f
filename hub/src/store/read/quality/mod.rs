//! Quality of the streams, counted: a few statements a stream, never one a row; history is looked into by key alone,
//! for records that came after the first reading.
//!
//! Invariant: takes authorised measures only; masks nothing and grants nothing.

mod rows;
mod sql;

use std::collections::BTreeMap;

use crate::clock::Timestamp;
use crate::ontology::Timely;
use crate::query::plan::{Authorised, Target};
use crate::query::quality::plan::{Dimensions, Measure};
use crate::store::apply::first_reading;
use crate::store::dialect::quoted;
use crate::store::layout::KindTable;
use crate::store::status::{Counts, MatchState};
use crate::store::{StoreError, StoredDeadLetter, StreamNumber, dead_letters};

use self::sql::number;
use super::details::time_of;
use super::sql::Sql;
use super::tables::Tables;
use super::{ReadError, Reader};

pub(crate) use rows::{FoundRow, FoundWhat};

/// A delay longer than this is told as this: some fifty years.
const LONGEST: i64 = 20_000;

/// A limit that is none: what stands inside is worked out once a row, not once for each sum around it.
const EVERYTHING: i64 = i64::MAX;

/// Flags that are not held against validity: a cell left empty is missing already, and a converted number is right.
const HARMLESS: [&str; 2] = ["TJ-D034", "TJ-D035"];

/// What was counted of one stream.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sums {
    /// Records whose row was not set aside since.
    pub(crate) records: u64,
    /// Records of every state of matching, also those whose row was set aside since.
    pub(crate) states: Counts,
    /// When the newest version of a record came.
    pub(crate) newest_at: Option<Timestamp>,
    /// Of the measured fields, in order: records of `records` that hold a value.
    pub(crate) filled: Vec<u64>,
    /// Records of `records` with a value that is flagged, and not harmlessly so.
    pub(crate) flagged: u64,
    /// Every flag, by field and code.
    pub(crate) flags: BTreeMap<(String, String), u64>,
    /// Of the rules, in order.
    pub(crate) timely: Vec<TimelySums>,
    /// Of the claims, in order.
    pub(crate) claims: Vec<ClaimSums>,
}

/// What was counted by one rule of time.
#[derive(Clone, Debug, Default)]
pub(crate) struct TimelySums {
    /// Judged.
    pub(crate) judged: u64,
    /// In time.
    pub(crate) in_time: u64,
    /// Lower median of the days.
    pub(crate) median: Option<i64>,
    /// Greatest of the days.
    pub(crate) greatest: Option<i64>,
    /// Left out: came with the first reading.
    pub(crate) first_reading: u64,
    /// Left out: a day is missing.
    pub(crate) no_day: u64,
    /// Left out: here before its day.
    pub(crate) before_its_day: u64,
    /// Left out: the rule does not hold for the day.
    pub(crate) other_time: u64,
}

/// What was counted of one golden field that a stream states.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ClaimSums {
    /// Linked records that state a value, the golden one being known.
    pub(crate) stated: u64,
    /// Of these: the golden value is the record's own.
    pub(crate) own: u64,
    /// Of the others: the same value.
    pub(crate) same: u64,
}

/// What was set aside of one stream.
#[derive(Clone, Debug, Default)]
pub(crate) struct Aside {
    /// Rows.
    pub(crate) rows: u64,
    /// Rows by code; a row with two reasons counts for both.
    pub(crate) reasons: BTreeMap<String, u64>,
    /// Rows by field and code.
    pub(crate) fields: BTreeMap<(String, String), u64>,
}

/// Which records: all, or those whose row was set aside since.
#[derive(Clone, Copy)]
enum Part {
    All,
    Stale,
}

impl Reader {
    /// Rows set aside, by stream.
    pub(crate) async fn set_aside(
        &mut self,
        streams: &[StreamNumber],
    ) -> Result<BTreeMap<StreamNumber, Aside>, ReadError> {
        let mut all: BTreeMap<StreamNumber, Aside> = BTreeMap::new();
        let (table, code, field) = self.dialect().reasons("d.reasons");
        let ids = || streams.iter().map(|stream| i64::from(stream.0)).collect::<Vec<_>>();
        let statements = [
            ("''", "''", String::new()),
            (code, "''", format!(" CROSS JOIN {table}")),
            (code, field, format!(" CROSS JOIN {table}")),
        ];
        for (at, (code, field, join)) in statements.into_iter().enumerate() {
            let mut sql = Sql::new(self.dialect());
            let ids = sql.ids(ids());
            let text = format!(
                "SELECT d.stream, {code}, {field}, count(DISTINCT d.dead_letter) FROM dead_letter AS d{join} \
                 WHERE d.stream IN {ids} AND d.state = 0 GROUP BY 1, 2, 3"
            );
            for cells in self.fetch(&text, sql).await? {
                let aside = all.entry(StreamNumber(cells.small(0)?)).or_default();
                let n = number(&cells, 3)?;
                let code = cells.opt_text(1)?.unwrap_or_default();
                match (at, cells.opt_text(2)?) {
                    (0, _) => aside.rows += n,
                    (1, _) => *aside.reasons.entry(code).or_default() += n,
                    (_, Some(field)) => *aside.fields.entry((field, code)).or_default() += n,
                    (_, None) => {}
                }
            }
        }
        Ok(all)
    }

    /// Rows of a stream set aside, by number from a number on, at most `limit`.
    pub(crate) async fn letters(
        &mut self,
        stream: StreamNumber,
        from: i64,
        limit: u32,
    ) -> Result<Vec<StoredDeadLetter>, ReadError> {
        let mut sql = Sql::new(self.dialect());
        let (stream, from) = (sql.int(stream.0.into()), sql.int(from));
        let text = format!(
            "SELECT {} FROM dead_letter WHERE stream = {stream} AND state = 0 AND dead_letter >= {from} \
             ORDER BY dead_letter LIMIT {limit}",
            dead_letters::COLUMNS
        );
        let cells = self.fetch(&text, sql).await?;
        Ok(cells.iter().map(dead_letters::read).collect::<Result<_, StoreError>>()?)
    }

    /// The streams of records.
    pub(crate) async fn streams_of_records(
        &mut self,
        records: Vec<i64>,
    ) -> Result<BTreeMap<i64, StreamNumber>, ReadError> {
        let mut sql = Sql::new(self.dialect());
        let records = sql.ids(records);
        let text = format!("SELECT record, stream FROM record_key WHERE record IN {records}");
        let cells = self.fetch(&text, sql).await?;
        let streams = cells.iter().map(|cells| Ok((cells.int(0)?, StreamNumber(cells.small(1)?))));
        Ok(streams.collect::<Result<_, StoreError>>()?)
    }

    /// Counts what is asked of one stream.
    pub(crate) async fn measure(
        &mut self,
        measure: &Authorised<Measure>,
        wanted: Dimensions,
    ) -> Result<Sums, ReadError> {
        let measure = measure.get();
        let store = self.store.clone();
        let tables = Tables { ontology: store.ontology(), layout: store.layout(), past: None };
        let table = tables.table(&Target::Records(measure.kind.clone()))?;
        let mut sums = Sums::default();
        self.totals_of(measure, table, wanted, Part::All, &mut sums).await?;
        self.totals_of(measure, table, wanted, Part::Stale, &mut sums).await?;
        if wanted.validity {
            self.flags_of(measure, table, Part::All, &mut sums).await?;
            self.flags_of(measure, table, Part::Stale, &mut sums).await?;
        }
        if wanted.timeliness && !measure.rules.is_empty() {
            let known = self.first_reading(&measure.log).await?;
            for rule in &measure.rules {
                sums.timely.push(self.timely_of(measure, table, rule, known).await?);
            }
        }
        if wanted.agreement {
            self.claims_of(measure, &tables, table, &mut sums).await?;
        }
        Ok(sums)
    }

    /// The last record of a stream's first reading; absent where none is over since this is kept.
    async fn first_reading(&mut self, log: &str) -> Result<Option<i64>, ReadError> {
        let mut sql = Sql::new(self.dialect());
        let name = sql.text(&first_reading(log));
        let cells = self.fetch(&format!("SELECT value FROM meta WHERE name = {name}"), sql).await?;
        let text = cells.first().map(|cells| cells.text(0)).transpose()?;
        Ok(text.and_then(|text| text.parse().ok()))
    }

    async fn totals_of(
        &mut self,
        measure: &Measure,
        table: &KindTable,
        wanted: Dimensions,
        part: Part,
        sums: &mut Sums,
    ) -> Result<(), ReadError> {
        let fields = match wanted.completeness {
            true => measure.fields.iter().filter_map(|field| table.fields.get(*field)).collect(),
            false => Vec::new(),
        };
        let counted: String = fields.iter().map(|field| format!(", count(r.{})", quoted(field))).collect();
        let mut sql = Sql::new(self.dialect());
        let from = from(measure, table, part, &mut sql);
        let states = [MatchState::NotMatched, MatchState::Linked, MatchState::Waiting, MatchState::Nobody];
        let states: String = states
            .iter()
            .map(|state| format!(", {}", sql::sum(&format!("k.state = {}", state.number()))))
            .collect();
        let text = format!("SELECT count(*), max(r.since_seq){states}{counted} {from}");
        let cells = self.fetch(&text, sql).await?;
        let Some(cells) = cells.first() else { return Ok(()) };
        let records = number(cells, 0)?;
        let filled: Vec<u64> =
            (0..fields.len()).map(|at| number(cells, 6 + at)).collect::<Result<_, StoreError>>()?;
        match part {
            Part::All => {
                sums.records = records;
                sums.filled = filled;
                sums.states.not_matched = number(cells, 2)?;
                sums.states.linked = number(cells, 3)?;
                sums.states.waiting = number(cells, 4)?;
                sums.states.nobody = number(cells, 5)?;
                if let Some(newest) = cells.opt_int(1)? {
                    sums.newest_at = self.moment_of(newest).await?;
                }
            }
            Part::Stale => {
                sums.records = sums.records.saturating_sub(records);
                for (all, stale) in sums.filled.iter_mut().zip(filled) {
                    *all = all.saturating_sub(stale);
                }
            }
        }
        Ok(())
    }

    async fn moment_of(&mut self, seq: i64) -> Result<Option<Timestamp>, ReadError> {
        let mut sql = Sql::new(self.dialect());
        let seq = sql.int(seq);
        let found = self.fetch(&format!("SELECT {}", time_of(&seq)), sql).await?;
        Ok(found.first().map(|cells| cells.opt_int(0)).transpose()?.flatten().map(Timestamp))
    }

    async fn flags_of(
        &mut self,
        measure: &Measure,
        table: &KindTable,
        part: Part,
        sums: &mut Sums,
    ) -> Result<(), ReadError> {
        let mut sql = Sql::new(self.dialect());
        let from = from(measure, table, part, &mut sql);
        let text = format!("SELECT r.flags, count(*) {from} AND r.flags IS NOT NULL GROUP BY r.flags");
        for cells in self.fetch(&text, sql).await? {
            let (flags, n) = (cells.text(0)?, number(&cells, 1)?);
            let add = |total: &mut u64| match part {
                Part::All => *total += n,
                Part::Stale => *total = total.saturating_sub(n),
            };
            if rows::flags(&flags).any(|(_, code)| !HARMLESS.contains(&code)) {
                add(&mut sums.flagged);
            }
            for (field, code) in rows::flags(&flags) {
                add(sums.flags.entry((field.to_owned(), code.to_owned())).or_default());
            }
        }
        sums.flags.retain(|_, n| *n > 0);
        Ok(())
    }

    async fn timely_of(
        &mut self,
        measure: &Measure,
        table: &KindTable,
        rule: &Timely,
        known: Option<i64>,
    ) -> Result<TimelySums, ReadError> {
        let mut sql = Sql::new(self.dialect());
        let ruled = sql::ruled(table, rule, "t", known, &mut sql)?;
        let from = from(measure, table, Part::All, &mut sql);
        let text = format!(
            "SELECT class, CASE WHEN delay > {LONGEST} THEN {LONGEST} ELSE delay END AS days, count(*) FROM \
             (SELECT {class} AS class, CASE WHEN {class} = {judged} THEN {delay} END AS delay FROM \
             (SELECT {columns} {from} LIMIT {EVERYTHING}) AS t0) AS t1 GROUP BY 1, 2 ORDER BY 1, 2",
            class = ruled.class,
            judged = sql::JUDGED,
            delay = ruled.delay,
            columns = ruled.columns,
        );
        let mut sums = TimelySums::default();
        let mut delays: Vec<(i64, u64)> = Vec::new();
        for cells in self.fetch(&text, sql).await? {
            let n = number(&cells, 2)?;
            match cells.int(0)? {
                sql::JUDGED => delays.push((cells.int(1)?, n)),
                sql::NO_DAY => sums.no_day += n,
                sql::OTHER_TIME => sums.other_time += n,
                sql::FIRST_READING => sums.first_reading += n,
                _ => sums.before_its_day += n,
            }
        }
        sums.judged = delays.iter().map(|(_, n)| n).sum();
        sums.in_time = delays.iter().filter(|(days, _)| *days <= i64::from(rule.days)).map(|(_, n)| n).sum();
        sums.greatest = delays.last().map(|(days, _)| *days);
        let mut before = 0;
        let middle = delays.iter().find(|(_, n)| {
            before += n;
            before * 2 >= sums.judged
        });
        sums.median = middle.map(|(days, _)| *days);
        Ok(sums)
    }

    async fn claims_of(
        &mut self,
        measure: &Measure,
        tables: &Tables<'_>,
        table: &KindTable,
        sums: &mut Sums,
    ) -> Result<(), ReadError> {
        sums.claims = vec![ClaimSums::default(); measure.claims.len()];
        for with in sql::compared_with(measure) {
            let of_it: Vec<(usize, &_)> = measure
                .claims
                .iter()
                .enumerate()
                .filter(|(_, claim)| (&claim.role, &claim.entity) == (&with.role, &with.entity))
                .collect();
            let mut sql = Sql::new(self.dialect());
            let stream = sql.int(measure.stream.0.into());
            let joined = sql::joined(tables, measure, with, 0, "JOIN")?;
            let (mut classes, mut counted) = (Vec::new(), Vec::new());
            for (place, (_, claim)) in of_it.iter().enumerate() {
                let claimed = sql::claimed(table, claim, 0, self.dialect());
                classes.push(format!("{} AS c{place}", claimed.class()));
                for class in ["> 0", "= 1", "= 2"] {
                    counted.push(sql::sum(&format!("c{place} {class}")));
                }
            }
            let text = format!(
                "SELECT {} FROM (SELECT {} FROM record_key AS k JOIN {} AS r ON r.record = k.record {joined} \
                 WHERE k.stream = {stream} AND k.deleted_seq IS NULL LIMIT {EVERYTHING}) AS q",
                counted.join(", "),
                classes.join(", "),
                table.table
            );
            for cells in self.fetch(&text, sql).await? {
                for (place, (at, _)) in of_it.iter().enumerate() {
                    if let Some(claim) = sums.claims.get_mut(*at) {
                        claim.stated = number(&cells, place * 3)?;
                        claim.own = number(&cells, place * 3 + 1)?;
                        claim.same = number(&cells, place * 3 + 2)?;
                    }
                }
            }
        }
        Ok(())
    }
}

/// FROM and WHERE over the records of a stream, as `k` and `r`.
fn from(measure: &Measure, table: &KindTable, part: Part, sql: &mut Sql) -> String {
    let stream = sql.int(measure.stream.0.into());
    let record = format!("JOIN {} AS r ON r.record = k.record", table.table);
    match part {
        Part::All => {
            format!("FROM record_key AS k {record} WHERE k.stream = {stream} AND k.deleted_seq IS NULL")
        }
        Part::Stale => format!(
            "FROM dead_letter AS d JOIN record_key AS k ON k.stream = d.stream AND k.source_key = d.source_key \
             {record} WHERE d.stream = {stream} AND d.state = 0 AND k.deleted_seq IS NULL"
        ),
    }
}
