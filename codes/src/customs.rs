//! The registration code at customs: ten characters without a check.

use std::fmt;

use crate::{
    Fault,
    clean::{Clean, ascii, refuse_placeholder, require, require_digits},
};

/// A registration code at customs (海关注册编码). Only its form is known to be right.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CustomsCode([u8; 10]);

impl CustomsCode {
    /// Reads a code: four digits of the district, then digits and letters.
    ///
    /// # Errors
    /// The first fault.
    pub fn parse(text: &str) -> Result<CustomsCode, Fault> {
        let bytes: [u8; 10] = Clean::new(text).exactly("10", "0-9 A-Z")?;
        let [d1, d2, d3, d4, rest @ ..] = bytes;
        require_digits(&[d1, d2, d3, d4], 1)?;
        require(&rest, 5, "0-9 A-Z", u8::is_ascii_alphanumeric)?;
        refuse_placeholder(&bytes)?;
        Ok(CustomsCode(bytes))
    }

    /// The ten characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        ascii(&self.0)
    }
}

impl fmt::Display for CustomsCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for CustomsCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CustomsCode({self})")
    }
}

impl std::str::FromStr for CustomsCode {
    type Err = Fault;

    fn from_str(text: &str) -> Result<CustomsCode, Fault> {
        CustomsCode::parse(text)
    }
}
