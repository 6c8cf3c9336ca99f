//! Whole rows: every fault told, first of several columns, secrets kept.

use super::*;

fn columns(field: &str, names: &[&str]) -> FieldMappingDraft {
    FieldMappingDraft {
        from: FromDraft::Columns(names.iter().map(|name| (*name).to_owned()).collect()),
        ..of_field(field)
    }
}

#[test]
fn every_fault_is_told() {
    let mapping =
        build(draft(vec![columns("date", &["D"]), columns("money", &["M"]), columns("text", &["T"])]))
            .unwrap();
    let mapped = mapping.projection();
    assert_eq!(
        mapped,
        contract::Projection::Columns(vec!["T".into(), "M".into(), "D".into()]),
        "in the kind's order"
    );
    let letter = mapping
        .apply(&[Value::Text("ok".into()), Value::Text("x".into()), Value::Text("2024-02-30".into())])
        .unwrap_err();
    let faults: Vec<_> =
        letter.faults.iter().map(|f| (f.field.as_deref(), f.column.as_deref(), f.message.code)).collect();
    assert_eq!(faults, [(Some("money"), Some("M"), "TJ-D005"), (Some("date"), Some("D"), "TJ-D004")]);
    assert_eq!(letter.cells.len(), 3);
    assert_eq!(letter.cells[0], ("T".to_owned(), Some("ok".to_owned())));
}

#[test]
fn the_first_column_that_says_something() {
    let mapping = build(draft(vec![columns("text", &["A", "B"])])).unwrap();
    let text = |text: &str| Value::Text(text.into());
    assert_eq!(become_text(&mapping, "text", &[text("无"), text("乙")]), "乙");
    assert_eq!(become_text(&mapping, "text", &[text("甲"), text("乙")]), "甲");
    assert_eq!(become_text(&mapping, "text", &[Value::Null, text(" ")]), "NULL");
}

#[test]
fn constants_are_read_once() {
    let constant = FieldMappingDraft { from: FromDraft::Constant("1万元".into()), ..of_field("money") };
    let mapping = build(draft(vec![constant, of_field("text")])).unwrap();
    assert_eq!(become_text(&mapping, "money", &[Value::Null]), "10000.0000 CNY");
}

#[test]
fn a_clear_id_number_never_leaves() {
    const ID: &str = "11010519491231002X";
    let mut bad_date = columns("date", &["D"]);
    bad_date.on_invalid = OnInvalid::DeadLetter;
    let mapping = build(draft(vec![
        columns("resident_id", &["ID"]),
        columns("text", &["T"]),
        columns("tax_id", &["S"]),
        bad_date,
    ]))
    .unwrap();
    let text = |text: &str| Value::Text(text.into());
    let quoted = format!("不是日期 {ID}");
    for (id, d) in [
        (ID, "2024-02-30"),
        ("110105194912310021", "2024-01-01"),
        ("110105194913310021", "x"),
        (ID, quoted.as_str()),
    ] {
        // The number in its own column, inside a remark, and in the number of an individual business.
        let cells = [text(&format!("见{ID}")), text("2024"), text(&format!("{ID}01")), text(id)];
        let cells = [cells[0].clone(), text(d), cells[2].clone(), cells[3].clone()];
        let letter = mapping.apply(&cells).unwrap_err();
        let all = format!("{letter:?}");
        assert!(!all.contains(ID) && !all.contains("19491231") && !all.contains("19491331"), "{all}");
        assert!(all.contains("110***********00"), "{all}");
    }
    let mapped =
        mapping.apply(&[text("备注"), text("2024-01-01"), text(&format!("{ID}01")), text(ID)]).unwrap();
    let all = format!("{mapped:?}");
    assert!(!all.contains("19491231"), "{all}");
    let key = PersonKey::derive(b"secret");
    assert_eq!(
        mapped.person_hashes,
        [(TYPES.iter().position(|t| *t == "resident_id").unwrap(), key.hash(ID))]
    );
    assert_eq!(key.hash(ID).len(), 32);
    assert_ne!(key.hash(ID), PersonKey::derive(b"other").hash(ID));
    assert_eq!(format!("{key:?}"), "PersonKey(..)");
}

#[test]
fn fifteen_and_eighteen_digits_are_one_person() {
    let mapping = build(draft(vec![of_field("resident_id")])).unwrap();
    let hash = |text: &str| mapping.apply(&[Value::Text(text.into())]).unwrap().person_hashes;
    assert_eq!(hash("110105491231002"), hash("11010519491231002x"));
}

#[test]
fn long_cells_are_cut() {
    let mapping = build(draft(vec![columns("text", &["T"])])).unwrap();
    let letter = mapping.apply(&[Value::Text("长".repeat(100_000))]).unwrap_err();
    let cell = letter.cells[0].1.as_ref().unwrap();
    assert!(cell.len() <= 4096 && cell.starts_with('长'));
}

/// Not a benchmark: a guard against an accident. The figure wanted is 6 µs a row in a release build.
#[test]
#[ignore = "prints a figure; run with --release -- --ignored --nocapture"]
fn speed() {
    let fields = TYPES.iter().map(|id| columns(id, &[id]));
    let mapping = build(draft(fields.collect())).unwrap();
    let text = |text: &str| Value::Text(text.into());
    let row: Vec<Value> = TYPES
        .iter()
        .map(|id| match *id {
            "code" => text("01"),
            "money" => Value::Decimal("1234.56".into()),
            "decimal" => Value::Decimal("1.5".into()),
            "integer" => Value::Int(12),
            "bool" => text("是"),
            "date" | "partial_date" => text("2024-01-31"),
            "until" => text("长期"),
            "timestamp" => text("2024-01-31 12:30:05"),
            "phone" => text("029-88888888"),
            "address" => text("陕西省西安市高新区高新路1号"),
            "uscc" | "tax_id" => text("91610131MA6TE5T09D"),
            "registration_number" => text("440301103097413"),
            "organisation_code" => text("M000100Y-4"),
            "social_insurance_number" => text("6101M000100Y4"),
            "customs_code" => text("6101910001"),
            "resident_id" => text("11010519491231002X"),
            _ => text("西安高新技术产业开发区有限公司"),
        })
        .collect();
    assert!(mapping.apply(&row).is_ok(), "{:?}", mapping.apply(&row));
    let start = std::time::Instant::now();
    const N: u32 = 100_000;
    for _ in 0..N {
        std::hint::black_box(mapping.apply(std::hint::black_box(&row))).ok();
    }
    let per_row = start.elapsed() / N;
    eprintln!("{} columns: {per_row:?} a row", row.len());
    for (index, id) in TYPES.iter().enumerate() {
        let mapping = build(draft(vec![of_field(id)])).unwrap();
        let cell = row.get(index..=index).unwrap();
        let start = std::time::Instant::now();
        for _ in 0..N {
            std::hint::black_box(mapping.apply(std::hint::black_box(cell))).ok();
        }
        eprintln!("{id:>24} {:?}", start.elapsed() / N);
    }
}

#[test]
fn a_column_of_either_identifier_flags_neither() {
    const NUMBER: &str = "610131000000018";
    let uscc = codes::Uscc::compose("91610131MA6EXAM16").unwrap().to_string();
    let number = codes::RegistrationNumber::compose(&NUMBER[..14]).unwrap().to_string();
    for on_invalid in [OnInvalid::Keep, OnInvalid::Null, OnInvalid::DeadLetter] {
        let of = |field| FieldMappingDraft { on_invalid, ..columns(field, &["C"]) };
        let mapping =
            build(draft(vec![of("uscc"), of("registration_number"), columns("pripid", &["C"])])).unwrap();
        let become_both = |cell: &str| {
            let cells = [Value::Text(cell.into())];
            ["uscc", "registration_number"].map(|field| become_text(&mapping, field, &cells))
        };
        assert_eq!(become_both(&uscc), [uscc.as_str(), "NULL"]);
        assert_eq!(become_both(&number), ["NULL", number.as_str()]);
        // What is neither is told, though the number of no scheme would take it.
        let flags = match on_invalid {
            OnInvalid::Keep => "TJ-D030 TJ-D030",
            OnInvalid::Null => "TJ-D034 TJ-D034",
            OnInvalid::DeadLetter | OnInvalid::Unsaid => "!TJ-I",
        };
        let neither = become_both("91610131MA6EXAM16X");
        assert!(neither.iter().all(|text| text.contains(flags)), "{neither:?}");
    }
}
