//! What the cards about earlier messages show.

use super::view::Head;
use crate::bridge::{MessageId, MessageState, ThreadId, Time};

/// Messages of one thread.
#[derive(Clone, Debug)]
pub struct History {
    pub head: Head,
    pub thread: ThreadId,
    /// Oldest first. When they do not all fit, the newest are kept.
    pub messages: Vec<HistoryLine>,
    /// The oldest message of `messages`, when there are still older ones.
    pub older: Option<MessageId>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryLine {
    pub id: MessageId,
    pub at: Time,
    pub speaker: Speaker,
    pub text: String,
    /// For outgoing messages.
    pub state: Option<MessageState>,
    /// Written by the client before they agreed.
    pub before_consent: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Speaker {
    Client,
    /// A colleague, by name.
    Colleague(String),
    /// The server itself: requests, confirmations.
    System,
}

/// Threads to look into, latest first.
#[derive(Clone, Debug, Default)]
pub struct HistoryList {
    pub threads: Vec<HistoryRow>,
    /// How many more there are than `threads` holds.
    pub more: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryRow {
    pub thread: ThreadId,
    pub client: String,
    pub line: String,
    /// The last message in it.
    pub last: Option<Time>,
}
