//! What the Teams world holds: its colleagues, their chats, and the conversations they share.
//!
//! Invariant: ids rise, each is given once.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, RwLock};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use super::chat::Timeline;
use super::keys::{Keys, Tokens};
use super::rooms::Shared;
use crate::simulator::common::{Common, ControlError};

/// A colleague.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TeamsUser {
    /// Short name for controls (`ana`). A position (`0`), object id or UPN works as well.
    pub key: String,
    pub name: String,
    pub upn: String,
    /// Entra object id, lower case.
    pub object_id: String,
    /// `29:…`
    pub user_id: String,
    /// `a:…`
    pub conversation_id: String,
    /// BCP 47.
    pub locale: String,
    /// IANA.
    pub time_zone: String,
}

/// A file in a message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SentFile {
    pub name: String,
    pub mime_type: String,
    /// Base64.
    pub data: String,
    /// Pasted into the text instead of attached.
    pub inline: bool,
    /// Whoever fetches the file is sent there instead.
    pub redirect: Option<String>,
    /// Short name of who made it; `None`: who posts it.
    pub made_by: Option<String>,
    /// A pasted picture of which the bot is shown the HTML alone, as it happens in group chats.
    pub unlisted: bool,
}

/// A file of a message in a shared conversation, as Microsoft Graph knows it.
#[derive(Clone, Debug)]
pub(super) struct PostedFile {
    pub(super) id: String,
    pub(super) file: SentFile,
    /// Entra object id.
    pub(super) maker: String,
}

impl PostedFile {
    /// Its place in SharePoint.
    pub(super) fn place(&self) -> String {
        format!("https://northwind-my.sharepoint.com/personal/x/Documents/Microsoft Teams Chat Files/{}/{}", self.id, self.file.name)
    }
}

impl SentFile {
    /// An attached file.
    pub fn attached(name: &str, bytes: &[u8]) -> Self {
        Self { name: name.to_owned(), data: STANDARD.encode(bytes), ..Self::default() }
    }

    /// How the client shows it in the chat.
    pub(super) fn shown(&self) -> String {
        if self.name.is_empty() { "Pasted picture".to_owned() } else { self.name.clone() }
    }

    /// A pasted picture.
    pub fn pasted(mime_type: &str, bytes: &[u8]) -> Self {
        Self { mime_type: mime_type.to_owned(), data: STANDARD.encode(bytes), inline: true, ..Self::default() }
    }
}

pub(super) struct State {
    pub(super) users: Vec<UserState>,
    pub(super) shared: Shared,
    /// Times of recent sends by conversation, for the Connector's limits.
    pub(super) sends: HashMap<String, VecDeque<DateTime<Utc>>>,
}

pub(super) struct UserState {
    pub(super) user: TeamsUser,
    pub(super) installed: bool,
    /// The bot opened the personal conversation without an installation there, being in a group chat or team of theirs.
    pub(super) opened: bool,
    pub(super) blocked: bool,
    pub(super) chat: Timeline,
    /// The activities as sent, to send one again.
    pub(super) sent: HashMap<String, Value>,
}

pub(super) struct World {
    pub(super) common: Arc<Common>,
    pub(super) app_id: String,
    pub(super) client_secret: String,
    pub(super) tenant_id: String,
    pub(super) bot_name: String,
    pub(super) base: String,
    pub(super) bot_endpoint: RwLock<Option<Url>>,
    pub(super) last_id: AtomicI64,
    pub(super) keys: Keys,
    pub(super) catalog_id: String,
    /// What the app's manifest asks for in chats and teams.
    pub(super) permissions: Vec<String>,
    /// For the Connector.
    pub(super) tokens: Tokens,
    /// For Microsoft Graph.
    pub(super) graph_tokens: Tokens,
    /// Events that the bot is being told of without anybody waiting.
    pub(super) telling: AtomicUsize,
    pub(super) limits: AtomicBool,
    pub(super) files: Mutex<HashMap<String, SentFile>>,
    /// Those of messages in shared conversations, by conversation (without its chain) and activity.
    pub(super) posted: Mutex<HashMap<(String, String), Vec<PostedFile>>>,
    pub(super) state: Mutex<State>,
}

/// A running world. Dropping it ends it and cuts its connections.
pub struct TeamsWorld {
    pub(super) world: Arc<World>,
}

impl UserState {
    pub(super) fn new(user: TeamsUser) -> Self {
        Self { user, installed: false, opened: false, blocked: false, chat: Timeline::default(), sent: HashMap::new() }
    }
}

impl State {
    /// `key` is the short name, the position, the object id, the UPN or the conversation's id.
    pub(super) fn user(&mut self, key: &str) -> Option<&mut UserState> {
        let position = key.parse::<usize>().ok();
        let is = |(index, state): &(usize, &mut UserState)| {
            let user = &state.user;
            position == Some(*index)
                || [&user.key, &user.object_id, &user.upn, &user.user_id, &user.conversation_id].iter().any(|id| *id == key)
        };
        self.users.iter_mut().enumerate().find(is).map(|(_, user)| user)
    }
}

impl World {
    /// Milliseconds since the epoch as Teams uses them for messages, each once and rising.
    pub(super) fn next_id(&self, now: DateTime<Utc>) -> String {
        let now = now.timestamp_millis();
        let last = self.last_id.update(Ordering::SeqCst, Ordering::SeqCst, |last| now.max(last + 1));
        now.max(last + 1).to_string()
    }

    /// `28:…`
    pub(super) fn bot_id(&self) -> String {
        format!("28:{}", self.app_id)
    }

    pub(super) fn service_url(&self) -> String {
        format!("{}/teams/", self.base)
    }

    pub(super) fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().expect("no panic happens under this lock")
    }

    /// As [`State::user`].
    pub(super) fn with_user<T>(&self, key: &str, act: impl FnOnce(&mut UserState) -> T) -> Result<T, ControlError> {
        let mut state = self.lock();
        state.user(key).map(act).ok_or_else(|| ControlError::Unknown("user", key.to_owned()))
    }
}
