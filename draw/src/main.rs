//! `tongjian-draw`: the commands of a draw, alone.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(draw::cli::alone())
}
