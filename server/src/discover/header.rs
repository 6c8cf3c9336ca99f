//! Whether the header of a file is a header: where it is missing, the first row of data stands there, with what is in it of
//! people.
//!
//! Invariant: what is told of such a row is masked.

use contract::StreamSchema;
use hub::catalogue::mask_cell;
use messages::Message;

use super::profile::{day, is_phone};

/// Columns that are told of, at most.
const MOST_TOLD: usize = 6;

/// That a file has no header, as far as its first row tells, with what to do; `None`: it has one.
pub(crate) fn absent(schema: &StreamSchema) -> Option<Message> {
    let names: Vec<&str> = schema.columns.iter().map(|column| column.name.as_str()).collect();
    let n_values = names.iter().filter(|name| is_value(name)).count();
    let n_people = names.iter().filter(|name| codes::is_person_name(name)).count();
    // A word or two that begin as a name does stand in headers, too.
    if n_values == 0 && n_people < 2 {
        return None;
    }
    let is_told = |name: &&str| is_value(name) || codes::is_person_name(name);
    let told: Vec<String> = names.iter().copied().filter(is_told).take(MOST_TOLD).map(shown).collect();
    Some(Message::new("TJ-V286").with("stream", &schema.name).with("cells", told.join(", ")))
}

/// A number of a person or an organisation, a telephone, a day: no column is called so.
fn is_value(name: &str) -> bool {
    let number = codes::cleaned(name);
    codes::Uscc::parse(&number).is_ok()
        || codes::ResidentId::parse(&number).is_ok()
        || (number.len() >= 15 && number.bytes().filter(u8::is_ascii_digit).count() >= 15)
        || is_phone(name.trim())
        || day(name.trim()).0 == Some(true)
}

fn shown(name: &str) -> String {
    if day(name.trim()).0.is_some() && codes::cleaned(name).len() < 15 {
        let year: String = name.trim().chars().take(4).collect();
        return format!("{year}****");
    }
    let masked = mask_cell(&[], name);
    // A telephone of an office, a number of an organisation: shown as far as a person's would be.
    if masked == name && codes::Uscc::parse(name).is_err() {
        return name.chars().take(3).chain("****".chars()).collect();
    }
    masked
}

#[cfg(test)]
mod tests {
    use contract::{Column, ColumnType};
    use messages::Lang;

    use super::*;

    fn told(names: &[&str]) -> Option<Message> {
        let column = |name: &&str| Column {
            name: (*name).to_owned(),
            column_type: ColumnType::Any,
            native_type: String::new(),
            is_nullable: true,
            charset: None,
            comment: None,
        };
        absent(&StreamSchema {
            name: "a.csv".parse().unwrap(),
            comment: None,
            columns: names.iter().map(column).collect(),
            key: Vec::new(),
            estimated_rows: None,
            notes: Vec::new(),
            parts: Vec::new(),
        })
    }

    #[test]
    fn a_row_of_data_in_place_of_the_header_is_told_masked() {
        for row in [
            &["张三", "11010519491231002X", "13812345678"][..],
            &["1", "110105 19491231 002X"],
            &["张三", "610113198001011231"],
            &["7", "2024-01-15", "某街道"],
            &["张三", "李四", "文书"],
            &["029-88881234", "某店"],
            &["91610131MA6TE5T09D", "张三"],
        ] {
            let message = told(row).unwrap_or_else(|| panic!("{row:?}"));
            for lang in [Lang::Zh, Lang::En] {
                let text = message.render(lang);
                assert!(text.contains("header_row") && text.contains("a.csv"), "{text}");
                for secret in ["张三", "李四", "19491231", "13812345678", "19800101", "01-15", "88881234"]
                {
                    assert!(!text.contains(secret), "{text}");
                }
            }
        }
    }

    #[test]
    fn headers_as_departments_write_them_are_headers() {
        for header in [
            &["名称", "统一社会信用代码", "成立日期", "金额"][..],
            &["方位", "名称", "地址"],
            &["2023年产值", "2024年产值", "单位"],
            &["2024", "2023", "name"],
            &["id", "t_1", "col0001", "f20240", "cf_xdr_shxym"],
            &["处罚决定日期", "法定代表人", "证件号码", "联系电话"],
            &[],
        ] {
            assert!(told(header).is_none(), "{header:?}");
        }
    }
}
