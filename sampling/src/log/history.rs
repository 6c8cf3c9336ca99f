//! The log as a whole: numbers, times, roots of heads, and the chain of draws.

use std::collections::BTreeMap;

use super::{Entry, Head, Kind};
use crate::encoding::{Code, Digest, parse_u64};
use crate::merkle::{self, Frontier, TreeHead};
use crate::{Files, Reason, Refused, Result, Suite};

/// Entries without gap from 0, and heads over them.
#[derive(Clone, Debug)]
pub struct Log {
    suite: Suite,
    entries: Vec<Entry>,
    leaves: Vec<Digest>,
}

impl Log {
    /// A log without entries.
    pub fn new(suite: Suite) -> Log {
        Log { suite, entries: Vec::new(), leaves: Vec::new() }
    }

    /// Reads `entry-<seq>.txt` from 0 on. An entry beyond a gap is refused.
    pub fn parse(suite: Suite, files: &Files) -> Result<Log> {
        let mut numbers: Vec<u64> = files.keys().filter_map(|name| number(name, "entry-")).collect();
        numbers.sort_unstable();
        let mut log = Log::new(suite);
        for (place, number) in numbers.into_iter().enumerate() {
            let file = format!("entry-{number}.txt");
            if number != place as u64 {
                return Err(Refused::file(format!("entry-{place}.txt"), Reason::FileMissing));
            }
            let text = files.get(&file).map(Vec::as_slice).unwrap_or_default();
            log.append_text(&file, text)?;
        }
        Ok(log)
    }

    /// Heads `head-<size>.txt`, ascending.
    pub fn parse_heads(files: &Files) -> Result<Vec<Head>> {
        let mut sizes: Vec<u64> = files.keys().filter_map(|name| number(name, "head-")).collect();
        sizes.sort_unstable();
        let mut heads = Vec::new();
        for size in sizes {
            let file = format!("head-{size}.txt");
            let head = Head::parse(&file, files.get(&file).map(Vec::as_slice).unwrap_or_default())?;
            if head.size != size {
                return Err(Refused::at(file, 4, 6, Reason::LogHead).with(head.size));
            }
            heads.push(head);
        }
        Ok(heads)
    }

    /// Appends an entry; number and time must follow.
    pub fn append(&mut self, entry: Entry) -> Result<()> {
        let (file, text) = (entry.file(), entry.text());
        self.append_text(&file, &text)
    }

    fn append_text(&mut self, file: &str, text: &[u8]) -> Result<()> {
        let entry = Entry::parse(file, text)?;
        if entry.seq != self.entries.len() as u64 {
            return Err(Refused::at(file, 2, 5, Reason::LogSeq).with(entry.seq).with(self.entries.len()));
        }
        if let Some(before) = self.entries.last()
            && entry.time < before.time
        {
            return Err(Refused::at(file, 3, 6, Reason::LogTime).with(entry.time).with(before.time));
        }
        self.leaves.push(merkle::leaf(self.suite, text));
        self.entries.push(entry);
        Ok(())
    }

    /// The entries.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Hashes of the entries, for proofs.
    pub fn leaves(&self) -> &[Digest] {
        &self.leaves
    }

    /// Root of the first `size` entries.
    pub fn root(&self, size: u64) -> Option<Digest> {
        let leaves = usize::try_from(size).ok().and_then(|size| self.leaves.get(..size))?;
        Some(merkle::root_of_leaves(self.suite, leaves))
    }

    /// Checks heads, ascending by size: name, suite, root, and times that never decrease.
    pub fn check_heads(&self, name: &str, heads: &[Head]) -> Result<()> {
        let mut frontier = Frontier::new(self.suite);
        let mut leaves = self.leaves.iter();
        let mut before: Option<&Head> = None;
        for head in heads {
            let refuse = |line, column, reason| Err(Refused::at(head.file(), line, column, reason));
            if head.log != name {
                return refuse(2, 5, Reason::LogName);
            }
            if head.suite != self.suite {
                return refuse(3, 7, Reason::LogName);
            }
            while frontier.size() < head.size {
                match leaves.next() {
                    Some(&leaf) => frontier.push(leaf),
                    None => return refuse(4, 6, Reason::FileMissing),
                }
            }
            if frontier.size() != head.size || frontier.root() != head.root {
                return refuse(5, 6, Reason::LogRoot);
            }
            let last = head.size.checked_sub(1).and_then(|last| self.entries.get(last as usize));
            let is_early = last.is_some_and(|entry| head.time < entry.time)
                || before.is_some_and(|before| head.time < before.time);
            if is_early {
                return refuse(6, 6, Reason::LogTime);
            }
            before = Some(head);
        }
        Ok(())
    }

    /// Refuses an entry that no head covers: a bundle's log ends with its largest head.
    pub fn require_covered(&self, heads: &[Head]) -> Result<()> {
        let covered = heads.iter().map(|head| head.size).max().unwrap_or(0);
        match usize::try_from(covered).ok().and_then(|covered| self.entries.get(covered)) {
            Some(entry) => Err(Refused::file(entry.file(), Reason::StepHead)),
            None => Ok(()),
        }
    }

    /// Proof that a head extends an earlier one.
    pub fn consistency(&self, old: u64, new: u64) -> Option<Vec<Digest>> {
        let leaves = usize::try_from(new).ok().and_then(|new| self.leaves.get(..new))?;
        merkle::consistency(self.suite, leaves, usize::try_from(old).ok()?)
    }
}

impl Head {
    /// Size and root.
    pub fn tree(&self) -> TreeHead {
        TreeHead { size: self.size, root: self.root }
    }
}

/// The number in `<prefix><number>.txt`.
fn number(name: &str, prefix: &str) -> Option<u64> {
    parse_u64(name.strip_prefix(prefix)?.strip_suffix(".txt")?.as_bytes())
}

/// Draws of every plan in a log: one Committed for each, numbers without gap from 1, each after the end or the execution
/// of the one before.
pub fn require_draws(entries: &[Entry]) -> Result<()> {
    #[derive(Default)]
    struct Chain {
        draw_no: u64,
        is_ended: bool,
    }
    let mut chains: BTreeMap<&Code, Chain> = BTreeMap::new();
    for entry in entries {
        let chain = chains.entry(&entry.plan_id).or_default();
        match entry.kind {
            Kind::Committed { .. } => {
                let follows = entry.draw_no == chain.draw_no + 1 && (chain.draw_no == 0 || chain.is_ended);
                if !follows {
                    return Err(Refused::at(entry.file(), 5, 9, Reason::LogDrawNumber).with(entry.draw_no));
                }
                *chain = Chain { draw_no: entry.draw_no, is_ended: false };
            }
            Kind::Voided { .. } | Kind::DrawExecuted { .. } if entry.draw_no == chain.draw_no => {
                chain.is_ended = true;
            }
            Kind::ShareCommitted { .. }
            | Kind::ShareHeld { .. }
            | Kind::SharesClosed
            | Kind::ShareRevealed { .. }
            | Kind::PublicEntropy { .. }
            | Kind::DrawExecuted { .. }
            | Kind::ShareOpened { .. }
            | Kind::Event { .. }
            | Kind::EventEntropy { .. }
            | Kind::EventExecuted { .. }
            | Kind::Substitution { .. }
            | Kind::Result { .. }
            | Kind::Published
            | Kind::Voided { .. } => {
                if entry.draw_no > chain.draw_no {
                    return Err(entry.refuse(Reason::CommitHead));
                }
            }
        }
    }
    Ok(())
}

impl Log {
    /// C of draw `draw_no − 1` of a plan; zeros for the first draw; none if it is not in the log.
    pub fn previous(&self, plan_id: &Code, draw_no: u64) -> Option<Digest> {
        if draw_no <= 1 {
            return Some(Digest::ZERO);
        }
        self.entries
            .iter()
            .filter(|entry| entry.plan_id == *plan_id && entry.draw_no == draw_no - 1)
            .find_map(|entry| if let Kind::Committed { digest } = entry.kind { Some(digest) } else { None })
    }
}
