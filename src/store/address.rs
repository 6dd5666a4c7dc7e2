//! Where a store is.

use super::engine::postgres::Session;
use super::engine::{Link, Target, sqlite};
use super::error::{Result, StoreError};
use std::fmt;
use std::path::{Path, PathBuf};

/// A file of SQLite, or a database on a PostgreSQL server. Printed without the password.
#[derive(Clone, Debug)]
pub enum Address {
    Sqlite(PathBuf),
    Postgres(Box<Target>),
}

impl Address {
    /// Reads `sqlite://PATH`, `sqlite:PATH`, or `postgres://…` (`engine/target.rs`).
    ///
    /// # Errors
    /// What is wrong, without the URL, which may hold a password.
    pub fn parse(url: &str) -> Result<Self> {
        let wrong = |reason: String| StoreError::Open { store: "the store".to_owned(), reason: format!("its URL is not usable: {reason}") };
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Target::parse(url).map(|target| Self::Postgres(Box::new(target))).map_err(wrong);
        }
        match url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:")) {
            Some(path) if !path.is_empty() => Ok(Self::Sqlite(path.into())),
            _ => Err(wrong("it must begin with sqlite:// or postgres://".to_owned())),
        }
    }

    /// A connection that writes.
    pub(super) fn connect(&self, name: &str) -> Result<Link> {
        match self {
            Self::Sqlite(path) => sqlite::open(path).map(Link::Sqlite).map_err(|error| self.unusable(&error)),
            Self::Postgres(target) => Ok(Link::Postgres(Box::new(Session::connect(target, name)?))),
        }
    }

    /// A connection that reads. The database is there already, and of our version.
    pub(super) fn connect_reader(&self) -> Result<Link> {
        match self {
            Self::Sqlite(path) => sqlite::open_reader(path).map(Link::Sqlite).map_err(|error| self.unusable(&error)),
            Self::Postgres(target) => Ok(Link::Postgres(Box::new(Session::connect(target, "switchboard reader")?))),
        }
    }

    /// The same for a database that may belong to a running server: nothing is made, set or changed.
    pub(super) fn connect_beside(&self) -> Result<Link> {
        match self {
            Self::Sqlite(path) => sqlite::open_beside(path).map(Link::Sqlite).map_err(|error| self.unusable(&error)),
            Self::Postgres(_) => self.connect_reader(),
        }
    }

    fn unusable(&self, error: &rusqlite::Error) -> StoreError {
        StoreError::Open { store: self.to_string(), reason: error.to_string() }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "{}", path.display()),
            Self::Postgres(target) => write!(f, "{target}"),
        }
    }
}

impl From<&Path> for Address {
    fn from(path: &Path) -> Self {
        Self::Sqlite(path.to_owned())
    }
}

impl From<&PathBuf> for Address {
    fn from(path: &PathBuf) -> Self {
        Self::Sqlite(path.clone())
    }
}

impl From<&Address> for Address {
    fn from(address: &Address) -> Self {
        address.clone()
    }
}
