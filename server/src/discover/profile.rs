//! What the cells of a column look like, in numbers only: nothing of a cell is kept but whether it has a form, and for
//! codes of lists the distinct short texts, in memory.
//!
//! Knows no field and no name.

use std::collections::HashMap;

use contract::Value;
use jiff::civil::Date;

use super::names::is_hanzi;

/// A form that cells can have; one cell may have several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Form {
    /// Credit code, check digit right.
    Uscc,
    /// Registration number of 15 digits, check digit right.
    Registration,
    /// Organisation code, check digit right.
    Organisation,
    /// Tax number of any of its forms.
    Tax,
    /// Social insurance number.
    Social,
    /// Customs code.
    Customs,
    /// ID number of a person, check digit right.
    Resident,
    /// Telephone.
    Phone,
    /// A day.
    Day,
    /// A day with a time.
    Moment,
    /// A year and month, or a year alone in a text.
    PartialDay,
    /// Without end.
    Open,
    /// A year.
    Year,
    /// A number.
    Number,
    /// An integer.
    Integer,
    /// True or false.
    Truth,
    /// Name of an organisation.
    Firm,
    /// Name of an authority.
    Authority,
    /// Name of a person.
    Person,
    /// Address.
    Address,
}

/// Numbers about a column of the sample.
#[derive(Clone, Debug, Default)]
pub(crate) struct Profile {
    /// Rows.
    pub(crate) n_rows: usize,
    /// Cells that say something.
    pub(crate) n_filled: usize,
    /// Cells with a word for "nothing" that no mapping knows of itself.
    pub(crate) placeholders: Vec<(&'static str, usize)>,
    /// Digits after the point, at most.
    pub(crate) decimals: usize,
    /// Numbers below 50,000.
    pub(crate) n_small: usize,
    forms: HashMap<Form, usize>,
    texts: HashMap<String, usize>,
}

/// Said for "nothing" by some: the mapping has to be told.
const PLACEHOLDERS: [&str; 8] = ["N/A", "n/a", "0", "00000000", "000000", "00000000000", "无效", "待补"];

impl Profile {
    /// Of the cells of a column.
    pub(crate) fn of<'a>(cells: impl Iterator<Item = &'a Value>) -> Profile {
        let mut profile = Profile::default();
        let mut placeholders: HashMap<&'static str, usize> = HashMap::new();
        for cell in cells {
            profile.n_rows += 1;
            let Some(text) = cell.to_text() else { continue };
            let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{3000}');
            if let Some(word) = PLACEHOLDERS.iter().find(|word| **word == text) {
                *placeholders.entry(word).or_default() += 1;
            }
            if matches!(
                text,
                "" | "-"
                    | "--"
                    | "—"
                    | "/"
                    | "无"
                    | "空"
                    | "NULL"
                    | "null"
                    | "N/A"
                    | "n/a"
                    | "不详"
                    | "暂无"
                    | "未知"
            ) {
                continue;
            }
            profile.n_filled += 1;
            profile.read(cell, text);
        }
        profile.placeholders = placeholders.into_iter().collect();
        profile.placeholders.sort_unstable();
        profile
    }

    /// Cells of a form.
    pub(crate) fn count(&self, form: Form) -> usize {
        self.forms.get(&form).copied().unwrap_or_default()
    }

    /// Cells of a form among those that say something, 0 to 1.
    pub(crate) fn share(&self, form: Form) -> f64 {
        self.count(form) as f64 / self.n_filled.max(1) as f64
    }

    /// Cells whose text `is_known` knows.
    pub(crate) fn known(&self, is_known: impl Fn(&str) -> bool) -> usize {
        self.texts.iter().filter(|(text, _)| is_known(text)).map(|(_, n)| n).sum()
    }

    /// Whether each row has a value of its own.
    pub(crate) fn is_unique(&self) -> bool {
        self.n_rows > 0 && self.n_filled == self.n_rows && self.texts.len() == self.n_rows
    }

    fn add(&mut self, form: Form, has: bool) {
        if has {
            *self.forms.entry(form).or_default() += 1;
        }
    }

    fn read(&mut self, cell: &Value, text: &str) {
        *self.texts.entry(text.chars().take(200).collect()).or_default() += 1;
        if matches!(cell, Value::Date(_) | Value::DateTime(_) | Value::Timestamp(_)) {
            let has_time = !matches!(cell, Value::Date(_)) && !text.contains("00:00:00");
            self.add(Form::Day, true);
            self.add(Form::Moment, has_time);
            self.add(Form::Open, text.starts_with("9999"));
            return;
        }
        let is_short = text.len() <= 40;
        self.add(Form::Truth, is_truth(cell, text));
        if is_short {
            self.add(Form::Uscc, codes::Uscc::parse(text).is_ok());
            self.add(Form::Registration, codes::RegistrationNumber::parse(text).is_ok());
            self.add(Form::Organisation, codes::OrganisationCode::parse(text).is_ok());
            self.add(Form::Tax, codes::TaxId::parse(text).is_ok());
            self.add(Form::Social, codes::SocialInsuranceNumber::parse(text).is_ok());
            self.add(Form::Customs, codes::CustomsCode::parse(text).is_ok());
            self.add(Form::Resident, codes::ResidentId::parse(text).is_ok());
            self.add(Form::Phone, is_phone(text));
        }
        self.add(
            Form::Open,
            matches!(text, "长期" | "永久" | "永久有效" | "长期有效") || text.starts_with("9999"),
        );
        let (day, has_time) = day(text);
        self.add(Form::Day, day == Some(true));
        self.add(Form::PartialDay, day == Some(false));
        self.add(Form::Moment, has_time && day == Some(true));
        let plain = text.replace([',', '，'], "");
        let plain = plain.trim_start_matches(['¥', '￥']);
        let plain = plain.trim_end_matches(['元', '万', '亿', '%']);
        let number = plain.parse::<f64>().ok().filter(|number| number.is_finite());
        let is_number = number.is_some();
        self.n_small += usize::from(number.is_some_and(|number| number < 50_000.0));
        self.add(Form::Number, is_number);
        self.add(Form::Integer, plain.parse::<i64>().is_ok());
        self.add(
            Form::Year,
            text.len() == 4 && text.parse::<i32>().is_ok_and(|year| (1949..=2100).contains(&year)),
        );
        if is_number && let Some((_, fraction)) = plain.split_once('.') {
            self.decimals = self.decimals.max(fraction.len());
        }
        self.add(Form::Firm, is_organisation(text));
        self.add(Form::Authority, is_authority(text));
        self.add(Form::Person, is_person(text));
        self.add(Form::Address, is_address(text));
    }
}

fn is_truth(cell: &Value, text: &str) -> bool {
    matches!(cell, Value::Bool(_))
        || matches!(
            text,
            "是" | "否" | "Y" | "N" | "y" | "n" | "true" | "false" | "t" | "f" | "0" | "1" | "有" | "无"
        )
}

pub(super) fn is_phone(text: &str) -> bool {
    let n = text.bytes().filter(u8::is_ascii_digit).count();
    let is_dialled =
        text.chars().all(|c| c.is_ascii_digit() || matches!(c, '-' | '(' | ')' | '+' | ' ' | '（' | '）'));
    is_dialled
        && ((text.starts_with('1') && n == 11 && text.len() == 11 && !text.starts_with("10"))
            || (text.starts_with('0') && (10..=12).contains(&n))
            || (text.contains('-') && !text.contains("--") && (7..=12).contains(&n) && day(text).0.is_none())
            || (text.len() == n
                && (7..=8).contains(&n)
                && !text.starts_with(['0', '1'])
                && day(text).0.is_none())
            || text.starts_with("+86"))
}

/// Whether the text is a whole day (`Some(true)`) or a part of one (`Some(false)`), and whether a time follows.
pub(super) fn day(text: &str) -> (Option<bool>, bool) {
    if !text.starts_with(|c: char| c.is_ascii_digit()) || text.len() > 40 {
        return (None, false);
    }
    let (date, time) = match text.split_once([' ', 'T']) {
        Some((date, time)) => (date, time),
        None => (text, ""),
    };
    let has_time = time.contains(':') && !time.starts_with("00:00:00") && !time.starts_with("0:00");
    if date.len() == 8 && date.bytes().all(|b| b.is_ascii_digit()) {
        let part = |range: std::ops::Range<usize>| date.get(range).and_then(|part| part.parse::<i16>().ok());
        return (whole(part(0..4), part(4..6), part(6..8)).then_some(true), has_time);
    }
    let parts: Vec<&str> =
        date.split(['-', '/', '.', '年', '月', '日', '号']).filter(|part| !part.is_empty()).collect();
    let number = |at: usize| parts.get(at).and_then(|part: &&str| part.parse::<i16>().ok());
    let is_year = number(0).is_some_and(|year| (1900..=2200).contains(&year) || year == 9999);
    match parts.len() {
        3 => (whole(number(0), number(1), number(2)).then_some(true), has_time),
        2 if is_year
            && number(1).is_some_and(|month| (1..=12).contains(&month))
            && parts.iter().all(|part| part.len() <= 4) =>
        {
            (Some(false), false)
        }
        _ => (None, false),
    }
}

fn whole(year: Option<i16>, month: Option<i16>, day: Option<i16>) -> bool {
    let (Some(year), Some(month), Some(day)) = (year, month, day) else { return false };
    let small = |number: i16| i8::try_from(number).unwrap_or(0);
    ((1900..=2200).contains(&year) || year == 9999) && Date::new(year, small(month), small(day)).is_ok()
}

fn hanzi(text: &str) -> usize {
    text.chars().filter(|c| is_hanzi(*c)).count()
}

fn is_organisation(text: &str) -> bool {
    const ENDS: [&str; 17] = [
        "公司",
        "厂",
        "店",
        "经营部",
        "合作社",
        "中心",
        "医院",
        "馆",
        "事务所",
        "集团",
        "学校",
        "站",
        "商行",
        "幼儿园",
        "养老院",
        "协会",
        "合伙）",
    ];
    let text = text.trim_end_matches(|c: char| c == ')' || c == '）' || c.is_whitespace());
    (4..=60).contains(&hanzi(text)) && ENDS.iter().any(|end| text.ends_with(end.trim_end_matches('）')))
}

fn is_authority(text: &str) -> bool {
    const ENDS: [&str; 10] =
        ["局", "委员会", "法院", "分局", "大队", "管委会", "人民政府", "厅", "支队", "中心"];
    (3..=40).contains(&hanzi(text)) && ENDS.iter().any(|end| text.ends_with(end))
}

fn is_person(text: &str) -> bool {
    const SURNAMES: &str = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文";
    let n = text.chars().count();
    (2..=4).contains(&n)
        && text.chars().all(|c| is_hanzi(c) || c == '·')
        && text.starts_with(|first: char| SURNAMES.contains(first))
}

fn is_address(text: &str) -> bool {
    let n = ["省", "市", "区", "县", "镇", "路", "街", "号", "村", "室", "楼", "大道", "座", "层"]
        .iter()
        .filter(|part| text.contains(**part))
        .count();
    hanzi(text) >= 4 && n >= 2 && !text.ends_with("局") && !text.ends_with("公司")
}
