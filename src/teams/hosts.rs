//! Which hosts may receive a bearer token, and which URLs count as secure.
//!
//! Sound because it compares what the URL parser made of the text (the same parser that reqwest connects with), never the text
//! itself: `https://smba.trafficmanager.net@evil.example/` is evil.example here too.

use url::Url;

/// The allow-list, parsed once.
#[derive(Clone, Debug)]
pub(super) struct ServiceHosts(Vec<Entry>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    host: String,
    /// `None` is the default port of the URL's scheme.
    port: Option<u16>,
}

impl ServiceHosts {
    /// Entries that are no plain `host` or `host:port` match nothing.
    pub(super) fn new(entries: &[String]) -> Self {
        Self(entries.iter().filter_map(|entry| Entry::parse(entry)).collect())
    }

    /// The parsed URL when it may be called with the bot's token.
    pub(super) fn allowed(&self, service_url: &str) -> Option<Url> {
        let url = Url::parse(service_url).ok()?;
        let host = url.host_str()?;
        let plain = url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
        let known = self.0.iter().any(|entry| entry.host == host && entry.has_port_of(&url));
        (plain && known && is_secure(&url)).then_some(url)
    }
}

impl Entry {
    fn parse(text: &str) -> Option<Self> {
        // Parsed under both schemes, for each hides its own default port.
        let https = Url::parse(&format!("https://{text}")).ok()?;
        let http = Url::parse(&format!("http://{text}")).ok()?;
        let bare =
            https.path() == "/" && https.username().is_empty() && https.password().is_none() && !text.contains(['/', '?', '#', '\\']);
        let host = https.host_str().filter(|_| bare)?.to_owned();
        Some(Self { host, port: https.port().or(http.port()) })
    }

    fn has_port_of(&self, url: &Url) -> bool {
        match self.port {
            Some(port) => url.port_or_known_default() == Some(port),
            None => url.port().is_none(),
        }
    }
}

/// https, or http to this machine itself.
pub(super) fn is_secure(url: &Url) -> bool {
    match url.scheme() {
        "https" => url.host_str().is_some_and(|host| !host.is_empty()),
        "http" => is_loopback(url),
        _ => false,
    }
}

/// Whether the URL's host is this machine by its name or address.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Equality of two service URLs: case of the host and slashes at the end do not matter, everything else does.
pub(super) fn same_service_url(one: &str, other: &str) -> bool {
    let (Ok(one), Ok(other)) = (Url::parse(one), Url::parse(other)) else { return false };
    one.scheme() == other.scheme()
        && one.host() == other.host()
        && one.port() == other.port()
        && one.username() == other.username()
        && one.password() == other.password()
        && one.query() == other.query()
        && one.fragment() == other.fragment()
        && one.path().trim_end_matches('/') == other.path().trim_end_matches('/')
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::public("https://smba.trafficmanager.net/emea/", true)]
    #[case::host_in_capitals("https://SMBA.TrafficManager.NET/amer", true)]
    #[case::default_port_spelled_out("https://smba.trafficmanager.net:443/teams", true)]
    #[case::plain_http("http://smba.trafficmanager.net/emea/", false)]
    #[case::other_port("https://smba.trafficmanager.net:8443/emea/", false)]
    #[case::somebody_elses_name("https://evil.trafficmanager.net/", false)]
    #[case::a_name_below("https://x.smba.trafficmanager.net/", false)]
    #[case::a_name_that_begins_alike("https://smba.trafficmanager.net.evil.example/", false)]
    #[case::trailing_dot("https://smba.trafficmanager.net./", false)]
    #[case::user_info("https://smba.trafficmanager.net@evil.example/", false)]
    #[case::user_info_before_an_allowed_host("https://x:y@smba.trafficmanager.net/", false)]
    #[case::backslash("https://evil.example\\@smba.trafficmanager.net/", false)]
    #[case::query("https://smba.trafficmanager.net/?to=evil", false)]
    #[case::loopback_http("http://127.0.0.1:9000/connector", true)]
    #[case::loopback_https("https://127.0.0.1:9000/connector", true)]
    #[case::loopback_other_port("http://127.0.0.1:9001/connector", false)]
    #[case::loopback_by_name("http://localhost:56150/_connector", true)]
    #[case::loopback_v6("http://[::1]:9000/", true)]
    #[case::file("file:///etc/passwd", false)]
    #[case::nothing("", false)]
    fn only_exact_hosts_are_allowed(#[case] url: &str, #[case] expected: bool) {
        let entries = ["smba.trafficmanager.net", "127.0.0.1:9000", "localhost:56150", "[::1]:9000", "*.trafficmanager.net"];
        let hosts = ServiceHosts::new(&entries.map(str::to_owned));
        assert_eq!(hosts.allowed(url).is_some(), expected);
    }

    #[rstest]
    #[case("smba.trafficmanager.net/emea")]
    #[case("user@smba.trafficmanager.net")]
    #[case("")]
    #[case("https://smba.trafficmanager.net")]
    fn an_entry_that_is_no_host_matches_nothing(#[case] entry: &str) {
        assert!(ServiceHosts::new(&[entry.to_owned()]).allowed("https://smba.trafficmanager.net/emea").is_none());
    }

    #[rstest]
    #[case("https://a.example/x", "https://A.example/x/", true)]
    #[case("https://a.example", "https://a.example:443/", true)]
    #[case("https://a.example/x", "https://a.example/y", false)]
    #[case("https://a.example/x", "http://a.example/x", false)]
    #[case("https://a.example/x", "https://b.example/x", false)]
    #[case("not a url", "not a url", false)]
    fn service_urls_compare_by_meaning(#[case] one: &str, #[case] other: &str, #[case] expected: bool) {
        assert_eq!(same_service_url(one, other), expected);
    }
}
