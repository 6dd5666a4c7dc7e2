//! Time as a parameter. This is the one file that may read the wall clock; `clippy.toml` forbids it elsewhere.
//!
//! A [`Clock`] is cheap to clone and shared by everything that runs in one process. `System` is production. `Shifted` runs on
//! from any moment and can be moved forward by hand: the demo turns hours into a click, tests stand still and advance.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::watch;

/// Where the time comes from.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// The machine's clock plus an offset that can be moved (demo).
    Shifted(Arc<Moved>),
    /// Stands still until advanced (tests).
    Manual(Arc<Moved>),
}

/// A movable amount of microseconds, with a signal for whoever sleeps on it.
#[derive(Debug)]
pub struct Moved {
    micros: AtomicI64,
    changed: watch::Sender<()>,
}

impl Moved {
    fn new(micros: i64) -> Arc<Self> {
        Arc::new(Self { micros: AtomicI64::new(micros), changed: watch::Sender::new(()) })
    }
}

impl Clock {
    /// A clock that stands at `start` until [`Clock::advance`] moves it.
    pub fn manual(start: DateTime<Utc>) -> Self {
        Self::Manual(Moved::new(start.timestamp_micros()))
    }

    /// The machine's clock, which [`Clock::advance`] can move forward.
    pub fn shifted() -> Self {
        Self::Shifted(Moved::new(0))
    }

    /// Now, in UTC, to the microsecond (what the store keeps).
    #[allow(clippy::disallowed_methods, reason = "the one place that reads the wall clock")]
    pub fn now(&self) -> DateTime<Utc> {
        let micros = match self {
            Self::System => Utc::now().timestamp_micros(),
            Self::Shifted(moved) => Utc::now().timestamp_micros() + moved.micros.load(Ordering::SeqCst),
            Self::Manual(moved) => moved.micros.load(Ordering::SeqCst),
        };
        DateTime::from_timestamp_micros(micros).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    /// Moves a shifted or manual clock forward and wakes everybody who sleeps on it. Does nothing to the system's clock.
    pub fn advance(&self, by: Duration) {
        if let Self::Shifted(moved) | Self::Manual(moved) = self {
            moved.micros.fetch_add(i64::try_from(by.as_micros()).unwrap_or(i64::MAX), Ordering::SeqCst);
            moved.changed.send_replace(());
        }
    }

    /// Returns when this clock shows `at` or later. On a shifted clock a move forward ends the wait early.
    pub async fn sleep_until(&self, at: DateTime<Utc>) {
        loop {
            let mut changed = match self {
                Self::System => None,
                // Subscribing before reading the time closes the race with a concurrent `advance`.
                Self::Shifted(moved) | Self::Manual(moved) => Some(moved.changed.subscribe()),
            };
            let Ok(left) = (at - self.now()).to_std() else { return };
            if left.is_zero() {
                return;
            }
            match (self, changed.as_mut()) {
                (Self::Manual(_), Some(changed)) => drop(changed.changed().await),
                (_, Some(changed)) => {
                    tokio::select! { () = tokio::time::sleep(left) => {}, _ = changed.changed() => {} }
                }
                (_, None) => tokio::time::sleep(left).await,
            }
        }
    }

    /// [`Clock::sleep_until`] a time that is `for_` from now.
    pub async fn sleep(&self, for_: Duration) {
        let at = self.now() + chrono::Duration::from_std(for_).unwrap_or(chrono::Duration::MAX);
        self.sleep_until(at).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_sleeper_wakes_when_the_manual_clock_reaches_its_time_and_not_before() {
        let clock = Clock::manual(DateTime::UNIX_EPOCH);
        let sleeper = tokio::spawn({
            let clock = clock.clone();
            async move { clock.sleep_until(DateTime::UNIX_EPOCH + chrono::Duration::seconds(10)).await }
        });
        clock.advance(Duration::from_secs(9));
        tokio::task::yield_now().await;
        assert!(!sleeper.is_finished());
        clock.advance(Duration::from_secs(1));
        sleeper.await.expect("the sleeper ends");
    }
}
