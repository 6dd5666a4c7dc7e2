//! Fetching a file that a colleague chose: from a link, from Teams' file store, or from behind the Connector or Microsoft Graph.
//!
//! A link is typed by a person and could name anything this machine reaches. It is followed only over https and only to addresses of
//! the public internet, which is checked when the connection is made (the resolver gives out no other address, so a name that
//! changes its mind between check and use gains nothing) and again for each redirect. No token of ours goes along; only the
//! Connector's own hosts and Graph's get the bot's token for them, for pasted pictures. Hosts on the Connector's allow-list are known to the
//! administrator and are asked as they stand there.

use super::address::is_public;
use crate::bridge::{FileError, FileSource};
use crate::media::{Keep, KeepError, Written};
use crate::teams::{Connector, Graph};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Response, StatusCode};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use url::{Host, Url};

/// How often an address may lead on.
const REDIRECTS: usize = 3;
/// For a whole file.
const TIMEOUT: Duration = Duration::from_secs(120);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Where Teams keeps the files of a personal chat: SharePoint of all clouds.
const FILE_HOSTS: &[&str] = &[".sharepoint.com", ".sharepoint.us", ".sharepoint-mil.us", ".sharepoint.cn"];

/// A client that reaches public addresses only.
#[derive(Clone, Debug)]
pub struct Fetcher {
    http: reqwest::Client,
}

/// Who in Teams hands files over to us alone.
#[derive(Clone, Copy)]
pub struct Teams<'a> {
    pub connector: &'a Connector,
    pub graph: Option<&'a Graph>,
}

/// A file that arrived whole.
#[derive(Clone, Debug)]
pub struct Fetched {
    pub bytes: Vec<u8>,
    /// As the source calls it: the end of the path where nobody says more.
    pub name: Option<String>,
}

impl Fetcher {
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new() -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder()
            .https_only(true)
            .redirect(reqwest::redirect::Policy::none())
            // A proxy would resolve names for us, unchecked.
            .no_proxy()
            .dns_resolver(Arc::new(PublicOnly))
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TIMEOUT)
            .user_agent(concat!("switchboard/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self { http })
    }

    /// The file, if it has at most `limit` bytes.
    pub async fn fetch(&self, teams: Teams<'_>, source: &FileSource, limit: u64) -> Result<Fetched, FileError> {
        let (response, name) = self.open(teams, source).await?;
        Ok(Fetched { bytes: whole(response, limit).await?, name })
    }

    /// The file into our own keeping, without ever holding the whole of it; with its name.
    pub async fn keep(
        &self,
        teams: Teams<'_>,
        source: &FileSource,
        keep: &Keep,
        limit: u64,
    ) -> Result<(Written, Option<String>), FileError> {
        let (mut response, name) = self.open(teams, source).await?;
        check_size(&response, limit)?;
        let mut incoming = keep.begin(limit);
        let copied = loop {
            match response.chunk().await {
                Ok(Some(part)) => match incoming.write(&part).await {
                    Ok(()) => {}
                    Err(KeepError::TooBig { .. }) => break Err(FileError::TooBig { size: None, limit }),
                    Err(error) => {
                        tracing::error!(%error, "a file could not be kept");
                        break Err(FileError::NotKept);
                    }
                },
                Ok(None) if incoming.is_empty() => break Err(FileError::Empty),
                Ok(None) => break Ok(()),
                Err(_) => break Err(FileError::Unreachable),
            }
        };
        match copied {
            Ok(()) => incoming.finish().await.map(|written| (written, name)).map_err(|error| {
                tracing::error!(%error, "a file could not be kept");
                FileError::NotKept
            }),
            Err(error) => {
                incoming.discard().await;
                Err(error)
            }
        }
    }

    async fn open(&self, teams: Teams<'_>, source: &FileSource) -> Result<(Response, Option<String>), FileError> {
        let mut url = Url::parse(source.url().trim()).map_err(|_| FileError::NotHttps)?;
        let mut first = true;
        for _ in 0..=REDIRECTS {
            let response = self.ask(teams, source, &url, first).await?;
            if !response.status().is_redirection() {
                let name = source.name().map(str::to_owned).or_else(|| last_segment(&url));
                return Ok((response, name));
            }
            let to = response.headers().get(reqwest::header::LOCATION).and_then(|to| to.to_str().ok());
            url = to.and_then(|to| url.join(to).ok()).ok_or(FileError::Refused { status: response.status().as_u16() })?;
            first = false;
        }
        Err(FileError::TooManyRedirects)
    }

    async fn ask(&self, teams: Teams<'_>, source: &FileSource, url: &Url, first: bool) -> Result<Response, FileError> {
        if let (FileSource::Hosted { .. }, true) = (source, first) {
            let graph = teams.graph.ok_or(FileError::NotGranted)?;
            return graph.hosted(url, TIMEOUT).await.map_err(|_| FileError::Unreachable);
        }
        // A redirect never leads to the Connector: whoever owns a link could else make us ask there.
        if first && teams.connector.knows(url) {
            let with_token = matches!(source, FileSource::Inline { .. });
            return teams.connector.get(url, with_token, TIMEOUT).await.map_err(|_| FileError::Unreachable);
        }
        match source {
            // A place in SharePoint is no address of a file.
            FileSource::Inline { .. } | FileSource::Shared { .. } | FileSource::Hosted { .. } => return Err(FileError::NotPublic),
            FileSource::File { .. } if first && !is_file_host(url) => return Err(FileError::NotPublic),
            FileSource::File { .. } | FileSource::Link { .. } => {}
        }
        check(url)?;
        self.http.get(url.clone()).send().await.map_err(|error| refusal(&error))
    }
}

/// https on its own port, without a password, to a name or a public address.
fn check(url: &Url) -> Result<(), FileError> {
    if url.scheme() != "https" {
        return Err(FileError::NotHttps);
    }
    let plain = url.port().is_none() && url.username().is_empty() && url.password().is_none();
    let public = match url.host() {
        // The resolver checks what a name leads to.
        Some(Host::Domain(name)) => !name.is_empty(),
        Some(Host::Ipv4(address)) => is_public(address.into()),
        Some(Host::Ipv6(address)) => is_public(address.into()),
        None => false,
    };
    if plain && public { Ok(()) } else { Err(FileError::NotPublic) }
}

fn is_file_host(url: &Url) -> bool {
    url.host_str().is_some_and(|host| FILE_HOSTS.iter().any(|known| host.ends_with(known)))
}

fn last_segment(url: &Url) -> Option<String> {
    let last = url.path_segments()?.next_back()?;
    let name = percent_encoding::percent_decode_str(last).decode_utf8().ok()?;
    (!name.is_empty()).then(|| name.into_owned())
}

/// A file that says at once that it is none, or too large.
fn check_size(response: &Response, limit: u64) -> Result<(), FileError> {
    match (response.status(), response.content_length()) {
        (StatusCode::OK, Some(size)) if size > limit => Err(FileError::TooBig { size: Some(size), limit }),
        (StatusCode::OK, _) => Ok(()),
        (status, _) => Err(FileError::Refused { status: status.as_u16() }),
    }
}

async fn whole(mut response: Response, limit: u64) -> Result<Vec<u8>, FileError> {
    check_size(&response, limit)?;
    let mut bytes = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if bytes.len() as u64 + chunk.len() as u64 <= limit => bytes.extend_from_slice(&chunk),
            Ok(Some(_)) => return Err(FileError::TooBig { size: None, limit }),
            Ok(None) if bytes.is_empty() => return Err(FileError::Empty),
            Ok(None) => return Ok(bytes),
            Err(_) => return Err(FileError::Unreachable),
        }
    }
}

fn refusal(error: &reqwest::Error) -> FileError {
    let mut cause = std::error::Error::source(error);
    while let Some(found) = cause {
        if found.is::<NotPublic>() {
            return FileError::NotPublic;
        }
        cause = found.source();
    }
    FileError::Unreachable
}

/// The system's resolver without the addresses that are not public.
struct PublicOnly;

#[derive(Debug, thiserror::Error)]
#[error("the name leads to no public address")]
struct NotPublic;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<SocketAddr> = found.filter(|address| is_public(address.ip())).collect();
            if public.is_empty() {
                return Err(NotPublic.into());
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("https://example.com/a.png", Ok(()))]
    #[case("https://example.com:443/a.png", Ok(()))]
    #[case("https://93.184.215.14/a.png", Ok(()))]
    #[case("http://example.com/a.png", Err(FileError::NotHttps))]
    #[case("ftp://example.com/a.png", Err(FileError::NotHttps))]
    #[case("file:///etc/passwd", Err(FileError::NotHttps))]
    #[case("data:image/png;base64,AA==", Err(FileError::NotHttps))]
    #[case("https://example.com:8443/a.png", Err(FileError::NotPublic))]
    #[case("https://user:pass@example.com/a.png", Err(FileError::NotPublic))]
    #[case("https://127.0.0.1/a.png", Err(FileError::NotPublic))]
    #[case("https://0x7f.1/a.png", Err(FileError::NotPublic))]
    #[case("https://2130706433/a.png", Err(FileError::NotPublic))]
    #[case("https://169.254.169.254/latest/meta-data", Err(FileError::NotPublic))]
    #[case("https://[::1]/a.png", Err(FileError::NotPublic))]
    #[case("https://[::ffff:10.0.0.1]/a.png", Err(FileError::NotPublic))]
    fn only_plain_https_to_the_public_is_asked(#[case] url: &str, #[case] expected: Result<(), FileError>) {
        assert_eq!(check(&url.parse().expect("a URL")), expected);
    }

    #[rstest]
    #[case("https://contoso.sharepoint.com/personal/x", true)]
    #[case("https://contoso-my.sharepoint.com/personal/x", true)]
    #[case("https://sharepoint.com/x", false)]
    #[case("https://contoso.sharepoint.com.evil.example/x", false)]
    #[case("https://evilsharepoint.com/x", false)]
    fn files_come_from_sharepoint(#[case] url: &str, #[case] expected: bool) {
        assert_eq!(is_file_host(&url.parse().expect("a URL")), expected);
    }

    #[tokio::test]
    async fn a_name_of_this_machine_is_resolved_to_nothing() {
        let error = Fetcher::new().expect("a client").http.get("https://localhost/").send().await.expect_err("refused");
        assert_eq!(refusal(&error), FileError::NotPublic);
    }

    #[rstest]
    #[case("https://example.com/files/My%20offer.pdf?x=1", Some("My offer.pdf"))]
    #[case("https://example.com/", None)]
    fn a_link_names_its_file(#[case] url: &str, #[case] expected: Option<&str>) {
        assert_eq!(last_segment(&url.parse().expect("a URL")).as_deref(), expected);
    }
}
