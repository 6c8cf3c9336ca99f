//! `cargo x bench`: figures side by side with their floors.

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
    arguments.extend(options.rest.iter().map(String::as_str));
    run::cargo(&arguments)
}
