//! 市场监管局, what ties subjects to each other and to people: shareholders, successions, parents of branches.

use super::party::{self, Party, Ways, ways};
use super::plan::firm;
use super::registry;
use crate::reasons;
use crate::table::{Cell, Column, Made, Table, integer, text, typed};
use crate::truth::Expected;
use crate::world::{Category, Person, Subject, World};

/// 股东及出资信息.
pub(super) const SHAREHOLDERS: Table = Table {
    source: "registry",
    name: "t_gdxx",
    kind: "shareholding",
    comment: "股东及出资信息",
    columns: SHAREHOLDER_COLUMNS,
    key: &["gdxh"],
};
const SHAREHOLDER_COLUMNS: &[Column] = &[
    integer("gdxh", "股东序号"),
    text("nbxh", "内部序号"),
    text("gdlx", "股东类型"),
    text("gdmc", "法人股东名称"),
    text("gdzzhm", "法人股东证照号码"),
    text("xm", "自然人股东姓名"),
    text("zjhm", "自然人股东证件号码"),
    text("rjcze", "认缴出资额(万元)"),
    typed("cgbl", "numeric(7,4)", "TEXT", "认缴出资比例(%)"),
    text("rjrq", "认缴出资日期"),
];

/// 承继信息.
pub(super) const SUCCESSIONS: Table = Table {
    source: "registry",
    name: "t_cjxx",
    kind: "succession",
    comment: "合并、分立、个转企承继信息",
    columns: SUCCESSION_COLUMNS,
    key: &["cjxh"],
};
const SUCCESSION_COLUMNS: &[Column] = &[
    integer("cjxh", "承继序号"),
    text("nbxh", "承继主体内部序号"),
    text("cjfs", "承继方式"),
    text("bcjmc", "被承继主体名称"),
    text("bcjhm", "被承继主体证照号码"),
    text("cjrq", "承继日期"),
];

const OF_PARENT: Ways = ways!("branch", by_number = "by_registration_number");
const OF_SHAREHOLDER: Ways = ways!("shareholding", by_number = "by_registration_number");
const OF_PREDECESSOR: Ways = ways!("succession", by_number = "by_registration_number");

/// Shareholders of one company, at most.
const MOST: u64 = 5;

/// A row that ties its subject to somebody, and whether the hub can know whom.
pub(super) struct Tied {
    made: Made,
    relation: &'static str,
    is_edge: bool,
    /// The ID number of a person whom the row names.
    person: Option<String>,
}

/// Tells of every edge that each relation must have, and of the subject whose page shows it.
pub(super) fn edges(world: &World, tell: &mut dyn FnMut(&'static str, u64)) {
    let tied = shareholders_tied(world).chain(successions_tied(world)).filter(|tied| tied.is_edge);
    for tied in tied {
        if let Expected::Subject(index) = tied.made.expected {
            tell(tied.relation, index);
        }
    }
    for index in 0..world.n_subjects {
        let subject = world.subject(index);
        if !registry::is_registered(world, &subject) {
            continue;
        }
        tell("representative", index);
        if let Some(Party { expected: Expected::Subject(parent), .. }) = parent(world, &subject) {
            tell("branch", parent);
        }
    }
    super::registry_records::key_people(world, &mut |index| tell("key_person", index));
}

/// Tells the ID number of every person whom a record of shareholders names.
pub(super) fn people(world: &World, tell: &mut dyn FnMut(String)) {
    let records =
        shareholders_tied(world).filter(|tied| !matches!(tied.made.expected, Expected::DeadLetter(_)));
    records.filter_map(|tied| tied.person).for_each(tell);
}

/// Whom a branch belongs to, as its registration writes it down; nothing of a subject that is no branch.
pub(super) fn parent(world: &World, subject: &Subject) -> Option<Party> {
    let is_branch = subject.subject_type == "2130" && !world.hit("branch.untold", subject.index);
    is_branch.then(|| {
        let parent = other_than(world, subject, firm(world, subject.index ^ (7 << 40)));
        party::party(world, &OF_PARENT, subject.index, &parent)
    })
}

/// The columns of the parent: number and name.
pub(super) fn parent_cells(world: &World, subject: &Subject) -> (Cell, Cell) {
    match parent(world, subject) {
        Some(parent) => (number(&parent), parent.name.into()),
        None if world.hit("branch.placeholder", subject.index) => {
            (world.dice.pick("branch.nothing", subject.index, &["无", "000000000000000"]).into(), "无".into())
        }
        None => (Cell::Null, Cell::Null),
    }
}

/// Credit code or registration number, whichever the row has.
fn number(party: &Party) -> Cell {
    if party.uscc == Cell::Null { party.number.clone() } else { party.uscc.clone() }
}

fn is_found(party: &Party) -> bool {
    matches!(party.expected, Expected::Subject(_))
}

/// The one, unless it is the subject itself.
fn other_than(world: &World, subject: &Subject, one: Subject) -> Subject {
    if one.index == subject.index { world.subject((one.index + 1) % world.n_subjects) } else { one }
}

/// What a row of the registry that names its subject by the internal number becomes.
fn expected(world: &World, subject: &Subject, faults: Vec<&'static str>) -> Expected {
    if !faults.is_empty() {
        Expected::DeadLetter(faults)
    } else if registry::is_registered(world, subject) {
        Expected::Subject(subject.index)
    } else {
        Expected::Waiting
    }
}

/// The rows of shareholders.
pub(super) fn shareholders(world: &World) -> Box<dyn Iterator<Item = Made> + '_> {
    Box::new(shareholders_tied(world).map(|tied| tied.made))
}

/// Every company that is no branch has one to five shareholders, whose shares are the whole.
fn shareholders_tied(world: &World) -> impl Iterator<Item = Tied> + '_ {
    let companies = (0..world.n_subjects)
        .map(move |index| world.subject(index))
        .filter(move |subject| subject.category == Category::Enterprise && parent(world, subject).is_none());
    let rows = companies.flat_map(move |company| {
        let n = match world.dice.below("share.holders", company.index, 10) {
            0..3 => 1,
            3..6 => 2,
            6..8 => 3,
            8 => 4,
            _ => MOST,
        };
        (0..n).map(move |place| shareholder(world, &company, place, n)).collect::<Vec<_>>()
    });
    // Numbered as they come.
    (1_u64..).zip(rows).map(|(row, mut tied)| {
        tied.made.key = row.to_string();
        if let Some(number) = tied.made.cells.first_mut() {
            *number = row.into();
        }
        tied
    })
}

fn shareholder(world: &World, company: &Subject, place: u64, n: u64) -> Tied {
    let key = company.index * MOST + place;
    // Of ten thousandths of the whole each has some, the first the rest.
    let part = |place| 500 + world.dice.below("share.part", company.index * MOST + place, 1_200);
    let parts = if place > 0 { part(place) } else { 10_000 - (1..n).map(part).sum::<u64>() };
    let is_no_number = world.hit("shareholding.no_number", key);
    let amount = if is_no_number {
        "详见章程".to_owned()
    } else {
        // Of a capital in 万元, six decimals.
        let units = company.capital_wan * parts * 100;
        format!("{}.{:06}", units / 1_000_000, units % 1_000_000)
    };
    let holder = holder(world, company, place, key);
    let faults = if is_no_number { vec![reasons::BAD_NUMBER] } else { vec![] };
    let expected = expected(world, company, faults);
    let is_edge = holder.is_known && matches!(expected, Expected::Subject(_));
    let cells = vec![
        Cell::Null,
        company.pripid.clone().into(),
        holder.category.into(),
        holder.firm_name,
        holder.firm_number,
        holder.name,
        holder.id,
        amount.into(),
        format!("{}.{:02}00", parts / 100, parts % 100).into(),
        company.established_on.to_string().into(),
    ];
    let (relation, person) = (holder.relation, holder.person);
    Tied { made: Made { cells, key: String::new(), expected }, relation, is_edge, person }
}

/// A shareholder as the row writes it down.
struct Holder {
    category: &'static str,
    firm_name: Cell,
    firm_number: Cell,
    name: Cell,
    id: Cell,
    relation: &'static str,
    is_known: bool,
    person: Option<String>,
}

fn holder(world: &World, company: &Subject, place: u64, key: u64) -> Holder {
    match world.dice.below("share.kind", key, 100) {
        0..82 => individual(world, &person(world, company, place, key), key),
        82..98 => corporate(world, company, key),
        _ => {
            let names = ["HUAXIA HOLDINGS LIMITED", "蓝海国际（香港）有限公司", "Qinling Capital Pte. Ltd."];
            Holder {
                category: "60",
                firm_name: world.dice.pick("share.foreign", key, &names).into(),
                firm_number: if world.hit("shareholding.placeholder", key) {
                    "无".into()
                } else {
                    Cell::Null
                },
                name: Cell::Null,
                id: Cell::Null,
                relation: "corporate_shareholder",
                is_known: false,
                person: None,
            }
        }
    }
}

fn corporate(world: &World, company: &Subject, key: u64) -> Holder {
    let holder = other_than(world, company, firm(world, key ^ (9 << 40)));
    let party = party::party(world, &OF_SHAREHOLDER, key, &holder);
    let is_placeholder = number(&party) == Cell::Null && world.hit("shareholding.placeholder", key);
    Holder {
        category: if world.hit("shareholding.unknown_type", key) { "99" } else { "20" },
        firm_number: if is_placeholder { "000000".into() } else { number(&party) },
        is_known: is_found(&party),
        firm_name: party.name.into(),
        name: Cell::Null,
        id: Cell::Null,
        relation: "corporate_shareholder",
        person: None,
    }
}

fn individual(world: &World, person: &Person, key: u64) -> Holder {
    let (id, is_known) = if world.hit("shareholding.placeholder", key) {
        (world.dice.pick("share.nothing", key, &["无", "000000"]).into(), false)
    } else if world.hit("shareholding.wrong_id", key) {
        (party::with_wrong_check(&person.id).into(), false)
    } else if world.hit("shareholding.short_id", key)
        && let Some(short) = person.short_id()
    {
        (short.into(), true)
    } else {
        (person.id.clone().into(), true)
    };
    Holder {
        category: "10",
        firm_name: Cell::Null,
        firm_number: Cell::Null,
        name: person.name.clone().into(),
        id,
        relation: "individual_shareholder",
        is_known,
        person: is_known.then(|| person.id.clone()),
    }
}

/// Mostly the legal representative holds most; some people hold shares in many companies, some in hundreds.
fn person(world: &World, company: &Subject, place: u64, key: u64) -> Person {
    let roll = world.dice.below("share.person", key, 100);
    match roll {
        0..60 if place == 0 => company.legal_representative.clone(),
        60..85 => world.person(world.dice.below("share.busy", key, world.scaled(8_000))),
        85..88 => world.person(world.dice.below("share.agent", key, world.scaled(40))),
        _ => world.person(world.dice.below("share.other", key, world.n_persons())),
    }
}

/// The rows of successions.
pub(super) fn successions(world: &World) -> Box<dyn Iterator<Item = Made> + '_> {
    Box::new(successions_tied(world).map(|tied| tied.made))
}

fn successions_tied(world: &World) -> impl Iterator<Item = Tied> + '_ {
    (0..world.scaled(900)).map(move |row| succession(world, row))
}

/// Two rows one after the other are of one event: two merge into one, or one is divided in two.
fn succession(world: &World, row: u64) -> Tied {
    let pair = row / 2;
    let event = match world.dice.below("succession.event", pair, 20) {
        0..11 => "5",
        11..15 => "1",
        15..17 => "2",
        17..19 => "3",
        _ => "4",
    };
    let (of_successor, of_predecessor) = match event {
        "2" => (pair, row),
        "3" | "4" => (row, pair),
        _ => (row, row),
    };
    let successor = firm(world, of_successor ^ (11 << 40));
    let predecessor = match event {
        "5" => individual_business(world, of_predecessor),
        _ => firm(world, of_predecessor ^ (13 << 40)),
    };
    let predecessor = other_than(world, &successor, predecessor);
    let party = party::party(world, &OF_PREDECESSOR, row, &predecessor);
    let day = world.day("succession.day", pair, 2014, 2019);
    let is_impossible = world.hit("succession.impossible_date", row);
    let faults = if is_impossible { vec![reasons::BAD_DATE] } else { vec![] };
    let expected = expected(world, &successor, faults);
    let is_edge = is_found(&party) && matches!(expected, Expected::Subject(_));
    let cells = vec![
        (row + 1).into(),
        successor.pripid.into(),
        (if world.hit("succession.unknown_event", row) { "X" } else { event }).into(),
        party.name.clone().into(),
        number(&party),
        (if is_impossible { format!("{}-02-30", day.year()) } else { day.to_string() }).into(),
    ];
    let made = Made { cells, key: (row + 1).to_string(), expected };
    Tied { made, relation: "succession", is_edge, person: None }
}

/// An individual business; after some tries, whoever comes.
fn individual_business(world: &World, key: u64) -> Subject {
    let labels = ["succession.shop", "succession.shop1", "succession.shop2", "succession.shop3"];
    let mut subject = world.some_subject("succession.shop0", key);
    for label in labels {
        if subject.category == Category::Individual {
            break;
        }
        subject = world.some_subject(label, key);
    }
    subject
}
