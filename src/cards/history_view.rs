//! What the cards about earlier messages show.

use super::view::Head;
use crate::bridge::{ContactId, MediaForm, MessageId, MessageState, ThreadId, Time};

/// Messages of one thread.
#[derive(Clone, Debug)]
pub struct History {
    pub head: Head,
    pub thread: ThreadId,
    /// Oldest first. When they do not all fit, the newest are kept.
    pub messages: Vec<HistoryLine>,
    /// The oldest message of `messages`, when there are still older ones that the reader may see.
    pub older: Option<MessageId>,
    /// When there are newer ones that the reader may see: the message before which their page ends.
    pub newer: Option<MessageId>,
    pub contact: ContactId,
    /// Whether the reader takes part: only then there are templates to choose from.
    pub takes_part: bool,
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
    /// A file that the reader may open.
    pub file: Option<MediaForm>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Speaker {
    Client,
    /// A colleague, by name.
    Colleague(String),
    /// An internal note of a colleague, by name.
    Note(String),
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
    /// The last message in it that the reader may see.
    pub last: Option<Time>,
    /// Whether the reader takes part now.
    pub active: bool,
}

/// What a search in the messages found.
#[derive(Clone, Debug, Default)]
pub struct Found {
    pub query: String,
    /// Newest first.
    pub rows: Vec<FoundRow>,
    /// False: there may be more.
    pub complete: bool,
    /// Nothing to look for was typed.
    pub nothing_typed: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundRow {
    pub thread: ThreadId,
    /// The message before which the page ends that shows this one with some that follow; absent: the newest page.
    pub before: Option<MessageId>,
    pub client: String,
    pub line: String,
    pub at: Time,
    pub speaker: Speaker,
    pub excerpt: String,
}
