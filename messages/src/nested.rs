//! Messages inside messages: an argument that is itself to be said in the reader's language.
//!
//! Arguments are plain texts wherever they are kept or sent, so a message in one is written `⟦TJ-S301|file=a.csv⟧`, and
//! said when the outer one is rendered. What is written so and is no message of ours stays as it is.

use std::fmt;

use crate::{Lang, Message, texts};

const OPEN: &str = "⟦";
const CLOSE: char = '⟧';
/// Messages within messages within messages; deeper ones stay as they are written.
const MAX_DEPTH: usize = 4;

/// The words of the program that stand as arguments in many texts, and the codes of their texts.
const NOUNS: &[(&str, &str)] = &[
    ("record", "TJ-Q060"),
    ("subject", "TJ-Q061"),
    ("entity", "TJ-Q062"),
    ("kind", "TJ-Q063"),
    ("field", "TJ-Q064"),
    ("relation", "TJ-Q065"),
    ("role", "TJ-Q066"),
    ("stream", "TJ-Q067"),
    ("dead letter", "TJ-Q068"),
    ("judgement in force", "TJ-Q069"),
    ("record kind number", "TJ-Q070"),
    ("table for kind", "TJ-Q071"),
    ("open store for consumer", "TJ-Q072"),
];

/// What a text calls a thing of ours (`record`), as an argument that is said in the reader's language.
#[must_use]
pub fn noun(word: &str) -> String {
    match NOUNS.iter().find(|(known, _)| *known == word) {
        Some((_, code)) => Message::new(code).to_string(),
        None => word.to_owned(),
    }
}

/// As it stands in an argument of another message, and in logs.
impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{OPEN}{}", self.code)?;
        for (name, value) in &self.args {
            write!(f, "|{name}=")?;
            for c in value.chars() {
                if matches!(c, '\\' | '|' | CLOSE) {
                    f.write_str("\\")?;
                }
                write!(f, "{c}")?;
            }
        }
        write!(f, "{CLOSE}")
    }
}

/// An argument as it is said: messages in it are rendered, everything else is left.
pub(crate) fn said(value: &str, lang: Lang, depth: usize, out: &mut String) {
    let mut rest = value;
    while let Some(at) = rest.find(OPEN) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        match written(from).filter(|_| depth < MAX_DEPTH) {
            Some((code, args, after)) => {
                texts::fill(code, lang, depth + 1, &args, out);
                rest = after;
            }
            None => {
                out.push_str(OPEN);
                rest = from.strip_prefix(OPEN).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
}

/// Names and values.
type Args = Vec<(String, String)>;

/// Code, arguments, what follows; `None` where a known code does not begin.
fn written(text: &str) -> Option<(&str, Args, &str)> {
    let inner = text.strip_prefix(OPEN)?;
    let mut parts = vec![String::new()];
    let mut is_escaped = false;
    for (at, c) in inner.char_indices() {
        let last = parts.last_mut()?;
        match c {
            _ if is_escaped => {
                last.push(c);
                is_escaped = false;
            }
            '\\' => is_escaped = true,
            '|' => parts.push(String::new()),
            CLOSE => {
                let code = texts::all_codes().find(|code| *code == parts[0])?;
                let args = parts.iter().skip(1).map(|part| part.split_once('='));
                let args = args.map(|part| part.map(|(name, value)| (name.to_owned(), value.to_owned())));
                return Some((code, args.collect::<Option<_>>()?, inner.get(at + CLOSE.len_utf8()..)?));
            }
            _ => last.push(c),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_in_an_argument_is_said_in_the_language_of_the_outer_one() {
        let inner = Message::new("TJ-S007").with("stream", "a|b\\c⟧d");
        let outer = Message::new("TJ-S014").with("words", format!("x {inner} y"));
        assert!(outer.render(Lang::Zh).contains("x 源里没有“a|b\\c⟧d” y"), "{}", outer.render(Lang::Zh));
        assert!(outer.render(Lang::En).contains("`a|b\\c⟧d`"), "{}", outer.render(Lang::En));
        let deep = Message::new("TJ-S014").with("words", Message::new("TJ-S014").with("words", outer));
        assert!(deep.render(Lang::Zh).contains("x 源里没有"), "{}", deep.render(Lang::Zh));
    }

    #[test]
    fn what_is_no_message_of_ours_stays() {
        for text in ["⟦", "⟦⟧", "⟦TJ-S007", "⟦TJ-Z999⟧", "⟦TJ-S007|stream⟧", "a ⟦ b ⟦TJ-Z999|x=y⟧ c"]
        {
            let rendered = Message::new("TJ-T028").with("words", text).render(Lang::En);
            assert!(rendered.contains(text), "{rendered}");
        }
    }

    #[test]
    fn the_words_for_our_things_have_both_languages() {
        for (word, code) in NOUNS {
            assert_eq!(crate::text(code, Lang::En), Some(*word));
            assert!(!crate::text(code, Lang::Zh).unwrap().is_ascii());
        }
        assert_eq!(noun("thing"), "thing");
    }
}
