//! What the program does, one file a command.

mod check;
mod cure;
mod dead_letters;
mod discover;
mod draw;
mod dump;
mod init;
mod keys;
mod pull;
mod quality;
mod resume;
mod retire;
mod schema;
mod serve;
mod status;

use messages::Message;

use crate::app::{App, Failed, chain};
use crate::cli::{Action, Invocation};
use crate::exit::Exit;
use crate::output;

/// Runs a command; prints what it has to say.
pub(crate) async fn run(invocation: Invocation) -> Exit {
    log(&invocation);
    match act(&invocation).await {
        Ok(exit) => exit,
        Err(failed) => {
            output::error(&failed.text);
            failed.exit
        }
    }
}

async fn act(invocation: &Invocation) -> Result<Exit, Failed> {
    match &invocation.action {
        Action::Init { folder, data } => return init::run(invocation, folder, data.as_deref()),
        Action::Draw(matches) => return Ok(draw::run(invocation, matches)),
        Action::Completions { shell } => {
            // Made whole first: the generator panics where nobody reads on.
            let mut script = Vec::new();
            clap_complete::generate(
                *shell,
                &mut crate::cli::command(invocation.lang),
                "tongjian",
                &mut script,
            );
            output::line(String::from_utf8_lossy(&script).trim_end());
            return Ok(Exit::Ok);
        }
        Action::Serve
        | Action::Pull { .. }
        | Action::Check { .. }
        | Action::Discover { .. }
        | Action::Status { .. }
        | Action::Quality(_)
        | Action::DeadLetters(_)
        | Action::Keys(_)
        | Action::Resume { .. }
        | Action::Retire { .. }
        | Action::Dump
        | Action::Schema => {}
    }
    let app = App::load(invocation)?;
    match &invocation.action {
        Action::Serve => Box::pin(serve::run(invocation, app)).await,
        Action::Pull { source, stream } => {
            Box::pin(pull::run(invocation, &app, source.as_deref(), stream.as_deref())).await
        }
        Action::Check { offline, source } => check::run(invocation, &app, *offline, source.as_deref()).await,
        Action::Discover { source, stream, all } => {
            let asked = discover::Asked { source, stream: stream.as_deref(), all: *all };
            Box::pin(discover::run(invocation, &app, &asked)).await
        }
        Action::Status { source, department } => {
            status::run(invocation, &app, source.as_deref(), department.as_deref()).await
        }
        Action::Quality(what) => Box::pin(quality::run(invocation, &app, what)).await,
        Action::DeadLetters(what) => dead_letters::run(invocation, &app, what).await,
        Action::Keys(what) => keys::run(invocation, &app, what),
        Action::Resume { source, stream, accept } => {
            resume::run(&app, source, stream.as_deref(), *accept).await
        }
        Action::Retire { source, stream, yes } => retire::run(&app, source, stream.as_deref(), *yes).await,
        Action::Dump => dump::run(&app).await,
        Action::Schema => schema::run(&app),
        Action::Init { .. } | Action::Completions { .. } | Action::Draw(_) => Ok(Exit::Ok),
    }
}

/// Refuses another key for persons than the one the store was filled with, as far as the store can be read.
async fn same_person_key(app: &App) -> Result<(), Failed> {
    let Ok(store) = app.reading_store().await else { return Ok(()) };
    let same = hub::ingest::same_person_key(&store, &app.mappings).await;
    store.close().await;
    same.map_err(|error| refused(app, &error))
}

/// Why ingest cannot begin.
fn refused(app: &App, error: &hub::ingest::IngestError) -> Failed {
    if let hub::ingest::IngestError::OtherPersonKey = error {
        let (message, cure) = (Message::new("TJ-V048"), Message::new("TJ-V049"));
        let failed = Failed::new(Exit::Config, app.lang, &message);
        return Failed { text: format!("{}\n  = {}", failed.text, cure.render(app.lang)), ..failed };
    }
    Failed { exit: Exit::Failure, text: chain(app.lang, "TJ-V005", error) }
}

/// Logs go to standard error, as JSON where nobody looks on. A command that is to be quiet says what it has to say
/// itself, in the reader's language; only what keeps running has a log all the same.
fn log(invocation: &Invocation) {
    use std::io::IsTerminal as _;
    use tracing_subscriber::EnvFilter;
    let level = match (invocation.verbosity, &invocation.action) {
        (0, action) if invocation.is_quiet && !matches!(action, Action::Serve) => "off",
        (0, _) => "warn",
        (1, _) => "info",
        _ => "debug",
    };
    let filter = EnvFilter::try_from_env("TONGJIAN_LOG").unwrap_or_else(|_| EnvFilter::new(level));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // Another command of the same process may have begun the log already.
    let _ = if std::io::stderr().is_terminal() { builder.try_init() } else { builder.json().try_init() };
}
