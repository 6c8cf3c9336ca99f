//! 卫生健康的记录。 (Records of health)

use super::party::{Ways, ways};
use super::plan::Format::Dash;
use super::plan::{Fault, Of, Plan, Who};
use crate::table::text;

const WAYS: Ways = ways!("health", by_number = "by_registration_number");

/// 卫生许可.
pub(super) const LICENCES: Plan = Plan {
    source: "health",
    name: "health_licence",
    kind: "health_licence",
    comment: "卫生许可",
    key: &["licenceNo"],
    n_rows: 6_800,
    of: Of::Some,
    who: Who::Party(&WAYS),
    faults: &[(Fault::Date, "health.impossible_date"), (Fault::Missing, "health.missing")],
    columns: &[
        (text("licenceNo", "许可证号"), |r| r.serial("陕卫公证字2018第", 6)),
        (text("unitName", "单位名称"), |r| r.name()),
        (text("uscc", "统一社会信用代码"), |r| r.code()),
        (text("regNo", "注册号"), |r| r.number()),
        (text("licenceType", "许可类别"), |r| {
            r.must(r.pick(
                "kind",
                &[
                    "公共场所卫生许可",
                    "公共场所卫生许可",
                    "医疗机构执业许可",
                    "生活饮用水卫生许可",
                    "职业健康检查机构备案",
                ],
            ))
        }),
        (text("grade", "量化等级"), |r| r.pick("grade", &["A", "B", "B", "C", "未评"])),
        (text("address", "经营地址"), |r| r.address()),
        (text("principal", "负责人"), |r| r.legal()),
        (text("tel", "联系电话"), |r| r.phone()),
        (text("issueDate", "发证日期"), |r| r.day(Dash)),
        (text("validTo", "有效期至"), |r| r.term(4)),
    ],
};

/// The tables.
pub(super) const PLANS: &[Plan] = &[LICENCES];
