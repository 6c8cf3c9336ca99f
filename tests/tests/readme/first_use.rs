//! The first ten minutes: the demonstration twice, with something of one's own in between.

use std::path::Path;
use std::process::{Command, Output};

use tests::{binary, shown};

fn demo(dir: &Path, words: &[&str]) -> Output {
    Command::new(binary("demo")).args(words).arg("--dir").arg(dir).output().expect("the demonstration runs")
}

#[test]
fn a_second_demonstration_keeps_what_is_yours_and_refuses_another_zone() {
    let folder = tempfile::tempdir().expect("a folder");
    let dir = folder.path().join("it");
    let first = demo(&dir, &["--subjects", "300", "--exit"]);
    assert!(first.status.success(), "{}", shown(&first));
    let court = dir.join("config/departments/court.toml");
    let changed = std::fs::read_to_string(&court).expect("a department").replace("人民法院", "我的法院");
    std::fs::write(&court, &changed).expect("written");

    // Without words: the zone that is there.
    let second = demo(&dir, &["--exit"]);
    assert!(second.status.success(), "{}", shown(&second));
    assert!(shown(&second).contains("court.toml"), "{}", shown(&second));
    assert_eq!(std::fs::read_to_string(&court).expect("still there"), changed);
    for other in [&["--subjects", "200", "--exit"][..], &["--seed", "9", "--exit"]] {
        let refused = demo(&dir, other);
        assert_eq!(refused.status.code(), Some(2), "{}", shown(&refused));
        assert!(shown(&refused).contains("--dir"), "{}", shown(&refused));
    }
    let same = demo(&dir, &["--subjects", "300", "--seed", "1", "--exit"]);
    assert!(same.status.success(), "{}", shown(&same));
    use std::os::unix::fs::PermissionsExt as _;
    let key = std::fs::metadata(dir.join("config/person.key")).expect("a key");
    assert_eq!(key.permissions().mode() & 0o777, 0o600);
}

#[test]
fn nobody_reading_on_is_no_reason_to_panic() {
    for (program, words) in [("tongjian", "completions bash"), ("demo", "hazards"), ("tongjian", "--help")] {
        let line = format!(
            "'{}' {words} | head -c 1 > /dev/null; echo ${{PIPESTATUS[0]}}",
            binary(program).display()
        );
        let output = Command::new("bash").args(["-c", &line]).output().expect("bash runs");
        let status = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(status.trim(), "0", "{program} {words}: {}", shown(&output));
    }
}
