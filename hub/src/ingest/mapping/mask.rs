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
    let mut out = String::with_capacity(text.len());
    let mut run = String::new();
    for c in text.chars().chain(['\0']) {
        if c.is_ascii_digit() || matches!(c, 'X' | 'x') {
            run.push(c);
            continue;
        }
        out.push_str(&masked_run(&run));
        run.clear();
        if c != '\0' {
            out.push(c);
        }
    }
    out
}

/// Eighteen characters or more with a plausible year of birth in the place of an ID number's.
fn masked_run(run: &str) -> String {
    let is_id = run.len() >= 18 && run.get(6..8).is_some_and(|century| matches!(century, "18" | "19" | "20"));
    if !is_id {
        return run.to_owned();
    }
    let (number, rest) = run.split_at(18);
    format!("{}{}", id_number(number), "*".repeat(rest.len()))
}
