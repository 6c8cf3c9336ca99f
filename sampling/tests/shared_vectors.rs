//! The shared vectors of the protocol, both suites, with a whole example draw. Skipped, visibly, where the file is not.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use sampling::allocation::{Ratio, allocate};
use sampling::chance::{Modulus, SubSeed, systematic};
use sampling::commit::{self, Input};
use sampling::data::{FrameKey, salt};
use sampling::draw::draw;
use sampling::encoding::{Code, Digest};
use sampling::officers::{Bound, Problem, solve};
use sampling::plan::{LoadRule, Plan};
use sampling::seed::{Entropy, shares_from_files};
use sampling::subjects::{Pps, pps, srs};
use sampling::{Files, Suite, merkle};
use serde_json::Value;

fn vectors() -> Option<Value> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    let shared = env::var_os("TONGJIAN_SHARED").map_or(beside, PathBuf::from);
    let file = shared.join("data/dsj1-vectors.json");
    match fs::read(&file) {
        Ok(text) => Some(serde_json::from_slice(&text).unwrap()),
        Err(error) => {
            eprintln!("SKIPPED: no shared vectors at {}: {error}", file.display());
            None
        }
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

fn number(value: &Value) -> u128 {
    value.as_str().map_or_else(|| u128::from(value.as_u64().unwrap()), |text| text.parse().unwrap())
}

fn digest(value: &Value) -> Digest {
    Digest::parse(text(value).as_bytes()).unwrap()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

fn each_suite(check: impl Fn(Suite, &Value)) {
    let Some(vectors) = vectors() else { return };
    for suite in Suite::ALL {
        check(suite, &vectors[suite.name()]);
    }
}

#[test]
fn hashes_and_roots() {
    each_suite(|suite, v| {
        for (input, value) in v["hash"].as_object().unwrap() {
            assert_eq!(suite.hash(input.as_bytes()), digest(value));
        }
        let tree = &v["merkle_root_of_first_n_lines"];
        let lines: Vec<&[u8]> = list(&tree["lines"]).iter().map(|line| text(line).as_bytes()).collect();
        for (n, root) in list(&tree["roots"]).iter().enumerate() {
            assert_eq!(merkle::root(suite, lines[..n].iter().copied()), digest(root), "{suite}, {n} lines");
        }
    });
}

#[test]
fn seeds_tickets_integers_salts() {
    each_suite(|suite, v| {
        for case in list(&v["sub_seed"]) {
            let sub = SubSeed::derive(suite, &digest(&case["seed"]), text(&case["label"]));
            assert_eq!(sub.digest(), digest(&case["value"]));
        }
        for case in list(&v["ticket"]) {
            let sub = SubSeed::given(suite, digest(&case["seed"]));
            assert_eq!(sub.ticket(text(&case["x"]).as_bytes()), digest(&case["value"]));
        }
        for case in list(&v["integer"]).iter().chain(list(&v["integer_rejecting"])) {
            let sub = SubSeed::given(suite, digest(&case["seed"]));
            let modulus = if text(&case["m"]) == "340282366920938463463374607431768211456" {
                Modulus::up_to(u128::MAX)
            } else {
                Modulus::new(number(&case["m"])).unwrap()
            };
            assert_eq!(sub.integer(modulus), number(&case["value"]), "{case}");
        }
        for case in list(&v["officer_cost"]) {
            let sub = SubSeed::given(suite, digest(&case["seed"]));
            let x = format!("{}|{}|{}", text(&case["task"]), text(&case["cls"]), text(&case["officer"]));
            let cost =
                sub.ticket(x.as_bytes()).0.iter().take(6).fold(0, |cost, &byte| cost << 8 | u128::from(byte));
            assert_eq!(cost, number(&case["cost"]));
        }
    });
}

#[test]
fn systematic_counts_and_exact_pps() {
    let Some(v) = vectors() else { return };
    let case = &v["controlled_exact"];
    let weights: Vec<u128> = list(&case["weights"]).iter().map(number).collect();
    for (k, expected) in list(&case["n_by_k"]).iter().enumerate() {
        let counts = systematic(&weights, 1, number(&case["D"]), k as u128).unwrap();
        assert_eq!(counts, list(expected).iter().map(number).collect::<Vec<_>>());
    }
    let case = &v["pps_exact"];
    let sizes: Vec<u64> = list(&case["sizes"]).iter().map(|size| number(size) as u64).collect();
    for (k, expected) in list(&case["drawn_by_k"]).iter().enumerate() {
        let drawn = pps(&sizes, number(&case["n"]) as u64, |_| k as u128).unwrap();
        let drawn: Vec<u128> =
            (0..).zip(drawn).filter(|(_, unit)| *unit == Pps::Drawn).map(|(i, _)| i).collect();
        assert_eq!(drawn, list(expected).iter().map(number).collect::<Vec<_>>(), "k = {k}");
    }
}

#[test]
fn allocations() {
    each_suite(|suite, v| {
        for case in list(&v["allocation"]) {
            let code = text(&case["matter"]);
            let mut lines = vec![
                format!("matter.{code}.dept=D"),
                format!("matter.{code}.reserve=0"),
                format!("matter.{code}.rounding={}", text(&case["rounding"])),
                format!("group.G.matters={code}"),
            ];
            let mut sizes = Vec::new();
            for (stratum, rule) in case["strata"].as_object().unwrap() {
                sizes.push(rule["N"].as_u64().unwrap());
                for key in ["rate", "count", "min"].iter().filter(|key| !rule[**key].is_null()) {
                    let value = rule[*key].as_str().map_or_else(|| rule[*key].to_string(), str::to_owned);
                    lines.push(format!("matter.{code}.stratum.{stratum}.{key}={value}"));
                }
            }
            let plan = plan_with(suite, lines);
            let matter = &plan.matters[&Code::parse(code.as_bytes()).unwrap()];
            let sub = SubSeed::derive(suite, &digest(&case["seed"]), &format!("alloc/{code}"));
            for allocated in allocate(matter, &sizes, &sub).unwrap() {
                let expected = &case["n"][allocated.stratum.as_str()];
                let Ratio { p, q } = allocated.expected;
                assert_eq!(u128::from(allocated.n), number(&expected[0]), "{} {case}", allocated.stratum);
                assert_eq!(format!("{p}/{q}"), text(&expected[1]), "{}", allocated.stratum);
                assert_eq!(u128::from(allocated.shortfall), number(&expected[2]), "{}", allocated.stratum);
            }
        }
    });
}

fn plan_with(suite: Suite, mut lines: Vec<String>) -> Plan {
    let witness = |digit: &str| digit.repeat(64);
    lines.extend([
        format!("algorithm={suite}"),
        "draw_no=1".to_owned(),
        format!("engine={}", Digest::ZERO),
        "entropy.1.kind=drand".to_owned(),
        "entropy.1.ref=chain 1".to_owned(),
        "entropy.1.time=2026-05-20T07:00:00Z".to_owned(),
        "escrow=none".to_owned(),
        "frame=public".to_owned(),
        "legal_basis=none".to_owned(),
        "log=example.log/2026".to_owned(),
        "parties=A".to_owned(),
        "plan_id=P".to_owned(),
        "publicity=2026-05-20".to_owned(),
        "seed_release=public".to_owned(),
        "timing=open".to_owned(),
        format!("witnesses=W1:{},W2:{}", witness("1"), witness("2")),
    ]);
    lines.sort();
    Plan::parse(lines.iter().map(|line| format!("{line}\n")).collect::<String>().as_bytes()).unwrap()
}

#[test]
fn samples() {
    each_suite(|suite, v| {
        let case = &v["srs"];
        let sub = SubSeed::given(suite, digest(&case["seed"]));
        let frame: Vec<&[u8]> = list(&case["frame"]).iter().map(|sid| text(sid).as_bytes()).collect();
        let n_reserve = list(&case["reserve"]).len();
        let (drawn, reserve) = srs(&frame, case["n"].as_u64().unwrap() as usize, n_reserve, &sub);
        let texts =
            |values: &Value| list(values).iter().map(|v| text(v).as_bytes().to_vec()).collect::<Vec<_>>();
        assert_eq!(drawn, texts(&case["drawn"]));
        assert_eq!(reserve, texts(&case["reserve"]));
        for case in list(&v["pps"]) {
            let tickets = SubSeed::given(suite, digest(&case["seed_tickets"]));
            let chance = SubSeed::given(suite, digest(&case["seed_k"]));
            let mut units: Vec<(Digest, &str, u64)> = case["sizes"]
                .as_object()
                .unwrap()
                .iter()
                .map(|(sid, size)| (tickets.ticket(sid.as_bytes()), sid.as_str(), number(size) as u64))
                .collect();
            units.sort();
            let sizes: Vec<u64> = units.iter().map(|&(_, _, size)| size).collect();
            let outcome =
                pps(&sizes, case["n"].as_u64().unwrap(), |modulus| chance.integer(modulus)).unwrap();
            let mut drawn: Vec<(&str, &str)> = units
                .iter()
                .zip(outcome)
                .filter_map(|((_, sid, _), outcome)| match outcome {
                    Pps::Certain => Some((*sid, "certain")),
                    Pps::Drawn => Some((*sid, "drawn")),
                    Pps::Not => None,
                })
                .collect();
            let mut expected: Vec<(&str, &str)> =
                list(&case["drawn"]).iter().map(|pair| (text(&pair[0]), text(&pair[1]))).collect();
            drawn.sort_unstable();
            expected.sort_unstable();
            assert_eq!(drawn, expected, "{case}");
        }
    });
}

#[test]
fn assignments() {
    let Some(v) = vectors() else { return };
    for case in list(&v["assignments"]) {
        let names: Vec<&String> = case["capacity"].as_object().unwrap().keys().collect();
        let bound = |name: &&String| Bound {
            capacity: case["capacity"][name.as_str()].as_u64().unwrap(),
            load: case["ytd"][name.as_str()].as_u64().unwrap(),
        };
        let mut problem: Problem<i64> = Problem::new(names.iter().map(bound).collect());
        let mut task = "";
        let mut slots = Vec::new();
        for slot in list(&case["slots"]) {
            if text(&slot[0]) != task {
                problem.task();
                task = text(&slot[0]);
            }
            slots.push((text(&slot[0]), text(&slot[1])));
            let mut edges: Vec<(u32, i64)> = list(&case["edges"])
                .iter()
                .filter(|edge| edge[0] == slot[0] && edge[1] == slot[1])
                .map(|edge| {
                    let officer = names.iter().position(|name| *name == text(&edge[2])).unwrap();
                    (officer as u32, number(&edge[3]) as i64)
                })
                .collect();
            edges.sort_unstable();
            problem.slot(slot[2].as_u64().unwrap(), edges).unwrap();
        }
        assert_eq!(text(&case["load"]), "least");
        let solution = solve(&problem, LoadRule::Least).unwrap();
        let result = &case["result"];
        assert_eq!(u128::from(solution.limit), number(&result["limit"]), "{case}");
        assert_eq!(solution.unfilled, number(&result["unfilled"]), "{case}");
        assert_eq!(solution.total, number(&result["total"]) as i128, "{case}");
        assert_eq!(solution.second(&problem).is_none(), result["unique"].as_bool().unwrap(), "{case}");
        if result["unique"].as_bool().unwrap() {
            let found: Vec<Value> = solution
                .edges
                .iter()
                .map(|&edge| {
                    let (task, class) = slots[problem.slot_of(edge) as usize];
                    serde_json::json!([task, class, names[problem.officer_of(edge) as usize]])
                })
                .collect();
            assert_eq!(Value::Array(found), result["assignment"], "{case}");
        }
        let certificate = &case["one_valid_certificate"];
        let mu = solution.prices.open.map(|mu| mu.to_string());
        assert_eq!(mu.as_deref(), certificate["mu"].as_str(), "{case}");
        for (name, price) in names.iter().zip(&solution.prices.officer) {
            assert_eq!(price.to_string(), text(&certificate["price"][name.as_str()]), "{case}");
        }
    }
}

#[test]
fn example_draw_to_its_last_digest() {
    each_suite(|suite, v| {
        let (values, files) = (&v["example"]["values"], v["example"]["files"].as_object().unwrap());
        let files: Files =
            files.iter().map(|(name, body)| (name.clone(), text(body).as_bytes().to_vec())).collect();
        let plan = Plan::require(&files["plan.txt"]).unwrap();
        let mut inputs: Files = BTreeMap::new();
        for name in plan.data_files().into_iter().chain(["plan.txt".to_owned()]) {
            inputs.insert(name.clone(), files[&name].clone());
        }
        let commitment = commit::commit(&inputs, Digest::ZERO, 1).unwrap();
        assert_eq!(String::from_utf8_lossy(&commitment.text), String::from_utf8_lossy(&files["commit.txt"]));
        assert_eq!(commitment.digest, digest(&values["C"]));
        let shares = shares_from_files(&plan, &commitment.digest, &files).unwrap();
        let parsed = Entropy::parse(&files["seed.txt"], &plan, &commitment.digest).unwrap();
        assert_eq!(parsed.shares, shares);
        assert_eq!(parsed.text(&commitment.digest), files["seed.txt"]);
        let seed = parsed.seed(suite, &commitment.digest);
        assert_eq!(seed, digest(&values["seed"]));
        let input = Input::parse(&files).unwrap();
        let outcome = draw(&input, &commitment.digest, &seed, 2).unwrap();
        for (name, body) in &outcome.files {
            assert_eq!(
                String::from_utf8_lossy(body),
                String::from_utf8_lossy(files.get(name).unwrap_or_else(|| panic!("{name} is not expected"))),
                "{suite} {name}"
            );
        }
        assert_eq!(outcome.result, digest(&values["result"]));
        assert_eq!(outcome.evidence, digest(&values["evidence"]));
        let frame = &input.frames[&Code::parse(b"M1").unwrap()];
        let proof = &values["proof_of_first_company"];
        let leaves: Vec<Digest> =
            (0..frame.len() as u32).map(|unit| merkle::leaf(suite, frame.line(unit))).collect();
        let path: Vec<Digest> = list(&proof["path"]).iter().map(digest).collect();
        assert_eq!(merkle::inclusion(suite, &leaves, 0).unwrap(), path);
        let key: Vec<u8> = (0..32).collect();
        assert_eq!(text(&values["frame_key"]), Digest(key.clone().try_into().unwrap()).hex());
        let key = FrameKey::new(key.try_into().unwrap());
        for name in ["officers-SCJG.tsv", "excluded-M1.tsv"] {
            let body = String::from_utf8(files[name].clone()).unwrap();
            for line in body.lines() {
                let (bare, expected) = line.rsplit_once('\t').unwrap();
                assert_eq!(salt(suite, &key, &plan.plan_id, plan.draw_no, name, bare.as_bytes()), expected);
            }
        }
    });
}
