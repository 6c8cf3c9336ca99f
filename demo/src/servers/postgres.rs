//! A private PostgreSQL server.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::ground::{account, fed, free_port, fresh_folder, make_folder, write_file};
use super::watchdog::Watchdog;

/// The superuser of every private server.
const USER: &str = "tongjian";

/// How to run a private server.
#[derive(Clone, Debug)]
pub struct Options {
    /// Whether commits reach the disk. Off is faster, for tests that do not kill the machine.
    pub fsync: bool,
    /// Encryption, with this certificate.
    pub ssl: Option<Ssl>,
    /// Password of the superuser `tongjian`.
    pub password: String,
    /// Further lines of `postgresql.conf`.
    pub settings: Vec<(String, String)>,
    /// Where to keep the data; `None`: in a temporary folder that is removed at the end.
    pub folder: Option<PathBuf>,
}

/// A server's certificate and key, PEM.
#[derive(Clone, Debug)]
pub struct Ssl {
    /// The certificate, followed by those between it and the authority.
    pub certificate: String,
    /// Its key.
    pub key: String,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            fsync: false,
            ssl: None,
            password: "tongjian-demo".to_owned(),
            settings: Vec::new(),
            folder: None,
        }
    }
}

/// Why there is no server.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The programs are not installed.
    #[error(
        "PostgreSQL's programs are not installed: run `apt-get install --no-install-recommends postgresql`, \
         or set TONGJIAN_PG_BIN to the folder that holds `initdb` and `pg_ctl`"
    )]
    NotInstalled,
    /// The programs of MariaDB are not installed.
    #[error(
        "MariaDB's programs are not installed: run `apt-get install --no-install-recommends mariadb-server`"
    )]
    MariadbNotInstalled,
    /// A server refuses to run as root, and no account without rights was found.
    #[error("database servers do not run as root, and there is neither a user of their own nor `nobody`")]
    NoUser,
    /// A file or folder could not be made.
    #[error("cannot prepare `{path}`")]
    Prepare {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A program could not be run.
    #[error("cannot run `{program}`")]
    Run {
        /// Which.
        program: String,
        /// Why.
        source: io::Error,
    },
    /// A program ran and failed.
    #[error("`{program}` failed: {words}")]
    Failed {
        /// Which.
        program: String,
        /// What it said.
        words: String,
    },
}

/// A running server, stopped when dropped and when this process dies.
pub struct Postgres {
    programs: PathBuf,
    account: Option<(u32, u32)>,
    folder: PathBuf,
    data: PathBuf,
    port: u16,
    password: String,
    watchdog: Option<Watchdog>,
}

impl Postgres {
    /// Whether the programs are installed.
    #[must_use]
    pub fn is_installed() -> bool {
        programs().is_some()
    }

    /// Starts a server and waits until it answers.
    ///
    /// # Errors
    /// When the programs are missing, or say why they do not start.
    pub fn start(options: Options) -> Result<Postgres, StartError> {
        let programs = programs().ok_or(StartError::NotInstalled)?;
        let account = account("postgres")?;
        let is_kept = options.folder.is_some();
        let folder = options.folder.clone().unwrap_or_else(|| fresh_folder("postgres"));
        make_folder(&folder, account)?;
        let data = folder.join("data");
        let watchdog = Watchdog::set(&data.join("postmaster.pid"), (!is_kept).then_some(folder.as_path()))
            .map_err(|source| StartError::Run { program: "/bin/sh".to_owned(), source })?;
        let mut server = Postgres {
            programs,
            account,
            data,
            port: 0,
            password: options.password.clone(),
            watchdog: Some(watchdog),
            folder,
        };
        if !server.data.join("PG_VERSION").exists() {
            server.init()?;
        }
        server.configure(&options)?;
        server.launch()?;
        Ok(server)
    }

    /// A URL with the superuser's name and password.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        format!("postgres://{USER}:{}@127.0.0.1:{}/{database}", self.password, self.port)
    }

    /// The port on 127.0.0.1.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The superuser.
    #[must_use]
    pub fn user(&self) -> &'static str {
        USER
    }

    /// The superuser's password.
    #[must_use]
    pub fn password(&self) -> &str {
        &self.password
    }

    /// The folder of the socket.
    #[must_use]
    pub fn socket_folder(&self) -> &Path {
        &self.folder
    }

    /// What `psql` prints for these statements, unaligned and without headings.
    ///
    /// # Errors
    /// What `psql` says when a statement fails.
    pub fn psql(&self, database: &str, sql: &str) -> Result<String, StartError> {
        let mut command = Command::new(self.programs.join("psql"));
        command
            .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-U", USER, "-d", database, "-h"])
            .arg(&self.folder)
            .args(["-p", &self.port.to_string(), "-f", "-"])
            .env("PGPASSWORD", &self.password)
            .env("PGCLIENTENCODING", "UTF8");
        let output = fed(command, sql.as_bytes())?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Stops the server in order; its data stays until it is dropped.
    ///
    /// # Errors
    /// What `pg_ctl` says.
    pub fn stop(&self) -> Result<(), StartError> {
        self.pg_ctl(&["stop", "-m", "fast", "-w"])
    }

    /// Kills the server as a failing machine would.
    ///
    /// # Errors
    /// When there is nothing to kill.
    pub fn kill(&self) -> Result<(), StartError> {
        self.signal("KILL", &self.processes()?)
    }

    /// Lets every process of the server hang: connections stay open, nothing answers.
    ///
    /// # Errors
    /// When there is nothing to stop.
    pub fn pause(&self) -> Result<(), StartError> {
        self.signal("STOP", &self.processes()?)
    }

    /// Lets a paused server go on.
    ///
    /// # Errors
    /// When there is nothing to let go on.
    pub fn resume(&self) -> Result<(), StartError> {
        self.signal("CONT", &self.processes()?)
    }

    /// Stops the server if it runs, at once, and starts it on the same data and port.
    ///
    /// # Errors
    /// What `pg_ctl` says.
    pub fn restart(&mut self) -> Result<(), StartError> {
        // It may be down already.
        let _ = self.pg_ctl(&["stop", "-m", "immediate", "-w"]);
        self.pg_ctl(&["start", "-w", "-t", "60", "-l", &self.log(), "-o", &self.flags()])
    }

    /// What the server wrote into its log.
    #[must_use]
    pub fn log_text(&self) -> String {
        fs::read_to_string(self.log()).unwrap_or_default()
    }

    fn init(&self) -> Result<(), StartError> {
        let secret = self.folder.join("password");
        write_file(&secret, &self.password, self.account)?;
        let mut command = self.program("initdb");
        command
            .args(["-U", USER, "-A", "scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "-D"])
            .arg(&self.data)
            .arg(format!("--pwfile={}", secret.display()));
        let ran = fed(command, b"");
        let removed = fs::remove_file(&secret);
        ran?;
        removed.map_err(|source| StartError::Prepare { path: secret, source })
    }

    fn configure(&self, options: &Options) -> Result<(), StartError> {
        let on_off = |on: bool| if on { "on" } else { "off" };
        let mut lines = vec![
            "listen_addresses = '127.0.0.1'".to_owned(),
            format!("unix_socket_directories = '{}'", self.folder.display()),
            format!("fsync = {}", on_off(options.fsync)),
            format!("synchronous_commit = {}", on_off(options.fsync)),
            format!("full_page_writes = {}", on_off(options.fsync)),
            "max_connections = 60".to_owned(),
            "shared_buffers = '128MB'".to_owned(),
            "log_timezone = 'UTC'".to_owned(),
            "timezone = 'Asia/Shanghai'".to_owned(),
        ];
        if let Some(ssl) = &options.ssl {
            write_file(&self.data.join("server.crt"), &ssl.certificate, self.account)?;
            write_file(&self.data.join("server.key"), &ssl.key, self.account)?;
            lines.push("ssl = on".to_owned());
        }
        lines.extend(
            options.settings.iter().map(|(name, value)| format!("{name} = '{}'", value.replace('\'', "''"))),
        );
        let ours = self.data.join("postgresql.auto.conf");
        write_file(&ours, &(lines.join("\n") + "\n"), self.account)
    }

    /// Somebody else may take the port between our finding it free and the server's binding it: tried three times.
    fn launch(&mut self) -> Result<(), StartError> {
        let mut outcome = Ok(());
        for _ in 0..3 {
            self.port = free_port()?;
            outcome = self.pg_ctl(&["start", "-w", "-t", "60", "-l", &self.log(), "-o", &self.flags()]);
            if outcome.is_ok() {
                break;
            }
        }
        outcome.map_err(|error| match error {
            StartError::Failed { program, .. } => StartError::Failed { program, words: self.log_text() },
            error @ (StartError::NotInstalled
            | StartError::MariadbNotInstalled
            | StartError::NoUser
            | StartError::Prepare { .. }
            | StartError::Run { .. }) => error,
        })
    }

    fn log(&self) -> String {
        self.folder.join("log").display().to_string()
    }

    fn flags(&self) -> String {
        format!("-p {}", self.port)
    }

    fn pg_ctl(&self, arguments: &[&str]) -> Result<(), StartError> {
        let mut command = self.program("pg_ctl");
        command.arg("-D").arg(&self.data).args(arguments);
        // A started server keeps what it inherits: no pipes of ours.
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let ran = command.status();
        let status = ran.map_err(|source| StartError::Run { program: "pg_ctl".to_owned(), source })?;
        if status.success() {
            return Ok(());
        }
        Err(StartError::Failed { program: "pg_ctl".to_owned(), words: format!("{arguments:?}: {status}") })
    }

    /// A program of the server's, run without rights.
    fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.programs.join(name));
        command.current_dir(&self.folder).env("LC_ALL", "C.UTF-8").process_group(0);
        if let Some((user, group)) = self.account {
            command.uid(user).gid(group);
        }
        command
    }

    /// The main process first, then those it started.
    fn processes(&self) -> Result<Vec<String>, StartError> {
        let file = self.data.join("postmaster.pid");
        let text = fs::read_to_string(&file).map_err(|source| StartError::Prepare { path: file, source })?;
        let main = text.lines().next().unwrap_or_default().trim().to_owned();
        let mut processes = vec![main.clone()];
        for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
            let status = fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
            let parent = status.rsplit(')').next().and_then(|rest| rest.split_whitespace().nth(1));
            if parent == Some(main.as_str()) {
                processes.push(entry.file_name().to_string_lossy().into_owned());
            }
        }
        Ok(processes)
    }

    fn signal(&self, signal: &str, processes: &[String]) -> Result<(), StartError> {
        let mut command = Command::new("kill");
        command.arg(format!("-{signal}")).args(processes);
        let ran = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
        ran.map(drop).map_err(|source| StartError::Run { program: "kill".to_owned(), source })
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.watchdog.take());
    }
}

fn programs() -> Option<PathBuf> {
    let holds_them = |folder: &PathBuf| folder.join("initdb").exists() && folder.join("pg_ctl").exists();
    if let Some(folder) = std::env::var_os("TONGJIAN_PG_BIN") {
        return Some(PathBuf::from(folder)).filter(holds_them);
    }
    let version = |path: &PathBuf| -> u32 {
        path.parent()
            .and_then(Path::file_name)
            .and_then(OsStr::to_str)
            .and_then(|v| v.parse().ok())
            .unwrap_or(0)
    };
    let installed = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = installed.map(|entry| entry.path().join("bin")).filter(holds_them).max_by_key(version);
    let on_path = || {
        let path = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&path).find(holds_them)
    };
    newest.or_else(on_path)
}
