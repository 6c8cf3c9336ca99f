//! The pieces of SQL that quality is measured with: the same text counts rows and finds them, so that a number and its
//! rows cannot differ.

use jiff::civil::{Date, date};

use crate::ontology::{Calendar, DayCount, FieldType, Shift, Timely};
use crate::query::quality::plan::{Claim, Measure};
use crate::store::StoreError;
use crate::store::dialect::{Dialect, quoted};
use crate::store::layout::KindTable;
use crate::store::session::Cells;

use super::super::details::time_of;
use super::super::sql::Sql;
use super::super::tables::Tables;

/// Microseconds from midnight at Greenwich to midnight in China, the day's own length, and days that keep the
/// division away from negative numbers.
const EAST: i64 = 28_800_000_000;
const DAY: i64 = 86_400_000_000;
const BEFORE: i64 = 1_000_000;

/// Condition: a row of the record's key was set aside since, and the record says what stood there before.
pub(super) const IS_STALE: &str = "EXISTS (SELECT 1 FROM dead_letter AS d WHERE d.stream = k.stream \
                                   AND d.source_key = k.source_key AND d.state = 0)";

/// A timely rule over a record, as columns: `{name}_from` and `{name}_to` are days since 1970 or NULL, `{name}_class`
/// says whether it is judged.
pub(super) struct Ruled {
    /// Columns for the inner statement, over `k` and `r`.
    pub(super) columns: String,
    /// Over the inner statement: one of the `CLASS_…`.
    pub(super) class: String,
    /// Over the inner statement: days that count, where judged.
    pub(super) delay: String,
}

/// Judged.
pub(super) const JUDGED: i64 = 0;
/// A day is missing.
pub(super) const NO_DAY: i64 = 1;
/// The rule does not hold for the day.
pub(super) const OTHER_TIME: i64 = 2;
/// It came with the first reading: nobody knows when it became known at the source.
pub(super) const FIRST_READING: i64 = 3;
/// It was here before its day: the day cannot be right.
pub(super) const BEFORE_ITS_DAY: i64 = 4;

/// A rule as SQL. `known` is the last record of the first reading.
pub(super) fn ruled(
    table: &KindTable,
    rule: &Timely,
    name: &str,
    known: Option<i64>,
    sql: &mut Sql,
) -> Result<Ruled, StoreError> {
    let from = day_of(table, rule.from, sql.dialect)?;
    let came_later =
        known.map_or_else(|| "1 = 0".to_owned(), |known| format!("k.record > {}", sql.int(known)));
    let (to, is_known) = match rule.to {
        Some(to) => (day_of(table, to, sql.dialect)?, "1".to_owned()),
        None => {
            let first = format!(
                "coalesce((SELECT min(h.since_seq) FROM {} AS h WHERE h.record = k.record), r.since_seq)",
                table.history
            );
            let arrival = moment_day(&time_of(&first));
            (
                format!("CASE WHEN {came_later} THEN {arrival} END"),
                format!("CASE WHEN {came_later} THEN 1 ELSE 0 END"),
            )
        }
    };
    let mut holds = "1 = 1".to_owned();
    for (day, compare) in [(rule.since, ">="), (rule.until, "<")] {
        if let Some(day) = day {
            holds.push_str(&format!(" AND {name}_from {compare} {}", sql.int(day_number(day))));
        }
    }
    let class = format!(
        "CASE WHEN {name}_from IS NULL THEN {NO_DAY} WHEN NOT ({holds}) THEN {OTHER_TIME} \
         WHEN {name}_known = 0 THEN {FIRST_READING} WHEN {name}_to IS NULL THEN {NO_DAY} \
         WHEN {name}_to < {name}_from THEN {BEFORE_ITS_DAY} ELSE {JUDGED} END"
    );
    let delay = match rule.count {
        DayCount::Calendar => format!("({name}_to - {name}_from)"),
        DayCount::Working => {
            // Day 0 was a Thursday. Days from a Monday on: five of seven count; then what the calendar says otherwise.
            let weekday = format!("((({name}_from % 7) + 10) % 7)");
            let upto =
                |n: &str| format!("(({n}) / 7 * 5 + CASE WHEN ({n}) % 7 < 4 THEN ({n}) % 7 + 1 ELSE 5 END)");
            let shifts = shifts_upto(&rule.calendar);
            let shifted = |side: &str| shifted(&shifts, 0, &format!("{name}_{side}"));
            format!(
                "({} - {} + {} - {})",
                upto(&format!("{weekday} + {name}_to - {name}_from")),
                upto(&weekday),
                shifted("to"),
                shifted("from")
            )
        }
    };
    let columns = format!("{from} AS {name}_from, {to} AS {name}_to, {is_known} AS {name}_known");
    Ok(Ruled { columns, class, delay })
}

/// Days from which on so many more are worked than Monday to Friday, ascending.
fn shifts_upto(calendar: &Calendar) -> Vec<(i64, i64)> {
    let mut sum = 0;
    let upto = calendar.shifts.iter().map(|(day, shift)| {
        sum += match shift {
            Shift::Off => -1,
            Shift::Worked => 1,
        };
        (day_number(*day), sum)
    });
    upto.collect()
}

/// The number that holds on a day, looked up by halves; `before` holds before the first.
fn shifted(shifts: &[(i64, i64)], before: i64, day: &str) -> String {
    let (left, right) = shifts.split_at(shifts.len() / 2);
    match right {
        [] => before.to_string(),
        [(from, n), rest @ ..] => format!(
            "CASE WHEN {day} < {from} THEN {} ELSE {} END",
            shifted(left, before, day),
            shifted(rest, *n, day)
        ),
    }
}

/// A field as days since 1970, in China.
fn day_of(table: &KindTable, field: usize, dialect: Dialect) -> Result<String, StoreError> {
    let name = table.fields.get(field).ok_or_else(|| super::super::tables::unknown("field", &table.id))?;
    let column = format!("r.{}", quoted(name));
    Ok(match table.types.get(field) {
        Some(FieldType::Timestamp) => moment_day(&column),
        Some(_) | None => dialect.day_number(&column),
    })
}

fn moment_day(at: &str) -> String {
    format!("(({at} + {}) / {DAY} - {BEFORE})", EAST + BEFORE * DAY)
}

/// A day as days since 1970.
fn day_number(day: Date) -> i64 {
    let since = date(1970, 1, 1).until(day).map(|span| i64::from(span.get_days()));
    since.unwrap_or_default()
}

/// What a record says of a golden field, as three conditions over `r` and the entity `e{n}`.
pub(super) struct Claimed {
    /// Both say something.
    pub(super) is_stated: String,
    /// The golden value is the record's own.
    pub(super) is_own: String,
    /// They say the same, as disagreements are told: an edition alone makes no difference.
    pub(super) is_same: String,
    /// The record behind the golden value.
    pub(super) behind: String,
}

impl Claimed {
    /// 0 nothing to compare, 1 the record's own, 2 the same, 3 another.
    pub(super) fn class(&self) -> String {
        let Claimed { is_stated, is_own, is_same, behind: _ } = self;
        format!("CASE WHEN NOT {is_stated} THEN 0 WHEN {is_own} THEN 1 WHEN {is_same} THEN 2 ELSE 3 END")
    }
}

pub(super) fn claimed(kind: &KindTable, claim: &Claim, n: usize, dialect: Dialect) -> Claimed {
    let entity = format!("e{n}");
    let field = kind.fields.get(claim.field).map_or("", String::as_str);
    let column =
        |alias: &str, name: &str, suffix: &str| format!("{alias}.{}", quoted(&format!("{name}{suffix}")));
    let (said, golden) = (column("r", field, ""), column(&entity, &claim.golden, ""));
    let also = |suffix: &str, none: &str| {
        let (said, golden) = (column("r", field, suffix), column(&entity, &claim.golden, suffix));
        format!(" AND coalesce({said}, {none}) = coalesce({golden}, {none})")
    };
    let more = match kind.types.get(claim.field) {
        Some(FieldType::Money) => also("__currency", "''"),
        Some(FieldType::PartialDate) => also("__precision", "3"),
        Some(_) | None => String::new(),
    };
    let behind = dialect.record_behind(&format!("{entity}.provenance"), &claim.golden);
    Claimed {
        is_stated: format!("({said} IS NOT NULL AND {golden} IS NOT NULL)"),
        is_own: format!("(coalesce({behind}, 0) = k.record)"),
        is_same: format!("({said} = {golden}{more})"),
        behind,
    }
}

/// The entities that claims are compared with: the first claim of each, in order.
pub(super) fn compared_with(measure: &Measure) -> Vec<&Claim> {
    let mut firsts: Vec<&Claim> = Vec::new();
    for claim in &measure.claims {
        if !firsts.iter().any(|known| (&known.role, &known.entity) == (&claim.role, &claim.entity)) {
            firsts.push(claim);
        }
    }
    firsts
}

/// Joins `l{n}` and `e{n}`: whom the record speaks of in a role, and the golden row.
pub(super) fn joined(
    tables: &Tables<'_>,
    measure: &Measure,
    claim: &Claim,
    n: usize,
    join: &str,
) -> Result<String, StoreError> {
    let (role, _) = tables.role(&measure.kind, &claim.role)?;
    let entity = tables.table(&crate::query::plan::Target::Entities(claim.entity.clone()))?;
    Ok(format!(
        "{join} link AS l{n} ON l{n}.record = k.record AND l{n}.role = {role} AND l{n}.until_seq IS NULL \
         {join} {} AS e{n} ON e{n}.entity = l{n}.entity",
        entity.table
    ))
}

/// How many rows a condition holds for.
pub(super) fn sum(condition: &str) -> String {
    format!("coalesce(sum(CASE WHEN {condition} THEN 1 ELSE 0 END), 0)")
}

/// A number of a row.
pub(super) fn number(cells: &Cells, place: usize) -> Result<u64, StoreError> {
    Ok(cells.int(place)?.unsigned_abs())
}
