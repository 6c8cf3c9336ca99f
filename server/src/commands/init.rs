//! `tongjian init`: the shipped configuration, and a key for the people in it.

use std::path::Path;

use messages::Message;

use crate::app::Failed;
use crate::cli::Invocation;
use crate::exit::Exit;
use crate::output;

/// Writes the configuration; never over one that is there.
pub(crate) fn run(invocation: &Invocation, folder: &Path) -> Result<Exit, Failed> {
    let lang = invocation.lang;
    if folder.join("tongjian.toml").exists() {
        let message = Message::new("TJ-V020").with("folder", folder.display());
        return Err(Failed::new(Exit::Failure, lang, &message));
    }
    let failed = |why: String| Failed::new(Exit::Failure, lang, &Message::new("TJ-V021").with("why", why));
    crate::shipped::write(folder).map_err(|error| failed(error.to_string()))?;
    let random = super::keys::random().map_err(failed)?;
    let key: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    super::keys::private_file(&folder.join("person.key"), &(key + "\n"))
        .map_err(|error| failed(error.to_string()))?;
    output::line(&Message::new("TJ-V022").with("folder", folder.display()).render(lang));
    Ok(Exit::Ok)
}
