//! Real registrations as the base of subjects, from a file of `name,uscc,registered_on,…,capital,scope,…,address`.

use std::fs::File;
use std::io::Read;
use std::path::Path;

/// One registration as published, dirt and all.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
pub struct Registration {
    /// Name.
    pub name: String,
    /// Credit code; perhaps with a wrong check character.
    pub uscc: String,
    /// Day of registration.
    pub registered_on: String,
    /// Legal representative, or `N/A`.
    pub legal_representative: String,
    /// Capital, as `6,170(万)`, `72万人民币`, `N/A`.
    pub capital: String,
    /// Scope of business.
    pub scope: String,
    /// Address.
    pub address: String,
}

/// Reads registrations from a CSV file, gzipped if its name says so.
///
/// # Errors
/// When the file cannot be read, or a line lacks a column; says the line.
pub fn read(path: &Path) -> Result<Vec<Registration>, anyhow::Error> {
    let file =
        File::open(path).map_err(|error| anyhow::anyhow!("cannot open {}: {error}", path.display()))?;
    let gzipped = path.extension().is_some_and(|extension| extension == "gz");
    let text: Box<dyn Read> =
        if gzipped { Box::new(flate2::read::GzDecoder::new(file)) } else { Box::new(file) };
    let mut registrations: Vec<Registration> = Vec::new();
    for (index, row) in csv::Reader::from_reader(text).deserialize().enumerate() {
        registrations
            .push(row.map_err(|error| anyhow::anyhow!("{} row {}: {error}", path.display(), index + 1))?);
    }
    // A code given to two rows would be two subjects of one code; the first stays.
    let mut seen = std::collections::HashSet::new();
    registrations.retain(|registration| seen.insert(registration.uscc.clone()));
    Ok(registrations)
}
