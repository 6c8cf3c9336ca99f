//! 税务的记录。 (Records of the tax service)

use super::party::{Ways, ways};
use super::plan::Format::{Compact, Dash, Time};
use super::plan::{Fault, Of, Plan, Who};
use crate::table::{integer, text, typed};

const WAYS: Ways = ways!("tax", by_tax = "by_tax_id", by_owner = "by_owner");

/// 纳税人登记信息.
pub(super) const REGISTRATIONS: Plan = Plan {
    source: "tax",
    name: "DJ_NSRXX",
    kind: "tax_registration",
    comment: "纳税人登记信息",
    key: &["DJXH"],
    n_rows: 132_000,
    of: Of::Each,
    who: Who::Party(&WAYS),
    faults: &[(Fault::Date, "tax.impossible_date")],
    columns: &[
        (text("DJXH", "登记序号"), |r| r.serial("10216101", 12)),
        (text("NSRSBH", "纳税人识别号(15位或18位)"), |r| r.tax()),
        (text("SHXYDM", "社会信用代码"), |r| r.code()),
        (text("NSRMC", "纳税人名称"), |r| r.name()),
        (text("FDDBRXM", "法定代表人姓名"), |r| r.legal()),
        (text("FDDBRSFZJHM", "法定代表人身份证件号码"), |r| r.legal_id()),
        (text("HY_DM", "行业代码(GB/T 4754-2011)"), |r| r.industry_2011()),
        (text("NSRZT_DM", "纳税人状态代码"), |r| {
            r.pick("state", &["03", "03", "03", "03", "03", "03", "05", "07", "04", "99"])
        }),
        (text("NSRZGLX", "纳税人资格类型"), |r| {
            r.pick("kind", &["小规模纳税人", "一般纳税人", "小规模纳税人"])
        }),
        (text("ZGSWJ", "主管税务机关"), |r| {
            r.pick("office", &["国家税务总局西安高新区税务局", "西安市高新区地方税务局(已合并)"])
        }),
        (text("SCJYDZ", "生产经营地址"), |r| r.address()),
        (text("LXDH", "联系电话"), |r| r.phone()),
        (text("DJRQ", "登记日期"), |r| r.day(Time)),
    ],
};

/// 纳税信用评价.
pub(super) const CREDITS: Plan = Plan {
    source: "tax",
    name: "PJ_NSXYJB",
    kind: "tax_credit",
    comment: "纳税信用评价",
    key: &["NSRSBH", "PJND"],
    n_rows: 46_000,
    of: Of::Each,
    who: Who::Party(&WAYS),
    faults: &[],
    columns: &[
        (text("NSRSBH", "纳税人识别号"), |r| r.own_key()),
        (text("SHXYDM", "社会信用代码"), |r| r.code()),
        (text("YSBH", "原税号"), |r| r.tax()),
        (text("NSRMC", "纳税人名称"), |r| r.name()),
        (integer("PJND", "评价年度"), |r| r.constant(2018)),
        (text("XYJB", "信用级别"), |r| r.pick("class", &["A", "B", "B", "B", "M", "M", "C", "D"])),
        (integer("PJDF", "评价得分"), |r| r.between("score", 30, 100)),
        (typed("PDRQ", "date", "TEXT", "评定日期"), |r| r.day(Dash)),
    ],
};

/// 欠税公告.
pub(super) const ARREARS: Plan = Plan {
    source: "tax",
    name: "GG_QSGG",
    kind: "tax_arrear",
    comment: "欠税公告",
    key: &["XH"],
    n_rows: 1_100,
    of: Of::Some,
    who: Who::Party(&WAYS),
    faults: &[(Fault::Date, "tax.impossible_date"), (Fault::Number, "tax.no_number")],
    columns: &[
        (integer("XH", "序号"), |r| r.n()),
        (text("NSRSBH", "纳税人识别号"), |r| r.tax()),
        (text("SHXYDM", "社会信用代码"), |r| r.code()),
        (text("NSRMC", "纳税人名称"), |r| r.name()),
        (text("QSSZ", "欠税税种"), |r| {
            r.pick("tax", &["增值税", "企业所得税", "土地增值税", "房产税", "城市维护建设税"])
        }),
        (text("QSYE", "欠税余额(元)"), |r| r.yuan("arrear", 3_000_000)),
        (text("GGRQ", "公告日期"), |r| r.day(Compact)),
        (text("GGJG", "公告机关"), |r| r.text("国家税务总局西安高新区税务局")),
    ],
};

/// 重大税收违法失信案件.
pub(super) const VIOLATIONS: Plan = Plan {
    source: "tax",
    name: "JC_ZDAJ",
    kind: "tax_violation",
    comment: "重大税收违法失信案件",
    key: &["AJBH"],
    n_rows: 60,
    of: Of::Firm,
    who: Who::Party(&WAYS),
    faults: &[(Fault::Date, "tax.impossible_date")],
    columns: &[
        (text("AJBH", "案件编号"), |r| r.serial("AJ2018", 5)),
        (text("NSRSBH", "纳税人识别号"), |r| r.tax()),
        (text("SHXYDM", "社会信用代码"), |r| r.code()),
        (text("NSRMC", "纳税人名称"), |r| r.name()),
        (text("AJXZ", "案件性质"), |r| {
            r.pick("nature", &["虚开增值税专用发票", "偷税", "逃避追缴欠税", "骗取出口退税"])
        }),
        (text("WFSS", "主要违法事实"), |r| r.text("在账簿上多列支出、少列收入，造成少缴税款")),
        (typed("SKJE", "numeric(18,6)", "TEXT", "涉及税款(万元)"), |r| r.wan("tax", 4000)),
        (text("GBRQ", "公布日期"), |r| r.day(Dash)),
    ],
};

/// The tables.
pub(super) const PLANS: &[Plan] = &[REGISTRATIONS, CREDITS, ARREARS, VIOLATIONS];
