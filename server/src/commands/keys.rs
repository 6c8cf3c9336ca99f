//! `tongjian keys`: the keys of callers. A key is shown once, when it is made; its digest is kept.

use std::io::Write as _;
use std::path::Path;

use hub::catalogue::Role;
use messages::Message;
use serde_json::json;

use crate::app::{App, Failed, chain};
use crate::cli::{Invocation, Keys};
use crate::exit::Exit;
use crate::output::{self, Format};

/// Makes, lists or revokes.
pub(crate) fn run(invocation: &Invocation, app: &App, what: &Keys) -> Result<Exit, Failed> {
    let keys = app.keys()?;
    let failed = |error: &dyn std::error::Error| Failed {
        exit: Exit::Failure,
        text: chain(app.lang, "TJ-V012", error),
    };
    match what {
        Keys::Create { department, role, label } => {
            if !app.config.departments.iter().any(|known| known.id == *department) {
                let names: Vec<&str> = app.config.departments.iter().map(|known| known.id.as_str()).collect();
                let message =
                    Message::new("TJ-V023").with("department", department).with("names", names.join(", "));
                return Err(Failed::new(Exit::NotFound, app.lang, &message));
            }
            let role: Role = role.parse().map_err(|error: hub::catalogue::UnknownRole| failed(&error))?;
            let random = random().map_err(|why| Failed { exit: Exit::Failure, text: why })?;
            let made = keys
                .create(label, department, role, random, app.clock.now())
                .map_err(|error| failed(&error))?;
            match invocation.format {
                Format::Table => output::line(made.reveal()),
                Format::Json => output::json(&json!({ "id": made.id, "key": made.reveal() })),
            }
            Ok(Exit::Ok)
        }
        Keys::List => {
            let entries = keys.list().map_err(|error| failed(&error))?;
            list(invocation, app, &entries);
            Ok(Exit::Ok)
        }
        Keys::Revoke { id } => match keys.revoke(id, app.clock.now()) {
            Ok(()) => {
                output::line(&Message::new("TJ-V025").with("id", id).render(app.lang));
                Ok(Exit::Ok)
            }
            Err(hub::catalogue::keys::KeysError::Unknown { id }) => {
                Err(Failed::new(Exit::NotFound, app.lang, &Message::new("TJ-V024").with("id", id)))
            }
            Err(error) => Err(failed(&error)),
        },
    }
}

fn list(invocation: &Invocation, app: &App, entries: &[hub::catalogue::keys::KeyEntry]) {
    let when = |at: hub::clock::Timestamp| output::local(at, &app.config.hub.zone);
    match invocation.format {
        Format::Json => {
            let entries: Vec<_> = entries
                .iter()
                .map(|entry| {
                    json!({
                        "id": entry.id, "department": entry.department, "role": entry.role.id(), "label": entry.label,
                        "created": entry.created.to_string(), "revoked": entry.revoked.map(|at| at.to_string()),
                    })
                })
                .collect();
            output::json(&json!(entries));
        }
        Format::Table => {
            let rows = entries
                .iter()
                .map(|entry| {
                    vec![
                        entry.id.clone(),
                        entry.department.clone(),
                        entry.role.to_string(),
                        entry.label.clone(),
                        when(entry.created),
                        entry.revoked.map(when).unwrap_or_default(),
                    ]
                })
                .collect();
            let header = ["TJ-V080", "TJ-V030", "TJ-V086", "TJ-V087", "TJ-V088", "TJ-V089"];
            output::titled(invocation.lang, &header, rows);
        }
    }
}

/// 32 bytes of the operating system's generator.
pub(super) fn random() -> Result<[u8; 32], String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| format!("the system's generator failed: {error}"))?;
    Ok(bytes)
}

/// Writes a file that only its owner may read; fails if it exists.
pub(super) fn private_file(path: &Path, text: &str) -> Result<(), std::io::Error> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(text.as_bytes())
}
