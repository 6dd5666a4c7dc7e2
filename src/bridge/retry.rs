//! How long to wait before the next attempt, and how fast we may go.

use super::Time;
use std::time::Duration;

/// The longest wait between two attempts of one delivery.
pub const LONGEST: Duration = Duration::from_secs(300);
/// After this many attempts, each proven not accepted, a message to a client is settled as failed and its author is told.
pub const MOST_ATTEMPTS: u32 = 30;
/// The same where an administrator must act first (a token, a payment): about a quarter of an hour, then the author is told.
pub const MOST_CONFIGURATION_ATTEMPTS: u32 = 10;
/// WhatsApp: one message per 6 s to the same client, with a burst of 45 that borrows from the future (whatsapp.md 5).
pub const PAIR: Rate = Rate { every: Duration::from_secs(6), burst: 45 };
/// WhatsApp: 80 messages per second and number by default.
pub const NUMBER: Rate = Rate { every: Duration::from_micros(12_500), burst: 80 };
/// Teams: 7 messages per second in one conversation, 60 in 30 s (teams.md 3.4).
pub const CONVERSATION: Rate = Rate { every: Duration::from_millis(500), burst: 7 };
/// Teams: 50 requests per second of one app in one tenant.
pub const TENANT: Rate = Rate { every: Duration::from_millis(20), burst: 50 };

/// The wait before attempt `attempts + 1`: what the other side asked for, else 1, 2, 4 … seconds up to [`LONGEST`]; `jitter`
/// in 0..1 spreads it over its upper half, so that lanes blocked together do not come back together.
pub fn backoff(attempts: u32, asked: Option<Duration>, jitter: f64) -> Duration {
    let spread = 0.5 + 0.5 * jitter.clamp(0.0, 1.0);
    match asked {
        // Never sooner than asked; a little later is allowed.
        Some(asked) => asked + Duration::from_secs_f64(jitter.clamp(0.0, 1.0) * 0.5),
        None => Duration::from_secs(1 << attempts.saturating_sub(1).min(9)).min(LONGEST).mul_f64(spread),
    }
}

/// A rate with a burst.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    pub every: Duration,
    pub burst: u32,
}

impl Rate {
    /// The generic cell rate algorithm. `spent` is the theoretical arrival time left by the last call (`None`: never used).
    /// `Ok` is the new one; `Err` says when to come back.
    pub fn take(&self, spent: Option<Time>, now: Time) -> Result<Time, Time> {
        let every = chrono::Duration::from_std(self.every).unwrap_or(chrono::Duration::MAX);
        let tolerance = every * i32::try_from(self.burst.saturating_sub(1)).unwrap_or(i32::MAX);
        let spent = spent.map_or(now, |spent| spent.max(now));
        if spent - now > tolerance { Err(spent - tolerance) } else { Ok(spent + every) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(millis: i64) -> Time {
        Time::UNIX_EPOCH + chrono::Duration::milliseconds(millis)
    }

    #[test]
    fn waits_double_up_to_five_minutes() {
        let waits: Vec<u64> = (1..=12).map(|attempts| backoff(attempts, None, 1.0).as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
    }

    #[test]
    fn what_the_other_side_asks_for_is_the_least_wait() {
        assert!(backoff(1, Some(Duration::from_secs(40)), 0.0) >= Duration::from_secs(40));
    }

    #[test]
    fn a_wait_is_spread_over_its_upper_half_and_what_was_asked_over_half_a_second_more() {
        let asked = Some(Duration::from_secs(40));
        let millis = |asked, jitter| backoff(4, asked, jitter).as_millis();
        assert_eq!([0.0, 0.5, 1.0, 7.0].map(|jitter| millis(None, jitter)), [4_000, 6_000, 8_000, 8_000]);
        assert_eq!([0.0, 0.5, 1.0, 7.0].map(|jitter| millis(asked, jitter)), [40_000, 40_250, 40_500, 40_500]);
    }

    #[test]
    fn a_pair_bursts_45_then_waits_six_seconds() {
        let mut spent = None;
        for _ in 0..45 {
            spent = Some(PAIR.take(spent, at(0)).expect("within the burst"));
        }
        assert_eq!(PAIR.take(spent, at(0)), Err(at(6_000)));
        assert!(PAIR.take(spent, at(6_000)).is_ok());
    }

    proptest! {
        #[test]
        fn never_more_than_the_burst_plus_the_rate(gaps in prop::collection::vec(0i64..2_000, 1..200)) {
            let (mut now, mut spent, mut taken) = (0, None, 0u32);
            for gap in gaps {
                now += gap;
                if let Ok(next) = CONVERSATION.take(spent, at(now)) {
                    spent = Some(next);
                    taken += 1;
                }
            }
            prop_assert!(i64::from(taken) <= 7 + now / 500);
        }

        #[test]
        fn coming_back_when_told_is_soon_enough(first in 0i64..1_000) {
            let mut spent = None;
            let told = loop {
                match PAIR.take(spent, at(first)) { Ok(next) => spent = Some(next), Err(told) => break told }
            };
            prop_assert!(PAIR.take(spent, told).is_ok());
        }
    }
}
