//! What stands in a conversation: its messages, and what each person sees of them.
//!
//! Invariant: a targeted message is seen by its one reader only, and a card that an invoke answered with by the one who pressed.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::simulator::journal::next_seq;

/// Who wrote an item of a chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Author {
    Bot,
    User,
    /// A bot that is not ours.
    OtherBot,
}

/// One message as a person sees it.
#[derive(Clone, Debug, Serialize)]
pub struct ChatItem {
    pub seq: u64,
    pub activity_id: String,
    pub from: Author,
    /// `28:…` or `29:…`
    pub author_id: String,
    /// The author's name.
    pub author: String,
    pub at: DateTime<Utc>,
    pub edited_at: Option<DateTime<Utc>>,
    pub deleted: bool,
    pub text: Option<String>,
    /// `plain`, `markdown` or `xml` (HTML).
    pub format: String,
    /// The Adaptive Card on show: the posted one, or the one an invoke answered with.
    pub card: Option<Value>,
    /// What the notification said.
    pub summary: Option<String>,
    /// The activity this one quotes.
    pub quoted: Option<String>,
    /// Names of the files that the user sent with it.
    pub files: Vec<String>,
    pub reactions: Vec<String>,
    /// How often the bot updated it.
    pub revision: u32,
    /// For users' messages: what the bot's endpoint answered (0 = no answer); `None` when the bot was not told.
    pub status: Option<u16>,
    /// In a channel: the message that opened its chain, which may be itself.
    pub root: Option<String>,
    /// Short name of the only person who sees it (targeted messages).
    pub private_to: Option<String>,
}

impl ChatItem {
    /// A message of somebody (their id and name) with nothing in it yet.
    pub(super) fn new(id: &str, from: Author, (author_id, author): (&str, &str), at: DateTime<Utc>) -> Self {
        Self {
            seq: next_seq(),
            activity_id: id.to_owned(),
            from,
            author_id: author_id.to_owned(),
            author: author.to_owned(),
            at,
            edited_at: None,
            deleted: false,
            text: None,
            format: "plain".to_owned(),
            card: None,
            summary: None,
            quoted: None,
            files: Vec::new(),
            reactions: Vec::new(),
            revision: 0,
            status: None,
            root: None,
            private_to: None,
        }
    }

    /// With these words.
    pub(super) fn saying(self, text: String, format: &str) -> Self {
        Self { text: Some(text), format: format.to_owned(), ..self }
    }

    /// The chain it stands in, where there are chains.
    pub(super) fn is_in(&self, root: Option<&str>) -> bool {
        root.is_none() || self.root.as_deref() == root
    }
}

/// The messages of one conversation; of a channel, those of all its chains.
#[derive(Default)]
pub(super) struct Timeline {
    items: Vec<ChatItem>,
    /// When the bot last showed that it types.
    pub(super) typing_at: Option<DateTime<Utc>>,
    /// Cards that invokes answered with, by activity and by who pressed.
    views: HashMap<(String, String), Value>,
}

impl Timeline {
    pub(super) fn push(&mut self, item: ChatItem) {
        self.items.push(item);
    }

    pub(super) fn items(&self) -> &[ChatItem] {
        &self.items
    }

    pub(super) fn item(&mut self, activity_id: &str) -> Option<&mut ChatItem> {
        self.items.iter_mut().rev().find(|item| item.activity_id == activity_id)
    }

    /// Whether a chain was opened by this message.
    pub(super) fn has_chain(&self, root: &str) -> bool {
        self.items.iter().any(|item| item.activity_id == root && item.root.as_deref() == Some(root))
    }

    /// The card that one person sees from now on in place of the posted one.
    pub(super) fn show_to(&mut self, user: &str, activity_id: &str, card: Value) {
        self.views.insert((activity_id.to_owned(), user.to_owned()), card);
    }

    /// Everybody sees what is posted again.
    pub(super) fn show_to_all(&mut self, activity_id: &str) {
        self.views.retain(|(activity, _), _| activity != activity_id);
    }

    /// The message as this person sees it.
    pub(super) fn seen(&self, user: &str, activity_id: &str) -> Option<ChatItem> {
        self.items.iter().rev().find(|item| item.activity_id == activity_id).and_then(|item| self.view(user, item))
    }

    /// The messages of a chain (or all) as this person sees them, oldest first.
    pub(super) fn seen_by(&self, user: &str, root: Option<&str>) -> Vec<ChatItem> {
        self.items.iter().filter(|item| item.is_in(root)).filter_map(|item| self.view(user, item)).collect()
    }

    /// What each person sees in place of the posted card of an activity: `(activity, person, card)`.
    pub(super) fn views(&self) -> impl Iterator<Item = (&str, &str, &Value)> {
        self.views.iter().map(|((activity, user), card)| (activity.as_str(), user.as_str(), card))
    }

    fn view(&self, user: &str, item: &ChatItem) -> Option<ChatItem> {
        if item.private_to.as_deref().is_some_and(|reader| reader != user) {
            return None;
        }
        let own = self.views.get(&(item.activity_id.clone(), user.to_owned())).filter(|_| !item.deleted);
        Some(ChatItem { card: own.cloned().or_else(|| item.card.clone()), ..item.clone() })
    }
}
