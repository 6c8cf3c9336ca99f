//! Whether a text has the form of an organisation's name. What has not may be the name of a person.
//!
//! A name of two to four characters is a person's unless its ending is a sure one; a longer one is an organisation's if it
//! ends as names of organisations do. Must never be widened by an ending that given names have.

use crate::person::is_person_name;

/// What stands between the names of two people.
const AND: [char; 3] = ['和', '及', '与'];

/// Characters of a person's name, at most, as a rule; of shorter texts only the surest endings count.
const LONGEST_OF_A_PERSON: usize = 4;

/// No person is called so.
const SUREST: [&str; 36] = [
    "公司", "集团", "饭店", "酒店", "商店", "药店", "书店", "花店", "网店", "面馆", "饭馆", "餐馆", "茶馆",
    "宾馆", "旅馆", "酒馆", "菜馆", "餐厅", "超市", "药房", "诊所", "网吧", "医院", "银行", "学校", "工厂",
    "农场", "牧场", "煤矿", "食堂", "门市", "商行", "车行", "茶庄", "饭庄", "酒楼",
];

/// Endings of longer names.
const ENDINGS: [&str; 116] = [
    // Names of offices, shops, works; no given name ends so, or none of them is of five characters.
    "大学",
    "中学",
    "小学",
    "企业",
    "中心",
    "基金",
    "计划",
    "政府",
    "总部",
    "账户",
    "专户",
    "基地",
    "车间",
    "网点",
    "厂",
    "店",
    "社",
    "院",
    "所",
    "局",
    "厅",
    "处",
    "站",
    "馆",
    "会",
    "场",
    "坊",
    "铺",
    "室",
    "委",
    "部",
    "行",
    "房",
    "点",
    "队",
    "矿",
    "库",
    "校",
    "吧",
    "屋",
    "栈",
    "段",
    "池",
    "柜",
    "摊",
    "档",
    "井",
    "坑",
    "区",
    "食府",
    "酒家",
    "人家",
    "画廊",
    "发廊",
    "沙龙",
    "自选",
    "总汇",
    "大厦",
    "商厦",
    "广场",
    "连锁",
    "工区",
    "机构",
    "系统",
    // These end given names too, so more of the word is asked for.
    "幼儿园",
    "公园",
    "花园",
    "果园",
    "庄园",
    "乐园",
    "家园",
    "陵园",
    "种植园",
    "养殖园",
    "植园",
    "示范园",
    "产业园",
    "采摘园",
    "农庄",
    "山庄",
    "商城",
    "书城",
    "影城",
    "新城",
    "歌城",
    "网城",
    "服装城",
    "小吃城",
    "美食城",
    "饮食城",
    "家具城",
    "建材城",
    "家居城",
    "电器城",
    "汽车城",
    "汽配城",
    "摩托城",
    "娱乐城",
    "文化城",
    "精品城",
    "批发城",
    "展销城",
    "百货",
    "苗圃",
    "银楼",
    "度假村",
    "大楼",
    "饭堂",
    "书报亭",
    "报亭",
    "报刊亭",
    "邮亭",
    "售货亭",
    "美食街",
    "农家乐",
    "俱乐部",
];

const LATIN: [&str; 20] = [
    "ltd",
    "limited",
    "inc",
    "incorporated",
    "corp",
    "corporation",
    "co",
    "company",
    "llc",
    "lp",
    "llp",
    "plc",
    "gmbh",
    "ag",
    "nv",
    "bv",
    "holdings",
    "group",
    "fund",
    "bank",
];

/// What stands before the name of a person.
const BEFORE_A_PERSON: [&str; 14] = [
    "经营者",
    "负责人",
    "当事人",
    "法定代表人",
    "法人代表",
    "业主",
    "户主",
    "个体户",
    "个体工商户",
    "自然人",
    "公民",
    "被处罚人",
    "投资人",
    "承包人",
];

/// Remarks on the form, in brackets at the end of a name.
const FORMS: [&str; 12] = [
    "普通合伙",
    "有限合伙",
    "特殊普通合伙",
    "普通合伙企业",
    "有限合伙企业",
    "特殊的普通合伙",
    "个人独资",
    "分支",
    "个体",
    "个体户",
    "个体工商户",
    "集团",
];

/// Whether it has the form of an organisation's name. A remark in brackets at its end is read too: `（有限合伙）` belongs to
/// an organisation's name, `（张三）` does not.
///
/// ```
/// assert!(codes::is_organisation_name("西安市高新区诚瑞面馆") && codes::is_organisation_name("张三水果店"));
/// assert!(!codes::is_organisation_name("张三") && !codes::is_organisation_name("诚瑞面馆（张三）"));
/// ```
#[must_use]
pub fn is_organisation_name(text: &str) -> bool {
    let (name, remark) = without_remark(text);
    has_form(name) && remark.is_none_or(|remark| FORMS.contains(&remark) || has_form(remark))
}

/// A name and the remark in brackets at its end.
#[must_use]
pub fn without_remark(text: &str) -> (&str, Option<&str>) {
    let text = text.trim();
    let parts = text.strip_suffix(['）', ')']).and_then(|inside| inside.rsplit_once(['（', '(']));
    match parts {
        Some((name, remark)) => (name.trim_end(), Some(remark.trim())),
        None => (text, None),
    }
}

/// Whether brackets inside say who keeps it: `（经营者：张三）`.
fn says_who(name: &str) -> bool {
    let mut inside = name.split(['（', '(']).skip(1);
    inside.any(|inside| BEFORE_A_PERSON.iter().any(|before| inside.trim_start().starts_with(before)))
}

fn has_form(name: &str) -> bool {
    let last = name.rsplit(|c: char| !c.is_ascii_alphabetic()).find(|word| !word.is_empty());
    if name.is_ascii() {
        return last.is_some_and(|word| LATIN.contains(&word.to_ascii_lowercase().as_str()));
    }
    // Seven digits in a row are a telephone or a number of a person; no name has them.
    let mut n_digits = 0;
    let has_number = name.chars().any(|c| {
        n_digits = if c.is_numeric() { n_digits + 1 } else { 0 };
        n_digits >= 7
    });
    if has_number {
        return false;
    }
    // Names of several people, of one with a dot between its parts, of one said to be a person.
    let is_of_people = name.contains(['·', '•', '・', '、', '，', ',', '：', ':', '；', ';'])
        || name.contains(['/', '／', '|', '｜', '+', '＋', '&', '＆'])
        || name.trim().contains(char::is_whitespace)
        || BEFORE_A_PERSON.iter().any(|before| name.starts_with(before))
        || says_who(name)
        || (name.contains(AND) && name.split(AND).all(is_person_name));
    let ends = |endings: &[&str]| endings.iter().any(|end| name.ends_with(end));
    let n_chars = name.chars().filter(|c| !c.is_whitespace()).count();
    ends(&SUREST[..2])
        || (!is_of_people && (ends(&SUREST) || (n_chars > LONGEST_OF_A_PERSON && ends(&ENDINGS))))
}
