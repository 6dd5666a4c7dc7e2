//! The store: SQLite inside the process, or a PostgreSQL server; durable before anything is answered.
//!
//! All changes go through [`Store::write`], a synchronous job in a transaction; one thread runs them, many to a commit (group
//! commit). A job is synchronous on purpose: no transaction can be open while something waits for the network. It is `Fn`,
//! because it may be run again when a neighbour in its batch failed. Everything read and written has a method on [`Tx`], one
//! file an aggregate, in SQL that both engines read (`engine`).

mod absence;
mod address;
mod alone;
mod backup;
mod book;
mod card;
mod chat_job;
mod chat_order;
mod colleague;
mod contact;
mod contact_search;
mod conversation;
mod copy;
mod dedup;
mod desk;
mod directory;
mod draft;
mod engine;
mod error;
mod history;
mod home;
mod identity;
mod intake;
mod job;
mod joining;
mod journal;
mod lane;
mod look;
mod mark;
mod media;
mod message;
mod migrate;
mod news;
mod note;
mod origin;
mod parcel;
mod participant;
mod price;
mod reaction;
mod reader;
mod receipt;
mod revision;
mod revocation;
mod standing;
mod template;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_of_servers;
mod thread;
mod transfer;
mod tx;
mod upload;
mod value;
mod waiting;
mod writer;

use desk::Role;
use reader::Readers;
use std::sync::Arc;
use tokio::sync::Notify;
use writer::Writer;

pub use address::Address;
pub use backup::{Backup, backup};
pub use card::DueCard;
pub use chat_job::{ChatJob, ChatTask};
pub use chat_order::{ChatOrder, ChatStage};
pub use colleague::KnownColleague;
pub use contact::{Contact, NewContact};
pub use conversation::SharedConversation;
pub use copy::{CopiedTable, CopyProgress, copy};
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

/// A handle to the store; cheap to clone.
#[derive(Clone)]
pub struct Store {
    writer: Writer,
    readers: Readers,
    due: Arc<Notify>,
    cards: Arc<Notify>,
}

impl Store {
    /// Opens or creates the database and brings its schema up to date. A command may do so beside a running server.
    pub fn open(address: impl Into<Address>) -> Result<Self> {
        Self::start(&address.into(), Role::Command)
    }

    /// The same for a server: a second one on the same database would send everything twice, and is refused.
    pub fn open_alone(address: impl Into<Address>) -> Result<Self> {
        Self::start(&address.into(), Role::Server)
    }

    fn start(address: &Address, role: Role) -> Result<Self> {
        let (due, cards) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let writer = Writer::start(address, role, due.clone(), cards.clone())?;
        Ok(Self { writer, readers: Readers::start(address)?, due, cards })
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
        self.readers.run(job).await
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
