//! Problems that lie outside the tables: overrides, files, and what others find.

use expect_test::expect;
use messages::{Lang, Message, Problem};

use super::{examples, load, shown, write};
use crate::Overrides;

#[test]
fn overrides_that_lead_nowhere() {
    let overrides = Overrides {
        environment: [
            ("TONGJIAN__SERVER__LISTN", "1"),
            ("TONGJIAN__SERVER", "1"),
            ("TONGJIAN__SERVER__LIMITS__DEPTH", "deep"),
            ("TONGJIAN__SOURCE__NOBODY__HOST", "h"),
            ("TONGJIAN__SOURCE__REGISTRY__STREAM__9__MODE", "diff"),
            ("TONGJIAN__SOURCE__REGISTRY__PASSWORD", "s3cret"),
            ("TONGJIAN__", "1"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into(),
        flags: vec!["server".to_owned(), "server.limits=1".to_owned()],
    };
    let problems = load(&examples(), &overrides).unwrap_err();
    expect![[r#"
        $TONGJIAN__:1:1: [TJ-C026] the environment variable TONGJIAN__ names ``, which does not exist or is not a single value: it cannot be overridden
          = the environment goes before the files: correct the variable or unset it
        $TONGJIAN__SERVER:1:1: [TJ-C026] the environment variable TONGJIAN__SERVER names `server`, which does not exist or is not a single value: it cannot be overridden
          = the environment goes before the files: correct the variable or unset it
        $TONGJIAN__SERVER__LIMITS__DEPTH:1:1: [TJ-C004] wrong type: 123 is expected here, this is "…"
        $TONGJIAN__SERVER__LISTN:1:1: [TJ-C001] unknown key `listn`
          = did you mean `listen`?
        $TONGJIAN__SOURCE__NOBODY__HOST:1:1: [TJ-C026] the environment variable TONGJIAN__SOURCE__NOBODY__HOST names `source.nobody.host`, which does not exist or is not a single value: it cannot be overridden
          = the environment goes before the files: correct the variable or unset it
        $TONGJIAN__SOURCE__REGISTRY__PASSWORD:1:1: [TJ-C026] the environment variable TONGJIAN__SOURCE__REGISTRY__PASSWORD names `source.registry.password`, which does not exist or is not a single value: it cannot be overridden
          = the environment goes before the files: correct the variable or unset it
        $TONGJIAN__SOURCE__REGISTRY__STREAM__9__MODE:1:1: [TJ-C026] the environment variable TONGJIAN__SOURCE__REGISTRY__STREAM__9__MODE names `source.registry.stream.9.mode`, which does not exist or is not a single value: it cannot be overridden
          = the environment goes before the files: correct the variable or unset it
        --set:1:1: [TJ-C032] write it as server=value, as server.listen=0.0.0.0:8080
        --set server.limits:1:1: [TJ-C031] the flag --set server.limits names `server.limits`, which does not exist or is not a single value"#]].assert_eq(&problems);
}

#[test]
fn files_that_cannot_be_read() {
    let dir = tempfile::tempdir().unwrap();
    let no_main = crate::load_with(dir.path(), &Overrides::default()).unwrap_err();
    expect![[r#"
        …/tongjian.toml:1:1: [TJ-C024] the configuration directory `…` has no tongjian.toml
          = run tongjian init there, or name the directory with --config"#]]
    .assert_eq(&shown(&no_main, dir.path()));

    write(dir.path(), "--- tongjian.toml\n[include]\npaths = [\"none.toml\"]\n--- codes/gbk.toml\n");
    std::fs::write(dir.path().join("codes/gbk.toml"), b"[list.a]\nlabel_zh = \"\xbe\xaf\xb8\xe6\"\n")
        .unwrap();
    let problems = crate::load_with(dir.path(), &Overrides::default()).unwrap_err();
    expect![[r#"
        …/codes/gbk.toml:2:13: [TJ-C015] the file `…/codes/gbk.toml` is not UTF-8 text (from byte 22 on)
          2 | label_zh = "
            |             ^
          = save it in UTF-8
        …/none.toml:1:1: [TJ-C013] cannot read the file `…/none.toml`: No such file or directory (os error 2)
          = see whether the path exists and may be read"#]]
    .assert_eq(&shown(&problems, dir.path()));
}

#[test]
fn both_languages() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "--- tongjian.toml\n[server]\n# 监听\nlisten = \"8080\"\n");
    let problems = crate::load_with(dir.path(), &Overrides::default()).unwrap_err();
    let text = problems[0].render(Lang::Zh).replace(&dir.path().display().to_string(), "…");
    expect![[r#"
        …/tongjian.toml:3:10: [TJ-C020] “8080”看不懂，应写成 127.0.0.1:8080
          3 | listen = "8080"
            |          ^^^^^^"#]]
    .assert_eq(&text);
}

#[test]
fn what_others_find_has_its_line() {
    let config = load(&examples(), &Overrides::default()).unwrap();
    let problem =
        Problem::new("source.registry.stream[0].fields.until.unit", Message::new("TJ-C027").with("key", "x"));
    let text = shown(&[config.located(problem)], &config.dir);
    expect![[r#"
        …/departments/example.toml:46:1: [TJ-C027] `x` may not be empty
          46 | until = { column = "YYQX_Z", format = "%Y年%m月%d日", zone = "Asia/Shanghai", open_ended = ["永久"] }
             | ^^^^^"#]].assert_eq(&text);
}
