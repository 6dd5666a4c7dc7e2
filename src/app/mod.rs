//! Wiring and graceful stop, nothing else: a configuration becomes a running server here.

pub mod consent;
pub mod demo;
pub mod directory;
mod journal;
pub mod preflight;
pub mod simulate;
pub mod switch;
pub mod transfer_all;

use crate::bridge::retry::Rate;
use crate::bridge::{Directory, MarkNames};
use crate::clock::Clock;
use crate::config::Config;
use crate::http::{self, Doors};
use crate::media::{Keep, Place};
use crate::relay::{Fetcher, Limits, Outside, Relay};
use crate::store::{Address, Store};
use crate::teams::{self, Authenticator, Connector, Graph};
use crate::whatsapp;
use anyhow::{Context, anyhow};
use axum::Router;
use axum::serve::ListenerExt;
use secrecy::SecretString;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use url::Url;

/// Longer than either provider takes in good health; less than half a lane's lease.
const HTTP_TIMEOUT: Duration = Duration::from_secs(20);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long open requests may take after a stop was asked for.
const GRACE: Duration = Duration::from_secs(10);

/// A server that is ready to run.
pub struct App {
    relay: Arc<Relay>,
    router: Router,
    authenticator: Arc<Authenticator>,
}

impl App {
    /// Opens the store and wires everything. `directory`: put in force when it differs from the stored one.
    pub async fn build(config: &Config, directory: Option<Directory>, clock: Clock) -> anyhow::Result<Self> {
        if config.teams.development_accept_unauthenticated {
            tracing::warn!(
                "DEVELOPMENT ONLY: activities without a token are accepted on {}. Anybody on this machine can speak as any colleague.",
                config.server.listen
            );
        }
        let store = Store::open_alone(Address::parse(config.store.url())?)?;
        if let Some(directory) = directory {
            directory::apply(&store, directory, "directory.toml", clock.now()).await?;
        }
        let http = client()?;
        let teams = Arc::new(teams_settings(config)?);
        let whatsapp = Arc::new(whatsapp_settings(config)?);
        let connector = Connector::new(teams.clone(), http.clone(), clock.clone());
        let chats = graph_settings(config)?.map(|settings| Graph::new(teams.clone(), settings, http.clone(), clock.clone()));
        let authenticator = Arc::new(Authenticator::new(teams, http.clone(), clock.clone()));
        let graph = whatsapp::Client::new(whatsapp.clone(), http);
        let fetcher = Fetcher::new().context("the HTTP client for links could not be made")?;
        let keep = Keep::open(&files_place(config)).context("the place for files could not be opened")?;
        let public_url = config.server.public_url.clone();
        let reactions = &config.teams.reactions;
        let names = || MarkNames { delivered: reactions.delivered.clone(), read: reactions.read.clone(), failed: reactions.failed.clone() };
        let marks = reactions.enabled.then(names);
        let outside = Outside { connector, graph: chats, whatsapp: graph, fetcher, keep, marks, public_url };
        let relay = Relay::open(store, clock.clone(), outside, limits(config)).await?;
        if relay.office().version == 0 {
            tracing::warn!("no directory is in force: nobody is enabled. Apply one with `switchboard directory apply FILE`.");
        }
        let doors = Doors { relay: relay.clone(), authenticator: authenticator.clone(), whatsapp, clock };
        Ok(Self { relay, router: http::router(doors), authenticator })
    }

    /// The verbs, for those who look inside: the demo's journal and tests.
    pub fn relay(&self) -> Arc<Relay> {
        self.relay.clone()
    }

    /// Adds routes of the demo. The production server has none.
    pub fn with_routes(mut self, routes: Router) -> Self {
        self.router = self.router.merge(routes);
        self
    }

    /// Serves until `shutdown`, finishes what is in flight, and closes the store.
    pub async fn run(self, listener: TcpListener, shutdown: CancellationToken) -> anyhow::Result<()> {
        let relay = self.relay.clone();
        let keys = self.authenticator.clone();
        // The first message should not have to wait for the keys; without them it would all the same be verified.
        tokio::spawn(async move { drop(keys.prefetch().await) });
        let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
        let stop = shutdown.clone();
        let serve = axum::serve(listener, self.router).with_graceful_shutdown(async move { stop.cancelled().await });
        let doors = async {
            let late = async {
                shutdown.cancelled().await;
                tokio::time::sleep(GRACE).await;
            };
            tokio::select! { served = serve => served.context("the listener failed"), () = late => Ok(()) }
        };
        let (served, ()) = tokio::join!(doors, relay.run(shutdown.clone()));
        relay.store().close().await;
        served
    }
}

/// The HTTP client for both providers ([`Fetcher`] has its own, for links). No redirects: a token must never follow one to another host.
fn client() -> anyhow::Result<reqwest::Client> {
    let builder = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(HTTP_TIMEOUT)
        .user_agent(concat!("switchboard/", env!("CARGO_PKG_VERSION")));
    builder.build().context("the HTTP client could not be made")
}

fn teams_settings(config: &Config) -> anyhow::Result<teams::Settings> {
    let teams = &config.teams;
    Ok(teams::Settings {
        app_id: teams.app_id.clone(),
        tenant_id: teams.tenant_id.clone(),
        allowed_tenants: teams.allowed_tenants.clone(),
        client_secret: teams.client_secret.clone().unwrap_or_else(|| SecretString::from("")),
        openid_metadata_url: url("teams.openid_metadata_url", &teams.openid_metadata_url)?,
        issuer: teams.issuer.clone(),
        login_url: url("teams.login_url", &teams.login_url)?,
        scope: teams.scope.clone(),
        allowed_service_hosts: teams.allowed_service_hosts.clone(),
        unauthenticated_loopback: teams.development_accept_unauthenticated && config.server.listen.ip().is_loopback(),
    })
}

/// Where files are kept.
fn files_place(config: &Config) -> Place {
    let files = &config.files;
    match &files.s3_bucket {
        None => Place::Folder(config.files_folder()),
        Some(bucket) => Place::S3 {
            bucket: bucket.clone(),
            prefix: files.s3_prefix.clone().unwrap_or_default(),
            region: files.s3_region.clone(),
            endpoint: files.s3_endpoint.clone(),
            access_key_id: files.s3_access_key_id.clone(),
            secret_access_key: files.s3_secret_access_key.clone(),
        },
    }
}

/// None where Graph is not asked.
fn graph_settings(config: &Config) -> anyhow::Result<Option<teams::GraphSettings>> {
    let graph = &config.teams.graph;
    let base_url = url("teams.graph.base_url", &graph.base_url)?;
    let settings =
        || teams::GraphSettings { base_url, scope: graph.scope.clone(), app_catalog_id: graph.app_catalog_id.clone(), files: graph.files };
    Ok(graph.enabled.then(settings))
}

fn whatsapp_settings(config: &Config) -> anyhow::Result<whatsapp::Settings> {
    let whatsapp = &config.whatsapp;
    Ok(whatsapp::Settings {
        graph_url: url("whatsapp.graph_url", &whatsapp.graph_url)?,
        graph_version: whatsapp.graph_version.clone(),
        access_token: whatsapp.access_token.clone().ok_or_else(|| anyhow!("whatsapp.access_token is missing"))?,
        app_secrets: whatsapp.app_secrets.clone(),
        verify_token: whatsapp.verify_token.clone().ok_or_else(|| anyhow!("whatsapp.verify_token is missing"))?,
    })
}

fn limits(config: &Config) -> Limits {
    let limits = config.limits;
    let per_second = |number: NonZeroU32, burst: NonZeroU32| Rate { every: Duration::from_secs(1) / number.get(), burst: burst.get() };
    Limits {
        pair: Rate { every: Duration::from_secs(limits.whatsapp_client_seconds.get().into()), burst: limits.whatsapp_client_burst.get() },
        number: per_second(limits.whatsapp_number_per_second, limits.whatsapp_number_per_second),
        conversation: per_second(limits.teams_chat_per_second, limits.teams_chat_burst),
        tenant: per_second(limits.teams_tenant_per_second, limits.teams_tenant_per_second),
    }
}

fn url(key: &str, text: &str) -> anyhow::Result<Url> {
    Url::parse(text).with_context(|| format!("{key} is not a URL"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_configured_limits_the_providers_own_hold() {
        assert_eq!(limits(&Config::default()), Limits::default());
    }

    #[test]
    fn graph_is_there_only_where_it_is_enabled() {
        let mut config = Config::default();
        config.teams.graph.app_catalog_id = "c-1".to_owned();
        assert!(graph_settings(&config).expect("a URL").is_none());
        config.teams.graph.enabled = true;
        let settings = graph_settings(&config).expect("a URL").expect("enabled");
        assert_eq!((settings.base_url.as_str(), settings.app_catalog_id.as_str()), ("https://graph.microsoft.com/v1.0", "c-1"));
    }

    #[test]
    fn each_configured_limit_reaches_its_rate() {
        let mut config = Config::default();
        let figure = |number| NonZeroU32::new(number).expect("not zero");
        config.limits.whatsapp_number_per_second = figure(1_000);
        config.limits.whatsapp_client_burst = figure(3);
        config.limits.whatsapp_client_seconds = figure(4);
        config.limits.teams_chat_burst = figure(5);
        config.limits.teams_chat_per_second = figure(10);
        config.limits.teams_tenant_per_second = figure(100);
        let rate = |millis, burst| Rate { every: Duration::from_millis(millis), burst };
        let expected = Limits { pair: rate(4_000, 3), number: rate(1, 1_000), conversation: rate(100, 5), tenant: rate(10, 100) };
        assert_eq!(limits(&config), expected);
    }
}
