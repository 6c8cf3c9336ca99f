//! `tongjian schema`: the GraphQL schema of this configuration, as SDL.

use crate::app::{App, Failed, chain};
use crate::exit::Exit;
use crate::output;

/// Prints the schema.
pub(crate) fn run(app: &App) -> Result<Exit, Failed> {
    let sdl = graphql::sdl(&app.catalogue(&hub::ingest::DeclaredKeys::new()))
        .map_err(|error| Failed { exit: Exit::Config, text: chain(app.lang, "TJ-V017", &error) })?;
    output::line(&sdl);
    Ok(Exit::Ok)
}
