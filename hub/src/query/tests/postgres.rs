//! A database of its own on PostgreSQL for a test, where there is a server for tests.

use crate::query::QueryLimits;
use crate::store::{Store, StorePlace};

use super::world::{World, postgres_url};

/// Runs a test on a world there.
pub(super) async fn with_world(name: &str, n_subjects: i64, test: impl AsyncFnOnce(World)) {
    on_postgres(name, async |place| {
        let world = World::at(tempfile::tempdir().unwrap(), place, n_subjects, QueryLimits::default()).await;
        let store = world.store.clone();
        test(world).await;
        store
    })
    .await;
}

/// Runs a test, if `TONGJIAN_TEST_PG_URL` names a server; it gives its store back, and the database goes afterwards.
pub(super) async fn on_postgres(name: &str, test: impl AsyncFnOnce(StorePlace) -> Store) {
    let Some(url) = postgres_url() else {
        #[expect(clippy::print_stderr, reason = "a skip must be seen")]
        {
            eprintln!("skipped: TONGJIAN_TEST_PG_URL is not set");
        }
        return;
    };
    let name = format!("tongjian_{name}_{}", std::process::id());
    let admin = sqlx::PgPool::connect(&url).await.unwrap();
    let run = async |sql: String| sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&admin).await.unwrap();
    run(format!("DROP DATABASE IF EXISTS {name}")).await;
    run(format!("CREATE DATABASE {name}")).await;
    let (base, rest) = url.rsplit_once('/').unwrap();
    let options = rest.split_once('?').map_or(String::new(), |(_, options)| format!("?{options}"));
    let own = format!("{base}/{name}{options}");
    let place = StorePlace::Postgres { url: contract::Credential::new(move || Ok(own.clone().into())) };
    test(place).await.close().await;
    run(format!("DROP DATABASE {name} WITH (FORCE)")).await;
}
