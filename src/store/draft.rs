//! Texts that wait for an answer to "Who is this for?".

use super::tx::{Result, Tx, micros};
use crate::bridge::{ColleagueId, Time};

impl Tx<'_> {
    /// Keeps a text; returns the draft's id.
    pub fn keep_draft(&self, colleague: &ColleagueId, text: &str, now: Time) -> Result<i64> {
        self.execute("INSERT INTO draft (colleague_id, text, created_at) VALUES (?1, ?2, ?3)", (&colleague.0, text, micros(now)))?;
        Ok(self.connection.last_insert_rowid())
    }

    /// The colleague's own draft, while it is open.
    pub fn draft(&self, id: i64, colleague: &ColleagueId) -> Result<Option<String>> {
        self.first("SELECT text FROM draft WHERE draft_id = ?1 AND colleague_id = ?2 AND settled_at IS NULL", (id, &colleague.0), |row| {
            Ok(row.get(0)?)
        })
    }

    /// Sent or discarded; false when it was settled before.
    pub fn settle_draft(&self, id: i64, now: Time) -> Result<bool> {
        Ok(self.execute("UPDATE draft SET settled_at = ?2 WHERE draft_id = ?1 AND settled_at IS NULL", (id, micros(now)))? == 1)
    }
}
