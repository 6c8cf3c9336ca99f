//! `commit.txt` and C: what is fixed before anybody can know the seed.
//!
//! Must never know: shares and entropy.

use std::collections::BTreeMap;

use crate::data::{self, Frame, Officer, Pairs, Recusals};
use crate::encoding::{Code, Digest, Sid, lines, require_text, require_verifier_text};
use crate::list::{Listed, list_lines};
use crate::plan::{PLAN, Plan};
use crate::seed::difference;
use crate::{Files, Reason, Refused, Result, Suite};

/// Name of the file.
pub const COMMIT: &str = "commit.txt";

/// A written commitment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commitment {
    /// The bytes of `commit.txt`.
    pub text: Vec<u8>,
    /// C, the digest of them.
    pub digest: Digest,
}

/// What `commit.txt` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed {
    /// Suite.
    pub suite: Suite,
    /// Plan.
    pub plan_id: Code,
    /// Number of the draw.
    pub draw_no: u64,
    /// C of the draw before, or zeros.
    pub previous: Digest,
    /// Every file.
    pub files: Vec<Listed>,
    /// C.
    pub digest: Digest,
}

/// Everything a draw reads except chance: the plan and its data files, in their types.
#[derive(Clone, Debug)]
pub struct Input<'a> {
    /// The plan.
    pub plan: Plan,
    /// Frame of each matter.
    pub frames: BTreeMap<Code, Frame<'a>>,
    /// Excluded subjects of each matter, with reasons.
    pub excluded: BTreeMap<Code, Vec<(Sid, Code)>>,
    /// Officers of each department with slots.
    pub staff: BTreeMap<Code, Staff>,
}

/// What a department with slots brings.
#[derive(Clone, Debug, Default)]
pub struct Staff {
    /// Officers.
    pub officers: Vec<Officer>,
    /// Officers who join if a remedy says so; absent without such a remedy.
    pub pool: Option<Vec<Officer>>,
    /// Who may not visit whom.
    pub recusals: Recusals,
    /// How many tasks two officers may have together.
    pub pairs: Pairs,
}

impl<'a> Input<'a> {
    /// Reads plan and data files from texts; other files are not looked at.
    pub fn parse(files: &'a Files) -> Result<Input<'a>> {
        let plan = Plan::require(text_of(files, PLAN)?)?;
        let (mut frames, mut excluded, mut staff) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        for (code, matter) in &plan.matters {
            let file = format!("frame-{code}.tsv");
            let frame = Frame::parse(&file, text_of(files, &file)?, matter, plan.frame)?;
            let file = format!("excluded-{code}.tsv");
            let list = data::excluded(&file, text_of(files, &file)?)?;
            data::require_disjoint(&file, &frame, &list)?;
            frames.insert(code.clone(), frame);
            excluded.insert(code.clone(), list);
        }
        for code in plan.depts_with_slots() {
            let needs_pool = plan.data_files().contains(&format!("pool-{code}.tsv"));
            staff.insert(code.clone(), Staff::parse(files, code, needs_pool.then_some(()))?);
        }
        Ok(Input { plan, frames, excluded, staff })
    }

    /// The same as a committing program reads them: texts must also be in normal form, and no file may be without a
    /// place in the plan.
    pub fn parse_for_commit(files: &'a Files) -> Result<Input<'a>> {
        let input = Input::parse(files)?;
        let expected = input.plan.data_files();
        for (name, text) in files {
            if name != PLAN && !expected.contains(name) {
                return Err(Refused::file(name, Reason::FileUnknown));
            }
            require_text(name, text)?;
        }
        Ok(input)
    }
}

impl Staff {
    fn parse(files: &Files, dept: &Code, pool: Option<()>) -> Result<Staff> {
        let file = format!("officers-{dept}.tsv");
        let officers = data::officers(&file, text_of(files, &file)?)?;
        let file = format!("recusals-{dept}.tsv");
        let recusals = data::recusals(&file, text_of(files, &file)?)?;
        let file = format!("pairs-{dept}.tsv");
        let pairs = data::pairs(&file, text_of(files, &file)?)?;
        let pool = match pool {
            None => None,
            Some(()) => {
                let file = format!("pool-{dept}.tsv");
                let pool = data::officers(&file, text_of(files, &file)?)?;
                data::require_separate(&file, &pool, &officers)?;
                Some(pool)
            }
        };
        Ok(Staff { officers, pool, recusals, pairs })
    }
}

/// Commits plan and data files: reads them all, refuses whatever is not as it must be, and writes `commit.txt`.
/// `previous` is C of the draw before under this plan, zeros for the first. Threads do not change the result.
pub fn commit(files: &Files, previous: Digest, threads: usize) -> Result<Commitment> {
    let input = Input::parse_for_commit(files)?;
    if (input.plan.draw_no == 1) != (previous == Digest::ZERO) {
        return Err(Refused::file(COMMIT, Reason::CommitPrevious).with(previous));
    }
    Ok(write(&input.plan, files, previous, threads))
}

/// Writes `commit.txt` over files that were read already.
pub fn write(plan: &Plan, files: &Files, previous: Digest, threads: usize) -> Commitment {
    let mut names = plan.data_files();
    names.insert(PLAN.to_owned());
    let listed = files.iter().filter(|(name, _)| names.contains(*name));
    let listed = list_lines(plan.suite, listed.map(|(name, text)| (name.as_str(), text.as_slice())), threads);
    let text = (header(plan, &previous) + &listed).into_bytes();
    let digest = plan.suite.hash(&text);
    Commitment { text, digest }
}

/// Reads `commit.txt`.
pub fn parse(text: &[u8]) -> Result<Committed> {
    require_verifier_text(COMMIT, text)?;
    let mut rows = lines(COMMIT, text);
    let mut header = |prefix: &str| {
        let line = rows.next().ok_or_else(|| Refused::file(COMMIT, Reason::FileForm).with(prefix))?;
        let value = line.bytes.strip_prefix(prefix.as_bytes());
        let refuse = move || Refused::at(COMMIT, line.number, 1, Reason::FileForm).with(prefix);
        value.ok_or_else(refuse)
    };
    let refuse = |line| move || Refused::at(COMMIT, line, 1, Reason::FieldValue);
    if !header("DSJ1/commit")?.is_empty() {
        return Err(refuse(1)());
    }
    let suite = Suite::parse(header("suite=")?).ok_or_else(refuse(2))?;
    let plan_id = Code::parse(header("plan_id=")?).ok_or_else(refuse(3))?;
    let draw_no = crate::encoding::parse_u64(header("draw_no=")?).ok_or_else(refuse(4))?;
    let previous = Digest::parse(header("previous=")?).ok_or_else(refuse(5))?;
    let files = rows.map(|line| Listed::parse(&line)).collect::<Result<Vec<_>>>()?;
    if let Some(index) = files.windows(2).position(|pair| pair[0].name >= pair[1].name) {
        return Err(Refused::at(COMMIT, index + 7, 1, Reason::LinesUnsorted));
    }
    Ok(Committed { suite, plan_id, draw_no, previous, files, digest: suite.hash(text) })
}

/// Checks that `commit.txt` is the one that plan and files give, and reads it. Files that are not here are taken as
/// listed. The place is the first byte of `commit.txt` that differs.
pub fn check(plan: &Plan, files: &Files, threads: usize) -> Result<Committed> {
    let text = text_of(files, COMMIT)?;
    let committed = parse(text)?;
    if committed.draw_no == 1 && committed.previous != Digest::ZERO {
        return Err(Refused::at(COMMIT, 5, 10, Reason::CommitPrevious).with(committed.previous));
    }
    let mut names = plan.data_files();
    names.insert(PLAN.to_owned());
    if let Some(index) = committed.files.iter().position(|listed| !names.contains(&listed.name)) {
        return Err(Refused::at(COMMIT, index + 6, 1, Reason::FileUnknown));
    }
    if committed.files.len() < names.len() {
        return Err(Refused::at(COMMIT, committed.files.len() + 6, 1, Reason::FileMissing));
    }
    let mut expected = header(plan, &committed.previous);
    for name in names {
        let listed = match files.get(&name) {
            Some(text) => Some(Listed::of(plan.suite, &name, text, threads)),
            None => committed.files.iter().find(|listed| listed.name == name).cloned(),
        };
        expected += &listed.map_or_else(|| format!("{name}\n"), |listed| listed.line());
    }
    match difference(expected.as_bytes(), text) {
        None => Ok(committed),
        Some((line, column)) => Err(Refused::at(COMMIT, line, column, Reason::CommitMismatch)),
    }
}

fn header(plan: &Plan, previous: &Digest) -> String {
    let Plan { suite, plan_id, draw_no, .. } = plan;
    format!("DSJ1/commit\nsuite={suite}\nplan_id={plan_id}\ndraw_no={draw_no}\nprevious={previous}\n")
}

/// The text of a file that must be there.
pub(crate) fn text_of<'a>(files: &'a Files, name: &str) -> Result<&'a [u8]> {
    files.get(name).map(Vec::as_slice).ok_or_else(|| Refused::file(name, Reason::FileMissing))
}
