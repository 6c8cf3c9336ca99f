//! What stops a command.

use std::path::PathBuf;

use sampling::Refused;

use crate::archive::NotCanonical;

/// Why a command did nothing.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The protocol does not allow it.
    #[error("{0}")]
    Refused(#[from] Refused),
    /// A bundle is not canonical.
    #[error("{0}")]
    NotCanonical(#[from] NotCanonical),
    /// A file or folder.
    #[error("cannot read or write {}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file is there already, with another content.
    #[error("`{}` is there with another content", .0.display())]
    Occupied(PathBuf),
    /// The operating system gives no random bytes.
    #[error("no random bytes: {0}")]
    Random(getrandom::Error),
    /// An argument is not what it must be.
    #[error("`{value}` is not a value of {what}")]
    Argument {
        /// Name of the argument.
        what: &'static str,
        /// What was given.
        value: String,
    },
}

/// Shorthand for results of commands.
pub type Result<T> = std::result::Result<T, Error>;

/// Random bytes from the operating system.
pub(crate) fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(Error::Random)?;
    Ok(bytes)
}
