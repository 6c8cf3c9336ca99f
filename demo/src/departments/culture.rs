//! 文化和旅游的记录。 (Records of culture and tourism)

use super::party::{Ways, ways};
use super::plan::Format::{Chinese, Slash};
use super::plan::{Fault, Of, Plan, Who};
use crate::table::{integer, text, typed};

const WAYS: Ways = ways!("culture", by_number = "by_registration_number");

/// 文化旅游许可.
pub(super) const LICENCES: Plan = Plan {
    source: "culture",
    name: "wh_xkz",
    kind: "culture_licence",
    comment: "文化旅游许可",
    key: &["xkzh"],
    n_rows: 1_900,
    of: Of::Some,
    who: Who::Party(&WAYS),
    faults: &[(Fault::Date, "culture.impossible_date"), (Fault::Missing, "culture.missing")],
    columns: &[
        (text("xkzh", "许可证号"), |r| r.serial("陕网文2018", 6)),
        (text("dwmc", "单位名称"), |r| r.name()),
        (text("xydm", "信用代码"), |r| r.code()),
        (text("zch", "注册号"), |r| r.number()),
        (text("xklb", "许可类别"), |r| {
            r.must(r.pick(
                "kind",
                &["网络文化经营", "营业性演出", "娱乐经营", "旅行社业务经营", "印刷经营", "互联网上网服务"],
            ))
        }),
        (text("fzrq", "发证日期"), |r| r.day(Chinese)),
        (text("yxqz", "有效期至"), |r| r.term(3)),
        (text("fzjg", "发证机关"), |r| r.text("西安高新区文化和旅游体育局")),
    ],
};

/// 行政处罚(2015版).
pub(super) const PENALTIES: Plan = Plan {
    source: "culture",
    name: "wh_xzcf",
    kind: "penalty",
    comment: "行政处罚(2015版)",
    key: &["bh"],
    n_rows: 110,
    of: Of::Some,
    who: Who::Party(&WAYS),
    faults: &[(Fault::Date, "culture.impossible_date"), (Fault::Missing, "culture.missing")],
    columns: &[
        (integer("bh", "编号"), |r| r.n()),
        (text("cf_wsh", "处罚决定书文号"), |r| r.must(r.document("西高文罚"))),
        (text("cf_cfmc", "案件名称"), |r| {
            r.pick("case", &["接纳未成年人进入网吧案", "擅自从事营业性演出案", "无证经营旅行社业务案"])
        }),
        (text("cf_xdr", "行政相对人名称"), |r| r.name()),
        (text("cf_xdr_shxym", "统一社会信用代码"), |r| r.code()),
        (text("cf_xdr_gsdj", "工商登记码"), |r| r.number()),
        (text("cf_fr", "法定代表人姓名"), |r| r.legal()),
        (text("cf_cflb1", "处罚类别(1996年法)"), |r| {
            r.pick("category", &["1", "2", "3", "4", "5", "7"])
        }),
        (typed("cf_je", "numeric(18,2)", "TEXT", "罚款金额(元)"), |r| r.yuan("fine", 50_000)),
        (text("cf_sy", "处罚事由"), |r| r.text("经查属实")),
        (text("cf_jdrq", "处罚决定日期"), |r| r.day(Slash)),
        (text("cf_jg", "处罚机关"), |r| r.text("西安高新区文化和旅游体育局")),
    ],
};

/// The tables.
pub(super) const PLANS: &[Plan] = &[LICENCES, PENALTIES];
