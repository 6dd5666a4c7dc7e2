//! A client's wish to stop in their own words ("please stop writing to me", "wrong number").
//!
//! Unlike an opt-out keyword it is never acted on by itself: a colleague decides whether it is one. Until then the client gets
//! nothing that they have not just asked for: nothing held, no template, no request.

use super::{ConsentState, Time, business_days_after};
use serde::{Deserialize, Serialize};

/// Business days within which a wish to stop must be decided. A requirement of the product: a person's wish to hear no more is
/// honoured within ten business days, in whatever words it comes.
pub const DECIDE_WITHIN: u32 = 10;
/// Business days after which the line's supervisors are reminded of an open one.
pub const REMIND_AFTER: u32 = 5;

/// How long a possible wish to stop has been open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    /// The card that comes with the client's message.
    New,
    /// [`REMIND_AFTER`] is over.
    Reminder,
    /// [`DECIDE_WITHIN`] is over.
    Overdue,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RevocationOutcome {
    /// A colleague recorded the opt-out.
    OptOut,
    /// A colleague said that it is none.
    NotAnOptOut,
    /// The client stopped in a way that needs no decision (STOP, No).
    Stopped,
}

/// When the supervisors are reminded, and when it must be decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RevocationLimits {
    pub remind_at: Time,
    pub due_at: Time,
}

/// The limits of a message that came at `at`. `zone` is the organization's.
pub fn revocation_limits(at: Time, zone: &str) -> RevocationLimits {
    RevocationLimits { remind_at: business_days_after(at, REMIND_AFTER, zone), due_at: business_days_after(at, DECIDE_WITHIN, zone) }
}

/// Whether such a message needs a decision. Who declined or revoked has stopped already: there is nothing to decide, and asking
/// them again would be the request that they refuse.
pub fn needs_decision(state: ConsentState) -> bool {
    match state {
        ConsentState::None | ConsentState::Pending | ConsentState::Lapsed | ConsentState::Granted => true,
        ConsentState::Declined | ConsentState::Revoked => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Duration;
    use rstest::rstest;

    #[rstest]
    #[case::nobody_asked(ConsentState::None, true)]
    #[case::asked(ConsentState::Pending, true)]
    #[case::asked_long_ago(ConsentState::Lapsed, true)]
    #[case::agreed(ConsentState::Granted, true)]
    #[case::declined_means_stopped_already(ConsentState::Declined, false)]
    #[case::revoked_means_stopped_already(ConsentState::Revoked, false)]
    fn it_is_decided_while_something_could_still_be_sent(#[case] state: ConsentState, #[case] decided: bool) {
        assert_eq!(needs_decision(state), decided);
    }

    #[test]
    fn the_limits_are_five_and_ten_business_days() {
        let monday: Time = "2026-03-02T11:00:00Z".parse().expect("a time");
        let limits = revocation_limits(monday, "Europe/Berlin");
        assert_eq!((limits.remind_at - monday, limits.due_at - monday), (Duration::days(7), Duration::days(14)));
    }
}
