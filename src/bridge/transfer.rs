//! Handing a client to another colleague (product.md 6): offered, then accepted, declined, withdrawn, or over by itself.
//!
//! Invariants: an offer is decided once; until it is accepted the giver stays responsible; only who was asked accepts or declines, only who
//! asked withdraws; an offer whose giver or receiver can no longer do their part comes to nothing.

use super::{ColleagueId, Time};
use chrono::Duration;
use serde::{Deserialize, Serialize};

/// Longest note to the receiver, in characters.
pub const TRANSFER_NOTE_LIMIT: usize = 500;

/// What became of an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransferOutcome {
    Accepted,
    Declined,
    /// The giver took it back.
    Withdrawn,
    /// Nobody answered in time.
    Expired,
    /// The giver does not have the client any more, the receiver is not enabled any more, or a supervisor gave the client to somebody.
    Superseded,
}

impl TransferOutcome {
    /// As the journal and the store name it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Declined => "declined",
            Self::Withdrawn => "withdrawn",
            Self::Expired => "expired",
            Self::Superseded => "superseded",
        }
    }
}

/// What somebody does with an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransferAnswer {
    Accept,
    Decline,
    Withdraw,
}

/// An offer and the facts that it stands or falls with.
#[derive(Clone, Copy, Debug)]
pub struct TransferOffer<'a> {
    pub giver: &'a ColleagueId,
    pub receiver: &'a ColleagueId,
    pub due_at: Time,
    /// `None`: nobody has decided.
    pub outcome: Option<TransferOutcome>,
    /// The giver takes part, is enabled for the line, and the client is still reached in this thread.
    pub giver_has_client: bool,
    /// The receiver is enabled for the line.
    pub receiver_enabled: bool,
}

/// Why an answer changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAnswered {
    /// The offer is over, for this reason.
    Over(TransferOutcome),
    /// Somebody else is to answer.
    NotAsked,
}

/// Until when an offer of `now` can be answered, by the line's policy.
pub fn transfer_due(now: Time, hours: u32) -> Time {
    now + Duration::hours(i64::from(hours))
}

impl TransferOffer<'_> {
    /// How the offer ended; `None`: it stands. At the very moment of its limit it is over.
    pub fn over(&self, now: Time) -> Option<TransferOutcome> {
        let lapsed = || (now >= self.due_at).then_some(TransferOutcome::Expired);
        let void = || (!self.giver_has_client || !self.receiver_enabled).then_some(TransferOutcome::Superseded);
        self.outcome.or_else(lapsed).or_else(void)
    }

    /// What an answer makes of the offer.
    ///
    /// # Errors
    /// It makes nothing of it.
    pub fn answered(&self, by: &ColleagueId, answer: TransferAnswer, now: Time) -> Result<TransferOutcome, NotAnswered> {
        let (asked, outcome) = match answer {
            TransferAnswer::Accept => (self.receiver, TransferOutcome::Accepted),
            TransferAnswer::Decline => (self.receiver, TransferOutcome::Declined),
            TransferAnswer::Withdraw => (self.giver, TransferOutcome::Withdrawn),
        };
        match self.over(now) {
            _ if by != asked => Err(NotAnswered::NotAsked),
            Some(over) => Err(NotAnswered::Over(over)),
            None => Ok(outcome),
        }
    }
}

/// Somebody wants to give a client to a colleague.
#[derive(Clone, Copy, Debug)]
pub struct TransferWish {
    /// Without asking the receiver.
    pub now: bool,
    pub takes_part: bool,
    /// They watch over the line.
    pub supervises: bool,
    /// Whether anybody takes part besides the receiver: whose place there is to take.
    pub somebody_gives: bool,
    pub to_themselves: bool,
    pub receiver_enabled: bool,
    /// The receiver can be told: they have a chat with the app, or are in the thread's shared home.
    pub receiver_reachable: bool,
    pub number_active: bool,
    /// The client is offered to somebody already.
    pub offered: bool,
}

/// Why nothing is offered and nothing changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotOffered {
    /// Only who takes part offers, and only a supervisor gives without asking.
    NotYours,
    /// Nobody is enabled under this name for the line of business.
    NotEnabled,
    ToThemselves,
    /// Nobody but the receiver has the client, or nobody at all.
    NothingToGive,
    NumberOff,
    Unreachable,
    OfferedAlready,
}

/// Whether a client may be given so.
///
/// # Errors
/// What stands against it.
pub fn may_transfer(wish: &TransferWish) -> Result<(), NotOffered> {
    let allowed = if wish.now { wish.supervises } else { wish.takes_part };
    match () {
        () if !allowed => Err(NotOffered::NotYours),
        () if !wish.receiver_enabled => Err(NotOffered::NotEnabled),
        // A supervisor may take over; nobody offers something to themselves.
        () if wish.to_themselves && !wish.now => Err(NotOffered::ToThemselves),
        () if !wish.somebody_gives => Err(NotOffered::NothingToGive),
        () if !wish.number_active => Err(NotOffered::NumberOff),
        () if !wish.receiver_reachable => Err(NotOffered::Unreachable),
        () if wish.offered && !wish.now => Err(NotOffered::OfferedAlready),
        () => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    use TransferAnswer::{Accept, Decline, Withdraw};
    use TransferOutcome::{Accepted, Declined, Expired, Superseded, Withdrawn};

    fn at(hours: i64) -> Time {
        Time::UNIX_EPOCH + Duration::hours(hours)
    }

    fn offer<'a>(people: &'a [ColleagueId; 2]) -> TransferOffer<'a> {
        let [giver, receiver] = people;
        TransferOffer { giver, receiver, due_at: at(24), outcome: None, giver_has_client: true, receiver_enabled: true }
    }

    #[rstest]
    #[case::accepted("ben", Accept, Ok(Accepted))]
    #[case::declined("ben", Decline, Ok(Declined))]
    #[case::withdrawn("ana", Withdraw, Ok(Withdrawn))]
    #[case::not_by_the_giver("ana", Accept, Err(NotAnswered::NotAsked))]
    #[case::nor_declined_by_them("ana", Decline, Err(NotAnswered::NotAsked))]
    #[case::not_withdrawn_by_the_receiver("ben", Withdraw, Err(NotAnswered::NotAsked))]
    #[case::by_nobody_else("caro", Accept, Err(NotAnswered::NotAsked))]
    fn who_may_answer_what(#[case] by: &str, #[case] answer: TransferAnswer, #[case] expected: Result<TransferOutcome, NotAnswered>) {
        let people = ["ana".into(), "ben".into()];
        assert_eq!(offer(&people).answered(&by.into(), answer, at(1)), expected);
    }

    #[rstest]
    #[case::stands(true, true, 23, None, None)]
    #[case::to_the_second(true, true, 24, None, Some(Expired))]
    #[case::the_giver_has_gone(false, true, 1, None, Some(Superseded))]
    #[case::the_receiver_is_switched_off(true, false, 1, None, Some(Superseded))]
    #[case::time_comes_first(false, false, 24, None, Some(Expired))]
    #[case::what_was_decided_stays(false, false, 30, Some(Declined), Some(Declined))]
    fn an_offer_is_over_by_time_or_by_what_others_do(
        #[case] giver_has_client: bool,
        #[case] receiver_enabled: bool,
        #[case] hour: i64,
        #[case] outcome: Option<TransferOutcome>,
        #[case] over: Option<TransferOutcome>,
    ) {
        let people = ["ana".into(), "ben".into()];
        let offer = TransferOffer { giver_has_client, receiver_enabled, outcome, ..offer(&people) };
        assert_eq!(offer.over(at(hour)), over);
        let answered = offer.answered(&"ben".into(), Accept, at(hour));
        assert_eq!(answered, over.map_or(Ok(Accepted), |over| Err(NotAnswered::Over(over))));
    }

    const FINE: TransferWish = TransferWish {
        now: false,
        takes_part: true,
        supervises: false,
        somebody_gives: true,
        to_themselves: false,
        receiver_enabled: true,
        receiver_reachable: true,
        number_active: true,
        offered: false,
    };
    const BY_SUPERVISOR: TransferWish = TransferWish { now: true, takes_part: false, supervises: true, ..FINE };

    #[rstest]
    #[case::a_participant_offers(FINE, Ok(()))]
    #[case::who_takes_no_part_does_not(TransferWish { takes_part: false, ..FINE }, Err(NotOffered::NotYours))]
    #[case::nor_does_a_supervisor_who_takes_none(TransferWish { now: false, ..BY_SUPERVISOR }, Err(NotOffered::NotYours))]
    #[case::a_participant_does_not_give_without_asking(TransferWish { now: true, ..FINE }, Err(NotOffered::NotYours))]
    #[case::a_supervisor_does(BY_SUPERVISOR, Ok(()))]
    #[case::and_takes_over(TransferWish { to_themselves: true, ..BY_SUPERVISOR }, Ok(()))]
    #[case::and_needs_no_end_of_an_offer(TransferWish { offered: true, ..BY_SUPERVISOR }, Ok(()))]
    #[case::what_nobody_has_is_not_given(TransferWish { somebody_gives: false, ..BY_SUPERVISOR }, Err(NotOffered::NothingToGive))]
    #[case::nobody_offers_to_themselves(TransferWish { to_themselves: true, ..FINE }, Err(NotOffered::ToThemselves))]
    #[case::who_is_not_enabled(TransferWish { receiver_enabled: false, ..FINE }, Err(NotOffered::NotEnabled))]
    #[case::who_has_no_chat_with_the_app(TransferWish { receiver_reachable: false, ..FINE }, Err(NotOffered::Unreachable))]
    #[case::a_number_that_is_off(TransferWish { number_active: false, ..FINE }, Err(NotOffered::NumberOff))]
    #[case::one_offer_at_a_time(TransferWish { offered: true, ..FINE }, Err(NotOffered::OfferedAlready))]
    fn who_may_give_a_client_to_whom(#[case] wish: TransferWish, #[case] expected: Result<(), NotOffered>) {
        assert_eq!(may_transfer(&wish), expected);
    }

    proptest! {
        /// Whoever answers, whatever and whenever: what is decided stays, and only the two who are concerned decide.
        #[test]
        fn an_offer_is_decided_once_and_by_whom_it_concerns(
            by in prop::sample::select(vec!["ana", "ben", "caro"]),
            answer in prop::sample::select(vec![Accept, Decline, Withdraw]),
            decided in prop::sample::select(vec![None, Some(Accepted), Some(Withdrawn), Some(Superseded)]),
            hour in 0i64..48,
        ) {
            let people = ["ana".into(), "ben".into()];
            let offer = TransferOffer { outcome: decided, ..offer(&people) };
            let answered = offer.answered(&by.into(), answer, at(hour));
            prop_assert!(answered.is_err() || (decided.is_none() && hour < 24 && by != "caro"));
            prop_assert_eq!(by == "caro", answered == Err(NotAnswered::NotAsked) && by != "ana" && by != "ben");
        }
    }
}
