//! The codes of reasons for which the hub must set a row aside; the same that its documentation lists.

/// A credit code whose check character is wrong.
pub const USCC_CHECK: &str = "TJ-I004";
/// A required field without a value.
pub const MISSING: &str = "TJ-D001";
/// A text that is no day of the calendar.
pub const BAD_DATE: &str = "TJ-D004";
/// Money beyond its type.
pub const MONEY_RANGE: &str = "TJ-D006";
/// A number that is none.
pub const BAD_NUMBER: &str = "TJ-D005";
/// Bytes that are no text of the declared charset.
pub const BAD_BYTES: &str = "TJ-D002";
/// A key that stands twice.
pub const REPEATED_KEY: &str = "TJ-D021";
/// A key that is missing.
pub const NO_KEY: &str = "TJ-D020";

/// Why a code of a real registration must be set aside, if it must: by the standard's own rules.
#[must_use]
pub fn of_uscc(code: &str) -> Option<&'static str> {
    codes::Uscc::parse(code).err().map(|fault| fault.message().code)
}
