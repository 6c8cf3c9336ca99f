//! `golden.tsv`: field, cell, what it becomes. `⏎` stands for the end of a line in a cell, `␀` for NUL.

use super::*;

const GOLDEN: &str = include_str!("golden.tsv");

#[test]
fn cells_become_values() {
    let mut faults = Vec::new();
    let mut n_cases = 0;
    for (number, line) in
        GOLDEN.lines().enumerate().filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
    {
        let [field, cell, expected] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("golden.tsv:{}: not three columns", number + 1);
        };
        let mapping = build(draft(vec![of_field(field)])).unwrap();
        let found = become_text(&mapping, field, &[cell_of(cell)]);
        n_cases += 1;
        if found != expected {
            faults.push(format!(
                "golden.tsv:{}: {field} `{cell}` became `{found}`, not `{expected}`",
                number + 1
            ));
        }
    }
    assert!(faults.is_empty(), "{} of {n_cases}:\n{}", faults.len(), faults.join("\n"));
    assert!(n_cases > 250, "{n_cases}");
}

/// `int:5`, `dec:1.5`, `float:0.1`, `date:…`, `datetime:…`, `ts:µs`, `odd:why:text`, `bytes:hex`, `null:`, else text.
fn cell_of(text: &str) -> Value {
    let Some((tag, rest)) = text.split_once(':') else { return text_cell(text) };
    match tag {
        "int" => Value::Int(rest.parse().unwrap()),
        "dec" => Value::Decimal(rest.to_owned()),
        "float" => Value::Float(rest.parse().unwrap()),
        "bool" => Value::Bool(rest == "t"),
        "date" => Value::Date(rest.parse().unwrap()),
        "datetime" => Value::DateTime(rest.parse().unwrap()),
        "ts" => Value::Timestamp(rest.parse().unwrap()),
        "null" => Value::Null,
        "bytes" => Value::Bytes(
            rest.as_bytes()
                .chunks(2)
                .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
                .collect(),
        ),
        "odd" => {
            let (why, text) = rest.split_once(':').unwrap();
            let known =
                ["infinity", "nan", "zero-date", "bad-encoding", "too-large", "range", "no-result", "other"];
            let why = known.into_iter().find(|known| *known == why).unwrap();
            Value::Odd { text: text.to_owned(), why }
        }
        _ => text_cell(text),
    }
}

fn text_cell(text: &str) -> Value {
    Value::Text(text.replace('⏎', "\n").replace('␀', "\0").replace('␣', " "))
}

#[test]
fn units_and_currencies_of_columns() {
    let with = |unit: &str, cell: Value| {
        let mut field = of_field("money");
        field.unit = Some(unit.into());
        become_text(&build(draft(vec![field])).unwrap(), "money", &[cell])
    };
    let text = |text: &str| Value::Text(text.into());
    assert_eq!(with("万元", Value::Decimal("12.345678".into())), "123456.7800 CNY");
    assert_eq!(with("万元", text("5000元")), "50000000.0000 CNY", "元 says no unit, the column's stands");
    assert_eq!(with("万元", text("6,170(万)")), "61700000.0000 CNY");
    assert_eq!(with("万元", text("3亿元")), "300000000.0000 CNY");
    assert_eq!(with("万美元", text("100")), "1000000.0000 USD");
    assert_eq!(with("万元", Value::Int(922_337_203_685)), "!TJ-D006");
    assert_eq!(
        with("万元", Value::Float(0.1 + 0.2)),
        "3000.0000 CNY",
        "rounding noise of binary floating point"
    );

    let mut field = of_field("money");
    field.currency_column = Some("BZ".into());
    let mapping = build(draft(vec![field])).unwrap();
    assert_eq!(mapping.projection(), contract::Projection::Columns(vec!["BZ".into(), "C".into()]));
    for (currency, expected) in [
        (text("840"), "5.0000 USD"),
        (Value::Int(36), "5.0000 AUD"),
        (text("港币"), "5.0000 HKD"),
        (text("usd"), "5.0000 USD"),
        (text("贝壳"), "!TJ-D010"),
        (Value::Null, "5.0000 CNY"),
    ] {
        assert_eq!(become_text(&mapping, "money", &[currency, Value::Int(5)]), expected);
    }
}

#[test]
fn formats_words_and_placeholders_of_columns() {
    let mut field = of_field("date");
    field.format = Some("%d/%m/%Y".into());
    field.placeholders = vec!["00/00/0000".into()];
    let mapping = build(draft(vec![field])).unwrap();
    let text = |text: &str| [Value::Text(text.into())];
    assert_eq!(become_text(&mapping, "date", &text("03/02/2024")), "2024-02-03");
    assert_eq!(become_text(&mapping, "date", &text("2024-02-03")), "2024-02-03");
    assert_eq!(become_text(&mapping, "date", &text("00/00/0000")), "NULL");

    let mut field = of_field("until");
    field.open_ended = vec!["至注销为止".into()];
    let mapping = build(draft(vec![field])).unwrap();
    assert_eq!(become_text(&mapping, "until", &text("至注销为止")), "open");

    let mut field = of_field("timestamp");
    field.zone = Some("UTC".into());
    let mapping = build(draft(vec![field])).unwrap();
    assert_eq!(become_text(&mapping, "timestamp", &text("2024-02-03 04:05:06")), "2024-02-03T04:05:06Z");
    let mut field = of_field("timestamp");
    field.format = Some("epoch_milliseconds".into());
    let mapping = build(draft(vec![field])).unwrap();
    assert_eq!(
        become_text(&mapping, "timestamp", &[Value::Int(1_706_932_800_123)]),
        "2024-02-03T04:00:00.123Z"
    );

    let mut field = of_field("code");
    field.code_translation = Some("local".into());
    let mapping = build(draft(vec![field])).unwrap();
    assert_eq!(become_text(&mapping, "code", &text("ＪＧ")), "01@2017");
    assert_eq!(become_text(&mapping, "code", &text("02")), "02@2017");
    assert_eq!(become_text(&mapping, "code", &text("??")), "??@ TJ-D031");

    let mut field = of_field("text");
    field.trim = false;
    let mapping = build(draft(vec![field])).unwrap();
    assert_eq!(become_text(&mapping, "text", &text(" Ａ ")), " Ａ ");
}

#[test]
fn what_becomes_of_cells_that_cannot_be_read() {
    let with = |field: &str, on_invalid, cell: Value| {
        let mut draft_of_field = of_field(field);
        draft_of_field.on_invalid = on_invalid;
        become_text(&build(draft(vec![draft_of_field])).unwrap(), field, &[cell])
    };
    let text = |text: &str| Value::Text(text.into());
    assert_eq!(with("date", OnInvalid::DeadLetter, text("2024-02-30")), "!TJ-D004");
    assert_eq!(with("date", OnInvalid::Null, text("2024-02-30")), "NULL TJ-D034");
    assert_eq!(with("date", OnInvalid::Keep, text("2024-02-30")), "NULL TJ-D034", "no text can stand there");
    assert_eq!(with("phone", OnInvalid::Keep, text("见名片")), "见名片 TJ-D036");
    assert_eq!(
        with("text", OnInvalid::Keep, Value::Odd { text: "\\xff".into(), why: "bad-encoding" }),
        "NULL TJ-D034"
    );
    let large = || Value::Odd { text: "x".repeat(64), why: "too-large" };
    for on_invalid in [OnInvalid::Unsaid, OnInvalid::DeadLetter, OnInvalid::Null, OnInvalid::Keep] {
        assert_eq!(with("text", on_invalid, large()), "!TJ-D007", "{on_invalid:?}");
        let kept = match on_invalid {
            OnInvalid::Unsaid | OnInvalid::Keep => "??",
            OnInvalid::DeadLetter => "!TJ-D018",
            OnInvalid::Null => "NULL TJ-D031",
        };
        assert!(with("code", on_invalid, text("??")).starts_with(kept), "{on_invalid:?}");
    }
    assert_eq!(with("uscc", OnInvalid::DeadLetter, text("91610131MA6TE5T09X")), "!TJ-I004");
    assert_eq!(with("uscc", OnInvalid::Keep, text("91610131MA6TE5T09X")), "91610131MA6TE5T09X TJ-D030");
    assert_eq!(
        with("resident_id", OnInvalid::Keep, text("110105194912310021")),
        "110***********0021 TJ-D030"
    );
    assert_eq!(with("resident_id", OnInvalid::Null, text("110105194912310021")), "NULL TJ-D034");
}
