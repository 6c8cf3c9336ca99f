//! A private MariaDB server.

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::ground::{account, fed, free_port, fresh_folder, make_folder, write_file};
use super::watchdog::Watchdog;
use super::{Ssl, StartError};

/// The account of every private server that may do everything.
const USER: &str = "tongjian";

/// How long a server may take to answer, or to stop.
const PATIENCE: Duration = Duration::from_secs(60);

/// How to run a private MariaDB server.
#[derive(Clone, Debug)]
pub struct MariadbOptions {
    /// Whether commits reach the disk. Off is faster, for tests that do not kill the machine.
    pub fsync: bool,
    /// Encryption, with this certificate.
    pub ssl: Option<Ssl>,
    /// Password of the account `tongjian`.
    pub password: String,
    /// Further options of `mariadbd`, as `--sql-mode=ANSI`.
    pub settings: Vec<String>,
    /// Where to keep the data; `None`: in a temporary folder that is removed at the end.
    pub folder: Option<PathBuf>,
}

impl Default for MariadbOptions {
    fn default() -> MariadbOptions {
        MariadbOptions {
            fsync: false,
            ssl: None,
            password: "tongjian-demo".to_owned(),
            settings: Vec::new(),
            folder: None,
        }
    }
}

/// A running server, stopped when dropped and when this process dies.
pub struct Mariadb {
    account: Option<(u32, u32)>,
    folder: PathBuf,
    data: PathBuf,
    port: u16,
    options: MariadbOptions,
    process: Option<Child>,
    watchdog: Option<Watchdog>,
}

impl Mariadb {
    /// Whether the programs are installed.
    #[must_use]
    pub fn is_installed() -> bool {
        ["mariadbd", "mariadb-install-db", "mariadb"].into_iter().all(|name| program(name).is_some())
    }

    /// Starts a server and waits until it answers.
    ///
    /// # Errors
    /// When the programs are missing, or say why they do not start.
    pub fn start(options: MariadbOptions) -> Result<Mariadb, StartError> {
        if !Mariadb::is_installed() {
            return Err(StartError::MariadbNotInstalled);
        }
        let account = account("mysql")?;
        let is_kept = options.folder.is_some();
        let folder = options.folder.clone().unwrap_or_else(|| fresh_folder("mariadb"));
        make_folder(&folder, account)?;
        let data = folder.join("data");
        let watchdog = Watchdog::set(&folder.join("pid"), (!is_kept).then_some(folder.as_path()))
            .map_err(|source| StartError::Run { program: "/bin/sh".to_owned(), source })?;
        let mut server =
            Mariadb { account, folder, data, port: 0, options, process: None, watchdog: Some(watchdog) };
        if !server.data.join("mysql").exists() {
            server.init()?;
        }
        server.launch()?;
        Ok(server)
    }

    /// A URL with the account's name and password.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        format!("mysql://{USER}:{}@127.0.0.1:{}/{database}", self.options.password, self.port)
    }

    /// The port on 127.0.0.1.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The account that may do everything.
    #[must_use]
    pub fn user(&self) -> &'static str {
        USER
    }

    /// Its password.
    #[must_use]
    pub fn password(&self) -> &str {
        &self.options.password
    }

    /// Where the server lives.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The native client, connected, without settings of the machine's; `database` may be empty.
    #[must_use]
    pub fn client(&self, database: &str) -> Command {
        let mut command = Command::new(program("mariadb").unwrap_or_else(|| "mariadb".into()));
        command
            .args(["--no-defaults", "--default-character-set=utf8mb4", "--protocol=tcp", "--host=127.0.0.1"])
            .arg(format!("--port={}", self.port))
            .arg(format!("--user={USER}"))
            .env("MYSQL_PWD", &self.options.password);
        if !database.is_empty() {
            command.arg(database);
        }
        command
    }

    /// What the native client prints for these statements, as tabs and lines without headings.
    ///
    /// # Errors
    /// What it says when a statement fails.
    pub fn sql(&self, database: &str, sql: &str) -> Result<String, StartError> {
        let mut command = self.client(database);
        command.args(["--batch", "--skip-column-names"]);
        let output = fed(command, sql.as_bytes())?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Stops the server in order; its data stays until it is dropped.
    pub fn stop(&mut self) {
        self.end("TERM");
    }

    /// Kills the server as a failing machine would.
    pub fn kill(&mut self) {
        self.end("KILL");
    }

    /// Lets the server hang: connections stay open, nothing answers.
    ///
    /// # Errors
    /// When it cannot be signalled.
    pub fn pause(&self) -> Result<(), StartError> {
        self.signal("STOP")
    }

    /// Lets a paused server go on.
    ///
    /// # Errors
    /// When it cannot be signalled.
    pub fn resume(&self) -> Result<(), StartError> {
        self.signal("CONT")
    }

    /// Kills the server if it runs, and starts it on the same data and port.
    ///
    /// # Errors
    /// Why it does not start.
    pub fn restart(&mut self) -> Result<(), StartError> {
        self.kill();
        self.run()
    }

    /// What the server wrote into its log.
    #[must_use]
    pub fn log_text(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    fn init(&self) -> Result<(), StartError> {
        let mut command = self.own("mariadb-install-db");
        command
            .args(["--no-defaults", "--skip-test-db", "--auth-root-authentication-method=normal"])
            .args(["--skip-name-resolve", "--innodb-log-file-size=32M"])
            // Two at once would take each other's temporary tables away.
            .arg(format!("--tmpdir={}", self.folder.display()))
            .arg(format!("--datadir={}", self.data.display()));
        fed(command, b"").map(drop)
    }

    /// Somebody else may take the port between our finding it free and the server's binding it: tried three times.
    fn launch(&mut self) -> Result<(), StartError> {
        let mut outcome = Ok(());
        for _ in 0..3 {
            self.port = free_port()?;
            outcome = self.run();
            if outcome.is_ok() {
                break;
            }
        }
        outcome
    }

    fn run(&mut self) -> Result<(), StartError> {
        let users = self.folder.join("users.sql");
        write_file(&users, &self.users(), self.account)?;
        let mut command = self.own("mariadbd");
        command
            .arg("--no-defaults")
            .arg(format!("--datadir={}", self.data.display()))
            .arg(format!("--init-file={}", users.display()))
            .arg(format!("--tmpdir={}", self.folder.display()))
            .arg(format!("--pid-file={}", self.folder.join("pid").display()))
            .arg(format!("--log-error={}", self.folder.join("log").display()))
            // Below the data: the path of a socket must be short, and nobody uses it.
            .arg("--socket=socket")
            .args(["--bind-address=127.0.0.1", "--skip-name-resolve", "--max-connections=100"])
            .args([
                "--innodb-buffer-pool-size=128M",
                "--innodb-log-file-size=32M",
                "--default-time-zone=+08:00",
            ])
            .args(["--character-set-server=utf8mb4", "--max-allowed-packet=64M", "--skip-slave-start"])
            .arg(format!("--innodb-flush-log-at-trx-commit={}", u8::from(self.options.fsync)))
            .arg(format!("--port={}", self.port))
            .args(self.encryption()?)
            .args(&self.options.settings)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let started = command.spawn();
        self.process =
            Some(started.map_err(|source| StartError::Run { program: "mariadbd".to_owned(), source })?);
        self.wait_until_it_answers()
    }

    fn wait_until_it_answers(&mut self) -> Result<(), StartError> {
        let begun = Instant::now();
        loop {
            let failed = |words: String| StartError::Failed { program: "mariadbd".to_owned(), words };
            if let Some(Ok(Some(status))) = self.process.as_mut().map(Child::try_wait) {
                self.process = None;
                return Err(failed(format!("{status}\n{}", self.log_text())));
            }
            match self.sql("", "SELECT 1") {
                Ok(_) => return Ok(()),
                Err(error) if begun.elapsed() > PATIENCE => {
                    self.kill();
                    return Err(failed(format!("{error}\n{}", self.log_text())));
                }
                Err(_) => std::thread::sleep(Duration::from_millis(50)),
            }
        }
    }

    /// Run by the server itself at each start.
    fn users(&self) -> String {
        let password = self.options.password.replace('\\', "\\\\").replace('\'', "''");
        format!(
            "CREATE USER IF NOT EXISTS '{USER}'@'%' IDENTIFIED BY '{password}';\n\
             ALTER USER '{USER}'@'%' IDENTIFIED BY '{password}';\n\
             GRANT ALL PRIVILEGES ON *.* TO '{USER}'@'%' WITH GRANT OPTION;\n"
        )
    }

    fn encryption(&self) -> Result<Vec<String>, StartError> {
        let Some(ssl) = &self.options.ssl else { return Ok(Vec::new()) };
        let (certificate, key) = (self.folder.join("server.crt"), self.folder.join("server.key"));
        write_file(&certificate, &ssl.certificate, self.account)?;
        write_file(&key, &ssl.key, self.account)?;
        Ok(vec![format!("--ssl-cert={}", certificate.display()), format!("--ssl-key={}", key.display())])
    }

    /// A program of the server's, run without rights.
    fn own(&self, name: &str) -> Command {
        let mut command = Command::new(program(name).unwrap_or_else(|| name.into()));
        command.current_dir(&self.folder).env("LC_ALL", "C.UTF-8").process_group(0);
        if let Some((user, group)) = self.account {
            command.uid(user).gid(group);
        }
        command
    }

    fn signal(&self, signal: &str) -> Result<(), StartError> {
        let Some(process) = &self.process else { return Ok(()) };
        let mut command = Command::new("kill");
        command.arg(format!("-{signal}")).arg(process.id().to_string());
        let ran = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
        ran.map(drop).map_err(|source| StartError::Run { program: "kill".to_owned(), source })
    }

    /// Ends the process and takes its remains away, else the watchdog would wait for them.
    fn end(&mut self, signal: &str) {
        // It may hang, and it may be gone.
        let _ = self.signal("CONT");
        let _ = self.signal(signal);
        let Some(mut process) = self.process.take() else { return };
        let begun = Instant::now();
        while matches!(process.try_wait(), Ok(None)) {
            if begun.elapsed() > PATIENCE {
                let _ = process.kill();
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ = fs::remove_file(self.folder.join("pid"));
    }
}

impl Drop for Mariadb {
    fn drop(&mut self) {
        self.end(if self.options.folder.is_some() { "TERM" } else { "KILL" });
        drop(self.watchdog.take());
    }
}

/// Where a program is. Debian keeps the server's where only root's path looks.
fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(["/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin"].map(PathBuf::from))
        .map(|folder| folder.join(name))
        .find(|path| path.exists())
}
