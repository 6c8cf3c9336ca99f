//! §6 and §7.

use std::collections::BTreeMap;

use sampling::chance::SubSeed;
use sampling::commit::{Input, Staff};
use sampling::data;
use sampling::draw::department;
use sampling::encoding::{Sid, lines};
use sampling::events::{Duty, Event, Solver, Substitutions, What};
use sampling::officers::{
    Bound, Cut, DeptOutcome, Prices, Problem, Solution, check, check_department, run_department, solve,
};
use sampling::plan::{LoadRule, Plan, Remedy};
use sampling::subjects::{Visit, parse_drawn, parse_visit};
use sampling::{Files, Refused};
use serde_json::{Value, json};

use super::{Answer, Vector, int, text, texts};

/// A problem with the names of its officers and slots.
struct Named {
    problem: Problem<i128>,
    officers: Vec<String>,
    slots: Vec<(String, String)>,
    rule: LoadRule,
}

fn named(v: &Vector) -> Named {
    let officers: Vec<String> = v.input["capacity"].as_object().unwrap().keys().cloned().collect();
    let bound = |name: &String| Bound {
        capacity: v.input["capacity"][name].as_u64().unwrap(),
        load: v.input["year_load"][name].as_u64().unwrap(),
    };
    let mut problem = Problem::new(officers.iter().map(bound).collect());
    let mut slots: Vec<(String, String)> = Vec::new();
    for slot in v.list("slots") {
        let (task, class) = (text(&slot[0]), text(&slot[1]));
        if slots.last().is_none_or(|(last, _)| last != task) {
            problem.task();
        }
        slots.push((task.to_owned(), class.to_owned()));
        let mut edges: Vec<(u32, i128)> = v
            .list("edges")
            .iter()
            .filter(|edge| edge[0] == slot[0] && edge[1] == slot[1])
            .map(|edge| (place(&officers, text(&edge[2])).unwrap(), int(&edge[3])))
            .collect();
        edges.sort_unstable();
        problem.slot(slot[2].as_u64().unwrap(), edges).unwrap();
    }
    let rule = match v.input["rule"].as_u64() {
        Some(limit) => LoadRule::Fixed(limit),
        None => LoadRule::Least,
    };
    Named { problem, officers, slots, rule }
}

fn place(names: &[String], name: &str) -> Option<u32> {
    names.iter().position(|known| known == name).map(|place| place as u32)
}

impl Named {
    fn slot(&self, task: &Value, class: &Value) -> Option<u32> {
        let slot = self.slots.iter().position(|(t, c)| t == text(task) && c == text(class));
        slot.map(|slot| slot as u32)
    }

    fn cut(&self, value: &Value) -> Option<Cut> {
        let lists = value.as_array()?;
        let mut slots: Vec<u32> =
            lists[0].as_array().unwrap().iter().map(|slot| self.slot(&slot[0], &slot[1]).unwrap()).collect();
        let mut officers: Vec<u32> = lists[1]
            .as_array()
            .unwrap()
            .iter()
            .map(|name| place(&self.officers, text(name)).unwrap())
            .collect();
        slots.sort_unstable();
        officers.sort_unstable();
        Some(Cut { slots, officers })
    }
}

pub(crate) fn optimum(v: &Vector) -> Answer {
    let named = named(v);
    let solution = solve(&named.problem, named.rule)?;
    let unique = solution.second(&named.problem).is_none();
    let mut assignment: Vec<[&str; 3]> = solution
        .edges
        .iter()
        .map(|&edge| {
            let (task, class) = &named.slots[named.problem.slot_of(edge) as usize];
            [task.as_str(), class, &named.officers[named.problem.officer_of(edge) as usize]]
        })
        .collect();
    assignment.sort_unstable();
    Ok(json!({
        "unfilled": u64::try_from(solution.unfilled).unwrap(),
        "limit": solution.limit,
        "total": solution.total.to_string(),
        "unique": unique,
        "assignment": if unique { json!(assignment) } else { Value::Null },
    }))
}

pub(crate) fn certificate(v: &Vector) -> Answer {
    let named = named(v);
    let no_edge = || Refused::file("assign", sampling::Reason::CertificateEdge);
    let mut edges = Vec::new();
    for line in v.list("assignment") {
        let slot = named.slot(&line[0], &line[1]).ok_or_else(no_edge)?;
        let officer = place(&named.officers, text(&line[2])).ok_or_else(no_edge)?;
        edges.push(named.problem.edge(slot, officer).ok_or_else(no_edge)?);
    }
    edges.sort_unstable();
    let price = |name: &String| int(&v.input["price"][name]);
    let mut alpha = vec![0; named.slots.len()];
    for line in v.list("alpha") {
        alpha[named.slot(&line[0], &line[1]).unwrap() as usize] = int(&line[2]);
    }
    let mu = &v.input["mu"];
    let solution = Solution {
        edges,
        unfilled: int(&v.input["unfilled"]).try_into().unwrap(),
        limit: v.input["limit"].as_u64().unwrap(),
        total: int(&v.input["total"]),
        prices: Prices {
            officer: named.officers.iter().map(price).collect(),
            slot: alpha,
            open: (!mu.is_null()).then(|| int(mu)),
        },
        cut1: named.cut(&v.input["cut1"]),
        cut2: named.cut(&v.input["cut2"]),
    };
    check(&named.problem, named.rule, &solution)?;
    Ok(json!({ "unique": solution.second(&named.problem).is_none() }))
}

fn input<'a>(v: &Vector, plan: Plan) -> Result<Input<'a>, Refused> {
    let dept = v.code("dept");
    let mut files = v.files("data");
    let name = |kind: &str| format!("{kind}-{dept}.tsv");
    let body = |files: &mut Files, kind: &str| files.remove(&name(kind)).unwrap_or_default();
    let pool = files.remove(&name("pool"));
    let staff = Staff {
        officers: data::officers(&name("officers"), &body(&mut files, "officers"))?,
        pool: pool.map(|pool| data::officers(&name("pool"), &pool)).transpose()?,
        recusals: data::recusals(&name("recusals"), &body(&mut files, "recusals"))?,
        pairs: data::pairs(&name("pairs"), &body(&mut files, "pairs"))?,
    };
    let staff = BTreeMap::from([(dept, staff)]);
    Ok(Input { plan, frames: BTreeMap::new(), excluded: BTreeMap::new(), staff })
}

fn visits(v: &Vector) -> Result<Vec<Visit>, Refused> {
    lines("visits.tsv", v.text("visits").as_bytes()).map(|line| parse_visit(&line)).collect()
}

/// The department by its certificates, after solving has given the same.
fn outcome(v: &Vector, input: &Input<'_>, visits: &[Visit]) -> Result<DeptOutcome, Refused> {
    let (dept, files) = (v.code("dept"), v.files("files"));
    let sub = SubSeed::derive(v.suite, &v.digest("seed"), &format!("officers/{dept}"));
    let mut given = files.clone();
    given.retain(|name, _| name != "visits.tsv");
    let checked = department(input, &dept, visits, &sub, |input| check_department(input, &given))?;
    let solved = department(input, &dept, visits, &sub, run_department)?;
    assert_eq!(texts(&solved.result), texts(&checked.result), "{dept}");
    // Whoever solves is accepted by whoever checks.
    let mut own = solved.result.clone();
    own.extend(solved.evidence.clone());
    let accepted = department(input, &dept, visits, &sub, |input| check_department(input, &own))?;
    assert_eq!(texts(&accepted.result), texts(&solved.result));
    assert_eq!(texts(&accepted.evidence), texts(&solved.evidence));
    for (name, body) in &checked.result {
        let given = files.get(name).ok_or_else(|| Refused::file(name, sampling::Reason::FileMissing))?;
        if let Some((line, column)) = sampling::seed::difference(body, given) {
            return Err(Refused::at(name, line, column, sampling::Reason::OutputMismatch));
        }
    }
    Ok(checked)
}

pub(crate) fn officers(v: &Vector) -> Answer {
    let (input, visits) = (input(v, v.plan()?)?, visits(v)?);
    let outcome = outcome(v, &input, &visits)?;
    let rounds = outcome.evidence.keys().filter(|name| name.starts_with("proof-")).count();
    Ok(json!({
        "rounds": rounds,
        "unfilled": u64::try_from(outcome.solution.unfilled).unwrap(),
        "limit": outcome.solution.limit,
        "total": outcome.solution.total.to_string(),
        "files": texts(&outcome.result),
    }))
}

pub(crate) fn event_file(v: &Vector) -> Answer {
    let number = v.input["number"].as_u64().unwrap();
    let event = Event::parse(&v.file("file"), &v.plan()?, &v.digest("commit"), number)?;
    assert_eq!(event.text(), v.file("file"));
    let mut fields = json!({
        "commit": event.commit.hex(), "event": event.number.to_string(),
        "reason": event.reason.as_str(), "evidence": event.evidence.hex(),
    });
    match &event.what {
        What::Officer { task, class, out } => {
            fields["kind"] = json!("officer");
            fields["task"] = json!(task);
            fields["class"] = json!(class.as_str());
            fields["out"] = json!(out.as_str());
        }
        What::Remedy { dept, remedy } => {
            fields["kind"] = json!("remedy");
            fields["dept"] = json!(dept.as_str());
            fields["remedy"] = match remedy {
                Remedy::Capacity(more) => json!(format!("capacity+{more}")),
                Remedy::Pool => json!("pool"),
                Remedy::Postpone => json!("postpone"),
            };
        }
    }
    Ok(json!({ "fields": fields }))
}

pub(crate) fn event(v: &Vector) -> Answer {
    let (input, visits) = (input(v, v.plan()?)?, visits(v)?);
    let outcome = outcome(v, &input, &visits)?;
    let depts = BTreeMap::from([(v.code("dept"), outcome)]);
    let mut duty = Duty::of(&input, v.digest("commit"), v.digest("seed"), &visits, depts);
    let (mut seeds, mut into) = (Vec::new(), Vec::new());
    for event in v.list("events") {
        let executed =
            duty.execute(text(&event["file"]).as_bytes(), text(&event["value"]), Solver::Engine)?;
        seeds.push(executed.seed.hex());
        into.push(executed.into);
    }
    Ok(json!({ "seeds": seeds, "in": into }))
}

pub(crate) fn substitution(v: &Vector) -> Answer {
    let drawn: Vec<_> = lines("drawn-M.tsv", v.text("drawn").as_bytes())
        .map(|line| parse_drawn(&line))
        .collect::<Result<_, _>>()?;
    let mut substitutions = Substitutions::new(&drawn);
    let mut into = Vec::new();
    for out in v.list("out") {
        let sid = Sid::parse(text(out).as_bytes()).unwrap();
        into.push(substitutions.next(&sid)?.map_or("-".to_owned(), |sid| sid.to_string()));
    }
    Ok(json!({ "in": into }))
}
