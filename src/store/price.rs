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
                Ok(BilledCount { category: row.get::<String>(0)?.into(), kind: row.get::<String>(1)?.into(), count: count.unsigned_abs() })
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
            Ok(serde_json::from_str(&row.get::<String>(0)?)?)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bridge::{MessageState, StatusUpdate, Wamid};
    use crate::store::Store;
    use crate::store::migrate::MIGRATIONS;
    use rusqlite::Connection;

    /// A message that was on its way when the server was brought up to date is counted, and a status kept before is read.
    #[tokio::test]
    async fn what_an_earlier_version_stored_is_counted_on() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("t.db");
        let earlier = Connection::open(&path).expect("a new database");
        earlier.execute_batch(MIGRATIONS[0]).expect("the first schema");
        let early = r#"{"number":"7","wamid":"w","at":"2026-11-20T12:00:00Z","state":{"Reached":"delivered"},"callback":null,
            "pricing":"service/regular","client":{"bsuid":null,"wa_id":"49151","profile_name":null,"username":null}}"#;
        earlier
            .execute_batch(&format!(
                "INSERT INTO thread (thread_id, line_id, phone_number_id, contact_id, created_at) VALUES (1, 'advice', '7', 1, 0);
                 INSERT INTO message (message_id, thread_id, author, purpose, content, state, wamid, created_at, state_at)
                   VALUES (1, 1, 'ana', 'free', '{{}}', 'accepted', 'w', 0, 0);
                 INSERT INTO early_status VALUES ('w', 'Delivered', 0, '{early}');
                 PRAGMA user_version = 1"
            ))
            .expect("stored");
        drop(earlier);
        let store = Store::open(&path).expect("brought up to date");
        let now: Time = "2026-11-20T13:00:00Z".parse().expect("a time");
        let counted = store
            .write("test", move |tx| {
                for body in tx.take_early_statuses(&Wamid("w".to_owned()))? {
                    let status: StatusUpdate = serde_json::from_str(&body)?;
                    for _ in 0..2 {
                        let message = tx.message(MessageId(1))?.expect("stored");
                        tx.apply_status(&message, &status, now)?;
                    }
                }
                assert_eq!(tx.message(MessageId(1))?.expect("stored").state, MessageState::Delivered);
                assert_eq!(tx.thread(ThreadId(1))?.expect("stored").entry, EntryPoint::default());
                tx.billed(&PhoneNumberId("7".to_owned()), "2026-11")
            })
            .await
            .expect("written");
        let told: Vec<_> = counted.iter().map(|count| (count.category.as_str(), count.kind.as_str(), count.count)).collect();
        assert_eq!(told, [("service", "regular", 1)]);
    }
}
