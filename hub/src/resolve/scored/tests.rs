use std::collections::BTreeSet;

use super::fold::{fold, letters};
use super::*;

const BASE: Party<'_> = Party {
    name: "西安三元科技有限公司",
    former_names: "",
    code: "",
    representative: "欧阳文彬",
    phone: "029-88213456",
    address: "西安市高新区锦业路12号3幢",
};

fn named<'a>(name: &'a str) -> Party<'a> {
    Party { name, ..BASE }
}

/// What follows when a register of these is asked about a record.
fn find(register: &[Party<'_>], record: &Party<'_>) -> Outcome<u32> {
    let index = Index::new(register.iter().map(Profile::of).collect());
    index.find(&Profile::of(record), Weights::frozen())
}

fn linked(register: &[Party<'_>], record: &Party<'_>) -> Option<u32> {
    match find(register, record) {
        Outcome::Link { best, .. } => Some(best.who),
        Outcome::Ask(_) | Outcome::Nobody => None,
    }
}

fn parts(name: &str) -> (String, String, Form, String) {
    let name = Name::parse(name).0.unwrap();
    (name.brand(), name.industry(), name.form(), name.branch())
}

#[track_caller]
fn has_parts(name: &str, brand: &str, industry: &str, form: Form, branch: &str) {
    assert_eq!(parts(name), (brand.to_owned(), industry.to_owned(), form, branch.to_owned()), "{name}");
}

#[test]
fn names_come_apart() {
    has_parts("西安三元科技有限公司", "三元", "科技", Form::Limited, "");
    has_parts("三原商贸有限公司", "三原", "商贸", Form::Limited, "");
    has_parts("西安三原商贸有限公司", "三原", "商贸", Form::Limited, "");
    has_parts("華天信息技術（西安）股份有限公司", "华天", "信息技术", Form::JointStock, "");
    has_parts("西安市高新区张三烟酒店", "张三", "烟酒店", Form::None, "");
    has_parts("ＡＢＣ广告有限责任公司 (已于2019年3月注销)", "ABC", "广告", Form::Limited, "");
    has_parts(
        "中国石油天然气股份有限公司长庆油田分公司第一输油处",
        "中国",
        "石油天然气",
        Form::JointStock,
        "长庆油田分公司第一输油处",
    );
    has_parts("西安大元种植农民专业合作社", "大元", "种植", Form::Cooperative, "");
    let (name, former) = Name::parse("西安新华商贸有限公司（原西安旧日商贸有限公司）");
    assert_eq!(name.unwrap().brand(), "新华");
    assert_eq!(former.as_deref(), Some("西安旧日商贸有限公司"));
}

#[test]
fn folding_twice_is_folding_once() {
    let all: String = (0..0x3_0000_u32).filter_map(char::from_u32).collect();
    let mut once = String::new();
    fold(&all, |c| once.push(c));
    let mut twice = String::new();
    fold(&once, |c| twice.push(c));
    let odd: Vec<(char, char)> = once.chars().zip(twice.chars()).filter(|(a, b)| a != b).take(5).collect();
    assert!(once == twice, "{odd:?}");
    assert_eq!(letters("１２ ａＢ－龍𠮷（东）").iter().collect::<String>(), "12AB龙𠮷东");
}

#[test]
fn the_same_firm_written_otherwise_is_found() {
    for name in [
        "西安三元科技有限责任公司",
        "三元科技（西安）有限公司",
        "西安三元科技公司",
        "三元科技有限公司",
        "西安 三元 科技有限公司（已于2020年注销）",
        "西安三元科枝有限公司",
    ] {
        assert_eq!(linked(&[BASE], &named(name)), Some(0), "{name}");
    }
    let register = [named("西安大华商贸有限公司")];
    assert_eq!(linked(&register, &named("西安大華商貿有限公司")), Some(0));
}

/// Each differs in what the law tells firms apart by: a person may decide, the program does not.
#[test]
fn firms_that_the_law_tells_apart_are_not_linked() {
    for (left, right) in [
        ("西安三元科技有限公司", "西安三元商贸有限公司"),
        ("西安三元科技有限公司", "西安三元科技股份有限公司"),
        ("西安三元科技有限公司", "西安三元科技有限公司高新分公司"),
        ("西安三元科技有限公司第一分公司", "西安三元科技有限公司第二分公司"),
        ("西安三元科技有限公司", "陕西三元科技有限公司"),
        ("西安三元服装店", "西安三元服装馆"),
        ("西安第一机械厂", "西安第二机械厂"),
    ] {
        for (a, b) in [(left, right), (right, left)] {
            assert_eq!(linked(&[named(a)], &named(b)), None, "{a} {b}");
        }
    }
    // 三元, 三原: one slip; of another owner elsewhere it is another firm.
    let other = Party {
        name: "西安三原科技有限公司",
        representative: "王建国",
        phone: "13991234567",
        address: "西安市碑林区东大街1号",
        ..BASE
    };
    assert_eq!(linked(&[BASE], &other), None);
    let both = [BASE, other];
    assert_eq!(linked(&both, &BASE), Some(0));
    assert_eq!(linked(&both, &other), Some(1));
}

#[test]
fn a_name_alone_links_nobody() {
    let bare = Party { representative: "", phone: "", address: "", ..BASE };
    assert!(matches!(find(&[BASE], &bare), Outcome::Ask(_)));
    let placeholders = Party {
        representative: "张三",
        phone: "00000000",
        address: "无",
        code: "000000000000000000",
        ..BASE
    };
    assert!(matches!(find(&[BASE], &placeholders), Outcome::Ask(_)));
    let nothing = Party { name: "无", ..bare };
    assert_eq!(find(&[BASE], &nothing), Outcome::Nobody);
    // And nothing but the name links neither.
    let renamed = Party { name: "西安明德文化传媒有限公司", ..BASE };
    assert_eq!(linked(&[BASE], &renamed), None);
}

#[test]
fn placeholders_say_nothing() {
    let register = [Party { representative: "张三", phone: "00000000", address: "无", ..BASE }];
    let record = Party { representative: "张三", phone: "00000000", address: "无", ..BASE };
    assert_eq!(linked(&register, &record), None);
}

#[test]
fn what_many_share_says_nothing() {
    let names: Vec<String> = (0..500)
        .map(|n| {
            format!(
                "西安{}科技有限公司",
                char::from_u32(0x4e00 + n * 7)
                    .into_iter()
                    .chain(char::from_u32(0x6000 + n * 3))
                    .collect::<String>()
            )
        })
        .collect();
    let agency = "029-81234567";
    let register: Vec<Party<'_>> = names
        .iter()
        .map(|name| Party { name, representative: "", phone: agency, address: "", ..BASE })
        .collect();
    let index = Index::new(register.iter().map(Profile::of).collect());
    let record = Profile::of(&register[7]);
    assert!(
        matches!(index.find(&record, Weights::frozen()), Outcome::Ask(_)),
        "500 companies have this telephone"
    );
    let few = Index::new(register[..20].iter().map(Profile::of).collect());
    assert!(matches!(few.find(&record, Weights::frozen()), Outcome::Link { .. }));
}

#[test]
fn conflicts_are_never_outweighed() {
    let coded = |code| Party { code, ..BASE };
    let register = [coded("91610131MA6TE5T09D")];
    assert_eq!(linked(&register, &coded("91610131MA6TE5T00D")), Some(0), "one sign is damaged");
    let other = Profile::of(&coded("91350100M000100Y43"));
    let common = Commonness::default();
    let compared = compare(&other, &Profile::of(&register[0]), &common, Weights::frozen());
    assert_eq!(compared.conflict, Some(Conflict::TwoCodes));
    assert_eq!(find(&register, &coded("91350100M000100Y43")), Outcome::Nobody);
    let shop = Party { name: "西安王大力烟酒店", representative: "王大力", ..BASE };
    let owner = Party { name: "王大力", representative: "", ..BASE };
    let compared = compare(&Profile::of(&owner), &Profile::of(&shop), &common, Weights::frozen());
    assert_eq!(compared.conflict, Some(Conflict::PersonAndFirm));
}

#[test]
fn two_alike_are_for_a_person_to_tell() {
    // Two rows of the register with one code, one name, one owner.
    let register = [Party { code: "91610131MA6TE5T09D", ..BASE }; 2];
    let Outcome::Ask(candidates) = find(&register, &BASE) else { panic!("linked one of two equals") };
    assert_eq!(candidates.len(), 2);
    assert_eq!(candidates[0].comparison.total, candidates[1].comparison.total);
}

#[test]
fn former_names_count() {
    let register =
        [Party { former_names: "西安旧日商贸有限公司；西安更旧商贸有限公司", ..BASE }];
    assert_eq!(linked(&register, &named("西安更旧商贸有限公司")), Some(0));
    assert_eq!(linked(&[BASE], &named("西安旧日商贸有限公司")), None);
}

/// A is near B, B is near C, A and C are not one: records find subjects, never each other, so that nothing is chained.
#[test]
fn chains_do_not_close() {
    let a = Party { name: "西安三元科技有限公司", phone: "", ..BASE };
    let b = Party { name: "西安三元商贸科技有限公司", phone: "", ..BASE };
    let c = Party { name: "西安三元商贸有限公司", phone: "", ..BASE };
    let register = [a, c];
    assert_eq!(linked(&register, &a), Some(0));
    assert_eq!(linked(&register, &c), Some(1));
    assert_eq!(linked(&register, &b), None, "between the two");
}

#[test]
fn the_order_of_the_register_does_not_count() {
    let names = [
        "西安三元科技有限公司",
        "西安三原科技有限公司",
        "陕西三元科技有限公司",
        "西安大元科技有限公司",
        "西安三元商贸有限公司",
    ];
    let queries = ["西安三元科技有限公司", "西安三源科技有限公司", "三元科技有限公司", "西安大元科技公司"];
    let mut seen: BTreeSet<Vec<Option<String>>> = BTreeSet::new();
    for turn in 0..names.len() {
        for reversed in [false, true] {
            let mut register: Vec<Party<'_>> = names.iter().map(|name| named(name)).collect();
            register.rotate_left(turn);
            if reversed {
                register.reverse();
            }
            let found = queries.map(|query| {
                linked(&register, &named(query)).map(|who| register[who as usize].name.to_owned())
            });
            seen.insert(found.to_vec());
        }
    }
    assert_eq!(seen.len(), 1, "{seen:?}");
}

#[test]
fn every_weight_is_explained() {
    let index = Index::new(vec![Profile::of(&BASE)]);
    let Outcome::Link { best, .. } = index.find(&Profile::of(&BASE), Weights::frozen()) else {
        panic!("not found")
    };
    let told: i32 = reasons(&best.comparison).iter().map(|reason| reason.weight).sum();
    assert_eq!(told + Weights::frozen().odds_before(), best.comparison.total);
    assert_eq!(Weights::parse(&Weights::frozen().text()), *Weights::frozen());
    assert_eq!(Weights::frozen().version(), 1);
}

/// What agrees better never weighs less.
#[test]
fn weights_are_in_order() {
    let weights = Weights::frozen();
    let weight = |feature, level| weights.of(feature, level, None);
    for feature in Feature::ALL {
        for level in Level::ALL {
            if !matches!(feature, Feature::Region | Feature::Form | Feature::Branch | Feature::Code) {
                assert!(weight(feature, level) <= weight(feature, Level::Same), "{feature:?} {level:?}");
            }
            assert!(weight(feature, Level::Differs) <= 0, "{feature:?}");
            assert_eq!(weight(feature, Level::Missing), 0);
        }
    }
}

#[test]
fn telephones_and_keys_are_frozen() {
    let phone = |text| contact::phone_of(text).map(|phone| phone.to_string());
    assert_eq!(phone("029-8821 3456").as_deref(), Some("88213456"));
    assert_eq!(phone("０２９８８２１３４５６转801").as_deref(), Some("88213456"));
    assert_eq!(phone("+86 13991234567").as_deref(), Some("13991234567"));
    assert_eq!(phone("13991234567/88213456").as_deref(), Some("13991234567"));
    for nothing in ["", "无", "0", "00000000", "12345678", "11111111111"] {
        assert_eq!(phone(nothing), None, "{nothing}");
    }
    // Stores keep these numbers.
    assert_eq!(keys::hash('n', &['三', '元']), FROZEN_KEY);
}

const FROZEN_KEY: Key = 17_991_092_931_549_535_336;
