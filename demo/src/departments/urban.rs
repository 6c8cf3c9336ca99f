//! 城市管理和综合执法局: penalties in the older columns of 双公示 2015, money in yuan; some of them also reported by
//! food and drug.

use super::food_drug::{Decision, decision, n_decisions};
use crate::table::{Column, Made, Table, integer, text};
use crate::world::World;

/// 行政处罚, edition of 2015.
pub(super) const TABLE: Table = Table {
    source: "urban",
    name: "xzcf_2015",
    kind: "penalty",
    comment: "行政处罚(2015版)",
    columns: COLUMNS,
    key: &["bh"],
};

const COLUMNS: &[Column] = &[
    integer("bh", "编号"),
    text("cf_cfmc", "案件名称"),
    text("cf_wsh", "处罚决定书文号"),
    text("cf_xdr", "行政相对人名称"),
    text("cf_xdr_shxym", "统一社会信用代码"),
    text("cf_xdr_gsdj", "工商登记码"),
    text("cf_xdr_zdm", "组织机构代码"),
    text("cf_xdr_swdj", "税务登记号"),
    text("cf_fr", "法定代表人姓名"),
    text("cf_cflb1", "处罚类别"),
    text("cf_je", "罚款金额(元)"),
    text("cf_sy", "处罚事由"),
    text("cf_yj", "处罚依据"),
    text("cf_jg", "处罚机关"),
    text("cf_jdrq", "处罚决定日期"),
    text("cf_zt", "当前状态"),
    text("sjc", "时间戳"),
];

/// The rows: its own decisions, then those of food and drug that it reports again.
pub(super) fn rows(world: &World) -> Box<dyn Iterator<Item = Made> + '_> {
    let n_own = world.scaled(800);
    let n_others = n_decisions(world);
    let own = (0..n_own).map(move |own| (own + 1, n_others + own, "城管"));
    let repeated = (0..n_others)
        .filter(move |number| world.hit("penalty.repeated", *number))
        .map(move |number| (1_000_000 + number, number, "食药监"));
    Box::new(own.chain(repeated).map(move |(row, number, sign)| made(row, decision(world, number, sign))))
}

fn made(row: u64, decision: Decision) -> Made {
    let day = decision.day;
    let date = if decision.is_impossible {
        format!("{}/2/31", day.year())
    } else {
        format!("{}/{}/{}", day.year(), day.month(), day.day())
    };
    let party = decision.party;
    let cells = vec![
        row.into(),
        format!("{}案", decision.fact).into(),
        decision.document,
        party.name.into(),
        party.uscc,
        party.number,
        party.organisation,
        party.tax,
        decision.legal_name.into(),
        decision.category.into(),
        decision.fine_yuan.to_string().into(),
        decision.fact.into(),
        "《西安市城市市容和环境卫生管理条例》".into(),
        "西安高新区城市管理和综合执法局".into(),
        date.into(),
        "0".into(),
        format!("{day} 09:00:00").into(),
    ];
    Made { cells, key: row.to_string(), expected: decision.expected }
}
