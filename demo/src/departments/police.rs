//! 公安的记录；涉企线索不予共享。 (Records of the police; leads are not shared)

use super::party::{Ways, ways};
use super::plan::Format::Chinese;
use super::plan::{Fault, Of, Plan, Who};
use crate::table::text;

const WAYS: Ways = ways!("police", by_number = "by_registration_number");
const CLUE_WAYS: Ways = ways!("police");

/// 特种行业许可与备案.
pub(super) const TRADES: Plan = Plan {
    source: "police",
    name: "特种行业许可",
    kind: "special_trade_licence",
    comment: "特种行业许可与备案",
    key: &["许可证号"],
    n_rows: 1_300,
    of: Of::Some,
    who: Who::Party(&WAYS),
    faults: &[(Fault::Date, "police.impossible_date")],
    columns: &[
        (text("许可证号", "许可证号"), |r| r.serial("西公高特", 5)),
        (text("单位名称", "单位名称"), |r| r.name()),
        (text("统一信用代码", "统一社会信用代码"), |r| r.code()),
        (text("营业执照号", "营业执照注册号"), |r| r.number()),
        (text("行业类别", "行业类别"), |r| {
            r.pick(
                "kind",
                &[
                    "旅馆业",
                    "公章刻制业",
                    "典当业",
                    "开锁业",
                    "易制毒化学品备案",
                    "易制爆化学品备案",
                    "娱乐场所备案",
                ],
            )
        }),
        (text("负责人", "负责人"), |r| r.legal()),
        (text("负责人证件号", "负责人身份证号"), |r| r.legal_id()),
        (text("地址", "经营地址"), |r| r.address()),
        (text("发证日期", "发证日期"), |r| r.day(Chinese)),
        (text("有效期限", "有效期限"), |r| r.term(3)),
    ],
};

/// 涉企立案与反诈线索(不予共享).
pub(super) const CLUES: Plan = Plan {
    source: "police",
    name: "涉企线索",
    kind: "case_clue",
    comment: "涉企立案与反诈线索(不予共享)",
    key: &["线索编号"],
    n_rows: 120,
    of: Of::Some,
    who: Who::Party(&CLUE_WAYS),
    faults: &[(Fault::Date, "police.impossible_date")],
    columns: &[
        (text("线索编号", "线索编号"), |r| r.serial("XS610131", 6)),
        (text("涉及单位", "涉及单位"), |r| r.name()),
        (text("统一信用代码", "统一社会信用代码"), |r| r.code()),
        (text("线索类别", "线索类别"), |r| {
            r.pick("kind", &["合同诈骗", "非法经营", "电信网络诈骗收款账户", "职务侵占"])
        }),
        (text("登记日期", "登记日期"), |r| r.day(Chinese)),
    ],
};

/// The tables.
pub(super) const PLANS: &[Plan] = &[TRADES, CLUES];
