//! Debian packages the tests need: installed as root, else named with the exact command.

use std::path::Path;
use std::process::Command;

use anyhow::bail;

/// A program, where Debian puts it, and its package.
const NEEDED: &[(&str, &[&str], &str)] = &[
    ("PostgreSQL's server", &["/usr/lib/postgresql/*/bin/initdb"], "postgresql"),
    ("MariaDB's server", &["/usr/sbin/mariadbd", "*mariadbd"], "mariadb-server"),
    ("FreeTDS' client", &["/usr/bin/tsql"], "freetds-bin"),
    ("Python 3", &["/usr/bin/python3", "/usr/local/bin/python3", "*python3"], "python3"),
    ("Chromium", &["/usr/bin/chromium", "/usr/bin/google-chrome", "/usr/bin/chromium-browser"], "chromium"),
    ("sqlite3", &["/usr/bin/sqlite3"], "sqlite3"),
    ("Node.js (20 or newer)", &["*node"], "nodejs"),
    ("CMake, for HiGHS", &["*cmake"], "cmake"),
    ("a C++ compiler, for HiGHS", &["*c++"], "g++"),
    ("libclang, for HiGHS", &["/usr/lib/*/lib/libclang.so", "/usr/lib64/*/libclang.so"], "libclang-dev"),
];

/// Makes sure that everything the tests need is there.
pub(crate) fn ensure() -> anyhow::Result<()> {
    let missing: Vec<&str> = NEEDED
        .iter()
        .filter(|(_, places, _)| !places.iter().any(|place| exists(place)))
        .map(|row| row.2)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let command = format!("apt-get install --yes --no-install-recommends {}", missing.join(" "));
    if !is_root() || !Path::new("/usr/bin/apt-get").exists() {
        bail!("the tests need more programs; on Debian, as root:\n    apt-get update && {command}");
    }
    eprintln!("→ {command}");
    let quiet = |words: &[&str]| {
        Command::new("apt-get")
            .args(words)
            .env("DEBIAN_FRONTEND", "noninteractive")
            .stdout(std::process::Stdio::null())
            .status()
    };
    quiet(&["update", "--quiet"])?;
    let mut words = vec!["install", "--yes", "--quiet", "--no-install-recommends"];
    words.extend(&missing);
    if !quiet(&words)?.success() {
        bail!("{command} failed");
    }
    Ok(())
}

fn exists(pattern: &str) -> bool {
    if let Some(name) = pattern.strip_prefix('*') {
        let path = std::env::var_os("PATH").unwrap_or_default();
        return std::env::split_paths(&path).any(|folder| folder.join(name).exists());
    }
    match pattern.split_once("/*/") {
        None => Path::new(pattern).exists(),
        Some((folder, rest)) => std::fs::read_dir(folder)
            .map(|entries| entries.flatten().any(|entry| entry.path().join(rest).exists()))
            .unwrap_or(false),
    }
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.starts_with(b"0\n"))
}
