//! Group chats that are made for threads through Microsoft Graph, from the order until the app is there.
//!
//! Invariants: a thread has one open order at most; that a chat is about to be asked for is written down before it is, so that a request
//! which was cut off is known as perhaps answered; the chat's id is kept for good, for it says which chats are ours to keep in order.

use super::engine::Row;
use super::tx::{Result, Tx, from_word, maybe_time, micros, time, word};
use crate::bridge::{ColleagueId, ConversationId, ThreadId, Time};
use serde::{Deserialize, Serialize};

/// How far an order has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChatStage {
    /// To be asked for. Whatever was asked before was certainly refused.
    Ordered,
    /// Asked for, and no answer is known: the chat is there, or not.
    Asked,
    /// The chat is there; the app is to be installed in it.
    Made,
    /// The app was installed in it, and has not reported from there yet.
    Installed,
    /// The app is in the chat.
    Arrived,
    /// Nothing more is done by itself; the colleagues were told why.
    GivenUp,
    /// The chat was made and is there no more.
    Gone,
}

impl ChatStage {
    /// Whether something is still to be done.
    pub fn is_open(self) -> bool {
        !matches!(self, Self::Arrived | Self::GivenUp | Self::Gone)
    }
}

/// A group chat for a thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatOrder {
    pub id: i64,
    pub thread: ThreadId,
    /// A colleague, or the server.
    pub by: String,
    pub stage: ChatStage,
    /// When it came to this stage.
    pub since: Time,
    /// The title it was asked for with.
    pub topic: String,
    /// Whom it was asked for with.
    pub members: Vec<ColleagueId>,
    /// When it was asked for without an answer that says what came of it.
    pub asked_at: Option<Time>,
    /// A colleague knows that it may be there already, and wants another one if it is not found.
    pub another: bool,
    /// The chat, once it is known.
    pub chat: Option<ConversationId>,
}

const COLUMNS: &str = "chat_order_id, thread_id, ordered_by, stage, since, topic, members, asked_at, another, chat_id";

fn read(row: &Row<'_>) -> Result<ChatOrder> {
    Ok(ChatOrder {
        id: row.get(0)?,
        thread: ThreadId(row.get(1)?),
        by: row.get(2)?,
        stage: from_word(row.get(3)?)?,
        since: time(row.get(4)?),
        topic: row.get(5)?,
        members: serde_json::from_str(&row.get::<String>(6)?)?,
        asked_at: maybe_time(row.get(7)?),
        another: row.get(8)?,
        chat: row.get::<Option<String>>(9)?.map(ConversationId),
    })
}

impl Tx<'_> {
    /// Orders a group chat for a thread; `None`: one is on order already.
    pub fn order_chat(&self, thread: ThreadId, by: &str, now: Time) -> Result<Option<i64>> {
        let sql = "INSERT INTO chat_order (thread_id, ordered_by, stage, since) VALUES (?1, ?2, ?3, ?4)
                   ON CONFLICT DO NOTHING RETURNING chat_order_id";
        self.first(sql, (thread.0, by, word(&ChatStage::Ordered)?, micros(now)), |row| Ok(row.get(0)?))
    }

    pub fn chat_order(&self, id: i64) -> Result<Option<ChatOrder>> {
        self.first(&format!("SELECT {COLUMNS} FROM chat_order WHERE chat_order_id = ?1"), [id], read)
    }

    /// The newest order for a thread, open or not.
    pub fn last_chat_order(&self, thread: ThreadId) -> Result<Option<ChatOrder>> {
        let sql = format!("SELECT {COLUMNS} FROM chat_order WHERE thread_id = ?1 ORDER BY chat_order_id DESC LIMIT 1");
        self.first(&sql, [thread.0], read)
    }

    /// The order from which a chat came; `None`: people made it.
    pub fn chat_order_of(&self, chat: &ConversationId) -> Result<Option<ChatOrder>> {
        self.first(&format!("SELECT {COLUMNS} FROM chat_order WHERE chat_id = ?1"), [&chat.0], read)
    }

    /// Stores how far an order has come.
    pub fn save_chat_order(&self, order: &ChatOrder) -> Result<()> {
        self.execute(
            "UPDATE chat_order SET ordered_by = ?2, stage = ?3, since = ?4, topic = ?5, members = ?6, asked_at = ?7, another = ?8,
                    chat_id = ?9
             WHERE chat_order_id = ?1",
            (
                order.id,
                &order.by,
                word(&order.stage)?,
                micros(order.since),
                &order.topic,
                serde_json::to_string(&order.members)?,
                order.asked_at.map(micros),
                order.another,
                order.chat.as_ref().map(|chat| &chat.0),
            ),
        )
        .map(drop)
    }
}
