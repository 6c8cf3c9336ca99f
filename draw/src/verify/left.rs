//! What is left when everything was checked: files that nothing asked for, and what nobody looked at.

use sampling::Files;
use sampling::log::Kind;
use sampling::plan::{FrameMode, Plan, SourceKind};
use sampling::seed::SEED;
use sampling::{Reason, Refused};

use super::log::Logged;
use super::{LogStanding, Report, Standing, Unchecked};
use crate::names;

/// Refuses members that have a possible name and no place in this draw. Where something is refused already, the parts
/// they belong to may not have been reached, and they would all be named again.
pub(super) fn strays(plan: &Plan, files: &Files, report: &mut Report) {
    if !report.holds() {
        return;
    }
    let is_known = |name: &str| {
        // Time stamps and the signatures of beacons and strangers are named, and not checked here.
        name.ends_with(".tsr")
            || name.starts_with("drand-")
            || names::signature(name)
                .is_some_and(|(_, signer)| plan.witnesses.iter().all(|known| known.code.as_str() != signer))
    };
    let strays = files.keys().filter(|name| {
        report.files.get(*name).is_none_or(|standing| *standing == Standing::NotChecked) && !is_known(name)
    });
    let strays: Vec<Refused> = strays.map(|name| Refused::file(name, Reason::FileUnknown)).collect();
    strays.into_iter().for_each(|refused| report.refuse(refused));
}

/// Names what was not looked at: first what belongs to the draw and is not here, then what no bundle can show.
pub(super) fn unchecked(plan: &Plan, files: &Files, logged: Option<&Logged>, report: &mut Report) {
    let salted = ["excluded-", "officers-", "pool-", "recusals-", "pairs-"];
    for name in plan.data_files() {
        let is_frame = name.starts_with("frame-");
        let is_salted =
            salted.iter().any(|kind| name.starts_with(kind)) || is_frame && plan.frame == FrameMode::Private;
        match files.contains_key(&name) {
            true if is_salted => report.leave(Unchecked::Salts),
            true => {}
            false if is_frame || name.starts_with("excluded-") => report.leave(Unchecked::Frames),
            false => report.leave(Unchecked::Officers),
        }
    }
    if !files.contains_key(SEED) {
        report.leave(Unchecked::Result);
    }
    if files.keys().any(|name| name.starts_with("tie-")) {
        report.leave(Unchecked::ShortOptima);
    }
    if let Some(logged) = logged {
        report.leave(Unchecked::Stamps);
        let sources = plan.entropy.iter().map(|source| source.kind);
        for kind in sources.chain(plan.event_source.as_ref().map(|source| source.kind)) {
            report.leave(match kind {
                SourceKind::Drand => Unchecked::Beacon,
                SourceKind::Dice { .. } | SourceKind::Numbers { .. } => Unchecked::PublicValues,
            });
        }
        for entry in logged.entries(plan) {
            if let Kind::EventEntropy { .. } = entry.kind {
                report.leave(Unchecked::EventValues);
            }
            if let Kind::Result { .. } = entry.kind {
                report.leave(Unchecked::Inspected);
            }
        }
    }
    report.leave(Unchecked::LeftOut);
    report.leave(Unchecked::Inspections);
    if report.log == LogStanding::Alone {
        report.leave(Unchecked::OnlyDraw);
    }
}
