//! The two engines behind one face: run a statement, read its rows. Nothing above this folder names either.

pub(super) mod dialect;
pub(super) mod postgres;
mod row;
pub(super) mod sqlite;
mod target;

pub use row::Row;
pub use target::Target;

use super::error::Result;
use super::value::Value;
use postgres::Session;
use row::Reader;

/// An open connection. Used by one thread at a time; that of a server belongs to threads that may block.
pub(super) enum Link {
    Sqlite(rusqlite::Connection),
    Postgres(Box<Session>),
}

impl Link {
    /// Runs a statement; the number of rows it changed.
    pub(super) fn execute(&self, sql: &str, values: &[Value<'_>]) -> Result<usize> {
        match self {
            Self::Sqlite(connection) => sqlite::execute(connection, sql, values),
            Self::Postgres(session) => session.execute(sql, values),
        }
    }

    /// Runs a statement and reads its rows.
    pub(super) fn query(&self, sql: &str, values: &[Value<'_>], read: Reader<'_>) -> Result<()> {
        match self {
            Self::Sqlite(connection) => sqlite::query(connection, sql, values, read),
            Self::Postgres(session) => session.query(sql, values, read),
        }
    }

    /// Runs statements in the engine's own words, without values.
    pub(super) fn batch(&self, sql: &str) -> Result<()> {
        match self {
            Self::Sqlite(connection) => Ok(connection.execute_batch(sql)?),
            Self::Postgres(session) => session.batch(sql),
        }
    }

    /// A snapshot in which nothing can be written.
    pub(super) fn begin_reading(&self) -> Result<()> {
        self.batch(match self {
            Self::Sqlite(_) => "BEGIN",
            Self::Postgres(_) => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        })
    }

    /// Ends it, or takes back what was begun.
    pub(super) fn roll_back(&self) -> Result<()> {
        match self {
            Self::Sqlite(connection) if connection.is_autocommit() => Ok(()),
            _ => self.batch("ROLLBACK"),
        }
    }
}
