//! `tongjian init`: the shipped configuration, a key for the people in it, and where the store will be.

use std::path::Path;

use messages::Message;

use crate::app::Failed;
use crate::cli::Invocation;
use crate::exit::Exit;
use crate::output;

/// Where the shipped configuration keeps store and audit trail: beside itself.
const STORE: &str = "store = \"sqlite:tongjian.db\"";
const AUDIT: &str = "audit = \"audit.db\"";

/// Writes the configuration; never over one that is there.
pub(crate) fn run(invocation: &Invocation, folder: &Path, data: Option<&Path>) -> Result<Exit, Failed> {
    let lang = invocation.lang;
    if folder.join("tongjian.toml").exists() {
        let message = Message::new("TJ-V020").with("folder", folder.display());
        return Err(Failed::new(Exit::Failure, lang, &message));
    }
    let failed = |why: String| Failed::new(Exit::Failure, lang, &Message::new("TJ-V021").with("why", why));
    crate::shipped::write(folder).map_err(|error| failed(error.to_string()))?;
    switch_off(&folder.join("departments")).map_err(|error| failed(error.to_string()))?;
    if let Some(data) = data {
        keep_in(folder, data).map_err(|error| failed(error.to_string()))?;
    }
    let random = super::keys::random().map_err(failed)?;
    let key: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    super::keys::private_file(&folder.join("person.key"), &(key + "\n"))
        .map_err(|error| failed(error.to_string()))?;
    output::line(&Message::new("TJ-V022").with("folder", folder.display()).render(lang));
    output::line(&Message::new("TJ-V079").render(lang));
    Ok(Exit::Ok)
}

/// Switches every source off: where the departments' databases are, nobody has said yet.
fn switch_off(departments: &Path) -> Result<(), std::io::Error> {
    for entry in std::fs::read_dir(departments)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "toml") {
            let text = std::fs::read_to_string(&path)?;
            std::fs::write(&path, switched_off(&text))?;
        }
    }
    Ok(())
}

/// The same text with every source switched off that says nothing of it.
fn switched_off(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 200);
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        out.push_str(line);
        out.push('\n');
        let id = line.trim_end().strip_prefix("[source.").and_then(|rest| rest.strip_suffix(']'));
        let is_source = id.is_some_and(|id| !id.contains('.'));
        let is_told = lines.peek().is_some_and(|next| next.trim_start().starts_with("enabled"));
        if is_source && !is_told {
            out.push_str("enabled = false  # 填好连接后改为 true · true once the connection is filled in\n");
        }
    }
    out
}

/// Points the configuration's store and audit trail into a directory, and makes that.
fn keep_in(folder: &Path, data: &Path) -> Result<(), std::io::Error> {
    std::fs::create_dir_all(data)?;
    let data = std::path::absolute(data)?;
    let root = folder.join("tongjian.toml");
    // A path in quotes as TOML wants it: escapes are those of JSON.
    let quoted = |text: String| serde_json::Value::String(text).to_string();
    let store = quoted(format!("sqlite:{}", data.join("tongjian.db").display()));
    let audit = quoted(data.join("audit.db").display().to_string());
    let text = std::fs::read_to_string(&root)?.replacen(STORE, &format!("store = {store}"), 1).replacen(
        AUDIT,
        &format!("audit = {audit}"),
        1,
    );
    std::fs::write(&root, text)
}

#[cfg(test)]
mod tests {
    use super::{AUDIT, STORE, keep_in, switch_off, switched_off};

    #[test]
    fn a_fresh_configuration_is_sound_and_reads_nothing() {
        let folder = tempfile::tempdir().unwrap();
        crate::shipped::write(folder.path()).unwrap();
        switch_off(&folder.path().join("departments")).unwrap();
        std::fs::write(folder.path().join("person.key"), "a key of the tests alone").unwrap();
        let sound =
            crate::judge::judge(folder.path(), &config::Overrides::default()).unwrap_or_else(|problems| {
                panic!("{}", problems.iter().map(|one| one.render(messages::Lang::En)).collect::<String>())
            });
        let sources: Vec<_> =
            sound.config.departments.iter().flat_map(|department| &department.sources).collect();
        assert!(sources.len() >= 22 && sources.iter().all(|source| !source.is_enabled), "{}", sources.len());
        let again = "[source.a]\nenabled = true\n[[source.a.stream]]\n[source.a.stream.fields]\n";
        assert_eq!(switched_off(again), again);
    }

    #[test]
    fn the_store_is_kept_where_it_was_told() {
        let folder = tempfile::tempdir().unwrap();
        let (config, data) = (folder.path().join("etc"), folder.path().join("var \"1\""));
        crate::shipped::write(&config).unwrap();
        let shipped = std::fs::read_to_string(config.join("tongjian.toml")).unwrap();
        assert!(shipped.contains(STORE) && shipped.contains(AUDIT), "{shipped}");
        keep_in(&config, &data).unwrap();
        let judged = config::judge(&config, &config::Overrides::default());
        let hub = judged.config.expect("it is read").hub;
        let config::draft::StoreDraft::Sqlite { path } = hub.store else { panic!("no file") };
        assert_eq!((path, hub.audit), (data.join("tongjian.db"), data.join("audit.db")));
        assert!(data.is_dir());
    }
}
