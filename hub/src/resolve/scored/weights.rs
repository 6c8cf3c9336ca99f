//! The weights: learnt once, frozen with a version, kept in this repository as a table that people can read.

use std::sync::OnceLock;

use super::keys::MOST_HOLDERS;
use super::levels::{Feature, Level};

const FROZEN: &str = include_str!("data/weights-1.tsv");

const N_LEVELS: usize = Level::ALL.len();

/// Weights in hundredths of a bit. Positive speaks for the same subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weights {
    pub(super) version: u32,
    /// Subjects of the register that they hold for; the odds of any one of them are one in so many.
    pub(super) register: u32,
    /// A sum from which on a record is linked by itself.
    pub(super) link_from: i32,
    /// How far the next candidate must be behind.
    pub(super) margin: i32,
    /// A sum from which on a person is asked.
    pub(super) review_from: i32,
    pub(super) table: [[i32; N_LEVELS]; 8],
}

impl Weights {
    /// Those that this program ships.
    #[must_use]
    pub fn frozen() -> &'static Weights {
        static WEIGHTS: OnceLock<Weights> = OnceLock::new();
        WEIGHTS.get_or_init(|| Weights::parse(FROZEN))
    }

    /// Reads a table; what it does not name weighs nothing.
    #[must_use]
    pub fn parse(text: &str) -> Weights {
        let mut weights = Weights {
            version: 0,
            register: 1,
            link_from: i32::MAX,
            margin: i32::MAX,
            review_from: i32::MAX,
            table: [[0; N_LEVELS]; 8],
        };
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let mut cells = line.split('\t');
            let (Some(feature), Some(level)) = (cells.next(), cells.next()) else { continue };
            match feature {
                "version" => weights.version = level.parse().unwrap_or(0),
                "register" => weights.register = level.parse().unwrap_or(1),
                "link_from" => weights.link_from = hundredths(level),
                "margin" => weights.margin = hundredths(level),
                "review_from" => weights.review_from = hundredths(level),
                _ => {
                    let place = Feature::ALL.iter().position(|one| one.id() == feature);
                    let column = Level::ALL.iter().position(|one| one.id() == level);
                    let weight = cells.next().map(hundredths);
                    if let (Some(place), Some(column), Some(weight)) = (place, column, weight)
                        && let Some(cell) = weights.table.get_mut(place).and_then(|row| row.get_mut(column))
                    {
                        *cell = weight;
                    }
                }
            }
        }
        weights
    }

    /// The table as text, for [`Weights::parse`].
    #[must_use]
    pub fn text(&self) -> String {
        let bits = |value: i32| {
            format!("{}{}.{:02}", if value < 0 { "-" } else { "" }, value.abs() / 100, value.abs() % 100)
        };
        let mut text = format!(
            "version\t{}\nregister\t{}\nlink_from\t{}\nmargin\t{}\nreview_from\t{}\n",
            self.version,
            self.register,
            bits(self.link_from),
            bits(self.margin),
            bits(self.review_from)
        );
        for (feature, row) in Feature::ALL.iter().zip(&self.table) {
            for (level, weight) in Level::ALL.iter().zip(row).filter(|(_, weight)| **weight != 0) {
                text.push_str(&format!("{}\t{}\t{}\n", feature.id(), level.id(), bits(*weight)));
            }
        }
        text
    }

    /// Which they are.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.version
    }

    /// A sum from which on a record is linked by itself, in hundredths of a bit.
    #[must_use]
    pub fn link_from(&self) -> i32 {
        self.link_from
    }

    /// With another threshold: to see how precision and recall depend on it.
    #[must_use]
    pub fn linking_from(mut self, link_from: i32) -> Weights {
        self.link_from = link_from;
        self
    }

    /// The odds that any one subject of the register is meant, before anything is compared.
    #[must_use]
    pub fn odds_before(&self) -> i32 {
        -log2_hundredths(f64::from(self.register))
    }

    /// The weight of a level. `Same` of what many share weighs less: the table holds it for what one subject has.
    #[must_use]
    pub fn of(&self, feature: Feature, level: Level, holders: Option<usize>) -> i32 {
        let cell = |level: Level| {
            self.table.get(feature as usize).and_then(|row| row.get(level as usize)).copied().unwrap_or(0)
        };
        let weight = cell(level);
        match (level, holders) {
            (Level::Same, Some(holders)) if holders > MOST_HOLDERS && feature != Feature::Name => 0,
            (Level::Same, Some(holders)) => weight - shared(holders),
            // Sharing part of an address cannot say more than sharing all of it.
            (Level::House | Level::Slip, Some(holders)) => {
                weight.min((cell(Level::Same) - shared(holders)).max(0))
            }
            _ => weight,
        }
    }
}

/// What it takes from a weight that so many share the value.
fn shared(holders: usize) -> i32 {
    static TABLE: OnceLock<Vec<i32>> = OnceLock::new();
    let table = TABLE.get_or_init(|| {
        (0..=MOST_HOLDERS + 1)
            .map(|n| u32::try_from(n.max(1)).map_or(0, |n| log2_hundredths(f64::from(n))))
            .collect()
    });
    table.get(holders).or(table.last()).copied().unwrap_or(0)
}

/// log₂ in hundredths, rounded.
pub(super) fn log2_hundredths(value: f64) -> i32 {
    (value.log2() * 100.0).round() as i32
}

fn hundredths(text: &str) -> i32 {
    text.parse::<f64>().map_or(0, |bits| (bits * 100.0).round() as i32)
}
