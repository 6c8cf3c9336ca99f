//! 食品药品监督管理局: penalties, in the columns of 双公示 2021; money in 万元.

use super::party::{self, Party, Ways};
use crate::reasons;
use crate::table::{Cell, Column, Made, Table, text, typed};
use crate::truth::Expected;
use crate::world::World;

/// 行政处罚.
pub(super) const TABLE: Table = Table {
    source: "food_drug",
    name: "t_xzcf",
    kind: "penalty",
    comment: "行政处罚公示信息",
    columns: COLUMNS,
    key: &["id"],
};

const COLUMNS: &[Column] = &[
    text("id", "主键"),
    text("cf_wsh", "行政处罚决定书文号"),
    text("cf_xdr_mc", "行政相对人名称"),
    text("cf_xdr_lb", "行政相对人类别"),
    text("cf_xdr_shxym", "统一社会信用代码"),
    text("cf_xdr_gszc", "工商注册号"),
    text("cf_xdr_zzjg", "组织机构代码"),
    text("cf_xdr_swdj", "税务登记号"),
    text("cf_frdb", "法定代表人"),
    text("cf_fr_zjhm", "法定代表人证件号码"),
    text("cf_wfxw", "违法行为类型"),
    text("cf_sy", "违法事实"),
    text("cf_yj", "处罚依据"),
    text("cf_cflb", "处罚类别"),
    text("cf_nr", "处罚内容"),
    typed("cf_nr_fk", "numeric(18,6)", "TEXT", "罚款金额(万元)"),
    typed("cf_jdrq", "text", "TEXT", "处罚决定日期"),
    text("cf_gsjzq", "公示截止期"),
    text("cf_cfjg", "处罚机关"),
];

pub(super) const WAYS: Ways = Ways {
    label: "penalty.way",
    code_check: "penalty.code_check",
    by_number: "penalty.by_registration_number",
    by_organisation: "penalty.by_organisation_code",
    by_tax: "penalty.by_tax_id",
    by_name: "penalty.by_name_only",
    stranger: "penalty.stranger",
    ..Ways::NONE
};

/// A decision as it is, whoever reports it.
pub(super) struct Decision {
    pub(super) party: Party,
    pub(super) legal_name: String,
    pub(super) legal_id: String,
    pub(super) document: Cell,
    pub(super) day: jiff::civil::Date,
    pub(super) is_impossible: bool,
    pub(super) fine_yuan: u64,
    pub(super) category: &'static str,
    pub(super) fact: &'static str,
    pub(super) expected: Expected,
}

/// The decision of this number; food and drug decisions come first, then those of urban management.
pub(super) fn decision(world: &World, number: u64, sign: &str) -> Decision {
    let subject = world.some_subject("penalty.subject", number);
    let party = party::party(world, &WAYS, number, &subject);
    let day = world.day("penalty.day", number, 2015, 2019);
    let is_impossible = world.hit("penalty.impossible_date", number);
    let no_document = world.hit("penalty.no_document", number);
    let document = format!("（西高）{sign}罚〔{}〕{}号", day.year(), number + 1);
    let mut faults = Vec::new();
    if no_document {
        faults.push(reasons::MISSING);
    }
    if is_impossible {
        faults.push(reasons::BAD_DATE);
    }
    let expected = if faults.is_empty() { party.expected.clone() } else { Expected::DeadLetter(faults) };
    let category = if world.hit("penalty.odd_category", number) {
        "77"
    } else {
        world.dice.pick("penalty.category", number, &["01", "02", "02", "02", "03", "04"])
    };
    Decision {
        party,
        legal_name: subject.legal_representative.name,
        legal_id: subject.legal_representative.id,
        document: if no_document { Cell::Null } else { document.into() },
        day,
        is_impossible,
        fine_yuan: 500 * (1 + world.dice.below("penalty.fine", number, 200)),
        category,
        fact: world.dice.pick(
            "penalty.fact",
            number,
            &["经营超过保质期的食品", "未按规定索证索票", "擅自占用城市道路", "超出经营范围", "虚假宣传"],
        ),
        expected,
    }
}

/// Decisions of food and drug.
pub(super) fn n_decisions(world: &World) -> u64 {
    world.scaled(1_487)
}

/// Tells the ID number of every representative whom a decision of food and drug names.
pub(super) fn representatives(world: &World, tell: &mut dyn FnMut(String)) {
    let decisions = (0..n_decisions(world)).map(|number| decision(world, number, "食药监"));
    let records = decisions.filter(|decision| !matches!(decision.expected, Expected::DeadLetter(_)));
    records.for_each(|decision| tell(decision.legal_id));
}

/// The rows.
pub(super) fn rows(world: &World) -> Box<dyn Iterator<Item = Made> + '_> {
    Box::new((0..n_decisions(world)).map(move |number| {
        let decision = decision(world, number, "食药监");
        let day = decision.day;
        let date = if decision.is_impossible { format!("{}-02-31", day.year()) } else { day.to_string() };
        let key = format!("SY{:08}", number + 1);
        let party = decision.party;
        let cells = vec![
            key.clone().into(),
            decision.document,
            party.name.into(),
            "法人及非法人组织".into(),
            party.uscc,
            party.number,
            party.organisation,
            party.tax,
            decision.legal_name.into(),
            decision.legal_id.into(),
            decision.fact.into(),
            format!("经查，当事人{}。", decision.fact).into(),
            "《中华人民共和国食品安全法》第一百二十四条".into(),
            decision.category.into(),
            format!("罚款{}元", decision.fine_yuan).into(),
            format!("{}.{:06}", decision.fine_yuan / 10_000, decision.fine_yuan % 10_000 * 100).into(),
            date.into(),
            format!("{}-{:02}-{:02}", day.year() + 3, day.month(), day.day().min(28)).into(),
            "西安市食品药品监督管理局高新区分局".into(),
        ];
        Made { cells, key, expected: decision.expected }
    }))
}
