//! The rules a configuration must keep before the server starts. Every rule is asked, so that one look shows everything.
//!
//! Two of them are about safety and have no way around: nobody but a loopback listener accepts activities without a token, and our
//! Teams token goes to hosts that are named exactly, because whoever rents from a shared domain can register any name below it.

use super::problem::Problem;
use super::tree::{Config, Files, Reactions, Teams, WhatsApp};
use secrecy::ExposeSecret;
use url::{Host, Url};

/// Tidies what may be written in two ways (final slashes, case of hosts), fills `allowed_tenants`, and tells what is wrong.
pub(super) fn check(config: &mut Config, problems: &mut Vec<Problem>) {
    let mut found: Vec<(&str, String)> = Vec::new();
    // Whoever named only a tenant means its users.
    if config.teams.allowed_tenants.is_empty() && !config.teams.tenant_id.is_empty() {
        config.teams.allowed_tenants = vec![config.teams.tenant_id.clone()];
    }
    for host in &mut config.teams.allowed_service_hosts {
        *host = host.to_ascii_lowercase();
    }
    let (teams_urls, graph_url) = ([&mut config.teams.login_url, &mut config.teams.graph.base_url], &mut config.whatsapp.graph_url);
    for url in teams_urls.into_iter().chain([graph_url]).chain(&mut config.server.public_url) {
        *url = url.trim_end_matches('/').to_owned();
    }

    let urls = [
        ("teams.openid_metadata_url", &config.teams.openid_metadata_url),
        ("teams.login_url", &config.teams.login_url),
        ("teams.issuer", &config.teams.issuer),
        ("teams.graph.base_url", &config.teams.graph.base_url),
        ("whatsapp.graph_url", &config.whatsapp.graph_url),
    ];
    for (key, url) in urls.into_iter().chain(config.server.public_url.iter().map(|url| ("server.public_url", url))) {
        found.extend(url_problem(url).map(|reason| (key, reason)));
    }
    store(config.store.url(), &mut found);
    files(&config.files, &mut found);
    let loopback = config.server.listen.ip().is_loopback();
    teams(&config.teams, loopback, !config.origins.contains_key("teams.allowed_tenants"), &mut found);
    graph(&config.teams, &mut found);
    reactions(&config.teams.reactions, &mut found);
    whatsapp(&config.whatsapp, &mut found);
    if let Err(error) = tracing_subscriber::EnvFilter::try_new(&config.log.filter) {
        found.push(("log.filter", format!("is not a filter: {error}")));
    }

    // A key that reading has told about already (a file that is not there, a wrong type) is not also called missing.
    let secret = |key: &str| key.strip_suffix("_file").or(key.strip_suffix("_files")).unwrap_or(key).to_owned();
    let told: Vec<String> = problems.iter().map(|problem| secret(&problem.key)).collect();
    found.retain(|(key, _)| !told.iter().any(|told| told == key));
    problems.extend(found.into_iter().map(|(key, reason)| Problem::new(config.origin(key), key, reason)));
}

fn store(url: &str, found: &mut Vec<(&'static str, String)>) {
    match url.split_once("://") {
        Some(("sqlite", path)) if path.is_empty() || path.contains('?') => {
            found.push(("store.url", "must be sqlite:// and a path, without parameters".to_owned()));
        }
        Some(("sqlite" | "postgres" | "postgresql", _)) => {}
        Some((scheme, _)) => {
            // Not the whole value: addresses of database servers hold passwords.
            let scheme = scheme.chars().filter(char::is_ascii_alphanumeric).take(20).collect::<String>();
            found.push((
                "store.url",
                format!("names a store of kind {scheme:?}; this version knows sqlite:// (SQLite inside the server) and postgres://"),
            ));
        }
        None => found.push(("store.url", "must start with sqlite:// or postgres://".to_owned())),
    }
}

fn files(files: &Files, found: &mut Vec<(&'static str, String)>) {
    let mut wrong = |key: &'static str, reason: &str| found.push((key, reason.to_owned()));
    if files.s3_bucket.is_some() && files.folder.is_some() {
        wrong("files.folder", "is given beside files.s3_bucket: files are kept in one place");
    }
    let only_with_bucket = [
        ("files.s3_prefix", files.s3_prefix.is_some()),
        ("files.s3_region", files.s3_region.is_some()),
        ("files.s3_endpoint", files.s3_endpoint.is_some()),
        ("files.s3_access_key_id", files.s3_access_key_id.is_some()),
        ("files.s3_secret_access_key", files.s3_secret_access_key.is_some()),
    ];
    for (key, _) in only_with_bucket.into_iter().filter(|(_, given)| *given && files.s3_bucket.is_none()) {
        wrong(key, "means nothing without files.s3_bucket");
    }
    if files.s3_access_key_id.is_some() != files.s3_secret_access_key.is_some() {
        wrong("files.s3_secret_access_key", "and files.s3_access_key_id are given together, or neither");
    }
    if let Some(reason) = files.s3_endpoint.as_deref().and_then(url_problem) {
        wrong("files.s3_endpoint", &reason);
    }
}

fn teams(teams: &Teams, loopback: bool, only_own_tenant: bool, found: &mut Vec<(&'static str, String)>) {
    let mut wrong = |key: &'static str, reason: &str| found.push((key, reason.to_owned()));
    let open = teams.development_accept_unauthenticated;
    if open && !loopback {
        wrong("teams.development_accept_unauthenticated", "is only possible while server.listen is a loopback address (127.0.0.1, ::1)");
    }
    if teams.app_id.is_empty() {
        wrong("teams.app_id", "is missing: the bot's application id");
    } else if !is_plain_id(&teams.app_id) {
        wrong("teams.app_id", "must be an application id: letters, digits and hyphens");
    }
    if teams.client_secret.is_none() && !open {
        wrong("teams.client_secret", "is missing: set it, or teams.client_secret_file");
    }
    if teams.tenant_id.is_empty() && !open {
        wrong("teams.tenant_id", "is missing: the id of the application's home tenant");
    } else if teams.tenant_id.split('.').any(|part| !part.is_empty() && !is_plain_id(part)) {
        wrong("teams.tenant_id", "must be a tenant's id or domain");
    } else if teams.tenant_id.contains('.') && only_own_tenant {
        wrong("teams.tenant_id", "is a domain, but activities carry tenants' ids: use the id, or set teams.allowed_tenants");
    } else if matches!(teams.tenant_id.as_str(), "common" | "organizations" | "consumers") {
        wrong("teams.tenant_id", "must be one tenant: a bot's token is asked for in its home tenant");
    }
    if teams.allowed_tenants.is_empty() {
        if !teams.tenant_id.is_empty() || open {
            wrong("teams.allowed_tenants", "is missing: no tenant's users may use the bot");
        }
    } else if !only_own_tenant && !teams.allowed_tenants.iter().all(|tenant| is_plain_id(tenant)) {
        wrong("teams.allowed_tenants", "must hold tenants' ids (letters, digits and hyphens): no domains, no wildcards");
    }
    if teams.scope.is_empty() || teams.scope.contains(char::is_whitespace) {
        wrong("teams.scope", "must be one scope (https://api.botframework.com/.default)");
    }
    if teams.allowed_service_hosts.is_empty() {
        wrong("teams.allowed_service_hosts", "is empty: nothing could be sent to Teams");
    }
    for host in &teams.allowed_service_hosts {
        found.extend(host_problem(host).map(|reason| ("teams.allowed_service_hosts", reason)));
    }
    found
        .extend(teams.client_secret.as_ref().filter(|secret| is_broken(secret.expose_secret())).map(|_| ("teams.client_secret", broken())));
}

fn graph(teams: &Teams, found: &mut Vec<(&'static str, String)>) {
    let graph = &teams.graph;
    let mut wrong = |key: &'static str, reason: &str| found.push((key, reason.to_owned()));
    if graph.enabled && graph.app_catalog_id.is_empty() {
        wrong("teams.graph.app_catalog_id", "is missing: the app's id in the organization's app catalog");
    } else if !graph.app_catalog_id.is_empty() && !is_plain_id(&graph.app_catalog_id) {
        wrong("teams.graph.app_catalog_id", "must be an id of the app catalog: letters, digits and hyphens");
    }
    if graph.files && !graph.enabled {
        wrong("teams.graph.files", "needs teams.graph.enabled");
    }
    // Without authentication the two are not asked for, and Graph answers nobody without a token.
    if graph.enabled && teams.development_accept_unauthenticated && (teams.client_secret.is_none() || teams.tenant_id.is_empty()) {
        wrong("teams.graph.enabled", "needs teams.tenant_id and teams.client_secret: Graph is asked with a token");
    }
    if graph.scope.is_empty() || graph.scope.contains(char::is_whitespace) {
        wrong("teams.graph.scope", "must be one scope (https://graph.microsoft.com/.default)");
    }
}

fn reactions(reactions: &Reactions, found: &mut Vec<(&'static str, String)>) {
    let names = [
        ("teams.reactions.delivered", &reactions.delivered),
        ("teams.reactions.read", &reactions.read),
        ("teams.reactions.failed", &reactions.failed),
    ];
    let is_name = |text: &str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        (1..=100).contains(&text.len()) && text.bytes().all(plain)
    };
    for (at, (key, name)) in names.iter().enumerate() {
        if !is_name(name) {
            found.push((key, "must be an id of Teams' reactions reference (1f440_eyes): letters, digits, - and _".to_owned()));
        } else if names[..at].iter().any(|(_, other)| other == name) {
            found.push((key, format!("is {name:?} again: each state needs a reaction of its own")));
        }
    }
}

fn whatsapp(whatsapp: &WhatsApp, found: &mut Vec<(&'static str, String)>) {
    let version = whatsapp.graph_version.strip_prefix('v').and_then(|version| version.split_once('.'));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !version.is_some_and(|(major, minor)| digits(major) && digits(minor)) {
        found.push(("whatsapp.graph_version", "must look like v26.0".to_owned()));
    }
    if whatsapp.app_secrets.is_empty() {
        found.push(("whatsapp.app_secrets", "is missing: set it, or whatsapp.app_secrets_files".to_owned()));
    }
    for (key, secret) in [("whatsapp.access_token", &whatsapp.access_token), ("whatsapp.verify_token", &whatsapp.verify_token)] {
        match secret {
            None => found.push((key, format!("is missing: set it, or {key}_file"))),
            Some(secret) if is_broken(secret.expose_secret()) => found.push((key, broken())),
            Some(_) => {}
        }
    }
    if whatsapp.app_secrets.iter().any(|secret| is_broken(secret.expose_secret())) {
        found.push(("whatsapp.app_secrets", broken()));
    }
}

/// A secret with a space or a line break in it is a copying mistake, and could not be put into a header.
fn is_broken(secret: &str) -> bool {
    secret.contains(|c: char| c.is_whitespace() || c.is_control())
}

fn broken() -> String {
    "holds a space or a line break".to_owned()
}

fn is_plain_id(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// Why an address cannot be used: tokens and messages go there, so they go encrypted, unless they do not leave the machine.
fn url_problem(text: &str) -> Option<String> {
    let Ok(url) = Url::parse(text) else { return Some("must be a URL (https://...)".to_owned()) };
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => return Some("must be a URL with a host (https://...)".to_owned()),
    };
    match url.scheme() {
        "http" if !loopback => Some("must be https://; http:// is for loopback addresses only".to_owned()),
        "http" | "https" if !url.username().is_empty() || url.password().is_some() => Some("must not hold a user or password".to_owned()),
        "http" | "https" if url.query().is_some() || url.fragment().is_some() => Some("must not have a query or fragment".to_owned()),
        "http" | "https" => None,
        _ => Some("must be https://".to_owned()),
    }
}

/// Why an entry is not one exact host.
fn host_problem(entry: &str) -> Option<String> {
    let exact = |reason: &str| Some(format!("holds {entry:?}, which {reason}; name each host exactly, as host or host:port"));
    if entry.contains('*') || entry.starts_with('.') {
        return exact("is a wildcard, and anybody can register names below a shared domain");
    }
    let Ok(url) = Url::parse(&format!("https://{entry}/")) else { return exact("is not a host") };
    // What comes back differently was a scheme, a path, a user, or a spelling that would never compare equal.
    let back = match (url.host_str(), url.port()) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        (Some(host), None) => host.to_owned(),
        (None, _) => return exact("is not a host"),
    };
    if back != entry && format!("{back}:443") != entry {
        return exact("is not a host");
    }
    if url.host_str() == Some("trafficmanager.net") {
        return exact("is a shared domain, where any customer of Azure can register a name");
    }
    None
}
