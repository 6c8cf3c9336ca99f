//! Whether a text has the form of an organisation's name. What has not may be the name of a person.

/// Characters of a person's name, at most, as a rule; of shorter texts only the surest endings count.
const LONGEST_OF_A_PERSON: usize = 4;

const SUREST: [&str; 2] = ["公司", "集团"];

const ENDINGS: [&str; 37] = [
    "企业",
    "中心",
    "大学",
    "中学",
    "小学",
    "学校",
    "医院",
    "银行",
    "商行",
    "基金",
    "计划",
    "政府",
    "超市",
    "门市",
    "总部",
    "支部",
    "经营部",
    "服务部",
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
    "园",
    "坊",
    "铺",
    "城",
    "室",
    "委",
    "户",
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

/// Whether it ends as names of organisations do; a remark in brackets at its end, as `（有限合伙）`, aside.
pub(super) fn is_organisation(text: &str) -> bool {
    let name = without_remark(text.trim());
    if SUREST.iter().any(|end| name.ends_with(end)) {
        return true;
    }
    let last = name.rsplit(|c: char| !c.is_ascii_alphabetic()).find(|word| !word.is_empty());
    let is_latin = name.is_ascii();
    if is_latin && last.is_some_and(|word| LATIN.contains(&word.to_ascii_lowercase().as_str())) {
        return true;
    }
    // Names of several people, and of one with a dot between its parts.
    let is_of_people = name.contains(['·', '•', '・', '、', '，', ',']);
    let n_chars = name.chars().count();
    !is_of_people && n_chars > LONGEST_OF_A_PERSON && ENDINGS.iter().any(|end| name.ends_with(end))
}

fn without_remark(text: &str) -> &str {
    let Some(inside) = text.strip_suffix(['）', ')']) else { return text };
    inside.rfind(['（', '(']).and_then(|at| inside.get(..at)).map_or(text, str::trim_end)
}
