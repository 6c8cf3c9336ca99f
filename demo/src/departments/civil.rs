//! 民政的记录；社会组织是自成一类的实体。 (Records of civil affairs; social organisations are entities of their own)

use super::party::{Ways, ways};
use super::plan::Format::Dash;
use super::plan::{Fault, Of, Plan, Who};
use crate::table::{integer, text};

const WAYS: Ways = ways!("civil");

/// 社会组织登记.
pub(super) const BODIES: Plan = Plan {
    source: "civil",
    name: "社会组织",
    kind: "social_organisation",
    comment: "社会组织登记",
    key: &["登记证号"],
    n_rows: 640,
    of: Of::Row,
    who: Who::Itself,
    faults: &[(Fault::Date, "civil.impossible_date"), (Fault::Missing, "civil.missing")],
    columns: &[
        (text("登记证号", "登记证号"), |r| r.serial("陕高社证字第", 5)),
        (text("组织名称", "组织名称"), |r| r.must(r.body_name())),
        (text("统一社会信用代码", "统一社会信用代码"), |r| r.body_code()),
        (text("组织类型", "组织类型"), |r| {
            r.pick("kind", &["社会团体", "民办非企业单位", "民办非企业单位", "基金会"])
        }),
        (text("评估等级", "评估等级"), |r| r.pick("grade", &["5A", "4A", "3A", "未评估"])),
        (text("年检结论", "年检结论"), |r| r.pick("result", &["合格", "合格", "基本合格", "未参检"])),
        (text("登记日期", "登记日期"), |r| r.day(Dash)),
    ],
};

/// 养老机构备案.
pub(super) const HOMES: Plan = Plan {
    source: "civil",
    name: "养老机构",
    kind: "care_home",
    comment: "养老机构备案",
    key: &["备案号"],
    n_rows: 46,
    of: Of::Some,
    who: Who::Party(&WAYS),
    faults: &[(Fault::Date, "civil.impossible_date")],
    columns: &[
        (text("备案号", "备案号"), |r| r.serial("610131YL", 4)),
        (text("运营主体", "运营主体"), |r| r.name()),
        (text("统一社会信用代码", "统一社会信用代码"), |r| r.code()),
        (integer("床位数", "床位数"), |r| r.between("beds", 20, 400)),
        (text("地址", "地址"), |r| r.address()),
        (text("备案日期", "备案日期"), |r| r.day(Dash)),
    ],
};

/// The tables.
pub(super) const PLANS: &[Plan] = &[BODIES, HOMES];
