//! The words of the command line, in Chinese and English. Knows what may be said, not what is done.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, Command};
use hub::query::quality::QualityDimension;
use messages::Lang;

use crate::exit::Exit;
use crate::output::Format;

/// A parsed command line.
#[derive(Clone, Debug)]
pub(crate) struct Invocation {
    /// What to do.
    pub(crate) action: Action,
    /// Directory of the configuration.
    pub(crate) config: PathBuf,
    /// Overrides of single values, `key=value`.
    pub(crate) set: Vec<String>,
    /// Language of what people read.
    pub(crate) lang: Lang,
    /// Tables or JSON.
    pub(crate) format: Format,
    /// No progress.
    pub(crate) is_quiet: bool,
    /// How much is said and logged: 0 what matters, 1 information, 2 everything.
    pub(crate) verbosity: u8,
}

/// What to do.
#[derive(Clone, Debug)]
pub(crate) enum Action {
    Serve,
    Pull {
        source: Option<String>,
        stream: Option<String>,
    },
    Check {
        offline: bool,
        source: Option<String>,
    },
    Discover {
        source: String,
        stream: Option<String>,
        all: bool,
    },
    Status {
        source: Option<String>,
        department: Option<String>,
    },
    Quality(Quality),
    DeadLetters(DeadLetters),
    Keys(Keys),
    Resume {
        source: String,
        stream: Option<String>,
        accept: bool,
    },
    Retire {
        source: String,
        stream: Option<String>,
        yes: bool,
    },
    Dump,
    Schema,
    Init {
        folder: PathBuf,
        /// Where store and audit trail will be; beside the configuration if absent.
        data: Option<PathBuf>,
    },
    Completions {
        shell: clap_complete::Shell,
    },
    /// What the crate of the draw reads for itself.
    Draw(Box<ArgMatches>),
}

/// Whose quality, and what becomes of it.
#[derive(Clone, Debug)]
pub(crate) struct Quality {
    pub(crate) department: Option<String>,
    pub(crate) source: Option<String>,
    pub(crate) stream: Option<String>,
    /// The rows instead of the numbers.
    pub(crate) findings: Option<Findings>,
    /// A workbook to be written.
    pub(crate) xlsx: Option<PathBuf>,
    pub(crate) is_forced: bool,
}

/// Which rows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Findings {
    pub(crate) dimension: Option<QualityDimension>,
    pub(crate) field: Option<String>,
    pub(crate) code: Option<String>,
    pub(crate) first: u32,
    pub(crate) after: Option<String>,
}

/// What to do with rows that were set aside.
#[derive(Clone, Debug)]
pub(crate) enum DeadLetters {
    List { source: Option<String>, stream: Option<String>, first: u32, after: Option<i64> },
    Show { number: i64 },
    Replay { source: Option<String>, stream: Option<String> },
    Drop { numbers: Vec<i64>, yes: bool },
}

/// What to do with keys.
#[derive(Clone, Debug)]
pub(crate) enum Keys {
    Create { department: String, role: String, label: String },
    List,
    Revoke { id: String },
}

/// Parses; prints help, version or what is wrong, and then says how to end.
pub(crate) fn parse(words: &[OsString]) -> Result<Invocation, Exit> {
    let lang = language(words);
    let matches = match command(lang).try_get_matches_from(words) {
        Ok(matches) => matches,
        Err(error) => return Err(misused(&error, lang)),
    };
    Ok(invocation(&matches, lang))
}

/// Prints help where it was asked for, else what is wrong with the words.
pub(crate) fn misused(error: &clap::Error, lang: Lang) -> Exit {
    if draw::cli::misuse::print(error, lang) { Exit::Usage } else { Exit::Ok }
}

/// The language has to be known before the help can be made. What stands last counts.
pub(crate) fn language(words: &[OsString]) -> Lang {
    let mut asked = None;
    let mut words = words.iter().map(|word| word.to_string_lossy());
    while let Some(word) = words.next() {
        let value = match word.strip_prefix("--lang") {
            Some("") => words.next().map(std::borrow::Cow::into_owned),
            Some(rest) => rest.strip_prefix('=').map(str::to_owned),
            None => None,
        };
        asked = value.and_then(|value| value.parse().ok()).or(asked);
    }
    let usual = || std::env::var("TONGJIAN_LANG").ok().and_then(|value| value.parse().ok());
    asked.or_else(usual).unwrap_or(Lang::Zh)
}

/// The whole command line in one language.
pub(crate) fn command(lang: Lang) -> Command {
    draw::cli::help::framed(worded(lang), lang)
}

fn worded(lang: Lang) -> Command {
    let t = |zh: &'static str, en: &'static str| match lang {
        Lang::Zh => zh,
        Lang::En => en,
    };
    let source = || {
        Arg::new("source").long("source").value_name("SOURCE").help(t("只处理这个来源", "Only this source"))
    };
    let stream = || {
        Arg::new("stream")
            .long("stream")
            .value_name("STREAM")
            .help(t("只处理这个来源中的这张表", "Only this stream of the source"))
    };
    let department = || {
        Arg::new("department")
            .long("department")
            .value_name("ID")
            .help(t("只看这个部门", "Of this department only"))
    };
    let global = |arg: Arg| arg.global(true).help_heading(t("通用", "Everywhere"));
    Command::new("tongjian")
        .version(env!("CARGO_PKG_VERSION"))
        .about(t("通鉴：把各部门的数据库合成一张市场主体图谱，用 GraphQL 查询", "Tongjian: the departments' databases as one graph of market subjects, asked over GraphQL"))
        .after_help(t(
            "退出码：0 完成；1 失败；2 命令用法有误；3 完成但有行被搁置或有表未读完；4 不存在；5 无权；69 来源或库不可达；75 可重试；78 配置有误；130 被中断\n示例：tongjian init 目录；tongjian check；tongjian pull --source registry；tongjian status --output json",
            "Exit codes: 0 done; 1 failed; 2 usage; 3 done, but rows were set aside or streams did not come through; 4 not found; 5 denied; 69 unreachable; 75 try again; 78 configuration; 130 interrupted\nExamples: tongjian init DIR; tongjian check; tongjian pull --source registry; tongjian status --output json",
        ))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .arg(global(Arg::new("config").long("config").short('c').value_name("DIR").env("TONGJIAN_CONFIG").default_value(".").value_parser(clap::value_parser!(PathBuf)).help(t("配置目录", "Directory of the configuration"))))
        .arg(global(Arg::new("set").long("set").value_name("KEY=VALUE").action(ArgAction::Append).help(t("覆盖配置中的一个值，如 server.listen=0.0.0.0:8080", "Overrides one value, as server.listen=0.0.0.0:8080"))))
        .arg(global(Arg::new("lang").long("lang").value_name("zh|en").value_parser(["zh", "en"]).help(t("界面语言", "Language"))))
        .arg(global(Arg::new("output").long("output").short('o').value_name("table|json").value_parser(["table", "json"]).default_value("table").help(t("输出格式", "Format of the output"))))
        .arg(global(Arg::new("quiet").long("quiet").short('q').action(ArgAction::SetTrue).help(t("不显示进度", "No progress"))))
        .arg(global(Arg::new("verbose").long("verbose").short('v').action(ArgAction::Count).help(t("说得更详细，也多写日志（可重复）", "Says more, and logs more; may be repeated"))))
        .subcommand(Command::new("serve").about(t("持续读取各来源，并提供 GraphQL 服务", "Keeps reading the sources and serves GraphQL")))
        .subcommand(Command::new("pull").about(t("把各来源读一遍后退出", "Reads the sources once and leaves")).arg(source()).arg(stream().requires("source")))
        .subcommand(Command::new("check").about(t("检查整个配置，并试连每个来源：能否连接、能否读、是否能写、用什么方式读、这种方式看不到什么", "Judges the whole configuration and tries each source: connect, read, write, how it will be read and what that cannot see")).arg(source()).arg(Arg::new("offline").long("offline").action(ArgAction::SetTrue).help(t("只看配置，不连接来源", "The configuration only; connects to nothing"))))
        .subcommand(Command::new("discover").about(t("看一个来源里有什么，并建议映射：每一行都附理由，供人核对后写进 departments/", "Looks at what a source holds and proposes mappings, each line with its reason, for a person to judge and put into departments/")).arg(Arg::new("from").required(true).value_name("SOURCE").help(t("已写好连接的来源", "A source whose connection is configured"))).arg(stream()).arg(Arg::new("all").long("all").action(ArgAction::SetTrue).help(t("也看已经配置的表", "Streams that are configured already, too"))))
        .subcommand(Command::new("status").about(t("各来源、各表的进度与记名情况", "Progress of every stream, and the states of matching")).arg(source()).arg(department()))
        .subcommand(quality_command(lang).arg(department()).arg(source()).arg(stream().requires("source")))
        .subcommand(
            Command::new("dead-letters")
                .about(t("被搁置的行：查看、重放、放弃", "Rows set aside: look, replay, drop"))
                .subcommand_required(true)
                .arg_required_else_help(true)
                .subcommand(Command::new("list").about(t("列出", "Lists them")).arg(source()).arg(stream().requires("source")).arg(Arg::new("first").long("first").value_name("N").default_value("50").value_parser(clap::value_parser!(u32).range(1..=200)).help(t("一次多少行，1 到 200", "So many at once, 1 to 200"))).arg(Arg::new("after").long("after").value_name("N").value_parser(clap::value_parser!(i64)).help(t("从这个编号之后开始", "Begins after this number"))))
                .subcommand(Command::new("show").about(t("查看一行及其原因", "Shows one with its reasons")).arg(Arg::new("number").required(true).value_name("N").value_parser(clap::value_parser!(i64))))
                .subcommand(Command::new("replay").about(t("到来源重新取行并再试（改好配置或数据之后）", "Fetches the rows again from their sources and tries once more")).arg(source()).arg(stream().requires("source")))
                .subcommand(Command::new("drop").about(t("放弃：不再计数，也不再重放", "Drops: not counted, not replayed any more")).arg(Arg::new("number").required(true).num_args(1..).value_name("N").value_parser(clap::value_parser!(i64))).arg(Arg::new("yes").long("yes").action(ArgAction::SetTrue).help(t("不再询问", "Does not ask")))),
        )
        .subcommand(
            Command::new("keys")
                .about(t("访问密钥：发放、列出、吊销", "Keys of callers: create, list, revoke"))
                .subcommand_required(true)
                .arg_required_else_help(true)
                .subcommand(Command::new("create").about(t("发放一把；只在此时显示一次", "Makes one; it is shown this once")).arg(Arg::new("department").long("department").required(true).value_name("ID").help(t("持有部门", "Its department"))).arg(Arg::new("role").long("role").default_value("reader").value_parser(["reader", "steward", "operator"]).help(t("角色", "Its role"))).arg(Arg::new("label").long("label").default_value("").value_name("TEXT").help(t("备注", "A note"))))
                .subcommand(Command::new("list").about(t("列出", "Lists them")))
                .subcommand(Command::new("revoke").about(t("吊销", "Revokes one")).arg(Arg::new("id").required(true).value_name("ID"))),
        )
        .subcommand(Command::new("resume").about(t("让停住的来源继续；--accept 接受它大量减少的行", "Lets a stopped source go on; --accept believes that many of its rows are gone")).arg(source().required(true)).arg(stream()).arg(Arg::new("accept").long("accept").action(ArgAction::SetTrue).help(t("接受删除", "Believes the deletions"))))
        .subcommand(retire_command(lang).arg(source().required(true)).arg(stream()))
        .subcommand(Command::new("dump").about(t("把整张图谱写成规范文本（不含编号与时间），用于比较两份库", "Writes the graph as canonical text, without ids and times, to compare two stores")))
        .subcommand(Command::new("schema").about(t("打印 GraphQL 模式（SDL）", "Prints the GraphQL schema (SDL)")))
        .subcommand(Command::new("init").about(t("在目录中写出出厂配置", "Writes the shipped configuration into a directory")).arg(Arg::new("folder").value_name("DIR").default_value(".").value_parser(clap::value_parser!(PathBuf))).arg(Arg::new("data").long("data").value_name("DIR").value_parser(clap::value_parser!(PathBuf)).help(t("库和审计库放在这个目录（默认与配置放在一起）", "Keeps store and audit trail in this directory (beside the configuration unless told)"))))
        .subcommand(draw::cli::command(lang).about(t("双随机抽取：任何人都能验证", "A double-random draw that anyone can verify")))
        .subcommand(Command::new("completions").about(t("打印命令行补全脚本", "Prints the completion script of a shell")).arg(Arg::new("shell").required(true).value_parser(clap::value_parser!(clap_complete::Shell))))
}

/// `retire`, without what it has in common with others.
fn retire_command(lang: Lang) -> Command {
    let t = |zh: &'static str, en: &'static str| match lang {
        Lang::Zh => zh,
        Lang::En => en,
    };
    Command::new("retire")
        .about(t(
            "配置中已去掉的来源或表：删除它留在库里的记录（历史和变更流仍保留）",
            "A source or stream taken out of the configuration: deletes the records it left (history and feed keep them)",
        ))
        .after_help(t(
            "先在配置中去掉这个来源或表，再运行本命令；不加 --yes 只列出将删除什么。\n退出码：0 完成；1 失败；2 用法有误（含未加 --yes、仍在配置中）；4 没有这个来源或表；75 库正被占用，稍后再试",
            "Take the source or stream out of the configuration first. Without --yes it only lists what would be deleted.\nExit codes: 0 done; 1 failed; 2 usage (also: no --yes, still configured); 4 no such source or stream; 75 the store is held, try again",
        ))
        .arg(Arg::new("yes").long("yes").action(ArgAction::SetTrue).help(t("确认删除", "Deletes indeed")))
}

/// `quality`, without what it has in common with others.
fn quality_command(lang: Lang) -> Command {
    let t = |zh: &'static str, en: &'static str| match lang {
        Lang::Zh => zh,
        Lang::En => en,
    };
    let of_findings = |name: &'static str| Arg::new(name).long(name).requires("findings");
    let dimensions = QualityDimension::ALL.map(QualityDimension::id);
    Command::new("quality")
        .about(t(
            "各部门所报数据的质量：完整、有效、及时、与其他部门一致，以及问题所在的行",
            "Quality of what departments send: completeness, validity, timeliness, agreement with others, and the rows to mend",
        ))
        .after_help(t(
            "没有总分：四项含义不同，不相加；每一项怎样算见 docs/quality.md。空着（-）表示没有可评判的。个人信息遮盖，每次查看记入审计。\n退出码：0 完成；1 失败（含文件已存在）；2 用法有误；4 没有这个部门、来源或表；75 超时，可缩小范围再试\n示例：\n  tongjian quality                                    各部门各表一行\n  tongjian quality --source urban --stream xzcf_2015  加上各字段\n  tongjian quality --department urban --findings      问题所在的行\n  tongjian quality --department urban --findings --dimension validity --field party_uscc\n  tongjian quality --department urban --xlsx 城管.xlsx 一份发还部门的工作簿",
            "There is no score: the four mean different things. How each is counted: docs/quality.md. A dash: nothing to judge. Personal information is masked, every look is audited.\nExit codes: 0 done; 1 failed (also: the file exists); 2 usage; 4 no such department, source or stream; 75 took too long, ask for less\nExamples:\n  tongjian quality                                    a line a stream\n  tongjian quality --source urban --stream xzcf_2015  with its fields\n  tongjian quality --department urban --findings      the rows to mend\n  tongjian quality --department urban --findings --dimension validity --field party_uscc\n  tongjian quality --department urban --xlsx urban.xlsx  a workbook to hand back",
        ))
        .arg(Arg::new("findings").long("findings").action(ArgAction::SetTrue).conflicts_with("xlsx").help(t("列出问题所在的行", "The rows in which something is wrong")))
        .arg(of_findings("dimension").value_name("WORD").value_parser(dimensions).help(t("只看这一项", "About this only")))
        .arg(of_findings("field").value_name("FIELD").help(t("只看这个字段", "About this field only")))
        .arg(of_findings("code").value_name("TJ-…").help(t("只看这个代码", "With this code only")))
        .arg(of_findings("first").value_name("N").default_value("50").value_parser(clap::value_parser!(u32).range(1..=200)).help(t("一次多少条，1 到 200", "So many at once, 1 to 200")))
        .arg(of_findings("after").value_name("PLACE").help(t("从上一页给出的位置之后开始", "Begins after the place that the page before gave")))
        .arg(Arg::new("xlsx").long("xlsx").value_name("FILE").value_parser(clap::value_parser!(PathBuf)).help(t("写成工作簿：汇总、字段、问题、说明", "Writes a workbook: summary, fields, findings, legend")))
        .arg(Arg::new("force").long("force").action(ArgAction::SetTrue).requires("xlsx").help(t("覆盖已有的文件", "Overwrites a file that is there")))
}

fn quality(matches: &ArgMatches) -> Quality {
    let of = |name: &str| matches.get_one::<String>(name).cloned();
    let dimension = of("dimension");
    let findings = matches.get_flag("findings").then(|| Findings {
        dimension: QualityDimension::ALL.into_iter().find(|one| dimension.as_deref() == Some(one.id())),
        field: of("field"),
        code: of("code"),
        first: matches.get_one("first").copied().unwrap_or(50),
        after: of("after"),
    });
    Quality {
        department: of("department"),
        source: of("source"),
        stream: of("stream"),
        findings,
        xlsx: matches.get_one("xlsx").cloned(),
        is_forced: matches.get_flag("force"),
    }
}

fn invocation(matches: &ArgMatches, lang: Lang) -> Invocation {
    let text = |matches: &ArgMatches, name: &str| matches.get_one::<String>(name).cloned();
    let (name, sub) = matches.subcommand().unwrap_or(("serve", matches));
    let of = |name: &str| text(sub, name);
    let action = match name {
        "pull" => Action::Pull { source: of("source"), stream: of("stream") },
        "check" => Action::Check { offline: sub.get_flag("offline"), source: of("source") },
        "discover" => Action::Discover {
            source: of("from").unwrap_or_default(),
            stream: of("stream"),
            all: sub.get_flag("all"),
        },
        "status" => Action::Status { source: of("source"), department: of("department") },
        "quality" => Action::Quality(quality(sub)),
        "dead-letters" => Action::DeadLetters(dead_letters(sub)),
        "keys" => Action::Keys(keys(sub)),
        "resume" => Action::Resume {
            source: of("source").unwrap_or_default(),
            stream: of("stream"),
            accept: sub.get_flag("accept"),
        },
        "retire" => Action::Retire {
            source: of("source").unwrap_or_default(),
            stream: of("stream"),
            yes: sub.get_flag("yes"),
        },
        "draw" => Action::Draw(Box::new(sub.clone())),
        "dump" => Action::Dump,
        "schema" => Action::Schema,
        "init" => Action::Init {
            folder: sub.get_one("folder").cloned().unwrap_or_default(),
            data: sub.get_one("data").cloned(),
        },
        "completions" => {
            Action::Completions { shell: sub.get_one("shell").copied().unwrap_or(clap_complete::Shell::Bash) }
        }
        _ => Action::Serve,
    };
    Invocation {
        action,
        config: sub.get_one("config").cloned().unwrap_or_default(),
        set: sub.get_many::<String>("set").map(|set| set.cloned().collect()).unwrap_or_default(),
        lang,
        format: if of("output").as_deref() == Some("json") { Format::Json } else { Format::Table },
        is_quiet: sub.get_flag("quiet"),
        verbosity: sub.get_count("verbose"),
    }
}

fn dead_letters(matches: &ArgMatches) -> DeadLetters {
    let (name, sub) = matches.subcommand().unwrap_or(("list", matches));
    let of = |name: &str| sub.get_one::<String>(name).cloned();
    match name {
        "show" => DeadLetters::Show { number: sub.get_one("number").copied().unwrap_or_default() },
        "replay" => DeadLetters::Replay { source: of("source"), stream: of("stream") },
        "drop" => DeadLetters::Drop {
            numbers: sub.get_many("number").map(|numbers| numbers.copied().collect()).unwrap_or_default(),
            yes: sub.get_flag("yes"),
        },
        _ => DeadLetters::List {
            source: of("source"),
            stream: of("stream"),
            first: sub.get_one("first").copied().unwrap_or(50),
            after: sub.get_one("after").copied(),
        },
    }
}

fn keys(matches: &ArgMatches) -> Keys {
    let (name, sub) = matches.subcommand().unwrap_or(("list", matches));
    let of = |name: &str| sub.get_one::<String>(name).cloned().unwrap_or_default();
    match name {
        "create" => Keys::Create { department: of("department"), role: of("role"), label: of("label") },
        "revoke" => Keys::Revoke { id: of("id") },
        _ => Keys::List,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn helps(command: &mut Command, out: &mut Vec<String>) {
        out.push(command.render_long_help().to_string());
        command.get_subcommands_mut().for_each(|inner| helps(inner, out));
    }

    #[test]
    fn help_is_in_one_language() {
        let [mut chinese, mut english] = [Vec::new(), Vec::new()];
        helps(&mut command(Lang::Zh), &mut chinese);
        helps(&mut command(Lang::En), &mut english);
        assert!(chinese.len() > 30);
        for help in chinese {
            for word in
                ["Usage", "Options", "Commands", "Arguments", "Print", "possible", "default:", "OPTIONS"]
            {
                assert!(!help.contains(word), "{word}: {help}");
            }
        }
        for help in english {
            assert!(!help.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)), "{help}");
        }
        command(Lang::Zh).debug_assert();
        command(Lang::En).debug_assert();
    }
}
