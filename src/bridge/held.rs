//! Held messages (product.md 4): a colleague's texts that wait in a closed window. First in, first out, per thread; released by
//! the client's next message, every rule of [`super::admit`] checked again for each.
//!
//! Invariants: nothing overtakes what is held before it; nothing leaves at or after its expiry; only its author changes or
//! withdraws a message, and only while it is held; the client is asked to write at most once per closed window.

use super::{ColleagueId, Decision, MessageId, MessageState, Rule, Time, Verdict, Window};
use chrono::Duration;
use serde::{Deserialize, Serialize};

/// A message held for longer than this says when it was written.
pub const OLD: Duration = Duration::hours(24);

/// When a message written at `written` expires, by the line's policy as it is now: a changed policy counts for what is held already.
pub fn expires_at(written: Time, hours: u32) -> Time {
    written + Duration::hours(i64::from(hours))
}

/// At the very moment of expiry a message is expired.
pub fn is_expired(written: Time, hours: u32, now: Time) -> bool {
    now >= expires_at(written, hours)
}

/// Whether a message goes out with the line that says when it was written.
pub fn says_when_written(written: Time, now: Time) -> bool {
    now - written > OLD
}

/// The place in a thread's queue. By the author's time: a message that WhatsApp refused and that became held again keeps its place, and so
/// does one that was changed.
pub fn place(written: Time, message: MessageId) -> (Time, MessageId) {
    (written, message)
}

/// How far a release came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Release {
    /// How many went out.
    pub sent: usize,
    /// How many wait on.
    pub left: usize,
    /// The rule that stopped it.
    pub stopped: Option<Rule>,
}

impl Release {
    /// Of `waiting` messages, in their order: those before the first that may not go are sent. Verdicts behind it do not count and need
    /// not be given.
    pub fn of(waiting: usize, verdicts: &[Verdict]) -> Self {
        let sent = verdicts.iter().take_while(|verdict| verdict.decision == Decision::Send).count();
        Self { sent, left: waiting.saturating_sub(sent), stopped: verdicts.get(sent).map(|verdict| verdict.rule) }
    }

    /// T-23: how many went out, where any did.
    pub fn told_sent(&self) -> Option<usize> {
        (self.sent > 0).then_some(self.sent)
    }

    /// T-23b: how many did not, and why. A window that is still closed is no news: that is what they are held for.
    pub fn told_left(&self) -> Option<(usize, Rule)> {
        let rule = self.stopped.filter(|rule| *rule != Rule::Queue || self.sent > 0)?;
        (self.left > 0).then_some((self.left, rule))
    }
}

/// What a colleague may do with a message that was held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// See, change and withdraw it.
    Author,
    /// Another participant's: see it.
    Reader,
    /// Not held any more: see what became of it.
    Over,
}

/// Who may change or withdraw a message: its author alone, while it is held. That the colleague takes part in the thread is decided
/// elsewhere.
pub fn access(author: Option<&str>, state: MessageState, colleague: &ColleagueId) -> Access {
    match state {
        MessageState::Held if author == Some(colleague.as_str()) => Access::Author,
        MessageState::Held => Access::Reader,
        _ => Access::Over,
    }
}

/// What becomes of somebody's held messages when another goes on with the client (product.md 4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// They become the other's, who may change and withdraw them. Their places in the queue stay.
    #[default]
    HandOver,
    /// They are not sent, and who wrote them gets the texts back.
    Withdraw,
}

/// What stands against asking the client to write (K-22), before the rules for templates are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAsked {
    /// The client was asked already in this closed window.
    Already(Time),
    /// The window is open: there is nothing to ask for.
    WindowOpen,
}

/// The nudge goes out once per closed window. `nudged_at`: when it did in this one.
///
/// # Errors
/// What stands against it.
pub fn may_nudge(window: &Window, nudged_at: Option<Time>, now: Time) -> Result<(), NotAsked> {
    match nudged_at {
        Some(at) => Err(NotAsked::Already(at)),
        None if window.may_send(now) => Err(NotAsked::WindowOpen),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    fn at(seconds: i64) -> Time {
        Time::UNIX_EPOCH + Duration::seconds(seconds)
    }

    const HOUR: i64 = 3600;

    #[rstest]
    #[case::a_second_before(72, 72 * HOUR - 1, false)]
    #[case::to_the_second(72, 72 * HOUR, true)]
    #[case::shorter_policy(24, 24 * HOUR, true)]
    #[case::longer_policy(96, 72 * HOUR, false)]
    #[case::at_once(0, 0, true)]
    fn a_message_expires_exactly_at_the_policys_hours(#[case] hours: u32, #[case] age: i64, #[case] expired: bool) {
        assert_eq!(is_expired(at(0), hours, at(age)), expired);
        assert_eq!(expires_at(at(0), hours) <= at(age), expired);
    }

    #[rstest]
    #[case::a_day(24 * HOUR, false)]
    #[case::more(24 * HOUR + 1, true)]
    #[case::written_in_the_future(-5, false)]
    fn only_what_waited_for_more_than_a_day_says_when_it_was_written(#[case] age: i64, #[case] says: bool) {
        assert_eq!(says_when_written(at(0), at(age)), says);
    }

    fn verdict(rule: Rule) -> Verdict {
        let decision = match rule {
            Rule::WindowOpen => Decision::Send,
            Rule::Queue => Decision::Hold { nudge: false },
            _ => Decision::Refuse,
        };
        Verdict { decision, rule }
    }

    #[rstest]
    #[case::all(&[Rule::WindowOpen, Rule::WindowOpen], Some(2), None)]
    #[case::none(&[Rule::ConsentRefused], None, Some((2, Rule::ConsentRefused)))]
    #[case::some(&[Rule::WindowOpen, Rule::NotEnabled], Some(1), Some((1, Rule::NotEnabled)))]
    #[case::nothing_overtakes(&[Rule::NotEnabled, Rule::WindowOpen], None, Some((2, Rule::NotEnabled)))]
    #[case::still_closed_is_no_news(&[Rule::Queue], None, None)]
    #[case::closed_half_way(&[Rule::WindowOpen, Rule::Queue], Some(1), Some((1, Rule::Queue)))]
    fn a_release_stops_at_the_first_that_may_not_go_and_says_so(
        #[case] rules: &[Rule],
        #[case] sent: Option<usize>,
        #[case] left: Option<(usize, Rule)>,
    ) {
        let verdicts: Vec<Verdict> = rules.iter().copied().map(verdict).collect();
        let release = Release::of(2, &verdicts);
        assert_eq!((release.told_sent(), release.told_left()), (sent, left));
    }

    #[test]
    fn a_rule_that_stopped_nothing_is_not_told() {
        assert_eq!(Release { sent: 1, left: 0, stopped: Some(Rule::NotEnabled) }.told_left(), None);
    }

    #[rstest]
    #[case::own("ana", MessageState::Held, Access::Author)]
    #[case::anothers("ben", MessageState::Held, Access::Reader)]
    #[case::own_but_released("ana", MessageState::Queued, Access::Over)]
    #[case::own_but_withdrawn("ana", MessageState::Withdrawn, Access::Over)]
    #[case::own_but_expired("ana", MessageState::Expired, Access::Over)]
    #[case::anothers_and_sent("ben", MessageState::Sent, Access::Over)]
    fn the_author_alone_changes_a_message_and_only_while_it_is_held(
        #[case] author: &str,
        #[case] state: MessageState,
        #[case] expected: Access,
    ) {
        assert_eq!(access(Some(author), state, &"ana".into()), expected);
        assert_ne!(access(None, state, &"ana".into()), Access::Author);
    }

    #[test]
    fn the_client_is_asked_once_per_closed_window() {
        let window = Window { last_inbound: Some(at(0)), refused_at: None };
        assert_eq!(may_nudge(&window, None, at(25 * HOUR)), Ok(()));
        assert_eq!(may_nudge(&window, Some(at(25 * HOUR)), at(90 * HOUR)), Err(NotAsked::Already(at(25 * HOUR))));
        assert_eq!(may_nudge(&window, None, at(HOUR)), Err(NotAsked::WindowOpen));
        let refused = Window { refused_at: Some(at(HOUR)), ..window };
        assert_eq!(may_nudge(&refused, None, at(2 * HOUR)), Ok(()), "WhatsApp's word about the window wins");
        assert_eq!(may_nudge(&Window::default(), None, at(0)), Ok(()), "a client who agreed long ago and never wrote here");
    }

    proptest! {
        /// Whatever the verdicts: what goes is a prefix, nothing is lost, and silence means that all is as it was or all went.
        #[test]
        fn a_release_sends_a_prefix_and_loses_nothing(
            rules in prop::collection::vec(prop::sample::select(vec![Rule::WindowOpen, Rule::Queue, Rule::NotEnabled, Rule::ConsentRefused]), 0..12)
        ) {
            let verdicts: Vec<Verdict> = rules.iter().copied().map(verdict).collect();
            let release = Release::of(rules.len(), &verdicts);
            prop_assert_eq!(release.sent + release.left, rules.len());
            prop_assert!(rules[..release.sent].iter().all(|rule| *rule == Rule::WindowOpen));
            prop_assert_eq!(release.stopped, rules.get(release.sent).copied());
            if release.told_sent().is_none() && release.told_left().is_none() {
                prop_assert!(rules.is_empty() || rules[0] == Rule::Queue);
            }
        }

        /// The same place however often it is asked, and the earlier written first.
        #[test]
        fn the_earlier_written_goes_first(one in 0i64..100, other in 0i64..100, first in 0i64..9, second in 0i64..9) {
            let (a, b) = (place(at(one), MessageId(first)), place(at(other), MessageId(second)));
            prop_assert_eq!(a < b, one < other || (one == other && first < second));
        }

        /// Once expired, always expired; and nothing but the policy and the age decides.
        #[test]
        fn expiry_moves_with_the_policy_and_never_with_the_clock(age in 0i64..400 * HOUR, hours in 0u32..300) {
            prop_assert_eq!(is_expired(at(0), hours, at(age)), age >= i64::from(hours) * HOUR);
            prop_assert!(!is_expired(at(0), hours, at(age)) || is_expired(at(0), hours, at(age + 1)));
        }
    }
}
