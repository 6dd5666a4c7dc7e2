//! `switchboard demo`: the real server between two simulated worlds, all on loopback, with a clock that can be moved.

use super::{App, journal};
use crate::bridge::{Colleague, Directory, Fill, Line, LineTemplates, Number, NumberStatus, Organization, Policy, Role, TemplateUse};
use crate::clock::Clock;
use crate::config::Config;
use crate::relay::Relay;
use crate::simulator::{self, Cast, PageLinks, TeamsWorld, WhatsAppWorld};
use crate::store::JournalRow;
use anyhow::Context;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use secrecy::SecretString;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Where Microsoft's Agents Playground listens, its one user, and that user's tenant.
const PLAYGROUND_HOSTS: [&str; 2] = ["localhost:56150", "127.0.0.1:56150"];
const PLAYGROUND_USER: &str = "00000000-0000-0000-0000-0000000000020";
/// Journal entries shown on the page.
const ENTRIES: u32 = 200;

/// What `switchboard demo` was asked for.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where the server listens; port 0 picks a free one.
    pub listen: SocketAddr,
    /// Where the page is; port 0 picks a free one.
    pub page: SocketAddr,
    /// Keeps the database; absent: a temporary folder that is removed at the end.
    pub folder: Option<PathBuf>,
    /// Accept the Agents Playground as the Teams side too.
    pub playground: bool,
}

/// A running demo.
pub struct Demo {
    pub teams: TeamsWorld,
    pub whatsapp: WhatsAppWorld,
    pub clock: Clock,
    pub server: SocketAddr,
    app: App,
    listener: TcpListener,
    _temporary: Option<Temporary>,
}

/// A folder that goes when the demo ends.
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        // Nothing of value is in it, and nobody is left to be told.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Demo {
    /// Starts both worlds and builds the server between them.
    pub async fn start(options: &Options) -> anyhow::Result<Self> {
        let clock = Clock::shifted();
        let cast = simulator::defaults();
        let listener = bind(options.listen).await?;
        let server = listener.local_addr()?;
        let teams = TeamsWorld::start(bind(options.page).await?, cast.teams.clone(), clock.clone()).await?;
        let whatsapp =
            WhatsAppWorld::start(bind(SocketAddr::new(options.page.ip(), 0)).await?, cast.whatsapp.clone(), clock.clone()).await?;
        teams.set_bot_endpoint(format!("http://{server}/api/messages").parse()?);
        whatsapp.set_webhook(format!("http://{server}/webhooks/whatsapp").parse()?);
        let links = PageLinks {
            teams_url: Some(teams.base_url().to_owned()),
            whatsapp_url: Some(whatsapp.base_url().to_owned()),
            journal_url: Some(format!("http://{server}/demo/journal")),
        };
        teams.set_page_links(links.clone());
        whatsapp.set_page_links(links);
        let (folder, temporary) = match &options.folder {
            Some(folder) => (folder.clone(), None),
            None => {
                let folder = std::env::temp_dir().join(format!("switchboard-demo-{}", uuid::Uuid::new_v4()));
                (folder.clone(), Some(Temporary(folder)))
            }
        };
        std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let mut config = config(&cast, &teams, &whatsapp, server, &folder.join("switchboard.db"));
        let mut directory = directory(&cast);
        if options.playground {
            config.teams.development_accept_unauthenticated = true;
            config.teams.allowed_service_hosts.extend(PLAYGROUND_HOSTS.map(str::to_owned));
            directory.colleagues.push(colleague(PLAYGROUND_USER, "Alex Wilber"));
        }
        let app = App::build(&config, Some(directory), clock.clone()).await?;
        let origins = [teams.base_url().to_owned(), whatsapp.base_url().to_owned()];
        let routes = Router::new().route("/demo/journal", get(journal_page)).with_state((app.relay(), origins));
        Ok(Self { teams, whatsapp, clock, server, app: app.with_routes(routes), listener, _temporary: temporary })
    }

    /// Where the page is.
    pub fn page(&self) -> String {
        format!("{}/", self.teams.base_url())
    }

    /// Runs until `shutdown`. The colleagues install the app by themselves as soon as the server answers.
    pub async fn run(self, shutdown: CancellationToken) -> anyhow::Result<()> {
        let Self { teams, whatsapp, app, listener, _temporary, .. } = self;
        let installs = async {
            for user in ["ana", "ben"] {
                if let Err(error) = teams.install(user).await {
                    tracing::warn!(%error, user, "the simulated installation failed");
                }
            }
        };
        let (served, ()) = tokio::join!(app.run(listener, shutdown), installs);
        teams.stop();
        whatsapp.stop();
        served
    }
}

async fn bind(at: SocketAddr) -> anyhow::Result<TcpListener> {
    anyhow::ensure!(at.ip().is_loopback(), "{at} is not a loopback address: the demo's controls ask nobody who they are");
    TcpListener::bind(at).await.with_context(|| format!("cannot listen on {at}; is another demo running? Choose another port."))
}

/// The server's configuration between two simulated worlds.
pub fn config(cast: &Cast, teams: &TeamsWorld, whatsapp: &WhatsAppWorld, server: SocketAddr, database: &Path) -> Config {
    let mut config = Config::default();
    let host = teams.base_url().trim_start_matches("http://").to_owned();
    config.server.listen = server;
    config.store.url = format!("sqlite://{}", database.display());
    config.teams.app_id.clone_from(&cast.teams.app_id);
    config.teams.tenant_id.clone_from(&cast.teams.tenant_id);
    config.teams.allowed_tenants = vec![cast.teams.tenant_id.clone()];
    config.teams.client_secret = Some(SecretString::from(cast.teams.client_secret.clone()));
    config.teams.openid_metadata_url = teams.openid_metadata_url();
    config.teams.login_url = teams.login_url();
    config.teams.allowed_service_hosts = vec![host];
    config.whatsapp.graph_url = whatsapp.base_url().to_owned();
    config.whatsapp.access_token = Some(SecretString::from(cast.whatsapp.access_token.clone()));
    config.whatsapp.app_secrets = vec![SecretString::from(cast.whatsapp.app_secret.clone())];
    config.whatsapp.verify_token = Some(SecretString::from(cast.whatsapp.verify_token.clone()));
    config
}

/// The demo's organization: one line, one number, everybody of the cast.
pub fn directory(cast: &Cast) -> Directory {
    let template =
        |name: &str| TemplateUse { name: name.to_owned(), language: "en".to_owned(), variables: vec![Fill::Colleague, Fill::Business] };
    let line = Line {
        id: "advice".into(),
        name: "Private clients".to_owned(),
        business: Some("Northwind Bank".to_owned()),
        enabled: true,
        language: None,
        region: None,
        policy: Policy::default(),
        templates: LineTemplates { opt_in: template("switchboard_opt_in"), nudge: Some(template("switchboard_nudge")) },
        keywords: Default::default(),
        texts: Default::default(),
    };
    let number = |number: &simulator::BusinessNumber| Number {
        phone_number_id: number.phone_number_id.as_str().into(),
        waba_id: number.waba_id.as_str().into(),
        line: line.id.clone(),
        display: number.display.clone(),
        assigned_to: None,
        status: NumberStatus::Active,
    };
    Directory {
        organization: Organization {
            name: "Northwind".to_owned(),
            enabled: true,
            language: "en".to_owned(),
            time_zone: "Europe/Berlin".to_owned(),
        },
        numbers: cast.whatsapp.numbers.iter().map(number).collect(),
        colleagues: cast.teams.users.iter().map(|user| colleague(&user.object_id, &user.name)).collect(),
        lines: vec![line],
    }
}

fn colleague(id: &str, name: &str) -> Colleague {
    Colleague { id: id.into(), name: name.to_owned(), lines: vec!["advice".into()], roles: vec![Role::Agent], enabled: true }
}

/// The newest journal entries for the page, which is served from another port; no other page may read them.
async fn journal_page(State((relay, origins)): State<(Arc<Relay>, [String; 2])>, headers: HeaderMap) -> Response {
    let asked = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok());
    let origin = origins.iter().find(|origin| Some(origin.as_str()) == asked).unwrap_or(&origins[0]);
    let office = relay.office();
    let entries = relay.store().read(move |tx| {
        let rows = tx.journal_tail(None, ENTRIES)?;
        let name = |id: &str| office.directory.colleague(&id.into()).map(|colleague| colleague.name.clone());
        let lines = journal::lines(tx, &rows, name)?;
        Ok(rows.iter().zip(lines).map(|(row, line)| entry(row, &line)).collect::<Vec<_>>())
    });
    match entries.await {
        Ok(entries) => ([(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.as_str())], Json(entries)).into_response(),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

fn entry(row: &JournalRow, line: &journal::Line) -> Value {
    json!({ "seq": row.seq, "at": row.at, "kind": row.kind, "actor": line.who, "thread": row.thread, "message": row.message, "summary": line.what })
}
