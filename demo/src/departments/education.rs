//! 教育的记录。 (Records of education)

use super::party::{Ways, ways};
use super::plan::Format::Dash;
use super::plan::{Fault, Of, Plan, Who};
use crate::table::{integer, text};

const WAYS: Ways = ways!("education");

/// 民办学校和培训机构.
pub(super) const SCHOOLS: Plan = Plan {
    source: "education",
    name: "minban_xuexiao",
    kind: "school_licence",
    comment: "民办学校和培训机构",
    key: &["bxxkzh"],
    n_rows: 780,
    of: Of::Some,
    who: Who::Party(&WAYS),
    faults: &[(Fault::Date, "education.impossible_date")],
    columns: &[
        (text("bxxkzh", "办学许可证号"), |r| r.serial("教民161013170", 6)),
        (text("xxmc", "学校名称"), |r| r.name()),
        (text("xydm", "统一社会信用代码"), |r| r.code()),
        (text("bxlx", "办学类型"), |r| {
            r.pick("kind", &["文化教育培训", "民办幼儿园", "艺术培训", "职业技能培训", "民办中小学"])
        }),
        (text("fzrq", "发证日期"), |r| r.day(Dash)),
        (text("yxqz", "有效期至"), |r| r.term(4)),
        (integer("njnd", "年检年度"), |r| r.constant(2018)),
        (text("njjl", "年检结论"), |r| {
            r.pick("result", &["合格", "合格", "基本合格", "不合格", "未参检"])
        }),
        (text("md", "名单"), |r| r.pick("list", &["白名单", "白名单", "无", "黑名单"])),
    ],
};

/// The tables.
pub(super) const PLANS: &[Plan] = &[SCHOOLS];
