//! The store: SQLite inside the process, durable before anything is answered.
//!
//! All changes go through [`Store::write`], a synchronous job in a transaction; one thread runs them, many to a commit (group
//! commit). A job is synchronous on purpose: no transaction can be open while something waits for the network. It is `Fn`,
//! because it may be run again when a neighbour in its batch failed. Everything read and written has a method on [`Tx`], one
//! file an aggregate.

mod absence;
mod backup;
mod book;
mod card;
mod chat_job;
mod chat_order;
mod colleague;
mod contact;
mod contact_search;
mod conversation;
mod dedup;
mod directory;
mod draft;
mod history;
mod home;
mod identity;
mod intake;
mod joining;
mod journal;
mod lane;
mod look;
mod mark;
mod media;
mod message;
mod news;
mod note;
mod origin;
mod parcel;
mod participant;
mod price;
mod reaction;
mod receipt;
mod revision;
mod revocation;
mod standing;
mod template;
mod thread;
mod transfer;
mod tx;
mod upload;
mod waiting;
mod writer;

use rusqlite::Connection;
use rusqlite::config::DbConfig;
use std::path::Path;
use std::sync::{Arc, Mutex};
use tokio::sync::{Notify, Semaphore};

pub use backup::{Backup, backup};
pub use card::DueCard;
pub use chat_job::{ChatJob, ChatTask};
pub use chat_order::{ChatOrder, ChatStage};
pub use colleague::KnownColleague;
pub use contact::{Contact, NewContact};
pub use conversation::SharedConversation;
pub use draft::Draft;
pub use home::Home;
pub use intake::Intake;
pub use joining::Joining;
pub use journal::{Entry, JournalRow};
pub use lane::{Claim, Direction, Envelope, Head, Settle};
pub use look::look;
pub use mark::DueMark;
pub use media::{MediaOrder, NewMedia};
pub use message::{HeldSince, Message, NewMessage, Purpose};
pub use parcel::{Parcel, ParcelFile, ParcelFileState, ParcelOrder, ParcelState};
pub use participant::{Left, Participant};
pub use receipt::DueRead;
pub use revocation::{Decided, Revocation, RevocationCard};
pub use standing::Subject;
pub use thread::Thread;
pub use transfer::{NewTransfer, Transfer, TransferDecided, TransferSide};
pub use tx::{Result, StoreError, Tx};
pub use upload::{Attachment, NewUpload, Upload, Uploaded};
pub use waiting::Waiting;

const READERS: usize = 4;
/// The names of contacts that are there already are folded with it.
const CONTACTS: &str = include_str!("migrations/0008_contacts.sql");
const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001_first.sql"),
    include_str!("migrations/0002_consent.sql"),
    include_str!("migrations/0003_revocation.sql"),
    include_str!("migrations/0004_held.sql"),
    include_str!("migrations/0005_cost.sql"),
    include_str!("migrations/0006_upload.sql"),
    include_str!("migrations/0007_colleagues.sql"),
    CONTACTS,
    include_str!("migrations/0009_transfer.sql"),
    include_str!("migrations/0010_joining.sql"),
    include_str!("migrations/0011_chat_job.sql"),
    include_str!("migrations/0012_absence.sql"),
    include_str!("migrations/0013_draft.sql"),
    include_str!("migrations/0014_media.sql"),
    include_str!("migrations/0015_chat_order.sql"),
    include_str!("migrations/0016_parcel.sql"),
    include_str!("migrations/0017_talk.sql"),
    include_str!("migrations/0018_reaction.sql"),
    include_str!("migrations/0019_talk_more.sql"),
];

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

/// What may be set on a database of somebody else's: nothing of it is stored.
fn configure_reader(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(std::time::Duration::from_secs(10))?;
    connection.pragma_update(None, "query_only", true)
}

fn configure(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_prepared_statement_cache_capacity(256);
    // Plans hold whatever is bound: without it a statement with LIMIT ?1 is parsed and planned anew for every other value.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.busy_timeout(std::time::Duration::from_secs(10))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // FULL: an answered message survives a power cut, not only a crash.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "cache_size", -2000)
}

fn migrate(connection: &mut Connection, path: &Path) -> Result<()> {
    let found: usize = connection.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0))?.try_into().unwrap_or(usize::MAX);
    if found > MIGRATIONS.len() {
        return Err(StoreError::Newer { path: path.display().to_string(), found, known: MIGRATIONS.len() });
    }
    bring_up(connection, found, MIGRATIONS.len())
}

/// Takes a database from one version of its schema to a later one.
fn bring_up(connection: &mut Connection, from: usize, to: usize) -> Result<()> {
    for (step, sql) in MIGRATIONS.iter().enumerate().take(to).skip(from) {
        let tx = connection.transaction()?;
        tx.execute_batch(sql)?;
        if *sql == CONTACTS {
            contact_search::fold_names(&tx)?;
        }
        tx.pragma_update(None, "user_version", i64::try_from(step + 1).unwrap_or(i64::MAX))?;
        tx.commit()?;
    }
    Ok(())
}
