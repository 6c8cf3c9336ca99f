//! Words and numbers of currencies → ISO 4217.

/// ISO letters, ISO number, words departments use. The first of a line is what we keep.
const CURRENCIES: &[&[&str]] = &[
    &["CNY", "156", "人民币", "RMB", "￥", "¥", "CN¥"],
    &["HKD", "344", "港元", "香港元", "港币", "港幣", "HK$"],
    &["USD", "840", "美元", "美金", "US$", "$"],
    &["EUR", "978", "欧元", "€"],
    &["JPY", "392", "日元", "日圆"],
    &["GBP", "826", "英镑", "£"],
    &["TWD", "901", "新台币", "台币"],
    &["MOP", "446", "澳门元", "澳门币"],
    &["SGD", "702", "新加坡元", "新元"],
    &["KRW", "410", "韩元", "韩国元", "韩圆"],
    &["AUD", "036", "澳大利亚元", "澳元"],
    &["CAD", "124", "加拿大元", "加元"],
    &["CHF", "756", "瑞士法郎"],
    &["SEK", "752", "瑞典克朗"],
    &["NOK", "578", "挪威克朗"],
    &["DKK", "208", "丹麦克朗"],
    &["NZD", "554", "新西兰元"],
    &["THB", "764", "泰国铢", "泰铢"],
    &["MYR", "458", "马来西亚林吉特", "林吉特"],
    &["PHP", "608", "菲律宾比索"],
    &["RUB", "643", "卢布", "俄罗斯卢布"],
    &["INR", "356", "印度卢比"],
    &["DEM", "276", "德国马克", "马克"],
    &["FRF", "250", "法国法郎"],
];

/// The currency that a cell of a currency column names; case does not matter.
pub(super) fn named(text: &str) -> Option<&'static str> {
    let upper = text.to_uppercase();
    CURRENCIES
        .iter()
        .find(|words| words.iter().any(|word| *word == upper || *word == text))
        .and_then(|words| words.first().copied())
}

/// Takes the name of a currency off the beginning of a text; numbers do not count as names here.
pub(super) fn strip(text: &str) -> Option<(&str, &'static str)> {
    let mut best: Option<(&str, &'static str, usize)> = None;
    for words in CURRENCIES {
        let Some(code) = words.first() else { continue };
        for word in words.iter().filter(|word| !word.starts_with(|c: char| c.is_ascii_digit())) {
            let Some(start) = text.get(..word.len()) else { continue };
            let is_longer = best.is_none_or(|(_, _, length)| word.len() > length);
            if is_longer && start.eq_ignore_ascii_case(word) {
                best = Some((text.get(word.len()..).unwrap_or_default(), code, word.len()));
            }
        }
    }
    best.map(|(rest, code, _)| (rest, code))
}
