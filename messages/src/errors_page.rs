//! `docs/errors.md` tells every code: its tables are made from the texts and from `docs/errors.cures.tsv`.
//!
//! `TONGJIAN_BLESS=1 cargo test -p tongjian-messages errors_page` writes them again.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::{Lang, all_codes, text, texts};

const MARK: &str = "<!-- made by: TONGJIAN_BLESS=1 cargo test -p tongjian-messages errors_page; nothing below is written by hand -->";

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs")
}

/// Code → cure, in both languages.
fn cures() -> BTreeMap<String, String> {
    let cures = std::fs::read_to_string(docs().join("errors.cures.tsv")).unwrap();
    let lines = cures.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    lines
        .map(|line| {
            let [code, zh, en] = line.split('\t').collect::<Vec<_>>().try_into().unwrap_or_else(|_| {
                panic!("docs/errors.cures.tsv: not three columns separated by tabs: {line}")
            });
            assert!(text(code, Lang::Zh).is_some(), "docs/errors.cures.tsv: there is no code {code}");
            (code.to_owned(), format!("{zh}<br>{en}"))
        })
        .collect()
}

fn tables() -> String {
    let mut cures = cures();
    let cell = |text: &str| text.replace('|', "\\|").replace('<', "&lt;");
    let mut out = String::new();
    for (_, area) in texts::AREAS {
        let title = area.lines().next().unwrap_or_default().trim_start_matches("# ");
        out.push_str(&format!(
            "\n### {title}\n\n| 代码 code | 含义 | meaning | 怎么办 · cure |\n|---|---|---|---|\n"
        ));
        let mut lines: Vec<_> = texts::lines(area).filter_map(|(_, line)| texts::columns(line)).collect();
        lines.sort_unstable();
        for [code, zh, en] in lines {
            let cure = cures.remove(code).unwrap_or_default();
            out.push_str(&format!("| {code} | {} | {} | {cure} |\n", cell(zh), cell(en)));
        }
    }
    out
}

#[test]
fn errors_page_tells_every_code() {
    let path = docs().join("errors.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let (head, told) = page.split_once(MARK).expect("docs/errors.md has its mark");
    let tables = tables();
    for code in all_codes() {
        assert!(tables.contains(&format!("| {code} |")), "{code} is in no area");
    }
    if std::env::var_os("TONGJIAN_BLESS").is_some() {
        std::fs::write(&path, format!("{head}{MARK}\n{tables}")).unwrap();
        return;
    }
    let missing: Vec<&str> = tables.lines().filter(|line| !told.contains(*line)).collect();
    let stale: Vec<&str> = told.trim().lines().filter(|line| !tables.contains(*line)).collect();
    assert!(
        missing.is_empty() && stale.is_empty(),
        "docs/errors.md is not what the texts say; run TONGJIAN_BLESS=1 cargo test -p tongjian-messages errors_page\n\
         missing:\n{}\nstale:\n{}",
        missing.join("\n"),
        stale.join("\n")
    );
}

/// A reason for which a row or a stream stands still, and a refusal, says what to do, or its text does.
#[test]
fn errors_page_says_what_to_do() {
    let cures = cures();
    // Labels, facts and findings that ask for nothing, or whose own text says what to do.
    let in_text =
        |zh: &str| ["请", "；", "不用", "用 tongjian", "先运行"].iter().any(|word| zh.contains(word));
    let needed = all_codes().filter(|code| {
        code.starts_with("TJ-D0")
            || code.starts_with("TJ-S2")
            || code.starts_with("TJ-T")
            || code.starts_with("TJ-Q")
    });
    let without: Vec<&str> = needed
        .filter(|code| !cures.contains_key(*code) && !text(code, Lang::Zh).is_some_and(in_text))
        .collect();
    assert!(without.is_empty(), "no cure in docs/errors.cures.tsv: {}", without.join(", "));
}
