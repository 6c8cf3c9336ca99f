//! What the hub finds equals the truth that was kept when the departments' databases were made.

use demo::world::World;
use tests::{Zone, expected, found, postgres};

/// Subjects of a zone: small in every run, whole with `cargo x test --full`.
fn n_subjects() -> u64 {
    if std::env::var_os("TONGJIAN_FULL").is_some() { 143_000 } else { 3_000 }
}

#[test]
fn embedded_zones_equal_their_truth() {
    for seed in 1..=5 {
        let zone = Zone::make(&World::new(seed, n_subjects()), seed, None);
        zone.pull(&[]);
        assert_eq!(found(&zone.status()), expected(&zone.truth), "seed {seed}");
        relations_equal_their_truth(&zone, seed);
    }
}

#[test]
fn zones_on_servers_equal_their_truth() {
    let server = postgres();
    for seed in 1..=5 {
        let zone = Zone::make(&World::new(seed, n_subjects()), seed, Some(server));
        zone.pull(&[]);
        assert_eq!(found(&zone.status()), expected(&zone.truth), "seed {seed}");
        relations_equal_their_truth(&zone, seed);
    }
}

/// Each relation has the edges that were made, between whom the hub can know.
fn relations_equal_their_truth(zone: &Zone, seed: u64) {
    let ends = [
        ("representative", "registration", "representative"),
        ("key_person", "position", "person"),
        ("corporate_shareholder", "shareholding", "shareholder"),
        ("individual_shareholder", "shareholding", "shareholder_person"),
        ("branch", "registration", "parent"),
        ("succession", "succession", "predecessor"),
    ];
    let edges = |kind: &str, role: &str| -> u64 {
        let number = |name: &str| {
            format!(
                "(SELECT r.role FROM role r JOIN kind k ON k.kind = r.kind \
                 WHERE k.name = '{kind}' AND k.is_entity = 0 AND r.name = '{name}')"
            )
        };
        let sql = format!(
            "SELECT count(*) FROM link a JOIN link b ON b.record = a.record WHERE a.role = {} AND b.role = {} \
             AND a.until_seq IS NULL AND b.until_seq IS NULL",
            number("party"),
            number(role)
        );
        sqlite(zone, &sql).parse().expect("a number")
    };
    let found: std::collections::BTreeMap<String, u64> =
        ends.iter().map(|(relation, kind, role)| ((*relation).to_owned(), edges(kind, role))).collect();
    assert_eq!(found, zone.truth.relations, "seed {seed}");
    assert!(found.values().all(|n| *n > 0), "seed {seed}: {found:?}");
}

#[test]
fn changing_one_rate_changes_exactly_the_expected_cells() {
    let world = World::new(7, 3_000);
    let zone = Zone::make(&world, 7, None);
    zone.pull(&[]);
    let before = found(&zone.status());
    let mut noisier = world;
    noisier.hazards.set("complaint.no_content", 50_000).expect("a hazard");
    let zone = Zone::make(&noisier, 7, None);
    zone.pull(&[]);
    let after = found(&zone.status());
    assert_eq!(after, expected(&zone.truth));
    let streams = |status: &serde_json::Value| status["streams"].as_array().expect("streams").clone();
    for (before, after) in streams(&before).iter().zip(streams(&after)) {
        let is_complaints = before["kind"] == "complaint";
        assert_eq!(*before != after, is_complaints, "{before} became {after}");
    }
}

#[test]
fn a_second_pull_writes_nothing_and_a_change_only_itself() {
    let zone = Zone::make(&World::new(3, 2_000), 3, None);
    zone.pull(&[]);
    let dump = zone.dump();
    let seq = |zone: &Zone| {
        let connection = sqlite(zone, "SELECT value FROM counter WHERE name = 'seq'");
        connection.parse::<i64>().expect("a number")
    };
    let before = seq(&zone);
    zone.pull(&[]);
    assert_eq!(seq(&zone), before, "a second pull wrote to the feed");
    assert_eq!(zone.dump(), dump);
    let churned = tests::runtime().block_on(demo::churn::round(&zone.places, 0, 5)).expect("churn");
    zone.pull(&[]);
    let changed = u64::try_from(seq(&zone) - before).expect("forward");
    let n_changes = churned.updated + churned.deleted + churned.inserted;
    // A changed row is one entry; a changed golden row and a link are entries of their own.
    assert!((n_changes..=3 * n_changes).contains(&changed), "{n_changes} changes, {changed} entries");
    assert_ne!(zone.dump(), dump);
}

/// One value of the store, read by the engine's own program.
fn sqlite(zone: &Zone, sql: &str) -> String {
    let output =
        std::process::Command::new("sqlite3").arg(zone.store()).arg(sql).output().expect("sqlite3 runs");
    assert!(output.status.success(), "{}", tests::shown(&output));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

#[test]
fn real_registrations_load_with_every_dead_letter_explained() {
    let shared = std::env::var_os("TONGJIAN_SHARED")
        .map_or_else(|| std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared"), Into::into);
    let file = shared.join("data/registrations-shaanxi.csv.gz");
    if !file.exists() {
        eprintln!("skipped: no real registrations at {}", file.display());
        return;
    }
    let mut world = World::new(1, 84_110);
    world.registrations = demo::registrations::read(&file).expect("registrations");
    let zone = Zone::make(&world, 1, None);
    zone.pull(&["--source", "registry", "--stream", "t_ztjbxx"]);
    let of = |status: serde_json::Value| {
        let streams = status["streams"].as_array().expect("streams").clone();
        streams.into_iter().find(|stream| stream["stream"] == "t_ztjbxx").expect("the registry")
    };
    assert_eq!(of(found(&zone.status())), of(expected(&zone.truth)));
}
