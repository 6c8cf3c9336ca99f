//! What an assignment shows without the officers' files: its tasks are visits and its costs follow from the seed.
//!
//! Must never know: who could have been assigned. That an assignment is the optimum is not said here.

use std::collections::HashSet;

use super::build::CostBytes;
use super::tasks::Task;
use crate::chance::SubSeed;
use crate::encoding::{Sorted, lines, require_code, require_verifier_text};
use crate::{Reason, Result};

/// Refuses a line of `assign-….tsv` that is no task of the department, has an officer twice in a task, or another cost
/// than the sub-seed gives to the officer named.
pub fn check_costs(file: &str, text: &[u8], tasks: &[Task], sub_seed: &SubSeed) -> Result<()> {
    require_verifier_text(file, text)?;
    let names: HashSet<&[u8]> = tasks.iter().map(|task| task.name.as_bytes()).collect();
    let mut seen = HashSet::new();
    let mut before = None;
    for line in lines(file, text) {
        line.require_fields(4)?;
        if !names.contains(line.field(0)) {
            return Err(line.refuse(0, Reason::CertificateForm));
        }
        let (class, officer) = (require_code(&line, 1)?, require_code(&line, 2)?);
        if !seen.insert((line.field(0), line.field(2))) {
            return Err(line.refuse(2, Reason::CertificateEdge));
        }
        let text = [line.field(0), class.as_bytes(), officer.as_bytes()].join(&b'|');
        let ticket = sub_seed.ticket(&text);
        let is_cost = |bytes: CostBytes| {
            let cost =
                ticket.0.iter().take(bytes.count()).fold(0, |cost, &byte| cost << 8 | i128::from(byte));
            line.field(3) == cost.to_string().as_bytes()
        };
        if !is_cost(CostBytes::Six) && !is_cost(CostBytes::Twelve) {
            return Err(line.refuse(3, Reason::CertificateEdge));
        }
        if let Some(before) = before {
            line.require_after(&before, Sorted::Lines)?;
        }
        before = Some(line);
    }
    Ok(())
}
