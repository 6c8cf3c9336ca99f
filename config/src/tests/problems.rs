//! What is wrong is said, all of it, with place and cure.

use expect_test::{Expect, expect};

use super::load;
use crate::Overrides;

#[track_caller]
pub(super) fn check(files: &str, problems: Expect) {
    problems.assert_eq(&load(files, &Overrides::default()).expect_err("no problem was found"));
}

#[test]
fn unknown_keys_have_a_suggestion() {
    check(
        "--- tongjian.toml
[server]
listen = \"127.0.0.1:80\"
xyz = 1
[sever]
[server.limits]
dept = 3
--- ontology/a.toml
[kinds.penalty]
",
        expect![[r#"
            …/ontology/a.toml:1:2: [TJ-C001] unknown key `kinds`
              1 | [kinds.penalty]
                |  ^^^^^
              = did you mean `kind`?
            …/tongjian.toml:3:1: [TJ-C001] unknown key `xyz`
              3 | xyz = 1
                | ^^^
              = the keys that may stand here: listen, admin_listen, limits
            …/tongjian.toml:4:2: [TJ-C001] unknown key `sever`
              4 | [sever]
                |  ^^^^^
              = did you mean `server`?
            …/tongjian.toml:6:1: [TJ-C001] unknown key `dept`
              6 | dept = 3
                | ^^^^
              = did you mean `depth`?"#]],
    );
}

#[test]
fn wrong_types_and_values() {
    check(
        "--- tongjian.toml
[hub]
store = 7
languages = [\"zh\", \"fr\", 3]
audit = \"\"
[server]
listen = \"nowhere\"
limits = 12
[ingest]
batch_rows = \"many\"
batch_bytes = 0
cell_bytes = 99999999999999999999
interval_seconds = 1.5
allow_inline_secrets = \"yes\"
breaker = { max_delete_fraction = 1.5 }
",
        expect![[r#"
            …/tongjian.toml:2:9: [TJ-C004] wrong type: "…" is expected here, this is 123
              2 | store = 7
                |         ^
            …/tongjian.toml:3:13: [TJ-C011] `fr` is not one of zh, en
              3 | languages = ["zh", "fr", 3]
                |             ^^^^^^^^^^^^^^^
              = write one of the values that are allowed, as `zh`
            …/tongjian.toml:3:26: [TJ-C004] wrong type: "…" is expected here, this is 123
              3 | languages = ["zh", "fr", 3]
                |                          ^
            …/tongjian.toml:4:9: [TJ-C027] `audit` may not be empty
              4 | audit = ""
                |         ^^
            …/tongjian.toml:6:10: [TJ-C020] `nowhere` cannot be read, write it as 127.0.0.1:8080
              6 | listen = "nowhere"
                |          ^^^^^^^^^
            …/tongjian.toml:7:10: [TJ-C004] wrong type: { … } is expected here, this is 123
              7 | limits = 12
                |          ^^
            …/tongjian.toml:9:14: [TJ-C004] wrong type: 123 is expected here, this is "…"
              9 | batch_rows = "many"
                |              ^^^^^^
            …/tongjian.toml:10:15: [TJ-C012] 0 is outside the range 1024 to 1099511627776
              10 | batch_bytes = 0
                 |               ^
            …/tongjian.toml:11:14: [TJ-C012] 99999999999999999999 is outside the range 1024 to 1099511627776
              11 | cell_bytes = 99999999999999999999
                 |              ^^^^^^^^^^^^^^^^^^^^
            …/tongjian.toml:12:20: [TJ-C004] wrong type: 123 is expected here, this is 0.5
              12 | interval_seconds = 1.5
                 |                    ^^^
            …/tongjian.toml:13:24: [TJ-C004] wrong type: true/false is expected here, this is "…"
            …/tongjian.toml:14:35: [TJ-C012] 1.5 is outside the range 0 to 1
              14 | breaker = { max_delete_fraction = 1.5 }
                 |                                   ^^^"#]],
    );
}

#[test]
fn missing_keys() {
    check(
        "--- tongjian.toml
--- departments/a.toml
[source.a]
[source.b]
engine = \"postgres\"
[[source.b.stream]]
mode = \"cursor\"
--- ontology/a.toml
[kind.penalty]
[entity.subject.field.name]
",
        expect![[r#"
            …/departments/a.toml:1:9: [TJ-C034] there are sources in this file, but no [department] says whose they are
              1 | [source.a]
                |         ^
              = add [department] id, name_zh, name_en
            …/departments/a.toml:1:9: [TJ-C005] the required key `engine` is missing
              1 | [source.a]
                |         ^
              = add engine = "postgres"
            …/departments/a.toml:2:9: [TJ-C005] the required key `host` is missing
              2 | [source.b]
                |         ^
              = add host = "10.0.0.5"
            …/departments/a.toml:2:9: [TJ-C005] the required key `database` is missing
              2 | [source.b]
                |         ^
              = add database = "gsj"
            …/departments/a.toml:2:9: [TJ-C005] the required key `user` is missing
              2 | [source.b]
                |         ^
              = add user = "reader"
            …/departments/a.toml:4:1: [TJ-C005] the required key `fields` is missing
              4 | [[source.b.stream]]
                | ^^^^^^^^^^^^^^^^^^^
              = add fields = { name = "QYMC" }
            …/departments/a.toml:4:1: [TJ-C005] the required key `name` is missing
              4 | [[source.b.stream]]
                | ^^^^^^^^^^^^^^^^^^^
              = add name = "public.T_QYJBXX"
            …/departments/a.toml:4:1: [TJ-C005] the required key `kind` is missing
              4 | [[source.b.stream]]
                | ^^^^^^^^^^^^^^^^^^^
              = add kind = "registration"
            …/departments/a.toml:4:1: [TJ-C005] the required key `cursor` is missing
              4 | [[source.b.stream]]
                | ^^^^^^^^^^^^^^^^^^^
              = add cursor = "GXSJ"
            …/ontology/a.toml:1:7: [TJ-C005] the required key `share` is missing
              1 | [kind.penalty]
                |       ^^^^^^^
              = add share = "conditional"
            …/ontology/a.toml:1:7: [TJ-C005] the required key `field` is missing
              1 | [kind.penalty]
                |       ^^^^^^^
              = add [kind.penalty.field.name]
            …/ontology/a.toml:1:7: [TJ-C005] the required key `plural` is missing
              1 | [kind.penalty]
                |       ^^^^^^^
              = add plural = "penalties"
            …/ontology/a.toml:1:7: [TJ-C005] the required key `label_zh` is missing
              1 | [kind.penalty]
                |       ^^^^^^^
              = add label_zh = "行政处罚"
            …/ontology/a.toml:1:7: [TJ-C005] the required key `label_en` is missing
              1 | [kind.penalty]
                |       ^^^^^^^
              = add label_en = "Penalty"
            …/ontology/a.toml:2:9: [TJ-C005] the required key `plural` is missing
              2 | [entity.subject.field.name]
                |         ^^^^^^^
              = add plural = "subjects"
            …/ontology/a.toml:2:9: [TJ-C005] the required key `label_zh` is missing
              2 | [entity.subject.field.name]
                |         ^^^^^^^
              = add label_zh = "市场主体"
            …/ontology/a.toml:2:9: [TJ-C005] the required key `label_en` is missing
              2 | [entity.subject.field.name]
                |         ^^^^^^^
              = add label_en = "Market subject"
            …/ontology/a.toml:2:23: [TJ-C005] the required key `type` is missing
              2 | [entity.subject.field.name]
                |                       ^^^^
              = add type = "text"
            …/ontology/a.toml:2:23: [TJ-C005] the required key `label_zh` is missing
              2 | [entity.subject.field.name]
                |                       ^^^^
              = add label_zh = "名称"
            …/ontology/a.toml:2:23: [TJ-C005] the required key `label_en` is missing
              2 | [entity.subject.field.name]
                |                       ^^^^
              = add label_en = "Name"
            …/ontology/a.toml:2:23: [TJ-C005] the required key `from` is missing
              2 | [entity.subject.field.name]
                |                       ^^^^
              = add from = ["registration.name"]"#]],
    );
}

#[test]
fn the_audit_trail_is_never_the_store() {
    check(
        "--- tongjian.toml
[hub]
store = \"sqlite:hub.db\"
audit = \"hub.db\"
",
        expect![[r#"
            …/tongjian.toml:3:9: [TJ-C048] the audit trail and the store are the same file
              3 | audit = "hub.db"
                |         ^^^^^^^^
              = give `hub.audit` a file of its own, as "audit.db""#]],
    );
}

#[test]
fn a_stream_stands_once_in_its_source() {
    check(
        "--- departments/d.toml
[department]
id = \"d\"
name_zh = \"某局\"
name_en = \"Some bureau\"

[source.s]
engine = \"sqlite\"
path = \"s.db\"

[[source.s.stream]]
name = \"t\"
kind = \"k\"
key = [\"a\"]
[source.s.stream.fields]
x = \"x\"

[[source.s.stream]]
name = \"t\"
kind = \"k\"
key = [\"b\"]
[source.s.stream.fields]
x = \"x\"
",
        expect![[r#"
            …/departments/d.toml:17:1: [TJ-C007] `s/t` is defined twice, first at …/departments/d.toml:10:1
              17 | [[source.s.stream]]
                 | ^^^^^^^^^^^^^^^^^^^
              = keep one of them, delete or rename the other
            …/tongjian.toml:1:1: [TJ-C024] the configuration directory `…` has no tongjian.toml
              = run tongjian init there, or name the directory with --config"#]],
    );
}

#[test]
fn what_stands_twice() {
    check(
        "--- tongjian.toml
server.listen = \"127.0.0.1:80\"
--- ontology/a.toml
[entity.subject]
plural = \"subjects\"
label_zh = \"市场主体\"
label_en = \"Market subject\"
--- ontology/b.toml
[entity.subject]
plural = \"subjects\"
label_zh = \"市场主体\"
label_en = \"Market subject\"
--- ontology/c.toml
[entity.person]
plural = \"persons\"
plural = \"people\"
",
        expect![[r#"
            …/ontology/b.toml:1:9: [TJ-C007] `subject` is defined twice, first at …/ontology/a.toml:1:9
              1 | [entity.subject]
                |         ^^^^^^^
              = keep one of them, delete or rename the other
            …/ontology/c.toml:3:1: [TJ-C033] `plural` stands twice in one table
              3 | plural = "people"
                | ^^^^^^
              = keep one of them, delete or rename the other"#]],
    );
}

#[test]
fn what_is_not_toml() {
    check(
        "--- tongjian.toml
[hub
zone = 'Asia/Shanghai
--- ontology/a.toml
label_zh = 市场主体
x = [1, 2
",
        expect![[r#"
            …/ontology/a.toml:1:12: [TJ-C009] this is not TOML: string values must be quoted, expected literal string
              1 | label_zh = 市场主体
                |            ^^^^^^^^
              = look at quotes, brackets and equals signs around this line
            …/ontology/a.toml:2:10: [TJ-C009] this is not TOML: unclosed array, expected `]`
              2 | x = [1, 2
                |          ^
              = look at quotes, brackets and equals signs around this line
            …/tongjian.toml:1:5: [TJ-C009] this is not TOML: unclosed table, expected `]`
              1 | [hub
                |     ^
              = look at quotes, brackets and equals signs around this line"#]],
    );
}

#[test]
fn secrets_in_the_open() {
    check(
        "--- tongjian.toml
[hub]
store = \"postgres://hub:s3cret@db/tongjian\"
--- departments/a.toml
department = { id = \"a\", name_zh = \"甲\", name_en = \"A\" }
[source.a]
engine = \"postgres\"
host = \"h\"
database = \"d\"
user = \"u\"
password = \"s3cret\"
[source.b]
engine = \"mysql\"
host = \"h\"
database = \"d\"
user = \"u\"
password = { env = \"NOT_SET\", file = \"x\" }
[source.c]
engine = \"mysql\"
host = \"h\"
database = \"d\"
user = \"u\"
password = { vault = \"x\" }
",
        expect![[r#"
            …/departments/a.toml:7:1: [TJ-C017] a secret stands in the configuration itself: refused
              = refer to it, as password = { file = "/run/credentials/source-a-password" } or { env = "SOURCE_A_PASSWORD" }; if it must stand here, set allow_inline_secrets = true in [ingest]
            …/departments/a.toml:13:1: [TJ-C028] the environment variable NOT_SET is not set, but the configuration refers to it
            …/departments/a.toml:13:1: [TJ-C021] give one of file, env, credential, not several
            …/departments/a.toml:19:1: [TJ-C022] one of file, env, credential must be given
            …/departments/a.toml:19:14: [TJ-C001] unknown key `vault`
              = the keys that may stand here: file, credential, env
            …/tongjian.toml:2:1: [TJ-C029] the address contains a password: refused
              = take the password out of the address and give store_password = { file = … } or { env = … }"#]],
    );
}

#[test]
fn keys_of_other_engines() {
    check(
        "--- tongjian.toml
--- departments/a.toml
department = { id = \"A\", name_zh = \"甲\", name_en = \"A\" }
[source.a]
engine = \"sqlite\"
path = \"a.db\"
host = \"h\"
[source.b]
engine = \"postgress\"
host = \"h\"
[source.c]
engine = \"file\"
folder = \"f\"
delimiter = \"ab\"
hours = [\"6-8\", \"22:00-06:00\"]
[[source.c.stream]]
name = \"a..b\"
kind = \"penalty\"
fields = { Name = \"x\", a = {}, b = { column = \"b\", constant = 1 }, c = 3, d = { columns = [] }, e = { column = \"e\", on_invalid = \"drop\" } }
",
        expect![[r#"
            …/departments/a.toml:1:21: [TJ-C019] `A` is not an id: a lower-case letter, then lower-case letters, digits and underscores
              1 | department = { id = "A", name_zh = "甲", name_en = "A" }
                |                     ^^^
            …/departments/a.toml:5:1: [TJ-C023] `host` is for postgres, mysql, mssql only, here it is sqlite
              5 | host = "h"
                | ^^^^
            …/departments/a.toml:7:10: [TJ-C011] `postgress` is not one of postgres, mysql, mssql, sqlite, file
              7 | engine = "postgress"
                |          ^^^^^^^^^^^
              = did you mean `postgres`?
            …/departments/a.toml:12:13: [TJ-C020] `ab` cannot be read, write it as "," | ";" | "\t" | "|"
              12 | delimiter = "ab"
                 |             ^^^^
            …/departments/a.toml:13:9: [TJ-C020] `6-8` cannot be read, write it as 22:00-06:00
              13 | hours = ["6-8", "22:00-06:00"]
                 |         ^^^^^^^^^^^^^^^^^^^^^^
            …/departments/a.toml:15:8: [TJ-C020] `a..b` cannot be read, write it as public.T_QYJBXX
              15 | name = "a..b"
                 |        ^^^^^^
              = a name has one to three parts between points, none empty; of files it is the name or pattern (as penalty-*.csv), never a path: the folder stands in `folder`
            …/departments/a.toml:17:12: [TJ-C019] `Name` is not an id: a lower-case letter, then lower-case letters, digits and underscores
              17 | fields = { Name = "x", a = {}, b = { column = "b", constant = 1 }, c = 3, d = { columns = [] }, e = { column = "e", on_invalid = "drop" } }
                 |            ^^^^
            …/departments/a.toml:17:24: [TJ-C022] one of column, columns, constant must be given
              17 | fields = { Name = "x", a = {}, b = { column = "b", constant = 1 }, c = 3, d = { columns = [] }, e = { column = "e", on_invalid = "drop" } }
                 |                        ^
            …/departments/a.toml:17:32: [TJ-C021] give one of column, columns, constant, not several
              17 | fields = { Name = "x", a = {}, b = { column = "b", constant = 1 }, c = 3, d = { columns = [] }, e = { column = "e", on_invalid = "drop" } }
                 |                                ^
            …/departments/a.toml:17:72: [TJ-C004] wrong type: "QYMC" | { column = "QYMC" } is expected here, this is 123
              17 | fields = { Name = "x", a = {}, b = { column = "b", constant = 1 }, c = 3, d = { columns = [] }, e = { column = "e", on_invalid = "drop" } }
                 |                                                                        ^
            …/departments/a.toml:17:81: [TJ-C027] `columns` may not be empty
              17 | fields = { Name = "x", a = {}, b = { column = "b", constant = 1 }, c = 3, d = { columns = [] }, e = { column = "e", on_invalid = "drop" } }
                 |                                                                                 ^^^^^^^
            …/departments/a.toml:17:130: [TJ-C011] `drop` is not one of dead_letter, null, keep
              17 | fields = { Name = "x", a = {}, b = { column = "b", constant = 1 }, c = 3, d = { columns = [] }, e = { column = "e", on_invalid = "drop" } }
                 |                                                                                                                                  ^^^^^^
              = write one of the values that are allowed, as `dead_letter`"#]],
    );
}

#[test]
fn keys_of_the_other_store() {
    check(
        "--- tongjian.toml
[hub]
store = \"sqlite:hub.db\"
store_max_connections = 4
store_password = { file = \"x\" }
",
        expect![[r#"
            …/tongjian.toml:3:1: [TJ-C023] `store_max_connections` is for postgres only, here it is sqlite
              3 | store_max_connections = 4
                | ^^^^^^^^^^^^^^^^^^^^^
            …/tongjian.toml:4:1: [TJ-C023] `store_password` is for postgres only, here it is sqlite"#]],
    );
}
