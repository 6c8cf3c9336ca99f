//! `tongjian serve`: keeps reading the sources and answers GraphQL, until it is asked to stop.

use std::sync::Arc;

use hub::ingest::Stop;
use messages::Message;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::pull;
use crate::app::{App, Failed, chain};
use crate::cli::Invocation;
use crate::exit::Exit;
use crate::http::{self, Bounds};
use crate::output;

/// For sources to say which keys their tables have, where nobody has said it yet.
const LEARNING: std::time::Duration = std::time::Duration::from_secs(5);

/// Serves until SIGINT or SIGTERM: then no new requests, the batches under way are written, and it leaves.
pub(crate) async fn run(invocation: &Invocation, app: App) -> Result<Exit, Failed> {
    let store = app.store().await?;
    let ingest = pull::ingest(&app, store.clone()).await?;
    // Before anybody is answered, so that the keys of rows can be told at the first start too.
    ingest.learn_keys(LEARNING).await.map_err(|error| Failed::store(app.lang, &error))?;
    let query = Arc::new(app.query(store.clone()).await?);
    let api = api(&app, query)?;
    let listener = bind(&app, &app.config.server.listen).await?;
    let admin = match &app.config.server.admin_listen {
        Some(address) => Some(bind(&app, address).await?),
        None => None,
    };
    let stop = Stop::new();
    let bars =
        (!invocation.is_quiet).then(|| crate::progress::Bars::new(ingest.watch(), invocation.verbosity > 0));
    output::line(&Message::new("TJ-V050").with("address", local(&listener)).render(app.lang));
    let mut tasks: JoinSet<Result<(), std::io::Error>> = JoinSet::new();
    let (end, ended) = tokio::sync::watch::channel(false);
    let limits = &app.config.server.limits;
    let bounds = Bounds {
        connections: limits.connections as usize,
        per_address: limits.connections_per_address as usize,
        ..Bounds::default()
    };
    tasks.spawn(http::serve(listener, api.router(), bounds, ended.clone()));
    if let Some(admin) = admin {
        tasks.spawn(http::serve(admin, api.admin_router(), Bounds::default(), ended));
    }
    // Where every source is switched off there is nothing to read, and still much to answer.
    let running = async {
        ingest.run(&stop).await;
        stop.asked().await;
    };
    let mut reading = Box::pin(pull::until_stopped(Box::pin(running), &stop));
    let exit = tokio::select! {
        _ = &mut reading => Exit::Ok,
        Some(Ok(Err(error))) = tasks.join_next() => {
            output::error(&chain(app.lang, "TJ-V051", &error));
            stop.soft();
            reading.await;
            Exit::Failure
        }
    };
    // No new requests; those accepted are answered.
    let _ = end.send(true);
    while tasks.join_next().await.is_some() {}
    drop(bars);
    store.close().await;
    Ok(exit)
}

fn api(app: &App, query: Arc<hub::query::Query>) -> Result<graphql::Api, Failed> {
    let random = super::keys::random().map_err(|why| Failed { exit: Exit::Failure, text: why })?;
    let limits = &app.config.server.limits;
    let settings = graphql::Settings {
        query,
        keys: Arc::new(app.keys()?),
        limits: graphql::Limits {
            body_bytes: usize::try_from(limits.body_bytes).unwrap_or(usize::MAX),
            depth: limits.depth,
            cost: limits.cost,
            aliases: limits.aliases,
            page: limits.page_size,
            time: std::time::Duration::from_secs(u64::from(limits.seconds)),
            response_bytes: usize::try_from(limits.response_bytes).unwrap_or(usize::MAX),
            concurrent: limits.concurrent as usize,
            concurrent_per_key: limits.concurrent_per_key as usize,
            ..graphql::Limits::default()
        },
        cursor_key: random,
        run_id: random[..4].iter().map(|byte| format!("{byte:02x}")).collect(),
        origins: Vec::new(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    graphql::Api::new(settings)
        .map_err(|error| Failed { exit: Exit::Config, text: chain(app.lang, "TJ-V017", &error) })
}

async fn bind(app: &App, address: &str) -> Result<TcpListener, Failed> {
    TcpListener::bind(address).await.map_err(|error| {
        let message = Message::new("TJ-V052").with("address", address).with("why", error);
        Failed::new(Exit::Unavailable, app.lang, &message)
    })
}

fn local(listener: &TcpListener) -> String {
    listener.local_addr().map(|address| format!("http://{address}/graphql")).unwrap_or_default()
}
