//! The store: SQLite inside the process, durable before anything is answered.
//!
//! All changes go through [`Store::write`], a synchronous job in a transaction; one thread runs them, many to a commit (group
//! commit). A job is synchronous on purpose: no transaction can be open while something waits for the network. It is `Fn`,
//! because it may be run again when a neighbour in its batch failed. Everything read and written has a method on [`Tx`], one
//! file an aggregate.

mod card;
mod colleague;
mod contact;
mod dedup;
mod directory;
mod draft;
mod journal;
mod lane;
mod message;
mod template;
mod thread;
mod writer;

use crate::bridge::Time;
use chrono::DateTime;
use rusqlite::{Connection, Params, Row};
use std::cell::Cell;
use std::path::Path;
use std::sync::{Arc, Mutex};
use tokio::sync::{Notify, Semaphore};

pub use card::DueCard;
pub use colleague::KnownColleague;
pub use contact::{Contact, NewContact};
pub use journal::{Entry, JournalRow};
pub use lane::{Claim, Direction, Envelope, Head, Settle};
pub use message::{Message, NewMessage, Purpose};
pub use thread::Thread;

const READERS: usize = 4;
const MIGRATIONS: &[&str] = &[include_str!("migrations/0001_first.sql")];

/// What can go wrong with the store. Callers answer 503 and let the sender retry: nothing was accepted.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the database answered: {0}")]
    Sqlite(#[from] rusqlite::Error),
    #[error("a stored document cannot be read: {0}")]
    Document(#[from] serde_json::Error),
    #[error("a job failed by a bug; nothing of it was stored")]
    Panicked,
    #[error("the store is closed")]
    Closed,
    #[error("{path} is in use by another server")]
    InUse { path: String },
    #[error("cannot open {path}: {reason}")]
    Open { path: String, reason: String },
    #[error("{path} was written by a newer version (schema {found}, this version knows {known})")]
    Newer { path: String, found: usize, known: usize },
}

/// The result of everything in this room.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// A handle to the store; cheap to clone.
#[derive(Clone)]
pub struct Store {
    writer: writer::Writer,
    readers: Arc<Mutex<Vec<Connection>>>,
    permits: Arc<Semaphore>,
    due: Arc<Notify>,
    cards: Arc<Notify>,
}

impl Store {
    /// Opens or creates the database at `path` and brings its schema up to date.
    pub fn open(path: &Path) -> Result<Self> {
        let fault = |error: rusqlite::Error| StoreError::Open { path: path.display().to_string(), reason: error.to_string() };
        let mut connection = Connection::open(path).map_err(fault)?;
        configure(&connection).map_err(fault)?;
        migrate(&mut connection, path)?;
        let readers = (0..READERS)
            .map(|_| {
                let reader = Connection::open(path)?;
                configure(&reader)?;
                reader.pragma_update(None, "query_only", true)?;
                Ok(reader)
            })
            .collect::<std::result::Result<Vec<_>, _>>()
            .map_err(fault)?;
        let (due, cards) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        Ok(Self {
            writer: writer::Writer::spawn(connection, due.clone(), cards.clone()),
            readers: Arc::new(Mutex::new(readers)),
            permits: Arc::new(Semaphore::new(READERS)),
            due,
            cards,
        })
    }

    /// Runs `job` in a transaction and returns after the commit is on disk. `name` appears in traces.
    pub async fn write<T, F>(&self, name: &'static str, job: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&Tx<'_>) -> Result<T> + Send + 'static,
    {
        self.writer.run(name, job).await
    }

    /// Runs `job` on a reader: a consistent snapshot that sees every committed write.
    pub async fn read<T, F>(&self, job: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Tx<'_>) -> Result<T> + Send + 'static,
    {
        let permit = self.permits.clone().acquire_owned().await.map_err(|_| StoreError::Closed)?;
        let readers = self.readers.clone();
        let task = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            let taken = readers.lock().unwrap_or_else(std::sync::PoisonError::into_inner).pop();
            let connection = taken.ok_or(StoreError::Closed)?;
            let result = connection.execute_batch("BEGIN").map_err(StoreError::from).and_then(|()| job(&Tx::new(&connection)));
            // A reader left inside a transaction would pin the write-ahead log for ever.
            let ended = connection.execute_batch("ROLLBACK");
            readers.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(connection);
            ended?;
            result
        });
        task.await.map_err(|_| StoreError::Panicked)?
    }

    /// Resolves when a committed job has made a lane due. A permit is kept when nobody waits, so no wake-up is lost.
    pub async fn became_due(&self) {
        self.due.notified().await;
    }

    /// The same for thread cards.
    pub async fn cards_became_due(&self) {
        self.cards.notified().await;
    }

    /// Finishes what is queued, commits it, and closes.
    pub async fn close(&self) {
        self.writer.close().await;
    }
}

/// What a job sees of the database.
pub struct Tx<'c> {
    connection: &'c Connection,
    due: Cell<bool>,
    cards: Cell<bool>,
}

impl<'c> Tx<'c> {
    fn new(connection: &'c Connection) -> Self {
        Self { connection, due: Cell::new(false), cards: Cell::new(false) }
    }

    /// Runs a statement; the number of rows it changed.
    fn execute(&self, sql: &str, params: impl Params) -> Result<usize> {
        Ok(self.connection.prepare_cached(sql)?.execute(params)?)
    }

    /// The first row, if any.
    fn first<T>(&self, sql: &str, params: impl Params, read: impl FnOnce(&Row<'_>) -> Result<T>) -> Result<Option<T>> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(params)?;
        rows.next()?.map(read).transpose()
    }

    /// All rows.
    fn all<T>(&self, sql: &str, params: impl Params, mut read: impl FnMut(&Row<'_>) -> Result<T>) -> Result<Vec<T>> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(params)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(read(row)?);
        }
        Ok(found)
    }
}

fn configure(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_prepared_statement_cache_capacity(256);
    connection.busy_timeout(std::time::Duration::from_secs(10))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // FULL: an answered message survives a power cut, not only a crash.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "cache_size", -8000)
}

fn migrate(connection: &mut Connection, path: &Path) -> Result<()> {
    let found: usize = connection.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0))?.try_into().unwrap_or(usize::MAX);
    if found > MIGRATIONS.len() {
        return Err(StoreError::Newer { path: path.display().to_string(), found, known: MIGRATIONS.len() });
    }
    for (step, sql) in MIGRATIONS.iter().enumerate().skip(found) {
        let tx = connection.transaction()?;
        tx.execute_batch(sql)?;
        tx.pragma_update(None, "user_version", i64::try_from(step + 1).unwrap_or(i64::MAX))?;
        tx.commit()?;
    }
    Ok(())
}

fn micros(at: Time) -> i64 {
    at.timestamp_micros()
}

fn time(micros: i64) -> Time {
    DateTime::from_timestamp_micros(micros).unwrap_or_default()
}

fn maybe_time(micros: Option<i64>) -> Option<Time> {
    micros.map(time)
}

/// The text of a fieldless serde enum (`"met_in_person"`), as stored.
fn word<T: serde::Serialize>(value: &T) -> Result<String> {
    match serde_json::to_value(value)? {
        serde_json::Value::String(text) => Ok(text),
        other => Ok(other.to_string()),
    }
}

/// The inverse of [`word`].
fn from_word<T: serde::de::DeserializeOwned>(text: String) -> Result<T> {
    Ok(serde_json::from_value(serde_json::Value::String(text))?)
}
