//! 财政的记录。 (Records of the treasury)

use super::party::{Ways, ways};
use super::plan::Format::Dash;
use super::plan::{Fault, Of, Plan, Who};
use crate::table::{integer, text, typed};

const WAYS: Ways = ways!("finance");

/// 政府采购严重违法失信名单.
pub(super) const BARRED: Plan = Plan {
    source: "finance",
    name: "ZFCG_HMD",
    kind: "procurement_violation",
    comment: "政府采购严重违法失信名单",
    key: &["ID"],
    n_rows: 24,
    of: Of::Firm,
    who: Who::Party(&WAYS),
    faults: &[(Fault::Date, "finance.impossible_date")],
    columns: &[
        (integer("ID", "主键"), |r| r.n()),
        (text("GYS", "供应商名称"), |r| r.name()),
        (text("XYDM", "统一社会信用代码"), |r| r.code()),
        (text("CLWH", "处理决定文号"), |r| r.document("高新财采处")),
        (text("WFQX", "违法情形"), |r| {
            r.pick("violation", &["提供虚假材料谋取中标", "恶意串通", "拒绝签订合同"])
        }),
        (text("LRRQ", "列入日期"), |r| r.day(Dash)),
        (typed("JZQX", "date", "TEXT", "禁止参加期限至"), |r| r.later(730, Dash)),
    ],
};

/// 财政补贴和专项资金拨付.
pub(super) const SUBSIDIES: Plan = Plan {
    source: "finance",
    name: "CZBT",
    kind: "subsidy",
    comment: "财政补贴和专项资金拨付",
    key: &["ID"],
    n_rows: 5_200,
    of: Of::Firm,
    who: Who::Party(&WAYS),
    faults: &[(Fault::Date, "finance.impossible_date"), (Fault::Number, "finance.no_number")],
    columns: &[
        (integer("ID", "主键"), |r| r.n()),
        (text("BFWH", "拨付文号"), |r| r.document("高新财函")),
        (text("DWMC", "收款单位"), |r| r.name()),
        (text("XYDM", "统一社会信用代码"), |r| r.code()),
        (text("ZJMC", "资金名称"), |r| {
            r.pick("fund", &["研发投入补贴", "高新技术企业奖励", "稳岗补贴", "房租补贴", "首台套奖励"])
        }),
        (integer("NDYS", "预算年度"), |r| r.year()),
        (text("BFJE", "拨付金额(万元)"), |r| r.wan("amount", 300)),
        (text("BFRQ", "拨付日期"), |r| r.day(Dash)),
    ],
};

/// 代理记账许可.
pub(super) const BOOKKEEPERS: Plan = Plan {
    source: "finance",
    name: "DLJZ",
    kind: "licence",
    comment: "代理记账许可",
    key: &["XKZBH"],
    n_rows: 210,
    of: Of::Firm,
    who: Who::Party(&WAYS),
    faults: &[(Fault::Date, "finance.impossible_date")],
    columns: &[
        (text("XKZBH", "许可证书编号"), |r| r.serial("DLJZ6101312018", 4)),
        (text("JGMC", "机构名称"), |r| r.name()),
        (text("XYDM", "统一社会信用代码"), |r| r.code()),
        (text("FZR", "负责人"), |r| r.legal()),
        (text("XKMC", "许可名称"), |r| r.text("代理记账许可证书")),
        (text("FZRQ", "发证日期"), |r| r.day(Dash)),
        (text("FZJG", "发证机关"), |r| r.text("西安高新区财政局")),
    ],
};

/// The tables.
pub(super) const PLANS: &[Plan] = &[BARRED, SUBSIDIES, BOOKKEEPERS];
