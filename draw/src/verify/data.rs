//! Data files of a bundle, some of which may be missing: nobody but an auditor sees officers and exclusions.

use std::collections::BTreeMap;

use sampling::commit::{Input, Staff};
use sampling::data::{self, Frame};
use sampling::encoding::Code;
use sampling::plan::{FrameMode, Plan};
use sampling::{Files, Reason, Refused, Result};

use super::Report;

/// Reads what is there. `None` if something is refused; a matter or department whose files are missing is left out.
pub(super) fn input<'a>(plan: &Plan, files: &'a Files, report: &mut Report) -> Option<Input<'a>> {
    let refused = report.refused.len();
    let (mut frames, mut excluded, mut staff) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    for (code, matter) in &plan.matters {
        let frame = format!("frame-{code}.tsv");
        let list = format!("excluded-{code}.tsv");
        match files.get(&frame) {
            Some(text) => {
                if let Some(parsed) = report.take(Frame::parse(&frame, text, matter, plan.frame)) {
                    frames.insert(code.clone(), parsed);
                }
            }
            None if plan.frame == FrameMode::Public => {
                report.refuse(Refused::file(frame, Reason::FileMissing))
            }
            None => {}
        }
        if let Some(text) = files.get(&list) {
            let parsed = report.take(data::excluded(&list, text));
            if let (Some(parsed), Some(frame)) = (&parsed, frames.get(code)) {
                report.take(data::require_disjoint(&list, frame, parsed));
            }
            excluded.extend(parsed.map(|parsed| (code.clone(), parsed)));
        }
    }
    for code in plan.depts_with_slots() {
        let of_dept = of_dept(plan, code, files);
        if let Some(Some(of_dept)) = report.take(of_dept) {
            staff.insert(code.clone(), of_dept);
        }
    }
    let is_good = report.refused.len() == refused;
    is_good.then(|| Input { plan: plan.clone(), frames, excluded, staff })
}

/// Officers of a department; `None` if one of the files is not there.
fn of_dept(plan: &Plan, code: &Code, files: &Files) -> Result<Option<Staff>> {
    let names = ["officers", "recusals", "pairs"].map(|kind| format!("{kind}-{code}.tsv"));
    let [officers_file, recusals_file, pairs_file] = &names;
    let pool_file = format!("pool-{code}.tsv");
    let officers = files.get(officers_file).map(|text| data::officers(officers_file, text)).transpose()?;
    let recusals = files.get(recusals_file).map(|text| data::recusals(recusals_file, text)).transpose()?;
    let pairs = files.get(pairs_file).map(|text| data::pairs(pairs_file, text)).transpose()?;
    let wants_pool = plan.data_files().contains(&pool_file);
    let pool = files.get(&pool_file).filter(|_| wants_pool);
    let pool = pool.map(|text| data::officers(&pool_file, text)).transpose()?;
    if let (Some(officers), Some(pool)) = (&officers, &pool) {
        data::require_separate(&pool_file, pool, officers)?;
    }
    let (Some(officers), Some(recusals), Some(pairs)) = (officers, recusals, pairs) else { return Ok(None) };
    let is_whole = pool.is_some() == wants_pool;
    Ok(is_whole.then_some(Staff { officers, pool, recusals, pairs }))
}
