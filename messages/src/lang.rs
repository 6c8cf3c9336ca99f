//! The languages texts are kept in.

use std::{fmt, str::FromStr};

/// A language an operator or a caller reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Lang {
    /// Chinese as written on the mainland; the default.
    #[default]
    Zh,
    /// English.
    En,
}

/// A name of a language that we do not keep texts in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownLang {
    text: String,
}

impl fmt::Display for UnknownLang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown language `{}`, use `zh` or `en`", self.text)
    }
}

impl std::error::Error for UnknownLang {}

impl FromStr for Lang {
    type Err = UnknownLang;

    /// Reads `zh`, `en`, and the longer tags of locales that begin so (`zh-CN`, `en_US.UTF-8`).
    fn from_str(text: &str) -> Result<Lang, UnknownLang> {
        let language = text.split(['-', '_', '.']).next().unwrap_or_default();
        if language.eq_ignore_ascii_case("zh") {
            Ok(Lang::Zh)
        } else if language.eq_ignore_ascii_case("en") {
            Ok(Lang::En)
        } else {
            Err(UnknownLang { text: text.to_owned() })
        }
    }
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Lang::Zh => "zh-CN",
            Lang::En => "en",
        })
    }
}
