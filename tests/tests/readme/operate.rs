//! The commands of docs/operate.md, in a folder of their own instead of `/`, by whoever runs the tests.

use std::process::Command;

use super::{blocks, document, free_port};

/// Words that only count on a machine with systemd and a user of the hub's own, and what is said here instead.
const HERE: [(&str, &str); 4] = [
    ("sudo systemctl stop tongjian", "kill $(jobs -p) && wait"),
    ("sudo -u tongjian ", ""),
    ("sudo ", ""),
    (" -o tongjian -g tongjian", ""),
];

#[test]
fn the_hub_is_installed_backed_up_and_restored_as_the_document_says() {
    let text = std::fs::read_to_string(document("docs/operate.md")).expect("a document");
    let folder = tempfile::tempdir().expect("a folder");
    let here = |path: &str| folder.path().join(path).display().to_string();
    let mut replaced = vec![
        ("127.0.0.1:8080", format!("127.0.0.1:{}", free_port())),
        ("127.0.0.1:8081", format!("127.0.0.1:{}", free_port())),
        ("/etc/tongjian", here("etc/tongjian")),
        ("/var/lib/tongjian", here("var/lib/tongjian")),
        ("/var/backups/tongjian", here("var/backups/tongjian")),
    ];
    replaced.extend(HERE.map(|(words, here)| (words, here.to_owned())));
    blocks::run(&text, folder.path(), &replaced);
}

#[test]
fn the_unit_is_one() {
    let unit = document("deploy/tongjian.service");
    let text = std::fs::read_to_string(&unit).expect("the unit");
    for needed in [
        "User=tongjian",
        "StateDirectory=tongjian",
        "ExecStart=/usr/local/bin/tongjian --config /etc/tongjian serve",
    ] {
        assert!(text.contains(needed), "{needed}");
    }
    // Judged by systemd itself, where there is one; the program is not installed here, and that alone is not its fault.
    let Ok(judged) = Command::new("systemd-analyze").arg("verify").arg(&unit).output() else { return };
    let said = String::from_utf8_lossy(&judged.stderr).into_owned();
    let faults: Vec<&str> = said
        .lines()
        .filter(|line| line.contains("tongjian.service") && !line.contains("is not executable"))
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
