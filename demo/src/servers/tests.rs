//! The private server runs, forgets nothing over a kill, and is gone with its owner.

use std::path::Path;

use super::{Mariadb, MariadbOptions, Options, Postgres};

#[test]
fn a_server_lives_as_long_as_its_owner() {
    if !Postgres::is_installed() {
        eprintln!("skipped: PostgreSQL's programs are not installed");
        return;
    }
    let mut server = Postgres::start(Options { fsync: true, ..Options::default() }).unwrap();
    let folder = server.socket_folder().to_owned();
    server.psql("postgres", "CREATE TABLE t (a int); INSERT INTO t VALUES (7)").unwrap();
    let error = server.psql("postgres", "SELECT nonsense").unwrap_err().to_string();
    assert!(error.contains("nonsense"), "{error}");

    server.kill().unwrap();
    assert!(server.psql("postgres", "SELECT 1").is_err());
    server.restart().unwrap();
    assert_eq!(server.psql("postgres", "SELECT a FROM t").unwrap(), "7\n");

    let main = std::fs::read_to_string(folder.join("data/postmaster.pid")).unwrap();
    let main = main.lines().next().unwrap().to_owned();
    drop(server);
    assert!(!folder.exists(), "{} is still there", folder.display());
    assert!(!Path::new("/proc").join(&main).exists(), "process {main} is still there");
}

#[test]
fn a_mariadb_lives_as_long_as_its_owner() {
    if !Mariadb::is_installed() {
        eprintln!("skipped: MariaDB's programs are not installed");
        return;
    }
    let mut server = Mariadb::start(MariadbOptions { fsync: true, ..MariadbOptions::default() }).unwrap();
    let folder = server.folder().to_owned();
    server.sql("", "CREATE DATABASE d; CREATE TABLE d.t (a int); INSERT INTO d.t VALUES (7)").unwrap();
    let error = server.sql("d", "SELECT nonsense").unwrap_err().to_string();
    assert!(error.contains("nonsense"), "{error}");

    server.kill();
    assert!(server.sql("", "SELECT 1").is_err());
    server.restart().unwrap();
    assert_eq!(server.sql("d", "SELECT a FROM t").unwrap(), "7\n");

    let main = std::fs::read_to_string(folder.join("pid")).unwrap().trim().to_owned();
    drop(server);
    assert!(!folder.exists(), "{} is still there", folder.display());
    assert!(!Path::new("/proc").join(&main).exists(), "process {main} is still there");
}
