//! One instance a store: a lock file beside the embedded store, named with process and host.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use super::StoreError;

/// Held as long as the store is open; the operating system drops it with the process, however that ends.
#[derive(Debug)]
pub(super) struct InstanceLock {
    _file: File,
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
                return Err(StoreError::InUse { holder: holder.trim().to_owned() });
            }
            Err(TryLockError::Error(source)) => return Err(fault("lock")(source)),
        }
        file.set_len(0).map_err(fault("write"))?;
        file.rewind().map_err(fault("write"))?;
        writeln!(file, "{}", holder()).map_err(fault("write"))?;
        Ok(InstanceLock { _file: file })
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

fn beside(store: &Path) -> PathBuf {
    let mut name = store.as_os_str().to_owned();
    name.push(".lock");
    PathBuf::from(name)
}
