//! 自然资源和规划的记录。 (Records of natural resources and planning)

use super::party::{Ways, ways};
use super::plan::Format::{Dots, Slash};
use super::plan::{Fault, Of, Plan, Who};
use crate::table::{text, typed};

const WAYS: Ways = ways!("resources", by_organisation = "by_organisation_code");

/// 规划许可.
pub(super) const PLANNING: Plan = Plan {
    source: "resources",
    name: "ghxk",
    kind: "planning_permit",
    comment: "规划许可",
    key: &["xkzh"],
    n_rows: 1_100,
    of: Of::Firm,
    who: Who::Party(&WAYS),
    faults: &[(Fault::Date, "resources.impossible_date")],
    columns: &[
        (text("xkzh", "许可证号"), |r| r.serial("地字第610131201", 7)),
        (text("xklb", "许可证类别"), |r| {
            r.pick("kind", &["建设用地规划许可证", "建设工程规划许可证", "建设工程规划许可证"])
        }),
        (text("jsdw", "建设单位"), |r| r.name()),
        (text("xydm", "统一社会信用代码"), |r| r.code()),
        (text("zzjgdm", "组织机构代码"), |r| r.organisation()),
        (text("xmmc", "项目名称"), |r| r.project("产业园")),
        (typed("jsgm", "numeric(18,2)", "TEXT", "建设规模(平方米)"), |r| r.area("size", 200_000)),
        (text("fzrq", "发证日期"), |r| r.day(Dots)),
    ],
};

/// 国有土地出让合同.
pub(super) const LAND: Plan = Plan {
    source: "resources",
    name: "tdcr",
    kind: "land_contract",
    comment: "国有土地出让合同",
    key: &["dzjgh"],
    n_rows: 620,
    of: Of::Firm,
    who: Who::Party(&WAYS),
    faults: &[(Fault::Date, "resources.impossible_date"), (Fault::Number, "resources.no_number")],
    columns: &[
        (text("dzjgh", "电子监管号"), |r| r.serial("610131201", 9)),
        (text("srr", "受让人"), |r| r.name()),
        (text("xydm", "统一社会信用代码"), |r| r.code()),
        (text("zzjgdm", "组织机构代码"), |r| r.organisation()),
        (text("zdwz", "宗地位置"), |r| r.address()),
        (text("crmj", "出让面积(公顷)"), |r| r.hectares("size", 20)),
        (text("cjjk", "成交价款(万元)"), |r| r.wan("price", 60_000)),
        (text("tdyt", "土地用途"), |r| r.pick("use", &["工业用地", "住宅用地", "商服用地", "科教用地"])),
        (text("qdrq", "签订日期"), |r| r.day(Slash)),
        (text("ydkgrq", "约定开工日期"), |r| r.later(365, Slash)),
    ],
};

/// 闲置土地.
pub(super) const IDLE: Plan = Plan {
    source: "resources",
    name: "xztd",
    kind: "idle_land",
    comment: "闲置土地",
    key: &["rdsbh"],
    n_rows: 40,
    of: Of::Firm,
    who: Who::Party(&WAYS),
    faults: &[(Fault::Date, "resources.impossible_date")],
    columns: &[
        (text("rdsbh", "认定书编号"), |r| r.serial("市自然资高闲认", 4)),
        (text("syqr", "使用权人"), |r| r.name()),
        (text("xydm", "统一社会信用代码"), |r| r.code()),
        (text("zzjgdm", "组织机构代码"), |r| r.organisation()),
        (text("zdwz", "宗地位置"), |r| r.address()),
        (typed("xzmj", "numeric(18,2)", "TEXT", "闲置面积(平方米)"), |r| r.area("size", 90_000)),
        (text("rdrq", "认定日期"), |r| r.day(Slash)),
        (text("xzyy", "闲置原因"), |r| r.pick("cause", &["企业自身原因", "政府原因", "规划调整"])),
    ],
};

/// The tables.
pub(super) const PLANS: &[Plan] = &[PLANNING, LAND, IDLE];
