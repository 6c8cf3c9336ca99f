//! 市场监管局, what follows a registration: people, changes, annual reports, lists.

use super::registry;
use crate::reasons;
use crate::table::{Cell, Column, Made, Table, integer, text, typed};
use crate::truth::Expected;
use crate::world::{Subject, World};

/// 主要人员.
pub(super) const PERSONS: Table = Table {
    source: "registry",
    name: "t_zyry",
    kind: "position",
    comment: "主要人员信息",
    columns: PERSON_COLUMNS,
    key: &["ryxh"],
};
const PERSON_COLUMNS: &[Column] = &[
    integer("ryxh", "人员序号"),
    text("nbxh", "内部序号"),
    text("xm", "姓名"),
    text("zjlx", "证件类型"),
    text("zjhm", "证件号码"),
    text("zw", "职务"),
    typed("sffr", "smallint", "INTEGER", "是否法定代表人"),
    text("rzrq", "任职日期"),
];

/// 变更登记.
pub(super) const CHANGES: Table = Table {
    source: "registry",
    name: "t_bgxx",
    kind: "change",
    comment: "变更登记信息",
    columns: CHANGE_COLUMNS,
    key: &["bgxh"],
};
const CHANGE_COLUMNS: &[Column] = &[
    integer("bgxh", "变更序号"),
    text("nbxh", "内部序号"),
    text("bgsx", "变更事项"),
    text("bgq", "变更前内容"),
    text("bgh", "变更后内容"),
    text("bgrq", "变更日期"),
];

/// 年度报告.
pub(super) const REPORTS: Table = Table {
    source: "registry",
    name: "t_ndbg",
    kind: "annual_report",
    comment: "年度报告",
    columns: REPORT_COLUMNS,
    key: &["nbxh", "nd"],
};
const REPORT_COLUMNS: &[Column] = &[
    text("nbxh", "内部序号"),
    integer("nd", "年度"),
    text("tyshxydm", "统一社会信用代码"),
    typed("zcze", "numeric(18,6)", "TEXT", "资产总额(万元)"),
    typed("yysr", "numeric(18,6)", "TEXT", "营业收入(万元)"),
    typed("lrze", "numeric(18,6)", "TEXT", "利润总额(万元)"),
    typed("nsze", "numeric(18,6)", "TEXT", "纳税总额(万元)"),
    integer("cyrs", "从业人数"),
    typed("tbrq", "date", "TEXT", "填报日期"),
    text("lxdh", "联系电话"),
];

/// 经营异常名录.
pub(super) const ABNORMAL: Table = Table {
    source: "registry",
    name: "t_jyyc",
    kind: "abnormal_listing",
    comment: "经营异常名录",
    columns: LISTING_COLUMNS,
    key: &["xh"],
};
/// 严重违法失信名单.
pub(super) const SERIOUS: Table = Table {
    source: "registry",
    name: "t_yzwf",
    kind: "serious_violation",
    comment: "严重违法失信企业名单",
    columns: LISTING_COLUMNS,
    key: &["xh"],
};
const LISTING_COLUMNS: &[Column] = &[
    integer("xh", "序号"),
    text("nbxh", "内部序号"),
    text("tyshxydm", "统一社会信用代码"),
    text("qymc", "企业名称"),
    text("lryy", "列入原因"),
    text("lrrq", "列入日期"),
    text("lrjg", "列入决定机关"),
    text("lrwh", "列入决定文号"),
    text("ycrq", "移出日期"),
    text("ycyy", "移出原因"),
];

/// What a record of the registry that names the subject by its internal number becomes.
fn by_pripid(world: &World, subject: &Subject) -> Expected {
    if registry::known(world, subject).pripid { Expected::Subject(subject.index) } else { Expected::Waiting }
}

fn dead(reasons: Vec<&'static str>, otherwise: Expected) -> Expected {
    if reasons.is_empty() { otherwise } else { Expected::DeadLetter(reasons) }
}

/// The rows of people: every legal representative, then others.
pub(super) fn persons(world: &World) -> Box<dyn Iterator<Item = Made> + '_> {
    Box::new(persons_known(world).map(|(made, _)| made))
}

/// Tells of each company that the hub knows, once for every person of its rows whom it can know.
pub(super) fn key_people(world: &World, tell: &mut dyn FnMut(u64)) {
    for (made, person) in persons_known(world) {
        if let (Expected::Subject(index), Some(_)) = (made.expected, person) {
            tell(index);
        }
    }
}

/// Tells the ID number of every person whom a record of people names.
pub(super) fn people(world: &World, tell: &mut dyn FnMut(String)) {
    persons_known(world).filter_map(|(_, person)| person).for_each(tell);
}

/// The same, and the ID number of each row where it holds.
fn persons_known(world: &World) -> impl Iterator<Item = (Made, Option<String>)> + '_ {
    let n_rows = world.scaled(220_000).max(world.n_subjects);
    (0..n_rows).map(move |row| {
        let is_legal = row < world.n_subjects;
        let subject = if is_legal { world.subject(row) } else { world.some_subject("person.subject", row) };
        let person = if is_legal {
            subject.legal_representative.clone()
        } else {
            world.person(world.dice.below("person.other", row, world.n_persons()))
        };
        let (kind, id, is_known) = if world.hit("person.foreign", row) {
            ("40", Cell::from(format!("E{:08}", row)), false)
        } else if world.hit("person.no_id", row) {
            ("10", Cell::Null, false)
        } else if world.hit("person.wrong_id", row) {
            ("10", super::party::with_wrong_check(&person.id).into(), false)
        } else if world.hit("person.short_id", row)
            && let Some(short) = person.short_id()
        {
            ("10", short.into(), true)
        } else {
            ("10", person.id.clone().into(), true)
        };
        let known = is_known.then_some(person.id);
        let post = if is_legal {
            "法定代表人"
        } else {
            world.dice.pick("person.post", row, &["监事", "董事", "股东", "经理"])
        };
        let since = subject.established_on;
        let cells = vec![
            (row + 1).into(),
            subject.pripid.clone().into(),
            person.name.into(),
            kind.into(),
            id,
            post.into(),
            u64::from(is_legal).into(),
            since.to_string().into(),
        ];
        (Made { cells, key: (row + 1).to_string(), expected: by_pripid(world, &subject) }, known)
    })
}

/// The rows of changes.
pub(super) fn changes(world: &World) -> Box<dyn Iterator<Item = Made> + '_> {
    Box::new((0..world.scaled(180_000)).map(move |row| {
        let subject = world.some_subject("change.subject", row);
        let item = world.dice.pick("change.item", row, &["01", "02", "03", "05", "08", "10", "12", "20"]);
        let (before, after) = match item {
            "01" => (format!("{}（旧）", subject.name), subject.name.clone()),
            "02" => ("西安市碑林区友谊西路1号".to_owned(), subject.address.clone()),
            "03" => (world.person(row % world.n_persons()).name, subject.legal_representative.name.clone()),
            "05" => (format!("{}万元", subject.capital_wan / 2 + 1), format!("{}万元", subject.capital_wan)),
            _ => ("见档案".to_owned(), "见档案".to_owned()),
        };
        let day = world.day("change.day", row, 2014, 2019);
        let is_impossible = world.hit("change.impossible_date", row);
        let date = if is_impossible { format!("{}-06-31", day.year()) } else { day.to_string() };
        let item = if world.hit("change.unknown_item", row) { "88" } else { item };
        let faults = if is_impossible { vec![reasons::BAD_DATE] } else { vec![] };
        let expected = dead(faults, by_pripid(world, &subject));
        let cells = vec![
            (row + 1).into(),
            subject.pripid.into(),
            item.into(),
            before.into(),
            after.into(),
            date.into(),
        ];
        Made { cells, key: (row + 1).to_string(), expected }
    }))
}

/// The rows of annual reports: some years of some subjects, three in the mean.
pub(super) fn reports(world: &World) -> Box<dyn Iterator<Item = Made> + '_> {
    let n_rows = world.scaled(430_000);
    Box::new((0..n_rows).map(move |row| {
        let subject = world.subject(row % world.n_subjects);
        let year = 2018 - row / world.n_subjects;
        let is_nan = world.hit("report.nan", row);
        let wan = |label: &str, scale: u64| {
            let cents = world.dice.below(label, row, scale * 1_000_000);
            Cell::from(format!("{}.{:06}", cents / 1_000_000, cents % 1_000_000))
        };
        let code =
            if registry::known(world, &subject).code { Cell::from(subject.uscc.clone()) } else { Cell::Null };
        let cells = vec![
            subject.pripid.clone().into(),
            year.into(),
            code,
            if is_nan { "NaN".into() } else { wan("report.assets", 90_000) },
            wan("report.revenue", 40_000),
            wan("report.profit", 3_000),
            wan("report.tax", 900),
            world.dice.below("report.staff", row, 300).into(),
            format!("{}-{:02}-{:02}", year + 1, 1 + row % 6, 1 + row % 28).into(),
            subject.phone.clone().into(),
        ];
        let faults = if is_nan { vec![reasons::BAD_NUMBER] } else { vec![] };
        Made {
            cells,
            key: format!("{}|{year}", subject.pripid),
            expected: dead(faults, by_pripid(world, &subject)),
        }
    }))
}

/// The rows of the abnormal list: 16 % of the base.
pub(super) fn abnormal(world: &World) -> Box<dyn Iterator<Item = Made> + '_> {
    Box::new((0..world.scaled(23_000)).map(move |row| {
        let cause = match world.dice.below("listing.cause", row, 100) {
            0..80 => "1",
            80..97 => "4",
            97..99 => "3",
            _ => "2",
        };
        listing(world, row, "listing.subject", cause, "异入")
    }))
}

/// The rows of the list of serious violations.
pub(super) fn serious(world: &World) -> Box<dyn Iterator<Item = Made> + '_> {
    Box::new((0..world.scaled(210)).map(move |row| listing(world, row, "serious.subject", "9", "严入")))
}

fn listing(world: &World, row: u64, label: &'static str, cause: &'static str, sign: &str) -> Made {
    let subject = world.some_subject(label, row);
    let listed = world.day(label, row, 2015, 2019);
    let is_impossible = world.hit("listing.impossible_date", row + (u64::from(cause == "9") << 32));
    let listed_text = if is_impossible { format!("{}-13-01", listed.year()) } else { listed.to_string() };
    let is_out = cause != "9" && world.dice.below("listing.out", row, 3) == 0;
    let out = is_out.then(|| listed.checked_add(jiff::Span::new().days(200)).unwrap_or(listed).to_string());
    let code =
        if registry::known(world, &subject).code { Cell::from(subject.uscc.clone()) } else { Cell::Null };
    let faults = if is_impossible { vec![reasons::BAD_DATE] } else { vec![] };
    let expected = dead(faults, by_pripid(world, &subject));
    let cells = vec![
        (row + 1).into(),
        subject.pripid.into(),
        code,
        subject.name.into(),
        cause.into(),
        listed_text.into(),
        "西安市市场监督管理局高新区分局".into(),
        format!("西高市监{sign}〔{}〕第{}号", listed.year(), row + 1).into(),
        out.into(),
        (if is_out { Cell::from("1") } else { Cell::Null }),
    ];
    Made { cells, key: (row + 1).to_string(), expected }
}
