//! A department's files read back: every round's certificate is checked against edges and costs made anew.
//!
//! Must never solve: what a verifier accepts, it accepts because of the certificate.

use std::collections::{BTreeMap, HashSet};

use super::build::{CostBytes, build};
use super::certificate::{ASSIGN, PROOF, Solution, check};
use super::files::{Assigned, assign_lines, cuts, prices, proof as proof_text, slot_names, slots};
use super::fill::Cut;
use super::prices::Prices;
use super::problem::Problem;
use super::rounds::{DeptInput, DeptOutcome, Ended, Round, Rounds, Solved};
use super::tasks::Task;
use crate::commit::text_of;
use crate::data::Officer;
use crate::encoding::{Code, Line, Sorted, lines, parse_int, parse_u64, require_code, require_verifier_text};
use crate::seed::difference;
use crate::{Files, Reason, Refused, Result};

/// Reads and checks all rounds of a department from its files, and gives what they establish. The files it should have
/// written are in the outcome; the caller compares them byte for byte.
pub fn check_department(input: DeptInput<'_>, files: &Files) -> Result<DeptOutcome> {
    for number in 1..=last_round(files, input.label) {
        text_of(files, &format!("proof-{}-{number}.txt", input.label))?;
    }
    let bytes = proof(files, &format!("proof-{}-1.txt", input.label))?.bytes;
    let ended = Rounds::new(input, bytes).run(|round| solved(&input, files, round))?;
    let mut outcome = match ended {
        Ended::Unique(outcome) => outcome,
        Ended::Tie { round, .. } => {
            return Err(Refused::file(format!("proof-{}-{round}.txt", input.label), Reason::CertificateTie));
        }
    };
    if let CostBytes::Twelve = bytes {
        outcome.evidence.extend(ties(&input, files)?);
    }
    Ok(*outcome)
}

fn solved(input: &DeptInput<'_>, files: &Files, round: &Round<'_>) -> Result<Solved> {
    let (label, number) = (input.label, round.number);
    let problem: Problem<i128> = build(round.tasks, &round.roster(), input.sub_seed, round.bytes)?;
    let is_last = last_round(files, label) <= number;
    let assign = if is_last { format!("assign-{label}.tsv") } else { format!("assign-{label}-{number}.tsv") };
    let reader = Reader::new(files, round.tasks, round.officers);
    let solution = reader.solution(&problem, label, number, &assign, round.bytes)?;
    check(&problem, input.rules.load, &solution)
        .map_err(|refused| placed(refused, files, label, number, &assign))?;
    let written = [
        (format!("proof-{label}-{number}.txt"), proof_text(&solution, round.bytes)),
        (format!("cuts-{label}-{number}.tsv"), cuts(&solution, round.tasks, round.officers)),
        (format!("prices-{label}-{number}.tsv"), prices(&problem, &solution, round.officers)),
        (format!("slots-{label}-{number}.tsv"), slots(&problem, &solution, round.tasks)),
    ];
    for (name, text) in written {
        if let Some((line, column)) = difference(&text, text_of(files, &name)?) {
            return Err(Refused::at(name, line, column, Reason::CertificateForm));
        }
    }
    let second = solution.second(&problem);
    Ok(Solved { problem, solution, second })
}

/// The largest number of a round that has a proof.
fn last_round(files: &Files, label: &str) -> usize {
    let prefix = format!("proof-{label}-");
    let number = |name: &String| parse_u64(name.strip_prefix(&prefix)?.strip_suffix(".txt")?.as_bytes());
    files.keys().filter_map(number).max().and_then(|number| usize::try_from(number).ok()).unwrap_or(1)
}

/// From a part of a certificate to the place in its file.
fn placed(mut refused: Refused, files: &Files, label: &str, number: usize, assign: &str) -> Refused {
    let place = &mut refused.place;
    let ending = if place.file == PROOF { "txt" } else { "tsv" };
    let part = place.file.clone();
    place.file = if part == ASSIGN { assign.to_owned() } else { format!("{part}-{label}-{number}.{ending}") };
    if place.line > 0 && place.column == 0 {
        // The price is the last column.
        let text = files.get(&place.file).map(Vec::as_slice).unwrap_or_default();
        let line = lines(&place.file, text).nth(place.line as usize - 1);
        place.column = line.map_or(1, |line| line.column(line.fields().count().saturating_sub(1))) as u64;
    }
    refused
}

struct Proof {
    bytes: CostBytes,
    limit: u64,
    mu: Option<i128>,
    total: i128,
    unfilled: u128,
}

fn proof(files: &Files, file: &str) -> Result<Proof> {
    let text = text_of(files, file)?;
    require_verifier_text(file, text)?;
    let rows: Vec<Line<'_>> = lines(file, text).collect();
    let value = |number: usize, key: &str| {
        let refuse = || Refused::at(file, number + 1, 1, Reason::CertificateForm).with(key);
        rows.get(number).and_then(|line| line.bytes.strip_prefix(key.as_bytes())).ok_or_else(refuse)
    };
    let refuse =
        |number: usize, key: &str| Refused::at(file, number + 1, key.len() + 1, Reason::CertificateForm);
    if let Some(line) = rows.get(5) {
        return Err(Refused::at(file, line.number, 1, Reason::CertificateForm));
    }
    let bytes = match value(0, "cost_bytes=")? {
        b"6" => CostBytes::Six,
        b"12" => CostBytes::Twelve,
        _ => return Err(refuse(0, "cost_bytes=")),
    };
    let limit = parse_u64(value(1, "limit=")?).ok_or_else(|| refuse(1, "limit="))?;
    let mu = match value(2, "mu=")? {
        b"none" => None,
        text => Some(signed(text).ok_or_else(|| refuse(2, "mu="))?),
    };
    let total = signed(value(3, "total=")?).ok_or_else(|| refuse(3, "total="))?;
    let unfilled = parse_int(value(4, "unfilled=")?).ok_or_else(|| refuse(4, "unfilled="))?;
    Ok(Proof { bytes, limit, mu, total, unfilled })
}

/// `INT` with an optional `-`, below 2¹²⁷ in absolute value.
fn signed(text: &[u8]) -> Option<i128> {
    match text.strip_prefix(b"-") {
        Some(digits) => {
            let value = i128::try_from(parse_int(digits)?).ok()?;
            (value > 0).then(|| -value)
        }
        None => i128::try_from(parse_int(text)?).ok(),
    }
}

struct Reader<'a> {
    files: &'a Files,
    tasks: &'a [Task],
    officers: &'a [Officer],
    slot_numbers: BTreeMap<(&'a str, &'a str), u32>,
    officer_numbers: BTreeMap<&'a str, u32>,
}

impl<'a> Reader<'a> {
    fn new(files: &'a Files, tasks: &'a [Task], officers: &'a [Officer]) -> Reader<'a> {
        let slots = slot_names(tasks);
        Reader {
            files,
            tasks,
            officers,
            slot_numbers: slots.into_iter().map(|(task, class)| (task, class.as_str())).zip(0..).collect(),
            officer_numbers: officers.iter().map(|officer| officer.code.as_str()).zip(0..).collect(),
        }
    }

    fn solution(
        &self,
        problem: &Problem<i128>,
        label: &str,
        number: usize,
        assign: &str,
        bytes: CostBytes,
    ) -> Result<Solution<i128>> {
        let file = format!("proof-{label}-{number}.txt");
        let proof = proof(self.files, &file)?;
        if proof.bytes != bytes {
            return Err(Refused::at(file, 1, 12, Reason::CertificateForm));
        }
        let officer = self.prices(&format!("prices-{label}-{number}.tsv"))?;
        let slot = self.alphas(&format!("slots-{label}-{number}.tsv"))?;
        let (cut1, cut2) = self.cuts(&format!("cuts-{label}-{number}.tsv"))?;
        let mut edges = self.edges(problem, assign)?;
        edges.sort_unstable();
        Ok(Solution {
            edges,
            unfilled: proof.unfilled,
            limit: proof.limit,
            total: proof.total,
            prices: Prices { officer, slot, open: proof.mu },
            cut1,
            cut2,
        })
    }

    fn table(&self, file: &str, n_fields: usize, mut row: impl FnMut(&Line<'_>) -> Result<()>) -> Result<()> {
        let text = text_of(self.files, file)?;
        require_verifier_text(file, text)?;
        let mut before: Option<Line<'_>> = None;
        for line in lines(file, text) {
            line.require_fields(n_fields)?;
            row(&line)?;
            if let Some(before) = before {
                line.require_after(&before, Sorted::Lines)?;
            }
            before = Some(line);
        }
        Ok(())
    }

    fn slot_number(&self, line: &Line<'_>, field: usize) -> Result<u32> {
        let task = std::str::from_utf8(line.field(field)).unwrap_or_default();
        let class = std::str::from_utf8(line.field(field + 1)).unwrap_or_default();
        let number = self.slot_numbers.get(&(task, class)).copied();
        number.ok_or_else(|| line.refuse(field, Reason::CertificateForm))
    }

    fn officer_number(&self, line: &Line<'_>, field: usize) -> Result<u32> {
        let code = std::str::from_utf8(line.field(field)).unwrap_or_default();
        self.officer_numbers.get(code).copied().ok_or_else(|| line.refuse(field, Reason::CertificateForm))
    }

    /// Edges of an assignment; the costs are compared later, with the whole file.
    fn edges(&self, problem: &Problem<i128>, file: &str) -> Result<Vec<u32>> {
        let mut edges = Vec::new();
        self.table(file, 4, |line| {
            let slot = self.slot_number(line, 0)?;
            let officer = self.officer_number(line, 2)?;
            let edge = problem.edge(slot, officer).ok_or_else(|| line.refuse(2, Reason::CertificateEdge))?;
            if signed(line.field(3)) != Some(problem.cost_of(edge)) {
                return Err(line.refuse(3, Reason::CertificateEdge).with(problem.cost_of(edge)));
            }
            edges.push(edge);
            Ok(())
        })?;
        Ok(edges)
    }

    /// One row for each officer and slot, in order: `n` rows whose last field is a price.
    fn one_each(
        &self,
        file: &str,
        n_rows: usize,
        price_field: usize,
        number: impl Fn(&Line<'_>) -> Result<u32>,
    ) -> Result<Vec<i128>> {
        let mut prices = Vec::new();
        self.table(file, price_field + 1, |line| {
            if number(line)? as usize != prices.len() {
                return Err(line.refuse(0, Reason::CertificateForm));
            }
            prices.push(
                signed(line.field(price_field)).ok_or_else(|| line.refuse(price_field, Reason::FieldInt))?,
            );
            Ok(())
        })?;
        if prices.len() == n_rows {
            Ok(prices)
        } else {
            Err(Refused::at(file, prices.len() + 1, 1, Reason::CertificateForm))
        }
    }

    fn prices(&self, file: &str) -> Result<Vec<i128>> {
        self.one_each(file, self.officers.len(), 3, |line| self.officer_number(line, 0))
    }

    fn alphas(&self, file: &str) -> Result<Vec<i128>> {
        let n_slots = self.tasks.iter().map(|task| task.classes.len()).sum();
        self.one_each(file, n_slots, 4, |line| self.slot_number(line, 0))
    }

    fn cuts(&self, file: &str) -> Result<(Option<Cut>, Option<Cut>)> {
        let mut cuts = [None, None];
        self.table(file, 4, |line| {
            let level = match line.field(0) {
                b"1" => 0,
                b"2" => 1,
                _ => return Err(line.refuse(0, Reason::CertificateForm)),
            };
            let cut = cuts[level].get_or_insert_with(Cut::default);
            match line.field(1) {
                b"slot" => cut.slots.push(self.slot_number(line, 2)?),
                b"officer" if line.field(3) == b"-" => cut.officers.push(self.officer_number(line, 2)?),
                _ => return Err(line.refuse(1, Reason::CertificateForm)),
            }
            Ok(())
        })?;
        let [first, second] = cuts;
        Ok((first, second))
    }
}

/// The two short optima that made long costs necessary: different, equally many slots, equal totals.
fn ties(input: &DeptInput<'_>, files: &Files) -> Result<Files> {
    let prefix = format!("tie-{}-", input.label);
    let is_tie = |name: &str| {
        let middle = name.strip_prefix(&prefix).and_then(|rest| rest.strip_suffix("-1.tsv"));
        middle.filter(|round| parse_u64(round.as_bytes()).is_some_and(|round| round > 0)).map(str::to_owned)
    };
    let Some(round) = files.keys().find_map(|name| is_tie(name)) else {
        return Err(Refused::file(format!("{prefix}1-1.tsv"), Reason::FileMissing));
    };
    let mut out = Files::new();
    let mut sides = Vec::new();
    for number in [1, 2] {
        let name = format!("{prefix}{round}-{number}.tsv");
        let assigned = tie(input, files, &name)?;
        out.insert(name, assign_lines(&assigned));
        sides.push((assigned.len(), assigned.iter().map(|line| line.cost).sum::<i128>(), assigned));
    }
    match sides.as_slice() {
        [first, second] if (first.0, first.1) == (second.0, second.1) && first.2 != second.2 => Ok(out),
        _ => Err(Refused::file(format!("{prefix}{round}-2.tsv"), Reason::CertificateForm)),
    }
}

fn tie(input: &DeptInput<'_>, files: &Files, file: &str) -> Result<Vec<Assigned>> {
    let reader = Reader::new(files, input.tasks, &[]);
    let mut assigned = Vec::new();
    let mut seen: HashSet<(Vec<u8>, Vec<u8>)> = HashSet::new();
    reader.table(file, 4, |line| {
        reader.slot_number(line, 0)?;
        let (class, officer): (Code, Code) = (require_code(line, 1)?, require_code(line, 2)?);
        if !seen.insert((line.field(0).to_vec(), line.field(2).to_vec())) {
            return Err(line.refuse(2, Reason::CertificateEdge));
        }
        let task = String::from_utf8_lossy(line.field(0)).into_owned();
        let ticket = input.sub_seed.ticket(format!("{task}|{class}|{officer}").as_bytes());
        let cost = ticket.0.iter().take(6).fold(0, |cost, &byte| cost << 8 | i128::from(byte));
        if signed(line.field(3)) != Some(cost) {
            return Err(line.refuse(3, Reason::CertificateEdge));
        }
        assigned.push(Assigned { task, class, officer, cost });
        Ok(())
    })?;
    Ok(assigned)
}
