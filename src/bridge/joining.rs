//! A colleague asks to join those who talk with a client (product.md 6): who may ask, who may answer, and how long.

use super::Time;
use chrono::Duration;
use serde::{Deserialize, Serialize};

/// After an answer nobody is asked the same again for so long. Who was not answered may ask again at once.
pub const JOIN_AGAIN_AFTER: Duration = Duration::hours(1);

/// Whose answer is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhomToAsk {
    /// Those who talk with the client; after half of the time the line's supervisors as well.
    Owners,
    /// The organization's administrators.
    Administrators,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JoiningOutcome {
    Accepted,
    Declined,
    /// Nobody answered in time.
    Expired,
    /// Nothing is left to answer: the asker takes part by another way, may not any more, or nobody has the client any more.
    Settled,
}

/// Until when somebody must answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JoiningLimits {
    /// When the line's supervisors are asked as well. `None`: not at all.
    pub escalate_at: Option<Time>,
    pub due_at: Time,
}

/// The limits of a wish of `at`. `hours` is the line's policy.
pub fn joining_limits(asked: WhomToAsk, at: Time, hours: u32) -> JoiningLimits {
    let hours = Duration::hours(i64::from(hours));
    JoiningLimits { escalate_at: (asked == WhomToAsk::Owners).then(|| at + hours / 2), due_at: at + hours }
}

/// The last time that the same was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AskedBefore {
    pub due_at: Time,
    /// `None`: it is open.
    pub decided: Option<(JoiningOutcome, Time)>,
}

/// What counts for the question whether somebody may ask to join.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asking {
    /// The asker is enabled for the client's line.
    pub enabled: bool,
    /// The asker takes part already.
    pub takes_part: bool,
    /// Somebody else does.
    pub owned: bool,
    pub before: Option<AskedBefore>,
}

/// Why somebody may not ask to join.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MayNotAsk {
    NotEnabled,
    TakesPart,
    /// There is nobody to join: the client is free.
    NobodyOwns,
    /// The last wish is open, until then.
    Open(Time),
    /// It was answered; the next one is possible then.
    TooSoon(Time),
}

/// Whether somebody may ask.
///
/// # Errors
/// What stands against it.
pub fn may_ask(asking: &Asking, now: Time) -> Result<(), MayNotAsk> {
    if !asking.enabled {
        return Err(MayNotAsk::NotEnabled);
    }
    if asking.takes_part {
        return Err(MayNotAsk::TakesPart);
    }
    if !asking.owned {
        return Err(MayNotAsk::NobodyOwns);
    }
    match asking.before {
        Some(AskedBefore { due_at, decided: None }) => Err(MayNotAsk::Open(due_at)),
        Some(AskedBefore { decided: Some((JoiningOutcome::Declined, at)), .. }) if now < at + JOIN_AGAIN_AFTER => {
            Err(MayNotAsk::TooSoon(at + JOIN_AGAIN_AFTER))
        }
        _ => Ok(()),
    }
}

/// Somebody who answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answering {
    pub is_asker: bool,
    /// Talks with the client and is enabled for the line.
    pub takes_part: bool,
    /// A supervisor of the line.
    pub supervises: bool,
    /// An administrator of the organization.
    pub administers: bool,
    /// The supervisors have been asked.
    pub escalated: bool,
}

/// Whether they may decide. One decision counts for all.
pub fn may_answer(asked: WhomToAsk, who: Answering) -> bool {
    let may = match asked {
        WhomToAsk::Owners => who.takes_part || (who.supervises && who.escalated),
        WhomToAsk::Administrators => who.administers,
    };
    may && !who.is_asker
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn at(minutes: i64) -> Time {
        let noon: Time = "2026-03-02T11:00:00Z".parse().expect("a time");
        noon + Duration::minutes(minutes)
    }

    fn before(decided: Option<(JoiningOutcome, i64)>) -> Option<AskedBefore> {
        Some(AskedBefore { due_at: at(1_440), decided: decided.map(|(outcome, minutes)| (outcome, at(minutes))) })
    }

    #[rstest]
    #[case::never_asked(None, 0, Ok(()))]
    #[case::open(before(None), 5, Err(MayNotAsk::Open(at(1_440))))]
    #[case::declined_just_now(before(Some((JoiningOutcome::Declined, 5))), 64, Err(MayNotAsk::TooSoon(at(65))))]
    #[case::declined_an_hour_ago(before(Some((JoiningOutcome::Declined, 5))), 65, Ok(()))]
    #[case::not_answered(before(Some((JoiningOutcome::Expired, 1_440))), 1_440, Ok(()))]
    #[case::accepted_and_left_since(before(Some((JoiningOutcome::Accepted, 5))), 6, Ok(()))]
    #[case::settled(before(Some((JoiningOutcome::Settled, 5))), 6, Ok(()))]
    fn one_asks_again_after_the_answer_and_an_hour_or_when_nobody_answered(
        #[case] before: Option<AskedBefore>,
        #[case] minute: i64,
        #[case] expected: Result<(), MayNotAsk>,
    ) {
        assert_eq!(may_ask(&Asking { enabled: true, takes_part: false, owned: true, before }, at(minute)), expected);
    }

    #[rstest]
    #[case::not_enabled(false, false, true, MayNotAsk::NotEnabled)]
    #[case::takes_part(true, true, true, MayNotAsk::TakesPart)]
    #[case::free(true, false, false, MayNotAsk::NobodyOwns)]
    fn only_who_is_enabled_and_no_participant_asks_those_who_have_the_client(
        #[case] enabled: bool,
        #[case] takes_part: bool,
        #[case] owned: bool,
        #[case] expected: MayNotAsk,
    ) {
        assert_eq!(may_ask(&Asking { enabled, takes_part, owned, before: None }, at(0)), Err(expected));
    }

    #[rstest]
    #[case::a_participant(WhomToAsk::Owners, Answering { takes_part: true, ..nobody() }, true)]
    #[case::a_supervisor_in_the_first_half(WhomToAsk::Owners, Answering { supervises: true, ..nobody() }, false)]
    #[case::a_supervisor_in_the_second_half(WhomToAsk::Owners, Answering { supervises: true, escalated: true, ..nobody() }, true)]
    #[case::an_administrator_who_was_not_asked(WhomToAsk::Owners, Answering { administers: true, escalated: true, ..nobody() }, false)]
    #[case::anybody(WhomToAsk::Owners, Answering { escalated: true, ..nobody() }, false)]
    #[case::an_administrator(WhomToAsk::Administrators, Answering { administers: true, ..nobody() }, true)]
    #[case::a_participant_whom_nobody_asked(WhomToAsk::Administrators, Answering { takes_part: true, ..nobody() }, false)]
    #[case::a_supervisor_whom_nobody_asked(WhomToAsk::Administrators, Answering { supervises: true, ..nobody() }, false)]
    #[case::oneself_as_administrator(WhomToAsk::Administrators, Answering { administers: true, is_asker: true, ..nobody() }, false)]
    #[case::oneself_as_supervisor(WhomToAsk::Owners, Answering { supervises: true, escalated: true, is_asker: true, ..nobody() }, false)]
    fn who_is_asked_answers(#[case] asked: WhomToAsk, #[case] who: Answering, #[case] may: bool) {
        assert_eq!(may_answer(asked, who), may);
    }

    fn nobody() -> Answering {
        Answering { is_asker: false, takes_part: false, supervises: false, administers: false, escalated: false }
    }

    #[rstest]
    #[case(WhomToAsk::Owners, 24, Some(720), 1_440)]
    #[case(WhomToAsk::Owners, 1, Some(30), 60)]
    #[case(WhomToAsk::Administrators, 24, None, 1_440)]
    fn supervisors_are_asked_after_half_of_the_time(
        #[case] asked: WhomToAsk,
        #[case] hours: u32,
        #[case] half: Option<i64>,
        #[case] due: i64,
    ) {
        let limits = joining_limits(asked, at(0), hours);
        assert_eq!(limits, JoiningLimits { escalate_at: half.map(at), due_at: at(due) });
    }
}
