//! What holds on every engine. `tests/run` runs this room's tests on both.

use super::testing::{Database, address, database, fresh};
use super::value::Value;
use super::*;
use crate::bridge::{ContactQuery, Posted, ThreadId, Time};
use std::collections::BTreeSet;

fn at(seconds: i64) -> Time {
    Time::UNIX_EPOCH + chrono::Duration::seconds(seconds)
}

fn note(tx: &Tx<'_>, kind: &str) -> Result<()> {
    tx.journal(&Entry { at: at(0), kind, actor: "server", thread: None, message: None }, &())
}

fn draft(text: &str) -> Draft {
    Draft {
        text: text.to_owned(),
        note: false,
        answers: None,
        files: Vec::new(),
        written: Posted { conversation: "a:1".into(), activity: "1".into() },
    }
}

#[tokio::test]
async fn what_somebody_wrote_comes_back_as_they_wrote_it() {
    let (_home, store) = fresh();
    let long = "Grüße 🌸 ".repeat(100_000);
    for text in ["Zoë \u{1F469}\u{200D}\u{1F4BB} مرحبا\r\n\t\u{1}\u{7F}\u{FFFF} '$1' ?1 \\ \"", "", " ", long.as_str()] {
        let kept = draft(text);
        let id = store.write("test", move |tx| tx.keep_draft(&"ana".into(), &kept, at(0))).await.expect("kept");
        let found = store.read(move |tx| tx.draft(id, &"ana".into())).await.expect("read").expect("there");
        assert!(found.text == text, "{} characters became {}", text.chars().count(), found.text.chars().count());
    }
}

#[tokio::test]
async fn a_character_that_an_engine_cannot_keep_stops_nothing() {
    let (_home, store) = fresh();
    let (draft, seen) = store
        .write("test", |tx| {
            let id = tx.keep_draft(&"a\0na".into(), &draft("before\0after"), at(0))?;
            tx.keep_unreadable("{\"\0\":1}", at(0))?;
            tx.journal(&Entry { at: at(0), kind: "test", actor: "a\0", thread: None, message: None }, &serde_json::json!({"text": "\0"}))?;
            let again = (tx.first_time("k\0", at(0))?, tx.first_time("k\0", at(0))?, tx.was_seen("k\0")?);
            Ok((tx.draft(id, &"a\0na".into())?, again))
        })
        .await
        .expect("kept");
    assert_eq!((draft.expect("found by the same name").text.as_str(), seen), ("before\u{FFFD}after", (true, false, true)));
    let entry = store.read(|tx| tx.journal_tail(None, 1)).await.expect("read").remove(0);
    assert_eq!(entry.body["text"], "\0", "within a document it is written in letters");
}

#[tokio::test]
async fn names_are_in_the_order_of_their_bytes_and_as_long_as_anybody_likes() {
    let (_home, store) = fresh();
    let long = "ö".repeat(20_000);
    let names = ["ä", "a", "_", "Z", "B", "aa", "Ä", long.as_str()].map(str::to_owned);
    let found = store
        .write("test", move |tx| {
            for name in &names {
                let new =
                    NewContact { line: &"advice".into(), name, phone: None, wa_id: None, bsuid: None, language: None, added_by: None };
                tx.insert_contact(&new, at(0))?;
            }
            tx.find_contacts(&"advice".into(), &ContactQuery::read("", None), 10)
        })
        .await
        .expect("kept");
    let found: Vec<String> = found.into_iter().map(|contact| contact.name).collect();
    assert_eq!(found, ["B", "Z", "_", "a", "aa", "Ä", "ä", long.as_str()]);
}

#[tokio::test]
async fn numbers_reach_from_end_to_end_and_nothing_stays_nothing() {
    let (_home, store) = fresh();
    let sql = "SELECT CAST(?1 AS BIGINT), CAST(?2 AS BIGINT), CAST(?3 AS TEXT), CAST(?4 AS BIGINT)";
    let read = store
        .read(move |tx| {
            let values = vec![Value::from(i64::MAX), Value::from(i64::MIN), Value::Null, Value::from(true)];
            tx.one(sql, values, |row| Ok((row.get::<i64>(0)?, row.get::<i64>(1)?, row.get::<Option<String>>(2)?, row.get::<bool>(3)?)))
        })
        .await
        .expect("read");
    assert_eq!(read, (i64::MAX, i64::MIN, None, true));
    let wrong = store.read(|tx| tx.one("SELECT CAST(NULL AS TEXT)", [], |row| Ok(row.get::<String>(0)?))).await.expect_err("nothing");
    assert!(matches!(wrong, StoreError::Column(_)), "{wrong}");
}

#[tokio::test]
async fn a_refused_statement_takes_its_job_with_it_and_no_other() {
    let (_home, store) = fresh();
    let conversation = || "19:x@thread.v2".into();
    store.write("first", move |tx| tx.settle_in(ThreadId(1), &conversation(), Some(&conversation()))).await.expect("settled");
    let second = store.write("second", move |tx| {
        note(tx, "half")?;
        tx.settle_in(ThreadId(2), &conversation(), Some(&conversation()))
    });
    // A job that shuts its eyes is not committed either.
    let blind = store.write("blind", move |tx| {
        note(tx, "blind")?;
        Ok(tx.settle_in(ThreadId(3), &conversation(), Some(&conversation())).is_ok())
    });
    let good = store.write("good", |tx| note(tx, "whole"));
    let (second, blind, good) = tokio::join!(second, blind, good);
    assert!(second.is_err() && blind.is_err(), "{second:?} {blind:?}");
    good.expect("the neighbour's job");
    let kinds: Vec<String> = store.read(|tx| tx.journal_tail(None, 9)).await.expect("read").into_iter().map(|row| row.kind).collect();
    assert_eq!(kinds, ["whole"]);
}

#[tokio::test]
async fn a_reader_sees_what_is_committed_and_can_write_nothing() {
    let (_home, store) = fresh();
    store.write("test", |tx| note(tx, "seen")).await.expect("written");
    let seen = store
        .read(|tx| {
            let found = tx.journal_tail(None, 9)?.len();
            assert!(note(tx, "never").is_err(), "a reader wrote");
            Ok(found)
        })
        .await;
    assert_eq!(seen.expect("read"), 1);
    let again = store.read(|tx| tx.journal_tail(None, 9)).await.expect("the reader is none the worse");
    assert_eq!(again.len(), 1);
}

#[tokio::test]
async fn two_writers_on_one_database_take_turns_and_entries_are_numbered_as_they_are_committed() {
    let (home, server) = fresh();
    let command = Store::open(address(&home.database)).expect("beside it");
    let work = |store: Store, kind: &'static str| async move {
        let one = |at: i64| {
            let store = store.clone();
            tokio::spawn(async move {
                store
                    .write("test", move |tx| {
                        let before = tx.last_entry()?.unwrap_or(0);
                        note(tx, kind)?;
                        tx.enqueue(Direction::Teams, Some(ThreadId(at % 3)), "ana", None, "x", self::at(0))?;
                        let own = tx.last_entry()?.unwrap_or(0);
                        assert!(own > before, "an entry is not behind those before it");
                        Ok(())
                    })
                    .await
            })
        };
        for done in futures_util::future::join_all((0..60).map(one)).await {
            done.expect("no panic").expect("written");
        }
    };
    tokio::join!(work(server.clone(), "server"), work(command.clone(), "command"));
    let rows = server.read(|tx| tx.journal_tail(None, 1_000)).await.expect("read");
    assert_eq!(rows.iter().filter(|row| row.kind == "server").count(), 60);
    assert_eq!((rows.len(), rows.iter().map(|row| row.seq).collect::<BTreeSet<_>>().len()), (120, 120));
    let seqs = server.read(|tx| tx.all("SELECT seq FROM delivery WHERE lane_id = 1 ORDER BY seq", [], |row| Ok(row.get::<i64>(0)?))).await;
    assert_eq!(seqs.expect("read"), (1..=40).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_second_server_is_refused_until_the_first_has_ended() {
    let (home, store) = fresh();
    store.close().await;
    let address = address(&home.database);
    let first = Store::open_alone(&address).expect("alone");
    let refused = Store::open_alone(&address).map(drop).expect_err("there is one");
    assert!(refused.to_string().ends_with("is in use by another server. Stop that one first."), "{refused}");
    drop(Store::open(&address).expect("a command may work beside it"));
    first.close().await;
    Store::open_alone(&address).expect("alone again").close().await;
}

/// Fills a store with something of every kind of value.
async fn fill(store: &Store) {
    store
        .write("test", |tx| {
            for at in 0..450 {
                note(tx, &format!("kind {at}"))?;
                tx.enqueue(
                    Direction::Teams,
                    Some(ThreadId(at)),
                    "Ärger",
                    None,
                    &"🌸".repeat(usize::try_from(at).unwrap_or(0)),
                    self::at(at),
                )?;
                tx.first_time(&format!("{}-{at}", if at % 2 == 0 { 'a' } else { 'B' }), self::at(at))?;
            }
            tx.keep_draft(&"ana".into(), &draft("a\0b"), at(5))?;
            tx.signing_key("links", &[0, 1, 255]).map(drop)
        })
        .await
        .expect("filled");
}

async fn copies(from: &Database, to: &Database) {
    let store = Store::open(address(from)).expect("a store");
    fill(&store).await;
    store.close().await;
    let server = Store::open_alone(address(from)).expect("a server");
    let refused = copy(&address(from), &address(to), &mut |_| ()).expect_err("a server is at it");
    assert!(refused.to_string().contains("in use"), "{refused}");
    server.close().await;

    let mut seen = Vec::new();
    let tables = copy(&address(from), &address(to), &mut |now| seen.push((now.rows, now.of))).expect("copied");
    let rows = |name: &str| tables.iter().find(|table| table.table == name).map(|table| table.rows);
    assert_eq!(
        (rows("journal"), rows("delivery"), rows("seen"), rows("signing_key"), rows("media")),
        (Some(450), Some(450), Some(450), Some(1), Some(0))
    );
    let last = *seen.last().expect("progress");
    assert!(seen.is_sorted() && last.0 == last.1, "{seen:?}");
    let twice = copy(&address(from), &address(to), &mut |_| ()).expect_err("not empty");
    assert!(twice.to_string().contains("not empty"), "{twice}");

    let copied = Store::open(address(to)).expect("it is a store");
    let (entry, draft, key) = copied
        .write("test", |tx| {
            note(tx, "next")?;
            Ok((tx.last_entry()?, tx.keep_draft(&"ana".into(), &draft("c"), at(6))?, tx.signing_key("links", &[])?))
        })
        .await
        .expect("numbers go on");
    assert_eq!((entry, draft, key), (Some(451), 2, vec![0, 1, 255]));
    copied.close().await;
}

#[tokio::test]
async fn a_copy_is_whole_and_numbers_go_on() {
    let (from, to) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    copies(&Database::sqlite(from.path()), &Database::sqlite(to.path())).await;
    if database::server().is_some() {
        let (from, to) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        copies(&Database::sqlite(from.path()), &Database::empty()).await;
        copies(&Database::empty(), &Database::sqlite(to.path())).await;
        copies(&Database::empty(), &Database::empty()).await;
    }
}

#[tokio::test]
async fn a_copy_of_what_is_not_there_leaves_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let (from, to) = (folder.path().join("misspelt.db"), folder.path().join("to.db"));
    let refused = copy(&Address::from(&from), &Address::from(&to), &mut |_| ()).expect_err("nothing there");
    assert!(refused.to_string().contains("misspelt.db"), "{refused}");
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 0);
}
