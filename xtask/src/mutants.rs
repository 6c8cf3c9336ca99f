//! `cargo x mutants`: patches of the draw engine that must each turn a named test red.
//!
//! Each `sampling/mutants/*.patch` begins with `# what is wrong in it` and `# test: arguments of cargo test`, then a unified
//! diff. They are applied to a copy: the work tree is never touched.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, bail, ensure};

use crate::run;

struct Mutant {
    name: String,
    what: String,
    test: Vec<String>,
    patch: PathBuf,
}

/// Runs every patch of `sampling/mutants`.
pub(crate) fn mutants() -> anyhow::Result<()> {
    let mutants = read(&run::root().join("sampling/mutants"))?;
    ensure!(mutants.len() >= 15, "{} patches are too few", mutants.len());
    let copy = run::target().join("mutants");
    let mut tests: Vec<&Vec<String>> = mutants.iter().map(|mutant| &mutant.test).collect();
    tests.sort_unstable();
    tests.dedup();
    lay_out(&copy)?;
    for test in tests {
        ensure!(passes(&copy, test)?, "without any patch, cargo test {} fails", test.join(" "));
    }
    let mut alive = Vec::new();
    for mutant in &mutants {
        lay_out(&copy)?;
        apply(&copy, &mutant.patch)?;
        let begun = Instant::now();
        let is_red = !passes(&copy, &mutant.test)?;
        let (verdict, seconds) = (if is_red { "red" } else { "ALIVE" }, begun.elapsed().as_secs());
        eprintln!("{verdict}: {} ({}), {seconds} s", mutant.name, mutant.what);
        if !is_red {
            alive.push(mutant.name.as_str());
        }
    }
    if !alive.is_empty() {
        bail!("no test sees {}: write one, or correct the test that the patch names", alive.join(", "));
    }
    eprintln!("{} patches, each turns its test red", mutants.len());
    Ok(())
}

fn read(dir: &Path) -> anyhow::Result<Vec<Mutant>> {
    let mut mutants = Vec::new();
    for item in fs::read_dir(dir).with_context(|| format!("cannot read {}", dir.display()))? {
        let patch = item?.path();
        if patch.extension().is_none_or(|extension| extension != "patch") {
            continue;
        }
        let text = fs::read_to_string(&patch)?;
        let header = |prefix: &str| text.lines().find_map(|line| line.strip_prefix(prefix)).map(str::trim);
        let test = header("# test:").with_context(|| format!("{} names no test", patch.display()))?;
        let what = text.lines().next().unwrap_or_default().trim_start_matches('#').trim().to_owned();
        let name = patch.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let test = test.split_whitespace().map(str::to_owned).collect();
        mutants.push(Mutant { name, what, test, patch });
    }
    mutants.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(mutants)
}

/// The engine alone, with what its tests read. Files that are the same are left as they are, so that they are not
/// compiled again.
fn lay_out(copy: &Path) -> anyhow::Result<()> {
    let root = run::root();
    let manifest = fs::read_to_string(root.join("Cargo.toml"))?;
    let (before, rest) = manifest.split_once("members = [").context("Cargo.toml has members")?;
    let (_, after) = rest.split_once(']').context("the list of members ends")?;
    write(&copy.join("Cargo.toml"), format!("{before}members = [\"sampling\"]{after}").as_bytes())?;
    if !copy.join("Cargo.lock").exists() {
        write(&copy.join("Cargo.lock"), &fs::read(root.join("Cargo.lock"))?)?;
    }
    for part in ["sampling/Cargo.toml", "sampling/src", "sampling/tests", "sampling/examples", "draw/vectors"]
    {
        let from = root.join(part);
        if from.exists() {
            copy_all(&from, &copy.join(part))?;
        }
    }
    Ok(())
}

fn copy_all(from: &Path, to: &Path) -> anyhow::Result<()> {
    if from.is_file() {
        return write(to, &fs::read(from)?);
    }
    for item in fs::read_dir(from)? {
        let item = item?;
        copy_all(&item.path(), &to.join(item.file_name()))?;
    }
    Ok(())
}

fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    if fs::read(path).is_ok_and(|known| known == bytes) {
        return Ok(());
    }
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

fn apply(copy: &Path, patch: &Path) -> anyhow::Result<()> {
    let status = Command::new("patch")
        .args(["-p1", "--silent", "--no-backup-if-mismatch", "-i"])
        .arg(patch)
        .current_dir(copy)
        .status()
        .context("cannot run patch")?;
    ensure!(status.success(), "{} does not apply any more: write it anew", patch.display());
    Ok(())
}

/// Whether a test is green. What does not compile is neither: it is an error.
fn passes(copy: &Path, test: &[String]) -> anyhow::Result<bool> {
    let cargo = |more: &[&str]| {
        let mut command = run::clean(&run::cargo_program());
        let package = ["test", "--quiet", "--package", "tongjian-sampling"];
        command.args(package).args(more).args(test).current_dir(copy);
        // A place of its own: cargo would take what it built from the copy for what it built from the work tree.
        command.env("CARGO_TARGET_DIR", copy.join("target")).stdout(Stdio::null()).stderr(Stdio::null());
        command
    };
    ensure!(cargo(&["--no-run"]).status()?.success(), "it does not compile: cargo test {}", test.join(" "));
    Ok(cargo(&[]).status()?.success())
}
