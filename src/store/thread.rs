//! Threads, their windows and their participants.

use super::engine::Row;
use super::tx::{Result, Tx, maybe_time, micros};
use crate::bridge::{ColleagueId, ContactId, EntryPoint, LineId, PhoneNumberId, ThreadId, Time, WINDOW, Window};
use chrono::Duration;

/// One conversation between a number and a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thread {
    pub id: ThreadId,
    pub line: LineId,
    pub number: PhoneNumberId,
    pub contact: ContactId,
    pub window: Window,
    /// The last template since the client's last message, the opt-in request apart.
    pub template_at: Option<Time>,
    /// When the nudge went out in this closed window.
    pub nudged_at: Option<Time>,
    /// Whether the client came through an ad, and what is free because of it.
    pub entry: EntryPoint,
}

const COLUMNS: &str = "thread.thread_id, thread.line_id, thread.phone_number_id, thread.contact_id, thread.last_inbound_at, \
                       thread.refused_at, thread.template_at, thread.nudged_at, thread.ad_at, thread.free_until";

fn read(row: &Row<'_>) -> Result<Thread> {
    Ok(Thread {
        id: ThreadId(row.get(0)?),
        line: row.get::<String>(1)?.into(),
        number: row.get::<String>(2)?.into(),
        contact: ContactId(row.get(3)?),
        window: Window { last_inbound: maybe_time(row.get(4)?), refused_at: maybe_time(row.get(5)?) },
        template_at: maybe_time(row.get(6)?),
        nudged_at: maybe_time(row.get(7)?),
        entry: EntryPoint { came_at: maybe_time(row.get(8)?), free_until: maybe_time(row.get(9)?) },
    })
}

impl Tx<'_> {
    pub fn thread(&self, id: ThreadId) -> Result<Option<Thread>> {
        self.first(&format!("SELECT {COLUMNS} FROM thread WHERE thread_id = ?1"), [id.0], read)
    }

    /// The thread of a client with a number.
    pub fn thread_between(&self, number: &PhoneNumberId, contact: ContactId) -> Result<Option<Thread>> {
        self.first(&format!("SELECT {COLUMNS} FROM thread WHERE contact_id = ?1 AND phone_number_id = ?2"), (contact.0, &number.0), read)
    }

    /// The same, made when there is none.
    pub fn open_thread(&self, line: &LineId, number: &PhoneNumberId, contact: ContactId, now: Time) -> Result<Thread> {
        if let Some(thread) = self.thread_between(number, contact)? {
            return Ok(thread);
        }
        self.execute(
            "INSERT INTO thread (line_id, phone_number_id, contact_id, created_at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
            (&line.0, &number.0, contact.0, micros(now)),
        )?;
        let thread = self.thread_between(number, contact)?;
        thread.ok_or(super::tx::StoreError::NoRow)
    }

    /// Every thread of a contact, newest first.
    pub fn threads_with(&self, contact: ContactId) -> Result<Vec<Thread>> {
        self.all(&format!("SELECT {COLUMNS} FROM thread WHERE contact_id = ?1 ORDER BY thread_id DESC"), [contact.0], read)
    }

    /// The client wrote: the window moves, and whatever waited for an answer has it.
    pub fn client_wrote(&self, id: ThreadId, window: Window) -> Result<()> {
        self.execute(
            "UPDATE thread SET last_inbound_at = ?2, template_at = NULL, nudged_at = NULL,
                    window_told = CASE WHEN last_inbound_at = ?2 THEN window_told ELSE 0 END WHERE thread_id = ?1",
            (id.0, window.last_inbound.map(micros)),
        )?;
        Ok(())
    }

    /// Takes up to `limit` threads whose window has closed, and marks them so that each window is taken once.
    pub fn take_closed_windows(&self, now: Time, limit: u32) -> Result<Vec<ThreadId>> {
        self.take_windows(now - WINDOW, 2, limit)
    }

    /// The same for windows that close within `before`.
    pub fn take_closing_windows(&self, now: Time, before: Duration, limit: u32) -> Result<Vec<ThreadId>> {
        self.take_windows(now - WINDOW + before, 1, limit)
    }

    fn take_windows(&self, written_until: Time, told: i64, limit: u32) -> Result<Vec<ThreadId>> {
        let due = self.all(
            "SELECT thread_id FROM thread WHERE window_told < 2 AND window_told < ?2 AND last_inbound_at <= ?1 ORDER BY last_inbound_at LIMIT ?3",
            (micros(written_until), told, limit),
            |row| Ok(ThreadId(row.get(0)?)),
        )?;
        for thread in &due {
            self.execute("UPDATE thread SET window_told = ?2 WHERE thread_id = ?1", (thread.0, told))?;
        }
        Ok(due)
    }

    /// WhatsApp refused a message as outside the window.
    pub fn window_refused(&self, id: ThreadId, now: Time) -> Result<()> {
        self.execute("UPDATE thread SET refused_at = ?2 WHERE thread_id = ?1", (id.0, micros(now)))?;
        Ok(())
    }

    /// A template went out.
    pub fn template_sent(&self, id: ThreadId, now: Time, nudge: bool) -> Result<()> {
        self.execute(
            "UPDATE thread SET template_at = ?2, nudged_at = CASE WHEN CAST(?3 AS BIGINT) <> 0 THEN ?2 ELSE nudged_at END WHERE thread_id = ?1",
            (id.0, micros(now), nudge),
        )?;
        Ok(())
    }

    /// Takes back [`Tx::template_sent`]'s mark of `at`: that template never reached the client, so nobody owes an answer, and a nudge
    /// has not been sent.
    pub fn template_not_sent(&self, id: ThreadId, at: Time) -> Result<()> {
        self.execute(
            "UPDATE thread SET template_at = nullif(template_at, ?2), nudged_at = nullif(nudged_at, ?2)
             WHERE thread_id = ?1 AND (template_at = ?2 OR nudged_at = ?2)",
            (id.0, micros(at)),
        )?;
        Ok(())
    }

    /// The threads a colleague takes part in, newest first.
    pub fn open_threads(&self, colleague: &ColleagueId) -> Result<Vec<Thread>> {
        self.all(
            &format!(
                "SELECT {COLUMNS} FROM participant JOIN thread ON thread.thread_id = participant.thread_id
                 WHERE participant.colleague_id = ?1 AND participant.left_at IS NULL ORDER BY thread.thread_id DESC"
            ),
            [&colleague.0],
            read,
        )
    }
}
