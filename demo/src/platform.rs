//! The shipped configuration, pointed at the databases that were made. What somebody changed in it since stays as it is.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use crate::make::{Place, Places};

/// What was generated, by digest: how a file that somebody changed is known.
const GENERATED: &str = ".generated";

/// What becomes of the shipped configuration besides the places of its sources.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// Where GraphQL is served.
    pub listen: &'a str,
    /// How often sources are read again, if not as shipped.
    pub interval_seconds: Option<u64>,
    /// Whether records without a valid code are weighed.
    pub is_scored: bool,
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The configuration's folder.
    pub folder: PathBuf,
    /// Files that somebody changed since they were generated, and that were left as they are.
    pub kept: Vec<PathBuf>,
}

/// Writes the shipped configuration into `dir/config`, with each source where it was made. Returns that folder.
///
/// # Errors
/// As [`refresh`].
pub fn write(places: &Places, dir: &Path, listen: &str) -> Result<PathBuf, std::io::Error> {
    Ok(refresh(places, dir, Wanted { listen, interval_seconds: None, is_scored: false })?.folder)
}

/// Writes the shipped configuration into `dir/config`: every file of it that is not there, or is as it was generated.
///
/// Only the keys that say where a source is and how often it is read are changed; streams and mappings are the shipped
/// ones. Other files in that folder are nobody's but the user's.
///
/// # Errors
/// When a file cannot be written.
pub fn refresh(places: &Places, dir: &Path, wanted: Wanted<'_>) -> Result<Written, std::io::Error> {
    let folder = dir.join("config");
    std::fs::create_dir_all(&folder)?;
    let mut generated = read_generated(&folder)?;
    let mut kept = Vec::new();
    for (name, text) in server::shipped::files() {
        let text = if name == Path::new("tongjian.toml") {
            root(text, wanted)
        } else if name.starts_with("departments") {
            pointed(text, places)
        } else {
            text.to_owned()
        };
        let path = folder.join(&name);
        let label = name.display().to_string();
        match std::fs::read(&path) {
            Ok(found) if found != text.as_bytes() && generated.get(&label) != Some(&digest(&found)) => {
                kept.push(path);
                continue;
            }
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(&path, &text)?;
        generated.insert(label, digest(text.as_bytes()));
    }
    let lines: String = generated.iter().map(|(name, digest)| format!("{digest}  {name}\n")).collect();
    std::fs::write(folder.join(GENERATED), lines)?;
    for (name, url) in [("postgres", &places.postgres), ("mysql", &places.mysql), ("mssql", &places.mssql)] {
        if let Some((account, _)) = url.as_deref().and_then(|url| url.rsplit_once('@')) {
            let password = account.rsplit(':').next().unwrap_or_default();
            private_file(&folder.join(format!("{name}.password")), password)?;
        }
    }
    let key = folder.join("person.key");
    if !key.exists() {
        // The demonstration's people are invented: their key may be known.
        private_file(&key, "the demonstration's own key, never for real people\n")?;
    }
    Ok(Written { folder, kept })
}

/// Writes a file that only its owner may read.
///
/// # Errors
/// When it cannot be written.
pub fn private_file(path: &Path, text: &str) -> Result<(), std::io::Error> {
    // The mode counts only for a file that is made.
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true).mode(0o600).open(path)?.write_all(text.as_bytes())
}

fn root(text: &str, wanted: Wanted<'_>) -> String {
    let text =
        text.replace("127.0.0.1:8080", wanted.listen).replace("admin_listen = \"127.0.0.1:8081\"\n", "");
    let text = if wanted.is_scored { text.replace("\nscored = false\n", "\nscored = true\n") } else { text };
    match wanted.interval_seconds {
        Some(seconds) => text.replace("interval_seconds = 300", &format!("interval_seconds = {seconds}")),
        None => text,
    }
}

fn read_generated(folder: &Path) -> Result<BTreeMap<String, String>, std::io::Error> {
    match std::fs::read_to_string(folder.join(GENERATED)) {
        Ok(text) => Ok(text
            .lines()
            .filter_map(|line| line.split_once("  "))
            .map(|(digest, name)| (name.to_owned(), digest.to_owned()))
            .collect()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(BTreeMap::new()),
        Err(error) => Err(error),
    }
}

fn digest(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

/// The text of a department with the places of its sources replaced.
fn pointed(text: &str, places: &Places) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut source: Option<String> = None;
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("[source.").and_then(|rest| rest.strip_suffix(']'))
            && !name.contains('.')
        {
            source = Some(name.to_owned());
        } else if line.starts_with('[') {
            source = None;
        }
        let key = line.split('=').next().unwrap_or("").trim();
        match (&source, key) {
            (
                Some(name),
                "engine" | "enabled" | "host" | "port" | "database" | "user" | "tls" | "path" | "folder",
            ) => {
                if key == "engine" {
                    lines.extend(place(name, places));
                }
            }
            _ => lines.push(line.to_owned()),
        }
    }
    lines.join("\n") + "\n"
}

fn place(source: &str, places: &Places) -> Vec<String> {
    match places.of(source) {
        Place::Postgres(url) => on_server("postgres", url, source),
        Place::Mysql(url) => on_server("mysql", url, source),
        Place::Mssql(url) => on_server("mssql", url, source),
        Place::Sqlite => vec![
            "engine = \"sqlite\"".to_owned(),
            format!("path = {:?}", places.sqlite(source).display().to_string()),
        ],
        Place::Csv | Place::Xlsx => vec![
            "engine = \"file\"".to_owned(),
            format!("folder = {:?}", places.drop_folder(source).display().to_string()),
        ],
    }
}

/// The lines that say where a department's database on a server is.
fn on_server(engine: &str, url: &str, source: &str) -> Vec<String> {
    let (account, address) = url.rsplit_once('@').unwrap_or(("", url));
    let account = account.split_once("://").map_or(account, |(_, account)| account);
    let user = account.split(':').next().filter(|user| !user.is_empty()).unwrap_or(engine);
    let default = match engine {
        "mysql" => "3306",
        "mssql" => "1433",
        _ => "5432",
    };
    let (host, rest) = address.split_once(':').unwrap_or((address, default));
    let port = rest.split('/').next().unwrap_or(default);
    vec![
        format!("engine = \"{engine}\""),
        format!("host = \"{host}\""),
        format!("port = {port}"),
        format!("database = \"{}\"", Places::database(source)),
        format!("user = \"{user}\""),
        format!("password = {{ file = \"{engine}.password\" }}"),
        "tls = { mode = \"disable\" }".to_owned(),
    ]
}

#[cfg(test)]
mod tests {
    use super::{Wanted, refresh};
    use crate::make::Places;

    #[test]
    fn what_somebody_changed_stays() {
        let dir = tempfile::tempdir().unwrap();
        let places = Places { folder: dir.path().join("sources"), postgres: None, mysql: None, mssql: None };
        let of = |listen| {
            refresh(&places, dir.path(), Wanted { listen, interval_seconds: Some(7), is_scored: false })
                .unwrap()
        };
        let first = of("127.0.0.1:1");
        assert!(first.kept.is_empty());
        let file = |name: &str| first.folder.join(name);
        let read = |name: &str| std::fs::read_to_string(file(name)).unwrap();
        assert!(read("tongjian.toml").contains("interval_seconds = 7"));

        let changed = read("departments/court.toml") + "# mine\n";
        std::fs::write(file("departments/court.toml"), &changed).unwrap();
        std::fs::write(file("departments/my_own.toml"), "# mine alone\n").unwrap();
        std::fs::remove_file(file("departments/urban.toml")).unwrap();
        let second = of("127.0.0.1:2");
        assert_eq!(second.kept, [file("departments/court.toml")]);
        assert_eq!(read("departments/court.toml"), changed);
        assert_eq!(read("departments/my_own.toml"), "# mine alone\n");
        assert!(read("departments/urban.toml").contains("[source.urban]"), "what is absent is written");
        assert!(read("tongjian.toml").contains("127.0.0.1:2"), "what nobody changed follows");
        assert_eq!(of("127.0.0.1:2").kept, second.kept, "it stays so");
    }

    #[test]
    fn secrets_are_their_owners_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let postgres = Some("postgres://demo:secret@127.0.0.1:5433/postgres".to_owned());
        let places = Places { folder: dir.path().join("sources"), postgres, mysql: None, mssql: None };
        let wanted = Wanted { listen: "127.0.0.1:1", interval_seconds: None, is_scored: true };
        for _ in 0..2 {
            let folder = refresh(&places, dir.path(), wanted).unwrap().folder;
            assert!(
                std::fs::read_to_string(folder.join("tongjian.toml")).unwrap().contains("\nscored = true\n")
            );
            for name in ["person.key", "postgres.password"] {
                let mode = std::fs::metadata(folder.join(name)).unwrap().permissions().mode();
                assert_eq!(mode & 0o777, 0o600, "{name}");
            }
        }
    }
}
