//! Who may post activities to us: the union of the checks of Microsoft's SDKs.
//!
//! Order is part of the contract: nothing of the body is judged, and nothing about it is told, before the token has proved that
//! it comes from the Bot Framework and is meant for us (401). A good token that may not do this is 403, a body that is no
//! activity is 400. Only RS256 is ever accepted; keys come from the configured metadata alone.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use jsonwebtoken::{Algorithm, Validation};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::activity::Activity;
use super::hosts::{self, ServiceHosts};
use super::keys::{Key, KeyError, KeySet, Keys};
use super::settings::Settings;
use crate::bridge::Time;
use crate::clock::Clock;

/// Difference between the Bot Framework's clock and ours that does not matter (seconds).
const CLOCK_TOLERANCE: f64 = 300.0;
/// Longer tokens are refused unread (bytes). Real ones have about 1,000.
const MAX_TOKEN: usize = 16 * 1024;
/// How many verified tokens are remembered. Teams uses one token for an hour, so a handful is in use at any time.
const REMEMBERED_TOKENS: usize = 1024;
/// The one channel we serve.
const CHANNEL: &str = "msteams";

/// Why an activity is not taken in. The answer's body is constant; the reason is for the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// HTTP 401: no token, or not a good one.
    #[error("unauthenticated: {0}")]
    Unauthenticated(Reason),
    /// HTTP 403: a good token that may not do this here.
    #[error("forbidden: {0}")]
    Forbidden(Reason),
    /// HTTP 400: the body is no activity.
    #[error("malformed: {0}")]
    Malformed(Reason),
}

impl Refusal {
    /// The HTTP status to answer with.
    pub fn status(self) -> u16 {
        match self {
            Self::Unauthenticated(_) => 401,
            Self::Forbidden(_) => 403,
            Self::Malformed(_) => 400,
        }
    }

    /// The reason, whatever the status.
    pub fn reason(self) -> Reason {
        match self {
            Self::Unauthenticated(reason) | Self::Forbidden(reason) | Self::Malformed(reason) => reason,
        }
    }
}

/// What exactly was wrong. Says nothing of the token's or the body's content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Reason {
    #[error("no Authorization header")]
    NoHeader,
    #[error("the Authorization header is not `Bearer` and one token")]
    NotBearer,
    #[error("the token is no readable JWT")]
    UnreadableToken,
    #[error("the token is not signed with RS256")]
    WrongAlgorithm,
    #[error("the token names no key")]
    NoKeyId,
    #[error("the token's key is not one of the Bot Framework's")]
    UnknownKey,
    #[error("the Bot Framework's keys are not available")]
    KeysUnavailable,
    #[error("the signature is wrong")]
    BadSignature,
    #[error("the issuer is wrong")]
    WrongIssuer,
    #[error("the token is meant for somebody else")]
    WrongAudience,
    #[error("the token has expired, or does not say when it does")]
    Expired,
    #[error("the token is not valid yet")]
    NotYetValid,
    #[error("the token names no serviceurl")]
    NoServiceUrlClaim,
    #[error("the activity's serviceUrl is not the token's")]
    ServiceUrlMismatch,
    #[error("the serviceUrl is not on the allow-list")]
    ServiceHostNotAllowed,
    #[error("the channel is not msteams")]
    WrongChannel,
    #[error("the key is not endorsed for the channel")]
    NotEndorsed,
    #[error("the activity names no tenant")]
    NoTenant,
    #[error("the activity names two different tenants")]
    TenantMismatch,
    #[error("the tenant is not on the allow-list")]
    TenantNotAllowed,
    #[error("the body is no activity")]
    NoActivity,
}

/// Verifies what is posted to the messaging endpoint.
pub struct Authenticator {
    settings: Arc<Settings>,
    hosts: ServiceHosts,
    audiences: [String; 3],
    keys: Keys,
    clock: Clock,
    /// By SHA-256 of the token. RS256 costs 30 µs and Teams repeats a token for an hour. Everything about the activity is still
    /// checked each time; an entry counts only with the very key set that verified it.
    verified: Mutex<HashMap<[u8; 32], Verified>>,
}

#[derive(Clone)]
struct Verified {
    claims: Arc<Claims>,
    key: Arc<Key>,
    set: Weak<KeySet>,
}

/// Numbers are read as floats, for RFC 7519 allows fractions of a second.
#[derive(Deserialize)]
struct Claims {
    iss: Option<String>,
    aud: Option<Audience>,
    exp: Option<f64>,
    nbf: Option<f64>,
    serviceurl: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Authenticator {
    /// Fetches nothing yet; `http` must not follow redirects.
    pub fn new(settings: Arc<Settings>, http: reqwest::Client, clock: Clock) -> Self {
        let app_id = &settings.app_id;
        Self {
            hosts: ServiceHosts::new(&settings.allowed_service_hosts),
            audiences: [app_id.clone(), format!("api://botid-{app_id}"), format!("api://{app_id}")],
            keys: Keys::new(settings.openid_metadata_url.clone(), http, clock.clone()),
            settings,
            clock,
            verified: Mutex::default(),
        }
    }

    /// Whether tokens can be verified: keys are in hand. (Without any token to come, the development mode is always ready.)
    pub fn ready(&self) -> bool {
        self.keys.is_loaded() || self.settings.unauthenticated_loopback
    }

    /// Fetches the keys before the first activity needs them. Does nothing while fresh ones are in hand.
    pub async fn prefetch(&self) -> Result<(), KeyError> {
        self.keys.prefetch().await
    }

    /// Checks the token, then the body, then whether the one may bring the other.
    pub async fn verify(&self, authorization: Option<&str>, body: &[u8]) -> Result<Activity, Refusal> {
        let Some(authorization) = authorization else {
            if !self.settings.unauthenticated_loopback {
                return Err(Refusal::Unauthenticated(Reason::NoHeader));
            }
            let activity = Activity::parse(body).ok_or(Refusal::Malformed(Reason::NoActivity))?;
            check_channel(&activity)?;
            self.check_host(&activity)?;
            return Ok(activity);
        };
        let token = bearer(authorization).ok_or(Refusal::Unauthenticated(Reason::NotBearer))?;
        let (claims, key) = self.verify_token(token).await.map_err(Refusal::Unauthenticated)?;

        let activity = Activity::parse(body).ok_or(Refusal::Malformed(Reason::NoActivity))?;
        let claimed = claims.serviceurl.as_deref().unwrap_or_default();
        if !activity.service_url.as_deref().is_some_and(|url| hosts::same_service_url(url, claimed)) {
            return Err(Refusal::Unauthenticated(Reason::ServiceUrlMismatch));
        }
        check_channel(&activity)?;
        if !key.endorsements.is_empty() && !key.endorsements.iter().any(|channel| channel == CHANNEL) {
            return Err(Refusal::Forbidden(Reason::NotEndorsed));
        }
        self.check_host(&activity)?;
        self.check_tenant(&activity)?;
        Ok(activity)
    }

    async fn verify_token(&self, token: &str) -> Result<(Arc<Claims>, Arc<Key>), Reason> {
        let now = self.clock.now();
        let digest: [u8; 32] = Sha256::digest(token.as_bytes()).into();
        if let Some(known) = self.remembered(&digest) {
            check_time(&known.claims, now)?;
            return Ok((known.claims, known.key));
        }

        let header = jsonwebtoken::decode_header(token).map_err(|error| match error.kind() {
            // An `alg` the library does not know, such as `none`, is told apart from rubbish.
            jsonwebtoken::errors::ErrorKind::Json(error) if error.is_data() => Reason::WrongAlgorithm,
            _ => Reason::UnreadableToken,
        })?;
        if header.alg != Algorithm::RS256 {
            return Err(Reason::WrongAlgorithm);
        }
        // We understand no critical extension, and RFC 7515 wants such tokens refused.
        if header.crit.is_some() {
            return Err(Reason::UnreadableToken);
        }
        let kid = header.kid.ok_or(Reason::NoKeyId)?;
        let Some((set, key)) = self.keys.find(&kid).await else {
            return Err(if self.keys.is_loaded() { Reason::UnknownKey } else { Reason::KeysUnavailable });
        };

        let decoded = jsonwebtoken::decode::<Claims>(token, &key.decoding, &signature_only()).map_err(|error| match error.kind() {
            jsonwebtoken::errors::ErrorKind::InvalidSignature => Reason::BadSignature,
            jsonwebtoken::errors::ErrorKind::InvalidAlgorithm => Reason::WrongAlgorithm,
            _ => Reason::UnreadableToken,
        })?;
        let claims = Arc::new(decoded.claims);
        if claims.iss.as_deref() != Some(self.settings.issuer.as_str()) {
            return Err(Reason::WrongIssuer);
        }
        if !claims.aud.as_ref().is_some_and(|audience| self.is_ours(audience)) {
            return Err(Reason::WrongAudience);
        }
        check_time(&claims, now)?;
        if claims.serviceurl.as_deref().is_none_or(str::is_empty) {
            return Err(Reason::NoServiceUrlClaim);
        }
        self.remember(digest, Verified { claims: Arc::clone(&claims), key: Arc::clone(&key), set: Arc::downgrade(&set) }, now);
        Ok((claims, key))
    }

    /// A token verified before, with the keys that are still the current and fresh ones.
    fn remembered(&self, digest: &[u8; 32]) -> Option<Verified> {
        let set = self.keys.fresh()?;
        let verified = self.verified.lock().unwrap_or_else(PoisonError::into_inner);
        verified.get(digest).filter(|known| std::ptr::eq(known.set.as_ptr(), Arc::as_ptr(&set))).cloned()
    }

    fn remember(&self, digest: [u8; 32], entry: Verified, now: Time) {
        let mut verified = self.verified.lock().unwrap_or_else(PoisonError::into_inner);
        if verified.len() >= REMEMBERED_TOKENS {
            verified.retain(|_, known| std::ptr::eq(known.set.as_ptr(), entry.set.as_ptr()) && check_time(&known.claims, now).is_ok());
        }
        if verified.len() >= REMEMBERED_TOKENS {
            verified.clear();
        }
        verified.insert(digest, entry);
    }

    fn is_ours(&self, audience: &Audience) -> bool {
        let ours = |name: &String| self.audiences.contains(name);
        match audience {
            Audience::One(name) => ours(name),
            Audience::Several(names) => names.iter().any(ours),
        }
    }

    fn check_host(&self, activity: &Activity) -> Result<(), Refusal> {
        match activity.service_url.as_deref().and_then(|url| self.hosts.allowed(url)) {
            Some(_) => Ok(()),
            None => Err(Refusal::Forbidden(Reason::ServiceHostNotAllowed)),
        }
    }

    /// An app registration does not limit which tenants may use the bot, so this does. Types that nobody acts on may lack it.
    fn check_tenant(&self, activity: &Activity) -> Result<(), Refusal> {
        let (channel, conversation) = (activity.channel_tenant(), activity.conversation_tenant());
        if let (Some(channel), Some(conversation)) = (channel, conversation)
            && !channel.eq_ignore_ascii_case(conversation)
        {
            return Err(Refusal::Forbidden(Reason::TenantMismatch));
        }
        match channel.or(conversation) {
            Some(tenant) if self.settings.allows_tenant(tenant) => Ok(()),
            Some(_) => Err(Refusal::Forbidden(Reason::TenantNotAllowed)),
            None if is_acted_on(&activity.kind) => Err(Refusal::Forbidden(Reason::NoTenant)),
            None => Ok(()),
        }
    }
}

/// Types that change something here.
fn is_acted_on(kind: &str) -> bool {
    matches!(
        kind,
        "message" | "messageUpdate" | "messageDelete" | "messageReaction" | "invoke" | "conversationUpdate" | "installationUpdate"
    )
}

fn check_channel(activity: &Activity) -> Result<(), Refusal> {
    if activity.channel_id.as_deref() == Some(CHANNEL) { Ok(()) } else { Err(Refusal::Forbidden(Reason::WrongChannel)) }
}

/// Exactly two parts: the scheme, in any case, and a token of sensible length.
fn bearer(authorization: &str) -> Option<&str> {
    let mut parts = authorization.split_ascii_whitespace();
    let (scheme, token) = (parts.next()?, parts.next()?);
    (parts.next().is_none() && scheme.eq_ignore_ascii_case("bearer") && token.len() <= MAX_TOKEN).then_some(token)
}

fn check_time(claims: &Claims, now: Time) -> Result<(), Reason> {
    #[expect(clippy::cast_precision_loss, reason = "microseconds of this century fit 53 bits")]
    let now = now.timestamp_micros() as f64 / 1e6;
    match claims.exp {
        Some(exp) if now < exp + CLOCK_TOLERANCE => {}
        _ => return Err(Reason::Expired),
    }
    match claims.nbf {
        Some(nbf) if now < nbf - CLOCK_TOLERANCE => Err(Reason::NotYetValid),
        _ => Ok(()),
    }
}

/// The library checks RS256 and the signature; its checks of claims read the wall clock, and ours do not.
fn signature_only() -> Validation {
    let mut validation = Validation::new(Algorithm::RS256);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    validation
}

#[cfg(test)]
#[path = "auth_tests.rs"]
mod tests;
