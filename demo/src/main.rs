//! `cargo demo`: a zone with twenty-two departments on this machine, pulled into one graph, answered over GraphQL.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Parser, Subcommand};
use demo::make::{self, Places};
use demo::servers::{Mariadb, MariadbOptions, Options as ServerOptions, Postgres};
use demo::truth::Truth;
use demo::world::{SCALE_ONE, World};
use demo::{churn, platform, registrations};
use server::Exit;

/// 通鉴演示：在本机造出二十二个部门的数据库，合成一张图谱，并提供 GraphQL 查询。
/// (Tongjian's demonstration: twenty-two departments' databases, one graph, GraphQL.)
#[derive(Clone, Debug, Parser)]
#[command(name = "cargo demo", version)]
struct Arguments {
    #[command(subcommand)]
    action: Option<Action>,
    /// 市场主体数 (market subjects)
    #[arg(long, default_value_t = SCALE_ONE)]
    subjects: u64,
    /// 数据目录 (where everything is kept)
    #[arg(long, default_value = "demo-data", global = true)]
    dir: PathBuf,
    /// GraphQL 端口 (port)
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// 随机种子 (seed)
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// 真实登记数据，作为主体的底本 (real registrations to base subjects on: name,uscc,…; may be .gz)
    #[arg(long, value_name = "FILE.csv.gz")]
    registrations: Option<PathBuf>,
    /// 读完即退出 (leave after the pull)
    #[arg(long)]
    exit: bool,
    /// 用 PostgreSQL、MySQL 的部门放在本机私有的真实服务器上 (departments on PostgreSQL and MySQL live on private real servers)
    #[arg(long)]
    servers: bool,
    /// 改变一种瑕疵的比率，百万分之几，可重复 (rate of a hazard in parts per million), as registry.code_check=2000
    #[arg(long, value_name = "NAME=PPM")]
    hazard: Vec<String>,
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
    let arguments = Arguments::parse();
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

#[expect(clippy::print_stdout, reason = "a program for people")]
fn hazards() -> anyhow::Result<Exit> {
    for (name, ppm, what) in demo::world::CATALOGUE {
        println!("{name:34} {ppm:>7} ppm  {what}");
    }
    Ok(Exit::Ok)
}

fn demonstrate(arguments: &Arguments) -> anyhow::Result<Exit> {
    let dir = absolute(&arguments.dir)?;
    let server = if arguments.servers { Some(start_server(&dir)?) } else { None };
    let mariadb = if arguments.servers { start_mariadb(&dir)? } else { None };
    let places = Places {
        folder: dir.join("sources"),
        postgres: server.as_ref().map(|server| server.url("postgres")),
        mysql: mariadb.as_ref().map(|server| server.url("")),
    };
    std::fs::create_dir_all(&places.folder)?;
    for (file, url) in [("postgres.url", &places.postgres), ("mysql.url", &places.mysql)] {
        match url {
            Some(url) => std::fs::write(dir.join(file), url)?,
            // It may not be there.
            None => drop(std::fs::remove_file(dir.join(file))),
        }
    }
    let world = world(arguments)?;
    let truth = made(arguments, &world, &places)?;
    eprintln!(
        "用 SQL Server 的部门在此仍是 SQLite 文件 (the departments on SQL Server are SQLite files here: there is no such server to start)"
    );
    let config = platform::write(&places, &dir, &format!("127.0.0.1:{}", arguments.port))?;
    let words = |more: &[&str]| -> Vec<OsString> {
        let config = config.display().to_string();
        let fixed = ["tongjian", "--config", &config, "--lang", &arguments.lang];
        fixed.iter().chain(more).map(OsString::from).collect()
    };
    let pulled = server::run(words(&["pull"]));
    if !matches!(pulled, Exit::Ok | Exit::Partial) {
        return Ok(pulled);
    }
    let status = server::run(words(&["status"]));
    say_truth(&truth, &places);
    if arguments.exit || status != Exit::Ok {
        return Ok(status);
    }
    tour(arguments, &words)?;
    Ok(server::run(words(&["serve", "--quiet"])))
}

fn world(arguments: &Arguments) -> anyhow::Result<World> {
    let mut world = World::new(arguments.seed, arguments.subjects);
    for hazard in &arguments.hazard {
        let (name, ppm) = hazard.split_once('=').context("a hazard is given as NAME=PPM")?;
        let ppm = ppm.parse().with_context(|| format!("`{ppm}` is no number of parts per million"))?;
        world.hazards.set(name, ppm).map_err(anyhow::Error::msg)?;
    }
    if let Some(path) = &arguments.registrations {
        world.registrations = registrations::read(path)?;
    }
    Ok(world)
}

/// The databases, made unless they are there already.
fn made(arguments: &Arguments, world: &World, places: &Places) -> anyhow::Result<Truth> {
    if let Some(truth) = make::truth(&places.folder)
        && truth.seed == arguments.seed
        && truth.subjects == world.n_subjects
        && truth.registrations == world.registrations.len() as u64
        && truth.hazards == world.hazards.rates()
        && truth.has_servers == (places.postgres.is_some() || places.mysql.is_some())
    {
        eprintln!(
            "各部门数据库已在 {}，继续使用 (the departments' databases are there already)",
            places.folder.display()
        );
        return Ok(truth);
    }
    eprintln!(
        "在 {} 造出二十二个部门的数据库，{} 个市场主体 (making the departments' databases)",
        places.folder.display(),
        world.n_subjects
    );
    let _ = std::fs::remove_file(places.folder.join("truth.json"));
    runtime()?.block_on(make::make(world, arguments.seed, places, &mut |sheet, n_rows| {
        eprintln!(
            "  {:10} {:12} {n_rows:>8} 行 (rows)  {}",
            sheet.table.source, sheet.table.name, sheet.table.comment
        );
    }))
}

fn start_server(dir: &std::path::Path) -> anyhow::Result<Postgres> {
    let folder = dir.join("postgres");
    std::fs::create_dir_all(&folder)?;
    Ok(Postgres::start(ServerOptions { folder: Some(folder), ..ServerOptions::default() })?)
}

/// Only where a department uses it.
fn start_mariadb(dir: &std::path::Path) -> anyhow::Result<Option<Mariadb>> {
    let is_used =
        demo::departments::sheets().iter().any(|sheet| make::form(sheet.table.source) == make::Form::Mysql);
    if !is_used {
        return Ok(None);
    }
    let folder = dir.join("mariadb");
    std::fs::create_dir_all(&folder)?;
    Ok(Some(Mariadb::start(MariadbOptions { folder: Some(folder), ..MariadbOptions::default() })?))
}

#[expect(clippy::print_stdout, reason = "a program for people")]
fn say_truth(truth: &Truth, places: &Places) {
    println!(
        "真值 (the truth): {} 个主体应被识别 (subjects to be known); {}",
        truth.entities,
        places.folder.join("truth.json").display()
    );
}

#[expect(clippy::print_stdout, reason = "a program for people")]
fn tour(arguments: &Arguments, words: &dyn Fn(&[&str]) -> Vec<OsString>) -> anyhow::Result<()> {
    let world = world(arguments)?;
    let example = (0..world.n_subjects)
        .map(|index| world.subject(index))
        .find(|subject| demo::departments::is_registered(&world, subject) && subject.has_valid_code())
        .context("no subject is registered")?;
    println!("\n演示用密钥，只显示这一次 (a key, shown this once):");
    let made = server::run(words(&[
        "keys",
        "create",
        "--department",
        "market",
        "--role",
        "steward",
        "--label",
        "demo",
    ]));
    if made != Exit::Ok {
        anyhow::bail!("no key could be made");
    }
    let url = format!("http://127.0.0.1:{}/graphql", arguments.port);
    println!("\n把密钥放进 KEY，再粘贴下面的查询 (put the key into KEY, then paste):\n  export KEY=tj_…\n");
    let queries = [
        ("一企一档 (one subject, all departments)", format!("{{ subject(uscc: \\\"{}\\\") {{ name state {{ code label }} penalties(first: 3) {{ edges {{ node {{ document decidedOn fine {{ amount }} provenance {{ source key }} }} }} }} licences(first: 3) {{ edges {{ node {{ title validUntil {{ date openEnded }} }} }} }} }} }}", example.uscc)),
        ("罚款最高的处罚 (the highest fines)", "{ penalties(first: 5, orderBy: [{ field: FINE, direction: DESC }]) { edges { node { partyName fine { amount } party { name uscc } } } } }".to_owned()),
        ("各部门记名情况 (states of matching)", "{ status { department kind counts { received linked waiting nobody deadLetters } } }".to_owned()),
    ];
    for (title, query) in queries {
        println!(
            "# {title}\ncurl -s {url} -H \"Authorization: Bearer $KEY\" -H 'Content-Type: application/json' -d '{{\"query\": \"{query}\"}}'\n"
        );
    }
    println!(
        "在另一个终端让数据变化 (in another terminal, let the data change): cargo demo churn\n停止 (stop): Ctrl-C"
    );
    Ok(())
}

fn churn_rounds(arguments: &Arguments, rounds: u64, rows: u64) -> anyhow::Result<Exit> {
    let dir = absolute(&arguments.dir)?;
    let places = Places {
        folder: dir.join("sources"),
        postgres: std::fs::read_to_string(dir.join("postgres.url")).ok(),
        mysql: std::fs::read_to_string(dir.join("mysql.url")).ok(),
    };
    make::truth(&places.folder).context("no demonstration lies there: run `cargo demo` first")?;
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
    Ok(Exit::Ok)
}

fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}

fn absolute(path: &std::path::Path) -> anyhow::Result<PathBuf> {
    Ok(std::path::absolute(path)?)
}
