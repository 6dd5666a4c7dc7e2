//! What a job works with: statements on the one connection, and how Rust's types are stored.

use crate::bridge::Time;
use chrono::DateTime;
use rusqlite::{Connection, Params, Row};
use std::cell::Cell;

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
    #[error("no backup was made at {path}: {reason}")]
    Backup { path: String, reason: String },
    #[error("{path} is in use by another server")]
    InUse { path: String },
    #[error("cannot open {path}: {reason}")]
    Open { path: String, reason: String },
    #[error(
        "{path} was written by an older version (schema {found}, this version needs {known}). \
         Start the server of this version once: it brings the database up to date"
    )]
    Older { path: String, found: usize, known: usize },
    #[error("{path} was written by a newer version (schema {found}, this version knows {known})")]
    Newer { path: String, found: usize, known: usize },
}

/// The result of everything in this room.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// What a job sees of the database.
pub struct Tx<'c> {
    pub(super) connection: &'c Connection,
    pub(super) due: Cell<bool>,
    pub(super) cards: Cell<bool>,
}

impl<'c> Tx<'c> {
    pub(super) fn new(connection: &'c Connection) -> Self {
        Self { connection, due: Cell::new(false), cards: Cell::new(false) }
    }

    /// Runs a statement; the number of rows it changed.
    pub(super) fn execute(&self, sql: &str, params: impl Params) -> Result<usize> {
        Ok(self.connection.prepare_cached(sql)?.execute(params)?)
    }

    /// The first row, if any.
    pub(super) fn first<T>(&self, sql: &str, params: impl Params, read: impl FnOnce(&Row<'_>) -> Result<T>) -> Result<Option<T>> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(params)?;
        rows.next()?.map(read).transpose()
    }

    /// All rows.
    pub(super) fn all<T>(&self, sql: &str, params: impl Params, mut read: impl FnMut(&Row<'_>) -> Result<T>) -> Result<Vec<T>> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(params)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(read(row)?);
        }
        Ok(found)
    }
}

pub(super) fn micros(at: Time) -> i64 {
    at.timestamp_micros()
}

pub(super) fn time(micros: i64) -> Time {
    DateTime::from_timestamp_micros(micros).unwrap_or_default()
}

pub(super) fn maybe_time(micros: Option<i64>) -> Option<Time> {
    micros.map(time)
}

/// The text of a fieldless serde enum (`"met_in_person"`), as stored.
pub(super) fn word<T: serde::Serialize>(value: &T) -> Result<String> {
    match serde_json::to_value(value)? {
        serde_json::Value::String(text) => Ok(text),
        other => Ok(other.to_string()),
    }
}

/// The inverse of [`word`].
pub(super) fn from_word<T: serde::de::DeserializeOwned>(text: String) -> Result<T> {
    Ok(serde_json::from_value(serde_json::Value::String(text))?)
}
