//! One instance a store: a lock file beside the embedded store, named with process and host.
//!
//! A lock file can be deleted by anybody, and then a second instance would find none. So whoever holds it looks before
//! each commit whether it and the store still stand under their names, and writes no more if they do not.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use messages::Message;

use super::StoreError;

/// Held as long as the store is open; the operating system drops it with the process, however that ends.
#[derive(Debug)]
pub(super) struct InstanceLock {
    file: File,
    path: PathBuf,
    store: PathBuf,
    /// Device and number of the store's file, since it is there.
    store_is: OnceLock<(u64, u64)>,
    is_lost: AtomicBool,
}

impl InstanceLock {
    /// Takes the lock of the store at `store`.
    pub(super) fn take(store: &Path) -> Result<InstanceLock, StoreError> {
        let path = beside(store);
        let fault = |doing: &'static str| {
            let path = path.display().to_string();
            move |source| StoreError::File { doing, path, source }
        };
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(fault("open"))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                let _ = file.read_to_string(&mut holder);
                return Err(StoreError::InUse { holder: said(holder.trim()) });
            }
            Err(TryLockError::Error(source)) => return Err(fault("lock")(source)),
        }
        file.set_len(0).map_err(fault("write"))?;
        file.rewind().map_err(fault("write"))?;
        writeln!(file, "{}", holder()).map_err(fault("write"))?;
        // Somebody may have deleted the file between its opening and our lock.
        let store = store.to_owned();
        let lock =
            InstanceLock { file, path, store, store_is: OnceLock::new(), is_lost: AtomicBool::new(false) };
        lock.is_held()?;
        Ok(lock)
    }

    /// Whether this lock still keeps others out, and the store is still the file that was opened. Once it is not, it
    /// never is again: another instance may have written, and what this one remembers may not be so.
    pub(super) fn is_held(&self) -> Result<(), StoreError> {
        let Some(lost) = self.lost() else { return Ok(()) };
        self.is_lost.store(true, Ordering::Relaxed);
        Err(StoreError::LockLost { path: lost.display().to_string() })
    }

    /// The file that is not what it was.
    fn lost(&self) -> Option<&Path> {
        let held = self.file.metadata().ok().map(|file| (file.dev(), file.ino()));
        if self.is_lost.load(Ordering::Relaxed) || held.is_none() || identity(&self.path) != held {
            return Some(&self.path);
        }
        match (identity(&self.store), self.store_is.get()) {
            (Some(found), None) => {
                let _ = self.store_is.set(found);
                None
            }
            (Some(found), Some(known)) if found == *known => None,
            // It is made by the first connection.
            (None, None) => None,
            (Some(_) | None, Some(_)) => Some(&self.store),
        }
    }
}

/// This process, for whoever finds the store in use.
pub(super) fn holder() -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let host = match host.trim() {
        "" => "this host",
        host => host,
    };
    format!("process {} on {host}", std::process::id())
}

/// What [`holder`] wrote, in the reader's language.
pub(super) fn said(holder: &str) -> String {
    match holder.strip_prefix("process ").and_then(|rest| rest.split_once(" on ")) {
        Some((process, host)) => {
            Message::new("TJ-T031").with("process", process).with("host", host).to_string()
        }
        None => holder.to_owned(),
    }
}

fn identity(path: &Path) -> Option<(u64, u64)> {
    std::fs::metadata(path).ok().map(|found| (found.dev(), found.ino()))
}

fn beside(store: &Path) -> PathBuf {
    let mut name = store.as_os_str().to_owned();
    name.push(".lock");
    PathBuf::from(name)
}
