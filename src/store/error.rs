//! What can go wrong with the store.

use super::value::ColumnError;

/// What can go wrong with the store. Callers answer 503 and let the sender retry: nothing was accepted.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the database answered: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// `code` is the server's five letters. Without the server's details, which quote what is stored.
    #[error("the database answered: {message} ({code})")]
    Postgres { code: String, message: String },
    /// The database server is away, or was lost on the way.
    #[error("the database cannot be reached: {reason}")]
    Unreachable { reason: String },
    /// Others were at work on the same rows; tried again, it may go well.
    #[error("the database could not keep this apart from other work: {reason}")]
    Contended { reason: String },
    #[error(transparent)]
    Column(#[from] ColumnError),
    #[error("a stored document cannot be read: {0}")]
    Document(#[from] serde_json::Error),
    #[error("a job failed by a bug; nothing of it was stored")]
    Panicked,
    /// A statement that always gives a row gave none.
    #[error("the database gave no row where there is always one")]
    NoRow,
    #[error("the store is closed")]
    Closed,
    #[error("no backup was made at {path}: {reason}")]
    Backup { path: String, reason: String },
    #[error("{store} is in use by another server. Stop that one first.")]
    InUse { store: String },
    #[error("cannot open {store}: {reason}")]
    Open { store: String, reason: String },
    #[error(
        "{store} was written by an older version (schema {found}, this version needs {known}). \
         Start the server of this version once: it brings the database up to date"
    )]
    Older { store: String, found: usize, known: usize },
    #[error("{store} was written by a newer version (schema {found}, this version knows {known})")]
    Newer { store: String, found: usize, known: usize },
}

impl StoreError {
    /// The same work may go well in a moment: nothing of it was stored, or it is not known whether.
    pub(super) fn passes(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::Contended { .. })
    }

    /// The connection is of no use any more.
    pub(super) fn lost_connection(&self) -> bool {
        matches!(self, Self::Unreachable { .. })
    }

    /// For every caller whose work was in the same transaction.
    pub(super) fn shared(&self) -> Self {
        match self {
            Self::Unreachable { reason } => Self::Unreachable { reason: reason.clone() },
            Self::Contended { reason } => Self::Contended { reason: reason.clone() },
            Self::InUse { store } => Self::InUse { store: store.clone() },
            _ => Self::Panicked,
        }
    }
}

/// The result of everything in this room.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;
