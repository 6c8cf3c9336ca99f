//! Mapping never panics, whatever stands in the cells; normalising what was normalised changes nothing.

use proptest::prelude::*;

use super::*;

fn any_cell() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        any::<String>(),
        "[0-9０-９,，.万元亿人民币美元()（）+ -]{0,14}",
        "[0-9]{4}[-/年.]?[0-9]{1,2}[-/月.]?[0-9]{0,2}[日号]?[ T]?[0-9:时分秒.]{0,9}",
        "[0-9A-Z]{15,18}",
        "[+0-9()（）;、/转x-]{0,20}",
        "[无是否长期\\-/　 ＡＢ１２]{0,4}",
    ];
    prop_oneof![
        3 => text.prop_map(Value::Text),
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::Bool),
        1 => any::<i64>().prop_map(Value::Int),
        1 => "[+-]?[0-9]{1,40}(\\.[0-9]{0,40})?".prop_map(Value::Decimal),
        1 => any::<f64>().prop_map(Value::Float),
        1 => any::<Vec<u8>>().prop_map(Value::Bytes),
        1 => (-9999_i16..=9999, 1_i8..=12, 1_i8..=28).prop_map(|(y, m, d)| Value::Date(jiff::civil::date(y, m, d))),
        1 => (-9999_i16..=9999, 1_i8..=12, 1_i8..=28, 0_i8..24)
            .prop_map(|(y, m, d, h)| Value::DateTime(jiff::civil::date(y, m, d).at(h, 30, 0, 0))),
        1 => any::<i64>().prop_map(Value::Timestamp),
        1 => (any::<String>(), prop::sample::select(vec!["infinity", "nan", "zero-date", "bad-encoding", "too-large", "range"]))
            .prop_map(|(text, why)| Value::Odd { text, why }),
    ]
}

/// A value as a source would hold it that kept it normalised.
fn cell_of(value: &FieldValue) -> Value {
    match value {
        FieldValue::Null => Value::Null,
        FieldValue::Text(text) => Value::Text(text.clone()),
        FieldValue::Code { code, .. } => Value::Text(code.clone()),
        FieldValue::Money { units, currency } => Value::Text(format!(
            "{currency}{}{}.{:04}",
            if *units < 0 { "-" } else { "" },
            units.unsigned_abs() / 10_000,
            units.unsigned_abs() % 10_000
        )),
        FieldValue::Decimal(units) => Value::Decimal(format!(
            "{}{}.{:03}",
            if *units < 0 { "-" } else { "" },
            units.unsigned_abs() / 1000,
            units.unsigned_abs() % 1000
        )),
        FieldValue::Integer(number) => Value::Int(*number),
        FieldValue::Bool(truth) => Value::Bool(*truth),
        FieldValue::Date(date) => Value::Date(*date),
        FieldValue::PartialDate { first, precision } => Value::Text(match precision {
            crate::Precision::Year => format!("{:04}", first.year()),
            crate::Precision::Month => format!("{:04}-{:02}", first.year(), first.month()),
            crate::Precision::Day => return Value::Date(*first),
        }),
        FieldValue::Until(until) => Value::Date(until.as_date()),
        FieldValue::Timestamp(us) => Value::Timestamp(*us),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn normalising_twice_is_normalising_once(cell in any_cell()) {
        // ID numbers leave as hash and masked form: what was normalised is no ID number any more.
        for field in TYPES.iter().filter(|id| !matches!(**id, "resident_id" | "tax_id")) {
            let mapping = mapping_of(field);
            let Ok(once) = mapping.apply(std::slice::from_ref(&cell)) else { continue };
            let place = TYPES.iter().position(|id| id == field).unwrap();
            let again = cell_of(&once.values[place]);
            let twice = mapping.apply(&[again]);
            prop_assert!(twice.is_ok(), "{field}: {:?} → {:?} → {:?}", cell, once.values[place], twice);
            prop_assert_eq!(&twice.unwrap().values[place], &once.values[place], "{}", field);
        }
    }

    #[test]
    fn rows_of_any_cells_are_mapped_or_set_aside(cells in prop::collection::vec(any_cell(), 0..25)) {
        let fields = TYPES.iter().enumerate().map(|(n, id)| FieldMappingDraft {
            from: FromDraft::Columns(vec![format!("C{n}")]),
            ..of_field(id)
        });
        let mapping = every(fields.collect());
        match mapping.apply(&cells) {
            Ok(mapped) => prop_assert_eq!(mapped.values.len(), TYPES.len()),
            Err(letter) => prop_assert!(!letter.faults.is_empty()),
        }
    }
}

/// Building costs more than mapping: each once.
fn mapping_of(field: &str) -> std::rc::Rc<Mapping> {
    thread_local!(static KNOWN: std::cell::RefCell<std::collections::HashMap<String, std::rc::Rc<Mapping>>> = Default::default());
    KNOWN.with_borrow_mut(|known| {
        known
            .entry(field.to_owned())
            .or_insert_with(|| std::rc::Rc::new(build(draft(vec![of_field(field)])).unwrap()))
            .clone()
    })
}

fn every(fields: Vec<FieldMappingDraft>) -> std::rc::Rc<Mapping> {
    thread_local!(static KNOWN: std::cell::OnceCell<std::rc::Rc<Mapping>> = const { std::cell::OnceCell::new() });
    KNOWN.with(|known| known.get_or_init(|| std::rc::Rc::new(build(draft(fields)).unwrap())).clone())
}
