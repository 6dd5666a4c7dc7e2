//! The thread cards: one per thread and colleague, edited in place, at most once per two seconds.

use super::tx::{Result, Tx, micros};
use crate::bridge::{ActivityId, ColleagueId, ThreadId, Time};
use chrono::Duration;

/// The least time between two edits of one card (product.md 7).
const BETWEEN_EDITS: Duration = Duration::seconds(2);

/// A card whose next edit is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueCard {
    pub thread: ThreadId,
    pub colleague: ColleagueId,
    pub activity: ActivityId,
}

impl Tx<'_> {
    /// The state of a thread changed: its cards are edited soon. Costs one statement, and nothing when an edit is due already.
    pub fn refresh_cards(&self, thread: ThreadId, now: Time) -> Result<()> {
        let changed = self.execute(
            "UPDATE thread_card SET due_at = max(?2, edited_at + ?3) WHERE thread_id = ?1 AND due_at IS NULL AND activity_id IS NOT NULL",
            (thread.0, micros(now), BETWEEN_EDITS.num_microseconds()),
        )?;
        if changed > 0 {
            self.cards.set(true);
        }
        Ok(())
    }

    /// True when the colleague has no card of this thread yet; it is then theirs to post.
    pub fn claim_thread_card(&self, thread: ThreadId, colleague: &ColleagueId) -> Result<bool> {
        let changed = self.execute(
            "INSERT INTO thread_card (thread_id, colleague_id) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
            (thread.0, &colleague.0),
        )?;
        Ok(changed == 1)
    }

    /// The thread whose card this activity is, in a colleague's chat.
    pub fn thread_of_card(&self, colleague: &ColleagueId, activity: &ActivityId) -> Result<Option<ThreadId>> {
        self.first("SELECT thread_id FROM thread_card WHERE colleague_id = ?1 AND activity_id = ?2", (&colleague.0, &activity.0), |row| {
            Ok(ThreadId(row.get(0)?))
        })
    }

    /// The card was posted as this activity.
    pub fn thread_card_posted(&self, thread: ThreadId, colleague: &ColleagueId, activity: &ActivityId, now: Time) -> Result<()> {
        // Due at once: the state may have changed between rendering and posting.
        self.execute(
            "UPDATE thread_card SET activity_id = ?3, edited_at = ?4, due_at = ?4 + ?5 WHERE thread_id = ?1 AND colleague_id = ?2",
            (thread.0, &colleague.0, &activity.0, micros(now), BETWEEN_EDITS.num_microseconds()),
        )?;
        Ok(())
    }

    /// The card's message is gone: the next one is posted anew.
    pub fn forget_thread_card(&self, thread: ThreadId, colleague: &ColleagueId) -> Result<()> {
        self.execute("DELETE FROM thread_card WHERE thread_id = ?1 AND colleague_id = ?2", (thread.0, &colleague.0))?;
        Ok(())
    }

    /// Takes up to `limit` cards whose edit is due. A change from now on makes them due again.
    pub fn take_due_cards(&self, now: Time, limit: u32) -> Result<Vec<DueCard>> {
        let due = self.all(
            "SELECT thread_id, colleague_id, activity_id FROM thread_card WHERE due_at <= ?1 AND activity_id IS NOT NULL ORDER BY due_at LIMIT ?2",
            (micros(now), limit),
            |row| Ok(DueCard { thread: ThreadId(row.get(0)?), colleague: ColleagueId(row.get(1)?), activity: ActivityId(row.get(2)?) }),
        )?;
        for card in &due {
            self.execute(
                "UPDATE thread_card SET due_at = NULL, edited_at = ?3 WHERE thread_id = ?1 AND colleague_id = ?2",
                (card.thread.0, &card.colleague.0, micros(now)),
            )?;
        }
        Ok(due)
    }

    /// An edit did not go through: try again at `at`.
    pub fn retry_card(&self, card: &DueCard, at: Time) -> Result<()> {
        self.execute(
            "UPDATE thread_card SET due_at = ?3 WHERE thread_id = ?1 AND colleague_id = ?2 AND due_at IS NULL",
            (card.thread.0, &card.colleague.0, micros(at)),
        )?;
        Ok(())
    }

    /// When the next card is due.
    pub fn next_card_due(&self) -> Result<Option<Time>> {
        self.first("SELECT min(due_at) FROM thread_card WHERE due_at IS NOT NULL", [], |row| Ok(super::tx::maybe_time(row.get(0)?)))
            .map(Option::flatten)
    }
}
