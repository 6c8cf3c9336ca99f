//! Nothing personal leaves whole, whatever is asked: every field of every kind, and the rows set aside, are read to
//! their end and searched for what the departments' databases hold of people.

use std::collections::BTreeSet;

use demo::world::World;
use serde_json::Value;
use tests::Zone;
use tests::bench::sqlite;
use tests::http::Served;

/// Whoever bears this name is no company.
const PERSON: &str = "单雄信";

/// Entered where a code belongs.
const IN_A_CODE: &str = "李雄信";
/// Entered where an organisation's code belongs; no check digit is right.
const IN_AN_IDENTIFIER: &str = "61011319800101123";

/// The fields of a type of the schema: name, whether it takes arguments, type.
fn fields(schema: &str, name: &str) -> Vec<(String, bool, String)> {
    let body = schema.split(&format!("\ntype {name} {{")).nth(1).and_then(|rest| rest.split("\n}").next());
    let mut fields = Vec::new();
    let (mut is_said, mut open) = (false, None::<String>);
    for line in body.unwrap_or_else(|| panic!("no type {name}")).lines().map(str::trim) {
        if line.contains("\"\"\"") {
            is_said ^= line.matches("\"\"\"").count() == 1;
        } else if is_said {
        } else if let Some(field) = line.strip_suffix('(') {
            open = Some(field.to_owned());
        } else if let Some(of) = line.strip_prefix("): ") {
            fields.extend(open.take().map(|field| (field, true, of.to_owned())));
        } else if open.is_none()
            && let Some((field, of)) = line.split_once(": ")
        {
            fields.push((field.to_owned(), false, of.to_owned()));
        }
    }
    fields
}

/// What of a type stands by itself, as a selection.
fn selection(schema: &str, name: &str) -> String {
    let mut selection = String::new();
    for (field, has_arguments, of) in fields(schema, name) {
        let of = of.split([' ', '!', '@']).next().unwrap_or_default();
        match of {
            _ if has_arguments => {}
            "ID" | "String" | "Long" | "Boolean" | "Date" | "DateTime" | "Decimal" | "CreditCode" => {
                selection.push_str(&format!("{field} "));
            }
            "Code" => selection.push_str(&format!("{field} {{ code }} ")),
            "Money" => selection.push_str(&format!("{field} {{ amount }} ")),
            "Until" => selection.push_str(&format!("{field} {{ date }} ")),
            "PartialDate" => selection.push_str(&format!("{field} {{ text }} ")),
            "Provenance" => selection.push_str(&format!("{field} {{ key }} ")),
            _ => {}
        }
    }
    selection
}

/// Root connections of the schema: field → type of its nodes.
fn connections(schema: &str) -> Vec<(String, String)> {
    let of = |(field, _, of): (String, bool, String)| {
        let of = of.trim_end_matches('!').strip_suffix("Connection")?.to_owned();
        Some((field, of))
    };
    fields(schema, "Query").into_iter().filter_map(of).collect()
}

fn selection_of_history(schema: &str, of: &str) -> String {
    format!("history(first: 2) {{ values {{ {} }} }}", selection(schema, &format!("{of}History")))
}

fn collect_texts(value: &Value, texts: &mut String) {
    match value {
        Value::String(text) => {
            texts.push_str(text);
            texts.push('\n');
        }
        Value::Array(items) => items.iter().for_each(|item| collect_texts(item, texts)),
        Value::Object(fields) => fields.values().for_each(|field| collect_texts(field, texts)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Everything the departments' SQLite files hold in these columns.
fn held(zone: &Zone) -> BTreeSet<String> {
    let columns = [
        ("registry", "t_ztjbxx", "frzjhm"),
        ("registry", "t_zyry", "zjhm"),
        ("food_drug", "t_xzcf", "cf_fr_zjhm"),
        ("court", "sxbzxr_zr", "sfzh"),
    ];
    let mut held = BTreeSet::new();
    for (source, table, column) in columns {
        let all = sqlite(
            &zone.places.sqlite(source),
            &format!("SELECT DISTINCT {column} FROM {table} WHERE length({column}) >= 15;"),
        );
        held.extend(all.lines().filter(|id| !id.contains('*')).map(str::to_owned));
    }
    held
}

#[test]
fn no_id_number_and_no_persons_telephone_is_in_any_answer() {
    let mut noisy = World::new(44, 500);
    // More rows set aside, so that these are searched too.
    noisy.hazards.set("person.wrong_id", 200_000).expect("a hazard");
    let zone = Zone::make(&noisy, 44, None);
    // A person entered as a company that holds shares.
    sqlite(
        &zone.places.sqlite("registry"),
        &format!(
            "UPDATE t_gdxx SET gdmc = '{PERSON}' WHERE gdxh IN (SELECT min(gdxh) FROM t_gdxx WHERE gdmc LIKE '%公司');"
        ),
    );
    // A person as the party of penalties (one of them set aside), of a listed default and of a ruling.
    for (source, sql) in [
        (
            "food_drug",
            "UPDATE t_xzcf SET cf_xdr_mc = 'PERSON' WHERE rowid % 5 = 0; UPDATE t_xzcf SET cf_jdrq = '2018-02-30' WHERE rowid = (SELECT min(rowid) FROM t_xzcf WHERE cf_xdr_mc = 'PERSON');",
        ),
        (
            "court",
            "UPDATE sxbzxr_fr SET mc = 'PERSON' WHERE rowid % 4 = 0; UPDATE xgxf SET mc = 'PERSON（个体）' WHERE rowid % 3 = 0;",
        ),
    ] {
        sqlite(&zone.places.sqlite(source), &sql.replace("PERSON", PERSON));
    }
    // A person where a code belongs, and where a company's does.
    for (source, sql) in [
        ("registry", format!("UPDATE t_ztjbxx SET hydm = '{IN_A_CODE}' WHERE rowid % 9 = 0;")),
        (
            "food_drug",
            format!(
                "UPDATE t_xzcf SET cf_xdr_shxym = '{IN_AN_IDENTIFIER}' || rowid % 10 WHERE rowid % 6 = 0;"
            ),
        ),
    ] {
        sqlite(&zone.places.sqlite(source), &sql);
    }
    zone.pull(&[]);
    let schema = zone.tongjian(&["schema"]);
    let schema = String::from_utf8_lossy(&schema.stdout).into_owned();
    let served = Served::start(&zone.config, "market", "steward");
    let mut texts = String::new();
    let mut n_rows = 0;
    let connections = connections(&schema);
    assert!(connections.len() > 20, "{connections:?}");
    for (field, of) in &connections {
        let selection = selection(&schema, of);
        let history = selection_of_history(&schema, of);
        let query = format!(
            "{{ {field}(first: 25, PLACE) {{ nodes {{ {selection} {history} }} pageInfo {{ hasNextPage endCursor }} }} }}"
        );
        for node in served.all_pages(field, &query) {
            n_rows += 1;
            collect_texts(&node, &mut texts);
        }
    }
    assert!(n_rows > 2_000, "only {n_rows} rows were read");
    for (field, query) in [
        (
            "deadLetters",
            "{ deadLetters(first: 100, PLACE) { nodes { key reasons { text } cells { column text } } hasNextPage endCursor } }",
        ),
        (
            "qualityFindings",
            "{ qualityFindings(first: 200, PLACE) { nodes { key textEn value others } hasNextPage endCursor } }",
        ),
    ] {
        let mut after = String::new();
        loop {
            let page = served.ask(&query.replace("PLACE", &after))[field].clone();
            collect_texts(&page, &mut texts);
            if page["hasNextPage"] != true {
                break;
            }
            after = format!("after: {}", page["endCursor"]);
        }
    }
    assert!(!texts.contains(PERSON) && texts.lines().any(|text| text == "单*"), "{PERSON} is not masked");
    for (person, left) in [(IN_A_CODE, "李*"), (IN_AN_IDENTIFIER, "610***********123")] {
        assert!(!texts.contains(person), "{person} is not masked");
        assert!(texts.lines().any(|text| text.starts_with(left)), "{left} is not there");
    }
    let asked = format!("{{ penalties(where: {{partyName: {{eq: \"{PERSON}\"}}}}) {{ nodes {{ id }} }} }}");
    let refused = served.answer(&asked);
    assert!(
        refused.body.contains("NOT_AN_ORGANISATION") && !refused.body.contains(PERSON),
        "{}",
        refused.body
    );
    let trail = sqlite(&zone.config.join("audit.db"), "SELECT * FROM entry ORDER BY number DESC LIMIT 1;");
    assert!(trail.contains("NOT_AN_ORGANISATION") && !trail.contains(PERSON), "{trail}");
    let holders = served.ask("{ shareholdings(first: 100) { nodes { shareholderName } } }");
    assert!(holders.to_string().contains("公司"), "companies stay: {holders}");
    let held = held(&zone);
    assert!(held.len() > 500, "only {} ID numbers are known", held.len());
    // All of them at once: every run of 15 and 18 digits that an answer holds.
    let runs: BTreeSet<String> = texts
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|run| run.len() >= 15)
        .map(str::to_owned)
        .collect();
    let leaked: Vec<&String> = held.iter().filter(|id| runs.contains(*id)).collect();
    assert!(
        leaked.is_empty(),
        "seed 44: {} ID numbers left, as {:?}",
        leaked.len(),
        &leaked[..leaked.len().min(3)]
    );

    // People's names, numbers and telephones are there, and masked.
    let data = served.ask("{ positions(first: 100) { nodes { name idNumber } } complaints(first: 50) { nodes { complainant complainantPhone } } }");
    let mut n_masked = 0;
    for (list, fields) in
        [("positions", ["name", "idNumber"]), ("complaints", ["complainant", "complainantPhone"])]
    {
        for node in data[list]["nodes"].as_array().expect("nodes") {
            for field in fields {
                if let Some(text) = node[field].as_str() {
                    n_masked += 1;
                    assert!(text.contains('*'), "{list}.{field} is `{text}`");
                }
            }
        }
    }
    assert!(n_masked > 100, "only {n_masked} values were masked");
    // They cannot be searched for either.
    for (list, filter) in
        [("positions", "name: { eq: \"王伟\" }"), ("positions", "idNumber: { eq: \"610102199001011234\" }")]
    {
        let answer =
            served.answer(&format!("{{ {list}(where: {{ {filter} }}, first: 1) {{ nodes {{ id }} }} }}"));
        assert!(
            ["PERSONAL_FIELD", "GRAPHQL_VALIDATION_FAILED"].contains(&answer.code().as_str()),
            "{}",
            answer.body
        );
    }
    served.stop();
}
