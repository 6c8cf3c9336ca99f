//! `cargo demo`: a zone with twenty-two departments on this machine, pulled into one graph, answered over GraphQL.

use std::ffi::OsString;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Parser, Subcommand};
use demo::make::{self, Places};
use demo::servers::{Mariadb, MariadbOptions, Options as ServerOptions, Postgres, TdsOptions, TdsServer};
use demo::truth::Truth;
use demo::world::{SCALE_ONE, World};
use demo::{churn, existing, platform, registrations, tour};
use server::Exit;

/// 通鉴演示：在本机造出二十二个部门的数据库，合成一张图谱，并提供 GraphQL 查询。
/// (Tongjian's demonstration: twenty-two departments' databases, one graph, GraphQL.)
#[derive(Clone, Debug, Parser)]
///
/// 目录里已有演示时沿用它：同样的数据，只写变化；被你改过的配置文件不会被覆盖。要另一个规模或种子，请用另一个 --dir，或先删除目录。
/// (A directory that holds a demonstration is gone on with; configuration files you changed are left as they are. Another
/// scale or seed needs another --dir, or delete the directory first.)
#[command(
    name = "cargo demo",
    version,
    after_help = "退出码 (exit codes)：0 完成 (done)；1 失败 (failed)；2 用法有误，或目录里是另一个演示 (usage, or the directory holds another demonstration)；其余同 tongjian (the others are those of tongjian)"
)]
struct Arguments {
    #[command(subcommand)]
    action: Option<Action>,
    /// 市场主体数，默认 143000，或目录里已有的 (market subjects; 143000, or as in the directory)
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..))]
    subjects: Option<u64>,
    /// 数据目录 (where everything is kept)
    #[arg(long, default_value = "demo-data", global = true)]
    dir: PathBuf,
    /// GraphQL 端口 (port)
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// 随机种子，默认 1，或目录里已有的 (seed; 1, or as in the directory)
    #[arg(long)]
    seed: Option<u64>,
    /// 真实登记数据，作为主体的底本 (real registrations to base subjects on: name,uscc,…; may be .gz)
    #[arg(long, value_name = "FILE.csv.gz")]
    registrations: Option<PathBuf>,
    /// 读完即退出 (leave after the pull)
    #[arg(long)]
    exit: bool,
    /// 用 PostgreSQL、MySQL 的部门放在本机私有的真实服务器上 (departments on PostgreSQL and MySQL live on private real servers)
    #[arg(long)]
    servers: bool,
    /// 用 SQL Server 的部门放在这台服务器上 (departments on SQL Server live there, not on the test server of its protocol)
    #[arg(long, value_name = "mssql://USER:PASSWORD@HOST:PORT", requires = "servers")]
    mssql: Option<String>,
    /// 没有有效编码的记录，按名称、法定代表人、电话、地址加权比对；拿不准的进入 reviewQueue (records without a valid code are
    /// matched by what else they say; what is not certain waits in reviewQueue)
    #[arg(long)]
    scored: bool,
    /// 改变一种瑕疵的比率，百万分之几，可重复 (rate of a hazard in parts per million), as registry.code_check=2000
    #[arg(long, value_name = "NAME=PPM", value_parser = rate)]
    hazard: Vec<(String, u32)>,
    /// 界面语言 (language)
    #[arg(long, default_value = "zh", global = true)]
    lang: String,
}

#[derive(Clone, Copy, Debug, Subcommand)]
enum Action {
    /// 各部门的数据继续变化 (the departments' data goes on changing while the demonstration runs)
    Churn {
        /// 轮数 (rounds)
        #[arg(long, default_value_t = 10)]
        rounds: u64,
        /// 每轮改动的行数 (rows changed a round)
        #[arg(long, default_value_t = 20)]
        rows: u64,
    },
    /// 列出各种瑕疵及其比率 (the hazards and their rates)
    Hazards,
}

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return server::misused(&error, std::env::args_os()).into(),
    };
    match run(&arguments) {
        Ok(exit) => exit.into(),
        Err(error) => {
            eprintln!("错误 (error): {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    match arguments.action {
        Some(Action::Hazards) => hazards(),
        Some(Action::Churn { rounds, rows }) => churn_rounds(arguments, rounds, rows),
        None => demonstrate(arguments),
    }
}

/// A line on standard output. A closed pipe ends quietly.
fn say(text: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}

fn hazards() -> anyhow::Result<Exit> {
    for (name, ppm, what) in demo::world::CATALOGUE {
        say(&format!("{name:34} {ppm:>7} ppm  {what}"));
    }
    Ok(Exit::Ok)
}

fn demonstrate(arguments: &Arguments) -> anyhow::Result<Exit> {
    let dir = absolute(&arguments.dir)?;
    let sources = dir.join("sources");
    let there = make::truth(&sources);
    let asked = asked(arguments)?;
    let differences = there.as_ref().map(|truth| existing::differences(truth, &asked)).unwrap_or_default();
    if !differences.is_empty() {
        eprintln!(
            "{} 里已有另一个演示，没有动它 (holds another demonstration, which was left alone):\n  {}\n请用另一个 --dir，或先删除这个目录 (give another --dir, or delete this one first)",
            dir.display(),
            differences.join("\n  ")
        );
        return Ok(Exit::Usage);
    }
    let server = if arguments.servers { Some(start_server(&dir)?) } else { None };
    let mariadb = if arguments.servers { start_mariadb(&dir)? } else { None };
    // In place of a SQL Server, where none is given.
    let double = match (arguments.servers, &arguments.mssql) {
        (true, None) => Some(TdsServer::start(TdsOptions::default())?),
        _ => None,
    };
    let places = Places {
        folder: sources,
        postgres: server.as_ref().map(|server| server.url("postgres")),
        mysql: mariadb.as_ref().map(|server| server.url("")),
        mssql: arguments.mssql.clone().or_else(|| double.as_ref().map(|server| server.url(""))),
    };
    std::fs::create_dir_all(&places.folder)?;
    for (file, url) in
        [("postgres.url", &places.postgres), ("mysql.url", &places.mysql), ("mssql.url", &places.mssql)]
    {
        match url {
            Some(url) => platform::private_file(&dir.join(file), url)?,
            // It may not be there.
            None => drop(std::fs::remove_file(dir.join(file))),
        }
    }
    let truth = match there {
        Some(truth) => {
            eprintln!(
                "各部门数据库已在 {}，继续使用 (the departments' databases are there already)",
                places.folder.display()
            );
            if double.is_some() {
                make::refill_mssql(&world_of(arguments, &truth)?, &places)?;
            }
            truth
        }
        None => made(arguments, &asked, &places)?,
    };
    if arguments.mssql.is_none() {
        eprintln!(
            "没有指定 SQL Server：{} (no SQL Server was given: its departments are {})",
            if double.is_some() {
                "这些部门放在协议测试服务器上，停止后不保留"
            } else {
                "这些部门是 SQLite 文件"
            },
            if double.is_some() {
                "on a test server of its protocol, which keeps nothing"
            } else {
                "SQLite files"
            }
        );
    }
    let listen = format!("127.0.0.1:{}", arguments.port);
    let interval_seconds = Some(interval(&truth));
    let wanted = platform::Wanted { listen: &listen, interval_seconds, is_scored: arguments.scored };
    let written = platform::refresh(&places, &dir, wanted)?;
    for kept in &written.kept {
        eprintln!("保留你改过的 (left as you changed it): {}", kept.display());
    }
    let config = written.folder;
    let words = |more: &[&str]| -> Vec<OsString> {
        let config = config.display().to_string();
        let listen = format!("server.listen={listen}");
        let fixed = ["tongjian", "--config", &config, "--lang", &arguments.lang, "--set", &listen];
        fixed.iter().chain(more).map(OsString::from).collect()
    };
    let pulled = server::run(words(&["pull"]));
    if !matches!(pulled, Exit::Ok | Exit::Partial) {
        return Ok(pulled);
    }
    let status = server::run(words(&["status"]));
    say(&format!(
        "真值 (the truth): {} 个主体应被识别 (subjects to be known); {}",
        truth.entities,
        places.folder.join("truth.json").display()
    ));
    if arguments.exit || status != Exit::Ok {
        return Ok(status);
    }
    show_tour(arguments, &truth, &config, &words)?;
    Ok(server::run(words(&["serve", "--quiet"])))
}

/// How soon a change is seen: often enough to watch, not so often that a large zone is read all the time.
fn interval(truth: &Truth) -> u64 {
    if truth.subjects <= 20_000 { 10 } else { 60 }
}

/// A rate of a hazard that there is.
fn rate(text: &str) -> Result<(String, u32), String> {
    let (name, ppm) = text.split_once('=').ok_or("写成 名称=百万分之几 (write it as NAME=PPM)")?;
    if !demo::world::CATALOGUE.iter().any(|(known, _, _)| *known == name) {
        return Err(
            "没有这种瑕疵，demo hazards 列出全部 (no such hazard; demo hazards lists them)".to_owned()
        );
    }
    let ppm = ppm.parse().ok().filter(|ppm| *ppm <= 1_000_000);
    let ppm = ppm.ok_or("百万分之几应是 0 到 1000000 的整数 (parts per million: 0 to 1000000)")?;
    Ok((name.to_owned(), ppm))
}

fn asked(arguments: &Arguments) -> anyhow::Result<existing::Asked> {
    let registrations = match &arguments.registrations {
        Some(path) => Some(registrations::read(path)?.len() as u64),
        None => None,
    };
    Ok(existing::Asked {
        subjects: arguments.subjects,
        seed: arguments.seed,
        registrations,
        hazards: arguments.hazard.clone(),
        has_servers: arguments.servers,
    })
}

/// The world that a truth is about.
fn world_of(arguments: &Arguments, truth: &Truth) -> anyhow::Result<World> {
    let mut world = World::new(truth.seed, truth.subjects);
    for (name, ppm) in &truth.hazards {
        world.hazards.set(name, *ppm).map_err(anyhow::Error::msg)?;
    }
    if truth.registrations > 0 {
        let path =
            arguments.registrations.as_ref().context("it was made with --registrations: give them again")?;
        world.registrations = registrations::read(path)?;
    }
    Ok(world)
}

/// The databases, made.
fn made(arguments: &Arguments, asked: &existing::Asked, places: &Places) -> anyhow::Result<Truth> {
    let seed = asked.seed.unwrap_or(1);
    let mut world = World::new(seed, asked.subjects.unwrap_or(SCALE_ONE));
    for (name, ppm) in &asked.hazards {
        world.hazards.set(name, *ppm).map_err(anyhow::Error::msg)?;
    }
    if let Some(path) = &arguments.registrations {
        world.registrations = registrations::read(path)?;
    }
    eprintln!(
        "在 {} 造出二十二个部门的数据库，{} 个市场主体 (making the departments' databases)",
        places.folder.display(),
        world.n_subjects
    );
    runtime()?.block_on(make::make(&world, seed, places, &mut |sheet, n_rows| {
        eprintln!(
            "  {:10} {:12} {n_rows:>8} 行 (rows)  {}",
            sheet.table.source, sheet.table.name, sheet.table.comment
        );
    }))
}

fn start_server(dir: &Path) -> anyhow::Result<Postgres> {
    let folder = dir.join("postgres");
    std::fs::create_dir_all(&folder)?;
    Ok(Postgres::start(ServerOptions { folder: Some(folder), ..ServerOptions::default() })?)
}

/// Only where a department uses it.
fn start_mariadb(dir: &Path) -> anyhow::Result<Option<Mariadb>> {
    let is_used =
        demo::departments::sheets().iter().any(|sheet| make::form(sheet.table.source) == make::Form::Mysql);
    if !is_used {
        return Ok(None);
    }
    let folder = dir.join("mariadb");
    std::fs::create_dir_all(&folder)?;
    Ok(Some(Mariadb::start(MariadbOptions { folder: Some(folder), ..MariadbOptions::default() })?))
}

fn show_tour(
    arguments: &Arguments,
    truth: &Truth,
    config: &Path,
    words: &dyn Fn(&[&str]) -> Vec<OsString>,
) -> anyhow::Result<()> {
    let example = truth.example.as_deref().context("no subject is registered")?;
    say(
        "\n演示用密钥，只显示这一次；粘贴到另一个终端 (a key, shown this once; paste it into another terminal):\n",
    );
    {
        let mut out = std::io::stdout().lock();
        // The key itself is said by `keys create`, on the same line.
        let _ = write!(out, "  export KEY=");
        let _ = out.flush();
    }
    let create = ["keys", "create", "--department", "market", "--role", "steward", "--label", "demo"];
    if server::run(words(&create)) != Exit::Ok {
        anyhow::bail!("no key could be made");
    }
    let url = format!("http://127.0.0.1:{}/graphql", arguments.port);
    say("\n再粘贴下面的查询 (then paste these queries):\n");
    for stop in tour::stops(example, arguments.scored) {
        say(&format!("# {}\n{}\n", stop.title, tour::command(&url, &stop.query)));
    }
    let dir = match arguments.dir.as_path() {
        dir if dir == Path::new("demo-data") => String::new(),
        dir => format!(" --dir '{}'", dir.display()),
    };
    say(&format!(
        "在另一个终端让数据变化 (in another terminal, let the data change): cargo demo churn{dir}\n  各来源每 {seconds} 秒重读一次，变化随后可见 (sources are read again every {seconds} s; then the change is seen)\n这个演示的配置 (its configuration): {config}\n停止 (stop): Ctrl-C",
        seconds = interval(truth),
        config = config.display()
    ));
    Ok(())
}

fn churn_rounds(arguments: &Arguments, rounds: u64, rows: u64) -> anyhow::Result<Exit> {
    let dir = absolute(&arguments.dir)?;
    let places = Places {
        folder: dir.join("sources"),
        postgres: std::fs::read_to_string(dir.join("postgres.url")).ok(),
        mysql: std::fs::read_to_string(dir.join("mysql.url")).ok(),
        mssql: std::fs::read_to_string(dir.join("mssql.url")).ok(),
    };
    let truth = make::truth(&places.folder).context("no demonstration lies there: run `cargo demo` first")?;
    let runtime = runtime()?;
    for round in 0..rounds {
        let churned = runtime.block_on(churn::round(&places, round, rows))?;
        eprintln!(
            "第 {} 轮 (round): 改 {} 行 (changed), 删 {} 行 (gone), 增 {} 行 (new)",
            round + 1,
            churned.updated,
            churned.deleted,
            churned.inserted
        );
    }
    eprintln!(
        "运行中的演示最迟约 {0} 秒后看到 (a running demonstration sees it within about {0} s)",
        interval(&truth)
    );
    Ok(Exit::Ok)
}

fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}

fn absolute(path: &Path) -> anyhow::Result<PathBuf> {
    Ok(std::path::absolute(path)?)
}
