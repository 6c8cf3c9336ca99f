//! 非公党建：独立访问域，对其他部门一概不存在。 (Party building: an access domain of its own, absent for everybody else)

use super::plan::Format::{Dash, Dots};
use super::plan::{Fault, Of, Plan, Who};
use crate::table::{integer, text, typed};

/// 非公企业党建情况.
pub(super) const COMPANIES: Plan = Plan {
    source: "party",
    name: "dj_qy",
    kind: "party_building",
    comment: "非公企业党建情况",
    key: &["nbxh"],
    n_rows: 18_000,
    of: Of::Each,
    who: Who::Registry,
    faults: &[(Fault::Date, "party.impossible_date")],
    columns: &[
        (text("nbxh", "内部序号"), |r| r.pripid()),
        (text("tyshxydm", "统一社会信用代码"), |r| r.registered_code()),
        (text("qymc", "企业名称"), |r| r.name()),
        (text("sfjdzz", "是否建党组织"), |r| r.pick("has", &["是", "否", "否"])),
        (integer("dys", "党员数"), |r| r.between("members", 0, 40)),
        (text("zjfs", "组建方式(1单建 2联建)"), |r| r.pick("form", &["1", "1", "2"])),
        (text("jz", "党组织建制(1党委 2总支 3支部)"), |r| {
            r.pick("rank", &["3", "3", "3", "2", "1"])
        }),
        (text("zjsj", "组建时间"), |r| r.day(Dash)),
    ],
};

/// 党组织.
pub(super) const ORGANISATIONS: Plan = Plan {
    source: "party",
    name: "dj_zz",
    kind: "party_organisation",
    comment: "党组织",
    key: &["zzbh"],
    n_rows: 1_600,
    of: Of::Row,
    who: Who::Itself,
    faults: &[(Fault::Missing, "party.missing")],
    columns: &[
        (text("zzbh", "党组织编号"), |r| r.serial("DZZ", 6)),
        (text("qc", "党组织全称"), |r| r.must(r.organisation_name())),
        (text("jz", "建制"), |r| r.pick("rank", &["支部", "支部", "支部", "总支", "党委"])),
        (text("fblb", "分布类别"), |r| r.pick("kind", &["企业", "企业", "个体", "农贸市场", "商品市场"])),
        (text("sjxm", "书记姓名"), |r| r.person_name()),
        (text("sjdh", "书记电话"), |r| r.mobile()),
        (text("szd", "所在地"), |r| r.address()),
        (text("lxd", "联系点"), |r| r.pick("contact", &["高新区党工委组织部", "丈八街办", "鱼化寨街办"])),
        (text("lrzt", "录入状态"), |r| r.pick("state", &["已录入", "已审核"])),
    ],
};

/// 党员.
pub(super) const MEMBERS: Plan = Plan {
    source: "party",
    name: "dj_dy",
    kind: "party_member",
    comment: "党员",
    key: &["dyxh"],
    n_rows: 25_400,
    of: Of::Row,
    who: Who::Branch,
    faults: &[(Fault::Missing, "party.missing")],
    columns: &[
        (integer("dyxh", "党员序号"), |r| r.n()),
        (text("zzbh", "党组织编号"), |r| r.branch()),
        (text("xm", "姓名"), |r| r.must(r.person_name())),
        (text("mz", "民族"), |r| r.pick("nation", &["汉族", "汉族", "汉族", "汉族", "回族", "满族"])),
        (text("xb", "性别"), |r| r.gender()),
        (text("sfzh", "身份证号"), |r| r.person_id()),
        (text("sj", "手机"), |r| r.mobile()),
        (text("dylb", "党员类别"), |r| {
            r.pick("kind", &["正式党员", "正式党员", "正式党员", "预备党员", "积极分子", "培养对象"])
        }),
        (text("cylx", "成员类型"), |r| r.pick("role", &["业主", "从业人员", "从业人员"])),
        (text("sfsj", "是否书记"), |r| r.pick("secretary", &["否", "否", "否", "否", "是"])),
        (text("xl", "学历"), |r| r.pick("education", &["本科", "大专", "高中", "研究生"])),
        (text("yj", "原籍"), |r| r.pick("origin", &["陕西西安", "陕西渭南", "河南郑州", "甘肃天水"])),
        (text("zzgx", "组织关系所在地"), |r| {
            r.pick("relation", &["辖区街道社区", "个私协会", "市场", "原籍(流动党员)"])
        }),
        (text("dnzw", "党内职务"), |r| r.pick("duty", &["无", "组织委员", "宣传委员"])),
        (text("rdsj", "入党时间"), |r| r.day(Dots)),
        (text("rlzt", "认领状态"), |r| r.pick("state", &["已认领", "已认领", "未认领"])),
    ],
};

/// 党建活动.
pub(super) const ACTIVITIES: Plan = Plan {
    source: "party",
    name: "dj_hd",
    kind: "party_activity",
    comment: "党建活动",
    key: &["hdbh"],
    n_rows: 4_000,
    of: Of::Row,
    who: Who::Branch,
    faults: &[(Fault::Date, "party.impossible_date")],
    columns: &[
        (text("hdbh", "活动编号"), |r| r.serial("HD", 7)),
        (text("zzbh", "承办党组织编号"), |r| r.branch()),
        (text("hdmc", "活动名称"), |r| {
            r.pick("name", &["主题党日", "三会一课", "志愿服务", "民主生活会"])
        }),
        (text("hdlb", "类别"), |r| r.pick("kind", &["组织生活", "学习教育", "志愿服务"])),
        (text("ksrq", "开始日期"), |r| r.day(Dash)),
        (typed("jsrq", "date", "TEXT", "结束日期"), |r| r.later(1, Dash)),
        (text("dd", "地点"), |r| r.address()),
        (text("fqr", "发起人"), |r| r.person_name()),
        (integer("cjrs", "参加人数"), |r| r.between("people", 3, 60)),
        (text("qk", "情况"), |r| r.pick("state", &["已完成", "已完成", "已取消"])),
    ],
};

/// The tables.
pub(super) const PLANS: &[Plan] = &[COMPANIES, ORGANISATIONS, MEMBERS, ACTIVITIES];
