//! When administrators were last told of something.

use super::tx::{Result, Tx, micros};
use crate::bridge::Time;
use chrono::Duration;

/// Subjects that were not heard of for this long are forgotten.
const FORGOTTEN_AFTER: Duration = Duration::days(1);

impl Tx<'_> {
    /// True when nobody was told of `subject` after `since`; they count as told from now on.
    pub fn news_is_due(&self, subject: &str, since: Time, now: Time) -> Result<bool> {
        self.execute("DELETE FROM news WHERE told_at < ?1", [micros(now - FORGOTTEN_AFTER)])?;
        let changed = self.execute(
            "INSERT INTO news (subject, told_at) VALUES (?1, ?2)
             ON CONFLICT (subject) DO UPDATE SET told_at = excluded.told_at WHERE news.told_at <= ?3",
            (subject, micros(now), micros(since)),
        )?;
        Ok(changed == 1)
    }
}
