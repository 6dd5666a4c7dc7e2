//! What the writer works on.

use super::tx::{Result, Tx};
use std::sync::Arc;
use tokio::sync::Notify;

/// A job with its caller, the types erased.
pub(super) trait Job: Send {
    /// Runs once; may run again after a rollback. False: the transaction must not be committed.
    fn run(&mut self, tx: &Tx<'_>) -> bool;
    /// The transaction ended: tells the caller.
    fn finish(&mut self, committed: Result<()>);
    /// The last job: the writer ends after it.
    fn closes(&self) -> bool {
        false
    }
}

/// Whom a commit wakes.
pub(super) struct Signals {
    pub(super) due: Arc<Notify>,
    pub(super) cards: Arc<Notify>,
}
