//! The help in Chinese. The English one stands beside the arguments; a test holds that neither has a gap. The parser's own
//! words are English too: [`framed`] says them in Chinese, for this program and the one it is mounted in.

use clap::{Arg, ArgAction, Command};
use messages::Lang;

/// Commands, by their words.
const COMMANDS: &[(&str, &str)] = &[
    ("", "双随机抽取：任何人都能验证"),
    ("plan", "核对方案"),
    ("plan check", "指出方案及其旁边数据文件的每一处问题和位置"),
    ("commit", "在任何人可能知道种子之前固定方案、名录和人员；写出 commit.txt，并把 C 写入日志"),
    ("share", "制作一份份额并把摘要写入日志，或截止份额"),
    ("hold", "把第二持有人收到托管份额一事写入日志"),
    ("reveal", "公开一方的份额"),
    ("entropy", "把一个公共随机值写入日志"),
    ("open", "打开一份托管份额"),
    ("execute", "抽取企业和人员，并把结果的摘要写入日志"),
    ("event", "抽取之后有人员退出，或需要补救"),
    ("event report", "把发生的事写入日志"),
    ("event entropy", "把事件的公共随机值写入日志"),
    ("event execute", "执行下一个已有随机值的事件"),
    ("substitute", "某企业根本不是对象：由下一个候补接替"),
    ("void", "宣布抽取作废"),
    ("publish", "把全部公开一事写入日志"),
    ("head", "为日志制作日志头，供见证人签名"),
    ("witness", "见证人在自己处所做的事"),
    ("witness key", "制作钥匙，并显示写进方案的公钥"),
    ("witness sign", "若最新的日志头延续自己上次签过的，就签名"),
    ("bundle", "写出规范的证据包"),
    ("verify", "由证据包重做抽取，指出什么相符、什么不符及位置、什么没有查"),
    ("explain", "某企业为何被抽中或未被抽中；某人员为何有这些任务"),
    ("simulate", "用没有意义的种子抽取许多次，给出频率和负荷"),
];

/// Arguments, by the words of their command and their name; those of no command are of all that have them.
const ARGUMENTS: &[(&str, &str, &str)] = &[
    ("", "time", "这一步的时间，如 2026-07-01T08:00:00Z；不写则用本机时钟"),
    ("", "output", "给人看，还是给程序用"),
    ("", "lang", "语言"),
    ("", "dir", "抽取的工作目录"),
    ("", "log", "日志目录；不写则为工作目录里的 log"),
    ("plan check", "dir", "含 plan.txt 的目录"),
    ("commit", "raw", "未加盐的数据文件所在目录：用新钥匙加盐，钥匙保存在 secret 里"),
    ("share", "party", "参与方或托管人"),
    ("share", "digest", "这里只知道摘要：份额在参与方自己的设备上制作"),
    ("share", "to", "新份额存放处；不写则在工作目录里"),
    ("share", "only_make", "只制作份额，不写日志：参与方在自己的设备上这样做"),
    ("share", "close", "份额已齐：截止"),
    ("hold", "party", "谁的份额"),
    ("hold", "holder", "谁收到了它"),
    ("hold", "file", "收到的文件；不写则用工作目录里的那份"),
    ("reveal", "party", "谁的份额"),
    ("reveal", "file", "份额文件；不写则用工作目录里的那份"),
    ("open", "party", "谁的份额"),
    ("open", "file", "份额文件；不写则用工作目录里的那份"),
    ("entropy", "index", "方案里该来源的序号"),
    ("entropy", "value", "随机值，按字符原样填写"),
    ("event report", "task", "任务，如 G1/91330108MA27XF6N4K"),
    ("event report", "class", "名额的类别"),
    ("event report", "out", "谁退出"),
    ("event report", "dept", "需要补救的部门"),
    ("event report", "remedy", "capacity+N、pool 或 postpone"),
    ("event report", "reason", "理由代码"),
    ("event report", "evidence", "证据文件；第一行是 32 个随机十六进制字符"),
    ("event entropy", "event", "事件编号"),
    ("event entropy", "value", "随机值，按字符原样填写"),
    ("substitute", "matter", "事项"),
    ("substitute", "out", "不是对象的企业"),
    ("substitute", "reason", "DEREGISTERED、REVOKED、MOVED 或 NOT-OF-MATTER"),
    ("substitute", "evidence", "证据文件；第一行是 32 个随机十六进制字符"),
    ("substitute", "approver", "批准人；须有两名不同的人"),
    ("void", "reason", "理由代码"),
    ("void", "name", "被点名的人：不打开份额的托管人，或不公开份额的参与方"),
    ("void", "approver", "批准人"),
    ("witness key", "keep", "见证人自己的目录"),
    ("witness key", "suite", "算法"),
    ("witness sign", "log", "日志目录"),
    ("witness sign", "keep", "见证人自己的目录：钥匙和上一个日志头"),
    ("witness sign", "code", "方案里见证人的代码"),
    ("bundle", "to", "要写出的证据包"),
    ("bundle", "public", "略去不向所有人公开的内容"),
    ("verify", "bundle", "证据包"),
    ("verify", "log", "来自别处的日志：目录或证据包"),
    ("verify", "expect_commit", "墙上的 C，大小写不论"),
    ("verify", "expect_head", "见证人给出的日志头摘要，大小写不论"),
    ("verify", "expect_public", "在别处看到的公共随机值，如 1=00345"),
    ("verify", "files", "列出每个文件"),
    ("explain", "bundle", "证据包"),
    ("explain", "company", "企业的统一社会信用代码"),
    ("explain", "officer", "人员的化名"),
    ("simulate", "dir", "工作目录：方案、名录、人员"),
    ("simulate", "seeds", "抽取多少次"),
    ("simulate", "svg", "图片写到哪里"),
];

const CODES: &str = "退出码：0 完成或完整；1 被拒绝；2 用法有误；69 文件或系统";
const TEMPLATE: &str = "{about-with-newline}\n用法：{usage}\n\n{all-args}{after-help}";

/// The command tree in a language, alone.
pub(super) fn in_language(command: Command, lang: Lang) -> Command {
    framed(worded(command, lang), lang)
}

/// The same without what the parser says of itself.
pub(super) fn worded(command: Command, lang: Lang) -> Command {
    match lang {
        Lang::Zh => chinese(command, ""),
        Lang::En => command,
    }
}

fn chinese(command: Command, path: &str) -> Command {
    let about = COMMANDS.iter().find(|(known, _)| *known == path).map(|(_, text)| *text);
    let mut command = command;
    if path.is_empty() {
        command = command.after_help(CODES);
    }
    if let Some(about) = about {
        command = command.about(about);
    }
    let of_arg = |arg: &Arg| {
        let texts = ARGUMENTS.iter().filter(|(_, name, _)| *name == arg.get_id().as_str());
        let mut texts = texts.filter(|(known, _, _)| *known == path || known.is_empty());
        let first = texts.next();
        texts.next_back().or(first).map(|(_, _, text)| *text)
    };
    let command = command.mut_args(|arg| match of_arg(&arg) {
        Some(text) => arg.help(text),
        None => arg,
    });
    command.mut_subcommands(|inner| {
        let words = if path.is_empty() {
            inner.get_name().to_owned()
        } else {
            format!("{path} {}", inner.get_name())
        };
        chinese(inner, &words)
    })
}

/// A whole command tree with the parser's own words (usage, headings, defaults, `--help`) in a language.
#[must_use]
pub fn framed(command: Command, lang: Lang) -> Command {
    if lang == Lang::En {
        return command;
    }
    let mut command = in_chinese(command);
    // The usage is known only of a tree that is whole.
    command.build();
    usages(command)
}

fn in_chinese(command: Command) -> Command {
    let has_version = command.get_version().is_some();
    let of_itself = |name: &'static str, short: char, action: ArgAction, help: &'static str| {
        Arg::new(name).short(short).long(name).action(action).help(help).help_heading("选项")
    };
    let mut command = command
        .subcommand_help_heading("命令")
        .help_template(TEMPLATE)
        .mut_args(argument)
        .disable_help_flag(true)
        .disable_version_flag(true)
        .disable_help_subcommand(true)
        .arg(of_itself("help", 'h', ArgAction::Help, "显示帮助"));
    if has_version {
        command = command.arg(of_itself("version", 'V', ArgAction::Version, "显示版本"));
    }
    command.mut_subcommands(in_chinese)
}

/// What may be given, and what holds when nothing is, in its own words.
fn argument(arg: Arg) -> Arg {
    let mut told = arg.get_help().map(ToString::to_string).unwrap_or_default();
    if arg.get_action().takes_values() {
        let of = |values: Vec<String>| values.join("、");
        let may_be = arg.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect();
        let default = arg.get_default_values().iter().map(|value| value.to_string_lossy().into_owned());
        let default = default.filter(|value| !value.is_empty()).collect();
        let variable = arg.get_env().map(|name| name.to_string_lossy().into_owned()).into_iter().collect();
        for (name, values) in [("可选", of(may_be)), ("默认", of(default)), ("环境变量", of(variable))]
        {
            if !values.is_empty() {
                told.push_str(&format!("［{name}：{values}］"));
            }
        }
    }
    let arg = match arg.get_action().takes_values() {
        true => arg.hide_default_value(true).hide_possible_values(true).hide_env(true),
        false => arg,
    };
    let arg = match (arg.get_help_heading(), arg.is_positional()) {
        (Some(_), _) => arg,
        (None, true) => arg.help_heading("参数"),
        (None, false) => arg.help_heading("选项"),
    };
    if told.is_empty() { arg } else { arg.help(told) }
}

fn usages(mut command: Command) -> Command {
    let usage = command.render_usage().to_string();
    let usage = usage.trim().trim_start_matches("Usage:").trim().to_owned();
    let usage =
        usage.replace("[OPTIONS]", "[选项]").replace("<COMMAND>", "<命令>").replace("[COMMAND]", "[命令]");
    command.override_usage(usage).mut_subcommands(usages)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::cli::args::Alone;

    fn helps(command: &mut Command, out: &mut Vec<String>) {
        out.push(command.render_long_help().to_string());
        command.get_subcommands_mut().for_each(|inner| helps(inner, out));
    }

    #[test]
    fn the_parser_s_own_words_are_chinese_too() {
        let mut out = Vec::new();
        helps(&mut in_language(Alone::command(), Lang::Zh), &mut out);
        assert!(out.len() > 20);
        for help in out {
            for word in
                ["Usage", "Options", "Commands", "Arguments", "Print", "possible", "default:", "OPTIONS"]
            {
                assert!(!help.contains(word), "{word}: {help}");
            }
        }
    }

    fn gaps(command: &Command, is_chinese: bool, out: &mut Vec<String>) {
        let is_said = |text: Option<&clap::builder::StyledStr>| {
            text.is_some_and(|text| {
                let text = text.to_string();
                let has = text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
                has == is_chinese || text.contains('·') || text.is_ascii() && !is_chinese
            })
        };
        if !is_said(command.get_about()) {
            out.push(command.get_name().to_owned());
        }
        for arg in command.get_arguments() {
            if !is_said(arg.get_help()) {
                out.push(format!("{} {}", command.get_name(), arg.get_id()));
            }
        }
        command.get_subcommands().for_each(|inner| gaps(inner, is_chinese, out));
    }

    #[test]
    fn every_command_and_argument_is_said_in_both_languages() {
        for (lang, is_chinese) in [(Lang::Zh, true), (Lang::En, false)] {
            let mut out = Vec::new();
            gaps(&in_language(Alone::command(), lang), is_chinese, &mut out);
            assert!(out.is_empty(), "{lang:?}: {out:?}");
        }
        in_language(Alone::command(), Lang::Zh).debug_assert();
    }

    #[test]
    fn no_text_is_of_a_word_that_is_not_there() {
        let tree = Alone::command();
        let find = |path: &str| {
            path.split(' ')
                .filter(|word| !word.is_empty())
                .try_fold(&tree, |at, word| at.find_subcommand(word))
        };
        for (path, _) in COMMANDS {
            assert!(find(path).is_some(), "{path}");
        }
        for (path, name, _) in ARGUMENTS.iter().filter(|(path, _, _)| !path.is_empty()) {
            let command = find(path).unwrap_or_else(|| panic!("{path}"));
            assert!(command.get_arguments().any(|arg| arg.get_id() == name), "{path} {name}");
        }
    }
}
