//! The fenced blocks of a document, and a script made of them.
//!
//! The first word after the fence is the language; a second one says what becomes of the block: `run` (a command),
//! `serve` (a command that stays, waited for until it says where), `shows` (what the command before it prints; `…`
//! stands for anything), `file=PATH` (a file to be written), `stop` (what stays is ended). Blocks without a second word are not run.

use std::path::Path;
use std::process::Command;

use tests::binary;

/// A fenced block.
#[derive(Clone, Debug)]
pub(super) struct Block {
    pub(super) language: String,
    pub(super) does: String,
    pub(super) text: String,
    /// Where its text begins and ends in the document.
    pub(super) span: std::ops::Range<usize>,
}

/// The blocks of a document.
pub(super) fn blocks(document: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut at = 0;
    let mut open: Option<Block> = None;
    for line in document.split_inclusive('\n') {
        let end = at + line.len();
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(info)) => {
                let (language, does) = info.trim().split_once(' ').unwrap_or((info.trim(), ""));
                open = Some(Block {
                    language: language.to_owned(),
                    does: does.to_owned(),
                    text: String::new(),
                    span: end..end,
                });
            }
            (Some(_), Some(_)) => {
                if let Some(mut block) = open.take() {
                    block.span.end = at;
                    blocks.push(block);
                }
            }
            (Some(block), None) => block.text.push_str(line),
            (None, None) => {}
        }
        at = end;
    }
    assert!(open.is_none(), "a block is not closed");
    blocks
}

/// Runs a document's blocks in order in an empty folder, as somebody would who pastes them, with some texts replaced.
pub(super) fn run(document: &str, folder: &Path, replaced: &[(&str, String)]) {
    let put = |text: &str| replaced.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to));
    let said = |n: usize| folder.join(format!("said.{n}")).display().to_string();
    let mut script = "set -euo pipefail\ntrap 'kill $(jobs -p) 2>/dev/null || true; wait' EXIT\n".to_owned();
    let all = blocks(document);
    for (n, block) in all.iter().enumerate() {
        let text = put(&block.text);
        if let Some(path) = block.does.strip_prefix("file=") {
            let path = put(path);
            let parent = Path::new(&path).parent().map(|parent| parent.display().to_string());
            let parent = parent.filter(|parent| !parent.is_empty()).unwrap_or_else(|| ".".to_owned());
            script.push_str(&format!("mkdir -p {parent}\ncat > {path} <<'END-OF-FILE'\n{text}END-OF-FILE\n"));
        } else if block.does == "run" {
            script.push_str(&format!("{{\n{text}}} > {0} 2>&1 || {{ cat {0}; exit 9; }}\n", said(n)));
        } else if block.does == "serve" {
            script.push_str(&format!(
                "{0} > {1} 2>&1 &\nfor i in $(seq 600); do grep -q http:// {1} && break; sleep 0.1; done\ngrep -q http:// {1}\n",
                text.trim(),
                said(n)
            ));
        } else if block.does == "stop" {
            script.push_str("kill $(jobs -p) && wait\n");
        } else {
            assert!(matches!(block.does.as_str(), "" | "shows"), "what is `{}`?", block.does);
        }
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let programs = binary("tongjian").parent().map(Path::to_owned).unwrap_or_default();
    let mut paths = vec![programs];
    paths.extend(std::env::split_paths(&path));
    let listens =
        ["SERVER__LISTEN", "SERVER__ADMIN_LISTEN"].into_iter().zip(["127.0.0.1:8080", "127.0.0.1:8081"]);
    let output = Command::new("bash")
        .envs(listens.map(|(key, address)| (format!("TONGJIAN__{key}"), put(address))))
        .arg("-c")
        .arg(&script)
        .current_dir(folder)
        .env("PATH", std::env::join_paths(paths).expect("paths"))
        .output()
        .expect("bash runs");
    assert!(output.status.success(), "{}\n{}", tests::shown(&output), numbered(&script));
    for (n, block) in all.iter().enumerate().filter(|(_, block)| block.does == "shows") {
        let ran = all.iter().take(n).rposition(|block| matches!(block.does.as_str(), "run" | "serve"));
        let ran = ran.expect("something is run before it shows anything");
        let heard = std::fs::read_to_string(said(ran)).expect("what was said");
        let shown = put(&block.text);
        for line in shown.lines().filter(|line| !line.trim().is_empty()) {
            assert!(holds(&heard, line), "not shown: {line}\nit said:\n{heard}");
        }
    }
}

/// Whether the parts of a line between `…` stand in one line, in order.
fn holds(heard: &str, line: &str) -> bool {
    heard.lines().any(|heard| {
        let mut rest = heard;
        line.split('…').map(str::trim).all(|part| match rest.find(part) {
            Some(at) => {
                rest = &rest[at + part.len()..];
                true
            }
            None => false,
        })
    })
}

fn numbered(script: &str) -> String {
    script.lines().enumerate().map(|(n, line)| format!("{:4} {line}\n", n + 1)).collect()
}
