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

/// A run that begins with a valid ID number.
fn masked_run(run: &str) -> String {
    match run.get(..18) {
        Some(number) if codes::ResidentId::parse(number).is_ok() => {
            format!("{}{}", id_number(number), "*".repeat(run.len() - 18))
        }
        Some(_) | None => run.to_owned(),
    }
}
