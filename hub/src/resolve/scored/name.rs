//! The normal form of a firm's name: region, brand, trade, form, branch. Every part is kept: where two differ, that
//! speaks against them.

use super::fold::fold;
use super::region::{Region, region_at, region_of};
use super::words::{form_in, industry_begins, is_branch, is_trade_only};

/// Legal form as the name says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Form {
    /// Not said, as of a shop.
    #[default]
    None,
    /// 公司 without more.
    Company,
    /// 有限公司, 有限责任公司.
    Limited,
    /// 股份有限公司.
    JointStock,
    /// 合伙.
    Partnership,
    /// 合作社.
    Cooperative,
}

/// A name in parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Name {
    pub(super) region: Region,
    /// All letters, and where the brand begins in them.
    pub(super) text: Box<[char]>,
    pub(super) core_at: usize,
    /// Brand, then trade.
    pub(super) core: Box<[char]>,
    /// How many characters of `core` are the brand.
    pub(super) n_brand: usize,
    pub(super) form: Form,
    /// What stands after the form.
    pub(super) branch: Box<[char]>,
    /// Whether it is a branch of another.
    pub(super) is_branch: bool,
}

/// Notes in brackets that say something about the firm and are no part of its name.
const NOTES: &[&str] = &["已", "个体", "注销", "吊销", "迁出", "停业", "筹"];

impl Name {
    /// The parts of a name; `None` where nothing is left. A former name noted in brackets comes second.
    #[must_use]
    pub fn parse(text: &str) -> (Option<Name>, Option<String>) {
        let mut main: Vec<char> = Vec::with_capacity(text.len() / 3 + 2);
        let mut bracket: Vec<char> = Vec::new();
        let mut seat = None;
        let mut former = None;
        let mut depth = 0_usize;
        let mut note_form = None;
        fold(text, |c| match c {
            '(' | '[' | '〔' | '【' | '{' | '<' | '《' => {
                depth += 1;
                bracket.clear();
            }
            ')' | ']' | '〕' | '】' | '}' | '>' | '》' => {
                if depth > 0 {
                    depth -= 1;
                    close(&bracket, &mut main, &mut seat, &mut former, &mut note_form);
                    bracket.clear();
                }
            }
            c if !c.is_alphanumeric() => {}
            c if depth > 0 => bracket.push(c),
            c => main.push(c),
        });
        // A bracket that is never closed is no bracket.
        main.extend(bracket);
        (Name::of(&main, seat, note_form), former)
    }

    fn of(text: &[char], seat: Option<Region>, note_form: Option<Form>) -> Option<Name> {
        if text.is_empty() || is_placeholder(text) {
            return None;
        }
        let (head, branch, form) = match form_in(text) {
            Some((from, to, form)) => (text.get(..from)?, text.get(to..)?, form),
            None => (text, &[][..], Form::None),
        };
        // 高新分公司, 高新分: the same.
        let branch = branch.strip_suffix(&['公', '司']).unwrap_or(branch);
        let (mut region, mut at) = region_at(head, false);
        let mut core = head.get(at..)?;
        let mut n_brand = industry_begins(core);
        // What looks like a place is the brand when nothing else is: 三原商贸有限公司.
        if at > 0 && (core.len() < 2 || is_trade_only(core)) {
            (region, at) = (Region::default(), 0);
            core = head.get(at..)?;
            n_brand = industry_begins(core);
        }
        if let Some(seat) = seat {
            if region.province == 0 {
                region = Region { detail: region.detail, ..seat };
            } else if (region.province, region.city) != (seat.province, seat.city) {
                region.seat = seat.province * 1_000 + seat.city;
            }
        }
        Some(Name {
            region,
            text: text.into(),
            core_at: at,
            core: core.into(),
            n_brand,
            form: note_form.unwrap_or(form),
            branch: branch.into(),
            is_branch: !branch.is_empty() || is_branch(text),
        })
    }

    /// Brand.
    #[must_use]
    pub fn brand(&self) -> String {
        self.brand_chars().iter().collect()
    }

    /// Trade; empty where none is known.
    #[must_use]
    pub fn industry(&self) -> String {
        self.industry_chars().iter().collect()
    }

    /// What stands after the form.
    #[must_use]
    pub fn branch(&self) -> String {
        self.branch.iter().collect()
    }

    /// Legal form.
    #[must_use]
    pub fn form(&self) -> Form {
        self.form
    }

    /// Whether it says where it is.
    #[must_use]
    pub fn has_region(&self) -> bool {
        self.region.province != 0
    }

    pub(super) fn brand_chars(&self) -> &[char] {
        self.core.get(..self.n_brand).unwrap_or_default()
    }

    pub(super) fn industry_chars(&self) -> &[char] {
        self.core.get(self.n_brand..).unwrap_or_default()
    }
}

fn close(
    bracket: &[char],
    main: &mut Vec<char>,
    seat: &mut Option<Region>,
    former: &mut Option<String>,
    form: &mut Option<Form>,
) {
    let text: String = bracket.iter().collect();
    let old = ["曾用名", "原名称", "原名", "原"].iter().find_map(|word| text.strip_prefix(word));
    if let Some(old) = old.map(|old| old.trim_start_matches('为')).filter(|old| old.chars().count() >= 4) {
        *former = Some(old.to_owned());
    } else if text.ends_with("合伙") {
        *form = Some(Form::Partnership);
    } else if let Some(region) = region_of(bracket) {
        *seat = Some(region);
    } else if !NOTES.iter().any(|note| text.starts_with(note)) {
        main.extend(bracket);
    }
}

/// What is written where there is no name.
pub(super) fn is_placeholder(text: &[char]) -> bool {
    const NOTHING: &[&str] = &[
        "无",
        "无名",
        "无名称",
        "不详",
        "未知",
        "暂无",
        "没有",
        "空",
        "NULL",
        "NONE",
        "NA",
        "NAN",
        "测试",
        "TEST",
        "张三",
        "李四",
        "王五",
        "某某",
        "待定",
        "其他",
        "本人",
        "个人",
        "匿名",
    ];
    let is_same = text.first().is_some_and(|first| text.iter().all(|c| c == first));
    let text: String = text.iter().collect();
    is_same || NOTHING.contains(&text.as_str()) || text.chars().all(|c| c.is_ascii_digit())
}
