//! Where a message stands. States only move forward, whatever order the news arrives in.

use super::{DeliveryStatus, StatusState};
use serde::{Deserialize, Serialize};

/// The state of one message, as stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageState {
    /// A client's message.
    Received,
    /// Waits for the window (product.md 4).
    Held,
    /// On its way to WhatsApp, not yet accepted there.
    Queued,
    /// Perhaps accepted: a timeout after the request was written.
    Uncertain,
    /// WhatsApp answered with a wamid.
    Accepted,
    Sent,
    Delivered,
    Read,
    Played,
    /// Certainly not delivered.
    Failed,
    /// Taken back by its author, or by an opt-out.
    Withdrawn,
    /// Held for longer than the policy allows.
    Expired,
    /// Refused by a rule; nothing was sent.
    Refused,
    /// A note, which is never sent. Nothing leads into this state or out of it.
    Internal,
}

impl MessageState {
    /// As stored and shown to scripts.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Held => "held",
            Self::Queued => "queued",
            Self::Uncertain => "uncertain",
            Self::Accepted => "accepted",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Played => "played",
            Self::Failed => "failed",
            Self::Withdrawn => "withdrawn",
            Self::Expired => "expired",
            Self::Refused => "refused",
            Self::Internal => "internal",
        }
    }

    /// The inverse of [`MessageState::as_str`].
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    const ALL: [Self; 14] = [
        Self::Received,
        Self::Held,
        Self::Queued,
        Self::Uncertain,
        Self::Accepted,
        Self::Sent,
        Self::Delivered,
        Self::Read,
        Self::Played,
        Self::Failed,
        Self::Withdrawn,
        Self::Expired,
        Self::Refused,
        Self::Internal,
    ];

    /// How far towards the client's eyes; `None` for states that no status changes.
    fn rank(self) -> Option<u8> {
        Some(match self {
            Self::Queued => 0,
            Self::Uncertain => 1,
            Self::Accepted => 2,
            Self::Sent => 3,
            Self::Delivered => 4,
            Self::Read => 5,
            Self::Played => 6,
            _ => return None,
        })
    }

    /// The state after a status webhook, when it changes. A failure counts only before delivery: WhatsApp is known to send
    /// `delivered` and 131026 for the same message. A status after a failure proves the failure wrong.
    pub fn after(self, news: &StatusState) -> Option<Self> {
        match news {
            StatusState::Unknown(_) => None,
            StatusState::Failed(_) => self.rank().is_some_and(|rank| rank < 4).then_some(Self::Failed),
            StatusState::Reached(status) => {
                let next = match status {
                    DeliveryStatus::Sent => Self::Sent,
                    DeliveryStatus::Delivered => Self::Delivered,
                    DeliveryStatus::Read => Self::Read,
                    DeliveryStatus::Played => Self::Played,
                };
                match (self.rank(), next.rank()) {
                    (Some(old), Some(new)) if new > old => Some(next),
                    (None, Some(new)) if self == Self::Failed && new >= 4 => Some(next),
                    _ => None,
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bridge::{Failure, FailureClass};
    use proptest::prelude::*;

    fn failed() -> StatusState {
        StatusState::Failed(Failure::with_code(FailureClass::Unreachable, 131026, "undeliverable"))
    }

    #[test]
    fn read_may_come_without_delivered_and_sent_after_read() {
        assert_eq!(MessageState::Accepted.after(&StatusState::Reached(DeliveryStatus::Read)), Some(MessageState::Read));
        assert_eq!(MessageState::Read.after(&StatusState::Reached(DeliveryStatus::Sent)), None);
        assert_eq!(MessageState::Sent.after(&StatusState::Reached(DeliveryStatus::Sent)), None, "nothing new");
    }

    #[test]
    fn a_failure_after_delivery_is_not_believed() {
        assert_eq!(MessageState::Sent.after(&failed()), Some(MessageState::Failed));
        assert_eq!(MessageState::Delivered.after(&failed()), None);
        assert_eq!(MessageState::Failed.after(&StatusState::Reached(DeliveryStatus::Delivered)), Some(MessageState::Delivered));
        assert_eq!(MessageState::Failed.after(&StatusState::Reached(DeliveryStatus::Sent)), None);
    }

    #[test]
    fn a_status_settles_what_was_uncertain() {
        assert_eq!(MessageState::Uncertain.after(&StatusState::Reached(DeliveryStatus::Sent)), Some(MessageState::Sent));
        assert_eq!(MessageState::Uncertain.after(&failed()), Some(MessageState::Failed));
    }

    #[test]
    fn a_status_may_overtake_the_answer_to_the_request() {
        assert_eq!(MessageState::Queued.after(&StatusState::Reached(DeliveryStatus::Delivered)), Some(MessageState::Delivered));
        assert_eq!(MessageState::Queued.after(&failed()), Some(MessageState::Failed));
    }

    #[test]
    fn held_and_withdrawn_messages_have_no_statuses() {
        for state in [MessageState::Held, MessageState::Withdrawn, MessageState::Expired, MessageState::Refused, MessageState::Received] {
            assert_eq!(state.after(&StatusState::Reached(DeliveryStatus::Read)), None);
            assert_eq!(state.after(&failed()), None);
        }
    }

    #[test]
    fn every_state_reads_back() {
        for state in MessageState::ALL {
            assert_eq!(MessageState::parse(state.as_str()), Some(state));
        }
    }

    proptest! {
        /// Any order of the same news ends in the same state, the furthest one.
        #[test]
        fn order_does_not_matter(order in Just(vec![0u8, 1, 2, 3]).prop_shuffle(), take in 1usize..=4) {
            let news = |n: u8| StatusState::Reached([DeliveryStatus::Sent, DeliveryStatus::Delivered, DeliveryStatus::Read, DeliveryStatus::Played][usize::from(n)]);
            let seen = &order[..take];
            let mut state = MessageState::Accepted;
            for n in seen {
                state = state.after(&news(*n)).unwrap_or(state);
            }
            let furthest = seen.iter().max().copied().unwrap_or(0);
            prop_assert_eq!(Some(state), MessageState::Accepted.after(&news(furthest)));
        }
    }
}
