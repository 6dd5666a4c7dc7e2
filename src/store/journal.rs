//! The record of everything that happened (product.md 11), in order, never changed; written in the same transaction as the
//! change it records. Tables are derived state.

use super::tx::{Result, Tx, micros, time};
use crate::bridge::{MessageId, ThreadId, Time};
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
            |row| {
                Ok(JournalRow {
                    seq: row.get(0)?,
                    at: time(row.get(1)?),
                    kind: row.get(2)?,
                    actor: row.get(3)?,
                    thread: row.get(4)?,
                    message: row.get(5)?,
                    body: serde_json::from_str(&row.get::<_, String>(6)?)?,
                })
            },
        )
    }
}
