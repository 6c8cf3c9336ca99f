//! Secrets: from a reference in the configuration to a closure that reads it at every use.

use std::path::Path;

use config::draft::SecretDraft;
use contract::Credential;
use secrecy::SecretString;

/// Bytes of a secret, at most.
const MAX_BYTES: u64 = 64 << 10;

/// A credential that reads what the reference points to, each time.
#[must_use]
pub(crate) fn credential(draft: &SecretDraft) -> Credential {
    let draft = draft.clone();
    Credential::new(move || read(&draft))
}

fn read(draft: &SecretDraft) -> Result<SecretString, String> {
    match draft {
        SecretDraft::File(path) => file(path),
        SecretDraft::Env(name) => std::env::var(name)
            .map(SecretString::from)
            .map_err(|_| format!("environment variable {name} is not set or not text")),
        SecretDraft::Credential(name) => {
            let folder = std::env::var_os("CREDENTIALS_DIRECTORY")
                .ok_or_else(|| format!("credential {name}: $CREDENTIALS_DIRECTORY is not set"))?;
            file(&Path::new(&folder).join(name))
        }
        SecretDraft::Inline(secret) => Ok(secret.clone()),
    }
}

fn file(path: &Path) -> Result<SecretString, String> {
    let failed = |why: &dyn std::fmt::Display| format!("cannot read {}: {why}", path.display());
    let metadata = path.metadata().map_err(|error| failed(&error))?;
    // A pipe would be waited for, a device never ends.
    if !metadata.is_file() || metadata.len() > MAX_BYTES {
        return Err(failed(&format!("it is no regular file of at most {MAX_BYTES} bytes")));
    }
    std::fs::read_to_string(path)
        .map(|text| SecretString::from(text.trim_end_matches(['\r', '\n']).to_owned()))
        .map_err(|error| failed(&error))
}
