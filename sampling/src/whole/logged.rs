//! Log, heads and ceremony, and what they say of other files.

use super::checking::{Known, Need};
use super::{Cosigners, Report, Why};
use crate::ceremony::{Ceremony, Executed};
use crate::draw::{EVIDENCE, RESULT};
use crate::encoding::{Code, Digest};
use crate::list::Listed;
use crate::log::{Cosigned, Head, Log, require_draws};
use crate::plan::{Plan, SeedRelease, Timing};
use crate::seed::{Entropy, SEED, Share};
use crate::{Reason, Refused, Result};

/// The log and the state it gives.
pub(super) struct Logged {
    pub(super) log: Log,
    pub(super) state: Ceremony,
}

/// Checks log, heads and ceremony. None without a log, and if it was refused.
pub(super) fn check(known: &Known<'_>, cosigners: &Cosigners, report: &mut Report) -> Option<Logged> {
    let is_logged = known.files.keys().any(|name| name.starts_with("entry-") || name.starts_with("head-"));
    if !is_logged {
        return None;
    }
    let log = report.take(Log::parse(known.plan.suite, known.files))?;
    let heads = report.take(Log::parse_heads(known.files))?;
    report.take(log.check_heads(&known.plan.log, &heads))?;
    report.head = heads.last().map(|head| known.plan.suite.hash(&head.text()));
    let heads: Vec<Cosigned> = heads
        .into_iter()
        .map(|head| Cosigned { witnesses: cosigners.get(&head.size).cloned().unwrap_or_default(), head })
        .collect();
    for head in &heads {
        if report.take(head.require_witnesses(&known.plan)).is_some() {
            report.holds(head.head.file());
        }
    }
    let bare: Vec<Head> = heads.iter().map(|head| head.head.clone()).collect();
    let covered = log.require_covered(&bare).and_then(|()| require_draws(log.entries()));
    report.take(covered)?;
    let committed = known.committed.as_ref()?;
    let previous = log.previous(&known.plan.plan_id, known.plan.draw_no);
    if previous != Some(committed.previous) {
        report.refuse(
            Refused::at(crate::commit::COMMIT, 5, 10, Reason::CommitPrevious).with(committed.previous),
        );
    }
    let state = report.take(Ceremony::replay(&known.plan, committed.digest, &log, &heads))?;
    report.state = Some(state.name());
    if let Err(mut refused) = state.require_headed() {
        refused.place.file = log.entries().last().map(crate::log::Entry::file).unwrap_or_default();
        report.refuse(refused);
    }
    for entry in log.entries() {
        report.holds(entry.file());
    }
    let logged = Logged { log, state };
    if let Some(executed) = logged.executed() {
        results(known, executed, report);
    }
    Some(logged)
}

/// The logged digests and roots are those of the files.
fn results(known: &Known<'_>, executed: &Executed, report: &mut Report) {
    let suite = known.plan.suite;
    let mut digests = vec![(RESULT, executed.result), (EVIDENCE, executed.evidence)];
    digests.retain(|(name, digest)| known.files.get(*name).is_some_and(|text| suite.hash(text) != *digest));
    for (name, digest) in digests {
        report.refuse(Refused::file(name, Reason::OutputMismatch).with(digest));
    }
    for (name, root) in &executed.roots {
        let Some(text) = known.files.get(name) else { continue };
        if Listed::of(suite, name, text, known.threads).root != *root {
            report.refuse(Refused::file(name, Reason::OutputMismatch).with(root));
        }
    }
}

/// Whether everybody may see the result: at once in open timing, with the last share in sealed timing, with any void.
pub(super) fn must_be_here(known: &Known<'_>, log: Option<&Logged>) -> Need {
    let Some((logged, executed)) = log.and_then(|logged| Some((logged, logged.executed()?))) else {
        return Need::May;
    };
    let is_void = matches!(logged.state, Ceremony::Voided(_));
    let is_open = known.plan.timing == Timing::Open || executed.opened.is_all_known();
    let is_public = is_open && known.plan.seed_release == SeedRelease::Public;
    if is_void || is_public { Need::Here } else { Need::May }
}

/// Files that must be here because of how far the draw has come, and files that have no step in the log.
pub(super) fn require_complete(known: &Known<'_>, log: Option<&Logged>, report: &mut Report) {
    let Some(logged) = log else {
        let is_bare = !known.files.keys().any(|name| name.starts_with("entry-") || name.starts_with("head-"));
        if is_bare {
            // Whole perhaps, but not proven to be the only draw.
            report.not_checked("entry-0.txt", Why::NoLog);
        }
        return;
    };
    let need = must_be_here(known, log);
    for name in [SEED, RESULT, EVIDENCE] {
        match (known.files.contains_key(name), need) {
            (false, Need::Here) => report.refuse(Refused::file(name, Reason::FileMissing)),
            (true, _) if logged.executed().is_none() && name != SEED => {
                report.refuse(Refused::file(name, Reason::StepOrder));
            }
            (true, _) | (false, Need::May) => {}
        }
    }
}

impl Logged {
    /// The executed draw, also of a void one.
    pub(super) fn executed(&self) -> Option<&Executed> {
        match &self.state {
            Ceremony::Executed(executed) => Some(executed),
            Ceremony::Voided(voided) => voided.executed.as_ref(),
            Ceremony::Planned(_)
            | Ceremony::Committed(_)
            | Ceremony::Sharing(_)
            | Ceremony::SharesClosed(_)
            | Ceremony::Revealing(_)
            | Ceremony::Revealed(_)
            | Ceremony::Rolling(_)
            | Ceremony::Rolled(_)
            | Ceremony::Opening(_) => None,
        }
    }

    /// A share that was revealed or opened.
    pub(super) fn share(&self, party: &Code) -> Option<&Share> {
        self.state.opened()?.known.get(party)
    }

    /// The entropy of `seed.txt` is the logged one: shares by their commitments, public values as they are.
    pub(super) fn require_entropy(&self, plan: &Plan, commit: &Digest, entropy: &Entropy) -> Result<()> {
        let Some(opened) = self.state.opened() else { return Err(Refused::file(SEED, Reason::StepOrder)) };
        for (place, (party, share)) in entropy.shares.iter().enumerate() {
            let text = crate::seed::share_text(commit, party, share);
            if opened.sharing.shares.get(party) != Some(&plan.suite.hash(&text)) {
                return Err(
                    Refused::at(SEED, place + 3, 8 + party.as_str().len(), Reason::ShareDigest).with(party)
                );
            }
        }
        let n_shares = entropy.shares.len();
        for (place, value) in entropy.public.iter().enumerate() {
            if opened.public.get(place) != Some(value) {
                let column = format!("public={}:", place + 1).len() + 1;
                return Err(Refused::at(SEED, n_shares + place + 3, column, Reason::EntropyForm).with(value));
            }
        }
        Ok(())
    }
}
