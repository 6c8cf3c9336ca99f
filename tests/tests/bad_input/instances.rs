//! Two instances on one store; a store whose disk is full.

use std::path::{Path, PathBuf};
use std::process::Command;

use tests::bench::{Bench, rows, store_on, table};
use tests::{postgres, shown};

fn second_is_refused(bench: &Bench, names_the_process: bool) {
    let mut first = bench.start(&["serve", "--quiet"]);
    first.line("http://");
    let second = bench.tongjian(&["pull", "--quiet"]);
    let said = shown(&second);
    assert!(matches!(second.status.code(), Some(75)), "{said}");
    assert!(said.contains("in use"), "{said}");
    if names_the_process {
        assert!(said.contains(&format!("process {} ", first.pid())), "{} is not named: {said}", first.pid());
    }
    // Reading beside it is no harm.
    let status = bench.tongjian(&["status"]);
    assert!(status.status.success(), "{}", shown(&status));
    assert!(first.is_running());
    // Killed, the lock is gone with it.
    first.kill();
    assert!(first.ends_within(tests::process::PATIENCE));
    let mut code = None;
    for _ in 0..50 {
        // A server takes a moment to notice that its client is gone.
        code = bench.tongjian(&["pull", "--quiet"]).status.code();
        if code == Some(0) {
            return;
        }
    }
    panic!("the lock outlives its process: {code:?}");
}

#[test]
fn a_second_instance_is_refused_and_told_who_is_first() {
    second_is_refused(&Bench::new(), true);
}

#[test]
fn a_second_instance_on_a_postgresql_store_is_refused() {
    let bench = Bench::new();
    store_on(&bench.config, postgres(), "store_twice");
    second_is_refused(&bench, true);
}

/// A small medium of memory, unmounted when dropped. `None` where that is not allowed.
struct Medium(PathBuf);

impl Medium {
    fn mount(folder: &Path, size: &str) -> Option<Medium> {
        std::fs::create_dir_all(folder).ok()?;
        let options = format!("size={size}");
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(folder).output().ok()?;
        mounted.status.success().then(|| Medium(folder.to_owned()))
    }

    fn grow(&self, size: &str) {
        let options = format!("remount,size={size}");
        let grown = Command::new("mount").args(["-o", &options]).arg(&self.0).output().expect("mount runs");
        assert!(grown.status.success(), "{}", shown(&grown));
    }
}

impl Drop for Medium {
    fn drop(&mut self) {
        // What else could be done about it?
        let _ = Command::new("umount").arg("-l").arg(&self.0).output();
    }
}

/// Who is asked whether it is ready says no while nothing can be answered, with the reason, and yes once it can.
#[test]
fn a_full_disk_of_the_audit_trail_is_not_ready() {
    let bench = Bench::new();
    let Some(medium) = Medium::mount(&bench.folder.path().join("medium"), "1m") else {
        eprintln!("skipped: no file system of memory may be mounted here");
        return;
    };
    assert_eq!(bench.pull(&[]).code, 0);
    let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port");
    let audit = format!("hub.audit={}", medium.0.join("audit.db").display());
    let admin = format!("server.admin_listen={port}");
    let mut serve = bench.start(&["serve", "--quiet", "--set", &audit, "--set", &admin]);
    let request = b"GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let ready = || tests::http::raw(&port.to_string(), request);
    let mut until = |status: u16| loop {
        assert!(serve.is_running(), "the hub ended");
        match ready() {
            Ok(answer) if answer.status == status => return answer.json(),
            Ok(_) | Err(_) => std::thread::yield_now(),
        }
    };
    assert_eq!(until(200), serde_json::json!({ "audit": "ok", "store": "ok" }));
    std::fs::write(medium.0.join("filler"), vec![1; 1 << 20]).expect_err("it does not fit");
    let told = until(503);
    assert_eq!((&told["audit"], &told["store"]), (&"failed".into(), &"ok".into()), "{told}");
    let reason = &told["reasons"][0];
    assert!(
        reason["id"] == "TJ-Q053" && reason["en"].as_str().is_some_and(|text| text.contains("full")),
        "{told}"
    );
    assert!(reason["zh"].as_str().is_some_and(|text| text.contains("审计记录写不进去")), "{told}");
    medium.grow("20m");
    assert_eq!(until(200)["audit"], "ok");
}

#[test]
fn a_full_disk_is_told_nothing_is_lost_and_it_goes_on() {
    let bench = Bench::new();
    let Some(medium) = Medium::mount(&bench.folder.path().join("medium"), "4m") else {
        eprintln!("skipped: no file system of memory may be mounted here");
        return;
    };
    bench.sqlite("bad.db", &format!("{}{}", table("facts"), rows("facts", 1, 12_000)));
    bench.sqlite("bad.db", "UPDATE facts SET note = printf('%.*c', 500, 'x') || id;");
    bench.sqlite_source("bad", "bad.db");
    let store = format!("hub.store=sqlite:{}", medium.0.join("tongjian.db").display());
    let pulled = bench.pull(&["--set", &store]);
    assert_eq!(pulled.code, 1, "{pulled:#?}");
    let bad = pulled.stream("bad");
    assert_ne!(bad["state"], "idle", "{pulled:#?}");
    assert!(bad["message"].as_str().is_some_and(|text| text.contains("full")), "{pulled:#?}");
    // What is there can be read.
    let status = bench.tongjian(&["status", "--set", &store]);
    assert!(status.status.success(), "{}", shown(&status));
    medium.grow("200m");
    let pulled = bench.pull(&["--set", &store]);
    assert_eq!(pulled.code, 0, "{pulled:#?}");
    let dump = bench.tongjian(&["dump", "--set", &store]);
    let elsewhere = bench.pull(&[]);
    assert_eq!(elsewhere.code, 0, "{elsewhere:#?}");
    assert_eq!(String::from_utf8_lossy(&dump.stdout), bench.dump());
}
