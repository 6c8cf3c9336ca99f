//! The house rules: who may import whom, which outside crates a package may never have, and the arrows inside the hub.
//! Reads `cargo metadata` and the sources; fails on any arrow that ARCHITECTURE.md does not draw.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Package → packages of ours it may import (dev-dependencies included).
const ARROWS: &[(&str, &[&str])] = &[
    ("tongjian-messages", &[]),
    ("tongjian-codes", &["messages"]),
    ("tongjian-connectors-contract", &["messages"]),
    ("tongjian-connectors-mssql", &["messages", "connectors-contract"]),
    ("tongjian-connectors-mysql", &["messages", "connectors-contract"]),
    ("tongjian-connectors-postgres", &["messages", "connectors-contract", "demo"]),
    ("tongjian-connectors-sqlite", &["messages", "connectors-contract"]),
    ("tongjian-connectors-file", &["messages", "connectors-contract"]),
    ("tongjian-hub", &["messages", "codes", "connectors-contract"]),
    ("tongjian-sampling", &["messages", "codes"]),
    ("tongjian-sampling-oracle", &["sampling"]),
    ("tongjian-draw", &["messages", "codes", "sampling"]),
    ("tongjian-graphql", &["messages", "codes", "hub", "connectors-contract"]),
    ("tongjian-config", &["messages"]),
    (
        "tongjian-server",
        &[
            "messages",
            "codes",
            "connectors-contract",
            "connectors-mssql",
            "connectors-mysql",
            "connectors-postgres",
            "connectors-sqlite",
            "connectors-file",
            "hub",
            "sampling",
            "draw",
            "graphql",
            "config",
        ],
    ),
    ("tongjian-demo", &["messages", "codes", "config", "connectors-contract", "server"]),
];

/// Package → outside crates it may never have.
const DENIED: &[(&str, &[&str])] = &[
    ("tongjian-hub", &["axum", "async-graphql", "tiberius", "mysql_async", "toml", "clap"]),
    ("tongjian-sampling", &["tokio", "sqlx", "rand", "axum", "async-graphql", "jiff", "num-bigint"]),
    ("tongjian-draw", &["tokio", "sqlx", "axum", "async-graphql"]),
    ("tongjian-codes", &["tokio", "sqlx", "axum", "rand"]),
    ("tongjian-messages", &["tokio", "sqlx", "axum", "rand"]),
    ("tongjian-config", &["tokio", "sqlx", "axum"]),
    ("tongjian-connectors-contract", &["sqlx", "tiberius", "mysql_async", "axum", "async-graphql"]),
    ("tongjian-graphql", &["sqlx", "toml", "tiberius", "mysql_async"]),
];

/// Module of the hub → modules it may import; all may import `clock` and the ids and values at the root.
const HUB: &[(&str, &[&str])] = &[
    ("ontology", &[]),
    ("audit", &["catalogue"]),
    ("sources", &[]),
    ("resolve", &["ontology"]),
    ("store", &["ontology", "query", "resolve", "feed"]),
    ("catalogue", &["ontology", "query"]),
    ("feed", &["store"]),
    ("query", &["ontology", "store", "catalogue", "audit", "feed", "sources"]),
    ("ingest", &["ontology", "store", "resolve", "sources", "feed"]),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests lies in the workspace").to_owned()
}

fn packages() -> Vec<Value> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo prints JSON");
    metadata["packages"].as_array().expect("packages").clone()
}

fn dependencies(package: &Value, with_dev: bool) -> BTreeSet<String> {
    let dependencies = package["dependencies"].as_array().expect("dependencies");
    dependencies
        .iter()
        .filter(|dependency| with_dev || dependency["kind"].as_str() != Some("dev"))
        .filter_map(|dependency| dependency["name"].as_str().map(str::to_owned))
        .collect()
}

#[test]
fn packages_import_only_whom_they_may() {
    let arrows: BTreeMap<&str, &[&str]> = ARROWS.iter().copied().collect();
    for package in packages() {
        let name = package["name"].as_str().expect("a name").to_owned();
        if matches!(name.as_str(), "tongjian-tests" | "tongjian-xtask") {
            continue;
        }
        let allowed = arrows.get(name.as_str()).unwrap_or_else(|| panic!("{name} has no row in ARROWS"));
        for dependency in dependencies(&package, true) {
            if let Some(ours) = dependency.strip_prefix("tongjian-") {
                assert!(allowed.contains(&ours), "{name} may not import {dependency}");
            }
        }
    }
}

#[test]
fn packages_do_without_what_is_denied() {
    let denied: BTreeMap<&str, &[&str]> = DENIED.iter().copied().collect();
    for package in packages() {
        let name = package["name"].as_str().expect("a name").to_owned();
        let has = dependencies(&package, false);
        for outside in denied.get(name.as_str()).copied().unwrap_or_default() {
            assert!(!has.contains(*outside), "{name} may not have {outside}");
        }
    }
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn modules_of_the_hub_import_only_whom_they_may() {
    let modules: BTreeMap<&str, &[&str]> = HUB.iter().copied().collect();
    let src = root().join("hub/src");
    let mut files = Vec::new();
    sources(&src, &mut files);
    for file in files {
        let path = file.strip_prefix(&src).expect("inside the hub");
        let module =
            path.components().next().expect("a part").as_os_str().to_string_lossy().replace(".rs", "");
        let Some(allowed) = modules.get(module.as_str()) else { continue };
        let is_test = path.to_string_lossy().contains("test");
        let text = std::fs::read_to_string(&file).expect("readable");
        for line in text.lines().filter(|line| line.trim_start().starts_with("use crate::")) {
            let imported = line.trim_start().trim_start_matches("use crate::");
            let other = imported.split([':', ';', '{', ' ']).next().unwrap_or("");
            if modules.contains_key(other) && other != module && !is_test {
                assert!(
                    allowed.contains(&other),
                    "{}: `{}`: {module} may not import {other}",
                    path.display(),
                    line
                );
            }
        }
    }
}

#[test]
fn no_file_is_without_a_header() {
    let mut files = Vec::new();
    for member in
        ["codes", "config", "connectors", "demo", "draw", "graphql", "hub", "messages", "sampling", "server"]
    {
        sources(&root().join(member), &mut files);
    }
    for file in files.iter().filter(|file| !file.ends_with("tests.rs")) {
        let text = std::fs::read_to_string(file).expect("readable");
        let is_test = file.components().any(|part| part.as_os_str() == "tests")
            || file.to_string_lossy().contains("test");
        assert!(
            is_test || text.trim_start().starts_with("//!"),
            "{} does not say what it is",
            file.display()
        );
    }
}
