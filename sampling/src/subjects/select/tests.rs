use super::*;
use crate::Suite;
use crate::allocation::allocate;
use crate::plan::Plan;

const PLAN: &str = "\
algorithm=DSJ1-SHA256
draw_no=1
engine=0000000000000000000000000000000000000000000000000000000000000000
entropy.1.kind=drand
entropy.1.ref=chain 1
entropy.1.time=2026-05-20T07:00:00Z
escrow=none
frame=public
group.G.matters=M
legal_basis=none
log=example.log/2026
matter.M.dept=D
matter.M.reserve=3
matter.M.rounding=ceil
matter.M.stratum.A.rate=1/50
matter.M.stratum.B.rate=1/3
matter.M.stratum.C.count=0
parties=JJ
plan_id=P
publicity=2026-05-20
seed_release=public
timing=open
witnesses=W1:1111111111111111111111111111111111111111111111111111111111111111,W2:2222222222222222222222222222222222222222222222222222222222222222
";

/// Most keys are never kept: the sample is that of sorting all tickets.
#[test]
fn the_lowest_of_a_large_frame_are_those_of_a_whole_sort() {
    let plan = Plan::parse(PLAN.as_bytes()).unwrap();
    let matter = plan.matters.values().next().unwrap();
    let text: String =
        (0..20_000).map(|i| format!("9133{i:014}\t{}\t1\n", ["A", "A", "B", "C"][i % 4])).collect();
    let frame = Frame::parse("frame-M.tsv", text.as_bytes(), matter, plan.frame).unwrap();
    for n in 0..20 {
        let sub = |label: &str| {
            SubSeed::derive(Suite::Sha256, &Suite::Sha256.hash(format!("large {n}").as_bytes()), label)
        };
        let (subjects, numbers) =
            (sub("subjects/G"), allocate(matter, frame.per_stratum(), &sub("alloc/M")).unwrap());
        let kept = keys(&frame, matter, &numbers, &subjects);
        assert!(kept[0].len() < 500 && kept[1].len() < 3_000, "{} and {}", kept[0].len(), kept[1].len());
        let drawn = draw(&frame, matter, &numbers, &subjects, |_| unreachable!("no pps")).unwrap();
        let mut expected = Vec::new();
        for (number, h) in numbers.iter().enumerate() {
            let of = (0..frame.len() as u32).filter(|&unit| frame.stratum(unit) as usize == number);
            let mut all: Vec<(Digest, &[u8])> =
                of.map(|unit| (subjects.ticket(frame.sid(unit)), frame.sid(unit))).collect();
            all.sort();
            for (place, (ticket, sid)) in all.into_iter().take((h.n + 3) as usize).enumerate() {
                let mark = if (place as u64) < h.n { Mark::Drawn } else { Mark::Reserve };
                expected.push((h.stratum.clone(), ticket, sid.to_vec(), mark));
            }
        }
        let found: Vec<_> = drawn
            .into_iter()
            .map(|unit| (unit.stratum, unit.ticket, unit.sid.as_bytes().to_vec(), unit.mark))
            .collect();
        assert_eq!(found, expected, "seed {n}");
    }
}

/// A bound that leaves too few is no bound.
#[test]
fn no_key_is_lost_to_a_bound() {
    let plan = Plan::parse(PLAN.as_bytes()).unwrap();
    let matter = plan.matters.values().next().unwrap();
    let text: String = (0..2_000).map(|i| format!("9133{i:014}\tA\t1\n")).collect();
    let frame = Frame::parse("frame-M.tsv", text.as_bytes(), matter, plan.frame).unwrap();
    let subjects = SubSeed::given(Suite::Sha256, Digest::ZERO);
    let mut numbers = allocate(matter, frame.per_stratum(), &subjects).unwrap();
    assert_eq!(keys_up_to(&frame, &subjects, &[0, 0, 0])[0].len(), 0);
    // As if the stratum had many more units than it has: the bound leaves too few.
    numbers[0].n_frame = 2_000_000;
    numbers[0].n = 40;
    assert_eq!(keys(&frame, matter, &numbers, &subjects)[0].len(), 2_000);
}
