//! What waits to be told to the server, a lane per client.

use std::collections::{HashMap, VecDeque};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use serde_json::Value;
use tokio::sync::watch;

/// Meta puts at most this many updates into one POST.
const MAX_BATCH: usize = 1_000;

/// What a webhook says of one accepted message until it has been read.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    pub(super) wamid: String,
    pub(super) number: String,
    pub(super) callback: Option<String>,
    /// `service`, `utility`, `marketing`.
    pub(super) category: String,
    /// `regular` or `free_customer_service`.
    pub(super) price: String,
    /// Addressed by phone (or else by BSUID).
    pub(super) by_phone: bool,
}

/// One change for one business account.
#[derive(Clone, Debug)]
pub(super) struct Update {
    pub(super) waba: String,
    pub(super) field: String,
    pub(super) value: Value,
    /// When it happened, seconds since the epoch: Meta writes it on news of templates and accounts.
    pub(super) time: Option<i64>,
    /// For the journal: `webhook.message.text`, `webhook.status.read`.
    pub(super) kind: String,
    pub(super) id: Option<String>,
}

#[derive(Default)]
pub(super) struct Lane {
    pub(super) queue: VecDeque<Update>,
    pub(super) running: bool,
}

/// What is not answered 200 yet.
pub(super) struct Outbox {
    pub(super) lanes: Mutex<HashMap<String, Lane>>,
    pub(super) pending: AtomicU64,
    pub(super) batch: AtomicUsize,
    pub(super) held: watch::Sender<bool>,
}

impl Default for Outbox {
    fn default() -> Self {
        Self { lanes: Mutex::default(), pending: AtomicU64::new(0), batch: AtomicUsize::new(1), held: watch::Sender::new(false) }
    }
}

impl Outbox {
    pub(super) fn pending(&self) -> u64 {
        self.pending.load(Ordering::SeqCst)
    }

    pub(super) fn batch(&self) -> usize {
        self.batch.load(Ordering::SeqCst)
    }

    pub(super) fn is_held(&self) -> bool {
        *self.held.borrow()
    }

    pub(super) fn set(&self, batch: Option<usize>, hold: Option<bool>) {
        if let Some(batch) = batch {
            self.batch.store(batch.clamp(1, MAX_BATCH), Ordering::SeqCst);
        }
        if let Some(hold) = hold {
            self.held.send_replace(hold);
        }
    }
}
