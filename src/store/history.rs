//! Earlier messages: pages of a thread, the threads of a colleague, and what a search looks through.

use super::message::Message;
use super::tx::{Result, Tx, maybe_time};
use crate::bridge::{LineId, MessageId, Sight, ThreadId, Time};

/// The last message that may be seen, as SQL compares it.
fn until(sight: &Sight) -> i64 {
    sight.until.map_or(i64::MAX, |until| until.0)
}

impl Tx<'_> {
    /// A page of what somebody may see of a thread, newest first: older than `before` when given.
    pub fn page_seen(&self, thread: ThreadId, sight: &Sight, before: Option<MessageId>, limit: u32) -> Result<Vec<Message>> {
        let until = until(sight).min(before.map_or(i64::MAX, |before| before.0.saturating_sub(1)));
        self.messages_within(thread, sight.from, MessageId(until), limit)
    }

    /// Where the next newer page of what somebody may see ends: the `limit`-th message after `after`, or the newest.
    pub fn newer_seen(&self, thread: ThreadId, sight: &Sight, after: MessageId, limit: u32) -> Result<Option<MessageId>> {
        self.first(
            "SELECT max(message_id) FROM (SELECT message_id FROM message WHERE thread_id = ?1 AND message_id > ?2 AND message_id >= ?3
               AND message_id <= ?4 ORDER BY message_id LIMIT ?5) AS page",
            (thread.0, after.0, sight.from.0, until(sight), limit),
            |row| Ok(row.get::<Option<i64>>(0)?.map(MessageId)),
        )
        .map(Option::flatten)
    }

    /// When the last message was written that somebody may see.
    pub fn last_seen(&self, thread: ThreadId, sight: &Sight) -> Result<Option<Time>> {
        self.first(
            "SELECT created_at FROM message WHERE thread_id = ?1 AND message_id >= ?2 AND message_id <= ?3 ORDER BY message_id DESC LIMIT 1",
            (thread.0, sight.from.0, until(sight)),
            |row| Ok(maybe_time(row.get(0)?)),
        )
        .map(Option::flatten)
    }

    /// The messages that somebody may see of a thread, by id, newest first; at most `limit`.
    pub fn ids_seen(&self, thread: ThreadId, sight: &Sight, limit: u32) -> Result<Vec<MessageId>> {
        self.all(
            "SELECT message_id FROM message WHERE thread_id = ?1 AND message_id >= ?2 AND message_id <= ?3 ORDER BY message_id DESC LIMIT ?4",
            (thread.0, sight.from.0, until(sight), limit),
            |row| Ok(MessageId(row.get(0)?)),
        )
    }

    /// The messages of a whole line, by id, newest first; at most `limit`.
    pub fn ids_of_line(&self, line: &LineId, limit: u32) -> Result<Vec<MessageId>> {
        // In this order both tables are read through their indexes only.
        self.all(
            "SELECT message.message_id FROM thread CROSS JOIN message
             WHERE message.thread_id = thread.thread_id AND thread.line_id = ?1 ORDER BY message.message_id DESC LIMIT ?2",
            (&line.0, limit),
            |row| Ok(MessageId(row.get(0)?)),
        )
    }
}
