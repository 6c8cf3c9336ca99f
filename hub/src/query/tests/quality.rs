//! Quality counted and found, compared with what was put in; the same on both stores.

use std::collections::{BTreeMap, BTreeSet};

use contract::{Digest, SourceKey};
use jiff::civil::{Date, date};
use messages::Message;

use crate::FieldValue;
use crate::catalogue::Role;
use crate::clock::Timestamp;
use crate::query::quality::{
    Dimensions, FindingQuestion, FindingView, QualityDimension, QualityQuestion, Ratio, StreamQuality,
};
use crate::query::{Asker, QueryError};
use crate::store::{DeadLetter, Entry, Fault, Outcome, PreparedBatch, Progress};

use super::postgres::with_world;
use super::world::{World, asker, dead, penalty, penalty_of, uscc};

const N: i64 = 21;

/// A question about one stream, or about all.
fn about(stream: Option<&str>, wanted: Dimensions) -> QualityQuestion {
    QualityQuestion { stream: stream.map(str::to_owned), wanted, ..QualityQuestion::default() }
}

async fn stream(world: &World, name: &str) -> StreamQuality {
    let departments =
        world.query.quality(&asker(Role::Steward), &about(Some(name), Dimensions::all())).await.unwrap();
    let [department] = departments.as_slice() else { panic!("{departments:?}") };
    let [stream] = department.streams.as_slice() else { panic!("{department:?}") };
    assert_eq!(department.parts, stream.parts, "the sum over one stream");
    stream.clone()
}

async fn findings(world: &World, question: &FindingQuestion) -> Vec<FindingView> {
    world.query.quality_findings(&asker(Role::Steward), question).await.unwrap()
}

async fn found(world: &World, dimension: QualityDimension) -> Vec<FindingView> {
    let question = FindingQuestion {
        stream: Some("cf".into()),
        dimension: Some(dimension),
        first: 200,
        ..FindingQuestion::default()
    };
    findings(world, &question).await
}

/// A row set aside for want of its number.
fn without_number(key: &str) -> Entry {
    let fault =
        Fault { field: Some("number".into()), column: Some("wsh".into()), message: Message::new("TJ-D001") };
    let outcome = Outcome::DeadLetter(DeadLetter { faults: vec![fault], cells: vec![("wsh".into(), None)] });
    Entry { key: SourceKey(key.to_owned()), digest: Digest::of(key.as_bytes()), outcome }
}

/// Ends the first reading of a stream.
async fn read_whole(world: &World, stream: usize) {
    let batch = PreparedBatch {
        stream: world.streams[stream].number,
        mapping_version: 3,
        is_fresh: false,
        entries: Vec::new(),
        progress: Some(Progress::Diff { generation: 1, after: None }),
    };
    world.store.apply(batch).await.unwrap();
}

/// A penalty with other values, and perhaps a flag on its amount.
fn changed(n: i64, m: i64, values: &[(usize, FieldValue)], is_flagged: bool) -> Entry {
    let mut entry = penalty_of(n, m, &uscc(n), 10_000);
    if let Outcome::Record(mapped) = &mut entry.outcome {
        for (at, value) in values {
            mapped.values[*at] = value.clone();
        }
        if is_flagged {
            mapped.flags.push((3, "TJ-D030"));
        }
    }
    entry.digest = Digest::of(format!("{values:?} {is_flagged}").as_bytes());
    entry
}

fn values(entry: &Entry) -> &[FieldValue] {
    match &entry.outcome {
        Outcome::Record(mapped) => &mapped.values,
        Outcome::DeadLetter(_) | Outcome::Delete => &[],
    }
}

/// The same penalty with a mark that says nothing against it.
fn harmless(n: i64, m: i64, code: &'static str) -> Entry {
    let mut entry = penalty(n, m);
    if let Outcome::Record(mapped) = &mut entry.outcome {
        mapped.flags.push((3, code));
    }
    entry.digest = Digest::of(format!("{n} {m} {code}").as_bytes());
    entry
}

async fn counts_what_was_put_in(world: World) {
    // Flagged: 3-1 and 5-0; of 5-0 the row is set aside afterwards, as is one that never was a record.
    world.apply(1, vec![changed(3, 1, &[], true), changed(5, 0, &[(3, FieldValue::Null)], true)]).await;
    world.apply(1, vec![harmless(2, 0, "TJ-D034"), harmless(2, 1, "TJ-D035")]).await;
    world.apply(1, vec![dead("w5-0"), dead("new"), without_number("none")]).await;
    let quality = stream(&world, "cf").await;

    let standing: Vec<Entry> = (1..=N)
        .flat_map(|n| (0..n % 4).map(move |m| (n, m)))
        .filter(|place| *place != (5, 0))
        .map(|(n, m)| if (n, m) == (3, 1) { changed(3, 1, &[], true) } else { penalty(n, m) })
        .collect();
    let records = standing.len() as u64;
    let filled = |at: usize| {
        let n = standing.iter().filter(|entry| !values(entry)[at].is_null()).count() as u64;
        Ratio { part: n, whole: records + u64::from(at == 0) }
    };
    let of: BTreeMap<&str, Ratio> =
        quality.fields.iter().map(|field| (field.field.as_str(), field.filled)).collect();
    let expected = BTreeMap::from([
        ("number", filled(0)),
        ("party_name", filled(2)),
        ("amount", filled(3)),
        ("decided_on", filled(4)),
        ("published_at", filled(9)),
        ("officer", filled(10)),
    ]);
    assert_eq!(of, expected);
    assert!(filled(3).part < records, "some amounts are unknown");
    let all = expected.values().fold((0, 0), |(part, whole), one| (part + one.part, whole + one.whole));
    assert_eq!((quality.parts.completeness.part, quality.parts.completeness.whole), all);

    let validity = &quality.parts.validity;
    assert_eq!((validity.received, validity.clean), (records + 3, records - 1));
    assert_eq!((validity.flagged, validity.set_aside), (1, 3));
    let flags = ["TJ-D030", "TJ-D034", "TJ-D035"].map(|code| (code.to_owned(), 1));
    assert_eq!(validity.flags, BTreeMap::from(flags), "all are told, one counts");
    let reasons = BTreeMap::from([("TJ-D001".to_owned(), 1), ("TJ-I004".to_owned(), 2)]);
    assert_eq!(validity.reasons, reasons);
    let status = world.store.counts().await.unwrap();
    let status = status.iter().find(|one| one.name == "cf").unwrap().counts;
    assert_eq!(
        (quality.parts.matching.received, quality.parts.matching.linked),
        (status.received, status.linked)
    );
    assert_eq!(validity.received, status.received);
    let amount = quality.fields.iter().find(|field| field.field == "amount").unwrap();
    assert_eq!(amount.set_aside, BTreeMap::from([("TJ-I004".to_owned(), 2)]));
    assert_eq!((amount.columns.as_slice(), amount.is_required), (&["je".to_owned()][..], false));

    // Others: the register says 西安高新NNN公司, penalties say 西安高新N店; where the register is silent, the golden name is
    // that of a penalty, and the penalties of one subject say the same.
    let agreement = quality.parts.agreement;
    let stated = standing.len() as u64 + 1;
    let silent = (1..=N).filter(|n| n % 7 == 1);
    let own = silent.clone().filter(|n| n % 4 > 0).count() as u64;
    let same: i64 = silent.map(|n| (n % 4 - 1).max(0)).sum();
    assert_eq!((agreement.stated, agreement.own, agreement.same), (stated, own, same.unsigned_abs()));
    // The register's names are the golden ones; two of its rows speak of one person, of whom both say the same.
    let register = stream(&world, "dj").await;
    let of = |field: &str| register.fields.iter().find(|one| one.field == field).unwrap().agreement.unwrap();
    let (name, person) = (of("name"), of("representative"));
    assert_eq!((name.stated, name.own, name.same), (18, 18, 0));
    assert_eq!((person.stated, person.own, person.same), (21, 20, 1));
    rows_are_those_counted(&world, &quality).await;
}

/// As many findings as the numbers say, each at the place that is to blame.
async fn rows_are_those_counted(world: &World, quality: &StreamQuality) {
    let missing = found(world, QualityDimension::Completeness).await;
    for field in &quality.fields {
        let n = missing.iter().filter(|finding| finding.field.as_ref() == Some(&field.field)).count() as u64;
        assert_eq!(n, field.filled.whole - field.filled.part, "{}", field.field);
    }
    let invalid = found(world, QualityDimension::Validity).await;
    let set_aside: BTreeSet<i64> = invalid.iter().filter_map(|finding| finding.dead_letter).collect();
    assert_eq!(set_aside.len() as u64 + 1, quality.parts.validity.set_aside, "one lacks a value");
    let flagged: Vec<&FindingView> = invalid.iter().filter(|finding| finding.record.is_some()).collect();
    let flagged: BTreeSet<_> =
        flagged.iter().map(|finding| (finding.message.code, finding.source_key.as_str())).collect();
    assert_eq!(flagged, BTreeSet::from([("TJ-D030", "w3-1"), ("TJ-D034", "w2-0"), ("TJ-D035", "w2-1")]));
    let officer = invalid.iter().find(|finding| finding.field.as_deref() == Some("officer")).unwrap();
    assert_eq!(officer.value, FieldValue::Text("王*".into()), "masked");
    assert_eq!(officer.columns, ["jbr"]);

    let differs = found(world, QualityDimension::Agreement).await;
    let agreement = quality.parts.agreement;
    assert_eq!(differs.len() as u64, agreement.stated - agreement.own - agreement.same);
    for finding in &differs {
        let says = finding.says.as_ref().unwrap();
        assert_eq!((says.department.as_str(), says.stream.as_str()), ("scjg", "dj"));
        let FieldValue::Text(others) = &finding.others else { panic!("{finding:?}") };
        assert!(others.ends_with("公司") && finding.value != finding.others, "{finding:?}");
    }

    // Page by page it is the same as at once, whatever the size.
    let question = FindingQuestion { first: 200, ..FindingQuestion::default() };
    let whole = findings(world, &question).await;
    assert!(whole.len() > 50, "{}", whole.len());
    for first in [1, 7, 64] {
        let mut question = FindingQuestion { first, ..FindingQuestion::default() };
        let mut all = Vec::new();
        loop {
            let page = findings(world, &question).await;
            assert!(page.len() <= first as usize);
            let Some(last) = page.last() else { break };
            question.after = Some(last.place);
            all.extend(page);
        }
        assert_eq!(all, whole, "{first} a page");
    }
    let narrow = |field: Option<&str>, code: Option<&str>| FindingQuestion {
        field: field.map(str::to_owned),
        code: code.map(str::to_owned),
        first: 200,
        ..FindingQuestion::default()
    };
    for question in [
        narrow(Some("amount"), None),
        narrow(None, Some("TJ-K001")),
        narrow(Some("amount"), Some("TJ-D030")),
        narrow(None, Some("TJ-I004")),
        narrow(Some("amount"), Some("TJ-X")),
    ] {
        let wanted: Vec<FindingView> = whole
            .iter()
            .filter(|one| question.field.is_none() || one.field == question.field)
            .filter(|one| question.code.as_deref().is_none_or(|code| one.message.code == code))
            .cloned()
            .collect();
        let mut narrowed = findings(world, &question).await;
        // Which of a row's findings it is depends on what is asked.
        narrowed.iter_mut().for_each(|one| one.place.nth = 0);
        let wanted: Vec<FindingView> = wanted
            .into_iter()
            .map(|mut one| {
                one.place.nth = 0;
                one
            })
            .collect();
        if question.field.is_some() {
            assert_eq!(narrowed.len(), wanted.len(), "{question:?}");
        } else {
            assert_eq!(narrowed, wanted, "{question:?}");
        }
    }
}

/// Days after `from` that are worked, counted one by one: Monday to Friday, but for the spring festival of 2026.
fn working_days(from: Date, to: Date) -> i64 {
    let mut day = from;
    let mut n = 0;
    while day < to {
        day = day.tomorrow().unwrap();
        let is_worked = [date(2026, 2, 14), date(2026, 2, 28)].contains(&day);
        let is_off = date(2026, 2, 15) <= day && day <= date(2026, 2, 23);
        n += i64::from(is_worked || (day.weekday().to_monday_zero_offset() < 5 && !is_off));
    }
    n
}

/// The day of a moment in China.
fn day_in_china(at: Timestamp) -> Date {
    let zone = jiff::tz::TimeZone::fixed(jiff::tz::Offset::constant(8));
    zone.to_datetime(jiff::Timestamp::from_microsecond(at.0).unwrap()).date()
}

async fn judges_time_as_one_counts_it(world: World) {
    let before = stream(&world, "cf").await;
    let arrival = &before.rules[0];
    assert_eq!(arrival.counts.in_time, Ratio::default(), "nobody knows when they became known");
    assert!(arrival.counts.other_time > 0 && arrival.counts.first_reading == 0);

    read_whole(&world, 1).await;
    let days = [
        (2026, 2, 27),
        (2026, 2, 20),
        (2026, 2, 19),
        (2026, 2, 18),
        (2026, 2, 1),
        (2026, 3, 9),
        (2016, 5, 27),
    ];
    let days: Vec<Date> = days.iter().map(|(year, month, day)| date(*year, *month, *day)).collect();
    let new = |m: usize, day: Date| {
        changed(1, 10 + i64::try_from(m).unwrap(), &[(4, FieldValue::Date(day))], false)
    };
    world.apply(1, days.iter().enumerate().map(|(m, day)| new(m, *day)).collect()).await;
    let arrived = day_in_china(crate::clock::Clock::now(&*world.clock));
    // A later version of a record does not make it late.
    let at = crate::clock::Clock::now(&*world.clock);
    world.clock.set(Timestamp(at.0 + 1_000 * 24 * 3_600_000_000));
    world
        .apply(1, vec![changed(1, 10, &[(4, FieldValue::Date(days[0])), (5, FieldValue::Null)], false)])
        .await;

    let quality = stream(&world, "cf").await;
    let arrival = &quality.rules[0];
    let judged = days.iter().filter(|day| **day <= arrived && **day >= date(2016, 5, 30));
    let mut delays: Vec<i64> = judged.map(|day| working_days(*day, arrived)).collect();
    delays.sort_unstable();
    let in_time = delays.iter().filter(|days| **days <= 7).count() as u64;
    assert!(in_time > 0 && in_time < delays.len() as u64, "{delays:?}");
    assert_eq!(arrival.counts.in_time, Ratio { part: in_time, whole: delays.len() as u64 });
    assert_eq!(arrival.counts.before_its_day, 1);
    assert_eq!(arrival.counts.first_reading, 0, "all of the first reading are of before the rule");
    assert_eq!(arrival.median, Some(delays[(delays.len() - 1) / 2]));
    assert_eq!(arrival.greatest, delays.last().copied());
    assert_eq!(quality.lag_seconds, Some(0));

    // From field to field: every delay is told in a finding, as one counts it.
    let late = found(&world, QualityDimension::Timeliness).await;
    let told =
        |limit: &str| late.iter().filter(move |one| one.message.args[1].1 == limit).collect::<Vec<_>>();
    assert_eq!(told("7").len() as u64, arrival.counts.in_time.whole - arrival.counts.in_time.part);
    let published = told("0");
    assert!(published.len() > 20, "{}", published.len());
    let mut n_seen = 0;
    for finding in published {
        let FieldValue::Date(from) = finding.value else { panic!("{finding:?}") };
        let Some((n, _)) = finding.source_key.trim_start_matches('w').split_once('-') else { continue };
        let to =
            day_in_china(Timestamp(super::world::START - n.parse::<i64>().unwrap() * super::world::HOUR));
        assert_eq!(finding.message.args[0].1, working_days(from, to).to_string(), "{finding:?}");
        n_seen += 1;
    }
    assert!(n_seen > 20);
}

#[tokio::test]
async fn sqlite_counts_what_was_put_in() {
    counts_what_was_put_in(World::new(N).await).await;
}

#[tokio::test]
async fn postgres_counts_what_was_put_in() {
    with_world("quality", N, counts_what_was_put_in).await;
}

#[tokio::test]
async fn sqlite_judges_time_as_one_counts_it() {
    judges_time_as_one_counts_it(World::new(60).await).await;
}

#[tokio::test]
async fn postgres_judges_time_as_one_counts_it() {
    with_world("quality_time", 60, judges_time_as_one_counts_it).await;
}

#[tokio::test]
async fn a_reader_sees_its_own_department_and_no_rows() {
    let world = World::new(5).await;
    let wanted = Dimensions::all();
    let ids = async |asker: &Asker, question: &QualityQuestion| -> Vec<String> {
        let departments = world.query.quality(asker, question).await.unwrap();
        departments.into_iter().map(|department| department.id).collect()
    };
    let all = QualityQuestion { wanted, ..QualityQuestion::default() };
    assert_eq!(ids(&asker(Role::Reader), &all).await, ["scjg"]);
    assert_eq!(ids(&asker(Role::Steward), &all).await, ["scjg", "yjj"]);
    let other = QualityQuestion { department: Some("yjj".into()), ..all.clone() };
    let refused = world.query.quality(&asker(Role::Reader), &other).await;
    assert!(matches!(refused, Err(QueryError::Forbidden { .. })), "{refused:?}");
    let own = QualityQuestion { department: Some("scjg".into()), ..all.clone() };
    assert_eq!(ids(&asker(Role::Reader), &own).await, ["scjg"]);
    assert_eq!(ids(&asker(Role::Operator), &other).await, ["yjj"]);
    let clues = world.query.quality(&asker(Role::Steward), &other).await.unwrap();
    let names: Vec<&str> = clues[0].streams.iter().map(|stream| stream.stream.as_str()).collect();
    assert_eq!(names, ["cf"], "of a kind that is not shared nothing is told");
    let none = QualityQuestion { wanted: Dimensions::default(), ..all };
    let unasked = world.query.quality(&asker(Role::Steward), &none).await.unwrap();
    assert!(unasked.iter().all(|department| department.streams.is_empty()));

    let question = FindingQuestion { first: 10, ..FindingQuestion::default() };
    let refused = world.query.quality_findings(&asker(Role::Reader), &question).await;
    assert!(matches!(refused, Err(QueryError::Forbidden { .. })), "{refused:?}");
    for first in [0, 202] {
        let question = FindingQuestion { first, ..FindingQuestion::default() };
        let refused = world.query.quality_findings(&asker(Role::Steward), &question).await;
        assert!(matches!(refused, Err(QueryError::BadPage { .. })), "{refused:?}");
    }
    assert!(!findings(&world, &question).await.is_empty());
    let trail = world.audit.entries(0, 100).await.unwrap();
    let n = |operation: &str, outcome: &str| {
        trail.iter().filter(|one| one.operation == operation && one.outcome == outcome).count()
    };
    assert_eq!((n("quality", "answered"), n("qualityFindings", "FORBIDDEN")), (6, 1));
    let told =
        trail.iter().find(|one| one.operation == "qualityFindings" && one.outcome == "answered").unwrap();
    assert!(told.n_rows > 0 && !told.subjects.is_empty(), "{told:?}");
}

#[test]
fn a_share_is_whole_only_where_nothing_is_missing() {
    let text = |part, whole| Ratio { part, whole }.text();
    assert_eq!(text(0, 0), None);
    assert_eq!(text(0, 3).as_deref(), Some("0.0000"));
    assert_eq!(text(2, 3).as_deref(), Some("0.6666"));
    assert_eq!(text(99_999, 100_000).as_deref(), Some("0.9999"));
    assert_eq!(text(7, 7).as_deref(), Some("1.0000"));
}
