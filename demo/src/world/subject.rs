//! Market subjects.

use codes::{OrganisationCode, RegistrationNumber, Uscc};
use jiff::civil::Date;

use super::words::{BRAND, DISTRICT, FORM, ROAD, SHOP, TRADE};
use super::{Person, World};

/// What a subject is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Category {
    /// 企业.
    Enterprise,
    /// 个体工商户.
    Individual,
    /// 农民专业合作社.
    Cooperative,
}

/// A market subject as the world knows it: true values. Departments write them down in their own way.
#[derive(Clone, Debug)]
pub struct Subject {
    /// Number of the subject.
    pub index: u64,
    /// 主体身份代码 of the registry.
    pub pripid: String,
    /// Credit code. Valid, unless a real registration says otherwise.
    pub uscc: String,
    /// Old registration number, of those founded before October 2015.
    pub registration_number: Option<String>,
    /// Name.
    pub name: String,
    /// What it is.
    pub category: Category,
    /// Type, four digits.
    pub subject_type: &'static str,
    /// Founded on.
    pub established_on: Date,
    /// Address.
    pub address: String,
    /// District of the address.
    pub district: &'static str,
    /// Industry, four digits; in the edition of 2011 for the old ones.
    pub industry: &'static str,
    /// Scope of business.
    pub scope: String,
    /// Telephone.
    pub phone: String,
    /// Capital as the file of real registrations writes it.
    pub capital_text: Option<String>,
    /// Capital in 万元.
    pub capital_wan: u64,
    /// Legal representative or operator.
    pub legal_representative: Person,
}

impl Subject {
    /// The organisation code inside the credit code.
    #[must_use]
    pub fn organisation_code(&self) -> &str {
        self.uscc.get(8..17).unwrap_or("")
    }

    /// The taxpayer number of before 2016: region and organisation code.
    #[must_use]
    pub fn tax_id(&self) -> String {
        format!("610198{}", self.organisation_code())
    }

    /// Whether the credit code holds.
    #[must_use]
    pub fn has_valid_code(&self) -> bool {
        Uscc::parse(&self.uscc).is_ok()
    }
}

impl World {
    /// A subject by number.
    #[must_use]
    pub fn subject(&self, index: u64) -> Subject {
        let dice = &self.dice;
        let category = match dice.below("subject.category", index, 1000) {
            0..590 => Category::Enterprise,
            590..985 => Category::Individual,
            _ => Category::Cooperative,
        };
        let real = usize::try_from(index).ok().and_then(|index| self.registrations.get(index));
        let category = if real.is_some() { Category::Enterprise } else { category };
        let established_on = real
            .and_then(|real| real.registered_on.parse().ok())
            .unwrap_or_else(|| self.day("subject.established", index, 1998, 2019));
        let (trade, industry) = dice.pick("subject.trade", index, TRADE);
        let (shop, shop_industry) = dice.pick("subject.shop", index, SHOP);
        let (district, district_name) = dice.pick("subject.district", index, DISTRICT);
        let is_old = established_on < jiff::civil::date(2015, 10, 1);
        let brand = self.brand(index);
        let name = match category {
            Category::Enterprise => {
                let region = if dice.happens("subject.region", index, 80_000) { "陕西" } else { "西安" };
                let form = dice.pick("subject.form", index, FORM);
                let branch =
                    if dice.happens("subject.branch", index, 30_000) { "高新分公司" } else { "" };
                format!("{region}{brand}{trade}{form}{branch}")
            }
            Category::Individual => format!("西安市高新区{brand}{shop}"),
            Category::Cooperative => format!("西安{brand}种植农民专业合作社"),
        };
        Subject {
            index,
            pripid: format!("610131{index:018}"),
            uscc: real
                .map_or_else(|| synthetic_code(category, index), |real| real.uscc.trim().to_uppercase()),
            registration_number: is_old.then(|| synthetic_number(category, index)),
            name: real.map_or(name, |real| real.name.clone()),
            category,
            subject_type: match category {
                Category::Enterprise => {
                    dice.pick("subject.type", index, &["1130", "1190", "1151", "1100", "1222", "2130"])
                }
                Category::Individual => "9500",
                Category::Cooperative => "8650",
            },
            established_on,
            address: real.map_or_else(|| self.address(index, district_name), |real| real.address.clone()),
            district,
            industry: if category == Category::Individual { shop_industry } else { industry },
            scope: real.map_or_else(
                || {
                    format!(
                        "一般项目：{}；{trade}服务。（依法须经批准的项目，经相关部门批准后方可开展经营活动）",
                        shop
                    )
                },
                |real| real.scope.clone(),
            ),
            phone: format!(
                "1{}{:08}",
                dice.pick("subject.carrier", index, &[30, 35, 38, 52, 89]),
                dice.below("subject.phone", index, 100_000_000)
            ),
            capital_text: real.map(|real| real.capital.clone()),
            capital_wan: dice.pick(
                "subject.capital",
                index,
                &[1, 3, 10, 30, 50, 100, 100, 200, 500, 1000, 5000, 30000],
            ),
            legal_representative: self.person(dice.below("subject.legal", index, self.n_persons())),
        }
    }

    fn brand(&self, index: u64) -> String {
        let dice = &self.dice;
        let mut brand = String::new();
        brand.push_str(dice.pick("subject.brand1", index, BRAND));
        brand.push_str(dice.pick("subject.brand2", index, BRAND));
        if dice.happens("subject.brand", index, 600_000) {
            brand.push_str(dice.pick("subject.brand3", index, BRAND));
        }
        brand
    }

    fn address(&self, index: u64, district: &str) -> String {
        let dice = &self.dice;
        if self.hit("registry.shared_address", index) {
            let shared = dice.below("subject.shared", index, 40);
            return format!(
                "西安市高新区{}{}号创业大厦A座",
                dice.pick("shared.road", shared, ROAD),
                10 + shared
            );
        }
        let road = dice.pick("subject.road", index, ROAD);
        let number = 1 + dice.below("subject.number", index, 220);
        let unit = 1 + dice.below("subject.unit", index, 30);
        match dice.below("subject.address", index, 10) {
            0 => format!("高新区{road}{number}号"),
            1 => format!("陕西省西安市{district}{road}{number}号{unit}01室"),
            _ => format!("西安市高新区{road}{number}号{unit}幢{unit}层"),
        }
    }
}

/// A valid credit code that no other number has: the organisation code counts in base 31.
fn synthetic_code(category: Category, index: u64) -> String {
    const ALPHABET: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    // A bijection of 31^5, so that neighbours do not look alike.
    let mut rest = (index * 7_368_787 + 12_345) % 28_629_151;
    let mut body = *b"MB200000";
    for place in (3..8).rev() {
        body[place] = ALPHABET[(rest % 31) as usize];
        rest /= 31;
    }
    let body = String::from_utf8_lossy(&body).into_owned();
    let kind = match category {
        Category::Enterprise => "91",
        Category::Individual => "92",
        Category::Cooperative => "93",
    };
    let organisation = OrganisationCode::compose(&body).map(|code| code.to_string()).unwrap_or_default();
    Uscc::compose(&format!("{kind}610131{organisation}")).map(|code| code.to_string()).unwrap_or_default()
}

/// A valid registration number of 15 digits that no other number has.
fn synthetic_number(category: Category, index: u64) -> String {
    let first = if category == Category::Individual { 6 } else { 1 };
    RegistrationNumber::compose(&format!("610131{first}{:07}", index % 10_000_000))
        .map(|number| number.to_string())
        .unwrap_or_default()
}
