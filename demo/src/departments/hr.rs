//! 人力资源和社会保障的记录。 (Records of labour and social security)

use super::party::{Ways, ways};
use super::plan::Format::{Compact, Dash};
use super::plan::{Fault, Of, Plan, Who};
use crate::table::{integer, text, typed};

const WAYS: Ways = ways!("hr", by_organisation = "by_organisation_code");
const CODE_WAYS: Ways = ways!("hr");

/// 单位参保信息.
pub(super) const INSURED: Plan = Plan {
    source: "hr",
    name: "ac01_dwcb",
    kind: "social_insurance",
    comment: "单位参保信息",
    key: &["dwbh"],
    n_rows: 38_000,
    of: Of::Each,
    who: Who::Party(&WAYS),
    faults: &[(Fault::Date, "hr.impossible_date"), (Fault::Number, "hr.no_number")],
    columns: &[
        (text("dwbh", "单位编号"), |r| r.serial("6101310", 7)),
        (text("shbxdjzh", "社会保险登记证号(经办机构编码+组织机构代码)"), |r| r.social()),
        (text("dwmc", "单位名称"), |r| r.name()),
        (text("shxydm", "统一社会信用代码"), |r| r.code()),
        (integer("cbrs", "参保人数"), |r| r.between("staff", 1, 400)),
        (text("cbzt", "参保状态"), |r| {
            r.pick("state", &["参保缴费", "参保缴费", "参保缴费", "暂停缴费", "终止缴费"])
        }),
        (text("qfje", "欠费金额(元)"), |r| r.yuan("arrear", 90_000)),
        (text("cbrq", "参保日期"), |r| r.day(Compact)),
    ],
};

/// 拖欠农民工工资失信名单.
pub(super) const UNPAID: Plan = Plan {
    source: "hr",
    name: "tqgz",
    kind: "wage_arrear",
    comment: "拖欠农民工工资失信名单",
    key: &["xh"],
    n_rows: 90,
    of: Of::Firm,
    who: Who::Party(&WAYS),
    faults: &[(Fault::Date, "hr.impossible_date")],
    columns: &[
        (integer("xh", "序号"), |r| r.n()),
        (text("wsh", "决定书文号"), |r| r.document("西高人社列")),
        (text("dwmc", "用人单位"), |r| r.name()),
        (text("shxydm", "统一社会信用代码"), |r| r.code()),
        (text("shbxdjzh", "社会保险登记证号"), |r| r.social()),
        (integer("sjrs", "涉及人数"), |r| r.between("workers", 2, 120)),
        (typed("tqje", "numeric(18,2)", "TEXT", "拖欠金额(元)"), |r| r.yuan("amount", 2_000_000)),
        (text("lrrq", "列入日期"), |r| r.day(Dash)),
    ],
};

/// 劳动监察与仲裁案件.
pub(super) const CASES: Plan = Plan {
    source: "hr",
    name: "ldaj",
    kind: "labour_case",
    comment: "劳动监察与仲裁案件",
    key: &["ajbh"],
    n_rows: 1_300,
    of: Of::Some,
    who: Who::Party(&WAYS),
    faults: &[(Fault::Date, "hr.impossible_date")],
    columns: &[
        (text("ajbh", "案件编号"), |r| r.serial("西高劳监立", 6)),
        (text("ajlb", "案件类别"), |r| r.pick("kind", &["劳动监察", "劳动监察", "劳动仲裁"])),
        (text("dwmc", "用人单位"), |r| r.name()),
        (text("shxydm", "统一社会信用代码"), |r| r.code()),
        (text("shbxdjzh", "社会保险登记证号"), |r| r.social()),
        (text("ay", "案由"), |r| {
            r.pick("cause", &["拖欠工资", "未签劳动合同", "未缴社会保险", "超时加班"])
        }),
        (text("larq", "立案日期"), |r| r.day(Dash)),
        (typed("jarq", "date", "TEXT", "结案日期"), |r| r.later(60, Dash)),
        (text("cljg", "处理结果"), |r| r.pick("result", &["调解结案", "责令改正", "行政处罚", "撤诉"])),
    ],
};

/// 劳务派遣经营许可.
pub(super) const DISPATCH: Plan = Plan {
    source: "hr",
    name: "lwpq",
    kind: "licence",
    comment: "劳务派遣经营许可",
    key: &["xkzbh"],
    n_rows: 160,
    of: Of::Firm,
    who: Who::Party(&CODE_WAYS),
    faults: &[(Fault::Date, "hr.impossible_date")],
    columns: &[
        (text("xkzbh", "许可证编号"), |r| r.serial("610131201800", 4)),
        (text("dwmc", "单位名称"), |r| r.name()),
        (text("shxydm", "统一社会信用代码"), |r| r.code()),
        (text("fddbr", "法定代表人"), |r| r.legal()),
        (text("xkmc", "许可名称"), |r| r.text("劳务派遣经营许可证")),
        (text("fzrq", "发证日期"), |r| r.day(Dash)),
        (text("yxqz", "有效期至"), |r| r.term(3)),
        (text("fzjg", "发证机关"), |r| r.text("西安高新区人力资源和社会保障局")),
    ],
};

/// The tables.
pub(super) const PLANS: &[Plan] = &[INSURED, UNPAID, CASES, DISPATCH];
