//! A whole database into an empty one, of either engine.
//!
//! Everything is written in one transaction and read again before it is committed: the target holds all of it, or nothing. Rows go by the
//! order of their keys, which both engines compare byte by byte.

use super::address::Address;
use super::alone;
use super::engine::{Link, Row, sqlite};
use super::migrate::{self, MIGRATIONS};
use super::tx::{Result, StoreError, Tx};
use super::value::Value;
use sha2::{Digest, Sha256};

/// Rows that are read and written at a time.
const PAGE: usize = 200;

/// What a table holds on both sides.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct CopiedTable {
    pub table: String,
    pub rows: u64,
    /// SHA-256 of the rows in their order, hexadecimal.
    pub sha256: String,
}

/// How far a copy is.
#[derive(Clone, Copy, Debug)]
pub struct CopyProgress<'p> {
    pub table: &'p str,
    pub rows: u64,
    /// Of all tables.
    pub of: u64,
}

/// Copies everything. Neither side may be in use by a server.
///
/// # Errors
/// The source is not there or of another version, the target is not empty, a server holds either, or the two differ in the end; the target
/// is then left without a row.
pub fn copy(from: &Address, to: &Address, progress: &mut (dyn FnMut(CopyProgress<'_>) + Send)) -> Result<Vec<CopiedTable>> {
    // A connection to a server blocks, which a worker of the asynchronous runtime must not do.
    std::thread::scope(|scope| scope.spawn(|| copy_here(from, to, progress)).join()).unwrap_or(Err(StoreError::Panicked))
}

fn copy_here(from: &Address, to: &Address, progress: &mut (dyn FnMut(CopyProgress<'_>) + Send)) -> Result<Vec<CopiedTable>> {
    let source = from.connect_beside()?;
    let _alone_there = alone::hold_file(from)?;
    alone::hold_session(&source, from)?;
    let _alone_here = alone::hold_file(to)?;
    let target = to.connect("switchboard copy")?;
    alone::hold_session(&target, to)?;
    source.begin_reading()?;
    migrate::expect_current(&source, from)?;
    migrate::migrate(&target, to)?;
    target.batch(if matches!(target, Link::Sqlite(_)) { "BEGIN IMMEDIATE" } else { "BEGIN" })?;
    let done = copy_tables(&source, &target, to, progress);
    match done {
        Ok(_) => target.batch("COMMIT")?,
        // What has failed says why already.
        Err(_) => drop(target.roll_back()),
    }
    done
}

fn copy_tables(
    source: &Link,
    target: &Link,
    to: &Address,
    progress: &mut (dyn FnMut(CopyProgress<'_>) + Send),
) -> Result<Vec<CopiedTable>> {
    let tables = tables()?;
    let mut of = 0;
    for table in &tables {
        if count(target, table)? > 0 {
            return Err(StoreError::Open { store: to.to_string(), reason: format!("it is not empty: {} holds rows", table.name) });
        }
        of += count(source, table)?;
    }
    let (mut done, mut before) = (Vec::with_capacity(tables.len()), 0);
    for table in &tables {
        let there = table.copy(source, target, &mut |rows| progress(CopyProgress { table: &table.name, rows: before + rows, of }))?;
        let here = table.digest(target)?;
        if here != there {
            let reason = format!("{} came out differently: {} rows instead of {}", table.name, here.rows, there.rows);
            return Err(StoreError::Open { store: to.to_string(), reason });
        }
        before += here.rows;
        done.push(here);
    }
    Ok(done)
}

fn count(link: &Link, table: &Table) -> Result<u64> {
    Tx::new(link).one(&format!("SELECT count(*) FROM {}", table.name), [], |row| Ok(row.get::<i64>(0)?.unsigned_abs()))
}

/// A table of our schema, as SQLite describes it.
struct Table {
    name: String,
    /// With the type that PostgreSQL gives each.
    columns: Vec<(String, &'static str)>,
    key: Vec<usize>,
    /// The engine gives the key when nobody else does.
    given: bool,
}

/// Every table of the schema.
fn tables() -> Result<Vec<Table>> {
    let link = Link::Sqlite(sqlite::open(std::path::Path::new(":memory:"))?);
    for sql in MIGRATIONS {
        link.batch(sql)?;
    }
    let tx = Tx::new(&link);
    let sql = "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name";
    let names = tx.all(sql, [], |row| Ok((row.get::<String>(0)?, row.get::<String>(1)?)))?;
    names.into_iter().map(|(name, sql)| Table::described(&tx, name, &sql)).collect()
}

impl Table {
    fn described(tx: &Tx<'_>, name: String, sql: &str) -> Result<Self> {
        let found = tx.all("SELECT name, type, pk FROM pragma_table_info(?1) ORDER BY cid", [&name], |row| {
            let kind = match row.get::<String>(1)?.as_str() {
                "TEXT" => "TEXT",
                "BLOB" => "BYTEA",
                _ => "BIGINT",
            };
            Ok((row.get::<String>(0)?, kind, row.get::<i64>(2)?))
        })?;
        let mut key: Vec<(i64, usize)> =
            found.iter().enumerate().filter(|(_, (_, _, pk))| *pk > 0).map(|(at, (_, _, pk))| (*pk, at)).collect();
        key.sort_unstable();
        Ok(Self {
            given: sql.contains("INTEGER PRIMARY KEY"),
            columns: found.into_iter().map(|(column, kind, _)| (column, kind)).collect(),
            key: key.into_iter().map(|(_, at)| at).collect(),
            name,
        })
    }

    fn names(&self) -> String {
        self.columns.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ")
    }

    /// The rows behind a key, or the first ones.
    fn page(&self, link: &Link, after: Option<&[Value<'static>]>) -> Result<Vec<Vec<Value<'static>>>> {
        let key = self.key.iter().map(|at| self.columns[*at].0.as_str()).collect::<Vec<_>>().join(", ");
        let places: Vec<String> = (1..=self.key.len()).map(|place| format!("?{place}")).collect();
        let (condition, values) = match after {
            Some(last) => (format!(" WHERE ({key}) > ({})", places.join(", ")), self.key.iter().map(|at| last[*at].clone()).collect()),
            None => (String::new(), Vec::new()),
        };
        let sql = format!("SELECT {} FROM {}{condition} ORDER BY {key} LIMIT {PAGE}", self.names(), self.name);
        Tx::new(link).all(&sql, values, read)
    }

    fn copy(&self, source: &Link, target: &Link, progress: &mut dyn FnMut(u64)) -> Result<CopiedTable> {
        let mut digest = Content::default();
        let mut last: Option<Vec<Value<'static>>> = None;
        loop {
            let rows = self.page(source, last.as_deref())?;
            if rows.is_empty() {
                break;
            }
            rows.iter().for_each(|row| digest.take(row));
            last = rows.last().cloned();
            Tx::new(target).execute(&self.insertion(target, rows.len()), rows.into_iter().flatten().collect::<Vec<_>>())?;
            progress(digest.rows);
        }
        if let (Link::Postgres(_), Some(key), true) = (target, self.key.first(), self.given && digest.rows > 0) {
            let (table, key) = (&self.name, &self.columns[*key].0);
            target.batch(&format!("SELECT setval(pg_get_serial_sequence('{table}', '{key}'), (SELECT max({key}) FROM {table}))"))?;
        }
        Ok(digest.of(&self.name))
    }

    fn digest(&self, link: &Link) -> Result<CopiedTable> {
        let mut digest = Content::default();
        let mut last: Option<Vec<Value<'static>>> = None;
        loop {
            let rows = self.page(link, last.as_deref())?;
            rows.iter().for_each(|row| digest.take(row));
            match rows.last() {
                Some(row) => last = Some(row.clone()),
                None => return Ok(digest.of(&self.name)),
            }
        }
    }

    fn insertion(&self, target: &Link, rows: usize) -> String {
        let width = self.columns.len();
        let place = |at: usize| match target {
            Link::Sqlite(_) => format!("?{}", at + 1),
            // In a list of several rows the server does not look at the columns for the kind of a place.
            Link::Postgres(_) => format!("CAST(?{} AS {})", at + 1, self.columns[at % width].1),
        };
        let row = |row: usize| format!("({})", (0..width).map(|at| place(row * width + at)).collect::<Vec<_>>().join(", "));
        let rows: Vec<String> = (0..rows).map(row).collect();
        format!("INSERT INTO {} ({}) VALUES {}", self.name, self.names(), rows.join(", "))
    }
}

/// A row as it is kept: an older version may have stored what a text cannot hold any more.
fn read(row: &Row<'_>) -> Result<Vec<Value<'static>>> {
    let kept = |value: Value<'static>| match value {
        Value::Text(text) => Value::from(text.into_owned()),
        other => other,
    };
    (0..row.width()).map(|at| Ok(kept(row.get::<Value<'static>>(at)?))).collect()
}

/// What rows come to, one after the other.
#[derive(Default)]
struct Content {
    hash: Sha256,
    rows: u64,
}

impl Content {
    fn take(&mut self, row: &[Value<'_>]) {
        self.rows += 1;
        // Each with its kind and length, so that no two rows are the same by where one value ends.
        for value in row {
            match value {
                Value::Null => self.add(0, &[]),
                Value::Integer(number) => self.add(1, &number.to_be_bytes()),
                Value::Text(text) => self.add(2, text.as_bytes()),
                Value::Bytes(bytes) => self.add(3, bytes),
            }
        }
    }

    fn add(&mut self, kind: u8, bytes: &[u8]) {
        self.hash.update([kind]);
        self.hash.update((bytes.len() as u64).to_be_bytes());
        self.hash.update(bytes);
    }

    fn of(self, table: &str) -> CopiedTable {
        CopiedTable { table: table.to_owned(), rows: self.rows, sha256: hex::encode(self.hash.finalize()) }
    }
}
