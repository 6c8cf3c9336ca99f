//! `tongjian discover`: what a source holds, and mappings to begin with, as text for `departments/`.

use std::time::Duration;

use config::draft::EngineDraft;
use contract::{ReadError, SourceId, StreamName, StreamSchema};
use hub::sources::Permit;
use messages::Message;
use serde_json::{Value, json};

use crate::app::{App, Failed};
use crate::cli::Invocation;
use crate::discover::{Guesser, MAX_ROWS, Proposed, header, sample};
use crate::exit::Exit;
use crate::output::{self, Format};

/// Until a source that does not answer is given up.
const PATIENCE: Duration = Duration::from_secs(60);

/// What to look at.
#[derive(Clone, Debug)]
pub(crate) struct Asked<'a> {
    /// The source.
    pub(crate) source: &'a str,
    /// Only this stream.
    pub(crate) stream: Option<&'a str>,
    /// Streams that the configuration reads already, too.
    pub(crate) all: bool,
}

/// Looks and prints.
pub(crate) async fn run(invocation: &Invocation, app: &App, asked: &Asked<'_>) -> Result<Exit, Failed> {
    let id = SourceId::new(asked.source);
    let sources = app.sources()?;
    let source = sources.get(&id).ok_or_else(|| unknown(app, asked.source))?;
    let permit = source
        .enter()
        .await
        .map_err(|not_now| Failed::new(Exit::Retryable, app.lang, &super::check::resting(&not_now)))?;
    let mut schemas = schemas(app, &permit, asked).await?;
    let draft = app.enabled_sources().map(|(_, draft)| draft).find(|draft| draft.id == asked.source);
    let is_file = draft.is_some_and(|draft| matches!(draft.engine, EngineDraft::File(_)));
    let is_folder = asked.stream.is_none() && is_file;
    if is_folder {
        schemas = alike_as_one(schemas);
    }
    let zone = draft.and_then(|draft| draft.zone.clone()).unwrap_or_else(|| app.config.hub.zone.clone());
    let anchored = app.mappings.iter().filter_map(|mapping| mapping.anchor().map(str::to_owned)).collect();
    let mut guesser = Guesser::new(&app.ontology, app.lang, &zone, anchored);
    let mut out = Out { source: asked.source, streams: Vec::new(), text: head(app, asked.source) };
    let mut n_failed = 0;
    for schema in &schemas {
        let mut configured = app.mappings.iter().filter(|mapping| *mapping.source() == id);
        let is_configured = configured.any(|mapping| is_same(mapping.stream(), &schema.name));
        if is_configured && !asked.all && asked.stream.is_none() {
            out.say(&Message::new("TJ-V154").with("stream", &schema.name).render(app.lang));
            continue;
        }
        if let Some(message) = header::absent(schema).filter(|_| is_file) {
            out.say(&message.render(app.lang));
            continue;
        }
        if let Some(message) = no_table(schema).filter(|_| is_folder) {
            out.say(&message.render(app.lang));
            continue;
        }
        match tokio::time::timeout(PATIENCE, sample(&permit, schema)).await {
            Ok(Ok(sample)) => out.add(schema, guesser.propose(&id, schema, &sample)),
            Ok(Err(error)) => {
                n_failed += 1;
                out.say(&failed(app, schema, &error));
            }
            Err(_) => {
                n_failed += 1;
                let message = Message::new("TJ-V041").render(app.lang);
                out.say(&format!("{}: {message}", schema.name));
            }
        }
    }
    match invocation.format {
        Format::Json => {
            output::json(&json!({ "source": out.source, "streams": out.streams, "text": out.text }))
        }
        Format::Table => output::line(&out.text),
    }
    Ok(if n_failed == 0 { Exit::Ok } else { Exit::Partial })
}

fn unknown(app: &App, name: &str) -> Failed {
    Failed::new(Exit::NotFound, app.lang, &Message::new("TJ-V061").with("name", name))
}

async fn schemas(app: &App, permit: &Permit, asked: &Asked<'_>) -> Result<Vec<StreamSchema>, Failed> {
    let named: Option<Vec<StreamName>> = match asked.stream {
        Some(name) => Some(vec![name.parse().map_err(|_| unknown(app, name))?]),
        None => None,
    };
    let found = tokio::time::timeout(PATIENCE, permit.source().discover(named.as_deref())).await;
    match found {
        Ok(Ok(schemas)) if schemas.is_empty() && named.is_some() => {
            Err(unknown(app, asked.stream.unwrap_or_default()))
        }
        Ok(Ok(schemas)) => Ok(schemas),
        Ok(Err(error)) => {
            let exit = match error {
                ReadError::NoStream { .. } => Exit::NotFound,
                ReadError::Connect { .. }
                | ReadError::Refused { .. }
                | ReadError::TimedOut { .. }
                | ReadError::NoColumn { .. }
                | ReadError::Source { .. }
                | ReadError::Malformed { .. }
                | ReadError::OpenQuote { .. }
                | ReadError::Unsupported { .. } => Exit::Unavailable,
            };
            Err(Failed { exit, text: words(app, &error) })
        }
        Err(_) => Err(Failed::new(Exit::Unavailable, app.lang, &Message::new("TJ-V041"))),
    }
}

/// Files of the same columns whose names differ in their digits only are one stream, by a pattern of names.
fn alike_as_one(schemas: Vec<StreamSchema>) -> Vec<StreamSchema> {
    let mut out: Vec<(String, usize, StreamSchema)> = Vec::new();
    for schema in schemas {
        let pattern = pattern(&schema.name.to_string());
        let is_like = |known: &StreamSchema| {
            known
                .columns
                .iter()
                .map(|column| &column.name)
                .eq(schema.columns.iter().map(|column| &column.name))
        };
        match out.iter_mut().find(|(known, _, first)| *known == pattern && is_like(first)) {
            Some((_, n, _)) => *n += 1,
            None => out.push((pattern, 1, schema)),
        }
    }
    // One file alone with digits in its name is the first of a row of files, unless the pattern would take others in.
    let names: Vec<String> = out.iter().map(|(_, _, schema)| schema.name.to_string()).collect();
    let is_clear = |pattern: &str| names.iter().filter(|name| matches(pattern, name)).count() == 1;
    let named = |(pattern, n, schema): (String, usize, StreamSchema)| match pattern.parse::<StreamName>() {
        Ok(name) if n > 1 => StreamSchema { name, estimated_rows: None, ..schema },
        Ok(name) if is_clear(&pattern) && is_numbered(&schema.name.to_string()) => {
            StreamSchema { name, ..schema }
        }
        Ok(_) | Err(_) => schema,
    };
    out.into_iter().map(named).collect()
}

/// Whether digits in the name of a file are a number of it, and not part of a word (`utf16.csv`): four or more, or standing
/// apart from letters.
fn is_numbered(name: &str) -> bool {
    let chars: Vec<char> = name.chars().collect();
    let mut at = 0;
    while let Some(begin) = chars.iter().skip(at).position(char::is_ascii_digit).map(|begin| at + begin) {
        let n = chars.iter().skip(begin).take_while(|c| c.is_ascii_digit()).count();
        let is_apart = begin == 0 || !chars.get(begin - 1).is_some_and(char::is_ascii_alphabetic);
        if n >= 4 || is_apart {
            return true;
        }
        at = begin + n;
    }
    false
}

/// Why a stream of a folder is no table to make a mapping of, as far as its header tells.
fn no_table(schema: &StreamSchema) -> Option<Message> {
    let [only] = schema.columns.as_slice() else { return None };
    let name = schema.name.to_string();
    let separators = [(';', ";"), ('\t', "\\t"), ('|', "|"), ('；', "；"), ('，', "，")];
    let found = separators.iter().find(|(separator, _)| only.name.contains(*separator));
    if let Some((separator, written)) = found {
        let code = if separator.is_ascii() { "TJ-V282" } else { "TJ-V284" };
        return Some(Message::new(code).with("stream", name).with("separator", written));
    }
    name.to_lowercase().ends_with(".txt").then(|| Message::new("TJ-V283").with("stream", name))
}

/// Whether a pattern with `*` for anything takes a name in.
fn matches(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((before, rest)) => name.strip_prefix(before).is_some_and(|name| {
            name.char_indices().map(|(at, _)| at).chain([name.len()]).any(|at| matches(rest, &name[at..]))
        }),
    }
}

/// Whether a name of the configuration means this stream; it may leave out what stands before the table's name.
fn is_same(configured: &StreamName, found: &StreamName) -> bool {
    found.parts().ends_with(configured.parts())
}

/// A name with `*` for each run of digits in the name of its file; what a sheet is called stays.
fn pattern(name: &str) -> String {
    let ends = [".csv", ".xlsx"].into_iter().find_map(|end| name.to_lowercase().find(end));
    let (file, rest) = name.split_at_checked(ends.unwrap_or(name.len())).unwrap_or((name, ""));
    let mut out = String::new();
    for c in file.chars() {
        match c {
            '0'..='9' if out.ends_with('*') => {}
            '0'..='9' => out.push('*'),
            c => out.push(c),
        }
    }
    out + rest
}

/// What to do with the text, before it.
fn head(app: &App, source: &str) -> String {
    let place = app.config.locate(&format!("source.{source}.engine"));
    let file = place.map(|place| place.to_string()).unwrap_or_default();
    let file = file.split(':').next().unwrap_or_default();
    let about = Message::new("TJ-V100").with("source", source).with("file", file);
    let how = Message::new("TJ-V101").with("rows", MAX_ROWS);
    format!("# {}\n# {}", about.render(app.lang), how.render(app.lang))
}

fn words(app: &App, error: &ReadError) -> String {
    let note = contract::notes::failure(error).note;
    format!("{}: {}", note.code, Message { code: note.code, args: note.args }.render(app.lang))
}

fn failed(app: &App, schema: &StreamSchema, error: &ReadError) -> String {
    Message::new("TJ-V153").with("stream", &schema.name).with("why", words(app, error)).render(app.lang)
}

/// What is printed at the end.
struct Out<'a> {
    source: &'a str,
    streams: Vec<Value>,
    text: String,
}

impl Out<'_> {
    /// A line that is no configuration.
    fn say(&mut self, text: &str) {
        let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        self.text.push_str(&format!("\n\n# {clean}"));
    }

    fn add(&mut self, schema: &StreamSchema, proposed: Proposed) {
        self.text.push('\n');
        self.text.push_str(&proposed.text);
        let fields: serde_json::Map<String, Value> =
            proposed.fields.into_iter().map(|(field, column)| (field, json!(column))).collect();
        self.streams.push(json!({
            "stream": schema.name.to_string(), "estimated_rows": schema.estimated_rows, "key": schema.key,
            "kind": proposed.kind, "runner_up": proposed.runner_up, "fields": fields,
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::{alike_as_one, is_same, matches, pattern};
    use contract::{Column, ColumnType, StreamSchema};

    #[test]
    fn a_table_is_known_without_its_schema() {
        let name = |text: &str| text.parse().expect("a name");
        assert!(
            is_same(&name("t_a"), &name("public.t_a")) && is_same(&name("public.t_a"), &name("public.t_a"))
        );
        assert!(
            !is_same(&name("other.t_a"), &name("public.t_a")) && !is_same(&name("a"), &name("public.t_a"))
        );
    }

    #[test]
    fn files_of_several_years_are_one_stream_if_their_columns_agree() {
        let column = |name: &str| Column {
            name: name.to_owned(),
            column_type: ColumnType::Any,
            native_type: String::new(),
            is_nullable: true,
            charset: None,
            comment: None,
        };
        let file = |name: &str, of: &str| StreamSchema {
            name: name.parse().expect("a name"),
            comment: None,
            columns: vec![column(of)],
            key: Vec::new(),
            estimated_rows: Some(1),
            notes: Vec::new(),
            parts: Vec::new(),
        };
        let found =
            alike_as_one(vec![file("a-2018.csv", "x"), file("a-2019.csv", "x"), file("a-2020.csv", "y")]);
        let names: Vec<String> = found.iter().map(|schema| schema.name.to_string()).collect();
        assert_eq!(names, ["a-*.csv", "a-2020.csv"]);
        // One file alone is the first of a row; where its pattern would take in others it stays itself.
        let found = alike_as_one(vec![file("b-202401.csv", "x"), file("2024.csv", "x"), file("c.csv", "y")]);
        let names: Vec<String> = found.iter().map(|schema| schema.name.to_string()).collect();
        assert_eq!(names, ["b-*.csv", "2024.csv", "c.csv"]);
        assert_eq!(pattern("t2-2024-01.csv"), "t*-*-*.csv");
        assert_eq!(pattern("许可2024.xlsx.Sheet1"), "许可*.xlsx.Sheet1");
        assert!(
            matches("a-*-*.csv", "a-2020-1.csv") && !matches("a-*.csv", "b-1.csv") && matches("*", "许可")
        );
    }

    #[test]
    fn digits_of_a_word_are_no_number_of_a_file() {
        for name in ["处罚-2024.csv", "xzxk20240101.csv", "a_1.csv", "第3批.csv", "7.xlsx"] {
            assert!(super::is_numbered(name), "{name}");
        }
        for name in ["utf16.csv", "gb18.csv", "plain.csv"] {
            assert!(!super::is_numbered(name), "{name}");
        }
    }

    #[test]
    fn what_is_no_table_is_told_with_what_to_do() {
        let code = |name: &str, column: &str| {
            let column = contract::Column {
                name: column.to_owned(),
                column_type: contract::ColumnType::Any,
                native_type: "text".to_owned(),
                is_nullable: true,
                charset: None,
                comment: None,
            };
            let schema = StreamSchema {
                name: name.parse().unwrap(),
                comment: None,
                columns: vec![column],
                key: Vec::new(),
                estimated_rows: None,
                notes: Vec::new(),
                parts: Vec::new(),
            };
            super::no_table(&schema).map(|message| (message.code, message.render(messages::Lang::Zh)))
        };
        let (found, text) = code("a.csv", "主体;日期;金额").unwrap();
        assert!(found == "TJ-V282" && text.contains("delimiter = \";\""), "{text}");
        assert_eq!(code("a.csv", "主体，日期").unwrap().0, "TJ-V284");
        assert_eq!(code("读我.txt", "请先看这个文件").unwrap().0, "TJ-V283");
        assert_eq!(code("a.csv", "名称"), None);
    }
}
