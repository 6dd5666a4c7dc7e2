//! One service of Microsoft's that takes our token: requests and what came back.
//!
//! Invariants: the bearer token goes to hosts of the allow-list only and along no redirect; a 401 drops the token and is retried
//! once; nothing is created twice on a doubtful answer (see [`super::error`]).

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::header::HeaderMap;
use reqwest::{Method, StatusCode};
use serde_json::Value;
use std::time::Duration;
use url::Url;

use super::body;
use super::error::{self, Operation};
use super::hosts::{self, ServiceHosts};
use super::token::{BearerToken, TokenError, Tokens};
use crate::bridge::{Failure, FailureClass, Outcome};
use crate::clock::Clock;

/// Everything but RFC 3986's unreserved characters: Teams ids hold `:`, `@` and `;`, and an id must never become a path.
const ID: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What it takes to ask a service.
pub(super) struct Caller {
    /// Built with timeouts and with `redirect(Policy::none())`.
    pub(super) http: reqwest::Client,
    pub(super) hosts: ServiceHosts,
    pub(super) clock: Clock,
    pub(super) tokens: Tokens,
    /// The Agents Playground has no login and wants no token: in that mode a loopback host is served without one.
    pub(super) unauthenticated_loopback: bool,
}

/// What came back, when anything did.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    headers: HeaderMap,
    /// `None` when it broke off after the status.
    body: Option<Vec<u8>>,
}

impl Answer {
    /// The body, when it is JSON.
    pub(super) fn json(&self) -> Option<Value> {
        serde_json::from_slice(self.body.as_deref()?).ok()
    }
}

impl Caller {
    /// What an answer means for what was asked.
    pub(super) fn outcome(&self, operation: Operation, answer: &Answer) -> Outcome {
        error::outcome(operation, answer.status, &answer.headers, answer.body.as_deref(), self.clock.now())
    }

    /// One operation at a path below `base`. `Err` when no answer came.
    pub(super) async fn call(&self, operation: Operation, base: &str, path: &[&str], body: Option<&Value>) -> Result<Answer, Outcome> {
        let url = self.url(base, path).map_err(Outcome::Rejected)?;
        self.exchange(operation, url, body).await
    }

    /// The address of an operation, when its host may have our token.
    pub(super) fn url(&self, base: &str, path: &[&str]) -> Result<Url, Failure> {
        let base =
            self.hosts.allowed(base).ok_or_else(|| Failure::new(FailureClass::Configuration, "the host is not on the allow-list"))?;
        let mut text = base.as_str().trim_end_matches('/').to_owned();
        for segment in path {
            // URL parsers resolve these even when encoded, and an empty one would name another resource.
            if matches!(*segment, "" | "." | "..") {
                return Err(Failure::new(FailureClass::Invalid, "an id is empty or no id"));
            }
            text.push('/');
            text.extend(utf8_percent_encode(segment, ID));
        }
        Url::parse(&text).map_err(|_| Failure::new(FailureClass::Invalid, "an id makes no address"))
    }

    /// One request, with the retry that a dropped token asks for. `url` is one of [`Caller::url`]. `Err` when no answer came.
    pub(super) async fn exchange(&self, operation: Operation, url: Url, body: Option<&Value>) -> Result<Answer, Outcome> {
        let token = self.token_for(&url).await?;
        let answer = self.attempt(operation, &url, body, token.as_ref()).await?;
        match token {
            // 401 proves that nothing was accepted, so this holds for POST too.
            Some(token) if answer.status == StatusCode::UNAUTHORIZED => {
                self.tokens.invalidate(&token);
                let token = self.token_for(&url).await?;
                self.attempt(operation, &url, body, token.as_ref()).await
            }
            _ => Ok(answer),
        }
    }

    /// `None` where a host is served without one.
    pub(super) async fn token_for(&self, url: &Url) -> Result<Option<BearerToken>, Outcome> {
        match self.tokens.bearer().await {
            Ok(token) => Ok(Some(token)),
            Err(_) if self.unauthenticated_loopback && hosts::is_loopback(url) => Ok(None),
            Err(error) => Err(Outcome::Throttled { after: Some(TokenError::RETRY_AFTER), failure: error.failure() }),
        }
    }

    /// A file, which the caller reads; `url` must be one whose host may have our token. `within` bounds the whole answer.
    pub(super) async fn file(&self, url: &Url, with_token: bool, within: Duration) -> Result<reqwest::Response, Failure> {
        let failed = |error| into_failure(unanswered(Operation::Read, error));
        let request = || self.http.get(url.clone()).timeout(within);
        let token = if with_token { self.token_for(url).await.map_err(into_failure)? } else { None };
        let Some(token) = token else { return request().send().await.map_err(failed) };
        let answer = request().bearer_auth(token.expose()).send().await.map_err(failed)?;
        if answer.status() != StatusCode::UNAUTHORIZED {
            return Ok(answer);
        }
        self.tokens.invalidate(&token);
        let token = self.token_for(url).await.map_err(into_failure)?;
        let again = match &token {
            Some(token) => request().bearer_auth(token.expose()),
            None => request(),
        };
        again.send().await.map_err(failed)
    }

    async fn attempt(&self, operation: Operation, url: &Url, body: Option<&Value>, token: Option<&BearerToken>) -> Result<Answer, Outcome> {
        let method = match operation {
            Operation::Create | Operation::Ensure => Method::POST,
            Operation::Update => Method::PUT,
            Operation::Patch => Method::PATCH,
            Operation::Delete => Method::DELETE,
            Operation::Read => Method::GET,
        };
        let mut request = self.http.request(method, url.clone());
        if let Some(token) = token {
            request = request.bearer_auth(token.expose());
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        match request.send().await {
            Ok(response) => Ok(Answer { status: response.status(), headers: response.headers().clone(), body: body::read(response).await }),
            Err(error) => Err(unanswered(operation, error)),
        }
    }
}

/// No status came. Only what never left this machine is surely not accepted.
pub(super) fn unanswered(operation: Operation, error: reqwest::Error) -> Outcome {
    let (connect, builder) = (error.is_connect(), error.is_builder());
    let cause = if error.is_timeout() { "timed out".to_owned() } else { error.without_url().to_string() };
    if builder {
        return Outcome::Rejected(Failure::new(FailureClass::Invalid, cause));
    }
    let failure = Failure::new(FailureClass::Unavailable, cause);
    if connect { Outcome::Throttled { after: None, failure } } else { operation.doubtful(failure, None) }
}

/// For questions, where only the reason of a failure matters.
pub(super) fn into_failure(outcome: Outcome) -> Failure {
    match outcome {
        Outcome::Throttled { failure, .. } | Outcome::Rejected(failure) | Outcome::Uncertain(failure) => failure,
        Outcome::Sent(_) => Failure::new(FailureClass::Unavailable, "an answer without content"),
    }
}
