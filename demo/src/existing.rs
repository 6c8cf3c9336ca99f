//! A zone that was made before: whether what is asked for now is that zone.
//!
//! Knows no database; only what was written down about them.

use crate::truth::Truth;

/// What was asked for; what is absent was left open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Market subjects.
    pub subjects: Option<u64>,
    /// Seed.
    pub seed: Option<u64>,
    /// How many real registrations.
    pub registrations: Option<u64>,
    /// Rates of hazards, in parts per million.
    pub hazards: Vec<(String, u32)>,
    /// Whether departments live on servers.
    pub has_servers: bool,
}

/// Where what is asked for is not what is there, in words; nothing if it is the same zone.
#[must_use]
pub fn differences(truth: &Truth, asked: &Asked) -> Vec<String> {
    let mut found = Vec::new();
    let mut number = |flag: &str, asked: Option<u64>, there: u64| {
        if let Some(asked) = asked.filter(|asked| *asked != there) {
            found.push(format!("{flag} {asked}：那里是 {there} (there it is {there})"));
        }
    };
    number("--subjects", asked.subjects, truth.subjects);
    number("--seed", asked.seed, truth.seed);
    number("--registrations", asked.registrations, truth.registrations);
    for (name, ppm) in &asked.hazards {
        let there = truth.hazards.get(name).copied().unwrap_or_default();
        if there != *ppm {
            found.push(format!("--hazard {name}={ppm}：那里是 {there} (there it is {there})"));
        }
    }
    match (truth.has_servers, asked.has_servers) {
        (true, false) => {
            found.push("那里的部门在服务器上：加上 --servers (made with --servers: give it)".into())
        }
        (false, true) => found.push("--servers：那里的部门都是文件 (there all departments are files)".into()),
        (true, true) | (false, false) => {}
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{Asked, differences};
    use crate::truth::Truth;

    #[test]
    fn another_zone_is_told_and_the_same_is_not() {
        let hazards = [("registry.code_check".to_owned(), 250)].into();
        let truth = Truth { seed: 1, subjects: 5_000, hazards, ..Truth::default() };
        let same = Asked {
            subjects: Some(5_000),
            seed: Some(1),
            hazards: vec![("registry.code_check".to_owned(), 250)],
            ..Asked::default()
        };
        assert!(differences(&truth, &same).is_empty());
        assert!(differences(&truth, &Asked::default()).is_empty(), "what is left open is what is there");
        for (other, word) in [
            (Asked { subjects: Some(3_000), ..same.clone() }, "--subjects 3000"),
            (Asked { seed: Some(2), ..same.clone() }, "--seed 2"),
            (Asked { registrations: Some(9), ..same.clone() }, "--registrations"),
            (Asked { hazards: vec![("registry.code_check".to_owned(), 1)], ..same.clone() }, "--hazard"),
            (Asked { has_servers: true, ..same.clone() }, "--servers"),
        ] {
            let found = differences(&truth, &other);
            assert!(found.len() == 1 && found[0].contains(word), "{word}: {found:?}");
        }
        let on_servers = Truth { has_servers: true, ..truth };
        assert!(differences(&on_servers, &same)[0].contains("--servers"));
    }
}
