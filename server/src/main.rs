//! The binary `tongjian`.

use std::process::ExitCode;

/// A batch is some hundred thousand small texts, made by one thread and given back by another: the C library's allocator
/// spends a fifth of the whole work on that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    server::run(std::env::args_os()).into()
}
