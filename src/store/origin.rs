//! What a client's message belongs to, and which messages are about another one.

use super::message::Message;
use super::tx::{Result, Tx};
use crate::bridge::{MessageId, Origin, ThreadId, Wamid};

impl Tx<'_> {
    /// Keeps what WhatsApp says of a client's message; of most there is nothing to say.
    pub fn save_origin(&self, message: MessageId, origin: &Origin) -> Result<()> {
        self.execute(
            "INSERT INTO origin (message_id, forwarded, product) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
            (message.0, origin.forwarded, &origin.product),
        )
        .map(drop)
    }

    /// What WhatsApp said of a client's message, where it said something.
    pub fn origin(&self, message: MessageId) -> Result<Option<Origin>> {
        self.first("SELECT forwarded, product FROM origin WHERE message_id = ?1", [message.0], |row| {
            Ok(Origin { forwarded: row.get(0)?, product: row.get(1)? })
        })
    }

    /// Messages of a thread that answer the one under this wamid, or name it in their content; perhaps others among them, for whose
    /// content says the same by chance. Only later ones are: `since` is its own number.
    pub fn messages_about(&self, thread: ThreadId, since: MessageId, wamid: &Wamid) -> Result<Vec<Message>> {
        let ids = self.all(
            "SELECT message_id FROM message WHERE thread_id = ?1 AND message_id > ?2 AND (reply_to = ?3 OR content LIKE ?4) ORDER BY message_id",
            (thread.0, since.0, &wamid.0, format!("%{}%", wamid.0)),
            |row| Ok(MessageId(row.get(0)?)),
        )?;
        let mut found = Vec::with_capacity(ids.len());
        for id in ids {
            found.extend(self.message(id)?);
        }
        Ok(found)
    }
}
