//! Files from Teams that may be used, and files on their way to WhatsApp.

use super::engine::Row;
use super::tx::{Result, Tx, from_word, maybe_time, micros, time, word};
use crate::bridge::{ActivityId, ColleagueId, FileSource, MediaForm, PhoneNumberId, ThreadId, Time};

/// A file that a colleague sent to the bot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    pub id: i64,
    pub source: FileSource,
    pub received_at: Time,
}

/// What to fetch and upload, and where to say how it went.
pub struct NewUpload<'a> {
    pub colleague: &'a ColleagueId,
    pub thread: ThreadId,
    pub number: &'a PhoneNumberId,
    pub template: &'a str,
    pub language: &'a str,
    pub values: &'a [String],
    pub source: &'a FileSource,
    pub form: MediaForm,
    /// The activity whose card shows the result. `None`: a new message does.
    pub card: Option<&'a ActivityId>,
    pub now: Time,
    /// The first attempt.
    pub due: Time,
}

#[derive(Clone, Debug)]
pub struct Upload {
    pub id: i64,
    pub colleague: ColleagueId,
    pub thread: ThreadId,
    pub number: PhoneNumberId,
    pub template: String,
    pub language: String,
    pub values: Vec<String>,
    pub source: FileSource,
    pub form: MediaForm,
    pub card: Option<ActivityId>,
    /// Attempts begun.
    pub attempts: u32,
    /// `Some` when it is at WhatsApp.
    pub ready: Option<Uploaded>,
}

/// A file at WhatsApp.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uploaded {
    pub media_id: String,
    pub filename: String,
    pub mime_type: String,
    /// Bytes.
    pub size: u64,
    /// Hexadecimal.
    pub sha256: String,
    pub at: Time,
}

const COLUMNS: &str = "upload_id, colleague_id, thread_id, phone_number_id, template, language, value_list, source, form, card, \
                       attempts, media_id, filename, mime_type, size, sha256, uploaded_at";

fn read(row: &Row<'_>) -> Result<Upload> {
    let media_id: Option<String> = row.get(11)?;
    let at = maybe_time(row.get(16)?);
    let ready = match (media_id, at) {
        (Some(media_id), Some(at)) => Some(Uploaded {
            media_id,
            filename: row.get(12)?,
            mime_type: row.get(13)?,
            size: row.get::<i64>(14)?.unsigned_abs(),
            sha256: row.get(15)?,
            at,
        }),
        _ => None,
    };
    Ok(Upload {
        id: row.get(0)?,
        colleague: ColleagueId(row.get(1)?),
        thread: ThreadId(row.get(2)?),
        number: PhoneNumberId(row.get(3)?),
        template: row.get(4)?,
        language: row.get(5)?,
        values: serde_json::from_str(&row.get::<String>(6)?)?,
        source: serde_json::from_str(&row.get::<String>(7)?)?,
        form: from_word(row.get(8)?)?,
        card: row.get::<Option<String>>(9)?.map(ActivityId),
        attempts: u32::try_from(row.get::<i64>(10)?).unwrap_or(u32::MAX),
        ready,
    })
}

fn read_attachment(row: &Row<'_>) -> Result<Attachment> {
    let (kind, url, name): (String, String, String) = (row.get(1)?, row.get(2)?, row.get(3)?);
    let source = if kind == "inline" { FileSource::Inline { url, name } } else { FileSource::File { url, name } };
    Ok(Attachment { id: row.get(0)?, source, received_at: time(row.get(4)?) })
}

impl Tx<'_> {
    /// Remembers a file that came from Teams. Links come from elsewhere and are not kept.
    pub fn keep_attachment(&self, colleague: &ColleagueId, source: &FileSource, now: Time) -> Result<()> {
        let kind = match source {
            // What is in Graph is asked for once.
            FileSource::Link { .. } | FileSource::Shared { .. } | FileSource::Hosted { .. } => return Ok(()),
            FileSource::File { .. } => "file",
            FileSource::Inline { .. } => "inline",
        };
        self.execute(
            "INSERT INTO attachment (colleague_id, name, kind, url, received_at) VALUES (?1, ?2, ?3, ?4, ?5)",
            (&colleague.0, source.name().unwrap_or_default(), kind, source.url(), micros(now)),
        )?;
        Ok(())
    }

    /// The files that the colleague sent after `since`, newest first.
    pub fn attachments(&self, colleague: &ColleagueId, since: Time, limit: u32) -> Result<Vec<Attachment>> {
        self.all(
            "SELECT attachment_id, kind, url, name, received_at FROM attachment
             WHERE colleague_id = ?1 AND received_at > ?2 ORDER BY received_at DESC, attachment_id DESC LIMIT ?3",
            (&colleague.0, micros(since), limit),
            read_attachment,
        )
    }

    /// One of them.
    pub fn attachment(&self, colleague: &ColleagueId, id: i64, since: Time) -> Result<Option<Attachment>> {
        self.first(
            "SELECT attachment_id, kind, url, name, received_at FROM attachment
             WHERE attachment_id = ?1 AND colleague_id = ?2 AND received_at > ?3",
            (id, &colleague.0, micros(since)),
            read_attachment,
        )
    }

    /// Orders an upload. What was ordered before from the same card is given up: the card can show one result.
    pub fn order_upload(&self, new: &NewUpload<'_>) -> Result<i64> {
        if let Some(card) = new.card {
            self.give_up_uploads(new.colleague, card)?;
        }
        self.one(
            "INSERT INTO upload (colleague_id, thread_id, phone_number_id, template, language, value_list, source, form, card,
                 due_at, created_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) RETURNING upload_id",
            (
                &new.colleague.0,
                new.thread.0,
                &new.number.0,
                new.template,
                new.language,
                serde_json::to_string(new.values)?,
                serde_json::to_string(new.source)?,
                word(&new.form)?,
                new.card.map(|card| &card.0),
                micros(new.due),
                micros(new.now),
            ),
            |row| Ok(row.get(0)?),
        )
    }

    /// Gives up what is on its way for a card.
    pub fn give_up_uploads(&self, colleague: &ColleagueId, card: &ActivityId) -> Result<()> {
        self.execute(
            "UPDATE upload SET state = 'superseded', due_at = NULL WHERE colleague_id = ?1 AND card = ?2 AND due_at IS NOT NULL",
            (&colleague.0, &card.0),
        )?;
        Ok(())
    }

    /// Due uploads, each with one more attempt; they are not due again before `lease`.
    pub fn take_due_uploads(&self, now: Time, lease: Time, limit: u32) -> Result<Vec<Upload>> {
        let due: Vec<i64> =
            self.all("SELECT upload_id FROM upload WHERE due_at <= ?1 ORDER BY due_at, upload_id LIMIT ?2", (micros(now), limit), |row| {
                Ok(row.get(0)?)
            })?;
        let mut taken = Vec::with_capacity(due.len());
        for id in due {
            self.execute("UPDATE upload SET attempts = attempts + 1, due_at = ?2 WHERE upload_id = ?1", (id, micros(lease)))?;
            taken.extend(self.upload(id)?);
        }
        Ok(taken)
    }

    /// Makes everything due that a stopped server had in hand: an upload may be repeated.
    pub fn resume_uploads(&self, now: Time) -> Result<usize> {
        self.execute("UPDATE upload SET due_at = ?1 WHERE due_at > ?1", [micros(now)])
    }

    pub fn next_upload_due(&self) -> Result<Option<Time>> {
        let due = self.first("SELECT due_at FROM upload WHERE due_at IS NOT NULL ORDER BY due_at LIMIT 1", [], |row| Ok(row.get(0)?))?;
        Ok(maybe_time(due))
    }

    pub fn upload(&self, id: i64) -> Result<Option<Upload>> {
        self.first(&format!("SELECT {COLUMNS} FROM upload WHERE upload_id = ?1"), [id], read)
    }

    /// The upload while its result is awaited: nobody has given it up.
    pub fn awaited_upload(&self, id: i64) -> Result<Option<Upload>> {
        self.first(&format!("SELECT {COLUMNS} FROM upload WHERE upload_id = ?1 AND state = 'pending'"), [id], read)
    }

    pub fn upload_again(&self, id: i64, at: Time) -> Result<()> {
        self.execute("UPDATE upload SET due_at = ?2 WHERE upload_id = ?1 AND state = 'pending'", (id, micros(at)))?;
        Ok(())
    }

    pub fn upload_failed(&self, id: i64) -> Result<()> {
        self.execute("UPDATE upload SET state = 'failed', due_at = NULL WHERE upload_id = ?1", [id])?;
        Ok(())
    }

    pub fn upload_ready(&self, id: i64, file: &Uploaded) -> Result<()> {
        self.execute(
            "UPDATE upload SET state = 'ready', due_at = NULL, media_id = ?2, filename = ?3, mime_type = ?4, size = ?5, sha256 = ?6,
                 uploaded_at = ?7
             WHERE upload_id = ?1",
            (
                id,
                &file.media_id,
                &file.filename,
                &file.mime_type,
                i64::try_from(file.size).unwrap_or(i64::MAX),
                &file.sha256,
                micros(file.at),
            ),
        )?;
        Ok(())
    }

    /// Forgets files of Teams received before `attachments`, and uploads ordered before `uploads`.
    pub fn forget_files(&self, attachments: Time, uploads: Time) -> Result<()> {
        self.execute("DELETE FROM attachment WHERE received_at <= ?1", [micros(attachments)])?;
        self.execute("DELETE FROM upload WHERE created_at <= ?1 AND due_at IS NULL", [micros(uploads)])?;
        Ok(())
    }
}
