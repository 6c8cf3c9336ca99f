//! 金融工作的记录；风险线索不予共享。 (Records of financial supervision; leads on risks are not shared)

use super::party::{Ways, ways};
use super::plan::Format::Dash;
use super::plan::{Fault, Of, Plan, Who};
use crate::table::{integer, text, typed};

const WAYS: Ways = ways!("financial");

/// 地方金融组织备案.
pub(super) const FILINGS: Plan = Plan {
    source: "financial",
    name: "institution_filing",
    kind: "finance_filing",
    comment: "地方金融组织备案",
    key: &["filing_no"],
    n_rows: 310,
    of: Of::Firm,
    who: Who::Party(&WAYS),
    faults: &[(Fault::Date, "financial.impossible_date")],
    columns: &[
        (text("filing_no", "备案编号"), |r| r.serial("XAGX-JR-", 5)),
        (text("institution", "机构名称"), |r| r.name()),
        (text("uscc", "统一社会信用代码"), |r| r.code()),
        (text("category", "机构类别"), |r| {
            r.pick("kind", &["小额贷款", "融资担保", "典当", "商业保理", "私募基金"])
        }),
        (typed("paid_in_wan", "numeric(18,6)", "TEXT", "实缴资本(万元)"), |r| r.wan("capital", 20_000)),
        (text("filed_on", "备案日期"), |r| r.day(Dash)),
        (text("supervision", "监管状态"), |r| r.pick("state", &["正常", "正常", "关注", "失联", "清退"])),
    ],
};

/// 金融风险排查线索(不予共享).
pub(super) const LEADS: Plan = Plan {
    source: "financial",
    name: "risk_lead",
    kind: "finance_risk",
    comment: "金融风险排查线索(不予共享)",
    key: &["lead_no"],
    n_rows: 180,
    of: Of::Some,
    who: Who::Party(&WAYS),
    faults: &[(Fault::Date, "financial.impossible_date")],
    columns: &[
        (text("lead_no", "线索编号"), |r| r.serial("FX2019-", 5)),
        (text("institution", "涉及机构"), |r| r.name()),
        (text("uscc", "统一社会信用代码"), |r| r.code()),
        (text("category", "风险类别"), |r| {
            r.pick("kind", &["涉嫌非法集资", "网络借贷", "虚拟货币", "预付卡"])
        }),
        (text("grade", "风险等级"), |r| r.pick("grade", &["低", "中", "高"])),
        (integer("people", "涉及人数"), |r| r.between("people", 1, 900)),
        (typed("amount_wan", "numeric(18,6)", "TEXT", "涉及金额(万元)"), |r| r.wan("amount", 9_000)),
        (text("registered_on", "登记日期"), |r| r.day(Dash)),
    ],
};

/// The tables.
pub(super) const PLANS: &[Plan] = &[FILINGS, LEADS];
