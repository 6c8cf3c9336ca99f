//! What departments make of a name, and what they leave out: each a function of the dice.

use demo::world::Dice;
use hub::resolve::scored::{Party, Profile};

use crate::register::Subject;

/// A record of a department.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    /// What was done to the name.
    pub(crate) class: &'static str,
    /// Place on the register of whom it speaks of.
    pub(crate) subject: Option<u32>,
    pub(crate) name: String,
    pub(crate) code: String,
    pub(crate) representative: String,
    pub(crate) phone: String,
    pub(crate) address: String,
}

impl Record {
    pub(crate) fn profile(&self) -> Profile {
        Profile::of(&Party {
            name: &self.name,
            former_names: "",
            code: &self.code,
            representative: &self.representative,
            phone: &self.phone,
            address: &self.address,
        })
    }
}

/// Rates in parts per million.
#[derive(Clone, Debug)]
pub(crate) struct Rates {
    /// One more change to the name.
    second: u32,
    no_representative: u32,
    other_representative: u32,
    slip_in_representative: u32,
    no_phone: u32,
    other_phone: u32,
    slip_in_phone: u32,
    no_address: u32,
    other_address: u32,
    short_address: u32,
    damaged_code: u32,
    wrong_region: u32,
    wrong_form: u32,
}

impl Rates {
    /// Those that figures are given for.
    pub(crate) fn measured() -> Rates {
        Rates {
            second: 120_000,
            no_representative: 120_000,
            other_representative: 40_000,
            slip_in_representative: 15_000,
            no_phone: 250_000,
            other_phone: 60_000,
            slip_in_phone: 15_000,
            no_address: 150_000,
            other_address: 50_000,
            short_address: 200_000,
            damaged_code: 250_000,
            wrong_region: 3_000,
            wrong_form: 3_000,
        }
    }

    /// All of them so many percent.
    pub(crate) fn times(&self, percent: u32) -> Rates {
        let times = |rate: u32| (rate / 100 * percent).min(900_000);
        Rates {
            second: times(self.second),
            no_representative: times(self.no_representative),
            other_representative: times(self.other_representative),
            slip_in_representative: times(self.slip_in_representative),
            no_phone: times(self.no_phone),
            other_phone: times(self.other_phone),
            slip_in_phone: times(self.slip_in_phone),
            no_address: times(self.no_address),
            other_address: times(self.other_address),
            short_address: times(self.short_address),
            damaged_code: times(self.damaged_code),
            wrong_region: times(self.wrong_region),
            wrong_form: times(self.wrong_form),
        }
    }
}

const CLASSES: &[&str] =
    &["clean", "typography", "region", "form", "replaced", "lost", "added", "swapped", "trade", "former"];
/// Characters that a slip of the pen puts.
const POOL: &str = "的一是不了人我在有他这为之大来以个中上们到说国和地也子时道出而要于就下得可你年生自会那后能对着事其里所去行过家十用发天如然作方成者多日都三小军二无同么经法当起与好看学进种将还分此心前面又定见只主没公从华元原达远安宁";

/// The record that a department has of a subject.
pub(crate) fn record(dice: &Dice, key: u64, place: u32, subject: &Subject, rates: &Rates) -> Record {
    let mut class = CLASSES[dice.below("noise.class", key, CLASSES.len() as u64) as usize];
    let mut name = subject.name.clone();
    if class == "former" {
        match subject.former.is_empty() {
            true => class = "clean",
            false => name = subject.former.clone(),
        }
    } else {
        name = altered(dice, key, class, &name);
    }
    if class != "clean" && dice.happens("noise.second", key, rates.second) {
        let second = CLASSES[1 + dice.below("noise.class2", key, CLASSES.len() as u64 - 2) as usize];
        name = altered(dice, key ^ 0x5555_0000, second, &name);
        class = "twice";
    }
    if dice.happens("noise.wrong_region", key, rates.wrong_region) {
        name = other_region(&name);
    }
    if dice.happens("noise.wrong_form", key, rates.wrong_form) {
        name = other_form(&name);
    }
    let mut record = Record {
        class,
        subject: Some(place),
        name,
        code: String::new(),
        representative: subject.representative.clone(),
        phone: subject.phone.clone(),
        address: subject.address.clone(),
    };
    others(dice, key, subject, rates, &mut record);
    // Records that say nothing but a name are measured by themselves.
    let says = |text: &str, n: usize| {
        text.chars().count() >= n
            && text != "N/A"
            && text != "00000000"
            && text != "13000000000"
            && text != "陕西省西安市"
    };
    if record.code.is_empty()
        && !says(&record.representative, 2)
        && !says(&record.phone, 8)
        && !says(&record.address, 6)
    {
        record.address.clone_from(&subject.address);
    }
    record
}

/// Everything besides the name.
pub(crate) fn others(dice: &Dice, key: u64, subject: &Subject, rates: &Rates, record: &mut Record) {
    let hit = |label: &'static str, rate: u32| dice.happens(label, key, rate);
    if hit("noise.no_representative", rates.no_representative) {
        record.representative = dice.pick("noise.nobody", key, &["", "无", "N/A", "*", "N/A"]).to_owned();
    } else if hit("noise.other_representative", rates.other_representative) {
        record.representative = subject.other_representative.clone();
    } else if hit("noise.slip_in_representative", rates.slip_in_representative) {
        record.representative = slip(dice, key, "noise.slip_r", &record.representative, 1);
    }
    if hit("noise.no_phone", rates.no_phone) {
        record.phone =
            dice.pick("noise.no_phone_is", key, &["", "无", "0", "00000000", "13000000000"]).to_owned();
    } else if hit("noise.other_phone", rates.other_phone) {
        record.phone = format!("139{:08}", dice.below("noise.phone", key, 100_000_000));
    } else if hit("noise.slip_in_phone", rates.slip_in_phone) && record.phone.len() == 11 {
        let at = 3 + dice.below("noise.phone_at", key, 8) as usize;
        let digit = dice.below("noise.phone_digit", key, 10).to_string();
        record.phone.replace_range(at..=at, &digit);
    }
    if hit("noise.no_address", rates.no_address) {
        record.address =
            dice.pick("noise.no_address_is", key, &["", "陕西省西安市", "-", "高新区"]).to_owned();
    } else if hit("noise.other_address", rates.other_address) {
        record.address = subject.other_address.clone();
    } else if hit("noise.short_address", rates.short_address)
        && let Some((head, _)) = record.address.split_once('号')
    {
        record.address = format!("{head}号");
    }
    if hit("noise.damaged_code", rates.damaged_code) && subject.code.len() == 18 {
        record.code = damaged(dice, key, &subject.code);
    }
}

/// One sign of a code lost, doubled, swapped with the next, or another; never valid by it.
fn damaged(dice: &Dice, key: u64, code: &str) -> String {
    for turn in 0..20_u64 {
        let key = key ^ (turn << 40);
        let mut signs: Vec<char> = code.chars().collect();
        let at = dice.below("noise.code_at", key, 17) as usize;
        match dice.below("noise.code_how", key, 6) {
            0 => signs.swap(at, at + 1),
            1 => _ = signs.remove(at),
            2 => signs.insert(at, signs[at]),
            _ => {
                let sign =
                    "0123456789ABCDEFGHJKLMNPQRTUWXY".chars().nth(dice.below("noise.sign", key, 31) as usize);
                signs[at] = sign.unwrap_or('0');
            }
        }
        let text: String = signs.into_iter().collect();
        if text != code && codes::Uscc::parse(&text).is_err() {
            return text;
        }
    }
    String::new()
}

fn altered(dice: &Dice, key: u64, class: &str, name: &str) -> String {
    match class {
        "typography" => typography(dice, key, name),
        "region" => {
            let Some((region, rest)) = split_region(name) else { return typography(dice, key, name) };
            match (dice.below("noise.region", key, 2), rest.split_once("有限")) {
                (0, Some((core, form))) => format!("{core}（{region}）有限{form}"),
                _ => rest.to_owned(),
            }
        }
        "form" => match dice.below("noise.form", key, 3) {
            0 if name.ends_with("有限责任公司") => name.replace("有限责任公司", "有限公司"),
            0 => name.replace("有限公司", "有限责任公司").replace("股份有限责任", "股份有限"),
            1 => name.trim_end_matches("公司").trim_end_matches("责任").trim_end_matches("有限").to_owned(),
            _ if name.contains("股份有限公司") => name.replace("股份有限公司", "股份公司"),
            _ => name.replace("有限责任公司", "公司").replace("有限公司", "公司"),
        },
        "replaced" => slip(dice, key, "noise.slip", name, skipped(name)),
        "lost" => change(dice, key, name, |chars, at| _ = chars.remove(at)),
        "added" => change(dice, key, name, |chars, at| chars.insert(at, chars[at])),
        "swapped" => change(dice, key, name, |chars, at| {
            if at + 1 < chars.len() {
                chars.swap(at, at + 1);
            }
        }),
        "trade" => match ["技术", "管理", "咨询", "开发", "工程", "服务", "有限"]
            .iter()
            .find_map(|word| name.split_once(word))
        {
            Some((head, tail)) if head.chars().count() >= 4 => format!(
                "{head}{}",
                if head.contains("有限") || !name.contains("有限") || tail.contains("有限") {
                    tail.to_owned()
                } else {
                    format!("有限{tail}")
                }
            ),
            _ => typography(dice, key, name),
        },
        _ => name.to_owned(),
    }
}

/// How many characters at the beginning a slip leaves alone: those of the place.
fn skipped(name: &str) -> usize {
    // A slip in 西安市高新区 is as likely as one in the brand.
    usize::from(split_region(name).is_some()) * 2
}

fn split_region(name: &str) -> Option<(&str, &str)> {
    ["西安", "陕西", "宝鸡", "咸阳", "延安", "榆林", "汉中", "安康", "渭南", "商洛", "铜川"]
        .iter()
        .find(|region| name.starts_with(**region))
        .and_then(|region| name.split_at_checked(region.len()))
        .filter(|(_, rest)| !rest.starts_with(['市', '省', '县', '区']) && rest.chars().count() > 5)
}

/// One character, neither of the place nor of the legal form, becomes another.
fn slip(dice: &Dice, key: u64, label: &'static str, name: &str, from: usize) -> String {
    let pool: Vec<char> = POOL.chars().collect();
    let mut chars: Vec<char> = name.chars().collect();
    let end = core_end(name);
    if end <= from {
        return name.to_owned();
    }
    let at = from + dice.below(label, key, (end - from) as u64) as usize;
    chars[at] = dice.pick("noise.pool", key, &pool);
    chars.into_iter().collect()
}

fn change(dice: &Dice, key: u64, name: &str, what: impl Fn(&mut Vec<char>, usize)) -> String {
    let mut chars: Vec<char> = name.chars().collect();
    let (from, end) = (skipped(name), core_end(name));
    if end < from + 3 {
        return name.to_owned();
    }
    what(&mut chars, from + dice.below("noise.at", key, (end - from - 1) as u64) as usize);
    chars.into_iter().collect()
}

/// Where the legal form begins, in characters; else the end.
fn core_end(name: &str) -> usize {
    ["股份有限", "有限", "专业合作社", "公司"]
        .iter()
        .find_map(|form| name.find(form))
        .map_or(name.chars().count(), |at| name[..at].chars().count())
}

fn typography(dice: &Dice, key: u64, name: &str) -> String {
    const OLD: &[(char, char)] = &[
        ('华', '華'),
        ('东', '東'),
        ('国', '國'),
        ('达', '達'),
        ('汉', '漢'),
        ('龙', '龍'),
        ('凤', '鳳'),
        ('云', '雲'),
        ('远', '遠'),
        ('兴', '興'),
        ('飞', '飛'),
        ('电', '電'),
        ('业', '業'),
        ('实', '實'),
        ('贸', '貿'),
        ('务', '務'),
        ('陕', '陝'),
        ('丰', '豐'),
    ];
    match dice.below("noise.typography", key, 5) {
        0 => name.chars().map(|c| OLD.iter().find(|(new, _)| *new == c).map_or(c, |(_, old)| *old)).collect(),
        1 => format!("{name}（已于2019年3月注销）"),
        2 => format!(" {} ", name.replace("有限", " 有限")),
        3 => name.replace('(', "（").replace(')', "）"),
        _ => format!("\u{3000}{name}"),
    }
}

pub(crate) fn other_region(name: &str) -> String {
    match (name.strip_prefix("西安"), name.strip_prefix("陕西")) {
        (Some(rest), _) if !rest.starts_with('市') => format!("陕西{rest}"),
        (_, Some(rest)) if !rest.starts_with('省') => format!("西安{rest}"),
        _ => name.to_owned(),
    }
}

pub(crate) fn other_form(name: &str) -> String {
    if name.contains("股份有限公司") {
        name.replace("股份有限公司", "有限公司")
    } else {
        name.replace("有限责任公司", "有限公司").replace("有限公司", "股份有限公司")
    }
}
