//! What this room needs to know about the bot's registration and cloud. Every value comes from the configuration; nothing here
//! is read from a token or an activity.

use secrecy::SecretString;
use url::Url;

use super::hosts::ServiceHosts;

/// The bot's registration, the cloud it lives in and the hosts that may be given its bearer token.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The Entra application (client) id of the bot.
    pub app_id: String,
    /// The home tenant of the registration (single-tenant), used for the outbound token.
    pub tenant_id: String,
    /// Entra tenants whose people may use the bot. Empty means `tenant_id` alone.
    pub allowed_tenants: Vec<String>,
    /// The registration's client secret.
    pub client_secret: SecretString,
    /// OpenID metadata of the Bot Framework (`https://login.botframework.com/v1/.well-known/openidconfiguration`).
    pub openid_metadata_url: Url,
    /// `iss` of inbound tokens (`https://api.botframework.com`).
    pub issuer: String,
    /// Where outbound tokens come from (`https://login.microsoftonline.com`).
    pub login_url: Url,
    /// Scope of outbound tokens (`https://api.botframework.com/.default`).
    pub scope: String,
    /// Exact `host` or `host:port` entries. Without a port the scheme's own port is meant. https is required, except for
    /// loopback entries (127.0.0.1, `[::1]`, localhost), where http is allowed too.
    pub allowed_service_hosts: Vec<String>,
    /// Development only, with a loopback bind: activities without an Authorization header are accepted, as Microsoft's Agents
    /// Playground sends them. A header that is there is verified as always.
    pub unauthenticated_loopback: bool,
}

/// Where Microsoft Graph is asked, as the same registration. Only for the home `chat`, and only where it is configured.
#[derive(Clone, Debug)]
pub struct GraphSettings {
    /// `https://graph.microsoft.com/v1.0`. Its host alone is given the token for `scope`.
    pub base_url: Url,
    /// `https://graph.microsoft.com/.default`.
    pub scope: String,
    /// The Teams app in the organization's catalog: its `id` there, not the manifest's (`externalId`).
    pub app_catalog_id: String,
    /// Whether files of shared conversations are read.
    pub files: bool,
}

impl Settings {
    /// The Connector's hosts for the public cloud's identity values: worldwide and GCC. GCC-High, DoD and China have other
    /// issuers too and name their hosts themselves. Never a wildcard: anybody with an Azure subscription can register a name
    /// under `trafficmanager.net`.
    pub fn public_cloud_hosts() -> Vec<String> {
        vec!["smba.trafficmanager.net".to_owned(), "smba.infra.gcc.teams.microsoft.com".to_owned()]
    }

    /// Whether the bearer token may go to this serviceUrl.
    pub fn allows_service_url(&self, url: &str) -> bool {
        ServiceHosts::new(&self.allowed_service_hosts).allowed(url).is_some()
    }

    /// Whether people of this tenant may use the bot.
    pub(super) fn allows_tenant(&self, tenant: &str) -> bool {
        if self.allowed_tenants.is_empty() {
            return !tenant.is_empty() && self.tenant_id.eq_ignore_ascii_case(tenant);
        }
        self.allowed_tenants.iter().any(|allowed| !tenant.is_empty() && allowed.eq_ignore_ascii_case(tenant))
    }
}
