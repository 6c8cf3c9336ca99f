//! 生态环境的记录。 (Records of ecology and environment)

use super::party::{Ways, ways};
use super::plan::Format::Dash;
use super::plan::{Fault, Of, Plan, Who};
use crate::table::{integer, text, typed};

const WAYS: Ways = ways!("ecology", by_organisation = "by_organisation_code");
const CODE_WAYS: Ways = ways!("ecology");

/// 排污许可与登记.
pub(super) const PERMITS: Plan = Plan {
    source: "ecology",
    name: "pollution_permit",
    kind: "pollution_permit",
    comment: "排污许可与登记",
    key: &["permit_no"],
    n_rows: 2_600,
    of: Of::Each,
    who: Who::Party(&WAYS),
    faults: &[(Fault::Date, "ecology.impossible_date")],
    columns: &[
        (text("permit_no", "排污许可证编号(信用代码+3位)"), |r| r.permit_number()),
        (text("company_name", "单位名称"), |r| r.name()),
        (text("credit_code", "统一社会信用代码"), |r| r.code()),
        (text("org_code", "组织机构代码"), |r| r.organisation()),
        (text("management_class", "管理类别"), |r| {
            r.pick("kind", &["登记管理", "登记管理", "简化管理", "重点管理"])
        }),
        (text("pollutants", "主要污染物"), |r| {
            r.pick("pollutant", &["废水：COD、氨氮", "废气：VOCs", "废气：颗粒物", "噪声"])
        }),
        (text("issued_on", "发证日期"), |r| r.day(Dash)),
        (text("valid_until", "有效期至"), |r| r.term(5)),
        (text("site", "生产经营场所地址"), |r| r.address()),
    ],
};

/// 环评批复.
pub(super) const APPROVALS: Plan = Plan {
    source: "ecology",
    name: "eia_approval",
    kind: "environment_approval",
    comment: "环评批复",
    key: &["approval_no"],
    n_rows: 1_900,
    of: Of::Firm,
    who: Who::Party(&WAYS),
    faults: &[(Fault::Date, "ecology.impossible_date")],
    columns: &[
        (text("approval_no", "批复文号"), |r| r.document("高新环评批复")),
        (text("company_name", "建设单位"), |r| r.name()),
        (text("credit_code", "统一社会信用代码"), |r| r.code()),
        (text("org_code", "组织机构代码"), |r| r.organisation()),
        (text("project", "项目名称"), |r| r.project("建设项目")),
        (text("eia_type", "环评类别"), |r| r.pick("kind", &["报告表", "报告表", "登记表", "报告书"])),
        (text("approved_on", "批复日期"), |r| r.day(Dash)),
    ],
};

/// 在线监测超标.
pub(super) const EXCEEDANCES: Plan = Plan {
    source: "ecology",
    name: "exceedance",
    kind: "emission_exceedance",
    comment: "在线监测超标",
    key: &["id"],
    n_rows: 700,
    of: Of::Firm,
    who: Who::Party(&CODE_WAYS),
    faults: &[(Fault::Date, "ecology.impossible_date")],
    columns: &[
        (integer("id", "主键"), |r| r.n()),
        (text("company_name", "企业名称"), |r| r.name()),
        (text("credit_code", "统一社会信用代码"), |r| r.code()),
        (text("pollutant", "污染物"), |r| r.pick("pollutant", &["COD", "氨氮", "总磷", "颗粒物", "SO2"])),
        (text("over_on", "超标日期"), |r| r.day(Dash)),
        (typed("times", "numeric(8,2)", "TEXT", "超标倍数"), |r| r.ratio("times", 400)),
    ],
};

/// 企业环境信用评价.
pub(super) const RATINGS: Plan = Plan {
    source: "ecology",
    name: "credit_rating",
    kind: "environment_rating",
    comment: "企业环境信用评价",
    key: &["credit_code", "rating_year"],
    n_rows: 900,
    of: Of::Each,
    who: Who::Code,
    faults: &[],
    columns: &[
        (text("credit_code", "统一社会信用代码"), |r| r.own_key()),
        (integer("rating_year", "评价年度"), |r| r.constant(2018)),
        (text("company_name", "企业名称"), |r| r.name()),
        (text("colour", "等级(绿蓝黄红)"), |r| r.pick("colour", &["绿", "蓝", "蓝", "黄", "红", "黑"])),
    ],
};

/// 行政处罚公示(2021版).
pub(super) const PENALTIES: Plan = Plan {
    source: "ecology",
    name: "xzcf_2021",
    kind: "penalty",
    comment: "行政处罚公示(2021版)",
    key: &["id"],
    n_rows: 240,
    of: Of::Some,
    who: Who::Party(&WAYS),
    faults: &[(Fault::Date, "ecology.impossible_date"), (Fault::Missing, "ecology.missing")],
    columns: &[
        (text("id", "主键"), |r| r.serial("HB", 8)),
        (text("cf_wsh", "行政处罚决定书文号"), |r| r.must(r.document("陕A高环罚"))),
        (text("cf_xdr_mc", "行政相对人名称"), |r| r.name()),
        (text("cf_xdr_shxym", "统一社会信用代码"), |r| r.code()),
        (text("cf_xdr_gszc", "工商注册号"), |r| r.number()),
        (text("cf_xdr_zzjg", "组织机构代码"), |r| r.organisation()),
        (text("cf_frdb", "法定代表人"), |r| r.legal()),
        (text("cf_wfxw", "违法行为类型"), |r| {
            r.pick(
                "violation",
                &["未批先建", "超标排放水污染物", "未采取扬尘防治措施", "危险废物未按规定贮存"],
            )
        }),
        (text("cf_sy", "违法事实"), |r| r.text("经现场检查和监测，违法行为属实。")),
        (text("cf_yj", "处罚依据"), |r| r.text("《中华人民共和国环境保护法》第五十九条")),
        (text("cf_cflb", "处罚类别"), |r| r.pick("category", &["02", "02", "01", "04"])),
        (typed("cf_nr_fk", "numeric(18,6)", "TEXT", "罚款金额(万元)"), |r| r.wan("fine", 60)),
        (text("cf_jdrq", "处罚决定日期"), |r| r.day(Dash)),
        (typed("cf_gsjzq", "date", "TEXT", "公示截止期"), |r| r.later(1095, Dash)),
        (text("cf_cfjg", "处罚机关"), |r| r.text("西安市生态环境局高新分局")),
    ],
};

/// The tables.
pub(super) const PLANS: &[Plan] = &[PERMITS, APPROVALS, EXCEEDANCES, RATINGS, PENALTIES];
