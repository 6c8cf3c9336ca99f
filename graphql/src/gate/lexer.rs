//! The lexer's guard: one pass over the bytes, no recursion, no allocation but a stack of brackets that is bounded.
//!
//! It does not judge grammar; the parser does, once it cannot be hurt.

use super::Limits;
use crate::refusal::Refusal;

/// What a question may be marked with. The executor passes over any other, as if it had not been written.
const KNOWN_DIRECTIVES: [&[u8]; 2] = [b"include", b"skip"];

/// Refuses a text that is not safe to parse.
pub(crate) fn measure(text: &str, limits: &Limits) -> Result<(), Refusal> {
    let mut lexer = Lexer {
        bytes: text.as_bytes(),
        at: 0,
        limits,
        n_tokens: 0,
        n_directives: 0,
        is_after_at: false,
        open: Vec::new(),
    };
    while lexer.at < lexer.bytes.len() {
        lexer.token()?;
    }
    Ok(())
}

struct Lexer<'t> {
    bytes: &'t [u8],
    at: usize,
    limits: &'t Limits,
    n_tokens: u32,
    n_directives: u32,
    /// The token before was an `@`.
    is_after_at: bool,
    /// Brackets that are open. What stands inside a parenthesis or a square bracket is a value or a type.
    open: Vec<u8>,
}

impl Lexer<'_> {
    fn token(&mut self) -> Result<(), Refusal> {
        let Some(byte) = self.peek(0) else { return Ok(()) };
        match byte {
            b' ' | b'\t' | b'\n' | b'\r' | b',' => {
                self.at += 1;
                return Ok(());
            }
            b'#' => return self.run(|byte| byte != b'\n' && byte != b'\r'),
            _ => {}
        }
        self.n_tokens += 1;
        if self.n_tokens > self.limits.tokens {
            return Err(Refusal::tokens(self.limits.tokens));
        }
        let is_directive = std::mem::take(&mut self.is_after_at);
        match byte {
            b'"' if self.starts_with(b"\"\"\"") => self.block_string(),
            b'"' => self.string(),
            b'{' | b'(' | b'[' => self.opened(byte),
            b'}' | b')' | b']' => {
                self.open.pop();
                self.at += 1;
                Ok(())
            }
            b'@' => {
                self.at += 1;
                self.n_directives += 1;
                if self.n_directives > self.limits.directives {
                    return Err(Refusal::directives(self.limits.directives));
                }
                self.is_after_at = true;
                Ok(())
            }
            b'_' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => {
                let start = self.at;
                self.run(|byte| byte == b'_' || byte == b'.' || byte.is_ascii_alphanumeric())?;
                let name = self.bytes.get(start..self.at).unwrap_or_default();
                match is_directive && !KNOWN_DIRECTIVES.contains(&name) {
                    true => Err(Refusal::unknown_directive(&String::from_utf8_lossy(name))),
                    false => Ok(()),
                }
            }
            _ => {
                self.at += 1;
                Ok(())
            }
        }
    }

    fn opened(&mut self, bracket: u8) -> Result<(), Refusal> {
        self.at += 1;
        self.open.push(bracket);
        let first_value = self.open.iter().position(|open| *open != b'{').unwrap_or(self.open.len());
        let n_values = self.open.len() - first_value;
        if n_values > usize::try_from(self.limits.value_depth).unwrap_or(usize::MAX) {
            return Err(Refusal::value_depth(self.limits.value_depth));
        }
        // Twice what is allowed: fragments and introspection are measured by the document, not here.
        if first_value > usize::try_from(self.limits.depth).unwrap_or(usize::MAX).saturating_mul(2) {
            return Err(Refusal::depth(self.limits.depth));
        }
        Ok(())
    }

    fn run(&mut self, belongs: impl Fn(u8) -> bool) -> Result<(), Refusal> {
        let start = self.at;
        while self.peek(0).is_some_and(&belongs) {
            self.at += 1;
        }
        self.sized(start)
    }

    fn string(&mut self) -> Result<(), Refusal> {
        let start = self.at;
        self.at += 1;
        while let Some(byte) = self.peek(0) {
            self.at += 1;
            match byte {
                b'\\' => self.at += 1,
                b'"' | b'\n' | b'\r' => break,
                _ => {}
            }
        }
        self.sized(start)
    }

    fn block_string(&mut self) -> Result<(), Refusal> {
        let start = self.at;
        self.at += 3;
        while self.at < self.bytes.len() {
            if self.starts_with(b"\\\"\"\"") {
                self.at += 4;
            } else if self.starts_with(b"\"\"\"") {
                self.at += 3;
                break;
            } else {
                self.at += 1;
            }
        }
        self.sized(start)
    }

    fn sized(&self, start: usize) -> Result<(), Refusal> {
        match self.at.saturating_sub(start) > self.limits.token_bytes {
            true => Err(Refusal::token_size(self.limits.token_bytes)),
            false => Ok(()),
        }
    }

    fn starts_with(&self, text: &[u8]) -> bool {
        self.bytes.get(self.at..).is_some_and(|rest| rest.starts_with(text))
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }
}
