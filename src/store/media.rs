//! Files of clients: ordered with the message, fetched afterwards.

use super::engine::Row;
use super::tx::{Result, Tx, from_word, micros, time, word};
use crate::bridge::{ActivityId, ConversationId, KeptFile, LostFile, Media, MediaState, MessageId, PhoneNumberId, Time};

/// A file that has just been announced.
pub struct NewMedia<'a> {
    pub message: MessageId,
    pub number: &'a PhoneNumberId,
    pub announced: &'a Media,
    /// What is to be said beside it.
    pub remark: Option<String>,
    pub expires_at: Time,
}

/// A file that is to be fetched.
#[derive(Clone, Debug)]
pub struct MediaOrder {
    pub message: MessageId,
    pub number: PhoneNumberId,
    pub announced: Media,
    /// WhatsApp forgets it then.
    pub expires_at: Time,
    /// Attempts begun, this one included.
    pub attempts: u32,
}

fn read_state(row: &Row<'_>) -> Result<MediaState> {
    let (kept, lost): (Option<String>, Option<String>) = (row.get(0)?, row.get(1)?);
    Ok(match (kept, lost) {
        (Some(kept), _) => MediaState::Kept(serde_json::from_str(&kept)?),
        (None, Some(lost)) => MediaState::Lost(from_word(lost)?),
        (None, None) => MediaState::Waiting,
    })
}

impl Tx<'_> {
    /// Orders a message's file, due at once.
    pub fn order_media(&self, new: &NewMedia<'_>, now: Time) -> Result<()> {
        self.execute(
            "INSERT INTO media (message_id, phone_number_id, announced, remark, expires_at, due_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            (new.message.0, &new.number.0, serde_json::to_string(new.announced)?, &new.remark, micros(new.expires_at), micros(now)),
        )
        .map(drop)
    }

    /// What is to be said beside a message's file.
    pub fn media_remark(&self, message: MessageId) -> Result<Option<String>> {
        self.first("SELECT remark FROM media WHERE message_id = ?1", [message.0], |row| Ok(row.get(0)?)).map(Option::flatten)
    }

    /// How a message's file stands; `None` for a message that has none, or whose file WhatsApp did not pass on.
    pub fn media_state(&self, message: MessageId) -> Result<Option<MediaState>> {
        self.first("SELECT kept, lost FROM media WHERE message_id = ?1", [message.0], read_state)
    }

    /// Takes orders that are due, each until `lease`.
    pub fn take_due_media(&self, now: Time, lease: Time, limit: u32) -> Result<Vec<MediaOrder>> {
        self.all(
            "UPDATE media SET due_at = ?2, attempts = attempts + 1
             WHERE message_id IN (SELECT message_id FROM media WHERE due_at <= ?1 ORDER BY due_at LIMIT ?3)
             RETURNING message_id, phone_number_id, announced, expires_at, attempts",
            (micros(now), micros(lease), limit),
            |row| {
                Ok(MediaOrder {
                    message: MessageId(row.get(0)?),
                    number: PhoneNumberId(row.get(1)?),
                    announced: serde_json::from_str(&row.get::<String>(2)?)?,
                    expires_at: time(row.get(3)?),
                    attempts: u32::try_from(row.get::<i64>(4)?).unwrap_or(u32::MAX),
                })
            },
        )
    }

    /// Gives back what a stopped server had in hand; how many. At start only.
    pub fn resume_media(&self, now: Time) -> Result<usize> {
        self.execute("UPDATE media SET due_at = ?1 WHERE due_at > ?1 AND attempts > 0", [micros(now)])
    }

    /// When the next file of either side is to be fetched.
    pub fn next_media_due(&self) -> Result<Option<Time>> {
        let sql = "SELECT MIN(due_at) FROM (SELECT MIN(due_at) AS due_at FROM media WHERE due_at IS NOT NULL
             UNION ALL SELECT MIN(due_at) FROM parcel_file WHERE due_at IS NOT NULL) AS files";
        self.first(sql, [], |row| Ok(row.get::<Option<i64>>(0)?.map(time))).map(Option::flatten)
    }

    pub fn media_again(&self, message: MessageId, at: Time) -> Result<()> {
        self.execute("UPDATE media SET due_at = ?2 WHERE message_id = ?1 AND due_at IS NOT NULL", (message.0, micros(at))).map(drop)
    }

    /// The file is here; false when that was known.
    pub fn media_kept(&self, message: MessageId, file: &KeptFile) -> Result<bool> {
        let kept = serde_json::to_string(file)?;
        Ok(self.execute("UPDATE media SET kept = ?2, due_at = NULL WHERE message_id = ?1 AND due_at IS NOT NULL", (message.0, kept))? == 1)
    }

    /// It will never be here; false when that was known, or it is.
    pub fn media_lost(&self, message: MessageId, why: LostFile) -> Result<bool> {
        Ok(self
            .execute("UPDATE media SET lost = ?2, due_at = NULL WHERE message_id = ?1 AND due_at IS NOT NULL", (message.0, word(&why)?))?
            == 1)
    }

    /// Remembers where a message with a file is shown; of several activities in a conversation the last.
    pub fn media_posted(&self, message: MessageId, conversation: &ConversationId, activity: &ActivityId) -> Result<()> {
        self.execute(
            "INSERT INTO media_posting (message_id, conversation_id, activity_id) VALUES (?1, ?2, ?3)
             ON CONFLICT (message_id, conversation_id) DO UPDATE SET activity_id = excluded.activity_id",
            (message.0, &conversation.0, &activity.0),
        )
        .map(drop)
    }

    /// Whether a message with a file is shown anywhere.
    pub fn media_is_posted(&self, message: MessageId) -> Result<bool> {
        Ok(self.first("SELECT 1 FROM media_posting WHERE message_id = ?1", [message.0], |_| Ok(()))?.is_some())
    }

    /// The activity that shows a message with a file in a conversation.
    pub fn media_posting(&self, message: MessageId, conversation: &ConversationId) -> Result<Option<ActivityId>> {
        self.first(
            "SELECT activity_id FROM media_posting WHERE message_id = ?1 AND conversation_id = ?2",
            (message.0, &conversation.0),
            |row| Ok(ActivityId(row.get(0)?)),
        )
    }

    /// The key of this name, made when there is none: `fresh` is taken then.
    pub fn signing_key(&self, name: &str, fresh: &[u8]) -> Result<Vec<u8>> {
        self.execute("INSERT INTO signing_key (name, key) VALUES (?1, ?2) ON CONFLICT DO NOTHING", (name, fresh))?;
        let found = self.first("SELECT key FROM signing_key WHERE name = ?1", [name], |row| Ok(row.get(0)?))?;
        Ok(found.unwrap_or_else(|| fresh.to_vec()))
    }
}
