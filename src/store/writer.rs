//! The single writer: whatever has queued up goes into one transaction, so one flush to disk serves many callers.
//!
//! Sound because a caller hears of success only after the COMMIT that holds its job. When a job fails the whole batch is
//! rolled back and each job runs again alone: neither its own half nor its neighbours' work can be committed with it.
//!
//! What a database server adds, contention and lost connections, is met in one place, [`Desk::commit`].

use super::address::Address;
use super::desk::{Desk, Role};
use super::job::{Job, Signals};
use super::tx::{Result, StoreError, Tx};
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
    /// Opens the database on the writer's own thread, and returns when that is done.
    pub(super) fn start(address: &Address, role: Role, due: Arc<Notify>, cards: Arc<Notify>) -> Result<Self> {
        let (jobs, queue) = mpsc::channel(QUEUE);
        let (opened, answer) = std::sync::mpsc::channel();
        let address = address.clone();
        std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || match Desk::open(address, role) {
                Ok(desk) => {
                    if opened.send(Ok(())).is_ok() {
                        write_all(desk, queue, &Signals { due, cards });
                    }
                }
                Err(error) => drop(opened.send(Err(error))),
            })
            .expect("a thread can be started when the server starts");
        answer.recv().map_err(|_| StoreError::Panicked)??;
        Ok(Self { jobs })
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
        let ok = outcome.is_ok();
        self.outcome = Some(outcome);
        ok
    }

    fn finish(&mut self, committed: Result<()>) {
        let outcome = match (committed, self.outcome.take()) {
            // What the server did to the whole transaction says more than what the job made of it.
            (Err(error), _) if error.passes() => Err(error),
            (_, Some(Err(error))) | (Err(error), _) => Err(error),
            (Ok(()), Some(Ok(value))) => Ok(value),
            (Ok(()), None) => Err(StoreError::Closed),
        };
        if let Err(error) = &outcome {
            tracing::error!(job = self.name, %error, "a store job failed");
        }
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

fn write_all(mut desk: Desk, mut queue: mpsc::Receiver<Box<dyn Job>>, signals: &Signals) {
    let mut batch = Vec::with_capacity(BATCH);
    while queue.blocking_recv_many(&mut batch, BATCH) > 0 {
        let last = batch.iter().position(|job| job.closes()).map(|at| batch.split_off(at));
        write(&mut desk, &mut batch, signals);
        batch.clear();
        if let Some(mut last) = last {
            // Whoever waits for the end may open the same database at once.
            desk.close();
            return last.iter_mut().for_each(|job| job.finish(if job.closes() { Ok(()) } else { Err(StoreError::Closed) }));
        }
    }
}

fn write(desk: &mut Desk, batch: &mut [Box<dyn Job>], signals: &Signals) {
    if batch.is_empty() {
        return;
    }
    match desk.commit(batch, signals) {
        Ok(()) => batch.iter_mut().for_each(|job| job.finish(Ok(()))),
        Err(error) if error.ends_batch() => batch.iter_mut().for_each(|job| job.finish(Err(error.shared()))),
        Err(error) if batch.len() == 1 => batch[0].finish(Err(error)),
        Err(_) => {
            for job in batch {
                let alone = desk.commit(std::slice::from_mut(job), signals);
                job.finish(alone);
            }
        }
    }
}
