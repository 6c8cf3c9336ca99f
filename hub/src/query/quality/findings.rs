//! The rows behind the numbers, to be handed back: which row, which column, what is wrong, what others say. By stream,
//! in a stream rows set aside first, then records by id; a page holds whole places, each of which can be gone on after.

use std::collections::BTreeSet;

use messages::Message;

use crate::catalogue::{Role, mask};
use crate::ontology::{DayCount, Field, FieldType, Kind, Sensitivity};
use crate::store::read::quality::{FoundRow, FoundWhat};
use crate::store::read::{Deadline, Reader};
use crate::store::{MatchState, Stream};
use crate::{EntityId, FieldValue};

use super::super::plan::{Authorised, Target};
use super::super::{Asker, Query, QueryError, masking};
use super::MISSING;
use super::finding::{FindingPlace, FindingQuestion, FindingSays, FindingView, QualityDimension};
use super::plan::{FlagSearch, Measure, Search};

/// One stream that is searched.
struct Searched<'q> {
    query: &'q Query,
    question: &'q FindingQuestion,
    stream: &'q Stream,
    kind: &'q Kind,
    measure: &'q Authorised<Measure>,
}

/// What a page was made of.
#[derive(Default)]
struct Page {
    views: Vec<FindingView>,
    subjects: BTreeSet<EntityId>,
}

impl Query {
    /// Findings, by place; needs a steward.
    ///
    /// # Errors
    /// `Forbidden` for readers; when the store fails or takes too long, or the question could not be written down.
    pub async fn quality_findings(
        &self,
        asker: &Asker,
        question: &FindingQuestion,
    ) -> Result<Vec<FindingView>, QueryError> {
        let done = match asker.caller.role {
            Role::Reader => Err(QueryError::Forbidden { needed: Role::Steward }),
            Role::Steward | Role::Operator => self.seated(asker, Box::pin(self.findings(question))).await,
        };
        let done = done.map(|page| {
            let n_rows = page.views.len() as u64;
            (page.views, page.subjects, n_rows)
        });
        let text = format!("qualityFindings {question:?}");
        self.written_down(asker, "qualityFindings", text, done).await
    }

    async fn findings(&self, question: &FindingQuestion) -> Result<Page, QueryError> {
        if question.first == 0 || question.first > self.limits.plan.page.saturating_add(1) {
            return Err(QueryError::BadPage { words: "`first` is not within its limits" });
        }
        let first = usize::try_from(question.first).unwrap_or(usize::MAX);
        let is_asked = |id: &str| question.department.as_ref().is_none_or(|asked| asked == id);
        let mut streams = self.streams_of(question.source.as_deref(), question.stream.as_deref(), &is_asked);
        streams.sort_by_key(|(stream, _)| stream.number);
        let mut page = Page::default();
        let mut reader =
            self.store.at_one_moment(Deadline::after(self.limits.time), self.limits.rows).await?;
        for (stream, measure) in &streams {
            let number = i64::from(stream.number.0);
            let after = question.after.filter(|place| place.stream >= number);
            if page.views.len() >= first || after.is_some_and(|place| place.stream > number) {
                continue;
            }
            let Some(kind) = self.catalogue.kind(&stream.registration.kind) else { continue };
            let searched = Searched { query: self, question, stream, kind, measure };
            if after.is_none_or(|place| place.part == 0) {
                searched.set_aside(&mut reader, after, first, &mut page).await?;
            }
            searched.records(&mut reader, after.filter(|place| place.part == 1), first, &mut page).await?;
        }
        self.told_by(&mut reader, &mut page).await?;
        reader.end().await?;
        Ok(page)
    }

    /// Fills in whose golden values they are; until then their record stands in `place` of [`FindingSays::stream`].
    async fn told_by(&self, reader: &mut Reader, page: &mut Page) -> Result<(), QueryError> {
        let behind = |view: &FindingView| view.says.as_ref().and_then(|says| says.stream.parse::<i64>().ok());
        let records: BTreeSet<i64> = page.views.iter().filter_map(behind).collect();
        let streams = reader.streams_of_records(records.into_iter().collect()).await?;
        for view in &mut page.views {
            let stream = behind(view).and_then(|record| streams.get(&record));
            let stream = stream.and_then(|number| self.store.stream(*number).ok());
            // Whoever is not shared is not named.
            let told = stream.filter(|stream| self.catalogue.kind(&stream.registration.kind).is_some());
            view.says = told.map(|stream| FindingSays {
                department: stream.registration.department.clone(),
                source: stream.registration.source.to_string(),
                stream: stream.registration.name.clone(),
            });
        }
        Ok(())
    }
}

impl Searched<'_> {
    fn asks(&self, dimension: QualityDimension) -> bool {
        self.question.dimension.is_none_or(|asked| asked == dimension)
    }

    fn asks_code(&self, code: &str) -> bool {
        self.question.code.as_ref().is_none_or(|asked| asked == code)
    }

    fn asks_field(&self, field: Option<&str>) -> bool {
        self.question.field.as_deref().is_none_or(|asked| field == Some(asked))
    }

    async fn set_aside(
        &self,
        reader: &mut Reader,
        after: Option<FindingPlace>,
        first: usize,
        page: &mut Page,
    ) -> Result<(), QueryError> {
        if !self.asks(QualityDimension::Completeness) && !self.asks(QualityDimension::Validity) {
            return Ok(());
        }
        let mut from = after.map_or(0, |place| place.id);
        while page.views.len() < first {
            let letters = reader.letters(self.stream.number, from, self.question.first).await?;
            let Some(last) = letters.last() else { return Ok(()) };
            from = last.number + 1;
            let is_last = letters.len() < first;
            for letter in letters {
                let view = self.query.dead_letter_view(self.stream, self.kind, letter);
                for (nth, fault) in view.faults.iter().enumerate() {
                    let dimension = match fault.message.code {
                        MISSING => QualityDimension::Completeness,
                        _ => QualityDimension::Validity,
                    };
                    let place = self.place(0, view.number, nth);
                    let is_wanted = self.asks(dimension)
                        && self.asks_code(fault.message.code)
                        && self.asks_field(fault.field.as_deref())
                        && fault.field.as_deref().is_none_or(|field| self.measure.get().is_told(field))
                        && after.is_none_or(|after| place > after);
                    if !is_wanted || page.views.len() >= first {
                        continue;
                    }
                    let column = fault.column.as_deref();
                    let cell = view.cells.iter().find(|(name, _)| Some(name.as_str()) == column);
                    let mut finding =
                        self.finding(place, dimension, fault.field.as_deref(), fault.message.clone());
                    finding.source_key.clone_from(&view.source_key);
                    finding.dead_letter = Some(view.number);
                    if let Some(column) = column {
                        finding.columns = vec![column.to_owned()];
                    }
                    finding.value =
                        cell.and_then(|(_, text)| text.clone()).map_or(FieldValue::Null, FieldValue::Text);
                    page.views.push(finding);
                }
            }
            if is_last {
                return Ok(());
            }
        }
        Ok(())
    }

    async fn records(
        &self,
        reader: &mut Reader,
        after: Option<FindingPlace>,
        first: usize,
        page: &mut Page,
    ) -> Result<(), QueryError> {
        let search = self.search();
        let mut from = after.map_or(0, |place| place.id);
        while page.views.len() < first && !search.is_empty() {
            let rows = reader.found_rows(self.measure, &search, from, self.question.first).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            from = last.record.0 + 1;
            let is_last = rows.len() < first;
            for row in &rows {
                for (nth, what) in row.what.iter().enumerate() {
                    let place = self.place(1, row.record.0, nth);
                    if page.views.len() < first && after.is_none_or(|after| place > after) {
                        page.subjects.extend(row.party);
                        page.views.push(self.found(place, row, what));
                    }
                }
            }
            if is_last {
                return Ok(());
            }
        }
        Ok(())
    }

    /// What is to be looked for in the records.
    fn search(&self) -> Search {
        let measure = self.measure.get();
        let id = |at: usize| self.kind.fields.get(at).map(|field| field.id.as_str());
        let places = |is_asked: bool, n: usize| if is_asked { 0..n } else { 0..0 };
        let states = [(MatchState::Waiting, "TJ-K004"), (MatchState::Nobody, "TJ-K005")];
        let is_matching = self.asks(QualityDimension::Matching) && self.asks_field(None);
        Search {
            missing: places(
                self.asks(QualityDimension::Completeness) && self.asks_code("TJ-K001"),
                measure.fields.len(),
            )
            .filter(|place| self.asks_field(measure.fields.get(*place).and_then(|at| id(*at))))
            .collect(),
            flags: self
                .asks(QualityDimension::Validity)
                .then(|| FlagSearch { field: self.question.field.clone(), code: self.question.code.clone() }),
            rules: places(
                self.asks(QualityDimension::Timeliness) && self.asks_code("TJ-K002"),
                measure.rules.len(),
            )
            .filter(|place| self.asks_field(measure.rules.get(*place).and_then(|rule| id(rule.from))))
            .collect(),
            states: states
                .into_iter()
                .filter(|(_, code)| is_matching && self.asks_code(code))
                .map(|(state, _)| state)
                .collect(),
            claims: places(
                self.asks(QualityDimension::Agreement) && self.asks_code("TJ-K003"),
                measure.claims.len(),
            )
            .filter(|place| self.asks_field(measure.claims.get(*place).and_then(|claim| id(claim.field))))
            .collect(),
        }
    }

    fn found(&self, place: FindingPlace, row: &FoundRow, what: &FoundWhat) -> FindingView {
        let measure = self.measure.get();
        let at_field = |at: usize| self.kind.fields.get(at);
        let value_of = |field: &Field| {
            let at = measure.fields.iter().position(|at| at_field(*at).is_some_and(|one| one.id == field.id));
            mask(field, at.and_then(|at| row.values.get(at)).cloned().unwrap_or(FieldValue::Null))
        };
        let mut finding = match what {
            FoundWhat::Flag { field, code } => {
                let code = messages::all_codes().find(|known| known == code).unwrap_or("TJ-T001");
                let message = Message::new(code).with("code", code);
                self.finding(place, QualityDimension::Validity, Some(field), message)
            }
            FoundWhat::Late { rule, days } => {
                let rule = measure.rules.get(*rule);
                let field = rule.and_then(|rule| at_field(rule.from)).map(|field| field.id.as_str());
                let limit = rule.map_or(0, |rule| rule.days);
                let is_working = rule.is_some_and(|rule| rule.count == DayCount::Working);
                let unit = Message::new(if is_working { "TJ-K200" } else { "TJ-K201" });
                let message =
                    Message::new("TJ-K002").with("days", days).with("limit", limit).with("unit", unit);
                self.finding(place, QualityDimension::Timeliness, field, message)
            }
            FoundWhat::Unmatched(state) => {
                let code = if *state == MatchState::Waiting { "TJ-K004" } else { "TJ-K005" };
                self.finding(place, QualityDimension::Matching, None, Message::new(code))
            }
            FoundWhat::Differs { claim, golden, behind } => {
                let claim = measure.claims.get(*claim);
                let field = claim.and_then(|claim| at_field(claim.field));
                let message = Message::new("TJ-K003");
                let id = field.map(|field| field.id.as_str());
                let mut finding = self.finding(place, QualityDimension::Agreement, id, message);
                finding.others = claim.zip(field).map_or(FieldValue::Null, |(claim, field)| {
                    let target = Target::Entities(claim.entity.clone());
                    let is_personal = field.sensitivity == Sensitivity::Personal
                        || masking::is_personal(&self.query.catalogue, &target, &claim.golden);
                    // A golden value is as sensitive as it is where it stands: names of subjects are public.
                    let entity = self.query.catalogue.entity(&claim.entity);
                    let stands = entity.and_then(|entity| {
                        entity.fields.iter().find(|golden| golden.field.id == claim.golden)
                    });
                    let own = stands.map_or(field.sensitivity, |golden| golden.field.sensitivity);
                    let sensitivity = if is_personal { Sensitivity::Personal } else { own };
                    mask(&Field { sensitivity, ..field.clone() }, golden.clone())
                });
                finding.says = behind.map(|record| FindingSays {
                    department: String::new(),
                    source: String::new(),
                    stream: record.0.to_string(),
                });
                finding
            }
            FoundWhat::Missing(at) => {
                let field = measure.fields.get(*at).and_then(|at| at_field(*at));
                let field = field.map(|field| field.id.as_str());
                self.finding(place, QualityDimension::Completeness, field, Message::new("TJ-K001"))
            }
        };
        let registration = &self.stream.registration;
        let (source, stream) = (registration.source.as_str(), registration.name.as_str());
        finding.source_key = self.query.catalogue.masked_key(source, stream, self.kind, &row.key);
        finding.record = Some(row.record);
        let field = finding.field.as_ref().and_then(|id| self.kind.fields.iter().find(|one| one.id == *id));
        finding.value = field.map_or(FieldValue::Null, value_of);
        finding
    }

    fn finding(
        &self,
        place: FindingPlace,
        dimension: QualityDimension,
        field: Option<&str>,
        message: Message,
    ) -> FindingView {
        let registration = &self.stream.registration;
        let known = field.and_then(|id| self.kind.fields.iter().find(|field| field.id == id));
        let scale = match known.map(|field| &field.field_type) {
            Some(FieldType::Decimal { scale }) => *scale,
            Some(_) | None => 0,
        };
        FindingView {
            place,
            dimension,
            department: registration.department.clone(),
            source: registration.source.to_string(),
            stream: registration.name.clone(),
            kind: self.kind.id.clone(),
            source_key: String::new(),
            record: None,
            dead_letter: None,
            field: field.map(str::to_owned),
            field_label: known.map(|field| field.label.clone()),
            columns: field.map(|field| self.query.columns_of(registration, field)).unwrap_or_default(),
            message,
            value: FieldValue::Null,
            others: FieldValue::Null,
            scale,
            says: None,
        }
    }

    fn place(&self, part: i64, id: i64, nth: usize) -> FindingPlace {
        let nth = i64::try_from(nth).unwrap_or(i64::MAX);
        FindingPlace { stream: self.stream.number.0.into(), part, id, nth }
    }
}
