//! §0 and §1.

use sampling::commit::{self, Input};
use sampling::data::{self, Frame, FrameKey};
use sampling::encoding::{Code, Digest};
use sampling::list::Listed;
use sampling::merkle::{self, TreeHead};
use sampling::plan::Plan;
use sampling::{Files, Refused};
use serde_json::json;

use super::{Answer, Vector, digest, text, unhex};

pub(crate) fn plan(v: &Vector) -> Answer {
    let plan = v.plan()?;
    let mut names = plan.data_files();
    names.insert("plan.txt".to_owned());
    Ok(json!({ "files": names.into_iter().collect::<Vec<_>>() }))
}

/// Reads one data file under a plan.
fn read(plan: &Plan, name: &str, body: &[u8]) -> Result<(), Refused> {
    let Some((kind, code)) = name.strip_suffix(".tsv").and_then(|name| name.split_once('-')) else {
        return Ok(());
    };
    let code = Code::parse(code.as_bytes()).unwrap();
    match kind {
        "frame" => Frame::parse(name, body, &plan.matters[&code], plan.frame).map(drop),
        "excluded" => data::excluded(name, body).map(drop),
        "officers" | "pool" => data::officers(name, body).map(drop),
        "recusals" => data::recusals(name, body).map(drop),
        "pairs" => data::pairs(name, body).map(drop),
        other => panic!("no data file {other}"),
    }
}

pub(crate) fn data(v: &Vector) -> Answer {
    let (plan, name, body) = (v.plan()?, v.text("name"), v.file("file"));
    read(&plan, name, &body)?;
    let listed = Listed::of(v.suite, name, &body, 1);
    Ok(json!({ "list": listed.line().trim_end() }))
}

pub(crate) fn cross(v: &Vector) -> Answer {
    let (plan, files) = (v.plan()?, v.files("files"));
    for (name, body) in &files {
        read(&plan, name, body)?;
    }
    let body = |name: String| files.get(&name).map(|body| (name, body.as_slice()));
    for (code, matter) in &plan.matters {
        if let (Some((frame_name, frame)), Some((name, excluded))) =
            (body(format!("frame-{code}.tsv")), body(format!("excluded-{code}.tsv")))
        {
            let frame = Frame::parse(&frame_name, frame, matter, plan.frame)?;
            data::require_disjoint(&name, &frame, &data::excluded(&name, excluded)?)?;
        }
    }
    for dept in plan.depts_with_slots() {
        if let (Some((officers_name, officers)), Some((name, pool))) =
            (body(format!("officers-{dept}.tsv")), body(format!("pool-{dept}.tsv")))
        {
            let officers = data::officers(&officers_name, officers)?;
            data::require_separate(&name, &data::officers(&name, pool)?, &officers)?;
        }
    }
    Ok(json!({ "ok": true }))
}

pub(crate) fn commit(v: &Vector) -> Answer {
    let mut files = v.files("files");
    files.insert("plan.txt".to_owned(), v.file("plan"));
    let committed = commit::commit(&files, v.digest("previous"), 2)?;
    Input::parse(&files)?;
    Ok(json!({ "text": String::from_utf8(committed.text).unwrap(), "C": committed.digest.hex() }))
}

pub(crate) fn read_commit(v: &Vector) -> Answer {
    let mut files: Files = v.files("files");
    files.insert("plan.txt".to_owned(), v.file("plan"));
    files.insert("commit.txt".to_owned(), v.file("file"));
    let committed = commit::check(&v.plan()?, &files, 1)?;
    Ok(json!({ "C": committed.digest.hex() }))
}

pub(crate) fn root(v: &Vector) -> Answer {
    let lines = v.list("lines").iter().map(|line| text(line).as_bytes());
    Ok(json!({ "root": merkle::root(v.suite, lines).hex() }))
}

fn path(v: &Vector) -> Vec<Digest> {
    v.list("path").iter().map(digest).collect()
}

pub(crate) fn inclusion(v: &Vector) -> Answer {
    let number = |key: &str| v.input[key].as_u64().unwrap();
    let line = v.text("line").as_bytes();
    let holds =
        merkle::check_inclusion(v.suite, line, number("index"), number("size"), &path(v), &v.digest("root"))
            .is_ok();
    Ok(json!({ "holds": holds }))
}

pub(crate) fn consistency(v: &Vector) -> Answer {
    let head =
        |size: &str, root: &str| TreeHead { size: v.input[size].as_u64().unwrap(), root: v.digest(root) };
    let (old, new) = (head("first", "root1"), head("second", "root2"));
    Ok(json!({ "holds": merkle::check_consistency(v.suite, old, new, &path(v)).is_ok() }))
}

pub(crate) fn salt(v: &Vector) -> Answer {
    let key = FrameKey::new(unhex(v.text("frame_key")).try_into().unwrap());
    let draw_no = v.input["draw_no"].as_u64().unwrap();
    let salt =
        data::salt(v.suite, &key, &v.code("plan_id"), draw_no, v.text("name"), v.text("line").as_bytes());
    Ok(json!({ "salt": salt }))
}
