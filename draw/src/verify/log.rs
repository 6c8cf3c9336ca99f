//! The log of a bundle: entries, heads, signatures, the order of steps, and a log from elsewhere.

use sampling::ceremony::Ceremony;
use sampling::commit::{COMMIT, Committed};
use sampling::encoding::{Code, Digest};
use sampling::log::{Cosigned, Entry, Kind, Log, require_draws};
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
    let has_log = files.keys().any(|name| name.starts_with("entry-") || name.starts_with("head-"));
    let mut own = (Log::new(plan.suite), Vec::new());
    if has_log {
        let read = cosigned(plan, files, report);
        own = report.take(read)?;
    } else {
        without_log(plan, files, report);
        report.leave(Unchecked::Log);
    }
    let (log, heads) = own;
    for entry in log.entries() {
        report.mark(&entry.file(), Standing::Logged);
    }
    if let Some(head) = heads.last() {
        report.head = Some((head.head.size, plan.suite.hash(&head.head.text())));
    }
    if has_log && log.previous(&plan.plan_id, plan.draw_no) != Some(committed.previous) {
        report.refuse(Refused::at(COMMIT, 5, 10, Reason::CommitPrevious).with(committed.previous));
    }
    let other = outside.log.as_ref().map(|other| compare(plan, committed, &log, &heads, other, report));
    let other = other.flatten();
    expected_head(plan, &heads, other.as_ref(), outside, report);
    public_values(plan, &log, other.as_ref(), outside, report);
    if !has_log {
        return None;
    }
    let replayed = Ceremony::replay(plan, committed.digest, &log, &heads);
    let state = report.take(replayed)?;
    report.state = Some(state.name());
    report.void = void(&state);
    if let Err(mut refused) = require_at(&state) {
        refused.place.file = heads.last().map(|head| head.head.file()).unwrap_or_default();
        report.refuse(refused);
    }
    Some(Logged { log, state })
}

/// A log must have this draw, and not end where a head is due.
fn require_at(state: &Ceremony) -> Result<()> {
    match state {
        Ceremony::Planned(_) => Err(Refused::file("", Reason::CommitHead)),
        Ceremony::Committed(_)
        | Ceremony::Sharing(_)
        | Ceremony::SharesClosed(_)
        | Ceremony::Revealing(_)
        | Ceremony::Revealed(_)
        | Ceremony::Rolling(_)
        | Ceremony::Rolled(_)
        | Ceremony::Opening(_)
        | Ceremony::Executed(_)
        | Ceremony::Voided(_) => state.require_headed(),
    }
}

fn void(state: &Ceremony) -> Option<String> {
    let Ceremony::Voided(voided) = state else { return None };
    let named: Vec<&str> = voided.named.iter().map(Code::as_str).collect();
    let colon = if named.is_empty() { "" } else { ":" };
    Some(format!("{}{colon}{}", voided.reason, named.join(",")))
}

/// A head from elsewhere must be one of this history.
fn expected_head(
    plan: &Plan,
    heads: &[Cosigned],
    other: Option<&(Log, Vec<Cosigned>)>,
    outside: &Outside,
    report: &mut Report,
) {
    let Some(wanted) = outside.head else { return };
    let mut known = heads.iter().chain(other.iter().flat_map(|(_, heads)| heads));
    if !known.any(|head| plan.suite.hash(&head.head.text()) == wanted) {
        let file = heads.last().map_or_else(|| "head-0.txt".to_owned(), |head| head.head.file());
        report.refuse(Refused::file(file, Reason::LogRoot).with(wanted));
    }
}

/// Without a log only the commitment can stand.
fn without_log(plan: &Plan, files: &Files, report: &mut Report) {
    let data = plan.data_files();
    let is_early = |name: &str| name == PLAN || name == COMMIT || data.contains(name);
    if files.keys().any(|name| !is_early(name)) {
        report.refuse(Refused::file("entry-0.txt", Reason::FileMissing));
    }
}

/// Reads log and heads, and who signed them. Each head needs two witnesses of the plan, each entry a head.
fn cosigned(plan: &Plan, files: &Files, report: &mut Report) -> Result<(Log, Vec<Cosigned>)> {
    let log = Log::parse(plan.suite, files)?;
    let heads = Log::parse_heads(files)?;
    log.check_heads(&plan.log, &heads)?;
    for name in files.keys().filter(|name| name.starts_with("head-") && !name.ends_with(".txt")) {
        let size = names::head_of(name);
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
        let witnesses = signers.witnesses.clone();
        report.cosigned.insert(head.size, signers);
        out.push(Cosigned { head, witnesses });
    }
    if out.is_empty() {
        return Err(Refused::file("entry-0.txt", Reason::StepHead));
    }
    log.require_covered(&out.iter().map(|head| head.head.clone()).collect::<Vec<_>>())?;
    require_draws(log.entries())?;
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
        if !sign::is_form(text) {
            return Err(Refused::at(name, 1, 1, Reason::LogSignature).with(signer));
        }
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

/// A log from elsewhere must be a whole log, have every entry of this one, and nothing that speaks against this draw.
/// Its places begin with `log/`.
fn compare(
    plan: &Plan,
    committed: &Committed,
    log: &Log,
    heads: &[Cosigned],
    elsewhere: &Files,
    report: &mut Report,
) -> Option<(Log, Vec<Cosigned>)> {
    let n_refused = report.refused.len();
    let aside = |mut refused: Refused| {
        refused.place.file = format!("log/{}", refused.place.file);
        refused
    };
    let read = cosigned(plan, elsewhere, &mut Report::default()).map_err(aside);
    let (other, mut others) = report.take(read)?;
    for (ours, theirs) in log.entries().iter().zip(other.entries()) {
        if let Some((line, column)) = difference(&theirs.text(), &ours.text()) {
            report.refuse(Refused::at(ours.file(), line, column, Reason::LogConsistency));
            return None;
        }
    }
    if let Some(missing) = log.entries().get(other.entries().len()) {
        report.refuse(Refused::file(missing.file(), Reason::LogShort));
        return None;
    }
    let n_own = log.entries().len();
    let later = other.entries().iter().skip(n_own);
    let mine = |entry: &&Entry| entry.plan_id == plan.plan_id && entry.draw_no == plan.draw_no;
    for entry in later.filter(mine) {
        report.leave(Unchecked::Later);
        if let Kind::Voided { .. } = entry.kind {
            report.refuse(aside(Refused::file(entry.file(), Reason::LogVoided)));
        }
    }
    // Heads of one size have one root, for the entries are the same: either will do for the order of steps.
    others.retain(|other| !heads.iter().any(|head| head.head.size == other.head.size));
    others.extend_from_slice(heads);
    others.sort_by_key(|head| head.head.size);
    let replayed = Ceremony::replay(plan, committed.digest, &other, &others);
    let replayed = replayed.and_then(|state| {
        report.state_outside = Some(state.name());
        require_at(&state)
    });
    report.take(replayed.map_err(aside));
    if report.refused.len() == n_refused {
        report.log = LogStanding::Compared;
    }
    Some((other, others))
}

/// Public values against those seen elsewhere: one that is not logged is refused as one that is another.
fn public_values(
    plan: &Plan,
    log: &Log,
    other: Option<&(Log, Vec<Cosigned>)>,
    outside: &Outside,
    report: &mut Report,
) {
    let entries = || log.entries().iter().chain(other.iter().flat_map(|(log, _)| log.entries()));
    let mine = |entry: &&Entry| entry.plan_id == plan.plan_id && entry.draw_no == plan.draw_no;
    for (wanted_index, wanted) in &outside.public {
        let found = entries().filter(mine).find_map(|entry| {
            let Kind::PublicEntropy { index, value } = &entry.kind else { return None };
            (index == wanted_index).then(|| (entry.file(), value))
        });
        match found {
            Some((_, value)) if value == wanted => {}
            Some((file, value)) => {
                report.refuse(Refused::at(file, 8, 7, Reason::FieldValue).with(value).with(wanted));
            }
            None => {
                let refused = Refused::file("seed.txt", Reason::EntropyMissing);
                report.refuse(refused.with(format!("{wanted_index}={wanted}")));
            }
        }
    }
}

impl Logged {
    /// Entries of this draw.
    pub(super) fn entries<'a>(&'a self, plan: &'a Plan) -> impl Iterator<Item = &'a Entry> {
        let mine = |entry: &&Entry| entry.plan_id == plan.plan_id && entry.draw_no == plan.draw_no;
        self.log.entries().iter().filter(mine)
    }

    /// Digest of the share file of a party, once it is logged.
    pub(super) fn share_digest(&self, plan: &Plan, party: &Code) -> Option<Digest> {
        self.entries(plan).find_map(|entry| {
            let Kind::ShareCommitted { party: known, digest } = &entry.kind else { return None };
            (known == party).then_some(*digest)
        })
    }

    /// Whether a share was revealed or opened to everybody.
    pub(super) fn is_share_known(&self, plan: &Plan, party: &Code) -> bool {
        let is_known = |entry: &Entry| {
            matches!(&entry.kind,
            Kind::ShareRevealed { party: known, .. } | Kind::ShareOpened { party: known, .. } if known == party)
        };
        self.entries(plan).any(is_known)
    }
}
