//! What we depend on: licences, crates we do not want, advisories.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use anyhow::{Context as _, bail};
use serde_json::Value;

use crate::run;

/// Licences we may ship; an expression is fine when one of its alternatives is made of these.
const LICENCES: &[&str] = &[
    "MIT",
    "MIT-0",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-1-Clause",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "MPL-2.0",
    "Zlib",
    "0BSD",
    "Unicode-3.0",
    "Unicode-DFS-2016",
    "CC0-1.0",
    "BSL-1.0",
    "Unlicense",
    "CDLA-Permissive-2.0",
    "OpenSSL",
];
/// Crates we do without, and why.
const BANNED: &[(&str, &str)] = &[
    ("rusqlite", "cannot be linked beside sqlx"),
    ("openssl", "TLS is rustls"),
    ("native-tls", "TLS is rustls"),
    ("serde_yaml", "unmaintained"),
    ("rsa", "RUSTSEC-2023-0071"),
    ("backoff", "unmaintained"),
    ("tokio-rusqlite", "cannot be linked beside sqlx"),
];

/// Fails on a licence or crate that may not be there.
pub(crate) fn check() -> anyhow::Result<()> {
    let output = run::clean(&run::cargo_program())
        .args(["metadata", "--format-version", "1", "--locked"])
        .current_dir(run::root())
        .output()
        .context("cannot run cargo metadata")?;
    if !output.status.success() {
        bail!("cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    let packages = metadata["packages"].as_array().context("cargo metadata lists no packages")?;
    let mut faults = Vec::new();
    let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for package in packages.iter().filter(|package| !package["source"].is_null()) {
        let name = package["name"].as_str().unwrap_or("?");
        versions.entry(name).or_default().insert(package["version"].as_str().unwrap_or("?"));
        let licence = package["license"].as_str().unwrap_or("");
        if !is_allowed(licence) {
            faults.push(format!("{name}: licence `{licence}` is not one we may ship"));
        }
        if let Some((_, why)) = BANNED.iter().find(|(banned, _)| *banned == name) {
            faults.push(format!("{name}: {why}"));
        }
    }
    let repeated = versions.values().filter(|versions| versions.len() > 1).count();
    println!("{} crates, {repeated} in more than one version", versions.len());
    if !faults.is_empty() {
        bail!("{}", faults.join("\n"));
    }
    advisories()
}

/// `A OR (B AND C)` is fine when an alternative consists of allowed licences alone.
fn is_allowed(expression: &str) -> bool {
    let expression = expression.replace('/', " OR ");
    let mut depth = 0_i32;
    let mut alternatives = vec![String::new()];
    let words: Vec<&str> = expression.split(' ').collect();
    for word in words {
        depth += i32::try_from(word.matches('(').count()).unwrap_or(0);
        depth -= i32::try_from(word.matches(')').count()).unwrap_or(0);
        if depth == 0 && word == "OR" {
            alternatives.push(String::new());
        } else if let Some(last) = alternatives.last_mut() {
            last.push(' ');
            last.push_str(word);
        }
    }
    if let [only] = alternatives.as_slice() {
        let parts: Vec<&str> = only.split(" AND ").map(str::trim).collect();
        return parts.iter().all(|part| {
            match part.strip_prefix('(').and_then(|part| part.strip_suffix(')')) {
                Some(inner) => is_allowed(inner),
                None => LICENCES.contains(part),
            }
        });
    }
    alternatives.iter().any(|alternative| {
        let alternative = alternative.trim();
        is_allowed(alternative.strip_prefix('(').and_then(|a| a.strip_suffix(')')).unwrap_or(alternative))
    })
}

/// Known advisories, where cargo-deny and a copy of the advisory database are at hand.
fn advisories() -> anyhow::Result<()> {
    let has_deny =
        Command::new("cargo-deny").arg("--version").output().is_ok_and(|output| output.status.success());
    if !has_deny || !run::root().join("deny.toml").exists() {
        println!("advisories: not checked here (cargo install cargo-deny, and see deny.toml)");
        return Ok(());
    }
    run::cargo(&["deny", "--offline", "check", "advisories"])
}
