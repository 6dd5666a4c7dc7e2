//! What Meta runs, as far as a business sees it: the Graph API, its webhooks, and the phones of a few clients.
//!
//! Invariants: a send is answered with a `wamid` when it is accepted; what becomes of it comes later, by webhook. A webhook stays in
//! the outbox until the server answers 200, under the same ids. Updates of one client leave in the order they happened.

mod control;
mod graph;
mod media;
mod moves;
mod outbox;
mod phone;
mod phone_file;
mod state;
mod template_cast;
mod templates;
mod validate;
mod webhooks;

pub use state::{BusinessNumber, Client, PhoneButton, PhoneFile, PhoneItem, Picture, Side, Ticks, WhatsAppWorld};
pub use template_cast::{service_template_cast, template_cast};
pub use webhooks::Handshake;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, RwLock};
use std::time::Duration;

use axum::Router;
use chrono::{DateTime, Utc};
use serde_json::Value;
use tokio::net::TcpListener;
use url::Url;

use super::common::{self, Common, ControlError, StartError, TimedOut};
use super::faults::{Faults, Surface};
use crate::clock::Clock;
use outbox::Outbox;
use state::{ClientState, State, World};

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
            outbox: Outbox::default(),
            state: Mutex::new(State { clients, media: HashMap::new(), templates: options.templates, service_messages: 0 }),
        });
        let router = Router::new().merge(graph::routes()).merge(media::routes()).merge(control::routes()).with_state(world.clone());
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

    /// What is on the client's phone, oldest first.
    pub fn phone(&self, client: &str) -> Result<Vec<PhoneItem>, ControlError> {
        self.world.with_client(client, |client| client.items.clone())
    }

    /// Whether a client's phone shows that the business is typing.
    pub fn shows_typing(&self, client: &str) -> Result<bool, ControlError> {
        let now = self.world.common.now();
        self.world.with_client(client, |client| client.typing_until.is_some_and(|until| now < until))
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
}

common::controls!(WhatsAppWorld);
