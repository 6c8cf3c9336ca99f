//! Whose certificates are believed.

use std::path::Path;

use contract::{ReadError, Refusal};
use mysql_async::{Error, IoError, SslOpts};
use rustls::{CertificateError, RootCertStore};

use crate::Tls;

/// The driver's options for a mode; `None`: no encryption.
pub(crate) fn options(tls: &Tls) -> Result<Option<SslOpts>, ReadError> {
    // The driver takes the process's provider; with several linked in there is none unless one was chosen.
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // Lost only to somebody who chose at the same moment.
        let _ = rustls::crypto::ring::default_provider().install_default();
    }
    Ok(match tls {
        Tls::Disabled => None,
        Tls::Preferred | Tls::Unverified => Some(SslOpts::default().with_danger_accept_invalid_certs(true)),
        Tls::VerifiedAuthority { ca } | Tls::Required { ca } => {
            let roots = roots(ca.as_deref())?.into_iter().map(Into::into).collect();
            Some(SslOpts::default().with_disable_built_in_roots(true).with_root_certs(roots))
        }
    })
}

/// A name for which the server's certificate is valid, when only the name was wrong.
///
/// The driver cannot examine the authority without the host's name. The chain is examined before the name, so a
/// second connection under a name of the certificate's own examines the same, and the authority again.
pub(crate) fn presented_name(error: &Error) -> Option<String> {
    let Error::Io(error) = error else { return None };
    let inner = match error {
        IoError::Io(error) => error.get_ref()?.downcast_ref::<rustls::Error>()?.clone(),
        IoError::Tls(_) => return None,
    };
    let rustls::Error::InvalidCertificate(CertificateError::NotValidForNameContext { presented, .. }) = inner
    else {
        return None;
    };
    let name = presented.first()?;
    let bare = name.split_once('(').map_or(name.as_str(), |(_, rest)| rest).trim_matches(['"', ')', '(']);
    let bare = bare.trim_matches('"');
    Some(bare.strip_prefix("*.").map_or_else(|| bare.to_owned(), |rest| format!("any.{rest}")))
}

/// Certificates of authorities, PEM or DER.
fn roots(ca: Option<&Path>) -> Result<Vec<Vec<u8>>, ReadError> {
    let refused = |words: String| ReadError::Refused { refusal: Refusal::Tls, words };
    if let Some(path) = ca {
        let pem = std::fs::read(path)
            .map_err(|error| refused(format!("cannot read `{}`: {error}", path.display())))?;
        return Ok(vec![pem]);
    }
    // One that does not parse would spoil all: each is tried.
    let trusted = rustls_native_certs::load_native_certs().certs;
    let sound = trusted.into_iter().filter(|one| RootCertStore::empty().add(one.clone()).is_ok());
    let roots: Vec<_> = sound.map(|one| one.to_vec()).collect();
    if roots.is_empty() {
        return Err(refused("this machine trusts no certificate authority".to_owned()));
    }
    Ok(roots)
}
