//! The configuration that ships, embedded in the program.

use std::path::Path;

/// Files of `config/platform`.
static PLATFORM: include_dir::Dir<'static> =
    include_dir::include_dir!("$CARGO_MANIFEST_DIR/../config/platform");

/// Writes the shipped configuration into a folder; files of the same names are replaced.
///
/// # Errors
/// When a file cannot be written.
pub fn write(folder: &Path) -> Result<(), std::io::Error> {
    std::fs::create_dir_all(folder)?;
    PLATFORM.extract(folder)
}
