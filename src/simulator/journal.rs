//! What the world saw, in order: every request it accepted and everything it sent, under one rising sequence per process.
//!
//! The sequence is taken under the same lock that appends, so entries of one world stand in the order of their numbers.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;

/// Shared by all worlds of a process, so that what happened in both can be put in one order. Gaps are normal.
static SEQUENCE: AtomicU64 = AtomicU64::new(1);

pub(super) fn next_seq() -> u64 {
    SEQUENCE.fetch_add(1, Ordering::SeqCst)
}

/// Seen from the world: `In` came from the server under test, `Out` went to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    In,
    Out,
}

/// One thing that happened. `kind` is dotted (`connector.create`, `graph.template`, `webhook.status.read`).
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    pub seq: u64,
    pub at: DateTime<Utc>,
    pub way: Way,
    pub kind: String,
    /// Activity id, wamid or conversation id.
    pub id: Option<String>,
    /// HTTP status that ended it; `None` when there was no answer.
    pub status: Option<u16>,
    /// The body as accepted or sent. `null` in a quiet world.
    pub body: Value,
}

/// The entries and counters of one world. A quiet world counts only.
#[derive(Default)]
pub(super) struct Journal {
    entries: Mutex<Vec<Entry>>,
    counters: Mutex<BTreeMap<String, u64>>,
    quiet: AtomicBool,
}

impl Journal {
    pub(super) fn set_quiet(&self, quiet: bool) {
        self.quiet.store(quiet, Ordering::Relaxed);
    }

    pub(super) fn is_quiet(&self) -> bool {
        self.quiet.load(Ordering::Relaxed)
    }

    pub(super) fn count(&self, kind: &str) {
        let mut counters = self.counters.lock().expect("no panic happens under this lock");
        match counters.get_mut(kind) {
            Some(count) => *count += 1,
            None => drop(counters.insert(kind.to_owned(), 1)),
        }
    }

    /// Counts, and unless quiet records. `body` is only built when it is kept.
    pub(super) fn record(
        &self,
        way: Way,
        kind: &str,
        at: DateTime<Utc>,
        id: Option<&str>,
        status: Option<u16>,
        body: impl FnOnce() -> Value,
    ) -> u64 {
        self.count(kind);
        if self.is_quiet() {
            return next_seq();
        }
        let body = body();
        let mut entries = self.entries.lock().expect("no panic happens under this lock");
        let seq = next_seq();
        entries.push(Entry { seq, at, way, kind: kind.to_owned(), id: id.map(str::to_owned), status, body });
        seq
    }

    pub(super) fn entries(&self, after: u64) -> Vec<Entry> {
        let entries = self.entries.lock().expect("no panic happens under this lock");
        entries.iter().filter(|entry| entry.seq > after).cloned().collect()
    }

    pub(super) fn counters(&self) -> BTreeMap<String, u64> {
        self.counters.lock().expect("no panic happens under this lock").clone()
    }
}
