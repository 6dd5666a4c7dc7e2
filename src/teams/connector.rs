//! The Connector's REST API: everything the bot does in Teams.
//!
//! Invariants: the bearer token goes to hosts of the allow-list only, whatever a stored reference says, and along no redirect;
//! a 401 drops the token and is retried once; an activity is never created twice on a doubtful answer (see [`super::error`]).

use std::sync::Arc;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::header::HeaderMap;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::activity::Account;
use super::error::{self, Operation};
use super::hosts::{self, ServiceHosts};
use super::settings::Settings;
use super::token::{BearerToken, TokenError, Tokens};
use super::{body, convert};
use crate::bridge::{ActivityId, ConversationId, ConversationReference, Failure, FailureClass, Outcome, Post};
use crate::clock::Clock;

/// Everything but RFC 3986's unreserved characters: Teams ids hold `:`, `@` and `;`, and an id must never become a path.
const ID: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// Members asked for at a time, the most that Teams allows.
const PAGE_SIZE: usize = 500;
/// Pages of members that are read at most: a conversation holds at most 25,000 people.
const MAX_PAGES: usize = 50;

/// Somebody in a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// `29:…`
    pub user_id: String,
    /// Entra object id, lower case.
    pub object_id: Option<String>,
    pub upn: Option<String>,
    pub name: Option<String>,
    pub email: Option<String>,
}

/// Posts into Teams.
pub struct Connector {
    settings: Arc<Settings>,
    hosts: ServiceHosts,
    http: reqwest::Client,
    clock: Clock,
    tokens: Tokens,
}

/// What came back, when anything did.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    /// `None` when it broke off after the status.
    body: Option<Vec<u8>>,
}

impl Connector {
    /// `http` must be built with timeouts and with `redirect(Policy::none())`.
    pub fn new(settings: Arc<Settings>, http: reqwest::Client, clock: Clock) -> Self {
        let tokens = Tokens::new(Arc::clone(&settings), http.clone(), clock.clone());
        Self { hosts: ServiceHosts::new(&settings.allowed_service_hosts), settings, http, clock, tokens }
    }

    /// The bot's own token, for checks of the configuration.
    pub fn tokens(&self) -> &Tokens {
        &self.tokens
    }

    /// Posts a new message.
    pub async fn send(&self, to: &ConversationReference, post: &Post) -> Outcome {
        self.create(to, &convert::activity(post)).await
    }

    /// Posts a new message that quotes an earlier one of the same conversation. Teams stamps the preview itself. A card has no
    /// place for a quotation, and text beside a card arrives as a message of its own; it only carries `replyToId`.
    pub async fn reply(&self, to: &ConversationReference, quoted: &ActivityId, post: &Post) -> Outcome {
        self.create(to, &convert::quoting(post, quoted)).await
    }

    /// Replaces a message of the bot. Its place in the conversation stays.
    pub async fn update(&self, to: &ConversationReference, activity: &ActivityId, post: &Post) -> Outcome {
        let mut body = convert::activity(post);
        body["id"] = json!(activity);
        self.call(
            Operation::Update,
            &to.service_url,
            &["v3", "conversations", to.conversation.as_str(), "activities", activity.as_str()],
            Some(&body),
        )
        .await
        .map_or_else(|outcome| outcome, |answer| self.outcome(Operation::Update, &answer))
    }

    /// Deletes a message of the bot.
    pub async fn delete(&self, to: &ConversationReference, activity: &ActivityId) -> Outcome {
        self.call(
            Operation::Delete,
            &to.service_url,
            &["v3", "conversations", to.conversation.as_str(), "activities", activity.as_str()],
            None,
        )
        .await
        .map_or_else(|outcome| outcome, |answer| self.outcome(Operation::Delete, &answer))
    }

    /// Shows for some seconds that somebody is writing.
    pub async fn typing(&self, to: &ConversationReference) -> Outcome {
        self.create(to, &json!({"type": "typing"})).await
    }

    /// The 1:1 conversation with a user (`29:…`) who has the app. Teams answers the same one each time, so this may be repeated.
    pub async fn create_conversation(&self, service_url: &str, user_id: &str, tenant: &str) -> Result<ConversationReference, Failure> {
        let body = json!({
            "bot": {"id": format!("28:{}", self.settings.app_id)},
            "members": [{"id": user_id}],
            "isGroup": false,
            "tenantId": tenant,
            "channelData": {"tenant": {"id": tenant}},
        });
        let answer = self.call(Operation::Create, service_url, &["v3", "conversations"], Some(&body)).await.map_err(into_failure)?;
        match self.outcome(Operation::Create, &answer) {
            Outcome::Sent(receipt) => {
                let id = receipt.id.ok_or_else(|| Failure::new(FailureClass::Unavailable, "the new conversation has no id"))?;
                Ok(ConversationReference {
                    service_url: service_url.to_owned(),
                    conversation: ConversationId(id),
                    tenant: tenant.to_owned(),
                })
            }
            other => Err(into_failure(other)),
        }
    }

    /// Everybody in a conversation, page by page.
    pub async fn members(&self, to: &ConversationReference) -> Result<Vec<Member>, Failure> {
        let mut members = Vec::new();
        let mut continuation: Option<String> = None;
        for _ in 0..MAX_PAGES {
            let mut url = self.url(&to.service_url, &["v3", "conversations", to.conversation.as_str(), "pagedmembers"])?;
            url.query_pairs_mut().append_pair("pageSize", &PAGE_SIZE.to_string());
            if let Some(token) = &continuation {
                url.query_pairs_mut().append_pair("continuationToken", token);
            }
            let answer = self.exchange(Operation::Read, url, None).await.map_err(into_failure)?;
            if !answer.status.is_success() {
                return Err(into_failure(self.outcome(Operation::Read, &answer)));
            }
            let unreadable = || Failure::new(FailureClass::Unavailable, "the list of members is not readable");
            let page: Value = serde_json::from_slice(answer.body.as_deref().unwrap_or_default()).map_err(|_| unreadable())?;
            let list = page.get("members").and_then(Value::as_array).ok_or_else(unreadable)?;
            members.extend(list.iter().cloned().filter_map(Account::from_value).map(Member::from));
            match page.get("continuationToken").and_then(Value::as_str).filter(|token| !token.is_empty()) {
                // The same token again would go on for ever.
                Some(token) if continuation.as_deref() != Some(token) => continuation = Some(token.to_owned()),
                _ => return Ok(members),
            }
        }
        Ok(members)
    }

    /// Whether a URL leads to a host of the allow-list.
    pub fn knows(&self, url: &url::Url) -> bool {
        self.hosts.allowed(url.as_str()).is_some()
    }

    /// Asks a host of the allow-list for a file; `with_token` for what only the bot may read (pasted pictures). `within` bounds the
    /// whole answer, which the caller reads. No redirect is followed.
    pub async fn get(&self, url: &url::Url, with_token: bool, within: std::time::Duration) -> Result<reqwest::Response, Failure> {
        if !self.knows(url) {
            return Err(Failure::new(FailureClass::Configuration, "the file's host is not on the allow-list"));
        }
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

    async fn create(&self, to: &ConversationReference, activity: &Value) -> Outcome {
        self.call(Operation::Create, &to.service_url, &["v3", "conversations", to.conversation.as_str(), "activities"], Some(activity))
            .await
            .map_or_else(|outcome| outcome, |answer| self.outcome(Operation::Create, &answer))
    }

    fn outcome(&self, operation: Operation, answer: &Answer) -> Outcome {
        error::outcome(operation, answer.status, &answer.headers, answer.body.as_deref(), self.clock.now())
    }

    async fn call(&self, operation: Operation, service_url: &str, path: &[&str], body: Option<&Value>) -> Result<Answer, Outcome> {
        let url = self.url(service_url, path).map_err(Outcome::Rejected)?;
        self.exchange(operation, url, body).await
    }

    /// The address of an operation, when its host may have our token.
    fn url(&self, service_url: &str, path: &[&str]) -> Result<url::Url, Failure> {
        let base = self
            .hosts
            .allowed(service_url)
            .ok_or_else(|| Failure::new(FailureClass::Configuration, "the serviceUrl is not on the allow-list"))?;
        let mut text = base.as_str().trim_end_matches('/').to_owned();
        for segment in path {
            // URL parsers resolve these even when encoded, and an empty one would name another resource.
            if matches!(*segment, "" | "." | "..") {
                return Err(Failure::new(FailureClass::Invalid, "an id is empty or no id"));
            }
            text.push('/');
            text.extend(utf8_percent_encode(segment, ID));
        }
        url::Url::parse(&text).map_err(|_| Failure::new(FailureClass::Invalid, "an id makes no address"))
    }

    /// One request, with the retry that a dropped token asks for. `Err` when no answer came.
    async fn exchange(&self, operation: Operation, url: url::Url, body: Option<&Value>) -> Result<Answer, Outcome> {
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

    /// The Agents Playground has no login and wants no token: in that mode a loopback host is served without one.
    async fn token_for(&self, url: &url::Url) -> Result<Option<BearerToken>, Outcome> {
        match self.tokens.bearer().await {
            Ok(token) => Ok(Some(token)),
            Err(_) if self.settings.unauthenticated_loopback && hosts::is_loopback(url) => Ok(None),
            Err(error) => Err(Outcome::Throttled { after: Some(TokenError::RETRY_AFTER), failure: error.failure() }),
        }
    }

    async fn attempt(
        &self,
        operation: Operation,
        url: &url::Url,
        body: Option<&Value>,
        token: Option<&BearerToken>,
    ) -> Result<Answer, Outcome> {
        let method = match operation {
            Operation::Create => Method::POST,
            Operation::Update => Method::PUT,
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
fn unanswered(operation: Operation, error: reqwest::Error) -> Outcome {
    let (connect, builder) = (error.is_connect(), error.is_builder());
    let cause = if error.is_timeout() { "timed out".to_owned() } else { error.without_url().to_string() };
    if builder {
        return Outcome::Rejected(Failure::new(FailureClass::Invalid, cause));
    }
    let failure = Failure::new(FailureClass::Unavailable, cause);
    if connect { Outcome::Throttled { after: None, failure } } else { operation.doubtful(failure, None) }
}

/// For questions, where only the reason of a failure matters.
fn into_failure(outcome: Outcome) -> Failure {
    match outcome {
        Outcome::Throttled { failure, .. } | Outcome::Rejected(failure) | Outcome::Uncertain(failure) => failure,
        Outcome::Sent(_) => Failure::new(FailureClass::Unavailable, "an answer without content"),
    }
}

impl From<Account> for Member {
    fn from(account: Account) -> Self {
        Self { user_id: account.id, object_id: account.object_id, upn: account.upn, name: account.name, email: account.email }
    }
}

#[cfg(test)]
#[path = "connector_tests.rs"]
mod tests;
