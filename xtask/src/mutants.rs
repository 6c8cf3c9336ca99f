//! `cargo x mutants`: patches of the draw engine that must each turn a named test red.

use anyhow::bail;

/// Runs every patch of `sampling/mutants`.
pub(crate) fn mutants() -> anyhow::Result<()> {
    bail!("no patches are checked in yet")
}
