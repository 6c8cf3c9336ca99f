//! The example bundles, whole and attacked: every file of them is judged, and no byte of them can be another.

use std::fs;
use std::path::Path;

use sampling::commit::Input;
use sampling::draw::draw;
use sampling::encoding::{Code, Digest};
use sampling::explain::{Chance, Place, Standing, company, officer, task};
use sampling::plan::Plan;
use sampling::seed::Entropy;
use sampling::subjects::Mark;
use sampling::whole::{Cosigners, Finding, Report, check, execute};
use sampling::{Files, Reason, Suite, merkle};

fn bundle(name: &str) -> Files {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../draw/vectors").join(name);
    let bytes = fs::read(&path).unwrap();
    let number = |at: usize, n: usize| {
        bytes[at..at + n].iter().rev().fold(0, |sum, &byte| sum << 8 | usize::from(byte))
    };
    let (mut files, mut at) = (Files::new(), 0);
    // Stored members, one after the other.
    while bytes[at..].starts_with(b"PK\x03\x04") {
        let (size, n_name) = (number(at + 18, 4), number(at + 26, 2));
        let begin = at + 30 + n_name;
        let name = String::from_utf8(bytes[at + 30..begin].to_vec()).unwrap();
        files.insert(name, bytes[begin..begin + size].to_vec());
        at = begin + size;
    }
    files
}

/// Whoever has a signature file is taken to have signed: signatures are verified elsewhere.
fn cosigners(files: &Files) -> Cosigners {
    let mut cosigners = Cosigners::new();
    for name in files.keys() {
        let parts: Vec<&str> = name.split('.').collect();
        if let [head, code, "sig"] = parts.as_slice()
            && let Some(size) = head.strip_prefix("head-")
        {
            cosigners.entry(size.parse().unwrap()).or_default().push(Code::parse(code.as_bytes()).unwrap());
        }
    }
    cosigners
}

fn judged(files: &Files) -> Report {
    check(files, &cosigners(files), 1)
}

const BUNDLES: [&str; 2] = ["example-sha256.zip", "example-sm3.zip"];

#[test]
fn whole_bundles_hold() {
    for name in BUNDLES {
        let files = bundle(name);
        let report = judged(&files);
        assert!(report.is_whole(), "{name}: {:?}", report.refusals().collect::<Vec<_>>());
        for file in files.keys() {
            let finding = &report.files[file];
            let is_elsewhere = file.ends_with(".sig") || file.ends_with(".tsr");
            assert!(is_elsewhere || *finding == Finding::Holds, "{name}: {file}: {finding:?}");
        }
        assert!(report.commit.is_some() && report.head.is_some());
        let two = check(&files, &cosigners(&files), 7);
        assert_eq!(two.files, report.files, "threads change nothing");
    }
}

#[test]
fn no_byte_of_a_file_can_be_another() {
    for name in BUNDLES {
        let files = bundle(name);
        // Certificates of events are bound by no digest, and prices are not unique: others may prove the same optimum.
        let is_free = |file: &str| {
            let is_price = ["prices-", "slots-", "cuts-"].iter().any(|kind| file.starts_with(kind));
            file.ends_with(".sig") || file.ends_with(".tsr") || (is_price && file.contains(".event-"))
        };
        for (file, body) in files.iter().filter(|(file, _)| !is_free(file)) {
            let step = 1 + body.len() / 12;
            for at in (0..body.len()).step_by(step).chain(body.len().checked_sub(1)) {
                let mut other = files.clone();
                if let Some(byte) = other.get_mut(file).and_then(|body| body.get_mut(at)) {
                    *byte ^= 1;
                }
                let mut signed = cosigners(&files);
                // Signatures are over exactly the bytes of a head.
                let size = file.strip_prefix("head-").and_then(|rest| rest.strip_suffix(".txt"));
                size.into_iter().for_each(|size| drop(signed.remove(&size.parse().unwrap())));
                let report = check(&other, &signed, 1);
                assert!(!report.is_whole(), "{name}: {file} with byte {at} changed");
            }
            // Nor can a file be longer or shorter by a line.
            let mut other = files.clone();
            other.get_mut(file).unwrap().extend_from_slice(b"x\n");
            assert!(!judged(&other).is_whole(), "{name}: {file} with a line more");
        }
    }
}

#[test]
fn missing_and_strange_files_are_named() {
    let files = bundle(BUNDLES[0]);
    for file in files.keys() {
        let mut less = files.clone();
        less.remove(file);
        let report = judged(&less);
        let is_private = ["officers-", "recusals-", "pairs-", "pool-", "excluded-", "share-", "drand-"];
        if is_private.iter().any(|kind| file.starts_with(kind))
            || file.ends_with(".tsr")
            || file.starts_with("salted-")
        {
            assert!(report.is_whole(), "without {file}: {:?}", report.refusals().collect::<Vec<_>>());
        } else if file.ends_with(".sig") {
            continue; // A third witness may be missing.
        } else {
            let told = report.files.values().any(|finding| *finding != Finding::Holds);
            assert!(told, "nobody misses {file}");
        }
    }
    for name in ["../x", "note.txt", "frame-ZZ.tsv", "proof-SCJG-99.txt", "assign-XX.tsv", "entry-x.txt"] {
        let mut more = files.clone();
        more.insert(name.to_owned(), b"x\n".to_vec());
        assert!(!judged(&more).is_whole(), "{name} has no place");
    }
}

#[test]
fn without_a_log_nothing_says_that_it_is_the_only_draw() {
    let mut files = bundle(BUNDLES[0]);
    let is_log = |name: &str| {
        ["entry-", "head-", "event-", "seed-event-", "salted-"].iter().any(|kind| name.starts_with(kind))
    };
    files.retain(|name, _| !is_log(name) && !name.contains(".event-"));
    let report = judged(&files);
    assert!(report.is_whole(), "{:?}", report.refusals().collect::<Vec<_>>());
    assert!(matches!(report.files["entry-0.txt"], Finding::NotChecked(_)));
    assert_eq!(report.head, None);
}

/// The inputs and the entropy of a bundle.
fn inputs(files: &Files) -> (Files, Entropy, Digest) {
    let plan = Plan::require(&files["plan.txt"]).unwrap();
    let names = plan.data_files();
    let inputs: Files = files
        .iter()
        .filter(|(name, _)| names.contains(*name) || *name == "plan.txt")
        .map(|(name, body)| (name.clone(), body.clone()))
        .collect();
    let commit = plan.suite.hash(&files["commit.txt"]);
    (inputs, Entropy::parse(&files["seed.txt"], &plan, &commit).unwrap(), commit)
}

#[test]
fn executing_gives_the_bytes_of_the_bundle_on_any_number_of_threads() {
    for name in BUNDLES {
        let files = bundle(name);
        let (inputs, entropy, commit) = inputs(&files);
        for threads in [1, 2, 5] {
            let executed = execute(&inputs, Digest::ZERO, &entropy, threads).unwrap();
            assert_eq!(executed.commit, commit);
            for (name, body) in &executed.files {
                // Prices are not unique; everything else is.
                let is_evidence =
                    ["prices-", "slots-", "cuts-", "evidence"].iter().any(|kind| name.starts_with(kind));
                assert!(is_evidence || files.get(name).is_none_or(|given| given == body), "{name}");
            }
            let mut own = inputs.clone();
            own.extend(executed.files);
            let report = check(&own, &Cosigners::new(), threads);
            assert!(report.is_whole(), "{:?}", report.refusals().collect::<Vec<_>>());
        }
    }
}

#[test]
fn no_change_of_an_input_makes_the_engine_panic() {
    let files = bundle(BUNDLES[0]);
    let (inputs, entropy, _) = inputs(&files);
    let mut n_refused = 0;
    for (name, body) in &inputs {
        for at in (0..body.len()).step_by(1 + body.len() / 25) {
            for value in [b'\t', b'0', b'z', b'\r', 0xff] {
                let mut other = inputs.clone();
                if let Some(byte) = other.get_mut(name).and_then(|body| body.get_mut(at)) {
                    *byte = value;
                }
                match execute(&other, Digest::ZERO, &entropy, 1) {
                    Ok(executed) => assert!(!executed.files.is_empty()),
                    Err(refused) => {
                        n_refused += 1;
                        assert!(!refused.place.file.is_empty(), "{refused}");
                    }
                }
            }
        }
    }
    assert!(n_refused > 300, "{n_refused}");
}

#[test]
fn shares_cannot_be_replayed_or_copied() {
    let files = bundle(BUNDLES[0]);
    let (inputs, entropy, commit) = inputs(&files);
    let mut equal = entropy.clone();
    equal.shares[1].1 = equal.shares[0].1.clone();
    assert_eq!(execute(&inputs, Digest::ZERO, &equal, 1).unwrap_err().reason, Reason::ShareEqual);
    let mut swapped = entropy.clone();
    swapped.shares.swap(0, 1);
    assert_eq!(execute(&inputs, Digest::ZERO, &swapped, 1).unwrap_err().reason, Reason::ShareParty);
    let mut none = entropy.clone();
    none.public.clear();
    assert_eq!(execute(&inputs, Digest::ZERO, &none, 1).unwrap_err().reason, Reason::EntropyMissing);
    let party = &entropy.shares[0].0;
    let file = format!("share-{party}.txt");
    let text = sampling::seed::share_text(&commit, party, &entropy.shares[0].1);
    let other = Suite::Sha256.hash(b"another draw");
    let parse = |commit: &Digest, party: &Code| sampling::seed::parse_share(&file, &text, commit, party);
    assert!(parse(&commit, party).is_ok());
    assert_eq!(parse(&other, party).unwrap_err().reason, Reason::ShareCommit);
    assert_eq!(parse(&commit, &entropy.shares[1].0).unwrap_err().reason, Reason::ShareParty);
    assert_eq!(format!("{:?}", entropy.shares[0].1), "Share(..)");
}

#[test]
fn every_company_and_every_officer_gets_an_answer_that_is_true() {
    let files = bundle(BUNDLES[0]);
    let (inputs, entropy, commit) = inputs(&files);
    let input = Input::parse(&inputs).unwrap();
    let seed = entropy.seed(input.plan.suite, &commit);
    let outcome = draw(&input, &commit, &seed, 1).unwrap();
    let mut n_drawn = 0;
    for (matter, frame) in &input.frames {
        let root =
            sampling::list::Listed::of(input.plan.suite, "frame", &inputs[&format!("frame-{matter}.tsv")], 1)
                .root;
        for unit in 0..frame.len() as u32 {
            let sid = sampling::encoding::Sid::parse(frame.sid(unit)).unwrap();
            let answer = company(&input, &outcome, &sid).unwrap();
            let of_matter = answer.matters.iter().find(|answer| answer.matter == *matter).unwrap();
            let Standing::InFrame(known) = &of_matter.standing else {
                panic!("{sid} is in the frame of {matter}")
            };
            merkle::check_inclusion(
                input.plan.suite,
                &known.line,
                known.index,
                known.size,
                &known.path,
                &root,
            )
            .unwrap();
            let is_drawn = known.mark.is_some_and(Mark::is_sample);
            n_drawn += usize::from(is_drawn);
            let follows = match &known.chance {
                Chance::Lowest { threshold } => threshold.is_some_and(|last| known.ticket <= last),
                Chance::Certain => known.mark == Some(Mark::Certain),
                Chance::Interval { step, from, upto, .. } => upto / step > from / step,
                Chance::NothingLeft => false,
            };
            assert_eq!(follows, is_drawn, "{sid} in {matter}: {known:?}");
            assert_eq!(
                answer.visits.iter().any(|visit| visit.matters.contains(matter)),
                is_drawn,
                "{sid} in {matter}"
            );
        }
    }
    assert!(n_drawn > 5);
    let stranger = sampling::encoding::Sid::parse(b"91330108MA2ZZZZZZZ").unwrap();
    let answer = company(&input, &outcome, &stranger).unwrap();
    assert!(answer.matters.iter().all(|answer| matches!(answer.standing, Standing::Absent { .. })));
    for (dept, solved) in &outcome.depts {
        let mut held = 0;
        for known in &solved.officers {
            let answer = officer(&input, &outcome, dept, &known.code).unwrap();
            assert!(answer.load <= answer.room && answer.n_possible >= answer.load, "{answer:?}");
            held += answer.places.iter().filter(|(_, _, place)| matches!(place, Place::Holds { .. })).count();
        }
        assert_eq!(held, solved.assigned.len());
        for known in &solved.tasks {
            for class in task(&input, &outcome, dept, &known.name).unwrap().classes {
                for candidate in class.candidates {
                    match candidate.place {
                        Place::Holds { cost, price } => assert!(cost + price <= class.alpha),
                        Place::Dearer { cost, price } => assert!(cost + price >= class.alpha),
                        Place::OtherClass(_)
                        | Place::Recused { .. }
                        | Place::Unqualified { .. }
                        | Place::NoCapacity
                        | Place::Deleted => {}
                    }
                }
            }
        }
        assert!(officer(&input, &outcome, dept, &Code::parse(b"NOBODY").unwrap()).is_err());
    }
}
