//! Whether a file that is open still stands under its name: compared by device and number, which a deleted, moved or
//! replaced file does not share with what stands there now.
//!
//! Knows nothing of what is in the file.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::AuditError;

/// A database file and its log, as they stood when they were opened.
#[derive(Debug)]
pub(super) struct OpenFile {
    parts: Vec<(PathBuf, Identity)>,
}

/// Device and number of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Identity(u64, u64);

impl OpenFile {
    /// The database at `path` and the log beside it, both just opened.
    pub(super) fn at(path: &Path) -> Result<OpenFile, AuditError> {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let mut log = path.clone().into_os_string();
        log.push("-wal");
        let mut parts = Vec::with_capacity(2);
        for part in [path, PathBuf::from(log)] {
            let open =
                |source| AuditError::Open { path: part.clone(), source: Arc::new(sqlx::Error::Io(source)) };
            let identity = identity(&part).map_err(open)?;
            parts.push((part, identity));
        }
        Ok(OpenFile { parts })
    }

    /// Whether both still stand where they stood.
    pub(super) fn is_in_place(&self) -> Result<(), AuditError> {
        match self.parts.iter().find(|(path, known)| identity(path).ok() != Some(*known)) {
            None => Ok(()),
            Some((path, _)) => Err(AuditError::Gone { path: path.clone() }),
        }
    }
}

fn identity(path: &Path) -> std::io::Result<Identity> {
    let found = std::fs::metadata(path)?;
    Ok(Identity(found.dev(), found.ino()))
}
