//! What was changed after it was said: by clients, and by colleagues when it had left already.

use super::message::Message;
use super::tx::{Result, Tx, micros};
use crate::bridge::{ActivityId, ConversationId, MessageId, Time, Wamid};

impl Tx<'_> {
    /// Records that a client's message changes or deletes another one, which need not be known yet.
    pub fn record_revision(&self, target: &Wamid, by: MessageId) -> Result<()> {
        self.execute("INSERT INTO revision (target, message_id) VALUES (?1, ?2) ON CONFLICT DO NOTHING", (&target.0, by.0)).map(drop)
    }

    /// The messages that change or delete this one, in the order in which the client wrote them.
    pub fn revisions(&self, target: &Wamid) -> Result<Vec<Message>> {
        let ids = self.all("SELECT message_id FROM revision WHERE target = ?1", [&target.0], |row| Ok(MessageId(row.get(0)?)))?;
        let mut found = Vec::with_capacity(ids.len());
        for id in ids {
            found.extend(self.message(id)?);
        }
        found.sort_by_key(|message| (message.created_at, message.id));
        Ok(found)
    }

    /// The activities as which a message was posted in a conversation; more than one where it was too long for one.
    pub fn posted_as(&self, message: MessageId, conversation: &ConversationId) -> Result<Vec<ActivityId>> {
        self.all(
            "SELECT activity_id FROM posting WHERE message_id = ?1 AND conversation_id = ?2 ORDER BY activity_id",
            (message.0, &conversation.0),
            |row| Ok(ActivityId(row.get(0)?)),
        )
    }

    /// Keeps the text that a colleague's message should have had. What was kept for it before is not to be sent any more.
    pub fn keep_correction(&self, message: MessageId, text: &str, now: Time) -> Result<i64> {
        self.drop_corrections(message, now)?;
        self.one("INSERT INTO correction (message_id, text) VALUES (?1, ?2) RETURNING correction_id", (message.0, text), |row| {
            Ok(row.get(0)?)
        })
    }

    /// Nothing that was kept for this message is to be sent any more.
    pub fn drop_corrections(&self, message: MessageId, now: Time) -> Result<()> {
        self.execute("UPDATE correction SET settled_at = ?2 WHERE message_id = ?1 AND settled_at IS NULL", (message.0, micros(now)))
            .map(drop)
    }

    /// The text of a correction, sent or not.
    pub fn correction(&self, id: i64, message: MessageId) -> Result<Option<String>> {
        self.first("SELECT text FROM correction WHERE correction_id = ?1 AND message_id = ?2", (id, message.0), |row| Ok(row.get(0)?))
    }

    /// Takes a correction to send it; false when it was sent, or is out of date.
    pub fn take_correction(&self, id: i64, now: Time) -> Result<bool> {
        let changed =
            self.execute("UPDATE correction SET settled_at = ?2 WHERE correction_id = ?1 AND settled_at IS NULL", (id, micros(now)))?;
        Ok(changed == 1)
    }
}

#[cfg(test)]
mod tests {
    use crate::bridge::MessageId;
    use crate::store::Store;

    /// A client's change is looked for among all that was ever posted.
    #[tokio::test]
    async fn where_a_message_was_posted_is_found_by_its_number() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let store = Store::open(&folder.path().join("test.db")).expect("opens");
        let found = store
            .write("test", |tx| {
                tx.record_posting(&"a:1".into(), &"20".into(), None, Some(MessageId(7)))?;
                tx.record_posting(&"a:1".into(), &"10".into(), None, Some(MessageId(7)))?;
                tx.record_posting(&"a:2".into(), &"05".into(), None, Some(MessageId(7)))?;
                let sql = "EXPLAIN QUERY PLAN SELECT activity_id FROM posting WHERE message_id = 7 AND conversation_id = 'a:1' ORDER BY activity_id";
                let plan = tx.all(sql, [], |row| Ok(row.get::<String>(3)?))?;
                Ok((tx.posted_as(MessageId(7), &"a:1".into())?, tx.posted_as(MessageId(8), &"a:1".into())?, plan))
            })
            .await
            .expect("read");
        assert_eq!((found.0, found.1), (vec!["10".into(), "20".into()], Vec::new()));
        assert!(found.2.iter().all(|step| step.contains("posting_message")), "{:?}", found.2);
    }
}
