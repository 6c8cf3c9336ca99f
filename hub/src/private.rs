//! Files that only their owner may read: the store and the audit trail hold what people did and asked.
//!
//! Knows nothing of what is in a file. What cannot be done here the database tells when it opens the file.

use std::fs::{OpenOptions, Permissions};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

/// Only the owner, reading and writing.
const PRIVATE: u32 = 0o600;
/// What others than owner and group may do.
const OTHERS: u32 = 0o007;

/// Makes the file of a database, or takes an old one, which others might read, from them; with the files that SQLite
/// keeps beside it. A file that its group may read, as somebody chose, stays so. New ones beside it are made by SQLite with
/// the same rights.
pub(crate) fn keep(path: &Path) {
    // Absent: made, with nothing in it, which SQLite takes for a new database.
    drop(OpenOptions::new().write(true).create_new(true).mode(PRIVATE).open(path));
    for end in ["", "-wal", "-shm"] {
        let mut part = path.as_os_str().to_owned();
        part.push(end);
        let part = PathBuf::from(part);
        let Ok(found) = std::fs::metadata(&part) else { continue };
        if found.is_file() && found.permissions().mode() & OTHERS != 0 {
            drop(std::fs::set_permissions(&part, Permissions::from_mode(PRIVATE)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn new_and_open_files_are_made_private_and_what_was_chosen_stays() {
        let folder = tempfile::tempdir().unwrap();
        let [new, old, wal, chosen] =
            ["new.db", "old.db", "old.db-wal", "chosen.db"].map(|name| folder.path().join(name));
        for (path, rights) in [(&old, 0o644), (&wal, 0o666), (&chosen, 0o640)] {
            std::fs::write(path, "text").unwrap();
            std::fs::set_permissions(path, Permissions::from_mode(rights)).unwrap();
        }
        [&new, &old, &chosen].into_iter().for_each(|path| keep(path));
        assert_eq!([&new, &old, &wal, &chosen].map(|path| mode(path)), [0o600, 0o600, 0o600, 0o640]);
        assert_eq!(std::fs::read_to_string(&old).unwrap(), "text");
        keep(&folder.path().join("absent/new.db"));
    }

    /// A reading, too, finds the files beside as they should be.
    #[tokio::test]
    async fn a_trail_and_what_stands_beside_it_are_the_owners_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audit.db");
        let audit = crate::audit::Audit::open(&path).await.unwrap();
        let modes: Vec<u32> = ["audit.db", "audit.db-wal", "audit.db-shm"]
            .iter()
            .map(|name| mode(&folder.path().join(name)))
            .collect();
        assert_eq!(modes, [0o600; 3]);
        audit.probe().await.unwrap();
    }
}
