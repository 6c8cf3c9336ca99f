//! 城市管理的许可。 (Permits of urban management)

use super::party::{Ways, ways};
use super::plan::Format::Slash;
use super::plan::{Fault, Of, Plan, Who};
use crate::table::{integer, text};

const WAYS: Ways =
    ways!("urban", by_number = "by_registration_number", by_organisation = "by_organisation_code");

/// 行政许可(2015版).
pub(super) const OUTDOOR: Plan = Plan {
    source: "urban",
    name: "xzxk_2015",
    kind: "outdoor_permit",
    comment: "行政许可(2015版)",
    key: &["bh"],
    n_rows: 2_200,
    of: Of::Some,
    who: Who::Party(&WAYS),
    faults: &[(Fault::Date, "urban.impossible_date")],
    columns: &[
        (integer("bh", "编号"), |r| r.n()),
        (text("xk_wsh", "许可决定书文号"), |r| r.document("西高城管许")),
        (text("xk_xmmc", "项目名称"), |r| {
            r.pick("matter", &["占用城市道路", "设置户外广告", "建筑垃圾(渣土)处置", "临时占道经营"])
        }),
        (text("xk_xdr", "行政相对人名称"), |r| r.name()),
        (text("xk_xdr_shxym", "统一社会信用代码"), |r| r.code()),
        (text("xk_xdr_gsdj", "工商登记码"), |r| r.number()),
        (text("xk_xdr_zdm", "组织机构代码"), |r| r.organisation()),
        (text("xk_dz", "设置地点"), |r| r.address()),
        (text("xk_jdrq", "许可决定日期"), |r| r.day(Slash)),
        (text("xk_jzq", "许可截止期"), |r| r.later(365, Slash)),
        (text("xk_zt", "当前状态(0正常 1撤销 2异议 3其他)"), |r| {
            r.pick("state", &["0", "0", "0", "1"])
        }),
    ],
};

/// The tables.
pub(super) const PLANS: &[Plan] = &[OUTDOOR];
