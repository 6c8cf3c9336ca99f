//! Keys of machines: 256 random bits with prefix and checksum, kept as SHA-256 only.
//!
//! The file is read again when it changes, so a key revoked by `tongjian keys` is refused by a running server at its
//! next request.

use std::fmt;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::{Caller, Role};
use crate::clock::Timestamp;

const PREFIX: &str = "tj_";
const N_RANDOM: usize = 64;
const N_CHECK: usize = 8;

/// A key that was just made: the only moment it can be seen.
pub struct NewKey {
    text: String,
    /// Its id, for lists and the audit trail.
    pub id: String,
}

impl NewKey {
    /// The key itself; to be shown once and kept by the caller.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for NewKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewKey").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What is known of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyEntry {
    /// First twelve hex digits of its SHA-256.
    pub id: String,
    /// What it is for, as people call it.
    pub label: String,
    /// Whose it is.
    pub department: String,
    /// What it may do.
    pub role: Role,
    /// Since when.
    pub created: Timestamp,
    /// Since when no more.
    pub revoked: Option<Timestamp>,
}

/// The keys' file could not be used.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// Not readable.
    #[error("cannot read the keys in `{path}`")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Not of the form we write.
    #[error("`{path}` is not a file of keys")]
    Form {
        /// The file.
        path: PathBuf,
        /// Why.
        source: serde_json::Error,
    },
    /// Not writable.
    #[error("cannot write the keys to `{path}`")]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// No key has this id.
    #[error("no key has the id `{id}`")]
    Unknown {
        /// As asked.
        id: String,
    },
}

/// All keys, in one file.
pub struct Keys {
    path: PathBuf,
    loaded: Mutex<Loaded>,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys").field("path", &self.path).finish_non_exhaustive()
    }
}

#[derive(Default)]
struct Loaded {
    stamp: Option<(SystemTime, u64)>,
    lines: Vec<Line>,
}

/// A line of the file.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    sha256: String,
    label: String,
    department: String,
    role: String,
    created: i64,
    revoked: Option<i64>,
}

impl Keys {
    /// Reads the file; one that is not there yet holds no key.
    pub fn open(path: impl Into<PathBuf>) -> Result<Keys, KeysError> {
        let keys = Keys { path: path.into(), loaded: Mutex::new(Loaded::default()) };
        keys.refresh(&mut keys.lock())?;
        Ok(keys)
    }

    /// Makes a key from 32 bytes that the caller drew from the system's generator, and writes it down.
    pub fn create(
        &self,
        label: &str,
        department: &str,
        role: Role,
        random: [u8; 32],
        at: Timestamp,
    ) -> Result<NewKey, KeysError> {
        let text = key_text(random);
        let sha256 = hex(&Sha256::digest(text.as_bytes()));
        let id = id_of(&sha256);
        let mut loaded = self.lock();
        self.refresh(&mut loaded)?;
        let mut lines = loaded.lines.clone();
        lines.push(Line {
            sha256,
            label: label.to_owned(),
            department: department.to_owned(),
            role: role.id().to_owned(),
            created: at.0,
            revoked: None,
        });
        self.write(&mut loaded, lines)?;
        Ok(NewKey { text, id })
    }

    /// Refuses a key from now on; one that was revoked before stays revoked at its first moment.
    pub fn revoke(&self, id: &str, at: Timestamp) -> Result<(), KeysError> {
        let mut loaded = self.lock();
        self.refresh(&mut loaded)?;
        let mut lines = loaded.lines.clone();
        let Some(line) = lines.iter_mut().find(|line| id_of(&line.sha256) == id) else {
            return Err(KeysError::Unknown { id: id.chars().take(40).collect() });
        };
        line.revoked = line.revoked.or(Some(at.0));
        self.write(&mut loaded, lines)
    }

    /// All keys, oldest first.
    pub fn list(&self) -> Result<Vec<KeyEntry>, KeysError> {
        let mut loaded = self.lock();
        self.refresh(&mut loaded)?;
        Ok(loaded.lines.iter().filter_map(entry).collect())
    }

    /// The caller a key stands for; `None` for a key that is malformed, unknown or revoked: one answer for all three.
    pub fn authenticate(&self, key: &str) -> Result<Option<Caller>, KeysError> {
        if !is_well_formed(key) {
            return Ok(None);
        }
        let digest = hex(&Sha256::digest(key.as_bytes()));
        let mut loaded = self.lock();
        self.refresh(&mut loaded)?;
        let mut found = None;
        for line in &loaded.lines {
            let is_equal: bool = line.sha256.as_bytes().ct_eq(digest.as_bytes()).into();
            if is_equal && line.revoked.is_none() {
                found = entry(line);
            }
        }
        Ok(found.map(|entry| Caller {
            key: entry.id,
            department: entry.department,
            role: entry.role,
            purpose: None,
        }))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Loaded> {
        self.loaded.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn refresh(&self, loaded: &mut Loaded) -> Result<(), KeysError> {
        let read = |source| KeysError::Read { path: self.path.clone(), source };
        let stamp = match std::fs::metadata(&self.path) {
            Ok(found) => Some((found.modified().map_err(read)?, found.len())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(read(error)),
        };
        if stamp.is_some() && stamp == loaded.stamp {
            return Ok(());
        }
        let mut lines = Vec::new();
        if stamp.is_some() {
            let text = std::fs::read_to_string(&self.path).map_err(read)?;
            for line in text.lines().filter(|line| !line.trim().is_empty()) {
                let form = |source| KeysError::Form { path: self.path.clone(), source };
                lines.push(serde_json::from_str(line).map_err(form)?);
            }
        }
        *loaded = Loaded { stamp, lines };
        Ok(())
    }

    /// Whole or not at all: a new file beside the old one, then renamed over it.
    fn write(&self, loaded: &mut Loaded, lines: Vec<Line>) -> Result<(), KeysError> {
        let mut text = String::new();
        for line in &lines {
            let form = |source| KeysError::Form { path: self.path.clone(), source };
            text.push_str(&serde_json::to_string(line).map_err(form)?);
            text.push('\n');
        }
        let write = |source| KeysError::Write { path: self.path.clone(), source };
        let beside = self.path.with_extension("new");
        write_private(&beside, text.as_bytes()).map_err(write)?;
        std::fs::rename(&beside, &self.path).map_err(write)?;
        *loaded = Loaded { stamp: None, lines };
        Ok(())
    }
}

fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn entry(line: &Line) -> Option<KeyEntry> {
    Some(KeyEntry {
        id: id_of(&line.sha256),
        label: line.label.clone(),
        department: line.department.clone(),
        role: line.role.parse().ok()?,
        created: Timestamp(line.created),
        revoked: line.revoked.map(Timestamp),
    })
}

/// `tj_`, 64 hex digits, 8 hex digits of the checksum over what stands before.
fn key_text(random: [u8; 32]) -> String {
    let mut text = format!("{PREFIX}{}", hex(&random));
    let check = checksum(&text);
    text.push_str(&check);
    text
}

fn checksum(text: &str) -> String {
    let digest = Sha256::new().chain_update(b"tongjian-key-check").chain_update(text.as_bytes()).finalize();
    hex(&digest).chars().take(N_CHECK).collect()
}

/// A mistyped key is told from an unknown one without a look at the file.
fn is_well_formed(key: &str) -> bool {
    key.len() == PREFIX.len() + N_RANDOM + N_CHECK
        && key.starts_with(PREFIX)
        && key.is_ascii()
        && key.get(PREFIX.len() + N_RANDOM..) == key.get(..PREFIX.len() + N_RANDOM).map(checksum).as_deref()
}

fn id_of(sha256: &str) -> String {
    sha256.chars().take(12).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
