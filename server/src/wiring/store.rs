//! The address of a PostgreSQL store, with its password, read at every opening.

use config::draft::StoreDraft;
use contract::Credential;
use secrecy::{ExposeSecret as _, SecretString};

use super::credential;

/// A credential that gives the whole address. Of a SQLite store, an empty one.
pub(crate) fn store_url(store: &StoreDraft) -> Credential {
    match store {
        StoreDraft::Sqlite { .. } => Credential::new(|| Ok(SecretString::from(String::new()))),
        StoreDraft::Postgres { url, password, ca, .. } => {
            let (url, password, ca) = (url.clone(), password.as_ref().map(credential), ca.clone());
            Credential::new(move || {
                let mut text = url.expose_secret().to_owned();
                if let Some(password) = &password {
                    let secret = percent_encoded(password.read()?.expose_secret());
                    text = match text.split_once('@') {
                        Some((account, rest)) => format!("{account}:{secret}@{rest}"),
                        None => text,
                    };
                }
                if let Some(ca) = &ca {
                    let sign = if text.contains('?') { '&' } else { '?' };
                    text.push_str(&format!("{sign}sslmode=verify-full&sslrootcert={}", ca.display()));
                }
                Ok(SecretString::from(text))
            })
        }
    }
}

fn percent_encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(byte as char);
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}
