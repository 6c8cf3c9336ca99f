//! The store on SQLite, and on PostgreSQL where `TONGJIAN_TEST_PG_URL` names an empty database.

mod basics;
mod behind;
mod fixture;
mod life;
mod order;
mod relations;
mod review;
mod scored;

impl super::Store {
    /// A statement, as somebody could have left the store.
    async fn run_for_test(&self, sql: &str) {
        let mut writer = self.inner.writer.lock().await;
        let mut session = writer.begin(&self.inner.pools).await.unwrap();
        session.execute(sql, &[]).await.unwrap();
        session.commit().await.unwrap();
    }
}
