//! 市场监管局, registration: one row a market subject.

use super::party::with_wrong_check;
use crate::table::{Cell, Column, Made, Table, text, typed};
use crate::truth::Expected;
use crate::world::{Category, Subject, World};

/// 主体基本信息.
pub(super) const TABLE: Table = Table {
    source: "registry",
    name: "t_ztjbxx",
    kind: "registration",
    comment: "市场主体基本信息",
    columns: COLUMNS,
    key: &["nbxh"],
};

const COLUMNS: &[Column] = &[
    text("nbxh", "内部序号(主体身份代码)"),
    text("tyshxydm", "统一社会信用代码"),
    text("zch", "注册号"),
    text("qymc", "企业(字号)名称"),
    text("ztlx", "市场主体类型"),
    text("fddbr", "法定代表人(经营者)"),
    text("frzjhm", "法定代表人证件号码"),
    text("zczb", "注册资本(万元)"),
    text("bz", "币种"),
    text("clrq", "成立日期"),
    text("jyqxz", "经营期限自"),
    text("jyqxzhi", "经营期限至"),
    text("djzt", "登记状态"),
    text("djjg", "登记机关"),
    text("xzqh", "住所行政区划"),
    text("zs", "住所(经营场所)"),
    text("hydm", "行业代码"),
    text("hybb", "行业代码版本"),
    text("jyfw", "经营范围"),
    text("lxdh", "联系电话"),
    text("lsqydm", "隶属企业统一社会信用代码(注册号)"),
    text("lsqymc", "隶属企业名称"),
    typed("xgsj", "timestamp", "TEXT", "修改时间"),
];

/// Which of a subject's identifiers the registry gives.
pub(super) struct Known {
    pub(super) code: bool,
    pub(super) number: bool,
    pub(super) pripid: bool,
}

/// What the registry tells of a subject; nothing when its row is set aside.
pub(super) fn known(world: &World, subject: &Subject) -> Known {
    let registered = is_registered(world, subject);
    let code = registered && !lacks_code(world, subject);
    let number = registered && subject.registration_number.is_some() && !number_is_code(world, subject);
    Known { code, number, pripid: registered }
}

/// Whether the registry's row of a subject becomes a record.
#[must_use]
pub fn is_registered(world: &World, subject: &Subject) -> bool {
    faults(world, subject).is_empty()
}

fn lacks_code(world: &World, subject: &Subject) -> bool {
    subject.category == Category::Individual
        && subject.registration_number.is_some()
        && world.hit("registry.no_code", subject.index)
}

fn number_is_code(world: &World, subject: &Subject) -> bool {
    !lacks_code(world, subject) && world.hit("registry.code_in_number", subject.index)
}

/// Whether a real capital says something without a number: some rows of the published file hold a name there.
fn is_no_amount(text: &str) -> bool {
    let says_nothing = matches!(text.trim(), "" | "N/A" | "无" | "-" | "NULL");
    !says_nothing && !text.contains(|c: char| c.is_numeric())
}

/// Why the row of a subject must be set aside.
fn faults(world: &World, subject: &Subject) -> Vec<&'static str> {
    let index = subject.index;
    let mut faults = Vec::new();
    if !lacks_code(world, subject) {
        if world.hit("registry.code_check", index) {
            faults.push(crate::reasons::USCC_CHECK);
        } else if let Some(reason) = crate::reasons::of_uscc(&subject.uscc) {
            faults.push(reason);
        }
    }
    if world.hit("registry.no_name", index) {
        faults.push(crate::reasons::MISSING);
    }
    if world.hit("registry.capital_overflow", index) {
        faults.push(crate::reasons::MONEY_RANGE);
    } else if subject.capital_text.as_deref().is_some_and(is_no_amount) {
        faults.push(crate::reasons::BAD_NUMBER);
    }
    if world.hit("registry.impossible_date", index) {
        faults.push(crate::reasons::BAD_DATE);
    }
    faults
}

/// The rows.
pub(super) fn rows(world: &World) -> Box<dyn Iterator<Item = Made> + '_> {
    Box::new((0..world.n_subjects).map(|index| row(world, &world.subject(index))))
}

fn row(world: &World, subject: &Subject) -> Made {
    let index = subject.index;
    let faults = faults(world, subject);
    let (code, number) = numbers(world, subject);
    let (capital, currency) = capital(world, subject);
    let name = if world.hit("registry.no_name", index) {
        Cell::from("　")
    } else {
        self::name(world, subject).into()
    };
    let established = subject.established_on;
    let is_firm = subject.category == Category::Enterprise;
    let end = match world.dice.below("registry.end", index, 10) {
        0..6 => "长期".to_owned(),
        6 => "9999-12-31".to_owned(),
        _ => {
            format!("{}-{:02}-{:02}", established.year() + 20, established.month(), established.day().min(28))
        }
    };
    let changed = world.day("registry.changed", index, 2018, 2019);
    let (parent, parent_name) = super::registry_relations::parent_cells(world, subject);
    let cells = vec![
        subject.pripid.clone().into(),
        code,
        number,
        name,
        subject.subject_type.into(),
        subject.legal_representative.name.clone().into(),
        subject.legal_representative.id.clone().into(),
        capital,
        currency.into(),
        date_text(world, subject),
        established.to_string().into(),
        end.into(),
        state(world, index).into(),
        "610131".into(),
        subject.district.into(),
        subject.address.clone().into(),
        subject.industry.into(),
        (if established.year() < 2018 { "2011" } else { "2017" }).into(),
        if is_firm || world.dice.below("registry.scope", index, 3) > 0 {
            subject.scope.clone().into()
        } else {
            Cell::Null
        },
        phone(world, subject).into(),
        parent,
        parent_name,
        format!("{changed} {:02}:{:02}:{:02}", index % 24, index % 60, index % 59).into(),
    ];
    let expected = if faults.is_empty() { Expected::Subject(index) } else { Expected::DeadLetter(faults) };
    Made { cells, key: subject.pripid.clone(), expected }
}

/// Credit code and registration number as this row has them.
fn numbers(world: &World, subject: &Subject) -> (Cell, Cell) {
    let number = subject.registration_number.clone();
    if lacks_code(world, subject) {
        return (Cell::Null, number.into());
    }
    let code = if world.hit("registry.code_check", subject.index) {
        with_wrong_check(&subject.uscc)
    } else {
        subject.uscc.clone()
    };
    let written =
        if world.hit("registry.full_width", subject.index) { full_width(&code) } else { code.clone() };
    let number = if number_is_code(world, subject) { Some(code) } else { number };
    (written.into(), number.into())
}

fn name(world: &World, subject: &Subject) -> String {
    match world.dice.below("registry.name", subject.index, 50) {
        0 => format!("{}（个体工商户）", subject.name),
        1 => subject.name.replacen("西安", "（西安）", 1),
        2 => format!(" {} ", subject.name),
        _ if world.hit("registry.full_width", subject.index) => format!("{}ＡＢ", subject.name),
        _ => subject.name.clone(),
    }
}

fn capital(world: &World, subject: &Subject) -> (Cell, &'static str) {
    let index = subject.index;
    if world.hit("registry.capital_overflow", index) {
        return ("99999999999999999999".into(), "156");
    }
    if let Some(text) = &subject.capital_text {
        return (text.clone().into(), "156");
    }
    let wan = subject.capital_wan;
    if world.hit("registry.foreign_capital", index) {
        return (format!("{wan}.5").into(), "840");
    }
    if world.hit("registry.capital_text", index) {
        let text = if index.is_multiple_of(2) {
            format!("{wan}万人民币")
        } else {
            format!("{}(万)", with_commas(wan))
        };
        return (text.into(), "156");
    }
    (format!("{wan}.000000").into(), "156")
}

fn date_text(world: &World, subject: &Subject) -> Cell {
    let (index, date) = (subject.index, subject.established_on);
    if world.hit("registry.impossible_date", index) {
        return format!("{}-02-30", date.year()).into();
    }
    if world.hit("registry.compact_date", index) {
        return format!("{:04}{:02}{:02}", date.year(), date.month(), date.day()).into();
    }
    if world.hit("registry.chinese_date", index) {
        return format!("{}年{}月{}日", date.year(), date.month(), date.day()).into();
    }
    date.to_string().into()
}

fn state(world: &World, index: u64) -> &'static str {
    if world.hit("registry.unknown_state", index) {
        return "ZZ";
    }
    match world.dice.below("registry.state", index, 1000) {
        0..860 => "K",
        860..900 => "B",
        900..950 => "DX",
        950..985 => "D",
        985..995 => "QX",
        _ => "C",
    }
}

fn phone(world: &World, subject: &Subject) -> String {
    let index = subject.index;
    if world.hit("registry.placeholder_phone", index) {
        return (world.dice.pick("registry.placeholder", index, &["无", "0", "-", "00000000"])).to_owned();
    }
    if world.hit("registry.shared_phone", index) {
        return format!("029-8831{:04}", world.dice.below("registry.agency", index, 25));
    }
    subject.phone.clone()
}

fn full_width(text: &str) -> String {
    text.chars().map(|c| char::from_u32(u32::from(c) + 0xFEE0).unwrap_or(c)).collect()
}

fn with_commas(number: u64) -> String {
    if number < 1000 { number.to_string() } else { format!("{},{:03}", number / 1000, number % 1000) }
}
