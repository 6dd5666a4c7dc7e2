//! Clients who wrote and whom nobody can answer: offered until somebody takes them.

use super::engine::Row;
use super::tx::{Result, Tx, from_word, maybe_time, micros, time, word};
use crate::bridge::{ColleagueId, IntakeId, IntakeOutcome, MessageId, ThreadId, Time};

/// A client who is or was offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intake {
    pub id: IntakeId,
    pub thread: ThreadId,
    /// The client's last message.
    pub message: MessageId,
    /// How many there were.
    pub messages: u32,
    /// The colleague who is away, for whom somebody is looked for. `None`: nobody owns the client.
    pub cover_for: Option<ColleagueId>,
    pub opened_at: Time,
    /// `None`: the supervisors have been reminded.
    pub remind_at: Option<Time>,
    /// `None`: open. By whom: a colleague's id, `client` or `server`.
    pub decided: Option<(IntakeOutcome, String, Time)>,
}

const COLUMNS: &str = "intake_id, thread_id, message_id, messages, cover_for, opened_at, remind_at, outcome, decided_by, decided_at";

fn read(row: &Row<'_>) -> Result<Intake> {
    let outcome: Option<String> = row.get(7)?;
    let by: Option<String> = row.get(8)?;
    let decided = match (outcome, by, maybe_time(row.get(9)?)) {
        (Some(outcome), Some(by), Some(at)) => Some((from_word(outcome)?, by, at)),
        _ => None,
    };
    Ok(Intake {
        id: IntakeId(row.get(0)?),
        thread: ThreadId(row.get(1)?),
        message: MessageId(row.get(2)?),
        messages: row.get(3)?,
        cover_for: row.get::<Option<String>>(4)?.map(ColleagueId),
        opened_at: time(row.get(5)?),
        remind_at: maybe_time(row.get(6)?),
        decided,
    })
}

impl Tx<'_> {
    pub fn intake(&self, id: IntakeId) -> Result<Option<Intake>> {
        self.first(&format!("SELECT {COLUMNS} FROM intake WHERE intake_id = ?1"), [id.0], read)
    }

    /// The open offer of a thread's client.
    pub fn open_intake(&self, thread: ThreadId) -> Result<Option<Intake>> {
        self.first(&format!("SELECT {COLUMNS} FROM intake WHERE thread_id = ?1 AND decided_at IS NULL"), [thread.0], read)
    }

    /// All open offers, oldest first.
    pub fn open_intakes(&self) -> Result<Vec<Intake>> {
        self.all(&format!("SELECT {COLUMNS} FROM intake WHERE decided_at IS NULL ORDER BY intake_id"), [], read)
    }

    /// Opens an offer; a thread has one open at most.
    pub fn insert_intake(
        &self,
        thread: ThreadId,
        message: MessageId,
        cover_for: Option<&ColleagueId>,
        remind_at: Time,
        look_at: Time,
        now: Time,
    ) -> Result<IntakeId> {
        self.one(
            "INSERT INTO intake (thread_id, message_id, cover_for, opened_at, look_at, remind_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             RETURNING intake_id",
            (thread.0, message.0, cover_for.map(|id| &id.0), micros(now), micros(look_at), micros(remind_at)),
            |row| Ok(IntakeId(row.get(0)?)),
        )
    }

    /// The client wrote again.
    pub fn repeat_intake(&self, id: IntakeId, message: MessageId) -> Result<()> {
        self.execute("UPDATE intake SET message_id = ?2, messages = messages + 1 WHERE intake_id = ?1", (id.0, message.0))?;
        Ok(())
    }

    /// Decides; false when it was decided already. The first decision stays.
    pub fn decide_intake(&self, id: IntakeId, outcome: IntakeOutcome, by: &str, now: Time) -> Result<bool> {
        let changed = self.execute(
            "UPDATE intake SET outcome = ?2, decided_by = ?3, decided_at = ?4 WHERE intake_id = ?1 AND decided_at IS NULL",
            (id.0, word(&outcome)?, by, micros(now)),
        )?;
        Ok(changed == 1)
    }

    /// Open offers that are to be looked at now.
    pub fn intakes_to_look_at(&self, now: Time, limit: u32) -> Result<Vec<Intake>> {
        self.all(
            &format!("SELECT {COLUMNS} FROM intake WHERE decided_at IS NULL AND look_at <= ?1 ORDER BY look_at LIMIT ?2"),
            (micros(now), limit),
            read,
        )
    }

    /// Looked at; `remind_at` `None`: the supervisors have been reminded.
    pub fn intake_looked_at(&self, id: IntakeId, look_at: Time, remind_at: Option<Time>) -> Result<()> {
        self.execute(
            "UPDATE intake SET look_at = ?2, remind_at = ?3 WHERE intake_id = ?1",
            (id.0, micros(look_at), remind_at.map(micros)),
        )?;
        Ok(())
    }
}
