//! The Connector's REST API: everything the bot does in Teams.
//!
//! Invariants: those of [`super::caller`], whatever serviceUrl a stored reference holds; an activity is never created twice on a
//! doubtful answer (see [`super::error`]).

use std::sync::Arc;

use serde_json::{Value, json};

use super::activity::Account;
use super::caller::{Caller, into_failure};
use super::convert;
use super::error::Operation;
use super::hosts::ServiceHosts;
use super::settings::Settings;
use super::token::Tokens;
use crate::bridge::{ActivityId, ConversationId, ConversationReference, Failure, FailureClass, Outcome, Post, Receipt};
use crate::clock::Clock;

/// Members asked for at a time (Teams allows 50 to 500).
const PAGE_SIZE: usize = 100;
/// Pages of members that are read at most: 1,000 people. A group chat holds 250.
const MAX_PAGES: usize = 10;

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
    caller: Caller,
}

impl Connector {
    /// `http` must be built with timeouts and with `redirect(Policy::none())`.
    pub fn new(settings: Arc<Settings>, http: reqwest::Client, clock: Clock) -> Self {
        let tokens = Tokens::new(Arc::clone(&settings), http.clone(), clock.clone());
        let hosts = ServiceHosts::new(&settings.allowed_service_hosts);
        let caller = Caller { http, hosts, clock, tokens, unauthenticated_loopback: settings.unauthenticated_loopback };
        Self { settings, caller }
    }

    /// The bot's own token, for checks of the configuration.
    pub fn tokens(&self) -> &Tokens {
        &self.caller.tokens
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
        self.ask(Operation::Update, to, &[activity.as_str()], Some(&body)).await
    }

    /// Deletes a message of the bot.
    pub async fn delete(&self, to: &ConversationReference, activity: &ActivityId) -> Outcome {
        self.ask(Operation::Delete, to, &[activity.as_str()], None).await
    }

    /// Posts a message into a shared conversation that one member alone sees (`29:…`), for 24 hours; they cannot answer it. A
    /// public preview of Teams: where it is refused, the member's own chat is the place.
    pub async fn send_targeted(&self, to: &ConversationReference, user_id: &str, post: &Post) -> Outcome {
        let mut body = convert::activity(post);
        body["recipient"] = json!({"id": user_id});
        let url = self.caller.url(&to.service_url, &["v3", "conversations", to.conversation.as_str(), "activities"]);
        let mut url = match url {
            Ok(url) => url,
            Err(failure) => return Outcome::Rejected(failure),
        };
        url.query_pairs_mut().append_pair("isTargetedActivity", "true");
        let answer = self.caller.exchange(Operation::Create, url, Some(&body)).await;
        answer.map_or_else(|outcome| outcome, |answer| self.caller.outcome(Operation::Create, &answer))
    }

    /// Sets a reaction of the bot (`like`, an id of the reactions reference) on anybody's message. A public preview of Teams, as is
    /// taking it back. Both may be repeated.
    pub async fn react(&self, to: &ConversationReference, activity: &ActivityId, kind: &str) -> Outcome {
        self.ask(Operation::Update, to, &[activity.as_str(), "reactions", kind], None).await
    }

    /// Takes a reaction of the bot back; one that is not there is no failure.
    pub async fn take_back_reaction(&self, to: &ConversationReference, activity: &ActivityId, kind: &str) -> Outcome {
        self.ask(Operation::Delete, to, &[activity.as_str(), "reactions", kind], None).await
    }

    /// Shows for some seconds that somebody is writing.
    pub async fn typing(&self, to: &ConversationReference) -> Outcome {
        self.create(to, &json!({"type": "typing"})).await
    }

    /// Opens a chain of replies in a channel (`19:…@thread.tacv2`) with its first message. The receipt holds the message and the
    /// chain's conversation, which later messages are sent to. Opening has no idempotency key, as sending has none.
    pub async fn open_chain(&self, service_url: &str, tenant: &str, channel: &str, post: &Post) -> Outcome {
        let body = json!({
            "isGroup": true,
            "tenantId": tenant,
            "bot": self.bot(),
            "channelData": {"channel": {"id": channel}, "tenant": {"id": tenant}},
            "activity": convert::activity(post),
        });
        match self.caller.call(Operation::Create, service_url, &["v3", "conversations"], Some(&body)).await {
            Ok(answer) if answer.status.is_success() => Outcome::Sent(chain(&answer.json().unwrap_or_default())),
            Ok(answer) => self.caller.outcome(Operation::Create, &answer),
            Err(outcome) => outcome,
        }
    }

    /// The 1:1 conversation with a user (`29:…` or an Entra object id) who has the app; without it the failure is
    /// [`FailureClass::ConversationGone`]. Teams answers the same one each time, so this may be repeated.
    pub async fn open_chat(&self, service_url: &str, tenant: &str, user_id: &str) -> Result<ConversationId, Failure> {
        let body = json!({
            "bot": self.bot(),
            "members": [{"id": user_id}],
            "isGroup": false,
            "tenantId": tenant,
            "channelData": {"tenant": {"id": tenant}},
        });
        let path = ["v3", "conversations"];
        let answer = self.caller.call(Operation::Create, service_url, &path, Some(&body)).await.map_err(into_failure)?;
        match self.caller.outcome(Operation::Create, &answer) {
            Outcome::Sent(Receipt { id: Some(id), .. }) => Ok(ConversationId(id)),
            Outcome::Sent(_) => Err(Failure::new(FailureClass::Unavailable, "the new conversation has no id")),
            other => Err(into_failure(other)),
        }
    }

    /// The group in Entra that a team is (`aadGroupId`), which Graph knows it by.
    pub async fn group_of_team(&self, to: &ConversationReference, team: &str) -> Result<String, Outcome> {
        let answer = self.caller.call(Operation::Read, &to.service_url, &["v3", "teams", team], None).await?;
        if !answer.status.is_success() {
            return Err(self.caller.outcome(Operation::Read, &answer));
        }
        let group = answer.json().and_then(|team| team.get("aadGroupId")?.as_str().map(str::to_owned));
        group.ok_or_else(|| Outcome::Rejected(Failure::new(FailureClass::Invalid, "the team has no group")))
    }

    /// The people in a conversation, page by page, at most 1,000; of a chain of replies those of its channel.
    pub async fn members(&self, to: &ConversationReference) -> Result<Vec<Member>, Failure> {
        let base = to.conversation.base();
        let mut members = Vec::new();
        let mut continuation: Option<String> = None;
        for _ in 0..MAX_PAGES {
            let mut url = self.caller.url(&to.service_url, &["v3", "conversations", base.as_str(), "pagedmembers"])?;
            url.query_pairs_mut().append_pair("pageSize", &PAGE_SIZE.to_string());
            if let Some(token) = &continuation {
                url.query_pairs_mut().append_pair("continuationToken", token);
            }
            let answer = self.caller.exchange(Operation::Read, url, None).await.map_err(into_failure)?;
            if !answer.status.is_success() {
                return Err(into_failure(self.caller.outcome(Operation::Read, &answer)));
            }
            let page = answer.json().unwrap_or_default();
            let list = page.get("members").and_then(Value::as_array);
            let list = list.ok_or_else(|| Failure::new(FailureClass::Unavailable, "the list of members is not readable"))?;
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
        self.caller.hosts.allowed(url.as_str()).is_some()
    }

    /// Asks a host of the allow-list for a file; `with_token` for what only the bot may read (pasted pictures). `within` bounds the
    /// whole answer, which the caller reads. No redirect is followed.
    pub async fn get(&self, url: &url::Url, with_token: bool, within: std::time::Duration) -> Result<reqwest::Response, Failure> {
        if !self.knows(url) {
            return Err(Failure::new(FailureClass::Configuration, "the file's host is not on the allow-list"));
        }
        self.caller.file(url, with_token, within).await
    }

    async fn create(&self, to: &ConversationReference, activity: &Value) -> Outcome {
        self.ask(Operation::Create, to, &[], Some(activity)).await
    }

    fn bot(&self) -> Value {
        json!({"id": format!("28:{}", self.settings.app_id)})
    }

    /// One operation on the activities of a conversation.
    async fn ask(&self, operation: Operation, to: &ConversationReference, activity: &[&str], body: Option<&Value>) -> Outcome {
        let path = [&["v3", "conversations", to.conversation.as_str(), "activities"], activity].concat();
        let answer = self.caller.call(operation, &to.service_url, &path, body).await;
        answer.map_or_else(|outcome| outcome, |answer| self.caller.outcome(operation, &answer))
    }
}

/// What was opened: `{"id": "19:…;messageid=17", "activityId": "17"}`.
fn chain(answer: &Value) -> Receipt {
    let text = |key: &str| answer.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
    let (opened, activity) = (text("id").map(ConversationId::from), text("activityId").map(ActivityId::from));
    let root = opened.as_ref().and_then(ConversationId::root).or_else(|| activity.clone());
    // A message to the bare channel would open another chain.
    let conversation = opened.zip(root.as_ref()).map(|(opened, root)| opened.chain(root).0);
    Receipt { id: activity.or(root).map(|id| id.0), conversation, ..Receipt::default() }
}

impl From<Account> for Member {
    fn from(account: Account) -> Self {
        Self { user_id: account.id, object_id: account.object_id, upn: account.upn, name: account.name, email: account.email }
    }
}

#[cfg(test)]
#[path = "connector_tests.rs"]
mod tests;
