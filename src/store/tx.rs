//! What a job works with: statements on one connection, and how Rust's types are stored.

use super::engine::{Link, Row};
pub use super::error::{Result, StoreError};
use super::value::Params;
use crate::bridge::Time;
use chrono::DateTime;
use std::cell::{Cell, RefCell};

/// What a job sees of the database.
pub struct Tx<'c> {
    pub(super) link: &'c Link,
    pub(super) due: Cell<bool>,
    pub(super) cards: Cell<bool>,
    /// The first statement that failed. The transaction is not committed then, whatever the job makes of it: PostgreSQL would not, and
    /// both engines do the same.
    fault: RefCell<Option<StoreError>>,
}

impl<'c> Tx<'c> {
    pub(super) fn new(link: &'c Link) -> Self {
        Self { link, due: Cell::new(false), cards: Cell::new(false), fault: RefCell::default() }
    }

    /// Runs a statement; the number of rows it changed.
    pub(super) fn execute<'v>(&self, sql: &str, params: impl Params<'v>) -> Result<usize> {
        self.noticed(self.link.execute(sql, params.values().as_ref()))
    }

    /// The first row, if any.
    pub(super) fn first<'v, T>(&self, sql: &str, params: impl Params<'v>, read: impl FnOnce(&Row<'_>) -> Result<T>) -> Result<Option<T>> {
        let (mut read, mut found) = (Some(read), None);
        let run = self.link.query(sql, params.values().as_ref(), &mut |row| {
            found = read.take().map(|read| read(row)).transpose()?;
            Ok(false)
        });
        self.noticed(run).map(|()| found)
    }

    /// The row of a statement that always gives one.
    pub(super) fn one<'v, T>(&self, sql: &str, params: impl Params<'v>, read: impl FnOnce(&Row<'_>) -> Result<T>) -> Result<T> {
        self.first(sql, params, read)?.ok_or(StoreError::NoRow)
    }

    /// All rows.
    pub(super) fn all<'v, T>(&self, sql: &str, params: impl Params<'v>, mut read: impl FnMut(&Row<'_>) -> Result<T>) -> Result<Vec<T>> {
        let mut found = Vec::new();
        let run = self.link.query(sql, params.values().as_ref(), &mut |row| {
            found.push(read(row)?);
            Ok(true)
        });
        self.noticed(run).map(|()| found)
    }

    /// Why this transaction cannot be committed.
    pub(super) fn fault(&self) -> Option<StoreError> {
        self.fault.borrow_mut().take()
    }

    fn noticed<T>(&self, result: Result<T>) -> Result<T> {
        if let Err(
            error @ (StoreError::Sqlite(_) | StoreError::Postgres { .. } | StoreError::Unreachable { .. } | StoreError::Contended { .. }),
        ) = &result
        {
            self.fault.borrow_mut().get_or_insert_with(|| error.shared());
        }
        result
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
