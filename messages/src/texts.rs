//! The table of texts, embedded, and the filling of their places.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::OnceLock,
};

use crate::{Lang, Message, nested};

/// Area by area; a new area is one line here and one file in `texts/`.
pub(crate) const AREAS: &[(&str, &str)] = &[
    ("identifiers.tsv", include_str!("../texts/identifiers.tsv")),
    ("config.tsv", include_str!("../texts/config.tsv")),
    ("ontology.tsv", include_str!("../texts/ontology.tsv")),
    ("sources.tsv", include_str!("../texts/sources.tsv")),
    ("mapping.tsv", include_str!("../texts/mapping.tsv")),
    ("store.tsv", include_str!("../texts/store.tsv")),
    ("query.tsv", include_str!("../texts/query.tsv")),
    ("quality.tsv", include_str!("../texts/quality.tsv")),
    ("draw.tsv", include_str!("../texts/draw.tsv")),
    ("server.tsv", include_str!("../texts/server.tsv")),
];

/// One code in both languages.
#[derive(Clone, Copy)]
struct Text {
    zh: &'static str,
    en: &'static str,
}

fn table() -> &'static BTreeMap<&'static str, Text> {
    static TABLE: OnceLock<BTreeMap<&'static str, Text>> = OnceLock::new();
    TABLE.get_or_init(|| {
        AREAS
            .iter()
            .flat_map(|(_, area)| lines(area))
            .filter_map(|(_, line)| {
                let [code, zh, en] = columns(line)?;
                Some((code, Text { zh, en }))
            })
            .collect()
    })
}

/// The lines of an area that are texts, with their numbers from 1.
pub(crate) fn lines(area: &'static str) -> impl Iterator<Item = (usize, &'static str)> {
    area.lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line))
        .filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'))
}

/// Code, Chinese, English; `None` if the line has not these three columns.
pub(crate) fn columns(line: &'static str) -> Option<[&'static str; 3]> {
    let mut parts = line.split('\t').map(str::trim);
    let columns = [parts.next()?, parts.next()?, parts.next()?];
    parts.next().is_none().then_some(columns)
}

/// Every code that has a text, in order.
pub fn all_codes() -> impl Iterator<Item = &'static str> {
    table().keys().copied()
}

/// The text of a code with its places unfilled; `None` for an unknown code.
#[must_use]
pub fn text(code: &str, lang: Lang) -> Option<&'static str> {
    table().get(code).map(|text| match lang {
        Lang::Zh => text.zh,
        Lang::En => text.en,
    })
}

/// The names of the `{name}` places of a text.
#[must_use]
pub fn places(text: &str) -> BTreeSet<&str> {
    pieces(text)
        .filter_map(|piece| match piece {
            Piece::Place(name) => Some(name),
            Piece::Plain(_) => None,
        })
        .collect()
}

/// The message for people. An unknown code is shown with its arguments, a place without a value stays as `{name}`:
/// both are faults of ours, and are better seen than hidden.
#[must_use]
pub fn render(message: &Message, lang: Lang) -> String {
    if text(message.code, lang).is_none() {
        return unknown(message, lang);
    }
    let mut out = String::with_capacity(128);
    fill(message.code, lang, 0, &message.args, &mut out);
    out
}

/// Writes the text of a code with its places filled; nothing for an unknown code.
pub(crate) fn fill<N: AsRef<str>>(
    code: &str,
    lang: Lang,
    depth: usize,
    args: &[(N, String)],
    out: &mut String,
) {
    for piece in pieces(text(code, lang).unwrap_or_default()) {
        match piece {
            Piece::Plain(plain) => out.push_str(plain),
            Piece::Place(name) => match args.iter().find(|(arg, _)| arg.as_ref() == name) {
                Some((_, value)) => nested::said(value, lang, depth, out),
                None => {
                    out.push('{');
                    out.push_str(name);
                    out.push('}');
                }
            },
        }
    }
}

fn unknown(message: &Message, lang: Lang) -> String {
    let mut out = match lang {
        Lang::Zh => format!("〔{} 没有文本〕", message.code),
        Lang::En => format!("[{} has no text]", message.code),
    };
    for (name, value) in &message.args {
        out.push_str(&format!(" {name}=`{value}`"));
    }
    out
}

/// A part of a text.
enum Piece<'t> {
    Plain(&'t str),
    Place(&'t str),
}

/// A text cut at its places. A brace that encloses no name (`[a-z0-9_]+`) is plain text.
fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        if let Some((name, after)) = place_at_start(rest) {
            rest = after;
            return Some(Piece::Place(name));
        }
        let upto = rest
            .char_indices()
            .skip(1)
            .find(|&(at, c)| c == '{' && rest.get(at..).and_then(place_at_start).is_some())
            .map_or(rest.len(), |(at, _)| at);
        let (plain, after) = rest.split_at(upto);
        rest = after;
        Some(Piece::Plain(plain))
    })
}

fn place_at_start(text: &str) -> Option<(&str, &str)> {
    let (name, after) = text.strip_prefix('{')?.split_once('}')?;
    let is_name =
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    is_name.then_some((name, after))
}
