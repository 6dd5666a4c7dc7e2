//! A copy of the database while a server writes to it.

use super::address::Address;
use super::migrate::MIGRATIONS;
use super::tx::{Result, StoreError};
use rusqlite::{Connection, OpenFlags};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

/// How often the progress is told.
const EVERY: Duration = Duration::from_millis(200);

/// What a backup holds.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Backup {
    /// In bytes.
    pub size: u64,
    /// Version of the schema.
    pub schema: usize,
    /// Entries of the journal.
    pub journal: i64,
    /// Messages of both directions.
    pub messages: i64,
}

/// Writes everything that is committed at this moment into a new file, which is complete and checked, or not there. `progress` is told
/// bytes done and bytes expected; the copy is packed, so it may end with fewer.
///
/// One statement on one snapshot: a page-by-page copy begins again whenever another process commits, and a busy server would never let
/// it end. Meanwhile the write-ahead log grows by what the server commits.
///
/// # Errors
/// When there is no such database or a newer one, or it is PostgreSQL's, when `to` is there already or cannot be written, and when the copy is damaged.
pub fn backup(from: &Address, to: &Path, progress: impl Fn(u64, u64)) -> Result<Backup> {
    let fault = |reason: String| StoreError::Backup { path: to.display().to_string(), reason };
    if to.exists() {
        return Err(fault("the file is there already; choose another name".to_owned()));
    }
    let Address::Sqlite(from) = from else {
        return Err(fault("this is for SQLite. PostgreSQL has its own way: pg_dump, or the server's continuous archiving".to_owned()));
    };
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let source = Connection::open_with_flags(from, flags)
        .map_err(|error| StoreError::Open { store: from.display().to_string(), reason: error.to_string() })?;
    source.busy_timeout(Duration::from_secs(10))?;
    let schema = version(&source)?;
    if schema > MIGRATIONS.len() {
        return Err(StoreError::Newer { store: from.display().to_string(), found: schema, known: MIGRATIONS.len() });
    }
    let expected = pages(&source)?;
    let part = beside(to);
    // Of an attempt that was cut off; SQLite takes no file that is not empty.
    let _ = fs::remove_file(&part);
    let copied = std::thread::scope(|scope| {
        let (done, wait) = mpsc::channel();
        let (name, source) = (part.to_string_lossy().into_owned(), source);
        scope.spawn(move || done.send(source.execute("VACUUM INTO ?1", [name])));
        loop {
            match wait.recv_timeout(EVERY) {
                Ok(copied) => break copied.map(drop).map_err(StoreError::from),
                Err(RecvTimeoutError::Timeout) => progress(size(&part).min(expected), expected),
                Err(RecvTimeoutError::Disconnected) => break Err(StoreError::Panicked),
            }
        }
    });
    let finished = copied.and_then(|()| {
        let found = checked(&part, schema)?;
        put(&part, to).map_err(|error| fault(error.to_string()))?;
        Ok(found)
    });
    if finished.is_err() {
        let _ = fs::remove_file(&part);
    } else {
        progress(expected, expected);
    }
    finished
}

fn version(connection: &Connection) -> Result<usize> {
    let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    Ok(usize::try_from(found).unwrap_or(usize::MAX))
}

fn pages(connection: &Connection) -> Result<u64> {
    let value = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    Ok(u64::try_from(value("page_count")? * value("page_size")?).unwrap_or(0))
}

fn size(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |file| file.len())
}

fn beside(to: &Path) -> PathBuf {
    let mut name = to.as_os_str().to_owned();
    name.push(".part");
    name.into()
}

/// What the copy holds, once SQLite finds nothing wrong with it.
fn checked(part: &Path, schema: usize) -> Result<Backup> {
    let copy = Connection::open_with_flags(part, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    let verdict: String = copy.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if verdict != "ok" || version(&copy)? != schema {
        return Err(StoreError::Backup { path: part.display().to_string(), reason: format!("the copy is damaged: {verdict}") });
    }
    let count = |table: &str| copy.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0));
    Ok(Backup { size: size(part), schema, journal: count("journal")?, messages: count("message")? })
}

/// On disk before it has its name, and its name before success is told.
fn put(part: &Path, to: &Path) -> std::io::Result<()> {
    File::open(part)?.sync_all()?;
    fs::rename(part, to)?;
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bridge::Time;
    use crate::store::Store;
    use std::sync::atomic::{AtomicBool, Ordering};

    #[tokio::test]
    async fn a_busy_store_is_copied_whole_and_what_comes_later_is_not_in_it() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (path, to) = (folder.path().join("store.db"), folder.path().join("copy.db"));
        let store = Store::open(&path).expect("a store");
        let entry = |store: &Store, number: i64| {
            let store = store.clone();
            async move {
                let write = move |tx: &crate::store::Tx<'_>| {
                    let entry = crate::store::Entry { at: Time::UNIX_EPOCH, kind: "test", actor: "test", thread: None, message: None };
                    tx.journal(&entry, &serde_json::json!({ "number": number }))
                };
                store.write("test", write).await.expect("stored");
            }
        };
        for number in 0..500 {
            entry(&store, number).await;
        }
        let stop = std::sync::Arc::new(AtomicBool::new(false));
        let busy = tokio::spawn({
            let (store, stop) = (store.clone(), stop.clone());
            async move {
                let mut number = 500;
                while !stop.load(Ordering::SeqCst) {
                    entry(&store, number).await;
                    number += 1;
                }
                number
            }
        });
        let (from, name) = (path.clone(), to.clone());
        let copied =
            tokio::task::spawn_blocking(move || backup(&Address::from(&from), &name, |_, _| {})).await.expect("ended").expect("copied");
        stop.store(true, Ordering::SeqCst);
        let written = busy.await.expect("ended");
        store.close().await;
        assert!((500..=written).contains(&copied.journal), "{copied:?} of {written}");
        let copy = Store::open(&to).expect("a store");
        let rows = copy.read(|tx| tx.journal_tail(None, 1_000_000)).await.expect("read");
        let numbers: Vec<i64> = rows.iter().rev().filter_map(|row| row.body["number"].as_i64()).collect();
        assert_eq!(numbers, (0..copied.journal).collect::<Vec<_>>(), "a prefix, without a gap");
    }

    #[test]
    fn nothing_is_overwritten_and_nothing_half_is_left() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (missing, to) = (folder.path().join("missing.db"), folder.path().join("copy.db"));
        assert!(matches!(backup(&missing.as_path().into(), &to, |_, _| {}), Err(StoreError::Open { .. })));
        assert!(!to.exists() && !missing.exists());
        File::create(&to).expect("made");
        assert!(matches!(backup(&missing.as_path().into(), &to, |_, _| {}), Err(StoreError::Backup { .. })));
        let nowhere = folder.path().join("no folder").join("copy.db");
        let store = folder.path().join("store.db");
        drop(Connection::open(&store).expect("made"));
        assert!(backup(&store.as_path().into(), &nowhere, |_, _| {}).is_err());
    }
}
