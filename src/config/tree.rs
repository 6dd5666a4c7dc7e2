//! The tree of settings with their defaults. Plain data: reading is in `layers`, rules are in `check`.
//!
//! Invariant: whatever must not be printed is a `SecretString`, whose `Debug` hides it, and nothing here serializes.

use super::problem::Origin;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

/// Everything that can be set.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The organization's file (`directory.toml`). Relative to the configuration file when set there, to the working directory when
    /// set by environment. Default: none, the server runs with what the store holds.
    pub directory: Option<PathBuf>,
    pub server: Server,
    pub store: Store,
    pub files: Files,
    pub teams: Teams,
    pub whatsapp: WhatsApp,
    pub limits: Limits,
    pub log: Log,
    /// Where each key that somebody set came from, by key (`teams.app_id`).
    #[serde(skip)]
    pub(super) origins: BTreeMap<String, Origin>,
}

impl Config {
    /// Where a key's value came from.
    pub fn origin(&self, key: &str) -> Origin {
        self.origins.get(key).cloned().unwrap_or_default()
    }

    /// The folder of files, where they are kept in one.
    pub fn files_folder(&self) -> PathBuf {
        self.files.folder.clone().unwrap_or_else(|| self.store.path().unwrap_or(Path::new("switchboard.db")).with_extension("files"))
    }
}

/// `[server]`: the listener.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Server {
    /// Address and port to listen on. Default `127.0.0.1:8080`.
    pub listen: SocketAddr,
    /// The address under which Microsoft and Meta reach this server, without a final slash. Default: none.
    pub public_url: Option<String>,
}

impl Default for Server {
    fn default() -> Self {
        Self { listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)), public_url: None }
    }
}

/// `[store]`: where everything is kept.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Store {
    /// `sqlite://` and a path, relative to the working directory unless it starts with a slash (`sqlite:///var/lib/switchboard/db`); or
    /// `postgres://user:password@host:port/database`. Default `sqlite://switchboard.db`.
    pub url: Option<SecretString>,
    /// A file that holds it instead, for the sake of the password.
    pub url_file: Option<PathBuf>,
}

impl Store {
    /// The URL, with its password.
    pub fn url(&self) -> &str {
        self.url.as_ref().map_or("sqlite://switchboard.db", |url| url.expose_secret())
    }

    /// The database file of SQLite.
    pub fn path(&self) -> Option<&Path> {
        self.url().strip_prefix("sqlite://").map(Path::new)
    }

    /// The URL for people: without password and parameters.
    pub fn shown(&self) -> String {
        let Some((scheme, rest)) = self.url().split_once("://").filter(|(scheme, _)| *scheme != "sqlite") else {
            return self.url().to_owned();
        };
        // The last @: a password may hold one, and whatever else a URL should not.
        let (user, rest) = rest.rsplit_once('@').map_or((None, rest), |(user, rest)| (user.split(':').next(), rest));
        let place = rest.split('?').next().unwrap_or_default();
        format!("{scheme}://{}{place}", user.map(|user| format!("{user}@")).unwrap_or_default())
    }
}

/// `[files]`: where pictures and files are kept: a folder, or a bucket of an S3-compatible store.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Files {
    /// Relative to the configuration file when set there. Default: beside the database of SQLite, under its name with the ending
    /// `.files`; `switchboard.files` in the working directory where that is PostgreSQL.
    pub folder: Option<PathBuf>,
    /// A bucket instead of a folder.
    pub s3_bucket: Option<String>,
    /// What the names of all files in the bucket begin with. Default: nothing.
    pub s3_prefix: Option<String>,
    /// Default: that of the environment (`AWS_REGION`), else `us-east-1`.
    pub s3_region: Option<String>,
    /// The address of a store that is not Amazon's. https, or http on a loopback address. Default: Amazon's.
    pub s3_endpoint: Option<String>,
    /// With its secret. Default: what the environment or the machine has (`AWS_*`, web identity, instance metadata).
    pub s3_access_key_id: Option<String>,
    pub s3_secret_access_key: Option<SecretString>,
    /// A file that holds the secret access key instead.
    pub s3_secret_access_key_file: Option<PathBuf>,
}

/// `[teams]`: the bot's registration, and which world it talks to. Defaults are the public cloud's.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Teams {
    /// The bot's application id. Required.
    pub app_id: String,
    /// The application's home tenant, where its token is asked for. Required, except in development without authentication.
    pub tenant_id: String,
    /// Tenants whose users may use the bot, by id. Default: `tenant_id` alone.
    pub allowed_tenants: Vec<String>,
    /// The application's client secret. Required, except in development without authentication.
    pub client_secret: Option<SecretString>,
    /// A file that holds the client secret instead.
    pub client_secret_file: Option<PathBuf>,
    /// Default `https://login.botframework.com/v1/.well-known/openidconfiguration`.
    pub openid_metadata_url: String,
    /// Where tokens are asked for, without a final slash. Default `https://login.microsoftonline.com`.
    pub login_url: String,
    /// `iss` of the tokens that Microsoft sends us, compared exactly. Default `https://api.botframework.com`.
    pub issuer: String,
    /// Scope of the token we ask for. Default `https://api.botframework.com/.default`.
    pub scope: String,
    /// Hosts (`host` or `host:port`) that may be a service URL and may see our token, exactly as written. Default:
    /// `smba.trafficmanager.net` and, as its tenants use the public cloud's identities, GCC's `smba.infra.gcc.teams.microsoft.com`.
    pub allowed_service_hosts: Vec<String>,
    /// Accept activities without a token, for Microsoft's Agents Playground. Only with a loopback `server.listen`. Default false.
    pub development_accept_unauthenticated: bool,
    pub graph: Graph,
    pub reactions: Reactions,
}

impl Default for Teams {
    fn default() -> Self {
        Self {
            app_id: String::new(),
            tenant_id: String::new(),
            allowed_tenants: Vec::new(),
            client_secret: None,
            client_secret_file: None,
            openid_metadata_url: "https://login.botframework.com/v1/.well-known/openidconfiguration".to_owned(),
            login_url: "https://login.microsoftonline.com".to_owned(),
            issuer: "https://api.botframework.com".to_owned(),
            scope: "https://api.botframework.com/.default".to_owned(),
            allowed_service_hosts: vec!["smba.trafficmanager.net".to_owned(), "smba.infra.gcc.teams.microsoft.com".to_owned()],
            development_accept_unauthenticated: false,
            graph: Graph::default(),
            reactions: Reactions::default(),
        }
    }
}

/// `[teams.graph]`: Microsoft Graph, with the same registration. Makes and keeps group chats for lines whose home is `chat`, and reads the
/// files that colleagues post where others read along; nothing else needs it.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Graph {
    /// Default false.
    pub enabled: bool,
    /// Read the files that colleagues post in group chats and channels, of which Teams tells a bot nothing; costs a request for each
    /// message there. Default false.
    pub files: bool,
    /// The Teams app's id in the organization's app catalog (Graph's `teamsApp.id`, not the manifest's). Required when enabled.
    pub app_catalog_id: String,
    /// Without a final slash. Default `https://graph.microsoft.com/v1.0`.
    pub base_url: String,
    /// Scope of the token we ask for. Default `https://graph.microsoft.com/.default`.
    pub scope: String,
}

impl Default for Graph {
    fn default() -> Self {
        Self {
            enabled: false,
            files: false,
            app_catalog_id: String::new(),
            base_url: "https://graph.microsoft.com/v1.0".to_owned(),
            scope: "https://graph.microsoft.com/.default".to_owned(),
        }
    }
}

/// `[teams.reactions]`: shows how a colleague's message stands at the client by a reaction on it. A public preview of Teams (May 2026).
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Reactions {
    /// Default false.
    pub enabled: bool,
    /// Ids of Teams' reactions reference. Default `2705_whiteheavycheckmark`.
    pub delivered: String,
    /// Default `1f440_eyes`.
    pub read: String,
    /// Default `26a0_warningsign`.
    pub failed: String,
}

impl Default for Reactions {
    fn default() -> Self {
        Self {
            enabled: false,
            delivered: "2705_whiteheavycheckmark".to_owned(),
            read: "1f440_eyes".to_owned(),
            failed: "26a0_warningsign".to_owned(),
        }
    }
}

/// `[whatsapp]`: the Cloud API and its webhooks.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WhatsApp {
    /// The Graph API, without a final slash. Default `https://graph.facebook.com`.
    pub graph_url: String,
    /// The Graph API's version. Default `v26.0`.
    pub graph_version: String,
    /// The system user's access token. Required.
    pub access_token: Option<SecretString>,
    /// A file that holds the access token instead.
    pub access_token_file: Option<PathBuf>,
    /// App secrets that may sign webhooks; several while one is being replaced. At least one is required.
    pub app_secrets: Vec<SecretString>,
    /// Files that hold one app secret each, instead.
    pub app_secrets_files: Vec<PathBuf>,
    /// What Meta repeats in the webhook's handshake. Required.
    pub verify_token: Option<SecretString>,
    /// A file that holds the verify token instead.
    pub verify_token_file: Option<PathBuf>,
}

impl Default for WhatsApp {
    fn default() -> Self {
        Self {
            graph_url: "https://graph.facebook.com".to_owned(),
            graph_version: "v26.0".to_owned(),
            access_token: None,
            access_token_file: None,
            app_secrets: Vec::new(),
            app_secrets_files: Vec::new(),
            verify_token: None,
            verify_token_file: None,
        }
    }
}

/// `[limits]`: how fast the server goes, each from 1 to 100,000. The defaults are what both providers grant everybody; Meta raises
/// some numbers, Microsoft calls its figures estimates. Going faster than granted is harmless but slow: the provider refuses, and
/// what it refused is sent again later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Messages per second of one WhatsApp number. Default 80; Meta raises a number to 1,000 by itself, and a number shared with the
    /// WhatsApp Business app has 20 (Cloud API, throughput).
    pub whatsapp_number_per_second: NonZeroU32,
    /// Messages to one client at once. Default 45 (Cloud API, pair rate limit).
    pub whatsapp_client_burst: NonZeroU32,
    /// Seconds per message to one client after that. Default 6 (Cloud API, pair rate limit).
    pub whatsapp_client_seconds: NonZeroU32,
    /// Messages to one Teams chat at once. Default 7 (Teams, rate limits per bot and thread: 7 in 1 s).
    pub teams_chat_burst: NonZeroU32,
    /// Messages per second to one Teams chat after that. Default 2 (the same: 60 in 30 s).
    pub teams_chat_per_second: NonZeroU32,
    /// Requests per second to Teams, over all chats. Default 50 (Teams: per app and tenant).
    pub teams_tenant_per_second: NonZeroU32,
}

impl Default for Limits {
    fn default() -> Self {
        const fn figure(number: u32) -> NonZeroU32 {
            NonZeroU32::new(number).expect("not zero")
        }
        Self {
            whatsapp_number_per_second: figure(80),
            whatsapp_client_burst: figure(45),
            whatsapp_client_seconds: figure(6),
            teams_chat_burst: figure(7),
            teams_chat_per_second: figure(2),
            teams_tenant_per_second: figure(50),
        }
    }
}

/// `[log]`: what is written to standard error.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// `text` for people, `json` for machines. Default `text`.
    pub format: LogFormat,
    /// Directives of tracing's `EnvFilter` (`info,switchboard::relay=debug`). Default `info`.
    pub filter: String,
}

impl Default for Log {
    fn default() -> Self {
        Self { format: LogFormat::Text, filter: "info".to_owned() }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    Text,
    Json,
}
