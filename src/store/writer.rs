//! The single writer: whatever has queued up goes into one transaction, so one flush to disk serves many callers.
//!
//! Sound because a caller hears of success only after the COMMIT that holds its job. When a job fails the whole batch is
//! rolled back and each job runs again alone: neither its own half nor its neighbours' work can be committed with it.

use super::tx::{Result, StoreError, Tx};
use rusqlite::Connection;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use tokio::sync::{Notify, mpsc, oneshot};

/// Jobs in one transaction at most: bounds the latency of the first and the work lost by a failing one.
const BATCH: usize = 256;
/// Jobs that may wait; callers beyond it wait for room, which is the back-pressure on the doors.
const QUEUE: usize = 4096;

/// A handle to the writer's thread.
#[derive(Clone)]
pub(super) struct Writer {
    jobs: mpsc::Sender<Box<dyn Job>>,
}

impl Writer {
    pub(super) fn spawn(connection: Connection, due: Arc<Notify>, cards: Arc<Notify>) -> Self {
        let (jobs, queue) = mpsc::channel(QUEUE);
        std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || write_all(connection, queue, &Signals { due, cards }))
            .expect("a thread can be started when the server starts");
        Self { jobs }
    }

    pub(super) async fn run<T, F>(&self, name: &'static str, job: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&Tx<'_>) -> Result<T> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        self.jobs.send(Box::new(Typed { name, job, outcome: None, reply: Some(reply) })).await.map_err(|_| StoreError::Closed)?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    pub(super) async fn close(&self) {
        let (done, closed) = oneshot::channel();
        if self.jobs.send(Box::new(Close { done: Some(done) })).await.is_ok() {
            let _ = closed.await;
        }
    }
}

/// A job with its caller, the types erased.
trait Job: Send {
    /// Runs once; may run again after a rollback. False: the transaction must not be committed.
    fn run(&mut self, tx: &Tx<'_>) -> bool;
    /// The transaction ended: tells the caller.
    fn finish(&mut self, committed: Result<()>);
    /// The last job: the writer ends after it.
    fn closes(&self) -> bool {
        false
    }
}

struct Typed<T, F> {
    name: &'static str,
    job: F,
    outcome: Option<Result<T>>,
    reply: Option<oneshot::Sender<Result<T>>>,
}

impl<T, F> Job for Typed<T, F>
where
    T: Send,
    F: Fn(&Tx<'_>) -> Result<T> + Send,
{
    fn run(&mut self, tx: &Tx<'_>) -> bool {
        // A bug in one job must not end the writer for everybody; the rollback removes what it had done.
        let outcome = catch_unwind(AssertUnwindSafe(|| (self.job)(tx))).unwrap_or(Err(StoreError::Panicked));
        if let Err(error) = &outcome {
            tracing::error!(job = self.name, %error, "a store job failed");
        }
        let ok = outcome.is_ok();
        self.outcome = Some(outcome);
        ok
    }

    fn finish(&mut self, committed: Result<()>) {
        let outcome = match (committed, self.outcome.take()) {
            (_, Some(Err(error))) | (Err(error), _) => Err(error),
            (Ok(()), Some(Ok(value))) => Ok(value),
            (Ok(()), None) => Err(StoreError::Closed),
        };
        if let Some(reply) = self.reply.take() {
            // The caller may have gone (a closed connection): the job is stored all the same.
            let _ = reply.send(outcome);
        }
    }
}

struct Close {
    done: Option<oneshot::Sender<()>>,
}

impl Job for Close {
    fn run(&mut self, _: &Tx<'_>) -> bool {
        true
    }
    fn finish(&mut self, _: Result<()>) {
        if let Some(done) = self.done.take() {
            let _ = done.send(());
        }
    }
    fn closes(&self) -> bool {
        true
    }
}

/// Whom a commit wakes.
struct Signals {
    due: Arc<Notify>,
    cards: Arc<Notify>,
}

fn write_all(connection: Connection, mut queue: mpsc::Receiver<Box<dyn Job>>, signals: &Signals) {
    let mut batch = Vec::with_capacity(BATCH);
    while queue.blocking_recv_many(&mut batch, BATCH) > 0 {
        let closing = batch.iter().any(|job| job.closes());
        match commit(&connection, &mut batch, signals) {
            Ok(()) => batch.iter_mut().for_each(|job| job.finish(Ok(()))),
            Err(error) => {
                if batch.len() == 1 {
                    batch[0].finish(Err(error));
                } else {
                    for job in &mut batch {
                        let alone = commit(&connection, std::slice::from_mut(job), signals);
                        job.finish(alone);
                    }
                }
            }
        }
        batch.clear();
        if closing {
            return;
        }
    }
}

/// Runs all jobs in one transaction. On an error nothing of it is stored.
fn commit(connection: &Connection, jobs: &mut [Box<dyn Job>], signals: &Signals) -> Result<()> {
    let tx = Tx::new(connection);
    let mut run = || -> Result<()> {
        tx.execute("BEGIN IMMEDIATE", [])?;
        for job in jobs.iter_mut() {
            if !job.run(&tx) {
                return Err(StoreError::Panicked);
            }
        }
        tx.execute("COMMIT", [])?;
        Ok(())
    };
    let result = run();
    if result.is_err() && !connection.is_autocommit() {
        // Nothing can be done about a failing ROLLBACK here; the next BEGIN would report it.
        let _ = connection.execute_batch("ROLLBACK");
    }
    if result.is_ok() {
        tx.due.get().then(|| signals.due.notify_one());
        tx.cards.get().then(|| signals.cards.notify_one());
    }
    result
}
