//! The customer service window (product.md 4): 24 h from the client's last message, per client and number.

use super::Time;
use chrono::Duration;

/// How long a client's message keeps the window open.
pub const WINDOW: Duration = Duration::hours(24);
/// Nothing free is handed to WhatsApp in the last minute: it could arrive there after closing.
pub const MARGIN: Duration = Duration::seconds(60);

/// What the window depends on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Window {
    /// The client's last message or call, by the webhook's own timestamp.
    pub last_inbound: Option<Time>,
    /// When WhatsApp last refused a message as outside the window (131047). Its word wins over our clock.
    pub refused_at: Option<Time>,
}

impl Window {
    /// The moment at which the window is closed, when there is one that WhatsApp has not refused.
    pub fn closes_at(&self) -> Option<Time> {
        let last = self.last_inbound?;
        let refused = self.refused_at.is_some_and(|refused| refused >= last);
        (!refused).then_some(last + WINDOW)
    }

    /// Less than 24 h is open; at 24:00:00 it is closed.
    pub fn is_open(&self, now: Time) -> bool {
        self.closes_at().is_some_and(|closes| now < closes)
    }

    /// Open, with the safety margin.
    pub fn may_send(&self, now: Time) -> bool {
        self.is_open(now + MARGIN)
    }

    /// A client's message at `at`, seen at `now`: the window never moves back, nor into the future.
    pub fn renewed(&self, at: Time, now: Time) -> Self {
        let at = at.min(now);
        Self { last_inbound: Some(self.last_inbound.map_or(at, |last| last.max(at))), refused_at: self.refused_at }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(seconds: i64) -> Time {
        Time::UNIX_EPOCH + Duration::seconds(seconds)
    }

    const DAY: i64 = 24 * 3600;

    #[test]
    fn open_until_the_last_second_and_closed_at_24_hours() {
        let window = Window { last_inbound: Some(at(0)), refused_at: None };
        assert!(window.is_open(at(DAY - 1)));
        assert!(!window.is_open(at(DAY)));
    }

    #[test]
    fn sending_stops_a_minute_before_closing() {
        let window = Window { last_inbound: Some(at(0)), refused_at: None };
        assert!(window.may_send(at(DAY - 61)));
        assert!(!window.may_send(at(DAY - 60)));
    }

    #[test]
    fn no_message_no_window() {
        assert!(!Window::default().is_open(at(0)));
    }

    #[test]
    fn whatsapps_refusal_wins_until_the_client_writes_again() {
        let refused = Window { last_inbound: Some(at(0)), refused_at: Some(at(10)) };
        assert!(!refused.is_open(at(20)));
        assert!(refused.renewed(at(30), at(30)).is_open(at(40)));
    }

    #[test]
    fn a_late_webhook_counts_from_its_own_time() {
        let window = Window::default().renewed(at(0), at(DAY - 10));
        assert!(!window.may_send(at(DAY - 5)));
    }

    proptest! {
        #[test]
        fn inbound_messages_never_move_the_window_back(times in prop::collection::vec(0i64..1_000_000, 1..20)) {
            let mut window = Window::default();
            let mut closes = None;
            for time in times {
                window = window.renewed(at(time), at(2_000_000));
                prop_assert!(window.closes_at() >= closes);
                closes = window.closes_at();
            }
        }

        #[test]
        fn a_future_timestamp_opens_no_more_than_24_hours(skew in 0i64..10_000_000) {
            let window = Window::default().renewed(at(skew), at(0));
            prop_assert!(!window.is_open(at(DAY)));
        }
    }
}
