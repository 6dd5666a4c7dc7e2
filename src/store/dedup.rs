//! What was seen already: both networks deliver at least once.

use super::tx::{Result, Tx, micros};
use crate::bridge::{ActivityId, ConversationId, MessageId, ThreadId, Time};
use serde_json::Value;

impl Tx<'_> {
    /// Records a key; false when it was there already. Atomic: two deliveries of the same event cannot both be first.
    pub fn first_time(&self, key: &str, now: Time) -> Result<bool> {
        Ok(self.execute("INSERT INTO seen (key, seen_at) VALUES (?1, ?2) ON CONFLICT DO NOTHING", (key, micros(now)))? == 1)
    }

    /// True when the key was recorded before.
    pub fn was_seen(&self, key: &str) -> Result<bool> {
        Ok(self.first("SELECT 1 FROM seen WHERE key = ?1", [key], |_| Ok(()))?.is_some())
    }

    /// Records which thread and message an activity belongs to; false when the activity was known already.
    pub fn record_posting(
        &self,
        conversation: &ConversationId,
        activity: &ActivityId,
        thread: Option<ThreadId>,
        message: Option<MessageId>,
    ) -> Result<bool> {
        let changed = self.execute(
            "INSERT INTO posting (conversation_id, activity_id, thread_id, message_id) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
            (&conversation.0, &activity.0, thread.map(|id| id.0), message.map(|id| id.0)),
        )?;
        Ok(changed == 1)
    }

    /// Fills in what a posting turned out to belong to.
    pub fn assign_posting(
        &self,
        conversation: &ConversationId,
        activity: &ActivityId,
        thread: ThreadId,
        message: Option<MessageId>,
    ) -> Result<()> {
        self.execute(
            "UPDATE posting SET thread_id = ?3, message_id = ?4 WHERE conversation_id = ?1 AND activity_id = ?2",
            (&conversation.0, &activity.0, thread.0, message.map(|id| id.0)),
        )?;
        Ok(())
    }

    /// The thread and message that an activity belongs to, when our own store knows it.
    pub fn posting(&self, conversation: &ConversationId, activity: &ActivityId) -> Result<Option<(Option<ThreadId>, Option<MessageId>)>> {
        self.first(
            "SELECT thread_id, message_id FROM posting WHERE conversation_id = ?1 AND activity_id = ?2",
            (&conversation.0, &activity.0),
            |row| Ok((row.get::<Option<i64>>(0)?.map(ThreadId), row.get::<Option<i64>>(1)?.map(MessageId))),
        )
    }

    /// The answer given to the same invoke less than 60 s before `now`.
    pub fn repeated_invoke(&self, key: &str, since: Time) -> Result<Option<Value>> {
        self.first("SELECT answer FROM invoke WHERE repeat_key = ?1 AND answered_at > ?2", (key, micros(since)), |row| {
            Ok(serde_json::from_str(&row.get::<String>(0)?)?)
        })
    }

    /// Keeps an invoke's answer for its repeats.
    pub fn record_invoke(&self, key: &str, answer: &Value, now: Time) -> Result<()> {
        self.execute(
            "INSERT INTO invoke (repeat_key, answered_at, answer) VALUES (?1, ?2, ?3)
             ON CONFLICT (repeat_key) DO UPDATE SET answered_at = excluded.answered_at, answer = excluded.answer",
            (key, micros(now), answer.to_string()),
        )?;
        Ok(())
    }

    /// Keeps a signed webhook body that could not be read.
    pub fn keep_unreadable(&self, body: &str, now: Time) -> Result<()> {
        self.execute("INSERT INTO unreadable (received_at, body) VALUES (?1, ?2)", (micros(now), body))?;
        Ok(())
    }

    /// Forgets keys that no repeat can bring any more, and statuses that nothing claimed.
    pub fn forget(&self, seen_before: Time, invokes_before: Time, statuses_before: Time) -> Result<()> {
        self.execute("DELETE FROM seen WHERE seen_at < ?1", [micros(seen_before)])?;
        self.execute("DELETE FROM invoke WHERE answered_at < ?1", [micros(invokes_before)])?;
        self.execute("DELETE FROM early_status WHERE seen_at < ?1", [micros(statuses_before)])?;
        Ok(())
    }
}
