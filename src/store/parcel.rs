//! Files that a colleague posted for a client, until they are sent or not wanted.

use super::tx::{Result, Tx, micros, time};
use crate::bridge::{ColleagueId, FileSource, MessageId, OutgoingFile, ParcelId, PhoneNumberId, Posted, ThreadId, Time};

/// What somebody posted for a client, with files.
#[derive(Clone, Debug)]
pub struct Parcel {
    pub id: ParcelId,
    pub colleague: ColleagueId,
    pub thread: ThreadId,
    pub text: String,
    pub answers: Option<MessageId>,
    pub written: Posted,
    pub state: ParcelState,
    pub settled_at: Option<Time>,
    /// As they were posted.
    pub files: Vec<ParcelFile>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParcelState {
    Open,
    Sent,
    Cancelled,
}

/// One file of a parcel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParcelFile {
    pub source: FileSource,
    pub state: ParcelFileState,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParcelFileState {
    Waiting,
    Ready(OutgoingFile),
    /// In words.
    Impossible(String),
}

/// A file that is to be fetched.
#[derive(Clone, Debug)]
pub struct ParcelOrder {
    pub parcel: ParcelId,
    pub position: i64,
    /// Who posted it.
    pub colleague: ColleagueId,
    pub source: FileSource,
    /// Attempts begun, this one included.
    pub attempts: u32,
}

impl Tx<'_> {
    /// Keeps a parcel, its files due at once.
    pub fn open_parcel(&self, new: &Parcel, now: Time) -> Result<ParcelId> {
        let id: i64 = self.one(
            "INSERT INTO parcel (colleague_id, thread_id, text, answers, conversation_id, activity_id, created_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) RETURNING parcel_id",
            (
                &new.colleague.0,
                new.thread.0,
                &new.text,
                new.answers.map(|id| id.0),
                &new.written.conversation.0,
                &new.written.activity.0,
                micros(now),
            ),
            |row| Ok(row.get(0)?),
        )?;
        for (position, file) in (0_i64..).zip(&new.files) {
            self.execute(
                "INSERT INTO parcel_file (parcel_id, position, source, due_at) VALUES (?1, ?2, ?3, ?4)",
                (id, position, serde_json::to_string(&file.source)?, micros(now)),
            )?;
        }
        Ok(ParcelId(id))
    }

    pub fn parcel(&self, id: ParcelId) -> Result<Option<Parcel>> {
        let found = self.first(
            "SELECT colleague_id, thread_id, text, answers, conversation_id, activity_id, state, settled_at FROM parcel WHERE parcel_id = ?1",
            [id.0],
            |row| {
                Ok(Parcel {
                    id,
                    colleague: ColleagueId(row.get(0)?),
                    thread: ThreadId(row.get(1)?),
                    text: row.get(2)?,
                    answers: row.get::<Option<i64>>(3)?.map(MessageId),
                    written: Posted { conversation: row.get::<String>(4)?.into(), activity: row.get::<String>(5)?.into() },
                    state: match row.get::<String>(6)?.as_str() {
                        "open" => ParcelState::Open,
                        "sent" => ParcelState::Sent,
                        _ => ParcelState::Cancelled,
                    },
                    settled_at: row.get::<Option<i64>>(7)?.map(time),
                    files: Vec::new(),
                })
            },
        )?;
        let Some(parcel) = found else { return Ok(None) };
        let files = self.all("SELECT source, ready, problem FROM parcel_file WHERE parcel_id = ?1 ORDER BY position", [id.0], |row| {
            let state = match (row.get::<Option<String>>(1)?, row.get::<Option<String>>(2)?) {
                (Some(ready), _) => ParcelFileState::Ready(serde_json::from_str(&ready)?),
                (None, Some(problem)) => ParcelFileState::Impossible(problem),
                (None, None) => ParcelFileState::Waiting,
            };
            Ok(ParcelFile { source: serde_json::from_str(&row.get::<String>(0)?)?, state })
        })?;
        Ok(Some(Parcel { files, ..parcel }))
    }

    /// The open parcel that was posted there.
    pub fn open_parcel_of(&self, written: &Posted) -> Result<Option<ParcelId>> {
        self.first(
            "SELECT parcel_id FROM parcel WHERE conversation_id = ?1 AND activity_id = ?2 AND state = 'open'",
            (&written.conversation.0, &written.activity.0),
            |row| Ok(ParcelId(row.get(0)?)),
        )
    }

    /// It is sent or not wanted; false when that was decided before.
    pub fn settle_parcel(&self, id: ParcelId, sent: bool, now: Time) -> Result<bool> {
        let state = if sent { "sent" } else { "cancelled" };
        self.execute("UPDATE parcel_file SET due_at = NULL WHERE parcel_id = ?1", [id.0])?;
        let changed = self
            .execute("UPDATE parcel SET state = ?2, settled_at = ?3 WHERE parcel_id = ?1 AND state = 'open'", (id.0, state, micros(now)))?;
        Ok(changed == 1)
    }

    /// What its author says beside the files, changed.
    pub fn reword_parcel(&self, id: ParcelId, text: &str) -> Result<()> {
        self.execute("UPDATE parcel SET text = ?2 WHERE parcel_id = ?1 AND state = 'open'", (id.0, text)).map(drop)
    }

    /// Takes files that are due, each until `lease`.
    pub fn take_due_parcel_files(&self, now: Time, lease: Time, limit: u32) -> Result<Vec<ParcelOrder>> {
        self.all(
            "UPDATE parcel_file SET due_at = ?2, attempts = attempts + 1
             WHERE (parcel_id, position) IN (SELECT parcel_id, position FROM parcel_file WHERE due_at <= ?1 ORDER BY due_at LIMIT ?3)
             RETURNING parcel_id, position, source, attempts,
               (SELECT colleague_id FROM parcel WHERE parcel.parcel_id = parcel_file.parcel_id)",
            (micros(now), micros(lease), limit),
            |row| {
                Ok(ParcelOrder {
                    parcel: ParcelId(row.get(0)?),
                    position: row.get(1)?,
                    colleague: ColleagueId(row.get(4)?),
                    source: serde_json::from_str(&row.get::<String>(2)?)?,
                    attempts: u32::try_from(row.get::<i64>(3)?).unwrap_or(u32::MAX),
                })
            },
        )
    }

    /// Gives back what a stopped server had in hand; how many. At start only.
    pub fn resume_parcels(&self, now: Time) -> Result<usize> {
        self.execute("UPDATE parcel_file SET due_at = ?1 WHERE due_at > ?1 AND attempts > 0", [micros(now)])
    }

    pub fn parcel_file_again(&self, order: &ParcelOrder, at: Time) -> Result<()> {
        self.execute(
            "UPDATE parcel_file SET due_at = ?3 WHERE parcel_id = ?1 AND position = ?2 AND due_at IS NOT NULL",
            (order.parcel.0, order.position, micros(at)),
        )
        .map(drop)
    }

    /// What became of a file; false when nobody waits for it any more.
    pub fn parcel_file_done(&self, order: &ParcelOrder, state: &ParcelFileState) -> Result<bool> {
        let (ready, problem) = match state {
            ParcelFileState::Ready(file) => (Some(serde_json::to_string(file)?), None),
            ParcelFileState::Impossible(why) => (None, Some(why)),
            ParcelFileState::Waiting => return Ok(false),
        };
        let changed = self.execute(
            "UPDATE parcel_file SET ready = ?3, problem = ?4, due_at = NULL WHERE parcel_id = ?1 AND position = ?2 AND due_at IS NOT NULL",
            (order.parcel.0, order.position, ready, problem),
        )?;
        Ok(changed == 1)
    }

    /// The id under which WhatsApp has a file of ours since `since`.
    pub fn media_at_whatsapp(&self, blob: &str, number: &PhoneNumberId, since: Time) -> Result<Option<String>> {
        self.first(
            "SELECT media_id FROM media_at_whatsapp WHERE blob = ?1 AND phone_number_id = ?2 AND uploaded_at > ?3",
            (blob, &number.0, micros(since)),
            |row| Ok(row.get(0)?),
        )
    }

    /// WhatsApp has it under this id; `None`: it does not, after all.
    pub fn note_media_at_whatsapp(&self, blob: &str, number: &PhoneNumberId, id: Option<&str>, now: Time) -> Result<()> {
        match id {
            Some(id) => self.execute(
                "INSERT INTO media_at_whatsapp (blob, phone_number_id, media_id, uploaded_at) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (blob, phone_number_id) DO UPDATE SET media_id = excluded.media_id, uploaded_at = excluded.uploaded_at",
                (blob, &number.0, id, micros(now)),
            ),
            None => self.execute("DELETE FROM media_at_whatsapp WHERE blob = ?1 AND phone_number_id = ?2", (blob, &number.0)),
        }
        .map(drop)
    }
}
