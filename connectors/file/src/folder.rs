//! The files of a folder, and whether they stay as they are.

use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use contract::ReadError;

use crate::name::Pattern;
use crate::{Options, Take, failure};

/// A file as it was when it was listed.
#[derive(Clone, Debug)]
pub(crate) struct DataFile {
    pub(crate) path: PathBuf,
    /// Its name inside the folder, for people.
    pub(crate) name: String,
    pub(crate) n_bytes: u64,
    changed: Option<SystemTime>,
}

impl DataFile {
    /// Complains if the file is no longer what it was.
    pub(crate) fn is_unchanged(&self) -> Result<(), ReadError> {
        let now = std::fs::metadata(&self.path).map_err(|error| failure::io(&self.name, &error))?;
        if now.len() == self.n_bytes && now.modified().ok() == self.changed {
            return Ok(());
        }
        Err(failure::unfinished(format!("file `{}` was changed while it was read", self.name)))
    }

    /// Complains if the file was changed less than this ago. A time in the future is not held against it.
    fn is_settled(&self, settle: Duration) -> Result<(), ReadError> {
        if settle.is_zero() {
            return Ok(());
        }
        let age = self.changed.and_then(|changed| changed.elapsed().ok());
        match age {
            Some(age) if age < settle => {
                let words = format!(
                    "file `{}` was changed {} s ago and may not be finished",
                    self.name,
                    age.as_secs()
                );
                Err(failure::unfinished(words))
            }
            Some(_) | None => Ok(()),
        }
    }
}

/// All files of the folder, by name.
pub(crate) fn all(folder: &Path) -> Result<Vec<DataFile>, ReadError> {
    let error = |error: std::io::Error| failure::folder(folder.display(), &error);
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(error)? {
        let entry = entry.map_err(error)?;
        // Does not follow links: who may drop a file must not choose what else is read. One that vanished is none.
        let Ok(metadata) = entry.metadata() else { continue };
        if metadata.is_file() {
            files.push(file_of(entry.path(), &entry.file_name().to_string_lossy(), &metadata));
        }
    }
    files.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    Ok(files)
}

/// The files of a stream, by name; empty when there are none.
pub(crate) fn of_stream(options: &Options, pattern: &Pattern) -> Result<Vec<DataFile>, ReadError> {
    let mut files = all(&options.folder)?;
    files.retain(|file| pattern.matches(&file.name));
    if options.take == Take::Newest {
        files.sort_by(|a, b| a.changed.cmp(&b.changed).then_with(|| a.name.cmp(&b.name)));
        files = files.pop().into_iter().collect();
    }
    for file in &files {
        file.is_settled(options.settle)?;
    }
    Ok(files)
}

fn file_of(path: PathBuf, name: &str, metadata: &Metadata) -> DataFile {
    DataFile { path, name: name.to_owned(), n_bytes: metadata.len(), changed: metadata.modified().ok() }
}
