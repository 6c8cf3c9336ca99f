//! 人民法院的其他记录。 (Other records of the court)

use super::party::{Ways, ways};
use super::plan::Format::Chinese;
use super::plan::{Fault, Of, Plan, Who};
use crate::table::{text, typed};

const WAYS: Ways = ways!("court", by_organisation = "by_organisation_code");

/// 股权冻结.
pub(super) const FREEZES: Plan = Plan {
    source: "court",
    name: "gqdj",
    kind: "equity_freeze",
    comment: "股权冻结",
    key: &["cdwsh"],
    n_rows: 700,
    of: Of::Firm,
    who: Who::Party(&WAYS),
    faults: &[(Fault::Date, "court.impossible_date")],
    columns: &[
        (text("cdwsh", "执行裁定书文号"), |r| r.ruling("执")),
        (text("gszc", "股权所在公司"), |r| r.name()),
        (text("zjhm", "统一社会信用代码或组织机构代码"), |r| r.either()),
        (text("bzxr", "被执行人"), |r| r.legal()),
        (typed("djse", "numeric(18,2)", "TEXT", "冻结股权数额(元)"), |r| r.yuan("amount", 9_000_000)),
        (text("djrq", "冻结日期"), |r| r.day(Chinese)),
        (text("djqx", "冻结期限至"), |r| r.later(1095, Chinese)),
        (text("zxfy", "执行法院"), |r| r.text("西安市雁塔区人民法院")),
    ],
};

/// 限制高消费.
pub(super) const RESTRICTIONS: Plan = Plan {
    source: "court",
    name: "xgxf",
    kind: "consumption_restriction",
    comment: "限制高消费",
    key: &["ah"],
    n_rows: 1_600,
    of: Of::Firm,
    who: Who::Party(&WAYS),
    faults: &[(Fault::Date, "court.impossible_date")],
    columns: &[
        (text("ah", "案号"), |r| r.ruling("执")),
        (text("mc", "被执行单位"), |r| r.name()),
        (text("zjhm", "统一社会信用代码或组织机构代码"), |r| r.either()),
        (text("xzdx", "限制对象"), |r| r.legal()),
        (text("zxfy", "执行法院"), |r| r.text("西安市雁塔区人民法院")),
        (text("fbrq", "发布日期"), |r| r.day(Chinese)),
    ],
};

/// 裁判文书.
pub(super) const JUDGMENTS: Plan = Plan {
    source: "court",
    name: "cpws",
    kind: "court_judgment",
    comment: "裁判文书",
    key: &["ah"],
    n_rows: 2_800,
    of: Of::Firm,
    who: Who::Party(&WAYS),
    faults: &[(Fault::Date, "court.impossible_date")],
    columns: &[
        (text("ah", "案号"), |r| r.ruling("民初")),
        (text("dsr", "当事人"), |r| r.name()),
        (text("zjhm", "统一社会信用代码或组织机构代码"), |r| r.either()),
        (text("ay", "案由"), |r| {
            r.pick("cause", &["买卖合同纠纷", "劳动争议", "房屋租赁合同纠纷", "金融借款合同纠纷"])
        }),
        (text("ssdw", "诉讼地位"), |r| r.pick("side", &["被告", "被告", "原告"])),
        (text("cprq", "裁判日期"), |r| r.day(Chinese)),
        (typed("bde", "numeric(18,2)", "TEXT", "标的额(元)"), |r| r.yuan("amount", 5_000_000)),
    ],
};

/// The tables.
pub(super) const PLANS: &[Plan] = &[FREEZES, RESTRICTIONS, JUDGMENTS];
