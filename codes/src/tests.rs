//! Every vector of the standards' facts, and what single errors must be caught.

use proptest::prelude::*;

use crate::{
    Category, Fault, OrganisationCode, RegistrationNumber, ResidentId, SocialInsuranceNumber, TaxId, Uscc,
};

#[test]
fn credit_codes_of_the_standard_hold() {
    for code in [
        "91350100M000100Y43",
        "914403001922038216",
        "9144030071526726XG",
        "91110000802100433B",
        "91610131MA6TE5T09D",
    ] {
        assert_eq!(Uscc::parse(code).map(|code| code.to_string()), Ok(code.to_owned()));
    }
    let code = Uscc::parse("91610131MA6TE5T09D").unwrap();
    assert_eq!(code.organisation_code(), "MA6TE5T09");
    assert_eq!(code.category(), Category::Enterprise);
    assert_eq!(code.district(), "610131");
}

#[test]
fn a_wrong_code_says_which_position_and_what_it_should_be() {
    let fault = Uscc::parse("91350100M000100Y44").unwrap_err();
    assert_eq!(fault, Fault::Check { position: 18, found: '4', expected: '3' });
    assert_eq!(fault.message().code, "TJ-I004");
    assert!(matches!(
        Uscc::parse("91350100M000100S43"),
        Err(Fault::Character { position: 16, found: 'S', .. })
    ));
    assert_eq!(Uscc::parse("91350100M000100Y4"), Err(Fault::Length { expected: "18", found: 17 }));
    assert_eq!(Uscc::parse("   "), Err(Fault::Empty));
    assert_eq!(Uscc::parse("000000000000000000"), Err(Fault::Placeholder { found: '0' }));
}

#[test]
fn dirty_text_is_folded() {
    assert!(Uscc::parse(" ９１３５０１００m000100y43　").is_ok());
    assert!(OrganisationCode::parse("71526726-x").is_ok());
}

#[test]
fn organisation_codes_and_registration_numbers_hold() {
    for code in ["M000100Y-4", "71526726-X", "19220382-1", "MA6TE5T0-9"] {
        assert!(OrganisationCode::parse(code).is_ok(), "{code}");
    }
    for number in
        ["440301103097413", "440301103448669", "331000000033855", "330122000076968", "331022NA001053X"]
    {
        assert!(RegistrationNumber::parse(number).is_ok(), "{number}");
    }
    let fault = RegistrationNumber::parse("440301103097414").unwrap_err();
    assert_eq!(fault, Fault::Check { position: 15, found: '4', expected: '3' });
}

#[test]
fn resident_ids_hold_and_never_show_themselves() {
    let id = ResidentId::parse("11010519491231002x").unwrap();
    assert!(ResidentId::parse("440524188001010014").is_ok());
    assert!(!id.is_male());
    assert_eq!((id.birth_date().year, id.birth_date().month, id.birth_date().day), (1949, 12, 31));
    assert_eq!(format!("{id} {id:?}"), "110***********002X ResidentId(110***********002X)");
    assert_eq!(ResidentId::parse("110105491231002").unwrap(), id);
    assert!(matches!(ResidentId::parse("110105194902300025"), Err(Fault::Date { position: 7, .. })));
    assert!(
        matches!(ResidentId::parse("110105491331002"), Err(Fault::Date { position: 7, found }) if found == "491331")
    );
}

#[test]
fn numbers_with_numbers_inside() {
    assert!(matches!(TaxId::parse("91610131MA6TE5T09D"), Ok(TaxId::Uscc(_))));
    assert!(
        matches!(TaxId::parse("610198715267 26X"), Ok(TaxId::Organisation { code }) if code.as_str() == "71526726X")
    );
    assert!(matches!(TaxId::parse("11010519491231002X01"), Ok(TaxId::Owner { .. })));
    assert!(matches!(TaxId::parse("610198715267261"), Err(Fault::Check { position: 15, .. })));
    assert_eq!(SocialInsuranceNumber::parse("610171526726X").unwrap().code.as_str(), "71526726X");
}

/// A body of a credit code: prefix, and eight characters of its alphabet.
fn body() -> impl Strategy<Value = String> {
    "9[123]610131[0-9A-HJ-NPQRTUWXY]{8}"
}

proptest! {
    #[test]
    fn one_wrong_character_is_always_caught(body in body(), place in 0_usize..18, other in 0_usize..31) {
        let organisation = OrganisationCode::compose(&body[8..]).unwrap();
        let code = Uscc::compose(&format!("{}{organisation}", &body[..8])).unwrap();
        let mut text = code.to_string().into_bytes();
        let c = b"0123456789ABCDEFGHJKLMNPQRTUWXY"[other];
        prop_assume!(text[place] != c);
        text[place] = c;
        prop_assert!(Uscc::parse(&String::from_utf8(text).unwrap()).is_err());
    }

    #[test]
    fn one_wrong_digit_of_a_registration_number_is_always_caught(body in "[1-9][0-9]{13}", place in 0_usize..15, digit in 0_u8..10) {
        let number = RegistrationNumber::compose(&body).unwrap();
        let mut text = number.to_string().into_bytes();
        prop_assume!(text[place] != b'0' + digit);
        text[place] = b'0' + digit;
        prop_assert!(RegistrationNumber::parse(&String::from_utf8(text).unwrap()).is_err());
    }

    #[test]
    fn nothing_panics(text in ".{0,40}") {
        let _ = (Uscc::parse(&text), OrganisationCode::parse(&text), RegistrationNumber::parse(&text));
        let _ = (ResidentId::parse(&text), TaxId::parse(&text), SocialInsuranceNumber::parse(&text));
    }
}
