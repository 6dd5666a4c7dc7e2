//! The thread cards: one per thread and place where it is followed, edited in place, at most once per two seconds.

use super::tx::{Result, Tx, micros};
use crate::bridge::{ActivityId, ColleagueId, Place, ThreadId, Time};
use chrono::Duration;

/// The least time between two edits of one card (product.md 7).
const BETWEEN_EDITS: Duration = Duration::seconds(2);

/// A card whose next edit is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueCard {
    pub thread: ThreadId,
    pub place: Place,
    pub activity: ActivityId,
}

impl Tx<'_> {
    /// The state of a thread changed: its cards are edited soon. Costs one statement, and nothing when an edit is due already.
    pub fn refresh_cards(&self, thread: ThreadId, now: Time) -> Result<()> {
        let changed = self.execute(
            "UPDATE thread_card SET due_at = CASE WHEN edited_at + ?3 > ?2 THEN edited_at + ?3 ELSE ?2 END WHERE thread_id = ?1 AND due_at IS NULL AND activity_id IS NOT NULL",
            (thread.0, micros(now), BETWEEN_EDITS.num_microseconds()),
        )?;
        if changed > 0 {
            self.cards.set(true);
        }
        Ok(())
    }

    /// True when there is no card of this thread in this place yet; it is then the caller's to post.
    pub fn claim_thread_card(&self, thread: ThreadId, place: &Place) -> Result<bool> {
        let changed =
            self.execute("INSERT INTO thread_card (thread_id, place) VALUES (?1, ?2) ON CONFLICT DO NOTHING", (thread.0, place.key()))?;
        Ok(changed == 1)
    }

    /// The thread whose card this activity is, in a colleague's own chat.
    pub fn thread_of_card(&self, colleague: &ColleagueId, activity: &ActivityId) -> Result<Option<ThreadId>> {
        self.first("SELECT thread_id FROM thread_card WHERE place = ?1 AND activity_id = ?2", (&colleague.0, &activity.0), |row| {
            Ok(ThreadId(row.get(0)?))
        })
    }

    /// The activity that is a thread's card in a place. Activity ids are told apart by their conversation only, so the thread is asked for.
    pub fn thread_card(&self, thread: ThreadId, place: &Place) -> Result<Option<ActivityId>> {
        self.first(
            "SELECT activity_id FROM thread_card WHERE thread_id = ?1 AND place = ?2 AND activity_id IS NOT NULL",
            (thread.0, place.key()),
            |row| Ok(ActivityId(row.get(0)?)),
        )
    }

    /// The claimed card was posted as this activity.
    pub fn thread_card_posted(&self, thread: ThreadId, place: &Place, activity: &ActivityId, now: Time) -> Result<()> {
        // Due at once: the state may have changed between rendering and posting.
        self.execute(
            "UPDATE thread_card SET activity_id = ?3, edited_at = ?4, due_at = ?5 WHERE thread_id = ?1 AND place = ?2",
            (thread.0, place.key(), &activity.0, micros(now), micros(now + BETWEEN_EDITS)),
        )?;
        Ok(())
    }

    /// The card's message is gone: the next one is posted anew.
    pub fn forget_thread_card(&self, thread: ThreadId, place: &Place) -> Result<()> {
        self.execute("DELETE FROM thread_card WHERE thread_id = ?1 AND place = ?2", (thread.0, place.key()))?;
        Ok(())
    }

    /// Takes up to `limit` cards whose edit is due. A change from now on makes them due again.
    pub fn take_due_cards(&self, now: Time, limit: u32) -> Result<Vec<DueCard>> {
        let due = self.all(
            "SELECT thread_id, place, activity_id FROM thread_card WHERE due_at <= ?1 AND activity_id IS NOT NULL ORDER BY due_at LIMIT ?2",
            (micros(now), limit),
            |row| {
                Ok(DueCard {
                    thread: ThreadId(row.get(0)?),
                    place: Place::of_key(&row.get::<String>(1)?),
                    activity: ActivityId(row.get(2)?),
                })
            },
        )?;
        for card in &due {
            self.execute(
                "UPDATE thread_card SET due_at = NULL, edited_at = ?3 WHERE thread_id = ?1 AND place = ?2",
                (card.thread.0, card.place.key(), micros(now)),
            )?;
        }
        Ok(due)
    }

    /// An edit did not go through: try again at `at`.
    pub fn retry_card(&self, card: &DueCard, at: Time) -> Result<()> {
        self.execute(
            "UPDATE thread_card SET due_at = ?3 WHERE thread_id = ?1 AND place = ?2 AND due_at IS NULL",
            (card.thread.0, card.place.key(), micros(at)),
        )?;
        Ok(())
    }

    /// When the next card is due.
    pub fn next_card_due(&self) -> Result<Option<Time>> {
        self.first("SELECT min(due_at) FROM thread_card WHERE due_at IS NOT NULL", [], |row| Ok(super::tx::maybe_time(row.get(0)?)))
            .map(Option::flatten)
    }
}
