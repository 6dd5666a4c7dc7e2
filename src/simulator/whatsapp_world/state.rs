//! What the WhatsApp world holds: its numbers and clients, their phones, and what everybody in this room shares.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, RwLock};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use super::outbox::{Outbox, Sent};
use crate::simulator::common::{Common, ControlError};

/// A business phone number.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BusinessNumber {
    pub phone_number_id: String,
    pub waba_id: String,
    /// As people read it: `+49 30 5550100`.
    pub display: String,
    pub verified_name: String,
}

/// A client and their phone.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Client {
    /// Short name for controls (`maria`). A position (`0`), phone, `wa_id` or BSUID works as well.
    pub key: String,
    pub name: String,
    /// E.164 as people dial it. `None`: known by the business-scoped id only, and no webhook tells a number.
    pub phone: Option<String>,
    /// Digits under which WhatsApp knows the phone; may differ from what people dial (Brazil's ninth digit).
    pub wa_id: Option<String>,
    /// Business-scoped user id.
    pub bsuid: String,
    pub username: Option<String>,
    /// `phone_number_id` of the number they know, for their first message. `None`: the first one.
    pub writes_to: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    Business,
    Client,
}

/// How far a business message got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ticks {
    Sent,
    Delivered,
    Read,
}

/// Something to tap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhoneButton {
    pub title: String,
    /// `template` (answers with `button`), `reply` (answers with `interactive.button_reply`), `list`, or `url`.
    pub kind: String,
    /// Payload, id or address.
    pub value: String,
}

/// One message on a phone.
#[derive(Clone, Debug, Serialize)]
pub struct PhoneItem {
    pub seq: u64,
    pub wamid: String,
    pub from: Side,
    /// The business number of this chat.
    pub phone_number_id: String,
    pub at: DateTime<Utc>,
    /// Cloud API type: `text`, `template`, `interactive`, `image`, `reaction` …
    pub kind: String,
    pub text: String,
    pub header: Option<String>,
    /// A small picture in the header, as a data URI.
    pub picture: Option<String>,
    /// The file of a message.
    pub file: Option<PhoneFile>,
    pub footer: Option<String>,
    pub buttons: Vec<PhoneButton>,
    pub template: Option<String>,
    /// Of business messages that the phone has or will get; of the client's own once the business has read them.
    pub ticks: Option<Ticks>,
    /// The message this one answers.
    pub reply_to: Option<String>,
    pub reactions: Vec<String>,
    /// Changed by its author after it was sent.
    pub edited: bool,
    /// Taken back by its author: [`PhoneItem::text`] says so.
    pub deleted: bool,
    /// `biz_opaque_callback_data` of the request.
    pub callback: Option<String>,
}

/// A picture or another file that a client sends.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Picture {
    /// `image`, `video`, `audio`, `document`, `sticker`.
    pub kind: String,
    pub mime_type: String,
    /// Base64.
    pub data: String,
    #[serde(default)]
    pub caption: Option<String>,
    #[serde(default)]
    pub filename: Option<String>,
    /// Recorded in the chat (audio).
    #[serde(default)]
    pub voice: bool,
}

/// A file that a phone received.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PhoneFile {
    pub name: Option<String>,
    pub mime_type: String,
    /// Bytes.
    pub size: usize,
    /// Hexadecimal.
    pub sha256: String,
    /// Played as a voice message.
    pub voice: bool,
}

pub(super) struct ClientState {
    pub(super) client: Client,
    pub(super) online: bool,
    /// The chat is on the screen: delivered becomes read.
    pub(super) open: bool,
    /// Blocks the business: 131026.
    pub(super) blocked: bool,
    pub(super) items: Vec<PhoneItem>,
    /// Until when the phone shows that the business is typing.
    pub(super) typing_until: Option<DateTime<Utc>>,
    /// Last message to each number.
    pub(super) wrote_at: HashMap<String, DateTime<Utc>>,
    /// Accepted, and waiting until the phone is online.
    pub(super) waiting: VecDeque<Sent>,
    /// Delivered, and waiting until the chat is on the screen.
    pub(super) unread: VecDeque<Sent>,
}

pub(super) struct MediaFile {
    pub(super) mime_type: String,
    pub(super) bytes: Vec<u8>,
}

pub(super) struct State {
    pub(super) clients: Vec<ClientState>,
    pub(super) media: HashMap<String, MediaFile>,
    pub(super) templates: Vec<Value>,
    pub(super) service_messages: u64,
}

pub(super) struct World {
    pub(super) common: Arc<Common>,
    pub(super) access_token: RwLock<String>,
    pub(super) app_secret: RwLock<String>,
    pub(super) verify_token: String,
    pub(super) webhook: RwLock<Option<Url>>,
    pub(super) numbers: Vec<BusinessNumber>,
    pub(super) page_size: usize,
    pub(super) refuse_closed: AtomicBool,
    pub(super) base: String,
    pub(super) outbox: Outbox,
    pub(super) state: Mutex<State>,
}

/// A running world. Dropping it ends it and cuts its connections.
pub struct WhatsAppWorld {
    pub(super) world: Arc<World>,
}

impl ClientState {
    pub(super) fn new(client: Client) -> Self {
        Self {
            client,
            online: true,
            open: false,
            blocked: false,
            items: Vec::new(),
            typing_until: None,
            wrote_at: HashMap::new(),
            waiting: VecDeque::new(),
            unread: VecDeque::new(),
        }
    }

    pub(super) fn item(&mut self, wamid: &str) -> Option<&mut PhoneItem> {
        self.items.iter_mut().rev().find(|item| item.wamid == wamid)
    }
}

impl World {
    pub(super) fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().expect("no panic happens under this lock")
    }

    /// `key` is the short name, the position, the phone, `wa_id` or BSUID.
    pub(super) fn with_client<T>(&self, key: &str, act: impl FnOnce(&mut ClientState) -> T) -> Result<T, ControlError> {
        let mut state = self.lock();
        let position = key.parse::<usize>().ok();
        let found = state.clients.iter_mut().enumerate().find(|(index, state)| {
            let client = &state.client;
            let named = client.key == key || client.bsuid == key;
            position == Some(*index) || named || client.phone.as_deref() == Some(key) || client.wa_id.as_deref() == Some(key)
        });
        let (_, client) = found.ok_or_else(|| ControlError::Unknown("client", key.to_owned()))?;
        Ok(act(client))
    }

    pub(super) fn number(&self, phone_number_id: &str) -> Option<&BusinessNumber> {
        self.numbers.iter().find(|number| number.phone_number_id == phone_number_id)
    }
}

/// A fresh `wamid`: base64 with characters that must survive a round trip (`+`, `/`, `=`).
pub(super) fn new_wamid() -> String {
    use base64::Engine;
    let id = uuid::Uuid::new_v4();
    let mut bytes = b"\x1c\x18\x15".to_vec();
    bytes.extend_from_slice(&id.simple().to_string().as_bytes()[..24]);
    bytes.push(0);
    format!("wamid.{}", base64::engine::general_purpose::STANDARD.encode(bytes))
}
