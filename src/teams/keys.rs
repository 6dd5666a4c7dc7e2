//! The Bot Framework's signing keys: fetched from the configured OpenID metadata, kept for a day.
//!
//! Invariants: no URL is ever taken from a token; one fetch runs at a time and whoever waited for it uses its result; an unknown
//! `kid` causes at most one fetch in five minutes, so nobody can use us as an amplifier; when a fetch fails the keys we have go
//! on being served, for a key that was valid yesterday is better than a deaf bot.

use std::collections::HashMap;
use std::sync::Arc;

use arc_swap::ArcSwapOption;
use chrono::TimeDelta;
use jsonwebtoken::DecodingKey;
use serde::Deserialize;
use tokio::sync::Mutex;
use url::Url;

use super::{body, hosts};
use crate::bridge::Time;
use crate::clock::Clock;

/// Keys are fetched anew after this long.
const LIFETIME: TimeDelta = TimeDelta::hours(24);
/// An unknown `kid` causes a fetch at most this often.
const UNKNOWN_KID_INTERVAL: TimeDelta = TimeDelta::minutes(5);
/// After a failed fetch the next one waits this long.
const FAILURE_INTERVAL: TimeDelta = TimeDelta::seconds(10);

/// Why the keys could not be fetched.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// `what` is the metadata or the key set.
    #[error("{what} could not be fetched: {cause}")]
    Fetch { what: &'static str, cause: String },
    #[error("{what} is not what OpenID Connect discovery describes")]
    Unreadable { what: &'static str },
    #[error("the metadata's jwks_uri must be secure and on the metadata's own domain")]
    ForeignKeys,
    #[error("the key set holds no usable RSA key")]
    NoKeys,
    #[error("the last fetch failed moments ago")]
    TooSoon,
}

/// One key of the set.
pub(super) struct Key {
    pub(super) decoding: DecodingKey,
    /// Channels this key may speak for. Empty means that the set says nothing about it.
    pub(super) endorsements: Vec<String>,
}

/// One fetch's result.
pub(super) struct KeySet {
    fetched_at: Time,
    by_id: HashMap<String, Arc<Key>>,
}

pub(super) struct Keys {
    metadata_url: Url,
    http: reqwest::Client,
    clock: Clock,
    current: ArcSwapOption<KeySet>,
    /// Held during a fetch: this is the single flight.
    flight: Mutex<Flight>,
}

#[derive(Default)]
struct Flight {
    last_failure: Option<Time>,
    last_unknown_kid: Option<Time>,
}

impl Keys {
    pub(super) fn new(metadata_url: Url, http: reqwest::Client, clock: Clock) -> Self {
        Self { metadata_url, http, clock, current: ArcSwapOption::empty(), flight: Mutex::default() }
    }

    /// The keys in hand while they are younger than a day.
    pub(super) fn fresh(&self) -> Option<Arc<KeySet>> {
        let now = self.clock.now();
        self.current.load_full().filter(|set| set.is_fresh(now))
    }

    pub(super) fn is_loaded(&self) -> bool {
        self.current.load().is_some()
    }

    /// Fetches the keys unless they are in hand and fresh.
    pub(super) async fn prefetch(&self) -> Result<(), KeyError> {
        let mut flight = self.flight.lock().await;
        if self.fresh().is_some() { Ok(()) } else { self.fetch(&mut flight).await.map(drop) }
    }

    /// The set that holds this key, fetched when needed and allowed.
    pub(super) async fn find(&self, kid: &str) -> Option<(Arc<KeySet>, Arc<Key>)> {
        if let Some(found) = self.fresh().and_then(|set| set.get(kid)) {
            return Some(found);
        }
        let mut flight = self.flight.lock().await;
        // Whoever held the lock before us may have fetched what we came for.
        let now = self.clock.now();
        let fresh = self.fresh();
        if let Some(found) = fresh.as_ref().and_then(|set| set.get(kid)) {
            return Some(found);
        }
        if fresh.is_none() {
            if let Err(error) = self.fetch(&mut flight).await
                && error != KeyError::TooSoon
            {
                tracing::warn!(%error, "the Bot Framework's keys could not be fetched");
            }
        } else if flight.last_unknown_kid.is_none_or(|last| now - last >= UNKNOWN_KID_INTERVAL) {
            flight.last_unknown_kid = Some(now);
            match self.fetch(&mut flight).await {
                Ok(_) => tracing::info!(kid, "fetched the Bot Framework's keys because of an unknown kid"),
                Err(error) => tracing::warn!(%error, "the Bot Framework's keys could not be fetched"),
            }
        }
        self.current.load_full().and_then(|set| set.get(kid))
    }

    async fn fetch(&self, flight: &mut Flight) -> Result<Arc<KeySet>, KeyError> {
        let now = self.clock.now();
        if flight.last_failure.is_some_and(|last| now - last < FAILURE_INTERVAL) {
            return Err(KeyError::TooSoon);
        }
        let fetched = self.fetch_set(now).await;
        flight.last_failure = fetched.is_err().then_some(now);
        let set = Arc::new(fetched?);
        self.current.store(Some(Arc::clone(&set)));
        Ok(set)
    }

    async fn fetch_set(&self, now: Time) -> Result<KeySet, KeyError> {
        #[derive(Deserialize)]
        struct Metadata {
            jwks_uri: String,
        }
        if !hosts::is_secure(&self.metadata_url) {
            return Err(KeyError::Fetch { what: "OpenID metadata", cause: "its URL must be https".to_owned() });
        }
        let metadata: Metadata = self.fetch_json("OpenID metadata", &self.metadata_url).await?;
        let keys_url = Url::parse(&metadata.jwks_uri).map_err(|_| KeyError::Unreadable { what: "OpenID metadata" })?;
        if !is_own_domain(&self.metadata_url, &keys_url) {
            return Err(KeyError::ForeignKeys);
        }
        let list: JwkList = self.fetch_json("key set", &keys_url).await?;
        let by_id: HashMap<_, _> = list.keys.into_iter().filter_map(usable).collect();
        if by_id.is_empty() { Err(KeyError::NoKeys) } else { Ok(KeySet { fetched_at: now, by_id }) }
    }

    async fn fetch_json<T: serde::de::DeserializeOwned>(&self, what: &'static str, url: &Url) -> Result<T, KeyError> {
        let failed = |cause: String| KeyError::Fetch { what, cause };
        let response = self.http.get(url.clone()).send().await.map_err(|error| failed(error.without_url().to_string()))?;
        if !response.status().is_success() {
            return Err(failed(format!("HTTP {}", response.status().as_u16())));
        }
        let body = body::read(response).await.ok_or_else(|| failed("the answer broke off or is too large".to_owned()))?;
        serde_json::from_slice(&body).map_err(|_| KeyError::Unreadable { what })
    }
}

impl KeySet {
    fn is_fresh(&self, now: Time) -> bool {
        now - self.fetched_at < LIFETIME
    }

    fn get(self: &Arc<Self>, kid: &str) -> Option<(Arc<Self>, Arc<Key>)> {
        self.by_id.get(kid).map(|key| (Arc::clone(self), Arc::clone(key)))
    }
}

#[derive(Deserialize)]
struct JwkList {
    // Values, so that one key of a kind we do not know does not cost the others.
    keys: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
struct RsaJwk {
    kty: String,
    kid: String,
    n: String,
    e: String,
    #[serde(rename = "use")]
    usage: Option<String>,
    endorsements: Option<Vec<String>>,
}

fn usable(jwk: serde_json::Value) -> Option<(String, Arc<Key>)> {
    let jwk: RsaJwk = serde_json::from_value(jwk).ok()?;
    if jwk.kty != "RSA" || jwk.usage.is_some_and(|usage| usage != "sig") {
        return None;
    }
    let decoding = DecodingKey::from_rsa_components(&jwk.n, &jwk.e).ok()?;
    Some((jwk.kid, Arc::new(Key { decoding, endorsements: jwk.endorsements.unwrap_or_default() })))
}

/// The metadata's own host, or a host below the domain that the metadata's host stands directly in. No public-suffix list is
/// needed: the metadata comes from the configuration, and all this keeps out is a document that points to somebody else.
fn is_own_domain(metadata: &Url, keys: &Url) -> bool {
    if !hosts::is_secure(keys) || (metadata.scheme() == "https" && keys.scheme() != "https") {
        return false;
    }
    let (Some(url::Host::Domain(own)), Some(url::Host::Domain(other))) = (metadata.host(), keys.host()) else {
        return metadata.host() == keys.host();
    };
    let below =
        |parent: &str| parent.contains('.') && other.strip_suffix(parent).is_some_and(|left| left.is_empty() || left.ends_with('.'));
    own == other || own.split_once('.').is_some_and(|(_, parent)| below(parent))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("https://login.botframework.com/v1/keys", true)]
    #[case("https://keys.botframework.com/v1/keys", true)]
    #[case("http://login.botframework.com/v1/keys", false)]
    #[case("https://evil.example/v1/keys", false)]
    #[case("https://evilbotframework.com/keys", false)]
    #[case("https://login.botframework.com.evil.example/keys", false)]
    #[case("http://127.0.0.1/keys", false)]
    fn keys_come_from_the_metadatas_own_domain(#[case] keys: &str, #[case] expected: bool) {
        let metadata = Url::parse("https://login.botframework.com/v1/.well-known/openidconfiguration").expect("a URL");
        assert_eq!(is_own_domain(&metadata, &Url::parse(keys).expect("a URL")), expected);
    }

    #[rstest]
    #[case("http://127.0.0.1:1/meta", "http://127.0.0.1:2/keys", true)]
    #[case("https://example.com/meta", "https://other.com/keys", false)]
    #[case("http://127.0.0.1:1/meta", "http://10.0.0.1/keys", false)]
    fn short_names_and_addresses_must_be_equal(#[case] metadata: &str, #[case] keys: &str, #[case] expected: bool) {
        assert_eq!(is_own_domain(&Url::parse(metadata).expect("a URL"), &Url::parse(keys).expect("a URL")), expected);
    }
}
