//! `cargo x bench resolve`: records without a valid code matched against a register of 143,000 subjects.
//!
//! 10,000 records, a tenth of them of nobody on the register, half of those near relatives of somebody on it. Prints
//! precision, recall and CPU, by what was done to the name; then the same on real registrations when a file is given
//! (`--real FILE`, or `TONGJIAN_REGISTRATIONS`). `--fit` learns the weights anew, from other seeds and other rates of
//! noise than are measured here, and prints the table. Asserts nothing.

mod noise;
mod register;

use std::collections::BTreeMap;
use std::time::Duration;

use hub::resolve::scored::{Fit, Index, Outcome, Profile, Weights};

use noise::{Rates, Record};
use register::{Register, Subject};

const N_RECORDS: u64 = 10_000;

#[expect(clippy::print_stdout, reason = "the report")]
fn main() {
    let words: Vec<String> = std::env::args().collect();
    let after = |name: &str| words.iter().position(|word| word == name).and_then(|at| words.get(at + 1));
    let number = |name: &str, usual: u64| after(name).and_then(|word| word.parse().ok()).unwrap_or(usual);
    let (seed, n_subjects) = (number("--seed", 1), number("--subjects", 143_000));
    let real = after("--real")
        .cloned()
        .or_else(|| std::env::var("TONGJIAN_REGISTRATIONS").ok())
        .map(|file| demo::registrations::read(file.as_ref()).expect("the file of registrations is readable"));
    if words.iter().any(|word| word == "--fit") {
        print!("{}", fit(n_subjects).text());
        return;
    }
    let weights = match after("--weights") {
        Some(file) => Weights::parse(&std::fs::read_to_string(file).expect("the table is readable")),
        None => Weights::frozen().clone(),
    };
    println!("weights {}, link from {} bits", weights.version(), f64::from(weights.link_from()) / 100.0);
    let register = Register::generated(seed, n_subjects);
    measure(&format!("generated, seed {seed}"), &register, &Rates::measured(), &weights);
    if words.iter().any(|word| word == "--worse") {
        measure(
            "generated, every rate of noise by half again",
            &register,
            &Rates::measured().times(150),
            &weights,
        );
    }
    match real {
        Some(real) => {
            let register = Register::of_real(seed, n_subjects, real);
            measure("real registrations, names perturbed", &register, &Rates::measured(), &weights);
        }
        None => println!("real registrations: skipped, no file given"),
    }
}

/// Learns from two worlds that nothing is measured on, at two rates of noise that are not measured.
fn fit(n_subjects: u64) -> Weights {
    let mut fit = Fit::new(u32::try_from(n_subjects).expect("a register of fewer than 4 billion"));
    for (seed, percent) in [(9_001, 60), (9_002, 160)] {
        let register = Register::generated(seed, n_subjects);
        let index = Index::new(register.subjects.iter().map(Subject::profile).collect());
        let records = register.records(N_RECORDS, &Rates::measured().times(percent));
        for (place, record) in records.iter().enumerate() {
            let profile = record.profile();
            fit.record();
            for other in index.candidates(&profile) {
                let subject = index.profile(other).expect("a candidate is on the register");
                if record.subject == Some(other) {
                    continue;
                }
                fit.other(&profile, subject);
            }
            if let Some(subject) = record.subject.and_then(|own| index.profile(own)) {
                fit.same(&profile, subject);
            }
            for step in 1..=20_u64 {
                let any = (place as u64 * 7_919 + step * 6_151) % n_subjects;
                if record.subject != Some(any as u32) {
                    fit.chance(&profile, index.profile(any as u32).expect("on the register"));
                }
            }
        }
    }
    fit.weights(1, [300, 200, -200])
}

#[derive(Default)]
struct Tally {
    n: u32,
    right: u32,
    wrong: u32,
    asked: u32,
    asked_right: u32,
    nobody: u32,
}

#[expect(clippy::print_stdout, reason = "the report")]
fn measure(title: &str, register: &Register, rates: &Rates, weights: &Weights) {
    let records = register.records(N_RECORDS, rates);
    let bare = register.bare(1_000);
    let started = cpu();
    let profiles: Vec<Profile> = register.subjects.iter().map(Subject::profile).collect();
    let normalised = cpu();
    let index = Index::new(profiles);
    let indexed = cpu();
    let outcomes: Vec<Outcome<u32>> =
        records.iter().map(|record| index.find(&record.profile(), weights)).collect();
    let matched = cpu();
    let mut classes: BTreeMap<&str, Tally> = BTreeMap::new();
    let mut scores: Vec<(i32, bool)> = Vec::new();
    let show = std::env::var_os("SHOW").is_some();
    for (record, outcome) in records.iter().zip(&outcomes) {
        if show {
            register::show(register, record, outcome);
        }
        for class in [record.class, "all"] {
            note(classes.entry(class).or_default(), record, outcome);
        }
        if let Outcome::Link { best, .. } = outcome {
            scores.push((best.comparison.total, record.subject == Some(best.who)));
        }
    }
    println!("\n{title}: {} records, {} subjects", records.len(), register.subjects.len());
    let seconds = |from: Duration, to: Duration| (to - from).as_secs_f64();
    println!(
        "CPU: normal forms {:.2} s, keys and index {:.2} s, matching {:.2} s; together {:.2} s",
        seconds(started, normalised),
        seconds(normalised, indexed),
        seconds(indexed, matched),
        seconds(started, matched)
    );
    println!(
        "{:14}{:>7}{:>8}{:>7}{:>10}{:>9}{:>8}{:>8}{:>9}",
        "", "records", "linked", "wrong", "precision", "recall", "asked", "(best)", "nobody"
    );
    for (class, tally) in
        classes.iter().filter(|(class, _)| **class != "all").chain(classes.get_key_value("all"))
    {
        line(class, tally);
    }
    let mut tally = Tally::default();
    for record in &bare {
        note(&mut tally, record, &index.find(&record.profile(), weights));
    }
    line("name only", &tally);
    scores.sort_unstable();
    let known = records.iter().filter(|record| record.subject.is_some()).count();
    for from in [0, 200, 300, 400, 500, 600, 800, 1_000, 1_200, 1_500, 2_000] {
        let above = scores.iter().filter(|(total, _)| *total >= from);
        let (n, right) = above.fold((0, 0), |(n, right), (_, is)| (n + 1, right + u32::from(*is)));
        if from >= weights.link_from() {
            println!(
                "  from {:>5.1} bits: precision {:.5}, recall {:.4}",
                f64::from(from) / 100.0,
                f64::from(right) / f64::from(n.max(1)),
                f64::from(right) / known as f64
            );
        }
    }
}

fn note(tally: &mut Tally, record: &Record, outcome: &Outcome<u32>) {
    tally.n += 1;
    match outcome {
        Outcome::Link { best, .. } if record.subject == Some(best.who) => tally.right += 1,
        Outcome::Link { .. } => tally.wrong += 1,
        Outcome::Ask(candidates) => {
            tally.asked += 1;
            let is_first = candidates.first().is_some_and(|first| record.subject == Some(first.who));
            tally.asked_right += u32::from(is_first);
        }
        Outcome::Nobody => tally.nobody += 1,
    }
}

#[expect(clippy::print_stdout, reason = "the report")]
fn line(class: &str, tally: &Tally) {
    let linked = tally.right + tally.wrong;
    let known = if class == "stranger" || class == "relative" { 0 } else { tally.n };
    let known = if class == "all" { tally.n - tally.n / 10 } else { known };
    let share = |part: u32, all: u32| match all {
        0 => "–".to_owned(),
        all => format!("{:.4}", f64::from(part) / f64::from(all)),
    };
    println!(
        "{class:14}{:>7}{linked:>8}{:>7}{:>10}{:>9}{:>8}{:>8}{:>9}",
        tally.n,
        tally.wrong,
        share(tally.right, linked),
        share(tally.right, known),
        tally.asked,
        tally.asked_right,
        tally.nobody
    );
}

/// CPU of this process so far.
fn cpu() -> Duration {
    let text = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    Duration::from_nanos(text.split_whitespace().next().and_then(|n| n.parse().ok()).unwrap_or(0))
}
