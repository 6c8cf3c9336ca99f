//! 应急管理（安监、消防）的记录。 (Records of emergency management (work safety, fire))

use super::party::{Ways, ways};
use super::plan::Format::{Slash, Time};
use super::plan::{Fault, Of, Plan, Who};
use crate::table::{integer, text, typed};

const WAYS: Ways = ways!("emergency", by_organisation = "by_organisation_code");
const FIRE_WAYS: Ways = ways!("fire");

/// 消防监督检查.
pub(super) const FIRE_CHECKS: Plan = Plan {
    source: "emergency",
    name: "FireInspection",
    kind: "fire_check",
    comment: "消防监督检查",
    key: &["DocNo"],
    n_rows: 5_200,
    of: Of::Some,
    who: Who::Party(&FIRE_WAYS),
    faults: &[(Fault::Date, "emergency.impossible_date")],
    columns: &[
        (text("DocNo", "文书编号"), |r| r.serial("高消监查2019", 6)),
        (text("UnitName", "单位名称"), |r| r.name()),
        (text("CreditCode", "统一社会信用代码"), |r| r.code()),
        (text("PlaceAddress", "场所地址"), |r| r.address()),
        (text("CheckType", "检查类型"), |r| {
            r.pick("kind", &["双随机抽查", "投入使用前检查", "重点单位检查", "举报核查"])
        }),
        (text("CheckDate", "检查日期"), |r| r.day(Time)),
        (text("Conclusion", "检查结论"), |r| {
            r.pick("result", &["合格", "合格", "合格", "责令限期改正", "不合格"])
        }),
        (text("Hazards", "火灾隐患"), |r| r.sometimes("hazard", 300_000, "疏散通道堵塞；灭火器失效")),
    ],
};

/// 危险化学品许可.
pub(super) const HAZARDOUS: Plan = Plan {
    source: "emergency",
    name: "HazChemLicence",
    kind: "hazardous_licence",
    comment: "危险化学品许可",
    key: &["LicenceNo"],
    n_rows: 340,
    of: Of::Some,
    who: Who::Party(&WAYS),
    faults: &[(Fault::Date, "emergency.impossible_date"), (Fault::Missing, "emergency.missing")],
    columns: &[
        (text("LicenceNo", "许可证编号"), |r| r.serial("陕A危化经字", 6)),
        (text("HolderName", "单位名称"), |r| r.name()),
        (text("CreditCode", "统一社会信用代码"), |r| r.code()),
        (text("OrgCode", "组织机构代码"), |r| r.organisation()),
        (text("LicenceType", "许可类型"), |r| {
            r.must(r.pick("kind", &["危险化学品经营", "危险化学品安全使用", "烟花爆竹经营(零售)"]))
        }),
        (text("Scope", "许可范围"), |r| {
            r.pick("scope", &["汽油、柴油", "氧[压缩的或液化的]", "乙醇[无水]", "C类烟花"])
        }),
        (text("IssuedOn", "发证日期"), |r| r.day(Slash)),
        (text("ExpiresOn", "有效期至"), |r| r.term(3)),
    ],
};

/// 安全生产标准化等级.
pub(super) const SAFETY_GRADES: Plan = Plan {
    source: "emergency",
    name: "SafetyStandard",
    kind: "safety_grade",
    comment: "安全生产标准化等级",
    key: &["CertNo"],
    n_rows: 620,
    of: Of::Firm,
    who: Who::Party(&WAYS),
    faults: &[(Fault::Date, "emergency.impossible_date")],
    columns: &[
        (text("CertNo", "证书编号"), |r| r.serial("陕AQBⅢ", 6)),
        (text("UnitName", "单位名称"), |r| r.name()),
        (text("CreditCode", "统一社会信用代码"), |r| r.code()),
        (text("OrgCode", "组织机构代码"), |r| r.organisation()),
        (text("Grade", "标准化等级"), |r| r.pick("grade", &["三级", "三级", "二级", "一级"])),
        (text("IssuedOn", "发证日期"), |r| r.day(Slash)),
        (text("ExpiresOn", "有效期至"), |r| r.term(3)),
    ],
};

/// 重大危险源备案.
pub(super) const HAZARD_SOURCES: Plan = Plan {
    source: "emergency",
    name: "MajorHazard",
    kind: "hazard_source",
    comment: "重大危险源备案",
    key: &["FilingNo"],
    n_rows: 28,
    of: Of::Firm,
    who: Who::Party(&WAYS),
    faults: &[(Fault::Date, "emergency.impossible_date")],
    columns: &[
        (text("FilingNo", "备案编号"), |r| r.serial("BA陕610131", 5)),
        (text("UnitName", "单位名称"), |r| r.name()),
        (text("CreditCode", "统一社会信用代码"), |r| r.code()),
        (text("OrgCode", "组织机构代码"), |r| r.organisation()),
        (text("Class", "危险源级别"), |r| r.pick("class", &["四级", "四级", "三级", "二级"])),
        (text("Substance", "危险物质"), |r| r.pick("substance", &["天然气", "液氨", "汽油", "甲醇"])),
        (text("FiledOn", "备案日期"), |r| r.day(Slash)),
    ],
};

/// 生产安全事故.
pub(super) const ACCIDENTS: Plan = Plan {
    source: "emergency",
    name: "Accident",
    kind: "safety_accident",
    comment: "生产安全事故",
    key: &["AccidentNo"],
    n_rows: 46,
    of: Of::Firm,
    who: Who::Party(&WAYS),
    faults: &[(Fault::Date, "emergency.impossible_date")],
    columns: &[
        (text("AccidentNo", "事故编号"), |r| r.serial("SG610131", 5)),
        (text("UnitName", "事故单位"), |r| r.name()),
        (text("CreditCode", "统一社会信用代码"), |r| r.code()),
        (text("OrgCode", "组织机构代码"), |r| r.organisation()),
        (text("Category", "事故类别"), |r| r.pick("kind", &["高处坠落", "物体打击", "触电", "机械伤害"])),
        (text("Severity", "事故等级"), |r| r.pick("severity", &["一般", "一般", "一般", "较大"])),
        (text("HappenedAt", "发生时间"), |r| r.day(Time)),
        (integer("Deaths", "死亡人数"), |r| r.between("deaths", 0, 2)),
        (typed("DirectLoss", "numeric(18,4)", "TEXT", "直接经济损失(万元)"), |r| r.wan("loss", 300)),
    ],
};

/// 安全生产执法检查.
pub(super) const INSPECTIONS: Plan = Plan {
    source: "emergency",
    name: "LawInspection",
    kind: "inspection",
    comment: "安全生产执法检查",
    key: &["InspectionNo"],
    n_rows: 3_100,
    of: Of::Some,
    who: Who::Party(&WAYS),
    faults: &[(Fault::Date, "emergency.impossible_date")],
    columns: &[
        (text("InspectionNo", "检查编号"), |r| r.serial("高应急检记", 7)),
        (text("UnitName", "单位名称"), |r| r.name()),
        (text("CreditCode", "统一社会信用代码"), |r| r.code()),
        (text("OrgCode", "组织机构代码"), |r| r.organisation()),
        (text("Matter", "检查事项"), |r| {
            r.pick("matter", &["危险化学品储存", "有限空间作业", "安全教育培训", "粉尘防爆"])
        }),
        (text("Type", "检查类型"), |r| r.pick("kind", &["年度计划检查", "专项检查", "复查"])),
        (text("InspectedOn", "检查日期"), |r| r.day(Slash)),
        (text("Result", "检查结果"), |r| {
            r.pick("result", &["未发现问题", "未发现问题", "责令限期整改", "立案查处"])
        }),
        (text("Problems", "发现的隐患"), |r| r.sometimes("problem", 400_000, "未建立隐患排查台账")),
        (text("MendBy", "整改期限"), |r| r.later(15, Slash)),
        (text("Agency", "检查机关"), |r| r.text("西安高新区应急管理局")),
    ],
};

/// The tables.
pub(super) const PLANS: &[Plan] =
    &[FIRE_CHECKS, HAZARDOUS, SAFETY_GRADES, HAZARD_SOURCES, ACCIDENTS, INSPECTIONS];
