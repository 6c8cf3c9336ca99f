//! The example bundles made anew by the engine: the same bytes on any number of threads, no panic on any change of an
//! input, and a true answer for every company and officer. Whether a bundle is whole is judged in the crate `draw`.

use std::fs;
use std::path::Path;

use sampling::commit::{Input, commit};
use sampling::draw::draw;
use sampling::encoding::{Code, Digest};
use sampling::explain::{Chance, Place, Standing, company, officer, task};
use sampling::plan::Plan;
use sampling::seed::Entropy;
use sampling::subjects::Mark;
use sampling::{Files, Reason, Result, Suite, merkle};

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

const BUNDLES: [&str; 2] = ["example-sha256.zip", "example-sm3.zip"];

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

/// C and every file that follows from inputs and entropy; no ceremony around it.
fn execute(inputs: &Files, entropy: &Entropy, threads: usize) -> Result<(Digest, Files)> {
    let commitment = commit(inputs, Digest::ZERO, threads)?;
    let input = Input::parse(inputs)?;
    entropy.require(&input.plan)?;
    let seed = entropy.seed(input.plan.suite, &commitment.digest);
    let mut files = draw(&input, &commitment.digest, &seed, threads)?.files;
    files.insert("seed.txt".to_owned(), entropy.text(&commitment.digest));
    files.insert("commit.txt".to_owned(), commitment.text);
    Ok((commitment.digest, files))
}

#[test]
fn executing_gives_the_bytes_of_the_bundle_on_any_number_of_threads() {
    for name in BUNDLES {
        let files = bundle(name);
        let (inputs, entropy, commit) = inputs(&files);
        let (_, alone) = execute(&inputs, &entropy, 1).unwrap();
        for threads in [1, 2, 5] {
            let (made, executed) = execute(&inputs, &entropy, threads).unwrap();
            assert_eq!(made, commit);
            assert_eq!(executed, alone, "threads change nothing");
        }
        for (name, body) in &alone {
            // Prices are not unique; everything else is.
            let is_evidence =
                ["prices-", "slots-", "cuts-", "evidence"].iter().any(|kind| name.starts_with(kind));
            assert!(is_evidence || files.get(name) == Some(body), "{name}");
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
                match execute(&other, &entropy, 1) {
                    Ok((_, executed)) => assert!(!executed.is_empty()),
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
    assert_eq!(execute(&inputs, &equal, 1).unwrap_err().reason, Reason::ShareEqual);
    let mut swapped = entropy.clone();
    swapped.shares.swap(0, 1);
    assert_eq!(execute(&inputs, &swapped, 1).unwrap_err().reason, Reason::ShareParty);
    let mut none = entropy.clone();
    none.public.clear();
    assert_eq!(execute(&inputs, &none, 1).unwrap_err().reason, Reason::EntropyMissing);
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
