//! Masks are golden; keys are found, revoked, and told from noise.

use std::sync::Arc;

use contract::SourceKey;

use super::keys::Keys;
use super::{Catalogue, Role, StreamNote, mask, mask_cell};
use crate::clock::Timestamp;
use crate::ontology::{
    Field, FieldType, Freshness, Kind, Label, Ontology, OntologyDraft, Scheme, Sensitivity, Share,
};
use crate::{FieldValue, Precision};

fn personal(field_type: FieldType) -> Field {
    Field {
        id: "f".into(),
        field_type,
        label: Label::default(),
        description: Label::default(),
        share: Share::Unconditional,
        sensitivity: Sensitivity::Personal,
        freshness: Freshness::Copy,
        is_required: false,
        currency: String::new(),
        max_length: None,
        deprecated: None,
    }
}

#[track_caller]
fn check(field_type: FieldType, value: &str, masked: &str) {
    let field = personal(field_type);
    assert_eq!(mask(&field, FieldValue::Text(value.into())), FieldValue::Text(masked.into()));
    assert_eq!(mask_cell(&[&field], value), masked, "{value}");
}

#[test]
fn masks_are_golden() {
    check(FieldType::Text, "张三", "张*");
    check(FieldType::Text, "买买提·吐尔逊", "买*");
    check(FieldType::Text, "", "");
    check(FieldType::Identifier(Scheme::ResidentId), "61011319900101002X", "610***********002X");
    check(FieldType::Identifier(Scheme::ResidentId), "610***********002X", "610***********002X");
    check(FieldType::Identifier(Scheme::ResidentId), "610113900101002", "610********1002");
    check(FieldType::Identifier(Scheme::ResidentId), "12", "**");
    check(FieldType::Phone, "13812341234", "138****1234");
    check(FieldType::Phone, "029-88881234", "029*****1234");
    check(FieldType::Phone, "110", "1**");
    check(FieldType::Phone, "张三13812345678", "张*138****5678");
    check(FieldType::Phone, "138-1234-5678（张三）", "138*******678（张*");
    check(FieldType::Phone, "联系人李四 029-88881234", "联*029*****1234");
    check(FieldType::Address, "西安市雁塔区科技路48号创业广场", "西安市雁塔区科技路***");
    check(FieldType::Address, "西安市高新区丈八街办", "西安市高新区丈八街***");
    check(FieldType::Address, "某村三组", "某村***");
    check(FieldType::Identifier(Scheme::Uscc), "91610131MA6TXXXX0X", "916*************0X");
}

#[test]
fn a_part_of_a_key_that_fills_no_field_tells_no_person() {
    for (cell, left) in [
        ("11010519491231002X", "110***********002X"),
        ("张三", "张*"),
        ("13800001111", "138****1111"),
        ("SY00000001", "SY00000001"),
        ("610131100012345", "610131100012345"),
        ("高处罚〔2024〕1号", "高处罚〔2024〕1号"),
        ("10000000001", "10000000001"),
        ("张三13800001111", "张*138****1111"),
        ("110105 19491231 002X", "110***********002X"),
        ("610113198001011231", "610***********1231"),
        ("610131-20240115-0012", "610131-20240115-0012"),
        ("2024-110105-19491231-002X", "2024-110***********002X"),
        ("买买提·吐尔逊", "买*"),
        ("610131-2024-0012", "610131-2024-0012"),
        ("西安示例公司", "西安示例公司"),
    ] {
        assert_eq!(mask_cell(&[], cell), left);
    }
}

#[test]
fn among_names_of_organisations_those_of_people_are_masked() {
    let field = Field { sensitivity: Sensitivity::Organisation, ..personal(FieldType::Text) };
    let leaves = |text: &str| {
        let cell = mask_cell(&[&field], text);
        assert_eq!(mask(&field, FieldValue::Text(text.into())), FieldValue::Text(cell.clone()));
        cell
    };
    for whole in [
        "西安示例科技有限公司",
        "某公司",
        "西安创业投资管理中心（有限合伙）",
        "陕西某某股权投资合伙企业 (有限合伙)",
        "陕西省国有资产监督管理委员会",
        "西安市财政局",
        "某某职工持股会",
        "Acme Holdings Co., Ltd.",
        "ACME GMBH",
        "西安市高新区诚瑞面馆",
        "张三水果店",
        "中国建设银行股份有限公司西安文艺北路支行",
        "西安示例商贸有限公司（有限合伙）",
        "",
    ] {
        assert_eq!(leaves(whole), whole);
    }
    for (person, masked) in [
        ("张三", "张*"),
        ("欧阳锦程", "欧*"),
        ("王大学", "王*"),
        ("张会", "张*"),
        ("买买提·吐尔逊·某某会", "买*"),
        ("张三、李四、王建社", "张*"),
        ("王五（某某有限公司职工）", "王*"),
        ("John Smith", "J*"),
        ("张三 John", "张*"),
        ("欧阳娜娜", "欧*"),
        ("李四（个体）", "李*"),
        ("王小明等3人", "王*"),
        ("张三等五户", "张*"),
        ("经营者：王建城", "经*"),
        ("诚瑞面馆（张三）", "诚瑞面馆（*）"),
        ("西安市高新区诚瑞面馆(经营者：张三)", "西安市高新区诚瑞面馆（*）"),
    ] {
        assert_eq!(leaves(person), masked);
    }
    // The sensitivity of a person's own field wins.
    assert_eq!(mask_cell(&[&field, &personal(FieldType::Text)], "某某有限公司"), "某*");
}

#[test]
fn a_key_leaves_part_by_part() {
    let names = ["a", "b", "c"].map(|id| Field { id: id.into(), ..personal(FieldType::Text) });
    let [mut open, mut of_parties, person] = names;
    open.sensitivity = Sensitivity::Internal;
    of_parties.sensitivity = Sensitivity::Organisation;
    let kind = Kind { fields: vec![open, of_parties, person], ..kind() };
    let note = |key: &[&str]| StreamNote {
        columns: ["A", "B", "C"].map(|name| (name.to_owned(), vec![name.to_lowercase()])).into(),
        key: key.iter().map(|name| (*name).to_owned()).collect(),
    };
    let catalogue = Catalogue::new(Arc::new(Ontology::build(OntologyDraft::default()).unwrap()))
        .with_stream("s", "ab", note(&["A", "B"]))
        .with_stream("s", "ac", note(&["A", "C"]));
    let shown =
        |stream: &str, key: &str| catalogue.masked_key("s", stream, &kind, &SourceKey(key.to_owned()));
    assert_eq!(shown("ab", "罚1|张三"), "罚1|张*");
    assert_eq!(shown("ab", "罚1|张三水果店"), "罚1|张三水果店");
    assert_eq!(shown("ac", "罚1|张三"), "罚1|张*");
    // A key that stood more than once is told as it stands at the source.
    assert_eq!(shown("ab", "罚1|某公司|?00112233445566778899aabbccddeeff.2"), "罚1|某公司");
    assert_eq!(shown("ab", "罚1"), "***");
    assert_eq!(shown("unknown", "罚1"), "***");
    assert!(!catalogue.is_key_personal("s", "ab", &kind) && catalogue.is_key_personal("s", "ac", &kind));
    assert!(catalogue.is_key_personal("s", "unknown", &kind));
}

fn kind() -> Kind {
    Kind {
        id: "k".into(),
        plural: "ks".into(),
        label: Label::default(),
        description: Label::default(),
        share: Share::Unconditional,
        fields: Vec::new(),
        roles: Vec::new(),
        timely: Vec::new(),
    }
}

#[test]
fn what_cannot_be_masked_is_withheld() {
    let day = jiff::civil::date(1990, 5, 6);
    assert_eq!(mask(&personal(FieldType::Date), FieldValue::Date(day)), FieldValue::Null);
    assert_eq!(
        mask(
            &personal(FieldType::PartialDate),
            FieldValue::PartialDate { first: day, precision: Precision::Day }
        ),
        FieldValue::PartialDate { first: jiff::civil::date(1990, 1, 1), precision: Precision::Year }
    );
    let mut open = personal(FieldType::Text);
    open.sensitivity = Sensitivity::Public;
    assert_eq!(mask(&open, FieldValue::Text("张三".into())), FieldValue::Text("张三".into()));
}

#[test]
fn a_key_opens_until_it_is_revoked() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.jsonl");
    let keys = Keys::open(&path).unwrap();
    let other = Keys::open(&path).unwrap();
    let new = keys.create("测试", "scjg", Role::Steward, [7; 32], Timestamp(5)).unwrap();
    let key = new.reveal().to_owned();
    assert!(key.starts_with("tj_") && !format!("{new:?}").contains(&key));

    let caller = other.authenticate(&key).unwrap().unwrap();
    assert_eq!((caller.department.as_str(), caller.role), ("scjg", Role::Steward));
    assert_eq!(caller.key, new.id);
    assert!(!std::fs::read_to_string(&path).unwrap().contains(&key));

    for place in 3..key.len() {
        let mut bad = key.clone().into_bytes();
        bad[place] = if bad[place] == b'0' { b'1' } else { b'0' };
        assert_eq!(other.authenticate(&String::from_utf8(bad).unwrap()).unwrap(), None);
    }
    for bad in ["", "tj_", "Bearer", &key[1..], "张三"] {
        assert_eq!(other.authenticate(bad).unwrap(), None);
    }

    keys.revoke(&new.id, Timestamp(9)).unwrap();
    assert_eq!(other.authenticate(&key).unwrap(), None);
    assert_eq!(other.list().unwrap()[0].revoked, Some(Timestamp(9)));
    assert!(keys.revoke("nobody", Timestamp(9)).is_err());
}

/// A field that is not personal, and what leaves of a value that its list or scheme refuses.
#[track_caller]
fn leaves(field_type: &FieldType, value: &str, left: &str) {
    let field = Field { sensitivity: Sensitivity::Public, ..personal(field_type.clone()) };
    let code = |code: &str| FieldValue::Code { code: code.to_owned(), edition: String::new() };
    let (is, shown) = if matches!(field_type, FieldType::Code { .. }) {
        (code(value), code(left))
    } else {
        (FieldValue::Text(value.into()), FieldValue::Text(left.into()))
    };
    assert_eq!(mask(&field, is), shown, "{value}");
    assert_eq!(mask_cell(&[&field], value), left, "{value}");
}

#[test]
fn codes_that_no_list_knows_tell_no_person() {
    let list = FieldType::Code { list: "l".into() };
    for (raw, left) in [
        ("张三", "张*"),
        ("欧阳娜娜", "欧*"),
        ("610113198001011231", "610***********1231"),
        ("110105 19491231 002X", "110***********002X"),
        ("其他13812345678", "其他138****5678"),
        ("张三 138-1234-5678", "张* 138****5678"),
        ("经办李四：+86 138 1234 5678", "经办李四：+86 138****5678"),
    ] {
        leaves(&list, raw, left);
    }
    for whole in [
        "其他",
        "存续",
        "暂停",
        "开业",
        "在营",
        "注销",
        "曾用名",
        "高级",
        "许可注销",
        "周转",
        "9900",
        "F51",
        "610131",
        "丁类",
        "X",
        "20240101",
        "2024-01-15",
        "1.5",
        "个体工商户",
        "有限责任公司(自然人独资)",
        "",
    ] {
        leaves(&list, whole, whole);
    }
    // A code of the list is told whole, whatever it is.
    let field = Field { sensitivity: Sensitivity::Public, ..personal(list) };
    let known = FieldValue::Code { code: "张三".into(), edition: "2024".into() };
    assert_eq!(mask(&field, known.clone()), known);
}

#[test]
fn identifiers_that_their_scheme_refuses_tell_no_person() {
    for scheme in [Scheme::Uscc, Scheme::RegistrationNumber, Scheme::SubjectNumber, Scheme::TaxId] {
        let code = FieldType::Identifier(scheme);
        for (kept, left) in [
            ("张三", "张*"),
            ("吕布衣", "吕*"),
            ("ZHANGSAN", "Z*"),
            ("13812345678", "138****5678"),
            ("138-1234-5678", "138****5678"),
            ("8613812345678", "86138****5678"),
            ("张三610113198001011231", "张*610***********1231"),
            ("身份证610113198001011231", "身份证610***********1231"),
            ("610113 19800101 1231", "610***********1231"),
            ("610113-800101-123", "610********1123"),
            ("６１０１１３１９８００１０１１２３１", "610***********1231"),
        ] {
            leaves(&code, kept, left);
        }
        for whole in [
            "91610131MA6TE5T09D",
            "91610131MA6TE5T090",
            "916101311234567890",
            "610131100012345",
            "无",
            "N/A",
            "NONE",
            "未办理统一代码",
            "西安示例公司",
            "91610131 MA6TE5T0",
        ] {
            leaves(&code, whole, whole);
        }
    }
    for whole in ["HT2024010001", "A-13812345678", "高处罚〔2024〕1号", "13812345678", "东区支部"] {
        leaves(&FieldType::Identifier(Scheme::Local), whole, whole);
    }
    leaves(&FieldType::Identifier(Scheme::Local), "张三", "张*");
}

#[test]
fn cells_of_other_types_tell_no_person() {
    for (field_type, cell, left) in [
        (FieldType::Date, "张三", "张*"),
        (FieldType::Money, "证11010519491231002X", "证110***********002X"),
        (FieldType::Money, "13812345678", "13812345678"),
        (FieldType::Integer, "610131202401150012", "610131202401150012"),
        (FieldType::Date, "2024-02-30", "2024-02-30"),
        (FieldType::Text, "身份证 110105 19491231 002X", "身份证 110***********002X"),
        (FieldType::Text, "证ID11010519491231002X", "证ID110***********002X"),
        (FieldType::Text, "610131-20240115-0012", "610131-20240115-0012"),
        (FieldType::Phone, "张三029-88881234", "张*029-88881234"),
        (FieldType::Phone, "029-88881234", "029-88881234"),
    ] {
        let field = Field { sensitivity: Sensitivity::Public, ..personal(field_type) };
        assert_eq!(mask_cell(&[&field], cell), left, "{cell}");
    }
}
