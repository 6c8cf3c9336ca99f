use clap::{Arg, ArgAction, Command};
use messages::Lang;

fn command() -> Command {
    Command::new("x")
        .subcommand_required(true)
        .subcommand(
            Command::new("pull")
                .arg(Arg::new("source").long("source").required(true))
                .arg(Arg::new("mode").long("mode").value_parser(["whole", "part"]))
                .arg(Arg::new("first").long("first").value_parser(clap::value_parser!(u32).range(1..=200)))
                .arg(Arg::new("all").long("all").action(ArgAction::SetTrue).conflicts_with("first")),
        )
        .subcommand(Command::new("push"))
}

#[track_caller]
fn says(words: &[&str], lang: Lang, wanted: &[&str]) {
    let words = std::iter::once("x").chain(words.iter().copied());
    let error = command().try_get_matches_from(words).unwrap_err();
    let text = super::text(&error, lang);
    for wanted in wanted {
        assert!(text.contains(wanted), "no `{wanted}` in:\n{text}");
    }
    let is_chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    assert_eq!(text.chars().any(is_chinese), lang == Lang::Zh, "{text}");
    // Nothing of the parser's own words is left.
    for english in ["error:", "Usage:", "For more information", "required arguments", "unexpected"] {
        assert!(!text.contains(english), "`{english}` in:\n{text}");
    }
}

#[test]
fn every_complaint_is_in_the_language_asked_for() {
    for lang in [Lang::Zh, Lang::En] {
        says(&["pull", "--sauce", "a"], lang, &["TJ-V210", "--sauce", "--source", "x pull"]);
        says(&["pul"], lang, &["TJ-V211", "pul", "pull"]);
        says(&[], lang, &["TJ-V212", "pull, push"]);
        says(&["pull"], lang, &["TJ-V213", "--source <source>"]);
        says(&["pull", "--source"], lang, &["TJ-V214", "--source"]);
        says(&["pull", "--source", "a", "--mode", "wholl"], lang, &["TJ-V215", "wholl", "whole, part"]);
        says(&["pull", "--source", "a", "--first", "0"], lang, &["TJ-V216", "--first", "1..=200"]);
        says(&["pull", "--source", "a", "--mode"], lang, &["TJ-V217", "--mode", "whole, part"]);
        says(&["pull", "--source", "a", "--first", "3", "--all"], lang, &["TJ-V219", "--all", "--first"]);
        says(&["pull", "--source", "a", "--source", "b"], lang, &["TJ-V220", "--source"]);
    }
}

#[test]
fn help_is_left_as_it_is() {
    let error = command().try_get_matches_from(["x", "--help"]).unwrap_err();
    assert!(super::text(&error, Lang::Zh).contains("pull"));
    assert!(!super::print(&error, Lang::Zh));
}
