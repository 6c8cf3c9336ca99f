//! Salts: they hide a line from whoever does not hold it, and bind it all the same.

use std::fmt;

use crate::Suite;
use crate::encoding::Code;

/// The key of a frame: 32 random bytes made new for each draw. It is never printed.
#[derive(Clone)]
pub struct FrameKey([u8; 32]);

impl FrameKey {
    /// Takes the bytes.
    pub fn new(bytes: [u8; 32]) -> FrameKey {
        FrameKey(bytes)
    }
}

impl fmt::Debug for FrameKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FrameKey(..)")
    }
}

/// Salt of a line: 32 hexadecimal characters. `line` has neither salt nor LF.
pub fn salt(suite: Suite, key: &FrameKey, plan_id: &Code, draw_no: u64, file: &str, line: &[u8]) -> String {
    let mut message = format!("{plan_id}\n{draw_no}\n{file}\n").into_bytes();
    message.extend_from_slice(line);
    let mut hex = suite.hmac(&key.0, &message).hex();
    hex.truncate(32);
    hex
}

/// A file of unsalted lines with the salt as last column of each.
pub fn salted(
    suite: Suite,
    key: &FrameKey,
    plan_id: &Code,
    draw_no: u64,
    file: &str,
    text: &[u8],
) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() * 2);
    for line in crate::encoding::lines(file, text) {
        out.extend_from_slice(line.bytes);
        out.push(b'\t');
        out.extend_from_slice(salt(suite, key, plan_id, draw_no, file, line.bytes).as_bytes());
        out.push(b'\n');
    }
    out
}
