//! `simulate`: many draws with seeds of no meaning. Statistics, and so the one place with fractions; nothing here is
//! ever a draw.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use messages::Message;
use sampling::Suite;
use sampling::draw::{department, sample, sub_seed};
use sampling::encoding::{Code, Digest};
use sampling::officers::run_department;
use sampling::plan::Design;

use super::answer::{Answer, Cell};
use super::args::SimulateOptions;
use crate::error::Result;
use crate::folder::{Secret, plan, read_folder, write_file};

/// A stratum over all draws.
#[derive(Default)]
struct Stratum {
    n_frame: u64,
    /// Expected number, as a fraction; the same in every draw.
    expected: f64,
    drawn: u64,
    /// Size and times drawn of each unit.
    units: BTreeMap<String, (u64, u64)>,
    is_pps: bool,
}

/// An officer over all draws.
#[derive(Default, Clone, Copy)]
struct Load {
    sum: u64,
    least: u64,
    most: u64,
}

pub(super) fn simulate(options: &SimulateOptions) -> Result<Answer> {
    let mut files = read_folder(&options.dir)?;
    let plan = plan(&files)?;
    let names = plan.data_files();
    files.retain(|name, _| name == "plan.txt" || names.contains(name));
    let input = sampling::commit::Input::parse(&files)?;
    let mut strata: BTreeMap<(Code, Code), Stratum> = BTreeMap::new();
    let mut loads: BTreeMap<(Code, Code), Load> = BTreeMap::new();
    for (matter, frame) in &input.frames {
        let rules = plan.matters.get(matter);
        for unit in 0..u32::try_from(frame.len()).unwrap_or(u32::MAX) {
            let Some(code) = frame.strata().get(frame.stratum(unit) as usize) else { continue };
            let stratum = strata.entry((matter.clone(), code.clone())).or_default();
            let sid = String::from_utf8_lossy(frame.sid(unit)).into_owned();
            stratum.units.insert(sid, (frame.size(unit), 0));
            let design = rules.and_then(|rules| rules.strata.get(code)).map(|rules| rules.design);
            stratum.is_pps = design == Some(Design::Pps);
        }
    }
    for number in 0..options.seeds {
        let seed = seed(plan.suite, number);
        let drawn = sample(&input, &seed)?;
        for (matter, numbers) in &drawn.allocated {
            for h in numbers {
                let stratum = strata.entry((matter.clone(), h.stratum.clone())).or_default();
                stratum.n_frame = h.n_frame;
                stratum.expected = h.expected.p as f64 / h.expected.q as f64;
                stratum.drawn += h.n;
            }
        }
        for (matter, units) in &drawn.drawn {
            for unit in units.iter().filter(|unit| unit.mark.is_sample()) {
                let stratum = strata.entry((matter.clone(), unit.stratum.clone())).or_default();
                if let Some((_, count)) = stratum.units.get_mut(unit.sid.as_str()) {
                    *count += 1;
                }
            }
        }
        for dept in plan.depts_with_slots() {
            let chance = sub_seed(&plan, &seed, &format!("officers/{dept}"));
            let solved = department(&input, dept, &drawn.visits, &chance, run_department)?;
            for officer in &solved.officers {
                let load = solved.assigned.iter().filter(|line| line.officer == officer.code).count() as u64;
                let known = loads.entry((dept.clone(), officer.code.clone())).or_insert(Load {
                    sum: 0,
                    least: u64::MAX,
                    most: 0,
                });
                *known =
                    Load { sum: known.sum + load, least: known.least.min(load), most: known.most.max(load) };
            }
        }
    }
    let mut answer = Answer::default()
        .number("draws", "TJ-W090", options.seeds)
        .table("strata", &STRATA, strata.iter().map(|(key, h)| row(key, h, options.seeds)).collect())
        .table(
            "officers",
            &OFFICERS,
            loads.iter().map(|(key, load)| load_row(key, *load, options.seeds)).collect(),
        );
    if let Some(path) = &options.svg {
        write_file(path, picture(&strata, &loads, options.seeds).as_bytes(), Secret::No)?;
        answer = answer.fact("svg", "TJ-W097", path.display());
    }
    Ok(answer)
}

const STRATA: [(&str, &str); 8] = [
    ("matter", "TJ-W047"),
    ("stratum", "TJ-W048"),
    ("n_frame", "TJ-W064"),
    ("expected", "TJ-W066"),
    ("probability", "TJ-W092"),
    ("frequency", "TJ-W091"),
    ("deviation", "TJ-W093"),
    ("limit", "TJ-W237"),
];
const OFFICERS: [(&str, &str); 5] = [
    ("dept", "TJ-W240"),
    ("officer", "TJ-W081"),
    ("mean", "TJ-W094"),
    ("least", "TJ-W095"),
    ("most", "TJ-W096"),
];

/// A seed that no ceremony can give: it comes from no text of a draw.
fn seed(suite: Suite, number: u64) -> Digest {
    suite.hash(format!("DSJ1/simulate\n{number}\n").as_bytes())
}

/// Mean frequency of a unit; and the largest deviation of one from its own probability, beside what it stays below in 99
/// of 100 simulations.
fn row((matter, code): &(Code, Code), h: &Stratum, seeds: u64) -> Vec<Cell> {
    let (n, seeds) = (h.n_frame.max(1) as f64, seeds as f64);
    let wanted = probabilities(h);
    let found = h.units.values().map(|&(_, count)| count as f64 / seeds);
    let far = found.zip(&wanted).map(|(found, &wanted)| deviation(found, wanted, seeds)).fold(0.0, f64::max);
    let limit = (2.0 * (200.0 * n).ln()).sqrt();
    vec![
        matter.into(),
        code.into(),
        h.n_frame.into(),
        format!("{:.4}", h.expected).into(),
        format!("{:.6}", h.expected / n).into(),
        format!("{:.6}", h.drawn as f64 / seeds / n).into(),
        format!("{far:.2}").into(),
        format!("{limit:.2}").into(),
    ]
}

/// Probability of each unit over all seeds. In a pps stratum it follows from the sizes, certain units having 1, for both
/// numbers that the stratum can give, mixed with their odds.
fn probabilities(h: &Stratum) -> Vec<f64> {
    let sizes: Vec<f64> = h.units.values().map(|&(size, _)| size as f64).collect();
    if !h.is_pps {
        return vec![h.expected / h.n_frame.max(1) as f64; sizes.len()];
    }
    let odds = h.expected - h.expected.floor();
    let low = proportional(&sizes, h.expected.floor());
    let high = proportional(&sizes, h.expected.ceil());
    low.iter().zip(&high).map(|(low, high)| low * (1.0 - odds) + high * odds).collect()
}

/// Probabilities where `n` are drawn.
fn proportional(sizes: &[f64], n: f64) -> Vec<f64> {
    let mut out = vec![0.0; sizes.len()];
    let mut rest: Vec<usize> = (0..sizes.len()).collect();
    let mut n = n.min(sizes.len() as f64);
    let size = |unit: &usize| sizes.get(*unit).copied().unwrap_or(0.0);
    while n > 0.5 {
        let sum: f64 = rest.iter().map(size).sum();
        let (certain, others): (Vec<usize>, Vec<usize>) = rest.iter().partition(|unit| n * size(unit) >= sum);
        for unit in if certain.is_empty() { &others } else { &certain } {
            if let Some(place) = out.get_mut(*unit) {
                *place = if certain.is_empty() { n * size(unit) / sum } else { 1.0 };
            }
        }
        if certain.is_empty() {
            break;
        }
        n -= certain.len() as f64;
        rest = others;
    }
    out
}

/// How far a frequency is from a probability, in standard deviations: the root of twice the divergence, for which the
/// bound exp(−x²/2) on either side holds for rare units too.
fn deviation(found: f64, wanted: f64, seeds: f64) -> f64 {
    let wanted = if wanted > 1.0 - 1e-12 { 1.0 } else { wanted };
    let part = |found: f64, wanted: f64| if found > 0.0 { found * (found / wanted).ln() } else { 0.0 };
    let divergence = part(found, wanted) + part(1.0 - found, 1.0 - wanted);
    (2.0 * seeds * divergence.max(0.0)).sqrt()
}

fn load_row((dept, officer): &(Code, Code), load: Load, seeds: u64) -> Vec<Cell> {
    let mean = load.sum as f64 / seeds.max(1) as f64;
    vec![dept.into(), officer.into(), format!("{mean:.3}").into(), load.least.into(), load.most.into()]
}

/// Bars: for each stratum the probability as an outline and the frequency filled; for each officer the mean load.
fn picture(
    strata: &BTreeMap<(Code, Code), Stratum>,
    loads: &BTreeMap<(Code, Code), Load>,
    seeds: u64,
) -> String {
    let seeds = seeds.max(1) as f64;
    let mut bars: Vec<(String, f64, f64)> = Vec::new();
    for ((matter, code), h) in strata {
        let n = h.n_frame.max(1) as f64;
        bars.push((format!("{matter}/{code}"), h.drawn as f64 / seeds / n, h.expected / n));
    }
    let most = loads.values().map(|load| load.sum as f64 / seeds).fold(1.0, f64::max);
    for ((dept, officer), load) in loads {
        let mean = load.sum as f64 / seeds;
        bars.push((format!("{dept}/{officer} {mean:.2}"), mean / most, mean / most));
    }
    let height = 48 + 18 * bars.len();
    let title = Message::new("TJ-W098").render(messages::Lang::Zh);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"760\" height=\"{height}\" font-family=\"sans-serif\" \
         font-size=\"12\">\n<rect width=\"760\" height=\"{height}\" fill=\"#fff\"/>\n\
         <text x=\"8\" y=\"22\" font-size=\"15\">{title} ({seeds})</text>\n"
    );
    for (place, (label, found, wanted)) in bars.iter().enumerate() {
        let y = 38 + 18 * place;
        let (found, wanted) = (found.clamp(0.0, 1.0) * 480.0, wanted.clamp(0.0, 1.0) * 480.0);
        // Writing to a text cannot fail.
        let _ = writeln!(
            svg,
            "<text x=\"8\" y=\"{}\">{label}</text><rect x=\"240\" y=\"{y}\" width=\"{found:.1}\" height=\"12\" \
             fill=\"#7aa6c2\"/><rect x=\"240\" y=\"{y}\" width=\"{wanted:.1}\" height=\"12\" fill=\"none\" \
             stroke=\"#123\"/>",
            y + 11
        );
    }
    svg + "</svg>\n"
}
