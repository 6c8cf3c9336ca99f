//! Numbers of people inside other texts, also where blanks or hyphens stand between the digits or the digits are
//! full-width.

use crate::ResidentId;
use crate::clean::half_width;

/// Marks between two digits of one number, at most.
const MOST_MARKS: usize = 3;

/// Digits without anything between them.
struct Piece {
    start: usize,
    end: usize,
    /// Half-width.
    digits: String,
}

/// The text with every ID number masked: 18 characters that are valid, alone or at the beginning of a longer run of
/// digits, whose rest becomes stars; or in pieces with blanks or hyphens between them. `None` where there is none.
#[must_use]
pub fn id_numbers_masked(text: &str, mask: impl Fn(&str) -> String) -> Option<String> {
    let is_id = |number: &str| ResidentId::parse(number).is_ok();
    replaced(text, |pieces| {
        let first = pieces.first()?.digits.as_str();
        let run = first.trim_start_matches('X');
        match run.get(..18) {
            Some(number) if is_id(number) => {
                let before = "X".repeat(first.len() - run.len());
                Some((1, format!("{before}{}{}", mask(number), "*".repeat(run.len() - 18))))
            }
            Some(_) | None => {
                joined(pieces, 18).filter(|(_, number)| is_id(number)).map(|(n, number)| (n, mask(&number)))
            }
        }
    })
}

/// The text with every number of so many characters masked that `is_one` takes for one; it stands alone among digits,
/// or in pieces with blanks or hyphens between them. `None` where there is none.
#[must_use]
pub fn numbers_masked(
    text: &str,
    length: usize,
    is_one: impl Fn(&str) -> bool,
    mask: impl Fn(&str) -> String,
) -> Option<String> {
    replaced(text, |pieces| {
        joined(pieces, length).filter(|(_, number)| is_one(number)).map(|(n, number)| (n, mask(&number)))
    })
}

/// Whether nothing but digits and what may stand between them is there.
#[must_use]
pub fn is_number_alone(text: &str) -> bool {
    text.chars().all(|c| digit(c).is_some() || is_mark(c))
}

/// The text with what `choose` takes from the beginning of some pieces: how many, and what stands in their place.
fn replaced(text: &str, choose: impl Fn(&[Piece]) -> Option<(usize, String)>) -> Option<String> {
    let mut out = String::new();
    let mut done = 0;
    for run in runs(text) {
        let mut rest = run.as_slice();
        while let Some(first) = rest.first() {
            let chosen = choose(rest).filter(|(n, _)| *n > 0);
            let Some((n, instead)) = chosen else {
                rest = rest.get(1..).unwrap_or_default();
                continue;
            };
            out.push_str(text.get(done..first.start).unwrap_or_default());
            out.push_str(&instead);
            done = rest.get(n - 1).map_or(first.end, |last| last.end);
            rest = rest.get(n..).unwrap_or_default();
        }
    }
    if done == 0 {
        return None;
    }
    out.push_str(text.get(done..).unwrap_or_default());
    Some(out)
}

/// The first pieces that have so many digits together.
fn joined(pieces: &[Piece], length: usize) -> Option<(usize, String)> {
    let mut number = String::new();
    for (at, piece) in pieces.iter().enumerate() {
        number.push_str(&piece.digits);
        if number.len() >= length {
            return (number.len() == length).then_some((at + 1, number));
        }
    }
    None
}

/// Pieces that may belong together.
fn runs(text: &str) -> Vec<Vec<Piece>> {
    let mut runs: Vec<Vec<Piece>> = Vec::new();
    // Marks since the last digit; more than allowed: nothing belongs to it any more.
    let mut n_marks = MOST_MARKS + 1;
    for (start, c) in text.char_indices() {
        let Some(digit) = digit(c) else {
            n_marks = if is_mark(c) { n_marks.saturating_add(1) } else { MOST_MARKS + 1 };
            continue;
        };
        let end = start + c.len_utf8();
        match runs.last_mut().filter(|_| n_marks <= MOST_MARKS) {
            None => runs.push(vec![Piece { start, end, digits: digit.to_string() }]),
            Some(run) => match run.last_mut().filter(|_| n_marks == 0) {
                Some(piece) => {
                    piece.end = end;
                    piece.digits.push(digit);
                }
                None => run.push(Piece { start, end, digits: digit.to_string() }),
            },
        }
        n_marks = 0;
    }
    runs
}

/// The half-width form of a character that can stand in an ID number.
fn digit(c: char) -> Option<char> {
    let c = half_width(c).to_ascii_uppercase();
    (c.is_ascii_digit() || c == 'X').then_some(c)
}

/// What people write between the digits of a number.
fn is_mark(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\u{a0}' | '\u{3000}' | '-' | '－' | '\u{2010}'..='\u{2015}' | '\u{2212}')
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_people_are_found_inside_texts() {
        let id = "11010519491231002X";
        let masked = |text: &str| id_numbers_masked(text, |number| format!("<{number}>"));
        for (text, left) in [
            ("身份证11010519491231002X号", "身份证<11010519491231002X>号"),
            ("证件110105 19491231 002X。", "证件<11010519491231002X>。"),
            ("证件110105-19491231-002x。", "证件<11010519491231002X>。"),
            ("１１０１０５１９４９１２３１００２Ｘ号", "<11010519491231002X>号"),
            ("1 1 0 1 0 5 1 9 4 9 1 2 3 1 0 0 2 X", "<11010519491231002X>"),
            ("ID11010519491231002X", "ID<11010519491231002X>"),
            ("XX11010519491231002X", "XX<11010519491231002X>"),
            ("户号11010519491231002X01", "户号<11010519491231002X>**"),
            ("110105 19491231 002X 13800001111", "<11010519491231002X> 13800001111"),
            ("第3号 110105 19491231 002X", "第3号 <11010519491231002X>"),
            ("11010519491231002X、11010519491231002X", "<11010519491231002X>、<11010519491231002X>"),
        ] {
            assert_eq!(masked(text).as_deref(), Some(left), "{text}");
        }
        for whole in [
            "",
            "许可110105194912310021号",
            "2024-01-15 10:20，电话029-88881234",
            "高处罚〔2024〕610131号",
            "110105，19491231，002X",
            "110105    19491231 002X",
            "91610131MA6TE5T09D",
            "X",
            "身份证110105194912",
        ] {
            assert_eq!(masked(whole), None, "{whole}");
        }
        assert!(is_number_alone("610131-20240115-0012") && is_number_alone(id) && !is_number_alone("号1"));
        let mobile =
            |text: &str| numbers_masked(text, 11, |number| number.starts_with("138"), |_| "M".to_owned());
        for (text, left) in [
            ("张三13812345678", "张三M"),
            ("138-1234-5678转", "M转"),
            ("138 1234 5678", "M"),
            ("１３８１２３４５６７８", "M"),
        ] {
            assert_eq!(mobile(text).as_deref(), Some(left), "{text}");
        }
        assert_eq!(mobile("138123456789"), None);
    }
}
