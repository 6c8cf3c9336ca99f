//! `cargo x …`: what a developer of Tongjian runs.
fn main() {}
