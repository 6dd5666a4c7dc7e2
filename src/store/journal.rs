//! The record of everything that happened (product.md 11), in order, never changed; written in the same transaction as the
//! change it records. Tables are derived state.

use super::engine::Row;
use super::tx::{Result, Tx, micros, time};
use crate::bridge::{ContactId, MessageId, ThreadId, Time};
use serde::Serialize;
use serde_json::Value;

/// One thing that happened.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    pub at: Time,
    /// What, as `thing.event` (`message.received`, `consent.granted`).
    pub kind: &'a str,
    /// Who: a colleague's id, `client`, `server`, or an administrator's name.
    pub actor: &'a str,
    pub thread: Option<ThreadId>,
    pub message: Option<MessageId>,
}

/// An entry as read back.
#[derive(Clone, Debug, Serialize)]
pub struct JournalRow {
    pub seq: i64,
    pub at: Time,
    pub kind: String,
    pub actor: String,
    pub thread: Option<i64>,
    pub message: Option<i64>,
    pub body: Value,
}

/// The kinds left out are those of the partial index `journal_decision`, word for word: only then does SQLite use it.
const DECISIONS: &str = "SELECT seq, at, kind, actor, thread_id, message_id, body FROM journal
     WHERE message_id = ?1 AND kind NOT IN ('message.received', 'message.posted', 'message.status') ORDER BY seq";

fn read(row: &Row<'_>) -> Result<JournalRow> {
    Ok(JournalRow {
        seq: row.get(0)?,
        at: time(row.get(1)?),
        kind: row.get(2)?,
        actor: row.get(3)?,
        thread: row.get(4)?,
        message: row.get(5)?,
        body: serde_json::from_str(&row.get::<String>(6)?)?,
    })
}

impl Tx<'_> {
    /// Appends an entry; `body` holds everything an auditor needs beside the columns.
    pub fn journal(&self, entry: &Entry<'_>, body: &impl Serialize) -> Result<()> {
        self.execute(
            "INSERT INTO journal (at, kind, actor, thread_id, message_id, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            (
                micros(entry.at),
                entry.kind,
                entry.actor,
                entry.thread.map(|id| id.0),
                entry.message.map(|id| id.0),
                serde_json::to_string(body)?,
            ),
        )?;
        Ok(())
    }

    /// The newest entries, newest first, `before` a sequence number when given.
    pub fn journal_tail(&self, before: Option<i64>, limit: u32) -> Result<Vec<JournalRow>> {
        self.all(
            "SELECT seq, at, kind, actor, thread_id, message_id, body FROM journal WHERE seq < ?1 ORDER BY seq DESC LIMIT ?2",
            (before.unwrap_or(i64::MAX), limit),
            read,
        )
    }

    /// Where the entry stands that this transaction appended last.
    pub fn last_entry(&self) -> Result<Option<i64>> {
        self.first("SELECT max(seq) FROM journal", [], |row| Ok(row.get(0)?)).map(Option::flatten)
    }

    /// One entry, by its place.
    pub fn journal_entry(&self, seq: i64) -> Result<Option<JournalRow>> {
        self.first("SELECT seq, at, kind, actor, thread_id, message_id, body FROM journal WHERE seq = ?1", [seq], read)
    }

    /// What was decided about a message, oldest first.
    pub fn decisions(&self, message: MessageId) -> Result<Vec<JournalRow>> {
        self.all(DECISIONS, [message.0], read)
    }

    /// What the record says about a contact itself, oldest first: its consent, its names, its wishes about marketing. Reads the whole
    /// journal: for people who ask, not for messages.
    pub fn trail(&self, contact: ContactId) -> Result<Vec<JournalRow>> {
        let mut contacts = self.merged_contacts(contact)?;
        contacts.push(contact);
        let mut rows = self.all(
            "SELECT seq, at, kind, actor, thread_id, message_id, body FROM journal
             WHERE kind LIKE 'consent.%' OR kind LIKE 'contact.%' OR kind LIKE 'marketing.%' ORDER BY seq",
            [],
            read,
        )?;
        rows.retain(|row| contacts.iter().any(|id| row.body["contact"] == id.0 || row.body["other"] == id.0));
        Ok(rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    /// The journal grows with every message: "Why?" must not read all of it.
    #[tokio::test]
    async fn the_decisions_about_a_message_are_found_without_reading_the_journal() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let store = Store::open(&folder.path().join("test.db")).expect("opens");
        let plan = store
            .read(|tx| tx.all(&format!("EXPLAIN QUERY PLAN {DECISIONS}"), [1_i64], |row| Ok(row.get::<String>(3)?)))
            .await
            .expect("explained");
        assert!(plan.iter().all(|step| step.contains("INDEX journal_decision")), "{plan:?}");
        store.close().await;
    }

    #[tokio::test]
    async fn decisions_come_in_order_and_without_what_decides_nothing() {
        let (_home, store) = crate::store::testing::fresh();
        let kinds = ["message.held", "message.status", "message.posted", "message.released", "message.accepted"];
        let entries = store
            .write("test", move |tx| {
                for (at, kind) in kinds.into_iter().enumerate() {
                    for message in [7, 8] {
                        let at = Time::UNIX_EPOCH + chrono::Duration::seconds(i64::try_from(at).unwrap_or_default());
                        tx.journal(&Entry { at, kind, actor: "server", thread: None, message: Some(MessageId(message)) }, &message)?;
                    }
                }
                let last = tx.last_entry()?.and_then(|seq| tx.journal_entry(seq).transpose()).transpose()?;
                Ok((tx.decisions(MessageId(7))?, last))
            })
            .await
            .expect("written");
        let found: Vec<&str> = entries.0.iter().map(|row| row.kind.as_str()).collect();
        assert_eq!(found, ["message.held", "message.released", "message.accepted"]);
        assert!(entries.0.iter().all(|row| row.message == Some(7)));
        assert_eq!(entries.1.map(|row| (row.kind, row.message)), Some(("message.accepted".to_owned(), Some(8))));
        store.close().await;
    }
}
