//! Problems that lie outside the tables: overrides, files, and what others find.

use expect_test::expect;
use messages::{Lang, Message, Problem};

use super::{examples, load, shown, write};
use crate::Overrides;

#[test]
fn an_interval_is_a_year_at_most() {
    let of = |seconds: &str| Overrides {
        flags: vec![format!("ingest.interval_seconds={seconds}")],
        ..Overrides::default()
    };
    assert!(load(&examples(), &of("31622400")).is_ok());
    for seconds in ["31622401", "9223372036854775807", "0"] {
        let problems = load(&examples(), &of(seconds)).unwrap_err();
        assert!(problems.contains("TJ-C012") && problems.contains("31622400"), "{problems}");
    }
}

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

/// Problems of a directory with something in it that is no file of ours, as `path code`.
#[cfg(unix)]
fn with(put: impl FnOnce(&std::path::Path)) -> Vec<String> {
    let around = tempfile::tempdir().unwrap();
    let dir = around.path().join("etc");
    write(&dir, "--- tongjian.toml\n--- codes/a.toml\n--- ontology/a.toml\n--- departments/a.toml\n");
    std::fs::write(around.path().join("shadow"), "root:$6$canary:1:\n").unwrap();
    std::fs::create_dir(around.path().join("kinds")).unwrap();
    put(&dir);
    let problems = crate::load_with(&dir, &Overrides::default()).err().unwrap_or_default();
    let text = shown(&problems, &dir);
    assert!(!text.contains("canary"), "{text}");
    let name = |problem: &crate::LocatedProblem| {
        problem.location.file.strip_prefix(&dir).map(|path| path.display().to_string())
    };
    problems
        .iter()
        .map(|one| format!("{} {}", name(one).unwrap_or_default(), one.problem.message.code))
        .collect()
}

#[cfg(unix)]
#[test]
fn what_is_no_file_of_ours_is_not_read() {
    use std::os::unix::fs::symlink;
    let include = |paths: &str| format!("[include]\npaths = [\"{paths}\"]\n");
    assert_eq!(with(|_| {}), [""; 0]);
    // A pipe: whoever opened it would wait for ever.
    let pipe = |dir: &std::path::Path| {
        let made = std::process::Command::new("mkfifo").arg(dir.join("codes/pipe.toml")).status();
        assert!(made.unwrap().success());
    };
    assert_eq!(with(pipe), ["codes/pipe.toml TJ-C036"]);
    assert_eq!(
        with(|dir| symlink("/dev/zero", dir.join("codes/zero.toml")).unwrap()),
        ["codes/zero.toml TJ-C043"]
    );
    assert_eq!(with(|dir| symlink(".", dir.join("codes/again")).unwrap()), ["codes/again TJ-C039"]);
    assert_eq!(with(|dir| symlink("../ontology", dir.join("codes/more")).unwrap()), ["codes/more TJ-C039"]);
    // Inside, files may be linked, also from hidden folders.
    let inside = |dir: &std::path::Path| {
        write(dir, "--- .data/b.toml\n[list]\n");
        symlink("../.data/b.toml", dir.join("codes/b.toml")).unwrap();
        symlink("../.data", dir.join("codes/.more")).unwrap();
    };
    assert_eq!(with(inside), [""; 0]);
    // Files elsewhere are not read, however they are named; nor are their lines shown.
    for paths in ["../shadow", "../kinds", "/dev/zero", ".."] {
        let found = with(|dir| std::fs::write(dir.join("tongjian.toml"), include(paths)).unwrap());
        assert_eq!(found, ["tongjian.toml TJ-C043"], "{paths}");
    }
    assert_eq!(
        with(|dir| symlink("../../shadow", dir.join("codes/b.toml")).unwrap()),
        ["codes/b.toml TJ-C043"]
    );
}

#[test]
fn large_files_and_long_lines_are_told_briefly() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "--- tongjian.toml\n--- codes/sparse.toml\n--- codes/line.toml\n");
    let sparse = std::fs::File::create(dir.path().join("codes/sparse.toml")).unwrap();
    sparse.set_len(2 << 30).unwrap();
    let line = format!("{} = 1, {} = 2\n", "a".repeat(3 << 20), "b".repeat(3 << 20));
    std::fs::write(dir.path().join("codes/line.toml"), line).unwrap();
    let key = format!("{} = 1\n", "c".repeat(3 << 20));
    std::fs::write(dir.path().join("codes/key.toml"), key).unwrap();
    let many: String = (0..100_000).map(|n| format!("k{n} = 1\n")).collect();
    std::fs::write(dir.path().join("codes/many.toml"), many).unwrap();
    let problems = crate::load_with(dir.path(), &Overrides::default()).unwrap_err();
    let of = |name: &str| problems.iter().filter(|one| one.location.file.ends_with(name)).count();
    assert_eq!((of("codes/sparse.toml"), of("codes/line.toml"), of("codes/key.toml")), (1, 1, 1));
    assert!(problems.len() <= 510, "{}", problems.len());
    for problem in &problems {
        assert!(problem.render(Lang::Zh).len() < 8_000, "{}", problem.problem.message.code);
    }
}
