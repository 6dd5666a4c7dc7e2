//! Reactions that clients see of ours.

use super::tx::{Result, Tx};
use crate::bridge::{ColleagueId, MessageId};

impl Tx<'_> {
    /// The client sees this reaction on the message from now on, instead of an earlier one.
    pub fn reacted(&self, message: MessageId, colleague: &ColleagueId, emoji: &str) -> Result<()> {
        self.execute(
            "INSERT INTO reaction (message_id, colleague_id, emoji) VALUES (?1, ?2, ?3)
             ON CONFLICT (message_id) DO UPDATE SET colleague_id = excluded.colleague_id, emoji = excluded.emoji",
            (message.0, &colleague.0, emoji),
        )
        .map(drop)
    }

    /// True when the client saw this reaction of this colleague; it is theirs no more.
    pub fn take_back_reaction(&self, message: MessageId, colleague: &ColleagueId, emoji: &str) -> Result<bool> {
        let sql = "DELETE FROM reaction WHERE message_id = ?1 AND colleague_id = ?2 AND emoji = ?3";
        Ok(self.execute(sql, (message.0, &colleague.0, emoji))? == 1)
    }
}
