//! Writes tables in the form their departments keep them.

pub mod csv_folder;
pub mod mssql;
pub mod mysql;
pub mod postgres;
pub mod sqlite;
pub mod xlsx;
