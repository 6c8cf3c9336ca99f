//! Whatever is done to a good configuration, what comes back is a configuration or problems with their places.

use proptest::{prelude::*, test_runner::Config as Cases};

use super::{examples, write};
use crate::{Overrides, load_with};

/// One thing that happens to a text.
#[derive(Clone, Debug)]
enum Mutation {
    Remove { at: usize, n: usize },
    Insert { at: usize, text: String },
    Swap { line: usize, other: usize },
    Repeat { line: usize },
    Drop { line: usize },
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let scraps = prop_oneof![
        Just("\"".to_owned()),
        Just("[".to_owned()),
        Just("]".to_owned()),
        Just("{".to_owned()),
        Just("}".to_owned()),
        Just("=".to_owned()),
        Just(".".to_owned()),
        Just("\n".to_owned()),
        Just("'''".to_owned()),
        Just("#".to_owned()),
        Just("-1e999".to_owned()),
        Just("\u{0}".to_owned()),
        Just("\u{feff}".to_owned()),
        Just("[[[[[[[[".repeat(30)),
        Just("[source.registry]\n".to_owned()),
        Just("2021-02-30".to_owned()),
        Just("长期".to_owned()),
        "\\PC{0,6}",
    ];
    prop_oneof![
        (any::<usize>(), 1_usize..40).prop_map(|(at, n)| Mutation::Remove { at, n }),
        (any::<usize>(), scraps).prop_map(|(at, text)| Mutation::Insert { at, text }),
        (any::<usize>(), any::<usize>()).prop_map(|(line, other)| Mutation::Swap { line, other }),
        any::<usize>().prop_map(|line| Mutation::Repeat { line }),
        any::<usize>().prop_map(|line| Mutation::Drop { line }),
    ]
}

fn mutated(text: &str, mutation: &Mutation) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    let (n_chars, n_lines) = (chars.len().max(1), lines.len().max(1));
    match mutation {
        Mutation::Remove { at, n } => {
            let at = at % n_chars;
            chars.drain(at.min(chars.len())..(at + n).min(chars.len()));
            return chars.into_iter().collect();
        }
        Mutation::Insert { at, text } => {
            let at = (at % n_chars).min(chars.len());
            chars.splice(at..at, text.chars());
            return chars.into_iter().collect();
        }
        Mutation::Swap { line, other } => lines.swap(line % n_lines, other % n_lines),
        Mutation::Repeat { line } => lines.insert(line % n_lines, lines[line % n_lines]),
        Mutation::Drop { line } => drop(lines.remove(line % n_lines)),
    }
    lines.concat()
}

proptest! {
    #![proptest_config(Cases { cases: 400, failure_persistence: None, ..Cases::default() })]

    #[test]
    fn a_configuration_or_problems(mutations in proptest::collection::vec((0_usize..4, mutation()), 1..4)) {
        let dir = tempfile::tempdir().unwrap();
        let mut files: Vec<(String, String)> = examples()
            .split("--- ")
            .skip(1)
            .map(|file| file.split_once('\n').unwrap())
            .map(|(path, text)| (path.to_owned(), text.to_owned()))
            .collect();
        for (file, mutation) in &mutations {
            let text = &mut files[*file].1;
            if !text.is_empty() {
                *text = mutated(text, mutation);
            }
        }
        write(dir.path(), &files.iter().map(|(path, _)| format!("--- {path}\n")).collect::<String>());
        for (path, text) in &files {
            std::fs::write(dir.path().join(path), text).unwrap();
        }
        match load_with(dir.path(), &Overrides::default()) {
            Ok(config) => {
                prop_assert!(!config.effective().is_empty());
            }
            Err(problems) => {
                prop_assert!(!problems.is_empty());
                for problem in problems {
                    let location = &problem.location;
                    let text = std::fs::read_to_string(&location.file).unwrap_or_default();
                    prop_assert!(location.file.starts_with(dir.path()), "{location}");
                    prop_assert!(location.column >= 1);
                    prop_assert!((1..=text.lines().count() + 1).contains(&location.line), "{location}");
                    for lang in [messages::Lang::Zh, messages::Lang::En] {
                        let text = problem.render(lang);
                        prop_assert!(!text.contains("has no text") && !text.contains("没有文本"), "{text}");
                    }
                }
            }
        }
    }
}
