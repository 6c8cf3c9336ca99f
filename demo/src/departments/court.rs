//! 人民法院: defaulters, firms and people in two tables, firms by their old numbers.

use super::party::{self, Ways};
use crate::reasons;
use crate::table::{Cell, Column, Made, Table, text};
use crate::truth::Expected;
use crate::world::{Person, World};

/// 失信被执行人, firms. The table declares no key; the case number serves.
pub(super) const FIRMS: Table = Table {
    source: "court",
    name: "sxbzxr_fr",
    kind: "defaulter",
    comment: "失信被执行人(法人)",
    columns: FIRM_COLUMNS,
    key: &[],
};
const FIRM_COLUMNS: &[Column] = &[
    text("ah", "案号"),
    text("mc", "被执行人名称"),
    text("zjhm", "组织机构代码或统一社会信用代码"),
    text("zch", "注册号"),
    text("fddbr", "企业法人"),
    text("zxfy", "执行法院"),
    text("zxyj", "执行依据文号"),
    text("larq", "立案时间"),
    text("fbrq", "发布时间"),
    text("yw", "生效法律文书确定的义务"),
    text("lxqk", "履行情况"),
    text("je", "执行标的(元)"),
];

/// 失信被执行人, people.
pub(super) const PEOPLE: Table = Table {
    source: "court",
    name: "sxbzxr_zr",
    kind: "personal_defaulter",
    comment: "失信被执行人(自然人)",
    columns: PERSON_COLUMNS,
    key: &["ah"],
};
const PERSON_COLUMNS: &[Column] = &[
    text("ah", "案号"),
    text("xm", "姓名"),
    text("xb", "性别"),
    text("sfzh", "身份证号"),
    text("zxfy", "执行法院"),
    text("larq", "立案时间"),
    text("fbrq", "发布时间"),
    text("lxqk", "履行情况"),
];

const WAYS: Ways = Ways {
    label: "court.way",
    code_check: "",
    by_number: "court.by_registration_number",
    by_organisation: "court.by_organisation_code",
    by_tax: "",
    by_name: "court.by_name_only",
    stranger: "court.stranger",
    ..Ways::NONE
};
const DUTY: &[&str] = &["全部未履行", "部分未履行", "全部未履行"];

/// The rows of firms.
pub(super) fn firms(world: &World) -> Box<dyn Iterator<Item = Made> + '_> {
    Box::new((0..world.scaled(2_000)).map(move |row| {
        let subject = world.some_subject("court.subject", row);
        let party = party::party(world, &WAYS, row, &subject);
        let day = world.day("court.day", row, 2014, 2019);
        let has_no_key = world.hit("court.no_case_number", row);
        let key = format!("（{}）陕0113执{}号", day.year(), row + 1);
        let number = if party.organisation == Cell::Null { party.uscc } else { party.organisation };
        let cells = vec![
            if has_no_key { Cell::Null } else { key.clone().into() },
            party.name.into(),
            number,
            party.number,
            subject.legal_representative.name.into(),
            "西安市雁塔区人民法院".into(),
            format!("（{}）陕0113民初{}号", day.year() - 1, row + 77).into(),
            format!("{}年{:02}月{:02}日", day.year(), day.month(), day.day()).into(),
            day.to_string().into(),
            "支付货款及利息".into(),
            (world.dice.pick("court.duty", row, DUTY)).into(),
            format!("{}.{:02}", world.dice.below("court.amount", row, 9_000_000), row % 100).into(),
        ];
        let expected = if has_no_key { Expected::DeadLetter(vec![reasons::NO_KEY]) } else { party.expected };
        Made { cells, key, expected }
    }))
}

/// Tells the ID number of every person whose number stands there whole.
pub(super) fn named(world: &World, tell: &mut dyn FnMut(String)) {
    let whole = (0..n_people(world)).filter(|row| !world.hit("court.masked_id", *row));
    whole.for_each(|row| tell(person(world, row).id));
}

fn n_people(world: &World) -> u64 {
    world.scaled(1_000)
}

fn person(world: &World, row: u64) -> Person {
    world.person(world.dice.below("court.person", row, world.n_persons()))
}

/// The rows of people.
pub(super) fn people(world: &World) -> Box<dyn Iterator<Item = Made> + '_> {
    Box::new((0..n_people(world)).map(move |row| {
        let person = person(world, row);
        let day = world.day("court.person_day", row, 2014, 2019);
        let key = format!("（{}）陕0113执恢{}号", day.year(), row + 1);
        let masked = world.hit("court.masked_id", row);
        let id = if masked {
            format!("{}********{}", &person.id[..6], &person.id[14..])
        } else if world.hit("court.short_id", row)
            && let Some(short) = person.short_id()
        {
            short
        } else {
            person.id.clone()
        };
        let cells = vec![
            key.clone().into(),
            person.name.into(),
            (if person.id.as_bytes()[16] % 2 == 1 { "男" } else { "女" }).into(),
            id.into(),
            "西安市雁塔区人民法院".into(),
            format!("{}年{:02}月{:02}日", day.year(), day.month(), day.day()).into(),
            day.to_string().into(),
            (world.dice.pick("court.person_duty", row, DUTY)).into(),
        ];
        let expected = if masked { Expected::Nobody } else { Expected::Person(person.index) };
        Made { cells, key, expected }
    }))
}
