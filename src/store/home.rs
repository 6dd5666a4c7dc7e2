//! The shared conversation in which a thread lives. A thread without one lives in its participants' own chats.

use super::tx::{Result, Tx};
use crate::bridge::{ColleagueId, ConversationId, ThreadId};

/// A thread's shared home.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    pub thread: ThreadId,
    /// The channel or chat.
    pub base: ConversationId,
    /// Where the thread's posts go: the chat, or the reply chain of the channel. `None` while the chain is being opened.
    pub conversation: Option<ConversationId>,
}

fn read(row: &super::engine::Row<'_>) -> Result<Home> {
    Ok(Home {
        thread: ThreadId(row.get(0)?),
        base: row.get::<String>(1)?.into(),
        conversation: row.get::<Option<String>>(2)?.map(ConversationId),
    })
}

impl Tx<'_> {
    pub fn home(&self, thread: ThreadId) -> Result<Option<Home>> {
        self.first("SELECT thread_id, base_id, conversation_id FROM home WHERE thread_id = ?1 AND lost = 0", [thread.0], read)
    }

    /// Whether a thread lives, or has ever lived, in a shared conversation.
    pub fn had_home(&self, thread: ThreadId) -> Result<bool> {
        Ok(self.first("SELECT 1 FROM home WHERE thread_id = ?1", [thread.0], |_| Ok(()))?.is_some())
    }

    /// The thread that lives in a conversation, which is named as Teams spells it.
    pub fn home_at(&self, conversation: &ConversationId) -> Result<Option<Home>> {
        self.first("SELECT thread_id, base_id, conversation_id FROM home WHERE conversation_id = ?1 AND lost = 0", [&conversation.0], read)
    }

    /// The threads that live in a chat, or in the chains of a channel.
    pub fn homes_in(&self, base: &ConversationId) -> Result<Vec<Home>> {
        self.all("SELECT thread_id, base_id, conversation_id FROM home WHERE base_id = ?1 AND lost = 0 ORDER BY thread_id", [&base.0], read)
    }

    /// The thread lives there from now on. A conversation is home to one thread: another one's claim is refused by the index.
    pub fn settle_in(&self, thread: ThreadId, base: &ConversationId, conversation: Option<&ConversationId>) -> Result<()> {
        self.execute(
            "INSERT INTO home (thread_id, base_id, conversation_id) VALUES (?1, ?2, ?3)
             ON CONFLICT (thread_id) DO UPDATE SET base_id = excluded.base_id, conversation_id = excluded.conversation_id,
               lost = 0",
            (thread.0, &base.0, conversation.map(|id| &id.0)),
        )?;
        Ok(())
    }

    /// The thread lives in its participants' own chats again; false when it did already.
    pub fn lose_home(&self, thread: ThreadId) -> Result<bool> {
        Ok(self.execute("UPDATE home SET lost = 1 WHERE thread_id = ?1 AND lost = 0", [thread.0])? == 1)
    }

    /// The threads that a colleague takes part in, newest first, and whether each lives in their own chat: not in a shared conversation of
    /// which they are a member.
    pub fn open_threads_by_home(&self, colleague: &ColleagueId) -> Result<Vec<(ThreadId, bool)>> {
        self.all(
            "SELECT thread_id, NOT EXISTS (SELECT 1 FROM home JOIN member ON member.conversation_id = home.base_id
                 WHERE home.thread_id = participant.thread_id AND home.lost = 0 AND member.colleague_id = ?1)
             FROM participant WHERE colleague_id = ?1 AND left_at IS NULL ORDER BY thread_id DESC",
            [&colleague.0],
            |row| Ok((ThreadId(row.get(0)?), row.get(1)?)),
        )
    }

    /// The chain that was being opened for a thread is there; false when the thread lives elsewhere by now.
    pub fn opened(&self, thread: ThreadId, base: &ConversationId, conversation: &ConversationId) -> Result<bool> {
        let changed = self.execute(
            "UPDATE home SET conversation_id = ?3 WHERE thread_id = ?1 AND base_id = ?2 AND conversation_id IS NULL AND lost = 0",
            (thread.0, &base.0, &conversation.0),
        )?;
        Ok(changed == 1)
    }

    /// The participants want their own chats: the conversation is free for another thread, and nothing leads back there by itself.
    /// False when the thread lived in their own chats already.
    pub fn move_out(&self, thread: ThreadId) -> Result<bool> {
        Ok(self.execute("UPDATE home SET lost = 2, conversation_id = NULL WHERE thread_id = ?1 AND lost = 0", [thread.0])? == 1)
    }

    /// The channel or chat in which a thread lived last, when it lives there no more.
    pub fn lost_home(&self, thread: ThreadId) -> Result<Option<ConversationId>> {
        self.first("SELECT base_id FROM home WHERE thread_id = ?1 AND lost <> 0", [thread.0], |row| Ok(ConversationId(row.get(0)?)))
    }

    /// The threads that were lost with a chat, or with the chains of a channel, and have not been moved since.
    pub fn lost_homes_in(&self, base: &ConversationId) -> Result<Vec<Home>> {
        self.all("SELECT thread_id, base_id, conversation_id FROM home WHERE base_id = ?1 AND lost = 1 ORDER BY thread_id", [&base.0], read)
    }

    /// A conversation is to be home to another thread: whichever was lost with it does not come back.
    pub fn unclaim(&self, conversation: &ConversationId) -> Result<()> {
        self.execute("UPDATE home SET lost = 2, conversation_id = NULL WHERE conversation_id = ?1 AND lost <> 0", [&conversation.0])
            .map(drop)
    }
}
