//! Where the store is and what it is opened for.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use contract::Credential;

/// How to open a store.
#[derive(Clone, Debug)]
pub struct StoreOptions {
    /// Where.
    pub place: StorePlace,
    /// For what.
    pub access: Access,
    /// Connections that read side by side.
    pub readers: u32,
    /// How long a connection may wait for another's lock, or for a free reader.
    pub patience: Duration,
    /// Called at named points of a migration.
    pub fault: MigrationFault,
}

/// Called inside migrations, with [`MigrationFault::INSIDE`]; tests end the process there.
#[derive(Clone, Default)]
pub struct MigrationFault(pub Option<Arc<dyn Fn(&'static str) + Send + Sync>>);

impl MigrationFault {
    /// Statements of a step were run, and it is not committed; or it was just committed, and the next has not begun.
    pub const INSIDE: &'static str = "inside-migration";

    pub(super) fn reach(&self) {
        if let Some(fault) = &self.0 {
            fault(MigrationFault::INSIDE);
        }
    }
}

impl fmt::Debug for MigrationFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("MigrationFault").field(&self.0.is_some()).finish()
    }
}

impl StoreOptions {
    /// A store for writing at `place`, with the usual limits.
    #[must_use]
    pub fn at(place: StorePlace) -> StoreOptions {
        StoreOptions {
            place,
            access: Access::Write,
            readers: 8,
            patience: Duration::from_secs(10),
            fault: MigrationFault::default(),
        }
    }

    /// The same, for reading only: no lock is taken, nothing is migrated.
    #[must_use]
    pub fn read_only(mut self) -> StoreOptions {
        self.access = Access::Read;
        self
    }
}

/// Where the store is.
#[derive(Clone, Debug)]
pub enum StorePlace {
    /// A file, made when absent; `-wal`, `-shm` and `.lock` stand beside it.
    Sqlite {
        /// The file.
        path: PathBuf,
    },
    /// A database of a PostgreSQL server.
    Postgres {
        /// Gives `postgres://user:password@host:port/database?…`; read at every opening.
        url: Credential,
    },
}

/// What a store is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Reading and writing; one instance at a time.
    Write,
    /// Reading, beside an instance that writes.
    Read,
}
