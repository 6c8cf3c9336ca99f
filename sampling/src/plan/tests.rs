use super::*;
use crate::Reason;

const PLAIN: &str = "\
algorithm=DSJ1-SHA256
dept.D.load=least
draw_no=1
engine=0000000000000000000000000000000000000000000000000000000000000000
entropy.1.kind=drand
entropy.1.ref=chain 1234
entropy.1.time=2026-05-20T07:00:00Z
escrow=none
frame=public
group.G.matters=M
group.G.window.1=2026-06-01/2026-06-14
legal_basis=第七十二条
log=example.log/2026
matter.M.dept=D
matter.M.reserve=2
matter.M.rounding=ceil
matter.M.slot.lead=1:LEAD+Q1
matter.M.stratum.S.rate=1/4
parties=JJ,RD
plan_id=P
publicity=2026-05-20
seed_release=public
timing=open
witnesses=W1:1111111111111111111111111111111111111111111111111111111111111111,W2:2222222222222222222222222222222222222222222222222222222222222222
";

/// Replaces one line of a good plan (or drops it, or adds one) and says what is refused.
fn with(from: &str, to: &str) -> Vec<String> {
    assert!(from.is_empty() || PLAIN.contains(from), "{from}");
    let mut lines: Vec<String> = PLAIN.lines().map(str::to_owned).filter(|line| line != from).collect();
    lines.extend(to.lines().map(str::to_owned));
    lines.sort();
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    match Plan::parse(text.as_bytes()) {
        Ok(_) => Vec::new(),
        Err(problems) => problems
            .0
            .iter()
            .map(|refused| format!("{}:{} {}", refused.place.line, refused.place.column, refused.code()))
            .collect(),
    }
}

#[test]
fn a_good_plan_is_read() {
    let plan = Plan::parse(PLAIN.as_bytes()).unwrap();
    assert_eq!(plan.parties.len(), 2);
    assert_eq!(plan.entropy.len(), 1);
    let names: Vec<String> = plan.data_files().into_iter().collect();
    assert_eq!(names, ["excluded-M.tsv", "frame-M.tsv", "officers-D.tsv", "pairs-D.tsv", "recusals-D.tsv"]);
}

#[test]
fn every_mandatory_key_is_missed() {
    for line in PLAIN.lines() {
        let problems = with(line, "");
        assert!(!problems.is_empty() || line.contains(".slot."), "nobody misses `{line}`");
    }
}

#[test]
fn contradictions_have_their_place() {
    let code = |reason: Reason| reason.code();
    assert_eq!(with("timing=open", "timing=sealed"), [format!("8:8 {}", code(Reason::PlanEscrow))]);
    assert_eq!(with("escrow=none", "escrow=A,B,JJ"), [format!("8:8 {}", code(Reason::PlanPartyTwice))]);
    assert_eq!(with("escrow=none", "escrow=A,B"), [format!("8:8 {}", code(Reason::PlanValue))]);
    let dice = "entropy.1.kind=dice\nentropy.1.length=20";
    assert_eq!(with("entropy.1.kind=drand", dice), [format!("9:8 {}", code(Reason::PlanEscrow))]);
    assert_eq!(
        with("", "entropy.3.kind=drand\nentropy.3.ref=x\nentropy.3.time=2026-05-20T07:00:00Z"),
        [format!("8:1 {}", code(Reason::PlanGap))]
    );
    assert_eq!(
        with("seed_release=public", "seed_release=auditors"),
        [format!("8:8 {}", code(Reason::PlanEscrow)), format!("22:14 {}", code(Reason::PlanSealedFrame))]
    );
    for rate in ["2/4", "5/4", "1/1000001", "0/2", "1", "1/0", "01/4", "-1/4"] {
        let line = format!("matter.M.stratum.S.rate={rate}");
        assert_eq!(with("matter.M.stratum.S.rate=1/4", &line).len(), 1, "{rate}");
    }
    for rate in ["0/1", "1/1", "1/3", "999999/1000000"] {
        let line = format!("matter.M.stratum.S.rate={rate}");
        assert_eq!(with("matter.M.stratum.S.rate=1/4", &line), [""; 0], "{rate}");
    }
    assert_eq!(with("", "matter.M.stratum.S.count=4"), [format!("19:25 {}", code(Reason::PlanConflict))]);
    assert_eq!(
        with("group.G.window.1=2026-06-01/2026-06-14", ""),
        [format!("10:17 {}", code(Reason::PlanWindow))]
    );
    assert_eq!(
        with("", "matter.N.dept=D\nmatter.N.reserve=0\nmatter.N.rounding=ceil\nmatter.N.stratum.S.count=1"),
        [format!("19:15 {}", code(Reason::PlanGroup))]
    );
    assert_eq!(with("", "colour=red"), [format!("2:1 {}", code(Reason::PlanKey))]);
    assert_eq!(with("", "dept.E.load=least"), [format!("3:13 {}", code(Reason::PlanConflict))]);
    assert_eq!(
        with("", "dept.D.remedy.1=pool\ndept.D.remedy.2=pool"),
        [format!("4:17 {}", code(Reason::PlanConflict))]
    );
    assert_eq!(with("", "text.a=1\ntext.a=2"), [format!("24:1 {}", code(Reason::KeyTwice))]);
}

#[test]
fn a_multiple_that_is_too_large_is_refused_where_it_becomes_so() {
    let rates = ["1/999983", "1/999979", "1/999961", "1/999959"];
    let lines: Vec<String> =
        rates.iter().enumerate().map(|(i, rate)| format!("matter.M.stratum.T{i}.rate={rate}")).collect();
    assert_eq!(with("", &lines[..2].join("\n")), [""; 0]);
    assert_eq!(with("", &lines.join("\n")), [format!("21:26 {}", Reason::PlanLcm.code())]);
}
