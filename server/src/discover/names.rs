//! How alike a column's name is to a word: in Chinese, by the initials of its pinyin, or in English.
//!
//! Pure text; knows no field, no source, no value.

use std::collections::BTreeSet;

/// What the first column of many a table is called: its numbers say which row it is, and nothing of whom the row speaks.
const RUNNING_NUMBERS: [&str; 4] = ["序号", "行号", "顺序号", "序列号"];
/// Characters of a name that are looked at: a text that stands where a name should be may be of any length.
const MAX_CHARS: usize = 200;

/// How a name was recognised; each has a text of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// The name or the owner's comment is the word, or much of it.
    Chinese,
    /// The name is the initials of the word's pinyin.
    Initials,
    /// The name is a part of these initials.
    SomeInitials,
    /// The words of the name are English words of it.
    English,
}

/// A likeness, 0 to 1, with the word it is likened to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Likeness {
    pub(crate) score: f64,
    pub(crate) how: How,
    pub(crate) word: String,
}

/// A column's (or stream's) name, taken apart once.
#[derive(Clone, Debug)]
pub(crate) struct Name {
    /// Name and comment, as far as they are Chinese.
    chinese: Vec<String>,
    /// What could be initials of pinyin.
    letters: BTreeSet<String>,
    english: BTreeSet<String>,
}

/// A word that a name may mean.
#[derive(Clone, Debug)]
pub(crate) struct Word {
    text: String,
    /// Possible initials of each of its characters; empty for a word that is not Chinese.
    initials: Vec<&'static str>,
    english: BTreeSet<String>,
}

impl Word {
    /// Takes a word apart.
    pub(crate) fn new(text: &str) -> Word {
        let clean: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
        let is_chinese = clean.chars().any(is_hanzi);
        let initials = if is_chinese { clean.chars().map(initial).collect() } else { Vec::new() };
        let english = if is_chinese { BTreeSet::new() } else { english(text) };
        Word { text: if is_chinese { clean } else { text.to_owned() }, initials, english }
    }
}

impl Name {
    /// Takes a name and its comment apart; `prefix` is what all columns of the stream begin with.
    pub(crate) fn new(name: &str, comment: Option<&str>, prefix: &str) -> Name {
        let bounded = |text: &'_ str| -> String { text.chars().take(MAX_CHARS).collect() };
        let (name, comment) = (&bounded(name), comment.map(bounded));
        let chinese = [Some(name.as_str()), comment.as_deref()]
            .into_iter()
            .flatten()
            .map(|text| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>())
            .filter(|text| text.chars().any(is_hanzi))
            .collect();
        let mut letters = BTreeSet::new();
        if name.is_ascii() {
            let lower = name.to_ascii_lowercase();
            letters.insert(joined(&lower));
            let inner = lower.strip_prefix(prefix).unwrap_or(&lower);
            letters.insert(joined(inner));
            letters.insert(reduced(inner));
            // What stands behind the last stroke often says it all: `cf_nr_fk`.
            letters.extend(inner.rsplit_once('_').map(|(_, last)| last.to_owned()));
            letters.retain(|text| text.len() >= 2 && text.bytes().all(|b| b.is_ascii_lowercase()));
        }
        Name { chinese, letters, english: english(name) }
    }

    /// Whether it only numbers the rows.
    pub(crate) fn is_running_number(&self) -> bool {
        self.chinese.iter().any(|text| RUNNING_NUMBERS.contains(&text.as_str()))
    }

    /// The best likeness to one of these words.
    pub(crate) fn likeness(&self, words: &[(Word, f64)]) -> Option<Likeness> {
        let all = words.iter().filter_map(|(word, weight)| {
            let (score, how) = self.like(word)?;
            Some(Likeness { score: score * weight, how, word: word.text.clone() })
        });
        all.max_by(|a, b| a.score.total_cmp(&b.score))
    }

    fn like(&self, word: &Word) -> Option<(f64, How)> {
        let chinese = self.chinese.iter().map(|text| (alike(text, &word.text), How::Chinese));
        let letters = self.letters.iter().map(|text| by_initials(text, &word.initials));
        let common = self.english.iter().filter(|token| is_among(token, &word.english)).count();
        let english = 1.8 * common as f64 / (self.english.len() + word.english.len()).max(1) as f64;
        let all = chinese.chain(letters).chain([(english, How::English)]);
        all.filter(|(score, _)| *score > 0.0).max_by(|(a, _), (b, _)| a.total_cmp(b))
    }
}

/// What the names of all columns begin with, up to a stroke; empty where they do not.
pub(crate) fn common_prefix<'a>(mut names: impl Iterator<Item = &'a str>) -> String {
    let Some(first) = names.next().map(str::to_ascii_lowercase) else { return String::new() };
    let Some((prefix, _)) = first.split_once('_') else { return String::new() };
    let prefix = format!("{prefix}_");
    let (mut n, mut n_alike) = (1_usize, 1_usize);
    for name in names {
        n += 1;
        n_alike += usize::from(name.to_ascii_lowercase().starts_with(&prefix));
    }
    // A column or two that somebody added later do not matter.
    if n >= 3 && n_alike * 3 >= n * 2 { prefix } else { String::new() }
}

pub(crate) fn is_hanzi(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3134F}')
}

fn joined(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_alphabetic()).collect()
}

/// Two Chinese texts: the same, one within the other, or of the same pairs of characters.
fn alike(a: &str, b: &str) -> f64 {
    if a == b {
        return 1.0;
    }
    let (n_a, n_b) = (a.chars().count() as f64, b.chars().count() as f64);
    let ratio = n_a.min(n_b) / n_a.max(n_b).max(1.0);
    if n_a.min(n_b) >= 2.0 && (a.contains(b) || b.contains(a)) {
        return 0.5 + 0.45 * ratio;
    }
    let pairs = |text: &str| -> BTreeSet<(char, char)> { text.chars().zip(text.chars().skip(1)).collect() };
    let (a, b) = (pairs(a), pairs(b));
    let common = a.intersection(&b).count() as f64;
    1.6 * common / (a.len() + b.len()).max(1) as f64
}

/// Letters against the possible initials of a word: all of them, the beginning, the end, or some in order.
fn by_initials(letters: &str, word: &[&str]) -> (f64, How) {
    let letters: Vec<char> = letters.chars().collect();
    let (n, of) = (letters.len(), word.len());
    let fits =
        |letters: &[char], word: &[&str]| letters.iter().zip(word).all(|(letter, may)| may.contains(*letter));
    if n < 2 || of < 2 {
        return (0.0, How::Initials);
    }
    let ratio = n.min(of) as f64 / n.max(of) as f64;
    if n == of {
        let certain = if fits(&letters, word) { (0.55 + 0.1 * n as f64).min(0.97) } else { 0.0 };
        return (certain, How::Initials);
    }
    if n > of {
        let within = of >= 3 && letters.windows(of).any(|part| fits(part, word));
        return (if within { 0.3 + 0.35 * ratio } else { 0.0 }, How::SomeInitials);
    }
    let begins = fits(&letters, word.get(..n).unwrap_or_default());
    let ends = fits(&letters, word.get(of - n..).unwrap_or_default());
    if begins || ends {
        return (if n == 2 { 0.3 } else { 0.42 } + 0.4 * ratio, How::SomeInitials);
    }
    let mut rest = word.iter();
    let in_order = letters.iter().all(|letter| rest.any(|may| may.contains(*letter)));
    let edge = word.first().is_some_and(|may| letters.first().is_some_and(|first| may.contains(*first)))
        || word.last().is_some_and(|may| letters.last().is_some_and(|last| may.contains(*last)));
    (if n >= 3 && in_order && edge { 0.3 + 0.4 * ratio } else { 0.0 }, How::SomeInitials)
}

/// Words of an English name: at strokes, blanks and capitals; small, without those that say nothing.
fn english(name: &str) -> BTreeSet<String> {
    const EMPTY: [&str; 9] = ["the", "of", "on", "a", "at", "s", "t", "party", "to"];
    let mut words = BTreeSet::new();
    let mut word = String::new();
    let mut before = ' ';
    for c in name.chars().chain([' ']) {
        let cuts = !c.is_ascii_alphanumeric() || (c.is_ascii_uppercase() && before.is_ascii_lowercase());
        if cuts && !word.is_empty() {
            words.insert(std::mem::take(&mut word));
        }
        if c.is_ascii_alphanumeric() {
            word.push(c.to_ascii_lowercase());
        }
        before = c;
    }
    words.retain(|word| !EMPTY.contains(&word.as_str()));
    words
}

/// Whether a token is one of the words, or the beginning of one: `reg` of registration, `no` of number.
fn is_among(token: &str, words: &BTreeSet<String>) -> bool {
    words.iter().any(|word| {
        let (short, long) =
            if token.len() < word.len() { (token, word.as_str()) } else { (word.as_str(), token) };
        short == long
            || (short.len() >= 3 && long.starts_with(short))
            || matches!((short, long), ("no", "number") | ("tel", "phone") | ("id", "identifier"))
            || (short.len() >= 5 && long.get(..5) == short.get(..5))
    })
}

/// Written-out pinyin cut to its initials, part by part: `qiye_mc` is `qymc`. Parts that are no pinyin stay.
fn reduced(name: &str) -> String {
    name.split('_').map(|part| syllables(part).unwrap_or_else(|| part.to_owned())).collect()
}

fn syllables(part: &str) -> Option<String> {
    let bytes = part.as_bytes();
    let is_vowel = |at: usize| matches!(bytes.get(at), Some(b'a' | b'e' | b'i' | b'o' | b'u' | b'v'));
    let (mut at, mut out) = (0, String::new());
    while at < bytes.len() {
        out.push(char::from(*bytes.get(at)?));
        if !is_vowel(at) {
            at += 1;
            at += usize::from(bytes.get(at) == Some(&b'h'));
        }
        let start = at;
        while is_vowel(at) && at < start + 3 {
            at += 1;
        }
        if at == start {
            return None;
        }
        // A final n, ng or r belongs here unless a vowel follows it.
        if bytes.get(at) == Some(&b'n') && !is_vowel(at + 1) {
            at += 1;
            at += usize::from(bytes.get(at) == Some(&b'g') && !is_vowel(at + 1));
        }
    }
    Some(out)
}

/// Where each initial begins among the characters of GB 2312's first level, which stand in the order of their pinyin.
const FIRSTS: [(u16, &str); 23] = [
    (0xB0A1, "a"),
    (0xB0C5, "b"),
    (0xB2C1, "c"),
    (0xB4EE, "d"),
    (0xB6EA, "e"),
    (0xB7A2, "f"),
    (0xB8C1, "g"),
    (0xB9FE, "h"),
    (0xBBF7, "j"),
    (0xBFA6, "k"),
    (0xC0AC, "l"),
    (0xC2E8, "m"),
    (0xC4C3, "n"),
    (0xC5B6, "o"),
    (0xC5BE, "p"),
    (0xC6DA, "q"),
    (0xC8BB, "r"),
    (0xC8F6, "s"),
    (0xCBFA, "t"),
    (0xCDDA, "w"),
    (0xCEF4, "x"),
    (0xD1B9, "y"),
    (0xD4D1, "z"),
];

/// Characters of several readings, with all their initials.
const SEVERAL: [(char, &str); 12] = [
    ('行', "xh"),
    ('长', "cz"),
    ('重', "zc"),
    ('调', "dt"),
    ('会', "hk"),
    ('率', "ls"),
    ('参', "cs"),
    ('车', "cj"),
    ('否', "fp"),
    ('单', "ds"),
    ('系', "xj"),
    ('朝', "cz"),
];

/// The possible initials of a character; itself for a small letter; empty where they are not known.
fn initial(c: char) -> &'static str {
    if let Some((_, several)) = SEVERAL.iter().find(|(of, _)| *of == c) {
        return several;
    }
    let mut text = [0; 4];
    let (bytes, _, is_lost) = encoding_rs::GBK.encode(c.encode_utf8(&mut text));
    let [high, low] = bytes.as_ref() else { return "" };
    let code = u16::from(*high) << 8 | u16::from(*low);
    if is_lost || *low < 0xA1 || code > 0xD7F9 {
        return "";
    }
    FIRSTS.iter().rev().find(|(from, _)| code >= *from).map_or("", |(_, initial)| initial)
}
