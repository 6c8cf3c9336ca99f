//! ID numbers of persons where none belong: inside a remark, and in place of a company's code; there numbers of passports
//! and passes, too.
//!
//! Must never hide what is a valid code, nor a number that stands alone in a text: permits are numbered by region, day
//! and serial, and one in eleven of these has the check digit of an ID number.

use codes::{CustomsCode, OrganisationCode, RegistrationNumber, SocialInsuranceNumber, TaxId, Uscc};

use crate::ontology::Scheme;

/// Digits of an ID number of either generation.
const SHORTEST: usize = 15;

/// The remark with ID numbers in it masked by `mask`; `None` where there are none, or the text is nothing but a number.
pub(super) fn within(text: &str, mask: fn(&str) -> String) -> Option<String> {
    let is_long = text.chars().filter(|c| c.is_numeric()).count() >= SHORTEST;
    if is_long && !codes::is_number_alone(text) { codes::id_numbers_masked(text, mask) } else { None }
}

/// Whether an identifier of organisations is the number of a person instead.
pub(super) fn is_of_a_person(scheme: Scheme, text: &str) -> bool {
    in_place_of_a_code(text) || is_passport(scheme, text)
}

/// No valid code, and of the form of an ID number, even with a wrong check digit.
pub(super) fn in_place_of_a_code(text: &str) -> bool {
    let digits: Vec<u32> = text.chars().map_while(|c| c.to_digit(10)).collect();
    let number = |from: usize, n: usize| {
        digits.get(from..from + n).map_or(0, |part| part.iter().fold(0, |sum, digit| sum * 10 + digit))
    };
    let is_day = |from: usize| (1..=12).contains(&number(from, 2)) && (1..=31).contains(&number(from + 2, 2));
    let has_form = match (text.len(), digits.len()) {
        (18, 17 | 18) => (1900..2100).contains(&number(6, 4)) && is_day(10),
        (15, 15) => is_day(8),
        _ => false,
    };
    has_form && (11..=82).contains(&number(0, 2)) && !is_code(Scheme::SubjectNumber, text)
}

/// In place of an organisation's code: one to three letters and six to twelve digits, as passports and passes are
/// numbered, and no code of that scheme.
fn is_passport(scheme: Scheme, text: &str) -> bool {
    if matches!(scheme, Scheme::CustomsCode | Scheme::PriPid | Scheme::ResidentId | Scheme::Local) {
        return false;
    }
    let plain: String = text.chars().filter(|c| !c.is_whitespace() && !"()（）-".contains(*c)).collect();
    let digits = plain.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let n_letters = plain.len() - digits.len();
    (1..=3).contains(&n_letters)
        && (6..=12).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && !is_code(scheme, text)
}

/// Whether it is a valid value of its scheme, which says nothing of a person; what has no rules always is.
pub(super) fn is_code(scheme: Scheme, text: &str) -> bool {
    match scheme {
        Scheme::Uscc => Uscc::parse(text).is_ok(),
        Scheme::RegistrationNumber => RegistrationNumber::parse(text).is_ok(),
        Scheme::SubjectNumber => Uscc::parse(text).is_ok() || RegistrationNumber::parse(text).is_ok(),
        Scheme::OrganisationCode => OrganisationCode::parse(text).is_ok(),
        Scheme::TaxId => TaxId::parse(text).is_ok(),
        Scheme::SocialInsuranceNumber => SocialInsuranceNumber::parse(text).is_ok(),
        Scheme::CustomsCode => CustomsCode::parse(text).is_ok(),
        Scheme::PriPid | Scheme::ResidentId | Scheme::Local => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stars(text: &str) -> String {
        "*".repeat(text.len())
    }

    fn of(scheme: Scheme, text: &str) -> String {
        if is_of_a_person(scheme, text) { stars(text) } else { text.to_owned() }
    }

    #[test]
    fn in_remarks_valid_numbers_are_masked_and_others_are_not() {
        let remark = |text: &str| within(text, stars).unwrap_or_else(|| text.to_owned());
        let id = "11010519491231002X";
        assert_eq!(remark(&format!("身份证{id}，电话029")), format!("身份证{}，电话029", "*".repeat(18)));
        assert_eq!(remark(&format!("户号{id}01")), format!("户号{}", "*".repeat(20)));
        for whole in [id, "许可110105194912310021号", "罚〔2024〕123号", "", "1234567890123456789012"]
        {
            assert_eq!(remark(whole), whole);
        }
    }

    #[test]
    fn in_place_of_a_code_the_form_is_enough() {
        for scheme in [Scheme::Uscc, Scheme::RegistrationNumber, Scheme::TaxId] {
            let code = |text: &str| of(scheme, text);
            for id in ["610113198001011230", "11010519491231002X", "610113800101123"] {
                assert_eq!(code(id), "*".repeat(id.len()), "{scheme:?}");
            }
            for kept in ["91610131MA6TE5T09D", "916101311234567890", "610131100012345", "无", "N/A"] {
                assert_eq!(code(kept), kept, "{scheme:?}");
            }
            for passport in ["E12345678", "EA1234567", "P1234567", "R123456(7)", "H1234567801", "k 1234567"] {
                assert_eq!(code(passport), "*".repeat(passport.len()), "{scheme:?}");
            }
        }
        let code = codes::OrganisationCode::compose("E1234567").unwrap().to_string();
        assert_eq!(of(Scheme::OrganisationCode, &code), code);
        assert_eq!(of(Scheme::Uscc, &code), "*".repeat(9));
        assert_eq!(of(Scheme::Local, "HT2024010001"), "HT2024010001");
    }
}
