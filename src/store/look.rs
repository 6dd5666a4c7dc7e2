//! Reading a database that a server may be using, without changing anything: neither its schema nor a row.

use super::address::Address;
use super::migrate::expect_current;
use super::tx::{Result, StoreError, Tx};

/// Runs `job` on one consistent snapshot of a database, which may belong to a running server.
///
/// # Errors
/// When there is no such database, or one whose schema this version does not know; and what `job` says.
pub fn look<T: Send>(address: impl Into<Address>, job: impl FnOnce(&Tx<'_>) -> Result<T> + Send) -> Result<T> {
    let address = address.into();
    // A connection to a server blocks, which a worker of the asynchronous runtime must not do.
    let work = || {
        let link = address.connect_beside()?;
        link.begin_reading()?;
        expect_current(&link, &address)?;
        job(&Tx::new(&link))
    };
    std::thread::scope(|scope| scope.spawn(work).join()).unwrap_or(Err(StoreError::Panicked))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;
    use rusqlite::Connection;

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
