//! 食品药品与质量技术监督的记录。 (Records of food, drug and quality supervision)

use super::party::{Ways, ways};
use super::plan::Format::{Chinese, Compact, Dash, Dots};
use super::plan::{Fault, Of, Plan, Who};
use crate::table::{text, typed};

const WAYS: Ways = ways!("food", by_number = "by_registration_number");
const QUALITY: Ways = ways!("quality", by_organisation = "by_organisation_code");

/// 食品生产经营许可.
pub(super) const FOOD_LICENCES: Plan = Plan {
    source: "food_drug",
    name: "t_spxk",
    kind: "food_licence",
    comment: "食品生产经营许可",
    key: &["xkzbh"],
    n_rows: 21_000,
    of: Of::Some,
    who: Who::Party(&WAYS),
    faults: &[(Fault::Date, "food.impossible_date")],
    columns: &[
        (text("xkzbh", "许可证编号"), |r| r.serial("JY16101310", 8)),
        (text("jyzmc", "经营者名称"), |r| r.name()),
        (text("tyshxydm", "社会信用代码"), |r| r.code()),
        (text("zch", "注册号"), |r| r.number()),
        (text("fddbr", "法定代表人(负责人)"), |r| r.legal()),
        (text("jycs", "经营场所"), |r| r.address()),
        (text("ztyt", "主体业态"), |r| {
            r.pick("form", &["餐饮服务经营者", "食品销售经营者", "单位食堂", "食品生产者"])
        }),
        (text("jyxm", "经营项目"), |r| {
            r.pick("item", &["热食类食品制售", "预包装食品销售", "冷食类食品制售", "散装食品销售"])
        }),
        (text("fxdj", "风险等级"), |r| r.pick("risk", &["A级", "A级", "B级", "B级", "C级", "D级"])),
        (text("lhdj", "量化等级"), |r| r.pick("score", &["A", "B", "B", "C"])),
        (text("fzrq", "发证日期"), |r| r.day(Dash)),
        (text("yxqz", "有效期至"), |r| r.term(5)),
        (text("fzjg", "发证机关"), |r| r.text("西安高新区市场监督管理局")),
    ],
};

/// 药品医疗器械许可.
pub(super) const DRUG_CERTIFICATES: Plan = Plan {
    source: "food_drug",
    name: "t_ypqx",
    kind: "drug_certificate",
    comment: "药品医疗器械许可",
    key: &["zsbh"],
    n_rows: 1_900,
    of: Of::Firm,
    who: Who::Party(&WAYS),
    faults: &[(Fault::Date, "food.impossible_date")],
    columns: &[
        (text("zsbh", "证书编号"), |r| r.serial("陕XA", 7)),
        (text("qymc", "企业名称"), |r| r.name()),
        (text("tyshxydm", "统一社会信用代码"), |r| r.code()),
        (text("zch", "注册号"), |r| r.number()),
        (text("zslb", "证书类别"), |r| {
            r.pick(
                "kind",
                &["药品经营许可证", "GSP认证证书", "医疗器械经营备案", "医疗器械经营许可证", "GMP证书"],
            )
        }),
        (text("rzfw", "认证范围"), |r| {
            r.pick("scope", &["药品零售", "药品批发", "三类医疗器械", "二类医疗器械"])
        }),
        (text("fzrq", "发证日期"), |r| r.day(Dots)),
        (text("yxqz", "有效期至"), |r| r.term(5)),
    ],
};

/// 特种设备使用登记.
pub(super) const EQUIPMENT: Plan = Plan {
    source: "food_drug",
    name: "t_tzsb",
    kind: "special_equipment",
    comment: "特种设备使用登记",
    key: &["sbzcdm"],
    n_rows: 12_000,
    of: Of::Some,
    who: Who::Party(&QUALITY),
    faults: &[(Fault::Date, "quality.impossible_date")],
    columns: &[
        (text("sbzcdm", "设备注册代码"), |r| r.serial("31106101312018", 6)),
        (text("sydjzh", "使用登记证号"), |r| r.serial("梯11陕A", 6)),
        (text("sbzl", "设备种类"), |r| {
            r.pick("kind", &["电梯", "电梯", "电梯", "锅炉", "压力容器", "起重机械", "场(厂)内专用机动车辆"])
        }),
        (text("sydw", "使用单位"), |r| r.name()),
        (text("zzjgdm", "组织机构代码"), |r| r.organisation()),
        (text("tyshxydm", "统一社会信用代码"), |r| r.code()),
        (text("sydd", "使用地点"), |r| r.address()),
        (text("jyrq", "检验日期"), |r| r.day(Dash)),
        (typed("xcjyrq", "date", "TEXT", "下次检验日期"), |r| r.later(365, Dash)),
        (text("jyjl", "检验结论"), |r| {
            r.pick("result", &["合格", "合格", "合格", "合格", "复检合格", "不合格"])
        }),
    ],
};

/// 工业产品生产许可证.
pub(super) const PRODUCT_LICENCES: Plan = Plan {
    source: "food_drug",
    name: "t_gyxk",
    kind: "product_licence",
    comment: "工业产品生产许可证",
    key: &["zsbh"],
    n_rows: 320,
    of: Of::Firm,
    who: Who::Party(&QUALITY),
    faults: &[(Fault::Date, "quality.impossible_date")],
    columns: &[
        (text("zsbh", "证书编号"), |r| r.serial("XK06-001-", 5)),
        (text("qymc", "企业名称"), |r| r.name()),
        (text("zzjgdm", "组织机构代码"), |r| r.organisation()),
        (text("tyshxydm", "统一社会信用代码"), |r| r.code()),
        (text("cpmc", "产品名称"), |r| {
            r.pick("product", &["电线电缆", "危险化学品包装物", "建筑用钢筋", "化肥", "食品相关产品"])
        }),
        (text("fzrq", "发证日期"), |r| r.day(Dash)),
        (text("yxqz", "有效期至"), |r| r.term(5)),
    ],
};

/// 产品质量监督抽检.
pub(super) const SAMPLES: Plan = Plan {
    source: "food_drug",
    name: "t_cpcj",
    kind: "product_sampling",
    comment: "产品质量监督抽检",
    key: &["cydbh"],
    n_rows: 2_400,
    of: Of::Some,
    who: Who::Party(&QUALITY),
    faults: &[(Fault::Date, "quality.impossible_date")],
    columns: &[
        (text("cydbh", "抽样单编号"), |r| r.serial("GC61013", 8)),
        (text("bcjdw", "被抽检单位"), |r| r.name()),
        (text("zzjgdm", "组织机构代码"), |r| r.organisation()),
        (text("tyshxydm", "统一社会信用代码"), |r| r.code()),
        (text("cjlb", "抽检类别"), |r| r.pick("kind", &["食品", "食品", "产品质量"])),
        (text("cpmc", "产品名称"), |r| {
            r.pick("product", &["酱油", "小麦粉", "电线电缆", "儿童玩具", "凉皮", "燃气灶具"])
        }),
        (text("sb", "商标"), |r| r.brand()),
        (text("pc", "批次"), |r| r.later(0, Compact)),
        (text("cyrq", "抽样日期"), |r| r.day(Chinese)),
        (text("jyjg", "检验结果"), |r| {
            r.pick("result", &["合格", "合格", "合格", "合格", "合格", "合格", "不合格"])
        }),
        (text("bhgxm", "不合格项目"), |r| r.sometimes("failed", 140_000, "标签、菌落总数")),
    ],
};

/// The tables.
pub(super) const PLANS: &[Plan] = &[FOOD_LICENCES, DRUG_CERTIFICATES, EQUIPMENT, PRODUCT_LICENCES, SAMPLES];
