//! Departments on all five engines at once, and GraphQL says of each row what the engine's own program says.
//!
//! The rows are read by `psql`, `mariadb`, `tsql`, `sqlite3` and Python's `csv`; nothing of the connectors is used here.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};

use demo::servers::TdsUrl;
use demo::world::World;
use serde_json::Value;
use tests::http::Served;
use tests::{Zone, expected, found, mariadb, mssql, postgres};

/// A stream, and the four columns by which it is compared: key, name, money, date.
struct Watched {
    source: &'static str,
    stream: &'static str,
    /// Connection of GraphQL.
    field: &'static str,
    /// Fields of GraphQL for name, money (or none) and date.
    fields: [&'static str; 3],
    /// What is counted in money: `1` or `10000`.
    unit: i128,
    rows: BTreeMap<String, Said>,
}

/// What is said of one row: name, money in hundredths, day.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Said(String, Option<i128>, Option<String>);

#[test]
fn five_engines_at_once_answer_as_their_own_programs_do() {
    let world = World::new(17, 5_000);
    let zone = Zone::make(&world, 17, Some(postgres()));
    // One department stays on SQLite: the same rows, made a second time without servers.
    let embedded = Zone::make(&world, 17, None);
    let culture = "departments/culture.toml";
    let text = std::fs::read_to_string(embedded.config.join(culture)).expect("a department");
    assert!(text.contains("engine = \"sqlite\""), "{text:.400}");
    std::fs::write(zone.config.join(culture), text).expect("written");
    let file = embedded.places.sqlite("culture");

    zone.pull(&[]);
    let status = zone.status();
    assert_eq!(found(&status), expected(&zone.truth));
    let engines = engines(&zone);
    for engine in ["postgres", "mysql", "mssql", "sqlite", "file"] {
        assert!(engines.contains(engine), "no source on {engine}: {engines}");
    }
    let served = Served::start(&zone.config, "market", "steward");
    for watched in watched(&zone, &file) {
        let n_native = watched.rows.len();
        let answered = answered(&served, &watched);
        let n_dead = n_dead(&status, &watched);
        assert!(n_native > 5, "{}: {n_native} rows", watched.stream);
        assert_eq!(answered.len() + n_dead, n_native, "{}: {n_dead} set aside", watched.stream);
        let multiplied = |said: &Said| Said(said.0.clone(), said.1.map(|n| n * watched.unit), said.2.clone());
        for (key, said) in &answered {
            let native = watched.rows.get(key).map(multiplied);
            assert_eq!(Some(said), native.as_ref(), "{} {key}", watched.stream);
        }
    }
}

/// The words after `engine =` in the configuration.
fn engines(zone: &Zone) -> String {
    let folder = std::fs::read_dir(zone.config.join("departments")).expect("departments");
    let texts = folder.map(|file| std::fs::read_to_string(file.expect("a file").path()).expect("text"));
    texts
        .flat_map(|text| {
            text.lines().filter(|line| line.starts_with("engine =")).map(str::to_owned).collect::<Vec<_>>()
        })
        .collect::<std::collections::BTreeSet<_>>()
        .into_iter()
        .collect::<Vec<_>>()
        .join(" ")
}

fn watched(zone: &Zone, culture: &std::path::Path) -> Vec<Watched> {
    let of = |source, stream, field, fields, unit, text: &str| {
        let rows = text.lines().filter(|line| !line.is_empty()).map(said).collect();
        Watched { source, stream, field, fields, unit, rows }
    };
    let sql = "SELECT id, cf_xdr_mc, cf_nr_fk, cf_jdrq FROM xzcf_2021";
    let text = postgres().psql("department_ecology", &format!("COPY ({sql}) TO STDOUT")).expect("psql");
    let ecology = of("ecology", "xzcf_2021", "penalties", ["partyName", "fine", "decidedOn"], 10_000, &text);
    let text = mariadb().sql("department_court", "SELECT ah, mc, je, fbrq FROM sxbzxr_fr").expect("mariadb");
    let court = of("court", "sxbzxr_fr", "defaulters", ["partyName", "amount", "publishedOn"], 1, &text);
    let text = tsql("department_tax", "SELECT XH, NSRMC, QSYE, GGRQ FROM GG_QSGG");
    let tax = of("tax", "GG_QSGG", "taxArrears", ["partyName", "amount", "recordedOn"], 1, &text);
    let text = program(
        "sqlite3",
        &["-separator", "\t", &culture.display().to_string(), "SELECT xkzh, dwmc, NULL, fzrq FROM wh_xkz"],
    );
    let culture = of("culture", "wh_xkz", "cultureLicences", ["partyName", "", "grantedOn"], 1, &text);
    let script = "import csv, glob, sys\n\
                  for name in sorted(glob.glob(sys.argv[1] + '/xzxk-*.csv')):\n  \
                    for row in csv.DictReader(open(name, encoding='gb18030', errors='replace', newline='')):\n    \
                      print(row['XK_XKBH'], row['XK_XDR_MC'], '', row['XK_JDRQ'], sep='\\t')\n";
    let text =
        program("python3", &["-c", script, &zone.places.drop_folder("licensing").display().to_string()]);
    let licensing = of("licensing", "xzxk-*.csv", "licences", ["holderName", "", "grantedOn"], 1, &text);
    vec![ecology, court, tax, culture, licensing]
}

fn program(name: &str, words: &[&str]) -> String {
    let output = Command::new(name).args(words).output().unwrap_or_else(|error| panic!("{name}: {error}"));
    assert!(output.status.success(), "{}", tests::shown(&output));
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// What FreeTDS' client prints, as tabs and lines.
fn tsql(database: &str, sql: &str) -> String {
    let of = TdsUrl::parse(&mssql().url(database)).expect("an address");
    let mut client = Command::new("tsql")
        .args(["-H", &of.host, "-p", &of.port.to_string(), "-U", &of.user, "-P", &of.password])
        .args(["-D", database, "-J", "UTF-8", "-o", "fhq"])
        .env("TDSVER", "7.4")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("tsql; `cargo x test` installs it");
    let mut input = client.stdin.take().expect("its input");
    std::io::Write::write_all(&mut input, format!("{sql}\ngo\nexit\n").as_bytes()).expect("written");
    drop(input);
    let output = client.wait_with_output().expect("it ends");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// A line of four cells as it was printed.
fn said(line: &str) -> (String, Said) {
    let [key, name, money, day] = line.split('\t').collect::<Vec<_>>()[..] else {
        panic!("four cells: {line}")
    };
    (key.to_owned(), Said(trimmed(name), hundredths(money), Some(date(day)).filter(|day| !day.is_empty())))
}

/// Without the spaces around it, Chinese ones too.
fn trimmed(text: &str) -> String {
    text.trim_matches(|sign: char| sign.is_whitespace()).to_owned()
}

/// Money to six decimals, as hundredths of a ten-thousandth: exact for every unit.
fn hundredths(text: &str) -> Option<i128> {
    let text = text.trim().replace(',', "");
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let padded = format!("{part:0<6}");
    assert_eq!(padded.len(), 6, "{text}");
    let sign = if whole.starts_with('-') { -1 } else { 1 };
    Some(whole.parse::<i128>().ok()? * 1_000_000 + sign * padded.parse::<i128>().ok()?)
}

/// `2018年2月5日`, `20180205`, `2018-02-05`, `2018/2/5 0:00:00` and their like as `2018-02-05`.
fn date(text: &str) -> String {
    let text = text.trim();
    if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..]);
    }
    let parts: Vec<&str> =
        text.split(|sign: char| !sign.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
    match parts[..] {
        [year, month, day, ..] => format!("{year}-{month:0>2}-{day:0>2}"),
        _ => text.to_owned(),
    }
}

/// What GraphQL says of the rows of a stream, by key.
fn answered(served: &Served, watched: &Watched) -> BTreeMap<String, Said> {
    let [name, money, day] = watched.fields;
    let braced = if money.is_empty() { String::new() } else { format!("{money} {{ amount }}") };
    let query = format!(
        "{{ {}(first: 100, PLACE) {{ nodes {{ {name} {braced} {day} provenance {{ source stream key }} }} \
         pageInfo {{ hasNextPage endCursor }} }} }}",
        watched.field
    );
    let text = |value: &Value| value.as_str().map(str::to_owned);
    served
        .all_pages(watched.field, &query)
        .iter()
        .filter(|node| {
            let from = &node["provenance"];
            from["source"] == watched.source && from["stream"] == watched.stream
        })
        .map(|node| {
            let key = text(&node["provenance"]["key"]).expect("a key");
            let money = if money.is_empty() {
                None
            } else {
                text(&node[money]["amount"]).and_then(|text| hundredths(&text))
            };
            (key, Said(text(&node[name]).unwrap_or_default(), money, text(&node[day])))
        })
        .collect()
}

/// Rows of a stream that were set aside.
fn n_dead(status: &Value, watched: &Watched) -> usize {
    let streams = status["streams"].as_array().expect("streams");
    let of = streams
        .iter()
        .find(|stream| stream["source"] == watched.source && stream["stream"] == watched.stream)
        .expect("the stream");
    of["dead_letters"].as_u64().and_then(|n| usize::try_from(n).ok()).expect("a number")
}
