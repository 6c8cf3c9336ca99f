//! The register that records are matched against, and the strangers that are not on it.

use demo::registrations::Registration;
use demo::world::{Category, World};
use hub::resolve::scored::{Outcome, Party, Profile};

use crate::noise::{self, Rates, Record};

/// A subject as the register has it.
#[derive(Clone, Debug)]
pub(crate) struct Subject {
    pub(crate) name: String,
    pub(crate) former: String,
    pub(crate) code: String,
    pub(crate) representative: String,
    pub(crate) phone: String,
    pub(crate) address: String,
    /// Who it was before, or will be.
    pub(crate) other_representative: String,
    /// Where it was before.
    pub(crate) other_address: String,
}

impl Subject {
    pub(crate) fn profile(&self) -> Profile {
        Profile::of(&Party {
            name: &self.name,
            former_names: &self.former,
            code: &self.code,
            representative: &self.representative,
            phone: &self.phone,
            address: &self.address,
        })
    }
}

/// A register and the world it was made from.
pub(crate) struct Register {
    world: World,
    pub(crate) subjects: Vec<Subject>,
    /// Subjects at the beginning that records are made of.
    n_told: u64,
    /// Who is not on the register.
    strangers: Vec<Subject>,
}

impl Register {
    /// Of a made world.
    pub(crate) fn generated(seed: u64, n: u64) -> Register {
        let world = World::new(seed, n);
        let subjects = (0..n).map(|index| subject(&world, index)).collect();
        let strangers = (n..n + 1_000).map(|index| subject(&world, index)).collect();
        Register { world, subjects, n_told: n, strangers }
    }

    /// Real registrations first, then made ones; every fortieth real one is not on the register.
    pub(crate) fn of_real(seed: u64, n: u64, real: Vec<Registration>) -> Register {
        let mut world = World::new(seed, n);
        let n_real = real.len() as u64;
        let representatives: Vec<String> = real.iter().map(|one| one.legal_representative.clone()).collect();
        world.registrations = real;
        let made = |index: u64| {
            let mut subject = subject(&world, index);
            if let Some(name) = usize::try_from(index).ok().and_then(|index| representatives.get(index)) {
                subject.representative.clone_from(name);
            }
            subject
        };
        let is_held_back = |index: &u64| index % 40 == 7;
        let strangers = (0..n_real).filter(is_held_back).map(made).collect();
        let subjects: Vec<Subject> =
            (0..n).filter(|index| *index >= n_real || !is_held_back(index)).map(made).collect();
        let n_told = n_real - n_real.div_ceil(40);
        Register { world, subjects, n_told, strangers }
    }

    /// Records of departments: nine of ten of subjects on the register.
    pub(crate) fn records(&self, n: u64, rates: &Rates) -> Vec<Record> {
        (0..n).map(|key| self.record(key, rates)).collect()
    }

    fn record(&self, key: u64, rates: &Rates) -> Record {
        let dice = &self.world.dice;
        let place = dice.below("bench.place", key, self.n_told);
        if !key.is_multiple_of(10) {
            return noise::record(dice, key, place as u32, &self.subjects[place as usize], rates);
        }
        let (class, stranger) = match key % 20 {
            0 => ("stranger", self.strangers[(key / 20) as usize % self.strangers.len()].clone()),
            _ => ("relative", self.relative(key, &self.subjects[place as usize])),
        };
        let mut record = noise::record(dice, key, 0, &stranger, rates);
        if class == "relative" {
            // Another change might undo what tells the two firms apart.
            record.name.clone_from(&stranger.name);
        }
        record.class = class;
        record.subject = None;
        record
    }

    /// A firm that is not on the register but is near one that is: of the same owner, or of nearly the same name.
    fn relative(&self, key: u64, of: &Subject) -> Subject {
        let dice = &self.world.dice;
        let other = subject(&self.world, 1_000_000 + key);
        let mut relative = Subject { code: other.code.clone(), former: String::new(), ..of.clone() };
        match dice.below("bench.relative", key, 5) {
            0 => relative.name = format!("{}第二分公司", of.name),
            1 => {
                relative.name = ["科技", "商贸", "信息技术", "广告", "物流", "食品", "店"]
                    .iter()
                    .find_map(|trade| {
                        of.name.contains(trade).then(|| {
                            of.name.replacen(trade, if *trade == "店" { "馆" } else { "物业管理" }, 1)
                        })
                    })
                    .unwrap_or_else(|| other.name.clone());
            }
            2 => relative.name = noise::other_region(&of.name),
            3 => relative.name = noise::other_form(&of.name),
            // The same name but for a character, of other people elsewhere.
            _ => {
                let mut chars: Vec<char> = of.name.chars().collect();
                if let Some(c) = chars.get_mut(2) {
                    *c = if *c == '元' { '原' } else { '元' };
                }
                relative =
                    Subject { name: chars.into_iter().collect(), former: String::new(), ..other.clone() };
            }
        }
        if relative.name == of.name {
            return other;
        }
        // Half of them with their own telephone.
        if key % 40 < 20 {
            relative.phone = other.phone;
        }
        relative
    }

    /// Records that give a name, exactly as the register has it, and nothing else.
    pub(crate) fn bare(&self, n: u64) -> Vec<Record> {
        let made = |key: u64| {
            let place = self.world.dice.below("bench.bare", key, self.n_told);
            Record {
                class: "name only",
                subject: Some(place as u32),
                name: self.subjects[place as usize].name.clone(),
                code: String::new(),
                representative: String::new(),
                phone: String::new(),
                address: String::new(),
            }
        };
        (0..n).map(made).collect()
    }
}

fn subject(world: &World, index: u64) -> Subject {
    let dice = &world.dice;
    let subject = world.subject(index);
    let old = world.subject(20_000_000 + index);
    let has_former = subject.category == Category::Enterprise && dice.happens("bench.former", index, 250_000);
    let phone = match world.hit("registry.shared_phone", index) {
        true => format!("029-8{:07}", dice.below("bench.agency", index, 12) * 9_731 + 1_234_567),
        false => subject.phone,
    };
    Subject {
        former: if has_former { old.name } else { String::new() },
        name: subject.name,
        code: subject.uscc,
        representative: subject.legal_representative.name,
        phone,
        address: subject.address,
        other_representative: old.legal_representative.name,
        other_address: old.address,
    }
}

/// Says what went wrong with a record, to whoever looks for the reason.
#[expect(clippy::print_stdout, reason = "the report")]
pub(crate) fn show(register: &Register, record: &Record, outcome: &Outcome<u32>) {
    let (word, first) = match outcome {
        Outcome::Link { best, .. } if record.subject == Some(best.who) => return,
        Outcome::Link { best, .. } => ("WRONG", Some(best)),
        Outcome::Ask(candidates) if record.subject.is_some() => ("asked", candidates.first()),
        Outcome::Nobody if record.subject.is_some() => ("nobody", None),
        Outcome::Ask(_) | Outcome::Nobody => return,
    };
    println!(
        "{word} {} | {} | {} | {} | {} | {}",
        record.class, record.name, record.code, record.representative, record.phone, record.address
    );
    for (what, place) in [("  is   ", record.subject), ("  found", first.map(|one| one.who))] {
        if let Some(one) = place.and_then(|place| register.subjects.get(place as usize)) {
            println!(
                "{what} | {} ({}) | {} | {} | {} | {}",
                one.name, one.former, one.code, one.representative, one.phone, one.address
            );
        }
    }
    if let Some(one) = first {
        println!("  {:?} {:?} = {}", one.comparison.levels, one.comparison.weights, one.comparison.total);
    }
}
