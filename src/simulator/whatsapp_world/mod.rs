//! What Meta runs, as far as a business sees it: the Graph API, its webhooks, and the phones of a few clients.
//!
//! Invariants: a send is answered with a `wamid` when it is accepted; what becomes of it comes later, by webhook. A webhook stays in
//! the outbox until the server answers 200, under the same ids. Updates of one client leave in the order they happened.

mod control;
mod graph;
mod phone;
mod templates;
mod validate;
mod webhooks;

pub use templates::template_cast;
pub use webhooks::Handshake;

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, RwLock};
use std::time::Duration;

use axum::Router;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::net::TcpListener;
use url::Url;

use super::common::{self, Common, ControlError, PageLinks, StartError, TimedOut};
use super::faults::{Faults, Surface};
use super::journal::Entry;
use crate::clock::Clock;

/// What the world knows about the business and its clients.
#[derive(Clone, Debug)]
pub struct WhatsAppOptions {
    /// The system user's token.
    pub access_token: String,
    pub app_secret: String,
    pub verify_token: String,
    /// The server's `/webhooks/whatsapp`; can be set later with [`WhatsAppWorld::set_webhook`].
    pub webhook: Option<Url>,
    pub numbers: Vec<BusinessNumber>,
    pub clients: Vec<Client>,
    /// Meta's JSON of each template, with `waba` naming the account it belongs to (absent: every account).
    pub templates: Vec<Value>,
    /// Templates on one page, whatever `limit` asks for.
    pub page_size: usize,
    /// 131047 as the answer to the request instead of a `failed` status later.
    pub refuse_closed_window_at_once: bool,
    /// Counters only: no statuses, nothing kept of what was sent (benchmarks).
    pub quiet: bool,
}

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
    pub footer: Option<String>,
    pub buttons: Vec<PhoneButton>,
    pub template: Option<String>,
    /// Of business messages that the phone has or will get.
    pub ticks: Option<Ticks>,
    /// The message this one answers.
    pub reply_to: Option<String>,
    pub reactions: Vec<String>,
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
}

struct ClientState {
    client: Client,
    online: bool,
    /// The chat is on the screen: delivered becomes read.
    open: bool,
    /// Blocks the business: 131026.
    blocked: bool,
    items: Vec<PhoneItem>,
    /// Last message to each number.
    wrote_at: HashMap<String, DateTime<Utc>>,
    /// Accepted, and waiting until the phone is online.
    waiting: VecDeque<webhooks::Sent>,
    /// Delivered, and waiting until the chat is on the screen.
    unread: VecDeque<webhooks::Sent>,
}

struct MediaFile {
    mime_type: String,
    bytes: Vec<u8>,
}

struct State {
    clients: Vec<ClientState>,
    media: HashMap<String, MediaFile>,
    templates: Vec<Value>,
    service_messages: u64,
}

pub(super) struct World {
    common: Arc<Common>,
    access_token: RwLock<String>,
    app_secret: RwLock<String>,
    verify_token: String,
    webhook: RwLock<Option<Url>>,
    numbers: Vec<BusinessNumber>,
    page_size: usize,
    refuse_closed: std::sync::atomic::AtomicBool,
    base: String,
    outbox: webhooks::Outbox,
    state: Mutex<State>,
}

/// A running world. Dropping it ends it and cuts its connections.
pub struct WhatsAppWorld {
    world: Arc<World>,
}

impl WhatsAppWorld {
    /// Starts the world on a loopback listener.
    pub async fn start(listener: TcpListener, options: WhatsAppOptions, clock: Clock) -> Result<Self, StartError> {
        let common = Arc::new(Common::new(clock, Faults::new(Surface::Messages, Surface::Webhooks))?);
        common.journal.set_quiet(options.quiet);
        let base = format!("http://{}", listener.local_addr()?);
        let clients = options.clients.into_iter().map(ClientState::new).collect();
        let world = Arc::new(World {
            common: common.clone(),
            access_token: RwLock::new(options.access_token),
            app_secret: RwLock::new(options.app_secret),
            verify_token: options.verify_token,
            webhook: RwLock::new(options.webhook),
            numbers: options.numbers,
            page_size: options.page_size.max(1),
            refuse_closed: options.refuse_closed_window_at_once.into(),
            base,
            outbox: webhooks::Outbox::default(),
            state: Mutex::new(State { clients, media: HashMap::new(), templates: options.templates, service_messages: 0 }),
        });
        let router = Router::new().merge(graph::routes()).merge(control::routes()).with_state(world.clone());
        common::serve(listener, router, &common)?;
        Ok(Self { world })
    }

    /// `http://127.0.0.1:PORT`: what the server configures as `graph_url`, and the place of the page.
    pub fn base_url(&self) -> &str {
        &self.world.base
    }

    /// Where webhooks go from now on: the server's `/webhooks/whatsapp`.
    pub fn set_webhook(&self, webhook: Url) {
        *self.world.webhook.write().expect("no panic happens under this lock") = Some(webhook);
    }

    /// What the page needs to find the other world and the journal.
    pub fn set_page_links(&self, links: PageLinks) {
        *self.world.common.links.write().expect("no panic happens under this lock") = links;
    }

    /// The faults of this world.
    pub fn faults(&self) -> &Faults {
        &self.world.common.faults
    }

    /// Everything accepted and sent, in order, after sequence number `after`.
    pub fn journal(&self, after: u64) -> Vec<Entry> {
        self.world.common.journal.entries(after)
    }

    /// How often each kind of thing happened.
    pub fn count(&self, kind: &str) -> u64 {
        self.world.common.journal.counters().get(kind).copied().unwrap_or(0)
    }

    /// Waits (real time, at most `for_`) until this kind of thing has happened `times` times.
    pub async fn until_count(&self, kind: &str, times: u64, for_: Duration) -> Result<(), TimedOut> {
        self.world.common.until(for_, || (self.count(kind) >= times).then_some(())).await
    }

    /// Counters only from now on, or everything again.
    pub fn set_quiet(&self, quiet: bool) {
        self.world.common.journal.set_quiet(quiet);
    }

    /// What is on the client's phone, oldest first.
    pub fn phone(&self, client: &str) -> Result<Vec<PhoneItem>, ControlError> {
        self.world.with_client(client, |client| client.items.clone())
    }

    /// Waits (real time, at most `for_`) until `look` finds something on the client's phone.
    pub async fn until<T>(&self, client: &str, for_: Duration, look: impl Fn(&[PhoneItem]) -> Option<T>) -> Result<T, TimedOut> {
        self.world.common.until(for_, || self.world.with_client(client, |client| look(&client.items)).ok().flatten()).await
    }

    /// Waits (real time) until every webhook has been answered 200.
    pub async fn settled(&self, for_: Duration) -> Result<(), TimedOut> {
        self.world.common.until(for_, || (self.world.outbox.pending() == 0).then_some(())).await
    }

    /// Updates that were not answered 200 yet.
    pub fn pending(&self) -> u64 {
        self.world.outbox.pending()
    }

    /// When the window of this client and number closes; `None` = the client never wrote to it.
    pub fn window_closes(&self, client: &str, phone_number_id: &str) -> Result<Option<DateTime<Utc>>, ControlError> {
        self.world.with_client(client, |client| client.wrote_at.get(phone_number_id).map(|at| *at + phone::WINDOW))
    }

    /// From now on the server is asked for this token.
    pub fn set_access_token(&self, token: &str) {
        *self.world.access_token.write().expect("no panic happens under this lock") = token.to_owned();
    }

    /// From now on webhooks are signed with this secret.
    pub fn set_app_secret(&self, secret: &str) {
        *self.world.app_secret.write().expect("no panic happens under this lock") = secret.to_owned();
    }

    /// 131047 at once (true) or as a `failed` status (false).
    pub fn set_refuse_closed_window_at_once(&self, at_once: bool) {
        self.world.refuse_closed.store(at_once, std::sync::atomic::Ordering::Relaxed);
    }

    /// Ends the world: the port is closed and every connection is cut.
    pub fn stop(&self) {
        self.world.common.stop.cancel();
    }
}

impl Drop for WhatsAppWorld {
    fn drop(&mut self) {
        self.stop();
    }
}

impl ClientState {
    fn new(client: Client) -> Self {
        Self {
            client,
            online: true,
            open: false,
            blocked: false,
            items: Vec::new(),
            wrote_at: HashMap::new(),
            waiting: VecDeque::new(),
            unread: VecDeque::new(),
        }
    }

    fn item(&mut self, wamid: &str) -> Option<&mut PhoneItem> {
        self.items.iter_mut().rev().find(|item| item.wamid == wamid)
    }
}

impl World {
    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().expect("no panic happens under this lock")
    }

    /// `key` is the short name, the position, the phone, `wa_id` or BSUID.
    fn with_client<T>(&self, key: &str, act: impl FnOnce(&mut ClientState) -> T) -> Result<T, ControlError> {
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

    fn number(&self, phone_number_id: &str) -> Option<&BusinessNumber> {
        self.numbers.iter().find(|number| number.phone_number_id == phone_number_id)
    }
}

/// A fresh `wamid`: base64 with characters that must survive a round trip (`+`, `/`, `=`).
fn new_wamid() -> String {
    use base64::Engine;
    let id = uuid::Uuid::new_v4();
    let mut bytes = b"\x1c\x18\x15".to_vec();
    bytes.extend_from_slice(&id.simple().to_string().as_bytes()[..24]);
    bytes.push(0);
    format!("wamid.{}", base64::engine::general_purpose::STANDARD.encode(bytes))
}
