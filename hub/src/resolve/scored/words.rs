//! Words of trades and legal forms.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::name::Form;

const INDUSTRIES: &str = include_str!("data/industries.txt");

/// Legal forms as names write them, longest first where one ends another.
const FORMS: &[(&str, Form)] = &[
    ("农民专业合作社联合社", Form::Cooperative),
    ("农民专业合作社", Form::Cooperative),
    ("专业合作社", Form::Cooperative),
    ("股份合作社", Form::Cooperative),
    ("合作社", Form::Cooperative),
    ("集团股份有限公司", Form::JointStock),
    ("股份有限责任公司", Form::JointStock),
    ("股份有限公司", Form::JointStock),
    ("股份公司", Form::JointStock),
    ("有限责任公司", Form::Limited),
    ("有限公司", Form::Limited),
    ("总公司", Form::Company),
    ("公司", Form::Company),
    ("特殊普通合伙", Form::Partnership),
    ("普通合伙", Form::Partnership),
    ("有限合伙", Form::Partnership),
    ("合伙企业", Form::Partnership),
];

/// Endings of what is no subject of its own but part of another.
const BRANCHES: &[&str] = &[
    "分公司",
    "支公司",
    "子公司",
    "分行",
    "支行",
    "分店",
    "分理处",
    "营业部",
    "营业所",
    "营业厅",
    "办事处",
    "分部",
    "分厂",
    "分社",
    "储蓄所",
    "服务部",
    "项目部",
    "分院",
];

/// Words that end a core, by their last character, the longest first.
fn industries() -> &'static HashMap<char, Vec<Vec<char>>> {
    static WORDS: OnceLock<HashMap<char, Vec<Vec<char>>>> = OnceLock::new();
    WORDS.get_or_init(|| {
        let mut words: HashMap<char, Vec<Vec<char>>> = HashMap::new();
        for word in INDUSTRIES.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace) {
            let word: Vec<char> = word.chars().collect();
            if let Some(last) = word.last() {
                words.entry(*last).or_default().push(word);
            }
        }
        for list in words.values_mut() {
            list.sort_by_key(|word| (std::cmp::Reverse(word.len()), word.clone()));
        }
        words
    })
}

/// Where the trade begins in a core: at least two characters of brand stay before it, or the trade is nothing.
pub(super) fn industry_begins(core: &[char]) -> usize {
    trade_begins(core, 2)
}

/// Whether a core is a trade and no brand.
pub(super) fn is_trade_only(core: &[char]) -> bool {
    trade_begins(core, 0) == 0
}

fn trade_begins(core: &[char], least: usize) -> usize {
    let words = industries();
    let mut at = core.len();
    loop {
        let Some(head) = core.get(..at) else { return at };
        let Some(list) = head.last().and_then(|last| words.get(last)) else { return at };
        let fits = |word: &&Vec<char>| head.len() >= word.len() + least && head.ends_with(word);
        match list.iter().find(fits) {
            Some(word) => at -= word.len(),
            None => return at,
        }
    }
}

fn forms() -> &'static [(Vec<char>, Form)] {
    static LISTED: OnceLock<Vec<(Vec<char>, Form)>> = OnceLock::new();
    LISTED.get_or_init(|| FORMS.iter().map(|(word, form)| (word.chars().collect(), *form)).collect())
}

/// The first legal form in a name: where it begins, where it ends, and which.
pub(super) fn form_in(name: &[char]) -> Option<(usize, usize, Form)> {
    for at in 1..name.len() {
        let rest = name.get(at..)?;
        if !matches!(rest.first(), Some('农' | '专' | '股' | '合' | '集' | '有' | '总' | '公' | '特' | '普'))
        {
            continue;
        }
        let part_of_branch = matches!(name.get(at - 1), Some('分' | '支' | '子'));
        let found = forms().iter().find(|(word, _)| rest.starts_with(word));
        if let Some((word, form)) = found.filter(|(_, form)| *form != Form::Company || !part_of_branch) {
            return Some((at, at + word.len(), *form));
        }
    }
    None
}

/// Whether a name ends as that of a branch.
pub(super) fn is_branch(name: &[char]) -> bool {
    static LISTED: OnceLock<Vec<Vec<char>>> = OnceLock::new();
    let listed = LISTED.get_or_init(|| BRANCHES.iter().map(|word| word.chars().collect()).collect());
    listed.iter().any(|word| name.ends_with(word))
}
