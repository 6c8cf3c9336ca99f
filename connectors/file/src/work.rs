//! Reading on threads of its own: bounded, watched, and stopped when nobody listens.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use async_stream::try_stream;
use contract::{BoxStream, ReadError, RowBatch};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::task::JoinHandle;

use crate::Options;

/// Batches that wait for their reader.
const AHEAD: usize = 1;

/// The places for readings, and how they read.
pub(crate) struct Work {
    options: Arc<Options>,
    places: Arc<Semaphore>,
}

/// One reading, as its thread sees it.
#[derive(Debug, Default)]
pub(crate) struct Job {
    n_steps: AtomicU64,
    is_over: AtomicBool,
}

impl Job {
    /// Says that the reading came forward; an error when nobody wants it any more.
    pub(crate) fn step(&self) -> Result<(), ReadError> {
        self.n_steps.fetch_add(1, Ordering::Relaxed);
        if self.is_over.load(Ordering::Relaxed) {
            return Err(ReadError::Source { words: "the reading was given up".to_owned(), is_passing: true });
        }
        Ok(())
    }
}

impl Job {
    /// Nobody wants it any more.
    pub(crate) fn give_up(&self) {
        self.is_over.store(true, Ordering::Relaxed);
    }
}

/// Ends the reading when it is dropped.
struct Watched(Arc<Job>);

impl Drop for Watched {
    fn drop(&mut self) {
        self.0.give_up();
    }
}

impl Work {
    pub(crate) fn new(options: Options) -> Work {
        let places = usize::try_from(options.max_connections.max(1)).unwrap_or(1);
        Work { options: Arc::new(options), places: Arc::new(Semaphore::new(places)) }
    }

    /// Does something that ends with one answer.
    pub(crate) async fn once<T: Send + 'static>(
        &self,
        doing: &'static str,
        work: impl FnOnce(&Options, &Job) -> Result<T, ReadError> + Send + 'static,
    ) -> Result<T, ReadError> {
        let place = self.place(doing).await?;
        let watched = Watched(Arc::default());
        let (options, job) = (Arc::clone(&self.options), Arc::clone(&watched.0));
        let mut handle = tokio::task::spawn_blocking(move || {
            let result = work(&options, &job);
            drop(place);
            result
        });
        let mut last = None;
        loop {
            match tokio::time::timeout(self.options.read_timeout, &mut handle).await {
                Ok(result) => return result.map_err(|_| broke(doing))?,
                Err(_) => self.is_alive(&watched.0, &mut last, doing)?,
            }
        }
    }

    /// Does something that gives batches; `give` is false when nobody listens.
    pub(crate) fn many(
        &self,
        doing: &'static str,
        work: impl FnOnce(&Options, &Job, &mut dyn FnMut(RowBatch) -> bool) -> Result<(), ReadError>
        + Send
        + 'static,
    ) -> BoxStream<'_, Result<RowBatch, ReadError>> {
        Box::pin(try_stream! {
            let place = self.place(doing).await?;
            let watched = Watched(Arc::default());
            let (options, job) = (Arc::clone(&self.options), Arc::clone(&watched.0));
            let (sender, mut batches) = mpsc::channel(AHEAD);
            let handle: JoinHandle<Result<(), ReadError>> = tokio::task::spawn_blocking(move || {
                let result = work(&options, &job, &mut |batch| sender.blocking_send(batch).is_ok());
                drop(place);
                result
            });
            let mut last = None;
            loop {
                match tokio::time::timeout(self.options.read_timeout, batches.recv()).await {
                    Ok(Some(batch)) => yield batch,
                    Ok(None) => break,
                    Err(_) => self.is_alive(&watched.0, &mut last, doing)?,
                }
            }
            handle.await.map_err(|_| broke(doing))??;
        })
    }

    /// A place among the readings; others may take long, but not without coming forward.
    async fn place(&self, doing: &'static str) -> Result<OwnedSemaphorePermit, ReadError> {
        let place = Arc::clone(&self.places).acquire_owned().await;
        place.map_err(|_| broke(doing))
    }

    fn is_alive(&self, job: &Job, last: &mut Option<u64>, doing: &str) -> Result<(), ReadError> {
        let n_steps = job.n_steps.load(Ordering::Relaxed);
        if last.replace(n_steps) == Some(n_steps) || n_steps == 0 {
            return Err(ReadError::TimedOut {
                seconds: self.options.read_timeout.as_secs(),
                doing: doing.to_owned(),
            });
        }
        Ok(())
    }
}

/// The thread panicked: a library could not cope with a file.
fn broke(doing: &str) -> ReadError {
    ReadError::malformed(format!("the reader broke while {doing}"))
}
