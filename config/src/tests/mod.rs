//! A configuration is text in; problems or values are text out.

mod format;
mod good;
mod mutations;
mod outside;
mod platform;
mod problems;
mod relations;

use std::path::Path;

use messages::Lang;

use crate::{Config, LocatedProblem, Overrides};

/// Loads files given as one text, `--- path` before each; paths in what comes back begin with `…/`.
fn load(files: &str, overrides: &Overrides) -> Result<Config, String> {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), files);
    crate::load_with(dir.path(), overrides).map_err(|problems| shown(&problems, dir.path()))
}

fn write(dir: &Path, files: &str) {
    for file in files.split("--- ").skip(1) {
        let (path, text) = file.split_once('\n').unwrap();
        let path = dir.join(path.trim());
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

fn shown(problems: &[LocatedProblem], dir: &Path) -> String {
    let texts: Vec<String> = problems.iter().map(|problem| problem.render(Lang::En)).collect();
    texts.join("\n").replace(&dir.display().to_string(), "…")
}

/// The examples of `FORMAT.md`, each under the heading with its file, as files.
fn examples() -> String {
    let page = include_str!("../../FORMAT.md");
    let mut files = String::new();
    let mut name = "";
    let mut rest = page;
    while let Some((before, after)) = rest.split_once("```toml\n") {
        if let Some(heading) = before.lines().rev().find_map(|line| line.strip_prefix("## ")) {
            name = heading;
        }
        let (example, after) = after.split_once("```").unwrap();
        files.push_str(&format!("--- {}\n{example}", name.replace('*', "example")));
        rest = after;
    }
    files
}
