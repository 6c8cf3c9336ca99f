//! A secret in the configuration: nearly always a reference to where it is kept.

use std::{fmt, path::PathBuf};

use secrecy::SecretString;

/// Where a secret is kept. Read at every use, so that it can be changed without a restart.
#[derive(Clone)]
pub enum SecretDraft {
    /// `{ file = "…" }`: the content of a file, without trailing line ends. Absolute.
    File(PathBuf),
    /// `{ env = "…" }`: an environment variable, which was set when the configuration was loaded.
    Env(String),
    /// `{ credential = "…" }`: a file of this name in the directory that `$CREDENTIALS_DIRECTORY` names (systemd).
    Credential(String),
    /// The secret itself; only where `allow_inline_secrets = true`.
    Inline(SecretString),
}

impl fmt::Debug for SecretDraft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SecretDraft::File(path) => f.debug_tuple("File").field(path).finish(),
            SecretDraft::Env(name) => f.debug_tuple("Env").field(name).finish(),
            SecretDraft::Credential(name) => f.debug_tuple("Credential").field(name).finish(),
            SecretDraft::Inline(_) => f.write_str("Inline(..)"),
        }
    }
}
