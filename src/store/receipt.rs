//! How far colleagues have read, and how far clients have been told so.

use super::message::Message;
use super::tx::{Result, Tx, micros};
use crate::bridge::{ActivityId, ConversationId, MessageId, ThreadId, Time};

/// A client who is to see that their messages have been read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DueRead {
    pub thread: ThreadId,
    /// The last one; WhatsApp marks those before with it.
    pub message: MessageId,
    /// Attempts that failed before.
    pub attempts: u32,
}

impl Tx<'_> {
    /// A colleague has read their own chat up to this message: how far they had before. `None`: so far at least.
    pub fn chat_read(&self, conversation: &ConversationId, until: &ActivityId) -> Result<Option<ActivityId>> {
        let known = self
            .first("SELECT activity_id FROM chat_read WHERE conversation_id = ?1", [&conversation.0], |row| Ok(ActivityId(row.get(0)?)))?;
        let before = known.unwrap_or_else(|| ActivityId(String::new()));
        if (before.0.len(), &before.0) >= (until.0.len(), &until.0) {
            return Ok(None);
        }
        self.execute(
            "INSERT INTO chat_read (conversation_id, activity_id) VALUES (?1, ?2)
             ON CONFLICT (conversation_id) DO UPDATE SET activity_id = excluded.activity_id",
            (&conversation.0, &until.0),
        )?;
        Ok(Some(before))
    }

    /// The clients' messages that were posted in a conversation after one message and up to another, the last `limit`, latest first.
    pub fn clients_posted(
        &self,
        conversation: &ConversationId,
        after: &ActivityId,
        until: &ActivityId,
        limit: u32,
    ) -> Result<Vec<Message>> {
        // Of one length ids are in the order of their time.
        let ids = self.all(
            "SELECT posting.message_id FROM posting JOIN message ON message.message_id = posting.message_id
             WHERE posting.conversation_id = ?1 AND posting.activity_id > ?2 AND posting.activity_id <= ?3
               AND length(posting.activity_id) = length(?3) AND message.purpose = 'client'
             ORDER BY posting.activity_id DESC LIMIT ?4",
            (&conversation.0, &after.0, &until.0, limit),
            |row| Ok(MessageId(row.get(0)?)),
        )?;
        self.in_order(ids)
    }

    /// The last messages of a thread's client, latest first.
    pub fn last_of_client(&self, thread: ThreadId, limit: u32) -> Result<Vec<Message>> {
        let ids = self.all(
            "SELECT message_id FROM message WHERE thread_id = ?1 AND purpose = 'client' ORDER BY message_id DESC LIMIT ?2",
            (thread.0, limit),
            |row| Ok(MessageId(row.get(0)?)),
        )?;
        self.in_order(ids)
    }

    fn in_order(&self, ids: Vec<MessageId>) -> Result<Vec<Message>> {
        let mut found = Vec::with_capacity(ids.len());
        for id in ids {
            found.extend(self.message(id)?);
        }
        Ok(found)
    }

    /// The client is to see that they have been read up to this message; false when they were before, or are about to.
    pub fn read_due(&self, thread: ThreadId, message: MessageId, at: Time) -> Result<bool> {
        let changed = self.execute(
            "INSERT INTO client_read (thread_id, message_id, due_at) VALUES (?1, ?2, ?3)
             ON CONFLICT (thread_id) DO UPDATE SET message_id = excluded.message_id, attempts = 0,
               due_at = coalesce(client_read.due_at, excluded.due_at) WHERE excluded.message_id > client_read.message_id",
            (thread.0, message.0, micros(at)),
        )?;
        Ok(changed == 1)
    }

    /// Takes up to `limit` due ones, each leased until `lease`.
    pub fn take_due_reads(&self, now: Time, lease: Time, limit: u32) -> Result<Vec<DueRead>> {
        self.all(
            "UPDATE client_read SET due_at = ?2 WHERE thread_id IN (SELECT thread_id FROM client_read WHERE due_at <= ?1 ORDER BY due_at LIMIT ?3)
             RETURNING thread_id, message_id, attempts",
            (micros(now), micros(lease), limit),
            |row| {
                Ok(DueRead {
                    thread: ThreadId(row.get(0)?),
                    message: MessageId(row.get(1)?),
                    attempts: u32::try_from(row.get::<i64>(2)?).unwrap_or(u32::MAX),
                })
            },
        )
    }

    /// Done with it. What was read meanwhile is due now.
    pub fn read_done(&self, read: &DueRead, now: Time) -> Result<()> {
        self.execute(
            "UPDATE client_read SET due_at = CASE WHEN message_id = ?2 THEN NULL ELSE CAST(?3 AS BIGINT) END WHERE thread_id = ?1",
            (read.thread.0, read.message.0, micros(now)),
        )
        .map(drop)
    }

    /// An attempt failed: another one at `at`.
    pub fn read_again(&self, read: &DueRead, at: Time) -> Result<()> {
        self.execute("UPDATE client_read SET attempts = attempts + 1, due_at = ?2 WHERE thread_id = ?1", (read.thread.0, micros(at)))
            .map(drop)
    }

    /// Gives back what a stopped server had in hand. At start only.
    pub fn resume_reads(&self, now: Time) -> Result<usize> {
        self.execute("UPDATE client_read SET due_at = ?1 WHERE due_at > ?1", [micros(now)])
    }

    /// When the next client is to be told.
    pub fn next_read_due(&self) -> Result<Option<Time>> {
        self.first("SELECT min(due_at) FROM client_read WHERE due_at IS NOT NULL", [], |row| Ok(super::tx::maybe_time(row.get(0)?)))
            .map(Option::flatten)
    }
}
