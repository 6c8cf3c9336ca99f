//! The standards' own examples, what faults say, and what the check characters promise.

use messages::Lang;
use proptest::prelude::*;

use crate::{
    BirthDate, Category, CustomsCode, Fault, OrganisationCode, RegistrationKind, RegistrationNumber,
    ResidentId, SocialInsuranceNumber, TaxId, Uscc, cleaned, is_organisation_name,
};

/// The English text of a fault.
#[track_caller]
fn says<T: std::fmt::Debug>(parsed: Result<T, Fault>, text: &str) {
    let fault = parsed.expect_err("it was read");
    assert_eq!(fault.to_string(), text);
    let zh = fault.message().render(Lang::Zh);
    assert!(!zh.contains('{') && !zh.contains("没有文本"), "{zh}");
}

const CREDIT_CODES: [&str; 5] = [
    "91350100M000100Y43",
    "914403001922038216",
    "9144030071526726XG",
    "91110000802100433B",
    "91610131MA6TE5T09D",
];

#[test]
fn credit_codes() {
    for text in CREDIT_CODES {
        let uscc = Uscc::parse(text).unwrap();
        assert_eq!(uscc.as_str(), text);
        assert_eq!(uscc.category(), Category::Enterprise);
        assert!(uscc.category().is_market_subject());
        assert_eq!(Uscc::compose(&text[..17]), Ok(uscc));
        assert_eq!(uscc.organisation_code().as_str(), &text[8..17]);
        assert_eq!(OrganisationCode::parse(&text[8..17]), Ok(uscc.organisation_code()));
    }
    let uscc = Uscc::parse("91610131MA6TE5T09D").unwrap();
    assert_eq!(uscc.region(), "610131");
    assert_eq!(uscc.organisation_code().hyphenated(), "MA6TE5T0-9");
    assert_eq!(format!("{uscc:?} {uscc:>20}"), "Uscc(91610131MA6TE5T09D)   91610131MA6TE5T09D");
    let categories =
        ["92", "93", "52"].map(|begin| Uscc::compose(&format!("{begin}610131MA6TE5T09")).unwrap().category());
    assert_eq!(
        categories,
        [Category::IndividualBusiness, Category::Cooperative, Category::Other { registrar: '5', kind: '2' }]
    );
}

#[test]
fn wrong_credit_codes_are_explained() {
    let check = |text: &str, why: &str| says(Uscc::parse(text), why);
    check("91350100M000100Y4X", "position 18 is `X`, it should be `3` (check character)");
    check("91350100M000100Y53", {
        "position 17 is `5`, it should be `4` (check character of the organisation code)"
    });
    check("91350100M000101Y43", {
        "both check characters disagree: position 17 is `4`, it should be `0`; position 18 is `3`, it should be \
         `Q`; most likely one of positions 9 to 16 is wrong"
    });
    check("91350100M00010OY43", {
        "position 15 is `O`, a letter these codes do not use; perhaps `0` is meant"
    });
    check("9135O100M000100Y43", {
        "position 5 is `O`, a letter these codes do not use; perhaps `0` is meant"
    });
    check("9135A100M000100Y43", "position 5 is `A`, only 0-9 may stand there");
    check("91350100V000100Y43", "position 9 is `V`, only 0-9 A-H J-N P-R T U W X Y may stand there");
    check("91350100M000100Y4", "it should have 18 characters, it has 17");
    check("91350100M000100Y43（副本）", "it should have 18 characters, it has 22");
    check("91350100M000100Y4三", "position 18 is `三`, only 0-9 A-H J-N P-R T U W X Y may stand there");
    check("", "nothing is filled in");
    check(" 　-", "nothing is filled in");
    check(&"0".repeat(18), "it consists of nothing but `0`: a placeholder, not a number");
    check(&"9".repeat(100_000), "it should have 18 characters, it has 100000");
}

#[test]
fn codes_are_put_right_first() {
    for text in [
        " 91350100m000100y43 ",
        "９１３５０１００Ｍ０００１００Ｙ４３",
        "91350100-M000100Y-43",
        "9135 0100　M000\t100Y43\r\n",
        "\u{feff}91350100M000100Y43",
        "'91350100M000100Y43",
        "91350100—M000100Y−43",
    ] {
        assert_eq!(
            Uscc::parse(text).map(|uscc| uscc.to_string()),
            Ok(CREDIT_CODES[0].to_owned()),
            "{text:?}"
        );
        assert_eq!(cleaned(text), CREDIT_CODES[0]);
    }
}

#[test]
fn registration_numbers() {
    use RegistrationKind::{Cooperative, Domestic, ForeignInvested, IndividualBusiness};
    for text in ["440301103097413", "440301103448669", "331000000033855", "330122000076968"] {
        let number = RegistrationNumber::parse(text).unwrap();
        assert_eq!(number.as_str(), text);
        assert_eq!(number.authority(), &text[..6]);
        assert_eq!(RegistrationNumber::compose(&text[..14]), Ok(number));
    }
    assert_eq!(RegistrationNumber::parse("331022na001053x").unwrap().kind(), Cooperative);
    let kind = |first: char| RegistrationNumber::compose(&format!("610131{first}0000001")).unwrap().kind();
    let kinds = ['3', '4', '5', '6', '9'].map(kind);
    assert_eq!(kinds, [Domestic, ForeignInvested, ForeignInvested, IndividualBusiness, IndividualBusiness]);

    says(
        RegistrationNumber::parse("440301103097414"),
        "position 15 is `4`, it should be `3` (check character)",
    );
    says(RegistrationNumber::parse("4403011030974"), "it should have 15 characters, it has 13");
    says(RegistrationNumber::parse("331022NB001053X"), "position 7 is `N`, only 0-9 may stand there");
    says(RegistrationNumber::parse("331022NA0010A3X"), "position 13 is `A`, only 0-9 may stand there");
    says(RegistrationNumber::parse("331022NA001053Y"), "position 15 is `Y`, only 0-9 X may stand there");
}

#[test]
fn organisation_codes() {
    for text in ["M000100Y-4", "71526726-X", "19220382-1"] {
        let code = OrganisationCode::parse(text).unwrap();
        assert_eq!(code.hyphenated(), text);
        assert_eq!(OrganisationCode::compose(&text[..8]), Ok(code));
        assert_eq!(code.to_string(), text.replace('-', ""));
    }
    says(
        OrganisationCode::parse("M000100Y-5"),
        "position 9 is `5`, it should be `4` (check character of the organisation code)",
    );
    says(OrganisationCode::compose("1234567"), "it should have 8 characters, it has 7");
    says(OrganisationCode::parse("000000000"), "it consists of nothing but `0`: a placeholder, not a number");
}

#[test]
fn resident_ids() {
    let woman = ResidentId::parse("11010519491231002x").unwrap();
    assert_eq!(woman.expose(), "11010519491231002X");
    assert_eq!(woman.birth_date(), BirthDate { year: 1949, month: 12, day: 31 });
    assert!(!woman.is_male());
    assert_eq!((woman.region(), woman.masked().as_str()), ("110105", "110***********002X"));
    assert_eq!(format!("{woman:?}"), "ResidentId(110***********002X)");
    let man = ResidentId::parse("440524188001010014").unwrap();
    assert!(man.is_male());
    assert_eq!((man.birth_date().year, man.expose_old_form()), (1880, None));

    let old = ResidentId::parse("110105491231002").unwrap();
    assert_eq!(old, woman);
    assert_eq!(woman.expose_old_form().as_deref(), Some("110105491231002"));
    assert_eq!(ResidentId::compose("110105", woman.birth_date(), 2), Ok(woman));

    says(ResidentId::parse("110105194912310021"), "position 18 is `1`, it should be `X` (check character)");
    let no_day = "the date of birth from position 7 on is not a date that exists";
    for text in ["110105194902290021", "110105490230002", "110105194913310021", "000000000000000000"] {
        assert!(ResidentId::parse(text).is_err());
    }
    says(ResidentId::parse("110105194902290021"), no_day);
    says(ResidentId::parse("110105490230002"), no_day);
    says(ResidentId::parse("010105194912310021"), "position 1 is `0`, only 1-9 may stand there");
    says(ResidentId::parse("11010519491231"), "it should have 15 / 18 characters, it has 14");
    assert!(ResidentId::compose("110105", BirthDate { year: 1900, month: 2, day: 29 }, 1).is_err());
    assert!(ResidentId::compose("110105", BirthDate { year: 2000, month: 2, day: 29 }, 1).is_ok());
    assert!(ResidentId::compose("110105", BirthDate { year: 2000, month: 2, day: 29 }, 1000).is_err());
}

#[test]
fn tax_ids() {
    let code = OrganisationCode::parse("MA6TE5T09").unwrap();
    let old = TaxId::parse("610131MA6TE5T0-9").unwrap();
    assert_eq!((old.organisation_code(), old.uscc()), (Some(code), None));
    assert_eq!(old.expose(), "610131MA6TE5T09");
    let new = TaxId::parse("91610131MA6TE5T09D").unwrap();
    assert_eq!((new.organisation_code(), new.uscc().is_some()), (Some(code), true));
    let owner = ResidentId::parse("11010519491231002X").unwrap();
    for text in ["11010519491231002X01", "11010549123100201"] {
        let tax_id = TaxId::parse(text).unwrap();
        assert_eq!((tax_id.owner(), tax_id.organisation_code()), (Some(owner), None));
        assert_eq!(tax_id.expose(), "11010519491231002X01");
        assert_eq!(format!("{tax_id:?}"), "TaxId(110***********002X01)");
    }
    says(
        TaxId::parse("610131MA6TE5T08"),
        "position 15 is `8`, it should be `9` (check character of the organisation code)",
    );
    says(TaxId::parse("6101"), "it should have 15 / 17 / 18 / 20 characters, it has 4");
    says(TaxId::parse("11010519491231002X0A"), "position 20 is `A`, only 0-9 may stand there");
    says(TaxId::parse(&"长".repeat(20)), "position 1 is `长`, only 0-9 A-Z may stand there");
}

#[test]
fn social_insurance_and_customs() {
    let code = OrganisationCode::parse("MA6TE5T09").unwrap();
    for text in ["610131MA6TE5T0-9", "MA6TE5T09", "91610131MA6TE5T09D", "陕"] {
        match SocialInsuranceNumber::parse(text) {
            Ok(number) => assert_eq!(number.organisation_code(), code, "{text}"),
            Err(fault) => assert_eq!(fault, Fault::Length { expected: "9–24", found: 1 }),
        }
    }
    says(
        SocialInsuranceNumber::parse("0131MA6TE5T08"),
        "position 13 is `8`, it should be `9` (check character of the organisation code)",
    );
    assert_eq!(CustomsCode::parse("61013 1A00w").unwrap().as_str(), "610131A00W");
    says(CustomsCode::parse("6101"), "it should have 10 characters, it has 4");
    says(CustomsCode::parse("A101310001"), "position 1 is `A`, only 0-9 may stand there");
}

/// Characters a credit code may consist of.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

fn eight() -> impl Strategy<Value = String> {
    proptest::collection::vec(0..ALPHABET.len(), 8)
        .prop_map(|places| places.into_iter().map(|place| char::from(ALPHABET[place])).collect())
        .prop_filter("a placeholder", |text: &String| text.bytes().any(|b| b != text.as_bytes()[0]))
}

fn uscc() -> impl Strategy<Value = Uscc> {
    (eight(), 0..1_000_000_u32, prop_oneof![Just("91"), Just("92"), Just("93"), Just("52"), Just("N1")])
        .prop_map(|(eight, region, begin)| {
            let organisation = OrganisationCode::compose(&eight).unwrap();
            Uscc::compose(&format!("{begin}{region:06}{organisation}")).unwrap()
        })
}

fn with(text: &str, place: usize, byte: u8) -> String {
    let mut bytes = text.as_bytes().to_vec();
    bytes[place] = byte;
    String::from_utf8(bytes).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn one_wrong_character_of_a_credit_code_is_seen(uscc in uscc(), place in 0_usize..18, byte in 0_u8..128) {
        let text = uscc.as_str();
        let other = with(text, place, byte);
        prop_assume!(cleaned(&other) != text);
        prop_assert!(Uscc::parse(&other).is_err(), "{text} and {other}");
    }

    #[test]
    fn neighbours_that_changed_places_are_seen(uscc in uscc(), place in 0_usize..17) {
        let mut bytes = uscc.as_str().as_bytes().to_vec();
        prop_assume!(bytes[place] != bytes[place + 1]);
        bytes.swap(place, place + 1);
        prop_assert!(Uscc::parse(&String::from_utf8(bytes).unwrap()).is_err());
    }

    #[test]
    fn the_explanation_of_a_wrong_check_character_is_the_cure(uscc in uscc(), byte in 0_usize..31) {
        let other = with(uscc.as_str(), 17, ALPHABET[byte]);
        match Uscc::parse(&other) {
            Ok(same) => prop_assert_eq!(same, uscc),
            Err(Fault::Check { position: 18, expected, .. }) => {
                prop_assert_eq!(Uscc::parse(&with(&other, 17, u8::try_from(expected).unwrap())), Ok(uscc));
            }
            Err(fault) => prop_assert!(false, "{fault}"),
        }
    }

    #[test]
    fn one_wrong_character_of_an_organisation_code_is_seen(eight in eight(), place in 0_usize..8, byte in 0_usize..31) {
        // Modulo 11 the standard cannot tell values eleven apart (0 and B), so these are not asked for.
        let value = |byte: u8| if byte.is_ascii_digit() { byte - b'0' } else { byte - b'A' + 10 };
        let code = OrganisationCode::compose(&eight).unwrap();
        let (before, after) = (code.as_str().as_bytes()[place], ALPHABET[byte]);
        prop_assume!(value(before) % 11 != value(after) % 11);
        prop_assert!(OrganisationCode::parse(&with(code.as_str(), place, after)).is_err());
    }

    #[test]
    fn one_wrong_digit_of_a_registration_number_is_seen(n in 1_u64..100_000_000_000_000, place in 0_usize..15, digit in b'0'..=b'9') {
        prop_assume!(n % 11_111_111_111_111 != 0);
        let number = RegistrationNumber::compose(&format!("{n:014}")).unwrap();
        let other = with(number.as_str(), place, digit);
        prop_assume!(other != number.as_str());
        prop_assert!(RegistrationNumber::parse(&other).is_err());
    }

    #[test]
    fn one_wrong_character_of_a_resident_id_is_seen(
        region in 100_000_u32..1_000_000, year in 1900_u16..2030, month in 1_u8..=12, day in 1_u8..=28,
        sequence in 0_u16..1000, place in 0_usize..18, byte in prop_oneof![b'0'..=b'9', Just(b'X')],
    ) {
        let id = ResidentId::compose(&region.to_string(), BirthDate { year, month, day }, sequence).unwrap();
        prop_assert_eq!(id.birth_date(), BirthDate { year, month, day });
        prop_assert_eq!(id.is_male(), sequence % 2 == 1);
        if let Some(old) = id.expose_old_form() {
            prop_assert_eq!(ResidentId::parse(&old), Ok(id));
        }
        let other = with(id.expose(), place, byte);
        prop_assume!(other != id.expose());
        prop_assert!(ResidentId::parse(&other).is_err());
    }

    #[test]
    fn any_text_is_read_or_refused(text in prop_oneof!["\\PC{0,40}", "[0-9A-Z -]{0,24}", "[0-9]{15,20}", any::<String>()]) {
        let faults = [
            Uscc::parse(&text).err(), OrganisationCode::parse(&text).err(), RegistrationNumber::parse(&text).err(),
            ResidentId::parse(&text).err(), TaxId::parse(&text).err(), SocialInsuranceNumber::parse(&text).err(),
            CustomsCode::parse(&text).err(), Uscc::compose(&text).err(), OrganisationCode::compose(&text).err(),
            RegistrationNumber::compose(&text).err(),
        ];
        for fault in faults.into_iter().flatten() {
            let zh = fault.message().render(Lang::Zh);
            prop_assert!(!zh.contains('{') || text.contains('{'), "{}", zh);
        }
    }
}

#[test]
fn names_of_organisations_have_a_form_and_names_of_people_have_not() {
    for name in [
        "西安示例科技有限公司",
        "某公司",
        "诚瑞面馆",
        "李记饭店",
        "张三水果店",
        "蓝田县三里镇王冰种植园",
        "招商银行股份有限公司西安南大街支行",
        "西安创业投资管理中心（有限合伙）",
        "示例建筑公司（原七六九厂）",
        "Acme Holdings Co., Ltd.",
        "ZHANG SAN CO",
        "西安市华和商行",
        "张家和平饭店",
        "西安文化与旅游中心",
        "诚瑞（西安）餐饮服务中心",
        "诚瑞面馆（高新）西安店",
    ] {
        assert!(is_organisation_name(name), "{name}");
    }
    for person in [
        "",
        "张三",
        "王大学",
        "张会",
        "赵店",
        "欧阳娜娜",
        "司马建城",
        "张三、李四",
        "王小明等3人",
        "王小明等三户",
        "买买提·吐尔逊",
        "李四（个体）",
        "诚瑞面馆（张三）",
        "经营者王建会社",
        "当事人：王五商店",
        "某公司张三",
        "John Smith",
        "张三 李建社",
        "张三/李建社",
        "张三&李建社",
        "张三+李建社",
        "张三 西安市雁塔区",
        "张三11010519491231002X水果店",
        "张三13800001111公司",
        "张三和王建社",
        "李四与张小店",
        "诚瑞面馆（经营者：张三）西安店",
        "张三（西安）餐饮",
        "ZHANG SAN",
    ] {
        assert!(!is_organisation_name(person), "{person}");
    }
}
