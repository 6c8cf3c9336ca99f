//! The registry as it lives: codes that change, companies that merge, divide, move, return; people written in two ways;
//! texts that stand for nothing. Each relation follows, or waits, as the rules of resolution say.

use demo::world::World;
use tests::{Zone, shown};

/// A registry of the shipped platform with rows of its own.
struct Register {
    zone: Zone,
    world: World,
}

/// Where the rows of the test begin: no subject of the world has such a number.
const TABLES: [&str; 4] = ["t_ztjbxx", "t_gdxx", "t_cjxx", "t_zyry"];

impl Register {
    fn new() -> Register {
        let world = World::new(1, 40);
        let zone = Zone::make(&world, 1, None);
        let register = Register { zone, world };
        for table in TABLES {
            register.sql(&format!("DELETE FROM {table}"));
        }
        register
    }

    fn run(&self, database: &std::path::Path, sql: &str) -> String {
        let output = std::process::Command::new("sqlite3").arg(database).arg(sql).output();
        let output = output.expect("sqlite3 runs");
        assert!(output.status.success(), "{sql}: {}", shown(&output));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// A statement at the registry.
    fn sql(&self, sql: &str) {
        self.run(&self.zone.places.sqlite("registry"), sql);
    }

    /// Something the store says.
    fn ask(&self, sql: &str) -> String {
        self.run(&self.zone.store(), sql)
    }

    fn pull(&self) {
        self.zone.pull(&["--source", "registry"]);
    }

    /// A credit code that holds.
    fn code(&self, n: u64) -> String {
        self.world.subject(n).uscc
    }

    /// A company under a code, and what else its row says.
    fn company(&self, n: u64, code: &str, more: &[(&str, &str)]) {
        let mut columns = vec!["nbxh", "tyshxydm", "qymc", "clrq", "djzt"];
        let (key, name) = (key(n), format!("公司{n}"));
        let mut values = vec![key.as_str(), code, name.as_str(), "2015-03-01", "K"];
        for (column, value) in more {
            columns.push(column);
            values.push(value);
        }
        let values: Vec<String> = values.iter().map(|value| format!("'{value}'")).collect();
        self.sql(&format!("INSERT INTO t_ztjbxx ({}) VALUES ({})", columns.join(", "), values.join(", ")));
    }

    fn set(&self, n: u64, column: &str, value: &str) {
        self.sql(&format!("UPDATE t_ztjbxx SET {column} = '{value}' WHERE nbxh = '{}'", key(n)));
    }

    /// Of company `of`, somebody holds shares: by a number, or with a name and an ID number.
    fn holds(&self, row: u64, of: u64, number: &str, (name, id): (&str, &str)) {
        self.sql(&format!(
            "INSERT INTO t_gdxx (gdxh, nbxh, gdlx, gdzzhm, xm, zjhm, rjcze, cgbl) \
             VALUES ({row}, '{}', '20', '{number}', '{name}', '{id}', '10', '50')",
            key(of)
        ));
    }

    /// The entity of a company now.
    fn entity(&self, n: u64) -> String {
        self.ask(&format!(
            "SELECT l.entity FROM record_key k JOIN link l ON l.record = k.record AND l.evidence = 'anchor' \
             WHERE k.source_key = '{}' AND l.until_seq IS NULL",
            key(n)
        ))
    }

    /// `from>to` of a relation, each by the number of its company; a person is `p`.
    fn edges(&self, kind: &str, from: &str, to: &str) -> Vec<String> {
        let end = |link: &str| {
            format!(
                "coalesce((SELECT CAST(substr(min(k.source_key), -6) AS INTEGER) FROM link o \
                 JOIN record_key k ON k.record = o.record \
                 WHERE o.entity = {link}.entity AND o.evidence = 'anchor' AND o.until_seq IS NULL), 'p')"
            )
        };
        let role = |name: &str| {
            format!(
                "(SELECT r.role FROM role r JOIN kind k ON k.kind = r.kind \
                 WHERE k.name = '{kind}' AND k.is_entity = 0 AND r.name = '{name}')"
            )
        };
        let all = self.ask(&format!(
            "SELECT {} || '>' || {} FROM link a JOIN link b ON b.record = a.record \
             WHERE a.role = {} AND b.role = {} AND a.until_seq IS NULL AND b.until_seq IS NULL ORDER BY a.record",
            end("a"),
            end("b"),
            role(from),
            role(to)
        ));
        all.lines().map(str::to_owned).collect()
    }

    fn branches(&self) -> Vec<String> {
        self.edges("registration", "party", "parent")
    }

    fn shares(&self) -> Vec<String> {
        self.edges("shareholding", "party", "shareholder")
    }

    /// People the hub knows.
    fn n_persons(&self) -> String {
        self.ask("SELECT count(*) FROM entity_person")
    }
}

fn key(n: u64) -> String {
    format!("610131{n:018}")
}

#[test]
fn a_code_that_changes_takes_nobody_along_who_said_the_old_one() {
    let register = Register::new();
    let (old, new) = (register.code(1), register.code(2));
    register.company(101, &old, &[("zch", "440301103097413")]);
    register.company(102, &register.code(3), &[("lsqydm", &old)]);
    register.company(103, &register.code(4), &[("lsqydm", "440301103097413")]);
    register.holds(1, 103, &old, ("", ""));
    register.pull();
    let before = register.entity(101);
    assert_eq!(register.branches(), ["102>101", "103>101"], "by code, and by the old number in its place");
    assert_eq!(register.shares(), ["103>101"]);
    register.set(101, "tyshxydm", &new);
    register.pull();
    assert_eq!(register.entity(101), before, "a corrected code keeps the entity");
    assert_eq!(register.branches(), ["103>101"], "who says the old code waits");
    assert_eq!(register.shares(), Vec::<String>::new());
    // Another row takes the code up: it is meant now. Who says the new code finds the old entity.
    register.company(105, &old, &[]);
    register.set(103, "lsqydm", &new.to_lowercase());
    register.pull();
    assert_eq!(register.branches(), ["102>105", "103>101"]);
    assert_eq!(register.shares(), ["103>105"]);
    // What stood then stands in the history.
    let past = register.ask(
        "SELECT count(*) FROM link l JOIN role r ON r.role = l.role AND r.name IN ('parent', 'shareholder') \
         WHERE l.until_seq IS NOT NULL AND l.evidence = 'uscc'",
    );
    assert_eq!(past, "2", "two links of the old code ended");
}

#[test]
fn two_rows_with_one_code_are_one_until_they_part() {
    let register = Register::new();
    let code = register.code(1);
    register.company(101, &code, &[("lsqydm", &register.code(9))]);
    register.company(102, &code, &[]);
    register.company(103, &register.code(2), &[("lsqydm", &code)]);
    register.company(109, &register.code(9), &[]);
    register.holds(1, 102, &register.code(2), ("", ""));
    register.holds(2, 109, &code, ("", ""));
    register.pull();
    assert_eq!(register.entity(101), register.entity(102));
    assert_eq!(register.branches(), ["101>109", "103>101"]);
    assert_eq!(register.shares(), ["101>103", "109>101"]);
    register.set(102, "tyshxydm", &register.code(3));
    register.pull();
    assert_ne!(register.entity(101), register.entity(102));
    assert_eq!(register.branches(), ["101>109", "103>101"]);
    assert_eq!(register.shares(), ["102>103", "109>101"]);
}

#[test]
fn a_company_is_renamed_moves_out_goes_and_returns() {
    let register = Register::new();
    let code = register.code(1);
    register.company(101, &code, &[]);
    register.company(102, &register.code(2), &[("lsqydm", &code)]);
    register.pull();
    let entity = register.entity(101);
    register.set(101, "qymc", "改了名的公司");
    register.set(101, "djzt", "QX");
    register.pull();
    assert_eq!(register.entity(101), entity);
    let row = register.ask("SELECT name, state FROM entity_subject WHERE uscc = (SELECT uscc FROM record_registration WHERE name = '改了名的公司')");
    assert_eq!(row, "改了名的公司|6");
    assert_eq!(register.branches(), ["102>101"]);
    register.sql(&format!("DELETE FROM t_ztjbxx WHERE nbxh = '{}'", key(101)));
    register.pull();
    assert_eq!(register.branches(), Vec::<String>::new(), "who belongs to nobody known waits");
    register.company(101, &code, &[]);
    register.pull();
    assert_eq!((register.entity(101), register.branches()), (entity, vec!["102>101".to_owned()]));
}

#[test]
fn mergers_and_divisions_are_told_by_their_successions() {
    let register = Register::new();
    for n in 1..=5 {
        register.company(100 + n, &register.code(n), &[("zch", if n == 3 { "440301103097413" } else { "" })]);
    }
    let succession = |row: u64, successor: u64, event: &str, predecessor: &str| {
        register.sql(&format!(
            "INSERT INTO t_cjxx VALUES ({row}, '{}', '{event}', '前身', '{predecessor}', '2018-05-06')",
            key(successor)
        ));
    };
    // 1 and 2 into 4; 3 divided into 4 and 5, said by its old number; one unknown, and a kind that no list has.
    succession(1, 104, "2", &register.code(1));
    succession(2, 104, "2", &register.code(2));
    succession(3, 104, "3", "440301103097413");
    succession(4, 105, "3", "440301103097413");
    succession(5, 105, "X", &register.code(30));
    register.pull();
    let successions = || register.edges("succession", "party", "predecessor");
    assert_eq!(successions(), ["104>101", "104>102", "104>103", "105>103"]);
    assert_eq!(register.ask("SELECT count(DISTINCT entity) FROM link WHERE evidence = 'anchor'"), "5");
    let status = register.zone.status();
    let streams = status["streams"].as_array().expect("streams");
    let stream = streams.iter().find(|stream| stream["stream"] == "t_cjxx").expect("the stream");
    assert_eq!(
        (&stream["linked"], &stream["waiting"]),
        (&5.into(), &0.into()),
        "记名 is by the successor alone"
    );
    assert_eq!(stream["flags"], serde_json::json!([{ "field": "event", "code": "TJ-D031", "n": 1 }]));
    assert_eq!(register.ask("SELECT event FROM record_succession WHERE predecessor_number = (SELECT max(predecessor_number) FROM record_succession WHERE event = 'X')"), "X");
    // The unknown one appears: nothing is read again, and it is found.
    register.company(106, &register.code(30), &[]);
    register.pull();
    assert_eq!(successions().last().map(String::as_str), Some("105>106"));
}

#[test]
fn a_chain_of_companies_makes_no_two_of_them_one() {
    let register = Register::new();
    register.company(101, &register.code(1), &[("lsqydm", &register.code(2))]);
    register.company(102, &register.code(2), &[("lsqydm", &register.code(3))]);
    register.company(103, &register.code(3), &[("lsqydm", &register.code(1))]);
    register.pull();
    assert_eq!(register.branches(), ["101>102", "102>103", "103>101"], "a ring, and three companies");
    let entities = [101, 102, 103].map(|n| register.entity(n));
    assert!(entities[0] != entities[1] && entities[1] != entities[2] && entities[0] != entities[2]);
    // Two rows of one code on each side of a third: what is alike in pairs is not alike in all.
    register.company(104, &register.code(4), &[("zch", "440301103097413"), ("lxdh", "029-88316666")]);
    register.company(105, &register.code(5), &[("zch", "440301103097413"), ("lxdh", "029-88316666")]);
    register.company(106, &register.code(6), &[("lxdh", "029-88316666"), ("lsqydm", "440301103097413")]);
    register.pull();
    assert_ne!(register.entity(104), register.entity(105), "two of one old number are two");
    assert_eq!(register.branches().len(), 3, "a number that two claim names neither");
}

#[test]
fn five_hundred_companies_with_one_telephone_are_five_hundred() {
    let world = World::new(1, 500);
    let zone = Zone::make(&world, 1, None);
    let register = Register { zone, world };
    register.sql("UPDATE t_ztjbxx SET lxdh = '029-88316666'");
    super::super::resolve::switch_on(&register.zone);
    register.pull();
    assert_eq!(tests::found(&register.zone.status())["subjects"], register.zone.truth.entities);
    assert_eq!(register.ask("SELECT count(*) FROM link WHERE evidence = 'scored'"), "0");
    assert_eq!(register.ask("SELECT count(*) FROM redirect"), "0");
}

#[test]
fn people_are_one_by_number_and_nobody_by_words_that_say_nothing() {
    let register = Register::new();
    let (one, other) = (register.world.person(0), register.world.person(1));
    let short = one.short_id().expect("born before 2000");
    register.company(101, &register.code(1), &[("fddbr", "张三"), ("frzjhm", &one.id)]);
    register.company(102, &register.code(2), &[("fddbr", "张三"), ("frzjhm", &other.id)]);
    register.company(103, &register.code(3), &[("fddbr", "张三"), ("frzjhm", "无"), ("lsqydm", "无")]);
    register.holds(1, 103, "", ("张三", &short));
    register.holds(2, 103, "", ("张三", "000000"));
    register.holds(3, 103, "", ("无", "无"));
    register.holds(4, 102, "000000", ("", ""));
    register.holds(5, 102, "无", ("", ""));
    register.holds(6, 102, "000000000000000", ("", ""));
    register.holds(7, 102, "91610131MA6TE5T09X", ("", ""));
    register.pull();
    assert_eq!(register.n_persons(), "2", "two of one name; 15 and 18 digits are one; nobody else");
    assert_eq!(register.edges("shareholding", "party", "shareholder_person"), ["103>p"]);
    assert_eq!(register.edges("registration", "party", "representative"), ["101>p", "102>p"]);
    let both = register.ask(
        "SELECT count(DISTINCT kind.name) FROM link l JOIN role r ON r.role = l.role JOIN kind ON kind.kind = r.kind \
         JOIN entity_person p ON p.entity = l.entity GROUP BY l.entity ORDER BY 1 DESC LIMIT 1",
    );
    assert_eq!(both, "2", "who represents 101 holds shares in 103");
    assert_eq!((register.shares(), register.branches()), (Vec::new(), Vec::new()));
    // What breaks the rules of its scheme is kept as it came; what stands for nothing is nothing.
    let kept = register.ask("SELECT coalesce(shareholder_number, '-') FROM record_shareholding WHERE shareholder_name IS NULL AND person_name IS NULL ORDER BY record");
    assert_eq!(kept.lines().collect::<Vec<_>>(), ["-", "-", "-", "000000000000000", "91610131MA6TE5T09X"]);
}

#[test]
fn a_mapping_of_a_column_that_is_not_there_and_a_unit_nobody_knows_are_told() {
    let register = Register::new();
    register.company(101, &register.code(1), &[]);
    register.zone.edit("departments/registry.toml", "column = \"bcjhm\"", "column = \"bcjhmm\"");
    let said = register.zone.tongjian(&["check", "--source", "registry"]);
    let text = shown(&said);
    assert_eq!(said.status.code(), Some(78), "{text}");
    assert!(text.contains("bcjhmm") && text.contains("bcjhm") && text.contains("TJ-D114"), "{text}");
    // The other tables are read all the same.
    let pulled = register.zone.tongjian(&["pull", "--source", "registry", "--quiet"]);
    assert_eq!(pulled.status.code(), Some(3), "{}", shown(&pulled));
    assert_eq!(register.ask("SELECT count(*) FROM record_registration"), "1");
    register.zone.edit("departments/registry.toml", "column = \"bcjhmm\"", "column = \"bcjhm\"");
    register.zone.edit(
        "departments/registry.toml",
        "column = \"rjcze\", unit = \"万元\"",
        "column = \"rjcze\", unit = \"万吨\"",
    );
    let said = register.zone.tongjian(&["check"]);
    let text = shown(&said);
    assert_eq!(said.status.code(), Some(78), "{text}");
    assert!(text.contains("万吨") && text.contains("departments/registry.toml:"), "{text}");
}
