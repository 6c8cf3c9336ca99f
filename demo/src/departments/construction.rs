//! 住房和城乡建设的记录。 (Records of housing and construction)

use super::party::{Ways, ways};
use super::plan::Format::Dash;
use super::plan::{Fault, Of, Plan, Who};
use crate::table::{integer, text, typed};

const WAYS: Ways = ways!("construction", by_organisation = "by_organisation_code");

/// 建筑工程施工许可证.
pub(super) const PERMITS: Plan = Plan {
    source: "construction",
    name: "SGXKZ",
    kind: "construction_permit",
    comment: "建筑工程施工许可证",
    key: &["SGXKZBH"],
    n_rows: 1_400,
    of: Of::Firm,
    who: Who::Party(&WAYS),
    faults: &[(Fault::Date, "construction.impossible_date"), (Fault::Missing, "construction.missing")],
    columns: &[
        (text("SGXKZBH", "施工许可证编号"), |r| r.serial("61013120180", 7)),
        (text("GCMC", "工程名称"), |r| r.must(r.project("一期工程"))),
        (text("SGDW", "施工单位"), |r| r.name()),
        (text("SGDWDM", "施工单位代码(组织机构代码或信用代码)"), |r| r.either()),
        (text("JSDW", "建设单位"), |r| r.other_name("builder")),
        (typed("JSGM", "numeric(18,2)", "TEXT", "建设规模(平方米)"), |r| r.area("size", 150_000)),
        (typed("HTJG", "numeric(18,6)", "TEXT", "合同价格(万元)"), |r| r.wan("price", 80_000)),
        (text("FZRQ", "发证日期"), |r| r.day(Dash)),
    ],
};

/// 商品房预售许可证.
pub(super) const PRESALES: Plan = Plan {
    source: "construction",
    name: "SPFYSXKZ",
    kind: "presale_permit",
    comment: "商品房预售许可证",
    key: &["YSXKZH"],
    n_rows: 420,
    of: Of::Firm,
    who: Who::Party(&WAYS),
    faults: &[(Fault::Date, "construction.impossible_date")],
    columns: &[
        (text("YSXKZH", "预售许可证号"), |r| r.serial("市房预售字第2018", 5)),
        (text("XMMC", "项目名称"), |r| r.project("小区")),
        (text("KFQY", "开发企业"), |r| r.name()),
        (text("KFQYDM", "开发企业代码"), |r| r.either()),
        (typed("YSMJ", "numeric(18,2)", "TEXT", "预售面积(平方米)"), |r| r.area("size", 60_000)),
        (integer("YSTS", "预售套数"), |r| r.between("flats", 20, 600)),
        (text("FZRQ", "发证日期"), |r| r.day(Dash)),
    ],
};

/// 建筑业企业资质.
pub(super) const QUALIFICATIONS: Plan = Plan {
    source: "construction",
    name: "QYZZ",
    kind: "qualification",
    comment: "建筑业企业资质",
    key: &["ZSBH"],
    n_rows: 2_900,
    of: Of::Firm,
    who: Who::Party(&WAYS),
    faults: &[(Fault::Date, "construction.impossible_date")],
    columns: &[
        (text("ZSBH", "证书编号"), |r| r.serial("D361", 7)),
        (text("QYMC", "企业名称"), |r| r.name()),
        (text("QYDM", "企业代码"), |r| r.either()),
        (text("ZZLB", "资质类别"), |r| {
            r.pick(
                "kind",
                &[
                    "建筑工程施工总承包",
                    "建筑装修装饰工程专业承包",
                    "市政公用工程施工总承包",
                    "物业服务",
                    "房地产开发",
                ],
            )
        }),
        (text("ZZDJ", "资质等级"), |r| r.pick("grade", &["三级", "二级", "一级", "暂定级"])),
        (text("FZRQ", "发证日期"), |r| r.day(Dash)),
        (text("YXQZ", "有效期至"), |r| r.term(5)),
    ],
};

/// 欠薪工程项目.
pub(super) const UNPAID: Plan = Plan {
    source: "construction",
    name: "QXXM",
    kind: "wage_arrear",
    comment: "欠薪工程项目",
    key: &["XH"],
    n_rows: 35,
    of: Of::Firm,
    who: Who::Party(&WAYS),
    faults: &[(Fault::Date, "construction.impossible_date")],
    columns: &[
        (integer("XH", "序号"), |r| r.n()),
        (text("XMMC", "工程项目"), |r| r.project("二期工程")),
        (text("SGDW", "施工单位"), |r| r.name()),
        (text("SGDWDM", "施工单位代码"), |r| r.either()),
        (integer("RS", "涉及人数"), |r| r.between("workers", 3, 200)),
        (typed("JE", "numeric(18,6)", "TEXT", "拖欠金额(万元)"), |r| r.wan("amount", 300)),
        (text("RQ", "登记日期"), |r| r.day(Dash)),
    ],
};

/// 质量安全监督检查.
pub(super) const SUPERVISION: Plan = Plan {
    source: "construction",
    name: "ZLAQJD",
    kind: "inspection",
    comment: "质量安全监督检查",
    key: &["JDBH"],
    n_rows: 1_600,
    of: Of::Firm,
    who: Who::Party(&WAYS),
    faults: &[(Fault::Date, "construction.impossible_date")],
    columns: &[
        (text("JDBH", "监督编号"), |r| r.serial("ZJ2019", 6)),
        (text("QYMC", "受检企业"), |r| r.name()),
        (text("QYDM", "企业代码"), |r| r.either()),
        (text("JDSX", "监督事项"), |r| {
            r.pick("matter", &["深基坑", "模板支撑体系", "实体质量", "扬尘治理"])
        }),
        (text("JCRQ", "检查日期"), |r| r.day(Dash)),
        (text("JCJG", "检查结果"), |r| {
            r.pick("result", &["符合要求", "符合要求", "责令整改", "停工整改"])
        }),
        (text("JCJGMC", "监督机构"), |r| r.text("西安高新区建设工程质量安全监督站")),
    ],
};

/// The tables.
pub(super) const PLANS: &[Plan] = &[PERMITS, PRESALES, QUALIFICATIONS, UNPAID, SUPERVISION];
