//! Colleagues who ask to join those who talk with a client.

use super::engine::Row;
use super::tx::{Result, Tx, from_word, maybe_time, micros, time, word};
use crate::bridge::{ColleagueId, ContactId, JoiningId, JoiningLimits, JoiningOutcome, ThreadId, Time, WhomToAsk};

/// A wish to join.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Joining {
    pub id: JoiningId,
    pub thread: ThreadId,
    pub asker: ColleagueId,
    pub whom: WhomToAsk,
    pub asked_at: Time,
    /// `None`: the supervisors are not to be asked, or have been.
    pub escalate_at: Option<Time>,
    pub due_at: Time,
    /// `None`: open. By whom: a colleague's id, or `server`.
    pub decided: Option<(JoiningOutcome, String, Time)>,
}

const COLUMNS: &str = "joining_id, thread_id, asker, asked, asked_at, escalate_at, due_at, outcome, decided_by, decided_at";

fn read(row: &Row<'_>) -> Result<Joining> {
    let outcome: Option<String> = row.get(7)?;
    let by: Option<String> = row.get(8)?;
    let decided = match (outcome, by, maybe_time(row.get(9)?)) {
        (Some(outcome), Some(by), Some(at)) => Some((from_word(outcome)?, by, at)),
        _ => None,
    };
    Ok(Joining {
        id: JoiningId(row.get(0)?),
        thread: ThreadId(row.get(1)?),
        asker: ColleagueId(row.get(2)?),
        whom: from_word(row.get(3)?)?,
        asked_at: time(row.get(4)?),
        escalate_at: maybe_time(row.get(5)?),
        due_at: time(row.get(6)?),
        decided,
    })
}

impl Tx<'_> {
    pub fn joining(&self, id: JoiningId) -> Result<Option<Joining>> {
        self.first(&format!("SELECT {COLUMNS} FROM joining WHERE joining_id = ?1"), [id.0], read)
    }

    /// The last time that a colleague asked these about a thread.
    pub fn last_joining(&self, thread: ThreadId, asker: &ColleagueId, whom: WhomToAsk) -> Result<Option<Joining>> {
        self.first(
            &format!("SELECT {COLUMNS} FROM joining WHERE thread_id = ?1 AND asker = ?2 AND asked = ?3 ORDER BY joining_id DESC LIMIT 1"),
            (thread.0, &asker.0, word(&whom)?),
            read,
        )
    }

    /// What is open, oldest first.
    pub fn open_joinings(&self) -> Result<Vec<Joining>> {
        self.all(&format!("SELECT {COLUMNS} FROM joining WHERE decided_at IS NULL ORDER BY joining_id"), [], read)
    }

    pub fn insert_joining(
        &self,
        thread: ThreadId,
        asker: &ColleagueId,
        whom: WhomToAsk,
        limits: JoiningLimits,
        now: Time,
    ) -> Result<JoiningId> {
        self.one(
            "INSERT INTO joining (thread_id, asker, asked, asked_at, escalate_at, due_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             RETURNING joining_id",
            (thread.0, &asker.0, word(&whom)?, micros(now), limits.escalate_at.map(micros), micros(limits.due_at)),
            |row| Ok(JoiningId(row.get(0)?)),
        )
    }

    /// The supervisors are asked as well.
    pub fn joining_escalated(&self, id: JoiningId) -> Result<()> {
        self.execute("UPDATE joining SET escalate_at = NULL WHERE joining_id = ?1", [id.0])?;
        Ok(())
    }

    /// Decides; false when it was decided already. The first decision stays.
    pub fn decide_joining(&self, id: JoiningId, outcome: JoiningOutcome, by: &str, now: Time) -> Result<bool> {
        let changed = self.execute(
            "UPDATE joining SET outcome = ?2, decided_by = ?3, decided_at = ?4 WHERE joining_id = ?1 AND decided_at IS NULL",
            (id.0, word(&outcome)?, by, micros(now)),
        )?;
        Ok(changed == 1)
    }

    /// The thread in which colleagues talk with a client now: of several the one in which most recently something was written.
    pub fn active_thread(&self, contact: ContactId) -> Result<Option<ThreadId>> {
        self.first(
            "SELECT thread.thread_id FROM thread
             WHERE thread.contact_id = ?1 AND EXISTS (
               SELECT 1 FROM participant WHERE participant.thread_id = thread.thread_id AND participant.left_at IS NULL)
             ORDER BY (SELECT coalesce(max(message_id), 0) FROM message WHERE message.thread_id = thread.thread_id) DESC, thread.thread_id DESC LIMIT 1",
            [contact.0],
            |row| Ok(ThreadId(row.get(0)?)),
        )
    }
}
