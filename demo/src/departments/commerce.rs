//! 商务和投资促进的记录。 (Records of commerce and investment)

use super::party::{Ways, ways};
use super::plan::Format::Dots;
use super::plan::{Fault, Of, Plan, Who};
use crate::table::text;

const WAYS: Ways = ways!("commerce", by_number = "by_registration_number");
const CODE_WAYS: Ways = ways!("commerce");

/// 商务备案.
pub(super) const FILINGS: Plan = Plan {
    source: "commerce",
    name: "sw_beian",
    kind: "trade_filing",
    comment: "商务备案",
    key: &["beian_no"],
    n_rows: 1_500,
    of: Of::Some,
    who: Who::Party(&WAYS),
    faults: &[(Fault::Date, "commerce.impossible_date")],
    columns: &[
        (text("beian_no", "备案编号"), |r| r.serial("61013118", 6)),
        (text("qiye_mc", "企业名称"), |r| r.name()),
        (text("xinyong_dm", "统一社会信用代码"), |r| r.code()),
        (text("zhuce_h", "注册号"), |r| r.number()),
        (text("shixiang", "备案事项"), |r| {
            r.pick(
                "kind",
                &["对外贸易经营者", "单用途预付卡", "成品油零售", "二手车经销", "拍卖", "再生资源回收"],
            )
        }),
        (text("beian_rq", "备案日期"), |r| r.day(Dots)),
    ],
};

/// 外商投资信息报告.
pub(super) const FOREIGN: Plan = Plan {
    source: "commerce",
    name: "wz_baogao",
    kind: "foreign_investment",
    comment: "外商投资信息报告",
    key: &["report_no"],
    n_rows: 880,
    of: Of::Firm,
    who: Who::Party(&CODE_WAYS),
    faults: &[(Fault::Date, "commerce.impossible_date"), (Fault::Number, "commerce.no_number")],
    columns: &[
        (text("report_no", "报告编号"), |r| r.serial("FDI610131", 6)),
        (text("qiye_mc", "企业名称"), |r| r.name()),
        (text("xinyong_dm", "统一社会信用代码"), |r| r.code()),
        (text("report_type", "报告类型"), |r| r.pick("kind", &["初始报告", "变更报告", "年度报告"])),
        (text("country", "投资来源地"), |r| {
            r.pick("country", &["香港", "韩国", "美国", "新加坡", "德国"])
        }),
        (text("usd", "合同外资(万美元)"), |r| r.wan("capital", 5_000)),
        (text("report_rq", "报告日期"), |r| r.day(Dots)),
    ],
};

/// The tables.
pub(super) const PLANS: &[Plan] = &[FILINGS, FOREIGN];
