//! A database of a test's own, on the engine that `SWITCHBOARD_TEST_STORE` names: `postgres://…` of a server where databases may be made
//! (`tests/run` starts one), else SQLite. On PostgreSQL it is a copy of one that was brought up to date once, and is dropped with its test.

use postgres::error::SqlState;
use postgres::{Client, NoTls, SimpleQueryMessage};
use std::path::Path;
use std::sync::OnceLock;

/// The server that tests make their databases on.
pub fn server() -> Option<String> {
    std::env::var("SWITCHBOARD_TEST_STORE").ok().filter(|url| !url.is_empty())
}

/// One database.
pub struct Database {
    url: String,
    /// Its name, where it is to be dropped.
    own: Option<String>,
}

impl Database {
    /// A new one, on the engine of this run. `prepare` brings the database at a URL up to date.
    pub fn fresh(folder: &Path, prepare: fn(&str)) -> Self {
        if server().is_some() { Self::postgres(prepare) } else { Self::sqlite(folder) }
    }

    /// A file that is not there yet.
    pub fn sqlite(folder: &Path) -> Self {
        Self { url: format!("sqlite://{}", folder.join("switchboard.db").display()), own: None }
    }

    /// A database with our schema.
    pub fn postgres(prepare: fn(&str)) -> Self {
        static TEMPLATE: OnceLock<String> = OnceLock::new();
        let template = TEMPLATE.get_or_init(|| {
            let template = Self::empty();
            prepare(&template.url);
            template.keep()
        });
        Self::create(&format!(" TEMPLATE {template}"))
    }

    /// A database without anything in it.
    pub fn empty() -> Self {
        static LEFT: OnceLock<()> = OnceLock::new();
        LEFT.get_or_init(drop_leftovers);
        Self::create(" TEMPLATE template0 ENCODING 'UTF8'")
    }

    fn create(how: &str) -> Self {
        let name = format!("switchboard_test_{}_{:016x}", std::process::id(), fastrand::u64(..));
        administrate(&format!("CREATE DATABASE {name}{how}"));
        Self { url: url_of(&name), own: Some(name) }
    }

    fn keep(mut self) -> String {
        self.own.take().expect("a database of PostgreSQL")
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    /// The rows of a query, as text.
    pub fn rows(&self, sql: &str) -> Vec<Vec<Option<String>>> {
        rows(&self.url, sql)
    }

    /// The names of the tables that hold what is kept.
    pub fn tables(&self) -> Vec<String> {
        let sql = match self.own {
            None => "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
            Some(_) => "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE 'store\\_%' ORDER BY 1",
        };
        self.rows(sql).into_iter().filter_map(|mut row| row.remove(0)).collect()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Some(name) = &self.own {
            administrate(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
    }
}

/// The rows of a query on the database at a URL, as text.
pub fn rows(url: &str, sql: &str) -> Vec<Vec<Option<String>>> {
    match url.strip_prefix("sqlite://") {
        Some(path) => sqlite_rows(path, sql).expect("the database can be read"),
        None => apart(|| {
            let mut client = Client::connect(url, NoTls).expect("the database server answers");
            let answer = client.simple_query(sql).expect("the query is answered");
            let read = |message| match message {
                SimpleQueryMessage::Row(row) => Some((0..row.len()).map(|at| row.get(at).map(str::to_owned)).collect()),
                _ => None,
            };
            answer.into_iter().filter_map(read).collect()
        }),
    }
}

fn sqlite_rows(path: &str, sql: &str) -> rusqlite::Result<Vec<Vec<Option<String>>>> {
    use rusqlite::types::ValueRef;
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY | rusqlite::OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let store = rusqlite::Connection::open_with_flags(path, flags)?;
    let mut statement = store.prepare(sql)?;
    let columns = statement.column_count();
    let text = |value: ValueRef<'_>| match value {
        ValueRef::Null => None,
        ValueRef::Integer(number) => Some(number.to_string()),
        ValueRef::Real(number) => Some(number.to_string()),
        ValueRef::Text(text) => Some(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => Some(format!("\\x{}", hex::encode(bytes))),
    };
    let rows = statement.query_map([], |row| (0..columns).map(|at| Ok(text(row.get_ref(at)?))).collect())?;
    rows.collect()
}

/// What the server is told about databases, one after the other. A copy has to wait until nobody uses the original any more.
fn administrate(sql: &str) {
    apart(|| {
        let mut client = Client::connect(&server().expect("SWITCHBOARD_TEST_STORE names a server"), NoTls).expect("it answers");
        while let Err(error) = client.batch_execute(sql) {
            let again = [SqlState::OBJECT_IN_USE, SqlState::UNIQUE_VIOLATION].iter().any(|state| error.code() == Some(state));
            assert!(again, "{sql}: {error:?}");
            std::thread::yield_now();
        }
    });
}

/// What test runs that were killed have left behind.
fn drop_leftovers() {
    let left = rows(&server().expect("a server"), "SELECT datname FROM pg_database WHERE datname LIKE 'switchboard\\_test\\_%'");
    for name in left.into_iter().flatten().flatten() {
        let process = name.split('_').nth(2).unwrap_or_default();
        if !Path::new("/proc").join(process).exists() {
            administrate(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
    }
}

/// The server's URL with another database.
fn url_of(name: &str) -> String {
    let server = server().expect("a server");
    let (base, query) = server.split_once('?').map_or((server.as_str(), String::new()), |(base, query)| (base, format!("?{query}")));
    let authority = base.split_once("://").expect("a URL").1.split('/').next().unwrap_or_default();
    format!("postgres://{authority}/{name}{query}")
}

/// The blocking client wants a thread that is not a worker of the asynchronous runtime.
fn apart<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| scope.spawn(work).join()).expect("no panic")
}
