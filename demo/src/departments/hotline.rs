//! 12345 热线: complaints about companies, dropped as an Excel workbook.

use super::party::{self, Ways};
use crate::reasons;
use crate::table::{Cell, Column, Made, Table, text};
use crate::truth::Expected;
use crate::world::World;

/// 投诉举报.
pub(super) const TABLE: Table = Table {
    source: "hotline",
    name: "tsjb",
    kind: "complaint",
    comment: "投诉举报工单",
    columns: COLUMNS,
    key: &["工单编号"],
};

const COLUMNS: &[Column] = &[
    text("工单编号", ""),
    text("受理日期", ""),
    text("被投诉单位", ""),
    text("统一社会信用代码", ""),
    text("诉求类型", ""),
    text("诉求内容", ""),
    text("投诉人", ""),
    text("投诉人电话", ""),
    text("办理状态", ""),
    text("办结日期", ""),
];

const WAYS: Ways = Ways {
    label: "complaint.way",
    code_check: "complaint.code_check",
    by_number: "",
    by_organisation: "",
    by_tax: "",
    by_name: "complaint.by_name_only",
    stranger: "",
    ..Ways::NONE
};

/// Companies complained about.
fn n_companies(world: &World) -> u64 {
    world.scaled(4_494).min(world.n_subjects)
}

/// The rows: one to three about each company.
pub(super) fn rows(world: &World) -> Box<dyn Iterator<Item = Made> + '_> {
    let step = (world.n_subjects / n_companies(world)).max(1);
    Box::new((0..n_companies(world)).flat_map(move |company| {
        let n_complaints = 1 + world.dice.below("complaint.count", company, 3);
        (0..n_complaints).map(move |nth| made(world, company * step, company * 3 + nth))
    }))
}

fn made(world: &World, subject: u64, row: u64) -> Made {
    let subject = world.subject(subject);
    let mut party = party::party(world, &WAYS, row, &subject);
    if let (true, Cell::Text(code)) = (world.hit("complaint.lower_case", row), &party.uscc) {
        party.uscc = format!(" {} ", code.to_lowercase()).into();
    }
    let day = world.day("complaint.day", row, 2018, 2019);
    let is_silent = world.hit("complaint.no_content", row);
    let content = world.dice.pick(
        "complaint.content",
        row,
        &["预付卡不退款", "商品质量问题", "夜间施工噪声", "虚假宣传", "食品异物"],
    );
    let by = world.person(world.dice.below("complaint.by", row, world.n_persons()));
    let is_done = world.dice.below("complaint.done", row, 4) > 0;
    let key = format!("TS{}{row:06}", day.year());
    let cells = vec![
        key.clone().into(),
        day.to_string().into(),
        party.name.into(),
        party.uscc,
        (world.dice.pick("complaint.kind", row, &["投诉", "举报", "投诉"])).into(),
        if is_silent { Cell::Null } else { (*content).into() },
        by.name.into(),
        format!("1{}{:08}", 38, world.dice.below("complaint.phone", row, 100_000_000)).into(),
        (if is_done { "已办结" } else { "办理中" }).into(),
        (if is_done { Cell::from(day.to_string()) } else { Cell::Null }),
    ];
    let expected = if is_silent { Expected::DeadLetter(vec![reasons::MISSING]) } else { party.expected };
    Made { cells, key, expected }
}
