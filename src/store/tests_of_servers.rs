//! What a database server can do to us: contention, lost connections, lost answers, absence. These need a server: `tests/run` starts one
//! for them, and leaves them out of the step that is about SQLite.

use super::engine::{Link, sqlite};
use super::migrate::MIGRATIONS;
use super::testing::{Database, address, database, prepare};
use super::*;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

const EPOCH: crate::bridge::Time = crate::bridge::Time::UNIX_EPOCH;

fn needs_server() {
    let said = "no server to ask: run tests/run, or set SWITCHBOARD_TEST_STORE=$(tests/postgres start FOLDER), or --skip tests_of_servers";
    assert!(database::server().is_some(), "{said}");
}

fn note(tx: &Tx<'_>, kind: &str) -> Result<()> {
    tx.journal(&Entry { at: EPOCH, kind, actor: "server", thread: None, message: None }, &())
}

async fn kinds(store: &Store) -> Vec<String> {
    let rows = store.read(|tx| tx.journal_tail(None, 10_000)).await.expect("read");
    rows.into_iter().rev().map(|row| row.kind).collect()
}

/// What happens to the connections through a [`Proxy`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Pass,
    /// The next COMMIT does not arrive.
    CutBefore,
    /// The next COMMIT arrives, and its answer does not.
    CutAfter,
    /// Nobody gets through.
    Away,
}

/// Stands between a store and its server.
struct Proxy {
    url: String,
    mode: Arc<Mutex<Mode>>,
    open: Arc<Mutex<Vec<TcpStream>>>,
}

impl Proxy {
    fn before(database: &Database) -> Self {
        let url = url::Url::parse(database.url()).expect("a URL");
        let server = url.socket_addrs(|| Some(5432)).expect("an address")[0];
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let mut own = url.clone();
        own.set_port(Some(listener.local_addr().expect("bound").port())).expect("a port");
        let (mode, open) = (Arc::new(Mutex::new(Mode::Pass)), Arc::new(Mutex::new(Vec::new())));
        let (rule, kept) = (mode.clone(), open.clone());
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if *rule.lock().expect("no panic") != Mode::Away {
                    connect(client, server, &rule, &kept);
                }
            }
        });
        Self { url: own.to_string(), mode, open }
    }

    fn set(&self, mode: Mode) {
        *self.mode.lock().expect("no panic") = mode;
        if mode == Mode::Away {
            self.open.lock().expect("no panic").drain(..).for_each(|stream| drop(stream.shutdown(Shutdown::Both)));
        }
    }

    fn has_struck(&self) -> bool {
        *self.mode.lock().expect("no panic") == Mode::Pass
    }

    fn address(&self) -> Address {
        Address::parse(&self.url).expect("a URL")
    }
}

fn connect(client: TcpStream, server: SocketAddr, mode: &Arc<Mutex<Mode>>, open: &Arc<Mutex<Vec<TcpStream>>>) {
    let server = TcpStream::connect(server).expect("the server");
    let copy = |stream: &TcpStream| stream.try_clone().expect("a stream");
    open.lock().expect("no panic").extend([copy(&client), copy(&server)]);
    let deaf = Arc::new(AtomicBool::new(false));
    let (mut up_in, mut up_out, mut down_in, mut down_out) = (copy(&client), copy(&server), server, client);
    let (rule, mute) = (mode.clone(), deaf.clone());
    std::thread::spawn(move || {
        let mut buffer = [0; 65_536];
        while let Ok(read @ 1..) = up_in.read(&mut buffer) {
            if buffer[..read].windows(7).any(|window| window == b"COMMIT\0") {
                let mut rule = rule.lock().expect("no panic");
                let told = *rule;
                if matches!(told, Mode::CutBefore | Mode::CutAfter) {
                    *rule = Mode::Pass;
                }
                match told {
                    Mode::CutBefore => break,
                    Mode::CutAfter => mute.store(true, Ordering::SeqCst),
                    Mode::Pass | Mode::Away => {}
                }
            }
            if up_out.write_all(&buffer[..read]).is_err() {
                break;
            }
        }
        let _ = (up_in.shutdown(Shutdown::Both), up_out.shutdown(Shutdown::Both));
    });
    std::thread::spawn(move || {
        let mut buffer = [0; 65_536];
        while let Ok(read @ 1..) = down_in.read(&mut buffer) {
            if deaf.load(Ordering::SeqCst) || down_out.write_all(&buffer[..read]).is_err() {
                break;
            }
        }
        let _ = (down_in.shutdown(Shutdown::Both), down_out.shutdown(Shutdown::Both));
    });
}

#[tokio::test]
async fn a_lost_commit_is_settled_by_evidence_and_nothing_is_done_twice() {
    needs_server();
    let database = Database::postgres(prepare);
    let proxy = Proxy::before(&database);
    let store = Store::open_alone(proxy.address()).expect("a store");
    for round in 0..10 {
        for mode in [Mode::CutBefore, Mode::CutAfter] {
            proxy.set(mode);
            let kind = format!("{mode:?} {round}");
            store.write("test", move |tx| note(tx, &kind)).await.expect("it is known how it went");
            assert!(proxy.has_struck());
        }
    }
    let expected: Vec<String> = (0..10).flat_map(|round| [format!("CutBefore {round}"), format!("CutAfter {round}")]).collect();
    assert_eq!(kinds(&store).await, expected);
    store.close().await;
}

#[tokio::test]
async fn whoever_waits_for_work_is_woken_by_a_commit_whose_answer_was_lost() {
    needs_server();
    let database = Database::postgres(prepare);
    let proxy = Proxy::before(&database);
    let store = Store::open(proxy.address()).expect("a store");
    proxy.set(Mode::CutAfter);
    let job = |tx: &Tx<'_>| tx.enqueue(Direction::Teams, None, "ana", None, "x", EPOCH).map(drop);
    store.write("test", job).await.expect("stored");
    tokio::time::timeout(Duration::from_secs(5), store.became_due()).await.expect("woken");
    store.close().await;
}

#[tokio::test]
async fn a_server_that_is_away_is_waited_for_within_bounds_and_then_everything_goes_on() {
    needs_server();
    let database = Database::postgres(prepare);
    let proxy = Proxy::before(&database);
    let store = Store::open_alone(proxy.address()).expect("a store");
    store.write("test", |tx| note(tx, "before")).await.expect("written");
    proxy.set(Mode::Away);
    let lost = store.write("test", |tx| note(tx, "meanwhile")).await.expect_err("nobody is there");
    assert!(matches!(lost, StoreError::Unreachable { .. }), "{lost}");
    let unread = store.read(|tx| tx.journal_tail(None, 9)).await.expect_err("nobody is there");
    assert!(matches!(unread, StoreError::Unreachable { .. }), "{unread}");
    proxy.set(Mode::Pass);
    store.write("test", |tx| note(tx, "after")).await.expect("written");
    assert_eq!(kinds(&store).await, ["before", "after"]);
    store.close().await;
}

/// An administrator, or a server that restarts, ends connections wherever they are.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_are_ended_under_load_lose_and_double_nothing() {
    needs_server();
    let database = Arc::new(Database::postgres(prepare));
    let store = Store::open_alone(address(&database)).expect("a store");
    let write = |at: usize| {
        let store = store.clone();
        async move {
            let kind = format!("{at}");
            store.write("test", move |tx| note(tx, &kind)).await.map(|()| at)
        }
    };
    let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
               AND application_name LIKE 'switchboard%'";
    let (mut written, mut killed) = (Vec::new(), 0);
    for round in 0..40 {
        let victim = database.clone();
        let kill = tokio::task::spawn_blocking(move || victim.rows(sql).len());
        let mut at = round * 10_000;
        // One after the other, so that the blow falls somewhere among them.
        while at % 10_000 < 5 || !kill.is_finished() {
            written.push(write(at).await.expect("written in the end").to_string());
            at += 1;
        }
        killed += kill.await.expect("no panic");
    }
    let mut found = kinds(&store).await;
    found.sort();
    written.sort();
    assert!(found == written, "{} entries of {} jobs", found.len(), written.len());
    assert!(killed > 20, "too little happened to prove anything: {killed}");
    store.close().await;
}

#[tokio::test]
async fn a_transaction_that_met_another_one_is_tried_again() {
    needs_server();
    let database = Database::postgres(prepare);
    let store = Store::open(address(&database)).expect("a store");
    for code in ["40001", "40P01"] {
        let tries = Arc::new(AtomicUsize::new(0));
        let count = tries.clone();
        let job = move |tx: &Tx<'_>| {
            note(tx, code)?;
            if count.fetch_add(1, Ordering::SeqCst) < 3 {
                tx.execute(&format!("DO $$ BEGIN RAISE EXCEPTION 'met' USING ERRCODE = '{code}'; END $$"), [])?;
            }
            Ok(())
        };
        store.write("test", job).await.expect("in the end");
        assert_eq!(tries.load(Ordering::SeqCst), 4);
    }
    assert_eq!(kinds(&store).await, ["40001", "40P01"]);
    store.close().await;
}

/// Whoever has lost the lock to another server cannot write any more, though its process lives.
#[tokio::test]
async fn a_server_whose_place_was_taken_writes_nothing() {
    needs_server();
    let database = Database::postgres(prepare);
    let proxy = Proxy::before(&database);
    let first = Store::open_alone(proxy.address()).expect("a store");
    proxy.set(Mode::Away);
    let second = Store::open_alone(address(&database)).expect("the first one's connection is gone");
    proxy.set(Mode::Pass);
    let refused = first.write("test", |tx| note(tx, "first")).await.expect_err("it is not alone");
    assert!(matches!(refused, StoreError::InUse { .. }), "{refused}");
    second.write("test", |tx| note(tx, "second")).await.expect("written");
    assert_eq!(kinds(&second).await, ["second"]);
    second.close().await;
    first.write("test", |tx| note(tx, "first again")).await.expect("the place is free");
    first.close().await;
}

/// One text makes both schemas: tables, columns with their kinds, what may be absent, defaults, keys, and indexes.
#[test]
fn both_engines_have_the_same_schema() {
    needs_server();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("t.db");
    let link = Link::Sqlite(sqlite::open(&path).expect("opens"));
    MIGRATIONS.iter().for_each(|sql| link.batch(sql).expect("a migration"));
    let lines = |rows: Vec<Vec<Option<String>>>| rows.into_iter().map(|row| format!("{row:?}")).collect::<Vec<_>>();
    let here = |sql: &str| lines(database::rows(&format!("sqlite://{}", path.display()), sql));
    let database = Database::postgres(prepare);
    let there = |sql: &str| lines(database.rows(sql));

    let columns = here(
        "SELECT t.name, c.name, CASE c.type WHEN 'INTEGER' THEN 'BIGINT' WHEN 'BLOB' THEN 'BYTEA' ELSE c.type END,
           CASE WHEN c.\"notnull\" = 1 OR c.pk > 0 THEN 'NO' ELSE 'YES' END, c.dflt_value
         FROM sqlite_schema AS t JOIN pragma_table_info(t.name) AS c WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' ORDER BY 1, 2",
    );
    let expected = there(
        "SELECT table_name, column_name, upper(data_type), is_nullable, replace(column_default, '::text', '')
         FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE 'store\\_%' ORDER BY table_name COLLATE \"C\", column_name COLLATE \"C\"",
    );
    assert!(columns.len() > 200, "{}", columns.len());
    assert_eq!(columns, expected);

    let keys = here(
        "SELECT t.name, group_concat(c.name, ',' ORDER BY c.pk) FROM sqlite_schema AS t JOIN pragma_table_info(t.name) AS c
         WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' AND c.pk > 0 GROUP BY t.name ORDER BY 1",
    );
    let expected = there(
        "SELECT c.relname, string_agg(a.attname, ',' ORDER BY k.at) FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indrelid
         CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k (attnum, at)
         JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = k.attnum
         WHERE i.indisprimary AND c.relnamespace = 'public'::regnamespace AND c.relname NOT LIKE 'store\\_%'
         GROUP BY c.relname ORDER BY c.relname COLLATE \"C\"",
    );
    assert_eq!(keys, expected);

    let indexes = here(
        "SELECT t.name, l.name, l.\"unique\", l.partial FROM sqlite_schema AS t JOIN pragma_index_list(t.name) AS l
         WHERE t.type = 'table' AND l.origin = 'c' ORDER BY 1, 2",
    );
    let expected = there(
        "SELECT c.relname, n.relname, i.indisunique::int, (i.indpred IS NOT NULL)::int FROM pg_index AS i
         JOIN pg_class AS c ON c.oid = i.indrelid JOIN pg_class AS n ON n.oid = i.indexrelid
         WHERE c.relnamespace = 'public'::regnamespace AND c.relname NOT LIKE 'store\\_%'
           AND NOT EXISTS (SELECT 1 FROM pg_constraint AS o WHERE o.conindid = i.indexrelid)
         ORDER BY c.relname COLLATE \"C\", n.relname COLLATE \"C\"",
    );
    assert!(indexes.len() > 30, "{}", indexes.len());
    assert_eq!(indexes, expected);

    let triggers = here("SELECT name FROM sqlite_schema WHERE type = 'trigger' ORDER BY 1");
    let expected = there(
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgname <> 'journal_is_never_emptied' ORDER BY tgname COLLATE \"C\"",
    );
    assert_eq!(triggers, expected);
}
