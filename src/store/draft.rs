//! Texts that wait for an answer to "Who is this for?".

use super::tx::{Result, Tx, micros};
use crate::bridge::{ColleagueId, ConversationId, MessageId, Posted, TeamsAttachment, Time};

/// What somebody wrote in Teams, as they wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Of a note without its mark.
    pub text: String,
    /// For colleagues only.
    pub note: bool,
    /// The message of ours that it answers.
    pub answers: Option<MessageId>,
    /// What came with it.
    pub files: Vec<TeamsAttachment>,
    /// Where it stands in Teams.
    pub written: Posted,
}

impl Draft {
    /// What came with it, by name.
    pub fn file_names(&self) -> Vec<String> {
        self.files.iter().map(|file| file.name.clone().unwrap_or_else(|| file.content_type.clone())).collect()
    }
}

const COLUMNS: &str = "draft_id, text, note, answers, files, conversation_id, activity_id";

fn read(row: &super::engine::Row<'_>) -> Result<(i64, Draft)> {
    let draft = Draft {
        text: row.get(1)?,
        note: row.get(2)?,
        answers: row.get::<Option<i64>>(3)?.map(MessageId),
        files: serde_json::from_str(&row.get::<String>(4)?)?,
        // An older version did not keep it.
        written: Posted {
            conversation: row.get::<Option<String>>(5)?.unwrap_or_default().into(),
            activity: row.get::<Option<String>>(6)?.unwrap_or_default().into(),
        },
    };
    Ok((row.get(0)?, draft))
}

impl Tx<'_> {
    /// Keeps a text; returns the draft's id.
    pub fn keep_draft(&self, colleague: &ColleagueId, draft: &Draft, now: Time) -> Result<i64> {
        self.one(
            "INSERT INTO draft (colleague_id, text, created_at, note, answers, files, conversation_id, activity_id)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) RETURNING draft_id",
            (
                &colleague.0,
                &draft.text,
                micros(now),
                draft.note,
                draft.answers.map(|id| id.0),
                serde_json::to_string(&draft.files)?,
                &draft.written.conversation.0,
                &draft.written.activity.0,
            ),
            |row| Ok(row.get(0)?),
        )
    }

    /// The colleague's own draft, while it is open.
    pub fn draft(&self, id: i64, colleague: &ColleagueId) -> Result<Option<Draft>> {
        let sql = format!("SELECT {COLUMNS} FROM draft WHERE draft_id = ?1 AND colleague_id = ?2 AND settled_at IS NULL");
        Ok(self.first(&sql, (id, &colleague.0), read)?.map(|(_, draft)| draft))
    }

    /// Who wrote a draft, settled or not.
    pub fn draft_author(&self, id: i64) -> Result<Option<ColleagueId>> {
        self.first("SELECT colleague_id FROM draft WHERE draft_id = ?1", [id], |row| Ok(ColleagueId(row.get(0)?)))
    }

    /// The colleague's open draft of a message of theirs, with its id.
    pub fn draft_of(&self, written: &Posted, colleague: &ColleagueId) -> Result<Option<(i64, Draft)>> {
        let ConversationId(conversation) = &written.conversation;
        let sql = format!(
            "SELECT {COLUMNS} FROM draft WHERE conversation_id = ?1 AND activity_id = ?2 AND colleague_id = ?3 AND settled_at IS NULL"
        );
        self.first(&sql, (conversation, &written.activity.0, &colleague.0), read)
    }

    /// Sent or discarded; false when it was settled before.
    pub fn settle_draft(&self, id: i64, now: Time) -> Result<bool> {
        Ok(self.execute("UPDATE draft SET settled_at = ?2 WHERE draft_id = ?1 AND settled_at IS NULL", (id, micros(now)))? == 1)
    }
}
