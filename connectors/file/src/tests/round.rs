//! What is written comes back.

use std::collections::BTreeMap;

use contract::Value;
use proptest::prelude::*;

use super::Drop;
use super::fixture::{gbk, request, rows};
use crate::{Files, Options};

/// Characters that are in GB 18030 and need care in files.
fn cell() -> impl Strategy<Value = String> {
    let common = prop::sample::select(vec![
        ' ', ',', ';', '\t', '|', '"', '\'', '\\', '\n', '\r', '\0', 'a', '0', '甲', '珅', '誠', '〇', '　',
        '（', '€', '𠮷', '䶮', '龘', '\u{a0}', 'é',
    ]);
    prop::collection::vec(prop_oneof![8 => common, 1 => prop::char::range('一', '龥')], 0..8)
        .prop_map(|characters| characters.into_iter().collect())
}

fn line(cells: &[String], delimiter: char) -> String {
    let quoted = |cell: &String| {
        if cell.contains([delimiter, '"', '\n', '\r']) {
            format!("\"{}\"", cell.replace('"', "\"\""))
        } else {
            cell.clone()
        }
    };
    cells.iter().map(quoted).collect::<Vec<_>>().join(&delimiter.to_string())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn cells_come_back_from_every_charset(
        table in prop::collection::vec((cell(), cell()), 0..12),
        delimiter in prop::sample::select(vec![',', ';', '\t', '|']),
        end in prop::sample::select(vec!["\n", "\r\n"]),
        charset in prop::sample::select(vec!["utf-8", "mark", "gbk", "gb18030", "utf-16le"]),
    ) {
        let mut file = line(&["n".into(), "一".into(), "二".into()], delimiter) + end;
        for (n, (one, two)) in table.iter().enumerate() {
            file += &(line(&[n.to_string(), one.clone(), two.clone()], delimiter) + end);
        }
        let bytes = match charset {
            "utf-8" => file.into_bytes(),
            "mark" => format!("\u{feff}{file}").into_bytes(),
            "utf-16le" => file.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            _ => gbk(&file),
        };
        let folder = Drop::new().with("x.csv", bytes);
        let declared = (charset != "mark").then(|| charset.to_owned());
        let files = Files::new(Options { charset: declared, delimiter, ..folder.options() });
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let found = runtime.block_on(rows(&files, request("x.csv", &["n"]))).unwrap();
        let value = |text: &String| if text.is_empty() { Value::Null } else { Value::Text(text.clone()) };
        let expected: BTreeMap<String, Vec<Value>> = table
            .iter()
            .enumerate()
            .map(|(n, (one, two))| (n.to_string(), vec![Value::Text(n.to_string()), value(one), value(two)]))
            .collect();
        let expected: Vec<_> = expected.into_iter().map(|(key, cells)| (Ok(key), cells)).collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn arbitrary_bytes_are_rows_or_an_error(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        name in prop::sample::select(vec!["x.csv", "x.xlsx"]),
        charset in prop::sample::select(vec![None, Some("gbk"), Some("utf-16le"), Some("big5")]),
    ) {
        let folder = Drop::new().with(name, bytes);
        let files = Files::new(Options { charset: charset.map(str::to_owned), ..folder.options() });
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let found = runtime.block_on(rows(&files, request(name, &[])));
        if let Err(error) = found {
            prop_assert!(!error.to_string().contains("broke"), "{}", error);
        }
    }
}
