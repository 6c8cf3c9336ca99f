//! The shipped configuration, pointed at the databases that were made.

use std::path::Path;

use crate::make::{Form, Places, form};

/// Writes the shipped configuration into `dir/config`, with each source where it was made. Returns that folder.
///
/// Only the keys that say where a source is are changed; streams and mappings are the shipped ones.
///
/// # Errors
/// When a file cannot be written.
pub fn write(places: &Places, dir: &Path, listen: &str) -> Result<std::path::PathBuf, std::io::Error> {
    let folder = dir.join("config");
    server::shipped::write(&folder)?;
    let root = folder.join("tongjian.toml");
    let text = std::fs::read_to_string(&root)?
        .replace("127.0.0.1:8080", listen)
        .replace("admin_listen = \"127.0.0.1:8081\"\n", "");
    std::fs::write(&root, text)?;
    for entry in std::fs::read_dir(folder.join("departments"))? {
        let path = entry?.path();
        let text = std::fs::read_to_string(&path)?;
        std::fs::write(&path, pointed(&text, places))?;
    }
    for (name, url) in [("postgres", &places.postgres), ("mysql", &places.mysql)] {
        if let Some((account, _)) = url.as_deref().and_then(|url| url.rsplit_once('@')) {
            let password = account.rsplit(':').next().unwrap_or_default();
            std::fs::write(folder.join(format!("{name}.password")), password)?;
        }
    }
    let key = folder.join("person.key");
    if !key.exists() {
        // The demonstration's people are invented: their key may be known.
        std::fs::write(&key, "the demonstration's own key, never for real people\n")?;
    }
    Ok(folder)
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
    match (form(source), &places.postgres, &places.mysql) {
        (Form::Postgres, Some(url), _) => on_server("postgres", url, source),
        (Form::Mysql, _, Some(url)) => on_server("mysql", url, source),
        (Form::Postgres, None, _) | (Form::Mysql, _, None) | (Form::Mssql | Form::Sqlite, ..) => {
            vec![
                "engine = \"sqlite\"".to_owned(),
                format!("path = {:?}", places.sqlite(source).display().to_string()),
            ]
        }
        (Form::Csv | Form::Xlsx, ..) => vec![
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
    let default = if engine == "mysql" { "3306" } else { "5432" };
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
