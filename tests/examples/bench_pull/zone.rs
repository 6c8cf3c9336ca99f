//! A whole zone from its twenty-two departments; one of them that hangs; five million rows.

use std::net::TcpListener;
use std::process::Stdio;
use std::time::{Duration, Instant};

use demo::servers::{Options, Postgres};
use demo::world::{SCALE_ONE, World};
use tests::Zone;

use crate::cost::{cost, line, median, say};
use crate::tongjian;

/// The zone at scale 1: all streams, beside the sum over its streams at the rate of the registry alone.
pub(crate) fn whole(rounds: usize, servers: bool) {
    let server = servers.then(|| Postgres::start(Options::default()).expect("PostgreSQL is installed"));
    eprintln!("making the zone at scale 1 …");
    let zone = Zone::make(&World::new(1, SCALE_ONE), 1, server.as_ref());
    let rows = |name: Option<&str>| -> f64 {
        let of = zone.truth.streams.iter().filter(|stream| name.is_none_or(|name| stream.stream == name));
        of.map(|stream| stream.received as f64).sum()
    };
    let alone = median(rounds, || {
        zone.forget();
        cost(&mut tongjian(&zone, &["pull", "--quiet", "--source", "registry", "--stream", "t_ztjbxx"]))
    });
    let place = if servers { "on servers" } else { "embedded" };
    line(&format!("registry alone, {place}"), alone, rows(Some("t_ztjbxx")), None);
    let all = median(rounds, || {
        zone.forget();
        cost(&mut tongjian(&zone, &["pull", "--quiet"]))
    });
    line(&format!("the zone's 22 sources, {place}"), all, rows(None), None);
    let sum = alone.wall.as_secs_f64() * rows(None) / rows(Some("t_ztjbxx"));
    say(&format!(
        "  = {:.2} × the sum over its streams at the registry's rate",
        all.wall.as_secs_f64() / sum
    ));
    let again = median(rounds, || cost(&mut tongjian(&zone, &["pull", "--quiet"])));
    line(&format!("compared again, {place}"), again, rows(None), None);
}

/// One more source, which takes a connection and never answers.
pub(crate) fn hung() {
    eprintln!("making the zone at scale 1 …");
    let zone = &Zone::make(&World::new(1, SCALE_ONE), 1, None);
    let undisturbed = others_ended(zone);
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    std::fs::write(zone.config.join("hung.password"), "secret").expect("written");
    let department = format!(
        "[department]\nid = \"hung\"\nname_zh = \"不答\"\nname_en = \"Hung\"\n\n[source.hung]\nengine = \"postgres\"\n\
         host = \"127.0.0.1\"\nport = {port}\ndatabase = \"d\"\nuser = \"u\"\npassword = {{ file = \"hung.password\" }}\n\
         tls = {{ mode = \"disable\" }}\nconnect_seconds = 300\nread_seconds = 300\n\n[[source.hung.stream]]\n\
         name = \"t\"\nkind = \"complaint\"\nkey = [\"id\"]\n\n[source.hung.stream.fields]\nnumber = \"id\"\n\
         received_on = \"day\"\ncontent = \"text\"\n"
    );
    let file = zone.config.join("departments/hung.toml");
    std::fs::write(&file, department).expect("written");
    let disturbed = others_ended(zone);
    std::fs::remove_file(&file).expect("removed");
    say(&format!(
        "one source hung: the others end after {disturbed:.2} s instead of {undisturbed:.2} s, {:.2} ×",
        disturbed / undisturbed
    ));
}

/// Seconds until every source but the hung one is read.
#[expect(clippy::disallowed_methods, reason = "a bench compares with what the program wrote down")]
fn others_ended(zone: &Zone) -> f64 {
    zone.forget();
    let begun = jiff::Timestamp::now();
    let started = Instant::now();
    let mut pull = tongjian(zone, &["pull", "--quiet"]).stderr(Stdio::null()).spawn().expect("it runs");
    let mut last = None;
    while started.elapsed() < Duration::from_secs(900) && last.is_none() {
        let ended = pull.try_wait().expect("its state").is_some();
        std::thread::sleep(Duration::from_secs(2));
        last = ends(zone, ended);
    }
    let _ = pull.kill();
    let _ = pull.wait();
    let last = last.expect("the others end");
    last.duration_since(begun).as_secs_f64()
}

/// When the last of the others ended, if all have.
fn ends(zone: &Zone, must: bool) -> Option<jiff::Timestamp> {
    let output = zone.tongjian(&["status", "--output", "json"]);
    assert!(!must || output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let status: serde_json::Value = serde_json::from_slice(&output.stdout).ok()?;
    let streams = status["streams"].as_array()?;
    let mut last = None;
    for stream in streams.iter().filter(|stream| stream["source"] != "hung") {
        match stream["finished_at"].as_str().and_then(|at| at.parse::<jiff::Timestamp>().ok()) {
            Some(at) => last = last.max(Some(at)),
            None => {
                assert!(!must, "{stream} has not ended");
                return None;
            }
        }
    }
    last
}

/// Many rows about few subjects: annual reports, repeated.
pub(crate) fn large(rows: u64) {
    let server = Postgres::start(Options::default()).expect("PostgreSQL is installed");
    eprintln!("making {rows} annual reports about {SCALE_ONE} subjects …");
    let zone = Zone::make(&World::new(1, SCALE_ONE), 1, Some(&server));
    let reports =
        zone.truth.streams.iter().find(|stream| stream.stream == "t_ndbg").expect("reports").received;
    let times = rows / reports.max(1);
    let sql = format!(
        "INSERT INTO t_ndbg SELECT nbxh, nd + 1000 * n, tyshxydm, zcze, yysr, lrze, nsze, cyrs, tbrq, lxdh \
         FROM t_ndbg, generate_series(1, {times}) n"
    );
    server.psql("department_registry", &sql).expect("more rows");
    let n: f64 = server
        .psql("department_registry", "SELECT count(*) FROM t_ndbg")
        .expect("counted")
        .trim()
        .parse()
        .expect("a number");
    zone.forget();
    cost(&mut tongjian(&zone, &["pull", "--quiet", "--source", "registry", "--stream", "t_ztjbxx"]));
    let pull = ["pull", "--quiet", "--source", "registry", "--stream", "t_ndbg"];
    line("many rows about 143,000 subjects", cost(&mut tongjian(&zone, &pull)), n, None);
    line("compared again", cost(&mut tongjian(&zone, &pull)), n, None);
}
