//! Microsoft Graph, as far as the home `chat` needs it: what the Connector cannot do is make a group chat, and change who is in
//! it. Asked with the application's own rights; what is written into the chat goes through the Connector.
//!
//! Invariants: those of [`super::caller`], with Graph's host alone on the allow-list; a chat is never created again on a doubtful
//! answer, everything else may be repeated.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, SecondsFormat};
use serde_json::{Value, json};
use url::Url;

use super::caller::Caller;
use super::error::Operation;
use super::hosts::ServiceHosts;
use super::permissions::RESOURCE_SPECIFIC_PERMISSIONS;
use super::settings::{GraphSettings, Settings};
use super::token::Tokens;
use crate::bridge::{ColleagueId, ConversationId, Failure, FailureClass, Outcome, Receipt, Time};
use crate::clock::Clock;

/// The longest title of a chat (Graph, "Update chat"; counted in UTF-16 units to be safe).
const MAX_TOPIC: usize = 250;
/// Pages of a list that are read at most: a chat holds 250 people.
const MAX_PAGES: usize = 10;
/// The largest page of a list of chats.
const CHATS_PER_PAGE: &str = "50";

/// Before anything was written: whoever is added to a chat may read all of it.
pub const EVERYTHING: Time = Time::UNIX_EPOCH;
/// How Graph spells that ("Add member to a chat").
const ALL_HISTORY: &str = "0001-01-01T00:00:00Z";

/// Somebody in a group chat, as Graph sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatMember {
    /// What a removal names; opaque.
    pub membership: String,
    /// Entra object id, lower case.
    pub object_id: String,
    pub name: Option<String>,
}

/// Makes and keeps group chats. Every `Err` and [`Outcome`] says as well whether and when to ask again.
pub struct Graph {
    pub(super) caller: Caller,
    /// Without a final slash.
    pub(super) base: String,
    app_id: String,
    app_catalog_id: String,
    files: bool,
}

impl Graph {
    /// `http` must be built with timeouts and with `redirect(Policy::none())`.
    pub fn new(settings: Arc<Settings>, graph: GraphSettings, http: reqwest::Client, clock: Clock) -> Self {
        let host = graph.base_url.host_str().unwrap_or_default();
        let entry = graph.base_url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        let app_id = settings.app_id.clone();
        let tokens = Tokens::for_scope(settings, graph.scope, http.clone(), clock.clone());
        let caller = Caller { http, hosts: ServiceHosts::new(&[entry]), clock, tokens, unauthenticated_loopback: false };
        let base = graph.base_url.as_str().trim_end_matches('/').to_owned();
        Self { caller, base, app_id, app_catalog_id: graph.app_catalog_id, files: graph.files }
    }

    /// The bot's token for Graph, for checks of the configuration.
    pub fn tokens(&self) -> &Tokens {
        &self.caller.tokens
    }

    /// Whether files of shared conversations are to be read.
    pub fn reads_files(&self) -> bool {
        self.files
    }

    /// Makes a group chat of these people; the receipt holds its conversation. Graph knows no idempotency key: an uncertain outcome
    /// may have made one. Needs `Chat.Create` (whether every tenant lets an application make chats, and of one person alone, only a real
    /// one can tell).
    pub async fn create_chat(&self, topic: &str, members: &[ColleagueId]) -> Outcome {
        // Graph refuses somebody who is named twice.
        let members: BTreeSet<&ColleagueId> = members.iter().collect();
        let members: Result<Vec<Value>, Failure> = members.into_iter().map(|member| self.member(member)).collect();
        let mut body = match members {
            Ok(members) => json!({"chatType": "group", "members": members}),
            Err(failure) => return Outcome::Rejected(failure),
        };
        let topic = title(topic);
        if !topic.is_empty() {
            body["topic"] = json!(topic);
        }
        let answer = match self.caller.call(Operation::Create, &self.base, &["chats"], Some(&body)).await {
            Ok(answer) => answer,
            Err(outcome) => return outcome,
        };
        match self.caller.outcome(Operation::Create, &answer) {
            Outcome::Sent(Receipt { id: Some(chat), .. }) => Outcome::Sent(Receipt { conversation: Some(chat), ..Receipt::default() }),
            Outcome::Sent(_) => Outcome::Uncertain(Failure::new(FailureClass::Unavailable, "the new chat has no id")),
            other => other,
        }
    }

    /// The group chats of `member` with this title that were made at `since` or later: what may have come of a [`Graph::create_chat`]
    /// whose outcome is uncertain. Looks through 500 chats at most, in whatever order Graph lists them. Needs `Chat.ReadBasic.All`
    /// (Graph, "List chats"; whether a chat is listed before anything was written in it, only a real tenant can tell).
    pub async fn chats_titled(&self, member: &ColleagueId, topic: &str, since: Time) -> Result<Vec<ConversationId>, Outcome> {
        let wanted = title(topic);
        let all = self.list(&["users", member.as_str(), "chats"], &[("$top", CHATS_PER_PAGE)]).await?;
        let text = |chat: &Value, key: &str| chat.get(key).and_then(Value::as_str).map(str::to_owned);
        let made = |chat: &Value| text(chat, "createdDateTime").and_then(|at| DateTime::parse_from_rfc3339(&at).ok());
        let found = all.iter().filter(|chat| {
            text(chat, "chatType").is_none_or(|kind| kind == "group")
                && text(chat, "topic").as_deref() == Some(wanted.as_str())
                && made(chat).is_some_and(|at| at >= since)
        });
        Ok(found.filter_map(|chat| text(chat, "id").map(ConversationId)).collect())
    }

    /// Installs the bot in a chat and consents to what its manifest asks for; where it is installed already, that is a success.
    /// Needs `TeamsAppInstallation.ReadWriteAndConsentSelfForChat.All`.
    pub async fn install_app(&self, chat: &ConversationId) -> Outcome {
        let permission = |name: &str| json!({"permissionValue": name, "permissionType": "Application"});
        let body = json!({
            "teamsApp@odata.bind": format!("{}/appCatalogs/teamsApps/{}", self.base, self.app_catalog_id),
            "consentedPermissionSet": {"resourceSpecificPermissions": RESOURCE_SPECIFIC_PERMISSIONS.map(permission)},
        });
        self.change(Operation::Ensure, &["chats", chat.as_str(), "installedApps"], Some(&body)).await
    }

    /// Gives a chat a title. Needs `ChatSettings.ReadWrite.Chat`.
    pub async fn rename_chat(&self, chat: &ConversationId, topic: &str) -> Outcome {
        self.change(Operation::Patch, &["chats", chat.as_str()], Some(&json!({"topic": title(topic)}))).await
    }

    /// The people in a chat. Needs `ChatMember.Read.Chat`.
    pub async fn chat_members(&self, chat: &ConversationId) -> Result<Vec<ChatMember>, Outcome> {
        let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
        let member = |value: &Value| {
            let (membership, object_id) = (text(value, "id")?, text(value, "userId")?.to_lowercase());
            Some(ChatMember { membership, object_id, name: text(value, "displayName") })
        };
        Ok(self.list(&["chats", chat.as_str(), "members"], &[]).await?.iter().filter_map(member).collect())
    }

    /// Adds somebody to a chat, who then sees in Teams what was written there since `history_from` ([`EVERYTHING`]: all of it); `None`:
    /// nothing that was written before. Who is in it already stays as they are. Needs `ChatMember.ReadWrite.All`.
    pub async fn add_member(&self, chat: &ConversationId, colleague: &ColleagueId, history_from: Option<Time>) -> Outcome {
        let mut body = match self.member(colleague) {
            Ok(member) => member,
            Err(failure) => return Outcome::Rejected(failure),
        };
        if let Some(from) = history_from {
            let from = if from == EVERYTHING { ALL_HISTORY.to_owned() } else { from.to_rfc3339_opts(SecondsFormat::Millis, true) };
            body["visibleHistoryStartDateTime"] = json!(from);
        }
        self.change(Operation::Ensure, &["chats", chat.as_str(), "members"], Some(&body)).await
    }

    /// Removes somebody from a chat; who is not in it is gone already. Needs `ChatMember.ReadWrite.All`.
    pub async fn remove_member(&self, chat: &ConversationId, colleague: &ColleagueId) -> Outcome {
        let members = match self.chat_members(chat).await {
            Ok(members) => members,
            Err(outcome) => return outcome,
        };
        let Some(member) = members.iter().find(|member| member.object_id.eq_ignore_ascii_case(colleague.as_str())) else {
            return Outcome::Sent(Receipt::default());
        };
        let path = ["chats", chat.as_str(), "members", &member.membership];
        match self.caller.call(Operation::Delete, &self.base, &path, None).await {
            // The chat was there a moment ago.
            Ok(answer) if answer.status == reqwest::StatusCode::NOT_FOUND => Outcome::Sent(Receipt::default()),
            Ok(answer) => self.caller.outcome(Operation::Delete, &answer),
            Err(outcome) => outcome,
        }
    }

    /// The resource-specific permissions that our app was granted in a chat: what of [`RESOURCE_SPECIFIC_PERMISSIONS`] is in force. Needs
    /// `TeamsAppInstallation.ReadForChat.All` (Graph, "List permissionGrants of a chat"; whether the permission that installs the app is
    /// enough, only a real tenant can tell).
    pub async fn permission_grants(&self, chat: &ConversationId) -> Result<Vec<String>, Outcome> {
        let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
        let grants = self.list(&["chats", chat.as_str(), "permissionGrants"], &[]).await?;
        // Microsoft's reference and its example disagree about which of the two is the application.
        let ours = |grant: &&Value| {
            let is_app = |key| text(grant, key).is_some_and(|id| id.eq_ignore_ascii_case(&self.app_id));
            (is_app("clientAppId") || is_app("clientId")) && text(grant, "permissionType").is_none_or(|kind| kind == "Application")
        };
        Ok(grants.iter().filter(ours).filter_map(|grant| text(grant, "permission")).collect())
    }

    /// How Graph names somebody who is put into a chat. All are owners: Teams knows no lesser members of a chat but guests.
    fn member(&self, colleague: &ColleagueId) -> Result<Value, Failure> {
        let id = colleague.as_str();
        if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            return Err(Failure::new(FailureClass::Invalid, "a member is known by no object id"));
        }
        Ok(json!({
            "@odata.type": "#microsoft.graph.aadUserConversationMember",
            "roles": ["owner"],
            "user@odata.bind": format!("{}/users('{id}')", self.base),
        }))
    }

    /// Whatever is answered by its status alone.
    async fn change(&self, operation: Operation, path: &[&str], body: Option<&Value>) -> Outcome {
        match self.caller.call(operation, &self.base, path, body).await {
            Ok(answer) if answer.status.is_success() => Outcome::Sent(Receipt::default()),
            Ok(answer) => self.caller.outcome(operation, &answer),
            Err(outcome) => outcome,
        }
    }

    /// A list, page by page. A page that lies elsewhere is not asked for: our token would go along.
    pub(super) async fn list(&self, path: &[&str], query: &[(&str, &str)]) -> Result<Vec<Value>, Outcome> {
        let mut url = self.caller.url(&self.base, path).map_err(Outcome::Rejected)?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let mut all = Vec::new();
        for _ in 0..MAX_PAGES {
            let answer = self.caller.exchange(Operation::Read, url.clone(), None).await?;
            if !answer.status.is_success() {
                return Err(self.caller.outcome(Operation::Read, &answer));
            }
            let mut page = answer.json().unwrap_or_default();
            let Some(Value::Array(list)) = page.get_mut("value").map(Value::take) else {
                let failure = Failure::new(FailureClass::Unavailable, "the list is not readable");
                return Err(Outcome::Throttled { after: None, failure });
            };
            all.extend(list);
            let Some(next) = page.get("@odata.nextLink").and_then(Value::as_str) else { return Ok(all) };
            url = match Url::parse(next) {
                Ok(next) if next.origin() == url.origin() => next,
                _ => return Err(Outcome::Rejected(Failure::new(FailureClass::Configuration, "the list goes on at another host"))),
            };
        }
        Ok(all)
    }
}

/// A title that Graph takes: no colon, at most 250 characters.
fn title(topic: &str) -> String {
    let words = topic.replace(':', " ").split_whitespace().collect::<Vec<_>>().join(" ");
    let mut room = MAX_TOPIC;
    let fits = |character: &char| {
        let left = room.checked_sub(character.len_utf16());
        room = left.unwrap_or_default();
        left.is_some()
    };
    words.chars().take_while(fits).collect()
}

#[cfg(test)]
#[path = "graph_tests.rs"]
mod tests;
