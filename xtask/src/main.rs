//! `cargo x …`: what a developer of Tongjian runs. Each command prints what it does and fails with what to do.
#![expect(clippy::print_stdout, reason = "a program for people")]

mod bench;
mod dependencies;
mod mutants;
mod packages;
mod run;
mod test;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo x", about = "What a developer of Tongjian runs")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Formatting, clippy with warnings denied, documentation
    Check,
    /// Installs what the tests need, builds, and runs all tests
    Test(test::Options),
    /// Measures, side by side with the floors: `pull`, `draw` or `resolve`
    Bench(bench::Options),
    /// Each checked-in patch of the draw engine must turn its test red
    Mutants,
    /// Licences, banned and repeated crates, and known advisories where cargo-deny is installed
    Dependencies,
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().command {
        Command::Check => check(),
        Command::Test(options) => test::test(&options),
        Command::Bench(options) => bench::bench(&options),
        Command::Mutants => mutants::mutants(),
        Command::Dependencies => dependencies::check(),
    }
}

fn check() -> anyhow::Result<()> {
    run::cargo(&["fmt", "--all", "--check"])?;
    run::cargo(&["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"])?;
    run::cargo_with(&["doc", "--workspace", "--no-deps", "--locked"], &[("RUSTDOCFLAGS", "-D warnings")])
}
