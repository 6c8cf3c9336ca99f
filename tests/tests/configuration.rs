//! Adding a department, a kind and a field is configuration only: the proof with the built program, on both stores.

use demo::servers::Postgres;
use demo::world::World;
use serde_json::{Value, json};
use tests::bench::{sqlite, store_on};
use tests::http::Served;
use tests::{Zone, postgres, shown};

const ROWS: u64 = 60;
const DATABASE: &str = "store_configured";

/// A kind with one field of every type.
const PROBE: &str = r#"
[kind.probe]
plural = "probes"
label_zh = "试验"
label_en = "Probe"
share = "unconditional"

[kind.probe.role.party]
entity = "subject"
party = true
label_zh = "主体"
label_en = "Party"
identifiers = [{ scheme = "uscc", field = "party_uscc" }]
"#;

/// Field, type and what belongs to it, column of the store, its type in SQLite and PostgreSQL, the API's type.
const TYPES: &[(&str, &str, &str, &str, &str)] = &[
    ("a_text", "type = \"text\"", "TEXT", "text", "String"),
    ("a_code", "type = \"code\"\ncode_list = \"probe_grade\"", "TEXT", "text", "Code"),
    ("a_money", "type = \"money\"\ncurrency = \"CNY\"", "INTEGER", "bigint", "Money"),
    ("a_decimal", "type = \"decimal\"\nscale = 2", "INTEGER", "bigint", "Decimal"),
    ("an_integer", "type = \"integer\"", "INTEGER", "bigint", "Long"),
    ("a_bool", "type = \"bool\"", "INTEGER", "boolean", "Boolean"),
    ("a_date", "type = \"date\"", "TEXT", "date", "Date"),
    ("a_partial_date", "type = \"partial_date\"", "TEXT", "date", "PartialDate"),
    ("an_until", "type = \"until\"", "TEXT", "date", "Until"),
    ("a_timestamp", "type = \"timestamp\"", "INTEGER", "bigint", "DateTime"),
    ("party_uscc", "type = \"identifier\"\nscheme = \"uscc\"", "TEXT", "text", "CreditCode"),
    ("a_phone", "type = \"phone\"\nsensitivity = \"internal\"", "TEXT", "text", "String"),
    ("an_address", "type = \"address\"", "TEXT", "text", "String"),
];

/// What row `n` says, as the source writes it: one cell a field of [`TYPES`].
fn cells(n: u64, uscc: &str) -> Vec<String> {
    let day = n % 28 + 1;
    vec![
        format!("文本{:02}", n % 10),
        ["A", "B", "C"][(n % 3) as usize].to_owned(),
        format!("{}.50", n * 7 % 13),
        format!("{}.{:02}", n % 5, n),
        (n as i64 - 30).to_string(),
        if n.is_multiple_of(3) { "是" } else { "否" }.to_owned(),
        format!("2024-01-{day:02}"),
        ["2019", "2019-05", "2019-05-06"][(n % 3) as usize].to_owned(),
        if n.is_multiple_of(4) { "长期".to_owned() } else { format!("2030-01-{day:02}") },
        format!("2024-03-01 10:{:02}:00", n % 60),
        uscc.to_owned(),
        format!("1380000{n:04}"),
        format!("西安市高新区锦业路{:03}号", n),
    ]
}

/// The same rows as the API must answer them.
fn expected(n: u64, uscc: &str) -> Value {
    let day = n % 28 + 1;
    let until = if n.is_multiple_of(4) {
        json!({ "date": null, "openEnded": true })
    } else {
        json!({ "date": format!("2030-01-{day:02}"), "openEnded": false })
    };
    json!({
        "aText": format!("文本{:02}", n % 10),
        "aCode": { "code": (["A", "B", "C"][(n % 3) as usize]) },
        "aMoney": { "amount": format!("{}.50", n * 7 % 13), "currency": "CNY" },
        "aDecimal": format!("{}.{:02}", n % 5, n),
        "anInteger": n as i64 - 30,
        "aBool": n.is_multiple_of(3),
        "aDate": format!("2024-01-{day:02}"),
        "aPartialDate": { "text": (["2019", "2019-05", "2019-05-06"][(n % 3) as usize]) },
        "anUntil": until,
        "aTimestamp": format!("2024-03-01T10:{:02}:00+08:00", n % 60),
        "partyUscc": uscc,
        "aPhone": format!("1380000{n:04}"),
        "anAddress": format!("西安市高新区锦业路{n:03}号"),
    })
}

const SELECTION: &str = "aText aCode { code } aMoney { amount currency } aDecimal anInteger aBool aDate \
    aPartialDate { text } anUntil { date openEnded } aTimestamp partyUscc aPhone anAddress";

/// A filter for each field that fits some rows, and which it fits.
type Fits = fn(u64, &[String]) -> bool;
const FILTERS: &[(&str, &str, Fits)] = &[
    ("A_TEXT", "aText: { startsWith: \"文本0\", gte: \"文本04\" }", |n, _| n % 10 >= 4),
    ("A_CODE", "aCode: { in: [\"A\", \"C\"] }", |n, _| n % 3 != 1),
    ("A_MONEY", "aMoney: { gt: \"5.50\" }", |n, _| n * 7 % 13 > 5),
    ("A_DECIMAL", "aDecimal: { lt: \"2.30\" }", |n, _| n % 5 * 100 + n < 230),
    ("AN_INTEGER", "anInteger: { gte: -5, lte: 17 }", |n, _| (25..=47).contains(&n)),
    ("A_BOOL", "aBool: { eq: true }", |n, _| n.is_multiple_of(3)),
    ("A_DATE", "aDate: { gte: \"2024-01-11\" }", |n, _| n % 28 + 1 >= 11),
    ("A_PARTIAL_DATE", "aPartialDate: { gt: \"2019-01-01\" }", |n, _| n % 3 != 0),
    ("AN_UNTIL", "anUntil: { openEnded: true }", |n, _| n.is_multiple_of(4)),
    ("A_TIMESTAMP", "aTimestamp: { lt: \"2024-03-01T02:30:00Z\" }", |n, _| n % 60 < 30),
    ("AN_INTEGER", "partyUscc: { eq: \"USCC\" }", |n, codes| codes[n as usize % codes.len()] == codes[0]),
    ("A_PHONE", "aPhone: { gte: \"13800000040\" }", |n, _| n >= 40),
    ("AN_ADDRESS", "anAddress: { startsWith: \"西安市高新区锦业路01\" }", |n, _| {
        (10..20).contains(&n)
    }),
];

/// Writes the department, the kind and the codes; files of their own.
fn add_department(zone: &Zone, codes: &[String]) {
    let mut kind = PROBE.to_owned();
    let mut fields = String::new();
    let mut columns = String::from("id INTEGER PRIMARY KEY");
    for (field, lines, ..) in TYPES {
        kind.push_str(&format!(
            "\n[kind.probe.field.{field}]\n{lines}\nlabel_zh = \"字段\"\nlabel_en = \"Field {field}\"\nindex = true\n"
        ));
        fields.push_str(&format!("{field} = \"c_{field}\"\n"));
        columns.push_str(&format!(", c_{field} TEXT"));
    }
    let write = |file: &str, text: &str| std::fs::write(zone.config.join(file), text).expect("writable");
    write("ontology/probe.toml", &kind);
    write(
        "codes/probe.toml",
        "[list.probe_grade]\nlabel_zh = \"等级\"\nlabel_en = \"Grade\"\nedition = \"2024\"\nfrom = \"2024-01-01\"\nentries = [\n\
         { code = \"A\", zh = \"甲\", en = \"First\" },\n{ code = \"B\", zh = \"乙\", en = \"Second\" },\n\
         { code = \"C\", zh = \"丙\", en = \"Third\" },\n]\n",
    );
    let path = zone.folder.path().join("probe.db");
    write(
        "departments/probe.toml",
        &format!(
            "[department]\nid = \"probes\"\nname_zh = \"试验局\"\nname_en = \"Bureau of Probes\"\n\n\
             [source.probe]\nengine = \"sqlite\"\npath = {:?}\n\n[[source.probe.stream]]\nname = \"probes\"\nkind = \"probe\"\n\
             key = [\"id\"]\n\n[source.probe.stream.fields]\n{fields}",
            path.display().to_string()
        ),
    );
    let mut sql = format!("CREATE TABLE probes ({columns});\nBEGIN;\n");
    for n in 0..ROWS {
        let cells = cells(n, &codes[n as usize % codes.len()]);
        sql.push_str(&format!("INSERT INTO probes VALUES ({n}, '{}');\n", cells.join("', '")));
    }
    sqlite(&path, &(sql + "COMMIT;\n"));
}

/// The store, asked by its own program.
struct Asked<'a> {
    zone: &'a Zone,
    server: Option<&'a Postgres>,
}

impl Asked<'_> {
    fn sql(&self, sql: &str) -> String {
        match self.server {
            None => sqlite(&self.zone.store(), sql),
            Some(server) => server.psql(DATABASE, sql).expect("psql").trim().to_owned(),
        }
    }

    /// Column → type.
    fn column_type(&self, table: &str, column: &str) -> String {
        self.sql(&match self.server {
            None => format!("SELECT type FROM pragma_table_info('{table}') WHERE name = '{column}'"),
            Some(_) => format!(
                "SELECT data_type FROM information_schema.columns WHERE table_name = '{table}' AND column_name = '{column}'"
            ),
        })
    }

    /// The plan of a filter and order on a column; a small table is read by its index only if we say that it is large.
    fn plan(&self, table: &str, column: &str, value: &str) -> String {
        let query = format!(
            "SELECT record FROM {table} WHERE {column} >= {value} ORDER BY {column}, record LIMIT 10"
        );
        self.sql(&match self.server {
            None => format!("EXPLAIN QUERY PLAN {query}"),
            Some(_) => format!("SET enable_seqscan = off; SET enable_sort = off; SET enable_bitmapscan = off; EXPLAIN {query}"),
        })
    }

    fn uses_index(&self, table: &str, column: &str, value: &str) {
        let plan = self.plan(table, column, value);
        let is_indexed =
            plan.contains("USING INDEX") || plan.contains("USING COVERING INDEX") || plan.contains("Index");
        let sorts = plan.contains("TEMP B-TREE") || plan.contains("Sort");
        assert!(is_indexed && !sorts, "{table}.{column}: {plan}");
    }

    /// Scans of the indexes of a table so far.
    fn n_index_scans(&self, table: &str) -> u64 {
        let sql =
            format!("SELECT coalesce(sum(idx_scan), 0) FROM pg_stat_user_indexes WHERE relname = '{table}'");
        self.sql(&sql).parse().expect("a number")
    }
}

fn prove(server: Option<&Postgres>) {
    let world = World::new(31, 300);
    let zone = Zone::make(&world, 31, None);
    if let Some(server) = server {
        store_on(&zone.config, server, DATABASE);
        // The API's own statements must be able to use the indexes: small tables would be scanned whole.
        server
            .psql("postgres", &format!("ALTER DATABASE {DATABASE} SET enable_seqscan = off; ALTER DATABASE {DATABASE} SET enable_bitmapscan = off"))
            .expect("a setting");
    }
    let asked = Asked { zone: &zone, server };
    zone.pull(&[]);
    let codes: Vec<String> = (0..300)
        .map(|index| world.subject(index))
        .filter(|subject| subject.has_valid_code() && demo::departments::is_registered(&world, subject))
        .map(|subject| subject.uscc)
        .take(7)
        .collect();
    add_department(&zone, &codes);
    a_kind_with_a_field_of_every_type(&zone, &asked, &codes);
    a_field_of_a_kind_that_holds_rows(&zone, &asked);
}

fn a_kind_with_a_field_of_every_type(zone: &Zone, asked: &Asked<'_>, codes: &[String]) {
    let schema = zone.tongjian(&["schema"]);
    assert!(schema.status.success(), "{}", shown(&schema));
    let schema = String::from_utf8_lossy(&schema.stdout).into_owned();
    let probe =
        schema.split("type Probe {").nth(1).and_then(|rest| rest.split("\n}").next()).expect("type Probe");
    for (field, _, _, _, of) in TYPES {
        let line = format!("{}: {of}", camel(field));
        assert!(probe.lines().any(|known| known.trim() == line), "no `{line}` in {probe}");
    }

    zone.pull(&["--source", "probe"]);
    for (field, _, in_sqlite, in_postgres, _) in TYPES {
        let wanted = if asked.server.is_some() { in_postgres } else { in_sqlite };
        assert_eq!(asked.column_type("record_probe", field), **wanted, "{field}");
        assert_eq!(asked.column_type("record_probe_history", field), **wanted, "{field} of the history");
        let value = match *wanted {
            "INTEGER" | "bigint" => "5",
            "boolean" => "false",
            "date" => "'2024-01-05'",
            _ => "'5'",
        };
        asked.uses_index("record_probe", field, value);
    }

    let n_before = asked.server.map(|_| asked.n_index_scans("record_probe"));
    let served = Served::start(&zone.config, "probes", "reader");
    for (order, filter, fits) in FILTERS {
        let filter = filter.replace("USCC", &codes[0]);
        for direction in ["ASC", "DESC"] {
            // A second key where the first has equal values, so that the order is known.
            let then = match *order {
                "AN_INTEGER" => String::new(),
                _ => format!(", {{ field: AN_INTEGER, direction: {direction} }}"),
            };
            let query = format!(
                "{{ probes(where: {{ {filter} }}, orderBy: [{{ field: {order}, direction: {direction} }}{then}], first: 7, PLACE) \
                 {{ nodes {{ {SELECTION} party {{ uscc }} }} pageInfo {{ hasNextPage endCursor }} }} }}"
            );
            let found = served.all_pages("probes", &query);
            let key = keys(order);
            let mut wanted: Vec<u64> = (0..ROWS).filter(|n| fits(*n, codes)).collect();
            wanted.sort_by_key(|n| (key(*n, codes), *n));
            if direction == "DESC" {
                wanted.reverse();
            }
            let wanted: Vec<Value> = wanted
                .into_iter()
                .map(|n| {
                    let uscc = &codes[n as usize % codes.len()];
                    let mut row = expected(n, uscc);
                    row["party"] = json!({ "uscc": uscc });
                    row
                })
                .collect();
            assert!(!wanted.is_empty(), "{filter} fits nothing");
            assert_eq!(found, wanted, "{filter} by {order} {direction}");
        }
    }
    served.stop();
    if let Some(before) = n_before {
        let now = asked.n_index_scans("record_probe");
        assert!(
            now > before,
            "the API's statements used no index of record_probe: {before} scans before, {now} after"
        );
    }
}

/// How an order sorts row `n`.
fn keys(order: &str) -> fn(u64, &[String]) -> String {
    match order {
        "A_TEXT" => |n, _| format!("{:02}", n % 10),
        "A_CODE" => |n, _| (n % 3).to_string(),
        "A_MONEY" => |n, _| format!("{:02}", n * 7 % 13),
        "A_DECIMAL" => |n, _| format!("{:04}", n % 5 * 100 + n),
        "A_BOOL" => |n, _| u8::from(n.is_multiple_of(3)).to_string(),
        "A_DATE" => |n, _| format!("{:02}", n % 28),
        "A_PARTIAL_DATE" => |n, _| ["2019-01-01", "2019-05-01", "2019-05-06"][(n % 3) as usize].to_owned(),
        "AN_UNTIL" => |n, _| if n.is_multiple_of(4) { "~".to_owned() } else { format!("{:02}", n % 28) },
        "A_TIMESTAMP" => |n, _| format!("{:02}", n % 60),
        _ => |n, _| format!("{n:03}"),
    }
}

/// A field is added to penalties, of which there are some: old rows answer null until their source says something.
fn a_field_of_a_kind_that_holds_rows(zone: &Zone, asked: &Asked<'_>) {
    let field = "[kind.penalty.field.confiscated]\ntype = \"money\"\ncurrency = \"CNY\"\nlabel_zh = \"没收\"\n\
                 label_en = \"Confiscated\"\nindex = true\n\n[kind.penalty.field.document]\n";
    zone.edit("ontology/enforcement.toml", "[kind.penalty.field.document]\n", field);
    let all =
        "{ penalties(first: 200) { nodes { document confiscated { amount } provenance { source key } } } }";
    let served = Served::start(&zone.config, "probes", "reader");
    let before = served.ask(all)["penalties"]["nodes"].as_array().expect("nodes").clone();
    assert!(before.len() > 3, "there are hardly any penalties: {before:?}");
    assert!(before.iter().all(|node| node["confiscated"].is_null()), "{before:?}");
    served.stop();

    // The source gets a column, and says something in three rows.
    let source = zone.places.sqlite("urban");
    sqlite(
        &source,
        "ALTER TABLE xzcf_2015 ADD COLUMN cf_ms TEXT; UPDATE xzcf_2015 SET cf_ms = bh || '.25' WHERE bh IN (SELECT bh FROM xzcf_2015 ORDER BY bh LIMIT 3);",
    );
    let changed =
        sqlite(&source, "SELECT group_concat(bh) FROM (SELECT bh FROM xzcf_2015 ORDER BY bh LIMIT 3)");
    let line = "fine = { column = \"cf_je\", unit = \"元\" }\n";
    zone.edit(
        "departments/urban.toml",
        line,
        &format!("{line}confiscated = {{ column = \"cf_ms\", unit = \"元\" }}\n"),
    );
    let last: i64 = asked.sql("SELECT value FROM counter WHERE name = 'seq'").parse().expect("a number");
    zone.pull(&["--source", "urban"]);
    let wanted = if asked.server.is_some() { "bigint" } else { "INTEGER" };
    assert_eq!(asked.column_type("record_penalty", "confiscated"), wanted);
    asked.uses_index("record_penalty", "confiscated", "5");

    // The feed carries the change, and of it the field.
    let in_feed = asked.sql(&format!(
        "SELECT count(*) FROM feed f JOIN record_key k ON k.record = f.record JOIN stream s ON s.stream = k.stream \
         WHERE f.seq > {last} AND f.change = 2 AND s.source = 'urban'"
    ));
    let linked: u64 = in_feed.parse().expect("a number");
    assert!((1..=3).contains(&linked), "{linked} updates in the feed");

    let served = Served::start(&zone.config, "probes", "reader");
    let query = "{ penalties(where: { confiscated: { gte: \"0\" } }, orderBy: [{ field: CONFISCATED }], first: 2, PLACE) \
        { nodes { confiscated { amount currency } provenance { source key } \
          history(first: 5) { changedFields values { confiscated { amount } } } } pageInfo { hasNextPage endCursor } } }";
    let found = served.all_pages("penalties", query);
    let mut keys: Vec<&str> = found.iter().filter_map(|node| node["provenance"]["key"].as_str()).collect();
    keys.sort_unstable();
    let mut wanted: Vec<&str> = changed.split(',').collect();
    wanted.sort_unstable();
    // A row of the three that was set aside for another reason is no record.
    assert!(!keys.is_empty() && keys.iter().all(|key| wanted.contains(key)), "{keys:?} of {wanted:?}");
    assert_eq!(keys.len() as u64, linked);
    for node in &found {
        let key = node["provenance"]["key"].as_str().expect("a key");
        assert_eq!(node["confiscated"], json!({ "amount": format!("{key}.25"), "currency": "CNY" }));
        let history = node["history"].as_array().expect("versions");
        assert_eq!(history.len(), 2, "{node}");
        assert_eq!(history[0]["changedFields"], json!(["confiscated"]), "{node}");
        assert!(history[1]["values"]["confiscated"].is_null(), "{node}");
    }
    // The others still answer null.
    let all = served.ask(all)["penalties"]["nodes"].as_array().expect("nodes").clone();
    let n_null = all.iter().filter(|node| node["confiscated"].is_null()).count();
    assert_eq!(n_null, all.len() - found.len());
    served.stop();
}

fn camel(id: &str) -> String {
    let mut words = id.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| name + &word[..1].to_uppercase() + &word[1..])
}

#[test]
fn a_department_a_kind_and_a_field_are_configuration_on_sqlite() {
    prove(None);
}

#[test]
fn a_department_a_kind_and_a_field_are_configuration_on_postgresql() {
    prove(Some(postgres()));
}
