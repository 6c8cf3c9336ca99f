//! What the hub must find: who is who, the states of 记名, the dead letters by reason. Kept beside the databases.
//!
//! Made from the world and the hazards alone; knows nothing of how the hub works.

use std::collections::BTreeMap;
use std::io::{BufWriter, Write};
use std::path::Path;

use crate::table::Table;
use crate::world::World;

/// What the hub should make of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// A record of this subject: 记名成功.
    Subject(u64),
    /// A record of this person (kinds whose party is a person).
    Person(u64),
    /// A record of an entity that is no market subject, by the row that brings it into being: 记名成功.
    Itself(u64),
    /// 处理中: an identifier valid in form that nobody has.
    Waiting,
    /// 不成功: nothing to wait for.
    Nobody,
    /// Set aside, for these reasons (codes of the hub's messages).
    DeadLetter(Vec<&'static str>),
}

/// The truth about one stream.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct StreamTruth {
    /// Source.
    pub source: String,
    /// Stream.
    pub stream: String,
    /// Kind of its records.
    pub kind: String,
    /// Rows the source holds.
    pub received: u64,
    /// 记名成功.
    pub linked: u64,
    /// 处理中.
    pub waiting: u64,
    /// 不成功.
    pub nobody: u64,
    /// Rows set aside.
    pub dead_letters: u64,
    /// Code of a reason → dead letters that have it.
    pub reasons: BTreeMap<String, u64>,
}

/// The truth about a zone.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Truth {
    /// Seed it was made from.
    pub seed: u64,
    /// Market subjects of the world.
    pub subjects: u64,
    /// Market subjects the hub must know.
    pub entities: u64,
    /// People the hub must know; absent where an older program made the zone.
    #[serde(default)]
    pub people: Option<u64>,
    /// Real registrations that the first subjects were made from.
    pub registrations: u64,
    /// Whether departments live on a server.
    pub has_servers: bool,
    /// Credit code of a subject that the hub must know; absent where an older program made the zone.
    #[serde(default)]
    pub example: Option<String>,
    /// Hazards and their rates, in parts per million.
    pub hazards: BTreeMap<String, u32>,
    /// Streams, in the order they were made.
    pub streams: Vec<StreamTruth>,
    /// Relation → edges the hub must find; absent where an older program made the zone.
    #[serde(default)]
    pub relations: BTreeMap<String, u64>,
}

/// Counts rows while they are made, and writes down who is who.
pub struct Ledger {
    truth: Truth,
    identities: BufWriter<std::fs::File>,
    /// What there is to see of each subject: a bit for each of [`SEEN`].
    seen: Vec<u8>,
}

/// What the tour asks of one subject: kinds of records and relations.
const SEEN: [&str; 6] =
    ["penalty", "licence", "annual_report", "individual_shareholder", "corporate_shareholder", "branch"];

/// Notes that there is something of this name to see of a subject.
fn note(seen: &mut [u8], name: &str, subject: u64) {
    let bit = SEEN.iter().position(|known| *known == name);
    let place = usize::try_from(subject).ok().and_then(|subject| seen.get_mut(subject));
    if let (Some(bit), Some(place)) = (bit, place) {
        *place |= 1 << bit;
    }
}

impl Ledger {
    /// A ledger whose `truth-identities.tsv` lies in `folder`.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub fn create(
        folder: &Path,
        seed: u64,
        world: &World,
        has_servers: bool,
    ) -> Result<Ledger, std::io::Error> {
        let file = std::fs::File::create(folder.join("truth-identities.tsv"))?;
        let mut seen = vec![0; usize::try_from(world.n_subjects).unwrap_or(0)];
        let mut relations: BTreeMap<String, u64> = BTreeMap::new();
        crate::departments::edges(world, &mut |relation, subject| {
            *relations.entry(relation.to_owned()).or_default() += 1;
            note(&mut seen, relation, subject);
        });
        let truth = Truth {
            seed,
            subjects: world.n_subjects,
            registrations: world.registrations.len() as u64,
            has_servers,
            hazards: world.hazards.rates(),
            people: Some(crate::departments::n_people(world)),
            relations,
            ..Truth::default()
        };
        Ok(Ledger { truth, identities: BufWriter::new(file), seen })
    }

    /// Begins a stream.
    pub fn begin(&mut self, table: &Table) {
        self.truth.streams.push(StreamTruth {
            source: table.source.to_owned(),
            stream: crate::make::stream_name(table),
            kind: table.kind.to_owned(),
            ..StreamTruth::default()
        });
    }

    /// Counts a row of the stream begun last.
    ///
    /// # Errors
    /// When the identity cannot be written.
    pub fn row(&mut self, key: &str, expected: &Expected) -> Result<(), std::io::Error> {
        let Some(stream) = self.truth.streams.last_mut() else { return Ok(()) };
        stream.received += 1;
        let who = match expected {
            Expected::Subject(index) => {
                stream.linked += 1;
                note(&mut self.seen, &stream.kind, *index);
                format!("S{index}")
            }
            Expected::Person(index) => {
                stream.linked += 1;
                format!("P{index}")
            }
            Expected::Itself(row) => {
                stream.linked += 1;
                format!("E{row}")
            }
            Expected::Waiting => {
                stream.waiting += 1;
                "waiting".to_owned()
            }
            Expected::Nobody => {
                stream.nobody += 1;
                "nobody".to_owned()
            }
            Expected::DeadLetter(reasons) => {
                stream.dead_letters += 1;
                for reason in reasons {
                    *stream.reasons.entry((*reason).to_owned()).or_default() += 1;
                }
                "dead".to_owned()
            }
        };
        writeln!(self.identities, "{}\t{}\t{key}\t{who}", stream.source, stream.stream)
    }

    /// Counts a market subject that the registry gives whole.
    pub fn entity(&mut self) {
        self.truth.entities += 1;
    }

    /// Chooses whom to show: of those registered under a good credit code the first of whom there is most to see.
    pub fn choose_example(&mut self, world: &World) {
        let mut most = None;
        for (index, seen) in (0..world.n_subjects).zip(&self.seen) {
            let n_seen = seen.count_ones();
            if most.is_some_and(|most| n_seen <= most) {
                continue;
            }
            let subject = world.subject(index);
            if crate::departments::is_registered(world, &subject) && subject.has_valid_code() {
                most = Some(n_seen);
                self.truth.example = Some(subject.uscc);
            }
        }
    }

    /// Closes the ledger and writes `truth.json`.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(mut self, folder: &Path) -> Result<Truth, std::io::Error> {
        self.identities.flush()?;
        let text = serde_json::to_string_pretty(&self.truth)?;
        std::fs::write(folder.join("truth.json"), text)?;
        Ok(self.truth)
    }
}
