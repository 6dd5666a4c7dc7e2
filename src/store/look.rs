//! Reading a database that a server may be using, without changing anything: neither its schema nor a row.

use super::tx::{Result, StoreError, Tx};
use super::{MIGRATIONS, configure_reader};
use rusqlite::{Connection, OpenFlags};
use std::path::Path;

/// Runs `job` on one consistent snapshot of the database at `path`, which may belong to a running server.
///
/// # Errors
/// When there is no such database, or one whose schema this version does not know; and what `job` says.
pub fn look<T>(path: &Path, job: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
    let fault = |error: rusqlite::Error| StoreError::Open { path: path.display().to_string(), reason: error.to_string() };
    // Without SQLITE_OPEN_CREATE: a misspelt path must not leave an empty database behind.
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(fault)?;
    configure_reader(&connection).map_err(fault)?;
    connection.execute_batch("BEGIN").map_err(fault)?;
    let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(fault)?;
    let (found, known) = (usize::try_from(found).unwrap_or(usize::MAX), MIGRATIONS.len());
    let path = || path.display().to_string();
    match found.cmp(&known) {
        std::cmp::Ordering::Greater => Err(StoreError::Newer { path: path(), found, known }),
        std::cmp::Ordering::Less => Err(StoreError::Older { path: path(), found, known }),
        std::cmp::Ordering::Equal => job(&Tx::new(&connection)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    #[test]
    fn a_database_that_is_not_there_is_not_made() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("misspelt.db");
        let error = look(&path, |_| Ok(())).expect_err("nothing there");
        assert!(error.to_string().contains("misspelt.db"), "{error}");
        assert!(!path.exists());
    }

    #[tokio::test]
    async fn another_schema_is_refused_and_nothing_can_be_written() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("t.db");
        let store = Store::open(&path).expect("a new store");
        let refused = look(&path, |tx| tx.keep_unreadable("x", crate::bridge::Time::UNIX_EPOCH));
        assert!(matches!(refused, Err(StoreError::Sqlite(_))), "{refused:?}");
        store.close().await;
        let connection = Connection::open(&path).expect("opened");
        for (version, newer) in [(0, false), (1_000, true)] {
            connection.pragma_update(None, "user_version", version).expect("set");
            let refused = look(&path, |_| Ok(()));
            assert_eq!(matches!(refused, Err(StoreError::Newer { .. })), newer);
            assert_eq!(matches!(refused, Err(StoreError::Older { .. })), !newer);
        }
    }
}
