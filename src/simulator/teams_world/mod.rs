//! What Microsoft runs, as far as a bot sees it: login, keys, the Connector, and the Teams clients of a few colleagues.
//!
//! Each colleague has one personal conversation with the bot, and shares group chats and channels with others. Its chat is the truth of
//! what a colleague sees: bot messages as posted, edited and deleted through the Connector, and people's messages with the status the
//! bot answered, where it was told of them.
//! Every activity carries a token signed by the key that `/v1/.well-known/keys` publishes.

mod activity;
mod card;
mod chat;
mod client;
mod connector;
mod control;
mod control_rooms;
mod deliver;
mod draft;
mod extension;
mod files;
mod graph;
mod graph_files;
mod keys;
mod login;
mod organize;
mod press;
mod rooms;
mod seat;
mod state;

pub use chat::{Author, ChatItem};
pub use deliver::Posted;
pub use draft::{Draft, QuoteStyle};
pub use extension::{ExtensionAnswer, FoundCard, FoundChoice, SearchAnswer};
pub use organize::Fate;
pub use press::ClickAnswer;
pub use seat::Seat;
pub use state::{SentFile, TeamsUser, TeamsWorld};

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, RwLock};
use std::time::Duration;

use axum::Router;
use serde_json::Value;
use tokio::net::TcpListener;
use url::Url;

use super::common::{self, Common, ControlError, StartError, TimedOut};
use super::faults::{Faults, Surface};
use crate::clock::Clock;
use keys::{Keys, Tokens};
use rooms::Roster;
use state::{State, UserState, World};

/// What the world knows about the bot and its colleagues.
#[derive(Clone, Debug)]
pub struct TeamsOptions {
    /// The bot's application id (GUID): client id at the login, `aud` of its tokens.
    pub app_id: String,
    pub client_secret: String,
    /// The home tenant (GUID) of the application and of all colleagues.
    pub tenant_id: String,
    /// The server's `/api/messages`; can be set later with [`TeamsWorld::set_bot_endpoint`].
    pub bot_endpoint: Option<Url>,
    pub bot_name: String,
    pub users: Vec<TeamsUser>,
    /// Teams that exist from the beginning, without the bot.
    pub teams: Vec<TeamOptions>,
    /// The app's id in the organization's catalog (GUID), as Microsoft Graph knows it.
    pub catalog_id: String,
    /// The resource-specific application permissions of the app's manifest; who installs it through Graph consents to all of them.
    pub permissions: Vec<String>,
    /// Counters only: nothing is kept of what was posted (benchmarks).
    pub quiet: bool,
}

/// A team with its channels, General left out.
#[derive(Clone, Debug)]
pub struct TeamOptions {
    /// `19:…@thread.tacv2`
    pub id: String,
    pub name: String,
    /// Of the group in Entra (GUID).
    pub group_id: String,
    /// Short names of its members; who is not in the cast is left out.
    pub members: Vec<String>,
    /// Id (`19:…@thread.tacv2`) and name of each.
    pub channels: Vec<(String, String)>,
}

impl World {
    /// Adds a team of the cast.
    fn found(&self, team: &TeamOptions) {
        let mut state = self.lock();
        let members: Vec<String> = team.members.iter().filter_map(|key| state.user(key).map(|user| user.user.key.clone())).collect();
        state.shared.add_team(&team.id, &team.name, &team.group_id, Roster::of(&members));
        for (id, name) in &team.channels {
            state.shared.add_channel(&team.id, id, name);
        }
    }
}

impl TeamsWorld {
    /// Starts the world on a loopback listener.
    pub async fn start(listener: TcpListener, options: TeamsOptions, clock: Clock) -> Result<Self, StartError> {
        let common = Arc::new(Common::new(clock, Faults::new(Surface::Connector, Surface::Activities))?);
        common.journal.set_quiet(options.quiet);
        let base = format!("http://{}", listener.local_addr()?);
        let users = options.users.into_iter().map(UserState::new).collect();
        let world = Arc::new(World {
            common: common.clone(),
            app_id: options.app_id,
            client_secret: options.client_secret,
            tenant_id: options.tenant_id,
            bot_name: options.bot_name,
            base,
            bot_endpoint: RwLock::new(options.bot_endpoint),
            last_id: AtomicI64::new(0),
            keys: Keys::new().await?,
            catalog_id: options.catalog_id,
            permissions: options.permissions,
            tokens: Tokens::default(),
            graph_tokens: Tokens::default(),
            telling: Default::default(),
            limits: std::sync::atomic::AtomicBool::new(false),
            files: Mutex::default(),
            posted: Mutex::default(),
            state: Mutex::new(State { users, shared: Default::default(), sends: Default::default() }),
        });
        options.teams.iter().for_each(|team| world.found(team));
        let router = Router::new()
            .merge(login::routes())
            .merge(connector::routes())
            .merge(files::routes())
            .merge(graph_files::routes())
            .merge(graph::routes())
            .merge(control::routes())
            .merge(control_rooms::routes())
            .merge(extension::routes())
            .with_state(world.clone());
        common::serve(listener, router, &common)?;
        Ok(Self { world })
    }

    /// `http://127.0.0.1:PORT`: the login's authority and the place of the page.
    pub fn base_url(&self) -> &str {
        &self.world.base
    }

    /// What the server configures as `login_url`: token requests go to `{login_url}/{tenant}/oauth2/v2.0/token`.
    pub fn login_url(&self) -> String {
        self.world.base.clone()
    }

    /// The OpenID metadata whose `jwks_uri` holds the signing keys.
    pub fn openid_metadata_url(&self) -> String {
        format!("{}/v1/.well-known/openidconfiguration", self.world.base)
    }

    /// The `serviceUrl` of every activity: `http://127.0.0.1:PORT/teams/`.
    pub fn service_url(&self) -> String {
        self.world.service_url()
    }

    /// Where activities go from now on: the server's `/api/messages`.
    pub fn set_bot_endpoint(&self, endpoint: Url) {
        *self.world.bot_endpoint.write().expect("no panic happens under this lock") = Some(endpoint);
    }

    /// What somebody sees, oldest first, deleted ones included; nothing where they are no member.
    pub fn chat<'a>(&self, seat: impl Into<Seat<'a>>) -> Result<Vec<ChatItem>, ControlError> {
        self.world.seen(seat.into())
    }

    /// Everything in a shared conversation as it was posted, oldest first; targeted messages of everybody included.
    pub fn posted_in(&self, conversation: &str) -> Result<Vec<ChatItem>, ControlError> {
        self.world.posted_in(conversation)
    }

    /// Waits (real time, at most `for_`) until `look` finds something in what somebody sees.
    pub async fn until<'a, T>(
        &self,
        seat: impl Into<Seat<'a>>,
        for_: Duration,
        look: impl Fn(&[ChatItem]) -> Option<T>,
    ) -> Result<T, TimedOut> {
        let seat = seat.into();
        self.world.common.until(for_, || self.world.seen(seat).ok().and_then(|items| look(&items))).await
    }

    /// Whether the app is installed for this colleague.
    pub fn is_installed(&self, user: &str) -> Result<bool, ControlError> {
        self.world.with_user(user, |user| user.installed)
    }

    /// 429 when a conversation gets more than 7 in 1 s, 8 in 2 s or 60 in 30 s, by this world's clock.
    pub fn set_limits(&self, on: bool) {
        self.world.limits.store(on, Ordering::Relaxed);
    }

    /// The colleague blocks the bot, or lets it write again.
    pub fn set_blocked(&self, user: &str, blocked: bool) -> Result<(), ControlError> {
        self.world.with_user(user, |user| user.blocked = blocked)
    }

    /// Makes a new signing key and publishes it alone.
    pub async fn rotate_keys(&self) -> Result<(), StartError> {
        self.world.keys.rotate().await
    }

    /// Forgets every token it issued: the next call is answered 401.
    pub fn revoke_tokens(&self) {
        self.world.tokens.revoke();
        self.world.graph_tokens.revoke();
    }

    /// Microsoft Graph with its version, as the server configures it: `http://127.0.0.1:PORT/graph/v1.0`.
    pub fn graph_url(&self) -> String {
        format!("{}/graph/v1.0", self.world.base)
    }

    /// Waits (real time, at most `for_`) until the bot was told everything that follows from what it asked of Graph.
    pub async fn settled(&self, for_: Duration) -> Result<(), TimedOut> {
        self.world.common.until(for_, || (self.world.telling.load(Ordering::SeqCst) == 0).then_some(())).await
    }

    /// A JWT with this header and these claims, signed (RS256) with the current key. Missing header members are filled in.
    pub fn sign(&self, header: Value, claims: Value) -> String {
        self.world.keys.sign(header, &claims)
    }

    /// The claims of a good token now.
    pub fn good_claims(&self) -> Value {
        self.world.good_claims()
    }
}

common::controls!(TeamsWorld);
