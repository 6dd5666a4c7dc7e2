//! `switchboard demo`: the real server between two simulated worlds, all on loopback, with a clock that can be moved.

mod events;

use super::{App, journal};
use crate::bridge::{
    ClosedWindow, Colleague, Directory, Fill, KeywordSet, LanguageTemplates, Line, LineId, LineTemplates, Number, NumberStatus,
    Organization, Policy, Role, TemplateUse,
};
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
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Where Microsoft's Agents Playground listens, its one user, and that user's tenant.
const PLAYGROUND_HOSTS: [&str; 2] = ["localhost:56150", "127.0.0.1:56150"];
const PLAYGROUND_USER: &str = "00000000-0000-0000-0000-0000000000020";
/// The lines of two of the numbers.
const ADVICE: &str = "advice";
const SERVICE: &str = "service";
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
        let mut cast = simulator::defaults();
        let mut directory = directory(&cast);
        events::add(&mut cast, &mut directory);
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
        // Supervisors and administrators hear of what the others do not: Ben shows it.
        if let Some(leads) = directory.colleagues.get_mut(1) {
            leads.roles.extend([Role::Supervisor, Role::Administrator]);
        }
        // The templates of the others exist in German too: so do the words that answer them.
        let words = |word: &str| Some(vec![word.to_owned()]);
        let german = KeywordSet { opt_in: words("JA"), decline: words("NEIN"), ..KeywordSet::default() };
        for line in directory.lines.iter_mut().filter(|line| line.id != LineId::from(SERVICE)) {
            line.keywords.insert("de".to_owned(), german.clone());
        }
        if options.playground {
            config.teams.development_accept_unauthenticated = true;
            config.teams.allowed_service_hosts.extend(PLAYGROUND_HOSTS.map(str::to_owned));
            directory.colleagues.push(colleague(PLAYGROUND_USER, "Alex Wilber", ADVICE));
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
            for user in ["ana", "ben", "eva", "caro"] {
                if let Err(error) = teams.install(user).await {
                    tracing::warn!(%error, user, "the simulated installation failed");
                }
            }
            if let Err(error) = teams.add_bot(events::GUESTS_CHANNEL, events::HOST).await {
                tracing::warn!(%error, "the simulated installation in a team failed");
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
    config.server.public_url = Some(format!("http://{server}"));
    config.store.url = Some(SecretString::from(format!("sqlite://{}", database.display())));
    config.teams.app_id.clone_from(&cast.teams.app_id);
    config.teams.tenant_id.clone_from(&cast.teams.tenant_id);
    config.teams.allowed_tenants = vec![cast.teams.tenant_id.clone()];
    config.teams.client_secret = Some(SecretString::from(cast.teams.client_secret.clone()));
    config.teams.openid_metadata_url = teams.openid_metadata_url();
    config.teams.login_url = teams.login_url();
    config.teams.allowed_service_hosts = vec![host];
    config.teams.graph.enabled = true;
    config.teams.graph.files = true;
    config.teams.graph.base_url = teams.graph_url();
    config.teams.graph.app_catalog_id.clone_from(&cast.teams.catalog_id);
    config.teams.reactions.enabled = true;
    config.whatsapp.graph_url = whatsapp.base_url().to_owned();
    config.whatsapp.access_token = Some(SecretString::from(cast.whatsapp.access_token.clone()));
    config.whatsapp.app_secrets = vec![SecretString::from(cast.whatsapp.app_secret.clone())];
    config.whatsapp.verify_token = Some(SecretString::from(cast.whatsapp.verify_token.clone()));
    config
}

/// The demo's organization: everybody of the cast, on a line that speaks English and, where the cast has its number, one that speaks
/// German.
pub fn directory(cast: &Cast) -> Directory {
    let line = Line {
        id: ADVICE.into(),
        name: "Private clients".to_owned(),
        business: Some("Northwind Bank".to_owned()),
        enabled: true,
        language: None,
        region: None,
        policy: Policy::default(),
        intake: Default::default(),
        channel: None,
        templates: LineTemplates {
            opt_in: template("switchboard_opt_in", "en"),
            nudge: Some(template("switchboard_nudge", "en")),
            languages: BTreeMap::new(),
        },
        keywords: Default::default(),
        texts: Default::default(),
    };
    let line_of = |number: &simulator::BusinessNumber| if number.phone_number_id == simulator::SERVICE_NUMBER { SERVICE } else { ADVICE };
    let number = |number: &simulator::BusinessNumber| Number {
        phone_number_id: number.phone_number_id.as_str().into(),
        waba_id: number.waba_id.as_str().into(),
        line: line_of(number).into(),
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
        colleagues: cast
            .teams
            .users
            .iter()
            .map(|user| colleague(&user.object_id, &user.name, if user.key == "eva" { SERVICE } else { ADVICE }))
            .collect(),
        lines: std::iter::once(line).chain(cast.whatsapp.numbers.iter().any(|number| line_of(number) == SERVICE).then(service)).collect(),
    }
}

/// The line that speaks German: its own templates, keywords and texts, and held messages are announced.
fn service() -> Line {
    let words = |words: &[&str]| Some(words.iter().map(|word| (*word).to_owned()).collect());
    let keywords = KeywordSet {
        opt_out: words(&["STOP", "STOPP", "ABMELDEN", "ABBESTELLEN", "BEENDEN", "SCHLUSS"]),
        opt_in: words(&["JA", "J", "START", "EINVERSTANDEN", "ANMELDEN"]),
        decline: words(&["NEIN", "NEIN DANKE"]),
        help: words(&["HILFE", "INFO"]),
        revocation: None,
        marketing_opt_out: words(&["KEINE WERBUNG"]),
    };
    let texts = [
        (
            "K-01",
            "Guten Tag, hier ist {colleague} von {business}. Dürfen wir Ihnen hier auf WhatsApp schreiben? Antworten Sie JA, wenn Sie \
             einverstanden sind, oder NEIN, wenn nicht. Mit STOP können Sie jederzeit beenden.",
        ),
        (
            "K-01b",
            "Guten Tag, hier ist {business}. Dürfen wir Ihnen hier auf WhatsApp schreiben? Antworten Sie JA, wenn Sie einverstanden sind, \
             oder NEIN, wenn nicht. Mit STOP können Sie jederzeit beenden.",
        ),
        ("K-01-yes", "Ja"),
        ("K-01-no", "Nein"),
        ("K-02", "Vielen Dank. Sie können jetzt hier mit {colleague} von {business} schreiben. STOP beendet, HILFE hilft."),
        ("K-02b", "Vielen Dank. Sie können jetzt hier mit {business} schreiben. STOP beendet, HILFE hilft."),
        (
            "K-03",
            "Sie erhalten keine Nachrichten von {business} mehr auf WhatsApp. Wenn Sie es sich anders überlegen, antworten Sie START oder \
             schreiben Sie uns, dann fragen wir Sie erneut.",
        ),
        ("K-21", "(geschrieben am {date})"),
        ("K-31b", "{colleague} ist in diesem Chat nicht mehr für Sie da. {remaining} hilft Ihnen weiter."),
        ("K-33", "{colleague} von {business} ist jetzt auch in diesem Chat."),
        ("K-36", "Dieser Chat ist vorerst beendet. Schreiben Sie uns hier jederzeit, dann antwortet Ihnen {business}."),
        ("K-42", "{colleague} gehört nicht mehr zu diesem Chat. {remaining} hilft Ihnen weiter."),
        ("K-13", "{business}: Mit STOP beenden Sie Nachrichten, mit START geht es weiter."),
        (
            "K-22",
            "{colleague} von {business} hat eine Nachricht für Sie. Antworten Sie hier, um sie zu lesen. Mit STOP beenden Sie Nachrichten.",
        ),
        ("T-05", "Der Kontakt hat seit mehr als 24 Stunden nicht auf die Anfrage geantwortet. Sie können die Anfrage noch einmal senden."),
    ];
    let english =
        LanguageTemplates { opt_in: Some(template("switchboard_opt_in", "en")), nudge: Some(template("switchboard_nudge", "en")) };
    Line {
        id: SERVICE.into(),
        name: "Service Desk".to_owned(),
        business: Some("Northwind Service".to_owned()),
        enabled: true,
        language: Some("de".to_owned()),
        region: Some("DE".to_owned()),
        policy: Policy { closed_window: ClosedWindow::QueueAndNudge, ..Policy::default() },
        intake: Default::default(),
        channel: None,
        templates: LineTemplates {
            opt_in: template("service_anfrage", "de"),
            nudge: Some(template("service_nachricht", "de")),
            languages: [("en".to_owned(), english)].into(),
        },
        keywords: [("de".to_owned(), keywords)].into(),
        texts: [("de".to_owned(), texts.map(|(id, text)| (id.to_owned(), text.to_owned())).into())].into(),
    }
}

fn template(name: &str, language: &str) -> TemplateUse {
    TemplateUse { name: name.to_owned(), language: language.to_owned(), variables: vec![Fill::Colleague, Fill::Business] }
}

fn colleague(id: &str, name: &str, line: &str) -> Colleague {
    Colleague { id: id.into(), name: name.to_owned(), lines: vec![LineId::from(line)], roles: vec![Role::Agent], enabled: true }
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
