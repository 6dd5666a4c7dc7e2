//! Texts that wait for an answer to "Who is this for?".

use super::tx::{Result, Tx, micros};
use crate::bridge::{ColleagueId, MessageId, TeamsAttachment, Time};

/// What somebody wrote, as they wrote it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    pub text: String,
    /// The message of ours that it quoted.
    pub answers: Option<MessageId>,
    /// What came with it.
    pub files: Vec<TeamsAttachment>,
}

impl Tx<'_> {
    /// Keeps a text; returns the draft's id.
    pub fn keep_draft(&self, colleague: &ColleagueId, draft: &Draft, now: Time) -> Result<i64> {
        self.execute(
            "INSERT INTO draft (colleague_id, text, created_at, answers, files) VALUES (?1, ?2, ?3, ?4, ?5)",
            (&colleague.0, &draft.text, micros(now), draft.answers.map(|id| id.0), serde_json::to_string(&draft.files)?),
        )?;
        Ok(self.connection.last_insert_rowid())
    }

    /// The colleague's own draft, while it is open.
    pub fn draft(&self, id: i64, colleague: &ColleagueId) -> Result<Option<Draft>> {
        self.first(
            "SELECT text, answers, files FROM draft WHERE draft_id = ?1 AND colleague_id = ?2 AND settled_at IS NULL",
            (id, &colleague.0),
            |row| {
                Ok(Draft {
                    text: row.get(0)?,
                    answers: row.get::<_, Option<i64>>(1)?.map(MessageId),
                    files: serde_json::from_str(&row.get::<_, String>(2)?)?,
                })
            },
        )
    }

    /// Sent or discarded; false when it was settled before.
    pub fn settle_draft(&self, id: i64, now: Time) -> Result<bool> {
        Ok(self.execute("UPDATE draft SET settled_at = ?2 WHERE draft_id = ?1 AND settled_at IS NULL", (id, micros(now)))? == 1)
    }
}
