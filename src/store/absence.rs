//! Colleagues who are away, and who stands in for them.

use super::engine::Row;
use super::tx::{Result, Tx, micros, time};
use crate::bridge::{Absence, ColleagueId, ThreadId, Time};

const COLUMNS: &str = "colleague_id, since, until, cover, note, set_by";

fn read(row: &Row<'_>) -> Result<Absence> {
    Ok(Absence {
        colleague: ColleagueId(row.get(0)?),
        since: time(row.get(1)?),
        until: time(row.get(2)?),
        cover: row.get::<Option<String>>(3)?.map(ColleagueId),
        note: row.get(4)?,
        set_by: ColleagueId(row.get(5)?),
    })
}

impl Tx<'_> {
    /// Everybody who is away, and who is back and has not been told so yet.
    pub fn absences(&self) -> Result<Vec<Absence>> {
        self.all(&format!("SELECT {COLUMNS} FROM absence ORDER BY colleague_id"), [], read)
    }

    pub fn absence(&self, colleague: &ColleagueId) -> Result<Option<Absence>> {
        self.first(&format!("SELECT {COLUMNS} FROM absence WHERE colleague_id = ?1"), [&colleague.0], read)
    }

    /// The colleague is away, instead of what was said of them before.
    pub fn save_absence(&self, absence: &Absence) -> Result<()> {
        self.execute(
            "INSERT INTO absence (colleague_id, since, until, cover, note, set_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (colleague_id) DO UPDATE SET until = excluded.until, cover = excluded.cover, note = excluded.note,
               set_by = excluded.set_by",
            (
                &absence.colleague.0,
                micros(absence.since),
                micros(absence.until),
                absence.cover.as_ref().map(|id| &id.0),
                &absence.note,
                &absence.set_by.0,
            ),
        )?;
        Ok(())
    }

    /// The colleague is back; false when they were not away.
    pub fn end_absence(&self, colleague: &ColleagueId) -> Result<bool> {
        Ok(self.execute("DELETE FROM absence WHERE colleague_id = ?1", [&colleague.0])? == 1)
    }

    /// Absences that are over.
    pub fn absences_over(&self, now: Time, limit: u32) -> Result<Vec<Absence>> {
        self.all(&format!("SELECT {COLUMNS} FROM absence WHERE until <= ?1 ORDER BY until LIMIT ?2"), (micros(now), limit), read)
    }

    /// Where somebody stands in for a colleague now, and who.
    pub fn covers_for(&self, colleague: &ColleagueId) -> Result<Vec<(ThreadId, ColleagueId)>> {
        self.all(
            "SELECT thread_id, colleague_id FROM participant WHERE cover_for = ?1 AND left_at IS NULL ORDER BY thread_id, joined_at",
            [&colleague.0],
            |row| Ok((ThreadId(row.get(0)?), ColleagueId(row.get(1)?))),
        )
    }

    /// Who stands in takes part in their own right from now on; false when they did not stand in.
    pub fn stay(&self, thread: ThreadId, colleague: &ColleagueId) -> Result<bool> {
        let changed = self.execute(
            "UPDATE participant SET cover_for = NULL WHERE thread_id = ?1 AND colleague_id = ?2 AND cover_for IS NOT NULL AND left_at IS NULL",
            (thread.0, &colleague.0),
        )?;
        Ok(changed == 1)
    }
}
