//! What the documents say is run: their commands as they stand, their queries with their answers.
//!
//! `TONGJIAN_BLESS=1` writes the answers of queries again.

mod blocks;
mod connect;
mod draw;
mod first_use;
mod json;
mod operate;
mod queries;

use std::path::{Path, PathBuf};

/// A document of the project.
fn document(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name)
}

/// A port nobody listens on.
fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("its address").port()
}
