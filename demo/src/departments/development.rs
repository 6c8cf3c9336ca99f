//! 经济发展（发改、工信、科技）的记录。 (Records of economic development)

use super::party::{Ways, ways};
use super::plan::Format::Dash;
use super::plan::{Fault, Of, Plan, Who};
use crate::table::{integer, text, typed};

const WAYS: Ways = ways!("development", by_organisation = "by_organisation_code");
const CODE_WAYS: Ways = ways!("development");

/// 项目核准备案.
pub(super) const PROJECTS: Plan = Plan {
    source: "development",
    name: "xmba",
    kind: "project_filing",
    comment: "项目核准备案",
    key: &["xmdm"],
    n_rows: 3_400,
    of: Of::Firm,
    who: Who::Party(&WAYS),
    faults: &[(Fault::Date, "development.impossible_date"), (Fault::Number, "development.no_number")],
    columns: &[
        (text("xmdm", "项目代码"), |r| r.serial("2018-610161-65-03-", 6)),
        (text("xmmc", "项目名称"), |r| r.project("研发基地")),
        (text("xmdw", "项目单位"), |r| r.name()),
        (text("xydm", "统一社会信用代码"), |r| r.code()),
        (text("zzjgdm", "组织机构代码"), |r| r.organisation()),
        (text("blfs", "办理方式"), |r| r.pick("way", &["备案", "备案", "核准", "审批"])),
        (text("ztz", "总投资(万元)"), |r| r.wan("investment", 90_000)),
        (text("bjrq", "办结日期"), |r| r.day(Dash)),
    ],
};

/// 红名单与企业认定.
pub(super) const HONOURS: Plan = Plan {
    source: "development",
    name: "ryrd",
    kind: "honour",
    comment: "红名单与企业认定",
    key: &["rdbh"],
    n_rows: 4_100,
    of: Of::Firm,
    who: Who::Party(&WAYS),
    faults: &[(Fault::Date, "development.impossible_date"), (Fault::Missing, "development.missing")],
    columns: &[
        (text("rdbh", "认定编号"), |r| r.serial("GR201861000", 6)),
        (text("qymc", "企业名称"), |r| r.name()),
        (text("xydm", "统一社会信用代码"), |r| r.code()),
        (text("zzjgdm", "组织机构代码"), |r| r.organisation()),
        (text("rdlb", "认定类别"), |r| {
            r.must(r.pick(
                "kind",
                &["高新技术企业", "科技型中小企业", "专精特新", "瞪羚企业", "诚信守法红名单", "两化融合贯标"],
            ))
        }),
        (text("rdrq", "认定日期"), |r| r.day(Dash)),
        (typed("yxqz", "date", "TEXT", "有效期至"), |r| r.later(1095, Dash)),
    ],
};

/// 信用承诺.
pub(super) const COMMITMENTS: Plan = Plan {
    source: "development",
    name: "xycn",
    kind: "commitment",
    comment: "信用承诺",
    key: &["id"],
    n_rows: 26_000,
    of: Of::Some,
    who: Who::Party(&CODE_WAYS),
    faults: &[(Fault::Date, "development.impossible_date")],
    columns: &[
        (integer("id", "主键"), |r| r.n()),
        (text("cnzt", "承诺主体"), |r| r.name()),
        (text("xydm", "统一社会信用代码"), |r| r.code()),
        (text("cnlx", "承诺类型"), |r| {
            r.pick("kind", &["审批替代型", "证明事项替代型", "容缺受理型", "信用修复型", "主动公示型"])
        }),
        (text("cnsy", "承诺事由"), |r| {
            r.pick("matter", &["办理食品经营许可", "证照分离改革告知承诺", "信用修复申请", "企业开业"])
        }),
        (text("cnrq", "承诺日期"), |r| r.day(Dash)),
        (text("sldw", "受理单位"), |r| {
            r.pick(
                "office",
                &["西安高新区行政审批服务局", "西安市市场监督管理局高新区分局", "西安高新区经济发展局"],
            )
        }),
        (text("lyzt", "履约状态"), |r| r.pick("state", &["已履约", "已履约", "履约中", "违诺"])),
    ],
};

/// The tables.
pub(super) const PLANS: &[Plan] = &[PROJECTS, HONOURS, COMMITMENTS];
