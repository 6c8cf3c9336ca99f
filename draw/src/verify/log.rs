//! The log of a bundle: entries, heads, signatures, the order of steps, and a log from elsewhere.

use sampling::ceremony::Ceremony;
use sampling::commit::{COMMIT, Committed};
use sampling::encoding::Code;
use sampling::log::{Cosigned, Log, require_draws};
use sampling::plan::{PLAN, Plan};
use sampling::seed::difference;
use sampling::{Files, Reason, Refused, Result};

use super::{Cosigners, LogStanding, Outside, Report, Standing, Unchecked};
use crate::{names, sign};

/// A log that holds, and the draw as far as it tells.
pub(super) struct Logged {
    /// The log.
    pub(super) log: Log,
    /// State after its last head.
    pub(super) state: Ceremony,
}

/// Checks the log of a bundle, and compares it with one from elsewhere.
pub(super) fn check(
    plan: &Plan,
    committed: &Committed,
    files: &Files,
    outside: &Outside,
    report: &mut Report,
) -> Option<Logged> {
    if !files.keys().any(|name| name.starts_with("entry-") || name.starts_with("head-")) {
        without_log(plan, files, report);
        return None;
    }
    report.log = LogStanding::Alone;
    let read = cosigned(plan, files, report).and_then(|(log, heads)| {
        log.require_covered(&heads.iter().map(|head| head.head.clone()).collect::<Vec<_>>())?;
        require_draws(log.entries())?;
        Ok((log, heads))
    });
    let (log, heads) = report.take(read)?;
    for entry in log.entries() {
        report.mark(&entry.file(), Standing::Logged);
    }
    if let Some(head) = heads.last() {
        report.head = Some((head.head.size, plan.suite.hash(&head.head.text())));
    }
    if log.previous(&plan.plan_id, plan.draw_no) != Some(committed.previous) {
        report.refuse(Refused::at(COMMIT, 5, 10, Reason::CommitPrevious).with(committed.previous));
    }
    if let Some(wanted) = outside.head
        && !heads.iter().any(|head| plan.suite.hash(&head.head.text()) == wanted)
    {
        let file = heads.last().map_or_else(|| "head-0.txt".to_owned(), |head| head.head.file());
        report.refuse(Refused::file(file, Reason::LogRoot).with(wanted));
    }
    if let Some(from_elsewhere) = &outside.log {
        compare(plan, committed, files, &log, from_elsewhere, report);
    }
    let replayed = Ceremony::replay(plan, committed.digest, &log, &heads);
    let state = report.take(replayed)?;
    report.state = Some(state.name());
    if let Err(mut refused) = state.require_headed() {
        refused.place.file = heads.last().map(|head| head.head.file()).unwrap_or_default();
        report.refuse(refused);
    }
    public_values(plan, &state, &log, outside, report);
    Some(Logged { log, state })
}

/// Without a log only the commitment can stand.
fn without_log(plan: &Plan, files: &Files, report: &mut Report) {
    let data = plan.data_files();
    let is_early = |name: &str| name == PLAN || name == COMMIT || data.contains(name);
    if files.keys().any(|name| !is_early(name)) {
        report.refuse(Refused::file("entry-0.txt", Reason::FileMissing));
    }
}

/// Reads log and heads, and who signed them. Each head needs two witnesses of the plan.
fn cosigned(plan: &Plan, files: &Files, report: &mut Report) -> Result<(Log, Vec<Cosigned>)> {
    let log = Log::parse(plan.suite, files)?;
    let heads = Log::parse_heads(files)?;
    log.check_heads(&plan.log, &heads)?;
    for name in files.keys().filter(|name| name.ends_with(".sig") && name.starts_with("head-")) {
        let size = names::signature(name).map(|(size, _)| size);
        if !heads.iter().any(|head| Some(head.size) == size) {
            return Err(Refused::file(name, Reason::FileUnknown));
        }
    }
    let mut out = Vec::new();
    for head in heads {
        let signers = signers(plan, &head.text(), head.size, files)?;
        for witness in &signers.witnesses {
            report.mark(&format!("head-{}.{witness}.sig", head.size), Standing::Signed);
        }
        if signers.witnesses.len() < 2 {
            return Err(Refused::file(head.file(), Reason::StepHead).with(signers.witnesses.len()));
        }
        report.mark(&head.file(), Standing::Logged);
        if files.contains_key(&format!("head-{}.tsr", head.size)) {
            report.leave(Unchecked::Stamps);
        }
        let witnesses = signers.witnesses.clone();
        report.cosigned.insert(head.size, signers);
        out.push(Cosigned { head, witnesses });
    }
    Ok((log, out))
}

/// Who signed a head: witnesses of the plan, whose signatures must be right, and others, whose are not looked at.
pub(crate) fn signers(plan: &Plan, head: &[u8], size: u64, files: &Files) -> Result<Cosigners> {
    let mut signers = Cosigners::default();
    for (name, text) in files
        .range(format!("head-{size}.")..)
        .take_while(|(name, _)| name.starts_with(&format!("head-{size}.")))
    {
        let Some((_, signer)) = names::signature(name) else { continue };
        match plan.witnesses.iter().find(|witness| witness.code.as_str() == signer) {
            None => signers.strangers.push(signer.to_owned()),
            Some(witness) if sign::holds(plan.suite, &witness.key, head, text) => {
                signers.witnesses.push(witness.code.clone());
            }
            Some(_) => return Err(Refused::file(name, Reason::LogSignature).with(signer)),
        }
    }
    Ok(signers)
}

/// A log from elsewhere must have the entries of this one, cosigned, and nothing that makes this draw a second one.
fn compare(
    plan: &Plan,
    committed: &Committed,
    files: &Files,
    log: &Log,
    elsewhere: &Files,
    report: &mut Report,
) {
    let mut aside = Report::default();
    let read = cosigned(plan, elsewhere, &mut aside).and_then(|(log, heads)| {
        require_draws(log.entries())?;
        Ok((log, heads))
    });
    let Some((other, heads)) = report.take(read) else { return };
    for (ours, theirs) in log.entries().iter().zip(other.entries()) {
        if let Some((line, column)) = difference(&theirs.text(), &ours.text()) {
            report.refuse(Refused::at(ours.file(), line, column, Reason::LogConsistency));
            return;
        }
    }
    for head in &heads {
        let file = head.head.file();
        let ours = files.get(&file);
        if let Some((line, column)) = ours.and_then(|ours| difference(&head.head.text(), ours)) {
            report.refuse(Refused::at(file, line, column, Reason::LogConsistency));
            return;
        }
    }
    let covered = heads.last().map_or(0, |head| head.head.size);
    let is_long = covered >= log.entries().len() as u64;
    report.log = if is_long { LogStanding::Compared } else { LogStanding::Shorter };
    if let Some(state) = report.take(Ceremony::replay(plan, committed.digest, &other, &heads)) {
        report.state_outside = Some(state.name());
    }
}

/// Public values against those seen elsewhere; what they were cannot be told from a bundle.
fn public_values(plan: &Plan, state: &Ceremony, log: &Log, outside: &Outside, report: &mut Report) {
    use sampling::log::Kind;
    use sampling::plan::SourceKind;
    let Some(opened) = state.opened() else { return };
    for (source, _) in plan.entropy.iter().zip(&opened.public) {
        report.leave(match source.kind {
            SourceKind::Drand => Unchecked::Beacon,
            SourceKind::Dice { .. } | SourceKind::Numbers { .. } => Unchecked::PublicValues,
        });
    }
    let mine = |entry: &&sampling::log::Entry| entry.plan_id == plan.plan_id && entry.draw_no == plan.draw_no;
    for entry in log.entries().iter().filter(mine) {
        if let Kind::PublicEntropy { index, value } = &entry.kind
            && let Some(wanted) = outside.public.get(index)
            && wanted != value
        {
            report.refuse(Refused::at(entry.file(), 8, 7, Reason::FieldValue).with(value).with(wanted));
        }
    }
}

/// Digest of the share file of a party, once it is logged.
pub(super) fn share_digest(state: &Ceremony, party: &Code) -> Option<sampling::encoding::Digest> {
    let sharing = match state {
        Ceremony::Sharing(sharing) | Ceremony::SharesClosed(sharing) => sharing,
        Ceremony::Planned(_) | Ceremony::Committed(_) => return None,
        Ceremony::Revealing(_)
        | Ceremony::Revealed(_)
        | Ceremony::Rolling(_)
        | Ceremony::Rolled(_)
        | Ceremony::Opening(_)
        | Ceremony::Executed(_)
        | Ceremony::Voided(_) => &state.opened()?.sharing,
    };
    sharing.shares.get(party).copied()
}
