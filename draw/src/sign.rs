//! Signatures over heads: Ed25519 in the suite with SHA-256, SM2 with SM3 in the other.
//!
//! Must never know: what is signed, or who should have.

use ed25519_dalek::Signer as _;
use sampling::Suite;
use sm2::dsa::signature::Verifier as _;

/// The identity every SM2 signature is made under.
const SM2_IDENTITY: &str = "1234567812345678";

/// A key that signs. Never printed.
pub struct Key(Inner);

enum Inner {
    Ed25519(Box<ed25519_dalek::SigningKey>),
    Sm2(Box<sm2::dsa::SigningKey>),
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(..)")
    }
}

impl Key {
    /// From 32 secret bytes; for SM2 they must be a number below the order of the curve, and not 0.
    pub fn new(suite: Suite, secret: &[u8; 32]) -> Option<Key> {
        Some(Key(match suite {
            Suite::Sha256 => Inner::Ed25519(Box::new(ed25519_dalek::SigningKey::from_bytes(secret))),
            Suite::Sm3 => Inner::Sm2(Box::new(sm2::dsa::SigningKey::from_slice(SM2_IDENTITY, secret).ok()?)),
        }))
    }

    /// The public key as the plan names it: 64 characters, or `04` and 128.
    pub fn public(&self) -> String {
        match &self.0 {
            Inner::Ed25519(key) => hex(key.verifying_key().as_bytes()),
            Inner::Sm2(key) => hex(&key.verifying_key().to_sec1_bytes()),
        }
    }

    /// The bytes of a signature file: 128 characters and LF. None if the SM2 library fails.
    pub fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        let text = match &self.0 {
            Inner::Ed25519(key) => hex(&key.sign(message).to_bytes()),
            Inner::Sm2(key) => {
                let signature: sm2::dsa::Signature =
                    sm2::dsa::signature::Signer::try_sign(&**key, message).ok()?;
                hex(&signature.to_bytes())
            }
        };
        Some((text + "\n").into_bytes())
    }
}

/// Whether a signature file holds a signature of a key over a message.
pub fn holds(suite: Suite, key: &str, message: &[u8], file: &[u8]) -> bool {
    let signature = file.strip_suffix(b"\n").and_then(unhex::<64>);
    let Some(signature) = signature else { return false };
    match suite {
        Suite::Sha256 => {
            let Some(key) = unhex::<32>(key.as_bytes()) else { return false };
            let Ok(key) = ed25519_dalek::VerifyingKey::from_bytes(&key) else { return false };
            key.verify_strict(message, &ed25519_dalek::Signature::from_bytes(&signature)).is_ok()
        }
        Suite::Sm3 => {
            let Some(key) = unhex::<65>(key.as_bytes()) else { return false };
            let Ok(key) = sm2::dsa::VerifyingKey::from_sec1_bytes(SM2_IDENTITY, &key) else { return false };
            sm2::dsa::Signature::from_slice(&signature)
                .is_ok_and(|signature| key.verify(message, &signature).is_ok())
        }
    }
}

/// Whether a file has the form of a signature, whoever made it.
pub fn is_form(file: &[u8]) -> bool {
    file.strip_suffix(b"\n").and_then(unhex::<64>).is_some()
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Exactly `N` bytes of lower-case hexadecimal.
pub fn unhex<const N: usize>(text: &[u8]) -> Option<[u8; N]> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let (pairs, rest) = text.as_chunks::<2>();
    if !rest.is_empty() || pairs.len() != N {
        return None;
    }
    let mut out = [0; N];
    for (byte, [high, low]) in out.iter_mut().zip(pairs) {
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_key_signs_holds_and_nothing_else() {
        for suite in Suite::ALL {
            let key = Key::new(suite, &[7; 32]).unwrap();
            let signature = key.sign(b"head").unwrap();
            assert!(holds(suite, &key.public(), b"head", &signature));
            assert!(!holds(suite, &key.public(), b"heap", &signature));
            let mut bent = signature.clone();
            bent[5] = if bent[5] == b'0' { b'1' } else { b'0' };
            assert!(!holds(suite, &key.public(), b"head", &bent));
            let other = Key::new(suite, &[8; 32]).unwrap();
            assert!(!holds(suite, &other.public(), b"head", &signature));
        }
    }
}
