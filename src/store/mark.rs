//! Reactions of ours on what colleagues wrote: what each became, and which one is due.

use super::tx::{Result, Tx, from_word, micros, time};
use crate::bridge::{ActivityId, ConversationId, MessageId, MessageState, Posted, Time};

/// A reaction that is to be set, exchanged or taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueMark {
    pub at: Posted,
    /// What may stand there.
    pub stands: Vec<String>,
    /// Whether they do, and no others.
    pub sure: bool,
    /// How often the state had changed when this was taken.
    pub changes: i64,
    /// Attempts that failed before.
    pub attempts: u32,
}

impl Tx<'_> {
    /// A message is what a colleague wrote there, or a part of it.
    pub fn written_as(&self, message: MessageId, at: &Posted) -> Result<()> {
        self.execute(
            "INSERT INTO written (message_id, conversation_id, activity_id) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
            (message.0, &at.conversation.0, &at.activity.0),
        )
        .map(drop)
    }

    /// A message says what another one was to say, or the rest of it.
    pub fn written_with(&self, message: MessageId, other: MessageId) -> Result<()> {
        self.execute(
            "INSERT INTO written (message_id, conversation_id, activity_id)
             SELECT CAST(?1 AS BIGINT), conversation_id, activity_id FROM written WHERE message_id = ?2 ON CONFLICT DO NOTHING",
            (message.0, other.0),
        )
        .map(drop)
    }

    /// The state of a message changed: the reaction on what it was written as is due at `at`, unless it is due before or no reactions are
    /// taken there now.
    pub fn mark_due(&self, message: MessageId, now: Time, at: Time) -> Result<()> {
        self.execute(
            "INSERT INTO mark (conversation_id, activity_id, due_at)
             SELECT conversation_id, activity_id, CAST(?3 AS BIGINT) FROM written WHERE message_id = ?1
               AND NOT EXISTS (SELECT 1 FROM unmarked WHERE unmarked.conversation_id = written.conversation_id AND until > ?2)
             ON CONFLICT (conversation_id, activity_id) DO UPDATE SET changes = mark.changes + 1, due_at = coalesce(mark.due_at, excluded.due_at)",
            (message.0, micros(now), micros(at)),
        )
        .map(drop)
    }

    /// Takes up to `limit` due ones, each leased until `lease`.
    pub fn take_due_marks(&self, now: Time, lease: Time, limit: u32) -> Result<Vec<DueMark>> {
        self.all(
            "UPDATE mark SET due_at = ?2 WHERE (conversation_id, activity_id) IN
               (SELECT conversation_id, activity_id FROM mark WHERE due_at <= ?1 ORDER BY due_at LIMIT ?3)
             RETURNING conversation_id, activity_id, stands, sure, changes, attempts",
            (micros(now), micros(lease), limit),
            |row| {
                let stands: String = row.get(2)?;
                Ok(DueMark {
                    at: Posted { conversation: ConversationId(row.get(0)?), activity: ActivityId(row.get(1)?) },
                    stands: stands.split_whitespace().map(str::to_owned).collect(),
                    sure: row.get(3)?,
                    changes: row.get(4)?,
                    attempts: u32::try_from(row.get::<i64>(5)?).unwrap_or(u32::MAX),
                })
            },
        )
    }

    /// The messages that something was written as, with their authors and states. One that was sent again counts no more.
    pub fn states_of_written(&self, at: &Posted) -> Result<Vec<(Option<String>, MessageState)>> {
        self.all(
            "SELECT message.author, message.state FROM written JOIN message ON message.message_id = written.message_id
             WHERE written.conversation_id = ?1 AND written.activity_id = ?2
               AND NOT EXISTS (SELECT 1 FROM message again WHERE again.retry_of = message.message_id) ORDER BY message.message_id",
            (&at.conversation.0, &at.activity.0),
            |row| Ok((row.get(0)?, from_word(row.get(1)?)?)),
        )
    }

    /// These may stand there from now on: before requests are made, for a stop in between must not leave one behind.
    pub fn mark_may_stand(&self, mark: &DueMark, stands: &[String]) -> Result<()> {
        self.execute(
            "UPDATE mark SET stands = ?3, sure = 0 WHERE conversation_id = ?1 AND activity_id = ?2",
            (&mark.at.conversation.0, &mark.at.activity.0, stands.join(" ")),
        )
        .map(drop)
    }

    /// These stand there now, and no others.
    pub fn mark_stands(&self, mark: &DueMark, stands: &[String]) -> Result<()> {
        self.execute(
            "UPDATE mark SET stands = ?3, sure = 1 WHERE conversation_id = ?1 AND activity_id = ?2",
            (&mark.at.conversation.0, &mark.at.activity.0, stands.join(" ")),
        )
        .map(drop)
    }

    /// Done with it. What changed meanwhile is due at `at`.
    pub fn mark_done(&self, mark: &DueMark, at: Time) -> Result<()> {
        self.execute(
            "UPDATE mark SET attempts = 0, due_at = CASE WHEN changes = ?3 THEN NULL ELSE CAST(?4 AS BIGINT) END WHERE conversation_id = ?1 AND activity_id = ?2",
            (&mark.at.conversation.0, &mark.at.activity.0, mark.changes, micros(at)),
        )
        .map(drop)
    }

    /// It is tried again at `at`; `failed`: this was an attempt.
    pub fn mark_again(&self, mark: &DueMark, failed: bool, at: Time) -> Result<()> {
        self.execute(
            "UPDATE mark SET attempts = attempts + ?3, due_at = ?4 WHERE conversation_id = ?1 AND activity_id = ?2",
            (&mark.at.conversation.0, &mark.at.activity.0, failed, micros(at)),
        )
        .map(drop)
    }

    /// No reactions are tried in a conversation until then. False: that was known.
    pub fn leave_unmarked(&self, conversation: &ConversationId, now: Time, until: Time) -> Result<bool> {
        self.execute("UPDATE mark SET due_at = NULL WHERE conversation_id = ?1", [&conversation.0])?;
        let known = self.first("SELECT until FROM unmarked WHERE conversation_id = ?1", [&conversation.0], |row| Ok(time(row.get(0)?)))?;
        self.execute(
            "INSERT INTO unmarked (conversation_id, until) VALUES (?1, ?2) ON CONFLICT (conversation_id) DO UPDATE SET until = excluded.until",
            (&conversation.0, micros(until)),
        )?;
        Ok(known.is_none_or(|known| known <= now))
    }

    /// Gives back what a stopped server had in hand; how many. At start only.
    pub fn resume_marks(&self, now: Time) -> Result<usize> {
        self.execute("UPDATE mark SET due_at = ?1 WHERE due_at > ?1", [micros(now)])
    }

    /// When the next reaction is due.
    pub fn next_mark_due(&self) -> Result<Option<Time>> {
        self.first("SELECT min(due_at) FROM mark WHERE due_at IS NOT NULL", [], |row| Ok(super::tx::maybe_time(row.get(0)?)))
            .map(Option::flatten)
    }
}
