//! Cards that show how something stands: where each is, and whether a change of it is on its way.
//!
//! Invariant: while a card is on its way no second one is queued for the same place, and what it shows is looked up after it was taken
//! from the queue; so a change is neither missed nor sent twice.

use super::transfer::TransferSide;
use super::tx::{Result, Tx};
use crate::bridge::{ActivityId, ConversationId, IntakeId, JoiningId, ParcelId, Place, TransferId};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What a card shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// A colleague's wish to join.
    Joining(JoiningId),
    /// A client to be taken.
    Intake(IntakeId),
    /// The same, for supervisors: nobody has taken them for a while.
    IntakeReminder(IntakeId),
    /// A client who is offered to a colleague.
    Transfer(TransferId, TransferSide),
    /// Files that a colleague is about to send.
    Parcel(ParcelId),
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Joining(id) => write!(f, "joining:{id}"),
            Self::Intake(id) => write!(f, "intake:{id}"),
            Self::IntakeReminder(id) => write!(f, "intake_reminder:{id}"),
            Self::Parcel(id) => write!(f, "parcel:{id}"),
            Self::Transfer(id, TransferSide::Giver) => write!(f, "transfer_giver:{id}"),
            Self::Transfer(id, TransferSide::Receiver) => write!(f, "transfer_receiver:{id}"),
        }
    }
}

impl Tx<'_> {
    /// True when the place has no such card yet; it counts as on its way from now on, and is the caller's to queue.
    pub fn give_card(&self, subject: Subject, place: &Place) -> Result<bool> {
        let changed = self.execute(
            "INSERT INTO standing_card (subject, place, queued) VALUES (?1, ?2, 1) ON CONFLICT DO NOTHING",
            (subject.to_string(), place.key()),
        )?;
        Ok(changed == 1)
    }

    /// A card that stands there already has become this one.
    pub fn card_became(&self, subject: Subject, place: &Place, conversation: &ConversationId, activity: &ActivityId) -> Result<()> {
        self.execute(
            "INSERT INTO standing_card (subject, place, queued, conversation_id, activity_id) VALUES (?1, ?2, 0, ?3, ?4) ON CONFLICT DO NOTHING",
            (subject.to_string(), place.key(), &conversation.0, &activity.0),
        )?;
        Ok(())
    }

    /// The places whose card is not on its way already; from now on it counts as such, and each is the caller's to queue.
    pub fn change_cards(&self, subject: Subject) -> Result<Vec<Place>> {
        self.all("UPDATE standing_card SET queued = 1 WHERE subject = ?1 AND queued = 0 RETURNING place", [subject.to_string()], |row| {
            Ok(Place::of_key(&row.get::<String>(0)?))
        })
    }

    /// The card is about to be sent as it stands now. Returns where it was posted before, if it was.
    pub fn take_card(&self, subject: Subject, place: &Place) -> Result<Option<(ConversationId, ActivityId)>> {
        let found = self.first(
            "UPDATE standing_card SET queued = 0 WHERE subject = ?1 AND place = ?2 RETURNING conversation_id, activity_id",
            (subject.to_string(), place.key()),
            |row| Ok((row.get::<Option<String>>(0)?, row.get::<Option<String>>(1)?)),
        )?;
        Ok(found.and_then(|(conversation, activity)| Some((ConversationId(conversation?), ActivityId(activity?)))))
    }

    /// The card was posted.
    pub fn card_posted(&self, subject: Subject, place: &Place, conversation: &ConversationId, activity: &ActivityId) -> Result<()> {
        self.execute(
            "UPDATE standing_card SET conversation_id = ?3, activity_id = ?4 WHERE subject = ?1 AND place = ?2",
            (subject.to_string(), place.key(), &conversation.0, &activity.0),
        )?;
        Ok(())
    }

    /// Nothing can be posted in the place: it has no such card any more.
    pub fn forget_card(&self, subject: Subject, place: &Place) -> Result<()> {
        self.execute("DELETE FROM standing_card WHERE subject = ?1 AND place = ?2", (subject.to_string(), place.key()))?;
        Ok(())
    }

    /// Whether the place has such a card.
    pub fn has_card(&self, subject: Subject, place: &Place) -> Result<bool> {
        let found =
            self.first("SELECT 1 FROM standing_card WHERE subject = ?1 AND place = ?2", (subject.to_string(), place.key()), |_| Ok(()))?;
        Ok(found.is_some())
    }
}
