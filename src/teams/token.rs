//! The bot's own tokens: client credentials at the login endpoint, cached. One [`Tokens`] a scope: the Connector's and Graph's are
//! different tokens of the same registration.
//!
//! Invariants: one request runs at a time; a token is renewed at least five minutes early while everybody else goes on with the
//! old one; a refusal is remembered for 30 s, so that a wrong secret does not hammer the login. Neither the token nor the secret
//! appears in an error, a log or a `Debug` output.

use std::sync::{Arc, Mutex as StdMutex, PoisonError};
use std::time::Duration;

use chrono::TimeDelta;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use tokio::sync::{Mutex, MutexGuard};

use super::settings::Settings;
use super::{body, hosts};
use crate::bridge::{Failure, FailureClass, Time};
use crate::clock::Clock;

/// A token is renewed this long before it ends; a short-lived one at half its life.
const RENEW_EARLY: TimeDelta = TimeDelta::minutes(5);
/// An error is answered from memory for this long.
const REMEMBER_ERROR: TimeDelta = TimeDelta::seconds(30);

/// A token for one of Microsoft's services. Cheap to clone.
#[derive(Clone, Debug)]
pub struct BearerToken(Arc<SecretString>);

impl BearerToken {
    pub(super) fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

/// Why there is no token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// The login answered no: an administrator must act. `code` is `AADSTS…` where there is one, else OAuth's own.
    #[error("the login refused the bot's credentials ({code}): {explanation}")]
    Refused { code: String, explanation: String },
    /// The login could not be asked, or was not able to answer.
    #[error("the login could not be reached: {cause}")]
    Unavailable { cause: String },
}

impl TokenError {
    /// The same in the bridge's words. Whatever wanted to be sent was certainly not sent.
    pub fn failure(&self) -> Failure {
        let class = match self {
            Self::Refused { .. } => FailureClass::Configuration,
            Self::Unavailable { .. } => FailureClass::Unavailable,
        };
        Failure::new(class, self.to_string())
    }

    /// How long the next request would be answered from memory.
    pub const RETRY_AFTER: Duration = Duration::from_secs(30);
}

/// Hands out the bot's token for one scope.
pub struct Tokens {
    settings: Arc<Settings>,
    scope: String,
    http: reqwest::Client,
    clock: Clock,
    state: StdMutex<State>,
    flight: Mutex<()>,
}

#[derive(Default)]
struct State {
    current: Option<Current>,
    failed: Option<(Time, TokenError)>,
}

#[derive(Clone)]
struct Current {
    token: BearerToken,
    renew_at: Time,
    expires_at: Time,
}

impl Tokens {
    /// The Connector's. Asks for nothing yet; `http` must not follow redirects.
    pub fn new(settings: Arc<Settings>, http: reqwest::Client, clock: Clock) -> Self {
        let scope = settings.scope.clone();
        Self::for_scope(settings, scope, http, clock)
    }

    /// The same for another service (`https://graph.microsoft.com/.default`).
    pub fn for_scope(settings: Arc<Settings>, scope: String, http: reqwest::Client, clock: Clock) -> Self {
        Self { settings, scope, http, clock, state: StdMutex::default(), flight: Mutex::new(()) }
    }

    /// A token that is valid now.
    pub async fn bearer(&self) -> Result<BearerToken, TokenError> {
        let now = self.clock.now();
        match self.in_hand(now) {
            Some(current) if now < current.renew_at => Ok(current.token),
            Some(current) => {
                // One caller renews; the others, and this one if the renewal fails, use what is still valid.
                let Ok(flight) = self.flight.try_lock() else { return Ok(current.token) };
                Ok(self.renew(flight, now).await.unwrap_or(current.token))
            }
            None => {
                let flight = self.flight.lock().await;
                // Whoever held the lock before us may have brought one.
                match self.in_hand(now) {
                    Some(current) => Ok(current.token),
                    None => self.renew(flight, now).await,
                }
            }
        }
    }

    /// Drops this token, because the service answered 401 to it. A newer one stays.
    pub fn invalidate(&self, token: &BearerToken) {
        let mut state = self.lock();
        if state.current.as_ref().is_some_and(|current| Arc::ptr_eq(&current.token.0, &token.0)) {
            state.current = None;
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn in_hand(&self, now: Time) -> Option<Current> {
        self.lock().current.clone().filter(|current| now < current.expires_at)
    }

    /// Taking the guard by value keeps the flight single until the result is stored.
    async fn renew(&self, _flight: MutexGuard<'_, ()>, now: Time) -> Result<BearerToken, TokenError> {
        if let Some((at, error)) = &self.lock().failed
            && now - *at < REMEMBER_ERROR
        {
            return Err(error.clone());
        }
        let fetched = self.fetch(now).await;
        let mut state = self.lock();
        match fetched {
            Ok(current) => {
                let token = current.token.clone();
                *state = State { current: Some(current), failed: None };
                Ok(token)
            }
            Err(error) => {
                tracing::warn!(%error, scope = self.scope, "no token");
                state.failed = Some((now, error.clone()));
                Err(error)
            }
        }
    }

    async fn fetch(&self, now: Time) -> Result<Current, TokenError> {
        let unavailable = |cause: String| TokenError::Unavailable { cause };
        let mut url = self.settings.login_url.clone();
        if !hosts::is_secure(&url) {
            return Err(TokenError::Refused { code: "login_url".to_owned(), explanation: "it must be https".to_owned() });
        }
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend([self.settings.tenant_id.as_str(), "oauth2", "v2.0", "token"]);
        }
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "client_credentials")
            .append_pair("client_id", &self.settings.app_id)
            .append_pair("client_secret", self.settings.client_secret.expose_secret())
            .append_pair("scope", &self.scope)
            .finish();
        let request = self.http.post(url).header(reqwest::header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(form);
        let response = request.send().await.map_err(|error| unavailable(error.without_url().to_string()))?;
        let status = response.status();
        let body = body::read(response).await.ok_or_else(|| unavailable("the answer broke off or is too large".to_owned()))?;
        let answer: Value = serde_json::from_slice(&body).unwrap_or_default();
        if status.is_success() {
            return read_token(&answer, now).ok_or_else(|| unavailable("its answer holds no token".to_owned()));
        }
        if status.is_client_error() && status.as_u16() != 429 && status.as_u16() != 408 {
            return Err(refused(&answer, status.as_u16()));
        }
        Err(unavailable(format!("HTTP {}", status.as_u16())))
    }
}

fn read_token(answer: &Value, now: Time) -> Option<Current> {
    let token = answer.get("access_token")?.as_str().filter(|token| !token.is_empty())?;
    // Entra's older endpoint sends the seconds as text.
    let seconds = answer.get("expires_in").and_then(|value| value.as_i64().or_else(|| value.as_str()?.parse().ok())).unwrap_or(3600);
    let life = TimeDelta::seconds(seconds.clamp(0, 24 * 3600));
    let early = RENEW_EARLY.max(TimeDelta::zero()).min(life / 2);
    Some(Current { token: BearerToken(Arc::new(SecretString::from(token))), renew_at: now + life - early, expires_at: now + life })
}

/// Microsoft's description names the app and the tenant but also a trace id and a timestamp; its code is what one can look up,
/// so the code is kept and the common ones are explained in our own words.
fn refused(answer: &Value, status: u16) -> TokenError {
    let text = |key: &str| answer.get(key).and_then(Value::as_str).unwrap_or_default();
    let description = text("error_description");
    let code: String = match description.find("AADSTS") {
        Some(at) => {
            let rest = &description[at + 6..];
            format!("AADSTS{}", &rest[..rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len())])
        }
        // OAuth's error codes are short words; anything else is not repeated.
        None if !text("error").is_empty() && text("error").len() <= 64 => text("error").to_owned(),
        None => format!("HTTP {status}"),
    };
    let explanation = match code.as_str() {
        "AADSTS7000215" => "the client secret is wrong; the secret's value is needed, not its id",
        "AADSTS7000222" => "the client secret has expired; create a new one",
        "AADSTS7000229" => "the app has no service principal in this tenant; an administrator must consent to it there",
        "AADSTS700016" => "the app is not known in this tenant; app_id and tenant_id do not belong together",
        "AADSTS90002" => "this tenant does not exist; check tenant_id",
        "AADSTS900023" => "tenant_id is neither a GUID nor a domain",
        "AADSTS70011" | "AADSTS1002012" => "the scope is wrong; it must end in /.default",
        "AADSTS53003" | "AADSTS530032" => "a Conditional Access policy blocks the app",
        "AADSTS7000112" => "the app is disabled in this tenant",
        _ => "check app_id, tenant_id and client_secret of the bot's registration",
    };
    TokenError::Refused { code, explanation: explanation.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::teams::testing::{self, Answer, World};
    use rstest::rstest;
    use serde_json::json;

    fn tokens(world: &World) -> Tokens {
        Tokens::new(Arc::new(world.settings()), testing::client(), world.clock.clone())
    }

    fn granted(token: &str) -> Answer {
        Answer::json(200, json!({"token_type": "Bearer", "expires_in": 3599, "access_token": token}))
    }

    #[tokio::test]
    async fn a_token_is_asked_for_once_and_renewed_five_minutes_early() {
        let world = World::start(vec![granted("one"), granted("two")]).await;
        let tokens = tokens(&world);
        assert_eq!(tokens.bearer().await.expect("a token").expose(), "one");
        world.clock.advance(Duration::from_secs(3599 - 301));
        assert_eq!(tokens.bearer().await.expect("a token").expose(), "one");
        world.clock.advance(Duration::from_secs(1));
        assert_eq!(tokens.bearer().await.expect("a token").expose(), "two");
        let requests = world.requests();
        assert_eq!(requests.len(), 2);
        assert_eq!(requests[0].path, "/login/tenant-1/oauth2/v2.0/token");
        let form: std::collections::HashMap<_, _> = url::form_urlencoded::parse(requests[0].body.as_bytes()).into_owned().collect();
        assert_eq!(form["grant_type"], "client_credentials");
        assert_eq!(form["client_id"], "app-1");
        assert_eq!(form["client_secret"], "s3cret&=");
        assert_eq!(form["scope"], "https://api.botframework.com/.default");
    }

    #[tokio::test]
    async fn many_callers_cause_one_request() {
        let world = World::start(vec![granted("one")]).await;
        let tokens = tokens(&world);
        let all = futures_util::future::join_all((0..20).map(|_| tokens.bearer())).await;
        assert!(all.into_iter().all(|token| token.expect("a token").expose() == "one"));
        assert_eq!(world.requests().len(), 1);
    }

    #[tokio::test]
    async fn the_old_token_is_served_while_the_renewal_fails() {
        let world = World::start(vec![granted("one"), Answer::json(503, json!({})), granted("two")]).await;
        let tokens = tokens(&world);
        tokens.bearer().await.expect("a token");
        world.clock.advance(Duration::from_secs(3400));
        assert_eq!(tokens.bearer().await.expect("still valid").expose(), "one");
        assert_eq!(tokens.bearer().await.expect("still valid").expose(), "one");
        assert_eq!(world.requests().len(), 2);
        world.clock.advance(Duration::from_secs(30));
        assert_eq!(tokens.bearer().await.expect("renewed").expose(), "two");
    }

    #[tokio::test]
    async fn an_error_is_remembered_for_thirty_seconds() {
        let refusal =
            json!({"error": "invalid_client", "error_description": "AADSTS7000215: Invalid client secret s3cret&= provided. Trace ID: x"});
        let world = World::start(vec![Answer::json(401, refusal), granted("one")]).await;
        let tokens = tokens(&world);
        let error = tokens.bearer().await.expect_err("refused");
        assert!(matches!(&error, TokenError::Refused { code, .. } if code == "AADSTS7000215"), "{error}");
        assert!(!format!("{error} {error:?}").contains("s3cret"));
        assert_eq!(error.failure().class, FailureClass::Configuration);
        world.clock.advance(Duration::from_secs(29));
        tokens.bearer().await.expect_err("from memory");
        assert_eq!(world.requests().len(), 1);
        world.clock.advance(Duration::from_secs(1));
        tokens.bearer().await.expect("asked again");
    }

    #[tokio::test]
    async fn only_the_very_token_that_was_refused_is_dropped() {
        let world = World::start(vec![granted("one"), granted("two")]).await;
        let tokens = tokens(&world);
        let one = tokens.bearer().await.expect("a token");
        tokens.invalidate(&one);
        let two = tokens.bearer().await.expect("a token");
        assert_eq!(two.expose(), "two");
        tokens.invalidate(&one);
        assert_eq!(tokens.bearer().await.expect("kept").expose(), "two");
        assert!(!format!("{two:?}").contains("two"));
    }

    #[rstest]
    #[case(json!({"error": "invalid_client", "error_description": "AADSTS7000222: expired"}), "AADSTS7000222")]
    #[case(json!({"error": "invalid_request"}), "invalid_request")]
    #[case(json!("nonsense"), "HTTP 400")]
    fn a_refusal_keeps_the_code_one_can_look_up(#[case] answer: Value, #[case] expected: &str) {
        assert!(matches!(refused(&answer, 400), TokenError::Refused { code, .. } if code == expected));
    }
}
