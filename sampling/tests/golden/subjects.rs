//! §3, §4 and §5.

use std::collections::BTreeMap;

use sampling::allocation::{Ratio, allocate};
use sampling::chance::{self, Modulus, SubSeed};
use sampling::commit::Input;
use sampling::data::Frame;
use sampling::draw::{sample, sample_files};
use sampling::encoding::Code;
use sampling::plan::{Design, Matter, Quota, Rounding, Stratum};
use sampling::subjects::{self as units, Pps};
use sampling::{Reason, Refused};
use serde_json::{Value, json};

use super::{Answer, Vector, int, texts};

pub(crate) fn ticket(v: &Vector) -> Answer {
    let sub = SubSeed::derive(v.suite, &v.digest("seed"), v.text("label"));
    Ok(json!({ "sub_seed": sub.digest().hex(), "ticket": sub.ticket(v.text("x").as_bytes()).hex() }))
}

/// A modulus of 1 to 2^128; there is no integer for another one.
fn modulus(m: &str) -> Result<Modulus, Refused> {
    let refuse = || Refused::file("", Reason::DrawnCapacity).with(m);
    match m.parse() {
        Ok(m) => Modulus::new(m).ok_or_else(refuse),
        Err(_) if m == "340282366920938463463374607431768211456" => Ok(Modulus::up_to(u128::MAX)),
        Err(_) => Err(refuse()),
    }
}

pub(crate) fn integer(v: &Vector) -> Answer {
    let sub = SubSeed::derive(v.suite, &v.digest("seed"), v.text("label"));
    Ok(json!({ "value": sub.integer(modulus(v.text("m"))?).to_string() }))
}

fn number(value: &Value) -> u128 {
    int(value).try_into().unwrap()
}

pub(crate) fn systematic(v: &Vector) -> Answer {
    let weights: Vec<u128> = v.list("weights").iter().map(number).collect();
    let [mu, d, k] = ["mu", "d", "k"].map(|key| number(&v.input[key]));
    let counts = chance::systematic(&weights, mu, d, k)?;
    Ok(json!({ "counts": counts.iter().map(|&count| u64::try_from(count).unwrap()).collect::<Vec<_>>() }))
}

pub(crate) fn allocation(v: &Vector) -> Answer {
    let rounding = match v.text("rounding") {
        "ceil" => Rounding::Ceil,
        "controlled" => Rounding::Controlled,
        "total" => Rounding::Total,
        other => panic!("no rounding {other}"),
    };
    let (mut strata, mut sizes) = (BTreeMap::new(), Vec::new());
    for (code, rule) in v.input["strata"].as_object().unwrap() {
        sizes.push(rule["N"].as_u64().unwrap());
        let quota = match rule["rate"].as_str() {
            Some(rate) => {
                let (a, b) = rate.split_once('/').unwrap();
                let min = rule["min"].as_u64().unwrap_or(0);
                Quota::Rate { a: a.parse().unwrap(), b: b.parse().unwrap(), min }
            }
            None => Quota::Count(rule["count"].as_u64().unwrap()),
        };
        strata.insert(Code::parse(code.as_bytes()).unwrap(), Stratum { quota, design: Design::Srs });
    }
    let dept = Code::parse(b"D").unwrap();
    let matter = Matter { dept, rounding, reserve: 0, strata, slots: BTreeMap::new() };
    let sub = SubSeed::derive(v.suite, &v.digest("seed"), &format!("alloc/{}", v.text("matter")));
    let row = |h: &sampling::allocation::Allocated| {
        let Ratio { p, q } = h.expected;
        (h.stratum.to_string(), json!([h.n, format!("{p}/{q}"), h.shortfall]))
    };
    let n: serde_json::Map<String, Value> = allocate(&matter, &sizes, &sub)?.iter().map(row).collect();
    Ok(json!({ "n": n }))
}

pub(crate) fn pps(v: &Vector) -> Answer {
    let sizes: Vec<u64> = v.list("sizes").iter().map(|size| number(size).try_into().unwrap()).collect();
    let k = number(&v.input["k"]);
    let marks: Vec<Value> = units::pps(&sizes, v.input["n"].as_u64().unwrap(), |_| k)?
        .into_iter()
        .map(|mark| match mark {
            Pps::Certain => json!("certain"),
            Pps::Drawn => json!("drawn"),
            Pps::Not => Value::Null,
        })
        .collect();
    Ok(json!({ "marks": marks }))
}

pub(crate) fn subjects(v: &Vector) -> Answer {
    let (plan, files) = (v.plan()?, v.files("files"));
    let mut frames = BTreeMap::new();
    for (code, matter) in &plan.matters {
        let name = format!("frame-{code}.tsv");
        frames.insert(code.clone(), Frame::parse(&name, &files[&name], matter, plan.frame)?);
    }
    let input = Input { plan, frames, excluded: BTreeMap::new(), staff: BTreeMap::new() };
    let sample = sample(&input, &v.digest("seed"))?;
    let files = sample_files(&input, &v.digest("seed"), &sample);
    Ok(json!({ "files": texts(&files) }))
}
