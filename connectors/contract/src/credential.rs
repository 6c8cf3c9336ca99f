//! Secrets, read anew at every connect, never printed.

use std::fmt;
use std::sync::Arc;

use secrecy::SecretString;

/// A secret that is read each time a connection is opened, so that it can be rotated without a restart.
#[derive(Clone)]
pub struct Credential {
    read: Arc<dyn Fn() -> Result<SecretString, String> + Send + Sync>,
}

impl Credential {
    /// A credential read by `read`; its error text says what could not be read, never the secret.
    pub fn new(read: impl Fn() -> Result<SecretString, String> + Send + Sync + 'static) -> Credential {
        Credential { read: Arc::new(read) }
    }

    /// Reads the secret now.
    ///
    /// # Errors
    /// What could not be read (a file, a variable), without the secret.
    pub fn read(&self) -> Result<SecretString, String> {
        (self.read)()
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credential(..)")
    }
}
