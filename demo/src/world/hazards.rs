//! What is wrong with real data, and how often: the rates, each by itself, in parts per million of the rows it may hit.

use std::collections::BTreeMap;

/// Rates by the hazard's name, as `registry.code_check` or `penalty.by_name_only`.
#[derive(Clone, Debug)]
pub struct Hazards {
    rates: BTreeMap<&'static str, u32>,
}

/// Name, rate, and what it does. Rows of a department's table meet the hazards of that table's name.
pub const CATALOGUE: &[(&str, u32, &str)] = &[
    ("registry.code_check", 700, "a credit code with a wrong check character"),
    ("registry.no_code", 45_000, "an individual business of before 2016 without a credit code"),
    ("registry.impossible_date", 250, "founded on a day that no calendar has"),
    ("registry.no_name", 120, "no name"),
    ("registry.capital_overflow", 60, "a capital beyond any money type"),
    ("registry.code_in_number", 30_000, "the credit code stands in the column of the registration number"),
    ("registry.full_width", 80_000, "full-width letters and digits in the code or name"),
    ("registry.placeholder_phone", 60_000, "无, 0, - or 00000000 for a telephone"),
    ("registry.shared_phone", 40_000, "the telephone of an agency that registers many"),
    ("registry.shared_address", 120_000, "one of the addresses that hundreds share"),
    ("registry.compact_date", 70_000, "a date as 20170131"),
    ("registry.chinese_date", 20_000, "a date as 2017年1月31日"),
    ("registry.capital_text", 90_000, "a capital as 100万人民币 or 1,000(万)"),
    ("registry.foreign_capital", 8_000, "a capital in US dollars"),
    ("registry.unknown_state", 900, "a registration state that no list has"),
    ("person.short_id", 80_000, "an ID number of 15 digits"),
    ("person.no_id", 50_000, "no ID number"),
    ("person.wrong_id", 20_000, "an ID number with a wrong check character"),
    ("person.foreign", 6_000, "a passport instead of an ID number"),
    ("branch.untold", 570_000, "a branch whose registration does not say whose it is"),
    ("branch.stranger", 450_000, "the parent of another city, unknown to the registry"),
    ("branch.by_name_only", 30_000, "the parent by its name only"),
    ("branch.by_registration_number", 90_000, "the parent's old registration number in place of its code"),
    ("branch.code_check", 20_000, "the parent's code with a wrong check character"),
    ("branch.placeholder", 4_000, "无 or zeros for the parent of what is no branch"),
    ("shareholding.stranger", 250_000, "a corporate shareholder of another city, unknown to the registry"),
    ("shareholding.by_name_only", 30_000, "a corporate shareholder by its name only"),
    (
        "shareholding.by_registration_number",
        90_000,
        "a corporate shareholder's old registration number in place of its code",
    ),
    ("shareholding.code_check", 15_000, "a corporate shareholder's code with a wrong check character"),
    ("shareholding.unknown_type", 3_000, "a type of shareholder that no list has"),
    ("shareholding.placeholder", 12_000, "无 or 000000 for a number"),
    ("shareholding.short_id", 70_000, "an individual shareholder's ID number of 15 digits"),
    ("shareholding.wrong_id", 8_000, "an individual shareholder's ID number with a wrong check character"),
    ("shareholding.no_number", 400, "详见章程 for the subscribed capital"),
    ("succession.stranger", 60_000, "the predecessor of another city, unknown to the registry"),
    ("succession.by_name_only", 20_000, "the predecessor by its name only"),
    (
        "succession.by_registration_number",
        400_000,
        "the predecessor's old registration number in place of its code",
    ),
    ("succession.code_check", 15_000, "the predecessor's code with a wrong check character"),
    ("succession.unknown_event", 10_000, "a kind of succession that no list has"),
    ("succession.impossible_date", 3_000, "succeeded on a day that no calendar has"),
    ("change.unknown_item", 1_500, "a kind of change that no list has"),
    ("change.impossible_date", 300, "changed on a day that no calendar has"),
    ("report.nan", 200, "an amount that is no number"),
    ("listing.impossible_date", 400, "listed on a day that no calendar has"),
    ("penalty.code_check", 20_000, "a party's code with a wrong check character and nothing else"),
    ("penalty.by_registration_number", 90_000, "the party by its old registration number only"),
    ("penalty.by_organisation_code", 60_000, "the party by its organisation code only"),
    ("penalty.by_tax_id", 40_000, "the party by its old tax number only"),
    ("penalty.by_name_only", 40_000, "the party by its name only"),
    ("penalty.stranger", 30_000, "a party of another city, unknown to the registry"),
    ("penalty.impossible_date", 6_000, "decided on a day that no calendar has"),
    ("penalty.no_document", 4_000, "no document number"),
    ("penalty.repeated", 120_000, "the same decision reported again by the other department"),
    ("penalty.odd_category", 15_000, "a category that no list has"),
    ("licence.code_check", 15_000, "a holder's code with a wrong check character and nothing else"),
    ("licence.by_registration_number", 60_000, "the holder by its old registration number only"),
    ("licence.by_name_only", 10_000, "the holder by its name only"),
    ("licence.open_ended", 180_000, "长期 for the end of the term"),
    ("licence.far_end", 60_000, "9999-12-31 for the end of the term"),
    ("licence.no_end", 30_000, "无 for the end of the term"),
    ("licence.impossible_date", 800, "granted on a day that no calendar has"),
    ("licence.repeated_key", 300, "two rows with one licence number in one file"),
    ("licence.bad_bytes", 150, "bytes that are no GBK in the holder's name"),
    ("complaint.by_name_only", 150_000, "the company by its name only"),
    ("complaint.lower_case", 60_000, "a code in lower case or with spaces"),
    ("complaint.code_check", 20_000, "a code with a wrong check character and nothing else"),
    ("complaint.no_content", 2_000, "nothing is said"),
    ("court.by_organisation_code", 250_000, "the debtor by its organisation code only"),
    ("court.by_registration_number", 120_000, "the debtor by its old registration number only"),
    ("court.by_name_only", 50_000, "the debtor by its name only"),
    ("court.stranger", 60_000, "a debtor of another city"),
    ("court.short_id", 200_000, "a person's ID number of 15 digits"),
    ("court.masked_id", 70_000, "a person's ID number with asterisks"),
    ("court.no_case_number", 3_000, "no case number, which is the key"),
    ("civil.by_name_only", 60_000, "the subject by its name only"),
    ("civil.code_check", 20_000, "a code with a wrong check character and nothing else"),
    ("civil.impossible_date", 3_000, "a day that no calendar has"),
    ("civil.missing", 2_500, "nothing where something is required"),
    ("civil.stranger", 20_000, "the subject of another city"),
    ("commerce.by_name_only", 60_000, "the subject by its name only"),
    ("commerce.by_registration_number", 80_000, "the subject by its old registration number only"),
    ("commerce.code_check", 20_000, "a code with a wrong check character and nothing else"),
    ("commerce.impossible_date", 3_000, "a day that no calendar has"),
    ("commerce.no_number", 2_000, "详见附件 for an amount"),
    ("commerce.stranger", 20_000, "the subject of another city"),
    ("construction.by_name_only", 60_000, "the subject by its name only"),
    ("construction.by_organisation_code", 250_000, "the subject by its organisation code only"),
    ("construction.code_check", 20_000, "a code with a wrong check character and nothing else"),
    ("construction.impossible_date", 3_000, "a day that no calendar has"),
    ("construction.missing", 2_500, "nothing where something is required"),
    ("construction.stranger", 20_000, "the subject of another city"),
    ("court.code_check", 10_000, "a code with a wrong check character and nothing else"),
    ("court.impossible_date", 2_000, "a day that no calendar has"),
    ("culture.by_name_only", 60_000, "the subject by its name only"),
    ("culture.by_registration_number", 80_000, "the subject by its old registration number only"),
    ("culture.code_check", 20_000, "a code with a wrong check character and nothing else"),
    ("culture.impossible_date", 3_000, "a day that no calendar has"),
    ("culture.missing", 2_500, "nothing where something is required"),
    ("culture.stranger", 20_000, "the subject of another city"),
    ("development.by_name_only", 60_000, "the subject by its name only"),
    ("development.by_organisation_code", 120_000, "the subject by its organisation code only"),
    ("development.code_check", 20_000, "a code with a wrong check character and nothing else"),
    ("development.impossible_date", 3_000, "a day that no calendar has"),
    ("development.missing", 2_500, "nothing where something is required"),
    ("development.no_number", 2_000, "详见附件 for an amount"),
    ("development.stranger", 20_000, "the subject of another city"),
    ("ecology.by_name_only", 60_000, "the subject by its name only"),
    ("ecology.by_organisation_code", 120_000, "the subject by its organisation code only"),
    ("ecology.code_check", 20_000, "a code with a wrong check character and nothing else"),
    ("ecology.impossible_date", 3_000, "a day that no calendar has"),
    ("ecology.missing", 2_500, "nothing where something is required"),
    ("ecology.stranger", 20_000, "the subject of another city"),
    ("education.by_name_only", 60_000, "the subject by its name only"),
    ("education.code_check", 20_000, "a code with a wrong check character and nothing else"),
    ("education.impossible_date", 3_000, "a day that no calendar has"),
    ("education.stranger", 20_000, "the subject of another city"),
    ("emergency.by_name_only", 60_000, "the subject by its name only"),
    ("emergency.by_organisation_code", 120_000, "the subject by its organisation code only"),
    ("emergency.code_check", 20_000, "a code with a wrong check character and nothing else"),
    ("emergency.impossible_date", 3_000, "a day that no calendar has"),
    ("emergency.missing", 2_500, "nothing where something is required"),
    ("emergency.stranger", 20_000, "the subject of another city"),
    ("finance.by_name_only", 60_000, "the subject by its name only"),
    ("finance.code_check", 20_000, "a code with a wrong check character and nothing else"),
    ("finance.impossible_date", 3_000, "a day that no calendar has"),
    ("finance.no_number", 2_000, "详见附件 for an amount"),
    ("finance.stranger", 20_000, "the subject of another city"),
    ("financial.by_name_only", 60_000, "the subject by its name only"),
    ("financial.code_check", 20_000, "a code with a wrong check character and nothing else"),
    ("financial.impossible_date", 3_000, "a day that no calendar has"),
    ("financial.stranger", 20_000, "the subject of another city"),
    ("fire.by_name_only", 350_000, "the user of the place by its name only"),
    ("fire.code_check", 20_000, "a code with a wrong check character and nothing else"),
    ("fire.stranger", 20_000, "the user of the place of another city"),
    ("food.by_name_only", 60_000, "the holder by its name only"),
    ("food.by_registration_number", 80_000, "the holder by its old registration number only"),
    ("food.code_check", 20_000, "a code with a wrong check character and nothing else"),
    ("food.impossible_date", 3_000, "a day that no calendar has"),
    ("food.stranger", 20_000, "the holder of another city"),
    ("health.by_name_only", 60_000, "the subject by its name only"),
    ("health.by_registration_number", 80_000, "the subject by its old registration number only"),
    ("health.code_check", 20_000, "a code with a wrong check character and nothing else"),
    ("health.impossible_date", 3_000, "a day that no calendar has"),
    ("health.missing", 2_500, "nothing where something is required"),
    ("health.stranger", 20_000, "the subject of another city"),
    ("hr.by_name_only", 60_000, "the employer by its name only"),
    ("hr.by_organisation_code", 350_000, "the employer by its organisation code only"),
    ("hr.code_check", 20_000, "a code with a wrong check character and nothing else"),
    ("hr.impossible_date", 3_000, "a day that no calendar has"),
    ("hr.no_number", 2_000, "详见附件 for an amount"),
    ("hr.stranger", 20_000, "the employer of another city"),
    ("party.impossible_date", 3_000, "a day that no calendar has"),
    ("party.missing", 2_500, "nothing where something is required"),
    ("party.no_branch", 15_000, "no number of the Party organisation"),
    ("party.unknown_branch", 10_000, "the number of a Party organisation that nobody has"),
    ("police.by_name_only", 60_000, "the subject by its name only"),
    ("police.by_registration_number", 80_000, "the subject by its old registration number only"),
    ("police.code_check", 20_000, "a code with a wrong check character and nothing else"),
    ("police.impossible_date", 3_000, "a day that no calendar has"),
    ("police.stranger", 20_000, "the subject of another city"),
    ("quality.by_name_only", 60_000, "the user or maker by its name only"),
    ("quality.by_organisation_code", 300_000, "the user or maker by its organisation code only"),
    ("quality.code_check", 20_000, "a code with a wrong check character and nothing else"),
    ("quality.impossible_date", 3_000, "a day that no calendar has"),
    ("quality.stranger", 20_000, "the user or maker of another city"),
    ("resources.by_name_only", 60_000, "the subject by its name only"),
    ("resources.by_organisation_code", 120_000, "the subject by its organisation code only"),
    ("resources.code_check", 20_000, "a code with a wrong check character and nothing else"),
    ("resources.impossible_date", 3_000, "a day that no calendar has"),
    ("resources.no_number", 2_000, "详见附件 for an amount"),
    ("resources.stranger", 20_000, "the subject of another city"),
    ("tax.by_name_only", 5_000, "the taxpayer by its name only"),
    ("tax.by_owner", 40_000, "an individual business by the tax number made of its owner's ID number"),
    ("tax.by_tax_id", 60_000, "the taxpayer by its old tax number only"),
    ("tax.code_check", 6_000, "a code with a wrong check character and nothing else"),
    ("tax.impossible_date", 3_000, "a day that no calendar has"),
    ("tax.no_number", 2_000, "详见附件 for an amount"),
    ("tax.stranger", 4_000, "the taxpayer of another city"),
    ("urban.by_name_only", 60_000, "the subject by its name only"),
    ("urban.by_organisation_code", 120_000, "the subject by its organisation code only"),
    ("urban.by_registration_number", 80_000, "the subject by its old registration number only"),
    ("urban.code_check", 20_000, "a code with a wrong check character and nothing else"),
    ("urban.impossible_date", 3_000, "a day that no calendar has"),
    ("urban.stranger", 20_000, "the subject of another city"),
];

impl Default for Hazards {
    fn default() -> Hazards {
        Hazards { rates: CATALOGUE.iter().map(|(name, ppm, _)| (*name, *ppm)).collect() }
    }
}

impl Hazards {
    /// The rate of a hazard, in parts per million.
    #[must_use]
    pub fn ppm(&self, name: &str) -> u32 {
        self.rates.get(name).copied().unwrap_or(0)
    }

    /// All rates.
    #[must_use]
    pub fn rates(&self) -> BTreeMap<String, u32> {
        self.rates.iter().map(|(name, ppm)| ((*name).to_owned(), *ppm)).collect()
    }

    /// Sets a rate.
    ///
    /// # Errors
    /// When there is no such hazard; the text lists those there are.
    pub fn set(&mut self, name: &str, ppm: u32) -> Result<(), String> {
        match self.rates.get_mut(name) {
            Some(rate) => {
                *rate = ppm;
                Ok(())
            }
            None => {
                let names: Vec<&str> = self.rates.keys().copied().collect();
                Err(format!("no hazard `{name}`; there are {}", names.join(", ")))
            }
        }
    }
}
