//! What a private server stands on: an account without rights, a folder of its own, a free port, and how a program is
//! run to its end.

use std::fs;
use std::io::{self, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use super::postgres::StartError;

/// The account to run as: none of its own unless we are root.
pub(super) fn account(name: &str) -> Result<Option<(u32, u32)>, StartError> {
    let is_root = fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0);
    if !is_root {
        return Ok(None);
    }
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let ids = |name: &str| {
        let fields: Vec<&str> =
            users.lines().find(|line| line.split(':').next() == Some(name))?.split(':').collect();
        Some((fields.get(2)?.parse().ok()?, fields.get(3)?.parse().ok()?))
    };
    ids(name).or_else(|| ids("nobody")).map(Some).ok_or(StartError::NoUser)
}

pub(super) fn fresh_folder(name: &str) -> PathBuf {
    static STARTED: AtomicU32 = AtomicU32::new(0);
    let n = STARTED.fetch_add(1, Ordering::Relaxed);
    std::env::temp_dir().join(format!("tongjian-{name}-{}-{n}", std::process::id()))
}

pub(super) fn make_folder(folder: &Path, account: Option<(u32, u32)>) -> Result<(), StartError> {
    let made = || {
        fs::create_dir_all(folder)?;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
        account.map_or(Ok(()), |(user, group)| chown(folder, Some(user), Some(group)))
    };
    made().map_err(|source| StartError::Prepare { path: folder.to_owned(), source })
}

pub(super) fn write_file(path: &Path, text: &str, account: Option<(u32, u32)>) -> Result<(), StartError> {
    let written = || {
        fs::write(path, text)?;
        fs::set_permissions(path, fs::Permissions::from_mode(0o600))?;
        account.map_or(Ok(()), |(user, group)| chown(path, Some(user), Some(group)))
    };
    written().map_err(|source| StartError::Prepare { path: path.to_owned(), source })
}

pub(super) fn free_port() -> Result<u16, StartError> {
    let bound = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr());
    bound
        .map(|address| address.port())
        .map_err(|source| StartError::Run { program: "a listener on 127.0.0.1".to_owned(), source })
}

/// Runs a program with this input to its end.
pub(super) fn fed(mut command: Command, input: &[u8]) -> Result<Output, StartError> {
    let program = command.get_program().to_string_lossy().into_owned();
    let mut run = || {
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        let stdin = child.stdin.take();
        // The program may print before it has read everything: both at once.
        std::thread::scope(|scope| {
            scope.spawn(move || stdin.map(|mut stdin| stdin.write_all(input)));
            child.wait_with_output()
        })
    };
    let output: io::Result<Output> = run();
    let output = output.map_err(|source| StartError::Run { program: program.clone(), source })?;
    if output.status.success() {
        return Ok(output);
    }
    Err(StartError::Failed { program, words: String::from_utf8_lossy(&output.stderr).into_owned() })
}
