//! Running other programs: shown before they run, an error when they fail.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(|| PathBuf::from("."), Path::to_owned)
}

/// Runs cargo.
pub(crate) fn cargo(arguments: &[&str]) -> anyhow::Result<()> {
    cargo_with(arguments, &[])
}

/// Runs cargo with variables.
pub(crate) fn cargo_with(arguments: &[&str], variables: &[(&str, &str)]) -> anyhow::Result<()> {
    program(&cargo_program(), arguments, variables)
}

/// Runs a program in the root of the workspace.
pub(crate) fn program(name: &str, arguments: &[&str], variables: &[(&str, &str)]) -> anyhow::Result<()> {
    let shown = Path::new(name).file_name().map_or(name.into(), |file| file.to_string_lossy());
    eprintln!("→ {shown} {}", arguments.join(" "));
    let status = clean(name)
        .args(arguments)
        .envs(variables.iter().copied())
        .current_dir(root())
        .status()
        .with_context(|| format!("cannot run {name}"))?;
    if !status.success() {
        bail!("{shown} {} failed ({status})", arguments.join(" "));
    }
    Ok(())
}

/// A program that does not inherit what cargo told this one about its own package: build scripts watch those variables
/// (ring's does), and the next `cargo demo` would build half the workspace again.
pub(crate) fn clean(name: &str) -> Command {
    let mut command = Command::new(name);
    for (variable, _) in std::env::vars_os() {
        let text = variable.to_string_lossy();
        if ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_"].iter().any(|own| text.starts_with(own)) {
            command.env_remove(&variable);
        }
    }
    command
}

/// The cargo that runs this.
pub(crate) fn cargo_program() -> String {
    std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned())
}

/// Where cargo puts what it builds.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}
