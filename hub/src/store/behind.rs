//! A writer's connection on a task of its own: what is written waits in a queue, so that the next rows are decided while
//! the engine still writes the last ones.
//!
//! There are two queues. In the one *ahead* stand statements on `identifier` alone: what is claimed decides whom the next
//! rows speak of, so they pass all that waits for other tables, between two statements.
//!
//! Invariants: the statements of a queue run in the order in which they were given, and a question is answered after all
//! of them. After the first failure nothing runs any more; whoever asks next, or commits, is told of it.

use std::fmt;

use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

use super::StoreError;
use super::dialect::Dialect;
use super::rows::Rows;
use super::session::{Cells, Param, Session};

/// Sheets and statements that wait in a queue at most: those of one batch, about.
const MOST_WAITING: usize = 12;

/// Which queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Queue {
    /// Of statements on `identifier`.
    Ahead,
    /// Of all others.
    Usual,
}

/// A connection whose statements run behind. Dropped, its transaction is undone.
pub(crate) struct Behind {
    dialect: Dialect,
    ahead: mpsc::Sender<Job>,
    usual: mpsc::Sender<Job>,
    /// Owns the task: none outlives the transaction.
    task: JoinSet<Result<Session, StoreError>>,
}

/// Something to do. A dropped answer says that it failed.
enum Job {
    Write(Box<Rows>),
    Run { sql: String, params: Vec<Param> },
    Execute { sql: String, params: Vec<Param>, answer: oneshot::Sender<u64> },
    Fetch { sql: String, params: Vec<Param>, answer: oneshot::Sender<Vec<Cells>> },
}

impl fmt::Debug for Behind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Behind({:?})", self.dialect)
    }
}

impl Behind {
    /// Takes a connection that runs its statements itself.
    pub(crate) fn start(session: Session) -> Behind {
        let dialect = session.dialect();
        let (ahead, waiting_ahead) = mpsc::channel(MOST_WAITING);
        let (usual, waiting) = mpsc::channel(MOST_WAITING);
        let mut task = JoinSet::new();
        task.spawn(work(session, waiting_ahead, waiting));
        Behind { dialect, ahead, usual, task }
    }

    /// Which engine.
    pub(crate) fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Writes rows, some time before the next answer.
    pub(crate) async fn write(&mut self, queue: Queue, rows: Rows) -> Result<(), StoreError> {
        self.give(queue, Job::Write(Box::new(rows))).await
    }

    /// Runs a statement, some time before the next answer.
    pub(crate) async fn run(&mut self, queue: Queue, sql: &str, params: &[Param]) -> Result<(), StoreError> {
        self.give(queue, Job::Run { sql: sql.to_owned(), params: params.to_vec() }).await
    }

    /// Runs a statement; gives the number of rows it touched.
    pub(crate) async fn execute(&mut self, sql: &str, params: &[Param]) -> Result<u64, StoreError> {
        let (answer, answered) = oneshot::channel();
        let job = Job::Execute { sql: sql.to_owned(), params: params.to_vec(), answer };
        self.give(Queue::Usual, job).await?;
        match answered.await {
            Ok(n) => Ok(n),
            Err(_) => Err(self.failure().await),
        }
    }

    /// The rows of a query.
    pub(crate) async fn fetch(
        &mut self,
        queue: Queue,
        sql: &str,
        params: &[Param],
    ) -> Result<Vec<Cells>, StoreError> {
        let (answer, answered) = oneshot::channel();
        self.give(queue, Job::Fetch { sql: sql.to_owned(), params: params.to_vec(), answer }).await?;
        match answered.await {
            Ok(rows) => Ok(rows),
            Err(_) => Err(self.failure().await),
        }
    }

    /// Runs all that waits and gives the connection back.
    pub(crate) async fn finish(self) -> Result<Session, StoreError> {
        let Behind { ahead, usual, mut task, .. } = self;
        drop((ahead, usual));
        outcome(&mut task).await
    }

    async fn give(&mut self, queue: Queue, job: Job) -> Result<(), StoreError> {
        let jobs = match queue {
            Queue::Ahead => &self.ahead,
            Queue::Usual => &self.usual,
        };
        match jobs.send(job).await {
            Ok(()) => Ok(()),
            Err(_) => Err(self.failure().await),
        }
    }

    /// What ended the task, which ends early only by a failure.
    async fn failure(&mut self) -> StoreError {
        match outcome(&mut self.task).await {
            Err(error) => error,
            Ok(_) => ended(),
        }
    }
}

async fn outcome(task: &mut JoinSet<Result<Session, StoreError>>) -> Result<Session, StoreError> {
    match task.join_next().await {
        Some(Ok(outcome)) => outcome,
        // It panicked, or its failure was told before.
        Some(Err(_)) | None => Err(ended()),
    }
}

fn ended() -> StoreError {
    StoreError::Unreadable { words: "the transaction has failed before".to_owned() }
}

async fn work(
    mut session: Session,
    mut ahead: mpsc::Receiver<Job>,
    mut usual: mpsc::Receiver<Job>,
) -> Result<Session, StoreError> {
    loop {
        let job = tokio::select! {
            biased;
            Some(job) = ahead.recv() => {
                whole(&mut session, job).await?;
                continue;
            }
            Some(job) = usual.recv() => job,
            else => return Ok(session),
        };
        let Job::Write(mut rows) = job else {
            whole(&mut session, job).await?;
            continue;
        };
        // Only these rows are passed: what stands ahead keeps its order.
        while rows.write_some(&mut session).await? {
            while let Ok(job) = ahead.try_recv() {
                whole(&mut session, job).await?;
            }
        }
    }
}

/// Does a job from its beginning to its end.
async fn whole(session: &mut Session, job: Job) -> Result<(), StoreError> {
    match job {
        Job::Write(mut rows) => while rows.write_some(session).await? {},
        Job::Run { sql, params } => session.execute(&sql, &params).await.map(drop)?,
        // Whoever asked may have gone away.
        Job::Execute { sql, params, answer } => {
            let _ = answer.send(session.execute(&sql, &params).await?);
        }
        Job::Fetch { sql, params, answer } => {
            let _ = answer.send(session.fetch(&sql, &params).await?);
        }
    }
    Ok(())
}
