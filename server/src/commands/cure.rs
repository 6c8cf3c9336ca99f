//! What to type so that a stream that stands still goes on: a command that works as it is printed.

use std::path::Path;

use messages::Message;

/// The command for a stream with this message; none where it goes on by itself or the configuration has to be mended.
pub(super) fn of(config: &Path, source: &str, stream: &str, message: &Message) -> Option<Message> {
    let accepts = match message.code {
        "TJ-S210" | "TJ-S211" | "TJ-S219" | "TJ-S220" | "TJ-S221" => " --accept",
        "TJ-S216" | "TJ-S222" => "",
        _ => return None,
    };
    let config = match config == Path::new(".") {
        true => String::new(),
        false => format!(" -c {}", word(&config.to_string_lossy())),
    };
    let command = format!("tongjian{config} resume --source {source} --stream {}{accepts}", word(stream));
    Some(Message::new("TJ-V233").with("command", command))
}

/// A word as a shell reads it.
fn word(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use messages::{Lang, Message};

    #[track_caller]
    fn check(code: &'static str, config: &str, stream: &str, wanted: Option<&str>) {
        let found = super::of(Path::new(config), "registry", stream, &Message::new(code));
        let found = found.map(|message| message.render(Lang::En));
        let command = found.as_deref().and_then(|text| text.split_once(": ")).map(|(_, command)| command);
        assert_eq!(command, wanted, "{found:?}");
    }

    #[test]
    fn the_command_is_one_for_a_shell() {
        check("TJ-S210", ".", "t_zyry", Some("tongjian resume --source registry --stream t_zyry --accept"));
        check("TJ-S216", ".", "a.b", Some("tongjian resume --source registry --stream a.b"));
        let quoted = "tongjian -c '/etc/x y' resume --source registry --stream 'it'\\''s-*.csv' --accept";
        check("TJ-S219", "/etc/x y", "it's-*.csv", Some(quoted));
        check("TJ-S206", ".", "t", None);
    }
}
