//! Numbers as departments write them: thousands separators, units, words of currencies.

use messages::Message;

use super::cell::{Said, fold, short};
use super::currency;

/// An exact number: `mantissa / 10^scale`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Number {
    mantissa: i128,
    scale: u32,
}

/// What stands after and before the digits of a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Unit {
    /// The cell's own unit, as 10,000 for 万.
    pub(super) factor: Option<i128>,
    /// The cell's own currency.
    pub(super) currency: Option<&'static str>,
    /// `%` stood there.
    pub(super) is_percent: bool,
}

/// The longest number looked at; more digits do not fit any of our types.
const MAX_DIGITS: usize = 34;

impl Number {
    /// The number as an integer of `10^-scale`, times `factor`.
    ///
    /// Digits beyond are an error, or are rounded half away from zero if `may_round`.
    pub(super) fn scaled(
        self,
        scale: u8,
        factor: i128,
        may_round: bool,
        found: &str,
    ) -> Result<i64, Message> {
        let range = || Message::new("TJ-D006").with("found", short(found));
        let mut value = self.mantissa.checked_mul(factor).ok_or_else(range)?;
        let scale = u32::from(scale);
        if self.scale <= scale {
            value = value.checked_mul(power(scale - self.scale).ok_or_else(range)?).ok_or_else(range)?;
        } else {
            let divisor = power(self.scale - scale).ok_or_else(range)?;
            let rest = value % divisor;
            if rest != 0 && !may_round {
                return Err(Message::new("TJ-D015").with("found", short(found)).with("scale", scale));
            }
            let away = i128::from(rest.abs() * 2 >= divisor) * value.signum();
            value = value / divisor + away;
        }
        i64::try_from(value).map_err(|_| range())
    }
}

fn power(exponent: u32) -> Option<i128> {
    10_i128.checked_pow(exponent)
}

/// A number and its unit.
pub(super) fn parse(said: &Said<'_>) -> Result<(Number, Unit), Message> {
    let not_a_number = |found: String| Message::new("TJ-D005").with("found", short(&found));
    match said {
        Said::Number { text, .. } => match plain(text) {
            Some(number) => Ok((number, Unit::default())),
            None if text.len() > MAX_DIGITS => Err(Message::new("TJ-D006").with("found", short(text))),
            None => Err(not_a_number(text.to_string())),
        },
        Said::Text(text) => match plain(text) {
            Some(number) => Ok((number, Unit::default())),
            None => written(text),
        },
        Said::Bool(truth) => Err(not_a_number(truth.to_string())),
        Said::Date(date) => Err(not_a_number(date.to_string())),
        Said::DateTime(at) => Err(not_a_number(at.to_string())),
        Said::Time(time) => Err(not_a_number(time.to_string())),
        Said::Timestamp(us) => Err(not_a_number(format!("{us} µs"))),
        Said::Infinity => Err(not_a_number("infinity".to_owned())),
    }
}

/// Digits with sign and point; more than 34 significant ones are refused.
fn plain(text: &str) -> Option<Number> {
    let (is_negative, digits) = match text.as_bytes() {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        all => (false, all),
    };
    if digits.is_empty() {
        return None;
    }
    let mut mantissa: i128 = 0;
    let mut scale: Option<u32> = None;
    let mut n_digits = 0;
    let mut n_seen = 0;
    for byte in digits {
        match byte {
            b'0'..=b'9' => {
                n_seen += 1;
                n_digits += usize::from(mantissa != 0 || *byte != b'0');
                if n_digits > MAX_DIGITS {
                    return None;
                }
                mantissa = mantissa * 10 + i128::from(byte - b'0');
                if let Some(scale) = &mut scale {
                    *scale += 1;
                }
            }
            b'.' if scale.is_none() => scale = Some(0),
            _ => return None,
        }
    }
    if n_seen == 0 {
        return None;
    }
    let mut number =
        Number { mantissa: if is_negative { -mantissa } else { mantissa }, scale: scale.unwrap_or(0) };
    while number.scale > 0 && number.mantissa % 10 == 0 {
        number.mantissa /= 10;
        number.scale -= 1;
    }
    Some(number)
}

/// A number as people write it: `6,170(万)`, `72万人民币`, `¥1,000.00`, `5,000（万元人民币）`.
fn written(text: &str) -> Result<(Number, Unit), Message> {
    let not_a_number = || Message::new("TJ-D005").with("found", short(text));
    let folded = fold(text);
    let bare: String = folded.chars().filter(|c| !super::cell::is_blank(*c)).collect();
    let is_digit = |c: char| c.is_ascii_digit() || c == '.' || c == ',';
    let start = bare.find(|c: char| c.is_ascii_digit() || c == '.').ok_or_else(not_a_number)?;
    let (before, rest) = bare.split_at(start);
    let end = rest.find(|c: char| !is_digit(c)).unwrap_or(rest.len());
    let (digits, after) = rest.split_at(end);
    let digits = ungrouped(digits).ok_or_else(not_a_number)?;
    let (before, sign) = match before.strip_suffix(['-', '−', '－']) {
        Some(before) => (before, "-"),
        None => (before.strip_suffix('+').unwrap_or(before), ""),
    };
    let mut unit = Unit::default();
    if !words(before, &mut unit) || !words(after, &mut unit) {
        return Err(not_a_number());
    }
    if digits.len() > MAX_DIGITS {
        return Err(Message::new("TJ-D006").with("found", short(text)));
    }
    let number = plain(&format!("{sign}{digits}")).ok_or_else(not_a_number)?;
    Ok((number, unit))
}

/// Without thousands separators; `None` when a comma stands where none belongs.
fn ungrouped(digits: &str) -> Option<String> {
    if !digits.contains(',') {
        return Some(digits.to_owned());
    }
    let (whole, fraction) = match digits.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (digits, None),
    };
    let mut groups = whole.split(',');
    let first = groups.next()?;
    // Groups of three, or of four as some write 万: the rest must be alike.
    let rest: Vec<&str> = groups.collect();
    let size = rest.first()?.len();
    let is_grouped = (size == 3 || size == 4) && rest.iter().all(|group| group.len() == size);
    if !is_grouped || first.is_empty() || first.len() > size || fraction.is_some_and(|f| f.contains(',')) {
        return None;
    }
    let mut out = whole.replace(',', "");
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    Some(out)
}

/// Units by their words, longest first.
const FACTORS: &[(&str, i128)] = &[
    ("万亿", 1_000_000_000_000),
    ("千万", 10_000_000),
    ("百万", 1_000_000),
    ("十万", 100_000),
    ("亿", 100_000_000),
    ("万", 10_000),
    ("千", 1_000),
    ("百", 100),
];

/// Words that add nothing.
const NOISE: &[&str] = &[
    "元", "圆", "整", "正", "(", ")", "[", "]", "【", "】", "人", "名", "个", "户", "家", "次", "件", "台",
    "只",
];

/// Takes units, currencies and noise off a text; false when something is left.
fn words(text: &str, unit: &mut Unit) -> bool {
    let mut rest = text;
    while !rest.is_empty() {
        if let Some((after, code)) = currency::strip(rest) {
            unit.currency = Some(code);
            rest = after;
        } else if let Some((after, factor)) = strip_any(rest, FACTORS) {
            if unit.factor.is_some() {
                return false;
            }
            unit.factor = Some(factor);
            rest = after;
        } else if let Some(after) = NOISE.iter().find_map(|noise| rest.strip_prefix(noise)) {
            rest = after;
        } else if let Some(after) = rest.strip_prefix('%') {
            unit.is_percent = true;
            rest = after;
        } else {
            return false;
        }
    }
    true
}

fn strip_any<'t>(text: &'t str, words: &[(&str, i128)]) -> Option<(&'t str, i128)> {
    words.iter().find_map(|(word, factor)| text.strip_prefix(word).map(|rest| (rest, *factor)))
}

/// The unit a configuration names, as `万元`, `万美元`, `%`, or an English word.
pub(super) fn configured_unit(text: &str) -> Option<Unit> {
    let english = match text {
        "yuan" => Some(1),
        "thousand_yuan" => Some(1_000),
        "ten_thousand_yuan" => Some(10_000),
        "million_yuan" => Some(1_000_000),
        "hundred_million_yuan" => Some(100_000_000),
        _ => None,
    };
    if let Some(factor) = english {
        return Some(Unit { factor: Some(factor), currency: None, is_percent: false });
    }
    let mut unit = Unit::default();
    let folded = fold(text);
    (!text.is_empty() && words(&folded, &mut unit)).then_some(unit)
}

/// A number without any unit, as a field of a type that has none.
pub(super) fn integer(said: &Said<'_>, factor: i128) -> Result<i64, Message> {
    let found = found(said);
    let (number, unit) = parse(said)?;
    if unit.currency.is_some() || unit.is_percent {
        return Err(Message::new("TJ-D005").with("found", short(&found)));
    }
    number.scaled(0, unit.factor.unwrap_or(factor), false, &found)
}

/// A decimal of a fixed scale.
pub(super) fn decimal(said: &Said<'_>, scale: u8, unit_of_column: &Unit) -> Result<i64, Message> {
    let found = found(said);
    let (number, unit) = parse(said)?;
    if unit.currency.is_some() || (unit.is_percent && !unit_of_column.is_percent) {
        return Err(Message::new("TJ-D005").with("found", short(&found)));
    }
    let factor = unit.factor.or(unit_of_column.factor).unwrap_or(1);
    number.scaled(scale, factor, is_float(said), &found)
}

pub(super) fn is_float(said: &Said<'_>) -> bool {
    matches!(said, Said::Number { is_float: true, .. })
}

/// The text a cell said, for messages.
pub(super) fn found(said: &Said<'_>) -> String {
    match said {
        Said::Text(text) | Said::Number { text, .. } => text.to_string(),
        Said::Bool(truth) => truth.to_string(),
        Said::Date(date) => date.to_string(),
        Said::DateTime(at) => at.to_string(),
        Said::Time(time) => time.to_string(),
        Said::Timestamp(us) => {
            jiff::Timestamp::from_microsecond(*us).map_or_else(|_| us.to_string(), |at| at.to_string())
        }
        Said::Infinity => "infinity".to_owned(),
    }
}
