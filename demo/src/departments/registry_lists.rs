//! 市场监管（登记）的其他记录：动产抵押、股权出质、商标、小微企业名录，以及各部门都有的检查结果。 (Other records of the registry: mortgages, pledges, trademarks, small enterprises; and inspections, which every department has)

use super::plan::Format::{Compact, Dash, Slash};
use super::plan::{BANKS, Fault, Of, Plan, Who};
use crate::table::{integer, text, typed};

/// 动产抵押登记.
pub(super) const MORTGAGES: Plan = Plan {
    source: "registry",
    name: "t_dcdy",
    kind: "chattel_mortgage",
    comment: "动产抵押登记",
    key: &["dyxh"],
    n_rows: 1_800,
    of: Of::Some,
    who: Who::Registry,
    faults: &[(Fault::Date, "listing.impossible_date")],
    columns: &[
        (integer("dyxh", "抵押序号"), |r| r.n()),
        (text("nbxh", "内部序号"), |r| r.pripid()),
        (text("tyshxydm", "统一社会信用代码"), |r| r.registered_code()),
        (text("qymc", "抵押人名称"), |r| r.name()),
        (text("djbh", "登记编号"), |r| r.document("西高市监抵")),
        (text("djrq", "登记日期"), |r| r.day(Dash)),
        (typed("bdbse", "numeric(18,6)", "TEXT", "被担保债权数额(万元)"), |r| r.wan("claim", 900)),
        (text("dyqr", "抵押权人"), |r| r.pick("bank", BANKS)),
        (text("dyw", "抵押物"), |r| {
            r.pick("chattel", &["机器设备一批", "库存商品", "数控机床三台", "生产线一条"])
        }),
        (text("djjg", "登记机关"), |r| r.text("西安市市场监督管理局高新区分局")),
    ],
};

/// 股权出质登记.
pub(super) const PLEDGES: Plan = Plan {
    source: "registry",
    name: "t_gqcz",
    kind: "equity_pledge",
    comment: "股权出质登记",
    key: &["czxh"],
    n_rows: 1_200,
    of: Of::Firm,
    who: Who::Registry,
    faults: &[(Fault::Date, "listing.impossible_date")],
    columns: &[
        (integer("czxh", "出质序号"), |r| r.n()),
        (text("nbxh", "内部序号"), |r| r.pripid()),
        (text("tyshxydm", "统一社会信用代码"), |r| r.registered_code()),
        (text("qymc", "股权所在公司"), |r| r.name()),
        (text("czr", "出质人"), |r| r.legal()),
        (text("zqr", "质权人"), |r| r.pick("bank", BANKS)),
        (text("djbh", "登记编号"), |r| r.document("西高市监质")),
        (typed("czgqe", "numeric(18,6)", "TEXT", "出质股权数额(万元)"), |r| r.wan("pledge", 500)),
        (text("djrq", "登记日期"), |r| r.day(Dash)),
        (text("zt", "状态"), |r| r.pick("state", &["有效", "有效", "注销"])),
    ],
};

/// 商标信息.
pub(super) const TRADEMARKS: Plan = Plan {
    source: "registry",
    name: "t_sb",
    kind: "trademark",
    comment: "商标信息",
    key: &["sbzch"],
    n_rows: 9_000,
    of: Of::Firm,
    who: Who::Registry,
    faults: &[(Fault::Date, "listing.impossible_date")],
    columns: &[
        (text("sbzch", "商标注册号"), |r| r.serial("", 8)),
        (text("nbxh", "内部序号"), |r| r.pripid()),
        (text("tyshxydm", "统一社会信用代码"), |r| r.registered_code()),
        (text("zcr", "注册人"), |r| r.name()),
        (text("sbmc", "商标名称"), |r| r.brand()),
        (integer("gjfl", "国际分类"), |r| r.between("class", 1, 45)),
        (text("zcggrq", "注册公告日期"), |r| r.day(Compact)),
        (text("zyqqx", "专用权期限至"), |r| r.later(3650, Compact)),
    ],
};

/// 小微企业名录.
pub(super) const SMALL: Plan = Plan {
    source: "registry",
    name: "t_xwqy",
    kind: "small_enterprise",
    comment: "小微企业名录",
    key: &["nbxh"],
    n_rows: 48_000,
    of: Of::Each,
    who: Who::Registry,
    faults: &[(Fault::Date, "listing.impossible_date")],
    columns: &[
        (text("nbxh", "内部序号"), |r| r.pripid()),
        (text("tyshxydm", "统一社会信用代码"), |r| r.registered_code()),
        (text("qymc", "企业名称"), |r| r.name()),
        (text("jrrq", "加入名录日期"), |r| r.day(Slash)),
        (text("hyml", "所属行业门类"), |r| {
            r.pick(
                "group",
                &["批发和零售业", "信息传输、软件和信息技术服务业", "住宿和餐饮业", "租赁和商务服务业"],
            )
        }),
        (text("zczt", "在册状态"), |r| r.pick("state", &["在册", "在册", "在册", "退出"])),
    ],
};

/// 双随机抽查结果.
pub(super) const SPOT_CHECKS: Plan = Plan {
    source: "registry",
    name: "t_ccjg",
    kind: "inspection",
    comment: "双随机抽查结果",
    key: &["cjxh"],
    n_rows: 5_894,
    of: Of::Some,
    who: Who::Registry,
    faults: &[(Fault::Date, "listing.impossible_date")],
    columns: &[
        (text("cjxh", "抽查序号"), |r| r.serial("CC", 8)),
        (text("nbxh", "内部序号"), |r| r.pripid()),
        (text("tyshxydm", "统一社会信用代码"), |r| r.registered_code()),
        (text("qymc", "企业名称"), |r| r.name()),
        (text("cclx", "抽查类型"), |r| {
            r.pick("kind", &["部门内双随机", "部门内双随机", "部门内双随机", "跨部门联合双随机"])
        }),
        (text("ccsx", "抽查事项"), |r| {
            r.pick("matter", &["年报公示信息检查", "登记事项检查", "广告行为检查", "价格行为检查"])
        }),
        (text("jcrq", "检查日期"), |r| r.day(Dash)),
        (text("jcjg", "检查结果"), |r| r.spot_result()),
        (text("jcjgmc", "检查机关"), |r| r.text("西安市市场监督管理局高新区分局")),
    ],
};

/// The tables.
pub(super) const PLANS: &[Plan] = &[MORTGAGES, PLEDGES, TRADEMARKS, SMALL, SPOT_CHECKS];
