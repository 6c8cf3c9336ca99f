//! Commands up to the draw.

use std::path::{Path, PathBuf};

use sampling::commit::{self, COMMIT};
use sampling::data::{FrameKey, salted};
use sampling::draw;
use sampling::encoding::{Code, Digest, Time};
use sampling::list::Listed;
use sampling::log::{Entry, Kind, Log};
use sampling::plan::{PLAN, Plan, Timing};
use sampling::seed::{Entropy, SEED, Share, parse_share, share_text};
use sampling::{Files, Reason, Refused};

use super::answer::Answer;
use super::args::{CommitOptions, EntropyOptions, FileOptions, FolderOptions, HoldOptions, ShareOptions};
use crate::error::{Error, Result, random};
use crate::folder::{Secret, Work, plan, read_file, read_folder, require_free, threads, write_file};
use crate::sign::hex;

/// Opens the folder of a command.
pub(super) fn work(folder: &FolderOptions) -> Result<Work> {
    Work::open(&folder.dir, folder.log.as_deref())
}

/// What every step answers: the entry, and how far the draw has come.
pub(super) fn logged(work: &Work, entry: &Entry) -> Answer {
    Answer::default().fact("entry", "TJ-W005", format!("{} {}", entry.file(), entry.kind.word())).state(
        "state",
        "TJ-W006",
        work.state.name(),
    )
}

pub(super) fn plan_check(dir: &Path) -> Result<Answer> {
    let files = read_folder(dir)?;
    let text = files.get(PLAN).ok_or_else(|| Refused::file(PLAN, Reason::FileMissing))?;
    let plan = match Plan::parse(text) {
        Ok(plan) => plan,
        Err(problems) => return Ok(Answer::default().refused(&problems.0)),
    };
    let names = plan.data_files();
    let here: Vec<&String> = names.iter().filter(|name| files.contains_key(*name)).collect();
    if here.len() == names.len() {
        let committed: Files = committed_files(&plan, &files);
        commit::Input::parse_for_commit(&committed)?;
    }
    let strata: usize = plan.matters.values().map(|matter| matter.strata.len()).sum();
    let rows = names.iter().map(|name| {
        let lines = files.get(name).map(|text| text.iter().filter(|&&byte| byte == b'\n').count());
        vec![name.into(), lines.map_or_else(|| "-".to_owned(), |lines| lines.to_string()).into()]
    });
    Ok(Answer::default()
        .remark("plan", messages::Message::new("TJ-W046"))
        .number("matters", "TJ-W047", plan.matters.len() as u64)
        .number("strata", "TJ-W048", strata as u64)
        .table("files", &[("file", "TJ-W035"), ("lines", "TJ-W049")], rows.collect()))
}

/// Plan and data files, without what else is in the folder.
fn committed_files(plan: &Plan, files: &Files) -> Files {
    let names = plan.data_files();
    let is_data = |name: &String| name == PLAN || names.contains(name);
    files.iter().filter(|(name, _)| is_data(name)).map(|(name, text)| (name.clone(), text.clone())).collect()
}

/// Everything is judged, the entry too, before anything is written: what is refused leaves no file behind.
pub(super) fn commit(options: &CommitOptions, time: Time) -> Result<Answer> {
    let dir = &options.folder.dir;
    let mut files = read_folder(dir)?;
    let salted = options.raw.as_ref().map(|raw| salt(raw, &files)).transpose()?;
    let mut writes: Vec<(PathBuf, Vec<u8>, Secret)> = Vec::new();
    if let Some(Salted { made, key }) = salted {
        writes.push((dir.join("secret").join("frame-key.txt"), key, Secret::Yes));
        for (name, text) in &made {
            writes.push((dir.join(name), text.clone(), Secret::No));
        }
        files.extend(made);
    }
    let plan = plan(&files)?;
    let log_dir = options.folder.log.clone().unwrap_or_else(|| dir.join("log"));
    let logged_files = if log_dir.is_dir() { read_folder(&log_dir)? } else { Files::new() };
    let log = Log::parse(plan.suite, &logged_files)?;
    let previous = log.previous(&plan.plan_id, plan.draw_no);
    let previous = previous.ok_or_else(|| Refused::file(COMMIT, Reason::LogDrawNumber).with(plan.draw_no))?;
    let commitment = commit::commit(&committed_files(&plan, &files), previous, threads())?;
    writes.push((dir.join(COMMIT), commitment.text.clone(), Secret::No));
    for (path, text, _) in &writes {
        require_free(path, text)?;
    }
    files.insert(COMMIT.to_owned(), commitment.text);
    let mut work = Work::over(dir, options.folder.log.as_deref(), files)?;
    let kind = Kind::Committed { digest: commitment.digest };
    work.allow(kind.clone(), time)?;
    for (path, text, secret) in &writes {
        write_file(path, text, *secret)?;
    }
    let entry = work.append(kind, time)?;
    Ok(Answer::default().commit(commitment.digest).join(logged(&work, &entry)))
}

/// Data files with their salts, and the key, which nobody needs to verify and which is kept away from the bundle.
struct Salted {
    made: Files,
    key: Vec<u8>,
}

/// Salts data files with a new key.
fn salt(raw: &Path, files: &Files) -> Result<Salted> {
    let mut all = files.clone();
    all.extend(read_folder(raw)?);
    let plan = plan(&all)?;
    let secret = random::<32>()?;
    let key = FrameKey::new(secret);
    let mut made = Files::new();
    for name in plan.data_files() {
        let path = raw.join(&name);
        if !path.exists() {
            return Err(Refused::file(name, Reason::FileMissing).into());
        }
        let text = read_file(&path)?;
        sampling::encoding::require_text(&name, &text)?;
        let is_salted = !(name.starts_with("frame-") && plan.frame == sampling::plan::FrameMode::Public);
        let text = if is_salted {
            salted(plan.suite, &key, &plan.plan_id, plan.draw_no, &name, &text)
        } else {
            text
        };
        made.insert(name, text);
    }
    Ok(Salted { made, key: format!("{}\n", hex(&secret)).into_bytes() })
}

pub(super) fn share(options: &ShareOptions, time: Time) -> Result<Answer> {
    let mut work = work(&options.folder)?;
    if options.close {
        let entry = work.append(Kind::SharesClosed, time)?;
        return Ok(logged(&work, &entry));
    }
    let party = Work::code("--party", options.party.as_deref().unwrap_or_default())?;
    let (digest, answer) = match &options.digest {
        Some(digest) => (digest_of("--digest", digest)?, Answer::default()),
        None => {
            // Refused before anything is made: nobody shall hold a share of no use.
            if !options.only_make {
                work.allow(Kind::ShareCommitted { party: party.clone(), digest: work.commit() }, time)?;
            }
            let text = share_text(&work.commit(), &party, &Share::new(random::<32>()?));
            let file = options.to.clone().unwrap_or_else(|| work.dir().join(format!("share-{party}.txt")));
            write_file(&file, &text, Secret::Yes)?;
            (work.plan.suite.hash(&text), Answer::default().fact("file", "TJ-W008", file.display()))
        }
    };
    let answer = answer.fact("digest", "TJ-W007", digest);
    if options.only_make {
        return Ok(answer);
    }
    let entry = work.append(Kind::ShareCommitted { party, digest }, time)?;
    Ok(answer.join(logged(&work, &entry)))
}

/// A digest from an argument.
pub(super) fn digest_of(what: &'static str, text: &str) -> Result<Digest> {
    Digest::parse(text.as_bytes()).ok_or_else(|| Error::Argument { what, value: text.to_owned() })
}

/// The share file of a party: the one given, or the one in the folder.
fn share_file(work: &Work, party: &Code, file: Option<&PathBuf>) -> Result<(Vec<u8>, Share)> {
    let name = format!("share-{party}.txt");
    let text = match file {
        Some(path) => read_file(path)?,
        None => work.files.get(&name).cloned().ok_or_else(|| Refused::file(&name, Reason::FileMissing))?,
    };
    let share = parse_share(&name, &text, &work.commit(), party)?;
    Ok((text, share))
}

pub(super) fn hold(options: &HoldOptions, time: Time) -> Result<Answer> {
    let mut work = work(&options.folder)?;
    let (party, holder) = (Work::code("--party", &options.party)?, Work::code("--holder", &options.holder)?);
    let (text, _) = share_file(&work, &party, options.file.as_ref())?;
    let digest = work.plan.suite.hash(&text);
    let entry = work.append(Kind::ShareHeld { party, holder, digest }, time)?;
    Ok(logged(&work, &entry).fact("digest", "TJ-W007", digest))
}

pub(super) fn reveal(options: &FileOptions, time: Time) -> Result<Answer> {
    let mut work = work(&options.folder)?;
    let party = Work::code("--party", &options.party)?;
    let (text, share) = share_file(&work, &party, options.file.as_ref())?;
    let entry = work.append(Kind::ShareRevealed { party: party.clone(), share }, time)?;
    work.write(&format!("share-{party}.txt"), &text)?;
    Ok(logged(&work, &entry))
}

pub(super) fn entropy(options: &EntropyOptions, time: Time) -> Result<Answer> {
    let mut work = work(&options.folder)?;
    let (index, value) = (options.index, options.value.clone());
    // The form is judged first: an entry cannot even be written with a value of another form.
    let source = usize::try_from(index).ok().and_then(|index| work.plan.entropy.get(index.checked_sub(1)?));
    if let Some(source) = source
        && !source.kind.accepts(value.as_bytes())
    {
        let file = work.entry(Kind::SharesClosed, time).file();
        return Err(Refused::at(file, 8, 7, Reason::EntropyForm).with(value).into());
    }
    let entry = work.append(Kind::PublicEntropy { index, value }, time)?;
    Ok(logged(&work, &entry))
}

/// Opens to everybody where everybody may see it, else to the engine and the auditors alone.
pub(super) fn open(options: &FileOptions, time: Time) -> Result<Answer> {
    use sampling::ceremony::Ceremony;
    let mut work = work(&options.folder)?;
    let party = Work::code("--party", &options.party)?;
    let (text, share) = share_file(&work, &party, options.file.as_ref())?;
    let opened = work.state.opened().ok_or_else(|| Refused::file(SEED, Reason::StepOrder))?;
    if opened.sharing.shares.get(&party) != Some(&work.plan.suite.hash(&text)) {
        return Err(Refused::at(format!("share-{party}.txt"), 4, 7, Reason::ShareDigest).with(party).into());
    }
    let is_sealed =
        work.plan.timing == Timing::Sealed || work.plan.seed_release == sampling::plan::SeedRelease::Auditors;
    if is_sealed && matches!(work.state, Ceremony::Opening(_)) {
        work.write(&format!("share-{party}.txt"), &text)?;
        return Ok(Answer::default().state("state", "TJ-W006", work.state.name()));
    }
    let entry = work.append(Kind::ShareOpened { party: party.clone(), share }, time)?;
    work.write(&format!("share-{party}.txt"), &text)?;
    Ok(logged(&work, &entry))
}

pub(super) fn execute(folder: &FolderOptions, time: Time) -> Result<Answer> {
    let mut work = work(folder)?;
    // Refused before anything is drawn: nobody shall see a result that cannot be logged.
    let nothing =
        Kind::DrawExecuted { result: work.commit(), evidence: work.commit(), roots: no_roots(&work) };
    work.allow(nothing, time)?;
    let entropy: Entropy = work.entropy()?;
    let commit = work.commit();
    let seed = entropy.seed(work.plan.suite, &commit);
    let outcome = draw::draw(&work.input()?, &commit, &seed, threads())?;
    work.write(SEED, &entropy.text(&commit))?;
    let mut roots = Vec::new();
    for (name, text) in &outcome.files {
        work.write(name, text)?;
        if name.starts_with("drawn-") || name.starts_with("tickets-") {
            roots.push((name.clone(), Listed::of(work.plan.suite, name, text, threads()).root));
        }
    }
    let (result, evidence) = (outcome.result, outcome.evidence);
    let entry = work.append(Kind::DrawExecuted { result, evidence, roots }, time)?;
    let answer = Answer::default().commit(commit).fact("result", "TJ-W013", result);
    Ok(answer.fact("evidence", "TJ-W014", evidence).join(logged(&work, &entry)))
}

/// Roots in their form, to ask whether the step is allowed.
fn no_roots(work: &Work) -> Vec<(String, Digest)> {
    let mut names: Vec<String> =
        work.plan.matters.keys().map(|matter| format!("drawn-{matter}.tsv")).collect();
    if work.plan.seed_release == sampling::plan::SeedRelease::Auditors {
        names.extend(work.plan.groups.keys().map(|group| format!("tickets-{group}.tsv")));
    }
    names.sort_unstable();
    names.into_iter().map(|name| (name, Digest::ZERO)).collect()
}
