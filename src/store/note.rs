//! Internal notes. They stand among the messages of their thread, for then they are read in its order, page by page, by exactly those who
//! may see what stands around them.
//!
//! Invariant: a note never goes to a client. It is in a state of its own ([`MessageState::Internal`]), the database refuses every other
//! state for it, and only what is `Queued` is ever handed to WhatsApp.

use super::message::{Message, NewMessage, Purpose};
use super::tx::{Result, StoreError, Tx};
use crate::bridge::{ColleagueId, ConversationId, MessageId, MessageState, Outgoing, ThreadId, Time};

/// As a message's text is kept, so that whoever reads messages reads notes.
fn content(text: &str) -> Result<String> {
    Ok(serde_json::to_string(&Outgoing::Text { body: text.to_owned() })?)
}

impl Message {
    pub fn is_note(&self) -> bool {
        self.purpose == Purpose::Note
    }
}

impl Tx<'_> {
    /// Keeps a note.
    pub fn keep_note(
        &self,
        thread: ThreadId,
        author: &ColleagueId,
        text: &str,
        written_in: &ConversationId,
        now: Time,
    ) -> Result<MessageId> {
        let new = NewMessage {
            thread,
            author: Some(author.as_str()),
            purpose: Purpose::Note,
            content: &content(text)?,
            state: MessageState::Internal,
            rule: None,
            wamid: None,
            reply_to: None,
            retry_of: None,
            created_at: now,
            written_in: Some(written_in),
            signed: None,
        };
        // Without a wamid there is nothing to collide with.
        self.insert_message(&new)?.ok_or(StoreError::Panicked)
    }

    /// Replaces a note's text; the earlier text stays in the journal.
    pub fn rewrite_note(&self, id: MessageId, text: &str) -> Result<()> {
        self.execute("UPDATE message SET content = ?2 WHERE message_id = ?1 AND purpose = 'note'", (id.0, content(text)?)).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const THREAD: ThreadId = ThreadId(1);

    fn new(content: &str, purpose: Purpose, state: MessageState) -> NewMessage<'_> {
        NewMessage {
            thread: THREAD,
            author: Some("ana"),
            purpose,
            content,
            state,
            rule: None,
            wamid: None,
            reply_to: None,
            retry_of: None,
            created_at: Time::UNIX_EPOCH,
            written_in: None,
            signed: None,
        }
    }

    const STATES: [MessageState; 13] = [
        MessageState::Received,
        MessageState::Held,
        MessageState::Queued,
        MessageState::Uncertain,
        MessageState::Accepted,
        MessageState::Sent,
        MessageState::Delivered,
        MessageState::Read,
        MessageState::Played,
        MessageState::Failed,
        MessageState::Withdrawn,
        MessageState::Expired,
        MessageState::Refused,
    ];

    #[tokio::test]
    async fn the_database_itself_keeps_a_note_from_ever_being_on_its_way() {
        let (_home, store) = crate::store::testing::fresh();
        let (note, text) = store
            .write("test", |tx| {
                let note = tx.keep_note(THREAD, &"ana".into(), "between us", &"a:1".into(), Time::UNIX_EPOCH)?;
                let text = tx.insert_message(&new(&content("hello")?, Purpose::Free, MessageState::Held))?.expect("no wamid");
                Ok((note, text))
            })
            .await
            .expect("kept");
        for state in STATES {
            let moved = store.write("test", move |tx| tx.set_state(note, MessageState::Internal, state, Time::UNIX_EPOCH)).await;
            assert!(moved.is_err(), "a note became {state:?}");
            let made = store.write("test", move |tx| tx.insert_message(&new(&content("x")?, Purpose::Note, state))).await;
            assert!(made.is_err(), "a note was made {state:?}");
        }
        let hidden = store.write("test", move |tx| tx.set_state(text, MessageState::Held, MessageState::Internal, Time::UNIX_EPOCH)).await;
        assert!(hidden.is_err(), "a message for the client cannot be turned into a note unseen");
        let found = store.read(move |tx| tx.message(note)).await.expect("read").expect("still there");
        assert_eq!((found.is_note(), found.state), (true, MessageState::Internal));
    }

    #[tokio::test]
    async fn a_note_is_neither_held_nor_the_last_message_sent() {
        let (_home, store) = crate::store::testing::fresh();
        store
            .write("test", |tx| {
                tx.keep_note(THREAD, &"ana".into(), "between us", &"a:1".into(), Time::UNIX_EPOCH)?;
                assert_eq!((tx.held_count(THREAD)?, tx.last_sent(THREAD)?), (0, None));
                assert_eq!(tx.messages_before(THREAD, None, 10)?.len(), 1);
                Ok(())
            })
            .await
            .expect("read");
    }
}
