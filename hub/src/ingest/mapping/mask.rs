//! Personal values masked: what people who mend a row may see of them.

/// The masked form of an ID number: `610***********002X`.
pub(super) fn id_number(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    if chars.len() < 12 {
        return "*".repeat(chars.len());
    }
    chars.iter().enumerate().map(|(at, c)| if at < 3 || at + 4 >= chars.len() { *c } else { '*' }).collect()
}

/// The masked form of any other personal cell: its first character.
pub(super) fn cell(text: &str) -> String {
    text.chars().take(1).chain("**".chars()).collect()
}

/// A text in which every run that could be an 18-character ID number is masked.
pub(super) fn id_numbers_within(text: &str) -> String {
    codes::id_numbers_masked(text, id_number).unwrap_or_else(|| text.to_owned())
}
