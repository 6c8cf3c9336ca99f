//! The store on SQLite, and on PostgreSQL where `TONGJIAN_TEST_PG_URL` names an empty database.

mod basics;
mod fixture;
mod life;
mod order;
mod relations;
mod review;
mod scored;
