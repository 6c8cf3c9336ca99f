//! Life goes on in the departments: rows come, change and go while the hub runs.

use sqlx::Row as _;

use crate::make::{self, Place, Places};
use crate::write;

/// What a round of churn did to one source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Churned {
    /// Rows changed.
    pub updated: u64,
    /// Rows gone.
    pub deleted: u64,
    /// Rows that came.
    pub inserted: u64,
}

/// One round: `n` registrations move, `n` penalties are raised, one row goes and one comes in urban management.
///
/// # Errors
/// When a department's database refuses.
pub async fn round(places: &Places, round: u64, n: u64) -> Result<Churned, anyhow::Error> {
    let moved = format!(
        "UPDATE t_ztjbxx SET zs = '西安市高新区锦业路{}号（迁址）' WHERE nbxh IN (SELECT nbxh FROM t_ztjbxx ORDER BY nbxh LIMIT {n} OFFSET {})",
        round + 1,
        round * n
    );
    let raised = format!(
        "UPDATE t_xzcf SET cf_nr = '罚款（加处{}）' WHERE id IN (SELECT id FROM t_xzcf ORDER BY id LIMIT {n} OFFSET {})",
        round + 1,
        round * n
    );
    let mut churned = Churned { updated: run(places, "registry", moved).await?, ..Churned::default() };
    churned.updated += run(places, "food_drug", raised).await?;
    if let Place::Mssql(_) = places.of("urban") {
        // Whose own client reads no rows: the document of one decision is corrected, one decision is withdrawn.
        let corrected = format!("UPDATE xzcf_2015 SET cf_zt = N'{round}' WHERE bh = {}", 2 * round + 1);
        churned.updated += run(places, "urban", corrected).await?;
        let withdrawn = format!("DELETE FROM xzcf_2015 WHERE bh = {}", 2 * round + 2);
        churned.deleted = run(places, "urban", withdrawn).await?;
        return Ok(churned);
    }
    churned.deleted =
        run(places, "urban", "DELETE FROM xzcf_2015 WHERE bh = (SELECT max(bh) FROM xzcf_2015)".to_owned())
            .await?;
    let mut urban = write::sqlite::open(&places.sqlite("urban")).await?;
    let first = sqlx::query("SELECT min(bh) FROM xzcf_2015")
        .fetch_one(&mut urban)
        .await?
        .try_get::<Option<i64>, _>(0)?;
    if let Some(first) = first {
        let copied = format!(
            "INSERT INTO xzcf_2015 SELECT {}, cf_cfmc, cf_wsh || '-补{round}', cf_xdr, cf_xdr_shxym, cf_xdr_gsdj, cf_xdr_zdm, cf_xdr_swdj, \
             cf_fr, cf_cflb1, cf_je, cf_sy, cf_yj, cf_jg, cf_jdrq, cf_zt, sjc FROM xzcf_2015 WHERE bh = {first}",
            -i64::try_from(round).unwrap_or(0) - 1
        );
        churned.inserted = run(places, "urban", copied).await?;
    }
    Ok(churned)
}

async fn run(places: &Places, source: &str, sql: String) -> Result<u64, anyhow::Error> {
    match places.of(source) {
        Place::Postgres(url) => {
            let mut connection = make::database(url, source).await?;
            Ok(write::postgres::run(&mut connection, sql).await?)
        }
        Place::Mysql(url) => {
            let mut connection = write::mysql::open(url, &Places::database(source)).await?;
            let n_rows = write::mysql::run(&mut connection, sql).await?;
            connection.disconnect().await?;
            Ok(n_rows)
        }
        Place::Mssql(url) => Ok(write::mssql::open(url, &Places::database(source))?.run(&sql)?),
        Place::Sqlite => {
            let mut connection = write::sqlite::open(&places.sqlite(source)).await?;
            Ok(write::sqlite::run(&mut connection, sql).await?)
        }
        Place::Csv | Place::Xlsx => Ok(0),
    }
}
