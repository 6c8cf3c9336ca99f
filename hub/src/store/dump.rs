//! The graph as text without ids and times: equal for equal sets of records and judgements, whatever the order of
//! arrival, the interruptions, and the engine.

use std::collections::{BTreeMap, HashMap};
use std::io::Write;

use crate::ontology::Scheme;

use super::layout::KindTable;
use super::session::{Param, Session};
use super::values::{self, written};
use super::{Store, StoreError, Stream};

/// Records of one page.
const PAGE: i64 = 2_000;

/// Names instead of ids.
struct Names {
    records: HashMap<i64, String>,
    entities: HashMap<i64, String>,
}

impl Names {
    fn record(&self, record: i64) -> &str {
        self.records.get(&record).map_or("?", String::as_str)
    }

    fn entity(&self, entity: i64) -> &str {
        self.entities.get(&entity).map_or("?", String::as_str)
    }
}

impl Store {
    /// Writes the dump: records by source, stream and key with fields, state, links and what they wait for; entities,
    /// named by their least anchor (persons by their hash), with golden values and identifiers; dead letters.
    ///
    /// # Errors
    /// When the store or the writer fails.
    pub async fn canonical_dump(&self, out: &mut (dyn Write + Send)) -> Result<(), StoreError> {
        let mut session = self.reader().await?;
        let names = self.names(&mut session).await?;
        for stream in self.streams() {
            self.dump_stream(&mut session, &stream, &names, out).await?;
        }
        let identifiers = identifiers(&mut session, &names).await?;
        for table in &self.layout().entities {
            dump_entities(&mut session, table, &names, &identifiers, out).await?;
        }
        self.dump_dead(&mut session, out).await
    }

    async fn names(&self, session: &mut Session) -> Result<Names, StoreError> {
        let mut names = Names { records: HashMap::new(), entities: HashMap::new() };
        let sql = "SELECT k.record, s.source || '/' || s.name || '/' || k.source_key FROM record_key k \
                   JOIN stream s ON s.stream = k.stream";
        for row in session.fetch(sql, &[]).await? {
            names.records.insert(row.int(0)?, row.text(1)?);
        }
        let sql = "SELECT entity, record FROM link WHERE evidence = 'anchor' AND until_seq IS NULL";
        for row in session.fetch(sql, &[]).await? {
            let name = names.record(row.int(1)?).to_owned();
            let least = names.entities.entry(row.int(0)?).or_insert_with(|| name.clone());
            if name < *least {
                *least = name;
            }
        }
        let sql = "SELECT entity, value FROM identifier WHERE record = 0";
        for row in session.fetch(sql, &[]).await? {
            names.entities.insert(row.int(0)?, format!("person {}", row.text(1)?));
        }
        Ok(names)
    }

    async fn dump_stream(
        &self,
        session: &mut Session,
        stream: &Stream,
        names: &Names,
        out: &mut (dyn Write + Send),
    ) -> Result<(), StoreError> {
        let Some(table) = self.layout().kinds.get(stream.kind) else { return Ok(()) };
        let mut after: Option<String> = None;
        loop {
            let beyond = if after.is_some() { ">" } else { ">=" };
            let sql = format!(
                "SELECT k.record, k.source_key, k.state, r.flags, {} FROM record_key k \
                 LEFT JOIN {} r ON r.record = k.record WHERE k.stream = $1 AND k.source_key {beyond} $2 \
                 AND k.deleted_seq IS NULL ORDER BY k.source_key LIMIT {PAGE}",
                table.select_list("r."),
                table.table,
            );
            let params = [Param::Int(stream.number.0.into()), Param::Text(after.clone().unwrap_or_default())];
            let rows = session.fetch(&sql, &params).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = Some(last.text(1)?);
            let ids: Vec<i64> = rows.iter().map(|row| row.int(0)).collect::<Result<_, _>>()?;
            let notes = self.notes(session, ids, names).await?;
            for row in &rows {
                let record = row.int(0)?;
                let mut text =
                    format!("record {} {} state {}\n", names.record(record), table.id, row.int(2)?);
                if let Some(flags) = row.opt_text(3)? {
                    text.push_str(&format!("  flags {flags}\n"));
                }
                push_values(&mut text, table, &values::take(row, table, 4)?, |_| String::new());
                for note in notes.get(&record).into_iter().flatten() {
                    text.push_str(note);
                }
                put(out, &text)?;
            }
        }
    }

    /// Links and mentions of records, as lines in order.
    async fn notes(
        &self,
        session: &mut Session,
        records: Vec<i64>,
        names: &Names,
    ) -> Result<HashMap<i64, Vec<String>>, StoreError> {
        let role = |number: i16| {
            let place = self.layout().role_by_number(number);
            let role = place.and_then(|(kind, role)| self.ontology().kinds.get(kind)?.roles.get(role));
            role.map_or("?", |role| role.id.as_str())
        };
        let mut notes: HashMap<i64, Vec<String>> = HashMap::new();
        let list = self.dialect().ints(1);
        let sql = format!(
            "SELECT l.record, l.role, l.entity, l.evidence FROM {list} CROSS JOIN link l \
             WHERE l.record = j.value AND l.until_seq IS NULL"
        );
        for row in session.fetch(&sql, &[Param::Ints(records.clone())]).await? {
            let line =
                format!("  link {} {} by {}\n", role(row.small(1)?), names.entity(row.int(2)?), row.text(3)?);
            notes.entry(row.int(0)?).or_default().push(line);
        }
        let sql = format!(
            "SELECT m.record, m.role, m.scheme, m.value FROM {list} CROSS JOIN mention m WHERE m.record = j.value"
        );
        for row in session.fetch(&sql, &[Param::Ints(records)]).await? {
            let line =
                format!("  waits {} {} {}\n", role(row.small(1)?), scheme(row.small(2)?), row.text(3)?);
            notes.entry(row.int(0)?).or_default().push(line);
        }
        notes.values_mut().for_each(|lines| lines.sort());
        Ok(notes)
    }

    async fn dump_dead(&self, session: &mut Session, out: &mut (dyn Write + Send)) -> Result<(), StoreError> {
        let sql = "SELECT s.source || '/' || s.name || '/' || d.source_key, d.state, d.reasons FROM dead_letter d \
                   JOIN stream s ON s.stream = d.stream";
        let mut lines = Vec::new();
        for row in session.fetch(sql, &[]).await? {
            let state = if row.int(1)? == 0 { "" } else { " dropped" };
            lines.push(format!("dead {}{state} {}\n", row.text(0)?, row.text(2)?));
        }
        lines.sort();
        lines.iter().try_for_each(|line| put(out, line))
    }
}

/// The identifiers of each entity, as lines in order.
async fn identifiers(session: &mut Session, names: &Names) -> Result<HashMap<i64, Vec<String>>, StoreError> {
    let mut lines: HashMap<i64, Vec<String>> = HashMap::new();
    for row in session.fetch("SELECT entity, scheme, value, record FROM identifier", &[]).await? {
        let by = match row.int(3)? {
            0 => String::new(),
            record => format!(" by {}", names.record(record)),
        };
        let line = format!("  identifier {} {}{by}\n", scheme(row.small(1)?), row.text(2)?);
        lines.entry(row.int(0)?).or_default().push(line);
    }
    lines.values_mut().for_each(|lines| lines.sort());
    Ok(lines)
}

async fn dump_entities(
    session: &mut Session,
    table: &KindTable,
    names: &Names,
    identifiers: &HashMap<i64, Vec<String>>,
    out: &mut (dyn Write + Send),
) -> Result<(), StoreError> {
    let comma = if table.columns.is_empty() { "" } else { ", " };
    let sql = format!(
        "SELECT t.entity, t.provenance{comma}{} FROM {} t WHERE t.entity > $1 ORDER BY t.entity LIMIT {PAGE}",
        table.select_list("t."),
        table.table
    );
    let mut texts = Vec::new();
    let mut after = 0;
    loop {
        let rows = session.fetch(&sql, &[Param::Int(after)]).await?;
        let Some(last) = rows.last() else { break };
        after = last.int(0)?;
        for row in &rows {
            let entity = row.int(0)?;
            let provenance = row.opt_text(1)?.unwrap_or_default();
            let each: BTreeMap<String, i64> = serde_json::from_str(&provenance).unwrap_or_default();
            let one: Option<i64> = provenance.parse().ok();
            let from = |field: &str| match one.or_else(|| each.get(field).copied()) {
                Some(record) => format!(" from {}", names.record(record)),
                None => String::new(),
            };
            let mut text = format!("entity {} {}\n", table.id, names.entity(entity));
            push_values(&mut text, table, &values::take(row, table, 2)?, from);
            for line in identifiers.get(&entity).into_iter().flatten() {
                text.push_str(line);
            }
            texts.push(text);
        }
    }
    texts.sort();
    texts.iter().try_for_each(|text| put(out, text))
}

fn push_values(text: &mut String, table: &KindTable, values: &values::Values, from: impl Fn(&str) -> String) {
    for (index, (field, value)) in table.fields.iter().zip(&values.fields).enumerate() {
        if value.is_null() {
            continue;
        }
        text.push_str(&format!("  {field} {}{}", written(value), from(field)));
        if let Some(hash) = values.hash(index) {
            text.push_str(&format!(" hash {hash}"));
        }
        text.push('\n');
    }
}

fn scheme(number: i16) -> &'static str {
    Scheme::all().into_iter().find(|scheme| scheme.number() == number).map_or("?", Scheme::id)
}

fn put(out: &mut (dyn Write + Send), text: &str) -> Result<(), StoreError> {
    let fault = |source| StoreError::File { doing: "write", path: "the dump".to_owned(), source };
    out.write_all(text.as_bytes()).map_err(fault)
}
