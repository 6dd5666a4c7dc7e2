//! What waits in a lane for a place in Teams that is lost or left.

use super::lane::Envelope;
use super::tx::{Result, Tx};
use crate::bridge::{DeliveryId, Place, ThreadId};

/// An envelope that is not settled, as it is stored.
#[derive(Clone, Debug)]
pub struct Waiting {
    pub delivery: DeliveryId,
    pub body: String,
    /// It may have arrived.
    pub handed_over: bool,
}

impl Waiting {
    /// What it says; marked as perhaps repeated, if it may have arrived. `None`, with an entry in the log: it cannot be read.
    pub fn envelope(&self) -> Option<Envelope> {
        match serde_json::from_str(&self.body) {
            Ok(Envelope::Post { post, thread, message, repeated }) => {
                Some(Envelope::Post { post, thread, message, repeated: repeated || self.handed_over })
            }
            Ok(envelope) => Some(envelope),
            Err(error) => {
                tracing::error!(delivery = %self.delivery, %error, "a post cannot be read and is set aside");
                None
            }
        }
    }
}

impl Tx<'_> {
    /// What waits for a place, in order, and what is with Teams at this moment, which may have arrived.
    pub fn waiting(&self, thread: ThreadId, place: &Place) -> Result<Vec<Waiting>> {
        self.all(
            "SELECT delivery_id, body, state FROM delivery WHERE state < 2 AND lane_id =
               (SELECT lane_id FROM lane WHERE direction = 'teams' AND thread_id = ?1 AND target = ?2) ORDER BY seq",
            (thread.0, place.key()),
            |row| Ok(Waiting { delivery: DeliveryId(row.get(0)?), body: row.get(1)?, handed_over: row.get::<i64>(2)? == 1 }),
        )
    }

    /// It is delivered elsewhere, or not at all.
    pub fn take_out(&self, delivery: DeliveryId) -> Result<()> {
        self.execute("UPDATE delivery SET state = 2 WHERE delivery_id = ?1", [delivery.0]).map(drop)
    }
}
