//! The files of a folder, and whether they stay as they are.

use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use contract::ReadError;
use messages::Message;

use crate::name::Pattern;
use crate::{Options, Take, failure};

/// A file without a header that was changed less than this ago is being written rather than broken.
const FRESH: Duration = Duration::from_secs(2);

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
    /// When it was changed, in µs since 1970.
    pub(crate) fn changed_at(&self) -> Option<i64> {
        let since = self.changed?.duration_since(SystemTime::UNIX_EPOCH).ok()?;
        i64::try_from(since.as_micros()).ok()
    }

    /// Complains if the file is no longer what it was.
    pub(crate) fn is_unchanged(&self) -> Result<(), ReadError> {
        let now = std::fs::metadata(&self.path).map_err(|error| failure::io(&self.name, &error))?;
        if now.len() == self.n_bytes && now.modified().ok() == self.changed {
            return Ok(());
        }
        Err(failure::unfinished(Message::new("TJ-S252").with("file", &self.name).to_string()))
    }

    /// Whether the file was changed so short a time ago that somebody may be writing it at this moment.
    pub(crate) fn is_fresh(&self) -> bool {
        self.changed.and_then(|changed| changed.elapsed().ok()).is_some_and(|age| age < FRESH)
    }

    /// Complains if the file was changed less than this ago. A time in the future is not held against it.
    fn is_settled(&self, settle: Duration) -> Result<(), ReadError> {
        if settle.is_zero() {
            return Ok(());
        }
        let age = self.changed.and_then(|changed| changed.elapsed().ok());
        match age {
            Some(age) if age < settle => {
                let message = Message::new("TJ-S257").with("file", &self.name);
                Err(failure::unfinished(message.with("seconds", age.as_secs()).to_string()))
            }
            Some(_) | None => Ok(()),
        }
    }
}

/// What bears a name in the folder: a file, or why it is none that may be read.
struct Listed {
    name: String,
    file: Result<DataFile, String>,
}

/// All files of the folder, by name.
pub(crate) fn all(folder: &Path) -> Result<Vec<DataFile>, ReadError> {
    Ok(listed(folder)?.into_iter().filter_map(|listed| listed.file.ok()).collect())
}

/// Names in the folder that belong to files which may not be read, each with why.
pub(crate) fn refused(folder: &Path) -> Result<Vec<(String, String)>, ReadError> {
    let refused = |listed: Listed| Some((listed.name, listed.file.err()?));
    Ok(listed(folder)?.into_iter().filter_map(refused).collect())
}

/// The files of a stream, by name; empty when there are none.
///
/// Something that bears the name of such a file and is none (a folder, a link that leads nowhere) is not passed over:
/// where a file should be and is not, its rows must not be held to be gone.
pub(crate) fn of_stream(options: &Options, pattern: &Pattern) -> Result<Vec<DataFile>, ReadError> {
    let mut files = Vec::new();
    for Listed { name, file } in listed(&options.folder)? {
        if pattern.matches(&name) {
            files.push(file.map_err(ReadError::malformed)?);
        }
    }
    if options.take == Take::Newest {
        files.sort_by(|a, b| a.changed.cmp(&b.changed).then_with(|| a.name.cmp(&b.name)));
        files = files.pop().into_iter().collect();
    }
    for file in &files {
        file.is_settled(options.settle)?;
    }
    Ok(files)
}

fn listed(folder: &Path) -> Result<Vec<Listed>, ReadError> {
    let error = |error: std::io::Error| failure::folder(folder.display(), &error);
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(error)? {
        let entry = entry.map_err(error)?;
        // Does not follow links. One that vanished is none.
        let Ok(metadata) = entry.metadata() else { continue };
        let name = entry.file_name();
        let is_text = name.to_str().is_some();
        let name = name.to_string_lossy().into_owned();
        let file = if !is_text {
            // No stream can be called by it, and what it is called here another file may be called too.
            Err(Message::new("TJ-S262").with("file", &name).to_string())
        } else if metadata.is_file() {
            Ok(file_of(entry.path(), &name, &metadata))
        } else if metadata.is_symlink() {
            linked(folder, entry.path(), &name)
        } else {
            Err(Message::new("TJ-S259").with("file", &name).to_string())
        };
        all.push(Listed { name, file });
    }
    all.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    Ok(all)
}

/// The file a link leads to, if it lies inside the folder: who may drop a file must not choose what else is read.
fn linked(folder: &Path, link: PathBuf, name: &str) -> Result<DataFile, String> {
    let target = link.canonicalize().map_err(|_| Message::new("TJ-S260").with("file", name).to_string())?;
    let is_inside = folder.canonicalize().is_ok_and(|folder| target.starts_with(folder));
    if !is_inside {
        return Err(Message::new("TJ-S261").with("file", name).to_string());
    }
    match target.metadata() {
        Ok(metadata) if metadata.is_file() => Ok(file_of(target, name, &metadata)),
        Ok(_) | Err(_) => Err(Message::new("TJ-S260").with("file", name).to_string()),
    }
}

fn file_of(path: PathBuf, name: &str, metadata: &Metadata) -> DataFile {
    DataFile { path, name: name.to_owned(), n_bytes: metadata.len(), changed: metadata.modified().ok() }
}
