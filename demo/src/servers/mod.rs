//! Private servers for demonstrations and tests: started in a temporary folder, on a free port of 127.0.0.1,
//! without rights, and stopped whatever happens to the program that started them.
//!
//! Must never know what is stored in them.

mod faults;
mod ground;
mod mariadb;
mod postgres;
mod tds;
mod watchdog;

#[cfg(test)]
mod tests;

pub use faults::{Fault, Proxy};
pub use mariadb::{Mariadb, MariadbOptions};
pub use postgres::{Options, Postgres, Ssl, StartError};
pub use tds::{ClientError, Injected, TdsAccount, TdsClient, TdsError, TdsOptions, TdsServer, TdsUrl};
