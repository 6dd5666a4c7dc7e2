//! What is to be asked of Teams about its conversations, outside the lanes.
//!
//! Invariant: an attempt is marked as begun before it is made. Found so by a later one, it was cut off: perhaps done, perhaps not.

use super::tx::{Result, Tx, micros, time};
use crate::bridge::{ColleagueId, ConversationId, Posted, ThreadId, Time};
use serde::{Deserialize, Serialize};

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum ChatTask {
    /// Read who is in a conversation.
    Roster { conversation: ConversationId },
    /// Ask what the app may hear in a group chat.
    Grants { conversation: ConversationId },
    /// Open a colleague's own chat with the app, where Teams allows it.
    Reach { colleague: ColleagueId },
    /// The next step of a [`super::ChatOrder`].
    Chat { order: i64 },
    /// Let a chat that we made hold a colleague exactly while they take part in the thread that lives there.
    Member { chat: ConversationId, colleague: ColleagueId },
    /// Name a chat that we made after its thread's client.
    Title { chat: ConversationId },
    /// Look whether a colleague posted files with a message in a shared conversation.
    Files {
        thread: ThreadId,
        by: ColleagueId,
        written: Posted,
        /// It shows pictures that Teams did not hand over.
        pictures: bool,
        /// It has no words.
        alone: bool,
    },
}

/// A task in hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatJob {
    pub id: i64,
    pub task: ChatTask,
    /// Attempts begun before this one.
    pub attempts: u32,
    /// The last attempt was cut off.
    pub interrupted: bool,
}

impl Tx<'_> {
    /// Orders a task; one that is ordered already is done once. One that is in hand is done again after that: what it asks may have
    /// changed since it asked.
    pub fn order(&self, task: &ChatTask, at: Time) -> Result<()> {
        self.execute(
            "INSERT INTO chat_job (task, due_at) VALUES (?1, ?2)
             ON CONFLICT (task) DO UPDATE SET
               due_at = CASE WHEN chat_job.begun = 0 AND excluded.due_at < chat_job.due_at THEN excluded.due_at ELSE chat_job.due_at END,
               attempts = CASE chat_job.begun WHEN 0 THEN 0 ELSE chat_job.attempts END,
               again_at = CASE WHEN chat_job.begun = 0 THEN NULL WHEN chat_job.again_at < excluded.due_at THEN chat_job.again_at
                          ELSE excluded.due_at END",
            (serde_json::to_string(task)?, micros(at)),
        )
        .map(drop)
    }

    /// Takes up to `limit` tasks that are due; each is left alone until `lease`.
    pub fn take_jobs(&self, now: Time, lease: Time, limit: u32) -> Result<Vec<ChatJob>> {
        let due = self.all(
            "SELECT chat_job_id, task, attempts, begun FROM chat_job WHERE due_at <= ?1 ORDER BY due_at LIMIT ?2",
            (micros(now), limit),
            |row| {
                Ok(ChatJob {
                    id: row.get(0)?,
                    task: serde_json::from_str(&row.get::<String>(1)?)?,
                    attempts: u32::try_from(row.get::<i64>(2)?).unwrap_or(u32::MAX),
                    interrupted: row.get(3)?,
                })
            },
        )?;
        for job in &due {
            self.execute(
                "UPDATE chat_job SET begun = 1, attempts = attempts + 1, due_at = ?2 WHERE chat_job_id = ?1",
                (job.id, micros(lease)),
            )?;
        }
        Ok(due)
    }

    /// The task is done, or given up; it stays where it was ordered anew meanwhile.
    pub fn job_done(&self, id: i64) -> Result<()> {
        self.execute("DELETE FROM chat_job WHERE chat_job_id = ?1 AND again_at IS NULL", [id])?;
        self.execute("UPDATE chat_job SET begun = 0, attempts = 0, due_at = again_at, again_at = NULL WHERE chat_job_id = ?1", [id])
            .map(drop)
    }

    /// The attempt certainly did nothing: another one at `at`.
    pub fn job_again(&self, id: i64, at: Time) -> Result<()> {
        self.execute("UPDATE chat_job SET begun = 0, due_at = ?2 WHERE chat_job_id = ?1", (id, micros(at))).map(drop)
    }

    /// At start: what a stopped server had in hand is due now, and known as cut off.
    pub fn resume_jobs(&self, now: Time) -> Result<usize> {
        self.execute("UPDATE chat_job SET due_at = ?1 WHERE begun = 1", [micros(now)])
    }

    /// When the next task is due.
    pub fn next_job_due(&self) -> Result<Option<Time>> {
        self.first("SELECT min(due_at) FROM chat_job", [], |row| Ok(row.get::<Option<i64>>(0)?.map(time))).map(Option::flatten)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Duration;

    fn now() -> Time {
        "2026-03-02T11:00:00Z".parse().expect("a time")
    }

    #[tokio::test]
    async fn what_is_ordered_while_it_is_in_hand_is_done_once_more() {
        let (_home, store) = crate::store::testing::fresh();
        let seen = store
            .write("test", |tx| {
                let task = ChatTask::Roster { conversation: "19:x@thread.v2".into() };
                let take = |at: Time| tx.take_jobs(at, at + Duration::minutes(5), 8);
                tx.order(&task, now())?;
                tx.order(&task, now())?;
                let first = take(now())?;
                // Twice meanwhile, which is once.
                tx.order(&task, now() + Duration::seconds(9))?;
                tx.order(&task, now())?;
                let meanwhile = take(now())?.len();
                tx.job_done(first[0].id)?;
                let second = take(now())?;
                tx.job_done(second[0].id)?;
                Ok((first.len(), meanwhile, second.len(), second[0].attempts, second[0].interrupted, tx.next_job_due()?))
            })
            .await
            .expect("stored");
        assert_eq!(seen, (1, 0, 1, 0, false, None));
    }
}
