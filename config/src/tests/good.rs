//! What a good configuration comes to.

use expect_test::expect;
use secrecy::ExposeSecret;

use super::{examples, load};
use crate::{
    Overrides,
    draft::{
        ColumnsDraft, EngineDraft, HoursDraft, Mode, OnInvalid, Scalar, SecretDraft, StoreDraft, TlsMode,
    },
};

#[test]
fn columns_become_fields() {
    let config = load(&examples(), &Overrides::default()).unwrap();
    let stream = &config.departments[0].sources[0].streams[0];
    assert_eq!((stream.name.as_str(), stream.mode), ("public.T_QYJBXX", Mode::Cursor));
    assert_eq!(stream.fields[0].from, ColumnsDraft::One("QYMC".to_owned()));
    assert!(stream.fields[0].trim);
    assert_eq!(stream.fields[1].from, ColumnsDraft::FirstOf(vec!["XYDM".to_owned(), "ZCH".to_owned()]));
    assert_eq!(stream.fields[1].on_invalid, Some(OnInvalid::Null));
    assert_eq!(stream.fields[6].from, ColumnsDraft::Constant(Scalar::Text("CN".to_owned())));
    assert!(!stream.fields[5].trim);
    assert_eq!(
        config.departments[0].sources[1].streams[0].fields[0].path,
        "source.letters.stream[0].fields.category"
    );
}

#[test]
fn servers_have_hours_and_tls() {
    let config = load(&examples(), &Overrides::default()).unwrap();
    let source = &config.departments[0].sources[0];
    assert_eq!(source.hours[0], HoursDraft { from_minute: 22 * 60, until_minute: 6 * 60 });
    let EngineDraft::Postgres(database) = &source.engine else { panic!("not postgres") };
    assert_eq!(database.tls.mode, TlsMode::VerifyFull);
    assert_eq!(database.tls.ca, Some(config.dir.join("secrets/ca.pem")));
    let Some(SecretDraft::File(file)) = &database.password else { panic!("not a file") };
    assert_eq!(*file, config.dir.join("secrets/registry"));
}

#[test]
fn a_path_is_located() {
    let config = load(&examples(), &Overrides::default()).unwrap();
    let at = |path: &str| {
        let location = config.locate(path)?;
        let file = location.file.strip_prefix(&config.dir).unwrap().display().to_string();
        Some(format!("{file}:{}:{}", location.line, location.column))
    };
    let paths = [
        "server.limits.depth",
        "kind.penalty.field.amount",
        "kind.penalty.field.amount.type",
        "kind.penalty.field.amount.index",
        "kind.penalty.role.party.identifiers[1].scheme",
        "list.penalty_category.editions[0].entries[0].code",
        "translation.police_penalty.map.B",
        "source.registry",
        "source.registry.stream[0].fields.uscc.columns[1]",
        "source.letters.stream[0].fields.category",
        "department.market.name_en",
        "department.court",
        "nowhere.at.all",
    ];
    let places: Vec<String> = paths.iter().map(|path| format!("{path}: {:?}", at(path))).collect();
    expect![[r#"
        server.limits.depth: Some("tongjian.toml:15:1")
        kind.penalty.field.amount: Some("ontology/example.toml:68:21")
        kind.penalty.field.amount.type: Some("ontology/example.toml:69:1")
        kind.penalty.field.amount.index: Some("ontology/example.toml:68:21")
        kind.penalty.role.party.identifiers[1].scheme: Some("ontology/example.toml:37:7")
        list.penalty_category.editions[0].entries[0].code: Some("codes/example.toml:16:14")
        translation.police_penalty.map.B: Some("codes/example.toml:21:19")
        source.registry: Some("departments/example.toml:7:9")
        source.registry.stream[0].fields.uscc.columns[1]: Some("departments/example.toml:43:29")
        source.letters.stream[0].fields.category: Some("departments/example.toml:63:12")
        department.market.name_en: Some("departments/example.toml:4:1")
        department.court: Some("departments/example.toml:69:1")
        nowhere.at.all: None"#]]
    .assert_eq(&places.join("\n"));
}

#[test]
fn what_is_outside_wins() {
    let overrides = Overrides {
        environment: [
            ("TONGJIAN__SERVER__LISTEN", "0.0.0.0:80"),
            ("TONGJIAN__SERVER__LIMITS__DEPTH", "7"),
            ("TONGJIAN__INGEST__BREAKER__MAX_DELETE_FRACTION", "0.5"),
            ("TONGJIAN__SOURCE__REGISTRY__HOST", "10.9.9.9"),
            ("TONGJIAN__SOURCE__REGISTRY__ENABLED", "false"),
            ("TONGJIAN__SOURCE__REGISTRY__STREAM__0__MODE", "diff"),
            ("TONGJIAN__SOURCE__REGISTRY__STREAM__0__DELETE_MEANS", "ended"),
            ("TONGJIAN__DEPARTMENT__MARKET__NAME_EN", "Bureau"),
            ("TONGJIAN_TEST", "not ours"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into(),
        flags: vec!["server.listen=[::1]:81".to_owned(), "ingest.batch_rows=9".to_owned()],
    };
    let config = load(&examples(), &overrides).unwrap();
    let source = &config.departments[0].sources[0];
    let EngineDraft::Postgres(database) = &source.engine else { panic!("not postgres") };
    assert_eq!(config.server.listen, "[::1]:81");
    assert_eq!(config.server.limits.depth, 7);
    assert_eq!(config.ingest.batch_rows, 9);
    assert!((config.ingest.breaker.max_delete_fraction - 0.5).abs() < 1e-9);
    assert_eq!((database.host.as_str(), source.is_enabled), ("10.9.9.9", false));
    assert_eq!(
        (source.streams[0].mode, source.streams[0].delete_means.as_deref()),
        (Mode::Diff, Some("ended"))
    );
    assert_eq!(config.departments[0].name_en, "Bureau");
    assert_eq!(config.locate("ingest.batch_rows").unwrap().to_string(), "--set ingest.batch_rows:1:1");
    assert!(config.effective().contains("server.listen = \"[::1]:81\"  # --set server.listen:1\n"));
}

#[test]
fn another_engine_may_come_from_outside() {
    let flags = ["source.registry.engine=sqlite", "source.registry.path=data/registry.db"];
    let overrides = Overrides { environment: Vec::new(), flags: flags.map(str::to_owned).into() };
    let config = load(&examples(), &overrides).unwrap();
    let EngineDraft::Sqlite(sqlite) = &config.departments[0].sources[0].engine else { panic!("not sqlite") };
    assert_eq!(sqlite.path, config.dir.join("data/registry.db"));
}

#[test]
fn secrets_are_not_shown() {
    let files = "--- tongjian.toml
[hub]
store = \"postgres://hub:s3cret@db/tongjian\"
person_key = \"s3cret\"
[ingest]
allow_inline_secrets = true
--- departments/a.toml
department = { id = \"a\", name_zh = \"甲\", name_en = \"A\" }
[source.a]
engine = \"postgres\"
host = \"h\"
database = \"d\"
user = \"u\"
password = \"s3cret\"
";
    let config = load(files, &Overrides::default()).unwrap();
    let StoreDraft::Postgres { url, .. } = &config.hub.store else { panic!("not postgres") };
    assert!(url.expose_secret().contains("s3cret"));
    let SecretDraft::Inline(secret) = &config.hub.person_key else { panic!("not inline") };
    assert_eq!(secret.expose_secret(), "s3cret");
    assert!(!format!("{config:?}").contains("s3cret"));
    let effective = config.effective();
    assert!(
        !effective.contains("s3cret") && effective.contains("source.a.password = (hidden)"),
        "{effective}"
    );
}

#[test]
fn files_may_be_included() {
    let files = "--- tongjian.toml
include.paths = [\"local\", \"ontology\", \"one.toml\"]
--- local/deep/a.toml
[list.a]
label_zh = \"甲\"
label_en = \"A\"
edition = \"1\"
entries = []
--- one.toml
departments = [{ id = \"b\", name_zh = \"乙\", name_en = \"B\" }]
--- ontology/b.toml
[entity.c]
plural = \"cs\"
label_zh = \"丙\"
label_en = \"C\"
--- ontology/b.toml.bak
this is not read
";
    let config = load(files, &Overrides::default()).unwrap();
    assert_eq!((config.lists.len(), config.departments.len(), config.entities.len()), (1, 1, 1));
    assert_eq!(config.files().count(), 4);
}
