//! Clients' wishes to stop in their own words: what is open, what was decided, and the cards about it.

use super::engine::Row;
use super::tx::{Result, Tx, from_word, maybe_time, micros, time, word};
use crate::bridge::{
    ActivityId, ColleagueId, ContactId, MessageId, RevocationId, RevocationLimits, RevocationOutcome, ThreadId, Time, Urgency,
};

/// A message that may ask to stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revocation {
    pub id: RevocationId,
    pub contact: ContactId,
    /// Where the client wrote it.
    pub thread: ThreadId,
    /// The first such message.
    pub message: MessageId,
    /// The last one since.
    pub last_message: MessageId,
    /// How many there were.
    pub messages: u32,
    pub remind_at: Time,
    pub due_at: Time,
    /// How far the supervisors know of it.
    pub urgency: Urgency,
    /// `None`: open.
    pub decided: Option<Decided>,
}

/// A decision about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    pub outcome: RevocationOutcome,
    /// A colleague's id, `client` or `server`.
    pub by: String,
    pub at: Time,
}

/// A colleague's card about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevocationCard {
    pub colleague: ColleagueId,
    pub urgency: Urgency,
    /// `None`: not posted yet.
    pub activity: Option<ActivityId>,
}

const COLUMNS: &str = "revocation.revocation_id, revocation.contact_id, revocation.thread_id, revocation.message_id, revocation.last_message, \
                       revocation.messages, revocation.remind_at, revocation.due_at, revocation.urgency, revocation.outcome, \
                       revocation.decided_by, revocation.decided_at";

fn read(row: &Row<'_>) -> Result<Revocation> {
    let outcome: Option<String> = row.get(9)?;
    let by: Option<String> = row.get(10)?;
    let decided = match (outcome, by, maybe_time(row.get(11)?)) {
        (Some(outcome), Some(by), Some(at)) => Some(Decided { outcome: from_word(outcome)?, by, at }),
        _ => None,
    };
    Ok(Revocation {
        id: RevocationId(row.get(0)?),
        contact: ContactId(row.get(1)?),
        thread: ThreadId(row.get(2)?),
        message: MessageId(row.get(3)?),
        last_message: MessageId(row.get(4)?),
        messages: row.get(5)?,
        remind_at: time(row.get(6)?),
        due_at: time(row.get(7)?),
        urgency: from_word(row.get(8)?)?,
        decided,
    })
}

impl Tx<'_> {
    pub fn revocation(&self, id: RevocationId) -> Result<Option<Revocation>> {
        self.first(&format!("SELECT {COLUMNS} FROM revocation WHERE revocation_id = ?1"), [id.0], read)
    }

    /// What waits for a decision about this client.
    pub fn open_revocation(&self, contact: ContactId) -> Result<Option<Revocation>> {
        self.first(&format!("SELECT {COLUMNS} FROM revocation WHERE contact_id = ?1 AND decided_at IS NULL"), [contact.0], read)
    }

    /// The question goes on with the contact under which its client goes on, in a thread of that contact.
    pub fn move_revocation(&self, id: RevocationId, contact: ContactId, thread: ThreadId) -> Result<()> {
        self.execute("UPDATE revocation SET contact_id = ?2, thread_id = ?3 WHERE revocation_id = ?1", (id.0, contact.0, thread.0))?;
        Ok(())
    }

    /// Opens one; a contact has one open at most.
    pub fn insert_revocation(
        &self,
        contact: ContactId,
        thread: ThreadId,
        message: MessageId,
        limits: RevocationLimits,
        now: Time,
    ) -> Result<RevocationId> {
        self.one(
            "INSERT INTO revocation (contact_id, thread_id, message_id, last_message, opened_at, remind_at, due_at, tell_at)
             VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6, ?5) RETURNING revocation_id",
            (contact.0, thread.0, message.0, micros(now), micros(limits.remind_at), micros(limits.due_at)),
            |row| Ok(RevocationId(row.get(0)?)),
        )
    }

    /// The client said so again.
    pub fn repeat_revocation(&self, id: RevocationId, message: MessageId) -> Result<()> {
        self.execute(
            "UPDATE revocation SET last_message = ?2, messages = messages + 1 WHERE revocation_id = ?1 AND decided_at IS NULL",
            (id.0, message.0),
        )?;
        Ok(())
    }

    /// Decides; false when it was decided already. The first decision stays.
    pub fn decide_revocation(&self, id: RevocationId, outcome: RevocationOutcome, by: &str, now: Time) -> Result<bool> {
        let changed = self.execute(
            "UPDATE revocation SET outcome = ?2, decided_by = ?3, decided_at = ?4, tell_at = NULL WHERE revocation_id = ?1 AND decided_at IS NULL",
            (id.0, word(&outcome)?, by, micros(now)),
        )?;
        Ok(changed == 1)
    }

    /// Open ones whose supervisors are to be told now, the longest due first.
    pub fn revocations_to_tell(&self, now: Time, limit: u32) -> Result<Vec<Revocation>> {
        self.all(
            &format!("SELECT {COLUMNS} FROM revocation WHERE decided_at IS NULL AND tell_at <= ?1 ORDER BY tell_at LIMIT ?2"),
            (micros(now), limit),
            read,
        )
    }

    /// The supervisors know this much; `next`: when there is more to tell them.
    pub fn revocation_told(&self, id: RevocationId, urgency: Urgency, next: Option<Time>) -> Result<()> {
        self.execute(
            "UPDATE revocation SET urgency = ?2, tell_at = ?3 WHERE revocation_id = ?1 AND decided_at IS NULL",
            (id.0, word(&urgency)?, next.map(micros)),
        )?;
        Ok(())
    }

    /// Open ones that nobody was given, or that a participant has not been given yet.
    pub fn revocations_not_given(&self) -> Result<Vec<Revocation>> {
        self.all(
            &format!(
                "SELECT {COLUMNS} FROM revocation WHERE decided_at IS NULL AND (
                   NOT EXISTS (SELECT 1 FROM revocation_card AS card WHERE card.revocation_id = revocation.revocation_id)
                   OR EXISTS (
                     SELECT 1 FROM thread JOIN participant ON participant.thread_id = thread.thread_id AND participant.left_at IS NULL
                     WHERE thread.contact_id = revocation.contact_id AND NOT EXISTS (
                       SELECT 1 FROM revocation_card AS card
                       WHERE card.revocation_id = revocation.revocation_id AND card.colleague_id = participant.colleague_id)))"
            ),
            [],
            read,
        )
    }

    /// True when the colleague has no such card yet; it is then theirs to post.
    pub fn give_revocation_card(&self, id: RevocationId, colleague: &ColleagueId, urgency: Urgency) -> Result<bool> {
        let changed = self.execute(
            "INSERT INTO revocation_card (revocation_id, colleague_id, urgency) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
            (id.0, &colleague.0, word(&urgency)?),
        )?;
        Ok(changed == 1)
    }

    /// All cards about it.
    pub fn revocation_cards(&self, id: RevocationId) -> Result<Vec<RevocationCard>> {
        self.all("SELECT colleague_id, urgency, activity_id FROM revocation_card WHERE revocation_id = ?1", [id.0], |row| {
            Ok(RevocationCard {
                colleague: ColleagueId(row.get(0)?),
                urgency: from_word(row.get(1)?)?,
                activity: row.get::<Option<String>>(2)?.map(ActivityId),
            })
        })
    }

    /// The card was posted as this activity.
    pub fn revocation_card_posted(&self, id: RevocationId, colleague: &ColleagueId, urgency: Urgency, activity: &ActivityId) -> Result<()> {
        self.execute(
            "UPDATE revocation_card SET activity_id = ?4 WHERE revocation_id = ?1 AND colleague_id = ?2 AND urgency = ?3",
            (id.0, &colleague.0, word(&urgency)?, &activity.0),
        )?;
        Ok(())
    }
}
