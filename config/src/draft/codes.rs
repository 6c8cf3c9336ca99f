//! Drafts of `codes/*.toml`: code lists with their editions, translations of departments' own codes, working days.

/// `[list.<id>]`: a code list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListDraft {
    /// The id; path `list.<id>`.
    pub id: String,
    /// `label_zh`.
    pub label_zh: String,
    /// `label_en`.
    pub label_en: String,
    /// The editions in the order they are written, at least one. `edition`, `from`, `until`, `entries` directly in
    /// the list are its first edition; more stand in `[[list.<id>.editions]]`.
    pub editions: Vec<EditionDraft>,
}

/// One edition of a code list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditionDraft {
    /// Its path: `list.<id>` or `list.<id>.editions[n]`.
    pub path: String,
    /// `edition`: its name, as `2017`.
    pub name: String,
    /// `from`: first day in force, `YYYY-MM-DD`.
    pub from: Option<String>,
    /// `until`: first day no longer in force, `YYYY-MM-DD`.
    pub until: Option<String>,
    /// `entries`, in the order they are written; path `<edition>.entries[n]`.
    pub entries: Vec<EntryDraft>,
}

/// `{ code = "01", zh = "警告", en = "Warning", from = "2021-07-15" }`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryDraft {
    /// `code`.
    pub code: String,
    /// `zh`.
    pub zh: String,
    /// `en`; the Chinese if absent.
    pub en: String,
    /// `parent`: the code above it.
    pub parent: Option<String>,
    /// `from`: first day, if later than the edition's, `YYYY-MM-DD`.
    pub from: Option<String>,
    /// `until`: first day it is no longer given, `YYYY-MM-DD`.
    pub until: Option<String>,
}

/// `[translation.<id>]`: a department's own codes into those of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TranslationDraft {
    /// The id; path `translation.<id>`.
    pub id: String,
    /// `list`: the list translated into.
    pub list: String,
    /// `edition`: of that list; the one in force if absent.
    pub edition: Option<String>,
    /// `map`: their code, our code, in the order they are written.
    pub map: Vec<(String, String)>,
    /// `otherwise`: our code for any of theirs that is not in the map; absent: such a row is a dead letter.
    pub otherwise: Option<String>,
}

/// `[calendar.<id>]`: the days of one year that are not worked, or worked, other than their weekday says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarDraft {
    /// The id; path `calendar.<id>`.
    pub id: String,
    /// `year`.
    pub year: u32,
    /// `off`: days and spans of days, `2025-10-01/2025-10-08`, not worked; path `calendar.<id>.off[n]`.
    pub off: Vec<String>,
    /// `worked`: the same, worked for them; path `calendar.<id>.worked[n]`.
    pub worked: Vec<String>,
    /// `basis`: who arranged it so.
    pub basis: Option<String>,
}
