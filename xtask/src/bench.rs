//! `cargo x bench`: figures side by side with their floors.

use std::process::{Command, Stdio};

use crate::run;

/// What to measure.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// `pull`, `draw` or `resolve`
    what: What,
    /// Passed on to the benchmark
    #[arg(last = true)]
    rest: Vec<String>,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum What {
    /// Departments' tables into the graph
    Pull,
    /// The draw engine
    Draw,
    /// Records without a valid code against a register
    Resolve,
}

/// Builds for speed and runs the benchmark.
pub(crate) fn bench(options: &Options) -> anyhow::Result<()> {
    let example = match options.what {
        What::Pull => ["--package", "tongjian-tests", "--example", "bench_pull"],
        What::Resolve => ["--package", "tongjian-tests", "--example", "bench_resolve"],
        What::Draw => ["--package", "tongjian-sampling", "--example", "speed"],
    };
    let mut arguments = vec!["run", "--release", "--locked"];
    arguments.extend(example);
    arguments.push("--");
    let instance = run::target().join("draw-instance.txt").display().to_string();
    if let What::Draw = options.what {
        arguments.extend(["--instance", &instance]);
    }
    arguments.extend(options.rest.iter().map(String::as_str));
    run::cargo(&arguments)?;
    if let What::Draw = options.what {
        verifiers()?;
        others(&instance)?;
    }
    Ok(())
}

/// The verifiers that are not in Rust, on a draw of 143,000 companies.
fn verifiers() -> anyhow::Result<()> {
    let bench = run::root().join("draw/verifiers/page/bench.mjs").display().to_string();
    run::program("node", &[&bench], &[])
}

/// Other samplers and solvers, in an environment of their own. Where PyPI cannot be reached they are left out, and that
/// is said.
fn others(instance: &str) -> anyhow::Result<()> {
    let home = run::target().join("bench-python");
    let python = home.join("bin/python3").display().to_string();
    let quiet = |program: &str, arguments: &[&str]| {
        let status =
            Command::new(program).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status();
        status.is_ok_and(|status| status.success())
    };
    if !home.exists() && !quiet("python3", &["-m", "venv", &home.display().to_string()]) {
        eprintln!("no other programs: python3 -m venv fails");
        return Ok(());
    }
    for package in ["numpy", "pandas", "scipy", "ortools", "consistent_sampler"] {
        if !quiet(&python, &["-m", "pip", "install", "--quiet", package]) {
            eprintln!("{package} does not install from PyPI here");
        }
    }
    let solvers = run::root().join("sampling/examples/solvers.py").display().to_string();
    run::program(&python, &[&solvers, instance], &[])
}
