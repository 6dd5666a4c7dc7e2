//! What messages cost: the month's counts of each number, and free entry points.

use super::tx::{Result, Tx, maybe_time, micros};
use crate::bridge::{BilledCount, EntryPoint, MessageId, PhoneNumberId, Pricing, Referral, ThreadId, Time, billing_month};

/// Category or type of a price that WhatsApp did not name.
const UNNAMED: &str = "unknown";

impl Tx<'_> {
    /// Adds one message of a thread to the month of `at`; the month.
    pub(super) fn count_billed(&self, thread: ThreadId, pricing: &Pricing, at: Time) -> Result<String> {
        let month = billing_month(at);
        self.execute(
            "INSERT INTO billed (phone_number_id, month, category, type, count)
             SELECT phone_number_id, ?2, ?3, ?4, 1 FROM thread WHERE thread_id = ?1
             ON CONFLICT (phone_number_id, month, category, type) DO UPDATE SET count = billed.count + 1",
            (
                thread.0,
                &month,
                pricing.category.as_ref().map_or(UNNAMED, |category| category.as_str()),
                pricing.kind.as_ref().map_or(UNNAMED, |kind| kind.as_str()),
            ),
        )?;
        Ok(month)
    }

    /// What arrived from a number in a month (`2026-11`), by category and type.
    pub fn billed(&self, number: &PhoneNumberId, month: &str) -> Result<Vec<BilledCount>> {
        self.all(
            "SELECT category, type, count FROM billed WHERE phone_number_id = ?1 AND month = ?2 ORDER BY category, type",
            (&number.0, month),
            |row| {
                let count: i64 = row.get(2)?;
                Ok(BilledCount {
                    category: row.get::<_, String>(0)?.into(),
                    kind: row.get::<_, String>(1)?.into(),
                    count: count.unsigned_abs(),
                })
            },
        )
    }

    /// The free entry point of a thread whose client has ever come through an ad.
    pub fn entry_point(&self, thread: ThreadId) -> Result<Option<EntryPoint>> {
        self.first("SELECT ad_at, free_until FROM thread WHERE thread_id = ?1 AND ad_at IS NOT NULL", [thread.0], |row| {
            Ok(EntryPoint { came_at: maybe_time(row.get(0)?), free_until: maybe_time(row.get(1)?) })
        })
    }

    pub fn save_entry_point(&self, thread: ThreadId, entry: EntryPoint) -> Result<()> {
        self.execute(
            "UPDATE thread SET ad_at = ?2, free_until = ?3 WHERE thread_id = ?1",
            (thread.0, entry.came_at.map(micros), entry.free_until.map(micros)),
        )?;
        Ok(())
    }

    /// Keeps what the ad said that a client's message came through.
    pub fn save_referral(&self, message: MessageId, referral: &Referral) -> Result<()> {
        self.execute(
            "INSERT INTO referral (message_id, document) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
            (message.0, serde_json::to_string(referral)?),
        )?;
        Ok(())
    }

    /// What the ad said that a client's message came through, if it came through one.
    pub fn referral(&self, message: MessageId) -> Result<Option<Referral>> {
        self.first("SELECT document FROM referral WHERE message_id = ?1", [message.0], |row| {
            Ok(serde_json::from_str(&row.get::<_, String>(0)?)?)
        })
    }
}
