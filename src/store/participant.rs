//! Who takes part in a thread, since when, and what they may see of it.
//!
//! Invariant: a colleague has one row in a thread, however often they come and go; the journal has every coming and going.

use super::engine::Row;
use super::tx::{Result, Tx, from_word, maybe_time, micros, time, word};
use crate::bridge::{ColleagueId, ContactId, LineId, MessageId, ThreadId, Time};
use serde::{Deserialize, Serialize};

/// How a participant went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Left {
    Left,
    Removed,
    /// Handed the client to another.
    Transferred,
    /// The conversation was ended, which lets everybody go.
    Ended,
    /// An administrator switched them off.
    SwitchedOff,
}

/// A colleague's part in a thread, now or formerly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Participant {
    pub colleague: ColleagueId,
    pub joined_at: Time,
    pub left_at: Option<Time>,
    pub left: Option<Left>,
    /// The first message they may see; 0: all.
    pub visible_from: MessageId,
    /// The last message they may see, once they have gone.
    pub visible_until: Option<MessageId>,
    /// For whom they stand in.
    pub cover_for: Option<ColleagueId>,
}

const COLUMNS: &str = "colleague_id, joined_at, left_at, left_how, visible_from, visible_until, cover_for";

fn read(row: &Row<'_>) -> Result<Participant> {
    Ok(Participant {
        colleague: ColleagueId(row.get(0)?),
        joined_at: time(row.get(1)?),
        left_at: maybe_time(row.get(2)?),
        left: row.get::<Option<String>>(3)?.map(from_word).transpose()?,
        visible_from: MessageId(row.get(4)?),
        visible_until: row.get::<Option<i64>>(5)?.map(MessageId),
        cover_for: row.get::<Option<String>>(6)?.map(ColleagueId),
    })
}

impl Tx<'_> {
    /// The colleagues in a thread now, in the order they joined.
    pub fn participants(&self, thread: ThreadId) -> Result<Vec<ColleagueId>> {
        self.all(
            "SELECT colleague_id FROM participant WHERE thread_id = ?1 AND left_at IS NULL ORDER BY joined_at, colleague_id",
            [thread.0],
            |row| Ok(ColleagueId(row.get(0)?)),
        )
    }

    /// Everybody who takes or took part, in the order they joined.
    pub fn participations(&self, thread: ThreadId) -> Result<Vec<Participant>> {
        self.all(&format!("SELECT {COLUMNS} FROM participant WHERE thread_id = ?1 ORDER BY joined_at, colleague_id"), [thread.0], read)
    }

    /// A colleague's part in a thread, now or formerly.
    pub fn participation(&self, thread: ThreadId, colleague: &ColleagueId) -> Result<Option<Participant>> {
        self.first(&format!("SELECT {COLUMNS} FROM participant WHERE thread_id = ?1 AND colleague_id = ?2"), (thread.0, &colleague.0), read)
    }

    /// A colleague's part in every thread that they take or took part in.
    pub fn parts_of(&self, colleague: &ColleagueId) -> Result<Vec<(ThreadId, Participant)>> {
        let sql = format!("SELECT {COLUMNS}, thread_id FROM participant WHERE colleague_id = ?1 ORDER BY thread_id");
        self.all(&sql, [&colleague.0], |row| Ok((ThreadId(row.get(7)?), read(row)?)))
    }

    /// The lines in whose threads a colleague takes part (true), or took part until they were switched off (false).
    pub fn lines_of_parts(&self, colleague: &ColleagueId) -> Result<Vec<(LineId, bool)>> {
        self.all(
            "SELECT DISTINCT thread.line_id, participant.left_at IS NULL
             FROM participant JOIN thread ON thread.thread_id = participant.thread_id
             WHERE participant.colleague_id = ?1 AND (participant.left_at IS NULL OR participant.left_how = 'switched_off')",
            [&colleague.0],
            |row| Ok((row.get::<String>(0)?.into(), row.get(1)?)),
        )
    }

    /// The colleagues who have an active thread with this contact, on whatever number of the line.
    pub fn owners(&self, contact: ContactId) -> Result<Vec<ColleagueId>> {
        self.all(
            "SELECT DISTINCT participant.colleague_id FROM participant JOIN thread ON thread.thread_id = participant.thread_id
             WHERE thread.contact_id = ?1 AND participant.left_at IS NULL",
            [contact.0],
            |row| Ok(ColleagueId(row.get(0)?)),
        )
    }

    /// The colleague takes part from now on and sees what is written from `visible_from` on; 0: everything. False when they do already,
    /// which changes nothing.
    pub fn join(
        &self,
        thread: ThreadId,
        colleague: &ColleagueId,
        visible_from: MessageId,
        cover_for: Option<&ColleagueId>,
        now: Time,
    ) -> Result<bool> {
        let changed = self.execute(
            "INSERT INTO participant (thread_id, colleague_id, joined_at, visible_from, cover_for) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (thread_id, colleague_id) DO UPDATE SET joined_at = excluded.joined_at, visible_from = excluded.visible_from,
               cover_for = excluded.cover_for, left_at = NULL, left_how = NULL, visible_until = NULL
             WHERE participant.left_at IS NOT NULL",
            (thread.0, &colleague.0, micros(now), visible_from.0, cover_for.map(|id| &id.0)),
        )?;
        Ok(changed == 1)
    }

    /// Who takes part sees what was written from `visible_from` on; 0: everything. Never less than before.
    pub fn show_from(&self, thread: ThreadId, colleague: &ColleagueId, visible_from: MessageId) -> Result<()> {
        self.execute(
            "UPDATE participant SET visible_from = ?3
             WHERE thread_id = ?1 AND colleague_id = ?2 AND left_at IS NULL AND visible_from > ?3",
            (thread.0, &colleague.0, visible_from.0),
        )?;
        Ok(())
    }

    /// The colleague goes, and sees nothing that is written from now on. False when they take no part, which changes nothing.
    pub fn leave(&self, thread: ThreadId, colleague: &ColleagueId, how: Left, now: Time) -> Result<bool> {
        let changed = self.execute(
            "UPDATE participant SET left_at = ?3, left_how = ?4, cover_for = NULL,
                    visible_until = (SELECT coalesce(max(message_id), 0) FROM message WHERE thread_id = ?1)
             WHERE thread_id = ?1 AND colleague_id = ?2 AND left_at IS NULL",
            (thread.0, &colleague.0, micros(now), word(&how)?),
        )?;
        Ok(changed == 1)
    }
}
