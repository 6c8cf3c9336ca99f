//! Tables described column by column: what each of them says of a subject, which dirt may hit it, and what the hub can
//! make of that.
//!
//! Must never know what the departments are; each of them is a list of plans.

use jiff::civil::Date;

use super::party::{self, Party, Ways};
use super::registry;
use crate::reasons;
use crate::table::{Cell, Column, Made, Table};
use crate::truth::Expected;
use crate::world::{Category, Subject, World};

/// A table, and how its cells are written.
pub(super) struct Plan {
    pub(super) source: &'static str,
    pub(super) name: &'static str,
    pub(super) kind: &'static str,
    pub(super) comment: &'static str,
    pub(super) key: &'static [&'static str],
    /// Rows at scale 1.
    pub(super) n_rows: u64,
    pub(super) of: Of,
    pub(super) who: Who,
    /// What may be wrong so that a row must be set aside, and the hazard that says how often.
    pub(super) faults: &'static [(Fault, &'static str)],
    pub(super) columns: &'static [(Column, Say)],
}

/// What a column says in a row.
pub(super) type Say = fn(&Row<'_>) -> Cell;

/// Which subjects the rows are about.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    /// Any, perhaps several times.
    Some,
    /// Any enterprise, perhaps several times.
    Firm,
    /// Each at most once.
    Each,
    /// None: the rows have a life of their own.
    Row,
}

/// By what the rows name whom they are about.
#[derive(Clone, Copy)]
pub(super) enum Who {
    /// By one of the ways of the department.
    Party(&'static Ways),
    /// By the internal number of the registry, always.
    Registry,
    /// By the credit code, always.
    Code,
    /// They bring their entity into being.
    Itself,
    /// By the number of a Party organisation.
    Branch,
}

/// A fault for which a row must be set aside.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// The column that calls [`Row::must`] is empty.
    Missing,
    /// The column that calls [`Row::day`] has a day that no calendar has.
    Date,
    /// The column that calls [`Row::wan`] or [`Row::yuan`] has no number.
    Number,
}

impl Fault {
    fn reason(self) -> &'static str {
        match self {
            Fault::Missing => reasons::MISSING,
            Fault::Date => reasons::BAD_DATE,
            Fault::Number => reasons::BAD_NUMBER,
        }
    }
}

/// How a department writes a day.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// 2019-03-08
    Dash,
    /// 2019/3/8
    Slash,
    /// 20190308
    Compact,
    /// 2019年3月8日
    Chinese,
    /// 2019.03.08
    Dots,
    /// 2019-03-08 09:30:00
    Time,
}

pub(super) const BANKS: &[&str] =
    &["中国建设银行西安高新支行", "西安银行高新科技支行", "长安银行高新区支行", "浦发银行西安分行"];

impl Plan {
    /// The table, for those who write it. Lives as long as the program: there is one for each plan.
    pub(super) fn table(&self) -> Table {
        Table {
            source: self.source,
            name: self.name,
            kind: self.kind,
            comment: self.comment,
            columns: self.columns.iter().map(|(column, _)| *column).collect::<Vec<_>>().leak(),
            key: self.key,
        }
    }

    /// The rows of this table in a world.
    pub(super) fn rows<'w>(&'static self, world: &'w World) -> Box<dyn Iterator<Item = Made> + 'w> {
        let n_rows = match self.of {
            Of::Each => world.scaled(self.n_rows).min(world.n_subjects),
            Of::Some | Of::Firm | Of::Row => world.scaled(self.n_rows),
        };
        Box::new((0..n_rows).map(move |row| self.made(world, row, n_rows)))
    }

    fn made(&'static self, world: &World, row: u64, n_rows: u64) -> Made {
        let row = Row::new(world, self, row, n_rows);
        let cells: Vec<Cell> = self.columns.iter().map(|(_, say)| say(&row)).collect();
        let key: Vec<String> = self
            .columns
            .iter()
            .zip(&cells)
            .filter(|((column, _), _)| self.key.contains(&column.name))
            .map(|(_, cell)| match cell {
                Cell::Text(text) => text.clone(),
                Cell::Int(number) => number.to_string(),
                Cell::Null | Cell::Raw(_) => String::new(),
            })
            .collect();
        let expected = if row.faults.is_empty() {
            row.party.expected
        } else {
            Expected::DeadLetter(row.faults.iter().map(|fault| fault.reason()).collect())
        };
        Made { cells, key: key.join("|"), expected }
    }

    /// What chance depends on in a row of this table.
    fn key(&self, row: u64) -> u64 {
        let name = self.name.bytes().fold(0xcbf2_9ce4_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0193) & 0xffff_ffff
        });
        (name << 32) ^ row
    }

    fn faults(&self, world: &World, row: u64) -> Vec<Fault> {
        let key = self.key(row);
        self.faults.iter().filter(|(_, hazard)| world.hit(hazard, key)).map(|(fault, _)| *fault).collect()
    }
}

/// A row that is being written.
pub(super) struct Row<'w> {
    pub(super) world: &'w World,
    pub(super) row: u64,
    pub(super) subject: Subject,
    pub(super) party: Party,
    key: u64,
    day: Date,
    faults: Vec<Fault>,
}

impl<'w> Row<'w> {
    fn new(world: &'w World, plan: &'static Plan, row: u64, n_rows: u64) -> Row<'w> {
        let key = plan.key(row);
        let subject = match plan.of {
            Of::Some | Of::Row => world.some_subject("plan.subject", key),
            Of::Firm => firm(world, key),
            Of::Each => world.subject(row * (world.n_subjects / n_rows.max(1)).max(1)),
        };
        let party = match plan.who {
            Who::Party(ways) => party::party(world, ways, key, &subject),
            Who::Registry => party::by_pripid(world, &subject),
            Who::Code => party::by_code(world, &subject),
            Who::Itself => party::none(Expected::Itself(row)),
            Who::Branch => branch(world, key),
        };
        let faults = plan.faults(world, row);
        Row { world, row, subject, party, key, day: world.day("plan.day", key, 2014, 2019), faults }
    }

    /// A roll below `n` for this row.
    pub(super) fn below(&self, label: &str, n: u64) -> u64 {
        self.world.dice.below(label, self.key, n)
    }

    fn has(&self, fault: Fault) -> bool {
        self.faults.contains(&fault)
    }

    /// The number of the row, from 1.
    pub(super) fn n(&self) -> Cell {
        (self.row + 1).into()
    }

    /// A prefix, and the number of the row in so many digits.
    pub(super) fn serial(&self, prefix: &str, width: usize) -> Cell {
        format!("{prefix}{:0width$}", self.row + 1).into()
    }

    /// 西高市监〔2019〕12号
    pub(super) fn document(&self, sign: &str) -> Cell {
        format!("{sign}〔{}〕{}号", self.day.year(), self.row + 1).into()
    }

    /// （2019）陕0113执12号
    pub(super) fn ruling(&self, sign: &str) -> Cell {
        format!("（{}）陕0113{sign}{}号", self.day.year(), 50_000 + self.row).into()
    }

    pub(super) fn text(&self, text: &str) -> Cell {
        text.into()
    }

    pub(super) fn constant(&self, number: u64) -> Cell {
        number.into()
    }

    /// A cell that the kind requires: empty where the hazard says so.
    pub(super) fn must(&self, cell: Cell) -> Cell {
        if self.has(Fault::Missing) { Cell::Null } else { cell }
    }

    pub(super) fn pick(&self, label: &str, list: &[&str]) -> Cell {
        self.world.dice.pick(label, self.key, list).into()
    }

    pub(super) fn between(&self, label: &str, from: u64, to: u64) -> Cell {
        (from + self.below(label, to - from + 1)).into()
    }

    /// A text in so many rows of a million, else nothing.
    pub(super) fn sometimes(&self, label: &str, ppm: u32, text: &str) -> Cell {
        if self.world.dice.happens(label, self.key, ppm) { text.into() } else { Cell::Null }
    }

    /// The day of the row; where the hazard says so, one that no calendar has.
    pub(super) fn day(&self, format: Format) -> Cell {
        let day = self.day;
        if self.has(Fault::Date) {
            return written(day.year(), 2, 31, format).into();
        }
        written(day.year(), day.month(), day.day(), format).into()
    }

    pub(super) fn year(&self) -> Cell {
        u64::try_from(self.day.year()).unwrap_or(0).into()
    }

    /// So many days after the day of the row.
    pub(super) fn later(&self, days: i64, format: Format) -> Cell {
        let day = self.day.checked_add(jiff::Span::new().days(days)).unwrap_or(self.day);
        written(day.year(), day.month(), day.day(), format).into()
    }

    /// The end of a term of so many years, or that it has none.
    pub(super) fn term(&self, years: i16) -> Cell {
        match self.below("plan.term", 20) {
            0 => "长期".into(),
            1 => "9999-12-31".into(),
            2 => "无".into(),
            _ => written(self.day.year() + years, self.day.month(), self.day.day().min(28), Format::Dash)
                .into(),
        }
    }

    /// An amount in 万元, below `below`, with six decimals; no number where the hazard says so.
    pub(super) fn wan(&self, label: &str, below: u64) -> Cell {
        self.amount(self.below(label, below * 10_000) * 100, 6)
    }

    /// An amount in yuan, below `below`, with two decimals; no number where the hazard says so.
    pub(super) fn yuan(&self, label: &str, below: u64) -> Cell {
        self.amount(self.below(label, below * 100), 2)
    }

    /// Square metres below `below`.
    pub(super) fn area(&self, label: &str, below: u64) -> Cell {
        decimal(self.below(label, below * 100), 2)
    }

    /// Hectares below `below`.
    pub(super) fn hectares(&self, label: &str, below: u64) -> Cell {
        decimal(self.below(label, below * 10_000), 4)
    }

    /// Hundredths below `hundredths`.
    pub(super) fn ratio(&self, label: &str, hundredths: u64) -> Cell {
        decimal(self.below(label, hundredths), 2)
    }

    fn amount(&self, number: u64, scale: u32) -> Cell {
        if self.has(Fault::Number) { "详见附件".into() } else { decimal(number, scale) }
    }
}

/// An enterprise; after some tries, whoever comes.
pub(super) fn firm(world: &World, key: u64) -> Subject {
    let mut subject = world.some_subject("plan.firm", key);
    for label in ["plan.firm1", "plan.firm2", "plan.firm3", "plan.firm4", "plan.firm5"] {
        if subject.category == Category::Enterprise {
            break;
        }
        subject = world.some_subject(label, key);
    }
    subject
}

/// The number of a Party organisation, and whether the hub can know it.
fn branch(world: &World, key: u64) -> Party {
    let organisations = &super::party_building::ORGANISATIONS;
    let row = world.dice.below("party.branch", key, world.scaled(organisations.n_rows));
    if world.hit("party.no_branch", key) {
        return party::none(Expected::Nobody);
    }
    let expected = if world.hit("party.unknown_branch", key) {
        return Party { local: "DZZ999999".into(), ..party::none(Expected::Waiting) };
    } else if organisations.faults(world, row).is_empty() {
        Expected::Itself(row)
    } else {
        Expected::Waiting
    };
    Party { local: format!("DZZ{:06}", row + 1).into(), ..party::none(expected) }
}

/// What the registry writes of a subject in tables of its own.
pub(super) fn registered_code(world: &World, subject: &Subject) -> Cell {
    if registry::known(world, subject).code { subject.uscc.clone().into() } else { Cell::Null }
}

fn decimal(number: u64, scale: u32) -> Cell {
    let unit = 10_u64.pow(scale);
    format!("{}.{:0width$}", number / unit, number % unit, width = scale as usize).into()
}

fn written(year: i16, month: i8, day: i8, format: Format) -> String {
    match format {
        Format::Dash => format!("{year:04}-{month:02}-{day:02}"),
        Format::Slash => format!("{year}/{month}/{day}"),
        Format::Compact => format!("{year:04}{month:02}{day:02}"),
        Format::Chinese => format!("{year}年{month}月{day}日"),
        Format::Dots => format!("{year:04}.{month:02}.{day:02}"),
        Format::Time => format!("{year:04}-{month:02}-{day:02} 09:30:00"),
    }
}
