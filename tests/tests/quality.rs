//! The scorecard of departments against what their own databases say, asked by the engine's own program; GraphQL,
//! command line and workbook tell one thing; hostile cells do no harm.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use calamine::{Reader as _, Xlsx, open_workbook};
use demo::world::World;
use serde_json::Value;
use tests::http::{Served, key};
use tests::{Zone, shown};

/// One answer of a SQLite database, line by line.
fn sqlite(path: &Path, sql: &str) -> Vec<String> {
    let output = Command::new("sqlite3").arg(path).arg(sql).output().expect("sqlite3 runs");
    assert!(output.status.success(), "{sql}: {}", shown(&output));
    String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
}

fn number(path: &Path, sql: &str) -> u64 {
    sqlite(path, sql).first().and_then(|line| line.parse().ok()).unwrap_or_else(|| panic!("{sql}: no number"))
}

/// What the program prints as JSON.
fn json(zone: &Zone, words: &[&str]) -> Value {
    let mut all = words.to_vec();
    all.extend(["--output", "json"]);
    let output = zone.tongjian(&all);
    assert!(output.status.success(), "{words:?}: {}", shown(&output));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// Streams of a scorecard by source and name.
fn streams(departments: &Value) -> BTreeMap<String, Value> {
    let departments = departments.as_array().expect("departments");
    let streams = departments.iter().flat_map(|one| one["streams"].as_array().expect("streams"));
    streams
        .map(|one| {
            let name = format!("{}/{}", one["source"].as_str().unwrap(), one["stream"].as_str().unwrap());
            (name, one.clone())
        })
        .collect()
}

fn field<'v>(stream: &'v Value, name: &str) -> &'v Value {
    let fields = stream["fields"].as_array().expect("fields");
    fields.iter().find(|field| field["field"] == name).unwrap_or_else(|| panic!("no field {name}"))
}

/// All findings of a question, page by page.
fn findings(zone: &Zone, words: &[&str]) -> Vec<Value> {
    let mut all = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let mut question = vec!["quality", "--findings", "--first", "200"];
        question.extend(words);
        if let Some(after) = &after {
            question.extend(["--after", after]);
        }
        let page = json(zone, &question);
        all.extend(page["findings"].as_array().expect("findings").iter().cloned());
        match page["next"].as_str() {
            Some(next) => after = Some(next.to_owned()),
            None => return all,
        }
    }
}

/// Rows of penalties that the hub takes.
const TAKEN: &str = "cf_wsh IS NOT NULL AND cf_jdrq NOT LIKE '%-02-31'";

#[test]
fn numbers_are_those_of_the_truth_and_of_the_sources() {
    let mut world = World::new(1, 3_000);
    world.hazards.set("penalty.no_document", 200_000).expect("a hazard");
    let zone = Zone::make(&world, 1, None);
    zone.pull(&[]);
    let departments = json(&zone, &["quality"]);
    let all = streams(&departments);
    let hidden: BTreeSet<&str> = zone
        .truth
        .streams
        .iter()
        .filter(|truth| !all.contains_key(&format!("{}/{}", truth.source, truth.stream)))
        .map(|truth| truth.kind.as_str())
        .collect();
    assert_eq!(hidden, not_shared(&zone), "of what is not shared nothing is told, and of nothing else");
    assert!(all.len() > 60, "{} streams", all.len());
    for truth in zone.truth.streams.iter().filter(|truth| !hidden.contains(truth.kind.as_str())) {
        let stream = &all[&format!("{}/{}", truth.source, truth.stream)];
        let (validity, matching) = (&stream["validity"], &stream["matching"]);
        let told = (&validity["received"], &validity["set_aside"], &validity["reasons"]);
        let expected = (truth.received, truth.dead_letters, &truth.reasons);
        assert_eq!(serde_json::json!(told), serde_json::json!(expected), "{} {}", truth.source, truth.stream);
        let told = (&matching["linked"], &matching["waiting"], &matching["nobody"]);
        let expected = (truth.linked, truth.waiting, truth.nobody);
        assert_eq!(serde_json::json!(told), serde_json::json!(expected), "{} {}", truth.source, truth.stream);
        let sum = ["clean", "flagged", "set_aside"]
            .map(|name| validity[name].as_u64().unwrap())
            .iter()
            .sum::<u64>();
        assert_eq!(sum, truth.received, "{} {}", truth.source, truth.stream);
    }

    // A column that is sometimes empty, and a required one, as the department's own database counts them.
    let source = zone.places.sqlite("food_drug");
    let penalties = &all["food_drug/t_xzcf"];
    let taken = number(&source, &format!("SELECT count(*) FROM t_xzcf WHERE {TAKEN}"));
    for (name, column) in [("party_uscc", "cf_xdr_shxym"), ("party_tax_id", "cf_xdr_swdj")] {
        let filled = number(&source, &format!("SELECT count({column}) FROM t_xzcf WHERE {TAKEN}"));
        assert!(filled > 0 && filled < taken, "{column}: {filled} of {taken}");
        let completeness = &field(penalties, name)["completeness"];
        assert_eq!(
            (completeness["part"].as_u64(), completeness["whole"].as_u64()),
            (Some(filled), Some(taken))
        );
    }
    let absent = number(&source, "SELECT count(*) FROM t_xzcf WHERE cf_wsh IS NULL");
    assert!(absent > 0);
    let document = &field(penalties, "document")["completeness"];
    assert_eq!((document["part"].as_u64(), document["whole"].as_u64()), (Some(taken), Some(taken + absent)));
    // Nothing of the first reading is judged.
    let timely = &penalties["timeliness"];
    assert_eq!((&timely["judged"], &timely["share"]), (&Value::from(0), &Value::Null));
    let left_out = timely["first_reading"].as_u64().unwrap() + timely["other_time"].as_u64().unwrap();
    assert_eq!(left_out, taken);
    differences_are_found(&zone);
    days_are_judged(&zone);
}

/// Kinds that the configuration does not share.
fn not_shared(zone: &Zone) -> BTreeSet<&str> {
    let files = std::fs::read_dir(zone.config.join("ontology")).expect("a folder");
    let text: String = files
        .map(|file| std::fs::read_to_string(file.expect("a file").path()).expect("a file"))
        .collect::<Vec<_>>()
        .join("\n");
    let is_not_shared = |kind: &str| {
        let section = text.split(&format!("[kind.{kind}]\n")).nth(1).unwrap_or_default();
        section.lines().take_while(|line| !line.starts_with('[')).any(|line| line == "share = \"not_shared\"")
    };
    let kinds = zone.truth.streams.iter().map(|truth| truth.kind.as_str());
    kinds.filter(|kind| is_not_shared(kind)).collect()
}

/// Names changed in the source differ from the register's, and nothing else does.
fn differences_are_found(zone: &Zone) {
    let source = zone.places.sqlite("food_drug");
    let compare = format!(
        "ATTACH '{}' AS r; SELECT t.id FROM t_xzcf t JOIN r.t_ztjbxx z ON z.tyshxydm = t.cf_xdr_shxym \
         WHERE t.cf_xdr_mc <> z.qymc AND z.qymc NOT GLOB '*[０-９Ａ-Ｚａ-ｚ（）　]*' AND {TAKEN} ORDER BY 1",
        zone.places.sqlite("registry").display()
    );
    let before: BTreeSet<String> = sqlite(&source, &compare).into_iter().collect();
    let changed = sqlite(
        &source,
        &format!(
            "ATTACH '{}' AS r; SELECT t.id FROM t_xzcf t JOIN r.t_ztjbxx z ON z.tyshxydm = t.cf_xdr_shxym \
             WHERE t.cf_xdr_mc = z.qymc AND {TAKEN} ORDER BY 1 LIMIT 7",
            zone.places.sqlite("registry").display()
        ),
    );
    assert_eq!(changed.len(), 7);
    let was = streams(&json(zone, &["quality", "--department", "food_drug"]))["food_drug/t_xzcf"].clone();
    let keys = changed.iter().map(|key| format!("'{key}'")).collect::<Vec<_>>().join(", ");
    sqlite(&source, &format!("UPDATE t_xzcf SET cf_xdr_mc = cf_xdr_mc || '分店' WHERE id IN ({keys})"));
    zone.pull(&["--source", "food_drug"]);
    let after: BTreeSet<String> = sqlite(&source, &compare).into_iter().collect();
    let new: BTreeSet<String> = after.difference(&before).cloned().collect();
    assert_eq!(new, changed.iter().cloned().collect(), "as the databases themselves say");

    let question =
        ["--source", "food_drug", "--stream", "t_xzcf", "--dimension", "agreement", "--field", "party_name"];
    let found = findings(zone, &question);
    let of = |findings: &[Value]| -> BTreeSet<String> {
        findings.iter().map(|one| one["key"].as_str().unwrap().to_owned()).collect()
    };
    let named = of(&found);
    assert!(new.is_subset(&named), "{named:?}");
    for one in found.iter().filter(|one| new.contains(one["key"].as_str().unwrap())) {
        let (value, others) = (one["value"].as_str().unwrap(), one["others"].as_str().unwrap());
        assert_eq!(value, format!("{others}分店"), "{one}");
        assert_eq!((&one["says"]["source"], &one["columns"][0]), (&"registry".into(), &"cf_xdr_mc".into()));
    }
    let is = streams(&json(zone, &["quality", "--department", "food_drug"]))["food_drug/t_xzcf"].clone();
    let same = |stream: &Value, name: &str| field(stream, "party_name")["agreement"][name].as_u64().unwrap();
    assert_eq!(same(&is, "same") + 7, same(&was, "same"));
    assert_eq!(same(&is, "stated"), same(&was, "stated"));
    let differing = same(&is, "stated") - same(&is, "own") - same(&is, "same");
    assert_eq!(differing, found.len() as u64);
}

/// A decision of today is in time, one of long ago is late.
fn days_are_judged(zone: &Zone) {
    let source = zone.places.sqlite("food_drug");
    let columns = sqlite(
        &source,
        "SELECT group_concat(name) FROM pragma_table_info('t_xzcf') WHERE name NOT IN ('id', 'cf_jdrq')",
    );
    let rest = &columns[0];
    for (key, day) in
        [("NEW1", "date('now', '+8 hours')"), ("NEW2", "'2017-01-02'"), ("NEW3", "'2016-05-29'")]
    {
        sqlite(
            &source,
            &format!(
                "INSERT INTO t_xzcf (id, cf_jdrq, {rest}) SELECT '{key}', {day}, {rest} FROM t_xzcf WHERE {TAKEN} LIMIT 1"
            ),
        );
    }
    zone.pull(&["--source", "food_drug"]);
    let stream = streams(&json(zone, &["quality", "--source", "food_drug", "--stream", "t_xzcf"]));
    let stream = &stream["food_drug/t_xzcf"];
    let timely = &stream["timeliness"];
    assert_eq!((&timely["judged"], &timely["in_time"]), (&2.into(), &1.into()), "{timely}");
    assert_eq!(timely["share"], "0.5000");
    assert!(stream["rules"][0]["greatest_days"].as_u64().unwrap() > 1_000);
    let late = findings(zone, &["--source", "food_drug", "--stream", "t_xzcf", "--dimension", "timeliness"]);
    assert_eq!(late.len(), 1, "{late:?}");
    assert_eq!((&late[0]["key"], &late[0]["value"]), (&"NEW2".into(), &"2017-01-02".into()));
    assert!(stream["age_seconds"].as_u64().is_some_and(|age| age < 600), "{stream}");
}

/// The shape that GraphQL gives, made of the command line's.
fn as_graphql(parts: &Value) -> Value {
    let (completeness, validity) = (&parts["completeness"], &parts["validity"]);
    let (timeliness, agreement) = (&parts["timeliness"], &parts["agreement"]);
    serde_json::json!({
        "completeness": { "part": completeness["part"], "whole": completeness["whole"], "share": completeness["share"] },
        "validity": { "received": validity["received"], "clean": validity["clean"], "flagged": validity["flagged"],
            "setAside": validity["set_aside"], "share": validity["share"] },
        "timeliness": { "judged": timeliness["judged"], "inTime": timeliness["in_time"], "share": timeliness["share"],
            "firstReading": timeliness["first_reading"] },
        "agreement": { "stated": agreement["stated"], "own": agreement["own"], "same": agreement["same"],
            "share": agreement["share"] },
        "matching": { "linked": parts["matching"]["linked"], "waiting": parts["matching"]["waiting"],
            "nobody": parts["matching"]["nobody"] },
    })
}

const PARTS: &str = "completeness { part whole share } validity { received clean flagged setAside share }
    timeliness { judged inTime share firstReading } agreement { stated own same share }
    matching { linked waiting nobody }";

#[test]
fn every_surface_tells_the_same_and_readers_no_rows() {
    let zone = Zone::make(&World::new(2, 2_000), 2, None);
    zone.pull(&[]);
    let printed = json(&zone, &["quality"]);
    let reader = key(&zone.config, "market", "reader");
    let served = Served::start(&zone.config, "market", "steward");
    let all = served.ask("{ departments { id } }");
    assert_eq!(all["departments"].as_array().map(Vec::len), Some(22));
    for department in printed.as_array().unwrap() {
        let id = department["id"].as_str().unwrap();
        let asked = served.ask(&format!(
            "{{ departments(id: \"{id}\") {{ id name quality {{ {PARTS} streams {{ source name {PARTS} }} }} }} }}"
        ));
        let is = &asked["departments"][0];
        assert_eq!(is["name"], department["name"]["en"]);
        let mut quality = is["quality"].clone();
        let streams = quality["streams"].take();
        quality.as_object_mut().unwrap().remove("streams");
        assert_eq!(quality, as_graphql(department), "{}", department["id"]);
        for (stream, is) in department["streams"].as_array().unwrap().iter().zip(streams.as_array().unwrap())
        {
            assert_eq!((&is["source"], &is["name"]), (&stream["source"], &stream["stream"]));
            let mut is = is.clone();
            let object = is.as_object_mut().unwrap();
            object.remove("source");
            object.remove("name");
            assert_eq!(is, as_graphql(stream));
        }
    }
    let selection = "nodes { key code field textEn value others says { stream } } hasNextPage endCursor";
    let mut paged = Vec::new();
    let mut after = String::new();
    loop {
        let page = served.ask(&format!(
            "{{ qualityFindings(department: \"urban\", first: 40{after}) {{ {selection} }} }}"
        ))["qualityFindings"]
            .clone();
        paged.extend(page["nodes"].as_array().expect("nodes").iter().cloned());
        if page["hasNextPage"] == false {
            break;
        }
        after = format!(", after: {}", page["endCursor"]);
    }
    let listed = findings(&zone, &["--department", "urban"]);
    assert!(listed.len() > 100, "{}", listed.len());
    assert_eq!(paged.len(), listed.len());
    for (paged, listed) in paged.iter().zip(&listed) {
        for name in ["key", "code", "field", "value", "others"] {
            assert_eq!(paged[name], listed[name], "{listed}");
        }
        assert_eq!(paged["textEn"], listed["text"]["en"]);
        assert_eq!(paged["says"]["stream"], listed["says"]["stream"]);
    }

    let own = served.answer_with(&reader, "{ departments { id } }").json();
    assert_eq!(own["data"]["departments"], serde_json::json!([{ "id": "market" }]));
    let other = served
        .answer_with(&reader, "{ departments(id: \"urban\") { id quality { validity { received } } } }");
    assert_eq!(other.code(), "FORBIDDEN", "{}", other.body);
    let refused = served.answer_with(&reader, "{ qualityFindings { nodes { key } } }");
    assert_eq!(refused.code(), "FORBIDDEN", "{}", refused.body);
    let dear = format!(
        "{{ {} }}",
        (0..21)
            .map(|n| format!("a{n}: departments {{ quality {{ agreement {{ share }} }} }}"))
            .collect::<String>()
    );
    assert!(["COST_LIMIT", "ROOT_FIELD_LIMIT"].contains(&served.answer(&dear).code().as_str()));
    served.stop();
    let trail = zone.config.join("audit.db");
    for (operation, outcome) in [
        ("qualityFindings", "FORBIDDEN"),
        ("qualityFindings", "answered"),
        ("quality", "FORBIDDEN"),
        ("quality", "answered"),
    ] {
        let sql =
            format!("SELECT count(*) FROM entry WHERE operation = '{operation}' AND outcome = '{outcome}'");
        assert!(number(&trail, &sql) > 0, "{operation} {outcome}");
    }
    for (words, exit) in [
        (&["quality", "--department", "nowhere"][..], 4),
        (&["quality", "--source", "nowhere"], 4),
        (&["quality", "--findings", "--after", "x"], 2),
        (&["quality", "--findings", "--first", "500"], 2),
        (&["quality", "--dimension", "validity"], 2),
        (&["quality", "--force"], 2),
        (&["quality", "--stream", "t_xzcf"], 2),
        (&["quality", "--department", "urban"], 0),
        (&["quality", "--help"], 0),
    ] {
        let output = zone.tongjian(words);
        assert_eq!(output.status.code(), Some(exit), "{words:?}: {}", shown(&output));
    }
}

/// The cells of a sheet as text.
fn sheet(path: &Path, name: &str) -> Vec<Vec<String>> {
    let mut workbook: Xlsx<_> = open_workbook(path).expect("a workbook");
    let formulas = workbook.worksheet_formula(name).expect("a sheet");
    assert!(formulas.used_cells().next().is_none(), "{name} holds a formula");
    let range = workbook.worksheet_range(name).expect("a sheet");
    range.rows().map(|row| row.iter().map(ToString::to_string).collect()).collect()
}

const HOSTILE: &str = "=HYPERLINK(\"http://evil.example\",\"点我\")";

#[test]
fn the_workbook_holds_the_same_and_hostile_cells_do_no_harm() {
    let zone = Zone::make(&World::new(3, 1_000), 3, None);
    let source = zone.places.sqlite("food_drug");
    let some = |n: u32| format!("id = (SELECT id FROM t_xzcf WHERE {TAKEN} ORDER BY id LIMIT 1 OFFSET {n})");
    let text = HOSTILE.replace('\'', "''");
    for (n, set) in [
        (0, format!("cf_jdrq = '{text}'")),
        (1, "cf_jdrq = replace(hex(zeroblob(20000)), '00', '长串')".to_owned()),
        (2, "cf_jdrq = '坏' || char(1, 27, 31, 127) || '日'".to_owned()),
        (3, "id = '=1+1', cf_jdrq = '@SUM(1)'".to_owned()),
    ] {
        sqlite(&source, &format!("UPDATE t_xzcf SET {set} WHERE {}", some(n)));
    }
    zone.pull(&[]);
    let path = zone.folder.path().join("食药.xlsx");
    let name = path.display().to_string();
    let words = ["quality", "--department", "food_drug", "--xlsx", name.as_str()];
    let output = zone.tongjian(&words);
    assert!(output.status.success(), "{}", shown(&output));

    let printed = json(&zone, &["quality", "--department", "food_drug"]);
    let streams = streams(&printed);
    let summary = sheet(&path, "Summary");
    assert_eq!(summary.len(), streams.len() + 1);
    let column = |head: &str| summary[0].iter().position(|title| title == head).expect("a column");
    for row in &summary[1..] {
        let stream = &streams[&row[column("source/stream")]];
        for (head, number) in [
            ("received", &stream["validity"]["received"]),
            ("clean", &stream["validity"]["clean"]),
            ("set aside", &stream["validity"]["set_aside"]),
            ("with a value", &stream["completeness"]["part"]),
            ("same", &stream["agreement"]["same"]),
            ("nobody", &stream["matching"]["nobody"]),
        ] {
            assert_eq!(row[column(head)], number.to_string(), "{head} {row:?}");
        }
        let share = stream["completeness"]["share"].as_str().unwrap().parse::<f64>().unwrap();
        assert_eq!(row[column("completeness")].parse::<f64>(), Ok(share));
    }
    let fields = sheet(&path, "Fields");
    let n_fields: usize = streams.values().map(|stream| stream["fields"].as_array().unwrap().len()).sum();
    assert_eq!(fields.len(), n_fields + 1);

    let listed = findings(&zone, &["--department", "food_drug"]);
    let rows = sheet(&path, "Findings");
    assert_eq!(rows.len(), listed.len() + 2, "a head and the count stand around them");
    assert_eq!(rows.last().unwrap()[0], format!("all {} findings are listed", listed.len()));
    let place = |head: &str| rows[0].iter().position(|title| title == head).expect("a column");
    let (key_at, code_at, value_at) = (place("key"), place("code"), place("value"));
    let mut told: Vec<(String, String)> =
        rows[1..rows.len() - 1].iter().map(|row| (row[key_at].clone(), row[code_at].clone())).collect();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut expected: Vec<(String, String)> =
        listed.iter().map(|one| (text(&one["key"]), text(&one["code"]))).collect();
    told.sort();
    expected.sort();
    assert_eq!(told, expected);
    let values: Vec<&str> = rows.iter().map(|row| row[value_at].as_str()).collect();
    assert!(values.contains(&HOSTILE), "it stays the text it was");
    assert!(values.contains(&"@SUM(1)") && values.contains(&"坏␁␛␟␡日"));
    assert!(values.iter().any(|value| value.starts_with("长串长串")));
    assert!(rows.iter().any(|row| row[key_at] == "=1+1"));
    assert!(rows.iter().flatten().all(|cell| cell.chars().count() <= 32_767));
    assert!(sheet(&path, "Legend").len() > 7);

    let bytes = std::fs::read(&path).expect("readable");
    let again = zone.tongjian(&words);
    assert_eq!(again.status.code(), Some(1), "{}", shown(&again));
    assert!(shown(&again).contains("TJ-V200"), "{}", shown(&again));
    assert_eq!(std::fs::read(&path).expect("readable"), bytes, "left as it was");
    sqlite(&source, "DELETE FROM t_xzcf WHERE id = '=1+1'");
    zone.pull(&["--source", "food_drug"]);
    let forced = zone.tongjian(&[&words[..], &["--force"]].concat());
    assert!(forced.status.success(), "{}", shown(&forced));
    assert!(sheet(&path, "Findings").iter().all(|row| row[key_at] != "=1+1"));
    let left: Vec<_> = std::fs::read_dir(zone.folder.path())
        .expect("a folder")
        .filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned()))
        .filter(|name| name.ends_with(".part"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
    // What is no plain file is never replaced: a link here, a device elsewhere.
    let link = zone.folder.path().join("link.xlsx");
    std::os::unix::fs::symlink(&path, &link).expect("a link");
    let linked = zone.tongjian(&["quality", "--xlsx", &link.display().to_string(), "--force"]);
    assert!(linked.status.code() == Some(1) && shown(&linked).contains("TJ-V206"), "{}", shown(&linked));
    assert!(link.is_symlink(), "left as it was");
    let nowhere = zone.tongjian(&["quality", "--xlsx", "/nowhere/at/all.xlsx"]);
    assert_eq!(nowhere.status.code(), Some(1), "{}", shown(&nowhere));
}
