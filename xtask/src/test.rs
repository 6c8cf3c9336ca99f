//! `cargo x test`: everything that can fail.

use crate::{packages, run};

/// What to leave out or add.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Only tests whose name contains this
    filter: Option<String>,
    /// Also the long ones: seeds 1 to 5 at scale 1, in both modes
    #[arg(long)]
    full: bool,
}

/// Builds the programs the integration tests start, then runs all tests.
pub(crate) fn test(options: &Options) -> anyhow::Result<()> {
    packages::ensure()?;
    // The integration tests start the built binaries; they move a million rows, so they are built for speed.
    let mut build = vec!["build", "--release", "--locked", "--bins"];
    for package in ["tongjian-server", "tongjian-draw", "tongjian-demo"] {
        build.extend(["--package", package]);
    }
    run::cargo(&build)?;
    let binaries = run::target().join("release");
    let binaries = binaries.display().to_string();
    let mut variables = vec![("TONGJIAN_BINARIES", binaries.as_str())];
    if options.full {
        variables.push(("TONGJIAN_FULL", "1"));
    }
    let mut arguments = vec!["test", "--workspace", "--locked"];
    if let Some(filter) = &options.filter {
        arguments.push(filter);
    }
    run::cargo_with(&arguments, &variables)?;
    if options.filter.is_none() {
        oracle()?;
        verifiers()?;
    }
    Ok(())
}

/// The officers' optima against HiGHS, which is built from its C++ source: not a part of ordinary builds.
fn oracle() -> anyhow::Result<()> {
    run::cargo(&["test", "--locked", "--package", "tongjian-sampling-oracle", "--features", "highs"])
}

/// The independent verifiers, each in its own language.
fn verifiers() -> anyhow::Result<()> {
    for (program, test) in [("python3", "test_verify.py"), ("node", "verify_html_test.mjs")] {
        let path = run::root().join("draw/verifiers").join(test);
        run::program(program, &[&path.display().to_string()], &[])?;
    }
    Ok(())
}
