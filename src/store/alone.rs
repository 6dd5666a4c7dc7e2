//! One server a database.

use super::address::Address;
use super::engine::Link;
use super::tx::{Result, StoreError, Tx};
use std::fs::{File, TryLockError};

/// What a server holds while it runs: `pg_try_advisory_lock` of this number ("oneserve" in ASCII).
const ALONE: i64 = 0x6f6e_6573_6572_7665;

/// The lock of a database file, beside it; released by the operating system also after a crash. `None`: the database is on a server, where
/// [`hold_session`] does it.
pub(super) fn hold_file(address: &Address) -> Result<Option<File>> {
    let Address::Sqlite(path) = address else { return Ok(None) };
    let name = path.with_extension("lock");
    let unusable = |error: std::io::Error| {
        let reason = format!("cannot lock {}: {error}", name.display());
        StoreError::Open { store: address.to_string(), reason }
    };
    let file = File::options().create(true).append(true).open(&name).map_err(unusable)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse { store: address.to_string() }),
        Err(TryLockError::Error(error)) => Err(unusable(error)),
    }
}

/// The lock of a database on a server: it lives as long as this connection.
pub(super) fn hold_session(link: &Link, address: &Address) -> Result<()> {
    if matches!(link, Link::Postgres(_)) {
        let held = Tx::new(link).one("SELECT pg_try_advisory_lock(?1)", [ALONE], |row| Ok(row.get::<bool>(0)?))?;
        if !held {
            return Err(StoreError::InUse { store: address.to_string() });
        }
    }
    Ok(())
}
